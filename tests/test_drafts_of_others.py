"""What a Land may not do with pages that are not its own, also past the screens of the editor."""

import re

import pytest
from django.test import Client
from django.urls import reverse
from wagtail.models import Page, Revision, get_page_models

from conferences.models import ConferenceGuest, ConferencePage
from intmk.base.drafts import may_take_away
from intmk.base.pages import SitePage
from intmk.pages.models import HomePage, NewsIndexPage, NewsPage, StandardPage
from intmk.proposals.models import Proposal
from intmk.users.models import User
from tests.editing import conference_form, edit_url, fields_at, give_chair, page_form, text_of

pytestmark = pytest.mark.django_db


def draft(owner: User | None = None, **fields) -> StandardPage:
    page = StandardPage(title="Entwurf", slug="entwurf", live=False, owner=owner, **fields)
    return HomePage.objects.get().add_child(instance=page)


@pytest.mark.parametrize("action", ["delete", "move", "unpublish", "publish", "copy", "revert_to_page_revision"])
@pytest.mark.kinds(2)
def test_wagtail_s_way_for_programs_is_closed(account, editor, action):
    page = draft(User.objects.create_user("andere", land_code="DE-SL"))
    address = f"/admin/api/main/pages/{page.pk}/action/{action}/"
    assert editor.post(address, {"destination_page_id": 2}, content_type="application/json").status_code == 404
    give_chair(account)
    assert editor.post(address, {}, content_type="application/json").status_code == 404
    assert Page.objects.filter(pk=page.pk, live=False).exists()


def test_a_land_deletes_its_own_draft(account, editor):
    own = draft(account)
    editor.post(reverse("wagtailadmin_pages:delete", args=[own.pk]))
    assert not Page.objects.filter(pk=own.pk).exists()


def test_a_draft_of_another_land_stays(account, editor):
    page = draft(User.objects.create_user("andere", land_code="DE-SL"))
    refused = editor.post(reverse("wagtailadmin_pages:delete", args=[page.pk]), follow=True)
    assert "gehört nicht Ihrem Land" in text_of(refused)
    assert Page.objects.filter(pk=page.pk).exists()


def test_an_account_without_a_land_owns_nothing_by_that(account, editor):
    page = draft(User.objects.create_superuser("admin-test"))
    account.land_code = ""
    assert not may_take_away(account, page)


def test_the_form_that_these_tests_send_is_that_of_the_editor(chair):
    page = ConferencePage.objects.get(number=12)
    page.guests.add(ConferenceGuest(name="Gast"))
    page.save_revision()
    shown, drawn = fields_at(chair, edit_url(page)), page_form(chair, page)
    of_templates = {"csrfmiddlewaretoken", *(name for name in shown if re.search(r"__prefix__|-DELETE$", name))}
    streams = {name for name in drawn if re.match(r"(body|programme|service)-", name)}
    assert {name: value for name, value in drawn.items() if name not in streams} == {
        name: value for name, value in shown.items() if name not in of_templates
    }


def everything() -> list:
    """All that is stored of all pages, and how many versions there are."""
    models = [Page, *get_page_models()]
    return [*(list(model.objects.order_by("pk").values()) for model in models), Revision.objects.count()]


def answers(page: Page) -> dict[str, tuple[int, bytes]]:
    """What readers get at the addresses of a page and of some below it."""
    reader = Client(HTTP_HOST="localhost")
    found = [page, *page.get_children()[:3]]
    return {each.url: ((answer := reader.get(each.url)).status_code, answer.content) for each in found}


def of_each_type() -> list:
    """All types of pages; of those with a form of their own two are asked in every run."""
    types = [model for model in get_page_models() if issubclass(model, SitePage)]
    always = (ConferencePage, StandardPage)
    return [model if model in always else pytest.param(model, marks=pytest.mark.audit) for model in types]


def typed_everywhere(form: dict[str, object]) -> dict[str, object]:
    """The form with another text in each of its fields, and with what it has no field for."""
    machinery = ("_FORMS", "-count", "loaded_revision_id", "loaded_revision_created_at")
    rich = {name for name, value in form.items() if str(value).startswith("{")}
    texts = {name: f"{value}9" for name, value in form.items() if not name.endswith(machinery) and name not in rich}
    forged = dict.fromkeys(("slug", "draft_title", "url_path", "path", "seo_title", "title"), "gehackt")
    forged |= {"live": "on", "live_revision": "1", "latest_revision": "1", "owner": "1", "locked": "", "alias_of": "1"}
    return form | texts | forged


@pytest.mark.slow("all fields go by all buttons of the form")
@pytest.mark.parametrize(
    "standing", ["public", *(pytest.param(other, marks=pytest.mark.audit) for other in ("taken back", "never public"))]
)
@pytest.mark.parametrize("page_type", of_each_type(), ids=lambda model: model.__name__)
def test_no_field_that_a_land_sends_changes_a_page_or_an_answer(account, editor, page_type, standing):
    if page_type is NewsPage:
        NewsIndexPage.objects.get().add_child(instance=NewsPage(title="M", slug="m")).save_revision().publish()
    page = page_type.objects.first()
    if standing != "public":
        page.unpublish()
    if standing == "never public":
        other = User.objects.create_user("andere", land_code="DE-SL")
        Page.objects.filter(pk=page.pk).update(first_published_at=None, owner=other)
        page_type.objects.get(pk=page.pk).save_revision()  # as its form has it
    before, seen = everything(), answers(page)
    form = page_form(editor, page)
    hostile = typed_everywhere(form)
    for name, value in form.items():
        if name in ("title", "slug", "seo_title", "motto", "item") or name.endswith("introduction"):
            form[name] = f"{value}9"
    if page_type is ConferencePage:
        form |= {"number": "99", "kind": "main"}
    for sent in (hostile, form):
        editor.post(edit_url(page), sent, headers={"Accept": "application/json"})
        for actions in (("action-publish", "action-workflow-action", "action-restart-workflow"), ("action-submit",)):
            editor.post(edit_url(page), sent | dict.fromkeys(actions, "1") | {"workflow-action-name": "approve"})
    assert everything() == before
    assert answers(page) == seen
    if standing == "never public":
        answer = editor.post(edit_url(page), form)
        assert "das Land im Vorsitz" in text_of(answer)
        assert f"{form['title']}" in answer.content.decode()  # what was typed is still there
        background = editor.post(edit_url(page), form, headers={"Accept": "application/json"})
        assert background.json()["error_code"] == "validation_error"
        assert not Proposal.objects.exists()
    else:
        assert Proposal.objects.get().content["title"] == form["title"]
    give_chair(account)
    editor.post(edit_url(page), form | {"loaded_revision_created_at": ""})  # else it stays a proposal
    assert everything() != before


def test_another_number_of_a_conference_taken_back_moves_none_of_its_resolutions(account, editor, client):
    page = ConferencePage.objects.get(number=19)
    page.unpublish()
    below = {child.url: client.get(child.url).status_code for child in page.get_children().live()}
    assert set(below.values()) == {200}
    editor.post(edit_url(page), conference_form(page, number="77"))
    assert {address: client.get(address).status_code for address in below} == below
    page.refresh_from_db()
    assert (page.number, page.slug) == (19, "19")


def test_a_draft_that_public_pages_stand_below_is_left_to_the_chair(account, editor, client):
    parent = draft(account)
    child = parent.add_child(instance=StandardPage(title="Kind", slug="kind"))
    form = page_form(editor, parent) | {"title": "Gehackt", "slug": "gehackt"}
    assert "nur das Land im Vorsitz" in text_of(editor.post(edit_url(parent), form))
    parent.refresh_from_db()
    assert (parent.title, parent.slug) == ("Entwurf", "entwurf")
    assert client.get(child.url).status_code == 200
    give_chair(account)
    editor.post(edit_url(parent), form)
    parent.refresh_from_db()
    assert parent.slug == "gehackt"


def test_another_land_reads_a_draft_and_is_told_whose_it_is(account, editor):
    page = draft(User.objects.create_user("andere", land_code="DE-SL"))
    assert "ist ein Entwurf von Saarland: Ändern können ihn nur" in text_of(editor.get(edit_url(page)))
    form = page_form(editor, page) | {"title": "Gehackt", "introduction": "Mein langer Text"}
    answer = editor.post(edit_url(page), form)
    assert "ist ein Entwurf von Saarland: Ändern können ihn nur" in text_of(answer)
    assert "Mein langer Text" in answer.content.decode()
    page.refresh_from_db()
    assert (page.title, page.draft_title, page.get_latest_revision()) == ("Entwurf", "Entwurf", None)


def test_all_accounts_of_a_land_change_its_draft(account, editor):
    page = draft(User.objects.create_user("kollegin", land_code=account.land_code))
    assert "Ändern können ihn nur" not in text_of(editor.get(edit_url(page)))
    editor.post(edit_url(page), page_form(editor, page) | {"title": "Weiter", "slug": "weiter"})
    page.refresh_from_db()
    assert (page.title, page.slug) == ("Weiter", "weiter")


@pytest.mark.parametrize("action", ["action-submit", "action-publish"])
def test_what_was_public_once_is_no_land_s_own_any_more(account, editor, action):
    page = draft(account)
    page.save_revision().publish()
    page.refresh_from_db()
    page.unpublish()
    editor.post(edit_url(page), page_form(editor, page) | {"title": "Gehackt", action: "1"})
    page.refresh_from_db()
    assert (page.title, page.draft_title, page.current_workflow_state) == ("Entwurf", "Entwurf", None)
    assert Proposal.objects.get().content["title"] == "Gehackt"


def test_a_lock_of_a_former_chair_opens_no_draft_of_another_land(account, editor):
    page = draft(User.objects.create_user("andere", land_code="DE-SL"), locked=True, locked_by=account)
    editor.post(edit_url(page), page_form(editor, page) | {"title": "Gehackt"})
    page.refresh_from_db()
    assert page.title == "Entwurf"


def test_a_land_does_not_delete_with_its_draft_what_another_land_has_begun_below(account, editor):
    own = draft(account)
    other = User.objects.create_user("andere", land_code="DE-SL")
    child = own.add_child(instance=StandardPage(title="Kind", slug="kind", live=False, owner=other))
    editor.post(reverse("wagtailadmin_pages:delete", args=[own.pk]))
    assert Page.objects.filter(pk=child.pk).exists()


def test_an_earlier_version_does_not_come_back_by_another_land(account, editor):
    page = draft(User.objects.create_user("andere", land_code="DE-SL"))
    page.title = "Früher"
    earlier = page.save_revision()
    address = reverse("wagtailadmin_pages:revisions_revert", args=[page.pk, earlier.pk])
    assert "Ändern können ihn nur" in text_of(editor.get(address))
    editor.post(address, page_form(editor, page) | {"title": "Früher", "revision": earlier.pk})
    page.refresh_from_db()
    assert page.title == "Entwurf"


def test_a_draft_that_awaits_approval_is_not_exchanged(account, editor):
    page = draft(account)
    editor.post(edit_url(page), page_form(editor, page) | {"title": "Vorher"})
    earlier = page.revisions.get()
    editor.post(edit_url(page), page_form(editor, page) | {"title": "Eingereicht", "action-submit": "1"})
    address = f"/admin/api/main/pages/{page.pk}/action/revert_to_page_revision/"
    assert editor.post(address, {"revision_id": earlier.pk}, content_type="application/json").status_code == 404
    editor.post(edit_url(page), page_form(editor, page) | {"title": "Untergeschoben"})
    page.refresh_from_db()
    assert page.get_latest_revision_as_object().title == "Eingereicht"
