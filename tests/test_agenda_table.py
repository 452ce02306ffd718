"""The agenda of a conference as a table: each row becomes a draft, and public pages stay as they are."""

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from conferences.models import ConferencePage, Land, ResolutionPage, Theme
from intmk.users.models import User
from tests.editing import fields_at, give_chair, soup_of, text_of
from tests.invented_resolutions import resolution

pytestmark = pytest.mark.django_db


def address(number: int = 20) -> str:
    return reverse("conference_agenda", args=[ConferencePage.objects.get(number=number).pk])


def agenda() -> list[str]:
    pages = ResolutionPage.objects.filter(conference__number=20).order_by("item_key")
    return [f"{page.item} {page.title}" for page in pages]


def item(number: str) -> ResolutionPage:
    return ResolutionPage.objects.get(conference__number=20, item=number)


def land(code: str) -> str:
    return str(Land.objects.get(code=f"DE-{code}").pk)


@pytest.fixture(autouse=True)
def empty_agenda():
    ResolutionPage.objects.filter(conference__number=20).delete()


def rows(**fields: str) -> dict:
    """What is typed into rows: `item_0="2.1"` is the number in the first empty row."""
    return {f"neu-{name.rpartition('_')[2]}-{name.rpartition('_')[0]}": value for name, value in fields.items()}


def store(client: Client, **fields):
    return client.post(address(), fields_at(client, address()) | rows(**fields))


def test_many_items_become_drafts_in_one_go(chair, reader):
    theme = Theme.objects.first()
    answer = store(
        chair,
        item_0="TOP 2.10", title_0="Zehntens", movers_0=[land("BY"), land("HE")], themes_0=[str(theme.pk)],
        item_1="2.9b", title_1="Neuntens", kind_1="motion", movers_1=["all"],
        title_3="Ohne Nummer",
    )  # fmt: skip
    assert answer.status_code == 302
    assert agenda() == ["2.9b Neuntens", "2.10 Zehntens", " Ohne Nummer"]
    page = item("2.10").get_latest_revision_as_object()
    assert (page.mover_kind, {land.code for land in page.movers.all()}) == ("laender", {"DE-BY", "DE-HE"})
    assert [row.pk for row in page.themes.all()] == [theme.pk]
    assert (page.live, page.conference.number) == (False, 20)
    other = item("2.9b")
    assert (other.mover_kind, other.kind, list(other.movers.all())) == ("all", "motion", [])
    assert reader.get("/konferenzen/20/top-2-10/").status_code == 404


def test_drafts_are_changed_in_the_table_and_stay_what_else_they_are(chair):
    store(chair, item_0="1", title_0="Erstens")
    draft = item("1")
    draft.mover_kind, draft.mover_name, draft.outcome = "working_group", "AG Test", "unanimous"
    draft.save()
    draft.save_revision(clean=False)
    chair.post(address(), fields_at(chair, address()) | {f"zeile-{draft.pk}-title": "Anders"})
    stored = ResolutionPage.objects.get(pk=draft.pk)
    assert (stored.title, stored.mover_name, stored.outcome) == ("Anders", "AG Test", "unanimous")
    assert stored.get_latest_revision_as_object().title == "Anders"
    assert stored.revisions.count() == 3
    chair.post(address(), fields_at(chair, address()))
    assert stored.revisions.count() == 3


def test_what_is_wrong_is_said_beside_its_field_and_no_row_is_stored(chair):
    answer = store(
        chair,
        item_0="1", title_0="Erstens", item_1="1", title_1="Noch einmal", item_2="2.x", title_2="Drittens",
        item_3="3", item_4="4", title_4="Viertens", movers_4=["all", land("BY")],
    )  # fmt: skip
    page = soup_of(answer)
    said = {
        row.find("input")["name"]: " ".join(error.text for error in row.select(".error-message"))
        for row in page.select(".agenda__table tbody tr")
    }
    assert said["neu-0-item"] == ""
    assert "TOP 1 gibt es schon: „Erstens“." in said["neu-1-item"]
    assert "Das ist keine TOP-Nummer" in said["neu-2-item"]
    assert "Ein Punkt braucht einen Titel" in said["neu-3-item"]
    assert "Bitte entweder" in said["neu-4-item"]
    assert page.find(attrs={"name": "neu-0-title"})["value"] == "Erstens"
    assert agenda() == []


def test_what_somebody_else_has_stored_meanwhile_is_not_undone(chair):
    store(chair, item_0="1", title_0="Erstens")
    draft, shown = item("1"), fields_at(chair, address())
    draft.title = "Vom anderen"
    draft.save()
    draft.save_revision(clean=False)
    answer = chair.post(address(), shown | {"neu-0-title": "Neu"})
    assert "Inzwischen anderswo geändert: TOP 1 „Vom anderen“." in text_of(answer)
    assert ResolutionPage.objects.get(pk=draft.pk).title == "Vom anderen"
    assert not ResolutionPage.objects.filter(title="Neu").exists()


def test_public_pages_and_drafts_of_others_are_lines(account, editor):
    public = resolution(20, item="5.1", title="Öffentlich")
    give_chair(account)
    store(editor, item_0="1", title_0="Vom Vorsitz")
    fixed = soup_of(editor.get(address())).select(".agenda__fixed li")
    assert [" ".join(line.text.split()) for line in fixed] == ["TOP 5.1: Öffentlich"]
    other = Client(HTTP_HOST="localhost")
    other.force_login(User.objects.create_user("r-by", land_code="DE-BY"))
    page = soup_of(other.get(address()))
    assert [" ".join(item.text.split()) for item in page.select(".agenda__fixed li")] == [
        "TOP 1: Vom Vorsitz", "TOP 5.1: Öffentlich",
    ]  # fmt: skip
    name = f"zeile-{public.pk}-title"
    assert other.post(address(), fields_at(other, address()) | {name: "Untergeschoben"}).status_code == 302
    assert agenda() == ["1 Vom Vorsitz", "5.1 Öffentlich"]
    assert "TOP 5.1 gibt es schon" in text_of(store(other, item_0="5.1", title_0="Doppelt"))


def test_it_is_for_conferences_alone_and_for_who_may_add_there(chair):
    index = ConferencePage.objects.get(number=20).get_parent()
    answer = chair.get(reverse("conference_agenda", args=[index.pk]))
    assert answer["Location"] == reverse("wagtailadmin_home")
    stranger = Client(HTTP_HOST="localhost")
    stranger.force_login(User.objects.create_user("fremd"))
    assert stranger.get(address()).status_code == 302


def test_more_items_ask_no_more(chair):
    store(chair, item_0="1", title_0="Erstens", movers_0=[land("BY")])

    def asked() -> int:
        with CaptureQueriesContext(connection) as captured:
            chair.get(address())
        return len(captured)

    asked()
    before = asked()
    store(chair, **{f"{name}_{n}": f"{n + 2}" for n in range(4) for name in ("item", "title")})
    asked()  # with what is said of the saving
    assert asked() == before
