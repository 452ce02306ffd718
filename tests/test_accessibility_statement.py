"""The accessibility statement: what readers see of it, what is refused, who is reminded of it and when."""

from datetime import date

import pytest
import time_machine
from bs4 import BeautifulSoup
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from wagtail.models import Page

from conferences.models import Land
from intmk.accessibility.statement import AccessibilityStatement, InaccessiblePart
from tests.editing import breakable, give_chair, take_chair, text_of

pytestmark = pytest.mark.django_db
PUBLIC = "/barrierefreiheit/"


def edit_address() -> str:
    statement = AccessibilityStatement.objects.get()
    return reverse("wagtailsettings:edit", args=["intmk", "accessibilitystatement", statement.pk])


def form(rows: list[dict] | None = None, **changes) -> dict:
    """What the form sends: that of the initial statement with these changes, and `rows` as its only parts."""
    rows = [{"what": "Videos", "reason": "fault"}] if rows is None else rows
    fields = {
        "status": "partial", "standard": "EN 301 549", "method": "self", "assessor": "", "method_note": "Geprüft.",
        "made_on": "2026-11-01", "reviewed_on": "",
    }  # fmt: skip
    old = list(AccessibilityStatement.objects.get().barriers.values_list("pk", flat=True))
    data = fields | changes
    data |= {
        "barriers-TOTAL_FORMS": str(len(old) + len(rows)), "barriers-INITIAL_FORMS": str(len(old)),
        "barriers-MIN_NUM_FORMS": "0", "barriers-MAX_NUM_FORMS": "1000",
    }  # fmt: skip
    empty = {"what": "", "reason": "", "explanation": "", "alternative": "", "planned_until": "", "page": ""}
    for number, row in enumerate([*({"id": pk, "DELETE": "on"} for pk in old), *rows]):
        values = empty | {"id": "", "ORDER": str(number + 1), "DELETE": ""} | row
        data |= {f"barriers-{number}-{name}": value for name, value in values.items()}
    return data


def test_readers_see_status_parts_reasons_method_days_and_where_to_turn():
    page = breakable(text_of(Client(HTTP_HOST="localhost").get(PUBLIC)))
    for shown in (
        "teilweise vereinbar", "Informationen in Deutscher Gebärdensprache", "nicht vereinbar mit den Anforderungen",
        "Selbstbewertung", "27. November 2026", "Barriere melden",
        "Wie Sie sie erreichen, sagt Ihnen die Geschäftsstelle",
    ):  # fmt: skip
        assert shown in page, shown
    for gap in ("noch nicht", "Behoben bis", "Zuletzt überprüft", "Ältere Dokumente", "Prüfgruppe"):
        assert gap not in page, gap


def test_the_enforcement_body_is_that_of_the_land_in_the_chair():
    Land.objects.filter(code="DE-RP").update(barrier_authority="Stelle in Mainz")
    Land.objects.filter(code="DE-SL").update(barrier_authority="Stelle in Saarbrücken")
    with time_machine.travel("2027-06-30 12:00+02:00"):
        assert "Stelle in Mainz" in text_of(Client(HTTP_HOST="localhost").get(PUBLIC))
    with time_machine.travel("2027-07-01 12:00+02:00"):
        page = text_of(Client(HTTP_HOST="localhost").get(PUBLIC))
    assert "Stelle in Saarbrücken" in page
    assert "Mainz" not in page


def test_without_a_statement_the_page_says_so():
    AccessibilityStatement.objects.all().delete()
    page = text_of(Client(HTTP_HOST="localhost").get(PUBLIC))
    assert "Eine Bewertung liegt nicht vor." in page
    assert "vereinbar." not in page


def test_a_page_that_is_not_public_is_not_linked():
    page = Page.objects.get(slug="gebaerdensprache")
    main = BeautifulSoup(Client(HTTP_HOST="localhost").get(PUBLIC).content, "html.parser").main
    assert main.find("a", href="/gebaerdensprache/")
    page.live = False
    page.save()
    main = BeautifulSoup(Client(HTTP_HOST="localhost").get(PUBLIC).content, "html.parser").main
    assert not main.find("a", href="/gebaerdensprache/")
    assert "Informationen in Deutscher Gebärdensprache" in main.text


def test_any_number_of_parts_costs_the_same_queries():
    def queries() -> int:
        with CaptureQueriesContext(connection) as captured:
            Client(HTTP_HOST="localhost").get(PUBLIC)
        return len(captured)

    queries()
    few = queries()
    statement = AccessibilityStatement.objects.get()
    for page in Page.objects.filter(depth__gt=2)[:20]:
        InaccessiblePart.objects.create(statement=statement, what=f"Teil {page.pk}", reason="burden", page=page)
    assert queries() == few


def test_the_chair_edits_it_and_loses_the_right_with_the_chair(account, editor):
    refused = editor.get(edit_address())
    assert refused.status_code == 302
    give_chair(account)
    assert editor.get(edit_address()).status_code == 200
    response = editor.post(edit_address(), form(standard="Neuer Maßstab"))
    assert response.status_code == 302, response.context["form"].errors
    statement = AccessibilityStatement.objects.get()
    assert statement.standard == "Neuer Maßstab"
    assert [part.what for part in statement.barriers.all()] == ["Videos"]
    take_chair(account)
    editor.post(edit_address(), form(standard="Zu spät"))
    assert AccessibilityStatement.objects.get().standard == "Neuer Maßstab"


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"status": "full"}, "status"),
        ({"status": "full", "rows": [{"what": "Alte Karten", "reason": "burden"}]}, "status"),
        ({"status": "partial", "rows": []}, "status"),
        ({"status": "none", "rows": []}, "status"),
        ({"standard": " "}, "standard"),
        ({"method": "third_party"}, "assessor"),
        ({"made_on": "2999-01-01"}, "made_on"),
        ({"made_on": "1999-01-01"}, "made_on"),
        ({"made_on": ""}, "made_on"),
        ({"reviewed_on": "2026-10-01"}, "reviewed_on"),
        ({"made_on": "31.02.2026"}, "made_on"),
    ],
)
def test_contradictions_are_refused_beside_the_field_and_nothing_is_lost(account, chair, changes, field):
    if field == "made_on" and not changes["made_on"]:
        changes = changes | {"reviewed_on": "2026-11-20"}
    before = AccessibilityStatement.objects.values().get()
    with time_machine.travel("2026-11-27 12:00+01:00", tick=False):
        chair.force_login(account)  # a session of a time to come is none
        response = chair.post(edit_address(), form(**changes))
    assert response.status_code == 200
    assert field in response.context["form"].errors
    assert AccessibilityStatement.objects.values().get() == before


def test_full_conformity_may_name_what_is_out_of_scope(chair):
    response = chair.post(edit_address(), form([{"what": "Alte Karten", "reason": "scope"}], status="full"))
    assert response.status_code == 302


def test_those_who_may_change_it_are_reminded_after_a_year(account, editor):
    statement = AccessibilityStatement.objects.get()
    assert not statement.is_overdue(date(2027, 11, 27))
    assert statement.is_overdue(date(2027, 11, 28))
    AccessibilityStatement.objects.update(made_on=date(2020, 1, 1))
    assert "Überfällig" not in text_of(editor.get("/admin/"))
    give_chair(account)
    reminder = "Überfällig: Die Erklärung zur Barrierefreiheit wurde zuletzt am 1. Januar 2020"
    assert reminder in breakable(text_of(editor.get("/admin/")))
    assert "das ist mehr als ein Jahr her" in text_of(editor.get(edit_address()))
    AccessibilityStatement.objects.update(reviewed_on=date.today())
    assert "Überfällig" not in text_of(editor.get("/admin/"))
