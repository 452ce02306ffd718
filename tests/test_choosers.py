"""The windows in which editors choose something show nothing that the account may not see elsewhere."""

import pytest
from django.core.management import call_command
from django.core.management.base import SystemCheckError
from django.test import Client
from django.urls import NoReverseMatch, reverse
from wagtail.models import GroupApprovalTask
from wagtail.snippets.models import get_snippet_models
from wagtail.snippets.views.chooser import SnippetChooserViewSet

from conferences.models import ChairTerm, Land
from intmk.accessibility.models import BarrierReport
from intmk.addresses.old_addresses import OldAddress
from intmk.base.glossary import GlossaryTerm
from intmk.media.videos.models import SiteVideo
from intmk.users.models import User
from tests.barrier_reports import stored
from tests.editing import give_chair, take_chair
from tests.test_video_upload import media as media  # a fixture
from tests.test_videos import video

pytestmark = pytest.mark.django_db
XHR = {"X-Requested-With": "XMLHttpRequest"}  # as the window asks


def one_of(model: type):
    """An object of the snippet's model, made where the content has none."""
    if model is BarrierReport:
        return stored()
    if model is OldAddress:
        return OldAddress.objects.create(
            address="alt.example.org/geheim", key="alt.example.org/geheim", description="Geheim"
        )
    return model.objects.first()


def addresses(model: type, pk: int) -> list[str]:
    """All addresses of the window that chooses one."""
    name = model.snippet_viewset.chooser_viewset.get_url_name
    return [
        reverse(name("choose")),
        reverse(name("choose_results")) + "?q=a",
        reverse(name("chosen"), args=[pk]),
        reverse(name("chosen_multiple")) + f"?id={pk}",
        reverse(name("create")),
    ]


def answers(client: Client, model: type, pk: int) -> set[int]:
    return {client.get(address, headers=XHR).status_code for address in addresses(model, pk)}


def test_no_window_lists_what_the_account_may_not_see(account, editor, media):
    video(released=False)
    assert len(get_snippet_models()) >= 8
    for model in get_snippet_models():
        pk = one_of(model).pk
        sees = any(account.has_perm(f"{model._meta.app_label}.view_{model._meta.model_name}") for _ in "1")
        if model is SiteVideo:
            continue  # those that are public may be chosen: the next test
        expected = {200, 403} if sees else {403}  # nobody without the right to add makes a new one there
        assert answers(editor, model, pk) == expected, model


def test_the_window_follows_the_chair(account, editor):
    pk = stored().pk
    opened = addresses(BarrierReport, pk)[:4]
    for have, status in ((give_chair, 200), (take_chair, 403)):
        have(account)
        assert {editor.get(address, headers=XHR).status_code for address in opened} == {status}


def test_a_land_chooses_public_videos_only(account, editor, media):
    shown, hidden = video(1), video(2, released=False)
    choose, _, _, _, _ = addresses(SiteVideo, shown.pk)
    results = reverse(SiteVideo.snippet_viewset.chooser_viewset.get_url_name("choose_results"))
    for address in (choose, results, results + "?q=Film"):
        said = editor.get(address, headers=XHR).content.decode()
        assert "Film 1 in" in said, address
        assert "Film 2 in" not in said, address
    assert [editor.get(each, headers=XHR).status_code for each in addresses(SiteVideo, hidden.pk)[2:3]] == [404]
    several = reverse(SiteVideo.snippet_viewset.chooser_viewset.get_url_name("chosen_multiple"))
    assert "Film 2" not in editor.get(f"{several}?id={shown.pk}&id={hidden.pk}", headers=XHR).content.decode()
    give_chair(account)
    assert "Film 2 in" in editor.get(results, headers=XHR).content.decode()


@pytest.mark.slow("opens every view of four kinds of snippets")
def test_no_other_page_of_a_snippet_opens_without_right(editor, media):
    video(released=False)
    for model in (BarrierReport, OldAddress, SiteVideo, GlossaryTerm):
        name, pk = model.snippet_viewset.get_url_name, one_of(model).pk
        tried = 0
        for view in ("list", "list_results", "add", "edit", "delete", "copy", "inspect", "history", "usage"):
            for args in ([], [pk]):
                try:
                    address = reverse(name(view), args=args)
                except NoReverseMatch:
                    continue
                tried += 1
                exports = ("?export=csv", "?export=xlsx") if "list" in view or view in ("history", "usage") else ()
                for export in ("", *exports):
                    assert editor.get(address + export, headers=XHR).status_code == 403, address
        assert tried >= 5


def test_what_a_land_may_choose_from_it_still_can(editor):
    for model in (Land, ChairTerm):
        pk = model.objects.first().pk
        assert {editor.get(address, headers=XHR).status_code for address in addresses(model, pk)[:4]} == {200}


def test_a_snippet_with_a_chooser_of_wagtails_own_is_an_error(monkeypatch):
    monkeypatch.setattr(GlossaryTerm.snippet_viewset, "chooser_viewset_class", SnippetChooserViewSet)
    with pytest.raises(SystemCheckError, match=r"intmk\.E020"):
        call_command("check")


def test_administrators_choose_from_everything(media):
    admin = Client(HTTP_HOST="localhost")
    admin.force_login(User.objects.create_superuser("admin-auswahl"))
    video(released=False)
    for model in get_snippet_models():
        pk = one_of(model).pk
        assert {admin.get(address, headers=XHR).status_code for address in addresses(model, pk)[:4]} == {200}


def test_tasks_of_workflows_are_chosen_by_whoever_arranges_them_only(chair):
    task = GroupApprovalTask.objects.get()
    windows = [f"/admin/workflows/task_chooser/{part}" for part in ("", "results/", "create/", f"{task.pk}/")]
    assert {chair.get(address, headers=XHR).status_code for address in windows} == {403}
    assert chair.post(windows[2], {"create-task-name": "Neu"}, headers=XHR).status_code == 403
    admin = Client(HTTP_HOST="localhost")
    admin.force_login(User.objects.create_superuser("admin-auswahl"))
    assert {admin.get(address, headers=XHR).status_code for address in windows} == {200}
    assert task.name in admin.get(windows[1], headers=XHR).content.decode()
    assert Client(HTTP_HOST="localhost").get(windows[0]).status_code == 302
