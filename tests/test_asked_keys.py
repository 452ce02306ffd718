"""What a view reads of its address it has said before: the page cache leaves out the rest."""

import pytest
from django.http import QueryDict

from conferences.archive.filters import PARAMETERS, all_facets
from intmk.server.asked_keys import asked, keys_at

pytestmark = pytest.mark.django_db
ADDRESSES = [
    "/", "/suche/", "/suche/vorschlaege/", "/beschluesse/", "/beschluesse/statistik/", "/themen/sprache/", "/themen/",
    "/laender/", "/laender/bayern/", "/alte-adressen/", "/barriere-melden/", "/sitemap.xml", "/vorsitz/", "/aktuelles/",
    "/daten/", "/uebersicht/", "/glossar/", "/konferenzen/", "/konferenzen/12/", "/feeds/beschluesse.atom",
    "/feeds/konferenzen.ics", "/geschichte/", "/robots.txt",
]  # fmt: skip


@pytest.mark.parametrize("address", ADDRESSES)
def test_each_view_has_said_which_keys_it_reads(reader, address, monkeypatch):
    read = set()

    class Watched(QueryDict):
        def __getitem__(self, key):
            read.add(key)
            return super().__getitem__(key)

        def __contains__(self, key):
            read.add(key)
            return super().__contains__(key)

        def get(self, key, default=None):
            read.add(key)
            return super().get(key, default)

        def getlist(self, key, default=None):
            read.add(key)
            return super().getlist(key, default)

    monkeypatch.setattr("django.core.handlers.wsgi.QueryDict", Watched)
    assert reader.get(address, {"q": "Kurs"} if "/suche/" in address else {}).status_code == 200
    assert read <= set(keys_at(address))


def test_the_archive_has_said_all_of_its_facets():
    assert tuple(facet.parameter for facet in all_facets()) == PARAMETERS


def test_the_api_reads_what_its_description_says():
    assert keys_at("/api/v1/chairs") == ("on",)
    assert "offset" in keys_at("/api/v1/resolutions")
    assert asked("/api/v1/laender", "on=2016-10-01&utm_source=x") == ("", True)
    assert asked("/api/v1/chairs", "utm_source=x&on=2016-10-01") == ("on=2016-10-01", False)
