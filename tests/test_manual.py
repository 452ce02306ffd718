"""The manual of operators is taken at its word: each command in it does what it says, on a site in production."""

import contextlib
import os
import re
import shlex
import socketserver
import subprocess
import tempfile
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from allauth.mfa.models import Authenticator
from django.core.management import CommandError, get_commands, load_command_class
from django.db import connection

from intmk.users.models import User
from tests.databases import database_url
from tests.serving import KEY

ROOT = Path(__file__).resolve().parents[1]
BARE = {name: value for name, value in os.environ.items() if not name.startswith(("INTMK_", "DJANGO_", "DATABASE_URL"))}
PROGRAMS = r"\.venv/bin/python|manage\.py|make|\.ci/run|sudo|systemctl|cp|mv|rm|chown|chmod|psql"
COMMAND = re.compile(rf"`((?:{PROGRAMS})(?: [^`]+)?)`|^((?:{PROGRAMS}) .+)$", re.MULTILINE)
FOLDER = tempfile.mkdtemp(prefix="intmk-manual-")
WORDS = {"ORDNER": "docs/import/tabelle", "N": "2", "NAME": "stelle", "…": "version"}
WORDS["sicherung.tar"] = f"{FOLDER}/sicherung.tar"
REFUSED = {
    ".venv/bin/python manage.py make_archive N": "Erfundenes gehört nicht auf eine öffentliche Website",
    # Nobody serves www.example.org here, so something is red, which it says among its findings.
    ".venv/bin/python manage.py doctor": "",
    ".venv/bin/python manage.py doctor --json": "",
    ".venv/bin/python manage.py doctor --mail NAME@example.org": "",
    ".venv/bin/python manage.py restore sicherung.tar": "Hier gibt es schon eine Website",
    ".venv/bin/python manage.py restore sicherung.tar --replace": "Die Datenbank wird noch benutzt",
}
SERVES = "liefert die Website aus, bis jemand es beendet: tests/test_serve.py"
TOOLS = "braucht Netz oder sehr lange, und arbeitet am Code statt an der Website"
BACKUP = ".venv/bin/python manage.py backup"
MACHINE = "ändert den Rechner, nicht die Website"
UPGRADE = "wechselt die Fassung: tests/test_release_change.py"
NOT_RUN = {
    "make": "zeigt nur die Befehle",
    "manage.py": "der Name einer Datei",
    "make run": SERVES,
    "make run PYTHON=python3.12": SERVES,
    "make run PORT=8001": SERVES,
    "make test": TOOLS,
    'make test ARGS="-k vorsitz"': TOOLS,
    "make audit": TOOLS,
    "make attack": TOOLS,
    "make check": TOOLS,
    "make bench": TOOLS,
    "make texts": TOOLS,
    "make docs": TOOLS,
    "make handbook": TOOLS,
    ".venv/bin/python -m tests.faults 300": TOOLS,
    "make locks": TOOLS,
    ".ci/run": TOOLS,
    ".venv/bin/python manage.py clock": "läuft, bis jemand es beendet; mit --once wird es versucht",
    "sudo apt-get install python3-venv": MACHINE,
    "sudo apt-get install age": MACHINE,
    f"{BACKUP} --verify sicherung.tar.age --identity schluessel.txt": "tests/test_backup_refused.py",
    "systemctl stop intmk": MACHINE,
    "sudo -u intmk": "gehört vor einen Befehl",
    "systemctl restart systemd-journald": MACHINE,
    "systemctl daemon-reload": MACHINE,
    "systemctl enable --now intmk.service intmk-doctor.timer": MACHINE,
    "systemctl stop nginx": MACHINE,
    "systemctl restart nginx": MACHINE,
    "systemctl --failed": "fragt nur",
    "cp deploy/intmk.service deploy/intmk-doctor.service deploy/intmk-doctor.timer /etc/systemd/system/": MACHINE,
    "cp deploy/nginx.conf /etc/nginx/conf.d/intmk.conf": MACHINE,
    "rm -f /etc/nginx/sites-enabled/default": MACHINE,
    "make upgrade": UPGRADE,
    "sudo -u intmk make upgrade": UPGRADE,
    "sudo -u intmk make upgrade VERSION=v1.2.0": UPGRADE,
    "rm -r releases/v1.1.0": UPGRADE,
    "sudo systemctl stop intmk": MACHINE,
    "sudo systemctl start intmk": MACHINE,
    "sudo -u intmk .venv/bin/python manage.py backup vorher.tar": "wird ohne sudo versucht",
    "sudo -u intmk ln -sfn releases/v1.2.0 /srv/intmk/current": UPGRADE,
    "chmod 600 deploy/database.env deploy/intmk.env deploy/front.env": MACHINE,
    "chown root:intmk /etc/intmk.env": MACHINE,
    "chmod 640 /etc/intmk.env": MACHINE,
    "chmod o+x": "sagt, was geschieht, und ist nicht zu tippen",
    "cp -an var/quarantine/2026-11-29-ab12cd34/. var/media/": "der Ordner ist ein Beispiel: tests/test_orphans.py",
    'psql "$DATABASE_URL" -c "UPDATE intmk_siteidentity SET production = false"': "gehört zu einer Kopie",
}


def commands() -> list[str]:
    """Return each command of the manual once, in its order."""
    text = (ROOT / "docs" / "betrieb.md").read_text(encoding="utf-8")
    found = [" ".join((match[1] or match[2]).split()) for match in COMMAND.finditer(text)]
    return list(dict.fromkeys(found))


def test_each_command_of_the_manual_is_tried_or_there_is_a_reason_why_not():
    found = commands()
    assert set(NOT_RUN) <= set(found)
    left = [command for command in found if command not in NOT_RUN]
    assert len(left) > 15
    # Written so that it can be typed as it stands.
    assert [command for command in left if not command.startswith(".venv/bin/python manage.py ")] == []


@pytest.mark.parametrize(
    "command", [command for command in commands() if command not in NOT_RUN and "…" not in command]
)
def test_each_command_of_the_manual_is_there_and_takes_what_it_is_given(command):
    _, _, name, *arguments = [WORDS.get(word, word) for word in shlex.split(command)]
    parser = load_command_class(get_commands()[name], name).create_parser("manage.py", name)
    try:
        parser.parse_args(arguments)
    except CommandError as error:
        pytest.fail(f"{command}: {error}")


class Mailbox(socketserver.StreamRequestHandler):
    """As much of a mail server as takes one mail."""

    def handle(self) -> None:
        self.wfile.write(b"220 bereit\r\n")
        in_text = False
        for line in self.rfile:
            self.server.received.append(line.decode().strip())
            if in_text:
                in_text = line != b".\r\n"
                if in_text:
                    continue
            command = line[:4].upper()
            in_text = command == b"DATA"
            self.wfile.write(b"354 weiter\r\n" if in_text else b"250 gut\r\n")
            if command == b"QUIT":
                return


@contextlib.contextmanager
def mail_server() -> Iterator[socketserver.TCPServer]:
    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), Mailbox) as server:
        server.received = []
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield server
        server.shutdown()


def run(command: str, environment: dict[str, str]) -> subprocess.CompletedProcess[str]:
    """Type a command of the manual, with its words in capitals replaced, and answer at a terminal what it asks."""
    arguments = [WORDS.get(word, word.replace("NAME@", "stelle@")) for word in shlex.split(command)]
    terminal, keyboard = os.openpty()
    os.set_blocking(terminal, False)
    os.write(terminal, b"leitung\nleitung@example.org\n")
    pipes = {"stdin": keyboard, "stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
    process = subprocess.Popen(arguments, cwd=ROOT, env=BARE | environment, text=True, start_new_session=True, **pipes)
    try:
        while True:
            with contextlib.suppress(subprocess.TimeoutExpired):
                output, errors = process.communicate(timeout=0.3)
                return subprocess.CompletedProcess(arguments, process.returncode, output, errors)
            with contextlib.suppress(BlockingIOError):
                os.write(terminal, b"ein langes Passwort 1\n")  # whatever is typed before the question is thrown away
    finally:
        os.close(terminal)
        os.close(keyboard)


@pytest.mark.audit
def test_each_command_acts_on_the_site_in_production_as_it_stands_in_the_manual(own_database, tmp_path):
    second_factor = Authenticator.Type.TOTP
    account = User.objects.create_user("stelle", "stelle@example.org", "ein langes Passwort 1", land_code="DE-BW")
    Authenticator.objects.create(user=account, type=second_factor, data={})
    var = tmp_path / "var"
    place = {"INTMK_VAR": str(var)}
    with mail_server() as mails:
        file = tmp_path / "intmk.env"
        file.write_text(
            f"DATABASE_URL={database_url(connection.settings_dict)}\nINTMK_SECRET_KEY={KEY}\n"
            f"INTMK_BASE_URL=https://www.example.org\nINTMK_MAIL_PORT={mails.server_address[1]}\n"
        )
        # As the service starts: it names settings and file.
        service = {"DJANGO_SETTINGS_MODULE": "intmk.settings.production", "INTMK_ENV_FILE": str(file)}
        first = run(".venv/bin/python manage.py prepare database", place | service)
        assert first.returncode == 0, first.stderr
        results = {command: run(command, place) for command in commands() if command not in NOT_RUN}
    refused = {command: result.stderr for command, result in results.items() if result.returncode}
    assert refused.keys() == REFUSED.keys(), refused
    assert all(REFUSED[command] in told for command, told in refused.items())
    assert not any("Traceback" in result.stderr for result in results.values())
    assert "rcpt TO:<stelle@example.org>" in mails.received
    assert User.objects.get(username="leitung").is_superuser
    assert not Authenticator.objects.filter(user=account).exists()
    assert "Um 14 Uhr" in (var / "maintenance.txt").read_text(encoding="utf-8")
    left = {path.name for path in var.iterdir()}
    assert {"backups", "scratch.lock", "serve.lock"} <= left  # of backing up and restoring
    left -= {"backups", "scratch.lock", "serve.lock"}
    assert left == {"doctor.json", "font", "maintenance.txt", "media", "site.json", "static", "static.stamp", "styles"}
    assert not User.objects.filter(username="redaktion-bw").exists()
