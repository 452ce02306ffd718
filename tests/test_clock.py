"""What happens once a minute without anybody asking for a page, and in one process only."""

from datetime import datetime
from zoneinfo import ZoneInfo

import psycopg
import pytest
import time_machine
from django.core import mail
from django.core.cache import caches
from django.core.management import call_command
from django.db import OperationalError, connection

from conferences.management.commands import clock
from conferences.models import Handover
from conferences.terms.rights import update_publishing_rights
from intmk.users.models import User
from intmk.users.sign_in_cache import forget_attempts
from tests.databases import connection_parameters

BERLIN = ZoneInfo("Europe/Berlin")
FIRST_MINUTE = datetime(2016, 10, 1, 0, 1, tzinfo=BERLIN)


@pytest.fixture
def secretariats(db) -> dict[str, User]:
    found = {
        code: User.objects.create_user(f"r-{code}", f"{code.lower()}@example.org", land_code=code)
        for code in ("DE-TH", "DE-BW", "DE-SL")
    }
    update_publishing_rights(datetime(2016, 9, 30, tzinfo=BERLIN).date())
    return found


def test_rights_and_mails_need_nobody_to_sign_in(secretariats):
    with time_machine.travel(FIRST_MINUTE, tick=False):
        call_command("clock", "--once")
        call_command("clock", "--once")
    assert [user.land_code for user in User.objects.filter(groups__name="Vorsitz")] == ["DE-BW"]
    assert sorted(address for message in mail.outbox for address in message.to) == [
        "de-bw@example.org",
        "de-th@example.org",
    ]
    assert Handover.objects.first().mailed_at


def test_what_fails_does_not_keep_the_rest_from_happening(secretariats, monkeypatch):
    def publish() -> None:
        raise OperationalError("kaputt")

    monkeypatch.setattr(clock, "publish_due", publish)
    with time_machine.travel(FIRST_MINUTE, tick=False):
        clock.tick()
    assert len(mail.outbox) == 2


@pytest.mark.parametrize(("hours", "forgotten"), [(24, 0), (-24, 1)])
def test_after_the_time_has_jumped_a_minute_passes_and_then_the_work_goes_on(monkeypatch, caplog, hours, forgotten):
    """Whatever is being uploaded would seem a day old; set back, what is counted would count for a day."""
    done: list[str] = []
    monkeypatch.setattr(clock, "tick", lambda: done.append("tick"))
    monkeypatch.setattr(clock, "attempt", lambda step: done.append(step.__name__))
    with time_machine.travel(FIRST_MINUTE) as now:
        minutes = iter([0, hours * 3600, 0, 0])

        def sleep(seconds: float) -> None:
            assert 0 < seconds <= clock.INTERVAL
            jump = next(minutes, None)
            if jump is None:
                raise KeyboardInterrupt
            now.shift(jump)

        monkeypatch.setattr(clock.time, "sleep", sleep)
        with pytest.raises(KeyboardInterrupt):
            call_command("clock")
    assert done == ["tick", *["forget_attempts"] * forgotten, "tick", "tick"]
    (line,) = [record.getMessage() for record in caplog.records]
    assert line.startswith(f"Die Zeit dieses Rechners ist um {hours * 3600:+d} s gesprungen")


def test_attempts_to_sign_in_are_forgotten(db):
    caches["default"].set("allauth:versuch", [1.0], 300)
    forget_attempts()
    assert caches["default"].get("allauth:versuch") is None


def test_while_one_process_is_at_it_another_leaves_it_alone(own_database):
    for code in ("DE-TH", "DE-BW"):
        User.objects.create_user(f"r-{code}", land_code=code)
    update_publishing_rights(datetime(2016, 9, 30, tzinfo=BERLIN).date())
    with (
        psycopg.connect(**connection_parameters(connection.settings_dict), autocommit=True) as other,
        time_machine.travel(FIRST_MINUTE, tick=False),
    ):
        other.execute("SELECT pg_advisory_lock(%s)", [clock.LOCK])
        clock.tick()
        assert User.objects.get(groups__name="Vorsitz").land_code == "DE-TH"
        other.execute("SELECT pg_advisory_unlock(%s)", [clock.LOCK])
        clock.tick()
        assert User.objects.get(groups__name="Vorsitz").land_code == "DE-BW"
