"""Publishing asks the database no more than it must, and neither more nor less becomes public by it."""

from datetime import date

import pytest
from django.core.exceptions import ValidationError
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from wagtail.models import Comment, Page, PageLogEntry, Revision

from conferences.models import ConferenceGuest, ConferencePage, Land, ResolutionIdentifier
from intmk.base.lists import take_lists_in_hand
from intmk.pages.models import NewsIndexPage, NewsPage
from intmk.search.index import SearchEntry
from tests.editing import edit_url, new_page_form, page_form, soup_of, text_of
from tests.invented_resolutions import resolution

pytestmark = pytest.mark.django_db
TRANSACTIONS = ("SAVEPOINT", "RELEASE")


def news() -> NewsPage:
    page = NewsIndexPage.objects.get().add_child(instance=NewsPage(title="Meldung", introduction="Vorher"))
    return NewsPage.objects.get(pk=page.pk)


def voted() -> Page:
    return resolution(item="9.1", outcome="majority", themes=["sprache"], votes={"DE-BY": "no"}, statement="DE-BY")


def publish(client, page: Page, **changes) -> None:
    answer = client.post(edit_url(page), page_form(client, page) | changes | {"action-publish": "1"})
    assert answer.status_code == 302, text_of(answer)[:1500]


def voted_by_all() -> Page:
    return resolution(
        item="9.1",
        outcome="unanimous",
        themes=["sprache"],
        votes=dict.fromkeys(Land.objects.values_list("code", flat=True), "yes"),
        statement="DE-BY",
    )


# Most are Wagtail's own (docs/decisions.md, 111); not counted is what begins and ends transactions.
@pytest.mark.parametrize(
    ("make", "limit"),
    [(news, 45), (voted, 60), (voted_by_all, 60), (lambda: ConferencePage.objects.get(number=12), 55)],
    ids=["news", "resolution", "resolution with sixteen votes", "conference"],
)
def test_a_public_page_is_published_again_with_these_queries(chair, make, limit):
    page = make()
    publish(chair, page, introduction="Nachher")  # content types and sites are remembered after the first time
    form = page_form(chair, page) | {"introduction": "Noch einmal", "action-publish": "1"}
    with CaptureQueriesContext(connection) as captured:
        assert chair.post(edit_url(page), form).status_code == 302
    asked = [query["sql"] for query in captured if not query["sql"].startswith(TRANSACTIONS)]
    assert len(asked) <= limit
    page.refresh_from_db()
    assert page.introduction == "Noch einmal"


def test_rows_that_come_and_go_are_public_at_once(chair):
    page = ConferencePage.objects.get(number=12)
    page.guests = [ConferenceGuest(name="Erika Beispiel")]
    page.save_revision().publish()
    assert [guest.name for guest in page.guests.all()] == ["Erika Beispiel"]
    publish(chair, page, **{"guests-0-DELETE": "1"})
    stored = ConferencePage.objects.get(pk=page.pk)
    assert not stored.guests.exists()
    assert "Erika Beispiel" not in SearchEntry.objects.get(key=f"page:{page.pk}").text


def test_a_row_that_is_another_is_public_at_once_and_so_is_one_of_a_draft(chair):
    page = voted()
    form = page_form(chair, page)
    (row,) = [name for name in form if name.startswith("votes-") and form[name] == "no"]
    for vote, action in (("yes", "action-publish"), ("abstained", "save")):
        assert chair.post(edit_url(page), form | {row: vote, action: "1"}).status_code == 302
        assert page.votes.get().vote == "yes"
    publish(chair, page)
    assert "vbyabstained" in type(page).objects.get(pk=page.pk).facets


def test_what_somebody_else_publishes_while_the_form_is_read_is_overwritten_as_a_whole(chair, monkeypatch):
    page = voted()
    form = page_form(chair, page) | {"introduction": "Nachher", "action-publish": "1"}
    save_revision = type(page).save_revision

    def after_another(opened: Page, *arguments, **more) -> Revision:
        monkeypatch.undo()
        other = type(page).objects.get(pk=page.pk)
        other.votes.get_object_list()[0].vote = "abstained"
        other.title = "Anders"
        other.save_revision().publish()
        return save_revision(opened, *arguments, **more)

    monkeypatch.setattr(type(page), "save_revision", after_another)
    assert chair.post(edit_url(page), form).status_code == 302
    stored = type(page).objects.get(pk=page.pk)
    assert (stored.title, stored.introduction, stored.votes.get().vote) == (page.title, "Nachher", "no")
    assert "vbyno" in stored.facets


def test_what_is_published_as_it_was_before_a_moment_ago_is_stored():
    page = news()
    page.save_revision().publish()
    page = NewsPage.objects.get(pk=page.pk)
    page.opened_with = take_lists_in_hand(page)  # as its form does
    for title in ("Anders", "Meldung"):
        page.title = title
        page.save_revision().publish()
        assert NewsPage.objects.get(pk=page.pk).title == title


def test_who_has_published_stands_in_the_log_once(chair, account):
    page = news()
    publish(chair, page, introduction="Nachher")
    entries = PageLogEntry.objects.filter(page=page.pk, user=account).order_by("pk")
    latest = NewsPage.objects.get(pk=page.pk).live_revision
    assert [(entry.action, entry.user, entry.revision, entry.label) for entry in entries] == [
        ("wagtail.edit", account, latest, "Meldung"),
        ("wagtail.publish", account, latest, "Meldung"),
    ]
    account.is_superuser = True
    account.save()
    for name, arguments in (("wagtailadmin_reports:site_history", []), ("wagtailadmin_pages:history", [page.pk])):
        rows = [row.text for row in soup_of(chair.get(reverse(name, args=arguments))).select("main tbody tr")]
        published = [row for row in rows if "veröffentlicht" in row.lower() and (arguments or "Meldung" in row)]
        assert len(published) == 1


def test_the_form_asks_the_rules_once(chair, monkeypatch):
    page = news()
    publish(chair, page)
    form, asked = page_form(chair, page) | {"action-publish": "1"}, []
    monkeypatch.setattr(NewsPage, "clean", lambda page: asked.append(page))
    assert chair.post(edit_url(page), form).status_code == 302
    assert len(asked) == 1


def test_a_comment_made_while_somebody_publishes_stays(chair, account):
    page = news()
    publish(chair, page)
    form = page_form(chair, page) | {"action-publish": "1"}
    Comment.objects.create(page=page, user=account, text="Stimmt das?", contentpath="title")
    assert chair.post(edit_url(page), form).status_code == 302
    assert Comment.objects.filter(page=page).exists()


def test_the_rules_are_asked_once_but_again_of_what_has_waited_or_is_other():
    page = news()
    asked: list[Page] = []
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(NewsPage, "clean", lambda page: asked.append(page))
        page.save_revision().publish()
        assert len(asked) == 1
        Revision.objects.get(pk=page.save_revision().pk).publish()
        assert len(asked) == 3
    version = page.save_revision()
    version.content = version.content | {"title": ""}
    with pytest.raises(ValidationError):
        version.publish()


def test_an_address_that_has_changed_with_a_version_is_the_page_s_own(reader):
    page = news()
    page.slug = "anderswo"
    page.save_revision().publish()
    stored = NewsPage.objects.get(pk=page.pk)
    assert (stored.slug, stored.url) == ("anderswo", "/aktuelles/anderswo/")
    assert reader.get("/aktuelles/anderswo/").status_code == 200


def test_another_title_is_known_to_choosers_and_to_the_number_at_once(chair):
    page = voted()
    publish(chair, page, title="Umbenanntes Vorhaben")
    assert [found.pk for found in Page.objects.autocomplete("Umbenann")] == [page.pk]
    assert ResolutionIdentifier.objects.get(page=page.pk).title == "Umbenanntes Vorhaben"


def test_what_a_text_of_a_conference_says_leaves_its_resolutions_as_they_are():
    page = voted()
    entry = SearchEntry.objects.filter(key=f"page:{page.pk}")
    entry.update(label="Unberührt")
    conference = page.conference
    conference.introduction = "Ein anderer Satz."
    conference.save_revision().publish()
    assert entry.get().label == "Unberührt"
    conference.venue = "Ein anderer Saal"
    conference.save_revision().publish()
    assert entry.get().label != "Unberührt"


def test_a_resolution_is_found_as_decided_in_writing_once_its_conference_is_cancelled():
    page = resolution(item="9.1", outcome="unanimous", decided_on=date(2017, 3, 1))  # its year stays what it is
    assert "bdecided" in page.facets
    page.conference.status = ConferencePage.Status.CANCELLED
    page.conference.save_revision().publish()
    page.refresh_from_db()
    assert "bin_writing" in page.facets


@pytest.mark.parametrize("action", ["save", "action-publish"])
def test_a_new_page_whose_first_version_is_not_stored_is_not_there_at_all(chair, monkeypatch, action):
    parent = NewsIndexPage.objects.get()
    form = new_page_form(chair, NewsPage, parent) | {"title": "Halb", "slug": "halb", action: "1"}
    monkeypatch.setattr(NewsPage, "save_revision", lambda *arguments, **more: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        chair.post(f"/admin/pages/add/intmk/newspage/{parent.pk}/", form)
    assert not Page.objects.filter(draft_title="Halb").exists()
