"""One notice on all public pages: while it is wanted, for readers at no cost."""

from datetime import date

import pytest
import time_machine
from bs4 import BeautifulSoup
from django.contrib.auth.models import Group, Permission
from django.core.exceptions import ValidationError
from django.test import Client
from django.urls import reverse
from wagtail.models import Page, PageViewRestriction

from intmk.base.site_notice import SiteNotice
from intmk.pages.models import StandardPage
from tests.editing import text_of
from tests.test_query_counts import queries

pytestmark = pytest.mark.django_db
TEXT = "Die Geschäftsstelle zieht um <b>bald</b>."


def shown(reader: Client, address: str = "/"):
    return BeautifulSoup(reader.get(address).content, "html.parser").find("aside", {"class": "site-notice"})


def let_write(account) -> None:
    group = Group.objects.create(name="Hinweis")
    group.permissions.add(Permission.objects.get(codename="change_sitenotice"))
    account.groups.add(group)


def notice(**fields) -> SiteNotice:
    return SiteNotice.objects.create(**{"text": TEXT} | fields)


@pytest.mark.parametrize(
    "address", ["/", "/vorsitz/", "/konferenzen/12/", "/laender/", "/suche/", "/en/", "/gibt-es-nicht/"]
)
def test_it_stands_on_every_page_as_plain_text(reader, address):
    assert shown(reader, address) is None
    notice()
    found = shown(reader, address)
    assert TEXT in found.text
    assert found["aria-label"] == ("Notice" if address == "/en/" else "Hinweis")
    assert (found.find(lang="de") is not None) == (address == "/en/")


def test_it_links_a_page_only_while_that_is_public(reader):
    page = StandardPage.objects.get(slug="kontakt")
    notice(page=page)
    assert (shown(reader).a["href"], shown(reader).a.text) == ("/kontakt/", "Kontakt")
    page.unpublish()
    assert shown(reader).a is None
    assert TEXT in shown(reader).text


@pytest.mark.parametrize(
    ("moment", "visible"),
    [
        ("2026-12-01 23:59:59+01:00", False),
        ("2026-12-02 00:00:00+01:00", True),
        ("2026-12-05 23:59:59+01:00", True),
        ("2026-12-06 00:00:00+01:00", False),
    ],
)
def test_it_begins_and_ends_by_itself_at_midnight_in_germany(reader, moment, visible):
    notice(show_from=date(2026, 12, 2), show_until=date(2026, 12, 5))
    with time_machine.travel(moment):
        assert (shown(reader) is not None) == visible


def test_without_a_text_there_is_none(reader):
    notice(text="")
    assert shown(reader) is None


@pytest.mark.parametrize("address", ["/", "/konferenzen/12/", "/laender/saarland/"])
def test_it_costs_readers_one_query_for_its_page_and_none_else(address):
    without = queries(address)
    notice(page=StandardPage.objects.get(slug="kontakt"))
    assert queries(address, without + 1) == without + 1


def test_it_is_shown_when_no_page_is_linked_anywhere(reader):
    notice()
    StandardPage.objects.update(place="")
    for page in StandardPage.objects.get(slug="en").get_parent().get_children():
        page.show_in_menus = False
        page.save()
    assert TEXT in shown(reader).text


def test_mistakes_are_told_beside_the_field_in_german():
    with pytest.raises(ValidationError) as caught:
        SiteNotice(text=TEXT, show_from=date(2026, 12, 2), show_until=date(2026, 12, 1)).full_clean()
    assert caught.value.message_dict == {"show_until": ["Der letzte Tag liegt vor dem ersten."]}
    with pytest.raises(ValidationError) as caught:
        SiteNotice(text="x" * 301).full_clean()
    assert "300" in caught.value.message_dict["text"][0]
    with pytest.raises(ValidationError, match="Zu einer Seite gehört ein Text"):
        SiteNotice(page=StandardPage.objects.get(slug="kontakt")).full_clean()


@pytest.mark.parametrize(
    ("chosen", "words"),
    [
        ("x", "Bitte eine gültige Auswahl treffen"),
        ("999999", "Bitte eine gültige Auswahl treffen"),
        ("root", "Diese Seite ist nicht öffentlich"),
        ("draft", "Diese Seite ist nicht öffentlich"),
        ("restricted", "Diese Seite ist nicht öffentlich"),
        ("elsewhere", "Diese Seite ist nicht öffentlich"),
    ],
)
@pytest.mark.kinds(2)
def test_only_a_public_page_can_be_chosen_and_anything_else_is_told_beside_the_field(
    editor, account, reader, chosen, words
):
    root = Page.objects.get(depth=1)
    page = StandardPage.objects.get(slug="kontakt")
    if chosen == "draft":
        page.unpublish()
    elif chosen == "restricted":
        PageViewRestriction.objects.create(page=page, restriction_type=PageViewRestriction.LOGIN)
    elif chosen == "elsewhere":
        page = root.add_child(instance=StandardPage(title="Neben der Startseite", slug="daneben"))
    let_write(account)
    opened = editor.get(reverse("wagtailsettings:edit", args=["intmk", "sitenotice"]), follow=True)
    address = opened.redirect_chain[-1][0]
    value = chosen if chosen in ("x", "999999") else (root if chosen == "root" else page).pk
    refused = editor.post(address, {"text": TEXT, "page": value, "show_from": "", "show_until": ""})
    assert refused.status_code == 200
    beside = BeautifulSoup(refused.content, "html.parser").find(id="panel-child-page-errors")
    assert words in beside.text
    assert shown(reader) is None
    public = StandardPage.objects.get(slug="impressum")
    assert editor.post(address, {"text": TEXT, "page": public.pk, "show_from": "", "show_until": ""}).status_code == 302
    assert shown(reader).a["href"] == "/impressum/"


def test_who_may_change_it_finds_it_in_the_menu_and_writes_it(editor, account, reader):
    address = reverse("wagtailsettings:edit", args=["intmk", "sitenotice"])
    assert editor.get(address, follow=True).redirect_chain[-1][0] == reverse("wagtailadmin_home")
    let_write(account)
    form = editor.get(address, follow=True)
    assert "Hinweis auf allen Seiten" in text_of(form)
    assert "Höchstens 300 Zeichen" in text_of(form)
    assert "Hinweis auf allen Seiten" in editor.get(reverse("wagtailadmin_home")).content.decode()
    saved = editor.post(form.redirect_chain[-1][0], {"text": TEXT, "page": "", "show_from": "", "show_until": ""})
    assert saved.status_code == 302
    assert TEXT in shown(reader).text
