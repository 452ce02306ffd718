"""The initial content is complete, comes once, and yields to people."""

import gc
from datetime import date, timedelta
from itertools import pairwise

import pytest
from django.core import serializers
from django.core.management import call_command
from django.db import connection
from django.db.models import SET_NULL
from wagtail.log_actions import log
from wagtail.models import Page, PageLogEntry, Site
from wagtail.search.backends import get_search_backend

from conferences.models import (
    ChairPage,
    ChairPerson,
    ChairTerm,
    ConferencePage,
    Handover,
    Land,
    ResolutionIdentifier,
    ResolutionPage,
    ResolutionStatement,
    ResolutionVote,
    Source,
    Theme,
)
from history.models import TimelinePage
from intmk.base.glossary import GlossaryTerm
from intmk.content.changes import checksum_of, digest, is_untouched, state_of_version
from intmk.content.models import LoadedContent
from intmk.management.commands.load_content import filled
from intmk.media.images.models import SiteImage
from intmk.pages.models import HomePage, NewsIndexPage, StandardPage
from intmk.server.switch import filling
from tests.editing import breakable

pytestmark = pytest.mark.django_db


def fingerprint() -> str:
    """Everything that a second run could have changed, as JSON."""
    models = (Land, Theme, ChairTerm, ChairPerson, SiteImage, LoadedContent, Page, ConferencePage, TimelinePage)
    return "".join(serializers.serialize("json", model.objects.order_by("pk")) for model in models)


def test_all_facts_are_there():
    assert Land.objects.count() == 16
    assert Theme.objects.count() == 11
    assert ChairTerm.objects.count() == 19
    assert ConferencePage.objects.live().count() == 22
    assert TimelinePage.objects.get().milestones.count() >= 14
    assert set(ChairPage.objects.get().before_laender.values_list("code", flat=True)) == {"DE-NW", "DE-SH"}
    assert Page.objects.filter(depth=2).count() == 1
    assert not any(Page.find_problems())
    assert Site.objects.get().root_page.specific == HomePage.objects.get()


def test_the_terms_follow_one_another_in_alphabetical_order():
    terms = list(ChairTerm.objects.order_by("start").select_related("land"))
    names = list(Land.objects.values_list("name", flat=True))
    assert terms[0].start == date(2008, 10, 1)
    for before, after in pairwise(terms):
        assert after.start == before.end + timedelta(days=1)
        assert names.index(after.land.name) == (names.index(before.land.name) + 1) % 16


def test_the_number_of_a_conference_from_2010_on_is_the_year_less_2005():
    for page in ConferencePage.objects.filter(number__gte=5):
        assert page.number == page.period.earliest.year - 2005


def test_a_second_run_changes_nothing():
    before = fingerprint()
    call_command("load_content", verbosity=0)
    assert fingerprint() == before


@pytest.mark.audit
def test_a_first_run_fills_an_emptied_site():
    # In this database, undone with the test: all but the trees is deleted for it. Every run begins with a first one in
    # an empty database (conftest.django_db_setup).
    HomePage.objects.get().delete()
    ChairTerm.objects.all().delete()
    for model in (Handover, Land, Theme, SiteImage, LoadedContent, ResolutionIdentifier):
        model.objects.all().delete()
    call_command("load_content", verbosity=0)
    assert ConferencePage.objects.live().count() == 22


def test_each_page_of_a_new_site_has_a_version_that_is_what_is_public_and_stands_in_the_log():
    loaded = LoadedContent.objects.exclude(page=None).values("page")
    pages = Page.objects.filter(pk__in=loaded).select_related("latest_revision").order_by("pk")
    assert len(pages) > 80
    for page in pages:
        assert page.live_revision_id == page.latest_revision_id is not None
        assert page.latest_revision_created_at == page.latest_revision.created_at
    for page in {page.content_type_id: page for page in pages}.values():
        assert state_of_version(page.specific_class, page.latest_revision.content) == checksum_of(page.specific)
    entries = PageLogEntry.objects.filter(page__in=loaded).order_by("page", "pk")
    assert list(entries.values_list("page", "action", "revision")) == [
        entry
        for page in pages
        for entry in [(page.pk, "wagtail.create", None), (page.pk, "wagtail.publish", page.live_revision_id)]
    ]


@pytest.mark.audit
def test_what_is_noted_of_each_piece_is_what_it_says():
    for record in LoadedContent.objects.exclude(page=None).select_related("page"):
        assert is_untouched(record, record.page.specific), record


def test_what_a_person_edited_stays():
    page = ConferencePage.objects.get(number=12)
    page.motto = "Von Hand geändert"
    page.save_revision().publish()
    Theme.objects.filter(slug="sport").update(name="Bewegung")
    call_command("load_content", verbosity=0)
    assert ConferencePage.objects.get(number=12).motto == "Von Hand geändert"
    assert Theme.objects.get(slug="sport").name == "Bewegung"


def of_an_earlier_version(number: int, **noted) -> ConferencePage:
    """A conference as a version of the content wrote it that knew no motto; `noted`: what is remembered of that."""
    page = ConferencePage.objects.get(number=number)
    page.motto = ""
    page.save()
    record = LoadedContent.objects.filter(key=f"page:conference:{number}")
    record.update(**{"made_of": "", "state": checksum_of(page)} | noted)
    return page


def test_what_nobody_edited_is_brought_up_to_date_and_what_people_edited_is_named(capsys):
    of_an_earlier_version(12)
    edited = of_an_earlier_version(14)
    edited.place = "Von Hand geändert"
    edited.save_revision().publish()
    draft = of_an_earlier_version(17)
    draft.place = "Im Entwurf geändert"
    draft.save_revision()
    sport = Theme.objects.filter(slug="sport")
    sport.update(name="Früher")
    LoadedContent.objects.filter(key="theme:sport").update(made_of="", state=checksum_of(sport.get()))
    ChairTerm.objects.filter(start="2011-10-01").update(note="Von Hand geändert")
    LoadedContent.objects.filter(key="term:2011-10-01").update(made_of="")
    call_command("load_content")
    assert ConferencePage.objects.get(number=12).motto == "Integration schafft Zusammenhalt"
    assert ConferencePage.objects.get(number=12).live
    assert sport.get().name == "Sport"
    assert ConferencePage.objects.get(number=14).motto == ""
    assert ConferencePage.objects.get(number=17).motto == ""
    assert ChairTerm.objects.get(start="2011-10-01").note == "Von Hand geändert"
    told = capsys.readouterr().out.splitlines()
    assert told[1:] == [
        "Nicht aktualisiert, weil jemand sie bearbeitet hat oder etwas dagegen steht:",
        "- Amtszeit „Saarland (2011/12)“",
        "- Konferenz „14. Integrationsministerkonferenz“",
        "- Konferenz „17. Integrationsministerkonferenz“",
    ]


def test_on_a_site_of_before_what_has_no_person_in_its_log_is_brought_up_to_date(admin_user):
    for number in (12, 14):
        of_an_earlier_version(number, state="")
    log(ConferencePage.objects.get(number=14), "wagtail.edit", user=admin_user)
    LoadedContent.objects.filter(key="theme:sport").update(made_of="", state="", object_pk="")
    Theme.objects.filter(slug="sport").update(name="Früher")
    call_command("load_content", verbosity=0)
    assert ConferencePage.objects.get(number=12).motto == "Integration schafft Zusammenhalt"
    assert ConferencePage.objects.get(number=14).motto == ""
    assert Theme.objects.get(slug="sport").name == "Sport"


def test_what_a_person_deleted_or_moved_is_not_revived():
    ConferencePage.objects.get(number=3).delete()
    imprint = StandardPage.objects.get(slug="impressum")
    imprint.slug = "anbieter"
    imprint.save_revision().publish()
    call_command("load_content", verbosity=0)
    assert not ConferencePage.objects.filter(number=3).exists()
    assert not StandardPage.objects.filter(slug="impressum").exists()


def test_what_the_site_refuses_by_now_is_named_and_keeps_nothing_else_from_being_loaded(capsys):
    """An editor has deleted a theme, a resolution whose identifier stays given, and what an old address led to."""
    Theme.objects.get(slug="sprache").delete()
    ResolutionPage.objects.get(conference__number=14, slug="leitantrag").delete()
    gone = ["page:resolution:14/leitantrag", "page:resolution:13/2.3", "old_address:/vorsitz.html"]
    LoadedContent.objects.filter(key=gone[0]).delete()
    LoadedContent.objects.filter(key__in=gone[1:]).update(made_of="")
    call_command("load_content")
    assert "- page:resolution:14/leitantrag: " in capsys.readouterr().out
    assert not ResolutionPage.objects.filter(conference__number=14, slug="leitantrag").exists()
    assert ResolutionPage.objects.get(conference__number=13, item="2.3").live
    assert not LoadedContent.objects.filter(key="page:resolution:14/leitantrag").exists()  # tried again next time


def test_below_a_conference_that_was_withdrawn_nothing_new_becomes_public():
    conference = ConferencePage.objects.get(number=6)
    ResolutionPage.objects.filter(conference=conference).first().delete()
    conference.unpublish()
    LoadedContent.objects.filter(key__startswith="page:resolution:6/").delete()
    before = set(ResolutionPage.objects.values_list("pk"))
    call_command("load_content", verbosity=0)
    assert set(ResolutionPage.objects.values_list("pk")) == before


def test_what_the_content_says_no_longer_is_gone():
    source = Source.objects.get(publisher="migazin.de", dated="21. Februar 2011")
    source.note = "Stand in einer früheren Fassung der Inhalte"
    source.save()
    LoadedContent.objects.filter(key="source:S51").update(made_of="", state=checksum_of(source))
    call_command("load_content", verbosity=0)
    source.refresh_from_db()
    assert source.note == ""


def test_a_field_that_a_later_program_has_more_is_no_edit():
    assert digest({"a": 1, "rows": [{"b": "x"}]}) == digest({"a": 1, "rows": [{"b": "x", "c": ""}], "d": None})
    assert digest({"sources": [2, 1]}) == digest({"sources": [1, 2]})
    assert digest({"words": ["b", "a"]}) != digest({"words": ["a", "b"]})


def test_a_run_that_fails_half_way_leaves_nothing(monkeypatch):
    ConferencePage.objects.get(number=3).delete()
    LoadedContent.objects.filter(key__in=["conference:3", "page:conference:3", "theme:sport"]).delete()
    Theme.objects.filter(slug="sport").delete()

    def killed(*args):
        raise KeyboardInterrupt

    monkeypatch.setattr("intmk.management.commands.load_content.Loader.finish", killed)
    with pytest.raises(KeyboardInterrupt):
        call_command("load_content", verbosity=0)
    assert not Theme.objects.filter(slug="sport").exists()
    assert not ConferencePage.objects.filter(number=3).exists()


def test_what_a_new_site_is_filled_without_is_there_again_also_when_that_fails():
    seen = []

    def fails():
        with filled():
            seen.append((connection.features.uses_savepoints, gc.isenabled(), bool(filling)))
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        fails()
    assert seen == [(False, False, True)]
    assert (connection.features.uses_savepoints, gc.isenabled(), bool(filling)) == (True, True, False)
    term = GlossaryTerm.objects.create(term="Anerkennungsverfahren", slug="anerkennungsverfahren", short="Kurz")
    assert [found.pk for found in get_search_backend().autocomplete("Anerkennungsverf", GlossaryTerm)] == [term.pk]


def test_an_edited_term_and_a_deleted_land_stay_as_they_are():
    term = ChairTerm.objects.get(land__code="DE-BW", start=date(2016, 10, 1))
    term.end = date(2017, 3, 1)
    term.save()
    ConferencePage.objects.update(host_land=None)
    bavaria = ChairTerm.objects.filter(land__code="DE-BY")
    ConferencePage.objects.filter(chair_term__in=bavaria).update(chair_term=None)
    bavaria.delete()
    for rows in (ResolutionVote, ResolutionStatement):
        rows.objects.filter(land__code="DE-BY").delete()
    Land.objects.get(code="DE-BY").delete()
    before = fingerprint()
    call_command("load_content", verbosity=0)
    assert fingerprint() == before


def delete_home() -> None:
    HomePage.objects.get().delete()


def forget_home() -> None:
    """Leave what is left of the home page in the table that is asked, without deleting all pages below it."""
    assert LoadedContent._meta.get_field("page").remote_field.on_delete is SET_NULL
    LoadedContent.objects.filter(key="page:home").update(page=None)


@pytest.mark.parametrize("lose", [forget_home, pytest.param(delete_home, marks=pytest.mark.audit)])
def test_without_its_home_page_nothing_more_is_loaded(capsys, lose):
    lose()
    LoadedContent.objects.filter(key="theme:sport").delete()
    Theme.objects.filter(slug="sport").delete()
    before = fingerprint()
    call_command("load_content")
    assert capsys.readouterr().out.splitlines() == [
        "Inhalte: Die Startseite wurde gelöscht; deshalb wird nichts weiter geladen."
    ]
    assert fingerprint() == before


def test_a_second_home_page_is_no_obstacle():
    Page.get_first_root_node().add_child(instance=HomePage(title="Entwurf", slug="entwurf", principle="x", live=False))
    before = fingerprint()
    call_command("load_content", verbosity=0)
    assert fingerprint() == before


def test_a_new_text_links_to_pages_where_they_stand_now_and_keeps_the_words_of_other_links():
    StandardPage.objects.get(slug="impressum").delete()
    LoadedContent.objects.filter(key="page:impressum").delete()
    chair = ChairPage.objects.get()
    chair.slug = "wer-den-vorsitz-hat"
    chair.save_revision().publish()
    StandardPage.objects.get(slug="kontakt").delete()
    call_command("load_content", verbosity=0)
    text = str(StandardPage.objects.get(slug="impressum").body.raw_data)
    assert f'<a linktype="page" id="{chair.pk}">Vorsitz</a>' in text
    assert "steht unter Kontakt" in text


def test_what_a_person_has_put_in_already_is_not_put_in_twice():
    """An update brings what an office has long entered by hand."""
    keys = ["term:2026-07-01", "page:news", "page:conference:22", "theme:sport", "land:DE-BY"]
    LoadedContent.objects.filter(key__in=keys).delete()
    pages, terms = Page.objects.count(), ChairTerm.objects.count()
    call_command("load_content", verbosity=0)
    assert (Page.objects.count(), ChairTerm.objects.count()) == (pages, terms)
    assert LoadedContent.objects.get(key="page:news").page_id == NewsIndexPage.objects.get().pk


def test_gaps_and_disagreements_are_kept():
    assert breakable(str(ConferencePage.objects.get(number=4).period)) == "26. oder 29. Juni 2009"
    assert ConferencePage.objects.get(number=4).source == "disputed"
    assert ConferencePage.objects.get(number=10).first_day is None
    assert ConferencePage.objects.get(number=15).status == "cancelled"
    assert ConferencePage.objects.get(number=16).format == "video"
    assert ConferencePage.objects.get(number=22).status == "planned"
    assert ChairTerm.objects.get(start=date(2026, 7, 1)).source == "derived"
    assert not ChairTerm.objects.get(start=date(2026, 7, 1)).persons.exists()


def test_each_statement_has_an_address_of_its_own(client):
    page = ResolutionPage.objects.get(slug="leitantrag", conference__number=19)
    assert [row.anchor for row in page.statements.all()] == ["erklaerung-bayern"]
    html = client.get(page.url, HTTP_HOST="localhost").content.decode()
    assert 'id="erklaerung-bayern"' in html
    assert 'href="#erklaerung-bayern"' in html
    assert not ResolutionStatement.objects.filter(anchor="").exists()
