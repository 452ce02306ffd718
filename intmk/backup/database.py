# ruff: noqa: S603 - the programs that are called here are named here, not by input
"""Databases as a whole: out by pg_dump, in by plain SQL in one transaction, and what is in them.

The programs are those of PostgreSQL 18 that come with the embedded database: pg_dump refuses a server newer than
itself, so Debian's would not do. They know no TLS; for a connection that has it Debian's are taken, if new enough. A
dump goes into the target by psycopg and not by psql: with the options of the site's own connection, without settings
that an older server does not know, and without psql's commands, which would run programs.
"""

import os
import re
import subprocess
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, BinaryIO

import psycopg
from psycopg import sql
from psycopg.conninfo import make_conninfo

from intmk.backup.archive import BackupError
from intmk.server import direct_connection, embedded_postgres
from intmk.server.postgres_cluster import decisive_line

EXTENSIONS = ("pg_trgm",)  # those of our migrations; the server has to offer them
OURS = "public"
DEBIAN = Path("/usr/lib/postgresql")
# Not of the site: whoever owns the server decides on them.
FOREIGN_ENTRIES = re.compile(r"\d+; \d+ \d+ (EXTENSION|SCHEMA|COMMENT - (EXTENSION|SCHEMA)|ACL|DEFAULT ACL) ")
SETTING = re.compile(rb"SET (\w+) = ")
COPY = re.compile(rb"COPY .* FROM stdin;\n")
RESTRICTION = (b"\\restrict ", b"\\unrestrict ")
LOCK_TIMEOUT = "60s"

TABLES = """
    SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind = 'r' ORDER BY relname
"""
# A sum does not depend on the order of the rows, nor a text of a row on version or settings, once these are the same.
ROWS = """
    SELECT count(*), coalesce(
        sum(('x' || left(encode(sha256(convert_to(t::text, 'UTF8')), 'hex'), 15))::bit(60)::bigint), 0
    )::text FROM {} t
"""
SAME_TEXT = {"TimeZone": "UTC", "DateStyle": "ISO, YMD", "IntervalStyle": "iso_8601", "extra_float_digits": "1"}
# All that is ours in the schema: not what belongs to an extension. Most sequences have gone with their tables.
TO_DROP = """
    SELECT format('DROP %s %s CASCADE', kind, name) FROM (
        SELECT oid, 'pg_class'::regclass AS catalog, oid::regclass::text AS name,
            CASE relkind WHEN 'S' THEN 2 ELSE 1 END AS place,
            CASE relkind WHEN 'v' THEN 'VIEW' WHEN 'm' THEN 'MATERIALIZED VIEW' WHEN 'S' THEN 'SEQUENCE'
                WHEN 'f' THEN 'FOREIGN TABLE' ELSE 'TABLE' END || ' IF EXISTS' AS kind
        FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p', 'v', 'm', 'S', 'f')
        UNION ALL
        SELECT oid, 'pg_proc'::regclass, oid::regprocedure::text, 3,
            CASE prokind WHEN 'a' THEN 'AGGREGATE' WHEN 'p' THEN 'PROCEDURE' ELSE 'FUNCTION' END || ' IF EXISTS'
        FROM pg_proc WHERE pronamespace = 'public'::regnamespace
        UNION ALL
        SELECT oid, 'pg_type'::regclass, oid::regtype::text, 4, 'TYPE IF EXISTS'
        FROM pg_type WHERE typnamespace = 'public'::regnamespace AND typtype IN ('d', 'e', 'r')
    ) AS ours
    WHERE NOT EXISTS (
        SELECT FROM pg_depend WHERE deptype = 'e' AND pg_depend.objid = ours.oid AND pg_depend.classid = ours.catalog
    )
    ORDER BY place
"""


def dump(database: Mapping[str, Any], target: Path, snapshot: str = "") -> None:
    """Write all that is ours in a database to a file, as of a snapshot that somebody exports; raise BackupError."""
    options = ["--format=custom", "--compress=6", f"--schema={OURS}", "--no-owner", "--no-privileges"]
    options += [f"--snapshot={snapshot}"] if snapshot else []
    with direct_connection.connect(database) as probe:
        program = client_program("pg_dump", probe.info.server_version // 10000, bool(probe.pgconn.ssl_in_use))
    run_program([program, *options, f"--file={target}"], database)


def client_program(name: str, server: int, with_tls: bool) -> Path:
    """Return the path of one of PostgreSQL's programs for a server of this major version."""
    if not with_tls:
        return embedded_postgres.program(name)
    versions = sorted(int(path.name) for path in DEBIAN.glob("[0-9]*") if (path / "bin" / name).exists())
    fitting = [version for version in versions if version >= server]
    if not fitting:
        raise BackupError(
            f"Die Datenbank verlangt TLS, und dafür fehlt {name} ab Version {server}: "
            f"bitte das Paket postgresql-client-{server} installieren."
        )
    return DEBIAN / str(fitting[0]) / "bin" / name


def run_program(command: list[Any], database: Mapping[str, Any] | None = None) -> str:
    """Run one of PostgreSQL's programs and return what it prints; the password stands in no list of processes."""
    environment = {"PATH": os.defpath, "LC_ALL": "C.UTF-8", "PGAPPNAME": "intmk backup"}
    if database is not None:
        address = direct_connection.libpq_parameters(database)
        environment["PGPASSWORD"] = str(address.pop("password", ""))
        command = [*command, f"--dbname={make_conninfo(**address)}"]
    done = subprocess.run(command, env=environment, stdin=subprocess.DEVNULL, capture_output=True, check=False)
    if done.returncode != 0:
        name, reason = Path(command[0]).name, decisive_line(done.stderr.decode(errors="replace"))
        raise BackupError(f"{name} ist gescheitert: {reason}")
    return done.stdout.decode(errors="replace")


def restorable_contents(dump_file: Path, target: Path) -> Path:
    """Write the list of what of a dump is to be restored; raise BackupError for a file that is no dump."""
    lines = run_program([embedded_postgres.program("pg_restore"), "--list", dump_file]).splitlines(keepends=True)
    target.write_text("".join(line for line in lines if not FOREIGN_ENTRIES.match(line)), encoding="utf-8")
    return target


def as_sql(dump_file: Path, target: Path) -> None:
    """Write a dump as plain SQL."""
    listed = restorable_contents(dump_file, target.with_suffix(".list"))
    options = ["--no-owner", "--no-privileges", f"--use-list={listed}", f"--file={target}"]
    run_program([embedded_postgres.program("pg_restore"), *options, dump_file])


def replace(connection: psycopg.Connection, script: Path, last: sql.Composed) -> None:
    """Put the content of a script (`as_sql`) in place of all that is ours, in one transaction; `last` is run in it.

    Raises BackupError, and then nothing has changed.
    """
    try:
        with connection.transaction():
            connection.execute(f"SET LOCAL lock_timeout = '{LOCK_TIMEOUT}'")
            for (statement,) in connection.execute(TO_DROP).fetchall():
                connection.execute(statement)
            for extension in EXTENSIONS:
                name = sql.Identifier(extension)
                connection.execute(sql.SQL("CREATE EXTENSION IF NOT EXISTS {} WITH SCHEMA public").format(name))
            known = {name.encode() for (name,) in connection.execute("SELECT name FROM pg_settings").fetchall()}
            with script.open("rb") as file:
                run_script(connection, file, known)
            connection.execute(last)
    except psycopg.Error as error:
        reason = str(error).partition("\n")[0]
        raise BackupError(f"Die Datenbank nimmt die Sicherung nicht an: {reason}") from error
    finally:
        if not connection.closed:
            connection.execute("RESET ALL")  # a dump sets e.g. search_path


def run_script(connection: psycopg.Connection, file: BinaryIO, known: set[bytes]) -> None:
    """Run a script of pg_dump: statements as they come, and rows by COPY."""
    statements: list[bytes] = []
    begun = False  # before the first object there are settings only

    def flush() -> None:
        if text := b"".join(statements).strip():
            connection.execute(text)
        statements.clear()

    for line in file:
        setting = None if begun else SETTING.match(line)
        begun = begun or line.startswith((b"CREATE ", b"COPY ", b"ALTER "))
        if line.startswith(RESTRICTION) or (setting and setting[1] not in known):
            continue
        if not COPY.fullmatch(line):
            statements.append(line)
            continue
        flush()
        with connection.cursor() as cursor, cursor.copy(line.rstrip(b";\n")) as copy:
            for row in file:
                if row == b"\\.\n":
                    break
                copy.write(row)
    flush()


def census(connection: psycopg.Connection) -> dict[str, list[Any]]:
    """Return for each table how many rows it has and a sum over their contents, whatever version the server is."""
    with connection.transaction():
        for name, value in SAME_TEXT.items():
            connection.execute("SELECT set_config(%s, %s, true)", [name, value])
        tables = [name for (name,) in connection.execute(TABLES).fetchall()]
        return {name: list(count_and_sum(connection, name)) for name in tables}


def count_and_sum(connection: psycopg.Connection, table: str) -> tuple[int, str]:
    """Return number and sum for one table."""
    query = sql.SQL(ROWS).format(sql.Identifier(OURS, table))
    return connection.execute(query).fetchone() or (0, "")


def differences(wanted: Mapping[str, Any], found: Mapping[str, Any]) -> list[str]:
    """Return the names of the tables that are not the same in both."""
    return sorted(name for name in {*wanted, *found} if list(wanted.get(name, ())) != list(found.get(name, ())))


def is_empty(connection: psycopg.Connection) -> bool:
    """Say whether a database has no table of anybody."""
    return not connection.execute(TABLES).fetchall()


def others(connection: psycopg.Connection) -> int:
    """Return how many further connections use the database."""
    row = connection.execute(
        "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
        " AND backend_type = 'client backend'"
    ).fetchone()
    return row[0] if row else 0


Say = Callable[[str], object]
