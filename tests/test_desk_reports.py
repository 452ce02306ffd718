"""Lists under "Berichte": Berichtsbitten with what became of them, pictures with what may be done with them."""

import io
import json
from datetime import date

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from openpyxl import load_workbook
from wagtail.images import get_image_model

from conferences.handover.views import DraftsView
from conferences.models import ResolutionPage
from conferences.models.resolution_parts import FollowUp, ReportRequest
from intmk.audit.reports import RightsReportView
from intmk.base.admin_views import ToBeEmptied
from intmk.desk.translations import TranslationsView
from tests.browser_pages import paper
from tests.editing import soup_of, text_of
from tests.invented_resolutions import resolution
from tests.test_desk import picture

pytestmark = pytest.mark.django_db
FOLLOW_UPS = "/admin/berichte/umsetzung/"
REQUESTS, LICENCES = "/admin/berichte/berichtsbitten/", "/admin/berichte/bilder-und-lizenzen/"


@pytest.fixture(autouse=True)
def now():
    with time_machine.travel("2026-12-01T12:00:00+01:00", tick=False) as clock:
        yield clock


def asked(who: str, **more) -> ReportRequest:
    page = resolution(item=f"9.{ReportRequest.objects.count() + 1}")
    return ReportRequest.objects.create(resolution=page, asked=who, **more)


def test_requests_are_listed_open_ones_first_and_the_most_urgent_on_top(chair):
    ReportRequest.objects.all().delete()
    asked("Beantwortet AG", answered_on=date(2026, 5, 1), answer_note="Mündlich")
    asked("Ohne Tag", subject="die Zahlen")
    asked("Später", due_on=date(2027, 3, 31))
    asked("Längst", due_on=date(2026, 3, 31))
    text = text_of(chair.get(REQUESTS))
    places = [text.index(who) for who in ("Längst", "Später", "Ohne Tag: die Zahlen", "Beantwortet AG")]
    assert places == sorted(places)
    for words in ("überfällig", "31. März 2027", "beantwortet am 1. Mai 2026", "Mündlich"):
        assert words in text
    assert "Längst" in text_of(chair.get(REQUESTS, {"stand": "ueberfaellig"}))
    assert "Später" not in text_of(chair.get(REQUESTS, {"stand": "ueberfaellig"}))
    assert "Längst" not in text_of(chair.get(REQUESTS, {"stand": "beantwortet"}))
    assert chair.get(REQUESTS, {"stand": "foo", "p": "foo"}).status_code in (200, 404)


def test_requests_are_taken_along_as_a_table(chair):
    asked("Bund", subject="Zahlen", due_on=date(2027, 3, 31))
    file = b"".join(chair.get(REQUESTS, {"export": "csv"}).streaming_content).decode()
    assert "Wer,Worüber,Beschluss,Fällig,Stand,Anmerkung,Bericht" in file
    assert "Bund,Zahlen," in file


def csv_of(client, address: str, **asked) -> str:
    """Return the file of a list as text."""
    return b"".join(client.get(address, asked | {"export": "csv"}).streaming_content).decode()


def test_what_became_of_resolutions_is_listed_the_latest_known_on_top_and_those_without_at_the_end(chair):
    done = resolution(item="9.1", title="Längst erledigt", state="done")
    open_one = resolution(item="9.2", title="Noch offen", state="under_way")
    later = FollowUp(
        state="open", day=date(2025, 5, 1), note="Wieder von vorn", evidence="Bericht", url="https://a.de/"
    )
    open_one.follow_ups.add(later)
    open_one.save_revision().publish()
    resolution(item="9.3", title="Nie nachgefragt")
    text = text_of(chair.get(FOLLOW_UPS))
    for words in ("01.05.2025", "Wieder von vorn", "Bericht, https://a.de/", "umgesetzt"):
        assert words in text
    lines = csv_of(chair, FOLLOW_UPS).splitlines()
    assert lines[0] == "TOP,Beschluss,Konferenz,Stand der Umsetzung,Bekannt am,Was geschehen ist,Beleg"
    assert lines[1].startswith('9.2,Noch offen,"2017, Friedrichshafen (12.)",offen,01.05.2025,Wieder von vorn,')
    assert lines[2].startswith(f"9.1,{done.title},")
    assert any(line.endswith(",nicht eingetragen,,,") for line in lines[3:])
    for asked, found in (("open", "Noch offen"), ("done", "Längst erledigt"), ("ohne", "Nie nachgefragt")):
        shown = csv_of(chair, FOLLOW_UPS, stand=asked)
        names = ("Noch offen", "Längst erledigt", "Nie nachgefragt")
        assert [name for name in names if name in shown] == [found], asked
    book = load_workbook(io.BytesIO(b"".join(chair.get(FOLLOW_UPS, {"export": "xlsx"}).streaming_content))).active
    assert [cell.value for cell in book[2]][:2] == ["9.2", "Noch offen"]


def test_resolutions_without_text_and_file_are_a_report_that_is_the_list_with_its_filter(chair):
    point = [("point", "<p>Beschlossen.</p>")]
    kept = {"Nur Text": {"points": point}, "Nur Datei": {"source_file": paper("Niederschrift")}, "Keins": {}}
    kept["Beides"] = kept["Nur Text"] | kept["Nur Datei"]
    for number, (title, values) in enumerate(kept.items()):
        resolution(item=f"9.{number}", title=title, **values)
    menu = str(json.loads(soup_of(chair.get(REQUESTS)).find(id="wagtail-sidebar-props").string))
    assert "Beschlüsse ohne Text und Datei" in menu
    address = reverse("resolution_list:index")
    assert f"{address}?fehlt=text-und-datei" in menu
    for asked, found in (
        (["text-und-datei"], ["Keins"]),
        (["beschlusstext"], ["Nur Datei", "Keins"]),
        (["quelldatei"], ["Nur Text", "Keins"]),
        (["beschlusstext", "quelldatei"], ["Nur Text", "Nur Datei", "Keins"]),
    ):
        shown = csv_of(chair, address, fehlt=asked, konferenz="12")
        assert [title for title in kept if f",{title}," in shown] == found, asked


def test_pictures_without_a_licence_stand_first_and_are_filtered_by_it(chair):
    with_licence, without = picture("Mit"), picture("Ohne")
    get_image_model().objects.filter(pk=with_licence.pk).update(licence="CC BY 4.0", credit="Petra Beispiel")
    get_image_model().objects.filter(pk=without.pk).update(licence="")
    text = text_of(chair.get(LICENCES))
    assert text.index("Ohne") < text.index("Petra Beispiel")
    assert "nicht eingetragen" in text
    found = text_of(chair.get(LICENCES, {"lizenz": "CC BY 4.0"}))
    assert "Petra Beispiel" in found
    assert "Petra Beispiel" not in text_of(chair.get(LICENCES, {"lizenz": "ohne"}))
    file = b"".join(chair.get(LICENCES, {"export": "csv"}).streaming_content).decode()
    assert "Mit,Petra Beispiel,CC BY 4.0,Nicht öffentlich" in file


def add_follow_up(title: str) -> None:
    resolution(item=f"8.{ResolutionPage.objects.count()}", title=title, state="done")


@pytest.mark.parametrize(
    ("address", "add"), [(REQUESTS, asked), (LICENCES, picture), (f"{FOLLOW_UPS}?stand=done", add_follow_up)]
)
def test_more_rows_ask_no_more_questions(chair, address, add):
    add("Eins")
    chair.get(address)
    with CaptureQueriesContext(connection) as few:
        chair.get(address)
    for number in range(3):
        add(f"Mehr {number}")
    with CaptureQueriesContext(connection) as many:
        chair.get(address)
    assert len(many) == len(few)


def test_who_has_no_account_sees_neither(reader):
    assert [reader.get(address).status_code for address in (REQUESTS, LICENCES, FOLLOW_UPS)] == [302] * 3


def test_an_empty_report_says_what_would_stand_there_and_that_nothing_is_to_be_done(chair):
    ReportRequest.objects.all().delete()
    assert "Hier steht, wer nach welchem Beschluss berichten soll" in text_of(chair.get(REQUESTS))
    assert "Zu dieser Auswahl steht hier nichts." in text_of(chair.get(REQUESTS, {"stand": "offen"}))
    assert "Zurzeit gibt es keine; es ist nichts zu tun." in text_of(chair.get("/admin/berichte/verweise-ins-leere/"))


def test_each_report_of_our_own_says_so():
    assert {RightsReportView, TranslationsView, DraftsView} <= set(ToBeEmptied.__subclasses__())
    assert all(report.when_empty.startswith("Hier ste") for report in leaves(ToBeEmptied))


def leaves(kind: type) -> list[type]:
    """Return what is derived from it and has nothing derived from itself."""
    below = kind.__subclasses__()
    return [leaf for each in below for leaf in leaves(each)] if below else [kind]
