"""Brings a site back from a backup, or tries out whether that would go.

All is checked before anything changes: first each byte of the file, then its database, in a server of its own
(`scratch`), where it is counted, compared with the manifest and brought up to the state of this program. Only what
came through all that takes the place of the site: see `interrupted_restore` for how this is all or nothing.
"""

import contextlib
import secrets
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from uuid import UUID

from django.conf import settings
from django.contrib.sessions.models import Session
from django.core.management import call_command
from django.db import connection
from django.db.migrations.loader import MigrationLoader
from django.template.defaultfilters import filesizeformat

from intmk.backup import database, encryption, scratch
from intmk.backup.archive import DUMP, MEDIA, Archive, BackupError, Member
from intmk.backup.making import secret_mark
from intmk.media.orphans import FOLDERS, named_files, stored_files
from intmk.server import direct_connection, installation, interrupted_restore, restore_in_bucket, table_statistics
from intmk.server.direct_connection import PREPARING, alone
from intmk.server.media_place import bucket
from intmk.server.media_settings import KEY_FILE
from intmk.server.serve import only_one
from intmk.server.site_identity import SiteIdentity
from intmk.server.web_server import ServeError

RESERVE = 200 * 1024 * 1024
DATABASE_FACTOR = 3  # of the size of a database: for trying it out, its text, and itself


@dataclass
class Checked:
    """A backup that came through all checks: its manifest, and what became of it on the way."""

    manifest: dict[str, Any]
    migrated: int = 0
    locked: list[str] = field(default_factory=list)
    other_secret: bool = False


# Locks accounts that are only for trying out, in production, and returns their names: a floor above knows them.
Lock = Callable[[], list[str]]


def verify(path: Path, identity: Path | None = None) -> Checked:
    """Restore a backup where nobody sees it and compare all rows and files with its manifest; raise BackupError."""
    with scratch.folder() as place, opened(path, identity, place) as archive:
        refuse_newer(archive.manifest)
        refuse_lack_of_space(archive, [])
        dump = place / DUMP
        archive.unpack(lambda member: dump if member.name == DUMP else None)
        with scratch.restored(dump, place) as found, scratch.connected_to(found):
            return try_out(archive, found)


def restore_backup(path: Path, replace: bool, lock_demo_accounts: Lock, identity: Path | None = None) -> Checked:
    """Put the site of a backup in the place of this one, which has to be empty unless `replace`.

    Raises BackupError, and then nothing has changed.
    """
    media, in_bucket = Path(settings.MEDIA_ROOT), bucket()
    with unserved(), scratch.folder() as place, opened(path, identity, place) as archive:
        refuse_newer(archive.manifest)
        token = secrets.token_hex(8)
        end_restore(token)
        refuse_site_that_is_there(replace)
        refuse_lack_of_space(archive, [Path(settings.VAR) if in_bucket else media])
        staged = (place if in_bucket else media) / f"{interrupted_restore.STAGED}{token}"
        try:
            dump = place / DUMP
            stage(archive, staged, dump)
            with scratch.restored(dump, place) as found:
                with scratch.connected_to(found):
                    checked = try_out(archive, found)
                    settle_in(checked, lock_demo_accounts)
                database.dump(found, dump)
            if in_bucket:
                restore_in_bucket.bring(in_bucket, staged, token)
            script = place / "database.sql"
            database.as_sql(dump, script)
            connection.close()
            with (
                alone(PREPARING, connection.settings_dict, lambda line: None),
                direct_connection.connect(connection.settings_dict) as target,
            ):
                database.replace(target, script, interrupted_restore.mark_statement(token))
        finally:
            end_restore(token)
    table_statistics.renew()
    return checked


def end_restore(token: str) -> None:
    """Bring a restore to its end, or clear away what it brought: this one, or one that was killed."""
    if in_bucket := bucket():
        restore_in_bucket.finish_in_bucket(in_bucket, connection.settings_dict, token)
    else:
        interrupted_restore.finish(Path(settings.MEDIA_ROOT), Path(settings.QUARANTINE_ROOT), connection.settings_dict)


@contextlib.contextmanager
def opened(path: Path, identity: Path | None, place: Path) -> Iterator[Archive]:
    """Yield the archive in a file, decrypted if need be; raise BackupError with the name of the file in it."""
    try:
        if encryption.is_encrypted(path):
            plain = place / "backup.tar"
            encryption.decrypt(path, identity, plain)
            path = plain
        with path.open("rb") as file:
            archive = Archive(file)
            refuse_strange(archive.manifest)
            yield archive
    except FileNotFoundError as error:
        raise BackupError(f"Die Datei {error.filename} gibt es nicht.") from error
    except (IsADirectoryError, PermissionError) as error:
        raise BackupError(f"{error.filename} lässt sich nicht lesen.") from error


@contextlib.contextmanager
def unserved() -> Iterator[None]:
    """Keep the site from being started while the block runs; raise BackupError while it is served, from here."""
    try:
        with only_one(settings.VAR, "Eine Wiederherstellung"):
            yield
    except ServeError as error:
        raise BackupError(f"{error} Bitte zuerst beenden (Strg+C oder systemctl stop intmk).") from error


def refuse_strange(manifest: dict[str, Any]) -> None:
    """Raise BackupError for a manifest that does not say what each backup says."""
    try:
        UUID(manifest["key"])
        int(manifest["database_bytes"])
        lists = [(app + name) for app, name in manifest["migrations"]] + [name + "" for name in manifest["missing"]]
        rows = [int(number) for number, _ in manifest["tables"].values()]
        known = [*lists, *rows, *manifest["counts"].items(), *(manifest[name] for name in ("made", "site", "postgres"))]
    except (AttributeError, KeyError, TypeError, ValueError):
        known = []
    if not known:
        raise BackupError("Die Sicherung ist nicht, was sie sein soll: Ihr Verzeichnis ist unvollständig.")


def refuse_newer(manifest: dict[str, Any]) -> None:
    """Raise BackupError for a backup of a program that knows more migrations than this one."""
    known = MigrationLoader(None, ignore_no_migrations=True).disk_migrations
    if unknown := [f"{app}.{name}" for app, name in manifest["migrations"] if (app, name) not in known]:
        raise BackupError(
            f"Die Sicherung stammt von einem neueren Stand des Programms ({unknown[-1]} ist hier nicht bekannt); "
            "bitte zuerst das Programm auf diesen Stand bringen."
        )


def migrations_lacking(manifest: dict[str, Any]) -> list[tuple[str, str]]:
    """Return the migrations of this program that a backup of an earlier one has not had."""
    loader = MigrationLoader(None, ignore_no_migrations=True)
    had = {tuple(each) for each in manifest["migrations"]}
    replaced = {key for key, each in loader.replacements.items() if had & set(each.replaces)}
    return sorted(set(loader.disk_migrations) - had - replaced)


def refuse_site_that_is_there(replace: bool) -> None:
    """Raise BackupError when there is a site that nobody wants to replace, or somebody works with its database."""
    with direct_connection.connect(connection.settings_dict) as target:
        connection.close()
        is_empty = database.is_empty(target) and not stored_files()
        if not is_empty and not replace:
            raise BackupError(
                "Hier gibt es schon eine Website. Soll die Sicherung an ihre Stelle treten: mit --replace aufrufen."
            )
        if number := database.others(target):
            raise BackupError(
                f"Die Datenbank wird noch benutzt, von {number} weiteren Verbindungen; bitte beenden, was sie benutzt."
            )


def refuse_lack_of_space(archive: Archive, folders: list[Path]) -> None:
    """Raise BackupError when a disk has too little room for what is to be unpacked."""
    files = sum(member.size for member in archive.members if member.name != DUMP)
    needed = DATABASE_FACTOR * int(archive.manifest["database_bytes"]) + archive.members[0].size + RESERVE
    for folder, number in [(settings.VAR, needed + files * bool(folders)), *((each, files) for each in folders)]:
        folder.mkdir(parents=True, exist_ok=True)
        free = shutil.disk_usage(folder).free
        if free < number:
            raise BackupError(
                f"In {folder} sind nur {filesizeformat(free)} frei; gebraucht werden {filesizeformat(number)}."
            )


def stage(archive: Archive, staged: Path, dump: Path) -> None:
    """Unpack an archive: its files into a new folder, with the key of its site, and its dump."""
    for folder in FOLDERS:
        (staged / folder).mkdir(parents=True)

    def place(member: Member) -> Path:
        if member.name == DUMP:
            return dump
        name = member.name.removeprefix(MEDIA)
        if name.partition("/")[0] not in FOLDERS:
            raise BackupError(f"Das ist keine Sicherung dieser Website: {member.name} gehört nicht hinein.")
        return staged / name

    archive.unpack(place)
    for path in staged.glob("*/*"):
        path.chmod(settings.FILE_UPLOAD_PERMISSIONS)
    (staged / KEY_FILE).write_text(f"{archive.manifest['key']}\n")


def try_out(archive: Archive, found: dict[str, Any]) -> Checked:
    """Compare a restored database with the manifest and bring it up to the state of this program; raise BackupError.

    Django works on it meanwhile.
    """
    manifest = archive.manifest
    with direct_connection.connect(found) as server:
        differing = database.differences(manifest["tables"], database.census(server))
    if differing:
        raise BackupError(f"Die Sicherung ist nicht, was sie sein soll: Tabellen weichen ab ({', '.join(differing)}).")
    checked = Checked(manifest, migrated=len(migrations_lacking(manifest)))
    if checked.migrated:
        call_command("migrate", interactive=False, verbosity=0)
    files = {member.name.removeprefix(MEDIA) for member in archive.members[1:]} | set(manifest["missing"])
    if lacking := sorted(named_files() - files):
        raise BackupError(f"Die Sicherung ist nicht vollständig: Ihr fehlen {len(lacking)} Dateien ({lacking[0]}, …).")
    if str(SiteIdentity.objects.get().key) != manifest["key"]:
        raise BackupError("Die Sicherung ist nicht, was sie sein soll: Datenbank und Verzeichnis sind zweier Websites.")
    return checked


def settle_in(checked: Checked, lock_demo_accounts: Lock) -> None:
    """Make of the database one of this place; nobody uses it yet.

    Whoever was signed in then is not now. The mark of a finished preparation goes: the next start looks through it all.
    """
    ours = {secret_mark(key) for key in (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)}
    checked.other_secret = checked.manifest.get("secret") not in ours
    Session.objects.all().delete()
    trying_out = installation.is_for_trying_out(settings)
    SiteIdentity.objects.update(production=not trying_out)
    if not trying_out:
        checked.locked = lock_demo_accounts()
    with connection.cursor() as cursor:
        cursor.execute("COMMENT ON TABLE django_migrations IS NULL")
