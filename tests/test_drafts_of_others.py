"""What a Land may not do with pages that are not its own, also past the screens of the editor."""

import pytest
from django.urls import reverse
from wagtail.models import Page
from wagtail.test.utils.form_data import nested_form_data, streamfield

from conferences.models import ConferencePage
from intmk.drafts import may_take_away
from intmk.models import HomePage, StandardPage
from intmk.users.models import User
from tests.editing import conference_form, edit_url, give_chair, text_of

pytestmark = pytest.mark.django_db


def draft(owner: User | None = None, **fields) -> StandardPage:
    page = StandardPage(title="Entwurf", slug="entwurf", live=False, owner=owner, **fields)
    return HomePage.objects.get().add_child(instance=page)


@pytest.mark.parametrize("action", ["delete", "move", "unpublish", "publish", "copy", "revert_to_page_revision"])
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


def test_a_page_taken_back_keeps_its_address_while_public_pages_stand_below(account, editor, client):
    parent = draft(account)
    child = parent.add_child(instance=StandardPage(title="Kind", slug="kind"))
    form = {"title": "Gehackt", "slug": "gehackt", "introduction": "", "place": "", "duty": ""}
    form |= {"body": streamfield([]), "service": streamfield([]), "comments": {"TOTAL_FORMS": 0, "INITIAL_FORMS": 0}}
    editor.post(edit_url(parent), nested_form_data(form))
    parent.refresh_from_db()
    assert (parent.title, parent.slug) == ("Gehackt", "entwurf")
    shown = client.get(child.url)
    assert shown.status_code == 200
    assert "Gehackt" not in shown.content.decode()
    give_chair(account)
    editor.post(edit_url(parent), nested_form_data(form))
    parent.refresh_from_db()
    assert parent.slug == "gehackt"


def test_a_proposal_that_awaits_approval_is_not_exchanged(account, editor):
    page = ConferencePage.objects.get(number=12)
    page.motto = "Vorher"
    earlier = page.save_revision()
    editor.post(edit_url(page), conference_form(page, motto="Eingereicht") | {"action-submit": "1"})
    address = f"/admin/api/main/pages/{page.pk}/action/revert_to_page_revision/"
    assert editor.post(address, {"revision_id": earlier.pk}, content_type="application/json").status_code == 404
    editor.post(edit_url(page), conference_form(page, motto="Untergeschoben"))
    page.refresh_from_db()
    assert page.get_latest_revision_as_object().motto == "Eingereicht"
