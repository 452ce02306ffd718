"""Each table that readers see something of tells of changes at their commit, whoever makes them."""

import contextlib
import json
import threading

import psycopg
import pytest
from django.core.management import call_command
from django.db import connection, transaction
from django.test import Client

from intmk.pages.models import StandardPage
from intmk.server import unavailable
from intmk.server.page_changes import MAINTENANCE, Changes
from intmk.server.page_triggers import CHANNEL, install_triggers, watched
from intmk.users.models import User
from tests.databases import connection_parameters
from tests.editing import edit_url, give_chair, page_form
from tests.processes import wait_until

# Each is here because readers see nothing of it; whoever adds a table to it has asked that.
UNSEEN = {
    "account", "auth", "conferences_chairpreparation", "conferences_handover", "conferences_keptform",
    "conferences_preparedperson", "django_session", "intmk_barrier", "intmk_clockrun", "intmk_draftentry",
    "intmk_loadedcontent", "intmk_outgoinglink", "intmk_photobatch", "intmk_previewlink", "intmk_proposal",
    "intmk_siteidentity", "intmk_trasheditem", "intmk_waitingphoto", "mfa", "users", "wagtailadmin", "wagtailcore",
    "wagtailsearch", "wagtailusers",
}  # fmt: skip
SEEN = {
    "wagtailcore_page", "wagtailcore_site", "wagtailcore_locale", "wagtailcore_collection",
    "wagtailcore_collectionviewrestriction", "wagtailcore_pageviewrestriction", "wagtailcore_referenceindex",
}  # fmt: skip


def trigger_tables() -> set[str]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT tgrelid::regclass::text FROM pg_trigger WHERE tgname = %s", [CHANNEL])
        return {table for (table,) in cursor.fetchall()}


@pytest.mark.django_db
def test_all_tables_tell_but_those_that_readers_never_see():
    tables = set(connection.introspection.django_table_names())
    silent = tables - trigger_tables()
    assert trigger_tables() == set(watched())
    assert not {table for table in silent if not any(table.startswith(name) for name in UNSEEN)}
    assert not silent & SEEN


@pytest.mark.django_db
def test_triggers_come_back_to_a_table_that_lost_its_own_and_leave_one_that_is_not_seen():
    with connection.cursor() as cursor:
        cursor.execute(f"DROP TRIGGER {CHANNEL} ON conferences_land")
        cursor.execute(f"CREATE TRIGGER {CHANNEL} AFTER INSERT ON django_session EXECUTE FUNCTION {CHANNEL}()")
        cursor.execute(f"ALTER TABLE django_session ENABLE ALWAYS TRIGGER {CHANNEL}")
    install_triggers()
    assert trigger_tables() == set(watched())


def test_whatever_writes_is_heard_once_at_its_commit_and_not_without_one(own_database):
    with psycopg.connect(**connection_parameters(connection.settings_dict), autocommit=True) as listener:
        listener.execute(f"LISTEN {CHANNEL}")

        def heard() -> int:
            return len(list(listener.notifies(timeout=0.05)))

        page = StandardPage.objects.get(slug="kontakt")
        with transaction.atomic():
            page.title = "Kontakte"
            page.save()
            page.save()
            assert heard() == 0
        assert heard() == 1
        with transaction.atomic():
            page.save()
            transaction.set_rollback(True)
        assert heard() == 0
        for statement in (
            "UPDATE wagtailcore_page SET title = 'Von Hand' WHERE slug = 'kontakt'",
            "TRUNCATE intmk_sitenotice",
            "DELETE FROM intmk_siterendition",
            "SET session_replication_role = replica; UPDATE conferences_land SET name = name",  # a dump is put back
        ):
            with connection.cursor() as cursor:
                cursor.execute(statement)
            assert heard() == 1, statement
        with connection.cursor() as cursor:
            cursor.execute("SET session_replication_role = origin")
        call_command("clearsessions")
        assert heard() == 0


def test_what_is_typed_into_a_draft_and_locked_leaves_the_pages_of_readers_stored(own_database):
    account = User.objects.create_user("redaktion-test", land_code="DE-BW")
    give_chair(account)
    chair = Client(HTTP_HOST="localhost")
    chair.force_login(account)
    page = StandardPage.objects.get(slug="kontakt")
    form = page_form(chair, page)
    with psycopg.connect(**connection_parameters(connection.settings_dict), autocommit=True) as listener:
        listener.execute(f"LISTEN {CHANNEL}")
        assert chair.post(edit_url(page), form | {"title": "Wird noch besser"}).status_code == 302
        assert chair.post(f"/admin/pages/{page.pk}/lock/").status_code == 302
        page.refresh_from_db()
        assert page.draft_title == "Wird noch besser"
        assert page.locked
        assert not list(listener.notifies(timeout=0.05))
        assert chair.post(f"/admin/pages/{page.pk}/unlock/").status_code == 302
        assert chair.post(edit_url(page), form | {"title": "Fertig", "action-publish": "1"}).status_code == 302
        assert list(listener.notifies(timeout=0.05))


def test_a_new_column_of_a_page_is_told_of_as_well(own_database):
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE wagtailcore_page ADD COLUMN shown text")
        install_triggers()
        with psycopg.connect(**connection_parameters(connection.settings_dict), autocommit=True) as listener:
            listener.execute(f"LISTEN {CHANNEL}")
            cursor.execute("UPDATE wagtailcore_page SET shown = 'x' WHERE slug = 'kontakt'")
            assert list(listener.notifies(timeout=0.05))


def test_a_process_forgets_what_is_stored_at_each_change_and_trusts_nothing_without_triggers(own_database):
    forgotten, ended = [], threading.Event()
    changes = Changes(lambda: dict(connection.settings_dict))
    changes.forget = lambda: forgotten.append(changes.generation)

    def listen() -> None:
        with contextlib.suppress(psycopg.Error):
            changes.listen()
        ended.set()

    threading.Thread(target=listen, daemon=True).start()
    wait_until(changes.are_told)
    assert forgotten == [1]  # it begins with nothing
    StandardPage.objects.filter(slug="kontakt").update(title="Anders")
    wait_until(lambda: forgotten == [1, 2])
    with connection.cursor() as cursor:
        cursor.execute(f"DROP TRIGGER {CHANNEL} ON conferences_land")  # as an old dump does
    assert ended.wait(10)
    assert forgotten == [1, 2, 3]


def test_a_machine_hears_from_another_that_the_site_is_being_maintained(own_database, monkeypatch, tmp_path):
    switch = tmp_path / "maintenance.txt"
    monkeypatch.setattr(unavailable, "SWITCH", switch)
    changes = Changes(lambda: dict(connection.settings_dict))

    def listen() -> None:
        with contextlib.suppress(psycopg.Error):
            changes.listen()

    threading.Thread(target=listen, daemon=True).start()
    wait_until(changes.are_told)
    with psycopg.connect(**connection_parameters(connection.settings_dict), autocommit=True) as other:
        for sentence in ("Um 14 Uhr geht es weiter.", "", None):
            other.execute("SELECT pg_notify(%s, %s)", [MAINTENANCE, json.dumps(sentence)])
            wait_until(lambda told=sentence: unavailable.sentence_of_maintenance() == told)
    assert changes.generation == 1  # what is stored stays
