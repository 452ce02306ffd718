"""Each request that Django answers: counted, and in production a line of the log (intmk/server/log_lines.py)."""

import logging
import time
from collections.abc import Callable
from typing import Any

from django.db import connection
from django.http import HttpRequest, HttpResponseBase

from intmk.server.counts import QUERIES, REQUESTS

AREAS = {"admin": "redaktion", "api": "daten", "feeds": "daten", "media": "dateien", "dokumente": "dateien",
         "bilder": "dateien", "videos": "dateien"}  # fmt: skip
METHODS = {"GET", "HEAD", "POST"}

logger = logging.getLogger(__name__)


class RequestLogMiddleware:
    """Stands after the number of the request and what operators ask every second, before all else."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        begun, queries = time.perf_counter(), 0

        def count(execute: Callable, *arguments: Any) -> Any:
            nonlocal queries
            queries += 1
            return execute(*arguments)

        with connection.execute_wrapper(count):
            response = self.get_response(request)
        area = AREAS.get(request.path_info.lstrip("/").partition("/")[0], "seiten")
        method = request.method if request.method in METHODS else "andere"
        REQUESTS.labels(area, method, response.status_code).observe(time.perf_counter() - begun)
        QUERIES.inc(queries)
        logger.info("beantwortet", extra={"request": request, "status_code": response.status_code})
        return response
