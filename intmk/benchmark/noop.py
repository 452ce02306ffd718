"""An application that does nothing but send one answer: what the web server itself costs. Its answer lies in a file."""

import json
import os
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

ANSWER = "NOOP_ANSWER"  # names a JSON file: status, headers as pairs, length of the body
stored = json.loads(Path(os.environ[ANSWER]).read_text()) if ANSWER in os.environ else {}
STATUS, HEADERS = stored.get("status", "200 OK"), [tuple(pair) for pair in stored.get("headers", [])]
BODY = b"x" * stored.get("length", 0)


def application(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
    """Answer."""
    start_response(STATUS, HEADERS)
    return [BODY]
