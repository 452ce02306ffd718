"""What is sent is read to its end before anybody else is busy with it: a few halves of forms stop nobody.

Behind nginx that is done already. Without it, four forms of which the rest never comes would keep all that Django has
(intmk/server/page_cache.py). Each half holds a thread of the server until its connection ends: the server lends no way
to give up reading, and hangs when it is answered meanwhile. So only some of its threads read bodies, fewer from one
address, and the others go on for whoever reads pages or sends a form from elsewhere. Who sends too slowly loses the
connection (intmk/server/slow_senders.py).
"""

import tempfile
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from typing import IO, NoReturn

from django.conf import settings

from intmk.server.security_headers import AS_IT_SAYS
from intmk.server.slow_senders import Sender, cut_off
from intmk.server.stored_answers import Environ, StartResponse
from intmk.server.web_server import THREADS

CHUNK = 64 * 1024
IN_MEMORY = 1024 * 1024  # bytes; more lies in a file meanwhile
MOST, MOST_OF_ONE = THREADS - 3, 3  # bodies that are read at a time, in each worker, and those from one address
BRIEF, MOST_WAITING = 0.5, 2  # seconds for which so many others wait: a whole form is read in no time
LOOK_AGAIN = 1  # seconds, while bodies are read
FULL = "Gerade senden sehr viele auf einmal. Bitte gleich noch einmal versuchen.\n"
LARGE = "Was gesendet wurde, ist zu groß.\n"
CUT = "Was gesendet wurde, kam nicht vollständig an. Bitte noch einmal versuchen.\n"
SLOW = "Das Senden hat zu lange gedauert. Bitte noch einmal versuchen.\n"


class RefusedBodyError(Exception):
    """A body is not taken; with the status and the sentence of the answer."""


class WholeBodies:
    """The WSGI application around all others."""

    def __init__(self, application: Callable[..., Iterable[bytes]]) -> None:
        self.application = application
        self.senders: set[Sender] = set()  # whose bodies are being read
        self.waiting = 0  # how many wait for their turn
        self.one_is_read = threading.Condition()  # or begins to be
        self.session = f"{settings.SESSION_COOKIE_NAME}="

    def __call__(self, environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
        """Answer once all is there that was announced; 400, 408, 413 or 503 where it cannot be had."""
        announced = environ.get("CONTENT_LENGTH")
        if (
            not announced
            or not announced.isdigit()
            or not int(announced)
            or environ["REQUEST_METHOD"] in ("GET", "HEAD")
        ):
            return self.application(environ, start_response)
        try:
            with tempfile.SpooledTemporaryFile(IN_MEMORY) as body:
                self.read(environ, int(announced), body)
                return self.application(environ | {"wsgi.input": body}, start_response)
        except RefusedBodyError as refused:
            status, sentence = refused.args
            content = sentence.encode()
            headers = [("Content-Type", "text/plain; charset=utf-8"), ("Content-Length", str(len(content)))]
            headers += [AS_IT_SAYS, ("Cache-Control", "no-store"), ("Server", ""), ("Retry-After", "1")]
            start_response(status, headers)
            return [content]

    def read(self, environ: Environ, length: int, body: IO[bytes]) -> None:
        """Put what is sent into `body`; raise RefusedBodyError when it is too much, too many at once or cut."""
        if length > self.largest(environ):
            raise RefusedBodyError("413 Content Too Large", LARGE)
        sender = Sender(environ.get("REMOTE_ADDR", ""), int(environ.get("SERVER_PORT") or 0))
        with self.turn(sender):
            while (missing := length - body.tell()) and (chunk := environ["wsgi.input"].read(min(CHUNK, missing))):
                body.write(chunk)
                sender.received += len(chunk)
        if sender.received < length:
            is_late = sender.is_cut or sender.is_slow()
            raise RefusedBodyError(*(("408 Request Timeout", SLOW) if is_late else ("400 Bad Request", CUT)))
        body.seek(0)

    @contextmanager
    def turn(self, sender: Sender) -> Iterator[None]:
        """Read a body of this sender inside; raise RefusedBodyError when there are too many."""
        with self.one_is_read:
            waits = self.waiting < MOST_WAITING
            self.waiting += waits
            has_room = self.one_is_read.wait_for(lambda: self.has_room(sender.address), BRIEF if waits else 0)
            self.waiting -= waits
            if not has_room:
                raise RefusedBodyError("503 Service Unavailable", FULL)
            self.senders.add(sender)
            self.one_is_read.notify_all()
        try:
            yield
        finally:
            with self.one_is_read:
                self.senders.remove(sender)
                self.one_is_read.notify_all()

    def has_room(self, address: str) -> bool:
        """Say whether one more body from this address may be read."""
        return len(self.senders) < MOST and sum(each.address == address for each in self.senders) < MOST_OF_ONE

    def watch(self) -> NoReturn:
        """Cut off who sends too slowly, as long as this process lives."""
        while True:
            with self.one_is_read:
                self.one_is_read.wait_for(lambda: self.senders)
                slow = {(each.address, each.port) for each in self.senders if each.is_slow()}
                for each in self.senders:
                    each.is_cut |= (each.address, each.port) in slow
            for address, port in slow:
                with suppress(OSError):  # no more files may be open just now
                    cut_off(address, port)
            time.sleep(LOOK_AGAIN)

    def largest(self, environ: Environ) -> int:
        """Return how many bytes are taken: of who is signed in so many that the form itself can refuse a video."""
        if self.session in environ.get("HTTP_COOKIE", ""):
            return 2 * settings.VIDEO_MAX_UPLOAD_SIZE
        return settings.DATA_UPLOAD_MAX_MEMORY_SIZE
