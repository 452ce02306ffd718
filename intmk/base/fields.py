"""Fields that many models have."""

from typing import Any

from django.db import models


def optional_link(to: Any, label: str, related_name: str = "+", **more: Any) -> models.ForeignKey:
    """Return a relation that may be empty and is emptied when its target goes; without a name no way leads back."""
    return models.ForeignKey(
        to, verbose_name=label, null=True, blank=True, on_delete=models.SET_NULL, related_name=related_name, **more
    )
