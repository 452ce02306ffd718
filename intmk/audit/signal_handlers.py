"""Every change of a term, of an account's Land or rights, and of a group's rights, in Wagtail's log with from and to.

Who may approve proposals is a right as well; that part is in approvals.py.

Signals catch it whichever way it comes: form, shell, command, the settling of the chair. Not caught are queries that
pass by Django's signals (`update()`, `bulk_create()`): Wagtail has two of them, which `after_bulk_action` and
`RightsOfGroupPanel` see. What several steps of one request do to the same thing becomes one entry.
"""

from collections.abc import Callable
from typing import Any

from django.contrib.auth.models import Group
from django.db.models import Model, QuerySet, TextChoices
from django.db.models.signals import m2m_changed, post_delete, post_save, pre_delete, pre_save
from django.dispatch import receiver
from django.forms import Media
from wagtail.log_actions import LogActionRegistry, LogFormatter, get_active_log_context, log
from wagtail.models import GroupCollectionPermission, GroupPagePermission, ModelLogEntry

from conferences.models import ChairPerson, ChairTerm
from conferences.models.handover import HANDED_OVER
from intmk.audit.descriptions import (
    NOTHING,
    account_in_words,
    group_in_words,
    groups_of,
    name_of,
    person_in_words,
    right_in_words,
    rights_of,
    term_in_words,
)
from intmk.base.switch import Switch
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
    """Name the actions in German; for Wagtail's hook register_log_actions."""
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
        log(instance, action.value, data=data, title=name_of(instance) if isinstance(instance, User) else str(instance))


def in_one_line(words: frozenset[str]) -> str:
    return "; ".join(sorted(words))


@receiver(pre_save, sender=ModelLogEntry)
def name_the_actor(instance: ModelLogEntry, **kwargs) -> None:
    """Keep the name of whoever did it in the entry itself: the account may be deleted one day."""
    if instance.action.startswith(REPORTED):
        instance.data.setdefault("by", name_of(instance.user) if instance.user else SYSTEM)


@receiver(pre_save, sender=User)
def remember_account(instance: User, raw: bool, update_fields=None, **kwargs) -> None:
    fields = set(ACCOUNT_FIELDS) if update_fields is None else set(ACCOUNT_FIELDS) & set(update_fields)
    stored = User.objects.filter(pk=instance.pk).values(*fields).first() if instance.pk and fields and not raw else None
    instance._audited = stored or {}  # type: ignore[attr-defined]


@receiver(post_save, sender=User)
def record_account(instance: User, created: bool, raw: bool, **kwargs) -> None:
    if created and not raw:
        record_change(instance, Action.ACCOUNT_CREATE, "", account_in_words(instance))
    for field, value in instance._audited.items():  # type: ignore[attr-defined]
        action, words = ACCOUNT_FIELDS[field]
        record_change(instance, action, words(value), words(getattr(instance, field)))


@receiver(pre_delete, sender=User)
def record_deleted_account(instance: User, **kwargs) -> None:
    record_change(instance, Action.ACCOUNT_DELETE, account_in_words(instance), "")


def after_bulk_action(request, action_type: str, objects: list, action) -> None:
    """Record accounts that were locked or unlocked from the list, which Wagtail does in one query; a Wagtail hook."""
    if action_type == "set_active_state":
        active = set(
            User.objects.filter(pk__in=[user.pk for user in objects], is_active=True).values_list("pk", flat=True)
        )
        name, words = ACCOUNT_FIELDS["is_active"]
        for user in objects:
            record_change(user, name, words(user.is_active), words(user.pk in active))


@receiver(m2m_changed, sender=User.groups.through)
def record_groups(**kwargs) -> None:
    record_relation(Action.ACCOUNT_GROUPS, User, "groups", groups_of, **kwargs)


@receiver(m2m_changed, sender=Group.permissions.through)
def record_rights(**kwargs) -> None:
    record_relation(Action.GROUP_RIGHTS, Group, "permissions", rights_of, **kwargs)


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


@receiver([post_save, post_delete], sender=GroupPagePermission)
@receiver([post_save, post_delete], sender=GroupCollectionPermission)
def record_right_to_a_place(instance, signal, raw: bool = False, origin=None, **kwargs) -> None:
    """Record a right on pages or on a collection; not when the whole group goes."""
    if raw or unrecorded or is_or_of(origin, Group):
        return
    now, this = rights_of(instance.group), frozenset([right_in_words(instance)])
    record_change(
        instance.group, Action.GROUP_RIGHTS, *((now - this, now) if signal is post_save else (now | this, now))
    )


def is_or_of(origin: Model | QuerySet | None, model: type[Model]) -> bool:
    """Say whether a deletion began with an instance or a query of `model`."""
    return isinstance(origin, model) or (isinstance(origin, QuerySet) and origin.model is model)


class RightsOfGroupPanel:
    """An invisible part of Wagtail's page for groups: compares the rights before and after, which it writes in bulk."""

    media = Media()

    def __init__(self, data=None, files=None, instance: Group | None = None) -> None:
        self.group = instance or Group()
        self.before = rights_of(self.group) if self.group.pk else frozenset()

    def is_valid(self) -> bool:
        return True

    def save(self) -> None:
        record_change(self.group, Action.GROUP_RIGHTS, self.before, rights_of(self.group))

    def as_admin_panel(self) -> str:
        return ""


@receiver(pre_save, sender=Group)
def record_name_of_group(instance: Group, raw: bool, **kwargs) -> None:
    """Record that a group is called otherwise: by its name it is given rights."""
    stored = Group.objects.filter(pk=instance.pk).first() if instance.pk and not raw else None
    if stored:
        record_change(instance, Action.GROUP_NAME, stored.name, instance.name)


@receiver(pre_delete, sender=Group)
def record_deleted_group(instance: Group, **kwargs) -> None:
    record_change(instance, Action.GROUP_DELETE, group_in_words(instance), "")


@receiver(pre_save, sender=ChairTerm)
def remember_term(instance: ChairTerm, raw: bool, **kwargs) -> None:
    stored = ChairTerm.objects.filter(pk=instance.pk).select_related("land").first() if not raw else None
    instance._audited = term_in_words(stored) if stored else ""


@receiver(post_save, sender=ChairTerm)
def record_term(instance: ChairTerm, created: bool, raw: bool, **kwargs) -> None:
    if not raw:
        action = Action.TERM_CREATE if created else Action.TERM_CHANGE
        record_change(instance, action, instance._audited, term_in_words(instance))


@receiver(pre_delete, sender=ChairTerm)
def record_deleted_term(instance: ChairTerm, **kwargs) -> None:
    people = in_one_line(persons_of(instance))
    record_change(instance, Action.TERM_DELETE, term_in_words(instance) + (f" ({people})" if people else ""), "")


@receiver(pre_save, sender=ChairPerson)
def remember_persons(instance: ChairPerson, **kwargs) -> None:
    instance._audited = persons_of(instance.term)


@receiver(post_save, sender=ChairPerson)
def record_person(instance: ChairPerson, raw: bool, **kwargs) -> None:
    if not raw:
        record_change(instance.term, Action.TERM_PERSONS, instance._audited, persons_of(instance.term))


@receiver(post_delete, sender=ChairPerson)
def record_deleted_person(instance: ChairPerson, origin=None, **kwargs) -> None:
    if not is_or_of(origin, ChairTerm):
        now = persons_of(instance.term)
        record_change(instance.term, Action.TERM_PERSONS, now | {person_in_words(instance)}, now)


def persons_of(term: ChairTerm) -> frozenset[str]:
    """Return the stored persons of a term in words."""
    return frozenset(person_in_words(person) for person in ChairPerson.objects.filter(term_id=term.pk))
