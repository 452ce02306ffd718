"""The command `doctor`: what it finds, how it says so, and what the administrators' start page says of it."""

import json
from datetime import timedelta
from io import StringIO

import pytest
from django.core import checks, mail
from django.core.management import CommandError, call_command
from django.db import connection
from django.utils import timezone

from intmk.doctor import contents, database, machine, program
from intmk.doctor.checks import CHECKS
from intmk.doctor.findings import Check, State, examine, green, red
from intmk.media.images.models import SiteImage
from intmk.server.clock_run import MINUTE, ClockRun, note_step
from intmk.users.models import User

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def folder(settings, tmp_path) -> None:
    """Where a run of the command is kept."""
    settings.VAR = tmp_path


def states(look) -> list[State]:
    return [finding.state for finding in look()]


def told(look) -> str:
    return "\n".join(f"{finding.text} → {finding.remedy}" for finding in look())


def doctor(*arguments: str) -> tuple[int, str]:
    """Return exit code and what was printed."""
    out = StringIO()
    try:
        call_command("doctor", *arguments, stdout=out)
    except SystemExit as end:
        return end.code, out.getvalue()
    return 0, out.getvalue()


def test_all_is_told_and_the_exit_code_says_whether_something_is_red(monkeypatch):
    checks = [
        Check("Datenbank", lambda: [green("Sie antwortet.")]),
        Check("Uhr", lambda: [red("Sie steht.", "Stellen.")]),
    ]
    monkeypatch.setattr("intmk.management.commands.doctor.CHECKS", checks)
    code, text = doctor()
    assert code == 1
    assert text.splitlines() == [
        "✓ Datenbank: Sie antwortet.", "✗ Uhr: Sie steht.", "    → Stellen.", "", "1 rot, 0 gelb, 1 grün.",
    ]  # fmt: skip
    monkeypatch.setattr("intmk.management.commands.doctor.CHECKS", checks[:1])
    assert doctor() == (0, "✓ Datenbank: Sie antwortet.\n\n0 rot, 0 gelb, 1 grün.\n")


def test_programs_read_it_as_json(monkeypatch):
    monkeypatch.setattr(
        "intmk.management.commands.doctor.CHECKS", [Check("Uhr", lambda: [red("Sie steht.", "Stellen.")])]
    )
    code, text = doctor("--json")
    assert code == 1
    assert json.loads(text) == {
        "state": "red",
        "findings": [{"subject": "Uhr", "state": "red", "text": "Sie steht.", "remedy": "Stellen."}],
    }


def test_a_check_that_fails_is_red_and_the_next_is_made_all_the_same():
    def fails():
        raise OSError("kaputt")

    found = [finding for _, finding in examine([Check("a", fails), Check("b", lambda: [green("gut")])])]
    assert [finding.state for finding in found] == [State.RED, State.GREEN]
    assert "kaputt" in found[0].text


def test_what_is_red_says_what_to_do():
    """On a site that was never served: much is red, nothing without a remedy."""
    found = [finding for _, finding in examine(check for check in CHECKS if check.quick)]
    assert [finding for finding in found if finding.state is not State.GREEN and not finding.remedy] == []


def test_the_database_of_the_tests_is_well():
    for look in (
        database.it_answers,
        database.nothing_is_missing,
        database.it_takes_changes,
        database.its_clock_is_ours,
    ):
        assert set(states(look)) <= {State.GREEN}, told(look)


def test_missing_and_unknown_migrations_are_red():
    with connection.cursor() as cursor:
        cursor.execute("INSERT INTO django_migrations (app, name, applied) VALUES ('history', '9999_future', now())")
        assert "neuer als das Programm: history.9999_future" in told(database.nothing_is_missing)
        cursor.execute("DELETE FROM django_migrations WHERE app = 'history'")
    assert "Migrationen fehlen: history." in told(database.nothing_is_missing)


def test_a_file_that_is_gone_is_named():
    name = "original_images/verschwunden.jpg"
    SiteImage.objects.bulk_create([SiteImage(title="Foto", file=name, width=1, height=1)])
    assert f"1 Datei fehlt: {name}" in told(contents.files_are_there)


@pytest.mark.parametrize(
    ("ago", "state"),
    [
        (None, State.RED),
        (timedelta(minutes=1), State.GREEN),
        (timedelta(hours=1), State.RED),
        (-timedelta(hours=1), State.RED),
    ],
)
def test_a_clock_that_stands_is_red(ago, state):
    if ago is not None:
        ClockRun.objects.create(step=MINUTE, succeeded_at=timezone.now() - ago)
    assert states(contents.clock_runs) == [state]


def test_a_step_of_the_clock_that_fails_is_red_until_it_succeeds():
    note_step(MINUTE)
    note_step("send_handover_mails", OSError("Verbindung abgelehnt"))
    assert "send_handover_mails: Verbindung abgelehnt" in told(contents.clock_runs)
    note_step("send_handover_mails")
    assert states(contents.clock_runs) == [State.GREEN]


def test_a_step_that_failed_and_that_the_program_has_no_more_is_not_red_for_ever():
    note_step(MINUTE)
    note_step("former_step", OSError("kaputt"))
    ClockRun.objects.filter(step="former_step").update(failed_at=timezone.now() - timedelta(days=3))
    assert states(contents.clock_runs) == [State.GREEN]


def test_the_clock_notes_that_it_ran():
    call_command("clock", "--once")
    assert states(contents.clock_runs) == [State.GREEN]


def test_accounts_for_trying_out_are_red_in_production(settings):
    User.objects.create_user("redaktion-by", land_code="DE-BY", last_name="Redaktion Bayern")
    assert states(program.no_demo_accounts) == []
    settings.DEMO_ACCOUNTS = False
    assert "redaktion-by" in told(program.no_demo_accounts)
    User.objects.update(is_active=False)
    assert states(program.no_demo_accounts) == [State.GREEN]


def test_a_site_that_nobody_administers_is_red(settings):
    User.objects.filter(is_superuser=True).delete()
    assert states(program.somebody_administers) == [State.RED]
    User.objects.create_superuser("chef")
    settings.SECOND_FACTOR_REQUIRED = True
    assert "chef" in told(program.somebody_administers)


@pytest.mark.parametrize(("key", "state"), [("x" * 80, State.RED), ("kurz", State.RED)])
def test_a_key_that_can_be_guessed_is_red(settings, key, state):
    settings.SECRET_KEY = key
    assert states(program.key_is_secret) == [state]


def test_a_setting_that_is_not_safe_is_red_in_production(settings):
    settings.DEMO_ACCOUNTS, settings.DEBUG = False, True
    assert "security.W018" in told(program.settings_are_safe)


def test_a_mail_server_that_refuses_is_red_with_its_reason(settings):
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 1
    assert "127.0.0.1:1 nimmt uns nicht an: [Errno 111]" in told(machine.mail_server_answers)


def test_a_mail_is_sent_only_when_an_address_is_given(monkeypatch):
    monkeypatch.setattr("intmk.management.commands.doctor.CHECKS", [])
    code, text = doctor("--mail", "amt@example.org")
    assert code == 0
    assert "Eine Mail an amt@example.org ist übergeben" in text
    assert [message.to for message in mail.outbox] == [["amt@example.org"]]
    with pytest.raises(CommandError, match="keine E-Mail-Adresse"):
        doctor("--mail", "amt")


def test_a_full_disk_is_red(monkeypatch):
    monkeypatch.setattr(machine, "LEAST_FREE", 2**60)
    assert State.RED in states(machine.folders_take_files)


def test_the_start_page_tells_administrators_and_nobody_else_what_is_red(client):
    for account, is_told in (
        (User.objects.create_superuser("chef"), True),
        (User.objects.create_user("r", land_code="DE-BY", is_staff=True), False),
    ):
        client.force_login(account)
        assert ("Die Uhr ist noch nie gelaufen." in client.get("/admin/", follow=True).content.decode()) is is_told


def test_what_the_project_has_decided_otherwise_is_no_unsafe_setting(settings, monkeypatch):
    settings.DEMO_ACCOUNTS = False
    settings.SILENCED_SYSTEM_CHECKS = ["security.W019"]
    found = [checks.Warning("Rahmen", id="security.W019")]
    monkeypatch.setattr("intmk.doctor.program.checks.run_checks", lambda **options: found)
    assert [finding.state for finding in program.settings_are_safe()] == [State.GREEN]
    found.append(checks.Warning("Kopf", id="security.W004"))
    assert [finding.text for finding in program.settings_are_safe()] == [
        "Eine Einstellung ist nicht sicher: security.W004."
    ]
