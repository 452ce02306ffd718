"""Whether a release can go on working with a database that a later one has prepared.

While a new release takes over, the former one still serves, and goes on if the new one fails. It knows nothing of what
has been added, so that is no hindrance unless the database asks for it at each write; what is gone it will miss.
"""

from dataclasses import dataclass
from typing import Any

import psycopg
from psycopg import sql
from psycopg.types.json import Jsonb

COLUMNS = """
    SELECT table_name, column_name, data_type,
           is_nullable = 'NO' AND column_default IS NULL AND is_identity = 'NO' AND is_generated = 'NEVER'
    FROM information_schema.columns JOIN information_schema.tables USING (table_schema, table_name)
    WHERE table_schema = current_schema() AND table_type = 'BASE TABLE'
"""
# Uniqueness, checks and exclusions: what may refuse a row that was good before.
LIMITS = """
    SELECT conrelid::regclass::text, conname,
           ARRAY(SELECT attname::text FROM pg_attribute WHERE attrelid = conrelid AND attnum = ANY (conkey))
    FROM pg_constraint WHERE contype IN ('c', 'u', 'x') AND connamespace = current_schema()::regnamespace
"""


@dataclass(frozen=True)
class Schema:
    """The columns of a database, with type and whether each write has to name them, and the limits on them."""

    columns: dict[tuple[str, str], tuple[str, bool]]
    limits: dict[tuple[str, str], list[str]]

    def tables(self) -> set[str]:
        """Return the names of the tables."""
        return {table for table, _ in self.columns}


def read_schema(connection: psycopg.Connection) -> Schema:
    """Return what this database demands of who writes to it."""
    columns = {(table, name): (kind, required) for table, name, kind, required in connection.execute(COLUMNS)}
    limits = {(table.strip('"'), name): names for table, name, names in connection.execute(LIMITS)}
    return Schema(columns, limits)


def hindrances(before: Schema, after: Schema) -> list[str]:
    """Return, in German, why who works with the schema `before` cannot work with `after`; nothing if it can."""
    found = []
    for (table, name), (kind, required) in before.columns.items():
        kind_then, required_then = after.columns.get((table, name), ("", False))
        if not kind_then:
            found.append(f"{table}.{name} fällt weg")
        elif kind_then != kind:
            found.append(f"{table}.{name} wird {kind_then}")
        elif required_then and not required:
            found.append(f"{table}.{name} darf nicht mehr leer sein")
    for table, name in required_and_new(before, after):
        found.append(f"{table}.{name} ist neu, und jeder Eintrag muss es nennen")
    for (table, limit), names in after.limits.items():
        if (table, limit) not in before.limits and all((table, name) in before.columns for name in names):
            found.append(f"{table} bekommt die Bedingung {limit}")
    return sorted(found)


def required_and_new(before: Schema, after: Schema) -> list[tuple[str, str]]:
    """Return the new columns of former tables that each write has to name."""
    tables = before.tables()
    return [
        (table, name)
        for (table, name), (_, required) in after.columns.items()
        if required and table in tables and (table, name) not in before.columns
    ]


def give_defaults(connection: psycopg.Connection, before: Schema, defaults: dict[tuple[str, str], Any]) -> None:
    """Let the database fill new columns by itself, so that a release can write that does not know them.

    `defaults` has, by table and column, what the new release would write itself.
    """
    for table, name in required_and_new(before, read_schema(connection)):
        if (value := defaults.get((table, name))) is not None:
            given = Jsonb(value) if isinstance(value, dict | list) else value
            connection.execute(
                sql.SQL("ALTER TABLE {} ALTER COLUMN {} SET DEFAULT {}").format(
                    sql.Identifier(table), sql.Identifier(name), sql.Literal(given)
                )
            )
