"""Asks a foreign website whether an address is there: politely, briefly, and no machine that is not in the public net.

An editor may type any address, so that this program could be sent into the network behind it (SSRF). The name is
resolved first, each of its addresses has to be public, and the connection goes to the very address that was looked at;
each redirect is looked at in the same way. Nothing of an answer but its first lines is read.
"""

import contextlib
import http.client
import ipaddress
import socket
import ssl
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from urllib.parse import SplitResult, quote, urljoin, urlsplit

from django.conf import settings

SECONDS = 5.0  # for each step
SECONDS_IN_ALL = 15.0
MOST_REDIRECTS = 5
PORTS = {"http": 80, "https": 443}
# Through these a machine of the public net may stand for one of an inner net.
TRANSLATED = tuple(ipaddress.ip_network(net) for net in ("64:ff9b::/96", "64:ff9b:1::/48", "2002::/16", "2001::/32"))
GONE = {404: "nicht gefunden", 410: "entfernt"}
Resolver = Callable[[str, int], list[str]]


class ForbiddenAddressError(OSError):
    """The name leads into a net that is not public."""


@dataclass(frozen=True)
class LinkAnswer:
    """What came of asking: whether there is something, in words what was answered, and whether anybody did."""

    works: bool
    told: str
    was_answered: bool = True


def public_addresses(host: str, port: int) -> list[str]:
    """Return the addresses of a name; raise ForbiddenAddressError when one of them is not of the public net."""
    found = [str(entry[4][0]) for entry in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)]
    if not found or not all(map(is_in_public_net, found)):
        raise ForbiddenAddressError(f"{host} ist kein Rechner im öffentlichen Netz.")
    return found


def is_in_public_net(address: str) -> bool:
    """Say whether it belongs to the public net."""
    try:
        parsed = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return False
    if isinstance(parsed, ipaddress.IPv6Address) and (parsed.ipv4_mapped or any(parsed in net for net in TRANSLATED)):
        return False
    return parsed.is_global and not (parsed.is_multicast or parsed.is_reserved)


def ask_website(url: str, resolve: Resolver = public_addresses, ports: dict[str, int] | None = None) -> LinkAnswer:
    """Ask for the head alone, and for the page where that is refused; raise nothing.

    resolve, ports: a name's addresses, and the port by scheme, of which there is no other; tests give their own.
    """
    ends = time.monotonic() + SECONDS_IN_ALL
    try:
        status = final_status("HEAD", url, resolve, ports or PORTS, ends)
        if status >= 400:
            status = final_status("GET", url, resolve, ports or PORTS, ends)
    except ForbiddenAddressError:
        return LinkAnswer(False, "führt auf keinen Rechner im öffentlichen Netz")
    except socket.gaierror:
        return LinkAnswer(False, "den Rechner gibt es nicht (mehr)", was_answered=False)
    except ssl.SSLCertVerificationError:
        return LinkAnswer(False, "Zertifikat ungültig")
    except ssl.SSLError:
        return LinkAnswer(False, "keine sichere Verbindung möglich")
    except TimeoutError:
        return LinkAnswer(False, "antwortet nicht", was_answered=False)
    except (OSError, http.client.HTTPException, ValueError):
        return LinkAnswer(False, "nicht zu erreichen", was_answered=False)
    if status in GONE:
        return LinkAnswer(False, f"{GONE[status]} ({status})")
    # What refuses a program (401, 403, 429 …) is there for people.
    return LinkAnswer(status < 500, f"Fehler des Servers ({status})" if status >= 500 else str(status))


def final_status(method: str, url: str, resolve: Resolver, ports: dict[str, int], ends: float) -> int:
    """Return the status behind all redirects; raise OSError, HTTPException or ValueError."""
    for _ in range(MOST_REDIRECTS + 1):
        status, location = asked_once(method, urlsplit(url), resolve, ports, ends)
        if status not in (301, 302, 303, 307, 308) or not location:
            return status
        url = urljoin(url, location)
    raise http.client.HTTPException("too many redirects")


def asked_once(
    method: str, address: SplitResult, resolve: Resolver, ports: dict[str, int], ends: float
) -> tuple[int, str]:
    """Return status and "Location" of one answer."""
    if address.scheme not in ports or not address.hostname or address.username:
        raise ForbiddenAddressError(address.geturl())
    port = ports[address.scheme]
    if (address.port or port) != port:
        raise ForbiddenAddressError(address.geturl())
    host = address.hostname.encode("idna").decode() if not address.hostname.isascii() else address.hostname
    left = ends - time.monotonic()
    if left <= 0:
        raise TimeoutError
    connection = http.client.HTTPConnection(host, port)
    # The very address that was looked at: between two questions a name may come to mean another machine.
    connection.sock = socket.create_connection((resolve(host, port)[0], port), timeout=min(SECONDS, left))
    if address.scheme == "https":
        secure = ssl.create_default_context()
        connection.sock = secure.wrap_socket(connection.sock, server_hostname=host, do_handshake_on_connect=False)
    # Who sends a byte now and then keeps each step within its time, and everything else waiting.
    end = threading.Timer(ends - time.monotonic(), shut, [connection.sock])
    end.start()
    try:
        if isinstance(connection.sock, ssl.SSLSocket):
            connection.sock.do_handshake()
        target = quote(address.path or "/", safe="/%:@!$&'()*+,;=~-._")
        query = f"?{quote(address.query, safe='/%:@!$&()*+,;=~-._?[]')}" if address.query else ""
        connection.putrequest(method, target + query, skip_host=True, skip_accept_encoding=True)
        for name, value in headers(host if port == PORTS.get(address.scheme) else f"{host}:{port}").items():
            connection.putheader(name, value)
        connection.endheaders()
        answer = connection.getresponse()
        return answer.status, answer.getheader("Location", "")
    except (OSError, http.client.HTTPException, ValueError):
        if time.monotonic() >= ends:
            raise TimeoutError from None
        raise
    finally:
        end.cancel()
        connection.close()


def shut(channel: socket.socket) -> None:
    """Let whoever reads from it find the end of the answer."""
    with contextlib.suppress(OSError):  # it has just been closed
        channel.shutdown(socket.SHUT_RDWR)


def headers(host: str) -> dict[str, str]:
    """Return what is said along: who asks, and where to complain."""
    agent = f"IntMK-Linkpruefung/1.0 (+{settings.WAGTAILADMIN_BASE_URL}/kontakt/)"
    return {"Host": host, "User-Agent": agent, "Accept": "*/*", "Connection": "close"}
