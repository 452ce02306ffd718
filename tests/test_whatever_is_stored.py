"""Whatever text is stored, also from before there were doors: no page, feed, card or export fails for everybody."""

import json
import re
from urllib.parse import quote, quote_from_bytes
from xml.etree import ElementTree

import pytest
from django.test import Client

from tests.filled_site import fill_site

TEXTS = [
    "Sprachförderung\x0bfür\x0c Mütter\x1b",
    "مؤتمر الوزراء 🧑🏽‍🤝‍🧑🏻 🏴󠁧󠁢󠁥󠁮󠁧󠁿",
    "Zo\u0308llner\u00ad und Ga\u0308ste\u200b\ufeff\ufffe",
    "\u202everkehrt\u2066",
    "</title><script>alert(1)</script> & ]]> <!-- {{ 7 }} {% x %}",
    '=HYPERLINK("https://www.example.org";"a"), \'b\'; "c"\\ ; d\r\n\te',
    "Wq" * 200,
    "\u0600\u0300" * 40,
    " ",
    "漢字かな 한글 हिन्दी ไทย",
    "%s %d {0} $1 \\1 %C3%28",
    "{vorsitzland} {{vorsitzland}} }}{{",
    "a|b\tc; d, e\n# f",
    "{" * 60,
]
BESIDE = [
    "/suche/?q={}", "/suche/vorschlaege/?q={}", "/alte-adressen/?adresse={}", "/beschluesse/?q={}&thema={}&land={}",
    "/beschluesse/?seite={}", "/vorsitz/?am={}", "/aktuelles/?seite={}", "/api/v1/resolutions?conference={}&year={}",
    "/api/v1/chairs?on={}", "/{}/", "/id/beschluss/{}/{}", "/konferenzen/12/{}/zitat.bib", "/dokumente/1/{}",
]  # fmt: skip
FEEDS = [
    "/feeds/beschluesse.atom", "/feeds/beschluesse.json", "/feeds/aktuelles.atom", "/feeds/aktuelles.json",
    "/feeds/konferenzen.ics", "/sitemap.xml", "/opensearch.xml", "/robots.txt", "/.well-known/security.txt",
    "/api/v1/openapi.json", "/api/v1/chairs", "/api/v1/laender", "/api/v1/themes", "/api/v1/conferences",
    "/api/v1/resolutions?limit=100",
]  # fmt: skip


def fails(reader: Client, address: str) -> str:
    """Return what is wrong with the answer, "" for nothing."""
    try:
        response = reader.get(address)
        body = response.getvalue()
        kind = response.headers.get("Content-Type", "")
        if "json" in kind:
            json.loads(body)
        elif "xml" in kind or "atom" in kind:
            ElementTree.fromstring(body)
    except Exception as error:
        return f"{type(error).__name__}: {error}"
    return f"{response.status_code}" if response.status_code >= 500 else ""


@pytest.mark.audit
@pytest.mark.django_db
def test_no_page_feed_card_or_export_fails_whatever_text_is_stored(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    fill_site(TEXTS)
    reader = Client(HTTP_HOST="localhost")
    listed = ElementTree.fromstring(reader.get("/sitemap.xml").content).iter(
        "{http://www.sitemaps.org/schemas/sitemap/0.9}loc"
    )
    addresses = {*FEEDS, *(re.sub(r"^https?://[^/]+", "", place.text) for place in listed)}
    faults, seen = {}, set()
    while waiting := sorted(addresses - seen):
        for address in waiting:
            seen.add(address)
            if fault := fails(reader, address):
                faults[address] = fault
            elif address.endswith("/"):
                html = reader.get(address).content.decode()
                found = re.findall(r'(?:href|content|src)="(?:https?://localhost(?::\d+)?)?(/[^"]*?)(?:#[^"]*)?"', html)
                wanted = r"zitat\.|/bilder/|\.csv|/dokumente/|format="
                addresses |= {each.replace("&amp;", "&") for each in found if re.search(wanted, each)}
    assert len(seen) > 150
    assert faults == {}


@pytest.mark.audit
@pytest.mark.django_db
@pytest.mark.parametrize("address", BESIDE)
def test_no_address_fails_whatever_is_asked(address):
    reader = Client(HTTP_HOST="localhost")
    asked = {text: fails(reader, address.replace("{}", coded)) for text in TEXTS for coded in writings(text)}
    assert {text: fault for text, fault in asked.items() if fault} == {}


def writings(text: str) -> list[str]:
    """Return the text as browsers and as old programs code it."""
    return [quote(text, safe=""), quote_from_bytes(text.encode("cp1252", "ignore"), safe="")]
