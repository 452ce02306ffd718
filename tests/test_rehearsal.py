"""The site and the rights of a day to come are walked through before it comes, and nothing of that is left."""

from datetime import UTC, date, datetime
from types import SimpleNamespace

import pytest
import time_machine
from django.db import connection
from django.http import HttpResponse
from django.test import Client

from conferences.models import ChairPreparation, ChairTerm, ConferencePage, Handover, Land, PreparedPerson
from conferences.terms.rights import update_publishing_rights
from intmk.desk.rehearsal import day_to_rehearse, leading_on, nothing_stored
from intmk.language.day import today
from intmk.server import kept
from intmk.users.models import User
from tests.editing import breakable, soup_of, text_of

pytestmark = pytest.mark.django_db

SPRING = datetime(2027, 5, 20, 10, 0, tzinfo=UTC)  # 42 days before Rheinland-Pfalz hands over to Saarland
DAY = "2027-07-01"
PROBE = f"/admin/probe/{DAY}/"


@pytest.fixture(autouse=True)
def spring(db):
    with time_machine.travel(SPRING, tick=False):
        yield


def account_of_land(code: str) -> User:
    return User.objects.create_user(f"redaktion-{code[3:].lower()}", land_code=code)


def signed_in(account: User) -> Client:
    update_publishing_rights()
    client = Client(HTTP_HOST="localhost")
    client.force_login(account)
    return client


def state() -> list:
    return [
        list(User.objects.order_by("pk").values_list("username", "groups__name")),
        list(Handover.objects.values_list("pk", "land")),
        list(ConferencePage.objects.order_by("pk").values_list("pk", "status")),
    ]


def test_the_coming_land_walks_through_the_site_of_its_first_day(reader):
    for code in ("DE-RP", "DE-SL"):
        Land.objects.filter(code=code).update(ministry=f"Ministerium {code}")
    client = signed_in(account_of_land("DE-SL"))
    before = state()
    (link,) = soup_of(client.get("/admin/uebergabe/")).select(".handover-page a[href='/admin/probe/']")
    chosen = soup_of(client.get(link["href"]))
    assert chosen.select_one("input[type=date]")["value"] == DAY
    addresses = {each.text: each["href"] for each in chosen.select(".rehearsal-pages a")}
    assert {f"{PROBE}{part}/" for part in ("barrierefreiheit", "vorsitz", "konferenzen", "laender")} <= {
        *addresses.values()
    }
    for title in ("Impressum", "Kontakt", "Datenschutz"):
        shown = client.get(addresses[title])
        assert "Geschäftsstelle beim Land Saarland" in text_of(shown), title
        assert "Ministerium DE-SL" in text_of(shown), title
        assert "Ministerium DE-RP" not in text_of(shown), title
        assert "no-store" in shown["Cache-Control"]
        assert "Probe: so sieht die Website am 1. Juli 2027 aus." in breakable(text_of(shown))
    told = text_of(reader.get("/impressum/"))
    assert "Geschäftsstelle beim Land Rheinland-Pfalz" in told
    assert "Probe" not in told
    assert state() == before


def test_what_the_coming_land_has_prepared_is_seen_in_the_rehearsal_and_nowhere_else(reader):
    prepared = ChairPreparation(land=Land.objects.get(code="DE-SL"), ministry="Vorbereitetes Ministerium")
    prepared.persons = [PreparedPerson(name="Paula Muster")]
    prepared.save()
    client = signed_in(account_of_land("DE-SL"))
    assert "Vorbereitetes Ministerium" in text_of(client.get(f"{PROBE}impressum/"))
    assert "Paula Muster" in text_of(client.get(f"{PROBE}vorsitz/"))
    assert "Vorbereitetes Ministerium" not in text_of(client.get("/admin/probe/2027-06-30/impressum/"))
    assert "Paula Muster" not in text_of(reader.get("/vorsitz/"))
    assert ChairPreparation.objects.get().persons.get().name == "Paula Muster"
    assert not ChairTerm.objects.filter(start=date(2027, 7, 1)).exists()


def test_links_lead_on_in_the_rehearsal_and_all_else_stays_where_it_is():
    client = signed_in(account_of_land("DE-RP"))
    page = soup_of(client.get(PROBE))
    targets = [link["href"] for link in page.select("a[href^='/']")]
    assert targets
    assert [target for target in targets if not target.startswith(PROBE)] == [
        f"/admin/probe/?tag={DAY}",
        *(target for target in targets if target in ("/barriere-melden/", "/barriere-melden/?seite=/")),
    ]
    assert page.select_one(".search--header")["action"] == f"{PROBE}suche/"
    menu = [link["href"] for link in page.select(".main-menu a")]
    assert f"{PROBE}beschluesse/" in menu
    for target in [menu[-1], f"{PROBE}suche/?q=Saarland"]:
        assert client.get(target).status_code == 200, target
    for target in (
        "/dokumente/1/a.pdf",
        "/feeds/beschluesse.atom",
        "/api/v1/chairs",
        "/admin/",
        "//example.org/",
    ):
        assert leading_on(target, PROBE) == target
    assert leading_on("/vorsitz/?am=2016-10-01&amp;x=1#a", PROBE) == f"{PROBE}vorsitz/?am=2016-10-01&amp;x=1#a"


def test_the_pages_follow_the_calendar_of_that_day():
    page = ConferencePage.objects.live().first()
    ConferencePage.objects.filter(pk=page.pk).update(
        status="planned", first_day=date(2027, 6, 1), last_day=date(2027, 6, 2), date_certainty="exact"
    )
    client = signed_in(account_of_land("DE-RP"))
    lists = [client.get(f"/admin/probe/{day}/konferenzen/").context["upcoming"] for day in ("2027-05-21", DAY)]
    assert [page.pk in [each.pk for each in upcoming] for upcoming in lists] == [True, False]
    land = text_of(client.get(f"{PROBE}laender/saarland/"))
    assert "im Vorsitz" in land or "hat den Vorsitz" in land


def test_a_rehearsal_neither_shows_what_was_kept_for_readers_nor_leaves_them_its_own(monkeypatch, reader):
    # Also were its answers kept like those of readers, which its transaction keeps them from.
    monkeypatch.setattr(kept, "connection", SimpleNamespace(in_atomic_block=False))
    monkeypatch.setattr(kept, "generation", lambda: 4711)
    client = signed_in(account_of_land("DE-SL"))
    for address in ("", "vorsitz/", "impressum/"):
        for_readers, rehearsed = reader.get(f"/{address}").content, client.get(PROBE + address).content
        assert reader.get(f"/{address}").content == for_readers
        assert client.get(PROBE + address).content == rehearsed
        assert ["Saarland" in text_of(HttpResponse(page)) for page in (for_readers, rehearsed)][1], address
    assert today() == date(2027, 5, 20)


def test_nothing_can_be_stored_while_a_page_is_rehearsed():
    with pytest.raises(Exception, match="read-only"), nothing_stored(today()):
        Land.objects.update(ministry="Probe")
    assert not Land.objects.filter(ministry="Probe").exists()
    assert not connection.needs_rollback


def test_it_is_for_the_chair_the_land_that_follows_and_the_administration():
    for code, is_let_in in (("DE-RP", True), ("DE-SL", True), ("DE-BE", False)):
        client = signed_in(account_of_land(code))
        for address in ("/admin/probe/", f"{PROBE}impressum/"):
            response = client.get(address)
            assert response.status_code == (200 if is_let_in else 302), code
            assert is_let_in or response["Location"] == "/admin/"
        assert bool(soup_of(client.get("/admin/uebergabe/")).select("a[href='/admin/probe/']")) == is_let_in
    assert signed_in(User.objects.create_superuser("chefin")).get(PROBE).status_code == 200
    refused = Client(HTTP_HOST="localhost").get(PROBE)
    assert refused["Location"].startswith("/admin/login/")


def test_what_is_no_day_or_too_far_is_refused_in_german():
    client = signed_in(account_of_land("DE-SL"))
    for text, words in (
        ("foo", "Bitte einen Tag in der Form 2016-10-01 oder 1.10.2016 angeben."),
        ("2027-13-01", "Bitte einen Tag in der Form"),
        ("2027-05-19", "Geprobt werden Tage von heute bis zum 22. Mai 2030."),
        ("2031-01-01", "Geprobt werden Tage von heute bis zum"),
    ):
        for response in (
            client.get("/admin/probe/", {"tag": text}),
            client.get(f"/admin/probe/{text}/impressum/", follow=True),
        ):
            assert words in breakable(text_of(response)), text
            assert soup_of(response).select_one("input[type=date]")["value"] == DAY
    assert day_to_rehearse("1.7.2027", today()) == (date(2027, 7, 1), "")
    assert client.get(f"{PROBE}gibt-es-nicht/").status_code == 404
    assert client.get(f"{PROBE}admin/").status_code == 404
    assert client.post(PROBE).status_code == 405


def test_the_page_tells_who_may_do_what_on_that_day():
    accounts = {code: account_of_land(code) for code in ("DE-RP", "DE-SL", "DE-BE")}
    User.objects.create_user("gesperrt", land_code="DE-SL", is_active=False)
    User.objects.create_superuser("chefin")
    client = signed_in(accounts["DE-SL"])
    before = state()
    page = soup_of(client.get("/admin/probe/", {"tag": DAY}))
    rows = {row.dt.text.strip(): " ".join(row.dd.get_text(" ").split()) for row in page.select("dl > div")}
    assert rows == {
        "Veröffentlichen": "redaktion-sl (Saarland), heute: lesen und vorschlagen",
        "Lesen und vorschlagen": "redaktion-be (Berlin) redaktion-rp (Rheinland-Pfalz), heute: veröffentlichen",
        "Alles (Administration)": "chefin",
        "Gesperrt": "gesperrt (Saarland)",
    }
    assert state() == before


def test_a_day_without_a_chair_is_rehearsed_as_well():
    client = signed_in(User.objects.create_superuser("chefin"))
    ConferencePage.objects.update(chair_term=None)
    ChairTerm.objects.all().delete()
    assert "Für diesen Tag ist kein Vorsitz verzeichnet." in text_of(client.get("/admin/probe/"))
    assert client.get(f"{PROBE}impressum/").status_code == 200
