"""A form that is sent after the chair has passed is refused with a clear message, and the text is kept."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.test import Client
from django.urls import reverse
from wagtail.contrib.redirects.models import Redirect
from wagtail.models import Site

from conferences.models import ChairTerm, ConferencePage, KeptForm, Land
from intmk.pages.models import StandardPage
from intmk.proposals.models import Proposal
from intmk.users.models import User
from tests.editing import conference_form, edit_url, text_of

pytestmark = pytest.mark.django_db
BERLIN = ZoneInfo("Europe/Berlin")
EVENING = datetime(2017, 9, 30, 23, 59, 0, tzinfo=BERLIN)
MIDNIGHT = datetime(2017, 10, 1, 0, 0, 0, tzinfo=BERLIN)


@pytest.fixture
def clock():
    with time_machine.travel(EVENING, tick=False) as travelled:
        yield travelled


def secretariat(code: str) -> Client:
    client = Client(HTTP_HOST="localhost")
    client.force_login(User.objects.create_user(f"redaktion-{code}", land_code=code))
    assert client.get("/admin/jsi18n/").status_code == 200  # any page of the admin gives the rights
    return client


def test_what_was_to_be_published_becomes_a_proposal_and_the_editor_is_told(clock):
    editor, page = secretariat("DE-BW"), ConferencePage.objects.get(number=12)
    before = page.motto
    clock.move_to(MIDNIGHT)
    answer = editor.post(
        edit_url(page), conference_form(page, motto="Kurz vor Mitternacht") | {"action-publish": "1"}, follow=True
    )
    page.refresh_from_db()
    assert page.motto == before
    assert page.get_latest_revision_as_object().motto == before
    assert Proposal.objects.get(land_code="DE-BW").content["motto"] == "Kurz vor Mitternacht"
    said = text_of(answer)
    assert "Nicht veröffentlicht. Der Vorsitz ist am 1. Oktober 2017, 00:00 Uhr von Baden-Württemberg an Bayern" in said
    assert "Kurz vor Mitternacht" in answer.content.decode()  # and the editor is open with the text


def test_the_same_form_one_second_earlier_is_published(clock):
    editor, page = secretariat("DE-BW"), ConferencePage.objects.get(number=12)
    clock.move_to(MIDNIGHT.replace(day=30, month=9, hour=23, minute=59, second=59))
    editor.post(edit_url(page), conference_form(page, motto="Rechtzeitig") | {"action-publish": "1"})
    page.refresh_from_db()
    assert page.motto == "Rechtzeitig"


def test_a_new_page_that_was_to_be_published_becomes_a_draft(clock):
    from wagtail.test.utils.form_data import nested_form_data, streamfield

    editor, home = secretariat("DE-BW"), Site.objects.get().root_page
    form = {"title": "Neue Seite", "slug": "neue-seite", "introduction": "", "place": "", "duty": ""}
    form |= {"body": streamfield([]), "service": streamfield([]), "comments": {"TOTAL_FORMS": 0, "INITIAL_FORMS": 0}}
    clock.move_to(MIDNIGHT)
    address = reverse("wagtailadmin_pages:add", args=["intmk", "standardpage", home.pk])
    answer = editor.post(address, nested_form_data(form | {"action-publish": "1"}), follow=True)
    assert "Nicht veröffentlicht" in text_of(answer)
    page = StandardPage.objects.get(slug="neue-seite")
    assert not page.live


def test_where_there_are_no_drafts_the_text_is_kept_for_both(clock):
    editor, land = secretariat("DE-BW"), Land.objects.get(code="DE-BW")
    address = reverse(land.snippet_viewset.get_url_name("edit"), args=[land.pk])
    clock.move_to(MIDNIGHT)
    answer = editor.post(
        address, {"ministry": "Ministerium für Soziales", "secretariat_email": "x@example.org"}, follow=True
    )
    land.refresh_from_db()
    assert land.ministry == ""
    assert "Ihre Eingabe wurde nicht übernommen, aber aufgehoben." in text_of(answer)
    kept = KeptForm.objects.get()
    assert ["ministry", "Ministerium für Soziales"] in kept.fields
    assert not any("csrf" in name for name, _ in kept.fields)
    successor, stranger = secretariat("DE-BY"), secretariat("DE-SL")
    shown = reverse("kept_form", args=[kept.pk])
    assert "Ministerium für Soziales" in text_of(editor.get(shown))
    assert "Ministerium für Soziales" in text_of(successor.get(shown))
    assert stranger.get(shown).status_code == 404
    assert Client(HTTP_HOST="localhost").get(shown)["Location"].startswith("/admin/login/")
    assert "Ministerium" not in text_of(stranger.get(reverse("kept_forms")))


def test_pressing_again_keeps_the_same_text_once(clock):
    editor = secretariat("DE-BW")
    clock.move_to(MIDNIGHT)
    form = {"old_path": "/alt/", "redirect_link": "/neu/"}
    for _ in range(3):
        editor.post(reverse("wagtailredirects:add"), form)
    assert KeptForm.objects.count() == 1
    assert not Redirect.objects.filter(old_path="/alt").exists()


def test_a_password_is_never_kept(clock):
    editor = secretariat("DE-BW")
    clock.move_to(MIDNIGHT)
    editor.post(reverse("wagtailredirects:add"), {"old_path": "/alt/", "password": "geheim", "password1": "geheim"})
    assert "geheim" not in str(KeptForm.objects.get().fields)


def test_a_land_that_never_chaired_lately_leaves_nothing_behind(clock):
    stranger = secretariat("DE-SL")
    stranger.post(reverse("wagtailredirects:add"), {"old_path": "/alt/"})
    assert not KeptForm.objects.exists()


def test_what_another_land_has_proposed_meanwhile_stays_and_the_text_becomes_one_s_own_proposal(clock):
    editor, page = secretariat("DE-BW"), ConferencePage.objects.get(number=12)
    proposer = secretariat("DE-SL")
    proposer.post(edit_url(page), conference_form(page, motto="Vorschlag") | {"action-submit": "1"})
    clock.move_to(MIDNIGHT)
    too_late = conference_form(page, motto="Zu spät", venue="Im Schloss") | {"action-publish": "1"}
    answer = editor.post(edit_url(page), too_late, follow=True)
    assert "Ihr Text ist als Vorschlag gespeichert" in text_of(answer)
    written = dict(Proposal.objects.values_list("land_code", "content__motto"))
    assert written == {"DE-BW": "Zu spät", "DE-SL": "Vorschlag"}
    page.refresh_from_db()
    assert page.get_latest_revision_as_object().motto not in written.values()


def test_an_approval_that_comes_after_the_decision_is_no_error(clock):
    editor, page = secretariat("DE-BW"), ConferencePage.objects.get(number=12)
    form = conference_form(page, motto="Mit Änderung freigeben")
    form |= {"action-workflow-action": "true", "workflow-action-name": "approve"}
    clock.move_to(MIDNIGHT)
    answer = editor.post(edit_url(page), form, follow=True)
    assert answer.status_code == 200
    assert "inzwischen entschieden" in text_of(answer)
    assert Proposal.objects.get().content["motto"] == "Mit Änderung freigeben"


def test_a_kept_text_is_removed_by_its_sender_only(clock):
    editor, successor = secretariat("DE-BW"), secretariat("DE-BY")
    clock.move_to(MIDNIGHT)
    editor.post(reverse("wagtailredirects:add"), {"old_path": "/alt/"})
    address = reverse("kept_form", args=[KeptForm.objects.get().pk])
    assert secretariat("DE-SL").post(address).status_code == 404
    assert successor.get(address).status_code == 200
    successor.post(address)
    assert KeptForm.objects.exists()
    editor.post(address)
    assert not KeptForm.objects.exists()


def test_rich_text_is_kept_as_it_reads():
    from conferences.handover.refused_forms import plain_value

    assert plain_value('{"blocks": [{"text": "Eins"}, {"text": "Zwei"}], "entityMap": {}}') == "Eins\nZwei"
    assert plain_value('{"blocks": 3}') == '{"blocks": 3}'
    assert plain_value("einfach") == "einfach"


def test_the_text_is_kept_too_when_an_administrator_gives_the_present_term_to_another_land(clock):
    editor = secretariat("DE-BW")
    ChairTerm.objects.filter(start=date(2016, 10, 1)).update(land=Land.objects.get(code="DE-SL"))
    answer = editor.post(reverse("wagtailredirects:add"), {"old_path": "/alt/"}, follow=True)
    assert "aufgehoben" in text_of(answer)
    assert ["old_path", "/alt/"] in KeptForm.objects.get().fields


def test_a_kept_text_is_shown_with_the_labels_of_the_form(clock):
    from conferences.handover.refused_forms import label_of

    assert label_of("secretariat_email") == "E-Mail der Geschäftsstelle"
    assert label_of("persons-0-office") == "Amt"
    assert label_of("unbekannt-0-feld") == "unbekannt-0-feld"


@pytest.mark.parametrize("address", ["/admin/password_reset/", "/admin/account/", "/admin/login/code/"])
def test_what_is_sent_to_sign_in_is_never_kept(clock, address):
    account = User.objects.create_user("redaktion-csrf", land_code="DE-BW")
    editor = Client(HTTP_HOST="localhost", enforce_csrf_checks=True)
    editor.force_login(account)
    clock.move_to(MIDNIGHT)
    assert editor.post(address, {"code": "123456", "feld": "Text"}).status_code == 403
    assert not KeptForm.objects.exists()


def test_hostile_fields_are_kept_without_harm_and_within_limits(clock, monkeypatch):
    monkeypatch.setattr("conferences.handover.refused_forms.MOST_FORMS", 3)
    editor = secretariat("DE-BW")
    clock.move_to(MIDNIGHT)
    hostile = {"na\x00me": "wert\x00", "lang": "x" * 1_000_000, "mfa_code": "123456", "viel": "y" * 900_000}
    assert editor.post(reverse("wagtailredirects:add"), hostile).status_code == 302
    fields = dict(KeptForm.objects.get().fields)
    assert fields["name"] == "wert"
    assert sum(len(text) for text in fields.values()) <= 500_000
    assert "mfa_code" not in fields
    for number in range(5):
        editor.post(reverse("wagtailredirects:add"), {"old_path": f"/alt-{number}/"})
    assert KeptForm.objects.count() == 3


def test_two_equal_forms_are_no_trap_for_a_third(clock):
    editor = secretariat("DE-BW")
    account = User.objects.get(username="redaktion-DE-BW")
    address, fields = reverse("wagtailredirects:add"), [["old_path", "/alt/"]]
    for _ in range(2):  # as a double click leaves them
        KeptForm.objects.create(account=account, address=address, fields=fields)
    clock.move_to(MIDNIGHT)
    assert editor.post(address, {"old_path": "/alt/"}).status_code == 302
