"""The right to publish passes at midnight in Berlin, whole and to one Land only, whatever happens meanwhile."""

import os
import signal
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from threading import Barrier
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.contrib.auth.models import Group
from django.db import OperationalError, connection, connections
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from wagtail.models import ModelLogEntry, Site

from conferences.models import ChairTerm, Handover
from conferences.terms import rights as chair_rights
from conferences.terms.rights import update_publishing_rights
from intmk.users.models import LAND_NAMES, User
from tests.databases import database_url
from tests.editing import text_of

ROOT = Path(__file__).resolve().parent.parent
BERLIN = ZoneInfo("Europe/Berlin")
LAST_SECOND_2016 = datetime(2016, 9, 30, 23, 59, 59, tzinfo=BERLIN)
FIRST_SECOND_2016 = datetime(2016, 10, 1, 0, 0, 0, tzinfo=BERLIN)
LAST_SECOND_2026 = datetime(2026, 6, 30, 23, 59, 59, tzinfo=BERLIN)
FIRST_SECOND_2026 = datetime(2026, 7, 1, 0, 0, 0, tzinfo=BERLIN)


def create_secretariats() -> dict[str, User]:
    """An account of each Land, in no group, and no handover yet: the program has to do both."""
    Handover.objects.all().delete()
    return {code: User.objects.create_user(f"r-{code}", land_code=code) for code in LAND_NAMES}


@pytest.fixture
def secretariats(db) -> dict[str, User]:
    return create_secretariats()


@pytest.fixture
def committed(own_database) -> str:
    """An account of each Land on 30 September 2016, for real."""
    create_secretariats()
    update_publishing_rights(date(2016, 9, 30))
    return own_database


def publishers() -> set[str]:
    """The Länder of which an account may publish the home page, as Wagtail sees it."""
    home = Site.objects.get().root_page
    accounts = User.objects.exclude(land_code="")
    return {account.land_code for account in accounts if home.permissions_for_user(account).can_publish()}


@pytest.mark.parametrize(
    ("moment", "land"),
    [
        (LAST_SECOND_2016, "DE-TH"),
        (FIRST_SECOND_2016, "DE-BW"),
        (LAST_SECOND_2026, "DE-NW"),
        (FIRST_SECOND_2026, "DE-RP"),
        # The same moments as UTC tells them: Berlin is two hours ahead in summer.
        (datetime(2016, 9, 30, 21, 59, 59, tzinfo=UTC), "DE-TH"),
        (datetime(2016, 9, 30, 22, 0, 0, tzinfo=UTC), "DE-BW"),
        (datetime(2026, 6, 30, 21, 59, 59, tzinfo=UTC), "DE-NW"),
        (datetime(2026, 6, 30, 22, 0, 0, tzinfo=UTC), "DE-RP"),
    ],
)
@pytest.mark.kinds(3)
def test_at_each_second_exactly_the_land_in_the_chair_publishes(secretariats, moment, land):
    for account in secretariats.values():
        account.groups.add(Group.objects.get(name="Vorsitz"))  # whatever was there before
    with time_machine.travel(moment, tick=False):
        update_publishing_rights()
        assert publishers() == {land}


@pytest.mark.parametrize(
    ("changeover", "last", "first"),
    [
        # A term that ended on the day on which the clocks are put back: its midnight is an hour ahead of UTC, not two.
        (date(2026, 10, 26), datetime(2026, 10, 25, 22, 59, 59, tzinfo=UTC), datetime(2026, 10, 25, 23, 0, tzinfo=UTC)),
        # And on which they are put forward.
        (date(2027, 3, 29), datetime(2027, 3, 28, 21, 59, 59, tzinfo=UTC), datetime(2027, 3, 28, 22, 0, tzinfo=UTC)),
        # The day of the change of clocks itself.
        (date(2027, 3, 28), datetime(2027, 3, 27, 22, 59, 59, tzinfo=UTC), datetime(2027, 3, 27, 23, 0, tzinfo=UTC)),
    ],
)
def test_daylight_saving_does_not_move_midnight(secretariats, changeover, last, first):
    ChairTerm.objects.filter(land__code="DE-RP", start__year=2026).update(
        end=date.fromordinal(changeover.toordinal() - 1)
    )
    for moment, land in ((last, "DE-RP"), (first, "DE-SL")):
        with time_machine.travel(moment, tick=False):
            update_publishing_rights()
            assert publishers() == {land}


def test_an_editor_s_own_time_zone_changes_nothing(secretariats):
    from django.utils import timezone

    with time_machine.travel(LAST_SECOND_2026, tick=False), timezone.override("Pacific/Auckland"):
        update_publishing_rights()
        assert publishers() == {"DE-NW"}


def test_a_session_that_is_open_at_midnight_loses_and_gains_the_right_with_its_next_request(secretariats):
    clients = {code: Client(HTTP_HOST="localhost") for code in ("DE-TH", "DE-BW")}
    address = "/admin/redirects/"
    with time_machine.travel(LAST_SECOND_2016, tick=False) as clock:
        for code, client in clients.items():
            client.force_login(secretariats[code])
        assert {code: client.get(address).status_code for code, client in clients.items()} == {
            "DE-TH": 200,
            "DE-BW": 302,
        }
        clock.move_to(FIRST_SECOND_2016)
        assert {code: client.get(address).status_code for code, client in clients.items()} == {
            "DE-TH": 302,
            "DE-BW": 200,
        }


def test_an_account_follows_its_land_at_once(secretariats):
    account = secretariats["DE-BY"]
    with time_machine.travel(FIRST_SECOND_2016, tick=False):
        update_publishing_rights()
        account.land_code = "DE-BW"
        account.save()
        update_publishing_rights()
        assert account.groups.filter(name="Vorsitz").exists()
        account.land_code = ""
        account.save()
        update_publishing_rights()
        assert not account.groups.exists()


def test_a_locked_account_is_in_no_group(secretariats):
    account = secretariats["DE-BW"]
    User.objects.filter(pk=account.pk).update(is_active=False)
    update_publishing_rights(date(2016, 10, 1))
    assert not account.groups.exists()


def test_who_was_put_into_the_chair_by_hand_does_not_stay_there(secretariats):
    secretariats["DE-BY"].groups.add(Group.objects.get(name="Vorsitz"))
    update_publishing_rights(date(2016, 10, 1))
    assert publishers() == {"DE-BW"}


def test_administrators_are_left_as_they_are(secretariats):
    admin = User.objects.create_superuser("admin-test")
    admin.groups.add(Group.objects.get(name="Vorsitz"))
    other = User.objects.create_superuser("admin-ohne-gruppe")
    update_publishing_rights(date(2016, 10, 1))
    assert admin.groups.filter(name="Vorsitz").exists()
    assert not other.groups.exists()


def test_a_deleted_group_opens_nothing_and_comes_back_without_rights(secretariats):
    Group.objects.filter(name="Vorsitz").delete()
    update_publishing_rights(date(2016, 10, 1))
    assert publishers() == set()
    assert Group.objects.get(name="Vorsitz").user_set.get() == secretariats["DE-BW"]


def test_without_any_term_nobody_publishes(secretariats):
    from conferences.models import ConferencePage

    update_publishing_rights(date(2016, 10, 1))
    ConferencePage.objects.update(chair_term=None)
    ChairTerm.objects.all().delete()
    update_publishing_rights(date(2016, 10, 2))
    assert publishers() == set()


def test_each_change_is_recorded_once_with_both_laender(secretariats):
    update_publishing_rights(date(2016, 9, 30))
    first = Handover.objects.get()
    assert (first.land.code, first.former_land) == ("DE-TH", None)  # with it the record begins
    for day in (date(2016, 10, 1), date(2016, 10, 1), date(2017, 9, 30)):
        update_publishing_rights(day)
    latest = Handover.objects.first()
    assert Handover.objects.count() == 2
    assert (latest.former_land.code, latest.land.code, latest.start) == ("DE-TH", "DE-BW", date(2016, 10, 1))
    assert ModelLogEntry.objects.filter(action="intmk.handover").count() == 1


def test_when_years_pass_without_a_visit_the_change_is_from_the_last_to_the_present_chair(secretariats):
    update_publishing_rights(date(2016, 9, 30))
    update_publishing_rights(date(2026, 7, 1))
    latest = Handover.objects.first()
    assert (latest.former_land.code, latest.land.code) == ("DE-TH", "DE-RP")
    assert publishers() == {"DE-RP"}


def test_a_signed_in_request_costs_four_plain_queries_more_and_a_reader_none(secretariats, monkeypatch):
    client = Client(HTTP_HOST="localhost")
    client.force_login(secretariats["DE-SL"])
    client.get("/admin/")

    def queries(browser: Client, address: str) -> int:
        with CaptureQueriesContext(connection) as captured:
            assert browser.get(address).status_code == 200
        return len(captured)

    reader = Client(HTTP_HOST="localhost")
    reader.get("/")
    with_settling = queries(client, "/admin/"), queries(reader, "/")
    rotation = update_publishing_rights()
    monkeypatch.setattr("conferences.terms.middleware.update_publishing_rights", lambda: rotation)
    without = queries(client, "/admin/"), queries(reader, "/")
    assert with_settling[0] - without[0] <= 4
    assert with_settling[1] == without[1]


def test_when_the_database_fails_nobody_gets_in_and_nothing_is_half_done(committed, monkeypatch):
    with time_machine.travel(LAST_SECOND_2016, tick=False) as clock:
        former, new = Client(HTTP_HOST="localhost"), Client(HTTP_HOST="localhost")
        former.force_login(User.objects.get(username="r-DE-TH"))
        new.force_login(User.objects.get(username="r-DE-BW"))
        clock.move_to(FIRST_SECOND_2016)
        original, placed = chair_rights.place_in_groups, []

        def place_and_lose_the_connection(account, *args) -> None:
            original(account, *args)
            placed.append(account)
            if len(placed) == 1:
                connection.cursor().execute("SELECT pg_terminate_backend(pg_backend_pid())")

        monkeypatch.setattr(chair_rights, "place_in_groups", place_and_lose_the_connection)
        for client in (former, new):
            placed.clear()
            refused = client.get("/admin/redirects/")
            assert refused.status_code == 503
            assert "geschlossen" in text_of(refused)
            connection.close()
        assert publishers() == {"DE-TH"}  # as it was: but nobody is let in with it
        assert Client(HTTP_HOST="localhost").get("/").status_code == 200  # readers notice nothing
        monkeypatch.setattr(chair_rights, "place_in_groups", original)
        assert former.get("/admin/redirects/").status_code == 302
        assert new.get("/admin/redirects/").status_code == 200
        assert publishers() == {"DE-BW"}


@pytest.mark.audit
def test_a_process_killed_in_the_middle_leaves_the_rights_whole(committed):
    code = (
        "import os, signal, datetime; from conferences.terms import rights; "
        "rights.record_handover = lambda *args: os.kill(os.getpid(), signal.SIGKILL); "
        "rights.update_publishing_rights(datetime.date(2016, 10, 1))"
    )
    url = database_url(connection.settings_dict)
    killed = subprocess.run(
        [sys.executable, "manage.py", "shell", "-v", "0", "-c", code],
        cwd=ROOT,
        env=os.environ | {"DJANGO_SETTINGS_MODULE": "intmk.settings.test", "DATABASE_URL": url},
        check=False,
    )
    assert killed.returncode == -signal.SIGKILL
    assert publishers() == {"DE-TH"}
    update_publishing_rights(date(2016, 10, 1))
    assert publishers() == {"DE-BW"}


def test_twelve_first_requests_at_once_settle_it_once(committed):
    together = Barrier(12)
    sessions = {}
    with time_machine.travel(LAST_SECOND_2016, tick=False):
        for code in [*list(LAND_NAMES)[:11], "DE-TH"]:
            sessions[code] = Client(HTTP_HOST="localhost")
            sessions[code].force_login(User.objects.get(username=f"r-{code}"))

    def request(item: tuple[str, Client]) -> tuple[str, int]:
        code, client = item
        together.wait()
        try:
            return code, client.get("/admin/redirects/").status_code
        finally:
            connections.close_all()

    with time_machine.travel(FIRST_SECOND_2016, tick=False), ThreadPoolExecutor(12) as pool:
        answers = dict(pool.map(request, sessions.items()))
    assert {code for code, status in answers.items() if status == 200} == {"DE-BW"}
    assert set(answers.values()) == {200, 302}
    assert publishers() == {"DE-BW"}
    assert Handover.objects.filter(start=date(2016, 10, 1)).count() == 1


def test_an_error_of_the_database_before_anything_is_known_closes_as_well(secretariats, monkeypatch):
    client = Client(HTTP_HOST="localhost")
    client.force_login(secretariats["DE-BW"])

    def fail() -> None:
        raise OperationalError("connection lost")

    monkeypatch.setattr("conferences.terms.middleware.update_publishing_rights", fail)
    assert client.get("/admin/").status_code == 503


def test_a_request_that_began_before_midnight_does_not_hand_the_chair_back(secretariats, monkeypatch):
    with time_machine.travel(LAST_SECOND_2016, tick=False) as clock:
        update_publishing_rights()
        original, asked = chair_rights.rotation_and_record, []

        def slow():
            found = original()
            if not asked:
                asked.append(True)
                clock.move_to(FIRST_SECOND_2016)
                update_publishing_rights()  # another request, meanwhile
            return found

        monkeypatch.setattr(chair_rights, "rotation_and_record", slow)
        update_publishing_rights()
        assert publishers() == {"DE-BW"}
    assert [handover.land.code for handover in Handover.objects.all()] == ["DE-BW", "DE-TH"]


def test_a_server_whose_clock_is_a_moment_late_does_not_hand_the_chair_back(secretariats):
    with time_machine.travel(LAST_SECOND_2016, tick=False) as clock:
        update_publishing_rights()
        clock.move_to(FIRST_SECOND_2016)
        update_publishing_rights()
        clock.move_to(LAST_SECOND_2016)
        update_publishing_rights()
        assert publishers() == {"DE-BW"}
        clock.move_to(LAST_SECOND_2016 - timedelta(minutes=5))  # that is no skew, but a clock put right
        update_publishing_rights()
        assert publishers() == {"DE-TH"}


@pytest.mark.django_db
@pytest.mark.parametrize("name", ["Vorsitz", "Länder"])
def test_the_two_groups_keep_their_names_and_stay(name):
    admin, group = Client(HTTP_HOST="localhost"), Group.objects.get(name=name)
    admin.force_login(User.objects.create_superuser("admin-test"))
    refused = admin.post(reverse("wagtailusers_groups:edit", args=[group.pk]), {"name": f"{name}land"})
    assert "muss so heißen" in text_of(refused)
    refused = admin.post(reverse("wagtailusers_groups:delete", args=[group.pk]), follow=True)
    assert "lässt sich nicht löschen" in text_of(refused)
    assert Group.objects.filter(pk=group.pk, name=name).exists()
