"""Tables for spreadsheets: what people get as CSV is never taken for a formula. How theirs are read: table_files.py.

That holds whoever typed a cell and whichever view wrote it; in an XLSX file Wagtail marks each cell as text itself.
"""

import csv
import io
import re
from collections.abc import Iterable, Iterator

from django.http import HttpRequest, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils.deprecation import MiddlewareMixin

# Spreadsheets pass over what nobody sees, and some take the full-width signs of Asian keyboards, too.
UNSEEN = r"[\s\x00-\x1f\x7f-\x9f\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufeff'\"`´‘’“”„«»‹›]*"
FORMULA = re.compile(rf"{UNSEEN}[=+\-@＝＋－−＠﹢﹣﹦﹫]")
NUMBER = re.compile(r"\s*[+-]?\d[\d.,]*\s*%?\s*")
# Also within a cell: on a German desk a file with commas is read as one with semicolons, whatever is quoted.
BORDER = re.compile(r"([,;\t\r\n]+)")


def harmless(text: str) -> str:
    """Return the text of a cell so that no spreadsheet calculates it; a number stays a number."""
    if text.startswith(("\t", "\r")):
        return f"'{text}"
    return text if NUMBER.fullmatch(text) else "".join(map(guarded, BORDER.split(text)))


def guarded(part: str) -> str:
    """Return a part that may become a cell of its own, with an apostrophe where it would be a formula."""
    return f"'{part}" if FORMULA.match(part) and not NUMBER.fullmatch(part) else part


class HarmlessExportMiddleware(MiddlewareMixin):
    """All CSV files that lists and reports of the admin export, Wagtail's own as well as ours."""

    def process_response(self, request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
        """Return `response`, with the cells of an export made harmless while it is sent."""
        is_table = isinstance(response, StreamingHttpResponse) and response["Content-Type"].startswith("text/csv")
        if is_table and request.GET.get("export") == "csv" and request.path.startswith(reverse("wagtailadmin_home")):
            response.streaming_content = harmless_rows(response.streaming_content)  # type: ignore[attr-defined]
        return response


def harmless_rows(chunks: Iterable[bytes]) -> Iterator[bytes]:
    """Yield a table in CSV line by line; each of `chunks` holds whole lines in UTF-8."""
    for row in csv.reader(chunk.decode() for chunk in chunks):
        line = io.StringIO()
        csv.writer(line).writerow([harmless(cell) for cell in row])
        yield line.getvalue().encode()
