"""Parts of another page's text come into the draft of a page, and of what is not public nothing does."""

import pytest
from django.test import Client
from django.urls import reverse
from wagtail.models import PageViewRestriction

from conferences.models import ConferencePage
from intmk.pages.models import NewsIndexPage, NewsPage, StandardPage
from intmk.proposals.models import Proposal
from intmk.users.models import User
from tests.editing import edit_url, soup_of, text_of

pytestmark = pytest.mark.django_db


def section(text: str) -> tuple[str, dict]:
    return ("section", {"heading": "", "text": f"<p>{text}</p>"})


def news(title: str, *texts: str) -> NewsPage:
    page = NewsPage(title=title, body=[section(text) for text in texts])
    NewsIndexPage.objects.get().add_child(instance=page)
    return page


def address(page, source=None) -> str:
    return reverse("copied_blocks", args=[page.pk]) + (f"?von={source.pk}" if source else "")


def take(client: Client, page, source, *places: int):
    return client.post(address(page, source), {"baustein": [source.body[place].id for place in places]})


def draft(page) -> list[str]:
    body = type(page).objects.get(pk=page.pk).get_latest_revision_as_object().body
    return [part.value["text"].source for part in body]


def test_what_is_ticked_stands_at_the_end_of_the_draft(chair, reader):
    page, source = ConferencePage.objects.get(number=12), news("Quelle", "Erstens", "Zweitens", "Drittens")
    before, _ = draft(page), news("Quelle ohne Text")
    listed = soup_of(chair.get(address(page), {"q": "quelle"}))
    assert listed.find("a", string="Quelle")["href"] == f"?von={source.pk}"
    assert not listed.find("a", string="Quelle ohne Text")
    assert "Abschnitt : Zweitens" in text_of(chair.get(address(page, source)))
    assert take(chair, page, source, 2, 0)["Location"] == edit_url(page)
    assert draft(page) == [*before, "<p>Erstens</p>", "<p>Drittens</p>"]
    assert "Drittens" not in reader.get(page.url).content.decode()
    copied = page.get_latest_revision_as_object().body
    assert len({part.id for part in copied} | {part.id for part in source.body}) == len(copied) + 3


def test_a_part_loses_what_the_other_text_does_not_know(chair):
    source = StandardPage.objects.live().filter(locale__language_code="de").first()
    source.body = [("section", {"heading": "Mit Symbol", "symbol": "suche", "text": "<p>Wort</p>"})]
    source.save_revision().publish()
    page = news("Ziel")
    take(chair, page, source, 0)
    assert draft(page) == ["<p>Wort</p>"]


def test_nothing_comes_from_a_page_that_is_not_public_and_nothing_without_a_tick(chair):
    page, source = news("Ziel"), news("Quelle", "Geheim")
    assert "Bitte mindestens einen Baustein ankreuzen." in text_of(take(chair, page, source))
    source.unpublish()
    closed = news("Verschlossene Quelle", "Geheim")
    PageViewRestriction.objects.create(page=closed, restriction_type=PageViewRestriction.LOGIN)
    for secret in (source, closed):
        assert "Geheim" not in text_of(chair.get(address(page, secret)))
        take(chair, page, secret, 0)
    assert "Verschlossene Quelle" not in text_of(chair.get(address(page)))
    assert draft(page) == []


def test_a_land_takes_over_into_its_own_drafts_and_into_no_other_page(account, editor):
    source, public = news("Quelle", "Wort"), news("Öffentlich")
    own = NewsPage(title="Eigener Entwurf", live=False, owner=account)
    other = NewsPage(title="Fremd", live=False, owner=User.objects.create_user("r-by", land_code="DE-BY"))
    for page in (own, other):
        NewsIndexPage.objects.get().add_child(instance=page)
    for page, expected in ((own, ["<p>Wort</p>"]), (other, []), (public, [])):
        take(editor, page, source, 0)
        assert draft(page) == expected
    assert "Bausteine übernehmen" in editor.get(edit_url(own)).content.decode()
    index = NewsIndexPage.objects.get()
    assert editor.get(address(index))["Location"] == reverse("wagtailadmin_home")


def test_a_land_takes_over_into_its_proposal_as_long_as_the_chair_has_not_got_it(account, editor):
    source, page = news("Quelle", "Wort", "Und noch eines"), news("Öffentlich", "Steht da")
    assert "Bausteine übernehmen" in editor.get(edit_url(page)).content.decode()
    assert take(editor, page, source, 0)["Location"] == edit_url(page)
    take(editor, page, source, 1)
    assert draft(page) == ["<p>Steht da</p>"]
    form = text_of(editor.get(edit_url(page)))
    assert "im Vorschlag Ihres Landes. Gesendet ist er noch nicht." in form
    proposal = Proposal.objects.get(page=page)
    texts = ["<p>Steht da</p>", "<p>Wort</p>", "<p>Und noch eines</p>"]
    assert [part.value["text"].source for part in proposal.on(page).body] == texts
    proposal.send("")
    assert "Der Vorschlag liegt beim Vorsitz: Es ist nichts übernommen." in text_of(take(editor, page, source, 0))
    assert len(Proposal.objects.get(page=page).on(page).body) == 3


def test_nothing_comes_from_a_page_that_only_some_may_read(chair, editor):
    source, page = news("Quelle", "Geheim"), news("Ziel")
    PageViewRestriction.objects.create(page=source, restriction_type=PageViewRestriction.LOGIN)
    for client in (chair, editor):
        assert not soup_of(client.get(address(page), {"q": "quelle"})).find("a", string="Quelle")
        assert "Geheim" not in text_of(client.get(address(page, source)))
        take(client, page, source, 0)
    assert draft(page) == []
    assert not Proposal.objects.filter(page=page)
