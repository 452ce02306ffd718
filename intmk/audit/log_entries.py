"""What is recorded in Wagtail's log, and how: with from and to, in words.

What several steps of one request do to the same thing becomes one entry.
"""

from collections.abc import Callable
from typing import Any

from django.db.models import Model, TextChoices
from wagtail.log_actions import LogActionRegistry, LogFormatter, get_active_log_context, log
from wagtail.models import ModelLogEntry

from conferences.models.handover import HANDED_OVER
from intmk.audit.descriptions import NOTHING, name_of_account
from intmk.audit.models import PageEntry
from intmk.base.pages import SitePage
from intmk.server.switch import Switch
from intmk.users.models import LAND_NAMES, User


class Action(TextChoices):
    """What is recorded: its name in the log, and what people read."""

    HANDOVER = HANDED_OVER, "Übergabe des Vorsitzes"
    TERM_CREATE = "intmk.term.create", "Amtszeit eingetragen"
    TERM_CHANGE = "intmk.term.change", "Amtszeit geändert"
    TERM_PERSONS = "intmk.term.persons", "Personen einer Amtszeit"
    TERM_DELETE = "intmk.term.delete", "Amtszeit gelöscht"
    ACCOUNT_CREATE = "intmk.account.create", "Konto angelegt"
    ACCOUNT_LAND = "intmk.account.land", "Land eines Kontos"
    ACCOUNT_ACTIVE = "intmk.account.active", "Konto gesperrt oder entsperrt"
    ACCOUNT_SUPERUSER = "intmk.account.superuser", "Administrationsrecht"
    ACCOUNT_GROUPS = "intmk.account.groups", "Gruppen eines Kontos"
    ACCOUNT_DELETE = "intmk.account.delete", "Konto gelöscht"
    GROUP_NAME = "intmk.group.name", "Name einer Gruppe"
    GROUP_RIGHTS = "intmk.group.rights", "Rechte einer Gruppe"
    GROUP_DELETE = "intmk.group.delete", "Gruppe gelöscht"
    APPROVAL_CREATE = "intmk.approval.create", "Freigabeschritt angelegt"
    APPROVAL_GROUPS = "intmk.approval.groups", "Wer in einem Schritt freigibt"
    APPROVAL_ACTIVE = "intmk.approval.active", "Freigabeschritt ein- oder ausgeschaltet"
    APPROVAL_DELETE = "intmk.approval.delete", "Freigabeschritt gelöscht"
    WORKFLOW_CREATE = "intmk.workflow.create", "Freigabe angelegt"
    WORKFLOW_TASKS = "intmk.workflow.tasks", "Schritte einer Freigabe"
    WORKFLOW_PAGES = "intmk.workflow.pages", "Seiten, ab denen eine Freigabe gilt"
    WORKFLOW_ACTIVE = "intmk.workflow.active", "Freigabe ein- oder ausgeschaltet"
    WORKFLOW_DELETE = "intmk.workflow.delete", "Freigabe gelöscht"


# What administrators do to sign-in (intmk/users/wagtail_hooks.py); the report shows it beside these.
SIGN_IN = "users."
REPORTED = (*Action.values, SIGN_IN)
SYSTEM = "System"
ACCOUNT_FIELDS = {
    "land_code": (Action.ACCOUNT_LAND, lambda code: LAND_NAMES.get(code, NOTHING)),
    "is_active": (Action.ACCOUNT_ACTIVE, lambda active: "aktiv" if active else "gesperrt"),
    "is_superuser": (Action.ACCOUNT_SUPERUSER, lambda yes: "Administration" if yes else "keine Administration"),
}

State = str | frozenset[str]
unrecorded = Switch("unrecorded")  # for what a new site is filled with


def register_actions(actions: LogActionRegistry) -> None:
    """Name the actions in German, and how those on pages are stored; for Wagtail's hook register_log_actions."""
    # Not by its `register_model`: the report of all entries would ask the same table twice.
    actions.log_entry_models_by_type.register(SitePage, value=PageEntry)
    for action in Action:
        actions.register_action(action.value)(type("Formatter", (FromTo,), {"label": action.label}))


class FromTo(LogFormatter):
    """Says in the history of a thing what changed, from what, to what."""

    def format_message(self, log_entry: Any) -> str:
        before, after = (log_entry.data.get(key) or NOTHING for key in ("from", "to"))
        return f"{self.label}: {before} → {after}"


def record_change(instance: Model, action: Action, before: State, after: State) -> None:
    """Write down that `instance` went from `before` to `after`; nothing when both are the same.

    A text is kept as it is; of a set only what went and what came is named. An entry of the same request on the same
    thing is taken up in the new one.
    """
    if before == after or unrecorded:
        return
    uuid = get_active_log_context().uuid
    earlier = ModelLogEntry.objects.for_instance(instance).filter(action=action, uuid=uuid).first() if uuid else None
    data: dict[str, Any]
    if isinstance(before, frozenset) and isinstance(after, frozenset):
        went, came = before - after, after - before
        if earlier:
            then_went, then_came = (frozenset(earlier.data[key]) for key in ("went", "came"))
            went, came = (then_went - came) | (went - then_came), (then_came - went) | (came - then_went)
        data = {"from": in_one_line(went), "to": in_one_line(came), "went": sorted(went), "came": sorted(came)}
    else:
        data = {"from": earlier.data["from"] if earlier else before, "to": after}
    if earlier:
        earlier.delete()
    if data["from"] != data["to"]:
        log(
            instance,
            action.value,
            data=data,
            title=name_of_account(instance) if isinstance(instance, User) else str(instance),
        )


def in_one_line(words: frozenset[str]) -> str:
    return "; ".join(sorted(words))


def record_relation(
    name: Action,
    owner: Any,
    field: str,
    state_of: Callable[[Any], State],
    *,
    instance: Model,
    action: str,
    reverse: bool,
    pk_set: set | None,
    **kwargs,
) -> None:
    """Record under `name` each `owner` whose many-to-many `field` changes, from whichever side it is changed."""
    if action.startswith("post_"):
        for item, before in instance.__dict__.pop("_related", []):
            record_change(item, name, before, state_of(item))
    elif not unrecorded and (pk_set or pk_set is None):  # None: all are cleared
        items = [instance]
        if reverse:
            items = owner.objects.filter(**({field: instance} if pk_set is None else {"pk__in": pk_set}))
        instance.__dict__["_related"] = [(item, state_of(item)) for item in items]
