"""What is stored is readable, whoever stores it."""

from typing import Any

from django.db.models import Model
from django.db.models.signals import pre_save
from django.dispatch import receiver

from intmk.language.readable_input import is_ours, make_readable


@receiver(pre_save)
def before_saving(sender: type[Model], instance: Model, raw: bool = False, **kwargs: Any) -> None:
    """Let nothing of ours be stored that is not readable."""
    if not raw and is_ours(sender):
        make_readable(instance)
