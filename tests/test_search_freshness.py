"""The search knows each change at once, and what is not public is in no hit, count, suggestion or correction."""

from datetime import date

import pytest
from django.core.files.base import ContentFile
from django.test import Client
from django.urls import reverse
from wagtail.models import Collection, Page, PageViewRestriction

from conferences.models import ChairPerson, ChairTerm, ConferenceDocument, ConferencePage, Land, Theme
from intmk.base.glossary import GlossaryTerm
from intmk.base.view_pages import VIEWS
from intmk.media.documents.models import DocumentPage, SiteDocument
from intmk.pages.models import NewsIndexPage, NewsPage, StandardPage
from intmk.search.index import SearchEntry, rebuild, store_document
from intmk.users.models import LAENDER
from tests.editing import edit_url, give_chair, take_chair, text_of
from tests.resolutions import resolution

pytestmark = pytest.mark.django_db
WORD = "Zauberwürfelkonzept"  # in no text of the site


def addresses(query: str) -> list[str]:
    """Return the addresses of the hits."""
    return [hit["address"] for hit in Client(HTTP_HOST="localhost").get("/suche/", {"q": query}).context["hits"]]


def traces(word: str = WORD) -> dict:
    """Return where the word shows: hits, counts, what is offered for a mistyped word, suggestions."""
    client = Client(HTTP_HOST="localhost")
    shown = client.get("/suche/", {"q": word}).context
    mistyped = client.get("/suche/", {"q": word.replace("w", "v", 1)}).context
    suggested = client.get("/suche/vorschlaege/", {"q": word[:8]}).json()["suggestions"]
    found = {
        "hits": [hit["address"] for hit in shown["hits"]],
        "counts": {code: count for code, _, count in shown["kinds"] if count},
        "meant": mistyped["corrected"] or mistyped["meant"],
        "suggested": suggested,
    }
    return {name: value for name, value in found.items() if value}


def published(page: Page, parent: Page) -> Page:
    """Add the page below `parent` and publish it as the editor does."""
    parent.add_child(instance=page)
    page.save_revision().publish()
    return page


def news(word: str = WORD) -> Page:
    page = NewsPage(title=f"{word} vorgelegt", slug="neu", introduction=f"Es geht um das {word}.")
    return published(page, NewsIndexPage.objects.get())


def shown_document(**fields) -> SiteDocument:
    """Return a document with text that the page of the twelfth conference shows."""
    document = SiteDocument.objects.create(
        title="Protokoll der Sitzung", file=ContentFile(b"Text", name="protokoll.txt"), **fields
    )
    DocumentPage.objects.create(document=document, number=7, text=f"Beschlossen wird ein {WORD}.")
    store_document(document)
    twelfth = ConferencePage.objects.get(number=12)
    twelfth.documents.add(ConferenceDocument(document=document))
    twelfth.save_revision().publish()
    return document


def test_a_published_page_is_found_everywhere_and_an_unpublished_one_nowhere():
    page = news()
    assert set(traces()) == {"hits", "counts", "meant", "suggested"}
    page.unpublish()
    assert traces() == {}
    page.save_revision().publish()
    assert traces()["hits"] == [page.url]
    page.delete()
    assert traces() == {}


def test_a_resolution_is_called_otherwise_as_soon_as_its_conference_is_cancelled():
    page = resolution("7.1", outcome="unanimous")
    labels = SearchEntry.objects.filter(page=page).values_list("label", flat=True)
    before = labels.get()
    conference = page.conference
    conference.status = ConferencePage.Status.CANCELLED
    conference.save_revision().publish()
    assert labels.get() == type(page).objects.get(pk=page.pk).search_label() != before


def test_a_draft_of_a_live_page_is_not_found():
    page = ConferencePage.objects.get(number=12)
    page.motto = WORD
    revision = page.save_revision()
    assert traces() == {}
    revision.publish()
    assert traces()["hits"] == ["/konferenzen/12/"]


def test_a_row_that_was_left_behind_shows_nothing():
    page = news()
    NewsPage.objects.filter(pk=page.pk).update(live=False)  # past every signal
    assert SearchEntry.objects.filter(page=page).exists()
    assert traces() == {}


def test_a_restriction_that_no_signal_told_of_hides_all_the_same():
    page = news()
    restriction = PageViewRestriction(page=NewsIndexPage.objects.get(), restriction_type=PageViewRestriction.LOGIN)
    PageViewRestriction.objects.bulk_create([restriction])
    assert SearchEntry.objects.filter(page=page).exists()
    assert traces() == {}


def test_a_restriction_on_a_page_above_hides_and_its_end_shows():
    page = news()
    restriction = PageViewRestriction.objects.create(
        page=NewsIndexPage.objects.get(), restriction_type=PageViewRestriction.LOGIN
    )
    assert traces() == {}
    restriction.delete()
    assert traces()["hits"] == [page.url]


def test_a_moved_and_a_renamed_page_is_found_at_its_new_address():
    page = StandardPage.objects.get(slug="kontakt")
    below = published(StandardPage(title=WORD, slug="unten"), page)
    assert addresses(WORD) == ["/kontakt/unten/"]
    page.slug = "ansprechstelle"
    page.save_revision().publish()
    assert addresses(WORD) == ["/ansprechstelle/unten/"]
    below.move(StandardPage.objects.get(slug="impressum"), "last-child")
    assert addresses(WORD) == ["/impressum/unten/"]


def test_persons_follow_their_term():
    term = ChairTerm.objects.get(start=date(2016, 10, 1))
    person = ChairPerson.objects.create(term=term, name="Waltraud Wunderlich", sort_order=9)
    assert addresses("Wunderlich") == ["/vorsitz/?am=2016-10-01"]
    person.name = "Waltraud Wundersam"
    person.save()
    assert addresses("Wunderlich") == []
    assert addresses("Wundersam") == ["/vorsitz/?am=2016-10-01"]
    person.delete()
    assert addresses("Wundersam") == []


def test_a_renamed_land_and_a_renamed_theme_take_their_pages_along():
    twelfth, theme = ConferencePage.objects.get(number=12), Theme.objects.get(slug="sport")
    twelfth.themes.add(theme)
    twelfth.save_revision().publish()
    assert "/konferenzen/12/" in addresses("Sport")
    theme.name = WORD
    theme.save()
    assert "/konferenzen/12/" in addresses(WORD)
    assert "/konferenzen/12/" not in addresses("Sport")
    land = Land.objects.get(code="DE-BW")
    land.name = "Zauberland"
    land.save()
    assert {"/laender/baden-wuerttemberg/", "/konferenzen/12/"} <= set(addresses("Zauberland"))


def test_a_document_is_found_with_its_page_while_a_public_page_shows_it():
    document = shown_document()
    assert addresses(WORD) == [f"{document.url}#page=7"]
    ConferencePage.objects.get(number=12).unpublish()
    assert traces() == {}


def test_a_document_that_is_not_released_is_not_found():
    document = shown_document(withheld=True)
    assert traces() == {}
    document.withheld = False
    document.save()
    assert addresses(WORD) == [f"{document.url}#page=7"]
    document.withheld = True
    document.save()
    assert traces() == {}
    assert SearchEntry.objects.filter(document=document).count() == 0


def test_a_document_that_no_page_shows_is_not_found():
    document = SiteDocument.objects.create(title=WORD, file=ContentFile(b"Text", name="papier.txt"))
    assert SearchEntry.objects.filter(document=document).exists()
    assert traces() == {}


def test_a_document_that_a_land_has_proposed_is_not_found():
    document = shown_document()
    proposals = Collection.objects.filter(
        group_permissions__group__name=LAENDER, group_permissions__permission__codename__startswith="add_"
    )
    SiteDocument.objects.filter(pk=document.pk).update(collection=proposals.first())
    assert traces() == {}


def test_what_a_land_proposes_is_found_only_once_the_chair_publishes_it(account, editor):
    page = news()
    page.unpublish()
    take_chair(account)
    sent = {"title": WORD, "slug": "neu", "kind": "press", "date": "2026-11-01", "introduction": WORD}
    forms = {"body-count": "0", "service-count": "0"}
    editor.post(edit_url(page), sent | forms)
    editor.post(edit_url(page), sent | forms | {"action-publish": "1"})
    assert traces() == {}
    give_chair(account)
    editor.post(edit_url(page), sent | forms | {"action-publish": "1"})
    assert traces()["hits"] == [page.url]


def test_a_rebuilt_index_is_the_same_index():
    news()
    fields = [field.attname for field in SearchEntry._meta.concrete_fields if field.attname != "id"]
    before = sorted(SearchEntry.objects.values_list(*fields), key=str)
    rebuild()
    assert sorted(SearchEntry.objects.values_list(*fields), key=str) == before


def test_items_of_a_list_and_paragraphs_are_words_of_their_own():
    reasons = "<p>Gefordert werden</p><ul><li>Xylophonkurse<ul><li>Yachtschulen</li></ul></li></ul>"
    page = resolution("7.9", release="reasons", reasons=reasons)
    assert page.url in addresses("Yachtschulen")
    assert page.url in addresses("Xylophonkurse")


def test_a_page_with_a_restriction_is_not_found_and_can_be_deleted(client):
    page = news()
    PageViewRestriction.objects.create(page=page, restriction_type=PageViewRestriction.LOGIN)
    assert client.get(page.url).status_code == 404
    NewsPage.objects.get(pk=page.pk).delete()
    assert traces() == {}


def test_a_word_of_the_glossary_is_found_by_each_of_its_forms_and_gone_when_it_is_deleted():
    term = GlossaryTerm.objects.create(term=WORD, slug="zauber", forms="ZWK", short="Ein Konzept.", is_marked=False)
    assert addresses(WORD) == addresses("ZWK") == ["/glossar/#zauber"]
    assert "Ein Konzept ." in text_of(Client(HTTP_HOST="localhost").get("/suche/", {"q": WORD}))
    term.forms = ""
    term.save()
    assert addresses("ZWK") == []
    assert addresses(WORD) == ["/glossar/#zauber"]
    term.delete()
    assert traces() == {}


@pytest.mark.parametrize("title", [view.title for view in VIEWS.values() if view.is_listed])
def test_what_is_no_page_is_found_by_its_name_all_the_same(title):
    name = {view.title: name for name, view in VIEWS.items()}[title]
    assert reverse(name) in addresses(title)[:3]
