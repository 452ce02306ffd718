"""`manage.py chair`: who chairs on a day, and a rehearsal of the change that leaves nothing behind."""

from io import StringIO

import pytest
import time_machine
from django.core.management import CommandError, call_command

from conferences.models import Handover
from intmk.users.models import User
from tests.editing import breakable

pytestmark = pytest.mark.django_db


def told(*arguments: str) -> str:
    output = StringIO()
    call_command("chair", *arguments, stdout=output)
    return breakable(output.getvalue())


def test_land_person_term_and_the_three_next():
    assert told("--on", "2016-10-01").splitlines() == [
        "1. Oktober 2016: Baden-Württemberg",
        "Amtszeit: 1. Oktober 2016 bis 30. September 2017",
        "Im Vorsitz: Manfred Lucha",
        "Danach:",
        "  Bayern, 1. Oktober 2017 bis 30. September 2018",
        "  Berlin, 1. Oktober 2018 bis 30. September 2019",
        "  Brandenburg, 1. Oktober 2019 bis 30. Juni 2020",
    ]


@time_machine.travel("2026-11-23T12:00:00Z", tick=False)
def test_without_a_day_it_is_today():
    assert told().startswith("23. November 2026: Rheinland-Pfalz\n")


def test_what_the_rule_says_is_marked():
    said = told("--on", "1.8.2032")
    assert said.startswith(
        "1. August 2032: Baden-Württemberg\nAmtszeit: 1. Juli 2032 bis 30. Juni 2033 (nach der Regel)"
    )
    assert "Im Vorsitz: liegt nicht vor" in said


def test_before_the_rotation_there_was_no_chair():
    said = told("--on", "2008-09-30")
    assert said.startswith("30. September 2008: kein turnusmäßiger Vorsitz.")
    assert "Niedersachsen, 1. Oktober 2008" in said


@pytest.mark.parametrize("arguments", [["--on", "gestern"], ["--on", ""], ["--rehearse", "2016-02-30"]])
def test_what_is_no_day_is_refused_in_german(arguments):
    with pytest.raises(CommandError, match="Bitte einen Tag"):
        told(*arguments)


def test_a_rehearsal_tells_every_account_and_leaves_nothing_behind():
    for code in ("DE-BW", "DE-TH", "DE-SL"):
        User.objects.create_user(f"r-{code}", land_code=code)
    User.objects.create_superuser("admin-test")
    handovers = list(Handover.objects.all())
    said = told("--rehearse", "2016-10-01")
    assert "Thüringen → Baden-Württemberg" in said
    parts = {part.splitlines()[0].split()[0]: part for part in said.split("\n\n")[1:-1]}
    for code, before, after in (("DE-BW", False, True), ("DE-TH", True, False), ("DE-SL", False, False)):
        _, was, now = parts[f"r-{code}"].splitlines()[:3]
        assert ("veröffentlichen" in was, "veröffentlichen" in now) == (before, after)
        assert ("Vorschläge freigeben" in was, "Vorschläge freigeben" in now) == (before, after)
        assert "Entwürfe schreiben" in was
        assert "Entwürfe schreiben" in now
        assert ("ändert sich" in parts[f"r-{code}"]) == (before != after)
    assert "ändert sich" not in parts["admin-test"]
    assert not User.objects.filter(groups__isnull=False).exists()
    assert list(Handover.objects.all()) == handovers


def test_a_day_without_a_change_is_said_to_be_one():
    assert "An diesem Tag wechselt der Vorsitz nicht." in told("--rehearse", "2016-11-01")


def test_a_day_before_the_rotation_cannot_be_rehearsed():
    with pytest.raises(CommandError, match="keinen turnusmäßigen Vorsitz"):
        told("--rehearse", "2008-01-01")
