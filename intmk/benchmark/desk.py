"""What officials of the Land in the chair wait for: screens that list, count or search all there is, and publishing.

Screens come from a served site; what is published goes through this process. Without a browser.
"""

import http.client
from collections.abc import Callable
from secrets import token_hex
from statistics import median
from time import perf_counter
from typing import Any
from urllib.parse import quote, urlsplit

from django.conf import settings
from django.test import Client
from django.urls import reverse
from wagtail.models import Page

from conferences.models import ConferenceIndexPage, ResolutionPage
from conferences.terms.rights import update_publishing_rights
from intmk.benchmark.sent_forms import drawn_form
from intmk.language.day import today
from intmk.pages.models import NewsIndexPage, NewsPage
from intmk.users.models import User

ROUNDS, PUBLISHED = 5, 15
MOST, MOST_OF_EXPLORER, MOST_OF_PUBLISHING = 300, 150, 60  # ms
PUBLISHING = ("publish_ms", "publish_resolution_ms", "publish_conference_ms")
EXPLORER = "Seiten unter „Konferenzen“"
SCREENS = {
    "Startseite": "/admin/",
    "Konferenzen": "/admin/listen/konferenzen/",
    "Beschlüsse": "/admin/listen/beschluesse/",
    "Beschlüsse, gefiltert und gesucht": "/admin/listen/beschluesse/?q=Kosten&ergebnis=einstimmig",
    "Meldungen": "/admin/listen/meldungen/",
    "Suche nach dem, was alle haben": "/admin/pages/search/?q=Integration",
    "Suche nach einer Nummer": "/admin/pages/search/?q=TOP+2.9",
    "Suche nach einem Ort": "/admin/pages/search/?q=Friedrichshafen",
    "Konferenzen mit Lücken": "/admin/berichte/konferenzen-mit-luecken/",
    "Umsetzung": "/admin/berichte/umsetzung/",
    "Berichtsbitten": "/admin/berichte/berichtsbitten/",
    "Verweise ins Leere": "/admin/berichte/verweise-ins-leere/",
    "Übersetzungen": "/admin/berichte/uebersetzungen/",
    "Geplant": "/admin/geplant/",
    "Übergabe": "/admin/uebergabe/",
}


def account_of_chair() -> User:
    """Make an account of the Land in the chair, with its rights."""
    term = update_publishing_rights().term_on(today())
    name = f"bench-{token_hex(4)}"
    account = User.objects.create_user(name, f"{name}@example.org", land_code=term.land_code if term else "")
    update_publishing_rights()
    return account


def client_of(account: User) -> Client:
    """Return a client in which it is signed in."""
    client = Client(HTTP_HOST="localhost")
    client.force_login(account)
    return client


def asked_by(account: User, site: str) -> Callable[[str], int]:
    """Return what asks a served site for an address as this account, and returns the status once all has come."""
    session = client_of(account).cookies[settings.SESSION_COOKIE_NAME].value
    server = http.client.HTTPConnection(urlsplit(site).netloc)

    def ask(address: str) -> int:
        server.request(
            "GET", quote(address, safe="/?=&+%"), headers={"Cookie": f"{settings.SESSION_COOKIE_NAME}={session}"}
        )
        response = server.getresponse()
        response.read()
        return response.status

    return ask


def desk_figures(ask: Callable[[str], int]) -> dict[str, float]:
    """Return for each screen the median of the ms until it is there. ask: what asks for it, as the account above."""
    asked = SCREENS | {
        EXPLORER: reverse("wagtailadmin_explore", args=[ConferenceIndexPage.objects.earliest("path").pk]),
        "Formular eines Beschlusses": address_of_form(ResolutionPage.objects.live().earliest("pk")),
    }
    for address in list(asked.values()) * 2:  # until each process of the server has made what is made once
        ask(address)
    return {screen: median(waited(ask, 200, address) for _ in range(ROUNDS)) for screen, address in asked.items()}


def address_of_form(page: Page) -> str:
    """Return the address at which a page is edited."""
    return reverse("wagtailadmin_pages:edit", args=[page.pk])


def waited(ask: Callable[..., int], expected: int, *arguments: Any) -> float:
    """Return the ms until the answer was whole."""
    begin = perf_counter()
    status = ask(*arguments)
    took = (perf_counter() - begin) * 1000
    assert status == expected, f"{status}: {arguments[0]}"  # noqa: S101 (a figure of an error would be a lie)
    return took


def publishing_figures(resolution: ResolutionPage) -> dict[str, float]:
    """Return the median of the ms in which a public page of each kind is published again from its form."""
    account = account_of_chair()
    client = client_of(account)
    news = NewsIndexPage.objects.earliest("path").add_child(instance=NewsPage(title=account.username))
    found = {}
    for name, page in zip(PUBLISHING, (news, resolution, resolution.get_parent().specific), strict=True):
        published(client, account, page)  # what the process remembers after the first time
        found[name] = median(published(client, account, page) for _ in range(PUBLISHED))
    return found


def published(client: Client, account: User, page: Page) -> float:
    """Return the ms until a change is public."""
    record = Page.objects.get(pk=page.pk)
    form = drawn_form(record.get_latest_revision_as_object(), record.get_parent(), account)
    if version := record.latest_revision:
        form |= {"loaded_revision_id": version.pk, "loaded_revision_created_at": version.created_at.isoformat()}
    change = {"introduction": f"Messung {token_hex(4)}.", "action-publish": "1"}
    return waited(lambda *sent: client.post(*sent).status_code, 302, address_of_form(page), form | change)


def broken_waits(found: dict[str, float]) -> list[str]:
    """Return a sentence for each screen, and for each kind of page to publish, for which officials wait too long."""
    limits = {screen: MOST_OF_PUBLISHING if screen in PUBLISHING else MOST for screen in found}
    limits |= {EXPLORER: MOST_OF_EXPLORER}
    return [
        f"Redaktion, {screen}: {took:.0f} ms, erlaubt sind {limits[screen]} ms."
        for screen, took in found.items()
        if took > limits[screen]
    ]
