"""Each check of `doctor` goes red for what it looks at, and says in German what is to be done.

What is wrong is brought about and not pretended, where it can be: a role without rights, an expired certificate, a
machine whose time nobody sets.
"""

import contextlib
import datetime
import http.server
import os
import ssl
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
import time_machine
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from django.core.management import call_command
from django.db import connection
from django.utils import timezone
from wagtail import hooks
from wagtail.models import Page, Revision

from intmk.accessibility.models import BarrierMail
from intmk.doctor import contents, database, last_run, machine, program
from intmk.doctor.checks import CHECKS
from intmk.doctor.findings import Check, Finding, State, examine, green, red
from intmk.media.documents.models import SiteDocument
from intmk.media.orphans import adopt_media
from intmk.server.scheduler import EVERY_MINUTE
from intmk.server.site_identity import KEY_FILE, SiteIdentity
from intmk.users.models import User
from tests.barrier_reports import stored
from tests.editing import text_of

pytestmark = pytest.mark.django_db

RENEW = "Prüfen, warum es nicht erneuert wird (etwa: systemctl status certbot.timer)."


@dataclass
class Place:
    """A site of its own, to be brought out of order; what is opened for it is closed in the end."""

    var: Path
    settings: object
    patch: pytest.MonkeyPatch
    held: contextlib.ExitStack


@pytest.fixture
def site(settings, tmp_path, monkeypatch) -> Iterator[Place]:
    settings.VAR = tmp_path
    settings.MEDIA_ROOT, settings.QUARANTINE_ROOT = tmp_path / "media", tmp_path / "quarantine"
    settings.MEDIA_ROOT.mkdir()
    with contextlib.ExitStack() as held:
        yield Place(tmp_path, settings, monkeypatch, held)


def in_production(site: Place) -> None:
    site.settings.DEMO_ACCOUNTS = False


def found_by(look: Callable) -> list[Finding]:
    """What `doctor` and the start page get of a check: only one that is registered is ever made."""
    (check,) = [each for each in CHECKS if each.look is look]
    return [finding for _, finding in examine([check])]


# --- bringing it out of order ---------------------------------------------------------------------------------------


def of_another_site(site: Place) -> None:
    adopt_media()
    (site.settings.MEDIA_ROOT / KEY_FILE).write_text("7b0d4d0a-6c0b-4a3e-9c38-0a4f52b9f0c1")


def sql(*statements: str) -> None:
    with connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)


def account_without_rights(site: Place) -> None:
    sql("CREATE ROLE ohne_rechte", "SET LOCAL ROLE ohne_rechte")


def read_only(site: Place) -> None:
    sql("SET TRANSACTION READ ONLY")


def clock_of_another_hour(site: Place) -> None:
    site.held.enter_context(time_machine.travel(timezone.now() + datetime.timedelta(minutes=1), tick=False))


def folder_that_is_none(site: Place) -> None:
    site.settings.MEDIA_ROOT.rmdir()
    site.settings.MEDIA_ROOT.touch()


def bucket_that_nobody_serves(site: Place) -> None:
    site.settings.MEDIA_BUCKET = {"bucket_name": "bilder", "endpoint_url": "http://127.0.0.1:1"}
    options = site.settings.MEDIA_BUCKET | {"access_key": "x", "secret_key": "x"}
    storage = {"BACKEND": "intmk.server.media_bucket.MediaBucket", "OPTIONS": options}
    site.settings.STORAGES = site.settings.STORAGES | {"default": storage}


def old_backup(site: Place) -> None:
    site.settings.BACKUP_DIR = site.var / "backups"
    site.settings.BACKUP_DIR.mkdir()
    name = timezone.localtime(timezone.now() - datetime.timedelta(hours=31)).strftime("intmk-%Y-%m-%d-%H%M.tar")
    (site.settings.BACKUP_DIR / name).touch()


def withdrawn_too_late(site: Place) -> None:
    hour_ago = timezone.now() - datetime.timedelta(hours=1)
    Page.objects.filter(slug="kontakt").update(expire_at=hour_ago)
    Page.objects.get(slug="impressum").specific.save_revision()
    Revision.objects.filter(pk=Revision.objects.latest("pk").pk).update(approved_go_live_at=hour_ago)


def nobody_answers(site: Place) -> None:
    in_production(site)
    site.settings.WAGTAILADMIN_BASE_URL = "http://127.0.0.1:1"


def file_that_is_gone(site: Place) -> None:
    SiteDocument.objects.bulk_create([SiteDocument(title="Papier", file="documents/verschwunden.pdf")])


def clock_that_never_ran(site: Place) -> None:
    """Nothing has to be done: nobody has served this site yet."""


def certificate_that_has_expired(site: Place) -> None:
    served_over_tls(site, datetime.timedelta(days=-1))


def mail_server_that_refuses(site: Place) -> None:
    site.settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    site.settings.EMAIL_HOST, site.settings.EMAIL_PORT = "127.0.0.1", 1


def account_for_trying_out(site: Place) -> None:
    in_production(site)
    User.objects.create_user("redaktion-by", land_code="DE-BY", last_name="Redaktion Bayern")


def nobody_administers(site: Place) -> None:
    User.objects.filter(is_superuser=True).delete()


def short_key(site: Place) -> None:
    site.settings.SECRET_KEY = "kurz"


def unsafe_setting(site: Place) -> None:
    in_production(site)
    site.settings.DEBUG = True


def later_migration(site: Place) -> None:
    sql("DELETE FROM django_migrations WHERE app = 'history'")


BACKUP_BY_HAND = "Den Grund nennt das Protokoll; von Hand: .venv/bin/python manage.py backup DATEI"
MAIL_SETTINGS = "INTMK_MAIL_HOST, INTMK_MAIL_SECURITY, INTMK_MAIL_PORT, INTMK_MAIL_USER und INTMK_MAIL_PASSWORD prüfen."
OTHER_SITE = "Die Sicherung der einen oder der anderen einspielen; siehe docs/betrieb.md, „Auf einen anderen Rechner“."
# For each check: what brings it about, the beginning of what is told, and the advice.
RED: dict[Callable, tuple[Callable[[Place], None], str, str]] = {
    program.settings_are_safe: (
        unsafe_setting, "Eine Einstellung ist nicht sicher: security.W018.",
        "Was sie ist, sagt: manage.py check --deploy",
    ),
    program.key_is_secret: (short_key, "Der Schlüssel (INTMK_SECRET_KEY) ist zu kurz", "Einen neuen erzeugen: "),
    database.it_answers: (
        account_without_rights, "Dem Konto der Datenbank fehlen Rechte, um sie auf einen neuen Stand zu bringen.",
        "ALTER DATABASE … OWNER TO … für das Konto aus DATABASE_URL.",
    ),
    database.nothing_is_missing: (
        later_migration, "Migrationen fehlen: history.", ".venv/bin/python manage.py prepare"
    ),
    database.it_takes_changes: (
        read_only, "Die Datenbank nimmt keine Änderungen an: cannot execute INSERT in a read-only transaction",
        "Platz und Schreibschutz der Datenbank prüfen.",
    ),
    database.its_clock_is_ours: (
        clock_of_another_hour, "Die Uhren von Datenbank und Website gehen um ",
        "Auf beiden Rechnern die Zeit stellen lassen: timedatectl set-ntp true",
    ),
    machine.folders_take_files: (folder_that_is_none, "In ", "Rechte und Platz des Ordners prüfen."),
    machine.bucket_takes_files: (bucket_that_nobody_serves, "In ", "Die Angaben INTMK_MEDIA_S3_… prüfen."),
    contents.media_belong_to_database: (of_another_site, "Die Dateien in ", OTHER_SITE),
    contents.files_are_there: (
        file_that_is_gone, "1 Datei fehlt: documents/verschwunden.pdf",
        "Aus einer Sicherung nach media/ zurücklegen; Größen von Bildern entstehen von selbst neu.",
    ),
    contents.backup_is_fresh: (old_backup, "Letzte Sicherung: ", BACKUP_BY_HAND),
    program.check_static_files: (
        lambda site: None, "Die statischen Dateien fehlen oder gehören zu einem anderen Stand des Programms.",
        ".venv/bin/python manage.py prepare static",
    ),
    contents.clock_runs: (
        clock_that_never_ran, "Die Uhr ist noch nie gelaufen.", "Sie läuft neben dem Webserver: den Dienst starten."
    ),
    contents.nothing_is_overdue: (
        withdrawn_too_late, "Überfällig: 1 zu veröffentlichen, 1 zurückzunehmen.",
        ".venv/bin/python manage.py publish_scheduled und ins Protokoll sehen.",
    ),
    program.no_demo_accounts: (
        account_for_trying_out, "Zugänge zum Ausprobieren sind offen: redaktion-by.",
        "Die Website neu starten; der Start sperrt sie.",
    ),
    program.somebody_administers: (
        nobody_administers, "Kein Konto kann die Website verwalten.", ".venv/bin/python manage.py createsuperuser"
    ),
    machine.mail_server_answers: (
        mail_server_that_refuses, "Der Mailserver 127.0.0.1:1 nimmt uns nicht an: ", MAIL_SETTINGS
    ),
    machine.certificate_holds: (
        certificate_that_has_expired, "Das Zertifikat von localhost gilt nicht: certificate has expired",
        "Erneuern (etwa: certbot renew) und nginx neu laden.",
    ),
    machine.site_answers: (
        nobody_answers, "http://127.0.0.1:1/bereit/ antwortet nicht: ",
        "Läuft der Dienst? (systemctl status intmk nginx)",
    ),
}  # fmt: skip
# These warn only: the site goes on, and another machine has to be changed.
YELLOW = {database.nobody_reads_along, machine.time_is_kept}


def test_no_check_is_left_out():
    assert {check.look for check in CHECKS} == {*RED, *YELLOW}


@pytest.mark.parametrize("look", RED, ids=lambda look: look.__name__)
def test_each_check_goes_red_for_what_it_looks_at_and_says_what_to_do(site, look):
    bring_about, text, remedy = RED[look]
    bring_about(site)
    reds = [finding for finding in found_by(look) if finding.state is State.RED]
    assert [each for each in reds if each.text.startswith(text) and each.remedy.startswith(remedy)] != [], reds
    assert all(each.remedy for each in reds)


# --- more than one way to be wrong ----------------------------------------------------------------------------------


def told(look: Callable) -> list[tuple[State, str, str]]:
    return [(finding.state, finding.text, finding.remedy) for finding in found_by(look)]


def test_files_and_database_without_a_key_are_told_apart_from_those_of_another_site(site):
    media = site.settings.MEDIA_ROOT
    SiteIdentity.objects.all().delete()
    without = "Die Datenbank trägt keine Kennung."
    assert told(contents.media_belong_to_database) == [(State.RED, without, ".venv/bin/python manage.py prepare")]
    adopt_media()
    assert told(contents.media_belong_to_database) == [(State.GREEN, "Dateien und Datenbank gehören zusammen.", "")]
    (media / KEY_FILE).unlink()
    no_key = f"Die Dateien in {media} tragen keine Kennung."
    assert told(contents.media_belong_to_database) == [(State.RED, no_key, OTHER_SITE)]
    of_another_site(site)
    other = f"Die Dateien in {media} gehören zu einer anderen Datenbank."
    assert told(contents.media_belong_to_database) == [(State.RED, other, OTHER_SITE)]


def test_a_file_of_nobody_is_told_and_is_no_fault(site):
    (site.settings.MEDIA_ROOT / "documents").mkdir()
    (site.settings.MEDIA_ROOT / "documents" / "papier.pdf").write_bytes(b"%PDF")
    text = "1 Datei gehört niemandem; die Nacht räumt sie beiseite."
    assert (State.GREEN, text, "") in told(contents.files_are_there)


@pytest.mark.parametrize(("versions", "state"), [(range(19, 21), State.RED), (range(10, 12), State.YELLOW)])
def test_a_database_too_old_is_red_and_one_too_new_is_not_yet_tried(monkeypatch, versions, state):
    monkeypatch.setattr(database, "VERSIONS", versions)
    ((found, text, remedy),) = told(database.it_answers)
    assert (found, remedy) == (state, "Eine Version von 15 bis 18 nehmen.")
    assert text.endswith(" ist nicht erprobt.")


def timedatectl(site: Place, answer: str) -> None:
    """Put a program of this name first in the way, which answers as systemd's does."""
    path = site.var / "bin" / "timedatectl"
    path.parent.mkdir(exist_ok=True)
    path.write_text(f'#!/bin/sh\n[ "$*" = "show --property=NTPSynchronized --value" ] && echo "{answer}"\n')
    path.chmod(0o755)
    site.patch.setenv("PATH", f"{path.parent}:{os.environ['PATH']}")


def test_a_machine_whose_time_nobody_sets_is_told_of(site):
    timedatectl(site, "no")
    text = "Die Uhr dieses Rechners wird nicht nach dem Netz gestellt; am Stichtag wechseln Rechte nach ihr."
    assert told(machine.time_is_kept) == [(State.YELLOW, text, "timedatectl set-ntp true")]
    timedatectl(site, "yes")
    assert told(machine.time_is_kept) == [(State.GREEN, "Die Uhr dieses Rechners wird nach dem Netz gestellt.", "")]
    site.patch.setenv("PATH", "")
    assert told(machine.time_is_kept) == []


class Ready(http.server.BaseHTTPRequestHandler):
    """Stands for the site, which is not ready."""

    def do_GET(self) -> None:
        body = b"Die Uhr steht."
        self.send_response(503)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *args: object) -> None:
        pass


class QuietServer(http.server.ThreadingHTTPServer):
    def handle_error(self, *args: object) -> None:
        """Say nothing of a client that does not like the certificate."""


def serve(site: Place, context: ssl.SSLContext | None = None) -> int:
    """Serve `Ready` until the test ends; return the port."""
    server = site.held.enter_context(QuietServer(("127.0.0.1", 0), Ready))
    if context:
        server.socket = context.wrap_socket(server.socket, server_side=True, do_handshake_on_connect=False)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    site.held.callback(server.shutdown)
    return server.server_address[1]


def served_over_tls(site: Place, left: datetime.timedelta, name: str = "localhost", trusted: bool = True) -> None:
    """Serve the site with a certificate that holds so long yet."""
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, name)])
    ends = datetime.datetime.now(datetime.UTC) + left
    certificate = (
        x509.CertificateBuilder(subject, subject, key.public_key(), x509.random_serial_number())
        .not_valid_before(ends - datetime.timedelta(days=90))
        .not_valid_after(ends)
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(name)]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    encoding, private = serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8
    (site.var / "certificate.pem").write_bytes(certificate.public_bytes(encoding))
    (site.var / "key.pem").write_bytes(key.private_bytes(encoding, private, serialization.NoEncryption()))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(site.var / "certificate.pem", site.var / "key.pem")
    if trusted:
        site.patch.setenv("SSL_CERT_FILE", str(site.var / "certificate.pem"))
    site.settings.WAGTAILADMIN_BASE_URL = f"https://localhost:{serve(site, context)}"


@pytest.mark.parametrize(("days", "state"), [(3, State.RED), (10, State.YELLOW), (60, State.GREEN)])
def test_a_certificate_is_told_of_before_it_ends(site, days, state):
    served_over_tls(site, datetime.timedelta(days=days, hours=1))
    text = f"Das Zertifikat von localhost gilt noch {days} Tage."
    assert told(machine.certificate_holds) == [(state, text, "" if state is State.GREEN else RENEW)]


@pytest.mark.parametrize(
    ("name", "trusted", "reason"),
    [("andere.example", True, "Hostname mismatch"), ("localhost", False, "self-signed certificate")],
)
def test_a_certificate_for_another_name_or_by_nobody_known_is_red(site, name, trusted, reason):
    served_over_tls(site, datetime.timedelta(days=60), name, trusted)
    ((state, text, remedy),) = told(machine.certificate_holds)
    assert (state, remedy) == (State.RED, "Erneuern (etwa: certbot renew) und nginx neu laden.")
    assert reason in text


def test_a_site_that_nobody_reaches_over_tls_is_red(site):
    site.settings.WAGTAILADMIN_BASE_URL = "https://localhost:1"
    ((state, text, remedy),) = told(machine.certificate_holds)
    assert (state, remedy) == (State.RED, "nginx, Name und Firewall prüfen.")
    assert text.startswith("localhost ist über TLS nicht zu erreichen: ")


def test_a_site_that_is_not_ready_is_red_with_its_own_reason(site):
    address = f"http://127.0.0.1:{serve(site)}"
    site.settings.WAGTAILADMIN_BASE_URL = address
    text = f"{address}/bereit/ antwortet mit 503: Die Uhr steht."
    assert told(machine.site_answers) == [(State.RED, text, "Den genannten Grund beheben.")]


def test_a_site_without_any_backup_or_with_none_set_up_is_red(site):
    in_production(site)
    none = "Tägliche Sicherungen sind nicht eingerichtet (INTMK_BACKUP_DIR)."
    assert told(contents.backup_is_fresh) == [(State.RED, none, BACKUP_BY_HAND)]
    site.settings.BACKUP_DIR = site.var / "backups"
    site.settings.BACKUP_DIR.mkdir()
    assert told(contents.backup_is_fresh) == [(State.RED, "Es gibt noch keine Sicherung.", BACKUP_BY_HAND)]
    (site.settings.BACKUP_DIR / timezone.localtime().strftime("intmk-%Y-%m-%d-%H%M.tar")).touch()
    assert [state for state, _, _ in told(contents.backup_is_fresh)] == [State.GREEN]


def test_mails_that_do_not_go_out_are_red_and_documents_to_be_read_are_yellow(site):
    BarrierMail.objects.create(report=stored(), to=BarrierMail.To.ANSWER, problem="Verbindung abgelehnt")
    SiteDocument.objects.bulk_create([SiteDocument(title="Papier", file="documents/papier.pdf")])
    assert told(contents.nothing_is_overdue) == [
        (
            State.RED, "1 Mail zu gemeldeten Barrieren ließen sich nicht verschicken.",
            "Den Mailserver prüfen; die Uhr versucht es wieder.",
        ),
        (
            State.YELLOW, "1 Dokument ist nicht gelesen: Die Suche findet nur die Titel.",
            "Warten (die Uhr liest jede Minute einige) oder: .venv/bin/python manage.py read_documents --new",
        ),
    ]  # fmt: skip


def test_an_environment_file_that_all_can_read_is_red(site, monkeypatch):
    path = site.var / "intmk.env"
    path.touch()
    path.chmod(0o644)
    monkeypatch.setenv("INTMK_ENV_FILE", str(path))
    text = f"{path} mit dem Schlüssel kann jedes Konto des Rechners lesen."
    assert (State.RED, text, f"chmod 640 {path}") in told(program.key_is_secret)
    path.chmod(0o640)
    assert State.RED not in [state for state, _, _ in told(program.key_is_secret)]


# --- the start page -------------------------------------------------------------------------------------------------

NOON = datetime.datetime(2026, 11, 30, 11, tzinfo=datetime.UTC)  # twelve o'clock in Berlin
SLOW = Check("Mail", lambda: [red("Der Mailserver nimmt uns nicht an.", "Die Angaben prüfen."), green("gut")])
QUICK = Check("Uhr", lambda: [red("Die Uhr steht.", "Den Dienst neu starten.")], quick=True)
AT_NOON = "Bei der letzten ganzen Prüfung am 30.11.2026, 12:00 Uhr:"
TOLD = "Mail: Der Mailserver nimmt uns nicht an. Die Angaben prüfen."


@pytest.fixture
def nightly(site, monkeypatch) -> Place:
    """A site in production with a check that takes long and one that does not; all else is well."""
    in_production(site)
    for module in ("last_run", "panel"):
        monkeypatch.setattr(f"intmk.doctor.{module}.CHECKS", [SLOW, QUICK])
    monkeypatch.setattr("intmk.management.commands.doctor.CHECKS", [SLOW, QUICK])
    return site


def start_page(client) -> str:
    client.force_login(User.objects.filter(is_superuser=True).first() or User.objects.create_superuser("chefin"))
    return text_of(client.get("/admin/"))


def test_what_takes_long_is_looked_at_each_night_and_shown_with_its_time(nightly, client, settings):
    settings.SECOND_FACTOR_REQUIRED = False
    looked = []
    nightly.patch.setattr(last_run, "examine", lambda checks: looked.append(1) or examine(checks))
    with time_machine.travel(NOON.replace(hour=2, minute=59), tick=False):  # 3:59 in Berlin
        last_run.look_each_night()
    assert looked == []
    for moment in (NOON, NOON.replace(minute=1)):
        with time_machine.travel(moment, tick=False):
            last_run.look_each_night()
    assert looked == [1]
    with time_machine.travel(NOON.replace(hour=15), tick=False):
        shown = start_page(client)
    assert shown.index("Uhr: Die Uhr steht. Den Dienst neu starten.") < shown.index(AT_NOON) < shown.index(TOLD)
    with time_machine.travel(NOON + last_run.OLD + datetime.timedelta(minutes=1), tick=False):
        assert TOLD not in start_page(client)
        last_run.look_each_night()
        assert looked == [1, 1]
        assert TOLD in start_page(client)


def test_a_site_for_trying_out_is_not_looked_at_by_itself(nightly):
    nightly.settings.DEMO_ACCOUNTS = True
    last_run.look_each_night()
    assert last_run.kept_run() is None


def test_the_command_renews_what_the_start_page_shows(nightly, client, settings, monkeypatch, capsys):
    settings.SECOND_FACTOR_REQUIRED = False
    with pytest.raises(SystemExit):
        call_command("doctor")
    assert TOLD in start_page(client)
    monkeypatch.setattr("intmk.management.commands.doctor.CHECKS", [Check("Mail", lambda: [green("gut")]), QUICK])
    with pytest.raises(SystemExit):
        call_command("doctor")
    shown = start_page(client)
    assert TOLD not in shown
    assert "Die Uhr steht." in shown


def test_a_folder_that_takes_no_file_keeps_nobody_from_the_result_and_a_broken_file_from_the_start_page(
    nightly, capsys
):
    (nightly.var / "doctor.json").write_text("kaputt")
    assert last_run.kept_run() is None
    nightly.settings.VAR = nightly.var / "fehlt"
    with pytest.raises(SystemExit):
        call_command("doctor")
    assert "2 rot, 0 gelb, 1 grün." in capsys.readouterr().out
    with pytest.raises(FileNotFoundError):
        last_run.look_each_night()


def test_the_clock_makes_the_look_of_each_night():
    assert last_run.look_each_night in hooks.get_hooks(EVERY_MINUTE)
