"""What editors get goes out compressed, also from the one small server that has nothing in front of it."""

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.middleware.gzip import GZipMiddleware

from intmk.server.revalidation import is_for_all_readers, is_text


class CompressTextMiddleware(GZipMiddleware):
    """Django's, for text only: files are compressed already, and a part of one (Range) must stay as it is.

    Answers for all readers the page cache compresses, once.
    """

    def process_response(self, request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
        """Compress what is text and neither streamed nor public; all else as it is."""
        if response.streaming or is_for_all_readers(response) or not is_text(response.get("Content-Type", "")):
            return response
        return super().process_response(request, response)
