"""One place to change when the conference decides otherwise: a term in the admin, its effects seen before saving."""

import re
import threading
from datetime import date, timedelta
from itertools import pairwise

import pytest
from bs4 import BeautifulSoup
from django.contrib.auth.models import Group
from django.contrib.contenttypes.models import ContentType
from django.db import connection, connections
from django.test import Client
from django.urls import reverse
from wagtail.models import ReferenceIndex
from wagtail.test.utils.form_data import inline_formset, nested_form_data

from conferences.models import ChairPerson, ChairTerm, ConferencePage, Land
from conferences.terms.views import LOCK
from intmk.language.day import today
from intmk.users.models import User
from intmk.users.roles import permissions
from tests.editing import breakable, text_of

pytestmark = pytest.mark.django_db
TODAY = date(2026, 11, 23)
CONFIRM = "effects_confirmed"


@pytest.fixture
def admin() -> Client:
    client = Client(HTTP_HOST="localhost")
    client.force_login(User.objects.create_superuser("admin-terms"))
    return client


@pytest.fixture
def chair(account, editor) -> Client:
    """The browser of the Land that has the chair."""
    account.land_code = ChairTerm.objects.rotation().chair_on(today())
    account.save()
    account.groups.add(Group.objects.get(name="Vorsitz"))
    return editor


@pytest.fixture(autouse=True)
def _in_november_2026(monkeypatch):
    monkeypatch.setattr("conferences.terms.views.today", lambda: TODAY)
    reverse("wagtailadmin_home")  # snippets are registered when the addresses of the admin are read


def address(name: str, *args) -> str:
    return reverse(ChairTerm.snippet_viewset.get_url_name(name), args=args)


def row(number: int) -> ChairTerm:
    """The stored term at this place in time; -1 is the last."""
    return list(ChairTerm.objects.order_by("start"))[number]


def form_of(term: ChairTerm, **changes) -> dict:
    persons = [
        {"id": p.pk or "", "name": p.name, "start": p.start or "", "end": p.end or "", "portrait": ""}
        for p in (term.persons.all() if term.pk else [])
    ]
    data = {
        "land": term.land_id or "",
        "start": term.start or "",
        "end": term.end or "",
        "note": term.note,
        "source": term.source,
        "source_note": term.source_note,
        "persons": inline_formset(persons, initial=len(persons)),
    }
    return nested_form_data(data | changes)


def shown(response) -> str:
    """What the box that confirms stands for; "" when none is shown."""
    box = BeautifulSoup(response.content, "html.parser").find("input", {"name": CONFIRM})
    return box["value"] if box else ""


def rows_shown(response) -> list[list[str]]:
    table = BeautifulSoup(response.content, "html.parser").find("caption", string=re.compile("vor und nach")).parent
    return [
        [" ".join(cell.get_text(" ").split()) for cell in line.find_all("td")] for line in table.tbody.find_all("tr")
    ]


def save(client: Client, url: str, form: dict):
    """Send the form and confirm what is shown."""
    first = client.post(url, form)
    assert shown(first), text_of(first)
    return client.post(url, form | {CONFIRM: shown(first)})


def stored() -> list[tuple[str, date, date]]:
    return list(ChairTerm.objects.order_by("start").values_list("land__code", "start", "end"))


def without_conferences() -> None:
    """Take the conferences from the terms, also in Wagtail's index of what refers to what, without saving each page."""
    ConferencePage.objects.update(chair_term=None)
    ReferenceIndex.objects.filter(to_content_type=ContentType.objects.get_for_model(ChairTerm)).delete()


def test_nothing_is_saved_before_the_effects_were_seen_and_confirmed(admin):
    term = row(-1)
    before, url = stored(), address("edit", term.pk)
    form = form_of(term, end="2027-03-31", note="Kürzer, weil getippt")
    first = admin.post(url, form)
    text = text_of(first)
    assert stored() == before
    assert "Noch nicht gespeichert" in text
    assert "Kürzer, weil getippt" in first.content.decode()  # what was typed stays
    rows = rows_shown(first)
    assert len(rows) >= 6
    assert rows[0] == [
        "Rheinland-Pfalz 1. Juli 2026 bis 30. Juni 2027 eingetragen",
        "Rheinland-Pfalz 1. Juli 2026 bis 31. März 2027 eingetragen",
        "ändert sich",
    ]
    assert rows[1][1].startswith("Saarland 1. April 2027 bis 31. März 2028")
    assert "1. April 2027 um 0 Uhr an das Saarland ; bisher am 1. Juli 2027" in text
    assert "geht das Recht zu veröffentlichen sofort" not in text
    assert "Auch alle weiteren Amtszeiten verschieben sich" in text

    second = admin.post(url, form | {CONFIRM: shown(first)})
    assert second.status_code == 302
    assert stored()[-1] == ("DE-RP", date(2026, 7, 1), date(2027, 3, 31))
    assert ChairTerm.objects.rotation().chair_on(date(2027, 4, 1)) == "DE-SL"
    reader = Client(HTTP_HOST="localhost").get("/vorsitz/?am=2027-04-01")
    assert "Saarland" in text_of(reader)


def test_a_confirmation_of_something_else_is_none(admin):
    term, url = row(-1), address("edit", row(-1).pk)
    first = admin.post(url, form_of(term, end="2027-03-31"))
    other = admin.post(url, form_of(term, end="2027-04-30") | {CONFIRM: shown(first)})
    assert "Noch nicht gespeichert" in text_of(other)
    assert row(-1).end == date(2027, 6, 30)


def test_what_another_administrator_changed_meanwhile_is_shown_again(admin):
    term, url = row(-2), address("edit", row(-2).pk)
    form = form_of(term, land=Land.objects.get(code="DE-SN").pk)
    seen = shown(admin.post(url, form))
    ChairTerm.objects.filter(pk=row(-1).pk).update(end=date(2027, 5, 31))
    again = admin.post(url, form | {CONFIRM: seen})
    assert "Noch nicht gespeichert" in text_of(again)
    assert "31. Mai 2027" in text_of(again)
    assert admin.post(url, form | {CONFIRM: shown(again)}).status_code == 302


def test_what_does_not_touch_the_rotation_is_saved_at_once(admin):
    term = row(-1)
    response = admin.post(address("edit", term.pk), form_of(term, note="Nur eine Anmerkung"))
    assert response.status_code == 302
    assert row(-1).note == "Nur eine Anmerkung"


def test_a_later_last_day_moves_the_first_day_of_the_next_term_along(admin):
    term, after = row(-2), row(-1)
    save(admin, address("edit", term.pk), form_of(term, end="2026-08-15"))
    assert row(-2).end == date(2026, 8, 15)
    assert (row(-1).pk, row(-1).start, row(-1).end) == (after.pk, date(2026, 8, 16), after.end)
    save(admin, address("edit", term.pk), form_of(row(-2), end="2026-05-31"))
    assert row(-1).start == date(2026, 6, 1)
    assert all(a.end + timedelta(days=1) == b.start for a, b in pairwise(ChairTerm.objects.order_by("start")))


def faults(form) -> str:
    """What the form of a term is refused for; "" when it is not, and then it says what would change."""
    assert form.is_valid() is bool(form.effects)
    return breakable(" ".join(error for errors in form.errors.values() for error in errors))


def changed(term: ChairTerm, **changes):
    """The form of a stored term with these changes."""
    form_class = ChairTerm.snippet_viewset.get_form_class(for_update=True)
    return form_class(form_of(term, **changes), instance=term, day=TODAY)


def entered(new: ChairTerm):
    """The form of a term that is to be added."""
    return ChairTerm.snippet_viewset.get_form_class()(form_of(new), instance=ChairTerm(), day=TODAY)


@pytest.mark.parametrize("end", ["2027-06-30", "2027-09-30"])
def test_a_term_that_leaves_the_next_one_no_day_is_refused(end):
    told = faults(changed(row(-2), end=end))
    assert "bliebe kein Tag" in told
    assert "29. Juni 2027" in told


FAR_OFF = [
    ("end", "9999-12-31"),
    ("end", "31.12.9999"),
    ("start", "01.01.0001"),
    ("start", "9999-12-31"),
    ("end", "1900-01-01"),
]


@pytest.mark.parametrize("number", [0, 5, -2, -1])
@pytest.mark.parametrize(("field", "day"), FAR_OFF)
def test_a_day_far_off_is_refused(number, field, day):
    term = row(number)
    form_class = ChairTerm.snippet_viewset.get_form_class(for_update=True)
    form = form_class(form_of(term, **{field: day}), instance=term, day=TODAY)
    assert not form.is_valid()
    assert "Bitte das Jahr prüfen." in " ".join(form.errors[field])
    assert form.effects is None


@pytest.mark.parametrize("number", [pytest.param(number, marks=pytest.mark.audit) for number in (0, 5, -2)] + [-1])
@pytest.mark.parametrize(
    ("field", "day"),
    [pytest.param(*far, marks=() if far in FAR_OFF[:3:2] else pytest.mark.audit) for far in FAR_OFF],
)
def test_the_reason_stands_beside_the_field_and_nothing_is_saved(admin, number, field, day):
    before, term = stored(), row(number)
    response = admin.post(address("edit", term.pk), form_of(term, **{field: day}))
    assert response.status_code == 200
    beside = BeautifulSoup(response.content, "html.parser").find(id=re.compile(f"-{field}-errors$"))
    assert "Bitte das Jahr prüfen." in beside.text
    assert not shown(response)
    assert stored() == before


@pytest.mark.parametrize("day", ["9999-12-31", "0001-01-01"])
def test_a_new_term_far_off_is_refused(day):
    new = ChairTerm(land=Land.objects.get(code="DE-SL"), start=day, end=day)
    assert "Bitte das Jahr prüfen." in faults(entered(new))


@pytest.mark.parametrize(
    ("start", "words"),
    [("2026-07-15", "bliebe eine Lücke: 1. bis 14. Juli 2026"), ("2026-06-15", "überschneidet sich mit der von")],
)
def test_the_first_day_is_changed_at_the_term_before(start, words):
    told = faults(changed(row(-1), start=start))
    assert words in told
    assert "ändern Sie den letzten Tag der Amtszeit davor (Nordrhein-Westfalen 2025/26)" in told


def test_the_first_stored_term_may_begin_on_another_day(admin):
    save(admin, address("edit", row(0).pk), form_of(row(0), start="2008-11-01"))
    assert row(0).start == date(2008, 11, 1)


@pytest.mark.parametrize(
    ("start", "end", "words"),
    [
        ("2041-07-01", "2042-06-30", "bliebe eine Lücke: 1. Juli 2027 bis 30. Juni 2041"),
        ("2027-07-02", "2028-06-30", "bliebe eine Lücke: 1. Juli 2027."),
        ("2027-06-30", "2028-06-30", "überschneidet sich mit der von Rheinland-Pfalz"),
        ("2015-01-01", "2015-12-31", "überschneidet sich"),
        ("2006-10-01", "2007-09-30", "bliebe eine Lücke: 1. Oktober 2007 bis 30. September 2008"),
        ("2008-01-01", "2008-10-01", "überschneidet sich mit der von Niedersachsen"),
    ],
)
def test_a_new_term_joins_the_stored_ones(start, end, words):
    new = ChairTerm(land=Land.objects.get(code="DE-SL"), start=start, end=end)
    assert words in faults(entered(new))


def test_a_new_term_may_stand_before_the_first(admin):
    new = ChairTerm(land=Land.objects.get(code="DE-MV"), start="2007-10-01", end="2008-09-30")
    first = admin.post(address("add"), form_of(new))
    assert rows_shown(first)[0][:2] == [
        "–",
        "Mecklenburg-Vorpommern 1. Oktober 2007 bis 30. September 2008 eingetragen",
    ]
    assert rows_shown(first)[1][2] == "bleibt"
    admin.post(address("add"), form_of(new) | {CONFIRM: shown(first)})
    assert row(0).land.code == "DE-MV"


@pytest.mark.audit
def test_the_first_term_of_an_empty_table_is_entered_like_any_other(admin):
    without_conferences()
    ChairTerm.objects.all().delete()
    assert admin.get(address("add")).status_code == 200
    new = ChairTerm(land=Land.objects.get(code="DE-RP"), start="2026-07-01", end="2027-06-30")
    first = admin.post(address("add"), form_of(new))
    assert rows_shown(first)[0] == ["–", "Rheinland-Pfalz 1. Juli 2026 bis 30. Juni 2027 eingetragen", "ändert sich"]
    assert "Die nächste Übergabe ist dann am 1. Juli 2027 um 0 Uhr" in text_of(first)
    assert "bisher ist keine vorgesehen" in text_of(first)
    assert stored() == []
    assert admin.post(address("add"), form_of(new) | {CONFIRM: shown(first)}).status_code == 302
    assert stored() == [("DE-RP", date(2026, 7, 1), date(2027, 6, 30))]


def test_the_form_of_a_new_term_holds_what_the_rule_lets_follow(admin):
    page = BeautifulSoup(admin.get(address("add")).content, "html.parser")
    assert page.find("input", {"name": "start"})["value"] == "01.07.2027"
    assert page.find("input", {"name": "end"})["value"] == "30.06.2028"
    assert page.find("select", {"name": "land"}).find("option", selected=True).text == "Saarland"


@pytest.mark.audit
def test_two_laender_swap_by_two_stored_terms(admin):
    for code, year in (("DE-SN", 2027), ("DE-SL", 2028)):
        new = ChairTerm(land=Land.objects.get(code=code), start=f"{year}-07-01", end=f"{year + 1}-06-30")
        save(admin, address("add"), form_of(new))
    rotation = ChairTerm.objects.rotation()
    assert [rotation.chair_on(date(year, 8, 1)) for year in (2026, 2027, 2028, 2029)] == [
        "DE-RP",
        "DE-SN",
        "DE-SL",
        "DE-ST",
    ]


def test_a_land_is_skipped_by_one_stored_term(admin):
    new = ChairTerm(land=Land.objects.get(code="DE-SN"), start="2027-07-01", end="2028-06-30")
    first = admin.post(address("add"), form_of(new))
    assert rows_shown(first)[0][0].startswith("Saarland")
    assert rows_shown(first)[0][1].startswith("Sachsen")
    admin.post(address("add"), form_of(new) | {CONFIRM: shown(first)})
    assert ChairTerm.objects.rotation().chair_on(date(2028, 8, 1)) == "DE-ST"


def test_whoever_takes_the_chair_from_a_land_is_told_in_plain_words(admin):
    term = row(-1)
    response = admin.post(address("edit", term.pk), form_of(term, land=Land.objects.get(code="DE-SL").pk))
    assert (
        "Mit dem Speichern geht das Recht zu veröffentlichen sofort von Rheinland-Pfalz an das Saarland über."
        in text_of(response)
    )


def test_a_term_that_only_stores_the_rule_says_that_nothing_changes(admin):
    new = ChairTerm(land=Land.objects.get(code="DE-SL"), start="2027-07-01", end="2028-06-30")
    first = admin.post(address("add"), form_of(new))
    assert "Land und Tage bleiben überall, wie sie sind" in text_of(first)
    assert {cells[2] for cells in rows_shown(first)} == {"bleibt"}


def test_conferences_that_no_longer_fit_are_named(admin):
    page = ConferencePage.objects.get(number=12)
    term = page.chair_term
    response = admin.post(address("edit", term.pk), form_of(term, end="2017-03-01"))
    assert f"„{page.title}“ (16. und 17. März 2017) liegt dann nicht mehr in der Amtszeit" in text_of(response)
    response = admin.post(address("edit", term.pk), form_of(term, land=Land.objects.get(code="DE-BY").pk))
    assert "nennt dann Bayern als Vorsitz" in text_of(response)


def test_deleting_shows_its_effects_first(admin):
    url, count = address("delete", row(-1).pk), ChairTerm.objects.count()
    without_conferences()
    page = admin.get(url)
    assert len(rows_shown(page)) >= 6
    assert "Noch nicht gelöscht" in text_of(admin.post(url))
    assert ChairTerm.objects.count() == count
    assert admin.post(url, {CONFIRM: shown(page)}).status_code == 302
    assert ChairTerm.objects.count() == count - 1


@pytest.mark.audit
def test_only_the_first_and_the_last_term_can_be_deleted(admin):
    without_conferences()
    middle = address("delete", row(5).pk)
    for response in (admin.get(middle), admin.post(middle, {CONFIRM: "x"})):
        assert "Löschen lässt sich nur die erste oder die letzte" in text_of(response)
    first = address("delete", row(0).pk)
    assert admin.post(first, {CONFIRM: shown(admin.get(first))}).status_code == 302
    ChairTerm.objects.exclude(pk=row(-1).pk).delete()
    assert "Die einzige Amtszeit lässt sich nicht löschen" in text_of(admin.post(address("delete", row(0).pk)))
    assert ChairTerm.objects.count() == 1


def test_a_term_with_conferences_is_not_deleted(admin):
    ConferencePage.objects.filter(number=12).update(chair_term=row(-1))
    url = address("delete", row(-1).pk)
    for response in (admin.get(url), admin.post(url, {CONFIRM: "x"})):
        assert response.status_code == 200
        assert "Zu dieser Amtszeit gehören Konferenzen" in text_of(response)
        assert "12." in text_of(response)


def test_several_terms_cannot_be_deleted_at_once(admin):
    assert "data-bulk-action-checkbox" not in admin.get(address("list")).content.decode()
    url = reverse("wagtail_bulk_action", args=["conferences", "chairterm", "delete"])
    without_conferences()
    before = stored()
    answer = admin.post(f"{url}?id={row(3).pk}&id={row(4).pk}", follow=True)
    assert "nur einzeln löschen" in text_of(answer)
    assert stored() == before


def test_the_chair_edits_persons_but_neither_land_nor_days(account, chair):
    term = row(-1)
    person = {"id": "", "name": "Neue Ministerin", "start": "", "end": "", "source": "official", "portrait": ""}
    by_hand = form_of(
        term,
        land=Land.objects.get(code="DE-BW").pk,
        start="2026-08-01",
        end="2029-01-01",
        note="Anmerkung des Vorsitzes",
        persons=inline_formset([person]),
    )
    before = stored()
    page = chair.get(address("edit", term.pk))
    assert BeautifulSoup(page.content, "html.parser").find("input", {"name": "end"}) is None
    assert chair.post(address("edit", term.pk), by_hand).status_code == 302
    assert stored() == before
    assert row(-1).note == "Anmerkung des Vorsitzes"
    assert [p.name for p in row(-1).persons.all()] == ["Neue Ministerin"]


def test_the_chair_neither_adds_nor_deletes_terms_even_by_hand(account, chair):
    group = Group.objects.get(name="Vorsitz")
    group.permissions.add(*permissions(["conferences.add_chairterm", "conferences.delete_chairterm"]))
    before = stored()
    new = ChairTerm(land=Land.objects.get(code="DE-SL"), start="2027-07-01", end="2028-06-30")
    assert chair.post(address("add"), form_of(new)).status_code == 302
    assert chair.post(address("delete", row(-1).pk), {CONFIRM: "x"}).status_code == 302
    assert stored() == before
    account.groups.clear()  # the role changes, and an administrator's takes its place
    account.land_code, account.is_superuser = "", True
    account.save()
    save(chair, address("add"), form_of(new))
    assert len(stored()) == len(before) + 1


def test_the_page_of_a_term_shows_how_it_goes_on(chair):
    text = text_of(chair.get(address("edit", row(-2).pk)))
    following = ["Rheinland-Pfalz", "Saarland", "Sachsen", "Sachsen-Anhalt", "Schleswig-Holstein"]
    places = [text.index(f"{name} 1. Juli {2026 + number}") for number, name in enumerate(following)]
    assert places == sorted(places)
    assert "eingetragen" in text
    assert "nach der Regel" in text


def persons(*rows) -> dict:
    return inline_formset(
        [
            {"id": "", "name": name, "start": start, "end": end, "source": "", "portrait": ""}
            for name, start, end in rows
        ]
    )


@pytest.mark.parametrize(
    ("first", "second", "fits"),
    [
        (("2026-07-01", "2026-12-31"), ("2026-12-01", ""), False),
        (("2026-07-01", "2026-12-31"), ("2026-12-31", "2027-06-30"), False),
        (("2026-07-01", "2026-12-31"), ("2027-01-01", ""), True),
        (("", "2026-12-31"), ("2027-01-01", ""), True),
        (("", ""), ("2027-01-01", ""), True),
    ],
)
def test_two_persons_are_not_in_the_chair_at_once(first, second, fits):
    term = row(-1)
    term.persons.all().delete()
    term = row(-1)
    form_class = ChairTerm.snippet_viewset.get_form_class(for_update=True)
    sent = form_of(term, persons=persons(("Erste", *first), ("Zweite", *second)))
    form = form_class(sent, instance=term, day=TODAY)
    assert form.is_valid() is fits
    if not fits:
        assert "Die Zeit überschneidet sich mit der von Erste" in str(form.formsets["persons"].errors)


def test_an_editor_is_told_of_two_persons_at_once(admin):
    term = row(-1)
    at_once = persons(("Erste", "2026-07-01", "2026-12-31"), ("Zweite", "2026-12-01", ""))
    response = admin.post(address("edit", term.pk), form_of(term, persons=at_once))
    assert "Die Zeit überschneidet sich mit der von Erste" in text_of(response)


def test_a_term_is_not_cut_short_of_a_person_in_it():
    term = row(-1)
    term.persons.all().delete()
    ChairPerson.objects.create(term=term, name="Jemand", start=date(2027, 5, 1))
    form = changed(row(-1), end="2027-03-31")
    assert not form.is_valid()
    assert "Der Tag liegt außerhalb der Amtszeit" in str(form.formsets["persons"].errors)
    # The same for a person of the next term, whose first day would move.
    ChairPerson.objects.update(start=date(2026, 7, 1))
    assert "Jemand: Der Tag liegt außerhalb der Amtszeit" in faults(changed(row(-2), end="2026-08-15"))


def test_who_changes_terms_waits_for_another_who_does(admin, django_db_blocker):
    """The lock is held until the transaction ends: a second connection does not get it meanwhile."""
    admin.post(address("edit", row(-1).pk), form_of(row(-1)))  # in this test's transaction, which is still open
    got = []

    def other() -> None:
        with django_db_blocker.unblock():
            with connections["default"].cursor() as cursor:
                cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [LOCK])
                got.append(cursor.fetchone()[0])
            connections["default"].close()

    thread = threading.Thread(target=other)
    thread.start()
    thread.join()
    assert got == [False]
    assert connection.in_atomic_block
