"""A link to one version of a page, for people without an account, until it ends or is taken back."""

from datetime import datetime, timedelta
from typing import Self

from django.conf import settings
from django.core.serializers.json import DjangoJSONEncoder
from django.core.signing import BadSignature, Signer
from django.db import models
from django.urls import reverse
from django.utils import timezone
from wagtail.models import Page, Revision

from intmk.proposals.changes import stored_version
from intmk.proposals.models import Proposal
from intmk.users.models import User

DAYS = 7
SIGNER = Signer(salt="intmk.preview_links")


def last_moment() -> datetime:
    """Return when a link that is made now ends."""
    return timezone.now() + timedelta(days=DAYS)


class PreviewLinkQuerySet(models.QuerySet):
    """Links by name of what is asked."""

    def current(self) -> Self:
        """Return those that still lead to something."""
        return self.filter(ends_at__gt=timezone.now())

    def ended(self) -> Self:
        return self.filter(ends_at__lte=timezone.now())


class PreviewLink(models.Model):
    """One link. Its address is signed with the secret key: who reads the database cannot make it."""

    seen_by_readers = False

    page = models.ForeignKey(Page, models.CASCADE, related_name="+", verbose_name="Seite")
    # Not the revision: the editor that saves by itself writes over its own, and old ones may be removed.
    content = models.JSONField("Inhalt", encoder=DjangoJSONEncoder)
    version_of = models.DateTimeField("Fassung vom")
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+", verbose_name="angelegt von"
    )
    made_at = models.DateTimeField("angelegt am", default=timezone.now)
    ends_at = models.DateTimeField("gilt bis", default=last_moment)

    objects = PreviewLinkQuerySet.as_manager()

    class Meta:
        verbose_name = "Vorschaulink"
        verbose_name_plural = "Vorschaulinks"
        ordering = ["-made_at"]

    def __str__(self) -> str:
        return f"Vorschaulink zu „{self.page.draft_title}“"

    @classmethod
    def made(cls, version: Revision | Proposal, user: User) -> "PreviewLink":
        """Store a link to this version of a page, or to the page with this proposal, and return it."""
        if isinstance(version, Proposal):
            page, content, moment = version.page_id, stored_version(version.on(version.page.specific)), version.saved_at
        else:
            page, content, moment = int(version.object_id), version.content, version.created_at
        return cls.objects.create(page_id=page, content=content, version_of=moment, made_by=user)

    @classmethod
    def behind(cls, key: str) -> "PreviewLink | None":
        """Return the link with this key, None when it has ended or was taken back.

        Raises BadSignature for a key that this site has never made.
        """
        pk = SIGNER.unsign(key)
        if not pk.isdecimal():
            raise BadSignature
        return cls.objects.current().select_related("page").filter(pk=pk).first()

    @property
    def key(self) -> str:
        return SIGNER.sign(str(self.pk))

    @property
    def url(self) -> str:
        """Return the address below the host at which it is looked at."""
        return reverse("preview_link", args=[self.key])

    def version(self) -> Page:
        """Return the page as it was when the link was made; it is never to be saved."""
        return self.page.specific.with_content_json(self.content)

    def file_address(self, kind: str, pk: int) -> str:
        """Return the address at which a "bild", "dokument" or "video" that this version shows is got."""
        return reverse("preview_link_file", args=[self.key, kind, pk])
