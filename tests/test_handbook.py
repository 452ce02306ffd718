"""The handbook in the admin: its chapters, and the way there from each screen."""

import re
from collections.abc import Iterator

import pytest
from django.urls import URLResolver, get_resolver, reverse
from wagtail.models import Page

from conferences.models import ConferencePage
from intmk.handbook.chapters import chapters
from intmk.handbook.screens import LANGUAGES, PAGE_TYPES, PLACES, PLACES_OF_PAGES, TEXTS, WAY_AROUND, place_for
from tests.admin_screens import SCREENS
from tests.editing import edit_url, text_of

pytestmark = pytest.mark.django_db


def test_each_chapter_is_a_page_whose_links_and_pictures_are_there(editor):
    seen = {reverse("handbook")}
    waiting = list(seen)
    while waiting:
        answer = editor.get(waiting.pop())
        assert answer.status_code == 200
        page = answer.content.decode()
        for address, fragment in re.findall(r'href="(/admin/handbuch/[\w-]+/)(?:#([^"]+))?"', page):
            slug = address.split("/")[-2]
            if fragment:
                assert f'id="{fragment}"' in chapters()[slug].html
            if address not in seen:
                seen.add(address)
                waiting.append(address)
    assert len(seen) == len(chapters()) + 1
    assert len(chapters()) > 20


KNOWN = {*PLACES.values(), *PLACES_OF_PAGES.values(), *PAGE_TYPES.values(), *LANGUAGES.values(), TEXTS}


@pytest.mark.parametrize("place", sorted(KNOWN))
def test_what_the_help_of_a_screen_leads_to_is_there(place):
    slug, _, anchor = place.partition("#")
    assert slug in chapters()
    assert not anchor or anchor in [section.anchor for section in chapters()[slug].sections]


def test_help_leads_from_each_screen_to_its_chapter(editor):
    conference = ConferencePage.objects.get(number=12)
    english = Page.objects.filter(locale__language_code="en").first()
    for address, slug, fragment in (
        (edit_url(conference), "eine-konferenz-ankuendigen", ""),
        (f"/admin/pages/add/conferences/resolutionpage/{conference.pk}/", "einen-beschluss-eintragen", ""),
        (edit_url(english), "englische-seiten", ""),
        (f"/admin/pages/{conference.pk}/tagesordnung/", "eine-konferenz-ankuendigen", "#die-tagesordnung-als-tabelle"),
        ("/admin/papierkorb/", "seiten-verschieben-umbenennen-loeschen", "#der-papierkorb"),
        ("/admin/images/7/", "ein-gruppenfoto-auf-die-seite-einer-konferenz-bringen", ""),
        ("/admin/", "sich-zurechtfinden", ""),
        ("/admin/pages/999999999/edit/", "texte", ""),
    ):
        assert place_for(address) == (slug, fragment)
        answer = editor.get("/admin/handbuch/zu/", {"von": address})
        assert answer["Location"] == f"/admin/handbuch/{slug}/{fragment}"


# Answers to scripts and forms, files, dialogs, and the handbook itself: nothing on which somebody asks for help.
NO_SCREENS = re.compile(
    r"handbuch/|snippets/choose/|choose-phone-link/|eingefuegt/|was-veroeffentlichen-|video/1/|rueckgaengig/"
)


def own_screens(patterns: list, before: str = "") -> Iterator[str]:
    """Yield an address of each view of this project below /admin/, from there on."""
    for pattern in patterns:
        address = before + re.sub(r"<[^>]+>", "1", str(pattern.pattern)).strip("^$")
        if isinstance(pattern, URLResolver):
            yield from own_screens(pattern.url_patterns, address)
        elif pattern.callback.__module__.startswith(("intmk.", "conferences.")) and address.startswith("admin/"):
            yield address.removeprefix("admin/")


def test_each_screen_of_our_own_and_each_that_browsers_look_at_has_a_chapter_of_its_own():
    own = {address for address in own_screens(get_resolver().url_patterns) if not NO_SCREENS.match(address)}
    seen = {re.sub(r"<[^>]+>", "1", address).removeprefix("/admin/") for address in SCREENS.values()}
    assert len(own) > 60
    without = {address for address in own | seen if place_for(f"/admin/{address}")[0] == WAY_AROUND}
    assert without == {"", "handbuch/", "handbuch/einen-beschluss-eintragen/"}


@pytest.mark.parametrize("address", ["", "/", "https://example.org/admin/", "//example.org", "\x00"])
def test_help_of_what_is_no_screen_is_the_contents(editor, address):
    assert editor.get("/admin/handbuch/zu/", {"von": address})["Location"] == "/admin/handbuch/"


def test_the_menu_leads_to_the_help_of_the_screen_on_which_it_stands(editor):
    assert "/admin/handbuch/zu/?von=%2Fadmin%2Fimages%2F" in editor.get("/admin/images/").content.decode()


def test_chapters_are_found_by_words_whatever_their_case(editor):
    text = text_of(editor.get("/admin/handbuch/", {"q": "umlaufbeschluss nummer"}))
    assert "Kapitel zu „umlaufbeschluss nummer“" in text
    assert "Einen Beschluss eintragen" in text
    assert "Nichts gefunden" in text_of(editor.get("/admin/handbuch/", {"q": "<script>"}))
    assert editor.get("/admin/handbuch/", {"q": "a\x00"}).status_code == 200


def test_who_has_no_account_reads_no_handbook(reader):
    for address in ("/admin/handbuch/", "/admin/handbuch/texte/", "/admin/handbuch/zu/"):
        assert reader.get(address).status_code == 302
