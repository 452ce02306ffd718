"""Triggers on all tables that readers see something of, so that whatever writes is noticed: also psql and a restore.

They notify in the transaction that writes: others hear of it at its commit, and never without one. PostgreSQL sends
one notification for a transaction, however much it writes. Which tables follows from the models; one that nobody has
thought of counts as seen. Statements that change no row are reported, too: to know better would cost each of them.
Those that write nothing but what readers never see are not: while an official types, a draft is stored every few
seconds, and readers of all pages would wait for it.
"""

from typing import Any

from django.apps import apps
from django.db import connections, models

CHANNEL = "page_changes"
# A dump restored over the tables puts others in their place, with other numbers.
INSTALLED = f"SELECT count(*), sum(tgrelid::bigint) FROM pg_trigger WHERE tgname = '{CHANNEL}' AND tgenabled = 'A'"  # noqa: S608
# Of these readers see nothing. Models of our own say so themselves: `seen_by_readers = False`.
UNSEEN_APPS = {"account", "admin", "auth", "mfa", "sessions", "users", "wagtailadmin", "wagtailsearch", "wagtailusers"}
UNSEEN_TABLES = {
    "wagtailcore_comment", "wagtailcore_commentreply", "wagtailcore_groupapprovaltask",
    "wagtailcore_groupapprovaltask_groups", "wagtailcore_groupcollectionpermission", "wagtailcore_grouppagepermission",
    "wagtailcore_groupsitepermission", "wagtailcore_modellogentry", "wagtailcore_pagelogentry",
    "wagtailcore_pagesubscription", "wagtailcore_revision", "wagtailcore_task", "wagtailcore_taskstate",
    "wagtailcore_uploadedfile", "wagtailcore_workflow", "wagtailcore_workflowcontenttype", "wagtailcore_workflowpage",
    "wagtailcore_workflowstate", "wagtailcore_workflowtask",
}  # fmt: skip
# What is written of a page that stays, for readers, what it was: with each draft, and when it is locked for others.
UNSEEN_COLUMNS = {
    "wagtailcore_page": {
        "draft_title", "has_unpublished_changes", "latest_revision_created_at", "latest_revision_id",
        "locked", "locked_at", "locked_by_id",
    },
}  # fmt: skip
# Bits of pg_trigger.tgtype. The version of a picture is stored by who first gets to see it, and changes nothing.
EVENTS = {"INSERT": 4, "DELETE": 8, "UPDATE": 16, "TRUNCATE": 32}
MADE_WHILE_READ = {"intmk_siterendition", "wagtailimages_rendition"}
FUNCTION = f"""
CREATE OR REPLACE FUNCTION {CHANNEL}() RETURNS trigger LANGUAGE plpgsql AS
$$ BEGIN NOTIFY {CHANNEL}; RETURN NULL; END $$
"""


def is_seen(model: type[models.Model]) -> bool:
    """Say whether readers may see something of the table of a model."""
    meta = model._meta
    is_own = meta.managed and not meta.proxy and not meta.swapped
    unseen = meta.app_label in UNSEEN_APPS or meta.db_table in UNSEEN_TABLES
    return is_own and not unseen and getattr(model, "seen_by_readers", True)


def watched() -> dict[str, int]:
    """Return the tables that get a trigger, each with the bits of what it tells of."""
    tables = [model._meta.db_table for model in apps.get_models(include_auto_created=True) if is_seen(model)]
    return {table: sum(events_of(table).values()) for table in tables}


def events_of(table: str) -> dict[str, int]:
    return {name: bit for name, bit in EVENTS.items() if name != "INSERT" or table not in MADE_WHILE_READ}


def install_triggers(using: str = "default", **kwargs: Any) -> None:
    """Give each table of readers its trigger, and take it from the others; what is right already stays untouched."""
    connection = connections[using]
    with connection.cursor() as cursor:
        existing = set(connection.introspection.table_names(cursor))
        wanted = {table: (bits, seen_columns(cursor, table)) for table, bits in watched().items() if table in existing}
        cursor.execute(
            "SELECT relname, tgtype, ARRAY(SELECT attname::text FROM pg_attribute"
            " WHERE attrelid = tgrelid AND attnum = ANY(tgattr) ORDER BY attname)"
            " FROM pg_trigger JOIN pg_class ON pg_class.oid = tgrelid"
            " WHERE tgname = %s AND tgenabled = 'A' AND pg_table_is_visible(tgrelid)",
            [CHANNEL],
        )
        installed = {table: (bits, columns) for table, bits, columns in cursor.fetchall()}
        if installed == wanted:
            return
        cursor.execute(FUNCTION)
        for table in wanted.keys() | installed.keys():
            name = connection.ops.quote_name(table)
            if installed.get(table) == wanted.get(table):
                continue
            cursor.execute(f"DROP TRIGGER IF EXISTS {CHANNEL} ON {name}")
            if table in wanted:
                columns = ", ".join(map(connection.ops.quote_name, wanted[table][1]))
                events = " OR ".join(events_of(table))
                if columns:
                    events = events.replace("UPDATE", f"UPDATE OF {columns}")
                cursor.execute(
                    f"CREATE TRIGGER {CHANNEL} AFTER {events} ON {name} FOR EACH STATEMENT EXECUTE FUNCTION {CHANNEL}()"
                )
                # Also where rows are put back with triggers off: pg_restore --disable-triggers, replication.
                cursor.execute(f"ALTER TABLE {name} ENABLE ALWAYS TRIGGER {CHANNEL}")
        cursor.execute(f"NOTIFY {CHANNEL}")


def seen_columns(cursor: Any, table: str) -> list[str]:
    """Return, as the table is now, the columns of which a change is told, by their names; none where it is of all."""
    if table not in UNSEEN_COLUMNS:
        return []
    cursor.execute(
        "SELECT attname::text FROM pg_attribute WHERE attrelid = %s::regclass AND attnum > 0 AND NOT attisdropped"
        " ORDER BY attname",
        [table],
    )
    return [name for (name,) in cursor.fetchall() if name not in UNSEEN_COLUMNS[table]]
