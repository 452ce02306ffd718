"""Two accounts in one form: what each has typed is shown beside the other, and joined field by field."""

import pytest
from django.test import Client
from django.urls import reverse
from wagtail.models import PageLogEntry

from conferences.models import ConferencePage
from intmk.benchmark.sent_forms import fields_of
from intmk.users.models import User
from tests.editing import give_chair, page_form, soup_of, text_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def page() -> ConferencePage:
    found = ConferencePage.objects.get(number=12)
    found.save_revision().publish()
    return found


@pytest.fixture
def colleague(chair) -> Client:
    """Another account of the Land in the chair."""
    account = User.objects.create_user("kollegin", first_name="Kim", last_name="Kern")
    give_chair(account)
    client = Client(HTTP_HOST="localhost")
    client.force_login(account)
    return client


def save(client: Client, page: ConferencePage, form: dict, **typed: str) -> None:
    answer = client.post(reverse("wagtailadmin_pages:edit", args=[page.pk]), form | typed)
    assert answer.status_code == 302, text_of(answer)


def beside(client: Client, page: ConferencePage, form: dict, **typed: str):
    return client.post(reverse("two_versions", args=[page.pk]), form | typed)


def sent(answer, *fields: str) -> dict:
    """Return what the shown form sends when just these fields are ticked."""
    form = next(form for form in soup_of(answer).find_all("form") if form.find(attrs={"name": "mine"}))
    return fields_of(form) | {"field": list(fields)}


def latest(page: ConferencePage) -> ConferencePage:
    return ConferencePage.objects.get(pk=page.pk).get_latest_revision_as_object()


def test_both_versions_are_shown_and_the_chosen_field_is_joined(chair, colleague, page):
    form = page_form(chair, page)
    save(colleague, page, page_form(colleague, page), venue="Neuer Saal")
    answer = beside(chair, page, form, motto="Mein Motto")
    text = text_of(answer)
    assert "Kim Kern hat" in text
    assert "Mein Motto" in text
    assert "Neuer Saal" not in text  # of the other alone: it stays
    assert answer.context["changes"][0].changed_since is False

    answer = chair.post(reverse("two_versions", args=[page.pk]), sent(answer, "motto"))
    assert answer.status_code == 302
    assert (latest(page).motto, latest(page).venue) == ("Mein Motto", "Neuer Saal")
    assert ConferencePage.objects.get(pk=page.pk).motto != "Mein Motto"  # a draft


def test_the_joined_version_stands_in_the_history_with_who_joined_it(account, chair, colleague, page):
    form = page_form(chair, page)
    save(colleague, page, page_form(colleague, page), venue="Neuer Saal")
    chair.post(reverse("two_versions", args=[page.pk]), sent(beside(chair, page, form, motto="Mein Motto"), "motto"))
    entry = PageLogEntry.objects.get(revision=latest(page).latest_revision)
    assert (entry.action, entry.user) == ("wagtail.edit", account)


def test_where_both_have_written_what_is_saved_stays_unless_it_is_ticked(chair, colleague, page):
    form = page_form(chair, page)
    save(colleague, page, page_form(colleague, page), motto="Deren Motto")
    answer = beside(chair, page, form, motto="Mein Motto", venue="Mein Saal")
    ticked = {box["value"] for box in soup_of(answer).select("[name=field][checked]")}
    assert ticked == {"venue"}
    assert "Auch hier wurde inzwischen geschrieben" in text_of(answer)
    chair.post(reverse("two_versions", args=[page.pk]), sent(answer, "venue"))
    assert (latest(page).motto, latest(page).venue) == ("Deren Motto", "Mein Saal")


def test_a_third_version_meanwhile_is_shown_before_anything_is_saved(chair, colleague, page):
    form = page_form(chair, page)
    save(colleague, page, page_form(colleague, page), venue="Neuer Saal")
    answer = beside(chair, page, form, motto="Mein Motto")
    save(colleague, page, page_form(colleague, page), motto="Noch ein Motto")
    again = chair.post(reverse("two_versions", args=[page.pk]), sent(answer, "motto"))
    assert "noch eine Fassung" in text_of(again)
    assert latest(page).motto == "Noch ein Motto"
    chair.post(reverse("two_versions", args=[page.pk]), sent(again, "motto"))
    assert (latest(page).motto, latest(page).venue) == ("Mein Motto", "Neuer Saal")


def test_what_no_draft_can_hold_is_told_and_nothing_is_saved(chair, colleague, page):
    form = page_form(chair, page)
    save(colleague, page, page_form(colleague, page), venue="Neuer Saal")
    text = text_of(beside(chair, page, form, introduction="lang " * 200))
    assert "lassen sich nicht nebeneinander stellen" in text
    assert "höchstens 600 Zeichen" in text
    assert "Ihr Text steht noch im Formular" in text
    assert latest(page).venue == "Neuer Saal"


def test_what_is_sent_was_made_by_this_site_for_this_page(chair, page):
    other = ConferencePage.objects.exclude(pk=page.pk).first()
    mine = sent(beside(chair, other, page_form(chair, other), motto="Fremd"), "motto")["mine"]
    for forged in ("", "unsinn", mine):
        answer = chair.post(reverse("two_versions", args=[page.pk]), {"mine": forged, "field": "motto", "version": ""})
        assert answer.status_code == 400
    assert latest(page).motto != "Fremd"


def test_who_only_proposes_does_not_get_here(editor, page):
    answer = editor.post(reverse("two_versions", args=[page.pk]), {})
    assert answer.status_code in (302, 403)
    assert page.get_latest_revision() == latest(page).latest_revision


@pytest.mark.parametrize("loaded", ["", "0", "9" * 30, "x"])
def test_without_the_version_that_was_opened_nothing_is_ticked(chair, page, loaded):
    form = page_form(chair, page) | {"loaded_revision_id": loaded, "motto": "Mein Motto"}
    answer = beside(chair, page, form)
    assert answer.status_code == 200
    assert not soup_of(answer).select("[name=field][checked]")
    assert "Mein Motto" in text_of(answer)
