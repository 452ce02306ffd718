"""Everything between an installed project and a served one; ``make run`` calls it when something changed."""

import errno
import sys
from pathlib import Path
from typing import Any

import psycopg
from django.apps import apps
from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandParser
from django.db import Error, connection
from django.template.loader import render_to_string
from wagtail.models import Site

from conferences.terms.rights import update_publishing_rights
from intmk.management.commands.create_demo_accounts import lock_demo_accounts
from intmk.media.orphans import media_are_ours
from intmk.search.index import drop_unread_pages
from intmk.server import installation, media_place, preparation, schema, table_statistics
from intmk.server.direct_connection import PREPARING, alone
from intmk.server.outages import FilesAwayError
from intmk.server.site_identity import SiteIdentity
from intmk.server.virtual_environment import with_elapsed_time

PARTS = ("database", "static")


class Command(BaseCommand):
    help = "Richtet Datenbank, Inhalte und statische Dateien ein; kann jederzeit wiederholt werden."
    requires_system_checks: list[str] = []  # "make check" has them
    beside = False

    def add_arguments(self, parser: CommandParser) -> None:
        """Take the parts to prepare; none means all."""
        parser.add_argument("parts", nargs="*", metavar="|".join(PARTS), help="Nur diesen Teil einrichten.")
        parser.add_argument("--beside", action="store_true", help="Eine frühere Fassung arbeitet dabei weiter.")

    def handle(self, *args: Any, **options: Any) -> None:
        """Prepare; end with one line and REASON_GIVEN when the machine, not the program, is to blame."""
        parts = options["parts"] or PARTS
        self.beside = options.get("beside", False)
        try:
            if "database" in parts:
                self.prepare_database()
            if "static" in parts:
                self.prepare_static_files()
        except (OSError, Error, psycopg.Error, FilesAwayError) as error:
            reason = one_line(error)
            if reason is None:
                raise
            self.stderr.write(reason)
            sys.exit(preparation.REASON_GIVEN)

    def prepare_database(self) -> None:
        """Bring the database up to date unless another process has just done so, and let this folder remember it."""
        with alone(PREPARING, connection.settings_dict, self.say) as waited:
            connection.ensure_connection()
            if not waited or not preparation.database_is_current(connection.connection):
                self.fill_database()
            identity = self.identify()
            if identity.production:
                self.lock_demo_accounts()
            else:
                call_command("create_demo_accounts")
            preparation.record_database(connection.connection)
        installation.remember_site(settings, str(identity.key))

    def fill_database(self) -> None:
        """Apply migrations, load what content is missing, and set the address of the site."""
        self.say("Datenbank wird auf den Stand des Programms gebracht …")
        before = schema.read_schema(connection.connection)
        call_command("migrate", interactive=False, verbosity=0)
        if self.beside:
            schema.give_defaults(connection.connection, before, defaults_of_columns())
        media_are_ours()  # asked before there are files that this preparation itself brings
        self.say("Inhalte werden geladen …")
        call_command("load_content")
        set_address()
        drop_unread_pages()  # the clock reads them: nobody waits for that
        table_statistics.renew()

    def identify(self) -> SiteIdentity:
        """Return which site this is, and say it when the media are those of another one."""
        if not media_are_ours():
            self.say(
                f"Die Dateien in {media_place.shown_place()} tragen nicht die Kennung dieser Datenbank. Es "
                "bleibt alles, wo es ist; was zu tun ist, steht in docs/betrieb.md („Auf einen anderen Rechner“)."
            )
        identity = SiteIdentity.objects.get()
        identity.production = not installation.is_for_trying_out(settings)
        identity.save(update_fields=["production"])
        return identity

    def lock_demo_accounts(self) -> None:
        """Lock accounts that came with a database from a site for trying out; the report on rights shows it."""
        if locked := lock_demo_accounts():
            update_publishing_rights()
            self.say(
                f"Gesperrt, da sie nur zum Ausprobieren da sind: {', '.join(locked)}. Wer so ein Konto braucht, gibt "
                "ihm unter Einstellungen → Konten eine E-Mail-Adresse und ein neues Passwort und schaltet es frei."
            )

    def prepare_static_files(self) -> None:
        """Collect and compress the static files, and record it."""
        self.say("Statische Dateien werden gesammelt …")
        call_command("collectstatic", interactive=False, verbosity=0)
        # For the server in front, when the application does not answer.
        page = Path(settings.STATIC_ROOT) / "unavailable.html"
        page.write_text(render_to_string("unavailable.html", {"maintenance": None}), encoding="utf-8")
        preparation.record_static_files(settings.VAR)

    def say(self, line: str) -> None:
        """Print a progress message at once, also into a pipe."""
        self.stdout.write(with_elapsed_time(line))
        self.stdout.flush()


def defaults_of_columns() -> dict[tuple[str, str], Any]:
    """Return, by table and column, what the models write where nobody says anything; only what is always the same."""
    return {
        (model._meta.db_table, field.column): value
        for model in apps.get_models(include_auto_created=True)
        for field in model._meta.local_concrete_fields
        if not (field.has_default() and callable(field.default)) or field.default in (dict, list)
        if (value := field.get_default()) is not None
    }


def set_address() -> None:
    """Give the default site the address of the settings, which its pages name as theirs."""
    site = Site.objects.filter(is_default_site=True).first()
    wanted = preparation.host_and_port(settings.WAGTAILADMIN_BASE_URL)
    if site and (site.hostname, site.port) != wanted:
        site.hostname, site.port = wanted
        site.save()


def one_line(error: Exception) -> str | None:
    """Return a German line for what the machine, not the program, is to blame for; None for all else."""
    if isinstance(error, OSError):
        if error.errno in (errno.ENOSPC, errno.EDQUOT):
            return f"Der Speicherplatz ist erschöpft: {error.filename or settings.VAR}"
        if error.errno in (errno.EACCES, errno.EPERM, errno.EROFS):
            return f"Hier lässt sich nicht schreiben: {error.filename or settings.VAR}"
        return None
    if isinstance(error, FilesAwayError):
        return str(error)
    cause = error if isinstance(error, psycopg.Error) else error.__cause__
    if isinstance(cause, psycopg.errors.DiskFull):
        return "Der Speicherplatz der Datenbank ist erschöpft."
    if isinstance(cause, psycopg.errors.InsufficientPrivilege):
        return f"Dem Konto der Datenbank fehlen Rechte: {str(cause).splitlines()[0]}"
    return None
