"""What is sent is read to its end before anybody else is busy with it: a few halves of forms stop nobody.

Behind nginx that is done already. Without it, four forms of which the rest never comes would keep all that Django has
(intmk/server/page_cache.py). Each half holds a thread of the server until its connection ends: the server lends no way
to give up reading, and hangs when it is answered meanwhile. So only some of its threads read bodies, fewer from one
address, and the others go on for whoever reads pages or sends a form from elsewhere.
"""

import tempfile
import threading
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import IO

from django.conf import settings

from intmk.server.security_headers import AS_IT_SAYS
from intmk.server.stored_answers import Environ, StartResponse
from intmk.server.web_server import THREADS

CHUNK = 64 * 1024
IN_MEMORY = 1024 * 1024  # bytes; more lies in a file meanwhile
MOST, MOST_OF_ONE = THREADS - 3, 3  # bodies that are read at a time, in each worker, and those from one address
BRIEF = 0.5  # seconds for which the others wait: a whole form is read in no time
FULL = "Gerade senden sehr viele auf einmal. Bitte gleich noch einmal versuchen.\n"
LARGE = "Was gesendet wurde, ist zu groß.\n"
CUT = "Was gesendet wurde, kam nicht vollständig an. Bitte noch einmal versuchen.\n"


class RefusedBodyError(Exception):
    """A body is not taken; with the status and the sentence of the answer."""


class WholeBodies:
    """The WSGI application around all others."""

    def __init__(self, application: Callable[..., Iterable[bytes]]) -> None:
        self.application = application
        self.senders: Counter[str] = Counter()  # how many bodies are being read, by the address they come from
        self.one_is_read = threading.Condition()
        self.session = f"{settings.SESSION_COOKIE_NAME}="

    def __call__(self, environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
        """Answer once all is there that was announced; 400, 413 or 503 where it cannot be had."""
        announced = environ.get("CONTENT_LENGTH") or ""
        if not announced.isdigit() or not int(announced) or environ["REQUEST_METHOD"] in ("GET", "HEAD"):
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
        with self.turn(environ.get("REMOTE_ADDR", "")):
            while (missing := length - body.tell()) and (chunk := environ["wsgi.input"].read(min(CHUNK, missing))):
                body.write(chunk)
        if body.tell() < length:
            raise RefusedBodyError("400 Bad Request", CUT)
        body.seek(0)

    @contextmanager
    def turn(self, address: str) -> Iterator[None]:
        """Count a body from this address while the block runs; raise RefusedBodyError when there are too many."""
        with self.one_is_read:
            if not self.one_is_read.wait_for(lambda: self.has_room(address), BRIEF):
                raise RefusedBodyError("503 Service Unavailable", FULL)
            self.senders[address] += 1
        try:
            yield
        finally:
            with self.one_is_read:
                self.senders[address] -= 1
                if not self.senders[address]:
                    del self.senders[address]
                self.one_is_read.notify_all()

    def has_room(self, address: str) -> bool:
        """Say whether one more body from this address may be read."""
        return self.senders.total() < MOST and self.senders[address] < MOST_OF_ONE

    def largest(self, environ: Environ) -> int:
        """Return how many bytes are taken: of who is signed in so many that the form itself can refuse a video."""
        if self.session in environ.get("HTTP_COOKIE", ""):
            return 2 * settings.VIDEO_MAX_UPLOAD_SIZE
        return settings.DATA_UPLOAD_MAX_MEMORY_SIZE
