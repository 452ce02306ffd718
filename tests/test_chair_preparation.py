"""The coming Land prepares its chair; nobody but editors sees it, until on its first day it is in force by itself."""

from datetime import date
from io import BytesIO

import pytest
import time_machine
from django.contrib.auth.models import Group
from django.core.files.images import ImageFile
from django.test import Client
from django.urls import reverse
from PIL import Image

from conferences.models import ChairPerson, ChairPreparation, ChairTerm, KeptForm, Land
from conferences.terms import preparing
from conferences.terms.rights import update_publishing_rights
from intmk.media.images.models import SiteImage
from intmk.users.models import User
from tests.editing import breakable, fields_at, soup_of, text_of

pytestmark = pytest.mark.django_db
BEFORE, FIRST = "2027-06-14 10:00+00:00", "2027-07-01 10:00+00:00"  # of Saarland, after Rheinland-Pfalz
BEGIN = "/admin/vorsitz-vorbereiten/new/"
MINISTRY = "Ministerium für erfundene Vorbereitungen"


def client_of(land_code: str, **more) -> Client:
    user = User.objects.create_user(
        f"redaktion-{land_code}", password="ein langes Passwort 1", land_code=land_code, **more
    )
    user.groups.add(Group.objects.get(name="Länder"))
    client = Client(HTTP_HOST="localhost")
    client.force_login(user)
    return client


@pytest.fixture
def coming() -> Client:
    with time_machine.travel(BEFORE):
        yield client_of("DE-SL")


def prepare(client: Client, address: str = BEGIN, **typed):
    """Fill in the form as it is shown, with one person, and save it."""
    fields = fields_at(client, address)
    fields |= {
        "ministry": MINISTRY,
        "secretariat_address": "Geschäftsstelle\nMusterstraße 9",
        "secretariat_email": "intmk@saarland.example.org",
        "responsible_person": "Petra Beispiel, Amt für Beispiele",
        "persons-TOTAL_FORMS": "1",
        "persons-0-name": "Paula Muster",
        "persons-0-office": "Ministerin für Beispiele",
        "persons-0-ORDER": "1",
    }
    return client.post(address, fields | typed, follow=True)


def test_the_facts_that_the_coming_land_prepares_are_public_by_themselves_on_its_first_day(coming, reader):
    assert "Ab 1. Juli 2027 gilt es von selbst." in breakable(text_of(prepare(coming)))
    for address in ("/laender/saarland/", "/impressum/"):
        assert MINISTRY not in text_of(reader.get(address)), address
    with time_machine.travel(FIRST):
        update_publishing_rights()
        assert MINISTRY in text_of(reader.get("/impressum/"))
    assert Land.objects.get(code="DE-SL").secretariat_email == "intmk@saarland.example.org"
    assert not ChairPreparation.objects.exists()


def test_so_are_its_persons_with_their_portraits_and_the_term_is_stored(coming, reader):
    data = BytesIO()
    Image.new("RGB", (40, 30)).save(data, "PNG")
    portrait = SiteImage.objects.create(
        title="Porträt", file=ImageFile(data, "portraet.png"), description="Ein graues Rechteck", credit="Test"
    )
    prepare(coming, **{"persons-0-portrait": str(portrait.pk)})
    assert "Ministerin für Beispiele" not in text_of(reader.get("/vorsitz/"))
    assert not SiteImage.objects.shown().filter(pk=portrait.pk)
    with time_machine.travel(FIRST):
        update_publishing_rights()
        assert "Paula Muster" in text_of(reader.get("/vorsitz/"))
    assert SiteImage.objects.shown().filter(pk=portrait.pk)
    row = ChairTerm.objects.get(start=date(2027, 7, 1))
    assert (row.land.code, row.end) == ("DE-SL", date(2028, 6, 30))


def test_the_form_begins_with_what_is_stored_and_goes_on_with_what_was_begun(coming):
    Land.objects.filter(code="DE-SL").update(secretariat_phone="+49 681 501-00")
    assert fields_at(coming, BEGIN)["secretariat_phone"] == "+49 681 501-00"
    prepare(coming)
    begun = ChairPreparation.objects.get()
    assert coming.get(reverse("preparation:delete", args=[begun.pk])).status_code == 302
    answer = coming.get(BEGIN, follow=True)
    assert answer.redirect_chain == [(reverse("preparation:edit", args=[begun.pk]), 302)]
    assert "Paula Muster" in answer.content.decode()
    answer = prepare(coming, reverse("preparation:edit", args=[begun.pk]), ministry="Ministerium mit neuem Namen")
    assert "Gespeichert, was das Saarland für seinen Vorsitz vorbereitet." in breakable(text_of(answer))
    assert ChairPreparation.objects.get().ministry == "Ministerium mit neuem Namen"


def test_what_others_correct_meanwhile_stays_where_the_land_has_changed_nothing(coming):
    Land.objects.filter(code="DE-SL").update(secretariat_phone="+49 681 501-00", website="https://alt.example.org/")
    prepare(coming, website="https://neu.example.org/")
    Land.objects.filter(code="DE-SL").update(secretariat_phone="+49 681 501-99")
    row = ChairTerm.objects.create(land=Land.objects.get(code="DE-SL"), start=date(2027, 7, 1), end=date(2028, 6, 30))
    ChairPerson.objects.create(term=row, name="Später Genannt")
    with time_machine.travel(FIRST):
        update_publishing_rights()
    land = Land.objects.get(code="DE-SL")
    assert (land.secretariat_phone, land.website) == ("+49 681 501-99", "https://neu.example.org/")
    assert {person.name for person in ChairPerson.objects.filter(term=row)} == {"Paula Muster", "Später Genannt"}


def test_a_form_that_is_sent_after_the_changeover_is_kept_and_the_editor_is_told(coming):
    prepare(coming)
    address = reverse("preparation:edit", args=[ChairPreparation.objects.get().pk])
    late = fields_at(coming, address) | {"ministry": "Um drei nach zwölf geschrieben"}
    with time_machine.travel(FIRST):
        coming.force_login(User.objects.get(username="redaktion-DE-SL"))
        answer = coming.post(address, late, follow=True)
        assert "bereitet den Vorsitz nicht mehr vor" in text_of(answer)
    assert "Um drei nach zwölf geschrieben" in dict(KeptForm.objects.get().fields).values()


def test_of_two_who_begin_at_once_the_second_is_told_and_loses_nothing(coming):
    second = fields_at(coming, BEGIN) | {"ministry": "Was die zweite Person schrieb"}
    prepare(coming)
    answer = coming.post(BEGIN, second)
    assert "hat das inzwischen begonnen" in text_of(answer)
    assert "Was die zweite Person schrieb" in answer.content.decode()
    assert ChairPreparation.objects.get().ministry == MINISTRY


def test_what_is_wrong_is_refused_beside_its_field_and_stays(coming):
    answer = prepare(coming, secretariat_email="kein At", **{"persons-0-name": ""})
    assert "E-Mail-Adresse" in soup_of(answer).select_one("[id$=secretariat_email-errors]").text
    assert "kein At" in answer.content.decode()
    assert MINISTRY in answer.content.decode()
    assert not ChairPreparation.objects.exists()


@pytest.mark.parametrize("land_code", ["DE-RP", "DE-HH"])
def test_no_other_account_prepares_or_sees_it(coming, land_code):
    prepare(coming)
    begun = ChairPreparation.objects.get()
    other = client_of(land_code)
    update_publishing_rights()
    for name in ("edit", "delete", "history", "usage"):
        answer = other.get(reverse(f"preparation:{name}", args=[begun.pk]), follow=True)
        assert answer.redirect_chain == [("/admin/", 302)]
        assert MINISTRY not in answer.content.decode()
    for name in ("add", "index"):
        answer = other.get(reverse(f"preparation:{name}"), follow=True)
        assert answer.redirect_chain[-1] == ("/admin/", 302)
    other.post(reverse("preparation:edit", args=[begun.pk]), {"ministry": "Anderes"})
    other.post(reverse("preparation:delete", args=[begun.pk]))
    assert ChairPreparation.objects.get().ministry == MINISTRY


def test_what_a_land_began_that_is_not_the_next_any_more_is_seen_by_nobody(coming):
    prepare(coming)
    begun = ChairPreparation.objects.get()
    ChairTerm.objects.create(land=Land.objects.get(code="DE-SN"), start=date(2027, 7, 1), end=date(2028, 6, 30))
    for account in (coming, client_of("DE-SN")):
        for name in ("edit", "history", "usage", "delete"):
            answer = account.get(reverse(f"preparation:{name}", args=[begun.pk]), follow=True)
            assert answer.redirect_chain == [("/admin/", 302)], name
    assert "Saarland" not in text_of(account.get(reverse("preparation:index"))).partition("Vorbereitungen")[2]


def test_handover_list_and_start_page_lead_there_and_count_what_is_prepared(coming):
    for address in ("/admin/", "/admin/uebergabe/"):
        assert BEGIN in coming.get(address).content.decode(), address
    prepare(coming)
    address = reverse("preparation:edit", args=[ChairPreparation.objects.get().pk])
    answer = coming.get("/admin/")
    assert address in answer.content.decode()
    assert "Paula Muster." in text_of(answer)
    assert "Telefon der Geschäftsstelle" in text_of(answer)  # lacks


def test_what_cannot_be_taken_over_stays_prepared_and_the_new_chair_publishes(coming, monkeypatch, caplog):
    prepare(coming)

    def fail(self, term):
        self.land.delete()

    monkeypatch.setattr(preparing.ChairPreparation, "put_in_force", fail)
    with time_machine.travel(FIRST):
        update_publishing_rights()
    assert User.objects.get(username="redaktion-DE-SL").groups.filter(name="Vorsitz").exists()
    assert ChairPreparation.objects.get().ministry == MINISTRY
    assert "Saarland" in caplog.text


def test_who_is_known_already_keeps_days_and_note_and_who_was_taken_out_is_gone(coming):
    row = ChairTerm.objects.create(land=Land.objects.get(code="DE-SL"), start=date(2027, 7, 1), end=date(2028, 6, 30))
    ChairPerson.objects.create(term=row, name="Bleibt Hier", note="seit langem", start=date(2027, 7, 1), sort_order=0)
    ChairPerson.objects.create(term=row, name="Geht Fort", sort_order=1)
    assert fields_at(coming, BEGIN)["persons-1-name"] == "Geht Fort"
    prepare(coming, **{"persons-0-name": "Bleibt Hier", "persons-TOTAL_FORMS": "1"})
    with time_machine.travel(FIRST):
        update_publishing_rights()
    (person,) = ChairPerson.objects.filter(term=row)
    assert (person.name, person.office, person.note) == ("Bleibt Hier", "Ministerin für Beispiele", "seit langem")
    assert person.start == date(2027, 7, 1)


def test_without_a_prepared_person_those_of_the_term_stay(coming):
    row = ChairTerm.objects.create(land=Land.objects.get(code="DE-SL"), start=date(2027, 7, 1), end=date(2028, 6, 30))
    ChairPerson.objects.create(term=row, name="Bleibt Hier")
    prepare(coming, **{"persons-TOTAL_FORMS": "0"})
    with time_machine.travel(FIRST):
        update_publishing_rights()
    assert [person.name for person in ChairPerson.objects.filter(term=row)] == ["Bleibt Hier"]
    assert Land.objects.get(code="DE-SL").ministry == MINISTRY
