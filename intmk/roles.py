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
    WorkflowTask,
)

CHAIR = "Vorsitz"
LAENDER = "Länder"

PAGE_RIGHTS = {
    CHAIR: [f"wagtailcore.{action}_page" for action in ("add", "change", "publish", "lock", "unlock")],
    LAENDER: [f"wagtailcore.{action}_page" for action in ("add", "change")],
}
# Pictures and documents: whoever may propose a page may also bring a picture for it, but change only their own.
# Wagtail asks for the rights on its own two models, whichever models a project uses in their place.
FILES = ("wagtailimages.{}_image", "wagtaildocs.{}_document")
COLLECTION_RIGHTS = {
    CHAIR: [file.format(action) for file in FILES for action in ("add", "change", "delete", "choose")],
    LAENDER: [file.format(action) for file in FILES for action in ("add", "choose")],
}
SNIPPETS = ("conferences.{}_chairterm", "conferences.{}_theme", "wagtailredirects.{}_redirect")
MODEL_RIGHTS = {
    CHAIR: [
        "wagtailadmin.access_admin",
        *(snippet.format(action) for snippet in SNIPPETS for action in ("add", "change", "delete", "view")),
        "conferences.change_land",
        "conferences.view_land",
    ],
    LAENDER: [
        "wagtailadmin.access_admin",
        "conferences.view_chairterm",
        "conferences.view_land",
        "conferences.view_theme",
    ],
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


def permissions(names: list[str]) -> list[Permission]:
    """Return the permissions of these names, e.g. "conferences.view_land"; raise LookupError when one is missing."""
    stored = Permission.objects.select_related("content_type").filter(codename__in=[n.split(".")[1] for n in names])
    found = {f"{permission.content_type.app_label}.{permission.codename}": permission for permission in stored}
    missing = set(names) - set(found)
    if missing:
        raise LookupError(f"Unbekannte Rechte: {', '.join(sorted(missing))}")
    return [found[name] for name in names]


def create_workflow(home: Page) -> None:
    """Make the chair approve what the Länder propose anywhere on the site, in place of Wagtail's own workflow."""
    Workflow.objects.all().delete()
    GroupApprovalTask.objects.all().delete()
    task = GroupApprovalTask.objects.create(name="Freigabe durch den Vorsitz")
    task.groups.add(Group.objects.get(name=CHAIR))
    workflow = Workflow.objects.create(name="Freigabe durch den Vorsitz")
    # Not workflow.workflow_tasks.create(): on a cluster that only adds to memory, and an empty workflow approves all.
    WorkflowTask.objects.create(workflow=workflow, task=task, sort_order=0)
    WorkflowPage.objects.create(workflow=workflow, page=home)
