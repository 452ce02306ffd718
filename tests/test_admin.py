"""What editors meet in the admin: German, the tree in order, fitting choices, clear errors."""

import json
import re
from itertools import product

import pytest
from bs4 import BeautifulSoup
from django.contrib.auth.models import Group, Permission
from django.contrib.contenttypes.models import ContentType
from django.test import Client
from django.urls import reverse
from wagtail.models import Collection, Page
from wagtail.test.utils.form_data import inline_formset, nested_form_data, streamfield

from conferences.models import ChairPage, ConferenceIndexPage, ConferencePage, Land
from conferences.models.conference import ProgrammeItemBlock
from history.models import AboutPage, TimelinePage
from intmk.base.blocks import BodyBlock, TeaserBlock
from intmk.desk.page_search import ROWS
from intmk.pages.models import HomePage, NewsIndexPage, NewsPage, StandardPage
from intmk.users.models import User
from intmk.users.roles import permissions
from tests.editing import conference_form, edit_url, text_of

pytestmark = pytest.mark.django_db


def test_the_admin_is_german(editor):
    html = editor.get("/admin/").content.decode()
    assert '<html lang="de"' in html
    assert "Seiten" in html


def test_the_tree_stands_in_the_order_of_the_site(editor):
    home = HomePage.objects.get()
    response = editor.get(reverse("wagtailadmin_explore", args=[home.pk]))
    shown = [page.pk for page in response.context["object_list"]]
    assert shown == [page.pk for page in home.get_children()]


def test_what_does_not_fit_on_one_page_of_the_list_comes_by_pages(editor):
    index = ConferenceIndexPage.objects.get()
    address = reverse("wagtailadmin_explore", args=[index.pk])
    assert editor.get(address).context["paginator"] is None
    Page.objects.filter(pk=index.pk).update(numchild=51)
    assert editor.get(address).context["paginator"].per_page == ROWS


def test_each_row_of_the_tree_has_its_menu(editor):
    index = ConferenceIndexPage.objects.get()
    page = index.get_children().first()
    found = BeautifulSoup(editor.get(reverse("wagtailadmin_explore", args=[index.pk])).content, "html.parser")
    menu = found.find(id=f"page_{page.pk}_title").find_parent("td").find(attrs={"data-controller": "w-dropdown"})
    assert page.title in menu.button["aria-label"]
    assert menu.button["data-w-dropdown-target"] == "toggle"
    lines = {line.get_text(strip=True): line for line in menu.find(attrs={"data-w-dropdown-target": "content"})("a")}
    assert list(lines)[:2] == ["Bearbeiten", "Auf der Website ansehen"]
    assert lines["Bearbeiten"]["href"].startswith(edit_url(page))
    assert lines["Auf der Website ansehen"]["rel"] == ["noreferrer"]
    assert lines["Historie"].find("use")["href"] == "#icon-history"


@pytest.mark.parametrize(
    ("parent", "children"),
    [
        (HomePage, {StandardPage}),  # of the others there is one already
        (ConferenceIndexPage, {ConferencePage}),
        (NewsIndexPage, {NewsPage}),
        (ChairPage, set()),
        (AboutPage, set()),
        (TimelinePage, set()),
        (StandardPage, {StandardPage}),
    ],
)
def test_only_fitting_pages_are_on_offer(account, parent, children):
    page = parent.objects.first()
    offered = {model for model in parent.creatable_subpage_models() if model.can_create_at(page)}
    assert offered == children


@pytest.mark.parametrize("model", [HomePage, AboutPage, ChairPage, ConferenceIndexPage, TimelinePage, StandardPage])
@pytest.mark.kinds(2)
def test_every_editor_opens_with_german_labels_and_a_preview_in_three_widths(editor, model):
    page = model.objects.first()
    response = editor.get(edit_url(page))
    assert response.status_code == 200
    assert "Einleitung" in text_of(response)
    widths = {size["device_width"] for size in page.preview_sizes}
    assert len(widths) == 3
    for width in widths:
        assert f'data-device-width="{width}"' in response.content.decode()


def test_help_texts_speak_to_the_editor(editor):
    text = text_of(editor.get(edit_url(ConferencePage.objects.get(number=12))))
    for help_text in ("Laufende Nummer der Hauptkonferenz", "Ohne Anführungszeichen", "Wird auf der Website neben"):
        assert help_text in text


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"first_day": "2017-02-31"}, "gültiges Datum"),
        ({"first_day": "irgendwann"}, "gültiges Datum"),
        ({"last_day": "2017-03-01"}, "Der letzte Tag liegt vor dem ersten."),
        ({"number": "11"}, "Die 11. Konferenz gibt es schon."),
        ({"number": ""}, "braucht ihre laufende Nummer"),
        ({"number": "99999999"}, "kleiner oder gleich"),
        ({"kind": "special"}, "trägt keine Nummer"),
        ({"date_certainty": "month"}, "bleibt der letzte Tag leer"),
        ({"status": "held", "first_day": "2999-01-01", "last_day": ""}, "liegt in der Zukunft"),
        ({"introduction": "x" * 601}, "600"),
    ],
)
def test_bad_input_gets_a_german_error(account, changes, message):
    page = ConferencePage.objects.get(number=12)
    made = page.get_edit_handler().get_form_class()
    form = made(conference_form(page, **changes), instance=page, parent_page=page.get_parent(), for_user=account)
    assert message in " ".join(error for errors in form.errors.values() for error in errors)


def test_bad_input_is_shown_with_its_error_and_changes_nothing(chair):
    page = ConferencePage.objects.get(number=12)
    changes, message = {"number": "11", "last_day": "2017-03-01"}, "Die 11. Konferenz gibt es schon."
    revisions = page.revisions.count()
    response = chair.post(edit_url(page), conference_form(page, **changes) | {"action-publish": "1"})
    assert response.status_code == 200
    assert message in text_of(response)
    page.refresh_from_db()
    assert (page.number, page.first_day.isoformat(), page.revisions.count()) == (12, "2017-03-16", revisions)


def test_a_new_conference_gets_its_address_from_its_number(chair):
    index = ConferenceIndexPage.objects.get()
    address = reverse("wagtailadmin_pages:add", args=["conferences", "conferencepage", index.pk])
    form = conference_form(
        ConferencePage(title="23. Integrationsministerkonferenz", number=23, first_day="2028-03-01"), last_day=""
    )
    response = chair.post(address, form | {"action-publish": "1"})
    assert response.status_code == 302
    page = ConferencePage.objects.get(number=23)
    assert page.url == "/konferenzen/23/"
    assert Client(HTTP_HOST="localhost").get("/konferenzen/23/").status_code == 200


def test_hostile_html_is_shown_as_text(chair):
    page = ConferencePage.objects.get(number=12)
    chair.post(edit_url(page), conference_form(page, motto='<img src=x onerror="a()">') | {"action-publish": "1"})
    html = Client(HTTP_HOST="localhost").get("/konferenzen/12/").content.decode()
    assert "<img src=x" not in html
    assert "&lt;img src=x" in html


def test_a_second_editor_is_told_that_the_page_has_changed_meanwhile(chair):
    page = ConferencePage.objects.get(number=12)
    loaded = page.latest_revision_id
    ping = chair.get(edit_url(page)).context["editing_sessions"].ping_url
    assert "other_sessions" in chair.post(ping, {"revision_id": loaded}).json()
    other = User.objects.create_superuser("admin-test", last_name="Nachbarin")
    ConferencePage.objects.get(number=12).save_revision(user=other)
    answer = chair.post(ping, {"revision_id": loaded}).json()
    assert answer["other_sessions"][0]["revision_id"] == ConferencePage.objects.get(number=12).latest_revision_id
    assert "Nachbarin" in answer["html"]


def test_the_preview_shows_the_page_with_what_is_not_saved(chair):
    page = ConferencePage.objects.get(number=12)
    address = reverse("wagtailadmin_pages:preview_on_edit", args=[page.pk])
    chair.post(address, conference_form(page, motto="Noch nicht gespeichert"))
    shown = chair.get(address)
    assert "Noch nicht gespeichert" in shown.content.decode()
    page.refresh_from_db()
    assert page.motto == "Integration schafft Zusammenhalt"


def test_a_secretariat_contact_appears_on_the_chair_page(chair):
    Land.objects.update(secretariat_email="geschaeftsstelle@example.org", secretariat_address="Musterweg 1\n12345 Ort")
    html = Client(HTTP_HOST="localhost").get("/vorsitz/").content.decode()
    assert "geschaeftsstelle@example.org" in html
    assert "Musterweg 1" in html


@pytest.mark.parametrize("name", [*BodyBlock().child_blocks, "teaser", "programme_item"])
def test_every_block_has_icon_group_description_and_a_preview_that_is_not_empty(editor, name):
    more = {"teaser": TeaserBlock, "programme_item": ProgrammeItemBlock}
    block = more[name]() if name in more else AboutPage.body.field.stream_block.child_blocks[name]
    assert block.meta.icon != "placeholder"
    assert block.meta.description
    assert block.is_previewable
    response = editor.get(reverse("wagtailadmin_block_preview"), {"id": block.definition_prefix})
    assert response.status_code == 200
    assert "site.css" in response.content.decode()
    assert BeautifulSoup(response.content, "html.parser").body.get_text(strip=True)


@pytest.mark.parametrize(
    ("model", "alias"),
    [
        (ConferencePage, ""),
        (ChairPage, "on"),
        *(
            pytest.param(model, alias, marks=pytest.mark.audit)
            for model, alias in product((ConferencePage, ChairPage, ConferenceIndexPage, HomePage), ("", "on"))
        ),
    ],
)
def test_what_there_is_once_is_not_copied(model, alias):
    admin = Client(HTTP_HOST="localhost")
    admin.force_login(User.objects.create_superuser("admin-test"))
    page, number = model.objects.first(), Page.objects.count()
    form = {
        "new_title": "Kopie",
        "new_slug": "kopie",
        "new_parent_page": page.get_parent().pk,
        "copy_subpages": "on",
        "publish_copies": "on",
        "alias": alias,
    }
    address = reverse("wagtailadmin_pages:copy", args=[page.pk])
    for response in (admin.get(address, follow=True), admin.post(address, form, follow=True)):
        assert "nicht kopiert" in text_of(response)
    assert Page.objects.count() == number


def test_other_pages_are_copied(chair):
    page = StandardPage.objects.get(slug="kontakt")
    form = {"new_title": "Kopie", "new_slug": "kopie", "new_parent_page": page.get_parent().pk}
    assert chair.post(reverse("wagtailadmin_pages:copy", args=[page.pk]), form).status_code == 302
    assert StandardPage.objects.filter(slug="kopie", live=False).exists()


@pytest.mark.parametrize("model", [HomePage, ConferencePage, StandardPage])
def test_no_page_is_made_private_since_readers_have_no_session(chair, model):
    page = model.objects.first()
    address = reverse("wagtailadmin_pages:set_privacy", args=[page.pk])
    assert 'name=\\"restriction_type\\"' not in chair.get(address).content.decode()
    for kind in ("password", "login"):
        chair.post(address, {"restriction_type": kind, "password": "geheim"})
    assert not page.view_restrictions.exists()


def test_no_collection_gets_a_password_since_readers_have_no_session():
    admin = Client(HTTP_HOST="localhost")
    admin.force_login(User.objects.create_superuser("admin-test"))
    collection = Collection.get_first_root_node().add_child(name="Intern")
    address = reverse("wagtailadmin_collections:set_privacy", args=[collection.pk])
    assert "restriction_type" in admin.get(address).content.decode()
    admin.post(address, {"restriction_type": "password", "password": "geheim"})
    assert not collection.view_restrictions.exists()


def test_a_group_has_exactly_the_rights_that_are_named():
    names = {
        "wagtailadmin.access_admin",
        "conferences.view_chairterm",
        "conferences.view_land",
        "conferences.view_theme",
        "conferences.view_addressee",
        "conferences.view_source",
    }
    found = Group.objects.get(name="Länder").permissions.values_list("content_type__app_label", "codename")
    assert {f"{app}.{codename}" for app, codename in found} == names


def test_a_right_of_the_same_name_in_another_app_is_not_given():
    other = Permission.objects.create(
        codename="view_land", name="x", content_type=ContentType.objects.get_for_model(User)
    )
    assert other not in permissions(["conferences.view_land"])
    with pytest.raises(LookupError, match="fly_land"):
        permissions(["conferences.fly_land"])


@pytest.mark.parametrize("word", ["Länder", "Öffentlich", "Übergabe", "Straße", "Łódź", "Đorđe"])
@pytest.mark.kinds(2)
def test_the_address_of_a_new_page_spells_out_umlauts(editor, word):
    address = reverse("wagtailadmin_pages:add", args=["intmk", "standardpage", HomePage.objects.get().pk])
    field = BeautifulSoup(editor.get(address).content, "html.parser").find("input", {"name": "slug"})
    for (pattern, _), letters in json.loads(field["data-w-slug-formatters-value"]):
        word = re.sub(pattern, letters, word)
    assert word.lower() in {"laender", "oeffentlich", "uebergabe", "strasse", "lódź", "dorde"}


def test_an_address_of_another_part_of_the_site_is_refused(chair):
    home = HomePage.objects.get()
    form = {
        "title": "Finden",
        "slug": "suche",
        "body": streamfield([]),
        "service": streamfield([]),
        "comments": inline_formset([]),
    }
    address = reverse("wagtailadmin_pages:add", args=["intmk", "standardpage", home.pk])
    response = chair.post(address, nested_form_data(form | {"introduction": "", "place": ""}) | {"action-publish": "1"})
    assert "gehört einem anderen Teil der Website" in text_of(response)
    assert not StandardPage.objects.filter(slug="suche").exists()


def test_what_is_for_administrators_stands_in_no_menu_of_editors_and_addresses_in_one_place(chair, admin_client):
    """Read of the JSON of which the menu is drawn."""

    def menu(client: Client) -> list[str]:
        props = BeautifulSoup(client.get("/admin/papierkorb/").content, "html.parser").find(id="wagtail-sidebar-props")
        return re.findall(r'"label": "([^"]+)"', json.dumps(json.loads(props.text), ensure_ascii=False))

    for_administrators = {"Gestaltung", "Nutzung der Seitentypen", "Konten", "Gruppen"}
    seen = menu(chair)
    assert not for_administrators & set(seen)
    assert seen[seen.index("Adressen") :][1:3] == ["Alte Adressen", "Weiterleitungen"]
    assert for_administrators <= set(of_administrator := menu(admin_client))
    assert {seen.count("Weiterleitungen"), of_administrator.count("Weiterleitungen")} == {1}


@pytest.mark.parametrize(("address", "place"), [("/admin/", "[data-wagtail-sidebar-branding-logo]"), ("/admin/x/", "")])
def test_the_mark_of_the_site_stands_in_place_of_the_bird(chair, address, place):
    page = BeautifulSoup(chair.get(address).content, "html.parser")
    assert page.select(f"{place} svg.site-mark")
    assert not page.select(".icon-wagtail")
