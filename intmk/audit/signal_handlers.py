"""Every change of a term, of an account's Land or rights, of a group's rights, and of who approves proposals.

Signals catch it whichever way it comes: form, shell, command, the settling of the chair. Not caught are queries that
pass by Django's signals (`update()`, `bulk_create()`); bulk_changes.py sees those of Wagtail. Deletions are recorded
before they happen: Django clears the groups of a step of approval first, without a signal.
"""

from typing import Any

from django.contrib.auth.models import Group
from django.db.models import Model, QuerySet
from django.db.models.signals import m2m_changed, post_delete, post_save, pre_delete, pre_save
from django.dispatch import receiver
from wagtail.models import (
    GroupApprovalTask,
    GroupCollectionPermission,
    GroupPagePermission,
    ModelLogEntry,
    Task,
    Workflow,
    WorkflowPage,
    WorkflowTask,
)

from conferences.models import ChairPerson, ChairTerm
from intmk.audit.descriptions import (
    account_in_words,
    active_in_words,
    group_in_words,
    groups_of,
    name_of_account,
    person_in_words,
    right_in_words,
    rights_of,
    task_in_words,
    term_in_words,
    workflow_in_words,
)
from intmk.audit.log_entries import (
    ACCOUNT_FIELDS,
    REPORTED,
    SYSTEM,
    Action,
    in_one_line,
    record_change,
    record_relation,
    unrecorded,
)
from intmk.trash.models import restored
from intmk.users.models import User

# What is created, switched on and off, by kind.
CREATED = {Workflow: Action.WORKFLOW_CREATE, Task: Action.APPROVAL_CREATE}
SWITCHED = {Workflow: Action.WORKFLOW_ACTIVE, Task: Action.APPROVAL_ACTIVE}
# What a workflow has, and under which name it comes and goes.
PARTS = {WorkflowTask: Action.WORKFLOW_TASKS, WorkflowPage: Action.WORKFLOW_PAGES}


@receiver(pre_save, sender=ModelLogEntry)
def name_the_actor(instance: ModelLogEntry, **kwargs) -> None:
    """Keep the name of whoever did it in the entry itself: the account may be deleted one day."""
    if instance.action.startswith(REPORTED):
        instance.data.setdefault("by", name_of_account(instance.user) if instance.user else SYSTEM)


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


@receiver(m2m_changed, sender=User.groups.through)
def record_groups(**kwargs) -> None:
    record_relation(Action.ACCOUNT_GROUPS, User, "groups", groups_of, **kwargs)


@receiver(m2m_changed, sender=Group.permissions.through)
def record_rights(**kwargs) -> None:
    record_relation(Action.GROUP_RIGHTS, Group, "permissions", rights_of, **kwargs)


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
    is_new = raw or not instance.pk
    stored = None if is_new else ChairTerm.objects.filter(pk=instance.pk).select_related("land").first()
    instance._audited = term_in_words(stored) if stored else ""


@receiver(post_save, sender=ChairTerm)
def record_term(instance: ChairTerm, created: bool, raw: bool, **kwargs) -> None:
    if not raw:
        action = Action.TERM_CREATE if created else Action.TERM_CHANGE
        record_change(instance, action, instance._audited, term_in_words(instance))


@receiver(restored, sender=ChairTerm)
def record_restored_term(instance: ChairTerm, **kwargs) -> None:
    record_change(instance, Action.TERM_CREATE, "", term_in_words(instance))


@receiver(pre_delete, sender=ChairTerm)
def record_deleted_term(instance: ChairTerm, **kwargs) -> None:
    people = in_one_line(persons_of(instance))
    record_change(instance, Action.TERM_DELETE, term_in_words(instance) + (f" ({people})" if people else ""), "")


@receiver(pre_save, sender=ChairPerson)
def remember_persons(instance: ChairPerson, **kwargs) -> None:
    instance._audited = frozenset() if unrecorded else persons_of(instance.term)


@receiver(post_save, sender=ChairPerson)
def record_person(instance: ChairPerson, raw: bool, **kwargs) -> None:
    if not raw and not unrecorded:
        record_change(instance.term, Action.TERM_PERSONS, instance._audited, persons_of(instance.term))


@receiver(post_delete, sender=ChairPerson)
def record_deleted_person(instance: ChairPerson, origin=None, **kwargs) -> None:
    if not is_or_of(origin, ChairTerm):
        now = persons_of(instance.term)
        record_change(instance.term, Action.TERM_PERSONS, now | {person_in_words(instance)}, now)


def persons_of(term: ChairTerm) -> frozenset[str]:
    """Return the stored persons of a term in words."""
    return frozenset(person_in_words(person) for person in ChairPerson.objects.filter(term_id=term.pk))


def stored_before(instance: Model, raw: bool) -> Any:
    """Return the row as it is before it is saved; None when it is new or loaded as a fixture."""
    return None if raw or not instance.pk else type(instance)._default_manager.filter(pk=instance.pk).first()


@receiver(pre_save, sender=Workflow)
@receiver(pre_save, sender=Task)
@receiver(pre_save, sender=GroupApprovalTask)
def remember_approval(instance: Workflow | Task, raw: bool, **kwargs) -> None:
    instance._audited = stored_before(instance, raw)


@receiver(post_save, sender=Workflow)
@receiver(post_save, sender=Task)
@receiver(post_save, sender=GroupApprovalTask)
def record_saved(instance: Workflow | Task, created: bool, raw: bool, **kwargs) -> None:
    kind = Workflow if isinstance(instance, Workflow) else Task
    now, before = active_in_words(instance.active), instance._audited
    if created and not raw:
        record_change(instance, CREATED[kind], "", now)
    elif before:
        record_change(instance, SWITCHED[kind], active_in_words(before.active), now)


@receiver(m2m_changed, sender=GroupApprovalTask.groups.through)
def record_approving_groups(**kwargs) -> None:
    record_relation(Action.APPROVAL_GROUPS, GroupApprovalTask, "groups", groups_of, **kwargs)


@receiver(pre_delete, sender=Group)
def record_group_that_goes(instance: Group, **kwargs) -> None:
    """Record which steps lose a group with its deletion."""
    for task in GroupApprovalTask.objects.filter(groups=instance):
        left = ", ".join(task.groups.exclude(pk=instance.pk).order_by("name").values_list("name", flat=True))
        record_change(task, Action.APPROVAL_GROUPS, groups_of(task), left)


@receiver(pre_delete, sender=Task)
def record_deleted_task(instance: Task, **kwargs) -> None:
    """Record a step of whatever kind: with its row that of Task goes as well."""
    record_change(
        instance.specific, Action.APPROVAL_DELETE, f"{task_in_words(instance)}; {active_in_words(instance.active)}", ""
    )


@receiver(pre_delete, sender=Workflow)
def record_deleted_workflow(instance: Workflow, **kwargs) -> None:
    record_change(instance, Action.WORKFLOW_DELETE, workflow_in_words(instance), "")


@receiver(pre_save, sender=WorkflowTask)
@receiver(pre_save, sender=WorkflowPage)
def record_part(instance: Any, raw: bool, **kwargs) -> None:
    """Record a step or a page that comes to a workflow, and what stood in its place or the workflow it leaves."""
    before = stored_before(instance, raw)
    if raw or (
        before and (before.workflow_id, part_in_words(before)) == (instance.workflow_id, part_in_words(instance))
    ):
        return
    if before:
        record_removed_part(before)
    record_change(instance.workflow, PARTS[type(instance)], frozenset(), frozenset([part_in_words(instance)]))


@receiver(pre_delete, sender=WorkflowTask)
@receiver(pre_delete, sender=WorkflowPage)
def record_part_that_goes(instance: Any, origin: Model | QuerySet | None = None, **kwargs) -> None:
    """Record it, unless the whole workflow goes."""
    if not is_or_of(origin, Workflow):
        record_removed_part(instance)


def record_removed_part(part: Any) -> None:
    record_change(part.workflow, PARTS[type(part)], frozenset([part_in_words(part)]), frozenset())


def part_in_words(part: Any) -> str:
    return task_in_words(part.task) if isinstance(part, WorkflowTask) else str(part.page)


def is_or_of(origin: Model | QuerySet | None, model: type[Model]) -> bool:
    """Say whether a deletion began with an instance or a query of `model`."""
    return isinstance(origin, model) or (isinstance(origin, QuerySet) and origin.model is model)
