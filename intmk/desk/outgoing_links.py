"""Links of public pages to other websites: gathered every night, each asked for once a week, and what came of it.

One answer says little: websites are repaired, moved, overloaded. So a link counts as broken once it has failed on three
different days; one that has failed is asked for daily. Readers are not involved: the clock asks, by itself.
"""

import re
from collections import defaultdict
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from html import unescape
from typing import Any, Self
from urllib.parse import urlsplit

from django.apps import apps
from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Func, Q, TextField
from django.db.models.functions import Cast
from django.utils import timezone
from modelcluster.models import get_all_child_m2m_relations, get_all_child_relations
from wagtail.fields import StreamField
from wagtail.models import COMMENTS_RELATION_NAME, Page

from conferences.models import Source
from intmk.desk.link_answers import LinkAnswer, ask_website
from intmk.language.dates import german_day
from intmk.language.day import today
from intmk.server.site_identity import is_first_of

NIGHT = 5  # after backup and orphans
EVERY = timedelta(days=7)
DAYS = 3  # on which it has to fail
AT_A_TIME = 1  # each minute, for what is published at the next one must not wait for other websites
LONGEST = 1000
# The whole of a field or of a value in a stream, or the target of a link in rich text, there or in a stream.
LINK = re.compile(r'(?:\bhref=\\?"|: "|^)(https?://[^"\\\s<>]+)(?=\\?"|$)', re.IGNORECASE)


class OutgoingLinkQuerySet(models.QuerySet):
    """Links by what is to be done about them."""

    def due(self, now: datetime) -> Self:
        """Return those to be asked for, those never asked for first."""
        begins = timezone.localtime(now).replace(hour=0, minute=0, second=0, microsecond=0)
        failed_before = Q(failed_days__gt=0, asked_at__lt=begins)
        # Not within a week in either direction: a wrong time, put right since, would keep it from being asked.
        long_ago = ~Q(asked_at__range=(now - EVERY, now + EVERY))
        return self.filter(Q(asked_at=None) | long_ago | failed_before).order_by(
            F("asked_at").asc(nulls_first=True), "pk"
        )

    def broken(self) -> Self:
        """Return those that have failed on enough days."""
        return self.filter(failed_days__gte=DAYS)

    def keys_of_pages(self) -> Any:
        """Return the keys of the pages that carry them, as a query."""
        return self.annotate(page=Func(F("pages"), function="unnest")).values("page")


class OutgoingLink(models.Model):
    """An address elsewhere to which public pages lead, and what it answered last."""

    seen_by_readers = False

    url = models.CharField("Adresse", max_length=LONGEST, unique=True)
    # Keys, no relation: what is deleted or lies in the Papierkorb is no matter of this table.
    pages = ArrayField(models.IntegerField(), verbose_name="auf den Seiten", default=list)
    asked_at = models.DateTimeField("zuletzt gefragt", null=True)
    answered_at = models.DateTimeField("zuletzt eine Antwort bekommen", null=True)
    told = models.CharField("letzte Antwort", max_length=100, blank=True)
    failed_since = models.DateField("führt ins Leere seit", null=True)
    failed_on = models.DateField("zuletzt ins Leere geführt am", null=True)
    failed_days = models.PositiveSmallIntegerField("Tage, an denen es ins Leere führte", default=0)

    objects = models.Manager.from_queryset(OutgoingLinkQuerySet)()

    class Meta:
        verbose_name = "Verweis nach außen"
        verbose_name_plural = "Verweise nach außen"

    def __str__(self) -> str:
        return self.url

    @property
    def fault(self) -> str:
        """Return what is wrong with it and since when: "nicht gefunden (404), seit 1. März 2027"."""
        return f"{self.told}, seit {german_day(self.failed_since)}" if self.failed_since else self.told

    def note(self, answer: LinkAnswer, now: datetime, is_online: bool) -> None:
        """Write down what came of asking; while this site reaches nobody, no answer is no fault of the link."""
        day = timezone.localdate(now)
        self.asked_at, self.told = now, answer.told
        if answer.was_answered:
            self.answered_at = now
        if answer.works:
            self.failed_since, self.failed_on, self.failed_days = None, None, 0
        elif (answer.was_answered or is_online) and self.failed_on != day:
            self.failed_since, self.failed_on = self.failed_since or day, day
            self.failed_days += 1
        self.save()


def tend_outgoing_links() -> None:
    """Gather the links once a night, and ask for some; called each minute."""
    if not settings.CHECK_LINKS:
        return
    if timezone.localtime().hour >= NIGHT and is_first_of(today(), "links_sought"):
        note_links(gathered_links())
    ask_some()


def ask_some(ask: Callable[[str], LinkAnswer] = ask_website) -> None:
    """Ask for a few of those that are due."""
    now = timezone.now()
    links = list(OutgoingLink.objects.due(now)[:AT_A_TIME])
    answers = [(link, ask(link.url)) for link in links]
    heard = OutgoingLink.objects.filter(answered_at__gte=now - timedelta(days=1))
    is_online = any(answer.was_answered for _, answer in answers) or (bool(links) and heard.exists())
    for link, answer in answers:
        link.note(answer, now, is_online)


def note_links(found: dict[str, set[int]]) -> None:
    """Make the table hold these links and no other; what is known of one stays."""
    known = {link.url: link for link in OutgoingLink.objects.all()}
    OutgoingLink.objects.filter(pk__in=[link.pk for url, link in known.items() if url not in found]).delete()
    new = [OutgoingLink(url=url, pages=sorted(pages)) for url, pages in found.items() if url not in known]
    OutgoingLink.objects.bulk_create(new)
    moved = [known[url] for url, pages in found.items() if url in known and known[url].pages != sorted(pages)]
    for link in moved:
        link.pages = sorted(found[link.url])
    OutgoingLink.objects.bulk_update(moved, ["pages"])


def gathered_links() -> dict[str, set[int]]:
    """Return each link of public pages to other websites, with the keys of these pages; a query for each text field."""
    found: dict[str, set[int]] = defaultdict(set)
    for page, text in texts_of_public_pages():
        for url in links_in(text):
            found[url].add(page)
    return found


def links_in(text: str) -> set[str]:
    """Return the addresses of other websites in a field as it is stored, as the table holds them."""
    found = {unescape(link).partition("#")[0] for link in LINK.findall(text)}
    return {url for url in found if leads_elsewhere(url)}


def leads_elsewhere(url: str) -> bool:
    """Say whether it is an address of another website."""
    try:
        host = urlsplit(url).hostname
    except ValueError:
        return False
    return len(url) <= LONGEST and host not in (urlsplit(settings.WAGTAILADMIN_BASE_URL).hostname, None)


def texts_of_public_pages() -> Iterator[tuple[int, str]]:
    """Yield key and text of each field with an address in it, of public pages, their rows and their sources."""
    for model in apps.get_models():
        if not issubclass(model, Page) or model is Page:
            continue
        yield from texts_in(model, "")
        for relation in get_all_child_relations(model):
            if relation.get_accessor_name() == COMMENTS_RELATION_NAME:
                continue
            yield from texts_in(relation.related_model, relation.field.name)
        for field in get_all_child_m2m_relations(model):
            if field.related_model is Source:
                shown = {"live": True, f"{field.name}__is_dead": False, f"{field.name}__url__gt": ""}
                yield from model._default_manager.filter(**shown).values_list("pk", f"{field.name}__url")


def texts_in(model: type[models.Model], to_page: str) -> Iterator[tuple[int, str]]:
    """Yield the same for one table; to_page: the field with which a row names its page, "" for pages themselves."""
    key, live = (f"{to_page}_id", f"{to_page}__live") if to_page else ("pk", "live")
    for field in model._meta.local_fields:
        if isinstance(field, models.CharField | models.TextField | StreamField) and not field.choices:
            rows = model._default_manager.filter(**{live: True}).annotate(stored_text=Cast(field.name, TextField()))
            yield from rows.filter(stored_text__contains="http").values_list(key, "stored_text")
