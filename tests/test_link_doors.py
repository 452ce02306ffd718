"""Wherever editors give a link, its target is stored; one that cannot be read is refused where it was typed."""

import json

import pytest
from django.test import Client
from django.urls import reverse
from wagtail.models import Page
from wagtail.test.utils.form_data import nested_form_data, rich_text, streamfield

from conferences.models import Land, Source
from history.models import Milestone
from intmk.addresses.old_addresses import OldAddress
from intmk.base.blocks import LinkBlock
from intmk.base.publishing_rules import broken_rules
from intmk.language.link_fields import PageLinkBlock
from intmk.pages.models import NewsIndexPage, NewsPage
from tests.editing import edit_url, fields_at, new_page_form, page_form, soup_of

pytestmark = pytest.mark.django_db

WRAPPED = (
    "https://eur01.safelinks.protection.outlook.com/?url=https%3A%2F%2Fwww.example.org%2Fbericht"
    "&data=05%7C02%7Cerika.muster%40ministerium.example%7Cabc&sdata=" + "x" * 300
)
TARGET = "https://www.example.org/bericht"
UNREADABLE = "https://protect-eu.mimecast.com/s/AbC?domain=example.org"


def with_text(html: str) -> dict:
    """What the editor sends of a text with one section."""
    section = {"heading": "", "text": rich_text(html), "symbol": ""}
    return {"body": streamfield([("section", section)])}


def new_news(client: Client, html: str) -> NewsPage:
    """Save a piece of news as a draft."""
    parent = NewsIndexPage.objects.get(locale__language_code="de")
    address = reverse("wagtailadmin_pages:add", args=["intmk", "newspage", parent.pk])
    data = new_page_form(client, NewsPage, parent) | nested_form_data({"title": "Mit Verweis"} | with_text(html))
    answer = client.post(address, data, headers={"accept": "application/json"})
    assert answer.json()["success"], answer.json()
    return NewsPage.objects.get(pk=answer.json()["pk"]).get_latest_revision_as_object()


def test_a_wrapped_link_in_a_text_is_stored_as_its_target(chair):
    page = new_news(chair, f'<p><a href="{WRAPPED}">der Bericht</a>, <a href="tel:06131 16-0">anrufen</a></p>')
    text = page.body[0].value["text"].source
    assert f'<a href="{TARGET}">der Bericht</a>' in text
    assert '<a href="tel:+496131160">anrufen</a>' in text
    assert "erika.muster" not in page.get_latest_revision().content["body"]


def test_a_text_with_a_link_that_cannot_be_read_stays_a_draft_and_says_why(chair):
    page = new_news(chair, f'<p><a href="{UNREADABLE}">der Bericht</a></p>')
    (rule,) = [rule for rule in broken_rules(page) if rule.field == "body"]
    assert "1. Baustein, Text: Der Link „https://protect-eu.mimecast.com/" in rule.message
    assert "von Mimecast verpackt" in rule.message
    data = page_form(chair, page) | nested_form_data(with_text(f'<p><a href="{UNREADABLE}">der Bericht</a></p>'))
    answer = chair.post(edit_url(page), data | {"action-publish": "1"})
    assert answer.status_code == 200
    assert "von Mimecast verpackt" in answer.content.decode()
    assert not NewsPage.objects.get(pk=page.pk).live


def test_a_field_for_a_link_takes_what_was_wrapped_and_refuses_what_cannot_be_read(chair, account):
    land = Land.objects.get(code=account.land_code)
    address = reverse(Land.snippet_viewset.get_url_name("edit"), args=[land.pk])
    fields = fields_at(chair, address)
    mail = {"secretariat_email": "mailto:Post@Example.ORG"}
    assert chair.post(address, fields | mail | {"website": WRAPPED}).status_code == 302
    land.refresh_from_db()
    assert (land.website, land.secretariat_email) == (TARGET, "Post@example.org")
    answer = chair.post(address, fields | {"website": UNREADABLE})
    assert "von Mimecast verpackt" in str(answer.context["form"].errors["website"])
    box = soup_of(chair.get(address)).find("input", {"name": "website"})
    assert not box.has_attr("maxlength")  # the browser would cut the wrapped one


def test_a_program_stores_the_target_too():
    source = Source(title="Bericht", publisher="Amt", url=WRAPPED, kind=Source._meta.get_field("kind").choices[0][0])
    source.full_clean()
    assert source.url == TARGET
    assert LinkBlock().clean(WRAPPED) == TARGET


def test_an_old_address_is_known_by_the_wrapped_link_to_it(chair):
    old = "https://www.intmk.example/2017/a.pdf"
    wrapped = f"https://l.facebook.com/l.php?u={old}"
    address = reverse(OldAddress.snippet_viewset.get_url_name("add"))
    chair.post(address, fields_at(chair, address) | {"address": wrapped, "description": "Alt"})
    assert OldAddress.objects.get(description="Alt").address == old
    assert [row.description for row in OldAddress.objects.matching(wrapped)] == ["Alt"]


@pytest.mark.parametrize(
    ("dialog", "typed", "url", "title"),
    [
        ("external", {"url": WRAPPED}, TARGET, TARGET),
        ("external", {"url": "/gibt-es-nicht/"}, "/gibt-es-nicht/", "/gibt-es-nicht/"),
        ("email", {"email_address": "Post <post@Example.org>"}, "mailto:post@example.org", "post@example.org"),
        ("phone", {"phone_number": "06131 16-0 oder -100"}, "tel:+496131160", "06131 16-0 oder -100"),
    ],
)
def test_the_dialogs_for_links_give_the_target(editor, dialog, typed, url, title):
    address = reverse(f"wagtailadmin_choose_page_{dialog}_link")
    sent = {f"{dialog}-link-chooser-{name}": value for name, value in typed.items()}
    result = json.loads(editor.post(address, sent).content)["result"]
    assert (result["url"], result["title"]) == (url, title)


@pytest.mark.parametrize(
    ("dialog", "typed", "why"),
    [
        ("external", {"url": UNREADABLE}, "von Mimecast verpackt"),
        ("email", {"email_address": "post"}, "keine E-Mail-Adresse"),
        ("phone", {"phone_number": "-100"}, "keine vollständige Telefonnummer"),
    ],
)
def test_the_dialogs_for_links_say_what_is_none(editor, dialog, typed, why):
    address = reverse(f"wagtailadmin_choose_page_{dialog}_link")
    sent = {f"{dialog}-link-chooser-{name}": value for name, value in typed.items()}
    assert why in json.loads(editor.post(address, sent).content)["html"]


def test_what_is_pasted_is_cleaned_for_editors_only(editor, reader):
    address = reverse("pasted")
    sent = {"html": f'<p><a href="{WRAPPED}">Bericht</a></p>', "text": WRAPPED}
    assert editor.post(address, sent).json() == {"html": f'<p><a href="{TARGET}">Bericht</a></p>', "text": TARGET}
    assert reader.post(address, sent).status_code == 403


def test_rich_text_of_other_forms_is_cleaned_too():
    field = Milestone._meta.get_field("text")
    assert field.clean(f'<p><a href="{WRAPPED}">a</a></p>', None) == f'<p><a href="{TARGET}">a</a></p>'


def test_pages_to_link_to_come_in_their_order_each_as_an_object_of_its_own(django_assert_num_queries):
    first, second = Page.objects.filter(depth__gt=2).order_by("pk")[:2]
    with django_assert_num_queries(1):
        found = PageLinkBlock().bulk_to_python([second.pk, None, first.pk, second.pk, 0])
        assert [page and page.url_path for page in found] == [
            second.url_path,
            None,
            first.url_path,
            second.url_path,
            None,
        ]
    assert found[0] is not found[3]
