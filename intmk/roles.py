"""The groups of editors and what each may do (design §6.2)."""

from django.contrib.auth.models import Group, Permission
from wagtail.models import (
    Collection,
    GroupApprovalTask,
    GroupCollectionPermission,
    GroupPagePermission,
    Page,
    Workflow,
    WorkflowPage,
)

CHAIR = "Vorsitz"
LAENDER = "Länder"

PAGE_RIGHTS = {
    CHAIR: ["add_page", "change_page", "publish_page", "lock_page", "unlock_page"],
    LAENDER: ["add_page", "change_page"],
}
# Pictures and documents: whoever may propose a page may also bring a picture for it, but change only their own.
# Wagtail asks for the rights on its own two models, whichever models a project uses in their place.
FILES = ("image", "document")
COLLECTION_RIGHTS = {
    CHAIR: [f"{action}_{file}" for file in FILES for action in ("add", "change", "delete", "choose")],
    LAENDER: [f"{action}_{file}" for file in FILES for action in ("add", "choose")],
}
SNIPPETS = ("chairterm", "theme", "redirect")
MODEL_RIGHTS = {
    CHAIR: [
        "access_admin",
        *(f"{action}_{model}" for model in SNIPPETS for action in ("add", "change", "delete", "view")),
        "change_land",
        "view_land",
    ],
    LAENDER: ["access_admin", "view_chairterm", "view_land", "view_theme"],
}


def create_groups(home: Page) -> None:
    """Create both groups with their rights on `home` and all below it, in place of Wagtail's own two."""
    Group.objects.filter(name__in=["Moderators", "Editors"]).delete()
    root = Collection.get_first_root_node()
    for name in (CHAIR, LAENDER):
        group, _ = Group.objects.get_or_create(name=name)
        group.permissions.set(permissions(MODEL_RIGHTS[name]))
        for permission in permissions(PAGE_RIGHTS[name]):
            GroupPagePermission.objects.get_or_create(group=group, page=home, permission=permission)
        for permission in permissions(COLLECTION_RIGHTS[name]):
            GroupCollectionPermission.objects.get_or_create(group=group, collection=root, permission=permission)


def permissions(codenames: list[str]) -> list[Permission]:
    """Return the permissions of these names; raise LookupError when one does not exist."""
    found = list(Permission.objects.filter(codename__in=codenames))
    missing = set(codenames) - {permission.codename for permission in found}
    if missing:
        raise LookupError(f"Unbekannte Rechte: {', '.join(sorted(missing))}")
    return found


def create_workflow(home: Page) -> None:
    """Make the chair approve what the Länder propose anywhere on the site."""
    Workflow.objects.all().delete()
    GroupApprovalTask.objects.all().delete()
    task = GroupApprovalTask.objects.create(name="Freigabe durch den Vorsitz")
    task.groups.add(Group.objects.get(name=CHAIR))
    workflow = Workflow.objects.create(name="Freigabe durch den Vorsitz")
    workflow.workflow_tasks.create(task=task, sort_order=0)
    WorkflowPage.objects.create(workflow=workflow, page=home)
