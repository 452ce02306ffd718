"""Checks of the database: can it be reached, is it the right one, does it take what is written."""

from collections.abc import Iterator

from django.db import connection, transaction
from django.db.migrations.executor import MigrationExecutor
from django.utils import timezone

from intmk.doctor.findings import Finding, green, red, yellow
from intmk.language.wording import first_named
from intmk.server.site_identity import SiteIdentity

VERSIONS = range(15, 19)
ENCRYPT = "An DATABASE_URL hängen: ?sslmode=verify-full&sslrootcert=… (docs/betrieb.md, „Eine eigene Datenbank“)."
CLOCKS_APART = 5  # seconds


def it_answers() -> Iterator[Finding]:
    """Look at version, character set and rights."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT current_setting('server_version'), current_setting('server_version_num')::int / 10000,"
            " current_setting('server_encoding'), has_schema_privilege(current_schema(), 'CREATE'),"
            " has_database_privilege(current_database(), 'CREATE')"
        )
        name, version, encoding, makes_tables, makes_extensions = cursor.fetchone()
    if version in VERSIONS:
        yield green(f"PostgreSQL {name} antwortet.")
    else:
        say = red if version < VERSIONS.start else yellow
        yield say(f"PostgreSQL {name} ist nicht erprobt.", "Eine Version von 15 bis 18 nehmen.")
    if encoding != "UTF8":
        yield red(f"Die Datenbank speichert Text als {encoding}.", "Sie in UTF-8 anlegen, die Sicherung einspielen.")
    if not (makes_tables and makes_extensions):
        yield red(
            "Dem Konto der Datenbank fehlen Rechte, um sie auf einen neuen Stand zu bringen.",
            "ALTER DATABASE … OWNER TO … für das Konto aus DATABASE_URL.",
        )


def nobody_reads_along() -> Iterator[Finding]:
    """Look whether the connection is encrypted, where it leaves this machine, and whether its other end is known."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT inet_server_addr() IS DISTINCT FROM inet_client_addr()")
        (is_elsewhere,) = cursor.fetchone()
    is_known = connection.settings_dict["OPTIONS"].get("sslmode") == "verify-full"
    if not connection.connection.pgconn.ssl_in_use:
        if is_elsewhere:
            yield yellow("Die Verbindung zu einem anderen Rechner ist nicht verschlüsselt.", ENCRYPT)
    elif is_known:
        yield green("Die Verbindung ist verschlüsselt, das Zertifikat geprüft.")
    elif is_elsewhere:
        yield yellow("Die Verbindung ist verschlüsselt, aber niemand prüft, wer dort antwortet.", ENCRYPT)


def nothing_is_missing() -> Iterator[Finding]:
    """Look whether all migrations have been applied, and none that this program does not know."""
    executor = MigrationExecutor(connection)
    plan = executor.migration_plan(executor.loader.graph.leaf_nodes())
    names = [f"{migration.app_label}.{migration.name}" for migration, _ in plan]
    applied, known = executor.loader.applied_migrations, executor.loader.disk_migrations
    apps = {app for app, _ in known}
    unknown = sorted(f"{app}.{name}" for app, name in applied if app in apps and (app, name) not in known)
    if names:
        yield red(f"Migrationen fehlen: {first_named(names)}", ".venv/bin/python manage.py prepare")
    elif unknown:
        yield red(
            f"Die Datenbank ist neuer als das Programm: {first_named(unknown)}",
            "Das Programm auf den Stand bringen, der sie angelegt hat, oder eine Sicherung von vorher einspielen.",
        )
    else:
        yield green("Alle Migrationen sind angewandt.")


def it_takes_changes() -> Iterator[Finding]:
    """Write a row and take it back."""
    try:
        with transaction.atomic():
            SiteIdentity.objects.create(pk=2)
            transaction.set_rollback(True)
    except Exception as error:
        reason = str(error).splitlines()[0]
        yield red(f"Die Datenbank nimmt keine Änderungen an: {reason}", "Platz und Schreibschutz der Datenbank prüfen.")
    else:
        yield green("Die Datenbank nimmt Änderungen an.")


def its_clock_is_ours() -> Iterator[Finding]:
    """Compare its time with that of this machine; where both are one machine, they agree."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT clock_timestamp()")
        (there,) = cursor.fetchone()
    apart = abs((timezone.now() - there).total_seconds())
    if apart > CLOCKS_APART:
        yield red(
            f"Die Uhren von Datenbank und Website gehen um {apart:.0f} Sekunden auseinander.",
            "Auf beiden Rechnern die Zeit stellen lassen: timedatectl set-ntp true",
        )
