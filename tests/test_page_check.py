"""The panel "Prüfung": what stands against publishing, and what only should be looked at."""

from datetime import date
from types import SimpleNamespace

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from wagtail.admin.userbar import AccessibilityItem
from wagtail.models import Comment, Page

from conferences.models import ConferenceIndexPage, ConferencePage, Source, Theme
from conferences.models.conference_parts import ConferenceDocument, ConferencePhoto, ConferencePressRelease
from intmk.desk.outgoing_links import OutgoingLink
from intmk.desk.page_check.advice import Passage
from intmk.desk.page_check.days import (
    advice_on_dateline,
    advice_on_days,
    advice_on_programme,
    advice_on_weekdays,
    days_in,
)
from intmk.desk.page_check.files import advice_on_document, advice_on_picture, advice_on_same_texts
from intmk.desk.page_check.views import SENTENCES, checks_in_our_words
from intmk.desk.page_check.whole_page import advice_on, advice_on_dates, advice_on_references, passages_of
from intmk.desk.page_check.wording import advice_on_title, advice_on_wording
from intmk.media.documents.models import SiteDocument
from tests.browser_pages import paper, picture
from tests.editing import breakable, conference_form, edit_url, soup_of, text_of

MARCH, MAY = (date(2017, 3, 16), date(2017, 3, 17)), (date(2017, 5, 4), date(2017, 5, 5))
MOVED = (date(2017, 3, 23), date(2017, 3, 24))


def rich(html: str) -> Passage:
    return Passage("block", "Text, 1. Baustein", html, is_rich=True)


def line(text: str) -> Passage:
    return Passage("introduction", "Einleitung", text)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Am 16. und 17. März 2017 kamen die Länder in Friedrichshafen zusammen.", "16. und 17. März 2017"),
        ("Am 16.\u00a0und 17.\u00a0März kamen sie zusammen.", "16. und 17. März"),
        ("Die Konferenz dauert vom 16. bis zum 17. März.", "16. bis zum 17. März"),
        ("16./17. März: Friedrichshafen", "16./17. März"),
        ("Termin: 16.–17.03.2017", "16.–17.03.2017"),
        ("Die IntMK findet am 17.03.2017 statt.", "17.03.2017"),
        ("Am Donnerstag, dem 16. März, tagt die Konferenz.", "16. März"),
        ("Die 12. Konferenz am 16. März ist öffentlich.", "16. März"),
        ("Vom 16. März bis 17. März 2017 in Friedrichshafen.", "16. März bis 17. März 2017"),
        ("Begrüßung. Am 16. u. a. Die Länder trafen sich am 16. Mrz. 2017.", "16. Mrz. 2017"),
    ],
)
def test_a_text_that_still_names_the_former_days_of_the_conference_is_found(text, words):
    found = advice_on_days([rich(f"<p>{text}</p>")], MOVED, former=MARCH, number=12)
    assert [advice.words for advice in found] == [words]
    assert "Die Felder der Konferenz sagen 23. und 24. März 2017" in found[0].message
    assert advice_on_days([rich(f"<p>{text}</p>")], MARCH, former=MOVED, number=12) == []


@pytest.mark.parametrize(
    "text",
    [
        "Die Vorkonferenz am 2. und 3. März bereitet sie vor.",
        "Die Frist für Anträge endet am 9. März 2017.",
        "Siehe TOP 2.3. und TOP 16.3. der Konferenz.",
        "Der Bundesrat hat am 10. März 2017 beraten.",
        "Die 11. Konferenz fand am 16. und 17. März 2016 in Erfurt statt.",
        "Am 9. März 2017 ist das Programm erschienen.",
        "Im Mai 2017 treffen sich die Länder wieder.",
        "Am 4. und 5. Mai 2017 folgt ein Gespräch.",
        "Die Konferenz beginnt am 23. März um 10.30 Uhr und endet am 24. März.",
        "Presse: Beschlüsse vom 1. und 2. März",
        "Die Ausstellung ist bis zum 30. März zu sehen, vom 1. bis 30. März.",
        "Die Länder sind seit dem 1. März 2017 zusammen.",
        "Er wurde am 3. März 1970 geboren und tagt mit.",
        "ISBN 3-16-148410-0, 16.3 Prozent, § 16. März",
    ],
)
def test_other_days_are_no_false_alarm(text):
    assert advice_on_days([line(text)], MOVED, number=12) == []


def test_days_moved_to_another_month_are_found_only_where_the_text_names_the_former_ones():
    texts = [line("Am 16. und 17. März 2017 in Mainz."), line("Vom 1. bis 3. März ist Messe.")]
    assert [advice.words for advice in advice_on_days(texts, MAY, former=MARCH)] == ["16. und 17. März 2017"]
    assert advice_on_days(texts, MAY) == []
    assert advice_on_days(texts, None, former=MARCH) == []


def test_on_another_page_only_sentences_that_name_the_conference_count():
    texts = [line("Beraten vom 16. bis 17. März."), line("Die 12. IntMK tagte vom 16. bis 17. März 2017.")]
    found = advice_on_days(texts, MOVED, number=12, only_if_named=True)
    assert [advice.words for advice in found] == ["16. bis 17. März 2017"]


def test_weekday_dateline_and_programme_are_held_against_the_calendar():
    wrong, right = line("Am Freitag, dem 16. März 2017"), line("Donnerstag, 16. März 2017; Freitag, 17. März")
    assert [advice.words for advice in advice_on_weekdays([wrong, right])] == ["Freitag, dem 16. März 2017"]
    assert "ist ein Donnerstag" in advice_on_weekdays([wrong])[0].message
    release = [line("Mainz, 17. März 2017 – Die Länder …")]
    assert advice_on_dateline(release, date(2017, 3, 17)) == []
    assert "„Datum“ sagt 20. März 2017" in advice_on_dateline(release, date(2017, 3, 20))[0].message
    assert [a.field for a in advice_on_programme([("a", MARCH[0]), ("b", MOVED[1])], MARCH)] == ["b"]


def test_days_that_no_calendar_has_are_none():
    assert days_in("am 99. März, 31.13.2017, TOP 2.4. und 16.3") == []


@pytest.mark.parametrize(
    ("html", "message"),
    [
        ('<p>Mehr steht <a href="https://www.example.org/">hier</a>.</p>', "sagt nicht, wohin er führt"),
        ('<p><a href="https://www.example.org/">Mehr erfahren →</a></p>', "sagt nicht, wohin er führt"),
        ('<p><a linktype="page" id="3"></a></p>', "hat keinen Text"),
        ('<p><a href="https://x.de/a">https://www.example.org/eine/lange/adresse.html</a></p>', "ist eine Adresse"),
        ('<p><a href="http://localhost:8000/">Entwurf ansehen</a></p>', "in die Redaktion"),
        ('<p><a href="https://www.example.org/admin/pages/3/">Seite der Konferenz</a></p>', "in die Redaktion"),
        ('<p><a href="https://a.de/">Programm</a> <a href="https://b.de/">programm</a></p>', "zu Verschiedenem"),
        ("<h3>DAS WICHTIGSTE IN KÜRZE</h3><p>Text</p>", "aus Großbuchstaben"),
        ("<h3>Das Wichtigste:</h3><p>Text</p>", "endet mit einem Satzzeichen"),
        ("<p><b>Das Wichtigste</b></p><p>Text</p>", "ist fett wie eine Überschrift"),
        (f"<p>{'Wort ' * 600}</p>", "sehr lang"),
        ("<p>Schreiben Sie an presse@mainz,rlp.de.</p>", "„presse@mainz,rlp.de“ ist keine richtig"),
        ("<p>presse @mainz.rlp.de</p>", "keine richtig geschriebene"),
        ('<p><a href="mailto:a@example.org">b@example.org</a></p>', "an eine andere Adresse: „a@example.org“"),
        ("<p>Telefon: 16-2000</p>", "keine vollständige Telefonnummer"),
        ("<p>Tel. 06131 16-X</p>", "keine vollständige Telefonnummer"),
        ('<p><a href="tel:+496131161">06131 16-2</a></p>', "wählt eine andere Nummer"),
        ("<p>Die Ministerin sagte: ???</p>", "Platzhalter: „???“"),
        ("<p>Am [Datum einfügen] in Mainz.</p>", "Platzhalter"),
        ("<p>Lorem ipsum dolor</p>", "Platzhalter"),
    ],
)
def test_what_readers_stumble_over_is_told_in_a_sentence_with_its_place(html, message):
    found = advice_on_wording([rich(html)])
    assert [message in advice.message for advice in found] == [True], found
    assert (found[0].field, found[0].label) == ("block", "Text, 1. Baustein")


@pytest.mark.parametrize(
    "html",
    [
        '<p>Mehr im <a href="https://a.de/">Programm der Konferenz</a>, <a href="https://www.bamf.de/">www.bamf.de</a>.</p>',
        '<p><a href="mailto:a@example.org">a@example.org</a>, <a href="mailto:a@b.de">An uns</a></p>',
        '<p><a href="tel:+496131160">06131 16-0</a>, Tel. +49 6131 16-0, Telefon 115, Fax 16-99</p>',
        "<h3>Was beschlossen wurde</h3><p><b>Einstimmig</b> angenommen.</p><p><b>Schluss</b></p>",
        "<h3>IntMK</h3><p>Auf @intmk und im Telefondienst von 8 bis 12 Uhr. Telefonisch 24 Stunden.</p>",
        '<p><a href="https://a.de/">Das Programm</a>, noch einmal: <a href="https://a.de/">Das Programm</a></p>',
        "<p>Ein Entwurf des Gesetzes [Anmerkung der Redaktion] kommt im Herbst, sagte er.</p>",
    ],
)
def test_what_is_well_written_is_left_alone(html):
    assert advice_on_wording([rich(html)]) == []


def test_a_heading_that_the_page_has_twice_and_the_title_of_a_draft_are_told():
    headings = [Passage(key, "Text", "Ergebnisse", is_heading=True) for key in ("first", "second")]
    assert [advice.field for advice in advice_on_wording(headings)] == ["second"]
    assert "„Kopie von“" in advice_on_title("Kopie von Meldung")[0].message
    assert advice_on_title("Entwürfe der Länder zum Integrationsgesetz") == []


def picture_row(**more) -> SimpleNamespace:
    row = {"pk": 1, "title": "Foto", "description": "Neun Personen vor dem Landtag.", "credit": "Petra Beispiel"}
    return SimpleNamespace(**row | {"caption": "", "is_placeholder": False} | more)


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"description": " "}, "keinen Alternativtext"),
        ({"description": "Foto von neun Personen"}, "beginnt mit „Foto von“"),
        ({"caption": "Neun Personen vor dem Landtag."}, "wiederholt die Bildunterschrift"),
        ({"credit": ""}, "keinen Bildnachweis"),
    ],
)
def test_of_a_picture_alternative_text_and_credit_are_asked(fields, message):
    assert [message in advice.message for advice in advice_on_picture(picture_row(**fields), "/")] == [True]
    assert list(advice_on_picture(picture_row(is_placeholder=True, **fields), "/")) == []
    assert list(advice_on_picture(picture_row(), "/")) == []


def test_two_pictures_of_the_same_alternative_text_are_told_once():
    rows = [(picture_row(pk=number), "/") for number in (1, 2, 1)]
    assert len(advice_on_same_texts(rows)) == 1


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"tagged": False}, "hat keine Tags"),
        ({"text_state": "none", "tagged": False}, "Scan ohne Text"),
        ({"disclosed": {"unseen": [2]}}, "steht Text, den man nicht sieht, zum Beispiel unter schwarzen Balken."),
        ({"disclosed": {"notes": [1]}}, "enthält Anmerkungen auf Seite 1."),
        ({"disclosed": {"author": "P. Beispiel"}}, "nennt als Verfasser „P. Beispiel“."),
        ({"title": "Protokoll (Entwurf)"}, "klingt nach einem Entwurf"),
        ({"withheld": True, "tagged": False}, "gesperrt"),
    ],
)
def test_of_a_document_tags_hidden_text_notes_author_and_draft_are_asked(fields, message):
    read = {"title": "Protokoll", "tagged": True, "text_state": "found", "collection_id": 1}
    document = SiteDocument(**read | fields)
    found = list(advice_on_document(document, "/"))
    assert len(found) == 1
    assert found[0].message.endswith(message) or message in found[0].message
    assert "Bitte" not in found[0].message


@pytest.mark.django_db
def test_the_texts_of_the_site_raise_no_false_alarm():
    pages = [page for page in Page.objects.live().filter(depth__gt=1).specific() if page.is_in_standard_german]
    said = []
    for page in pages:
        passages = list(passages_of(page))
        said += [(page.url, a) for a in [*advice_on_dates(page, passages), *advice_on_wording(passages)]]
        said += [(page.url, a) for a in [*advice_on_title(page.title), *advice_on_references(page)]]
    assert said == []
    assert len(pages) > 80


def panel_of(client, page: Page):
    return soup_of(client.get(reverse("page_check", args=[page.pk]), {"teil": ""}))


@pytest.mark.django_db
def test_the_panel_shows_duties_above_advice_each_with_its_field_and_looks_at_the_latest_draft(chair):
    page = ConferencePage.objects.get(number=12)
    typed = {"number": "", "first_day": "23.03.2017", "last_day": "24.03.2017"}
    text = "Am 16. und 17. März 2017 kamen die Länder zusammen."
    data = conference_form(page, introduction=text, **typed)
    assert chair.post(edit_url(page), data, headers={"accept": "application/json"}).json()["success"]
    panel = panel_of(chair, page)
    assert panel.div["data-duties"] == "1"
    lists = [part["class"][0] for part in panel.select("ul")]
    assert lists == ["page-check__duties", "page-check__advice"]
    link = panel.select_one(".page-check__advice a")
    assert (link["data-field"], link["data-words"]) == ("introduction", "16. und 17. März 2017")
    assert int(panel.div["data-advice"]) == len(panel.select(".page-check__advice li"))
    alone = text_of(chair.get(reverse("page_check", args=[page.pk])))
    assert "Am 16. und 17. März 2017 kamen" in alone
    assert "Eine Hauptkonferenz braucht ihre laufende Nummer" in alone


@pytest.mark.django_db
def test_advice_does_not_stop_publishing(chair):
    page = ConferencePage.objects.get(number=12)
    text = "Am 14. und 15. März 2017 kamen die Länder zusammen."
    answer = chair.post(edit_url(page), conference_form(page, introduction=text) | {"action-publish": "1"})
    assert answer.status_code == 302
    page.refresh_from_db()
    assert page.introduction == text
    assert "14. und 15. März 2017" in panel_of(chair, page).text


@pytest.mark.django_db
def test_the_panel_is_for_those_who_may_change_the_page_and_silent_to_who_proposes(editor, client):
    page = ConferencePage.objects.get(number=12)
    assert client.get(reverse("page_check", args=[page.pk])).status_code == 302
    assert panel_of(editor, page).div["data-advice"] == "0"
    editor.get(reverse("page_check", args=[page.pk]))
    page.introduction = "Am 14. und 15. März 2017 in Mainz."
    page.save_revision(clean=False)
    assert panel_of(editor, page).div["data-advice"] == "0"


@pytest.mark.django_db
def test_a_draft_with_many_files_and_links_costs_as_many_queries_as_with_few():
    page = ConferencePage.objects.get(number=12)
    image, document = picture("Viele", (60, 40)), paper("Viele")
    other = ConferenceIndexPage.objects.get()
    link = f'<p><a linktype="page" id="{other.pk}">A</a> <a linktype="document" id="{document.pk}">B</a></p>'
    OutgoingLink.objects.create(url="https://weg.example.org/", failed_days=3, failed_since=date(2027, 3, 1))
    link += '<p><a href="https://weg.example.org/">C</a></p>'

    def draft(count: int) -> ConferencePage:
        page.photos = [ConferencePhoto(image=image) for _ in range(count)]
        page.documents = [ConferenceDocument(document=document) for _ in range(count)]
        page.body = [("section", {"heading": f"Teil {n}", "text": link}) for n in range(count)] + [
            ("picture", {"image": image, "caption": ""}) for _ in range(count)
        ]
        return page.save_revision(clean=False).as_object()

    counts = []
    for number in (2, 8):
        made = draft(number)
        with CaptureQueriesContext(connection) as asked:
            advice_on(made)
        counts.append(len(asked))
    assert counts[0] == counts[1] <= 25


@pytest.mark.django_db
def test_a_link_of_the_draft_to_what_is_gone_leads_to_its_block(chair):
    page = ConferencePage.objects.get(number=12)
    hidden = ConferencePage.objects.get(number=13)
    hidden.unpublish()
    links = f'<p><a linktype="page" id="{hidden.pk}">A</a> <a linktype="document" id="999999">B</a></p>'
    page.body = [("section", {"heading": "", "text": links})]
    draft = page.save_revision(clean=False).as_object()
    found = [advice for advice in advice_on(draft) if "ins Leere" in advice.message]
    assert {advice.field for advice in found} == {str(draft.body[0].id)}
    assert [f"„{hidden.title}“" in found[0].message, "gelöschtes Dokument" in found[1].message] == [True, True]


@pytest.mark.django_db
def test_links_of_the_draft_to_other_websites_that_are_broken_are_told_with_their_place_and_since_when():
    day = date(2027, 3, 1)
    for address in ("text", "zeile", "quelle", "nur-einmal", "veröffentlicht", "kommentar"):
        failed = 2 if address == "nur-einmal" else 3
        url = f"https://weg.example.org/{address}"
        OutgoingLink.objects.create(url=url, failed_days=failed, failed_since=day, told="nicht gefunden (404)")
    page = ConferencePage.objects.get(number=12)
    links = "".join(
        f'<a href="https://weg.example.org/{word}">{word}</a>' for word in ("text#teil", "nur-einmal", "da")
    )
    page.body = [("section", {"heading": "", "text": "<p>Davor</p>"}), ("section", {"heading": "", "text": links})]
    page.press_releases = [ConferencePressRelease(title="Presse", url="https://weg.example.org/zeile")]
    page.sources = [Source.objects.create(title="Weg", url="https://weg.example.org/quelle")]
    page.themes = list(Theme.objects.all()[:1])  # named by their keys, where others name rows
    page.wagtail_admin_comments.add(Comment(user=None, text="https://weg.example.org/kommentar", contentpath="title"))
    found = [advice for advice in advice_on(page) if "ins Leere" in advice.message]
    assert {(advice.field, advice.message.partition(".org/")[2].partition(" ")[0]) for advice in found} == {
        (str(page.body[1].id), "text"),
        ("press_releases", "zeile"),
        ("sources", "quelle"),
    }
    assert all("(nicht gefunden (404), seit 1. März 2027)" in breakable(advice.message) for advice in found)


def test_what_wagtail_finds_in_the_preview_is_said_in_our_words(rf):
    item = AccessibilityItem(in_editor=True)
    checks_in_our_words(rf.get("/"), [item], None)
    messages = item.get_axe_messages(None)
    assert set(item.axe_run_only) <= set(SENTENCES)
    assert messages["heading-order"]["error_name"] == "Eine Stufe der Überschriften fehlt"
