"""The outermost layer: answers for readers, made once and sent as they are until something changes.

What may be stored is said inside, by intmk/server/revalidation.py; all else goes through as it is. An answer is kept
under all that it depends on: scheme, host, path and the keys of the query that the address reads. It is given out
only while PostgreSQL tells of changes (intmk/server/page_changes.py), and until the day ends on which it was made.

Django runs in a few threads of its own: however many wait for it, some of the server's are left for what is stored.
"""

import threading
import time
from collections.abc import Callable, Iterable
from concurrent.futures import CancelledError, Future, ThreadPoolExecutor
from functools import lru_cache
from typing import Any

from django.conf import settings

from intmk.server.asked_keys import asked
from intmk.server.counts import KEPT, KEPT_BYTES, STORED
from intmk.server.page_changes import Changes, day_of
from intmk.server.revalidation import PUBLIC, STORABLE
from intmk.server.security_headers import AS_IT_SAYS
from intmk.server.stored_answers import Answer, Environ, Key, Shelf, StartResponse, StoredAnswer, passed
from intmk.server.unavailable import SWITCH
from intmk.server.web_server import THREADS

PASSED_ON = ("/admin/", "/static/", "/media/", "/vorschau/")
AT_ONCE = 4  # answers that Django makes at a time, in each worker
PATIENT, BRIEF = 30, 0.5  # seconds for which most threads of the server wait for their turn, and the others
KEPT_FREE = 3  # so many others
FOR_PAGES, FOR_OTHERS = 48 * 2**20, 16 * 2**20  # bytes per worker; the others: what a query or no page made
LARGEST, LONGEST = 2 * 2**20, 1000  # bytes of an answer, characters of its address, beyond which none is kept
LOOK_AGAIN = 0.2  # seconds until the switch of maintenance is looked at again
# What Django learns of who asks first for what is then sent to all.
LET_IN = {"HTTP_ACCEPT_ENCODING", "HTTP_IF_MODIFIED_SINCE", "HTTP_IF_NONE_MATCH", "HTTP_IF_RANGE", "HTTP_RANGE",
          "HTTP_X_FORWARDED_FOR", "HTTP_X_REQUEST_ID"}  # fmt: skip
STALE = [("Warning", '110 - "Response is Stale"'), ("Cache-Status", "intmk; hit; detail=stale")]
SORRY = b"Gerade fragen sehr viele auf einmal. Bitte gleich noch einmal versuchen.\n"
BUSY: Answer = (
    "503 Service Unavailable",
    [("Content-Type", "text/plain; charset=utf-8"), ("Content-Length", str(len(SORRY))), AS_IT_SAYS,
     ("Retry-After", "1"), ("Cache-Control", "no-store")],
    [SORRY],
)  # fmt: skip


@lru_cache(1024)
def storing_key(scheme: str, host: str, path: str, query: str) -> tuple[Key, bool]:
    """Return what an answer is kept under, and whether the query has more than its address reads."""
    read, is_shortened = asked(path, query)
    return ("https" if scheme.partition(",")[0].strip() == "https" else "http", host.lower(), path, read), is_shortened


class PageCache:
    """The WSGI application around Django's. `changes` says when what is stored no longer holds."""

    def __init__(self, django: Callable[..., Iterable[bytes]], changes: Changes) -> None:
        self.django, self.changes = django, changes
        self.pages, self.others = Shelf(FOR_PAGES), Shelf(FOR_OTHERS)
        self.flights: dict[tuple, Future] = {}  # what is being made, by key and generation
        self.pool, self.patient = ThreadPoolExecutor(AT_ONCE, "django"), threading.Semaphore(THREADS - KEPT_FREE)
        self.lock = threading.Lock()
        self.looked, self.is_maintained = 0.0, False
        self.counts = dict.fromkeys(("aktuell", "veraltet", "überlastet"), 0)
        self.session = f"{settings.SESSION_COOKIE_NAME}="
        changes.forget = self.forget

    def __call__(self, environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
        """Answer from what is stored, else by Django."""
        if (now := time.monotonic()) - self.looked > LOOK_AGAIN:
            self.looked, self.is_maintained = now, SWITCH.exists()
            self.tell()
        path, query, get = environ["PATH_INFO"], environ["QUERY_STRING"], environ.get
        host, scheme = get("HTTP_HOST", ""), get("HTTP_X_FORWARDED_PROTO") or environ["wsgi.url_scheme"]
        if path in ("/gesund/", "/gesund"):
            return self.django(environ, start_response)
        if (
            environ["REQUEST_METHOD"] not in ("GET", "HEAD")
            or path.startswith(PASSED_ON)
            or self.session in get("HTTP_COOKIE", "")
            or "HTTP_AUTHORIZATION" in environ
            or len(path) + len(query) + len(host) + len(scheme) > LONGEST
            or self.is_maintained
        ):
            return passed(self.asked_alone(environ), environ, start_response)
        key, is_shortened = storing_key(scheme, host, path, query)
        kept = self.kept(key)
        found = kept if kept and self.holds(kept) else self.made(key, environ)
        if isinstance(found, StoredAnswer):
            if is_shortened and not found.digest:  # no page: an old address may lie in what was left out
                return passed(self.asked_alone(environ), environ, start_response)
            self.counts["aktuell"] += 1
            return found.send(environ, start_response)
        if kept and found[0].startswith("503") and not self.changes.are_told():
            self.counts["veraltet"] += 1
            return kept.send(environ, start_response, *STALE)
        return passed(found, environ, start_response)

    def tell(self) -> None:
        """Hand on what was counted, and how much is stored; not with each answer, of which it would be a twentieth."""
        for kind, count in self.counts.items():
            self.counts[kind] -= count
            STORED.labels(kind).inc(count)
        for name, shelf in (("seiten", self.pages), ("übrige", self.others)):
            KEPT.labels(name).set(len(shelf))
            KEPT_BYTES.labels(name).set(shelf.used)

    def kept(self, key: Key) -> StoredAnswer | None:
        """Return what is there under the key, whether it still holds or not."""
        return self.pages.get(key) or self.others.get(key)

    def holds(self, entry: StoredAnswer) -> bool:
        """Say whether what is kept is still true."""
        return entry.begins <= time.time() < entry.ends and time.monotonic() < self.changes.told_until

    def made(self, key: Key, environ: Environ) -> StoredAnswer | Answer:
        """Return what Django makes of it, once for all who ask meanwhile; what is not for all, for each."""
        scheme, host, _, query = key
        inner = {name: value for name, value in environ.items() if name[:5] != "HTTP_" or name in LET_IN}
        inner |= {"REQUEST_METHOD": "GET", "QUERY_STRING": query, "HTTP_HOST": host, "HTTP_X_FORWARDED_PROTO": scheme}
        if environ["REQUEST_METHOD"] == "HEAD":
            inner.pop("HTTP_RANGE", None)
        with self.lock:
            kept = self.kept(key)
            if kept and self.holds(kept):
                return kept
            flight = key, self.changes.generation
            future = self.flights.get(flight)
            leads = future is None
            if future is None:
                future = self.pool.submit(self.fill, flight, inner)
                if self.changes.are_told():
                    self.flights[flight] = future
                    future.add_done_callback(lambda _: self.flights.pop(flight, None))
        found = self.waited_for(future, leads)
        is_for_this_one = leads or found is BUSY or isinstance(found, StoredAnswer)
        return found if is_for_this_one else self.asked_alone(inner)

    def asked_alone(self, environ: Environ) -> Answer:
        """Return Django's answer for one reader alone, or that it could not be waited for."""
        return self.waited_for(self.pool.submit(self.ask, environ))

    def waited_for(self, future: Future, is_own: bool = True) -> Any:
        """Return the result; BUSY when its turn does not come in time."""
        is_patient = self.patient.acquire(blocking=False)
        try:
            return future.result(PATIENT if is_patient else BRIEF)
        except (TimeoutError, CancelledError):
            if is_own and not future.cancel():
                return future.result()  # Django has begun
            self.counts["überlastet"] += 1
            return BUSY
        finally:
            if is_patient:
                self.patient.release()

    def ask(self, environ: Environ) -> Answer:
        """Return Django's answer, read and closed in this thread unless it is a stream."""
        begun: list[Any] = []
        content: Any = self.django(environ, lambda *args: begun.extend(args))
        if not getattr(content, "streaming", True):
            chunks = list(content)
            content.close()
            content = chunks
        return begun[0], begun[1], content

    def fill(self, flight: tuple, environ: Environ) -> StoredAnswer | Answer:
        """Return Django's answer; stored, when it is for all and nothing has changed since."""
        day = day_of(time.time())
        answer = status, headers, content = self.ask(environ)
        said = {name.lower(): value for name, value in headers}
        if (
            int(status[:3]) not in STORABLE
            or said.get("cache-control") != PUBLIC
            or not isinstance(content, list)
            or not said.keys().isdisjoint({"set-cookie", "content-encoding"})
            or said.get("vary", "").lower() not in ("", "accept-encoding")
        ):
            return answer
        entry = StoredAnswer(answer, b"".join(content), day)
        key, generation = flight
        with self.lock:
            is_true = self.changes.generation == generation and self.changes.are_told()
            # The day may have changed meanwhile: at midnight, or back to the one before by a jump of the time.
            if is_true and day == day_of(time.time()) and len(entry.body) <= LARGEST:
                self.pages.drop(key)
                self.others.drop(key)
                (self.pages if entry.digest and not key[3] else self.others).put(key, entry)
        return entry

    def forget(self) -> None:
        """Let go of all that is stored."""
        with self.lock:
            self.pages.clear()
            self.others.clear()
            self.tell()
