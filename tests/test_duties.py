"""Imprint, privacy, accessibility, contact and security.txt show the row of the Land in the chair, to the second."""

from datetime import date, datetime
from importlib import import_module

import pytest
import time_machine
from bs4 import BeautifulSoup
from django.apps import apps
from django.core.management import call_command
from django.test import Client

from conferences.models import ChairTerm, ConferencePage, Land
from intmk.pages.models import StandardPage
from tests.editing import soup_of, text_of

pytestmark = pytest.mark.django_db
LAST_SECOND, FIRST_SECOND = "2026-06-30 23:59:59+02:00", "2026-07-01 00:00:00+02:00"
DUTIES = {
    "impressum": "imprint",
    "datenschutz": "privacy",
    "barrierefreiheit": "accessibility",
    "kontakt": "contact",
}


def fill(code: str, day: date) -> None:
    """Give every field of a Land a value that names it."""
    Land.objects.filter(code=code).update(
        ministry=f"Ministerium {code}",
        secretariat_address=f"Straße {code}\nStadt",
        secretariat_email=f"amt@{code}.example.org".lower(),
        secretariat_phone=f"+49 30 {ord(code[-1])}",
        website=f"https://{code}.example.org/".lower(),
        responsible_person=f"Verantwortlich {code}",
        privacy_officer=f"Datenschutz {code}",
        privacy_authority=f"Aufsicht {code}",
        barrier_authority=f"Durchsetzung {code}",
        barrier_statement_checked=day,
        security_email=f"sicherheit@{code}.example.org".lower(),
    )


def block(reader: Client, address: str) -> str:
    page = soup_of(reader.get(address))
    parts = page.select("[aria-labelledby=pflichtangaben], [aria-labelledby=durchsetzung]")
    return " ".join(" ".join(part.get_text(" ") for part in parts).split())


def facts_of(code: str, checked: str) -> dict[str, list[str]]:
    reach = [f"Ministerium {code}", f"amt@{code}.example.org".lower(), f"+49 30 {ord(code[-1])}"]
    return {
        "/impressum/": [*reach, f"Straße {code}", f"Verantwortlich {code}"],
        "/datenschutz/": [*reach, f"Straße {code}", f"Datenschutz {code}", f"Aufsicht {code}"],
        "/barrierefreiheit/": [*reach, f"Durchsetzung {code}", checked],
        "/kontakt/": [*reach, f"Straße {code}"],
    }


def test_all_duties_change_their_land_at_the_same_second_without_anyone_acting(reader):
    fill("DE-NW", date(2025, 8, 1))
    fill("DE-RP", date(2026, 5, 2))
    for moment, name, facts, other in (
        (LAST_SECOND, "Nordrhein-Westfalen", facts_of("DE-NW", "1. August 2025"), "DE-RP"),
        (FIRST_SECOND, "Rheinland-Pfalz", facts_of("DE-RP", "2. Mai 2026"), "DE-NW"),
    ):
        with time_machine.travel(moment, tick=False):
            for address, expected in facts.items():
                shown = block(reader, address)
                assert f"Geschäftsstelle beim Land {name}" in shown, address
                assert [fact for fact in expected if fact not in shown] == [], address
                assert other not in shown, address
                assert "Liegt nicht vor" not in shown, address


def security(reader: Client) -> dict[str, str]:
    response = reader.get("/.well-known/security.txt")
    assert response["Content-Type"] == "text/plain; charset=utf-8"
    return dict(line.split(": ", 1) for line in response.content.decode().splitlines())


def test_security_txt_names_the_chair_and_ends_with_it_at_the_same_second(reader):
    fill("DE-NW", date(2025, 8, 1))
    fill("DE-RP", date(2026, 5, 2))
    with time_machine.travel(LAST_SECOND, tick=False):
        fields = security(reader)
        assert fields["Contact"] == "mailto:sicherheit@de-nw.example.org"
        assert fields["Expires"] == "2026-06-30T23:59:59+02:00"
    with time_machine.travel(FIRST_SECOND, tick=False):
        fields = security(reader)
        assert fields["Contact"] == "mailto:sicherheit@de-rp.example.org"
        assert datetime.fromisoformat(fields["Expires"]) == datetime.fromisoformat("2027-06-30T23:59:59+02:00")
    assert fields["Preferred-Languages"] == "de, en"
    assert fields["Canonical"].startswith("http://localhost:")
    assert fields["Canonical"].endswith("/.well-known/security.txt")


@time_machine.travel(FIRST_SECOND, tick=False)
def test_security_txt_falls_back_to_the_secretariat_and_then_to_the_page(reader):
    assert security(reader)["Contact"].endswith("/kontakt/")
    Land.objects.filter(code="DE-RP").update(secretariat_email="amt@example.org")
    assert security(reader)["Contact"] == "mailto:amt@example.org"


@time_machine.travel(FIRST_SECOND, tick=False)
def test_security_txt_is_never_valid_for_a_year_or_more(reader):
    ChairTerm.objects.filter(start=date(2026, 7, 1)).update(end=date(2028, 6, 30))
    for _ in range(2):
        expires = datetime.fromisoformat(security(reader)["Expires"])
        assert 363 < (expires - datetime.fromisoformat(FIRST_SECOND)).days < 365
        ConferencePage.objects.update(chair_term=None)
        ChairTerm.objects.all().delete()  # and the same when nobody chairs


@pytest.mark.parametrize("slug", DUTIES)
def test_what_the_land_has_not_given_is_named_as_a_gap(reader, slug):
    page = BeautifulSoup(reader.get(f"/{slug}/").content, "html.parser")
    (gaps,) = page.find("section", {"aria-labelledby": "pflichtangaben"}).dl.find_all("div")
    assert gaps.dt.text == "Liegt nicht vor"
    assert len(gaps.dd.text.split(", ")) >= 4
    Land.objects.update(secretariat_phone="0800 1234567")
    page = BeautifulSoup(reader.get(f"/{slug}/").content, "html.parser")
    phone, gaps = page.find("section", {"aria-labelledby": "pflichtangaben"}).dl.find_all("div")
    assert (phone.dt.text, phone.dd.text.strip()) == ("Telefon", "0800 1234567")
    assert "Telefon" not in gaps.dd.text
    assert "E-Mail" in gaps.dd.text


def test_when_nobody_chairs_the_duties_say_so(reader):
    ConferencePage.objects.update(chair_term=None)
    ChairTerm.objects.all().delete()
    for slug in DUTIES:
        assert "Für heute ist kein Vorsitz verzeichnet" in block(reader, f"/{slug}/")


def test_other_pages_of_text_have_no_such_block(reader):
    assert "pflichtangaben" not in reader.get("/leichte-sprache/").content.decode()


def test_the_texts_do_not_say_that_something_is_missing_which_the_block_shows(reader):
    fill("DE-RP", date(2026, 5, 2))
    with time_machine.travel(FIRST_SECOND, tick=False):
        for slug in DUTIES:
            assert "Diese Angabe fehlt" not in text_of(reader.get(f"/{slug}/"))
        privacy = text_of(reader.get("/datenschutz/"))
    assert "die zuständige Aufsichtsbehörde" not in privacy
    assert "Rechtsgrundlagen der einzelnen Verarbeitungen" in privacy  # what is still missing stays named


def test_the_initial_content_knows_its_duties():
    assert dict(StandardPage.objects.exclude(duty="").values_list("slug", "duty")) == DUTIES


def test_a_site_from_before_gets_its_duties_with_the_update_also_in_its_drafts():
    StandardPage.objects.update(duty="")
    renamed = StandardPage.objects.get(slug="impressum")
    renamed.slug = "anbieter"
    renamed.save_revision().publish()
    draft = StandardPage.objects.get(slug="kontakt")
    draft.title = "Kontakt, neu gefasst"
    draft.save_revision()  # and not yet published
    for page in StandardPage.objects.all():
        revision = page.latest_revision
        revision.content.pop("duty", None)
        revision.save()
    import_module("intmk.migrations.0004_duties_of_pages").tell_duties(apps, None)
    expected = {"anbieter": "imprint"} | {slug: duty for slug, duty in DUTIES.items() if slug != "impressum"}
    assert dict(StandardPage.objects.exclude(duty="").values_list("slug", "duty")) == expected
    page = StandardPage.objects.get(slug="kontakt")
    page.latest_revision.publish()
    page.refresh_from_db()
    assert (page.title, page.duty) == ("Kontakt, neu gefasst", "contact")


def test_a_page_that_a_person_gave_another_duty_keeps_it():
    StandardPage.objects.filter(slug="kontakt").update(duty="imprint")
    import_module("intmk.migrations.0004_duties_of_pages").tell_duties(apps, None)
    call_command("load_content", verbosity=0)
    assert StandardPage.objects.get(slug="kontakt").duty == "imprint"
