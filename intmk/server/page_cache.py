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
from typing import Any

from django.conf import settings

from intmk.server.asked_keys import asked
from intmk.server.counts import KEPT, KEPT_BYTES, STORED
from intmk.server.page_changes import Changes, day_of
from intmk.server.request_id import HEADER, number_of
from intmk.server.revalidation import PUBLIC, STORABLE
from intmk.server.security_headers import AS_IT_SAYS
from intmk.server.stored_answers import Answer, Environ, Headers, Shelf, StartResponse, StoredAnswer, passed
from intmk.server.unavailable import SWITCH
from intmk.server.web_server import THREADS

PASSED_ON = ("/admin/", "/static/", "/media/", "/vorschau/")
AT_ONCE = 4  # answers that Django makes at a time, in each worker
PATIENT, BRIEF = 30, 0.5  # seconds for which most threads of the server wait for their turn, and the others
KEPT_FREE = 3  # so many others
FOR_PAGES, FOR_OTHERS = 48 * 2**20, 16 * 2**20  # bytes per worker; the others: what a query or no page made
MOST_READY, LONGEST_ACCEPTED = 2000, 100  # kept by all that was sent; characters of what anybody can make up in it
LARGEST, LONGEST = 2 * 2**20, 1000  # bytes of an answer, characters of path and query, beyond which none is kept
LOOK_AGAIN = 0.2  # seconds until the switch of maintenance is looked at again
# What Django learns of who asks first for what is then sent to all.
LET_IN = {"HTTP_ACCEPT_ENCODING", "HTTP_IF_MODIFIED_SINCE", "HTTP_IF_NONE_MATCH", "HTTP_IF_RANGE", "HTTP_RANGE",
          "HTTP_X_FORWARDED_FOR", "HTTP_X_REQUEST_ID"}  # fmt: skip
STALE = [("Warning", '110 - "Response is Stale"'), ("Cache-Status", "intmk; hit; detail=stale")]
BUSY = b"Gerade fragen sehr viele auf einmal. Bitte gleich noch einmal versuchen.\n"


class BusyError(Exception):
    """So many ask at once that this one cannot wait."""


class PageCache:
    """The WSGI application around Django's. `changes` says when what is stored no longer holds."""

    def __init__(self, django: Callable[..., Iterable[bytes]], changes: Changes) -> None:
        self.django, self.changes = django, changes
        self.pages, self.others = Shelf(FOR_PAGES), Shelf(FOR_OTHERS)
        self.ready: dict[tuple, tuple[StoredAnswer, bytes, Headers]] = {}  # by what was sent
        self.flights: dict[tuple, Future] = {}  # what is being made, by key and generation
        self.pool, self.patient = ThreadPoolExecutor(AT_ONCE, "django"), threading.Semaphore(THREADS - KEPT_FREE)
        self.lock = threading.RLock()
        self.looked, self.is_maintained = 0.0, False
        self.counts = dict.fromkeys(("aktuell", "veraltet", "überlastet"), 0)
        self.session = f"{settings.SESSION_COOKIE_NAME}="
        changes.forget = self.forget

    def __call__(self, environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
        """Answer who sends what somebody has sent before as that one; else have a look."""
        now, get = time.monotonic(), environ.get
        if now - self.looked > LOOK_AGAIN:
            self.looked, self.is_maintained = now, SWITCH.exists()
            self.tell_counts()
        sent = (
            self.changes.generation, environ["REQUEST_METHOD"], environ["wsgi.url_scheme"], environ["PATH_INFO"],
            environ["QUERY_STRING"], get("HTTP_HOST"), get("HTTP_X_FORWARDED_PROTO"), get("HTTP_ACCEPT_ENCODING"),
            get("HTTP_IF_NONE_MATCH"), get("HTTP_COOKIE"), get("HTTP_AUTHORIZATION"),
        )  # fmt: skip
        ready = self.ready.get(sent)
        if not ready or self.is_maintained or now >= self.changes.told_until:
            return self.looked_up(environ, start_response, sent)
        entry, body, headers = ready
        if not entry.begins <= time.time() < entry.ends:
            return self.looked_up(environ, start_response, sent)
        entry.is_asked_for = True
        self.counts["aktuell"] += 1
        start_response(entry.status, [*headers, (HEADER, number_of(get("HTTP_X_REQUEST_ID", "")))])
        return [body]

    def looked_up(self, environ: Environ, start_response: StartResponse, sent: tuple) -> Iterable[bytes]:
        """Answer from what is stored, else by Django."""
        path, query, proto = environ["PATH_INFO"], environ["QUERY_STRING"], environ.get("HTTP_X_FORWARDED_PROTO")
        if path in ("/gesund/", "/gesund"):
            return self.django(environ, start_response)
        try:
            if (
                environ["REQUEST_METHOD"] not in ("GET", "HEAD")
                or path.startswith(PASSED_ON)
                or self.session in environ.get("HTTP_COOKIE", "")
                or "HTTP_AUTHORIZATION" in environ
                or len(path) + len(query) > LONGEST
                or self.is_maintained
            ):
                return passed(self.waited_for(self.pool.submit(self.ask, environ)), environ, start_response)
            query, is_shortened = asked(path, query) if query else ("", False)
            scheme = environ["wsgi.url_scheme"] if proto is None else proto.partition(",")[0].strip()
            key = ("https" if scheme == "https" else "http", environ.get("HTTP_HOST", "").lower(), path, query)
            found = self.stored(key) or self.made(key, environ)
            if isinstance(found, tuple):
                kept = self.kept(key) if found[0].startswith("503") and not self.changes.are_told() else None
                if kept:
                    self.counts["veraltet"] += 1
                    return kept.send(environ, start_response, *STALE)
                return passed(found, environ, start_response)
            if is_shortened and not found.digest:  # no page: an old address may lie in what was left out
                return passed(self.waited_for(self.pool.submit(self.ask, environ)), environ, start_response)
            self.counts["aktuell"] += 1
            self.keep_ready(sent, key, found, environ)
            return found.send(environ, start_response)
        except BusyError:
            self.counts["überlastet"] += 1
            headers = [("Content-Type", "text/plain; charset=utf-8"), ("Content-Length", str(len(BUSY)))]
            headers += [AS_IT_SAYS, ("Retry-After", "1"), ("Cache-Control", "no-store")]
            start_response("503 Service Unavailable", headers)
            return [BUSY]

    def keep_ready(self, sent: tuple, key: tuple, entry: StoredAnswer, environ: Environ) -> None:
        """Let who sends the very same be answered without a further look, until anything changes or is stored."""
        _, method, *_, proto, packed, tag, cookie, account = sent
        is_long = len(packed or "") + len(proto or "") > LONGEST_ACCEPTED
        if method != "GET" or is_long or (tag, cookie, account) != (None, None, None):
            return
        with self.lock:
            if self.kept(key) is entry:  # with what is let go of, this goes, too
                if len(self.ready) >= MOST_READY:
                    self.ready.clear()
                self.ready[sent] = entry, *entry.for_reader(environ)[:2]

    def tell_counts(self) -> None:
        """Hand on what was counted; not with each answer, of which it would be a twentieth."""
        for kind, count in self.counts.items():
            self.counts[kind] -= count
            STORED.labels(kind).inc(count)
        self.tell_size()

    def tell_size(self) -> None:
        """Hand on how much is stored."""
        for name, shelf in (("seiten", self.pages), ("übrige", self.others)):
            KEPT.labels(name).set(len(shelf))
            KEPT_BYTES.labels(name).set(shelf.used)

    def kept(self, key: tuple) -> StoredAnswer | None:
        """Return what is there under the key, whether it still holds or not."""
        return self.pages.get(key) or self.others.get(key)

    def stored(self, key: tuple) -> StoredAnswer | None:
        """Return what is stored and holds."""
        entry = self.kept(key)
        if entry is None or not entry.begins <= time.time() < entry.ends or not self.changes.are_told():
            return None
        return entry

    def made(self, key: tuple, environ: Environ) -> StoredAnswer | Answer:
        """Return what Django makes of it, once for all who ask meanwhile; what is not for all, for each."""
        scheme, host, _, query = key
        inner = {name: value for name, value in environ.items() if name[:5] != "HTTP_" or name in LET_IN}
        inner |= {"REQUEST_METHOD": "GET", "QUERY_STRING": query, "HTTP_HOST": host, "HTTP_X_FORWARDED_PROTO": scheme}
        if environ["REQUEST_METHOD"] == "HEAD":
            inner.pop("HTTP_RANGE", None)
        with self.lock:
            if entry := self.stored(key):
                return entry
            flight = key, self.changes.generation
            future = self.flights.get(flight)
            leads = future is None
            if future is None:
                future = self.pool.submit(self.fill, flight, inner)
                if self.changes.are_told():
                    self.flights[flight] = future
                    future.add_done_callback(lambda _: self.flights.pop(flight, None))
        found: StoredAnswer | Answer = self.waited_for(future, leads)
        return found if leads or isinstance(found, StoredAnswer) else self.waited_for(self.pool.submit(self.ask, inner))

    def waited_for(self, future: Future, is_own: bool = True) -> Any:
        """Return the result; raise BusyError when its turn does not come in time."""
        is_patient = self.patient.acquire(blocking=False)
        try:
            return future.result(PATIENT if is_patient else BRIEF)
        except (TimeoutError, CancelledError) as error:
            if not is_own or future.cancel():
                raise BusyError from error
            return future.result()  # Django has begun
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
            if self.changes.generation == generation and self.changes.are_told() and len(entry.body) <= LARGEST:
                self.pages.drop(key)
                self.others.drop(key)
                (self.pages if entry.digest and not key[3] else self.others).put(key, entry)
                self.ready.clear()  # it may hold what has just had to go
        return entry

    def forget(self) -> None:
        """Let go of all that is stored."""
        with self.lock:
            self.ready.clear()
            self.pages.clear()
            self.others.clear()
            self.tell_size()
