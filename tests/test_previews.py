"""The preview of pages that are new or half filled: whatever an editor has typed so far, it shows and never fails."""

import pytest
from django.test import Client
from django.urls import reverse
from wagtail.fields import RichTextField
from wagtail.models import Page, get_page_models

from conferences.models import ConferencePage, ResolutionPage
from intmk.checks import APPS
from intmk.pages.models import NewsIndexPage, NewsPage
from intmk.users.models import User
from tests.editing import edit_url, new_page_form, page_form

pytestmark = pytest.mark.django_db

TYPES = sorted(
    (model for model in get_page_models() if model._meta.app_label in APPS), key=lambda model: model._meta.label
)


@pytest.fixture
def admin() -> Client:
    client = Client(HTTP_HOST="localhost", raise_request_exception=False)
    client.force_login(User.objects.create_superuser("admin-vorschau"))
    return client


def add_url(model: type[Page], parent: Page) -> str:
    return reverse("wagtailadmin_pages:add", args=[model._meta.app_label, model._meta.model_name, parent.pk])


def places(model: type[Page]) -> list[Page]:
    """A page of each type below which an editor may begin a page of this one."""
    found = {}
    for parent in Page.objects.filter(depth__gt=1).specific():
        if model in parent.creatable_subpage_models() and model.can_create_at(parent):
            found.setdefault(type(parent), parent)
    return list(found.values())


def previewed(client: Client, address: str, data: dict, mode: str = ""):
    """Send the form as the editor's preview does, and open it."""
    answer = client.post(address, data).json()
    return answer["is_valid"], client.get(address, {"mode": mode} if mode else {})


CREATABLE = [model for model in TYPES if model.is_creatable and model.max_count != 1]


@pytest.mark.parametrize("model", CREATABLE, ids=lambda model: model._meta.model_name)
@pytest.mark.kinds(2)
def test_a_new_page_is_previewed_with_nothing_but_a_title_and_without(admin, model):
    parents = places(model)
    if model.max_count_per_parent is None:
        assert parents
    for parent in parents:
        data = new_page_form(admin, model, parent)
        address = reverse(
            "wagtailadmin_pages:preview_on_add", args=[model._meta.app_label, model._meta.model_name, parent.pk]
        )
        for mode, _ in model().preview_modes:
            is_valid, shown = previewed(admin, address, data | {"title": "Neu begonnen"}, mode)
            assert is_valid
            assert shown.status_code == 200
            assert "Neu begonnen" in shown.content.decode()
            assert previewed(admin, address, data, mode)[1].status_code == 200


@pytest.mark.parametrize("model", TYPES, ids=lambda model: model._meta.model_name)
@pytest.mark.kinds(4)
def test_a_page_whose_fields_were_all_cleared_is_previewed(admin, model):
    page = model.objects.first()
    if page is None:
        pytest.skip("Von dieser Art gibt es keine Seite.")
    data = page_form(admin, page)
    texts = {field.name for field in model._meta.get_fields() if isinstance(field, RichTextField)}
    kept = ("title", "_FORMS", "-count", "-id", "-ORDER", "-type", "-order")
    cleared = {
        name: value if name.endswith(kept) else "null" if name.rpartition("-")[2] in texts | {"text"} else ""
        for name, value in data.items()
    }
    address = reverse("wagtailadmin_pages:preview_on_edit", args=[page.pk])
    _, shown = previewed(admin, address, cleared)
    assert shown.status_code == 200


@pytest.mark.parametrize("item", ["", "99.9"], ids=["no-number", "number"])
def test_a_new_resolution_stands_between_no_neighbours_in_its_preview(admin, item):
    conference = ConferencePage.objects.get(number=12)
    data = new_page_form(admin, ResolutionPage, conference)
    address = reverse("wagtailadmin_pages:preview_on_add", args=["conferences", "resolutionpage", conference.pk])
    is_valid, shown = previewed(admin, address, data | {"title": "Erst begonnen", "item": item, "movers": []})
    assert is_valid
    assert shown.status_code == 200
    assert "Erst begonnen" in shown.content.decode()


def test_a_draft_of_only_a_title_is_shown_copied_and_compared(admin):
    parent = NewsIndexPage.objects.get()
    data = new_page_form(admin, NewsPage, parent)
    admin.post(add_url(NewsPage, parent), data | {"title": "Nur ein Titel", "slug": ""})
    page = NewsPage.objects.get(title="Nur ein Titel")
    assert page.slug == "nur-ein-titel"
    page.introduction = "Mit einem Satz."
    page.save_revision()
    revisions = list(page.revisions.order_by("pk").values_list("pk", flat=True))
    for address in (
        reverse("wagtailadmin_pages:view_draft", args=[page.pk]),
        reverse("wagtailadmin_pages:revisions_compare", args=[page.pk, revisions[0], revisions[-1]]),
        reverse("wagtailadmin_pages:copy", args=[page.pk]),
        edit_url(page),
    ):
        assert admin.get(address).status_code == 200, address
