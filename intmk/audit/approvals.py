"""Who approves what the Länder propose, in Wagtail's log with from and to: steps, their groups, where workflows hold.

Deletions are recorded before they happen: Django clears the groups of a step first, without a signal.
"""

from typing import Any

from django.contrib.auth.models import Group
from django.db.models import Model, QuerySet
from django.db.models.signals import m2m_changed, post_save, pre_delete, pre_save
from django.dispatch import receiver
from wagtail.models import GroupApprovalTask, Task, Workflow, WorkflowPage, WorkflowTask

from intmk.audit.descriptions import active_in_words, groups_of, task_in_words, workflow_in_words
from intmk.audit.signal_handlers import Action, is_or_of, record_change, record_relation

# What is created, switched on and off, by kind.
CREATED = {Workflow: Action.WORKFLOW_CREATE, Task: Action.APPROVAL_CREATE}
SWITCHED = {Workflow: Action.WORKFLOW_ACTIVE, Task: Action.APPROVAL_ACTIVE}
# What a workflow has, and under which name it comes and goes.
PARTS = {WorkflowTask: Action.WORKFLOW_TASKS, WorkflowPage: Action.WORKFLOW_PAGES}


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
