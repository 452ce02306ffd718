"""A draft may be incomplete and contradict itself: what it breaks is listed, and only keeps it from being published."""

from datetime import date, datetime, timedelta

import pytest
import time_machine
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.http import HttpResponse
from django.urls import reverse
from django.utils import timezone
from wagtail.admin.panels import FieldPanel, InlinePanel, ObjectList, TabbedInterface
from wagtail.models import Page
from wagtail.test.utils.form_data import inline_formset, nested_form_data, streamfield

from conferences.handover.scheduled import all_scheduled, carry_out_scheduled
from conferences.models import ConferenceIndexPage, ConferencePage, Land, ResolutionPage
from conferences.models.conference_parts import AgendaGap
from history.models import TimelinePage
from intmk.base.publishing_rules import broken_rules
from intmk.checks import faults_of_editor
from intmk.pages.models import NewsPage, StandardPage
from tests.editing import conference_form, edit_url, give_chair, new_page_form, page_form, soup_of, text_of

pytestmark = pytest.mark.django_db

CONFERENCE = {
    "title": "Widersprüchlich", "kind": "special", "number": "99", "status": "held",
    "first_day": "04.05.2084", "last_day": "01.05.2084",
}  # fmt: skip
CONFERENCE_ROWS = {
    "guests": inline_formset([{"name": "", "office": "", "ORDER": "7"}]),
    "meetings": inline_formset([{"kind": "", "first_day": "", "last_day": "", "place": "Bremen"}]),
    "photos": inline_formset([{"image": "", "caption": "Noch ohne Bild"}]),
    "press_releases": inline_formset([{"page": "", "title": "Noch ohne Adresse", "url": ""}]),
    "documents": inline_formset([{"kind": "agenda", "document": ""}]),
    "agenda_gaps": inline_formset([{"item": "zwei Punkt fünf"[:12], "reason": ""}]),
}
RESOLUTION = {
    "title": "Widersprüchlich", "item": "2.x", "kind": "circular", "circular_number": "3", "mover_kind": "laender",
    "mover_name": "Gruppe", "decided_on": "04.05.2084", "outcome": "unanimous", "votes_no": "2",
}  # fmt: skip


def resolution_rows() -> dict:
    bavaria = Land.objects.get(code="DE-BY").pk
    return {
        "votes": inline_formset(
            [{"land": bavaria, "vote": "yes"}, {"land": bavaria, "vote": "no"}, {"land": "", "vote": "yes"}]
        ),
        "statements": inline_formset([{"land": "", "kind": "note", "summary": "Noch ohne Land"}]),
        "references": inline_formset([{"kind": "", "target": "", "elsewhere": "", "url": "https://www.example.org/"}]),
        "report_requests": inline_formset([{"asked": "", "subject": "Worüber", "answered_on": "04.05.2084"}]),
        "follow_ups": inline_formset([{"state": "", "day": "", "note": "Noch ohne Tag", "evidence": ""}]),
    }


def saved(client, model: type[Page], parent: Page, data: dict) -> Page:
    """Save a new draft as the editor does by itself and return it."""
    address = reverse("wagtailadmin_pages:add", args=[model._meta.app_label, model._meta.model_name, parent.pk])
    answer = client.post(address, new_page_form(client, model, parent) | data, headers={"accept": "application/json"})
    assert answer.json()["success"], answer.json()
    return model.objects.get(pk=answer.json()["pk"])


def contradicting(client, model: type[Page]) -> Page:
    if model is ConferencePage:
        return saved(client, model, ConferenceIndexPage.objects.get(), CONFERENCE | nested_form_data(CONFERENCE_ROWS))
    return saved(client, model, ConferencePage.objects.get(number=12), RESOLUTION | nested_form_data(resolution_rows()))


def listed(client, page: Page) -> str:
    duties = soup_of(client.get(reverse("page_check", args=[page.pk]), {"teil": ""})).select(".page-check__duties")
    return " ".join(" ".join(part.get_text(" ") for part in duties).split())


@pytest.mark.parametrize(
    ("model", "rules", "typed"),
    [
        (
            ConferencePage,
            [
                "Sonderkonferenz trägt keine Nummer", "liegt vor dem ersten",
                "kann noch nicht stattgefunden haben", "1. Zeile, Erster Tag: Dieses Feld darf nicht leer sein",
                "1. Zeile, Bild:", "1. Zeile, Dokument:", "1. Zeile, TOP: Das ist keine TOP-Nummer",
            ],
            {"photos-0-caption": "Noch ohne Bild", "agenda_gaps-0-item": "zwei Punkt f"},
        ),
        (
            ResolutionPage,
            [
                "Das ist keine TOP-Nummer", "Zur Nummer gehört das Jahr", "liegt in der Zukunft", "Bitte die Länder",
                "Der Name gehört zu", "Bitte alle drei Zahlen", "Ein Land hat nur eine Stimme", "3. Zeile, Land:",
                "1. Zeile, Land:", "entweder einen Beschluss wählen", "Wer berichten soll", "1. Zeile, Bekannt am:",
            ],
            {"item": "2.x", "follow_ups-0-note": "Noch ohne Tag", "votes-0-vote": "yes", "votes-1-vote": "no"},
        ),
    ],
    ids=["conference", "resolution"],
)  # fmt: skip
def test_a_draft_that_breaks_every_rule_is_saved_shown_again_and_told_why_it_cannot_be_published(
    chair, model, rules, typed
):
    page = contradicting(chair, model)
    said = listed(chair, page)
    for rule in rules:
        assert rule in said
    assert chair.get(edit_url(page)).status_code == 200
    assert chair.get(reverse("wagtailadmin_pages:view_draft", args=[page.pk])).status_code == 200
    data = page_form(chair, page)
    assert typed | {"title": "Widersprüchlich"} == {name: data[name] for name in (*typed, "title")}
    refused = chair.post(edit_url(page), data | {"action-publish": "1"})
    assert refused.status_code == 200
    assert not Page.objects.get(pk=page.pk).live
    with pytest.raises(ValidationError):
        page.get_latest_revision().publish()


def draft_of_conference(client, number: object, **fields) -> ConferencePage:
    data = {"title": "Noch eine", "number": str(number)} | fields
    return saved(client, ConferencePage, ConferenceIndexPage.objects.get(), data)


def begun(model: type[Page], parent: Page, **fields) -> Page:
    """Store a draft as the editor does, without the editor."""
    page = parent.add_child(instance=model(live=False, **fields))
    page.save_revision(clean=False)
    return model.objects.get(pk=page.pk)


def conference_of_2084(**fields) -> ConferencePage:
    values = {"title": "Noch eine", "number": 84, "first_day": date(2084, 5, 4)} | fields
    return begun(ConferencePage, ConferenceIndexPage.objects.get(), **values)


def prepared(conference: ConferencePage) -> ResolutionPage:
    return begun(ResolutionPage, conference, title="Vorbereitet", item="2.1")


def test_a_draft_with_the_number_of_a_public_conference_takes_nothing_from_it(chair):
    public = ConferencePage.objects.get(number=12)
    draft = draft_of_conference(chair, 12)
    assert (draft.number, draft.slug) == (12, "noch-eine")
    assert chair.post(edit_url(public), conference_form(public) | {"action-publish": "1"}).status_code == 302
    assert ConferencePage.objects.get(pk=public.pk).url_path == public.url_path
    data = page_form(chair, draft) | {"first_day": "04.05.2084", "number": "84", "action-publish": "1"}
    assert chair.post(edit_url(draft), data).status_code == 302
    draft.refresh_from_db()
    assert (draft.live, draft.slug) == (True, "84")


def test_a_land_that_has_taken_a_number_in_its_draft_keeps_nobody_from_publishing_it(account, editor):
    draft_of_conference(editor, 84, title="Vom Land begonnen")
    with_item = {"title": "Vom Land begonnen", "item": "7.1"}
    saved(editor, ResolutionPage, ConferencePage.objects.get(number=12), with_item)
    give_chair(account)
    own = draft_of_conference(editor, 84, first_day="04.05.2084")
    assert editor.post(edit_url(own), page_form(editor, own) | {"action-publish": "1"}).status_code == 302
    assert ConferencePage.objects.get(pk=own.pk).slug == "84"
    decided = saved(
        editor, ResolutionPage, ConferencePage.objects.get(number=12), {"title": "Beschlossen", "item": "7.1"}
    )
    assert editor.post(edit_url(decided), page_form(editor, decided) | {"action-publish": "1"}).status_code == 302
    assert ResolutionPage.objects.get(pk=decided.pk).slug == "top-7-1"


def test_a_resolution_gets_no_identifier_before_its_conference_has_its_address(chair):
    conference = conference_of_2084()
    resolution = prepared(conference)
    assert "Bitte zuerst sie veröffentlichen" in listed(chair, resolution)
    with pytest.raises(ValidationError):
        resolution.get_latest_revision().publish()
    conference.get_latest_revision().publish()
    resolution.get_latest_revision().publish()
    assert [row.key for row in ResolutionPage.objects.get(pk=resolution.pk).identifiers.all()] == ["84/2.1"]


def test_what_is_published_a_second_time_stands_where_it_stood(chair):
    conference = conference_of_2084()
    resolution = prepared(conference)
    special = conference_of_2084(title="Sonder-Treffen 2085", number=None, kind="special", first_day=date(2085, 5, 4))
    for page in (conference, resolution, special):
        page.get_latest_revision().publish()
        type(page).objects.get(pk=page.pk).unpublish()
        page.get_latest_revision().publish()
    addresses = [type(page).objects.get(pk=page.pk).url for page in (conference, resolution, special)]
    assert addresses == ["/konferenzen/84/", "/konferenzen/84/top-2-1/", "/konferenzen/sonder-2085-1/"]
    assert [row.key for row in resolution.identifiers.all()] == ["84/2.1"]


def test_a_draft_at_the_address_of_what_becomes_public_gives_way(chair):
    squatter = draft_of_conference(chair, "", title="84")
    assert squatter.slug == "84"
    own = conference_of_2084()
    assert chair.post(edit_url(own), page_form(chair, own) | {"action-publish": "1"}).status_code == 302
    own.refresh_from_db()
    squatter.refresh_from_db()
    assert (own.live, own.slug, squatter.slug, squatter.url_path[-6:]) == (True, "84", "84-2", "/84-2/")


def schedule(client, page: Page, moment: datetime) -> HttpResponse:
    data = page_form(client, page) | {"go_live_at": f"{timezone.localtime(moment):%d.%m.%Y %H:%M}"}
    return client.post(edit_url(page), data | {"action-publish": "1"})


def test_a_conference_and_its_resolution_are_scheduled_together(chair):
    tomorrow = timezone.now() + timedelta(days=1)
    conference = conference_of_2084()
    resolution = prepared(conference)
    for page in (conference, resolution):
        assert schedule(chair, page, tomorrow).status_code == 302
    assert [item.page.pk for item in all_scheduled()] == [conference.pk, resolution.pk]
    for item in all_scheduled():
        with time_machine.travel(item.moment + timedelta(minutes=1), tick=False):
            carry_out_scheduled(item)
    assert ResolutionPage.objects.get(pk=resolution.pk).url == "/konferenzen/84/top-2-1/"


def test_a_number_that_is_scheduled_is_not_scheduled_or_published_a_second_time(chair):
    tomorrow = timezone.now() + timedelta(days=1)
    first, second = (conference_of_2084() for _ in range(2))
    assert schedule(chair, first, tomorrow).status_code == 302
    words = "Die Adresse „84“ ist vergeben oder vorgemerkt: „Noch eine“"
    answer = schedule(chair, second, tomorrow)
    assert words in text_of(answer)
    assert [item.page.pk for item in all_scheduled()] == [first.pk]
    assert words in text_of(chair.post(edit_url(second), page_form(chair, second) | {"action-publish": "1"}))


def test_two_who_publish_the_same_number_at_the_same_moment_are_told_so_and_lose_nothing(chair, monkeypatch):
    first, second = (conference_of_2084() for _ in range(2))
    first.get_latest_revision().publish()
    with monkeypatch.context() as blind:  # as the second sees it whose rules were asked before the first was done
        blind.setattr(ConferencePage, "full_clean", lambda page, **options: None)
        answer = chair.post(edit_url(second), page_form(chair, second) | {"action-publish": "1"}, follow=True)
    assert "Im selben Augenblick ist etwas anderes mit dieser Nummer veröffentlicht worden" in text_of(answer)
    second.refresh_from_db()
    assert (second.live, second.get_latest_revision_as_object().number) == (False, 84)


def test_what_is_withdrawn_with_others_leaves_its_number_to_others(chair):
    conference = ConferencePage.objects.get(number=12)
    resolution = ResolutionPage.objects.live().filter(conference=conference)[0]
    address = reverse("wagtail_bulk_action", args=["wagtailcore", "page", "unpublish"])
    chair.post(f"{address}?id={conference.pk}&next=/admin/", {"include_descendants": "on"})
    for page in (conference, resolution):
        page.refresh_from_db()
        assert (page.live, page.is_public) == (False, False)


def test_a_public_resolution_is_not_moved_to_where_its_identifier_would_not_last(chair):
    draft = conference_of_2084(title="Vorläufig")
    resolution = ResolutionPage.objects.live().filter(conference__number=12)[0]
    keys = list(resolution.identifiers.values_list("key"))
    chair.post(reverse("wagtailadmin_pages:move_confirm", args=[resolution.pk, draft.pk]))
    bulk = reverse("wagtail_bulk_action", args=["wagtailcore", "page", "move"])
    chair.post(f"{bulk}?id={resolution.pk}&next=/admin/", {"chooser": draft.pk, "move_applied": "True"})
    assert resolution.get_parent().pk == ConferencePage.objects.get(number=12).pk
    draft.get_latest_revision().publish()
    chair.post(reverse("wagtailadmin_pages:move_confirm", args=[resolution.pk, draft.pk]))
    assert ResolutionPage.objects.get(pk=resolution.pk).get_parent().pk == draft.pk
    assert list(resolution.identifiers.values_list("key"))[:-1] == keys


def test_a_stored_row_that_is_emptied_and_filled_again_stays_the_same_row(chair):
    laender = [Land.objects.get(code=f"DE-{code}").pk for code in ("BY", "SN")]
    rows = {"votes": inline_formset([{"land": land, "vote": "yes"} for land in laender])}
    parent = ConferencePage.objects.get(number=12)
    page = saved(chair, ResolutionPage, parent, {"title": "Mit Stimmen"} | nested_form_data(rows))
    keys = {row.pk for row in page.votes.all()}
    data = page_form(chair, page)
    for land in ("", str(laender[0])):
        sent = chair.post(edit_url(page), data | {"votes-0-land": land}, headers={"accept": "application/json"}).json()
        assert sent["success"], sent
        data["overwrite_revision_id"] = sent["revision_id"]
    assert {row.pk for row in ResolutionPage.objects.get(pk=page.pk).votes.all()} == keys


def test_a_page_that_was_taken_back_keeps_its_address_while_another_number_is_tried_in_its_draft(chair):
    page = ConferencePage.objects.get(number=12)
    page.unpublish()
    data = page_form(chair, page) | {"number": "13"}
    assert chair.post(edit_url(page), data, headers={"accept": "application/json"}).json()["success"]
    page.refresh_from_db()
    assert (page.slug, page.get_latest_revision_as_object().number) == ("12", 13)


def test_a_version_that_breaks_a_rule_is_not_scheduled_by_any_way(chair):
    page = contradicting(chair, ResolutionPage)
    version = page.get_latest_revision_as_object()
    version.go_live_at = timezone.now() + timedelta(days=1)
    revision = version.save_revision(clean=False)
    address = reverse("wagtail_bulk_action", args=["wagtailcore", "page", "publish"])
    said = text_of(chair.post(f"{address}?id={page.pk}", follow=True))
    assert "Das ist keine TOP-Nummer" in said
    revision.refresh_from_db()
    assert revision.approved_go_live_at is None


def test_a_press_release_without_a_day_is_kept_and_previewed(chair):
    page = saved(chair, NewsPage, Page.objects.get(slug="aktuelles"), {"title": "Noch ohne Tag", "date": ""})
    assert page.get_latest_revision_as_object().date is None
    assert page_form(chair, page)["date"] == ""
    assert "Datum : Dieses Feld darf nicht leer sein" in listed(chair, page)
    assert chair.get(reverse("wagtailadmin_pages:view_draft", args=[page.pk])).status_code == 200


def test_a_typed_address_that_is_taken_is_no_other_for_a_public_page(chair):
    page = StandardPage.objects.get(slug="impressum")
    answer = chair.post(edit_url(page), page_form(chair, page) | {"slug": "kontakt"})
    assert "gibt es unter" in text_of(answer)
    page.refresh_from_db()
    assert page.get_latest_revision_as_object().slug == "impressum"


def test_the_database_refuses_a_second_public_conference_of_the_same_number():
    draft = ConferencePage(title="Zugleich", number=12, slug="zugleich", live=False)
    ConferenceIndexPage.objects.get().add_child(instance=draft)
    draft.live = True
    with pytest.raises(IntegrityError, match="conference_numbers_are_unique"), transaction.atomic():
        draft.save(clean=False)


def test_a_draft_above_a_public_page_may_contradict_itself_and_readers_see_nothing_of_it(chair):
    page = ConferencePage.objects.get(number=12)
    before = chair.get(page.url).content
    answer = chair.post(edit_url(page), conference_form(page, number="", first_day="", motto="Unfertig"))
    assert answer.status_code == 302
    assert "Eine Hauptkonferenz braucht ihre laufende Nummer" in listed(chair, page)
    page.refresh_from_db()
    assert page.number == 12
    assert page.get_latest_revision_as_object().motto == "Unfertig"
    assert chair.get(page.url).content == before


def test_blocks_are_checked_when_the_page_is_published(chair):
    body = streamfield([("section", {"heading": "", "text": rich("<h3>Zwischen</h3><p>Text</p>")})])
    service = streamfield([("teaser", {"title": "", "text": "", "page": "", "url": ""})])
    typed = {"title": "Unfertige Bausteine"} | nested_form_data({"body": body, "service": service})
    page = saved(chair, StandardPage, StandardPage.objects.get(slug="kontakt"), typed)
    said = listed(chair, page)
    assert "Text : 1. Baustein, Überschrift: Der Text hat Zwischenüberschriften" in said
    assert "Service : 1. Baustein, Seite: Bitte entweder eine Seite wählen" in said or "1. Baustein, Titel" in said
    assert chair.post(edit_url(page), typed | {"action-publish": "1"}).status_code == 200
    with pytest.raises(ValidationError, match="Zwischenüberschriften"):
        page.get_latest_revision().publish()


def rich(html: str) -> str:
    from wagtail.admin.rich_text.converters.contentstate import ContentstateConverter

    return ContentstateConverter(["h3"]).from_database_format(html)


def test_a_moment_that_has_passed_holds_up_no_draft(chair):
    page = NewsPage.objects.first() or saved(chair, NewsPage, Page.objects.get(slug="aktuelles"), {"title": "Neu"})
    page.expire_at = timezone.now() - timedelta(days=1)
    page.save_revision(clean=False)
    assert "Dieser Zeitpunkt ist schon vorbei" in listed(chair, page)
    data = page_form(chair, page) | {"introduction": "Weitergeschrieben"}
    assert chair.post(edit_url(page), data, headers={"accept": "application/json"}).json()["success"]
    page.expire_at = timezone.now() + timedelta(days=1)
    page.go_live_at = timezone.now() + timedelta(days=2)
    assert [rule.message for rule in broken_rules(page)] == [
        "Die Seite würde zurückgezogen, bevor sie öffentlich wird."
    ]


def test_what_no_draft_can_hold_is_refused_beside_its_field(chair):
    index = ConferenceIndexPage.objects.get()
    address = reverse("wagtailadmin_pages:add", args=["conferences", "conferencepage", index.pk])
    form = new_page_form(chair, ConferencePage, index)
    for name, typed, words in (("title", "", "muss ausgefüllt werden"), ("first_day", "31.02.2027", "gültiges Datum")):
        answer = chair.post(address, form | {"title": "Unlesbar", name: typed})
        assert answer.status_code == 200
        assert words in text_of(answer)


def test_a_page_without_fault_has_an_empty_list_and_the_list_is_for_those_who_may_change_the_page(chair, client):
    page = ConferencePage.objects.get(number=12)
    assert listed(chair, page) == ""
    assert client.get(reverse("page_check", args=[page.pk])).status_code == 302


def test_the_land_that_does_not_chair_sees_no_list_of_a_public_page(editor):
    page = ConferencePage.objects.get(number=12)
    page.number = None
    page.save_revision(clean=False)
    assert listed(editor, page) == ""


def test_an_editor_whose_rows_or_fields_hold_up_a_draft_is_refused_by_name(monkeypatch):
    tabs = [ObjectList([FieldPanel("title"), FieldPanel("motto", required_on_save=True), InlinePanel("agenda_gaps")])]
    monkeypatch.setattr(ConferencePage._meta.get_field("motto"), "blank", False)
    unfit = TabbedInterface(tabs).bind_to_model(ConferencePage)
    monkeypatch.setattr(ConferencePage, "get_edit_handler", classmethod(lambda cls: unfit))
    assert {"intmk.E008", "intmk.E009"} <= {fault.id for fault in faults_of_editor(ConferencePage)}


def test_a_page_saved_by_a_program_is_not_public_with_a_row_that_lacks_something():
    page = ConferencePage.objects.get(number=12)
    page.agenda_gaps = [AgendaGap(item="2.9", reason="")]
    with pytest.raises(ValidationError, match=r"1\. Zeile, Grund"):
        page.save()


def test_a_milestone_without_a_day_is_kept_in_a_draft(chair):
    page = TimelinePage.objects.get()
    data = page_form(chair, page)
    number = int(data["milestones-TOTAL_FORMS"])
    row = {f"milestones-{number}-{name}": value for name, value in (("title", "Noch ohne Tag"), ("precision", "exact"))}
    row |= {f"milestones-{number}-ORDER": str(number + 1), "milestones-TOTAL_FORMS": str(number + 1)}
    assert chair.post(edit_url(page), data | row, headers={"accept": "application/json"}).json()["success"]
    assert f"{number + 1}. Zeile, Datum" in listed(chair, page)
    assert chair.get(reverse("wagtailadmin_pages:view_draft", args=[page.pk])).status_code == 200
