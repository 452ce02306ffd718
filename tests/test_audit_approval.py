"""Who may approve is a right: every change of a step, of its groups, of where a workflow holds is in the log."""

import re
from pathlib import Path

import pytest
from django.contrib.auth.models import Group
from django.test import Client
from django.urls import reverse
from wagtail.log_actions import registry
from wagtail.models import GroupApprovalTask, ModelLogEntry, Page, Task, Workflow, WorkflowPage, WorkflowTask
from wagtail.test.utils.form_data import inline_formset, nested_form_data

from intmk.audit.log_entries import Action, unrecorded
from intmk.pages.models import HomePage, NewsIndexPage
from intmk.users.models import CHAIR, LAENDER, User
from intmk.users.roles import create_workflow
from tests.editing import text_of
from tests.test_audit import REPORT, written

pytestmark = pytest.mark.django_db
ROOT = Path(__file__).resolve().parent.parent
NAME = "Freigabe durch den Vorsitz"


@pytest.fixture
def admin() -> Client:
    client = Client(HTTP_HOST="localhost")
    client.force_login(User.objects.create_superuser("admin-audit", first_name="Ada", last_name="Admin"))
    return client


@pytest.fixture
def task() -> GroupApprovalTask:
    return GroupApprovalTask.objects.get()


@pytest.fixture
def workflow() -> Workflow:
    return Workflow.objects.get()


def home() -> HomePage:
    return HomePage.objects.get()


def test_the_groups_that_approve_are_followed_from_both_sides(task):
    laender = Group.objects.get(name=LAENDER)
    task.groups.add(laender)
    laender.groupapprovaltask_set.remove(task)
    task.groups.clear()
    assert written(Action.APPROVAL_GROUPS) == [
        ("System", "Vorsitz", "Länder, Vorsitz"),
        ("System", "Länder, Vorsitz", "Vorsitz"),
        ("System", "Vorsitz", ""),
    ]


def test_a_group_that_is_deleted_no_longer_approves(task):
    Group.objects.get(name=CHAIR).delete()
    assert written(Action.APPROVAL_GROUPS) == [("System", "Vorsitz", "")]


def test_a_step_is_followed_from_its_beginning_to_its_end(task):
    new = GroupApprovalTask.objects.create(name="Durchsicht")
    new.groups.add(Group.objects.get(name=LAENDER))
    new.deactivate()
    Task.objects.get(pk=new.pk).save()
    Task.objects.filter(pk=new.pk).delete()
    task.delete()
    assert written(Action.APPROVAL_CREATE) == [("System", "", "aktiv")]
    assert written(Action.APPROVAL_ACTIVE) == [("System", "aktiv", "abgeschaltet")]
    assert written(Action.APPROVAL_DELETE) == [
        ("System", "Durchsicht (Länder); abgeschaltet", ""),
        ("System", f"{NAME} (Vorsitz); aktiv", ""),
    ]
    assert written(Action.WORKFLOW_TASKS) == [("System", f"{NAME} (Vorsitz)", "")]


def test_the_steps_of_a_workflow_are_followed(task, workflow):
    other = GroupApprovalTask.objects.create(name="Durchsicht")
    step = WorkflowTask.objects.get(workflow=workflow)
    step.sort_order = 5
    step.save()
    assert written(Action.WORKFLOW_TASKS) == []  # another order of the same steps is no other right
    step.task = other
    step.save()
    step.delete()
    assert written(Action.WORKFLOW_TASKS) == [
        ("System", f"{NAME} (Vorsitz)", ""),
        ("System", "", "Durchsicht (–)"),
        ("System", "Durchsicht (–)", ""),
    ]


def test_it_is_followed_which_workflow_holds_where(workflow):
    other = Workflow.objects.create(name="Ohne Freigabe")
    place = WorkflowPage.objects.get()
    place.workflow = other
    place.save()
    place.save()
    news = NewsIndexPage.objects.get()
    WorkflowPage.objects.create(workflow=workflow, page=news)
    Page.objects.get(pk=news.pk).delete()
    entries = ModelLogEntry.objects.filter(action=Action.WORKFLOW_PAGES).order_by("pk")
    assert [(entry.label, entry.data["from"], entry.data["to"]) for entry in entries] == [
        (NAME, home().title, ""),
        ("Ohne Freigabe", "", home().title),
        (NAME, "", news.title),
        (NAME, news.title, ""),
    ]


def test_a_workflow_is_followed_from_its_beginning_to_its_end(workflow):
    Workflow.objects.create(name="Zweite")
    workflow.deactivate()
    assert written(Action.WORKFLOW_CREATE) == [("System", "", "aktiv")]
    assert written(Action.WORKFLOW_ACTIVE) == [("System", "aktiv", "abgeschaltet")]
    assert written(Action.WORKFLOW_PAGES) == [("System", home().title, "")]
    workflow.delete()
    assert written(Action.WORKFLOW_DELETE) == [
        ("System", f"abgeschaltet; Schritte: {NAME} (Vorsitz); Seiten: –", ""),
    ]
    assert written(Action.WORKFLOW_TASKS) == []  # not again when the whole workflow goes


def test_what_administrators_do_to_approvals_in_the_admin_is_in_the_report(admin, task, workflow):
    laender = Group.objects.get(name=LAENDER)
    address = reverse("wagtailadmin_workflows:edit_task", args=[task.pk])
    assert admin.post(address, {"name": NAME, "groups": [laender.pk]}).status_code == 302
    new = GroupApprovalTask.objects.create(name="Durchsicht")
    news = NewsIndexPage.objects.get()
    step = WorkflowTask.objects.get()
    form = {
        "name": NAME,
        "active": "on",
        "workflow_tasks": inline_formset(
            [{"id": step.pk, "task": task.pk, "DELETE": "on"}, {"id": "", "task": new.pk}], initial=1
        ),
        "pages": inline_formset(
            [{"page": home().pk, "id": home().pk, "DELETE": "on"}, {"page": news.pk, "id": ""}], initial=1
        ),
    }
    address = reverse("wagtailadmin_workflows:edit", args=[workflow.pk])
    assert admin.post(address, nested_form_data(form)).status_code == 302
    assert [place.page_id for place in WorkflowPage.objects.all()] == [news.pk]
    assert [step.task_id for step in WorkflowTask.objects.all()] == [new.pk]
    ada = "Ada Admin (admin-audit)"
    assert written(Action.APPROVAL_GROUPS) == [(ada, "Vorsitz", "Länder")]
    assert written(Action.WORKFLOW_PAGES) == [(ada, home().title, news.title)]
    assert written(Action.WORKFLOW_TASKS) == [(ada, f"{NAME} (Länder)", "Durchsicht (–)")]
    text = text_of(admin.get(REPORT))
    assert f"Wer in einem Schritt freigibt: {NAME} Vorsitz Länder" in text
    assert f"Seiten, ab denen eine Freigabe gilt: {NAME} {home().title} {news.title}" in text
    found = admin.get(REPORT, {"action": Action.APPROVAL_GROUPS.value}).context["object_list"]
    assert [(line.who, line.before, line.after) for line in found] == [(ada, "Vorsitz", "Länder")]


def test_the_workflow_of_the_initial_content_is_no_change_but_a_later_one_is():
    with unrecorded.on():
        create_workflow(home())
    assert not ModelLogEntry.objects.filter(action__in=Action.values).exists()
    create_workflow(home())
    assert written(Action.APPROVAL_GROUPS) == [("System", "", "Vorsitz")]
    assert written(Action.WORKFLOW_PAGES) == [("System", "", home().title)]


def test_each_action_of_ours_is_named_once_and_its_name_is_written_in_one_place():
    ours = [action for action, _ in registry.get_choices() if action.startswith(("intmk.", "users."))]
    assert len(ours) == len(set(ours))
    code = "".join(
        path.read_text()
        for app in ("intmk", "conferences", "history")
        for path in (ROOT / app).rglob("*.py")
        if "migrations" not in path.parts
    )
    # The handover is logged by the middle floor, which does not know the enumeration above it.
    for action in set(ours) - {Action.HANDOVER.value}:
        assert len(re.findall(f'"{re.escape(action)}"', code)) == 1, action
