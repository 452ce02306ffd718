"""What is stored for readers: under what, how long, for whom, and how much. Against an application that counts."""

import gzip
import threading
import time
import weakref
from contextlib import contextmanager
from types import SimpleNamespace

import brotli
import pytest
import time_machine
from prometheus_client import REGISTRY

from intmk.server import page_cache
from intmk.server.page_cache import AT_ONCE, PageCache
from intmk.server.page_changes import Changes
from intmk.server.revalidation import PUBLIC
from intmk.server.web_server import THREADS

TEXT = [("Content-Type", "text/html; charset=utf-8"), ("Cache-Control", PUBLIC)]


class Content(list):
    """What Django returns."""

    streaming = False

    def close(self) -> None:
        pass


class Django:
    """Stands for Django: tells how often it was asked, and for what; `wait`, when set, holds it up."""

    def __init__(self) -> None:
        self.asked: list[dict] = []
        self.status, self.headers, self.wait = "200 OK", TEXT, None

    def __call__(self, environ, start_response):
        self.asked.append(environ)
        number, query = len(self.asked), environ["QUERY_STRING"]
        if self.wait:
            assert self.wait.wait(10)
        start_response(self.status, self.headers)
        return Content([f"{number} {environ['PATH_INFO']} {query} {environ['HTTP_HOST']} ".encode() * 50])


@pytest.fixture
def site():
    django, changes = Django(), Changes(dict)
    changes.told_until = float("inf")
    cache = PageCache(django, changes)

    def get(path="/", query="", method="GET", **headers):
        told = SimpleNamespace()
        environ = {"REQUEST_METHOD": method, "PATH_INFO": path, "QUERY_STRING": query, "wsgi.url_scheme": "http"}
        environ |= {"HTTP_HOST": "localhost"} | {f"HTTP_{name.upper()}": value for name, value in headers.items()}

        def start_response(status, found):
            told.status, told.headers = int(status[:3]), dict(found)

        told.body = b"".join(cache(environ, start_response))
        return told

    yield SimpleNamespace(get=get, django=django, changes=changes, cache=cache)
    if django.wait:
        django.wait.set()
    cache.pool.shutdown()


def times(site) -> int:
    return len(site.django.asked)


def test_what_was_made_once_is_sent_in_each_encoding(site):
    plain, packed, zipped = site.get(), site.get(accept_encoding="gzip, br"), site.get(accept_encoding="br;q=0, gzip")
    assert times(site) == 1
    assert plain.body == brotli.decompress(packed.body) == gzip.decompress(zipped.body)
    assert [each.headers.get("Content-Encoding") for each in (plain, packed, zipped)] == [None, "br", "gzip"]
    assert {each.headers["Vary"] for each in (plain, packed, zipped)} == {"Accept-Encoding"}
    assert len({each.headers["ETag"] for each in (plain, packed, zipped)}) == 3
    assert len({each.headers["X-Request-ID"] for each in (plain, packed, zipped)}) == 3
    assert site.get(x_request_id="from-the-proxy").headers["X-Request-ID"] == "from-the-proxy"


def test_who_has_it_is_not_sent_it_again(site):
    tag = site.get(accept_encoding="br").headers["ETag"]
    for known in (tag, f'"x", W/{tag}', "*"):
        again = site.get(accept_encoding="br", if_none_match=known)
        assert (again.status, again.body, again.headers["ETag"]) == (304, b"", tag)
    assert site.get(if_none_match=tag).status == 200  # without compression it is another one


def test_the_head_alone_is_that_of_the_whole(site):
    head = site.get(method="HEAD")
    whole = site.get()
    assert (head.body, head.headers["Content-Length"]) == (b"", str(len(whole.body)))
    assert times(site) == 1


@pytest.mark.parametrize(
    "other",
    [{"host": "127.0.0.1"}, {"x_forwarded_proto": "https"}, {"path": "/x/"}, {"path": "/suche/", "query": "q=x"}],
)
def test_what_changes_an_answer_is_another_entry(site, other):
    site.get()
    site.get(**other)
    assert times(site) == 2
    assert site.get(**other).body.startswith(b"2 ")


def test_what_changes_nothing_is_none(site):
    for header in ("x_forwarded_host", "accept_language", "user_agent", "cookie", "referer", "x_original_url", "range"):
        site.get(**{header: "bytes=0-1"})
    site.get(host="LOCALHOST", x_forwarded_proto="http, https")
    for number in range(1000):
        assert site.get(query=f"utm_source={number}&fbclid=x&beliebig={number}").body.startswith(b"1 ")
    assert times(site) == 1
    assert not {name for name in site.django.asked[0] if name in ("HTTP_COOKIE", "HTTP_USER_AGENT", "HTTP_REFERER")}


def test_the_order_of_what_is_asked_is_none_of_its_own(site):
    site.get("/suche/", "seite=2&q=kurs&q=x")
    site.get("/suche/", "&&q=kurs&x=1&q=x&seite=2")
    assert [asked["QUERY_STRING"] for asked in site.django.asked] == ["q=kurs&q=x&seite=2"]


def test_where_there_is_no_page_the_whole_query_is_asked(site):
    site.django.status = "404 Not Found"
    assert b"id=7" in site.get("/index.php", "utm_source=x&id=7").body  # an address of a former site
    assert site.get("/index.php", "utm_source=x").body.startswith(b"1 ")
    assert "ETag" not in site.get("/index.php").headers


@pytest.mark.parametrize(
    "request_",
    [{"cookie": "a=b; sessionid=1"}, {"authorization": "x"}, {"method": "POST"}, {"path": "/admin/"},
     {"path": "/vorschau/abc/"}],
)  # fmt: skip
def test_what_is_for_one_alone_goes_through(site, request_):
    site.get()
    for _ in range(2):
        site.get(**request_)
    assert times(site) == 3


@pytest.mark.parametrize(
    ("status", "headers"),
    [
        ("500 Internal Server Error", TEXT),
        ("503 Service Unavailable", TEXT),
        ("302 Found", TEXT),
        ("200 OK", [*TEXT, ("Set-Cookie", "a=b")]),
        ("200 OK", [*TEXT, ("Vary", "Cookie")]),
        ("200 OK", [("Cache-Control", "no-store")]),
        ("200 OK", [("Cache-Control", "private, no-cache")]),
        ("200 OK", []),
    ],
)
def test_errors_cookies_and_what_is_private_are_never_stored(site, status, headers):
    site.django.status, site.django.headers = status, headers
    for _ in range(2):
        assert site.get().status == int(status[:3])
    assert times(site) == 2


@pytest.mark.parametrize("status", ["301 Moved Permanently", "303 See Other", "404 Not Found", "410 Gone"])
def test_what_leads_on_or_is_gone_is_stored(site, status):
    site.django.status = status
    assert {site.get().status for _ in range(3)} == {int(status[:3])}
    assert times(site) == 1


def test_memory_has_a_bound_and_who_was_asked_for_last_stays(site, monkeypatch):
    site.cache.others.limit = 100_000
    site.get()
    for number in range(1000):
        site.get("/suche/", "q=first")
        site.get("/suche/", f"q={number}")
    assert 50_000 < site.cache.others.used <= 100_000
    assert site.cache.others.used == sum(entry.size for entry in site.cache.others.values())
    asked = times(site)
    site.get("/suche/", "q=first")
    site.get()  # a page is not driven out by searches
    assert times(site) == asked
    site.get("/suche/", "q=1")
    assert times(site) == asked + 1


def test_its_size_is_told_to_prometheus_and_nothing_is_left_after_a_change(site, monkeypatch):
    def told() -> list[float | None]:
        kinds = [("entries", "seiten"), ("bytes", "seiten"), ("entries", "übrige")]
        return [REGISTRY.get_sample_value(f"intmk_stored_{what}", {"shelf": shelf}) for what, shelf in kinds]

    monkeypatch.setattr(page_cache, "LOOK_AGAIN", 0)
    bodies = [len(site.get(f"/{number}/").body) for number in range(3)]
    site.get("/suche/", "q=x")
    site.get("/0/")
    assert told() == [3, sum(2 * size + 4000 for size in bodies), 1]
    site.changes.changed()
    assert told() == [0, 0, 0]


@contextmanager
def many(get, number, **request):
    """Ask so many times at once while the block runs; yields the answers, complete after it."""
    answers = []
    threads = [threading.Thread(target=lambda: answers.append(get(**request))) for _ in range(number)]
    for thread in threads:
        thread.start()
    yield answers
    for thread in threads:
        thread.join()


def wait_until(condition):
    deadline = time.monotonic() + 5
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.002)


def test_readers_at_once_on_a_cold_page_cause_one_rendering(site, monkeypatch):
    site.cache.patient = threading.Semaphore(200)  # as if each had a thread of the server
    site.django.wait = threading.Event()
    with many(site.get, 200) as answers:
        wait_until(lambda: times(site) == 1)
        site.django.wait.set()
    assert {answer.body[:2] for answer in answers} == {b"1 "}
    assert (len(answers), times(site)) == (200, 1)


def test_what_is_stored_does_not_wait_for_what_is_slow(site):
    site.get()
    site.django.wait = threading.Event()
    # More than there are threads at the server: those beyond are refused, and so free for what is stored.
    with many(site.get, THREADS, path="/suche/", query="q=x", method="POST") as answers:
        wait_until(lambda: times(site) == 1 + AT_ONCE)
        wait_until(lambda: len(answers) == page_cache.KEPT_FREE)
        begin = time.monotonic()
        assert site.get().body.startswith(b"1 ")
        assert time.monotonic() - begin < page_cache.BRIEF
        site.django.wait.set()
    assert (
        sorted(answer.status for answer in answers)
        == [200] * (THREADS - page_cache.KEPT_FREE) + [503] * page_cache.KEPT_FREE
    )
    assert {answer.headers["X-Content-Type-Options"] for answer in answers if answer.status == 503} == {"nosniff"}
    assert times(site) == 1 + THREADS - page_cache.KEPT_FREE


def test_a_change_makes_all_anew(site):
    site.get()
    site.changes.changed()
    assert site.get().body.startswith(b"2 ")


def test_what_was_begun_before_a_change_is_not_stored_nor_given_to_who_asks_after_it(site):
    site.django.wait = threading.Event()
    with many(site.get, 1) as before:
        wait_until(lambda: times(site) == 1)
        site.changes.changed()
        with many(site.get, 1) as after:
            wait_until(lambda: times(site) == 2)
            site.django.wait.set()
    assert [answer.body[:2] for answer in (*before, *after)] == [b"1 ", b"2 "]
    assert site.get().body.startswith(b"2 ")


def test_what_was_begun_before_a_change_is_not_stored(site):
    site.django.wait = threading.Event()
    with many(site.get, 1):
        wait_until(lambda: times(site) == 1)
        site.changes.changed()
        site.django.wait.set()
    assert site.get().body.startswith(b"2 ")


@pytest.mark.parametrize("moment", ["2017-09-30T21:59:59", "2017-03-25T22:59:59", "2017-10-29T22:59:59"])
def test_nothing_is_older_than_midnight_in_berlin(site, moment):
    with time_machine.travel(f"{moment}+00:00", tick=False) as clock:
        site.get()
        site.get()
        assert times(site) == 1
        clock.shift(1)
        assert site.get().body.startswith(b"2 ")
        clock.shift(-1)  # somebody puts the clock back
        assert site.get().body.startswith(b"3 ")


def test_what_was_made_while_the_time_was_set_back_is_of_neither_day(site):
    site.django.wait = threading.Event()
    with time_machine.travel("2026-12-01 00:01+01:00", tick=False) as clock:
        with many(site.get, 1):
            wait_until(lambda: times(site) == 1)
            clock.shift(-3600)  # before Django asks which day it is
            site.django.wait.set()
        clock.shift(3600)
        assert site.get().body.startswith(b"2 ")


def test_without_a_listener_nothing_is_given_out_or_stored(site):
    site.get()
    site.changes.told_until = 0
    assert [site.get().body[:2] for _ in range(2)] == [b"2 ", b"3 "]


def test_while_the_database_is_away_what_was_stored_is_sent_with_a_mark(site):
    kept = site.get()
    site.changes.told_until = 0
    site.django.status = "503 Service Unavailable"
    answer = site.get()
    assert (answer.status, answer.body) == (200, kept.body)
    assert answer.headers["Warning"] == '110 - "Response is Stale"'
    assert "Warning" not in kept.headers
    assert site.get("/neu/").status == 503


def test_maintenance_is_seen_at_once(site, monkeypatch, tmp_path):
    site.get()
    monkeypatch.setattr(page_cache, "SWITCH", tmp_path)
    site.cache.looked -= page_cache.LOOK_AGAIN
    assert site.get().body.startswith(b"2 ")


def test_who_sends_what_was_sent_before_gets_the_same_at_once_and_nobody_else(site):
    first, again, third = (site.get(accept_encoding="br") for _ in range(3))
    assert times(site) == 1
    assert len({each.headers["X-Request-ID"] for each in (first, again, third)}) == 3
    assert first.body == again.body == third.body
    assert len({frozenset(each.headers) for each in (first, again, third)}) == 1
    for _ in range(2):
        assert site.get(accept_encoding="br", if_none_match=first.headers["ETag"]).status == 304
        assert site.get(method="HEAD", accept_encoding="br").body == b""
    assert site.get(accept_encoding="").body == brotli.decompress(first.body)
    assert times(site) == 1
    site.get(accept_encoding="br", cookie="sessionid=x")
    site.get(accept_encoding="br", authorization="Basic -")
    assert times(site) == 3
    site.changes.changed()
    assert site.get(accept_encoding="br").body != first.body
    site.changes.told_until = 0
    site.get(accept_encoding="br")
    assert times(site) == 5


def test_it_is_not_sent_beyond_its_day_or_in_maintenance(site, monkeypatch):
    with time_machine.travel("2026-11-30 12:00+01:00", tick=False):
        bodies = {site.get().body for _ in range(3)}
    with time_machine.travel("2026-12-01 00:00+01:00", tick=False):
        bodies |= {site.get().body for _ in range(3)}
        assert (len(bodies), times(site)) == (2, 2)
        monkeypatch.setattr(page_cache, "LOOK_AGAIN", -1)
        monkeypatch.setattr(page_cache, "SWITCH", SimpleNamespace(exists=lambda: True))
        site.get()
        assert times(site) == 3


def test_what_has_to_go_is_kept_by_nothing(site):
    for _ in range(2):
        site.get("/erste/")
    entry = weakref.ref(next(iter(site.cache.pages.values())))
    assert entry().is_asked_for
    site.cache.pages.limit = entry().size
    for path in ("/zweite/", "/dritte/"):
        site.get(path)
    assert entry() is None
