"""Breaks a served site on purpose, again and again, and counts what is lost: `python -m tests.faults 300`.

While one person writes (news as drafts, pictures) and others read, one fault after the other is brought about:
processes are killed, the database comes late, refuses, hangs or takes nothing, the disk is full, uploads are cut, the
clock jumps. The site is started again when it has ended, as systemd does. After each fault what was acknowledged has
to be there and nothing half, and writing goes on; each answer from 500 on has to have its line in the log. Needs root,
for a small disk of its own below the media.

The clock that jumps is that of the site alone (tests/jumping_clock), as on a machine beside that of the database: the
clock of this machine is not only ours.
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
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from datetime import time as time_of_day
from http.cookiejar import CookieJar
from io import BytesIO
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import django
import psycopg
from bs4 import BeautifulSoup
from PIL import Image

from tests.databases import database_url
from tests.processes import clocks_of, processes_of
from tests.serving import ROOT, copy_state, free_port, served_once

BERLIN = ZoneInfo("Europe/Berlin")
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


TERMS = 'SELECT land.code, start, "end" FROM conferences_chairterm JOIN conferences_land land ON land.id = land_id'
CHAIRING = """
    SELECT DISTINCT land_code FROM users_user account JOIN users_user_groups member ON member.user_id = account.id
    JOIN auth_group ON auth_group.id = group_id WHERE auth_group.name = 'Vorsitz'
"""
LAST_RUN = "SELECT succeeded_at FROM intmk_clockrun WHERE step = 'jede Minute'"


class Served:
    """The site in processes of its own, started again whenever it has ended; its log goes to a file.

    is_away: its database is. complaints: how many things were wrong beside what is lost or half.
    """

    def __init__(self, var: Path) -> None:
        self.var, self.port, self.log, self.clock = var, free_port(), var / "faults.log", var / "faults-clock"
        self.url = f"http://localhost:{self.port}"
        self.starts, self.complaints, self.is_away = 0, 0, False
        left_out = ("DATABASE_URL", "DJANGO_SETTINGS_MODULE")
        self.environment = {name: value for name, value in os.environ.items() if name not in left_out}
        self.environment |= {"INTMK_VAR": str(var), "PORT": str(self.port), "INTMK_TEST_CLOCK": str(self.clock)}
        self.environment["PYTHONPATH"] = str(ROOT / "tests" / "jumping_clock")
        self.set_clock(0)
        self.start()

    def start(self, **environment: str) -> None:
        self.process = self.begin(["-m", "intmk.server.serve"], **environment)
        self.starts += 1

    def begin(self, arguments: list[str], **environment: str) -> subprocess.Popen[bytes]:
        """Start Python as the site has it."""
        with self.log.open("ab") as log:
            return subprocess.Popen(
                [sys.executable, *arguments], cwd=ROOT, env=self.environment | environment, stdout=log, stderr=log,
                start_new_session=True,
            )  # fmt: skip

    def set_clock(self, seconds: int) -> None:
        """Let the site see a time that is so far from the right one."""
        self.aside = timedelta(seconds=seconds)
        self.clock.write_text(str(seconds))

    def now(self) -> datetime:
        return (datetime.now(UTC) + self.aside).astimezone(BERLIN)  # within BERLIN it would not count the summer's hour

    def complain(self, what: str) -> None:
        self.complaints += 1
        print(what, flush=True)

    @contextlib.contextmanager
    def away(self) -> Iterator[None]:
        """Measure what readers wait inside, where the database is made to be away."""
        self.is_away = True
        yield
        self.is_away = False

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
        self.tried = self.signed_in = 0
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
        self.signed_in += 1

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

    def write(self) -> bool:
        """Write a draft, or bring a picture, and say whether it was acknowledged; sign in again when asked to."""
        self.tried += 1
        title = f"Störung {self.tried}"
        if self.tried % 2:
            led = self.post(f"/admin/pages/add/intmk/newspage/{self.parent}/", self.news | {"title": title})
            if is_taken := bool(re.match(r"/admin/pages/\d+/edit/", led)):
                self.pages.add(title)
        else:
            more = {"title": title, "description": "Ein graues Rauschen ohne Gegenstand.", "credit": "Niemand"}
            led = self.post("/admin/images/add/", self.picture | more, (f"s{self.tried}.png", noise()))
            if is_taken := led == "/admin/images/":
                self.pictures[title] = title
        if led.startswith("/admin/login/"):
            self.sign_in()
        return is_taken

    def goes_on(self) -> bool:
        """Say whether writing is possible again, after a few attempts."""
        for _ in range(20):
            with contextlib.suppress(*NOT_LOST):
                if self.write():
                    return True
            time.sleep(0.5)
        return False


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


def read_before(site: Served) -> None:
    """Let each process store the page."""
    for _ in range(12):
        get(site.url + "/")


def hang_database(site: Served) -> None:
    read_before(site)
    pids = site.processes(b"postgres")
    with site.away():
        for pid in pids:
            with contextlib.suppress(OSError):
                os.kill(pid, signal.SIGSTOP)
        time.sleep(1.5)
    for pid in pids:
        with contextlib.suppress(OSError):
            os.kill(pid, signal.SIGCONT)


def refuse(site: Served) -> None:
    read_before(site)
    with site.database() as ours:
        name = ours.info.dbname
    with site.database("postgres") as database, site.away():
        database.execute(f"ALTER DATABASE {name} ALLOW_CONNECTIONS false")
        database.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s", [name])
        time.sleep(1.5)
        database.execute(f"ALTER DATABASE {name} ALLOW_CONNECTIONS true")


def late_database(site: Served) -> None:
    """Start the site before its database, of which first nothing is there, and then something that is not ready yet."""
    from intmk.server import embedded_postgres

    known = embedded_postgres.django_database(site.var)
    kill_all_at_once(site)
    site.process.wait()
    site.start(DATABASE_URL=database_url(known))
    starts = site.starts
    for _ in range(600):
        with contextlib.suppress(*NOT_LOST):
            if get(site.url + "/")[0] == 503:
                break
        time.sleep(0.1)
    else:
        site.complain("Ohne Datenbank kommt kein 503.")
    with site.away():
        time.sleep(1.5)
        be_unready(Path(known["HOST"], f".s.PGSQL.{known['PORT']}"), 1.5)
    with embedded_postgres.running(site.var, lambda line: None):
        site.keep_up()
        if site.starts > starts:
            site.complain("Mit der späten Datenbank fing die Website nicht von selbst an.")
        site.process.terminate()  # it goes on with a database that it starts itself
        site.process.wait(20)
        site.start()
        site.keep_up()


def be_unready(place: Path, seconds: float) -> None:
    """Answer in place of PostgreSQL as it does while it recovers."""
    said = b"SFATAL\0VFATAL\0C57P03\0Mthe database system is starting up\0\0"
    place.unlink(missing_ok=True)
    with socket.socket(socket.AF_UNIX) as door:
        door.bind(str(place))
        door.listen()
        door.settimeout(0.1)
        ends = time.monotonic() + seconds
        while time.monotonic() < ends:
            with contextlib.suppress(OSError), door.accept()[0] as line:
                line.recv(1000)
                line.sendall(b"E" + (len(said) + 4).to_bytes(4) + said)
    place.unlink()


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


def jump_clock(site: Served) -> None:
    """Set the clock wrong, and right again; each time what changes is seen at once, and the command "clock" runs."""
    far = next(JUMPS) or until_chair_passes(site)
    for seconds in (far, 0):
        site.set_clock(seconds)
        time.sleep(0.1)  # all processes have seen it
        for what in itertools.chain(stale_answers(site), left_by_clock(site) if abs(far) >= DAY else ()):
            site.complain(f"Nach einem Sprung um {seconds or -far} s: {what}")


DAY = 24 * 3600
JUMPS = itertools.cycle([7, -7, 3600, -3600, DAY, -DAY, 0])  # seconds; 0: beyond the next chair


def until_chair_passes(site: Served) -> int:
    """Return the seconds until the first minute of the next term."""
    begins = datetime.combine(terms(site).next_terms(1, site.now().date())[0].start, time_of_day.min, BERLIN)
    return int((begins - site.now().astimezone(UTC)).total_seconds()) + 30


def terms(site: Served) -> Any:
    from conferences.rules.rotation import Rotation, Term

    with site.database() as database:
        return Rotation([Term(*row) for row in database.execute(TERMS + " ORDER BY start")])


def stale_answers(site: Served) -> Iterator[str]:
    """Change the title of a public page and yield a complaint for each answer that does not show it after 100 ms."""
    path, title = "/aktuelles/", f"Aktuelles {time.monotonic()}"
    for _ in range(4):  # it is stored before
        get(site.url + path)
    with site.database() as database:
        database.execute("UPDATE wagtailcore_page SET title = %s WHERE slug = 'aktuelles'", [title])
    changed = time.monotonic()
    time.sleep(0.1)
    for _ in range(8):
        after = time.monotonic() - changed
        with urllib.request.urlopen(site.url + path, timeout=30) as answer:
            if title not in answer.read().decode():
                yield f"eine Seite war nach {after * 1000:.0f} ms noch veraltet"


def left_by_clock(site: Served) -> Iterator[str]:
    """Run the command "clock" and yield what it did not put right for the time that it sees, within two minutes."""
    site.begin(["manage.py", "clock", "--once"]).wait(120)
    chairs = {terms(site).chair_on(site.now().date())}
    for _ in range(120):  # another may have been at it, which that of the site is each minute
        with site.database() as database:
            (ran,) = database.execute(LAST_RUN).fetchone() or (datetime.min.replace(tzinfo=UTC),)
            may = {row[0] for row in database.execute(CHAIRING)}
        if is_of_now := abs(ran - site.now()) < timedelta(seconds=120):
            break
        time.sleep(1)
    if not is_of_now:
        yield f"die Uhr lief zuletzt {ran}"
    if may != chairs:
        yield f"veröffentlichen darf {may} statt {chairs}"


FAULTS = [kill_worker, kill_web_server, kill_clock, kill_supervisor, kill_all_at_once, kill_database, kill_backend,
          hang_database, refuse, late_database, take_nothing, fill_disk, cut_upload, jump_clock]  # fmt: skip


# --- what is counted ------------------------------------------------------------------------------------------------


class Readers(threading.Thread):
    """Reads a stored page and one that is not, over and over; notes how long they took while the database is away."""

    def __init__(self, site: Served, errors: "list[tuple[int, str]]") -> None:
        super().__init__(daemon=True)
        self.site, self.errors = site, errors
        self.stored: list[float] = []
        self.refused: list[float] = []

    def run(self) -> None:
        for number in itertools.count():
            for path in ("/", f"/suche/?q=wort{number}"):
                with contextlib.suppress(*NOT_LOST):
                    status, key, seconds = get(self.site.url + path)
                    if status >= 500:
                        self.errors.append((status, key))
                    if self.site.is_away and path == "/" and status == 200:
                        self.stored.append(seconds)
                    if self.site.is_away and status == 503:
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
            brought.start()
            while brought.is_alive():
                with contextlib.suppress(*NOT_LOST):
                    official.write()
                brought.join(0.05)
            time.sleep(0.5)  # what ends because of it has ended
            site.keep_up()
            missing, torn = lost_and_half(site, official)
            lost |= missing
            half += torn
            done[fault.__name__] += 1
            if not official.goes_on():
                site.complain(f"{fault.__name__}: Danach ließ sich nichts mehr schreiben.")
            if missing or torn:
                print(f"{fault.__name__}: verloren {missing}, halb {torn}", flush=True)
            if (number_done := sum(done.values())) % 50 == 0:
                print(f"{number_done} Störungen, verloren {len(lost)}, halb {len(half)}", flush=True)
    log = site.log.read_text(errors="replace")
    silent = [(status, key) for status, key in errors if not key or f"id={key}" not in log]
    print(f"{sum(done.values())} Störungen ({', '.join(f'{name} {count}' for name, count in sorted(done.items()))}), "
          f"{site.starts} Starts; {official.tried} Versuche zu schreiben, bestätigt {len(official.pages)} Seiten und "
          f"{len(official.pictures)} Bilder; verloren {len(lost)}, halb {len(half)}; {len(errors)} Antworten ab 500, "
          f"davon ohne Zeile im Protokoll {len(silent)} {Counter(s for s, _ in silent)}; neu angemeldet "
          f"{official.signed_in - 1} mal, sonst zu beanstanden {site.complaints}")  # fmt: skip
    for name, times in (("gespeicherte Seite", readers.stored), ("503", readers.refused)):
        if times:
            print(f"Datenbank fehlt, {name}: {len(times)} mal, Median {statistics.median(times) * 1000:.0f} ms")
    return len(lost) + len(half) + len(silent) + site.complaints


def bring_about(fault: Callable[[Served], None], site: Served) -> None:
    try:
        fault(site)
    except (psycopg.Error, OSError, subprocess.SubprocessError) as error:
        site.complain(f"{fault.__name__}: {error}")


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "intmk.settings.test")
    django.setup()
    sys.exit(min(run(int(sys.argv[1]) if len(sys.argv) > 1 else 300), 1))
