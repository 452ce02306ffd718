"""The votes of the Länder as one table: a row each, stored only where it says how that Land voted."""

import pytest
from bs4 import BeautifulSoup
from wagtail.test.utils.form_data import inline_formset, nested_form_data

from conferences.models import Land, ResolutionPage
from tests.editing import edit_url, page_form, soup_of
from tests.invented_resolutions import resolution

pytestmark = pytest.mark.django_db


def table(client, page: ResolutionPage) -> list[tuple[str, str]]:
    """The Länder of the rows and the vote that is chosen in each."""
    rows = soup_of(client.get(edit_url(page))).select("votes-table tbody tr")
    return [(" ".join(row.th.text.split()), row.find("input", checked=True)["value"]) for row in rows]


def key_of_row(client, page: ResolutionPage, code: str) -> str:
    """What the field of this Land's vote is called."""
    pk, fields = str(Land.objects.get(code=code).pk), page_form(client, page).items()
    return next(name for name, value in fields if name.endswith("-land") and value == pk).replace("land", "vote")


def save(client, page: ResolutionPage, **typed: str):
    return client.post(edit_url(page), page_form(client, page) | typed | {"action-publish": "1"})


def stored(page: ResolutionPage) -> dict[str, str]:
    return {row.land.code: row.vote for row in ResolutionPage.objects.get(pk=page.pk).votes.order_by("sort_order")}


def test_each_land_has_a_row_in_order_and_those_without_vote_say_so(chair):
    page = resolution(item="9.1", votes={"DE-HE": "no", "DE-BY": "yes"})
    rows = table(chair, page)
    assert [name for name, _ in rows] == [land.name for land in Land.objects.all()]
    assert {name: vote for name, vote in rows if vote} == {"Bayern": "yes", "Hessen": "no"}


def test_a_vote_is_added_changed_and_taken_away_in_one_saving(chair):
    page = resolution(item="9.1", votes={"DE-HE": "no", "DE-BY": "yes"})
    keys = {code: key_of_row(chair, page, code) for code in ("DE-BE", "DE-BY", "DE-HE")}
    assert (
        save(chair, page, **{keys["DE-BE"]: "absent", keys["DE-BY"]: "abstained", keys["DE-HE"]: ""}).status_code == 302
    )
    assert list(stored(page).items()) == [("DE-BY", "abstained"), ("DE-BE", "absent")]


def test_all_sixteen_are_one_form(chair):
    page = resolution(item="9.1", outcome="unanimous")
    save(chair, page, **{f"votes-{number}-vote": "yes" for number in range(16)})
    assert stored(page) == {land.code: "yes" for land in Land.objects.all()}


def test_saving_by_itself_again_and_again_makes_no_second_row(chair):
    page = resolution(item="9.1")
    data = page_form(chair, page)
    key = key_of_row(chair, page, "DE-SL")
    for vote, left in (("yes", 1), ("", 0), ("no", 1)):
        answer = chair.post(edit_url(page), data | {key: vote}, headers={"accept": "application/json"}).json()
        assert answer["success"], answer
        data |= dict(answer["field_updates"]) | {"overwrite_revision_id": answer["revision_id"]}
        assert ResolutionPage.objects.get(pk=page.pk).get_latest_revision_as_object().votes.count() == left


def test_a_land_that_does_not_exist_is_refused_and_two_rows_of_one_are_shown(chair):
    page = resolution(item="9.1")
    for land in ("999", "9" * 5000):  # Python refuses to read such a number
        rows = nested_form_data({"votes": inline_formset([{"land": land, "vote": "yes"}])})
        answer = chair.post(edit_url(page), page_form(chair, page) | rows | {"action-publish": "1"})
        assert "gültige Auswahl" in answer.content.decode()
    bavaria = Land.objects.get(code="DE-BY").pk
    rows = nested_form_data({"votes": inline_formset([{"land": bavaria, "vote": way} for way in ("yes", "no")])})
    answer = chair.post(edit_url(page), page_form(chair, page) | rows | {"action-publish": "1"})
    found = BeautifulSoup(answer.content, "html.parser").select("votes-table .error-message")
    assert [error.text for error in found] == ["Bayern hat nur eine Stimme."] * 2
