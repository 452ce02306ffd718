"""Breaks a served site on purpose, again and again, and counts what is lost: `python -m tests.faults 300`.

While one person writes (news as drafts, pictures) and others read, one fault after the other is brought about:
processes are killed, the database refuses, hangs or takes nothing, the disk is full, uploads are cut. The site is
started again when it has ended, as systemd does. After each fault what was acknowledged has to be there and nothing
half; each answer from 500 on has to have its line in the log. Needs root, for a small disk of its own below the media.
"""

import contextlib
import http.client
import itertools
import json
import os
import random
import re
import shutil
import signal
import socket
import statistics
import subprocess
import sys
import tempfile
import threading
import time
import urllib.error
import urllib.parse
import urllib.request
from collections import Counter
from collections.abc import Callable
from http.cookiejar import CookieJar
from io import BytesIO
from pathlib import Path
from typing import Any

import psycopg
from bs4 import BeautifulSoup
from PIL import Image

from tests.processes import clocks_of, processes_of
from tests.serving import ROOT, copy_state, free_port, served_once

DISK_MB = 400  # more than what is written meanwhile
NOT_LOST = (OSError, http.client.HTTPException)  # no answer: nothing was acknowledged
# Of a page: its own row, its latest version, and as many children as its parent says.
HALF_PAGES = """
    SELECT page.title FROM wagtailcore_page page
    LEFT JOIN intmk_newspage news ON news.page_ptr_id = page.id
    JOIN django_content_type kind ON kind.id = page.content_type_id
    LEFT JOIN wagtailcore_revision version ON version.id = page.latest_revision_id
    WHERE kind.model = 'newspage' AND page.draft_title LIKE 'Störung %%' AND (news IS NULL OR version IS NULL)
    UNION ALL
    SELECT parent.title FROM wagtailcore_page parent WHERE parent.numchild <> (
        SELECT count(*) FROM wagtailcore_page child
        WHERE child.depth = parent.depth + 1 AND left(child.path, length(parent.path)) = parent.path)
"""


class Served:
    """The site in processes of its own, started again whenever it has ended; its log goes to a file."""

    def __init__(self, var: Path) -> None:
        self.var, self.port, self.log = var, free_port(), var / "faults.log"
        self.url = f"http://localhost:{self.port}"
        self.starts = 0
        self.start()

    def start(self) -> None:
        environment = {k: v for k, v in os.environ.items() if k not in ("DATABASE_URL", "DJANGO_SETTINGS_MODULE")}
        environment |= {"INTMK_VAR": str(self.var), "PORT": str(self.port)}
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "intmk.server.serve"], cwd=ROOT, env=environment, stdout=log, stderr=log,
                start_new_session=True,
            )  # fmt: skip
        self.starts += 1

    def keep_up(self) -> None:
        """Start it again if it has ended, and wait until it answers and writes."""
        for _ in range(2_000):
            if self.process.poll() is not None:
                time.sleep(0.5)  # RestartSec, shortened
                self.start()
            with contextlib.suppress(*NOT_LOST):
                if get(self.url + "/bereit/")[0] == 200:
                    return
            time.sleep(0.1)
        raise AssertionError("Die Website kommt nicht wieder.")

    def processes(self, *words: bytes) -> list[int]:
        """Return those of its processes whose command line holds all these words."""
        found = []
        for pid in processes_of(self.var):
            with contextlib.suppress(OSError):
                command = Path(f"/proc/{pid}/cmdline").read_bytes()
                if all(word in command for word in words):
                    found.append(pid)
        return found

    def database(self, name: str = "") -> psycopg.Connection:
        from intmk.server.embedded_postgres import django_database

        known = django_database(self.var)
        return psycopg.connect(
            host=known["HOST"], port=known["PORT"], user=known["USER"], dbname=name or known["NAME"], autocommit=True,
            connect_timeout=5,
        )  # fmt: skip


def get(url: str) -> tuple[int, str, float]:
    """Return status, request id and seconds."""
    begun = time.monotonic()
    try:
        with urllib.request.urlopen(url, timeout=30) as answer:
            answer.read()
            return answer.status, answer.headers.get("X-Request-ID", ""), time.monotonic() - begun
    except urllib.error.HTTPError as error:
        error.read()
        return error.code, error.headers.get("X-Request-ID", ""), time.monotonic() - begun


class Official:
    """Somebody who writes, with a browser's cookies; remembers what was acknowledged."""

    def __init__(self, site: Served, errors: "list[tuple[int, str]]") -> None:
        self.site, self.errors = site, errors
        self.pages: set[str] = set()
        self.pictures: dict[str, str] = {}
        self.tried = 0
        self.sign_in()

    def sign_in(self) -> None:
        accounts = dict(line.split() for line in (self.site.var / "demo-accounts.txt").read_text().splitlines())
        name = "administration" if "administration" in accounts else next(iter(accounts))
        self.browser = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(CookieJar()), Stay)
        form = self.form("/admin/login/", "login")
        self.post("/admin/login/", form | {"login": name, "password": accounts[name]})
        listed = json.load(self.browser.open(self.site.url + "/admin/api/main/pages/?slug=aktuelles", timeout=30))
        self.parent = listed["items"][0]["id"]
        empty = {"body-count": "0", "service-count": "0"}  # what scripts add
        self.news = self.form(f"/admin/pages/add/intmk/newspage/{self.parent}/", "title") | empty
        self.picture = self.form("/admin/images/add/", "title")

    def form(self, path: str, field: str) -> dict[str, str]:
        """Return what a browser would send of the form with this field."""
        page = BeautifulSoup(self.browser.open(self.site.url + path, timeout=30).read(), "html.parser")
        form = page.find(attrs={"name": field}).find_parent("form")
        sent = {}
        for each in form.select("input[name], textarea[name], select[name]"):
            if each.get("type") in ("file", "submit") or (
                each.get("type") == "checkbox" and not each.has_attr("checked")
            ):
                continue
            chosen = each.select_one("option[selected]") or each.select_one("option") if each.name == "select" else None
            sent[each["name"]] = (
                chosen["value"] if chosen else each.get("value", each.text if each.name == "textarea" else "")
            )
        return sent

    def post(self, path: str, data: dict[str, str], file: tuple[str, bytes] | None = None) -> str:
        """Send it and return where the answer leads, "" when it leads nowhere."""
        kind = "application/x-www-form-urlencoded"
        body = urllib.parse.urlencode(data).encode()
        if file:
            kind = "multipart/form-data; boundary=grenze"
            parts = [f'--grenze\r\nContent-Disposition: form-data; name="{k}"\r\n\r\n{v}\r\n' for k, v in data.items()]
            head = f'--grenze\r\nContent-Disposition: form-data; name="file"; filename="{file[0]}"\r\n\r\n'
            body = "".join(parts).encode() + head.encode() + file[1] + b"\r\n--grenze--\r\n"
        headers = {"Content-Type": kind, "Referer": self.site.url + path}
        try:
            answer = self.browser.open(urllib.request.Request(self.site.url + path, body, headers), timeout=30)
        except urllib.error.HTTPError as error:
            error.read()
            if error.code >= 500:
                self.errors.append((error.code, error.headers.get("X-Request-ID", "")))
            return error.headers.get("Location", "")
        answer.read()
        return ""

    def write(self) -> None:
        """Write a draft, or bring a picture."""
        self.tried += 1
        title = f"Störung {self.tried}"
        if self.tried % 2:
            led = self.post(f"/admin/pages/add/intmk/newspage/{self.parent}/", self.news | {"title": title})
            if re.match(r"/admin/pages/\d+/edit/", led):
                self.pages.add(title)
        else:
            more = {"title": title, "description": "Ein graues Rauschen ohne Gegenstand.", "credit": "Niemand"}
            led = self.post("/admin/images/add/", self.picture | more, (f"s{self.tried}.png", noise()))
            if led == "/admin/images/":
                self.pictures[title] = title


class Stay(urllib.request.HTTPRedirectHandler):
    """Does not follow: where an answer leads is what it says."""

    def redirect_request(self, *arguments: Any) -> None:
        return None


def noise() -> bytes:
    out = BytesIO()
    Image.frombytes("RGB", (300, 200), random.randbytes(180_000)).save(out, "PNG")
    return out.getvalue()


# --- faults ---------------------------------------------------------------------------------------------------------


def kill(pids: list[int]) -> None:
    with contextlib.suppress(OSError, IndexError):
        os.kill(random.choice(pids), signal.SIGKILL)


def kill_worker(site: Served) -> None:
    server = site.processes(b"\0intmk.server.workers\0")
    kill([pid for pid in site.processes() if parent_of(pid) in server])


def parent_of(pid: int) -> int:
    with contextlib.suppress(OSError):
        return int(re.search(r"PPid:\t(\d+)", Path(f"/proc/{pid}/status").read_text())[1])
    return 0


def kill_web_server(site: Served) -> None:
    kill(site.processes(b"\0intmk.server.workers\0"))


def kill_clock(site: Served) -> None:
    kill(clocks_of(site.var))


def kill_all_at_once(site: Served) -> None:
    for pid in processes_of(site.var):
        with contextlib.suppress(OSError):
            os.kill(pid, signal.SIGKILL)


def kill_supervisor(site: Served) -> None:
    site.process.kill()


def kill_database(site: Served) -> None:
    kill(site.processes(b"postgres", b"-D"))


def kill_backend(site: Served) -> None:
    kill(site.processes(b"postgres: ", b"intmk"))


def hang_database(site: Served) -> None:
    pids = site.processes(b"postgres")
    for pid in pids:
        with contextlib.suppress(OSError):
            os.kill(pid, signal.SIGSTOP)
    time.sleep(1.5)
    for pid in pids:
        with contextlib.suppress(OSError):
            os.kill(pid, signal.SIGCONT)


def refuse(site: Served) -> None:
    with site.database() as ours:
        name = ours.info.dbname
    with site.database("postgres") as database:
        database.execute(f"ALTER DATABASE {name} ALLOW_CONNECTIONS false")
        database.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s", [name])
        time.sleep(1.5)
        database.execute(f"ALTER DATABASE {name} ALLOW_CONNECTIONS true")


def take_nothing(site: Served) -> None:
    with site.database() as database:
        for value in ("on", "off"):
            database.execute(f"ALTER SYSTEM SET default_transaction_read_only = {value}")
            database.execute("SELECT pg_reload_conf()")
            time.sleep(1.5 if value == "on" else 0)


def fill_disk(site: Served) -> None:
    filler = site.var / "media" / ".filler"
    with contextlib.suppress(OSError), filler.open("wb") as file:
        while True:
            file.write(bytes(100_000))
    time.sleep(1.5)
    filler.unlink()


def cut_upload(site: Served) -> None:
    with socket.create_connection(("localhost", site.port), timeout=5) as line:
        line.sendall(b"POST /admin/images/multiple/add/ HTTP/1.1\r\nHost: localhost\r\nContent-Length: 900000\r\n"
                     b"Content-Type: multipart/form-data; boundary=g\r\n\r\n--g\r\n" + noise()[:90_000])  # fmt: skip


FAULTS = [kill_worker, kill_web_server, kill_clock, kill_supervisor, kill_all_at_once, kill_database, kill_backend,
          hang_database, refuse, take_nothing, fill_disk, cut_upload]  # fmt: skip
AWAY = {hang_database, refuse}


# --- what is counted ------------------------------------------------------------------------------------------------


class Readers(threading.Thread):
    """Reads a stored page and one that is not, over and over; notes how long the answers took while `away` is set."""

    def __init__(self, site: Served, errors: "list[tuple[int, str]]") -> None:
        super().__init__(daemon=True)
        self.site, self.errors, self.away = site, errors, False
        self.stored: list[float] = []
        self.refused: list[float] = []

    def run(self) -> None:
        for number in itertools.count():
            for path in ("/", f"/suche/?q=wort{number}"):
                with contextlib.suppress(*NOT_LOST):
                    status, key, seconds = get(self.site.url + path)
                    if status >= 500:
                        self.errors.append((status, key))
                    if self.away and path == "/" and status == 200:
                        self.stored.append(seconds)
                    if self.away and status == 503:
                        self.refused.append(seconds)
            time.sleep(0.05)


def lost_and_half(site: Served, official: Official) -> tuple[set[str], list[str]]:
    """Return what was acknowledged and is not there, and what is there by half."""
    with site.database() as database:
        pages = {row[0] for row in database.execute("SELECT draft_title FROM wagtailcore_page")}
        pictures = dict(database.execute("SELECT title, file FROM intmk_siteimage").fetchall())
        half = [row[0] for row in database.execute(HALF_PAGES)]
    for title, file in pictures.items():
        path = site.var / "media" / file
        if not path.is_file() or not path.stat().st_size:
            half.append(f"{title}: {file}")
    return (official.pages - pages) | (official.pictures.keys() - pictures.keys()), half


def run(number: int) -> int:
    var = Path(tempfile.mkdtemp(prefix="intmk-faults-")).resolve()
    var.chmod(0o755)
    copy_state(served_once(), var)
    media = var / "media"
    copy = var / "media-before"
    media.rename(copy)
    media.mkdir()
    subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={DISK_MB}m", "tmpfs", str(media)], check=True)
    subprocess.run(["cp", "-a", f"{copy}/.", str(media)], check=True)
    site = Served(var)
    try:
        return break_often(site, number)
    finally:
        site.process.terminate()
        with contextlib.suppress(subprocess.TimeoutExpired):
            site.process.wait(20)
        kill_all_at_once(site)
        time.sleep(1)
        subprocess.run(["umount", "-l", str(media)], check=False)
        shutil.rmtree(var, ignore_errors=True)


def break_often(site: Served, number: int) -> int:
    """Bring the faults about; print what came of it and return how much is wrong."""
    site.keep_up()
    errors: list[tuple[int, str]] = []
    official, readers = Official(site, errors), Readers(site, errors)
    readers.start()
    lost: set[str] = set()
    half: list[str] = []
    done: Counter[str] = Counter()
    order = [fault for fault, _ in zip(itertools.cycle(FAULTS), range(number), strict=False)]
    random.shuffle(order)
    with contextlib.suppress(KeyboardInterrupt):  # ends it early, with what was counted so far
        for fault in order:
            brought = threading.Thread(target=bring_about, args=(fault, site), daemon=True)
            if fault in AWAY:
                for _ in range(12):  # each process has stored the page before
                    get(site.url + "/")
            readers.away = fault in AWAY
            brought.start()
            while brought.is_alive():
                with contextlib.suppress(*NOT_LOST):
                    official.write()
                brought.join(0.05)
            readers.away = False
            time.sleep(0.5)  # what ends because of it has ended
            site.keep_up()
            missing, torn = lost_and_half(site, official)
            lost |= missing
            half += torn
            done[fault.__name__] += 1
            with contextlib.suppress(*NOT_LOST):
                official.write()  # it goes on
            if missing or torn:
                print(f"{fault.__name__}: verloren {missing}, halb {torn}", flush=True)
            if (number_done := sum(done.values())) % 50 == 0:
                print(f"{number_done} Störungen, verloren {len(lost)}, halb {len(half)}", flush=True)
    log = site.log.read_text(errors="replace")
    silent = [(status, key) for status, key in errors if not key or f"id={key}" not in log]
    print(f"{sum(done.values())} Störungen ({', '.join(f'{name} {count}' for name, count in sorted(done.items()))}), "
          f"{site.starts} Starts; {official.tried} Versuche zu schreiben, bestätigt {len(official.pages)} Seiten und "
          f"{len(official.pictures)} Bilder; verloren {len(lost)}, halb {len(half)}; {len(errors)} Antworten ab 500, "
          f"davon ohne Zeile im Protokoll {len(silent)} {Counter(s for s, _ in silent)}")  # fmt: skip
    for name, times in (("gespeicherte Seite", readers.stored), ("503", readers.refused)):
        if times:
            print(f"Datenbank fehlt, {name}: {len(times)} mal, Median {statistics.median(times) * 1000:.0f} ms")
    return len(lost) + len(half) + len(silent)


def bring_about(fault: Callable[[Served], None], site: Served) -> None:
    try:
        fault(site)
    except (psycopg.Error, OSError) as error:
        print(f"{fault.__name__}: {error}", flush=True)


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "intmk.settings.test")
    sys.exit(min(run(int(sys.argv[1]) if len(sys.argv) > 1 else 300), 1))
