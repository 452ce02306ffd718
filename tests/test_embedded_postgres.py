"""The embedded database: started, shared, killed and found again."""

import contextlib
import os
import pwd
import shutil
import signal
import subprocess
import sys
import threading
from collections import namedtuple
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from intmk.server import embedded_postgres
from intmk.server.embedded_postgres import EmbeddedPostgresError, running
from tests.processes import is_alive, processes_of, wait_until

ROOT = Path(__file__).resolve().parent.parent
HOLD = """
import sys, time
from pathlib import Path
from intmk.server import embedded_postgres
with embedded_postgres.running(Path(sys.argv[1])):
    print("ready", flush=True)
    sys.stdin.read()
"""


def connect(var_dir: Path) -> psycopg.Connection:
    found = embedded_postgres.django_database(var_dir)
    return psycopg.connect(
        dbname=found["NAME"], user=found["USER"], host=found["HOST"], port=found["PORT"], autocommit=True
    )


def postmaster(var_dir: Path) -> int:
    return int((var_dir / "postgres" / "postmaster.pid").read_text().splitlines()[0])


@contextlib.contextmanager
def holder(var_dir: Path) -> Iterator[subprocess.Popen]:
    """Another process that uses the database until its input is closed."""
    process = subprocess.Popen(
        [sys.executable, "-c", HOLD, str(var_dir)], cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )
    try:
        yield process
    finally:
        process.kill()
        process.communicate()


@pytest.mark.audit
def test_the_server_runs_for_as_long_as_the_block(var_dir):
    with running(var_dir), connect(var_dir) as connection:
        assert connection.info.parameter_status("server_encoding") == "UTF8"
        assert connection.execute("SHOW listen_addresses").fetchone() == ("",)
        assert connection.execute("SHOW fsync").fetchone() == ("on",)
        assert connection.execute("SHOW data_checksums").fetchone() == ("on",)
    assert not processes_of(var_dir)
    with pytest.raises(psycopg.OperationalError):
        connect(var_dir)


@pytest.mark.audit
def test_german_quotation_marks_are_no_letters_for_the_text_search(var_dir):
    with running(var_dir), connect(var_dir) as connection:
        found = connection.execute("SELECT to_tsvector('german', '„Integrationskurse“ – Ärzte')").fetchone()
    assert found == ("'arzt':2 'integrationskurs':1",)


@pytest.mark.audit
def test_the_extensions_of_the_site_can_be_created(var_dir):
    with running(var_dir), connect(var_dir) as connection:
        for name in ("pg_trgm", "unaccent", "btree_gist"):
            connection.execute(f"CREATE EXTENSION {name}")


@pytest.mark.audit
def test_committed_data_survives_kill_9_of_the_postmaster(var_dir):
    with running(var_dir) as server:
        with connect(var_dir) as connection:
            connection.execute("CREATE TABLE note AS SELECT 'bleibt' AS text")
            os.kill(postmaster(var_dir), signal.SIGKILL)
            wait_until(lambda: not server.is_running())
        server.ensure_running()
        with connect(var_dir) as connection:
            assert connection.execute("SELECT text FROM note").fetchone() == ("bleibt",)


@pytest.mark.audit
def test_a_query_that_outlives_its_postmaster_does_not_block_the_next_start(var_dir):
    def loop_for_ever(connection: psycopg.Connection) -> None:
        with contextlib.suppress(psycopg.OperationalError):
            connection.execute("DO 'BEGIN LOOP END LOOP; END'")

    with running(var_dir) as server:
        busy = connect(var_dir)  # no block: leaving it would wait for the query
        thread = threading.Thread(target=loop_for_ever, args=[busy], daemon=True)
        thread.start()
        with connect(var_dir) as connection:
            query = "SELECT count(*) FROM pg_stat_activity WHERE state = 'active' AND query LIKE 'DO%'"
            wait_until(lambda: connection.execute(query).fetchone() == (1,))
        os.kill(postmaster(var_dir), signal.SIGKILL)
        wait_until(lambda: not server.is_running())
        server.ensure_running()
        connect(var_dir).close()
        thread.join()
        busy.close()


@pytest.mark.audit
def test_a_killed_server_that_another_holder_has_replaced_is_still_noticed(var_dir):
    with running(var_dir) as server:
        assert server.is_running()
        killed = postmaster(var_dir)
        os.kill(killed, signal.SIGKILL)
        with holder(var_dir) as other:  # faster than who watches
            other.stdout.readline()
            assert postmaster(var_dir) != killed
            assert not server.is_running()
            server.ensure_running()
            assert server.is_running()


@pytest.mark.audit
def test_the_second_of_two_holders_keeps_the_server(var_dir):
    with holder(var_dir) as other:
        other.stdout.readline()
        with running(var_dir):
            pid = postmaster(var_dir)
            other.communicate()
            assert other.returncode == 0
            connect(var_dir).close()
            assert postmaster(var_dir) == pid
    assert not processes_of(var_dir)


@pytest.mark.audit
def test_a_server_left_behind_by_kill_9_is_adopted_and_ended(var_dir):
    with holder(var_dir) as other:
        other.stdout.readline()
        pid = postmaster(var_dir)
    assert pid in processes_of(var_dir)
    with running(var_dir):
        assert postmaster(var_dir) == pid
        connect(var_dir).close()
    assert not processes_of(var_dir)


@pytest.mark.audit
def test_a_killed_first_start_leaves_no_half_cluster(var_dir):
    with holder(var_dir):
        wait_until(lambda: list(var_dir.glob("postgres.new/global")))
    assert not (var_dir / "postgres").exists()
    with running(var_dir):
        connect(var_dir).close()
    assert not list(var_dir.glob("postgres.new*"))


@pytest.mark.audit
def test_a_pid_file_whose_number_now_belongs_to_another_process_does_not_block_the_start(var_dir):
    first, second = var_dir / "first", var_dir / "second"
    with running(first):
        pid_file = first / "postgres" / "postmaster.pid"
        text, old = pid_file.read_text(), str(postmaster(first))
    with running(second):  # a process of the same account, as PostgreSQL ignores those of others
        pid_file.write_text(text.replace(old, str(postmaster(second)), 1))
        with running(first):
            connect(first).close()
        connect(second).close()


@pytest.mark.audit
def test_a_state_directory_deleted_under_the_server_does_not_disturb_the_next_one(var_dir):
    with running(var_dir):
        old = postmaster(var_dir)
        for path in var_dir.iterdir():
            shutil.rmtree(path) if path.is_dir() else path.unlink()
        with running(var_dir):
            connect(var_dir).close()
            wait_until(lambda: not is_alive(old), seconds=3)


@pytest.mark.audit
def test_a_dropped_database_is_created_anew(var_dir):
    with running(var_dir) as server:
        with psycopg.connect(
            dbname="postgres", user="intmk", host=str(server.socket_dir), autocommit=True
        ) as connection:
            connection.execute("DROP DATABASE intmk")
        server.ensure_running()
        connect(var_dir).close()


@pytest.mark.audit
@pytest.mark.parametrize("name", ["Länder und Leute", "a,b", "lang" * 40], ids=["umlaut", "comma", "long"])
def test_any_path_will_do(var_dir, name):
    var_dir = var_dir / name
    with running(var_dir) as server:
        assert len(os.fsencode(server.socket_dir / ".s.PGSQL.5432")) <= embedded_postgres.SOCKET_PATH_LIMIT
        assert server.socket_dir.stat().st_mode & 0o777 == 0o700
        connect(var_dir).close()
    if server.socket_dir.parent == Path("/tmp"):
        server.socket_dir.rmdir()


def test_a_socket_folder_that_is_open_to_others_is_refused(var_dir):
    (var_dir / "postgres-socket").mkdir(mode=0o755)
    with pytest.raises(EmbeddedPostgresError, match=r"postgres-socket gehört einem anderen Konto"), running(var_dir):
        pass


@pytest.mark.audit
def test_a_cluster_of_another_major_version_is_refused(var_dir):
    with running(var_dir):
        pass
    (var_dir / "postgres" / "PG_VERSION").write_text("17\n")
    with pytest.raises(EmbeddedPostgresError, match="stammt von PostgreSQL 17, hier läuft 18"), running(var_dir):
        pass


@pytest.mark.audit
def test_a_server_that_does_not_start_tells_the_decisive_line_of_its_log(var_dir):
    with running(var_dir):
        pass
    with (var_dir / "postgres" / "postgresql.conf").open("a") as file:
        file.write("unsinn = 1\n")
    with pytest.raises(EmbeddedPostgresError) as caught, running(var_dir):
        pass
    assert "\n" not in str(caught.value)
    assert str(var_dir / "postgres.log") in str(caught.value)
    assert not processes_of(var_dir)


def test_a_full_disk_is_noticed_before_a_cluster_is_begun(var_dir, monkeypatch):
    usage = namedtuple("usage", "total used free")
    monkeypatch.setattr(shutil, "disk_usage", lambda path: usage(10**9, 10**9, 50 * 1024**2))
    with pytest.raises(EmbeddedPostgresError, match="nur 50 MB frei"), running(var_dir):
        pass
    assert not list(var_dir.glob("postgres*/*"))


def test_a_place_that_cannot_be_written_is_one_german_line():
    expected = "lässt sich nicht verwenden: ein Teil des Pfades"
    with pytest.raises(EmbeddedPostgresError, match=expected), running(Path("/dev/null/var")):
        pass


@pytest.mark.audit
@pytest.mark.skipif(os.geteuid() != 0, reason="nur root braucht ein anderes Konto")
def test_root_gets_a_helper_account_that_may_search_folders_but_not_read_them(var_dir):
    closed = var_dir / "zu"
    closed.mkdir(mode=0o700)
    said = []
    with running(closed / "var", said.append):
        owner = Path(f"/proc/{postmaster(closed / 'var')}").stat().st_uid
        assert pwd.getpwuid(owner).pw_name == "intmk-postgres"
    assert closed.stat().st_mode & 0o777 == 0o701
    assert any(line.startswith(f"{closed} darf nun durchquert werden") for line in said)


def manage(var_dir: Path, *arguments: str) -> subprocess.CompletedProcess:
    """Run manage.py on the embedded database of a state directory."""
    environment = {key: value for key, value in os.environ.items() if key != "DATABASE_URL"}
    environment |= {"INTMK_VAR": str(var_dir), "DJANGO_SETTINGS_MODULE": "intmk.settings.development"}
    command = [sys.executable, str(ROOT / "manage.py"), *arguments]
    return subprocess.run(command, env=environment, capture_output=True, text=True, check=False, timeout=120)


@pytest.mark.audit
def test_manage_py_starts_the_database_and_leaves_nothing_behind(var_dir):
    result = manage(var_dir, "migrate", "--plan")
    assert result.returncode == 0, result.stderr
    assert "Planned operations" in result.stdout
    assert not processes_of(var_dir)


LOSES_EXCEPTIONS = """
import os, signal, time
class Closing:
    def __del__(self):  # as weak references do while modules are loaded
        os.kill(os.getpid(), signal.SIGTERM)
        time.sleep(0.1)
Closing()
print("lebt noch")
"""


@pytest.mark.audit
def test_manage_py_ends_and_releases_the_database_even_where_exceptions_are_lost(var_dir):
    result = manage(var_dir, "shell", "-v", "0", "-c", LOSES_EXCEPTIONS)
    assert (result.returncode, result.stdout) == (128 + signal.SIGTERM, ""), result.stderr
    assert not processes_of(var_dir)
