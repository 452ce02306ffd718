"""Keeps what somebody deletes in the admin, whichever list or button it is deleted with.

Imported before all others that receive `pre_delete`: those change what is to be kept as it was.
"""

from typing import Any

from django.apps import apps
from django.db.models import Model, QuerySet
from django.db.models.signals import pre_delete
from wagtail.models import Page

from intmk.trash.keeping import keep
from intmk.trash.undo import deletions

# Beside all pages. Not the reports of barriers: what readers wrote of themselves is gone when it is deleted.
KINDS = (
    "conferences.Addressee",
    "conferences.ChairTerm",
    "conferences.Land",
    "conferences.Source",
    "conferences.Theme",
    "intmk.GlossaryTerm",
    "intmk.OldAddress",
    "intmk.SearchSynonym",
    "intmk.SiteDocument",
    "intmk.SiteImage",
    "intmk.SiteVideo",
)
MODELS = [model for model in apps.get_models() if issubclass(model, Page) or model._meta.label in KINDS]


def keep_what_goes(sender: type[Model], origin: Any = None, **kwargs: Any) -> None:
    """Keep all that a deletion takes, once, before its first row goes; not what only programs delete."""
    now = deletions.get()
    if now is None or any(origin is each for each in now.seen):
        return
    now.seen.append(origin)
    for root in roots_of(origin):
        now.items.append(keep(root, now.user))


def roots_of(origin: Model | QuerySet) -> list[Model]:
    """Return what was chosen to be deleted, each page as what it is; [] for what goes with something else only."""
    if not issubclass(origin.model if isinstance(origin, QuerySet) else type(origin), tuple(MODELS)):
        return []
    chosen: list[Any] = list(origin.all()) if isinstance(origin, QuerySet) else [origin]
    if not isinstance(chosen[0], Page):
        return chosen
    paths = {page.path for page in chosen}
    return [page.specific for page in chosen if not any(page.path[:end] in paths for end in steps(page.path))]


def steps(path: str) -> range:
    """Return the lengths of the paths above this one."""
    return range(Page.steplen, len(path), Page.steplen)


for kept_model in MODELS:
    pre_delete.connect(keep_what_goes, sender=kept_model)
