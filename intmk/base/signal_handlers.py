"""Asks the rules of a page when a version is set to become public later; Wagtail asks them only at its moment."""

from typing import Any

from django.db.models.signals import pre_save
from django.dispatch import receiver
from wagtail.models import Revision

from intmk.base.pages import SitePage


@receiver(pre_save, sender=Revision)
def when_version_scheduled(
    instance: Revision, raw: bool = False, update_fields: frozenset[str] | None = None, **kwargs: Any
) -> None:
    """Raise ValidationError for a version that breaks a rule; nothing is scheduled then."""
    is_about_it = update_fields is None or "approved_go_live_at" in update_fields
    if raw or not is_about_it or instance.approved_go_live_at is None:
        return
    page = instance.as_object()
    if isinstance(page, SitePage):
        page.full_clean()
