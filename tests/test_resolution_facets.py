"""The codes of a resolution say what is public of it, and follow whatever changes it."""

from datetime import date
from importlib import import_module

import pytest
from django.apps import apps
from django.core.management import call_command
from hypothesis import given
from hypothesis import strategies as st

from conferences.archive.facets import EVERY, facet_counts, refresh_facets
from conferences.models import Addressee, ConferencePage, Land, ResolutionPage, Theme
from tests.invented_resolutions import resolution

pytestmark = pytest.mark.django_db


def codes(page: ResolutionPage) -> set[str]:
    return set(ResolutionPage.objects.get(pk=page.pk).facets)


def test_publishing_writes_a_code_for_each_public_value():
    page = resolution(
        12, item="9.1", kind="motion", outcome="majority", movers=["DE-BY", "DE-HE"], themes=["sprache"],
        addressees=["bund"], statement="DE-SL", state="done", votes={"DE-BY": "no", "DE-HE": "abstained"},
    )  # fmt: skip
    conference, theme = ConferencePage.objects.get(number=12), Theme.objects.get(slug="sprache")
    addressee = Addressee.objects.get(slug="bund")
    assert codes(page) == {
        "bdecided", f"k{conference.pk}", "j2017", f"t{theme.pk}", "lby", "lhe", "emajority", "amotion",
        f"d{addressee.pk}", "s", "ssl", "udone", "vbyno", "vheabstained",
    }  # fmt: skip


def test_a_motion_of_all_laender_is_a_value_of_its_own():
    assert {code for code in codes(resolution(item="9.1", mover_kind="all")) if code[0] == "l"} == {"la"}


def test_a_draft_changes_nothing_before_it_is_published():
    page = resolution(item="9.1", outcome="majority")
    page.outcome = "unanimous"
    draft = page.save_revision()
    assert "emajority" in codes(page)
    draft.publish()
    assert "eunanimous" in codes(page)
    assert "emajority" not in codes(page)


def test_the_year_follows_the_conference_but_not_a_day_of_its_own():
    plain, dated = resolution(item="9.1"), resolution(item="9.2", decided_on=date(2016, 12, 1))
    conference = ConferencePage.objects.get(number=12)
    conference.first_day, conference.last_day, conference.chair_term = date(2015, 3, 1), None, None
    conference.save_revision().publish()
    assert "j2015" in codes(plain)
    assert ResolutionPage.objects.get(pk=plain.pk).year == 2015
    assert "j2016" in codes(dated)


def test_a_resolution_that_moves_belongs_to_the_other_conference_at_once():
    page, other = resolution(12, item="9.1"), ConferencePage.objects.get(number=13)
    page.move(other, pos="last-child")
    assert {f"k{other.pk}", "j2018"} <= codes(page)
    stored = ResolutionPage.objects.get(pk=page.pk)
    assert (stored.conference_id, stored.year) == (other.pk, 2018)


def test_renaming_a_theme_needs_no_new_codes():
    page, theme = resolution(item="9.1", themes=["sprache"]), Theme.objects.get(slug="sprache")
    theme.name, theme.slug = "Anders", "anders"
    theme.save()
    assert f"t{theme.pk}" in codes(page)


def test_all_can_be_written_anew_in_steps(monkeypatch):
    monkeypatch.setattr("conferences.archive.facets.AT_ONCE", 4)
    before = dict(ResolutionPage.objects.values_list("pk", "facets"))
    assert len(before) > 4
    ResolutionPage.objects.update(facets=[], year=None)
    refresh_facets(ResolutionPage.objects.all())
    assert dict(ResolutionPage.objects.values_list("pk", "facets")) == before


def test_the_initial_content_carries_its_codes():
    assert not ResolutionPage.objects.live().filter(facets=[]).exists()
    call_command("load_content", verbosity=0)  # a second run changes nothing
    assert ResolutionPage.objects.filter(facets__contains=["la"]).count() == 1


def test_codes_are_short_ascii():
    resolution(item="9.1", mover_kind="working_group", mover_name="AG", kind="lead_motion", state="under_way")
    for facets in ResolutionPage.objects.values_list("facets", flat=True):
        assert all(code.isascii() and len(code) <= 24 for code in facets)


@pytest.mark.audit
@given(st.lists(st.sets(st.sampled_from(["la", "lby", "eunanimous", "j2017", "j2018", "s"])), min_size=1, max_size=20))
def test_counts_are_those_of_counting_by_hand(sets):
    pages = list(ResolutionPage.objects.order_by("pk")[: len(sets)])
    ResolutionPage.objects.exclude(pk__in=[page.pk for page in pages]).update(live=False)
    for page, facets in zip(pages, sets, strict=False):
        ResolutionPage.objects.filter(pk=page.pk).update(facets=sorted(facets), live=True)
    used = sets[: len(pages)]
    wanted = {"year": {"j2017", "j2018"}, "outcome": {"eunanimous"}}
    found = facet_counts({name: sorted(codes) for name, codes in wanted.items()})
    for left_out in ("", *wanted):
        asked = [codes for name, codes in wanted.items() if name != left_out]
        these = [facets for facets in used if all(facets & codes for codes in asked)]
        by_hand = {code: sum(code in facets for facets in these) for code in set().union(*these)}
        assert found[left_out] == (by_hand | {EVERY: len(these)} if these else {})


def test_land_codes_are_two_letters_so_that_all_cannot_be_one():
    assert all(len(land.code.removeprefix("DE-")) == 2 for land in Land.objects.all())


def test_the_upgrade_notes_the_votes_of_what_is_stored():
    page = resolution(item="9.1", votes={"DE-BY": "no"})
    before = page.facets
    ResolutionPage.objects.filter(pk=page.pk).update(facets=[code for code in before if code != "vbyno"])
    import_module("conferences.migrations.0022_votes_of_laender_as_facets").note_votes(apps, None)
    assert ResolutionPage.objects.get(pk=page.pk).facets == before
