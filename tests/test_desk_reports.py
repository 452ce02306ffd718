"""Lists under "Berichte": Berichtsbitten with what became of them, pictures with what may be done with them."""

from datetime import date

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from wagtail.images import get_image_model

from conferences.handover.views import DraftsView
from conferences.models.resolution_parts import ReportRequest
from intmk.audit.reports import RightsReportView
from intmk.base.admin_views import ToBeEmptied
from intmk.desk.translations import TranslationsView
from tests.editing import text_of
from tests.invented_resolutions import resolution
from tests.test_desk import picture

pytestmark = pytest.mark.django_db
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


@pytest.mark.parametrize(("address", "add"), [(REQUESTS, asked), (LICENCES, picture)])
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
    assert [reader.get(address).status_code for address in (REQUESTS, LICENCES)] == [302, 302]


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
