"""Checks of what is around the program: disk, time, mail server, certificate, the site as readers reach it."""

import shutil
import socket
import ssl
import subprocess
import tempfile
import urllib.error
import urllib.request
from collections.abc import Iterator
from datetime import UTC, datetime
from urllib.parse import urlsplit

from django.conf import settings
from django.core.mail import EmailMessage, get_connection

from intmk.doctor.findings import Finding, green, red, yellow
from intmk.server import installation, media_place
from intmk.server.health import LEAST_FREE
from intmk.server.media_settings import PREFIX
from intmk.server.outages import FilesAwayError

SOON_FULL = 2 * 1024**3  # bytes: a year's photos and a backup
CERTIFICATE_DAYS = (14, 7)  # yellow and red; programs that renew do it 30 days before
SECONDS = 10


def folders_take_files() -> Iterator[Finding]:
    """Write a file into the folders of state and media, and look how much room there is."""
    for folder in media_place.folders_of_disk():
        try:
            with tempfile.TemporaryFile(dir=folder) as file:
                file.write(b"geht")
        except OSError as error:
            yield red(
                f"In {folder} lässt sich nicht schreiben: {error.strerror}", "Rechte und Platz des Ordners prüfen."
            )
            continue
        free = shutil.disk_usage(folder).free
        room = f"In {folder} sind {free / 1024**3:.1f} GB frei.".replace(".", ",", 1) if free < 1024**4 else ""
        if free < LEAST_FREE:
            yield red(room, "Platz schaffen: Gespeichert werden kann nichts mehr.")
        elif free < SOON_FULL:
            yield yellow(room, "Bald Platz schaffen.")
        else:
            yield green(f"In {folder} lässt sich schreiben, {free / 1024**3:.0f} GB sind frei.")


def bucket_takes_files() -> Iterator[Finding]:
    """Write into the bucket of uploaded files, where there is one, and look whether the way to it is open to others."""
    found = media_place.bucket()
    if not found:
        return
    try:
        found.take_probe()
    except FilesAwayError as error:
        yield red(f"In {found} lässt sich nicht schreiben: {error}", f"Die Angaben {PREFIX}… prüfen.")
    else:
        yield green(f"In {found} lässt sich schreiben.")
    address = urlsplit(found.endpoint_url or "https://")
    if address.scheme == "http" and address.hostname not in ("localhost", "127.0.0.1", "::1"):
        yield yellow(
            f"Zum Objektspeicher {address.hostname} geht alles unverschlüsselt.",
            f"{PREFIX}ENDPOINT mit https:// angeben.",
        )


def time_is_kept() -> Iterator[Finding]:
    """Ask systemd whether the machine's time is set by the net; elsewhere nothing is known of it."""
    program = shutil.which("timedatectl")
    if not program:
        return
    command = [program, "show", "--property=NTPSynchronized", "--value"]
    answer = subprocess.run(command, capture_output=True, text=True, timeout=SECONDS, check=False)  # noqa: S603 (fixed)
    if answer.stdout.strip() == "no":
        yield yellow(
            "Die Uhr dieses Rechners wird nicht nach dem Netz gestellt; am Stichtag wechseln Rechte nach ihr.",
            "timedatectl set-ntp true",
        )
    elif answer.stdout.strip() == "yes":
        yield green("Die Uhr dieses Rechners wird nach dem Netz gestellt.")


def mail_server_answers() -> Iterator[Finding]:
    """Open a connection to the mail server, with name and password; nothing is sent."""
    if "smtp" not in settings.EMAIL_BACKEND:
        yield yellow("Mails gehen nicht hinaus, sie stehen im Protokoll.", "Im Betrieb INTMK_MAIL_HOST setzen.")
        return
    where = f"{settings.EMAIL_HOST}:{settings.EMAIL_PORT}"
    try:
        with get_connection(timeout=SECONDS):
            pass
    except (OSError, ssl.SSLError) as error:  # an error of SMTP is an OSError
        yield red(
            f"Der Mailserver {where} nimmt uns nicht an: {reason_of(error)}",
            "INTMK_MAIL_HOST, INTMK_MAIL_SECURITY, INTMK_MAIL_PORT, INTMK_MAIL_USER und INTMK_MAIL_PASSWORD prüfen.",
        )
    else:
        yield green(f"Der Mailserver {where} nimmt uns an. Ob Mails ankommen, zeigt: doctor --mail ADRESSE")


def mail_goes_out(address: str) -> Finding:
    """Send a mail to `address` and return what the server said."""
    text = f"Diese Mail schickt die Website {settings.WAGTAILADMIN_BASE_URL} zur Probe."
    try:
        EmailMessage("Probe", text, to=[address]).send()
    except (OSError, ssl.SSLError, ValueError) as error:
        return red(
            f"Die Mail an {address} ging nicht hinaus: {reason_of(error)}", "Siehe die Zeile über den Mailserver."
        )
    return green(f"Eine Mail an {address} ist übergeben; ob sie ankommt, sagt das Postfach (auch der Spamordner).")


def certificate_holds() -> Iterator[Finding]:
    """Look at the certificate that readers get, and how long it holds."""
    address = urlsplit(settings.WAGTAILADMIN_BASE_URL)
    if address.scheme != "https" or not address.hostname:
        return
    try:
        with (
            socket.create_connection((address.hostname, address.port or 443), SECONDS) as plain,
            ssl.create_default_context().wrap_socket(plain, server_hostname=address.hostname) as secure,
        ):
            ends = ssl.cert_time_to_seconds(str((secure.getpeercert() or {})["notAfter"]))
    except ssl.SSLCertVerificationError as error:
        yield red(
            f"Das Zertifikat von {address.hostname} gilt nicht: {error.verify_message}",
            "Erneuern (etwa: certbot renew) und nginx neu laden.",
        )
        return
    except OSError as error:
        yield red(
            f"{address.hostname} ist über TLS nicht zu erreichen: {reason_of(error)}",
            "nginx, Name und Firewall prüfen.",
        )
        return
    days = (datetime.fromtimestamp(ends, UTC) - datetime.now(UTC)).days
    text = f"Das Zertifikat von {address.hostname} gilt noch {days} Tage."
    remedy = "Prüfen, warum es nicht erneuert wird (etwa: systemctl status certbot.timer)."
    soon, very_soon = CERTIFICATE_DAYS
    yield red(text, remedy) if days < very_soon else yellow(text, remedy) if days < soon else green(text)


def site_answers() -> Iterator[Finding]:
    """Ask the site as readers reach it whether it is ready."""
    address = f"{settings.WAGTAILADMIN_BASE_URL}/bereit/"
    if urlsplit(address).scheme not in ("http", "https"):
        return
    try:
        with urllib.request.urlopen(address, timeout=SECONDS) as response:  # noqa: S310 (scheme looked at above)
            said = response.read(300).decode(errors="replace").strip()
        yield green(f"{address} sagt: {said}")
    except urllib.error.HTTPError as error:
        said = error.read(300).decode(errors="replace").strip()
        yield red(f"{address} antwortet mit {error.code}: {said}", "Den genannten Grund beheben.")
    except OSError as error:
        say = yellow if installation.is_for_trying_out(settings) else red
        yield say(f"{address} antwortet nicht: {reason_of(error)}", "Läuft der Dienst? (systemctl status intmk nginx)")


def reason_of(error: Exception) -> str:
    """Return what an error says, in one line."""
    inner = getattr(error, "reason", None) or error
    return " ".join(str(inner).split()) or type(error).__name__
