"""What the dashboard shows of the chair: for whom, when, and what can be done there."""

import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from bs4 import BeautifulSoup
from django.db import connection
from django.test import Client, RequestFactory
from django.test.utils import CaptureQueriesContext
from wagtail.admin.ui.components import Component
from wagtail.models import Page, PageLogEntry, Revision

from conferences.handover import panels, scheduled
from conferences.handover.scheduled import all_scheduled
from conferences.models import ConferencePage, KeptForm
from conferences.terms.rights import update_publishing_rights
from intmk.pages.models import HomePage, StandardPage
from intmk.users.models import User
from tests.editing import breakable, text_of

pytestmark = pytest.mark.django_db

CHANGE = datetime(2027, 6, 30, 22, 0, tzinfo=UTC)  # midnight in Berlin: Rheinland-Pfalz hands over to Saarland
MAY = CHANGE - timedelta(days=42, hours=-10)
JULY = CHANGE + timedelta(days=4, hours=10)
LIST = "Übergabe des Vorsitzes von Rheinland-Pfalz an das Saarland am 1. Juli 2027"
LAENDER = ["DE-RP", "DE-SL", "DE-BE"]


@pytest.fixture
def accounts(db) -> dict[str, User]:
    found = {code: User.objects.create_user(f"r-{code}", land_code=code) for code in LAENDER}
    return found | {"admin": User.objects.create_superuser("chefin")}


def browser(account: User) -> Client:
    client = Client(HTTP_HOST="localhost")
    client.force_login(account)
    return client


def dashboard(account: User) -> str:
    return words(browser(account).get("/admin/"))


def words(response) -> str:
    return re.sub(r" (?=[,.:])", "", text_of(response))


def at(moment: datetime):
    return time_machine.travel(moment, tick=False)


def schedule(account: User, moment: datetime, slug: str = "kontakt") -> Page:
    """A change of a page that `account` lets go live at `moment`."""
    page = StandardPage.objects.get(slug=slug)
    page.title, page.go_live_at = "Neuer Titel", moment
    page.save_revision(user=account).publish(user=account, skip_permission_checks=True)
    return Page.objects.get(pk=page.pk)


def expire(account: User, moment: datetime, slug: str = "kontakt") -> Page:
    """A public page that `account` lets end at `moment`."""
    page = StandardPage.objects.get(slug=slug)
    page.expire_at = moment
    page.save_revision(user=account).publish(user=account, skip_permission_checks=True)
    return Page.objects.get(pk=page.pk)


def form_of(page: Page) -> dict[str, str]:
    """What the browser sends for what waits on the page."""
    item = next(each for each in all_scheduled() if each.page == page)
    key = f"publication-{item.revision.pk}" if item.revision else f"withdrawal-{page.pk}"
    return {"item": key, "moment": item.moment.isoformat()}


def press(account: User, button: str, form: dict[str, str]) -> str:
    """The page on which the account lands, with its message."""
    response = browser(account).post(f"/admin/uebergabe/{button}/", form, follow=True)
    assert response.status_code == 200
    return words(response)


# --- the line about the chair ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("who", "before", "after"),
    [
        (
            "DE-RP",
            "Vorsitz: Rheinland-Pfalz, bis 30. Juni 2027. Sie können veröffentlichen.",
            "Vorsitz: Saarland, bis 30. Juni 2028. Sie können lesen und vorschlagen; "
            "veröffentlichen wird Ihr Land ab 1. Juli 2042.",
        ),
        (
            "DE-SL",
            "Sie können lesen und vorschlagen; veröffentlichen wird Ihr Land ab 1. Juli 2027.",
            "Vorsitz: Saarland, bis 30. Juni 2028. Sie können veröffentlichen.",
        ),
        (
            "DE-BE",
            "Vorsitz: Rheinland-Pfalz, bis 30. Juni 2027. Sie können lesen und vorschlagen; "
            "veröffentlichen wird Ihr Land ab 1. Juli 2034.",
            "Vorsitz: Saarland, bis 30. Juni 2028. Sie können lesen und vorschlagen; "
            "veröffentlichen wird Ihr Land ab 1. Juli 2034.",
        ),
        ("admin", "Rheinland-Pfalz, bis 30. Juni 2027. Sie können veröffentlichen.", "Sie können veröffentlichen."),
    ],
)
@pytest.mark.kinds(2)
def test_each_land_reads_who_chairs_and_what_it_may_do(accounts, who, before, after):
    with at(CHANGE - timedelta(seconds=1)):
        assert before in dashboard(accounts[who])
    with at(CHANGE):
        assert after in dashboard(accounts[who])


def test_wagtails_own_panels_stay(accounts):
    with at(MAY):
        StandardPage.objects.get(slug="kontakt").save_revision(user=accounts["DE-RP"], log_action=True)
        shown = dashboard(accounts["DE-RP"])
    assert LIST in shown
    assert "Ihre letzten Änderungen" in shown


# --- the list -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("who", "concerned"), [("DE-RP", True), ("DE-SL", True), ("admin", True), ("DE-BE", False)])
@pytest.mark.parametrize(
    ("moment", "near", "distance"),
    [
        (CHANGE - timedelta(days=91), False, ""),
        (CHANGE - timedelta(days=90, seconds=1), False, ""),
        (CHANGE - timedelta(days=90), True, "noch 90 Tage"),
        (MAY, True, "noch 42 Tage"),
        (CHANGE - timedelta(seconds=1), True, "noch 1 Tag"),
        (CHANGE, True, "heute"),
        (CHANGE + timedelta(days=1), True, "seit 1 Tag"),
        (CHANGE + timedelta(days=31, seconds=-1), True, "seit 30 Tagen"),
        (CHANGE + timedelta(days=31), False, ""),
    ],
)
def test_both_laender_see_the_list_from_ninety_days_before_to_thirty_days_after(
    accounts, who, concerned, moment, near, distance
):
    with at(moment):
        headings = headings_for(accounts[who])
    assert headings == ([f"{LIST}: {distance}"] if near and concerned else [])


def headings_for(account: User) -> list[str]:
    """What stands above the lists that the dashboard gets for the account; without drawing all the rest of it."""
    request = RequestFactory().get("/admin/")
    request.user = account
    found: list[Component] = []
    panels.add_handover_panels(request, found)
    return [breakable(panel.heading) for panel in found if isinstance(panel, panels.ChecklistPanel)]


def test_the_dashboard_shows_what_it_gets(accounts):
    with at(CHANGE - timedelta(days=90)):
        assert f"{LIST}: noch 90 Tage" in dashboard(accounts["DE-RP"])
        assert LIST not in dashboard(accounts["DE-BE"])


def test_nobody_sees_the_dashboard_without_an_account():
    response = Client(HTTP_HOST="localhost").get("/admin/")
    assert response["Location"].startswith("/admin/login/")


def test_the_list_counts_what_is_done_and_names_who_does_what_is_open(accounts):
    with at(MAY):
        shown = dashboard(accounts["DE-SL"])
        assert "7 von 14 Punkten erledigt." in shown
        assert "offen Person im Vorsitz Noch niemand." in shown
        assert "offen Person im Vorsitz Die Amtszeit folgt bisher nur aus der Regel." in dashboard(accounts["DE-RP"])
        schedule(accounts["DE-RP"], JULY)
        assert "6 von 14 Punkten erledigt." in dashboard(accounts["DE-SL"])


def test_after_the_change_the_list_ends_when_all_is_done(accounts, monkeypatch):
    original = panels.checklist
    monkeypatch.setattr(panels, "checklist", lambda *args: [replace(item, done=True) for item in original(*args)])
    with at(MAY):
        assert "Für die Übergabe ist nichts mehr offen." in dashboard(accounts["DE-SL"])
    with at(JULY):
        assert LIST not in dashboard(accounts["DE-SL"])
        assert LIST in text_of(browser(accounts["DE-SL"]).get("/admin/uebergabe/"))


# --- what waits -----------------------------------------------------------------------------------------------------


def test_what_the_former_chair_has_set_waits_for_the_new_one(accounts):
    with at(MAY):
        schedule(accounts["DE-RP"], JULY)
        assert "Bestätigen kann es das Saarland ab dem 1. Juli 2027 oder die Administration." in dashboard(
            accounts["DE-RP"]
        )
        assert "Wartet auf Ihre Bestätigung" in dashboard(accounts["admin"])
        assert "Wartet auf" not in dashboard(accounts["DE-SL"])
    with at(CHANGE):
        shown = dashboard(accounts["DE-SL"])
        assert "Wartet auf Ihre Bestätigung" in shown
        assert "Veröffentlichen: 5. Juli 2027, 10:00 Uhr. Vorgemerkt von: r-DE-RP (Rheinland-Pfalz)." in shown
        assert "Wartet auf" not in dashboard(accounts["DE-RP"])
        assert "Wartet auf" not in dashboard(accounts["DE-BE"])


def test_nothing_is_shown_when_nothing_waits(accounts):
    with at(MAY):
        schedule(accounts["DE-RP"], CHANGE - timedelta(days=1))
        assert "Wartet auf" not in dashboard(accounts["DE-RP"])


def test_the_new_chair_confirms_and_it_happens_at_its_time(accounts):
    with at(MAY):
        page = schedule(accounts["DE-RP"], JULY)
    with at(CHANGE):
        update_publishing_rights()
        assert "Bestätigt. „Neuer Titel“ wird veröffentlicht: 5. Juli 2027, 10:00 Uhr." in press(
            accounts["DE-SL"], "bestaetigen", form_of(page)
        )
        assert [item.waits for item in all_scheduled()] == [False]
        assert PageLogEntry.objects.filter(action=scheduled.CONFIRM, user=accounts["DE-SL"], page=page).exists()
        assert StandardPage.objects.get(pk=page.pk).title == "Kontakt"


def test_what_is_overdue_happens_when_it_is_confirmed(accounts):
    with at(MAY):
        page, ending = schedule(accounts["DE-RP"], CHANGE), expire(accounts["DE-RP"], CHANGE, "impressum")
    with at(JULY):
        update_publishing_rights()
        assert "überfällig" in dashboard(accounts["DE-SL"])
        assert "ist jetzt veröffentlicht" in press(accounts["DE-SL"], "bestaetigen", form_of(page))
        assert "ist jetzt zurückgezogen" in press(accounts["DE-SL"], "bestaetigen", form_of(ending))
        assert StandardPage.objects.get(pk=page.pk).title == "Neuer Titel"
        assert not Page.objects.get(pk=ending.pk).live
        assert "Wartet auf" not in dashboard(accounts["DE-SL"])


@pytest.mark.parametrize("who", ["DE-RP", "DE-BE"])
def test_only_who_may_publish_confirms(accounts, who):
    with at(MAY):
        page = schedule(accounts["DE-RP"], CHANGE)
    with at(JULY):
        update_publishing_rights()
        form = form_of(page) | {"next": "/admin/"}
        assert "Das darf nur, wer veröffentlichen darf" in press(accounts[who], "bestaetigen", form)
        assert "Das darf nur, wer veröffentlichen darf" in press(accounts[who], "behalten", form_of(page))
        assert [item.waits for item in all_scheduled()] == [True]
    assert not KeptForm.objects.exists()


def test_the_right_to_confirm_passes_with_the_chair(accounts):
    with at(MAY):
        page = schedule(accounts["DE-RP"], JULY)
        assert "Das darf nur" in press(accounts["DE-SL"], "bestaetigen", form_of(page))
        assert "Noch nicht möglich. Bestätigen kann es das Saarland ab dem 1. Juli 2027" in press(
            accounts["DE-RP"], "bestaetigen", form_of(page)
        )
    with at(CHANGE):
        assert "Das darf nur" in press(accounts["DE-RP"], "bestaetigen", form_of(page))
        assert "Bestätigt." in press(accounts["DE-SL"], "bestaetigen", form_of(page))


def test_an_administrator_confirms_ahead_of_the_change(accounts):
    with at(MAY):
        page = schedule(accounts["DE-RP"], JULY)
        assert "Bestätigt." in press(accounts["admin"], "bestaetigen", form_of(page))
        assert [item.waits for item in all_scheduled()] == [False]


def test_the_second_of_two_who_press_is_told_what_the_first_has_done(accounts):
    with at(MAY):
        due, later = (
            schedule(accounts["DE-RP"], CHANGE),
            schedule(accounts["DE-RP"], JULY + timedelta(days=9), "impressum"),
        )
    with at(JULY):
        update_publishing_rights()
        forms = form_of(due), form_of(later)
        for form in forms:
            press(accounts["DE-SL"], "bestaetigen", form)
        assert "Das ist nicht mehr so geplant" in press(accounts["admin"], "bestaetigen", forms[0])
        assert "„Neuer Titel“ ist schon bestätigt: r-DE-SL steht dafür ein." in press(
            accounts["admin"], "bestaetigen", forms[1]
        )


@pytest.mark.parametrize(
    "form",
    [
        {},
        {"item": "", "moment": ""},
        {"item": "publication-999999", "moment": "2027-07-05T08:00:00+00:00"},
        {"item": "withdrawal-1' OR 1=1", "moment": "gestern"},
        {"item": "publication-99999999999999999999999", "moment": "\x00"},
    ],
)
@pytest.mark.parametrize("button", ["bestaetigen", "behalten"])
@pytest.mark.kinds(4)
def test_made_up_forms_get_a_clear_answer(accounts, form, button):
    with at(JULY):
        assert "Das ist nicht mehr so geplant" in press(accounts["DE-SL"], button, form)


@pytest.mark.parametrize("set_for", [schedule, expire])
def test_a_moment_that_was_changed_meanwhile_is_not_confirmed_unseen(accounts, set_for):
    with at(MAY):
        page = set_for(accounts["DE-RP"], JULY)
        form, later = form_of(page), JULY + timedelta(days=1)
        Page.objects.filter(expire_at=JULY).update(expire_at=later)
        page.revisions.filter(approved_go_live_at=JULY).update(approved_go_live_at=later)
        assert "Das ist nicht mehr so geplant" in press(accounts["admin"], "bestaetigen", form)
        assert "Bestätigt." in press(accounts["admin"], "bestaetigen", form_of(page))


def test_a_page_that_cannot_be_published_any_more_says_why_and_stays(accounts):
    with at(MAY):
        page = ConferencePage.objects.get(number=12)
        page.number, page.go_live_at = 11, CHANGE
        revision = page.save_revision(user=accounts["DE-RP"], clean=False)
        Revision.objects.filter(pk=revision.pk).update(approved_go_live_at=CHANGE)  # the number was taken after that
    with at(JULY):
        update_publishing_rights()
        shown = press(accounts["DE-SL"], "bestaetigen", form_of(Page.objects.get(pk=page.pk)))
        assert "lässt sich so nicht veröffentlichen" in shown
        assert [item.waits for item in all_scheduled()] == [True]


def test_a_page_that_was_to_end_stays_public_also_in_the_versions_that_editors_go_on_from(accounts):
    with at(MAY):
        page = expire(accounts["DE-RP"], JULY)
        draft = StandardPage.objects.get(pk=page.pk)
        draft.title = "Entwurf darüber"
        draft.save_revision(user=accounts["DE-RP"])
    with at(CHANGE):
        update_publishing_rights()
        assert "„Entwurf darüber“ bleibt öffentlich." in press(accounts["DE-SL"], "behalten", form_of(page))
        page.refresh_from_db()
        assert page.expire_at is None
        assert page.live
        assert page.get_latest_revision_as_object().expire_at is None
        assert page.get_latest_revision_as_object().title == "Entwurf darüber"
        assert page.live_revision.as_object().expire_at is None
        assert PageLogEntry.objects.filter(action="intmk.schedule.keep", user=accounts["DE-SL"], page=page).exists()
        assert all_scheduled() == []
        history = browser(accounts["DE-SL"]).get(f"/admin/pages/{page.pk}/history/")
        assert "Geplantes Zurückziehen aufgehoben" in text_of(history)


def test_a_publication_is_taken_back_on_wagtails_own_page(accounts):
    with at(MAY):
        page = schedule(accounts["DE-RP"], JULY)
    with at(CHANGE):
        client = browser(accounts["DE-SL"])
        soup = BeautifulSoup(client.get("/admin/").content, "html.parser")
        link = soup.select_one("#wartet-section .handover-line__buttons a")
        assert link.get_text(strip=True).startswith("Zurücknehmen")
        assert client.get(link["href"]).status_code == 200
        client.post(link["href"])
        assert all_scheduled() == []
        assert not StandardPage.objects.filter(pk=page.pk, title="Neuer Titel").exists()


def test_buttons_lead_back_to_where_they_were_pressed_and_nowhere_else(accounts):
    with at(MAY):
        form = form_of(expire(accounts["DE-RP"], JULY))
        client = browser(accounts["admin"])
        assert client.get("/admin/uebergabe/bestaetigen/").status_code == 405
        response = client.post("/admin/uebergabe/behalten/", form | {"next": "https://boese.example/"})
        assert response["Location"] == "/admin/uebergabe/"
        again = form_of(expire(accounts["DE-RP"], JULY))
        response = client.post("/admin/uebergabe/behalten/", again | {"next": "/admin/"})
        assert response["Location"] == "/admin/"


def test_a_button_pressed_from_another_site_does_nothing(accounts):
    with at(MAY):
        form = form_of(expire(accounts["DE-RP"], JULY))
        client = Client(HTTP_HOST="localhost", enforce_csrf_checks=True)
        client.force_login(accounts["admin"])
        assert client.post("/admin/uebergabe/behalten/", form).status_code == 403
        assert len(all_scheduled()) == 1


# --- kept forms, cost -----------------------------------------------------------------------------------------------


def test_kept_forms_are_shown_to_their_account_and_to_the_chair(accounts):
    with at(JULY):
        update_publishing_rights()
        KeptForm.objects.create(
            account=accounts["DE-RP"], address="/admin/snippets/conferences/land/edit/1/", fields=[["ministry", "X"]]
        )
        for who, sees in (("DE-RP", True), ("DE-SL", True), ("admin", True), ("DE-BE", False)):
            assert ("Aufgehobene Eingaben" in dashboard(accounts[who])) is sees
        assert "Alle aufgehobenen Eingaben" not in dashboard(accounts["DE-SL"])
        for number in range(5):
            KeptForm.objects.create(account=accounts["DE-RP"], address=f"/admin/{number}/", fields=[["a", "b"]])
        assert "Alle aufgehobenen Eingaben" in dashboard(accounts["DE-SL"])


def add_content(account: User, count: int) -> None:
    for _ in range(count):
        number = StandardPage.objects.count()
        home = HomePage.objects.get()
        home.add_child(instance=StandardPage(title=f"Seite {number}", slug=f"seite-{number}"))
        schedule(account, JULY, f"seite-{number}")
        home.add_child(instance=StandardPage(title=f"Ende {number}", slug=f"ende-{number}"))
        expire(account, JULY, f"ende-{number}")
        KeptForm.objects.create(account=account, address=f"/admin/{number}/", fields=[["a", "b"]])


@pytest.mark.audit
def test_the_dashboard_costs_the_same_however_much_there_is(accounts):
    def counts() -> list[int]:
        found = []
        for client in clients:
            client.get("/admin/")
            with CaptureQueriesContext(connection) as captured:
                assert "Übergabe des Vorsitzes" in text_of(client.get("/admin/"))
            found.append(len(captured))
        return found

    with at(CHANGE):
        clients = [browser(accounts[who]) for who in ("DE-SL", "DE-RP", "admin")]
        # Set by another Land, so that Wagtail's own panel of recent edits stays out of the count.
        for number in range(panels.KEPT_SHOWN):
            KeptForm.objects.create(account=accounts["DE-BE"], address=f"/admin/x{number}/", fields=[["a", "b"]])
        add_content(accounts["DE-BE"], 1)
        few = counts()
        add_content(accounts["DE-BE"], 2)
        assert counts() == few
