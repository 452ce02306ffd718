"""The inbox of reported barriers: it belongs to the Land in the chair, and passes on with it by itself."""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from intmk.accessibility.models import BarrierReport
from intmk.users.models import User
from tests.barrier_reports import NOW, TEXT, chair_now, stored
from tests.editing import breakable, give_chair, take_chair, text_of

pytestmark = pytest.mark.django_db
BERLIN = ZoneInfo("Europe/Berlin")
BEFORE = datetime(2017, 9, 30, 23, 59, 59, tzinfo=BERLIN)
AFTER = datetime(2017, 10, 1, 0, 0, 0, tzinfo=BERLIN)


@pytest.fixture(autouse=True)
def now():
    with time_machine.travel(NOW, tick=False) as clock:
        yield clock


@pytest.fixture
def admin(db) -> Client:
    client = Client(HTTP_HOST="localhost")
    client.force_login(User.objects.create_superuser("admin-test"))
    return client


def url(name: str, *args) -> str:
    return reverse(BarrierReport.snippet_viewset.get_url_name(name), args=args)


def closed(**changes) -> dict:
    return {"state": "answered", "answered_on": "31.01.2027", "answer": "Ist behoben."} | changes


def add(number: int) -> None:
    for place in range(number):
        stored(REMOTE_ADDR=f"192.0.2.{BarrierReport.objects.count() + place + 1}", email="a@example.org")


def test_the_inbox_shows_everything_and_keeps_who_answered(account, chair):
    report = stored(
        page="/vorsitz/", name="<b>Petra</b>", email="petra@example.org", phone="+49 30 123456", wanted_form="large"
    )
    page = chair.get(url("edit", report.pk))
    text = text_of(page)
    for words in (report.receipt, TEXT, "<b>Petra</b>", "petra@example.org", "+49 30 123456", "in großer Schrift"):
        assert words in text
    assert 'href="/vorsitz/"' in page.content.decode()
    assert "<b>Petra</b>" not in page.content.decode()
    # Only what became of it can be changed.
    assert chair.post(url("edit", report.pk), closed(text="Anders", name="Anders")).status_code == 302
    report.refresh_from_db()
    assert (report.state, report.answer, report.answered_on) == ("answered", "Ist behoben.", date(2027, 1, 31))
    assert (report.answered_by, report.text, report.name) == (account, TEXT, "<b>Petra</b>")
    assert "beantwortet, 31. Januar 2027" in breakable(
        text_of(Client(HTTP_HOST="localhost").get(report.get_absolute_url()))
    )
    chair.post(url("edit", report.pk), {"state": "in_progress", "answer": "Ist behoben."})
    report.refresh_from_db()
    assert report.answered_by is None


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"answered_on": ""}, "Zu „beantwortet“ gehört ein Tag"),
        ({"answered_on": "01.02.2027"}, "in der Zukunft"),
        ({"answered_on": "30.01.2027"}, "vor dem Eingang"),
        ({"answer": " "}, "Bitte festhalten, was geantwortet wurde"),
        ({"state": "no_action", "answered_on": ""}, "Zu „kein Handlungsbedarf“ gehört ein Tag"),
        ({"state": "in_progress"}, "passt nur zu „beantwortet“"),
    ],
)
def test_state_day_and_answer_have_to_fit_together(changes, words):
    form = BarrierReport.snippet_viewset.get_form_class(for_update=True)(closed(**changes), instance=stored())
    assert not form.is_valid()
    assert words in " ".join(error for errors in form.errors.values() for error in errors)


def test_what_does_not_fit_is_told_in_the_form_and_not_stored(chair):
    report = stored()
    response = chair.post(url("edit", report.pk), closed(answered_on=""))
    assert response.status_code == 200
    assert "Zu „beantwortet“ gehört ein Tag" in text_of(response)
    report.refresh_from_db()
    assert report.state == "new"


def test_an_address_that_is_not_ours_is_no_link(chair):
    report = stored(page="javascript:alert(1)")
    page = chair.get(url("edit", report.pk)).content.decode()
    assert "javascript:alert(1) (keine Adresse dieser Website)" in page
    assert 'href="javascript' not in page


def test_unanswered_ones_come_first_the_most_urgent_on_top_and_late_ones_say_so(now, admin):
    answered, late, soon = stored(), stored(), stored()
    BarrierReport.objects.filter(pk=answered.pk).update(state="answered", answered_on=date(2027, 2, 1))
    BarrierReport.objects.filter(pk=late.pk).update(due_on=date(2027, 1, 28))
    text = breakable(text_of(admin.get(url("list"))))
    assert text.index(late.receipt) < text.index(soon.receipt) < text.index(answered.receipt)
    assert "überfällig seit 3 Tagen" in text
    assert "noch 28 Tage" in text
    assert "1. Februar 2027" in text


def test_the_inbox_is_filtered_by_state_and_searched(admin):
    first, second = stored(text="Das Video hat keine Untertitel"), stored(email="petra@example.org")
    BarrierReport.objects.filter(pk=first.pk).update(state="in_progress")
    for query, found in {
        "state=in_progress": [first],
        "state=new": [second],
        "q=untertitel": [first],
        "q=petra@example": [second],
        f"q={second.receipt}": [second],
        "q=gibtesnicht": [],
    }.items():
        text = text_of(admin.get(f"{url('list_results')}?{query}"))
        assert [report for report in (first, second) if report.receipt in text] == found, query


def test_the_inbox_costs_no_more_questions_however_long_it_is(admin):
    counts = []
    for number in (2, 10):
        add(number)
        admin.get(url("list"))
        with CaptureQueriesContext(connection) as captured:
            admin.get(url("list"))
        counts.append(len(captured))
    assert counts[0] == counts[1]


def test_the_dashboard_says_what_is_open_and_late_to_those_who_answer(account, editor):
    words = "Gemeldete Barrieren"
    give_chair(account)
    assert words not in text_of(editor.get("/admin/"))
    late = stored()
    stored()
    BarrierReport.objects.filter(pk=late.pk).update(due_on=date(2027, 1, 1))
    assert "2 Meldungen offen, 1 überfällig" in text_of(editor.get("/admin/"))
    take_chair(account)
    assert words not in text_of(editor.get("/admin/"))


# --- rights ---------------------------------------------------------------------------------------------------------


def addresses(report: BarrierReport) -> list[str]:
    return [
        url("list"),
        url("list_results"),
        url("edit", report.pk),
        url("history", report.pk),
        url("usage", report.pk),
    ]


def seen(client: Client, report: BarrierReport) -> bool:
    """Whether any address in the admin tells of the report; the two ways of asking have to agree."""
    answers = [client.get(address) for address in addresses(report)]
    shown = {answer.status_code == 200 and report.receipt in answer.content.decode() for answer in answers[:4]}
    assert len(shown) == 1
    return shown.pop()


def test_only_the_land_in_the_chair_sees_the_inbox(account, editor):
    report = stored()
    assert not seen(editor, report)
    assert "Barrieren" not in text_of(editor.get("/admin/"))
    give_chair(account)
    assert seen(editor, report)
    take_chair(account)
    assert not seen(editor, report)
    editor.post(url("edit", report.pk), closed())
    report.refresh_from_db()
    assert report.state == "new"


def test_the_inbox_passes_to_the_next_land_at_midnight_by_itself(now):
    clients = {code: Client(HTTP_HOST="localhost") for code in ("DE-BW", "DE-BY", "DE-SL")}
    now.move_to(BEFORE)
    for code, client in clients.items():
        client.force_login(User.objects.create_user(code, land_code=code))
    address = url("edit", stored().pk)
    assert {code for code, client in clients.items() if client.get(address).status_code == 200} == {"DE-BW"}
    now.move_to(AFTER)
    assert {code for code, client in clients.items() if client.get(address).status_code == 200} == {"DE-BY"}


def test_nobody_adds_a_report_and_only_an_administrator_deletes_one(account, chair, admin):
    report = stored()
    for client in (chair, admin):
        assert client.get(url("add")).status_code == 302
    assert url("add") not in admin.get(url("list")).content.decode()
    chair.post(url("delete", report.pk))
    bulk = reverse("wagtail_bulk_action", args=["intmk", "barrierreport", "delete"])
    chair.post(f"{bulk}?id={report.pk}")
    assert BarrierReport.objects.exists()
    admin.post(url("delete", report.pk))
    assert not BarrierReport.objects.exists()


def test_the_term_of_a_report_is_named_in_words(now):
    report = stored()
    days = {27: "noch 1 Tag", 28: "heute fällig"}
    for day, words in days.items():
        now.move_to(datetime(2027, 2, day, 12, tzinfo=BERLIN))
        assert report.urgency == words
    now.move_to(datetime(2027, 3, 1, 12, tzinfo=BERLIN))
    assert report.urgency == "überfällig seit 1 Tag"
    assert chair_now().name
    assert report.received_at + timedelta(days=29) < datetime.now(BERLIN)
