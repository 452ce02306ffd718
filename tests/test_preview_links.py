"""A link shows one draft to somebody without an account, with its files, until it ends or is taken back."""

import re
from datetime import date, timedelta

import pytest
import time_machine
from django.core.files.base import ContentFile
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from wagtail.models import Page, PageLogEntry, get_page_models

from conferences.models import ChairTerm, ConferenceDocument, ConferencePage, ResolutionStatement
from intmk.base.pages import SitePage
from intmk.media.documents.models import SiteDocument
from intmk.pages.models import HomePage, NewsIndexPage, NewsPage
from intmk.preview_links.editing import remove_ended_links
from intmk.preview_links.models import DAYS, PreviewLink
from intmk.proposals.models import Proposal
from intmk.users.models import User
from tests.editing import conference_form, edit_url, soup_of, take_chair, text_of
from tests.resolutions import land, resolution
from tests.test_video_upload import media as media  # a fixture
from tests.test_videos import video

pytestmark = pytest.mark.django_db


@pytest.fixture
def draft(account) -> NewsPage:
    """A press release that nobody has published, begun by the account's Land."""
    page = NewsIndexPage.objects.get().add_child(
        instance=NewsPage(title="Noch geheim", slug="noch-geheim", introduction="Erste Fassung", live=False)
    )
    page.owner = account
    page.save()
    page.save_revision(user=account)
    return NewsPage.objects.get(pk=page.pk)


def address(page: Page) -> str:
    return reverse("preview_links", args=[page.pk])


def made(client: Client, page: Page) -> str:
    """Press the button; return the address of the link as the page shows it."""
    assert client.post(address(page)).status_code == 302
    (link,) = soup_of(client.get(address(page))).select("a.preview-link[href*='/vorschau/']")
    return re.sub(r"^https?://[^/]+", "", link["href"])


def link_to(page: Page, user: User) -> str:
    """Hand out the latest version of the page, without the page on which that is done."""
    return PreviewLink.made(Page.objects.get(pk=page.pk).latest_revision, user).url


def test_it_is_made_from_the_page_and_shows_the_draft_without_an_account(chair, draft, reader):
    assert address(draft) in chair.get(edit_url(draft)).content.decode()
    answer = reader.get(made(chair, draft))
    assert answer.status_code == 200
    assert "Erste Fassung" in text_of(answer)
    assert "Entwurf, nicht veröffentlicht." in text_of(answer)
    assert not soup_of(answer).select(".share")
    assert soup_of(answer).find("meta", {"name": "robots", "content": "noindex, nofollow"})
    assert "noindex" in answer["X-Robots-Tag"]
    assert "no-store" in answer["Cache-Control"]
    assert answer["Referrer-Policy"] == "no-referrer"
    assert "'unsafe-inline'" not in answer["Content-Security-Policy"]
    assert not answer.cookies
    assert reader.get("/aktuelles/noch-geheim/").status_code == 404


def test_it_shows_the_version_of_the_moment_and_no_later_one(account, draft, reader):
    link = link_to(draft, account)
    revision = draft.latest_revision
    draft.introduction = "Zweite Fassung"
    draft.save_revision(user=account, overwrite_revision=revision)  # as the editor that saves by itself does
    assert "Erste Fassung" in text_of(reader.get(link))
    assert "Zweite" not in text_of(reader.get(link))
    assert NewsPage.objects.get(pk=draft.pk).introduction == "Erste Fassung"


def test_it_ends_after_a_week_and_the_clock_removes_it(account, draft, reader):
    link = link_to(draft, account)
    with time_machine.travel(timezone.now() + timedelta(days=DAYS, seconds=1)):
        answer = reader.get(link)
        assert answer.status_code == 410
        assert "gilt nicht mehr" in text_of(answer)
        assert "geheim" not in text_of(answer)
        remove_ended_links()
        assert not PreviewLink.objects.exists()
        assert reader.get(link).status_code == 410


def test_who_made_it_takes_it_back_and_the_history_says_both(chair, account, draft, reader):
    link = made(chair, draft)
    taken_back = chair.post(address(draft), {"taken_back": PreviewLink.objects.get().pk}, follow=True)
    assert "zurückgenommen" in text_of(taken_back)
    assert reader.get(link).status_code == 410
    actions = PageLogEntry.objects.filter(page=draft.pk, action__startswith="intmk.preview_link")
    assert {(entry.action, entry.user) for entry in actions} == {
        ("intmk.preview_link", account), ("intmk.preview_link_taken_back", account)
    }  # fmt: skip


def test_a_key_that_nobody_made_is_not_found(account, draft, reader):
    link_to(draft, account)
    for key in ("1", "1:falsch", "x:y", "%00", "9" * 400):
        assert reader.get(f"/vorschau/{key}/").status_code == 404, key


def test_only_who_publishes_or_has_begun_the_draft_hands_it_out(editor, draft):
    other = Client(HTTP_HOST="localhost")
    other.force_login(User.objects.create_user("redaktion-sl", land_code="DE-SL"))
    assert other.post(address(draft)).status_code == 302
    assert other.get(address(draft), follow=True).redirect_chain
    assert not PreviewLink.objects.exists()
    public = HomePage.objects.get()
    editor.post(address(public))
    assert not PreviewLink.objects.exists()
    made(editor, draft)
    assert PreviewLink.objects.count() == 1


def test_a_land_takes_back_no_link_of_the_chair(editor, draft):
    link = PreviewLink.made(draft.latest_revision, User.objects.create_superuser("admin-test"))
    editor.post(address(draft), {"taken_back": link.pk})
    assert PreviewLink.objects.filter(pk=link.pk).exists()
    for key in ("x", "9" * 5000):
        assert editor.post(address(draft), {"taken_back": key}).status_code == 404


def test_a_land_hands_out_no_page_that_the_chair_has_taken_back(account, editor, draft):
    draft.get_latest_revision().publish()
    NewsPage.objects.get(pk=draft.pk).unpublish()
    editor.post(address(draft))
    assert address(draft) not in editor.get(edit_url(draft)).content.decode()
    assert not PreviewLink.objects.exists()


def test_a_land_hands_out_no_page_that_was_taken_back_by_way_of_its_proposal(editor):
    page = ConferencePage.objects.get(number=12)
    editor.post(edit_url(page), conference_form(page, motto="Unser Vorschlag"))
    assert Proposal.objects.filter(page=page).exists()
    page.unpublish()
    editor.post(address(page))
    assert address(page) not in editor.get(edit_url(page)).content.decode()
    assert not PreviewLink.objects.exists()


def test_a_land_hands_out_its_proposal_and_never_the_draft_of_the_chair(account, editor, reader):
    page = ConferencePage.objects.get(number=12)
    page.motto = "Entwurf des Vorsitzes"
    PreviewLink.made(page.save_revision(), User.objects.create_superuser("admin-test"))
    editor.post(address(page))
    assert PreviewLink.objects.count() == 1
    assert address(page) not in editor.get(edit_url(page)).content.decode()
    editor.post(edit_url(page), conference_form(page, motto="Unser Vorschlag"))
    assert address(page) in editor.get(edit_url(page)).content.decode()
    shown = text_of(reader.get(made(editor, page)))
    assert "Unser Vorschlag" in shown
    assert "Entwurf des Vorsitzes" not in shown


def test_its_files_are_got_by_it_and_by_nothing_else(account, chair, reader):
    page = ConferencePage.objects.get(number=12)
    shown, elsewhere = (
        SiteDocument.objects.create(title=title, file=ContentFile(b"Land\n", name=f"{title}.csv"))
        for title in ("Gezeigt", "Anderswo")
    )
    page.documents.add(ConferenceDocument(document=shown))
    page.save_revision()
    link = link_to(page, account)
    hrefs = [a["href"] for a in soup_of(reader.get(link)).find_all("a", href=True)]
    (file,) = [href for href in hrefs if href.startswith(link)]
    answer = reader.get(file)
    assert answer.status_code == 200
    assert b"".join(answer.streaming_content).startswith(b"Land")
    assert "noindex" in answer["X-Robots-Tag"]
    assert reader.get(shown.url).status_code == 404
    for kind, pk in (("dokument", elsewhere.pk), ("bild", shown.pk), ("video", 1), ("unsinn", shown.pk)):
        assert reader.get(f"{link}{kind}/{pk}/").status_code == 404
    chair.post(address(page), {"taken_back": PreviewLink.objects.get().pk})
    assert reader.get(file).status_code == 404


@pytest.mark.audit
@pytest.mark.parametrize("model", get_page_models(), ids=lambda model: model.__name__)
def test_a_page_of_each_type_is_shown_also_to_editors_and_when_it_was_taken_back(account, chair, reader, model):
    page = model.objects.filter(depth__gt=1).first()
    if page is None or not issubclass(model, SitePage):
        pytest.skip("Davon gibt es keine.")
    link = PreviewLink.made(page.save_revision(user=account), account)
    for client in (reader, chair):
        answer = client.get(link.url)
        assert answer.status_code == 200
        assert "Entwurf, nicht veröffentlicht." in text_of(answer)
        assert client.head(link.url).status_code == 200
    page.unpublish()
    assert reader.get(link.url).status_code == 200
    page.title = "Inzwischen anders"
    page.save()
    assert "Inzwischen anders" not in soup_of(reader.get(link.url)).title.text
    if page.get_parent().depth > 1:
        page.delete()
        assert reader.get(link.url).status_code == 410


def test_a_link_in_a_text_that_is_not_released_gives_nobody_the_file(account, reader):
    papers = [SiteDocument.objects.create(title="P", file=ContentFile(b"Land\n", name="p.csv")) for _ in range(4)]
    in_reasons, in_points, in_statement, in_released = (
        f'<p><a linktype="document" id="{paper.pk}">Papier</a></p>' for paper in papers
    )
    page = resolution("7.1", publish=False, reasons=in_reasons, points=[("point", in_points)], release="title")
    page.statements = [
        ResolutionStatement(land=land("BY"), text=in_statement, is_released=False),
        ResolutionStatement(land=land("BE"), text=in_released, is_released=True),
    ]
    page.save_revision()
    link = link_to(page, account)
    got = [reader.get(f"{link}dokument/{paper.pk}/").status_code for paper in papers]
    assert got == [404, 404, 404, 200]


def test_a_land_gets_by_it_no_video_that_it_may_not_choose(account, chair, draft, reader, media):
    hidden = video(released=False)
    draft.body = [("video", {"video": hidden})]  # Wagtail's form takes the key of any
    draft.save_revision(user=account)
    link = link_to(draft, account)
    answer = reader.get(f"{link}video/{hidden.pk}/")
    assert (answer.status_code, answer["Referrer-Policy"]) == (200, "no-referrer")
    take_chair(account)
    assert reader.get(f"{link}video/{hidden.pk}/").status_code == 404


def test_a_version_that_names_a_deleted_term_of_office_is_still_shown(account, chair, reader):
    page = ConferencePage.objects.get(number=12)
    page.chair_term = ChairTerm.objects.create(land=land("BY"), start=date(2001, 1, 1), end=date(2001, 12, 31))
    page.motto = "Einer von damals"
    page.save_revision(clean=False)
    link = link_to(page, account)
    page.chair_term.delete()
    assert "Einer von damals" in text_of(reader.get(link))
    assert chair.get(edit_url(page)).status_code == 200


def test_a_resolution_is_shown_with_all_its_lists(account, reader):
    page = ConferencePage.objects.get(number=12).get_children().first().specific
    page.title = "Geänderter Titel"
    page.save_revision()
    assert "Geänderter Titel" in text_of(reader.get(link_to(page, account)))
