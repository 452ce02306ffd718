"""Parts of a file for players that jump within it: RFC 9110 §14. Safari plays no video from a server without them."""

import re
from collections.abc import Iterator
from typing import IO, Any

from django.core.files.base import File
from django.db.models.fields.files import FieldFile
from django.http import FileResponse, HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.utils.cache import get_conditional_response
from django.utils.http import http_date

CHUNK = 64 * 1024


class UnsatisfiableError(ValueError):
    """The part that was asked for lies beyond the end of the file."""


class FilePart:
    """The bytes first to last of a file, which it closes in the end."""

    def __init__(self, file: IO[bytes] | File, first: int, last: int) -> None:
        self.file, self.left = file, last - first + 1
        file.seek(first)

    def __iter__(self) -> Iterator[bytes]:
        return self

    def __next__(self) -> bytes:
        data = self.file.read(min(CHUNK, self.left))
        if not data:
            raise StopIteration
        self.left -= len(data)
        return data

    def close(self) -> None:
        self.file.close()


def asked_part(header: str, size: int) -> tuple[int, int] | None:
    """Return the first and last byte that a Range header asks for in a file of `size` bytes.

    None for what is answered with the whole file: no header, another unit, a malformed one, and several parts, which a
    server need not offer. Raises UnsatisfiableError.
    """
    found = re.fullmatch(r"bytes=[ \t]*(\d{0,18})-(\d{0,18})[ \t]*", header, re.ASCII | re.IGNORECASE)
    if found is None or not any(found.groups()):
        return None
    first, last = found.groups()
    if not first:
        if int(last) == 0 or size == 0:
            raise UnsatisfiableError
        return max(0, size - int(last)), size - 1
    if last and int(last) < int(first):
        return None
    if int(first) >= size:
        raise UnsatisfiableError
    return int(first), min(int(last), size - 1) if last else size - 1


def ranged_response(request: HttpRequest, file: FieldFile, etag: str, content_type: str) -> HttpResponseBase:
    """Return the stored `file`, or the part or 304 or 416 that the reader's headers ask for; raise OSError without it.

    etag: with quotation marks, a strong one. A part is given only of the file that the reader has begun (If-Range). The
    day of the file is that of its bytes: none is ever written anew under its name.
    """
    storage: Any = file.storage
    opened, written = storage.served(str(file.name))
    modified = int(written.timestamp())
    response = file_response(request, opened, etag, modified, content_type)
    response["ETag"] = etag
    response["Last-Modified"] = http_date(modified)
    response["Accept-Ranges"] = "bytes"
    return response


def file_response(request: HttpRequest, file: Any, etag: str, modified: int, content_type: str) -> HttpResponseBase:
    """Return the same for an open file, which is closed in the end; modified: in seconds since 1970."""
    size = file.size
    is_same = request.headers.get("If-Range", etag) in (etag, http_date(modified))
    known = get_conditional_response(request, etag=etag, last_modified=modified)
    if known is not None:
        file.close()
        return known
    try:
        # RFC 9110 §14.2: the header means nothing with HEAD
        part = asked_part(request.headers.get("Range", ""), size) if is_same and request.method == "GET" else None
    except UnsatisfiableError:
        file.close()
        return HttpResponse(status=416, headers={"Content-Range": f"bytes */{size}"})
    return whole(file, content_type) if part is None else one_part(file, part, size, content_type)


def whole(file: File, content_type: str) -> FileResponse:
    return FileResponse(file, content_type=content_type)


def one_part(file: File, part: tuple[int, int], size: int, content_type: str) -> StreamingHttpResponse:
    first, last = part
    response = StreamingHttpResponse(FilePart(file, first, last), status=206, content_type=content_type)
    response["Content-Range"] = f"bytes {first}-{last}/{size}"
    response["Content-Length"] = str(last - first + 1)
    return response
