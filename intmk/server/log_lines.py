"""How the log looks: one line for each event, a traceback once for what nobody expected.

No address of a person but only its network, nothing that somebody typed into a form, no secret of a link.
"""

import ipaddress
import logging
import re
import threading
import time
import traceback
from datetime import datetime
from textwrap import indent
from urllib.parse import quote

from django.conf import settings
from django.core.mail import mail_admins
from django.http import HttpRequest

from intmk.server.outages import outage_of
from intmk.server.request_id import current, id_of

EXPECTED = {404, 405, 410, 422}  # what readers ask for in vain; the server in front notes it
EACH_REQUEST = "intmk.server.request_log"
CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]")
# The tokens of invitations and forgotten passwords, a moment in base 36 and a hash; and the keys of preview links.
TOKEN = re.compile(r"[0-9a-z]{4,13}-[0-9a-f]{32,64}|(?<=/vorschau/)[^/\s]+")
# What PostgreSQL adds to an error repeats the values of the row, over several lines when they have some.
VALUES = re.compile(
    r"^\s*(?:DETAIL|CONTEXT|HINT):.*?(?=^\n(?:The above|During handling)|\Z)"
    r"|(?<=: )\".*?\"(?=\n|\Z)",
    re.MULTILINE | re.DOTALL,
)
AWAY = ("08", "25006", "53", "57P")  # codes of PostgreSQL that tell of an outage, so that no traceback helps
MAILS_AN_HOUR = 10

logger = logging.getLogger(__name__)


class WorthALine(logging.Filter):
    """Leaves out Django's notes of what is no event: missing addresses, and each page during maintenance."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Say whether the record is kept."""
        if record.name == EACH_REQUEST:
            return True
        status = getattr(record, "status_code", None)
        return status not in EXPECTED and not (status == 503 and not record.exc_info)


class LineFormatter(logging.Formatter):
    """Time, level, then for a request its number, network, method, path, status, milliseconds until now and the
    number of the account that is signed in, then who says what.
    """

    def format(self, record: logging.LogRecord) -> str:
        """Return the line; a traceback below it is indented, so that nothing in it passes for a line."""
        moment = datetime.fromtimestamp(record.created).astimezone().isoformat(timespec="milliseconds")
        parts = [moment, record.levelname]
        request = getattr(record, "request", None) or current.get()
        if isinstance(request, HttpRequest):
            parts += [f"id={id_of(request)}", f"net={network_of(request)}", quote(request.method or "-")]
            parts += [quote(request.path), str(getattr(record, "status_code", "-")), f"ms={milliseconds_of(request)}"]
            parts += [f"account={getattr(request, 'account_id', '-')}"]
        parts.append(f"{record.name}: {record.getMessage()}")
        line, below = " ".join(parts), ""
        fault = record.exc_info[1] if record.exc_info else None
        if fault is not None and is_plain_outage(fault):
            line += f": {str(fault).partition(chr(10))[0]}"
        elif fault is not None and getattr(record, "status_code", 500) >= 500 and not is_security(record):
            text = VALUES.sub("", "".join(traceback.format_exception(fault)))
            below = "\n" + indent(text.rstrip().replace("\r", ""), "    ", lambda _: True)
        return TOKEN.sub("…", CONTROL.sub(" ", line) + below)


def milliseconds_of(request: HttpRequest) -> str:
    """Return how long a request has taken so far, "-" for one that did not come through the middleware."""
    begun = getattr(request, "begun", None)
    return "-" if begun is None else f"{(time.perf_counter() - begun) * 1000:.0f}"


def is_security(record: logging.LogRecord) -> bool:
    """Say whether the record tells of a refused request, not of a fault of ours."""
    return record.name.startswith("django.security")


def is_plain_outage(fault: BaseException) -> bool:
    """Say whether the database is away or takes no changes: every request has that fault, so one line is enough."""
    code = getattr(fault.__cause__, "sqlstate", None)
    return outage_of(fault) is not None and (code is None or code.startswith(AWAY))


def network_of(request: HttpRequest) -> str:
    """Return the network from which a request comes (/24 or /64), "-" if nobody knows."""
    from allauth.account.adapter import get_adapter  # logging is set up before there are models
    from django.core.exceptions import PermissionDenied

    try:
        address = ipaddress.ip_address(get_adapter(request).get_client_ip(request))
    except (PermissionDenied, ValueError):
        return "-"
    address = getattr(address, "ipv4_mapped", None) or address
    return str(ipaddress.ip_network(f"{address}/{24 if address.version == 4 else 64}", strict=False))


class ErrorMails(logging.Handler):
    """Writes to ADMINS about the first error of each kind in an hour, what the log says and nothing more."""

    def __init__(self) -> None:
        super().__init__(logging.ERROR)
        self.sent: dict[tuple, float] = {}

    def emit(self, record: logging.LogRecord) -> None:
        """Send in a thread of its own: the lock of the log is held here, and a mail server may be slow."""
        if not settings.ADMINS or is_security(record):
            return
        now = time.monotonic()
        self.sent = {kind: sent for kind, sent in self.sent.items() if now - sent < 3600}
        kind = kind_of(record)
        if kind in self.sent or len(self.sent) >= MAILS_AN_HOUR:
            return
        self.sent[kind] = now
        subject = f"{record.levelname}: {' '.join(str(part) for part in kind)}"
        threading.Thread(target=send, args=(subject, LineFormatter().format(record))).start()


def kind_of(record: logging.LogRecord) -> tuple:
    """Return what errors of the same kind have in common: who says so, the type and the place of the fault."""
    fault = record.exc_info[1] if record.exc_info else None
    if fault is None:
        return record.name, record.lineno
    frames = traceback.extract_tb(fault.__traceback__)
    return record.name, type(fault).__name__, *((frames[-1].name, frames[-1].lineno) if frames else ())


def send(subject: str, text: str) -> None:
    """Send one mail; that it cannot be sent is a line of its own."""
    try:
        mail_admins(subject, f"{text}\n\nWeitere Fehler dieser Art meldet in dieser Stunde nur das Protokoll.\n")
    except Exception:
        logger.warning("Die Mail über einen Fehler ließ sich nicht verschicken.", exc_info=True)
