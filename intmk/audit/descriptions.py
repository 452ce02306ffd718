"""What the log says of terms, accounts and rights: in words that can be read when the thing itself is gone."""

from typing import Any

from django.contrib.auth.models import Group, Permission
from wagtail.models import (
    Collection,
    GroupApprovalTask,
    GroupCollectionPermission,
    GroupPagePermission,
    Page,
    Task,
    Workflow,
)

from conferences.models import ChairPerson, ChairTerm
from intmk.users.models import LAND_NAMES, User

NOTHING = "–"
VERBS = {
    "add": "hinzufügen",
    "change": "bearbeiten",
    "delete": "löschen",
    "bulk_delete": "mit Unterseiten löschen",
    "view": "ansehen",
    "choose": "auswählen",
    "publish": "veröffentlichen",
    "lock": "sperren",
    "unlock": "entsperren",
}


def name_of_account(user: User) -> str:
    """Return e.g. "Redaktion Bayern (redaktion-by)"."""
    full = user.get_full_name().strip()
    return f"{full} ({user.username})" if full else user.username


def account_in_words(user: User) -> str:
    """Return what an account may do: its Land, its groups, whether it administers or is locked."""
    groups = groups_of(user)
    parts = [
        f"Land {LAND_NAMES[user.land_code]}" if user.land_code in LAND_NAMES else "",
        f"Gruppen: {groups}" if groups else "",
        "Administration" if user.is_superuser else "",
        "" if user.is_active else "gesperrt",
    ]
    return "; ".join(filter(None, parts)) or "ohne Land und Rechte"


def groups_of(owner: User | GroupApprovalTask) -> str:
    """Return the names of the groups that an account is in, or that approve in a step."""
    return ", ".join(owner.groups.order_by("name").values_list("name", flat=True))


def active_in_words(active: bool) -> str:
    """Return whether a step or a workflow is in use."""
    return "aktiv" if active else "abgeschaltet"


def task_in_words(task: Task) -> str:
    """Return a step of a workflow and the groups that approve in it, e.g. "Freigabe (Vorsitz)"."""
    specific = task.specific
    return f"{task.name} ({groups_of(specific) or NOTHING})" if isinstance(specific, GroupApprovalTask) else task.name


def workflow_in_words(workflow: Workflow) -> str:
    """Return whether a workflow is in use, its stored steps, and the pages from which on it holds."""
    steps = ", ".join(task_in_words(task) for task in workflow.tasks) or NOTHING
    pages = ", ".join(str(place) for place in Page.objects.filter(workflowpage__workflow=workflow)) or NOTHING
    return f"{active_in_words(workflow.active)}; Schritte: {steps}; Seiten: {pages}"


def group_in_words(group: Group) -> str:
    """Return the name of a group and who is in it."""
    members = ", ".join(name_of_account(user) for user in User.objects.filter(groups=group).order_by("username"))
    return f"{group.name}; Mitglieder: {members or NOTHING}"


def term_in_words(term: ChairTerm) -> str:
    """Return Land and days of a term."""
    return f"{term.land}, {term.period}"


def person_in_words(person: ChairPerson) -> str:
    """Return name, office and days of a person in the chair, as far as they are known."""
    return ", ".join(filter(None, [person.name, person.office, person.period]))


def rights_of(group: Group) -> frozenset[str]:
    """Return all rights of a group in words: on models, pages and collections; three queries."""
    models = [permission_in_words(permission) for permission in group.permissions.select_related("content_type")]
    related = ("permission__content_type",)
    pages = GroupPagePermission.objects.filter(group=group).select_related("page", *related)
    collections = GroupCollectionPermission.objects.filter(group=group).select_related("collection", *related)
    return frozenset([*models, *(right_in_words(right) for right in [*pages, *collections])])


def right_in_words(right: GroupPagePermission | GroupCollectionPermission) -> str:
    """Return a right on pages below a page, or on a collection, e.g. "Start: Seite veröffentlichen"."""
    try:
        place: Any = right.page if isinstance(right, GroupPagePermission) else right.collection
    except (Page.DoesNotExist, Collection.DoesNotExist):
        place = "gelöschter Ort"
    return f"{place}: {permission_in_words(right.permission)}"


def permission_in_words(permission: Permission) -> str:
    """Return e.g. "Amtszeit bearbeiten"; for what is no verb on a model its own name."""
    verb = permission.codename.removesuffix(f"_{permission.content_type.model}")
    model = permission.content_type.model_class()
    if verb not in VERBS or model is None:
        return "Redaktion öffnen" if permission.codename == "access_admin" else permission.name
    return f"{model._meta.verbose_name} {VERBS[verb]}"
