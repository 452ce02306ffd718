"""Several pages that are published, taken back or moved together, and the button in the message that undoes it."""

import pytest
from bs4 import BeautifulSoup
from django.core import signing
from django.test import Client
from django.urls import reverse
from wagtail.models import GroupPagePermission, Page

from intmk.desk.bulk_undo import SALT
from intmk.pages.models import NewsIndexPage, NewsPage, StandardPage
from tests.editing import soup_of, take_chair, text_of

pytestmark = pytest.mark.django_db
LIST = "/admin/listen/meldungen/"


def news(number: int, live: bool = True) -> NewsPage:
    """Return a piece of news with a first version; public unless said otherwise."""
    page = NewsPage(title=f"Erste Fassung {number}", slug=f"neu-{number}", live=False)
    NewsIndexPage.objects.get().add_child(instance=page)
    revision = page.save_revision()
    if live:
        revision.publish()
    page.refresh_from_db()
    return page


def changed(page: NewsPage) -> None:
    """Give it a draft."""
    page.title = page.title.replace("Erste", "Zweite")
    page.save_revision()


def do(client: Client, action: str, *pages: Page, **fields) -> BeautifulSoup:
    """Do this with the pages from a list, and return what is shown then."""
    asked = "&".join(f"id={page.pk}" for page in pages)
    address = reverse("wagtail_bulk_action", args=["wagtailcore", "page", action])
    return soup_of(client.post(f"{address}?{asked}&next={LIST}", fields, follow=True))


def button(shown: BeautifulSoup) -> dict[str, str]:
    """Return the fields of the form with the button, {} without one."""
    forms = shown.find_all("form", action=reverse("undo_bulk_action"))
    return {field["name"]: field["value"] for form in forms for field in form.find_all("input")}


def undo(client: Client, shown: BeautifulSoup) -> str:
    """Press the button, and return what is told then."""
    return text_of(client.post(reverse("undo_bulk_action"), button(shown), follow=True))


def titles() -> dict[str, str]:
    """Return what readers see of the pages, by slug."""
    return dict(NewsPage.objects.live().filter(slug__startswith="neu-").values_list("slug", "title"))


def test_publishing_is_undone_where_there_was_nothing_and_where_there_was_another_version(chair):
    draft, public, same = news(1, live=False), news(2), news(3)
    changed(public)
    before = titles()
    shown = do(chair, "publish", draft, public, same)
    assert titles() == before | {"neu-1": "Erste Fassung 1", "neu-2": "Zweite Fassung 2"}
    assert "Rückgängig gemacht: 2 Seiten." in undo(chair, shown)
    assert titles() == before
    public.refresh_from_db()
    assert public.has_unpublished_changes
    assert public.get_latest_revision_as_object().title == "Zweite Fassung 2"


def test_taking_back_is_undone_with_the_pages_below(chair):
    parent = StandardPage.objects.get(slug="kontakt")
    below = StandardPage(title="Darunter", slug="darunter", live=False)
    parent.add_child(instance=below)
    below.save_revision().publish()
    page = news(1)
    changed(page)
    shown = do(chair, "unpublish", page)
    assert titles() == {}
    undo(chair, shown)
    assert titles() == {"neu-1": "Erste Fassung 1"}
    section = NewsIndexPage.objects.get()
    assert not do(chair, "unpublish", section).find("form", action=reverse("undo_bulk_action"))  # refused: the frame
    shown = do(chair, "unpublish", below, page)
    assert "2 Seiten sind jetzt zurückgezogen." in shown.get_text(" ", strip=True)
    undo(chair, shown)
    assert Page.objects.get(pk=below.pk).live


def test_moved_pages_come_back_to_their_places(chair):
    parent, target = StandardPage.objects.get(slug="kontakt"), StandardPage.objects.get(slug="impressum")
    pages = []
    for name in "abcd":
        page = StandardPage(title=name, slug=name, live=False)
        parent.add_child(instance=page)
        pages.append(page)
    shown = do(chair, "move", pages[0], pages[1], pages[3], chooser=target.pk)
    assert [page.slug for page in Page.objects.get(pk=parent.pk).get_children()] == ["c"]
    undo(chair, shown)
    assert [page.slug for page in Page.objects.get(pk=parent.pk).get_children()] == ["a", "b", "c", "d"]


def test_what_somebody_has_worked_on_since_stays_and_is_named(chair):
    first, second = news(1, live=False), news(2, live=False)
    shown = do(chair, "publish", first, second)
    first.refresh_from_db()
    changed(first)
    first.get_latest_revision().publish()
    told = undo(chair, shown)
    assert "Rückgängig gemacht: 1 Seite." in told
    assert "Unverändert, weil inzwischen bearbeitet oder nicht erlaubt: „Zweite Fassung 1“." in told
    assert titles() == {"neu-1": "Zweite Fassung 1"}


@pytest.mark.parametrize("action", ["publish", "unpublish", "move"])
def test_the_rights_on_each_page_are_asked_when_it_is_undone(chair, account, action):
    page = news(1, live=action != "publish")
    target = {"chooser": NewsIndexPage.objects.get().pk}
    if action == "move":
        page = StandardPage(title="a", slug="a", live=False)
        StandardPage.objects.get(slug="kontakt").add_child(instance=page)
        page.save_revision().publish()
        target = {"chooser": StandardPage.objects.get(slug="impressum").pk}
    shown = do(chair, action, page, **target)
    after = Page.objects.get(pk=page.pk)
    take_chair(account)
    assert "nicht erlaubt" in undo(chair, shown)
    unchanged = Page.objects.get(pk=page.pk)
    assert (unchanged.live, unchanged.path) == (after.live, after.path)


def test_an_own_draft_goes_back_only_to_where_the_account_may_still_write(chair, account):
    page = StandardPage(title="a", slug="a", live=False, owner=account)
    StandardPage.objects.get(slug="kontakt").add_child(instance=page)
    target = StandardPage.objects.get(slug="impressum")
    shown = do(chair, "move", page, chooser=target.pk)
    take_chair(account)
    GroupPagePermission.objects.filter(group__in=account.groups.all()).update(page=target)
    assert "nicht erlaubt" in undo(chair, shown)
    assert Page.objects.get(pk=page.pk).is_child_of(Page.objects.get(pk=target.pk))


def test_only_what_the_site_itself_has_offered_is_done(chair):
    page = news(1)
    forged = signing.dumps(["publish", [[page.pk, [False, None], [True, page.live_revision_id]]]], salt=f"{SALT}x")
    assert "nicht mehr rückgängig" in text_of(chair.post(reverse("undo_bulk_action"), {"undo": forged}, follow=True))
    assert chair.get(reverse("undo_bulk_action")).status_code == 405
    assert "neu-1" in titles()


def test_nothing_is_offered_where_nothing_has_changed(chair):
    assert button(do(chair, "publish", news(1))) == {}
