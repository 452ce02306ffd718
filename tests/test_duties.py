"""Imprint, privacy, accessibility, contact and security.txt show the row of the Land in the chair, to the second."""

from datetime import date, datetime, timedelta
from importlib import import_module

import pytest
import time_machine
from django.apps import apps
from django.conf import settings
from django.contrib.sessions.models import Session
from django.core.management import call_command
from django.test import Client
from django.utils import timezone
from wagtail import hooks

from conferences.handover import unsent_forms
from conferences.models import ChairTerm, ConferencePage, Land
from intmk.accessibility.models import MONTHS_OF_PERSONAL_DATA, BarrierSender
from intmk.pages.models import StandardPage
from intmk.preview_links import models as preview_links
from intmk.server.scheduler import EVERY_MINUTE
from intmk.trash import models as trash
from intmk.users import sessions
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
        privacy_act=f"§ 3 des Gesetzes {code}",
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
                assert "liegt nicht vor" not in shown, address
            assert f"in Verbindung mit § 3 des Gesetzes DE-{'NW' if other == 'DE-RP' else 'RP'}" in text_of(
                reader.get("/datenschutz/")
            )


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
def test_a_reader_is_told_once_that_there_is_no_address_and_of_no_other_gap(reader, slug):
    told = text_of(reader.get(f"/{slug}/"))
    assert told.count("Die Anschrift der Geschäftsstelle liegt nicht vor.") == 1
    known = {"fehlt", "fehlen", "noch nicht", "nicht bekannt", "nicht angegeben", "nicht absehbar"}
    assert [words for words in known if words in told] == []
    Land.objects.update(secretariat_phone="0800 1234567")
    page = soup_of(reader.get(f"/{slug}/")).find("section", {"aria-labelledby": "pflichtangaben"})
    assert [fact.dt.text for fact in page.dl.find_all("div")] == ["Telefon"]
    assert "liegt nicht vor" not in page.text


@time_machine.travel(FIRST_SECOND, tick=False)
def test_what_a_land_has_not_said_has_words_that_hold_in_every_land(reader):
    privacy = text_of(reader.get("/datenschutz/"))
    assert "in Verbindung mit dem Datenschutzgesetz des Landes Rheinland-Pfalz" in privacy
    assert "die Aufsichtsbehörde des Landes Rheinland-Pfalz zuständig" in privacy
    assert "Durchsetzungsstelle für digitale Barrierefreiheit des Landes Rheinland-Pfalz" in text_of(
        reader.get("/barrierefreiheit/")
    )


def test_when_nobody_chairs_the_duties_say_so(reader):
    ConferencePage.objects.update(chair_term=None)
    ChairTerm.objects.all().delete()
    for slug in DUTIES:
        assert "Für heute ist kein Vorsitz verzeichnet" in block(reader, f"/{slug}/")


def test_other_pages_of_text_have_no_such_block(reader):
    assert "pflichtangaben" not in reader.get("/leichte-sprache/").content.decode()


def test_the_page_of_privacy_says_how_long_things_are_kept_as_the_program_does_it():
    """Who changes one of these has to change the text as well."""
    kept = {
        "senders of reports": BarrierSender.KEPT,
        "unsent forms": unsent_forms.REMEMBERED,
        "sessions": timedelta(seconds=settings.SESSION_COOKIE_AGE),
        "days": [trash.DAYS, preview_links.DAYS],
        "months": MONTHS_OF_PERSONAL_DATA,
    }
    assert kept == {
        "senders of reports": timedelta(hours=1),
        "unsent forms": timedelta(days=7),
        "sessions": timedelta(hours=12),
        "days": [90, 7],
        "months": 6,
    }
    assert settings.ACCOUNT_RATE_LIMITS["login_failed"].count("/5m/") == 2
    assert "MaxRetentionSec=6day" in (settings.ROOT / "deploy" / "journald.conf").read_text()


def test_the_clock_removes_sessions_that_have_run_out():
    for days, key in ((-1, "alt"), (1, "neu")):
        Session.objects.create(session_key=key, session_data="", expire_date=timezone.now() + timedelta(days=days))
    assert sessions.remove_expired_sessions in hooks.get_hooks(EVERY_MINUTE)
    sessions.remove_expired_sessions()
    assert [session.session_key for session in Session.objects.all()] == ["neu"]


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
