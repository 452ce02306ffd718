"""What the tests stand on: a real PostgreSQL and, where it serves, the site with its initial content."""

import contextlib
import gc
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any
from urllib.parse import quote, unquote, urlsplit, urlunsplit

import hypothesis
import psycopg
import pytest
from django.conf import settings
from django.contrib.auth.models import Group
from django.core.management import call_command
from django.db import connection, connections
from django.test import Client
from django.test.utils import setup_databases
from django.utils import timezone
from hypothesis import strategies
from playwright.sync_api import BrowserContext, Page, Playwright, StorageState, expect
from psycopg import sql
from wagtail import hooks
from xdist.scheduler import LoadFileScheduling

from conferences.rules.rotation import Rotation, Term
from conferences.terms.rights import update_publishing_rights
from intmk.management.commands.prepare import set_address
from intmk.server import embedded_postgres
from intmk.server.preparation import DATABASE_SOURCES, fingerprint
from intmk.server.site_identity import SiteIdentity
from intmk.users.models import User
from tests.databases import connection_parameters, database_url
from tests.editing import give_chair
from tests.processes import processes_of
from tests.serving import DUMP, add_pages, copy_state, served_once

ROOT = Path(__file__).resolve().parent.parent
# No deadline: how long an example takes says how busy the machine is.
hypothesis.settings.register_profile("test", deadline=None, max_examples=50)
hypothesis.settings.load_profile("test")
# Playwright keeps an event loop in this thread, in which Django would refuse every query of later tests.
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
# The tests start Python often; each time it would have to compile all of ours.
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
# On a busy machine a page of the admin takes long; who waits for something that comes waits no longer for it.
expect.set_options(timeout=30_000)


# Tests of these stay in one process: what their modules prepare is dear to have twice.
TOGETHER = (
    "test_backup_restored", "test_bucket_backup", "test_deploy", "test_pages", "test_release_change", "test_serve",
    "test_two_machines", "test_virtual_environment",
)  # fmt: skip
LONG = (
    "test_manual", "test_rights_matrix", "test_release_change", "test_backup_restored", "test_serve",
    "test_two_machines", "test_bucket_backup", "test_backup_refused",
    "test_virtual_environment", "test_import_archive", "test_squashed_migrations", "test_whatever_is_stored",
    "test_image_upload", "test_hostile_documents", "test_address_life", "test_query_counts", "test_embedded_postgres",
    "test_handover", "test_dashboard",
)  # fmt: skip

BROWSERS = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome")


class EachTestByItself(LoadFileScheduling):
    """Each test to the process that is free, but for those that stay together.

    All tests with a browser are one group: a second browser and a second site for it cost more than sharing gains.
    Not --dist=worksteal: it deals out half of the tests at once, so that one process is left with what takes long. Not
    --dist=loadgroup: pytest-xdist 3.8 loses the groups with pytest 9.2 without a word (its issue 1386).
    """

    def _split_scope(self, nodeid: str) -> str:
        file = super()._split_scope(nodeid)
        stem = Path(file).stem
        if stem.startswith("test_browser_"):
            return "browser"
        return file if stem in TOGETHER else nodeid


def leave_most_kinds_to_the_audit(items: list[pytest.Item]) -> None:
    """Of a question that is asked of many kinds, mark `audit` all but as many as `kinds` says, from first to last.

    The rule is the same for all; that each kind keeps to it the audit asks.
    """
    asked_of = defaultdict(list)
    for item in items:
        if item.get_closest_marker("kinds"):
            asked_of[item.nodeid.partition("[")[0]].append(item)
    for same in asked_of.values():
        number, last = same[0].get_closest_marker("kinds").args[0], len(same) - 1
        stay = {round(place * last / (number - 1)) for place in range(number)}
        for place, item in enumerate(same):
            if place not in stay:
                item.add_marker("audit")


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> Iterator[None]:
    """Begin with what takes long, so that no process is left with it while the others have nothing to do.

    Those of the browser are first, as one group: they need the served site, and its first start takes most of a minute.
    Meanwhile the other process asks what needs no database; one with content it takes from that site.
    Marks are set before the selection by -m, the order after pytest-django has made its own.
    """
    leave_most_kinds_to_the_audit(items)
    for item in items:
        if item.path.stem.startswith("test_browser_"):
            item.add_marker(pytest.mark.slow("a browser draws what a whole site answers"))
    yield
    items.sort(key=place)


def place(item: pytest.Item) -> int:
    """Return when a test has its turn, the lowest number first."""
    stem = item.path.stem
    if stem.startswith("test_browser_"):
        return 0
    if not item.get_closest_marker("django_db") and not {"db", "own_database"} & set(item.fixturenames):
        return 1 if stem not in LONG else 2
    return 3 + (LONG.index(stem) if stem in LONG else len(LONG))


def pytest_collection_finish() -> None:
    """Let the collector of garbage leave alone what was loaded and stays; the tests take a tenth less time."""
    strategies.text().validate()  # makes its tables of all characters: 1.3 s that are no test's own
    gc.collect()
    gc.freeze()
    gc.set_threshold(100_000, 20, 50)


def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> EachTestByItself:
    return EachTestByItself(config, log)


@pytest.fixture(scope="session")
def postgres():
    """The embedded database for the whole run, unless DATABASE_URL names another."""
    with contextlib.nullcontext() if os.environ.get("DATABASE_URL") else embedded_postgres.running(settings.VAR):
        yield


@pytest.fixture(scope="session")
def django_db_setup(postgres, django_test_environment, django_db_modify_db_settings, django_db_blocker):
    """A database with the initial content; each test sees it and its changes are rolled back.

    Migrations and content take most of a minute, so they are done once for this state of the code and kept as a
    template; each process copies it. In place of pytest-django's own, which makes a new one each time.
    INTMK_KEEP_SEED=1 takes the template of an earlier state: while code is written that neither changes.
    """
    with django_db_blocker.unblock():
        database = connection.settings_dict
        name, test = database["NAME"], connection.creation._get_test_db_name()
        seed, media = f"test_{name}_seed", settings.VAR / "test-seed-media"
        state = f"{fingerprint(DATABASE_SOURCES)} {date.today()}"
        parameters = connection_parameters(database, dbname="postgres")
        with psycopg.connect(**parameters, autocommit=True) as server:
            server.execute("SELECT pg_advisory_lock(hashtext(%s))", [seed])  # the other process waits
            stored = comment_on(server, seed)
            if not media.exists() or stored is None or (stored != state and not os.environ.get("INTMK_KEEP_SEED")):
                shutil.rmtree(media, ignore_errors=True)
                source = fill(server, test)
                copy_database(server, test, seed)
                shutil.copytree(source, media)
                shutil.copytree(media, settings.MEDIA_ROOT, dirs_exist_ok=True)
                server.execute(sql.SQL("COMMENT ON DATABASE {} IS {}").format(sql.Identifier(seed), sql.Literal(state)))
            else:
                copy_database(server, seed, test)
                shutil.copytree(media, settings.MEDIA_ROOT, dirs_exist_ok=True)
            database["NAME"] = test
    hooks.search_for_hooks()  # as all commands and each process that serves has done, by the system checks
    yield
    with django_db_blocker.unblock():
        connections.close_all()
        database["NAME"] = name
        with psycopg.connect(**parameters, autocommit=True) as server:
            server.execute(f'DROP DATABASE IF EXISTS "{test}" WITH (FORCE)')


def fill(server: psycopg.Connection, test: str) -> Path:
    """Make the database of the tests with the initial content, and return the folder of the media that belong to it.

    It is what a first start leaves, without its accounts; on a server of DATABASE_URL, whose release may be an older
    one, it is made there.
    """
    if os.environ.get("DATABASE_URL"):
        setup_databases(verbosity=0, interactive=False)
        call_command("load_content", verbosity=0)
        update_publishing_rights()  # as at a first start, so that no test has to begin with it
        return Path(settings.MEDIA_ROOT)
    state = served_once()
    server.execute(f'DROP DATABASE IF EXISTS "{test}" WITH (FORCE)')
    server.execute(f'CREATE DATABASE "{test}"')
    address = ["--dbname", database_url(connection.settings_dict | {"NAME": test})]
    subprocess.run([embedded_postgres.program("pg_restore"), "--no-owner", *address, state / DUMP], check=True)
    connection.settings_dict["NAME"] = test
    with connection.cursor() as cursor:  # not by the models: the audit would tell of deleted accounts
        for table in (User.groups.through, User, SiteIdentity):
            cursor.execute(sql.SQL("DELETE FROM {}").format(sql.Identifier(table._meta.db_table)))
    set_address()
    return state / "media"


def comment_on(server: psycopg.Connection, name: str) -> str | None:
    """Return the comment on a database, None if there is none or no such database."""
    row = server.execute(
        "SELECT shobj_description(oid, 'pg_database') FROM pg_database WHERE datname = %s", [name]
    ).fetchone()
    return row[0] if row else None


def copy_database(server: psycopg.Connection, source: str, copy: str) -> None:
    """Put a copy of `source` in place of the database `copy`; nobody may use the source meanwhile."""
    connections.close_all()
    server.execute(f'DROP DATABASE IF EXISTS "{copy}" WITH (FORCE)')
    users = "FROM pg_stat_activity WHERE datname = %s"  # closed ones linger for a moment
    while server.execute(f"SELECT pg_terminate_backend(pid) {users}", [source]).fetchall():
        time.sleep(0.05)
    server.execute(f'CREATE DATABASE "{copy}" TEMPLATE "{source}"')


@pytest.fixture
def own_database(django_db_setup, django_db_blocker) -> Iterator[str]:
    """A copy of the seeded database for what really commits: several connections, killed processes, a served site."""
    with django_db_blocker.unblock():
        database = connection.settings_dict
        name, copy = database["NAME"], f"{database['NAME']}_copy"
        with psycopg.connect(**connection_parameters(database, dbname="postgres"), autocommit=True) as server:
            copy_database(server, name, copy)
            database["NAME"] = copy
            try:
                yield copy
            finally:
                connections.close_all()
                database["NAME"] = name
                server.execute(f'DROP DATABASE "{copy}" WITH (FORCE)')


@pytest.fixture
def var_dir() -> Iterator[Path]:
    """A state directory of its own for a test that starts servers.

    Not below pytest's own: that is closed to others, and under root PostgreSQL runs as another account.
    """
    yield from state_directory()


@pytest.fixture(scope="module")
def module_var_dir() -> Iterator[Path]:
    """The same for all tests of a module, for what is slow to set up."""
    yield from state_directory()


def state_directory() -> Iterator[Path]:
    """Make the directory, and in the end remove it with all that a failed test left running there."""
    path = Path(tempfile.mkdtemp(prefix="intmk-test-")).resolve()
    path.chmod(0o755)
    yield path
    for pid in processes_of(path):
        os.kill(pid, signal.SIGKILL)
    shutil.rmtree(path, ignore_errors=True)


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict) -> dict:
    """Debian's Chromium in place of a download; without one browser tests are skipped, in CI they fail.

    Best the one without windows: it draws the same for two thirds of the work.
    """
    chromium = next(filter(None, map(shutil.which, BROWSERS)), None)
    if chromium is None:
        message = "Kein Chromium gefunden: Bitte das Paket „chromium-headless-shell“ oder „chromium“ installieren."
        pytest.fail(message) if os.environ.get("CI") == "true" else pytest.skip(message)
    quiet = ["--disable-background-networking", "--disable-component-update", "--disable-sync", "--no-first-run"]
    # Root has no user namespace sandbox; the only pages that are opened are our own.
    sandbox = ["--no-sandbox"] if os.geteuid() == 0 else []
    return browser_type_launch_args | {"executable_path": chromium, "args": [*quiet, *sandbox, "--disable-quic"]}


@dataclass
class ServedSite:
    """The site as `make run` serves it, in its own processes and on its own database."""

    url: str
    accounts: dict[str, str]
    environment: dict[str, str]  # for commands on its database


@contextlib.contextmanager
def database_beside(url: str) -> Iterator[str]:
    """Create a database beside the one of DATABASE_URL for as long as it is needed; yield its address."""
    parts = urlsplit(url)
    worker = os.environ.get("PYTEST_XDIST_WORKER", "")  # each process that tests has its own
    name = f"{unquote(parts.path.strip('/'))}_browser{worker}"
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')
        connection.execute(f'CREATE DATABASE "{name}"')
    yield urlunsplit(parts._replace(path=f"/{quote(name, safe='')}"))
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')


@pytest.fixture(scope="session")
def served_site() -> Iterator[ServedSite]:
    """Start the site the way a stranger does, after a first start, with the pages of browser_pages."""
    with contextlib.ExitStack() as stack:
        var = Path(tempfile.mkdtemp(prefix="intmk-browser-")).resolve()
        stack.callback(shutil.rmtree, var, ignore_errors=True)
        var.chmod(0o755)
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port = probe.getsockname()[1]
        environment = {name: value for name, value in os.environ.items() if name != "DJANGO_SETTINGS_MODULE"}
        environment |= {"INTMK_VAR": str(var), "PORT": str(port)}
        if os.environ.get("DATABASE_URL"):
            environment["DATABASE_URL"] = stack.enter_context(database_beside(os.environ["DATABASE_URL"]))
        else:
            copy_state(served_once(), var)
        process = stack.enter_context(
            subprocess.Popen(
                [sys.executable, "-m", "intmk.server.serve"],
                cwd=ROOT,
                env=environment,
                stdout=subprocess.PIPE,
                text=True,
            )
        )
        stack.callback(process.terminate)
        for line in process.stdout:
            if line.startswith("Beenden:"):
                break
        else:
            pytest.fail("Die Website ist nicht gestartet.")
        add_pages(environment)
        # The first page takes long on a busy machine, longer than a browser waits.
        urllib.request.urlopen(f"http://localhost:{port}/").close()
        accounts = dict(line.split() for line in (var / "demo-accounts.txt").read_text().splitlines())
        yield ServedSite(f"http://localhost:{port}", accounts, environment)
        process.terminate()
        assert process.wait(30) == 0
        assert not processes_of(var), "Nach dem Ende laufen noch Prozesse der Website."


@pytest.fixture(scope="session")
def chairing_account() -> str:
    """The name of the account whose Land chairs today, by the rule from a stored term on."""
    rotation = Rotation([Term("DE-RP", date(2026, 7, 1), date(2027, 6, 30))])
    return f"redaktion-{rotation.chair_on(timezone.localdate())[3:].lower()}"


def signed_in(playwright: Playwright, site: ServedSite, account: str) -> StorageState:
    """Sign in without drawing a page (test_browser_sign_in types); return what a browser keeps of it."""
    visit = playwright.request.new_context(base_url=site.url)
    form = {"login": account, "password": site.accounts[account]}
    form["csrfmiddlewaretoken"] = re.search(
        r'name="csrfmiddlewaretoken" value="(\w+)"', visit.get("/admin/login/").text()
    )[1]
    answer = visit.post("/admin/login/", form=form, headers={"Referer": f"{site.url}/admin/login/"}, max_redirects=0)
    assert answer.headers["location"] == "/admin/"
    state = visit.storage_state()
    visit.dispose()
    return state


@pytest.fixture(scope="session")
def desk(playwright, browser, served_site, chairing_account) -> Iterator[BrowserContext]:
    """The browser of the secretariat in the chair; it has the scripts of the admin from one test to the next."""
    context = browser.new_context(
        base_url=served_site.url,
        viewport={"width": 1280, "height": 1000},
        locale="de-DE",
        storage_state=signed_in(playwright, served_site, chairing_account),
    )
    context.set_default_timeout(30_000)
    yield context
    context.close()


@pytest.fixture
def official(desk, served_site) -> Iterator[Page]:
    """A window of that browser; which panels were open in it is forgotten afterwards."""
    page = desk.new_page()
    yield page
    forget = {"origin": served_site.url, "storageTypes": "local_storage"}
    desk.new_cdp_session(page).send("Storage.clearDataForOrigin", forget)
    page.close()


@pytest.fixture
def reader() -> Client:
    """Someone without account or cookie."""
    return Client(HTTP_HOST="localhost")


@pytest.fixture
def account(db) -> User:
    """A secretariat's account in the group of all Länder."""
    user = User.objects.create_user("redaktion-test", password="ein langes Passwort 1", land_code="DE-BW")
    user.groups.add(Group.objects.get(name="Länder"))
    return user


@pytest.fixture
def editor(account) -> Client:
    client = Client(HTTP_HOST="localhost")
    client.force_login(account)
    return client


@pytest.fixture
def chair(account, editor) -> Client:
    """The same browser after its account has got to the Land in the chair."""
    give_chair(account)
    return editor
