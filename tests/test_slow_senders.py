"""Who sends a body too slowly loses the connection; who sends, reads or waits as people do keeps it."""

import contextlib
import http.client
import select
import socket
import threading
import time
from collections.abc import Iterator

import pytest

from intmk.server import slow_senders
from intmk.server.web_server import THREADS
from tests.serving import Site, copy_state, served_once


@pytest.fixture
def listening() -> Iterator[socket.socket]:
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield server


@pytest.fixture
def connect(listening):
    """Return both ends of a new connection, from an address of this machine: the client's first."""
    with contextlib.ExitStack() as held:

        def connected(address: str = "127.0.0.1") -> tuple[socket.socket, socket.socket]:
            client = held.enter_context(socket.create_connection(listening.getsockname(), 10, (address, 0)))
            return client, held.enter_context(listening.accept()[0])

        yield connected


def is_ended(served: socket.socket) -> bool:
    """Say whether the server reads the end; what came before is gone then."""
    served.setblocking(False)
    with contextlib.suppress(BlockingIOError):
        while served.recv(100_000):
            pass
        return True
    return False


def test_only_who_sends_too_slowly_from_the_address_is_cut_off(listening, connect, settings):
    settings.BODY_PATIENCE, settings.BODY_LEAST_RATE = 0.2, 1000
    silent, fast, pausing, elsewhere = connect(), connect(), connect(), connect("127.0.0.2")
    for (client, _), size in ((silent, 100), (fast, 5000), (pausing, 100), (elsewhere, 100)):
        client.sendall(b"x" * size)
    pausing[1].setblocking(False)
    with contextlib.suppress(BlockingIOError):
        while pausing[1].send(b"x" * 100_000):  # a video that is looked at later
            pass
    time.sleep(1)
    answered = connect()
    answered[1].sendall(b"answer")
    port = listening.getsockname()[1]
    for address, other in (("127.0.0.1", port + 1), ("127.0.0.3", port)):
        slow_senders.cut_off(address, other)
        assert not is_ended(silent[1])
    slow_senders.cut_off("127.0.0.1", port)
    assert [is_ended(served) for _, served in (silent, fast, pausing, elsewhere, answered)] == [True] + 4 * [False]
    silent[1].sendall(b"408")
    assert silent[0].recv(3) == b"408"  # it can still be told


@pytest.mark.parametrize(
    ("seconds", "received", "slow"),
    [
        (29, 0, False),
        (31, 100, True),
        (40, 30_000, True),
        (1500, 8000 * 1500, False),  # a mobile line of 64 kbit/s, once its volume is used up
        (3600, 15 * 1024 * 1024, False),  # a picture in an hour
        (3600, 200 * 1024 * 1024, False),
    ],
)
def test_what_a_slow_line_sends_is_fast_enough(seconds, received, slow):
    assert slow_senders.is_too_slow(seconds, received) is slow


# --- the served site ------------------------------------------------------------------------------------------------

HALF = b"POST /barriere-melden/ HTTP/1.1\r\nHost: localhost\r\nContent-Length: 100008\r\n\r\nmessage="


def answer_of(client: socket.socket) -> bytes:
    """Return the status of what comes until the connection ends, b"" for none."""
    found = b""
    with contextlib.suppress(ConnectionError):
        while chunk := client.recv(10_000):
            found += chunk
    return found[9:12]


def drip(clients: list[socket.socket], ended: threading.Event) -> None:
    """Send a byte by each, now and then."""
    while not ended.wait(0.3):
        for client in clients:
            with contextlib.suppress(OSError):
                client.send(b"x")


@pytest.mark.audit
def test_more_slow_senders_than_threads_keep_nobody_from_reading_and_are_cut_off(var_dir, tmp_path):
    copy_state(served_once(), var_dir)
    (tmp_path / "hasty.py").write_text("from intmk.settings.development import *\nBODY_PATIENCE = 20\n")
    port = int((var_dir / "port").read_text())

    def ask(path: str, body: bytes | None = None) -> int:
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
        connection.request("GET" if body is None else "POST", path, body)
        return connection.getresponse().status

    settings = {"DJANGO_SETTINGS_MODULE": "hasty", "PYTHONPATH": str(tmp_path)}
    with Site(var_dir, port, **settings) as site, contextlib.ExitStack() as held:
        site.wait_for_welcome()
        for _ in range(4):
            ask("/konferenzen/")
        senders = [
            held.enter_context(socket.create_connection(("127.0.0.1", port), 60, (f"127.0.1.{1 + number // 3}", 0)))
            for number in range(6 * THREADS)
        ]
        for client in senders:
            client.sendall(HALF)
        ended = threading.Event()
        dripping = threading.Thread(target=drip, args=(senders[::2], ended))
        dripping.start()
        for number in range(5):
            for path in ("/konferenzen/", f"/suche/?q=nie{number}"):
                assert ask(path) == 200, path
        waiting = len(senders) - len(select.select(senders, [], [], 0)[0])
        assert waiting >= 5, "Gelesen wurde erst, als die Langsamen getrennt waren."
        answers = [answer_of(client) for client in senders]
        ended.set()
        dripping.join()
        assert set(answers) <= {b"408", b"503", b""}
        assert len(answers) - answers.count(b"503") >= 5  # those that were being read
        assert ask("/barriere-melden/", b"message=" + b"x" * 100_000) not in (408, 503)

        steady = held.enter_context(socket.create_connection(("127.0.0.1", port), 60))
        steady.sendall(HALF.replace(b"\r\n\r\n", b"\r\nConnection: close\r\n\r\n"))
        for _ in range(20):  # ten seconds, 10 kB in each
            steady.sendall(b"x" * 5000)
            time.sleep(0.5)
        assert answer_of(steady) not in (b"400", b"408", b"503", b"")
