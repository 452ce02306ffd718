"""Text goes out compressed; what is compressed already, and parts of files, stay as they are."""

import gzip
from io import BytesIO

import pytest
from django.http import FileResponse
from django.test import Client, RequestFactory

from intmk.server.compression import CompressTextMiddleware

pytestmark = pytest.mark.django_db


def test_text_is_compressed_for_those_who_take_it():
    reader = Client(HTTP_HOST="localhost")
    address = "/admin/login/"  # what is for all readers the page cache compresses
    plain = reader.get(address)
    packed = reader.get(address, HTTP_ACCEPT_ENCODING="br, gzip")
    assert "Content-Encoding" not in plain
    assert packed["Content-Encoding"] == "gzip"
    assert "Accept-Encoding" in packed["Vary"]
    assert b"<html" in gzip.decompress(packed.content)


@pytest.mark.parametrize("kind", ["application/pdf", "text/plain"])
def test_files_are_not(kind):
    def view(request):
        return FileResponse(BytesIO(b"a long file " * 100), content_type=kind)

    response = CompressTextMiddleware(view)(RequestFactory().get("/", HTTP_ACCEPT_ENCODING="gzip"))
    assert "Content-Encoding" not in response
    assert b"".join(response.streaming_content) == b"a long file " * 100
