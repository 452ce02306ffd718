"""What a new term, and a changeover of the chair, set off among proposed files."""

from typing import Any

from django.db.models.signals import post_save
from django.dispatch import receiver

from conferences.models import ChairTerm
from conferences.terms.rights import chair_changed
from intmk.media.unpublished import withdraw_all_public, withdraw_used_by


@receiver(post_save, sender=ChairTerm)
def when_term_saved(instance: ChairTerm, **kwargs: Any) -> None:
    """Take the portraits out that readers see from now on."""
    withdraw_used_by(instance)


@receiver(chair_changed)
def when_chair_passed(**kwargs: Any) -> None:
    """Take out all that is public."""
    withdraw_all_public()
