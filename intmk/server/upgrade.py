"""Brings a site in production to another release: ``make upgrade VERSION=v1.2.0``, in the folder of the current one.

All that takes long happens beside the running site: the release is fetched and installed, a backup is made, and the
release is tried out on a copy of the site that this backup brings. Only then the database of the site is prepared, in
such a way that the running release goes on with it, and the server gives way (intmk/server/release.py). Whatever fails,
or is killed, until the new release is ready: the former one serves, or is what the service starts again.
"""

import argparse
import contextlib
import fcntl
import os
import re
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import psycopg

from intmk.server import direct_connection, embedded_postgres, installation, preparation, release, schema
from intmk.server.serve import checked_connection, number_from_environment, print_progress, read_settings
from intmk.server.web_server import ROOT, ServeError, granian, process, unused_port, wait_for_answer

RELEASES = ROOT.parent
FOLDER = "upgrade"  # in the folder of all state: backups before upgrades, and the copy on which a release is tried out
KEPT_BACKUPS = 2
MOST_PAGES = 300
HAND_OVER_SECONDS = 150
SERVER = re.compile(rb"\(Prozess (\d+)\)")


class UpgradeError(Exception):
    """The site stays with its release; the message is one German line for the person at the terminal."""


def main() -> None:
    """Bring the site to the release that is named, or to the newest; exit with one line and 1 where it stays."""
    parser = argparse.ArgumentParser(prog="make upgrade")
    parser.add_argument("version", nargs="?", default="")
    version = parser.parse_args().version
    try:
        upgrade(version)
    except (UpgradeError, ServeError, installation.WrongSiteError, embedded_postgres.EmbeddedPostgresError) as error:
        sys.exit(f"{error} Die Website bleibt bei der Fassung {release.NAME}.")
    except (OSError, psycopg.Error) as error:
        sys.exit(f"Das Aktualisieren ist nicht gelungen: {error} Die Website bleibt bei der Fassung {release.NAME}.")
    except KeyboardInterrupt:
        sys.exit(f"Abgebrochen. Die Website bleibt bei der Fassung {release.NAME}.")


def upgrade(version: str) -> None:
    """Do all of it; raise UpgradeError and others with one line where the site stays with its release."""
    check_layout()
    installation.enter()
    var_dir = installation.state_directory()
    with contextlib.ExitStack() as held:
        held.enter_context(the_only_upgrade(var_dir))
        server = server_of(var_dir)
        settings = read_settings(var_dir)
        if not os.environ.get("DATABASE_URL"):
            # So that it does not end with the server that gives way.
            held.enter_context(embedded_postgres.running(var_dir, print_progress))
        folder = fetch(version)
        install_packages(folder)
        run_in_release(folder, "manage.py", "check")
        backup = back_up(var_dir, folder)
        print_progress("Statische Dateien werden dazugelegt …")
        run_in_release(folder, "manage.py", "prepare", "static")
        with checked_connection(settings.DATABASES["default"]) as connection:
            try_out_release(folder, backup, schema.read_schema(connection))
        print_progress("Die Datenbank wird vorbereitet; die Website läuft weiter …")
        run_in_release(folder, "manage.py", "prepare", "database", "--beside")
        hand_over(folder, server, var_dir)
        tidy_up(backup)


def check_layout() -> None:
    """Raise UpgradeError unless releases lie side by side and we are the account whose they are."""
    if RELEASES.name != "releases":
        raise UpgradeError(
            "Hier liegen die Fassungen nicht nebeneinander (docs/betrieb.md, „Auf einem öffentlichen Server“)."
        )
    owner = installation.owner_of(ROOT)
    if ROOT.stat().st_uid != os.geteuid():
        raise UpgradeError(f"Bitte als Konto {owner} aufrufen: sudo -u {owner} make upgrade.")


@contextlib.contextmanager
def the_only_upgrade(var_dir: Path) -> Iterator[None]:
    """Hold the lock of upgrades; raise UpgradeError if another one holds it."""
    with (var_dir / "upgrade.lock").open("a") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise UpgradeError("Ein anderes Aktualisieren läuft gerade.") from None
        yield


def server_of(var_dir: Path) -> int:
    """Return the process that serves the site; raise UpgradeError if nobody does."""
    with contextlib.suppress(OSError), (var_dir / "serve.lock").open("rb") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except BlockingIOError:
            if found := SERVER.search(lock.read()):
                return int(found[1])
    raise UpgradeError("Die Website läuft nicht; bitte zuerst starten.")


def fetch(version: str) -> Path:
    """Return the folder of the release, fetched from where the current one came from unless it is there already."""
    origin = git(ROOT, "remote", "get-url", "origin")
    fresh = RELEASES / ".fetched"
    shutil.rmtree(fresh, ignore_errors=True)
    print_progress("Die neue Fassung wird geholt …")
    git(RELEASES, "clone", "--quiet", origin, str(fresh))
    version = version or release.highest_release(git(fresh, "tag").splitlines())
    if not version:
        raise UpgradeError("Es gibt noch keine Fassung mit einem Namen; bitte eine nennen: make upgrade VERSION=…")
    git(fresh, "-c", "advice.detachedHead=false", "checkout", "--quiet", "--detach", version)
    folder = RELEASES / git(fresh, "describe", "--tags", "--always")
    if folder == ROOT:
        raise UpgradeError(f"{version} läuft schon.")
    if folder.exists():
        shutil.rmtree(fresh)
    else:
        (fresh / "var").symlink_to(Path("..", "..", "var"))
        fresh.rename(folder)
    print_progress(f"Fassung {release.release_name(folder)} liegt in {folder}.")
    return folder


def git(folder: Path, *arguments: str) -> str:
    """Return what git says there; raise UpgradeError with the last line of its complaint."""
    done = subprocess.run(["git", "-C", folder, *arguments], capture_output=True, text=True, check=False)  # noqa: S603, S607
    if done.returncode:
        raise UpgradeError(f"git {arguments[0]}: {(done.stderr.strip().splitlines() or ['ohne Meldung beendet'])[-1]}.")
    return done.stdout.strip()


def install_packages(folder: Path) -> None:
    """Give the release its packages; those of this one are taken where it wants the very same."""
    environment, lock = folder / ".venv", Path("requirements", "run.txt")
    if not environment.exists() and (folder / lock).read_bytes() == (ROOT / lock).read_bytes():
        partial = folder / ".venv-copied"
        shutil.rmtree(partial, ignore_errors=True)
        shutil.copytree(ROOT / ".venv", partial, symlinks=True, copy_function=os.link)
        partial.rename(environment)
    program = folder / "intmk" / "server" / "virtual_environment.py"
    command = [os.environ.get("PYTHON") or "python3", "-I", str(program), "run"]
    if subprocess.run(command, check=False).returncode:  # noqa: S603 - ours
        raise UpgradeError("Die Pakete ließen sich nicht installieren; der Grund steht darüber.")
    # The service may read here, not write.
    for each in ("intmk", "conferences", "history"):
        run_in_release(folder, "-m", "compileall", "-q", each)


def run_in_release(folder: Path, *arguments: str, **environment: str) -> None:
    """Run the Python of the release in this folder; raise UpgradeError where it fails."""
    with process(list(arguments), os.environ | environment, folder) as started:
        if started.wait():
            raise UpgradeError(f"„{' '.join(arguments)}“ ist nicht gelungen; der Grund steht darüber.")


def back_up(var_dir: Path, folder: Path) -> Path:
    """Return a new backup of the site as it is, not encrypted: it lies beside what it was made of."""
    place = var_dir / FOLDER
    place.mkdir(mode=0o700, exist_ok=True)
    backup = place / f"vor-{folder.name}.tar"
    backup.unlink(missing_ok=True)
    run_in_release(ROOT, "manage.py", "backup", str(backup), INTMK_BACKUP_RECIPIENT="")
    return backup


def try_out_release(folder: Path, backup: Path, before: schema.Schema) -> None:
    """Let the release take over a copy of the site, and ask each page of it; raise UpgradeError where that fails."""
    print_progress("Die neue Fassung wird an einer Kopie der Website ausprobiert …")
    var_dir = backup.with_name("copy")
    shutil.rmtree(var_dir, ignore_errors=True)
    var_dir.mkdir()
    (var_dir / "static").symlink_to(installation.state_directory() / "static")
    copy = {"INTMK_VAR": str(var_dir), "DATABASE_URL": "", "INTMK_BACKUP_DIR": "aus", "INTMK_ERROR_MAIL": ""}
    try:
        with embedded_postgres.running(var_dir, print_progress):
            try:
                run_in_release(ROOT, "manage.py", "restore", str(backup), **copy)
            except UpgradeError:
                # An upgrade that was cut off has prepared the database already, and only a later release knows it.
                run_in_release(folder, "manage.py", "restore", str(backup), **copy)
            run_in_release(folder, "manage.py", "prepare", "database", "--beside", **copy)
            with direct_connection.connect(embedded_postgres.django_database(var_dir)) as connection:
                if found := schema.hindrances(before, schema.read_schema(connection)):
                    raise UpgradeError(
                        f"Die Fassung braucht eine Pause ({'; '.join(found)}): docs/betrieb.md, „Mit einer Pause“."
                    )
            ask_all_pages(folder, copy)
    finally:
        shutil.rmtree(var_dir, ignore_errors=True)


def ask_all_pages(folder: Path, copy: dict[str, str]) -> None:
    """Serve the copy and ask for the pages that its sitemap names; raise UpgradeError with the first that fails."""
    run_in_release(folder, "-c", "import intmk.server.serve")
    port = unused_port()
    headers = {"Host": preparation.host_names()[0], "X-Forwarded-Proto": "https"}
    # By what every release has, also an older one that somebody goes back to.
    with process(granian("127.0.0.1", port, 1, module="granian"), os.environ | copy, folder) as web:
        wait_for_answer(web, "127.0.0.1", port)
        if reason := release.wait_until_ready(port, release.release_name(folder)):
            raise UpgradeError(f"Die neue Fassung ist nicht bereit: {reason}")
        _, sitemap = release.site_says(port, "/sitemap.xml", headers)
        pages = [urlsplit(url).path for url in re.findall(r"<loc>([^<]+)", sitemap)]
        asked = ["/", "/admin/login/", *pages[:: max(1, len(pages) // MOST_PAGES)]]
        for path in asked:
            status, _ = release.site_says(port, path, headers)
            if status != 200:
                raise UpgradeError(f"In der neuen Fassung antwortet {path} mit {status or 'nichts'}.")
    print_progress(f"Ausprobiert: {len(asked)} Seiten antworten.")


def hand_over(folder: Path, server: int, var_dir: Path) -> None:
    """Let the server give way to the release, and tell for how long nobody answered; raise UpgradeError if not."""
    port = number_from_environment("PORT", 8000, 65535)
    (var_dir / release.NEXT).write_text(f"{folder}\n", encoding="utf-8")
    print_progress("Es wird umgeschaltet …")
    os.kill(server, release.SWITCH)
    begun = last = time.monotonic()
    longest = 0.0
    while (var_dir / release.NEXT).exists() and last < begun + HAND_OVER_SECONDS:
        if release.site_says(port, "/gesund/", seconds=5)[0] == 200:
            longest, last = max(longest, time.monotonic() - last), time.monotonic()
        elif time.monotonic() > begun + HAND_OVER_SECONDS:
            break
        time.sleep(0.02)
    if (RELEASES.parent / release.CURRENT).resolve() != folder:
        raise UpgradeError("Die neue Fassung wurde nicht bereit; der Grund steht im Protokoll der Website.")
    print_progress(f"Umgeschaltet auf {release.release_name(folder)}; längste Zeit ohne Antwort: {longest:.1f} s.")


def tidy_up(backup: Path) -> None:
    """Keep the newest backups that were made before upgrades."""
    old = sorted(backup.parent.glob("vor-*.tar"), key=lambda path: path.stat().st_mtime)[:-KEPT_BACKUPS]
    for path in old:
        path.unlink()


if __name__ == "__main__":
    main()
