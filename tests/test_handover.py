"""The handover list: each line follows the real state; its page, the record of former handovers, the list of drafts."""

from datetime import UTC, date, datetime, timedelta
from io import BytesIO

import pytest
import time_machine
from allauth.mfa.models import Authenticator
from bs4 import BeautifulSoup
from django.contrib.auth.models import Group
from django.core.files.images import ImageFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from PIL import Image
from wagtail.models import Page, Revision, TaskState

from conferences.handover import checklist as checklist_module
from conferences.handover import open_items
from conferences.handover.chair_changes import changes_around, next_term_of
from conferences.handover.checklist import checklist
from conferences.handover.viewer import Viewer
from conferences.models import ChairPerson, ChairTerm, ConferenceIndexPage, ConferencePage, Handover, Land
from conferences.rules.rotation import Rotation, Term
from conferences.terms.rights import update_publishing_rights
from intmk.media.images.models import SiteImage
from intmk.pages.models import HomePage, StandardPage
from intmk.proposals.models import Proposal
from intmk.users.models import User
from tests.editing import breakable, text_of

pytestmark = pytest.mark.django_db

SPRING = datetime(2027, 5, 20, 10, 0, tzinfo=UTC)  # 42 days before Rheinland-Pfalz hands over to Saarland
SUMMER = datetime(2027, 7, 5, 10, 0, tzinfo=UTC)
LIST = "/admin/uebergabe/"


@pytest.fixture
def spring(db):
    # Not when the content was loaded for this run: a clock later than this spring would put all drafts before it.
    loaded = SPRING - timedelta(days=1)
    Revision.objects.update(created_at=loaded)
    Page.objects.update(last_published_at=loaded, latest_revision_created_at=loaded)
    with time_machine.travel(SPRING, tick=False):
        yield


def term_of_saarland() -> Term:
    return ChairTerm.objects.rotation().term_on(date(2027, 7, 1))


def line(key: str, account: User | None = None):
    viewer = Viewer(account, "Rheinland-Pfalz") if account else None
    return next(item for item in checklist(term_of_saarland(), viewer) if item.key == key)


def store_term() -> ChairTerm:
    """The administrator enters the coming term, which until then follows from the rule."""
    saarland = Land.objects.get(code="DE-SL")
    return ChairTerm.objects.create(land=saarland, start=date(2027, 7, 1), end=date(2028, 6, 30))


def secretariat(code: str = "DE-SL", **fields) -> User:
    name = f"redaktion-{code[3:].lower()}-{User.objects.count()}"
    return User.objects.create_user(name, password="ein langes Passwort 1", land_code=code, **fields)


def signed_in(account: User) -> Client:
    """A browser in which the account is signed in, without the time of that being noted."""
    last_login = account.last_login
    client = Client(HTTP_HOST="localhost")
    client.force_login(account)
    User.objects.filter(pk=account.pk).update(last_login=last_login)
    return client


def portrait(credit: str = "Test") -> SiteImage:
    file = BytesIO()
    Image.new("RGB", (300, 200), (90, 0, 0)).save(file, "PNG")
    return SiteImage.objects.create(
        title="Porträt",
        file=ImageFile(BytesIO(file.getvalue()), name="p.png"),
        description="Ein einfarbiges Rechteck für diesen Test.",
        credit=credit,
    )


def draft_of(page: Page, account: User | None = None, **fields) -> None:
    """Somebody changes the page and does not publish it."""
    page = page.specific
    for name, value in fields.items():
        setattr(page, name, value)
    page.save_revision(user=account)


def submit(page: Page, account: User) -> TaskState:
    draft_of(page, account, introduction="Vorschlag")
    page.get_workflow().start(page, account)
    return page.current_workflow_task_state


def schedule(page: Page, moment: datetime, account: User) -> None:
    page = page.specific
    page.go_live_at = moment
    page.save_revision(user=account).publish(user=account, skip_permission_checks=True)


# --- each line -----------------------------------------------------------------------------------------------------


def test_the_coming_secretariat_has_been_invited(spring):
    assert not line("accounts_invited").done
    assert line("accounts_invited").detail == "Das Saarland hat noch kein Konto."
    account = secretariat(first_name="Petra", last_name="Beispiel")
    assert line("accounts_invited").detail == "0 von 1 Konto eingeladen. Es fehlt: Petra Beispiel."
    account.invited_at = timezone.now()
    account.save()
    assert line("accounts_invited").done
    secretariat(last_name="Muster")
    assert line("accounts_invited").done
    assert line("accounts_invited").detail == "1 von 2 Konten eingeladen. Es fehlt: Muster."


def test_an_account_that_is_shut_or_of_another_land_does_not_count(spring):
    secretariat(last_login=timezone.now(), is_active=False)
    secretariat("DE-SN", last_login=timezone.now())
    assert line("accounts_invited").detail == "Das Saarland hat noch kein Konto."
    assert not line("accounts_signed_in").done


def test_somebody_of_the_coming_secretariat_has_signed_in(spring):
    account = secretariat(invited_at=timezone.now())
    assert not line("accounts_signed_in").done
    Client(HTTP_HOST="localhost").post(
        "/admin/login/", {"login": account.username, "password": "ein langes Passwort 1"}
    )
    assert line("accounts_signed_in").done
    assert line("accounts_signed_in").detail == "1 von 1 Konto angemeldet."


def test_somebody_of_the_coming_secretariat_has_a_second_factor(spring):
    account = secretariat(last_login=timezone.now())
    assert line("accounts_second_factor").detail == f"0 von 1 Konto gesichert. Es fehlt: {account.username}."
    assert not line("accounts_second_factor").done
    Authenticator.objects.create(user=account, type="totp", data={})
    assert line("accounts_second_factor").done


FACTS = {
    "contact": {
        "ministry": "Ministerium",
        "secretariat_address": "Weg 1",
        "secretariat_email": "intmk@example.org",
        "secretariat_phone": "+49 681 1",
    },
    "duties": {
        "responsible_person": "Petra Beispiel",
        "privacy_act": "§ 3 des Gesetzes",
        "privacy_officer": "Stelle A",
        "privacy_authority": "Stelle B",
        "barrier_authority": "Stelle C",
    },
}


@pytest.mark.parametrize(("key", "field"), [(key, field) for key, fields in FACTS.items() for field in fields])
@pytest.mark.kinds(3)
def test_the_facts_of_the_coming_land_are_complete(spring, key, field):
    assert not line(key).done
    Land.objects.filter(code="DE-RP").update(**FACTS[key])  # the former Land's own do not help
    assert not line(key).done
    Land.objects.filter(code="DE-SL").update(**(FACTS[key] | {field: ""}))
    assert not line(key).done
    assert line(key).detail == f"Es fehlt: {Land._meta.get_field(field).verbose_name}."
    Land.objects.filter(code="DE-SL").update(**FACTS[key])
    assert line(key).done
    assert line(key).detail == "Alle Angaben sind eingetragen."


@pytest.mark.parametrize(
    ("checked", "done"),
    [(None, False), (date(2026, 6, 30), False), (date(2026, 7, 1), True), (date(2027, 5, 1), True)],
)
def test_the_barrier_statement_is_due_when_it_is_a_year_old_on_the_first_day(spring, checked, done):
    Land.objects.filter(code="DE-SL").update(barrier_statement_checked=checked)
    assert line("barrier_statement").done is done


def test_the_person_and_the_portrait_of_the_coming_term(spring):
    assert "nur aus der Regel" in line("person").detail
    term = store_term()
    assert not line("person").done
    assert line("person").detail == "Noch niemand."
    person = ChairPerson.objects.create(term=term, name="Petra Beispiel")
    assert line("person").done
    assert line("person").detail == "Petra Beispiel."
    assert not line("portrait").done
    picture = portrait(credit=" ")
    ChairPerson.objects.filter(pk=person.pk).update(portrait=picture)
    assert not line("portrait").done
    SiteImage.objects.update(credit="Foto Beispiel")
    assert line("portrait").done


@pytest.mark.parametrize(
    ("fields", "done"),
    [
        ({"first_day": date(2028, 3, 9)}, True),
        ({"first_day": date(2028, 1, 1), "date_certainty": "year"}, True),
        ({"first_day": date(2029, 3, 9), "host": "DE-SL"}, True),
        ({"first_day": None, "host": "DE-SL"}, True),
        ({"first_day": None, "host": "DE-RP"}, False),
        ({"first_day": date(2027, 4, 9), "host": "DE-SL"}, False),
        ({"first_day": date(2029, 3, 9)}, False),
        ({"first_day": date(2028, 3, 9), "status": "cancelled"}, False),
    ],
)
def test_the_page_of_the_next_conference_has_been_begun(spring, fields, done):
    assert not line("conference").done
    host = Land.objects.filter(code=fields.pop("host", "")).first()
    page = ConferencePage(title="Konferenz im Saarland", number=99, live=False, host_land=host, **fields)
    ConferenceIndexPage.objects.get().add_child(instance=page)
    assert line("conference").done is done


def test_a_conference_assigned_to_the_coming_term_counts(spring):
    page = ConferencePage(title="Konferenz", number=99, live=False, chair_term=store_term())
    ConferenceIndexPage.objects.get().add_child(instance=page)
    assert line("conference").done


def test_drafts_are_open_until_they_are_published(spring):
    page = StandardPage.objects.get(slug="kontakt")
    assert line("drafts").done
    draft_of(page, introduction="Neu")
    assert not line("drafts").done
    assert line("drafts").detail == "1 Seite: „Kontakt“."
    page.get_latest_revision().publish()
    assert line("drafts").done
    HomePage.objects.get().add_child(
        instance=StandardPage(title="Nie öffentlich", slug="nie", live=False)
    ).save_revision()
    assert line("drafts").detail == "1 Seite: „Nie öffentlich“."


def test_what_was_taken_back_is_a_draft_only_once_it_is_worked_on(spring):
    page = StandardPage.objects.get(slug="kontakt")
    page.save_revision().publish()
    page.refresh_from_db()
    page.unpublish()
    assert line("drafts").done
    with time_machine.travel(SPRING + timedelta(hours=1), tick=False):
        draft_of(page, introduction="Neu")
    assert not line("drafts").done


def test_a_proposal_is_open_until_it_is_decided(spring):
    page, land, chair = StandardPage.objects.get(slug="kontakt"), secretariat(), secretariat("DE-RP")
    update_publishing_rights()
    assert line("tasks").done
    state = submit(page, land)
    assert not line("tasks").done
    assert line("tasks").detail == "1 Seite: „Kontakt“."
    assert line("drafts").done  # not twice on the list
    state.task.specific.on_action(state, chair, "approve")
    assert line("tasks").done


def test_a_rejected_proposal_is_no_open_approval_but_a_draft(spring):
    page, land, chair = StandardPage.objects.get(slug="kontakt"), secretariat(), secretariat("DE-RP")
    update_publishing_rights()
    state = submit(page, land)
    state.task.specific.on_action(state, chair, "reject")
    assert line("tasks").done
    assert not line("drafts").done


def test_a_proposal_of_a_land_is_open_until_it_is_answered(spring):
    page, land = StandardPage.objects.get(slug="kontakt"), secretariat()
    assert line("proposals").done
    proposal = Proposal.of(page, land)
    proposal.send("")
    assert not line("proposals").done
    assert line("proposals").detail == "1 Seite: „Kontakt“."
    assert line("drafts").done
    proposal.give_back("Nein", land)
    assert line("proposals").done


def test_a_locked_page_is_named_with_who_locked_it(spring):
    page, chair = StandardPage.objects.get(slug="kontakt"), secretariat("DE-RP")
    assert line("locks").done
    Page.objects.filter(pk=page.pk).update(locked=True, locked_by=chair, locked_at=timezone.now())
    assert not line("locks").done
    assert line("locks").detail == f"1 Seite: „Kontakt“ ({chair.username})."
    Page.objects.filter(pk=page.pk).update(locked=False, locked_by=None)
    assert line("locks").done


@pytest.mark.parametrize(
    ("moment", "waits"),
    [(datetime(2027, 6, 30, 21, 59, tzinfo=UTC), False), (datetime(2027, 6, 30, 22, 0, tzinfo=UTC), True)],
)
def test_what_is_scheduled_beyond_the_change_will_wait(spring, moment, waits):
    chair = secretariat("DE-RP")
    assert line("scheduled").done
    schedule(StandardPage.objects.get(slug="kontakt"), moment, chair)
    assert line("scheduled").done is not waits
    assert line("drafts").done  # it goes live by itself
    if waits:
        said = breakable(line("scheduled").detail)
        assert said == "1 Seite wartet auf Bestätigung: „Kontakt“ (1. Juli 2027, 00:00 Uhr)."


def test_many_names_are_cut_and_counted(spring):
    for number in range(7):
        secretariat(last_name=f"Person {number}")
    assert line("accounts_invited").detail.endswith("Person 3, Person 4 und 2 weitere.")


# --- for whom, and at what cost ------------------------------------------------------------------------------------


def test_lines_lead_to_where_it_is_done_and_else_name_who_does_it(spring):
    admin, former, coming = User.objects.create_superuser("chefin"), secretariat("DE-RP"), secretariat()
    update_publishing_rights()
    saarland = Land.objects.get(code="DE-SL")
    land_page = f"/admin/snippets/conferences/land/edit/{saarland.pk}/"
    assert line("contact", former).url == line("contact", admin).url == land_page
    assert line("contact", coming).url == line("person", coming).url == "/admin/vorsitz-vorbereiten/new/"
    assert line("locks", coming).who == "die Redaktion Rheinland-Pfalz (Vorsitz) oder die Administration"
    assert line("person", admin).url == "/admin/snippets/conferences/chairterm/add/"
    assert (line("person", former).url, line("person", former).who) == ("", "die Administration")
    assert line("accounts_invited", admin).url == "/admin/users/"
    assert line("accounts_invited", coming).who == "die Administration"
    assert line("accounts_second_factor", coming).url == "/admin/zweiter-faktor/"
    assert "unter „Benutzerkonto“" in line("accounts_second_factor", admin).who
    schedule(StandardPage.objects.get(slug="kontakt"), SUMMER, former)
    address, _, anchor = line("scheduled", former).url.partition("#")
    assert BeautifulSoup(signed_in(former).get(address).content, "html.parser").find(id=anchor)
    assert line("scheduled", coming).url == ""
    index = ConferenceIndexPage.objects.get()
    assert line("conference", coming).url == f"/admin/pages/add/conferences/conferencepage/{index.pk}/"
    assert line("drafts", coming).url == "/admin/uebergabe/entwuerfe/"
    assert line("locks", former).url == "/admin/reports/locked/"
    term = store_term()
    assert line("person", former).url == f"/admin/snippets/conferences/chairterm/edit/{term.pk}/"


@pytest.mark.audit
def test_every_link_opens_for_the_account_that_sees_it(spring):
    accounts = [User.objects.create_superuser("chefin"), secretariat("DE-RP"), secretariat(), secretariat("DE-BE")]
    for account in accounts:
        client = signed_in(account)
        client.get("/admin/")
        for item in checklist(term_of_saarland(), Viewer(User.objects.get(pk=account.pk), "Rheinland-Pfalz")):
            if item.url:
                response = client.get(item.url)
                assert (response.status_code, account.username, item.key) == (200, account.username, item.key)
            else:
                assert item.who


def test_rights_that_pass_on_pass_on_in_the_list(spring):
    saarland = secretariat()
    client = signed_in(saarland)
    form = f"/admin/snippets/conferences/land/edit/{Land.objects.get(code='DE-SL').pk}/"
    assert form not in client.get(LIST).content.decode()
    with time_machine.travel(SUMMER, tick=False):
        client = signed_in(saarland)
        assert form in client.get(LIST).content.decode()


def fill(count: int) -> None:
    """Add `count` of everything that the list reads."""
    chair = secretariat("DE-RP")
    group = Group.objects.get(name="Vorsitz")
    chair.groups.add(group)
    for _ in range(count):
        number = StandardPage.objects.count()
        Authenticator.objects.create(user=secretariat(invited_at=timezone.now()), type="totp", data={})
        page = HomePage.objects.get().add_child(instance=StandardPage(title=f"Seite {number}", slug=f"seite-{number}"))
        draft_of(page, introduction="Neu")
        other = page.add_child(instance=StandardPage(title="Gesperrt", slug="gesperrt"))
        Page.objects.filter(pk=other.pk).update(locked=True, locked_by=secretariat("DE-RP"))
        submit(page.add_child(instance=StandardPage(title="Vorschlag", slug="vorschlag")), chair)
        schedule(page.add_child(instance=StandardPage(title="Später", slug="spaeter")), SUMMER, chair)
        expiring = page.add_child(instance=StandardPage(title="Endet", slug="endet"))
        Page.objects.filter(pk=expiring.pk).update(expire_at=SUMMER)
        term = ChairTerm.objects.filter(start=date(2027, 7, 1)).first() or store_term()
        ChairPerson.objects.create(term=term, name=f"Person {number}", portrait=portrait())


def count_queries(action) -> int:
    action()
    with CaptureQueriesContext(connection) as captured:
        action()
    return len(captured)


@pytest.mark.audit
def test_the_list_and_its_pages_cost_the_same_however_much_there_is(spring):
    fill(1)
    account = secretariat("DE-RP")
    client, drafts = signed_in(account), "/admin/uebergabe/entwuerfe/"
    update_publishing_rights()

    def ask():
        return checklist(term_of_saarland(), Viewer(User.objects.get(pk=account.pk), "Rheinland-Pfalz"))

    def costs() -> dict[str, int]:
        return {
            "list": count_queries(lambda: checklist(term_of_saarland())) - 1,  # without the rotation
            "list of an account": count_queries(ask) - 2,  # and without the account
            "page": count_queries(lambda: client.get(LIST)),
            "drafts": count_queries(lambda: client.get(drafts)),
        }

    few = costs()
    assert few["list"] <= 15
    assert few["list of an account"] <= 15
    fill(2)
    land = Land.objects.get(code="DE-BY")
    for number in range(2):
        Handover.objects.create(
            former_land=Land.objects.get(code="DE-BW"), land=land, start=date(2010 + number, 7, 1), open_items=[]
        )
    Handover.objects.create(land=Land.objects.get(code="DE-RP"), start=date(2026, 7, 1))
    assert costs() == few
    assert len([item for item in ask() if not item.done]) >= 6


def test_what_is_open_is_recorded_without_links(spring):
    items = open_items(term_of_saarland())
    assert {"label": "Erste Anmeldung", "detail": "Das Saarland hat noch kein Konto."} in items
    assert "Offene Entwürfe" not in {item["label"] for item in items}
    assert all(set(item) == {"label", "detail"} for item in items)


@pytest.mark.audit
def test_the_list_holds_without_pages_and_without_the_land(spring):
    term = term_of_saarland()
    ConferencePage.objects.all().delete()
    HomePage.objects.get().delete()
    ChairTerm.objects.all().delete()
    Handover.objects.all().delete()
    Land.objects.filter(code="DE-SL").delete()
    assert {item["label"] for item in open_items(term)} >= {"Kontakt der Geschäftsstelle", "Person im Vorsitz"}


def test_a_list_that_breaks_does_not_keep_the_new_chair_out(monkeypatch, spring):
    saarland = secretariat()
    update_publishing_rights()

    def broken():
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1/0")

    monkeypatch.setattr(checklist_module, "pages_in_work", broken)
    with time_machine.travel(SUMMER, tick=False):
        update_publishing_rights()
        assert saarland.groups.filter(name="Vorsitz").exists()
    assert Handover.objects.latest("pk").open_items == [
        {"label": "Übergabeliste", "detail": "Sie ließ sich am Tag der Übergabe nicht aufstellen."}
    ]


# --- when -----------------------------------------------------------------------------------------------------------


def test_two_terms_of_one_land_in_a_row_are_no_change():
    first = Term("DE-RP", date(2026, 7, 1), date(2026, 12, 31))
    second = Term("DE-RP", date(2027, 1, 1), date(2027, 6, 30))
    rotation = Rotation([Term("DE-NW", date(2025, 7, 1), date(2026, 6, 30)), first, second])
    latest, following = changes_around(rotation, date(2027, 2, 1))
    assert (latest.former.land_code, latest.coming) == ("DE-NW", first)
    assert (following.former, following.coming.land_code, following.day) == (second, "DE-SL", date(2027, 7, 1))
    assert changes_around(Rotation([]), date(2027, 2, 1)) == (None, None)
    assert changes_around(rotation, date(2020, 1, 1)) == (None, None)


def test_the_next_turn_of_a_land_is_found_in_the_round_to_come():
    rotation = ChairTerm.objects.rotation()
    assert next_term_of(rotation, "DE-SL", date(2027, 5, 20)).start == date(2027, 7, 1)
    assert next_term_of(rotation, "DE-SL", date(2027, 7, 1)).start == date(2043, 7, 1)


# --- the page -------------------------------------------------------------------------------------------------------


def test_nobody_sees_the_page_without_an_account():
    for address in (LIST, "/admin/uebergabe/entwuerfe/", "/admin/uebergabe/bestaetigen/"):
        response = Client(HTTP_HOST="localhost").get(address)
        assert response.status_code == 302
        assert response["Location"].startswith("/admin/login/")


def test_an_account_of_no_land_does_not_see_the_page():
    account = User.objects.create_user("gast")
    account.groups.add(Group.objects.create(name="Gäste"))
    account.groups.get().permissions.add(*Group.objects.get(name="Länder").permissions.all())
    client = signed_in(account)
    assert client.get(LIST)["Location"] == "/admin/"
    assert "Übergabe" not in text_of(client.get("/admin/"))


@pytest.mark.parametrize("code", ["DE-RP", "DE-SL", "DE-BE"])
@pytest.mark.parametrize("moment", [SPRING, datetime(2026, 11, 23, 12, 0, tzinfo=UTC)])
def test_every_land_sees_the_list_for_the_next_change_all_year(code, moment):
    with time_machine.travel(moment, tick=False):
        response = signed_in(secretariat(code)).get(LIST)
    assert response.status_code == 200
    assert "Übergabe des Vorsitzes von Rheinland-Pfalz an das Saarland am 1. Juli 2027: noch" in text_of(response)


def test_the_page_says_of_each_line_in_words_whether_it_is_done(spring):
    lines = BeautifulSoup(signed_in(secretariat()).get(LIST).content, "html.parser").select(".handover-line__state")
    words = [each.get_text(strip=True) for each in lines]
    assert len(words) == 14
    assert set(words) == {"offen", "erledigt"}


def test_the_page_keeps_what_was_open_at_former_handovers():
    client = signed_in(secretariat())
    with time_machine.travel(SPRING, tick=False):
        update_publishing_rights()
        Handover.objects.filter(former_land__isnull=False).delete()
        assert "Noch keine. Die Website hält jede Übergabe fest" in text_of(signed_in(secretariat()).get(LIST))
    with time_machine.travel(SUMMER, tick=False):
        client = signed_in(secretariat())
        shown = text_of(client.get(LIST))
        assert "Rheinland-Pfalz an das Saarland, 1. Juli 2027" in shown
        assert "Rechte übergegangen 5. Juli 2027, 12:00 Uhr" in shown
        assert "Person im Vorsitz: Die Amtszeit folgt bisher nur aus der Regel." in shown
        assert "Rheinland-Pfalz: noch nicht verschickt; Saarland: noch nicht verschickt" in shown


def test_the_list_of_drafts_shows_drafts_only(spring):
    client = signed_in(secretariat())
    address = "/admin/uebergabe/entwuerfe/"
    assert "Kontakt" not in text_of(client.get(address))
    editor = secretariat("DE-RP", last_name="Beispiel")
    StandardPage.objects.get(slug="kontakt").save_revision(user=editor)
    shown = text_of(client.get(address))
    assert "Offene Entwürfe" in shown
    assert "Kontakt 20. Mai 2027, 12:00 Uhr, Beispiel mit Änderungen" in shown
    assert "Impressum" not in shown
    assert client.get("/admin/uebergabe/entwuerfe/liste/").status_code == 200
    rows = b"".join(client.get(address, {"export": "csv"}).streaming_content).decode().splitlines()
    assert rows[0] == "Titel,Zuletzt bearbeitet,Öffentlich"
    assert len(rows) == 2
