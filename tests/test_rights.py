"""Who may sign in, propose, publish, and change terms, contacts and accounts."""

import pytest
from django.contrib.auth.models import Group, Permission
from django.test import Client
from django.urls import reverse
from wagtail.models import Page

from conferences.models import ChairPage, ChairTerm, ConferencePage, Land
from intmk.pages.models import HomePage, StandardPage
from intmk.proposals.models import Proposal
from intmk.users.models import User
from tests.editing import conference_form, edit_url, give_chair, page_form, take_chair, text_of

pytestmark = pytest.mark.django_db


def test_nobody_gets_in_without_an_account():
    response = Client(HTTP_HOST="localhost").get("/admin/")
    assert response.status_code == 302
    assert response["Location"].startswith("/admin/login/")


def test_a_secretariat_signs_in_with_its_password(account):
    client = Client(HTTP_HOST="localhost")
    wrong = client.post("/admin/login/", {"login": account.username, "password": "falsch"})
    assert wrong.status_code == 200
    assert "Bitte versuchen Sie es erneut" in text_of(wrong)
    assert "Passwort" in text_of(wrong)
    assert "Password" not in text_of(wrong)
    credentials = {"login": account.username, "password": "ein langes Passwort 1"}
    right = client.post("/admin/login/", credentials, follow=True)
    assert right.status_code == 200
    assert right.request["PATH_INFO"] == "/admin/"


def test_rights_come_with_groups_and_not_with_the_account(account):
    right = Permission.objects.get(codename="change_sitenotice")
    account.user_permissions.add(right)
    assert not User.objects.get(pk=account.pk).has_perm("intmk.change_sitenotice")
    group = Group.objects.create(name="Hinweis")
    group.permissions.add(right)
    account.groups.add(group)
    assert User.objects.get(pk=account.pk).has_perm("intmk.change_sitenotice")


def test_the_cookies_of_editors_stay_below_admin(account):
    client = Client(HTTP_HOST="localhost")
    response = client.post("/admin/login/", {"login": account.username, "password": "ein langes Passwort 1"})
    assert {cookie["path"] for cookie in response.cookies.values()} == {"/admin/"}


def test_a_land_proposes_and_only_the_chair_publishes(account, editor):
    page = ConferencePage.objects.get(number=12)
    changed = conference_form(page, motto="Vorschlag eines Landes")
    response = editor.post(edit_url(page), changed | {"action-publish": "1"}, follow=True)
    page.refresh_from_db()
    assert response.status_code == 200
    assert page.motto == "Integration schafft Zusammenhalt"  # kept as a proposal at most
    assert page.get_latest_revision_as_object().motto == "Integration schafft Zusammenhalt"
    assert Proposal.objects.get().content["motto"] == "Vorschlag eines Landes"

    give_chair(account)
    editor.post(edit_url(page), changed | {"action-publish": "1"})
    page.refresh_from_db()
    assert page.motto == "Vorschlag eines Landes"

    take_chair(account)
    editor.post(edit_url(page), conference_form(page, motto="Nach der Übergabe") | {"action-publish": "1"})
    page.refresh_from_db()
    assert page.motto == "Vorschlag eines Landes"


def test_only_the_chair_edits_terms(account, editor):
    term = ChairTerm.objects.first()
    address = reverse(term.snippet_viewset.get_url_name("edit"), args=[term.pk])
    assert editor.get(address).status_code == 302
    give_chair(account)
    assert editor.get(address).status_code == 200
    take_chair(account)
    assert editor.get(address).status_code == 302


def test_a_land_sees_no_accounts_and_no_settings(editor, chair):
    for name in ("wagtailusers_users:index", "wagtailsites:index"):
        assert chair.get(reverse(name)).status_code == 302


def test_an_administrator_gives_an_account_its_land():
    admin = Client(HTTP_HOST="localhost")
    admin.force_login(User.objects.create_superuser("admin-test"))
    form = {
        "username": "redaktion-neu",
        "email": "neu@example.org",
        "first_name": "Neue",
        "last_name": "Redaktion",
        "password1": "ein langes Passwort 1",
        "password2": "ein langes Passwort 1",
        "is_active": "on",
        "land_code": "DE-SL",
    }
    assert "Für welches Land" in text_of(admin.get(reverse("wagtailusers_users:add")))
    admin.post(reverse("wagtailusers_users:add"), form)
    assert User.objects.get(username="redaktion-neu").land_code == "DE-SL"
    # An account of a Land that is an administrator's as well would keep its rights after the handover.
    refused = admin.post(reverse("wagtailusers_users:add"), form | {"username": "zwei", "is_superuser": "on"})
    assert "gehört zu keinem Land" in text_of(refused)
    assert not User.objects.filter(username="zwei").exists()


def test_an_account_has_no_portrait_that_would_keep_its_metadata(editor):
    address = reverse("wagtailadmin_account")
    assert "Passwort" in text_of(editor.get(address))
    assert 'type="file"' not in editor.get(address).content.decode()
    assert Client(HTTP_HOST="localhost").get(address).status_code == 302


def test_a_land_submits_a_new_page_and_the_chair_approves(account, editor):
    page = HomePage.objects.get().add_child(instance=StandardPage(title="Neu", slug="neu", live=False, owner=account))
    proposal = page_form(editor, page) | {"introduction": "Eingereicht", "action-submit": "1"}
    assert editor.post(edit_url(page), proposal).status_code == 302
    page.refresh_from_db()
    assert not page.live
    task = page.current_workflow_task_state
    assert task.task.name == "Freigabe durch den Vorsitz"

    approve = reverse("wagtailadmin_pages:workflow_action", args=[page.pk, "approve", task.pk])
    editor.post(approve)
    page.refresh_from_db()
    assert not page.live  # nobody approves what is theirs without the chair
    give_chair(account)
    editor.post(approve)
    page.refresh_from_db()
    assert (page.live, page.introduction) == (True, "Eingereicht")


@pytest.mark.parametrize("action", ["delete", "unpublish"])
def test_only_an_administrator_takes_away_a_page_that_carries_the_site(account, chair, action):
    page = ChairPage.objects.get()
    address = reverse(f"wagtailadmin_pages:{action}", args=[page.pk])
    refused = chair.post(address, follow=True)
    assert "nur die Administration" in text_of(refused)
    assert ChairPage.objects.get().live
    account.land_code, account.is_superuser = "", True
    account.save()
    chair.post(address)
    assert not ChairPage.objects.filter(live=True).exists()


@pytest.mark.parametrize("action", ["delete", "unpublish"])
def test_nor_are_they_taken_away_together_with_others(chair, action):
    chair_page, other = ChairPage.objects.get(), Page.objects.get(slug="kontakt")
    address = reverse("wagtail_bulk_action", args=["wagtailcore", "page", action])
    refused = chair.post(f"{address}?id={other.pk}&id={chair_page.pk}", follow=True)
    assert "nur die Administration" in text_of(refused)
    assert Page.objects.filter(pk__in=[other.pk, chair_page.pk], live=True).count() == 2


def test_the_chair_edits_contacts_but_no_names_of_laender(account, chair):
    land = Land.objects.get(code="DE-BY")
    address = reverse(land.snippet_viewset.get_url_name("edit"), args=[land.pk])
    chair.post(address, {"name": "Anders", "code": "DE-BE", "slug": "x", "ministry": "Ministerium X"})
    land.refresh_from_db()
    assert (land.name, land.code, land.slug, land.ministry) == ("Bayern", "DE-BY", "bayern", "Ministerium X")
