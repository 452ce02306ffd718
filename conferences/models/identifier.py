"""Permanent identifiers of resolutions, "12/2.1": given with the first publication, never changed, never reused."""

import re
from contextlib import suppress
from typing import TYPE_CHECKING, cast

from django.db import models
from django.urls import reverse
from django.utils.html import format_html

from conferences.rules import agenda_item
from conferences.rules.citation import Citable, citation_of
from intmk.base.pages import SitePage
from intmk.trash.models import TrashedItem

if TYPE_CHECKING:
    from conferences.models.resolution_queryset import ResolutionQuerySet

LONGEST = 300
PREFIX = re.compile(r"^top([\s.-]+|(?=\d))", re.IGNORECASE)


def identifier_key(conference: str, part: str) -> str:
    """Return the identifier for the last two parts of an address: "12", "top-2-9b" → "12/2.9b".

    What has no TOP keeps its word: "18", "umlauf-3-2020" → "18/umlauf-3-2020".
    """
    name = part.lower()
    if name.startswith("top-"):
        with suppress(ValueError):  # a word that begins like this
            name = agenda_item.normalised(name.removeprefix("top-").replace("-", ".")).lower() or name
    return f"{conference.lower()}/{name}"[:LONGEST]


def key_meant(conference: str, written: str) -> str:
    """Return the identifier that somebody means who writes "2.9B", "TOP 2.9b", "TOP-2-9b" or a word."""
    return identifier_key(conference.strip(), "".join(PREFIX.sub("top-", written.strip()).split()))


class ResolutionIdentifier(models.Model):
    """An identifier and the resolution that has it; of several the first is shown and cited, all lead there."""

    shown_column = "key"

    key = models.CharField("Kennung", max_length=LONGEST, unique=True)
    page = models.ForeignKey(
        "conferences.ResolutionPage",
        verbose_name="Beschluss",
        null=True,
        on_delete=models.SET_NULL,
        related_name="identifiers",
    )
    title = models.CharField("Titel", max_length=255, help_text="Wie er zuletzt veröffentlicht war.")
    recorded_at = models.DateTimeField("Vergeben am", auto_now_add=True)

    wagtail_reference_index_ignore = True

    class Meta:
        ordering = ["pk"]
        verbose_name = "Kennung eines Beschlusses"
        verbose_name_plural = "Kennungen von Beschlüssen"

    def __str__(self) -> str:
        return self.key

    @property
    def is_withdrawn(self) -> bool:
        """Say whether the resolution is still there, to be asked where it is not public."""
        return self.page is not None


def record_identifiers(resolutions: "ResolutionQuerySet") -> None:
    """Give each public one of `resolutions` the identifier of its present number; what another had stays the other's.

    To be called after what saves resolutions without signals, e.g. `bulk_create`.
    """
    public = list(resolutions.live().values_list("pk", "url_path", "title"))
    titles = {pk: title for pk, _, title in public}
    keys = {identifier_key(*url_path.strip("/").split("/")[-2:]): pk for pk, url_path, _ in public}
    known = list(ResolutionIdentifier.objects.filter(models.Q(page__in=titles) | models.Q(key__in=keys)))
    missing = keys.keys() - {row.key for row in known}
    rows = [ResolutionIdentifier(key=key, page_id=pk, title=titles[pk]) for key, pk in keys.items() if key in missing]
    ResolutionIdentifier.objects.bulk_create(rows, ignore_conflicts=True)
    stale = [row for row in known if row.page_id in titles and row.title != titles[row.page_id]]
    for row in stale:
        row.title = titles[row.page_id]
    ResolutionIdentifier.objects.bulk_update(stale, ["title"])


def refusals(page: SitePage) -> dict[str, str]:
    """Return an error by field when the number, and so the identifier, has once been another resolution's.

    Not when the public page has the number already: it may have got it when its conference was renumbered.
    """
    if not page.conference:
        return {}
    key = identifier_key(page.conference.slug, page.own_slug)
    taken = ResolutionIdentifier.objects.filter(key=key).first()
    if taken is None or (page.pk and page.pk == taken.page_id):
        return {}
    if page.pk and type(page).objects.live().filter(pk=page.pk, slug=page.own_slug).exists():
        return {}
    field = "item" if page.item else "circular_number" if page.circular_number else "title"
    if not taken.page_id and (item := TrashedItem.objects.that_had(taken).first()):
        return {
            field: format_html(
                "Die Kennung {} gehört dem Beschluss „{}“, der im Papierkorb liegt. Das Land im Vorsitz kann ihn "
                '<a href="{}" target="_blank">dort zurückholen oder die Kennung freigeben</a>.',
                key,
                taken.title,
                reverse("trashed_item", args=[item.pk]),
            )
        }
    former = "früher hier stand" if taken.page_id else "gelöscht ist"
    ways_out = {
        "item": "Bitte die Nummer prüfen oder das Feld leeren und sie im Titel nennen.",
        "circular_number": "Bitte die Nummer prüfen.",
        "title": "Bitte einen anderen Titel wählen, z. B. mit einem Zusatz.",
    }
    return {field: f"Die Kennung {key} gehört für immer dem Beschluss „{taken.title}“, der {former}. {ways_out[field]}"}


class IdentifierMixin:
    """Mixin of a page with identifiers: shows and names the one by which it is cited."""

    def identifier(self) -> str:
        """Return the identifier that is shown and cited, "" for a page that never was public. At most one query."""
        keys = self.stored_keys.get("identifiers")
        if keys is None:
            keys = self.identifiers.values_list("key", flat=True)[:1] if self.pk else []
        return next(iter(keys), "")

    def get_context(self, request, *args, **kwargs) -> dict:
        """Add `citation`, None for a page that never was public."""
        return super().get_context(request, *args, **kwargs) | {"citation": citation_of(cast(Citable, self))}

    def serve(self, request, *args, **kwargs):
        """Name the permanent address in the header, too, for programs that read no HTML (rel="cite-as", RFC 8574)."""
        response = super().serve(request, *args, **kwargs)
        if citation := response.context_data["citation"]:
            response["Link"] = f'<{citation.url}>; rel="cite-as"'
        return response
