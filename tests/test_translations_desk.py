"""Translated pages in the admin: editors are told which are behind, and see both sides with what has changed."""

import pytest
from django.urls import reverse
from wagtail.models import Page

from history.models import AboutPage
from intmk.desk.translations import behind, translated
from tests.editing import edit_url, text_of

pytestmark = pytest.mark.django_db


def both_sides() -> tuple[AboutPage, Page]:
    german = AboutPage.objects.get()
    return german, translated().get(german=german.pk).specific


def change_german(words: str) -> tuple[AboutPage, Page]:
    german, english = both_sides()
    english.save_revision().publish()
    german.introduction = words
    german.save_revision().publish()
    return german, english


def test_after_the_first_start_no_translation_is_behind():
    assert translated().count() >= 4
    assert list(behind()) == []


def test_a_change_in_german_is_told_on_both_forms(chair):
    german, english = change_german("Ein ganz neuer Satz.")
    assert f"Die Übersetzung „{english.title}“ (English) ist noch vom" in text_of(chair.get(edit_url(german)))
    assert "Die deutsche Seite ist seither geändert worden." in text_of(chair.get(edit_url(english)))


def test_a_change_in_german_is_shown_beside_both_texts(chair):
    _, english = change_german("Ein ganz neuer Satz.")
    page = text_of(chair.get(reverse("translation", args=[english.pk])))
    assert "Was sich an der deutschen Seite seit dem" in page
    assert page.count("Ein ganz neuer Satz.") >= 2  # as a change, and in the text
    assert english.title in page
    assert "<p>" not in page  # markup is drawn, not shown


def test_a_translation_that_is_published_again_is_up_to_date(chair):
    german, english = change_german("Ein ganz neuer Satz.")
    english.save_revision().publish()
    assert "ist noch vom" not in text_of(chair.get(edit_url(german)))
    assert "auf dem Stand der deutschen Seite" in text_of(chair.get(reverse("translation", args=[english.pk])))


def test_the_first_change_after_the_first_start_is_shown(chair):
    german, english = both_sides()
    german.introduction = "Der erste neue Satz."
    german.save_revision().publish()
    page = chair.get(reverse("translation", args=[english.pk]))
    assert "Der erste neue Satz." in page.content.decode().partition("translation-sides")[0]


def test_a_page_that_programs_made_public_without_a_moment_has_a_form_and_no_line(chair):
    german, english = both_sides()
    Page.objects.filter(pk=english.pk).update(last_published_at=None)
    for page in (german, english):
        assert chair.get(edit_url(page)).status_code == 200
    assert english.title not in text_of(chair.get("/admin/berichte/uebersetzungen/"))


def test_a_draft_in_german_leaves_the_translation_as_it_is():
    german, _ = both_sides()
    german.introduction = "Nur ein Entwurf."
    german.save_revision()
    assert list(behind()) == []


def test_the_start_page_and_the_report_name_what_is_behind(chair):
    change_german("Ein ganz neuer Satz.")
    assert "Übersetzungen, die älter sind als die deutsche Seite" in text_of(chair.get("/admin/"))
    report = text_of(chair.get("/admin/berichte/uebersetzungen/"))
    assert "älter als die deutsche Seite vom" in report
    file = b"".join(chair.get("/admin/berichte/uebersetzungen/", {"export": "csv"}).streaming_content).decode()
    assert file.startswith("Seite,Sprache,Veröffentlicht,Stand")


def test_what_translates_nothing_leads_back_to_its_form(chair, reader):
    german, english = both_sides()
    answer = chair.get(reverse("translation", args=[german.pk]), follow=True)
    assert answer.request["PATH_INFO"] == edit_url(german)
    assert "Zu dieser Seite gibt es keine öffentliche deutsche." in text_of(answer)
    assert chair.get(reverse("translation", args=[999_999])).status_code == 404
    assert reader.get(reverse("translation", args=[english.pk])).status_code == 302
