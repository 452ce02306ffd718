"""Sperrfrist: what waits for its moment is nowhere a second before it, and everywhere from then on."""

from datetime import timedelta

import pytest
import time_machine
from django.core.files.base import ContentFile
from django.core.management import call_command
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from intmk.media.documents.models import SiteDocument
from intmk.open_data.sharing.card import card_of
from intmk.pages.models import NewsIndexPage, NewsPage
from intmk.users.models import User
from tests.pdf_files import text_pdf
from tests.resolutions import resolution
from tests.test_public_files import picture

pytestmark = [pytest.mark.django_db, pytest.mark.audit]
WORD = "Fliederklausel"  # stands nowhere else
MOMENT = (timezone.localtime() + timedelta(days=2)).replace(hour=10, minute=0, second=0, microsecond=0)
RELEASE, DECIDED = "/aktuelles/gesperrt/", "/konferenzen/12/top-9-1/"
LISTS = [
    "/", "/aktuelles/", "/konferenzen/12/", "/beschluesse/?sortierung=titel", f"/suche/?q={WORD}",
    "/suche/vorschlaege/?q=Flieder", "/uebersicht/", "/sitemap.xml", "/feeds/aktuelles.atom", "/feeds/aktuelles.json",
    "/feeds/beschluesse.atom", "/feeds/beschluesse.json", "/api/v1/resolutions?conference=12", "/api/v1/themes",
]  # fmt: skip


@pytest.fixture
def addresses() -> list[str]:
    """Let a press release and a resolution wait, with papers and a picture; return the addresses they will have."""
    administrator = User.objects.create_superuser("admin-sperrfrist")
    paper, source = (
        SiteDocument.objects.create(title=f"{name} {WORD}", file=ContentFile(text_pdf(WORD), name=f"{name}.pdf"))
        for name in ("papier", "quelle")
    )
    image = picture()
    release = NewsPage(title=f"Meldung zur {WORD}", slug="gesperrt", live=False, image=image)
    release.body = [("downloads", {"heading": "Dokumente", "documents": [paper]})]
    NewsIndexPage.objects.get().add_child(instance=release)
    decided = resolution("9.1", publish=False, live=False, title=f"Beschluss zur {WORD}", source_file=source)
    for page in (release, decided):
        page.go_live_at = MOMENT
        page.save_revision(user=administrator).publish(user=administrator)
    cards = [
        reverse("sharing_picture", args=[path[1:], card_of(page).digest])
        for path, page in ((RELEASE, release), (DECIDED, decided))
    ]
    return [RELEASE, DECIDED, *cards, paper.url, source.url, image.download_url]


def readers_get(address: str) -> HttpResponse:
    return Client(HTTP_HOST="localhost").get(address)


def betrays(address: str) -> bool:
    """Say whether this list has one of the two; the search repeats the word that it was asked for."""
    text = readers_get(address).content.decode()
    return any(found in text for found in (RELEASE, DECIDED, *([] if address.endswith(f"?q={WORD}") else [WORD])))


def test_not_a_second_earlier_and_from_then_on_everywhere(addresses):
    with time_machine.travel(MOMENT - timedelta(seconds=1), tick=False):
        call_command("publish_scheduled", verbosity=0)
        assert {address: readers_get(address).status_code for address in addresses} == dict.fromkeys(addresses, 404)
        assert readers_get("/id/beschluss/12/9.1").status_code == 404
        assert list(filter(betrays, LISTS)) == []
    with time_machine.travel(MOMENT, tick=False):
        call_command("publish_scheduled", verbosity=0)
        assert {address: readers_get(address).status_code for address in addresses} == dict.fromkeys(addresses, 200)
        assert readers_get("/id/beschluss/12/9.1").status_code == 303
        assert list(filter(betrays, LISTS)) == LISTS[:-1]
