"""Checks of what the site holds and of what happens by itself: files, clock, what waits to be sent or published."""

from collections.abc import Iterator
from datetime import timedelta

from django.conf import settings
from django.utils import timezone
from wagtail.models import Page, Revision

from intmk.accessibility.models import BarrierMail
from intmk.doctor.findings import Finding, green, red, yellow
from intmk.language.wording import counted_as, first_named
from intmk.media.documents.models import SiteDocument
from intmk.media.orphans import named_files, stored_files
from intmk.server import backup_files
from intmk.server.clock_run import MINUTE, ClockRun
from intmk.server.media_place import shown_place
from intmk.server.site_identity import SiteIdentity, key_of_media

LATE = timedelta(minutes=5)  # for what is due every minute
DROPPED = timedelta(days=2)  # after which a step that failed is none of this program any more: each runs once a day


def media_belong_to_database() -> Iterator[Finding]:
    """Compare the key of the media with that of the database."""
    identity, key = SiteIdentity.objects.first(), key_of_media()
    if identity is None:
        yield red("Die Datenbank trägt keine Kennung.", ".venv/bin/python manage.py prepare")
    elif key == identity.key:
        yield green("Dateien und Datenbank gehören zusammen.")
    else:
        whose = "tragen keine Kennung" if key is None else "gehören zu einer anderen Datenbank"
        yield red(
            f"Die Dateien in {shown_place()} {whose}.",
            "Die Sicherung der einen oder der anderen einspielen; siehe docs/betrieb.md, „Auf einen anderen Rechner“.",
        )


def files_are_there() -> Iterator[Finding]:
    """Look for files that the database names and that are gone, and for files that it does not name."""
    named, stored = named_files(), stored_files().keys()
    if missing := sorted(named - stored):
        yield red(
            f"{counted_as(len(missing), 'Datei fehlt', 'Dateien fehlen')}: {first_named(missing)}",
            "Aus einer Sicherung nach media/ zurücklegen; Größen von Bildern entstehen von selbst neu.",
        )
    if orphans := sorted(stored - named):
        owned = counted_as(len(orphans), "Datei gehört", "Dateien gehören")
        yield green(f"{owned} niemandem; die Nacht räumt sie beiseite.")
    if not missing:
        yield green(f"Alle {len(named)} Dateien sind da.")


def backup_is_fresh() -> Iterator[Finding]:
    """Look how old the newest backup is; nothing where none are made."""
    sentence, is_late = backup_files.state(settings, timezone.now())
    if is_late:
        yield red(sentence, "Den Grund nennt das Protokoll; von Hand: .venv/bin/python manage.py backup DATEI")
    elif sentence:
        yield green(sentence)


def clock_runs() -> Iterator[Finding]:
    """Look when the clock last ran, and whether a step of it fails."""
    runs = {run.step: run for run in ClockRun.objects.all()}
    last = runs.pop(MINUTE, None)
    if last is None or last.succeeded_at is None:
        yield red("Die Uhr ist noch nie gelaufen.", "Sie läuft neben dem Webserver: den Dienst starten.")
    elif (since := timezone.now() - last.succeeded_at) < -LATE:
        there = timezone.localtime(last.succeeded_at)
        yield red(
            f"Die Uhr ist zuletzt in der Zukunft gelaufen: {there:%d.%m.%Y, %H:%M} Uhr.",
            "Die Zeit dieses Rechners prüfen (timedatectl); stimmt sie, vergeht diese Zeile in zwei Minuten.",
        )
    elif since > LATE:
        minutes = since // timedelta(minutes=1)
        yield red(
            f"Die Uhr ist seit {minutes} Minuten nicht gelaufen: Vorgemerktes wird nicht veröffentlicht.",
            "Den Dienst neu starten (systemctl restart intmk); der Grund steht im Protokoll.",
        )
    else:
        yield green("Die Uhr läuft.")
    for run in runs.values():
        if run.failed_at and timezone.now() - run.failed_at < DROPPED:
            yield red(
                f"Ein Schritt der Uhr scheitert: {run.step}: {run.error}",
                "Die Einzelheiten stehen im Protokoll (journalctl -u intmk).",
            )


def nothing_is_overdue() -> Iterator[Finding]:
    """Look for what should have been published, taken back or sent by now, and for documents without a reading."""
    limit = timezone.now() - LATE
    late = Page.objects.filter(live=True, expire_at__lt=limit).count()
    due = Revision.objects.filter(approved_go_live_at__lt=limit).count()
    if late or due:
        yield red(
            f"Überfällig: {due} zu veröffentlichen, {late} zurückzunehmen.",
            ".venv/bin/python manage.py publish_scheduled und ins Protokoll sehen.",
        )
    if mails := BarrierMail.objects.filter(sent_at=None, problem__gt="").count():
        yield red(
            f"{counted_as(mails, 'Mail', 'Mails')} zu gemeldeten Barrieren ließen sich nicht verschicken.",
            "Den Mailserver prüfen; die Uhr versucht es wieder.",
        )
    if unread := SiteDocument.objects.read_otherwise().count():
        yield yellow(
            f"{counted_as(unread, 'Dokument ist', 'Dokumente sind')} nicht gelesen: Die Suche findet nur die Titel.",
            "Warten (die Uhr liest jede Minute einige) oder: .venv/bin/python manage.py read_documents --new",
        )
    if not (late or due or mails or unread):
        yield green("Nichts ist überfällig.")
