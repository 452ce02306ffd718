"""Links to other websites: which there are, how they are asked for, and when one is called broken."""

import contextlib
import threading
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
import time_machine
from django.test import Client
from wagtail.models import Page

from conferences.models import ConferencePage, ConferencePressRelease
from intmk.desk import link_answers, outgoing_links
from intmk.desk.broken_links import broken_links, references_in_vain
from intmk.desk.link_answers import ForbiddenAddressError, LinkAnswer, ask_website, is_in_public_net, public_addresses
from intmk.desk.outgoing_links import OutgoingLink, ask_some, gathered_links, note_links, tend_outgoing_links
from intmk.pages.models import NewsIndexPage, NewsPage, StandardPage
from intmk.server.site_identity import SiteIdentity, is_first_of
from tests.editing import breakable, text_of

NOW = datetime(2027, 3, 1, 9, 0, tzinfo=UTC)
HERE, THERE = LinkAnswer(True, "200"), LinkAnswer(False, "nicht gefunden (404)")
SILENCE = LinkAnswer(False, "antwortet nicht", was_answered=False)


# --- how it is asked ------------------------------------------------------------------------------------------------


class OtherSite(BaseHTTPRequestHandler):
    """Another website; `heard` are the requests that reached it."""

    heard: list[tuple[str, str, str]] = []
    answers = {
        "/da": 200, "/weg": 404, "/entfernt": 410, "/nur-fuer-menschen": 403, "/kaputt": 503, "/weiter": 302,
        "/kreis": 302, "/nach-innen": 302, "/m%C3%BCnchen": 200, "/gleich": 200, "/zeichen": 200,
    }  # fmt: skip
    endless = {"/gleich": b"HTTP/1.1 100 Continue\r\n\r\n", "/zeichen": b" "}
    targets = {"/weiter": "/da", "/kreis": "/kreis", "/nach-innen": "http://innen.example.org/"}

    def do_HEAD(self) -> None:
        self.answer(405 if self.path == "/ohne-kopf" else self.answers.get(self.path, 404))

    def do_GET(self) -> None:
        self.answer(200 if self.path == "/ohne-kopf" else self.answers.get(self.path, 404))

    def answer(self, status: int) -> None:
        self.heard.append((self.command, self.headers["Host"], self.headers["User-Agent"]))
        with contextlib.suppress(OSError):  # who asks does not wait
            for _ in range(40 if self.path in self.endless else 0):
                self.wfile.write(self.endless[self.path])
                time.sleep(0.1)
        self.send_response(status)
        if self.path in self.targets:
            self.send_header("Location", self.targets[self.path])
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *args: object) -> None:
        pass


@pytest.fixture(scope="module")
def port() -> Iterator[int]:
    """The port of the other website."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), OtherSite)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield server.server_port
    server.shutdown()
    server.server_close()


def resolved(host: str, port: int) -> list[str]:
    """Take the other website for one of the public net, but for one name."""
    if host.startswith("innen"):
        raise ForbiddenAddressError
    return ["127.0.0.1"]


@pytest.mark.parametrize(
    ("path", "works", "told"),
    [
        ("/da", True, "200"),
        ("/weiter", True, "200"),
        ("/ohne-kopf", True, "200"),
        ("/münchen", True, "200"),
        ("/nur-fuer-menschen", True, "403"),
        ("/weg", False, "nicht gefunden (404)"),
        ("/entfernt", False, "entfernt (410)"),
        ("/kaputt", False, "Fehler des Servers (503)"),
        ("/kreis", False, "nicht zu erreichen"),
        ("/nach-innen", False, "führt auf keinen Rechner im öffentlichen Netz"),
    ],
)
def test_another_website_is_asked_for_the_head_and_else_for_the_page(port, path, works, told):
    OtherSite.heard.clear()
    answer = ask_website(f"http://www.example.org{path}", resolved, {"http": port})
    assert (answer.works, answer.told) == (works, told)
    method, host, agent = OtherSite.heard[0]
    assert (method, host) == ("HEAD", f"www.example.org:{port}")
    assert agent.startswith("IntMK-Linkpruefung/")
    assert agent.endswith("/kontakt/)")


def test_who_does_not_answer_is_told_from_who_says_no(port):
    assert ask_website("http://www.example.org/", resolved, {"http": 1}).was_answered is False
    assert ask_website("http://www.example.org/weg", resolved, {"http": port}).was_answered is True


@pytest.mark.parametrize("path", OtherSite.endless)
def test_who_goes_on_answering_bit_by_bit_is_not_listened_to_for_ever(port, path, monkeypatch):
    monkeypatch.setattr(link_answers, "SECONDS_IN_ALL", 0.5)
    answer = ask_website(f"http://www.example.org{path}", resolved, {"http": port})
    assert (answer.told, answer.was_answered) == ("antwortet nicht", False)


def test_a_secure_address_is_asked_over_a_secure_connection_only(port):
    answer = ask_website("https://www.example.org/da", resolved, {"https": port})
    assert (answer.works, answer.told) == (False, "keine sichere Verbindung möglich")


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1", "10.0.0.1", "172.16.0.1", "192.168.1.1", "169.254.169.254", "100.64.0.1", "0.0.0.0",
        "224.0.0.1", "255.255.255.255", "192.0.2.1", "::1", "::", "fe80::1%eth0", "fc00::1", "ff02::1",
        "::ffff:127.0.0.1", "64:ff9b::7f00:1", "2002:7f00:1::", "2001::1", "kein Rechner", "",
    ],
)  # fmt: skip
def test_no_address_of_an_inner_net_is_public(address):
    assert not is_in_public_net(address)


@pytest.mark.parametrize("address", ["8.8.8.8", "2620:fe::fe"])
def test_an_address_of_the_public_net_is(address):
    assert is_in_public_net(address)


@pytest.mark.parametrize(
    "url",
    [
        "http://localhost/", "http://127.0.0.1/", "http://[::1]/", "http://2130706433/", "https://[::ffff:10.0.0.1]/",
        "http://www.example.org:8000/", "http://name:wort@www.example.org/", "ftp://www.example.org/", "file:///etc/",
    ],
)  # fmt: skip
def test_nothing_behind_this_machine_is_asked(url):
    answer = ask_website(url)
    assert (answer.works, answer.told) == (False, "führt auf keinen Rechner im öffentlichen Netz")


def test_a_name_with_one_inner_address_among_others_is_refused(monkeypatch):
    found = [(None, None, None, "", (address, 80)) for address in ("8.8.8.8", "10.0.0.1")]
    monkeypatch.setattr("socket.getaddrinfo", lambda *args, **more: found)
    with pytest.raises(ForbiddenAddressError):
        public_addresses("www.example.org", 80)


@pytest.mark.parametrize("url", ["http://", "http://[kaputt/", "https://www.example.org:99999/", "http://ä" + "b" * 99])
def test_an_address_that_is_none_is_told_and_stops_nothing(url):
    assert ask_website(url, resolved).works is False


# --- which links there are ------------------------------------------------------------------------------------------


def section(text: str) -> list[tuple]:
    return [("section", {"heading": "", "text": text})]


def link(address: str) -> str:
    return f'<p>Näheres <a href="{address}">dort</a>.</p>'


@pytest.mark.django_db
def test_links_are_gathered_of_public_pages_with_their_rows_and_sources():
    index = NewsIndexPage.objects.get()
    body = section(link("https://a.example.org/?x=1&amp;y=2#teil"))
    page = index.add_child(instance=NewsPage(title="Mit Verweis", body=body))
    other = index.add_child(instance=NewsPage(title="Mit demselben", body=body))
    index.add_child(instance=NewsPage(title="Entwurf", live=False, body=section(link("https://draft.example.org/"))))
    index.add_child(instance=NewsPage(title="Keine Adresse", body=section(link("https://[kaputt#teil"))))
    index.add_child(instance=NewsPage(title="Zu uns", body=section(link("http://localhost:8000/kontakt/"))))
    index.add_child(instance=NewsPage(title="Nur im Text", body=section("<p>https://prose.example.org/</p>")))
    conference = ConferencePage.objects.get(number=12)
    ConferencePressRelease.objects.create(
        page_id=None, conference=conference, title="Dort", url="https://b.example.org/"
    )
    source = conference.sources.exclude(url="").filter(is_dead=False).first()
    found = gathered_links()
    assert found["https://a.example.org/?x=1&y=2"] == {page.pk, other.pk}
    assert found["https://b.example.org/"] == {conference.pk}
    assert conference.pk in found[source.url]
    assert not [url for url in found if "draft." in url or "localhost" in url or "prose." in url]


@pytest.mark.django_db
def test_what_is_known_of_a_link_stays_while_a_page_carries_it():
    note_links({"https://a.example.org/": {1}, "https://b.example.org/": {1, 2}})
    OutgoingLink.objects.update(failed_days=2)
    note_links({"https://b.example.org/": {3, 2}, "https://c.example.org/": {4}})
    assert list(OutgoingLink.objects.order_by("url").values_list("url", "pages", "failed_days")) == [
        ("https://b.example.org/", [2, 3], 2),
        ("https://c.example.org/", [4], 0),
    ]


# --- when one is broken ---------------------------------------------------------------------------------------------


def asked_on(day: int, answer: LinkAnswer, hour: int = 0) -> None:
    with time_machine.travel(NOW + timedelta(days=day, hours=hour), tick=False):
        ask_some(lambda url: answer)


@pytest.fixture
def dead(db) -> OutgoingLink:
    """A link that no site answers to any more, on a public page, and one that works."""
    page = StandardPage.objects.get(slug="kontakt")
    return OutgoingLink.objects.create(url="https://weg.example.org/", pages=[page.pk])


def days(dead: OutgoingLink) -> int:
    dead.refresh_from_db()
    return dead.failed_days


def test_a_link_is_broken_on_the_third_day_and_none_once_it_answers(dead):
    for day, hour, number in ((0, 0, 1), (0, 5, 1), (1, 0, 2), (2, 0, 3)):
        asked_on(day, THERE, hour)
        assert days(dead) == number
        assert OutgoingLink.objects.broken().exists() is (number == 3)
    assert f"{dead.failed_since}" == "2027-03-01"
    asked_on(3, HERE)
    assert days(dead) == 0
    assert not OutgoingLink.objects.broken().exists()


def test_two_answers_of_one_day_are_one(dead):
    for hours in (0, 2):
        dead.note(THERE, NOW + timedelta(hours=hours), is_online=True)
    assert days(dead) == 1


def test_a_link_that_works_is_asked_for_once_a_week(dead):
    asked_on(0, HERE)
    for day, is_due in ((1, False), (6, False), (8, True)):
        assert OutgoingLink.objects.due(NOW + timedelta(days=day)).exists() is is_due


def test_a_link_that_was_asked_for_at_a_wrong_time_does_not_wait_for_that_time(dead):
    asked_on(400, HERE)
    assert OutgoingLink.objects.due(NOW).exists()


def test_while_this_site_reaches_nobody_no_link_is_to_blame(dead):
    asked_on(0, SILENCE)
    assert days(dead) == 0
    OutgoingLink.objects.create(url="https://da.example.org/", answered_at=NOW + timedelta(days=8), asked_at=NOW)
    asked_on(9, SILENCE)
    assert days(dead) == 1


def test_few_are_asked_at_a_time(db):
    OutgoingLink.objects.bulk_create(OutgoingLink(url=f"https://{number}.example.org/") for number in range(9))
    asked = []
    ask_some(lambda url: asked.append(url) or HERE)
    assert len(set(asked)) == outgoing_links.AT_A_TIME
    ask_some(lambda url: asked.append(url) or HERE)
    assert len(set(asked)) == 2 * outgoing_links.AT_A_TIME


@pytest.mark.django_db
def test_the_clock_gathers_once_a_night_and_nothing_where_it_is_switched_off(settings, monkeypatch):
    done = []
    monkeypatch.setattr(outgoing_links, "gathered_links", lambda: done.append("gathered") or {})
    monkeypatch.setattr(outgoing_links, "ask_some", lambda: done.append("asked"))
    SiteIdentity.objects.update_or_create(pk=1, defaults={"links_sought": NOW.date() - timedelta(days=1)})
    with time_machine.travel(NOW, tick=False):
        tend_outgoing_links()
        assert not done
        settings.CHECK_LINKS = True
        tend_outgoing_links()
        tend_outgoing_links()
    assert done == ["gathered", "asked", "asked"]


@pytest.mark.django_db
@pytest.mark.parametrize(("days", "is_first"), [(-1, True), (0, False), (1, False), (2, True), (400, True)])
def test_a_nights_work_is_taken_on_once_and_does_not_wait_for_a_time_that_was_wrong(days, is_first):
    noted = NOW.date() + timedelta(days=days)
    SiteIdentity.objects.update_or_create(pk=1, defaults={"links_sought": noted})
    assert [is_first_of(NOW.date(), "links_sought") for _ in range(2)] == [is_first, False]


# --- where it is said -----------------------------------------------------------------------------------------------


def test_a_broken_link_stands_in_the_list_beside_those_within_the_site(dead, chair: Client):
    page = StandardPage.objects.get(slug="kontakt")
    assert not broken_links().exists()
    for day in range(3):
        asked_on(day, THERE)
    assert list(broken_links()) == [Page.objects.get(pk=page.pk)]
    words = "https://weg.example.org/: nicht gefunden (404), seit 1. März 2027"
    assert [breakable(each) for each in references_in_vain([page])[page.pk]] == [words]
    shown = text_of(chair.get("/admin/berichte/verweise-ins-leere/"))
    assert "https://weg.example.org/: nicht gefunden (404), seit" in shown
    assert "1 Seiten mit Verweisen ins Leere" in text_of(chair.get("/admin/"))
