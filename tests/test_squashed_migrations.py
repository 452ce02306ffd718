"""New databases take the squashed migrations, older ones go on by those that are replaced, and both become the same."""

import pytest
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder

from intmk.server import page_triggers

OURS = ("conferences", "history", "intmk", "users")
# What says how a table is made, but for the order of its columns, and what belongs to an extension.
# Without brackets and casts in indexes: what has been in a dump has them in other places.
SCHEMA = r"""
SELECT table_name, column_name, data_type, udt_name, character_maximum_length::text, is_nullable, column_default,
    collation_name, identity_generation FROM information_schema.columns WHERE table_schema = 'public'
UNION ALL SELECT conrelid::regclass::text, conname, pg_get_constraintdef(oid), '', '', '', '', '', ''
    FROM pg_constraint WHERE connamespace = 'public'::regnamespace
UNION ALL SELECT tablename, indexname, regexp_replace(indexdef, '[()]|::(text|character varying)(\[\])?', '', 'g'),
    '', '', '', '', '', '' FROM pg_indexes WHERE schemaname = 'public'
UNION ALL SELECT tgrelid::regclass::text, tgname, pg_get_triggerdef(oid), '', '', '', '', '', ''
    FROM pg_trigger WHERE NOT tgisinternal
UNION ALL SELECT proname, pg_get_functiondef(oid), '', '', '', '', '', '', '' FROM pg_proc
    WHERE pronamespace = 'public'::regnamespace AND oid NOT IN (SELECT objid FROM pg_depend WHERE deptype = 'e')
UNION ALL SELECT extname, '', '', '', '', '', '', '', '' FROM pg_extension
"""


class Unsquashed(MigrationLoader):
    """All migrations but our own squashed ones."""

    def load_disk(self) -> None:
        super().load_disk()
        for key, migration in list(self.disk_migrations.items()):
            if key[0] in OURS and migration.replaces:
                del self.disk_migrations[key]


def schema() -> set[tuple[str, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(SCHEMA)
        return set(cursor.fetchall())


def replaced() -> list[tuple[str, str]]:
    migrations = MigrationLoader(None).disk_migrations
    return [key for (app, _), squashed in migrations.items() if app in OURS for key in squashed.replaces]


def later() -> set[tuple[str, str]]:
    """The migrations that came after the squashed ones."""
    migrations = MigrationLoader(None).disk_migrations
    return {key for key, found in migrations.items() if key[0] in OURS and not found.replaces} - {*replaced()}


def plan() -> list[tuple[str, str]]:
    executor = MigrationExecutor(connection)
    planned = executor.migration_plan(executor.loader.graph.leaf_nodes())
    return [(migration.app_label, migration.name) for migration, _ in planned]


FIRST = {"users": 1, "intmk": 2, "conferences": 2, "history": 2}
UNMENDED = {"intmk": 14, "conferences": 12}  # most tables are there, but much of the content is still to be mended


@pytest.mark.parametrize("last", [FIRST, UNMENDED])
@pytest.mark.django_db
def test_a_database_that_stands_among_the_replaced_migrations_goes_on_by_them(last):
    still_to_come = {(app, name) for app, name in replaced() if int(name[:4]) > last.get(app, 99)} | later()
    recorded = MigrationRecorder.Migration.objects.filter(app__in=OURS)
    recorded.filter(name__contains="_squashed_").delete()
    for app, name in still_to_come:
        recorded.filter(app=app, name=name).delete()
    planned = plan()
    assert len(planned) == len(still_to_come)
    assert set(planned) == still_to_come
    # It asks for tables of `conferences`, on which no migration of `intmk` can depend.
    assert planned.index(("intmk", "0018_own_words")) > planned.index(("conferences", "0016_source_file_withheld"))


@pytest.mark.django_db
def test_a_database_with_all_replaced_migrations_has_nothing_to_do():
    MigrationRecorder.Migration.objects.filter(app__in=OURS, name__contains="_squashed_").delete()
    assert plan() == []


@pytest.mark.audit
def test_the_replaced_migrations_make_the_same_tables_as_the_squashed_ones(own_database):
    squashed = schema()
    with connection.cursor() as cursor:
        cursor.execute("DROP SCHEMA public CASCADE")
        cursor.execute("CREATE SCHEMA public")
    executor = MigrationExecutor(connection)
    executor.loader = Unsquashed(connection)
    executor.migrate(executor.loader.graph.leaf_nodes())
    page_triggers.install_triggers()  # as after the command
    assert MigrationRecorder(connection).applied_migrations().keys() >= set(replaced())
    assert schema() == squashed
