"""Something that was deleted, with all that went with it, until it comes back or is gone for good."""

from datetime import datetime, timedelta
from functools import partial
from typing import Any, Self

from django.apps import apps
from django.conf import settings
from django.contrib.contenttypes.models import ContentType
from django.core.files.storage import default_storage
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models, transaction
from django.dispatch import Signal
from django.utils import timezone
from wagtail.snippets.models import get_snippet_models

from intmk.users.models import User

DAYS = 90
# Sent within the transaction once all is back: instance, item, page_keys. A receiver may raise NotRestoredError.
restored = Signal()
# Sent before: instance, keys (of what goes by model). Receivers return the further rows that they will delete.
going = Signal()


class NotRestoredError(Exception):
    """Nothing came back; the message is a German sentence that says why and what can be done."""


class ExactEncoder(DjangoJSONEncoder):
    """Keeps moments to the microsecond, which Django shortens."""

    def default(self, o: Any) -> Any:
        return o.isoformat() if isinstance(o, datetime) else super().default(o)


class TrashedItemQuerySet(models.QuerySet):
    """Items by who may see them and by what is in them."""

    def visible_to(self, user: User) -> Self:
        """Return those that the account may bring back: the chair all that it may delete, a Land its own deletions."""
        if user.acts_for_chair:
            policies = {model: model.snippet_viewset.permission_policy for model in get_snippet_models()}
            barred = [model for model, policy in policies.items() if not policy.user_has_permission(user, "delete")]
            return self.exclude(content_type__in=ContentType.objects.get_for_models(*barred).values())
        return self.filter(land_code=user.land_code) if user.is_active and user.land_code else self.none()

    def over(self) -> Self:
        """Return those whose time has passed."""
        return self.filter(deleted_at__lte=timezone.now() - timedelta(days=DAYS))

    def with_row(self, model: type[models.Model], pk: Any) -> Self:
        """Return those with which this row would come back."""
        return self.filter(rows__contains=[{"model": model._meta.label_lower, "pk": pk}])

    def that_had(self, row: models.Model) -> Self:
        """Return those to which `row` pointed, and will again when they come back."""
        return self.filter(links__contains=[{"model": row._meta.label_lower, "pk": row.pk}])


class TrashedItem(models.Model):
    """One thing that somebody deleted.

    rows: what went, as Django serializes it; links: model, pk, field and value of what pointed there and stayed;
    sources: [content type, key] of what named it in a text; files: the names below MEDIA_ROOT that stay until the end.
    """

    seen_by_readers = False

    content_type = models.ForeignKey(ContentType, models.CASCADE, verbose_name="Art", related_name="+")
    object_id = models.CharField("Schlüssel", max_length=255)
    parent = models.BigIntegerField("Schlüssel der Seite darüber", null=True)
    title = models.CharField("Titel", max_length=255)
    address = models.CharField("Adresse", max_length=1000, blank=True)
    pages_below = models.PositiveIntegerField("Seiten darunter", default=0)
    deleted_at = models.DateTimeField("Gelöscht am", default=timezone.now, db_index=True)
    deleted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+", verbose_name="Gelöscht von"
    )
    # Whose it was: empty for what only the chair may bring back.
    land_code = models.CharField("Land", max_length=5, blank=True)
    rows = models.JSONField("Zeilen", encoder=ExactEncoder)
    links = models.JSONField("Verweise", encoder=ExactEncoder)
    sources = models.JSONField("Texte, die es nennen")
    files = models.JSONField("Dateien")

    objects = TrashedItemQuerySet.as_manager()
    wagtail_reference_index_ignore = True

    class Meta:
        verbose_name = "gelöschter Eintrag"
        verbose_name_plural = "gelöschte Einträge"
        ordering = ["-deleted_at"]
        # It is filled by deleting and emptied by the clock; the chair sees in the site's history what became of it.
        default_permissions = ("view",)

    def __str__(self) -> str:
        return self.title

    @property
    def kind(self) -> str:
        model = self.content_type.model_class()
        return str(model._meta.verbose_name) if model else self.content_type.name

    @property
    def description(self) -> str:
        """Return in one line what it is: "Konferenz „12. IntMK“ mit 31 Seiten darunter"."""
        below = self.pages_below
        more = f" mit {below} {'Seite' if below == 1 else 'Seiten'} darunter" if below else ""
        return f"{self.kind} „{self.title}“{more}"

    @property
    def until(self) -> datetime:
        return self.deleted_at + timedelta(days=DAYS)

    def without_owner(self, label: str, *fields: str) -> models.QuerySet[Any]:
        """Return the rows of this model that belonged to it by one of these fields, and belong to nothing since."""
        left = [link["pk"] for link in self.links if link["model"] == label.lower() and link["field"] in fields]
        return model_named(label)._base_manager.filter(pk__in=left, **{f"{field}__isnull": True for field in fields})

    @transaction.atomic
    def remove(self) -> bool:
        """Delete it for good, and its files once that is certain; False where it lies there no more."""
        deleted, _ = type(self).objects.filter(pk=self.pk).delete()
        if not deleted:
            return False  # somebody has brought it back, and its files with it
        for name in self.files:
            transaction.on_commit(partial(default_storage.delete, name), robust=True)
        return True


def model_named(label: str) -> type[models.Model]:
    """Return the model; raise LookupError when there is none any more."""
    return apps.get_model(label)
