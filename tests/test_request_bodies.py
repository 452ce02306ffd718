"""A form of which the rest never comes stops nobody else."""

import errno
import io
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from intmk.server import request_bodies
from intmk.server.request_bodies import WholeBodies
from intmk.server.web_server import THREADS


class Stalled(io.RawIOBase):
    """Half a form, whose sender says no more until the connection ends."""

    def __init__(self) -> None:
        self.is_first, self.connection_ends = True, threading.Event()

    def read(self, size: int = -1) -> bytes:
        if self.is_first:
            self.is_first = False
            return b"half"
        self.connection_ends.wait(10)
        return b""


def echo(environ, start_response):
    """An application that sends back what it was sent."""
    start_response("200 OK", [])
    return [environ["wsgi.input"].read()]


def post(layer: WholeBodies, body, length: int | None = None, **environ) -> tuple[str, bytes]:
    said = []
    found = {"REQUEST_METHOD": "POST", "CONTENT_LENGTH": str(len(body) if length is None else length)}
    source = io.BytesIO(body) if isinstance(body, bytes) else body
    answer = layer(
        found | {"wsgi.input": source, "REMOTE_ADDR": "192.0.2.1"} | environ,
        lambda status, headers: said.extend([status, dict(headers)]),
    )
    return said[0], b"".join(answer)


@pytest.fixture
def layer(monkeypatch) -> WholeBodies:
    monkeypatch.setattr(request_bodies, "BRIEF", 0.02)
    return WholeBodies(echo)


@contextmanager
def halves(layer: WholeBodies, number: int, address: str) -> Iterator[None]:
    """So many halves of forms from an address, on their way while the block runs."""
    bodies = [Stalled() for _ in range(number)]
    senders = [
        threading.Thread(target=post, args=(layer, body, 100), kwargs={"REMOTE_ADDR": address}) for body in bodies
    ]
    before = len(layer.senders)
    for each in senders:
        each.start()
    while len(layer.senders) < before + number:
        time.sleep(0.001)
    yield
    for body in bodies:
        body.connection_ends.set()
    for each in senders:
        each.join()


@pytest.mark.parametrize("size", [1, 16 * 1024, 16 * 1024 + 1, 2_000_000])
def test_what_comes_whole_is_passed_on_as_it_is(layer, size):
    assert post(layer, b"x" * size) == ("200 OK", b"x" * size)
    assert not layer.senders


def test_a_request_without_body_is_passed_on_at_once(layer):
    for sent in ({"CONTENT_LENGTH": ""}, {"CONTENT_LENGTH": "x"}, {"REQUEST_METHOD": "GET", "CONTENT_LENGTH": "9"}):
        assert post(layer, Stalled(), 0, **sent, **{"wsgi.input": io.BytesIO(b"")})[0] == "200 OK"


def test_a_body_that_ends_too_early_is_refused(layer):
    assert post(layer, b"half", 100)[0] == "400 Bad Request"
    assert not layer.senders


def test_a_refusal_is_taken_for_what_it_says_it_is(layer):
    said = []
    cut = {"REQUEST_METHOD": "POST", "CONTENT_LENGTH": "9", "wsgi.input": io.BytesIO(b"half"), "REMOTE_ADDR": "::1"}
    layer(cut, lambda status, headers: said.extend(headers))
    assert ("X-Content-Type-Options", "nosniff") in said


def test_a_body_whose_sender_was_cut_off_for_being_slow_is_told_so(layer, settings):
    settings.BODY_PATIENCE = -20  # it has come at once
    assert post(layer, b"half", 60_000)[0] == "408 Request Timeout"
    settings.BODY_PATIENCE = 5
    assert post(layer, b"half", 60_000)[0] == "400 Bad Request"


def test_who_could_not_be_cut_off_is_tried_again(layer, monkeypatch, settings):
    settings.BODY_PATIENCE = 0
    monkeypatch.setattr(request_bodies, "LOOK_AGAIN", 0.01)
    tried, is_tried_again = [], threading.Event()

    def cut_off(address: str, port: int) -> None:
        tried.append((address, port))
        if len(tried) == 1:
            raise OSError(errno.EMFILE, "Too many open files")
        is_tried_again.set()

    monkeypatch.setattr(request_bodies, "cut_off", cut_off)
    threading.Thread(target=layer.watch, daemon=True).start()
    with halves(layer, 1, "192.0.2.1"):
        assert is_tried_again.wait(10)
    assert set(tried) == {("192.0.2.1", 0)}


def test_who_is_cut_off_with_another_from_the_same_address_is_told_the_same(layer, monkeypatch, settings):
    settings.BODY_PATIENCE = 0.3
    bodies, said = [Stalled(), Stalled()], []

    def cut_off(address: str, port: int) -> None:
        for body in bodies:  # the kernel finds both slow, of which the second has just begun to be read
            body.connection_ends.set()

    monkeypatch.setattr(request_bodies, "LOOK_AGAIN", 0.01)
    monkeypatch.setattr(request_bodies, "cut_off", cut_off)
    threading.Thread(target=layer.watch, daemon=True).start()
    senders = [threading.Thread(target=lambda body=body: said.append(post(layer, body, 100)[0])) for body in bodies]
    for sender in senders:
        sender.start()
        time.sleep(0.25)
    for sender in senders:
        sender.join()
    assert said == ["408 Request Timeout"] * 2


def test_halves_from_one_address_hold_up_nobody_elsewhere_and_nobody_who_reads(layer):
    with halves(layer, request_bodies.MOST_OF_ONE, "192.0.2.1"):
        assert post(layer, b"one more")[0] == "503 Service Unavailable"
        assert post(layer, b"whole", REMOTE_ADDR="192.0.2.2") == ("200 OK", b"whole")
        assert post(layer, b"", REQUEST_METHOD="GET")[0] == "200 OK"
    assert not layer.senders
    assert post(layer, b"one more")[0] == "200 OK"


def test_whatever_is_sent_some_threads_are_left_for_reading(layer):
    assert request_bodies.MOST <= THREADS - 3
    with halves(layer, 3, "192.0.2.1"), halves(layer, request_bodies.MOST - 3, "192.0.2.2"):
        assert post(layer, b"whole", REMOTE_ADDR="192.0.2.3")[0][:3] == "503"


def test_whole_forms_wait_for_one_another(layer, monkeypatch):
    monkeypatch.setattr(request_bodies, "BRIEF", 5)
    answers = []
    with halves(layer, request_bodies.MOST_OF_ONE, "192.0.2.1"):
        waiting = threading.Thread(target=lambda: answers.append(post(layer, b"whole")[0]))
        waiting.start()
    waiting.join()
    assert answers == ["200 OK"]


def test_of_many_who_wait_for_their_turn_some_are_sent_away_at_once(layer, monkeypatch):
    monkeypatch.setattr(request_bodies, "BRIEF", 1)
    assert request_bodies.MOST + request_bodies.MOST_WAITING < THREADS
    with halves(layer, request_bodies.MOST_OF_ONE, "192.0.2.1"):
        waiting = [threading.Thread(target=post, args=(layer, b"x")) for _ in range(request_bodies.MOST_WAITING)]
        for each in waiting:
            each.start()
        while layer.waiting < request_bodies.MOST_WAITING:
            time.sleep(0.001)
        begun = time.monotonic()
        assert post(layer, b"one more")[0][:3] == "503"
        assert time.monotonic() - begun < 0.5
    for each in waiting:
        each.join()


def test_only_who_is_signed_in_sends_a_video(layer, settings):
    large = settings.DATA_UPLOAD_MAX_MEMORY_SIZE + 1
    assert post(layer, b"", large)[0] == "413 Content Too Large"
    assert post(layer, b"x" * large, HTTP_COOKIE="sessionid=abc")[0] == "200 OK"
    assert post(layer, b"", 3 * settings.VIDEO_MAX_UPLOAD_SIZE, HTTP_COOKIE="sessionid=abc")[0][:3] == "413"
