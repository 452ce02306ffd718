"""The form of a page as an official fills it in: only what is starred on the first tab; the address makes itself."""

import pytest
from django.urls import reverse
from wagtail.admin.panels import FieldPanel, FieldRowPanel, ObjectList, TabbedInterface, TitleFieldPanel
from wagtail.models import Page, get_page_models
from wagtail.test.utils.form_data import inline_formset, nested_form_data, streamfield

from conferences.models import ChairTerm, ConferencePage, ResolutionPage
from intmk.base.form_rows import MOST_ROWS
from intmk.checks import APPS, faults_of_editor
from intmk.language.slugs import LONGEST, slug_of
from intmk.pages.models import HomePage, NewsIndexPage, NewsPage, StandardPage
from tests.editing import edit_url, fields_at, new_page_form, page_form, soup_of, text_of

pytestmark = pytest.mark.django_db


def news_form(title: str, **changes) -> dict:
    """What the browser sends of a new press release in which only the title was typed."""
    texts = {"body": streamfield([]), "service": streamfield([]), "comments": inline_formset([])}
    return nested_form_data(
        {"title": title, "slug": "", "kind": "press", "date": "2026-11-27", "introduction": ""} | texts | changes
    )


def save_news(client, title: str, **changes) -> NewsPage:
    """Save a new press release as a draft and return it."""
    answer = client.post(
        f"/admin/pages/add/intmk/newspage/{NewsIndexPage.objects.get().pk}/", news_form(title, **changes)
    )
    assert answer.status_code == 302, text_of(answer)[:2000]
    return NewsPage.objects.latest("pk")


# --- the editor -----------------------------------------------------------------------------------------------------


def test_every_page_type_can_be_scheduled_discussed_and_filled_in_on_its_first_tab():
    models = [model for model in get_page_models() if model._meta.app_label in APPS]
    assert len(models) > 10
    assert [fault for model in models for fault in faults_of_editor(model)] == []


def test_an_editor_with_a_hidden_field_and_without_schedule_is_refused_by_name(monkeypatch):
    tabs = [ObjectList([TitleFieldPanel("title")]), ObjectList([FieldPanel("date"), FieldPanel("slug")])]
    unfit = TabbedInterface(tabs).bind_to_model(NewsPage)
    monkeypatch.setattr(NewsPage, "get_edit_handler", classmethod(lambda cls: unfit))
    faults = faults_of_editor(NewsPage)
    assert [fault.id for fault in faults] == ["intmk.E005", "intmk.E006", "intmk.E007", "intmk.E008"]
    assert "date" in faults[0].msg


def test_an_editor_whose_title_makes_no_address_is_refused(monkeypatch):
    row = FieldRowPanel([FieldPanel("title"), FieldPanel("date")])
    tabs = [ObjectList([row]), ObjectList([FieldPanel("slug"), *NewsPage.settings_panels])]
    unfit = TabbedInterface(tabs).bind_to_model(NewsPage)
    monkeypatch.setattr(NewsPage, "get_edit_handler", classmethod(lambda cls: unfit))
    assert [fault.id for fault in faults_of_editor(NewsPage)][:1] == ["intmk.E010"]


@pytest.mark.parametrize(
    ("model", "below", "typed"),
    [
        (ConferencePage, "konferenzen", {"number": "99", "first_day": "04.05.2084"}),
        (StandardPage, "kontakt", {}),
        (NewsPage, "aktuelles", {}),
    ],
)
def test_a_new_page_needs_only_what_is_starred_on_the_first_tab(chair, model, below, typed):
    parent = Page.objects.get(slug=below)
    address = reverse("wagtailadmin_pages:add", args=[model._meta.app_label, model._meta.model_name, parent.pk])
    first_tab = soup_of(chair.get(address)).select_one("[role=tabpanel]")
    labels = first_tab.select("label[for]")
    starred = {label["for"].removeprefix("id_") for label in labels if label.text.strip().endswith("*")}
    assert starred >= {"title", *typed}
    answer = chair.post(address, new_page_form(chair, model, parent) | typed | {"title": "Nur das Nötige"})
    assert answer.status_code == 302, text_of(answer)[:2000]
    assert model.objects.filter(title="Nur das Nötige").exists()


# --- the address ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("title", "slug"),
    [
        ("Länder & Größe: Überblick", "laender-groesse-ueberblick"),
        ("  Straße – Maß  ", "strasse-mass"),
        ("ÄÖÜ ẞ", "aeoeue-ss"),
        ("Łódź, İzmir und Ærø", "lodz-izmir-und-aero"),
        ("أهلاً وسهلاً 🤝", ""),
        ("„…“ !?", ""),
        ("ä" * 255, "ae" * 127 + "a"),
    ],
)
def test_a_title_makes_its_address_in_german_spelling(title, slug):
    assert slug_of(title) == slug
    assert len(slug_of(title)) <= LONGEST


def test_a_form_of_which_a_part_is_missing_is_the_sender_s_fault(chair):
    parent = NewsIndexPage.objects.get()
    form = new_page_form(chair, NewsPage, parent) | {"title": "Halb"}
    del form["body-count"]
    answer = chair.post(f"/admin/pages/add/intmk/newspage/{parent.pk}/", form)
    assert answer.status_code == 400
    assert not Page.objects.filter(draft_title="Halb").exists()


@pytest.mark.parametrize("number", [str(MOST_ROWS + 1), "9" * 4000, "000501", "+1_500", " 1500.0 "])
def test_a_list_of_more_rows_than_any_page_has_is_the_sender_s_fault_and_not_even_read(chair, number):
    page = ResolutionPage.objects.live().earliest("path")
    sent = page_form(chair, page) | {"statements-TOTAL_FORMS": number, "action-publish": "1"}
    assert chair.post(edit_url(page), sent).status_code == 400


def test_so_is_one_of_a_form_of_something_else(chair):
    address = reverse(ChairTerm.snippet_viewset.get_url_name("edit"), args=[ChairTerm.objects.latest("start").pk])
    sent = fields_at(chair, address)
    assert chair.post(address, sent).status_code == 302
    assert chair.post(address, sent | {"persons-TOTAL_FORMS": str(MOST_ROWS + 1)}).status_code == 400


@pytest.mark.parametrize(
    ("title", "slug"),
    [("Übergabe in Mainz", "uebergabe-in-mainz"), ("أهلاً وسهلاً 🤝", "meldung"), ("!", "meldung"), ("Suche", "suche")],
)
def test_an_empty_address_is_made_on_the_server(chair, title, slug):
    page = save_news(chair, title)
    assert page.slug == slug
    assert page.url_path.endswith(f"/aktuelles/{slug}/")


@pytest.mark.parametrize("sent", ["", "gleicher-titel"], ids=["empty", "as the browser made it"])
def test_a_second_page_of_the_same_title_gets_a_number(chair, sent):
    slugs = [save_news(chair, "Gleicher Titel", slug=sent).slug for _ in range(3)]
    assert slugs == ["gleicher-titel", "gleicher-titel-2", "gleicher-titel-3"]


def test_the_longest_title_is_saved_twice_although_its_umlauts_take_two_letters(chair):
    title = "Ü" * 255
    first, second = (save_news(chair, title, slug="ue" * 255).slug for _ in range(2))
    assert first != second
    assert len(first) == len(second) == LONGEST


def test_a_typed_address_that_is_taken_is_numbered_in_a_draft_and_refused_when_published(chair):
    save_news(chair, "Erste", slug="gewaehlt")
    assert save_news(chair, "Zweite", slug="gewaehlt").slug == "gewaehlt-2"
    address = f"/admin/pages/add/intmk/newspage/{NewsIndexPage.objects.get().pk}/"
    answer = chair.post(address, news_form("Dritte", slug="gewaehlt") | {"action-publish": "1"})
    assert answer.status_code == 200
    assert "gewaehlt" in text_of(answer)
    assert not NewsPage.objects.filter(title="Dritte").exists()


def test_what_the_editor_saves_by_itself_in_one_sitting_is_one_version_and_one_line_of_the_history(chair):
    page = save_news(chair, "Ein Satz")
    page.refresh_from_db()
    sitting = {}
    for words in ("Ein", "Ein Satz", "Ein Satz mehr"):
        data = news_form("Ein Satz", introduction=words) | sitting
        answer = chair.post(edit_url(page), data, headers={"accept": "application/json"}).json()
        sitting = {"overwrite_revision_id": answer["revision_id"]}
    assert page.revisions.count() == 2
    history = soup_of(chair.get(reverse("wagtailadmin_pages:history", args=[page.pk])))
    assert len(history.select("table.listing tbody tr")) == 3  # begun, saved, and the sitting


def test_an_address_that_is_cleared_later_stays(chair):
    page = save_news(chair, "Bleibt")
    chair.post(edit_url(page), news_form("Anders"))
    assert Page.objects.get(pk=page.pk).slug == "bleibt"


def test_an_address_made_of_half_a_title_follows_it_until_the_page_is_public(chair):
    save_news(chair, "Zweimal derselbe Titel")
    save_news(chair, "Zweimal derselbe")
    page = save_news(chair, "Zweimal derselbe", slug="zweimal-derselbe")
    assert page.slug == "zweimal-derselbe-2"
    chair.post(edit_url(page), news_form("Zweimal derselbe Titel", slug=page.slug))
    page.refresh_from_db()
    assert page.slug == "zweimal-derselbe-titel-2"
    page.save_revision().publish()
    chair.post(edit_url(page), news_form("Ganz anders", slug=page.slug))
    assert Page.objects.get(pk=page.pk).slug == "zweimal-derselbe-titel-2"


def test_an_address_that_was_typed_does_not_follow_the_title(chair):
    page = save_news(chair, "Erster Titel", slug="gewaehlt")
    chair.post(edit_url(page), news_form("Zweiter Titel", slug="gewaehlt"))
    assert Page.objects.get(pk=page.pk).slug == "gewaehlt"


def test_a_page_below_the_home_page_goes_round_the_other_parts_of_the_site(chair):
    data = nested_form_data(
        {"title": "Suche", "slug": "", "introduction": "", "place": "", "duty": ""}
        | {"body": streamfield([]), "service": streamfield([]), "comments": inline_formset([])}
    )
    chair.post(f"/admin/pages/add/intmk/standardpage/{HomePage.objects.get().pk}/", data)
    assert StandardPage.objects.latest("pk").slug == "suche-2"


@pytest.mark.parametrize("title", ["نص عربي", "🤝"])
def test_also_pages_made_by_a_program_get_an_address(title):
    page = ResolutionPage(title=title)
    ConferencePage.objects.get(number=12).add_child(instance=page)
    assert page.slug == "beschluss"


# --- closed lists ---------------------------------------------------------------------------------------------------


GROWING = {"image", "document", "page", "target", "answer", "source_file"}  # pictures, papers, news and resolutions


def test_what_there_is_little_of_is_chosen_in_the_form_itself_the_latest_first(chair):
    newest = {}
    for model, parent, names in (
        (ConferencePage, ConferencePage.objects.get(number=12).get_parent(), {"host_land", "chair_term", "themes"}),
        (NewsPage, NewsIndexPage.objects.get(), {"conference", "themes"}),
        (ResolutionPage, ConferencePage.objects.get(number=12), {"movers", "themes", "addressees"}),
    ):
        address = reverse("wagtailadmin_pages:add", args=[model._meta.app_label, model._meta.model_name, parent.pk])
        page = soup_of(chair.get(address))
        fields = {field["name"]: field for field in page.select("select[name], input[type=checkbox][name]")}
        assert names <= set(fields)
        chosen = {
            chooser["id"].removesuffix("-chooser").rpartition("-")[2] for chooser in page.select("[id$=-chooser]")
        }
        assert chosen <= GROWING | {f"id_{name}" for name in GROWING}
        newest |= {name: [option.text for option in fields[name].select("option")][1:] for name in fields}
    assert "(2026/27)" in newest["chair_term"][0]
    assert newest["conference"][0] == "22. Integrationsministerkonferenz (2027)"
    assert newest["conference"][-1].startswith("1. ")
