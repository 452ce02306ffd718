"""The groups of editors and what each may do: the Länder propose, the one in the chair publishes."""

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

from intmk.users.models import CHAIR, LAENDER

# To be raised with every change of the rights below: they are then given once more, also where the site is in use.
RIGHTS_VERSION = 8

PAGE_RIGHTS = {
    CHAIR: [f"wagtailcore.{action}_page" for action in ("add", "change", "publish", "lock", "unlock")],
    LAENDER: [f"wagtailcore.{action}_page" for action in ("add", "change")],
}
# Wagtail asks for the rights on its own two models, whichever models a project uses in their place.
FILES = ("wagtailimages.{}_image", "wagtaildocs.{}_document")


def on_files(*actions: str) -> list[str]:
    """Return the names of these rights on pictures and documents."""
    return [file.format(action) for file in FILES for action in actions]


# Whoever may add a file to a collection may also change there what they added themselves. So the Länder add to one of
# their own, which a file leaves when a page with it is published (intmk/media/unpublished.py): nobody but the chair
# exchanges a picture that readers see.
PROPOSALS = "Vorschläge der Länder"
COLLECTION_RIGHTS: dict[str, dict[str | None, list[str]]] = {
    CHAIR: {None: on_files("add", "change", "delete", "choose")},
    LAENDER: {None: on_files("choose"), PROPOSALS: on_files("add")},
}
EDITABLE = (
    "conferences.{}_theme",
    "conferences.{}_addressee",
    "conferences.{}_source",
    "intmk.{}_glossaryterm",
    "intmk.{}_oldaddress",
    "intmk.{}_searchsynonym",
    "intmk.{}_sitevideo",
    "wagtailredirects.{}_redirect",
)
MODEL_RIGHTS = {
    CHAIR: [
        "wagtailadmin.access_admin",
        *(model.format(action) for model in EDITABLE for action in ("add", "change", "delete", "view")),
        # Persons and sources of a term; its Land and days are for administrators.
        "conferences.change_chairterm",
        "conferences.view_chairterm",
        "conferences.change_land",
        "conferences.view_land",
        "intmk.change_accessibilitystatement",
        "intmk.change_sitenotice",
        # They come from readers and are answered, not written or deleted.
        "intmk.change_barrierreport",
        "intmk.view_barrierreport",
        "intmk.view_trasheditem",
    ],
    LAENDER: [
        "wagtailadmin.access_admin",
        "conferences.view_chairterm",
        "conferences.view_land",
        "conferences.view_theme",
        "conferences.view_addressee",
        "conferences.view_source",
    ],
}


def create_groups(home: Page) -> None:
    """Give both groups exactly these rights, on `home` and all below it."""
    for name in (CHAIR, LAENDER):
        group, _ = Group.objects.get_or_create(name=name)
        group.permissions.set(permissions(MODEL_RIGHTS[name]))
        GroupPagePermission.objects.filter(group=group).delete()
        for permission in permissions(PAGE_RIGHTS[name]):
            GroupPagePermission.objects.create(group=group, page=home, permission=permission)
        GroupCollectionPermission.objects.filter(group=group).delete()
        for collection, rights in COLLECTION_RIGHTS[name].items():
            for permission in permissions(rights):
                GroupCollectionPermission.objects.create(
                    group=group, collection=collection_named(collection), permission=permission
                )


def remove_groups_of_wagtail() -> None:
    """Delete Wagtail's own two groups; only from a new site, since people may give such names to groups of theirs."""
    Group.objects.filter(name__in=["Moderators", "Editors"]).delete()


def collection_named(name: str | None) -> Collection:
    """Return the collection of this name below the first one, new if there is none; the first one for None."""
    root = Collection.get_first_root_node()
    if name is None:
        return root
    return root.get_children().filter(name=name).first() or root.add_child(instance=Collection(name=name))


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
