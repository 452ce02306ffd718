"""What a Land proposes for a page that exists publicly: a version of its own, which is never part of the page's."""

from contextlib import suppress
from datetime import timedelta
from typing import Any, Self

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models, transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.functional import cached_property
from wagtail.log_actions import log
from wagtail.models import Page, Revision

from intmk.base.publishing_rules import label
from intmk.language.dates import german_moment
from intmk.media.unpublished import withdraw_used_by
from intmk.proposals.changes import changed, stored_version, written_fields
from intmk.users.models import LAND_NAMES, User

TAKEN, RETURNED = "intmk.proposal.take", "intmk.proposal.return"
# How long a Land reads on its dashboard and in its form that all it proposed was taken.
REMEMBERED = timedelta(days=30)


class ProposalQuerySet(models.QuerySet):
    """Proposals by the questions that are asked of them."""

    def undecided(self) -> Self:
        """Return those on which a Land still works, or the chair has to decide."""
        return self.exclude(state=Proposal.State.TAKEN)

    def sent(self) -> Self:
        """Return those that wait for an answer of the chair."""
        return self.filter(state=Proposal.State.SENT)

    def for_chair(self, user: User) -> Self:
        """Return what an account that publishes decides on: what was sent, and all that its own Land has left."""
        own = Q(land_code=user.land_code) if user.land_code else Q(pk__in=[])
        return self.undecided().filter(Q(state=Proposal.State.SENT) | own)

    def of_land(self, user: User) -> Self:
        """Return what the Land of the account has in work, and what was taken of it lately."""
        lately = Q(state=Proposal.State.TAKEN, decided_at__gte=timezone.now() - REMEMBERED)
        return self.filter(~Q(state=Proposal.State.TAKEN) | lately, land_code=user.land_code)

    def untold(self) -> Self:
        """Return those of which somebody is still to get a mail."""
        return self.filter(told=False)


class Proposal(models.Model):
    """What one Land proposes for one page; `content` is a whole version, `base` the one that it was made from."""

    seen_by_readers = False

    # References of the page to others count when readers see them; this one would only stand in the way of deleting it.
    wagtail_reference_index_ignore = True

    class State(models.TextChoices):
        DRAFT = "draft", "in Arbeit"
        SENT = "sent", "gesendet"
        RETURNED = "returned", "zurückgegeben"
        TAKEN = "taken", "übernommen"

    page = models.ForeignKey(Page, models.CASCADE, related_name="+", verbose_name="Seite")
    land_code = models.CharField("Land", max_length=5, blank=True, choices=LAND_NAMES)
    state = models.CharField("Stand", max_length=10, choices=State, default=State.DRAFT)
    # Not revisions: the page's line of versions is the chair's, and old ones may be removed.
    content = models.JSONField("Inhalt", encoder=DjangoJSONEncoder)
    base = models.JSONField("Ausgangsfassung", encoder=DjangoJSONEncoder)
    taken = models.JSONField("übernommene Felder", default=list)
    reason = models.TextField("Begründung", blank=True, max_length=2000)
    answer = models.TextField("Antwort", blank=True, max_length=2000)
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+", verbose_name="geschrieben von"
    )
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+", verbose_name="entschieden von"
    )
    saved_at = models.DateTimeField("gespeichert am", default=timezone.now)
    sent_at = models.DateTimeField("gesendet am", null=True)
    decided_at = models.DateTimeField("entschieden am", null=True)
    # Counts the saves, so that of two windows the later does not write over what it has not seen.
    version = models.PositiveIntegerField(default=0, editable=False)
    told = models.BooleanField(default=True, editable=False)

    objects = ProposalQuerySet.as_manager()

    class Meta:
        verbose_name = "Vorschlag"
        verbose_name_plural = "Vorschläge"
        ordering = ["-saved_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["page", "land_code"], condition=~Q(state="taken"), name="one_proposal_of_each_land"
            )
        ]

    def __str__(self) -> str:
        return f"Vorschlag von {self.land} zu „{self.page.draft_title}“"

    @classmethod
    def of(cls, page: Page, user: User) -> "Proposal":
        """Return the one of the account's Land that is not taken; a new one from what readers see, if there is none."""
        found = cls.objects.undecided().filter(page=page, land_code=user.land_code).first()
        if found is None:
            content = stored_version(page.specific)
            found = cls(page=page, land_code=user.land_code, author=user, content=content, base=content)
        return found

    @property
    def land(self) -> str:
        """Return whose it is: "Bayern"; the name of the account where that has no Land."""
        return self.get_land_code_display() or str(self.author or "einem gelöschten Konto")

    @property
    def is_sent(self) -> bool:
        return self.state == self.State.SENT

    @property
    def is_returned(self) -> bool:
        return self.state == self.State.RETURNED

    @property
    def is_taken(self) -> bool:
        return self.state == self.State.TAKEN

    @cached_property
    def page_type(self) -> type[Page]:
        return self.page.specific_class

    def open_fields(self) -> set[str]:
        """Return the names of the fields that the Land has changed and the chair has not taken."""
        return changed(self.base, self.content, written_fields(self.page_type)) - set(self.taken)

    def open_content(self) -> dict[str, Any]:
        """Return what it proposes for these fields."""
        return {name: self.content[name] for name in self.open_fields()}

    def on(self, page: Page) -> Page:
        """Return `page` with what is proposed in it; it is never to be saved."""
        proposed: Any = page.with_content_json(stored_version(page) | self.open_content())
        proposed.is_proposal = True
        return proposed

    def write(self, page: Page, user: User, loaded: Revision | None) -> bool:
        """Store what the form has made of `page`, and say whether it holds any change.

        loaded: the version that readers saw when the form was opened. What has become another since then, and the Land
        has not touched, is no change of the Land's.
        """
        record = self.page.specific
        before = stored_version(record) if loaded is None or loaded.pk == record.live_revision_id else loaded.content
        # One of before there were proposals may have no version that it was made from (migration 0022).
        self.base = before | {name: self.base[name] for name in self.open_fields() & self.base.keys()}
        self.content = stored_version(page)
        made = changed(self.base, self.content, written_fields(self.page_type))
        if self.pk is None and not made:
            return False
        self.taken = [name for name in self.taken if name not in made]
        self.state, self.author, self.saved_at = self.State.DRAFT, user, timezone.now()
        self.version += 1
        self.save()
        return bool(made)

    def send(self, reason: str) -> None:
        """Give it to the chair, with what the Land says to it."""
        self.state, self.reason, self.answer = self.State.SENT, reason, ""
        self.sent_at, self.decided_at, self.told = timezone.now(), None, False
        self.version += 1
        self.save()

    def withdraw(self) -> None:
        """Take it back from the chair, to write on."""
        self.state, self.told = self.State.DRAFT, True
        self.version += 1
        self.save()

    def give_back(self, answer: str, user: User) -> None:
        """Return to the Land what was not taken."""
        self.state = self.State.RETURNED
        self.decide(answer, user)
        log(instance=self.page, action=RETURNED, user=user, data={"land": self.land})

    @transaction.atomic
    def take(self, names: set[str], user: User, publish: bool = False) -> None:
        """Write these fields into the latest version of the page, as a draft or (`publish`) for readers as well.

        A draft may break rules. Raises ValidationError where the page cannot be published with them, PermissionDenied
        where the account may not publish it; nothing is changed then.
        """
        page, revision = save_with(self.page, {name: self.content[name] for name in names}, user)
        # What the chair has seen and taken is not to be exchanged under its hands.
        withdraw_used_by(page)
        labels = [label(self.page_type, name) for name in sorted(names)]
        log(instance=page, action=TAKEN, user=user, revision=revision, data={"land": self.land, "fields": labels})
        if publish:
            revision.publish(user=user)
        self.taken = sorted({*self.taken, *names})
        self.version += 1
        self.save()

    def close(self, answer: str, user: User) -> None:
        """Note that nothing is left to decide."""
        self.state = self.State.TAKEN
        self.decide(answer, user)

    def decide(self, answer: str, user: User) -> None:
        """Store by whom and when it was decided on; the Land gets a mail."""
        self.answer, self.decided_by, self.decided_at, self.told = answer, user, timezone.now(), False
        self.version += 1
        self.save()

    def outcome(self) -> str:
        """Return to the Land in sentences what the chair has decided, "" as long as that is nothing."""
        taken = ", ".join(label(self.page_type, name) for name in self.taken)
        parts = [f"Übernommen: {taken}."] if taken else []
        if self.decided_at:
            did = "übernommen" if self.is_taken else "zurückgegeben"
            parts.insert(0, f"Der Vorsitz hat Ihren Vorschlag am {german_moment(self.decided_at)} {did}.")
        if self.answer:
            parts.append(f"Antwort: „{self.answer}“")
        return " ".join(parts)


def save_with(record: Page, content: dict[str, Any], user: User) -> tuple[Any, Revision]:
    """Save a draft of the page that is its latest version with these fields in it; return the page and the version."""
    current = record.get_latest_revision_as_object()
    page = current.with_content_json(stored_version(current) | content)
    with suppress(ValidationError):  # fills in what follows from the fields; the rules wait until it is published
        page.full_clean()
    return page, page.save_revision(user=user, clean=False)
