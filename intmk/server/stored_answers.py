"""Answers as the page cache keeps them: their bytes in each encoding, and how many of them there is room for."""

import gzip
from collections import OrderedDict
from collections.abc import Callable, Iterable
from functools import lru_cache
from hashlib import blake2b
from typing import Any

import brotli

from intmk.server.request_id import HEADER, number_of
from intmk.server.revalidation import is_text

Environ = dict[str, Any]
Key = tuple[str, str, str, str]  # scheme, host, path, query
Headers = list[tuple[str, str]]
StartResponse = Callable[[str, Headers], Any]
Answer = tuple[str, Headers, Any]  # the last: a list of bytes, or a stream that is still to be closed
FEW = 500  # bytes that it does not pay to compress
OWN = {"content-length", "vary", HEADER.lower()}


@lru_cache(256)
def encoding_of(accepted: str) -> str:
    """Return the better of "br" and "gzip" that an Accept-Encoding header names, "" without either."""
    parts = [part.replace(" ", "").lower().partition(";q=") for part in accepted.split(",")]
    taken = {name for name, _, weight in parts if not weight or weight.strip("0.")}
    return next((name for name in ("br", "gzip") if name in taken), "")


def passed(answer: Answer, environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
    """Send an answer of Django as it is; without its bytes where only the head was asked for."""
    status, headers, content = answer
    start_response(status, headers)
    if environ["REQUEST_METHOD"] != "HEAD":
        return content
    if not isinstance(content, list):
        content.close()
    return [b""]


class StoredAnswer:
    """A stored answer, with its bytes in each encoding as soon as somebody has asked for it."""

    def __init__(self, answer: Answer, body: bytes, day: tuple[float, float]) -> None:
        self.status, headers, _ = answer
        self.body, (self.begins, self.ends) = body, day
        self.headers = [(name, value) for name, value in headers if name.lower() not in OWN]
        self.is_text = len(body) >= FEW and any(name == "Content-Type" and is_text(value) for name, value in headers)
        self.digest = blake2b(body, digest_size=12).hexdigest() if self.status.startswith("200") else ""
        self.size = 2 * len(body) + 4000  # none of the two others is larger than a half
        self.variants: dict[str, tuple[bytes, Headers, str]] = {}
        self.is_asked_for = False

    def variant(self, encoding: str) -> tuple[bytes, Headers, str]:
        """Return bytes, headers and ETag, once made; as they are where it does not pay to compress."""
        body, own = self.body, [("Vary", "Accept-Encoding")] if self.is_text else []
        if encoding and self.is_text:
            # Quality 5 takes a tenth of the time of the best for a few hundredths more.
            packed = brotli.compress(body, quality=5) if encoding == "br" else gzip.compress(body, 6, mtime=0)
            if len(packed) <= len(body) // 2:
                body = packed
                own.append(("Content-Encoding", encoding))
        tag = f'"{self.digest}{encoding}"' if self.digest else ""
        own += [("ETag", tag)] if tag else []
        made = self.variants[encoding] = body, [*self.headers, *own, ("Content-Length", str(len(body)))], tag
        return made

    def for_reader(self, environ: Environ) -> tuple[bytes, Headers, str]:
        """Return the same in the encoding that the reader takes."""
        encoding = encoding_of(environ.get("HTTP_ACCEPT_ENCODING", "")[:200])
        return self.variants.get(encoding) or self.variant(encoding)

    def send(self, environ: Environ, start_response: StartResponse, *marks: tuple[str, str]) -> list[bytes]:
        """Send it with `marks`, headers of this answer alone; 304 to who has it."""
        self.is_asked_for = True
        body, headers, tag = self.for_reader(environ)
        headers = [*headers, (HEADER, number_of(environ.get("HTTP_X_REQUEST_ID", ""))), *marks]
        known = environ.get("HTTP_IF_NONE_MATCH")
        if known and tag and (known == "*" or tag in [part.strip().removeprefix("W/") for part in known.split(",")]):
            start_response("304 Not Modified", [pair for pair in headers if not pair[0].startswith("Content-")])
            return [b""]
        start_response(self.status, headers)
        return [body] if environ["REQUEST_METHOD"] == "GET" else [b""]


class Shelf(OrderedDict[Key, StoredAnswer]):
    """Entries up to `limit` bytes; the oldest goes first, but one that was asked for meanwhile counts as new once."""

    def __init__(self, limit: int) -> None:
        super().__init__()
        self.limit, self.used = limit, 0

    def put(self, key: Key, entry: StoredAnswer) -> None:
        """Take it in; only one thread at a time may."""
        self[key] = entry
        self.used += entry.size
        while self.used > self.limit:
            oldest, answer = self.popitem(last=False)
            if answer.is_asked_for:
                answer.is_asked_for = False
                self[oldest] = answer
            else:
                self.used -= answer.size

    def drop(self, key: Key) -> None:
        """Let go of what may be there under the key."""
        if former := self.pop(key, None):
            self.used -= former.size

    def clear(self) -> None:
        super().clear()
        self.used = 0
