"""When a daily backup is due, and which of them stay."""

from datetime import datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from zoneinfo import ZoneInfo

import pytest

from intmk.backup.daily import is_due
from intmk.backup.rotation import backups_to_keep
from intmk.server import backup_files

BERLIN = ZoneInfo("Europe/Berlin")


def at(*moment: int) -> datetime:
    return datetime(*moment, tzinfo=BERLIN)


def test_two_years_of_nights_leave_seven_days_four_weeks_and_twelve_months():
    there: set[datetime] = set()
    for day in range(730):
        there.add(at(2025, 1, 1, 2) + timedelta(days=day))
        there = backups_to_keep(there)
    days = sorted(moment.date().isoformat() for moment in there)
    assert days == [
        *("2026-01-31", "2026-02-28", "2026-03-31", "2026-04-30", "2026-05-31", "2026-06-30", "2026-07-31"),
        *("2026-08-31", "2026-09-30", "2026-10-31", "2026-11-30", "2026-12-13", "2026-12-20"),
        *(f"2026-12-{day}" for day in range(25, 32)),
    ]


def test_what_was_made_once_stays_however_old_it_is():
    assert backups_to_keep([at(2011, 5, 5, 2)]) == {at(2011, 5, 5, 2)}


NIGHT = at(2026, 11, 30, 2, 0)


@pytest.mark.parametrize(
    ("newest", "attempted", "now", "due"),
    [
        (None, None, NIGHT, True),
        (at(2026, 11, 29, 2, 5), None, at(2026, 11, 30, 1, 59), False),
        (at(2026, 11, 29, 2, 5), None, NIGHT, True),
        (NIGHT, None, at(2026, 11, 30, 23, 59), False),
        (at(2026, 11, 27, 2, 0), None, at(2026, 11, 30, 0, 30), True),  # the machine was off
        (at(2026, 11, 29, 2, 5), at(2026, 11, 30, 2, 0), at(2026, 11, 30, 2, 59), False),  # failed just now
        (at(2026, 11, 29, 2, 5), at(2026, 11, 30, 2, 0), at(2026, 11, 30, 3, 0), True),
        (at(2026, 11, 29, 2, 5), at(2027, 11, 30, 2, 0), NIGHT, True),  # the time was wrong by a year
    ],
)
def test_a_backup_is_due_once_a_night_and_made_up_for(newest, attempted, now, due):
    assert is_due(newest, attempted, now) is due


def test_only_files_of_that_name_are_backups(tmp_path):
    for name in ("intmk-2026-11-29-0200.tar", "intmk-2026-11-28-0200.tar.age", "intmk-2026-11-30-0200.tar.partial",
                 "intmk-2026-13-45-0200.tar", "umzug.tar", ".intmk-2026-11-30-0200.tar.partial"):  # fmt: skip
        (tmp_path / name).touch()
    assert sorted(backup_files.stored_backups(tmp_path)) == [at(2026, 11, 28, 2), at(2026, 11, 29, 2)]
    assert backup_files.newest(tmp_path, NIGHT) == at(2026, 11, 29, 2)
    assert backup_files.newest(tmp_path / "fehlt", NIGHT) is None


def test_a_backup_of_a_time_to_come_is_not_the_newest_and_keeps_none_from_being_made(tmp_path):
    (tmp_path / "intmk-2027-11-30-0200.tar").touch()
    assert backup_files.newest(tmp_path, NIGHT) is None
    (tmp_path / "intmk-2026-11-28-0200.tar").touch()
    site = SimpleNamespace(BACKUP_DIR=tmp_path, BACKUP_BUCKET=None, DEMO_ACCOUNTS=False)
    assert backup_files.state(site, NIGHT) == ("Letzte Sicherung: 28.11.2026, 02:00 Uhr (vor 48 Stunden).", True)


@pytest.mark.parametrize(
    ("hours", "words", "late"),
    [
        (0, "vor weniger als einer Stunde", False),
        (1, "vor 1 Stunde", False),
        (29, "vor 29 Stunden", False),
        (90, "vor 3 Tagen", True),
    ],
)
def test_the_age_of_the_newest_backup_is_said(tmp_path, hours, words, late):
    (tmp_path / backup_files.backup_name(NIGHT, False)).touch()
    site = SimpleNamespace(BACKUP_DIR=tmp_path, BACKUP_BUCKET=None, DEMO_ACCOUNTS=False)
    sentence, is_late = backup_files.state(site, NIGHT + timedelta(hours=hours))
    assert sentence == f"Letzte Sicherung: 30.11.2026, 02:00 Uhr ({words})."
    assert is_late is late


def test_a_site_in_production_without_backups_is_a_worry_and_a_clone_is_none(tmp_path):
    def state(folder: Path | None, demo: bool) -> tuple[str, bool]:
        return backup_files.state(SimpleNamespace(BACKUP_DIR=folder, BACKUP_BUCKET=None, DEMO_ACCOUNTS=demo), NIGHT)

    assert state(None, False) == (backup_files.NONE_KEPT, True)
    assert state(None, True) == ("", False)
    assert state(tmp_path, False) == ("Es gibt noch keine Sicherung.", True)
