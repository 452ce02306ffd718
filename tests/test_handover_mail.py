"""The mail at the change: once to each Land, whatever fails and whoever else is at it."""

import logging
from datetime import UTC, date, datetime
from smtplib import SMTPServerDisconnected

import pytest
import time_machine
from django.core import mail
from django.test import Client

from conferences.handover.mail import send_handover_mails
from conferences.models import ChairTerm, Handover, Land
from conferences.terms.rights import update_publishing_rights
from intmk.users.models import User
from tests.editing import breakable, text_of

CHANGE = datetime(2027, 6, 30, 22, 0, tzinfo=UTC)  # midnight in Berlin: Rheinland-Pfalz hands over to Saarland


@pytest.fixture
def change(db):
    """The moment of the change, with an account and an address of the secretariat for each of both Länder."""
    with time_machine.travel(datetime(2027, 5, 1, tzinfo=UTC), tick=False):
        update_publishing_rights()
        Handover.objects.exclude(former_land=None).delete()
    prepare()
    with time_machine.travel(CHANGE, tick=False):
        yield


def prepare() -> None:
    for code in ("DE-RP", "DE-SL"):
        User.objects.create_user(f"r-{code}", land_code=code, email=f"{code.lower()}@example.org")
        Land.objects.filter(code=code).update(
            secretariat_email=f"stelle-{code.lower()}@example.org", secretariat_phone="+49 1"
        )


def hand_over() -> Handover:
    update_publishing_rights()
    return Handover.objects.latest("pk")


def mail_to(code: str) -> mail.EmailMessage:
    found = [each for each in mail.outbox if f"{code.lower()}@example.org" in each.to]
    assert len(found) == 1
    return found[0]


def test_at_the_change_each_land_gets_one_mail(change):
    assert send_handover_mails() == 0
    handover = hand_over()
    assert send_handover_mails() == 2
    assert send_handover_mails() == 0
    assert sorted(each.to for each in mail.outbox) == [
        ["stelle-de-rp@example.org", "de-rp@example.org"],
        ["stelle-de-sl@example.org", "de-sl@example.org"],
    ]
    handover.refresh_from_db()
    assert handover.mailed_at == CHANGE
    assert handover.mails == {"DE-RP": 2, "DE-SL": 2}


def test_the_mail_says_what_changed_what_one_may_do_what_is_open_and_whom_to_ask(change, settings):
    settings.WAGTAILADMIN_BASE_URL = "https://intmk.example"
    User.objects.create_superuser("chefin", email="chefin@example.org")
    hand_over()
    send_handover_mails()
    taken, given = mail_to("DE-SL"), mail_to("DE-RP")
    assert breakable(taken.subject) == "Vorsitz der Integrationsministerkonferenz: seit 1. Juli 2027 beim Saarland"
    assert "seit dem 1. Juli 2027, 0:00 Uhr, hat das Saarland den Vorsitz" in breakable(taken.body)
    assert "Bisher lag er bei Rheinland-Pfalz." in taken.body
    assert "liegt der Vorsitz der Integrationsministerkonferenz beim Saarland." in given.body
    assert "Startseite" not in given.body
    assert "Redaktion Saarland können auf der Website veröffentlichen" in taken.body
    assert "Rheinland-Pfalz: stelle-de-rp@example.org, +49 1\n" in taken.body
    assert "Veröffentlichen und freigeben kann jetzt das Saarland." in given.body
    assert "Saarland: stelle-de-sl@example.org, +49 1\n" in given.body
    for letter in (taken, given):
        assert "- Person im Vorsitz: Die Amtszeit folgt bisher nur aus der Regel." in letter.body
        assert "https://intmk.example/admin/\n" in letter.body
        assert "https://intmk.example/admin/uebergabe/\n" in letter.body
        assert "Administration der Website: chefin@example.org" in letter.body
        assert "{" not in letter.body
        assert letter.body.count("\n\n") == 6
        assert "\n\n\n" not in letter.body


def test_the_mail_says_when_nothing_was_open(change):
    handover = hand_over()
    handover.open_items = []
    handover.save()
    send_handover_mails()
    assert "Nichts: Alle Punkte der Übergabeliste waren erledigt." in mail_to("DE-SL").body


def test_each_address_gets_it_once_and_only_of_active_accounts(change):
    User.objects.create_user("zweite", land_code="DE-SL", email="Stelle-DE-SL@example.org")
    User.objects.create_user("gesperrt", land_code="DE-SL", email="gesperrt@example.org", is_active=False)
    User.objects.create_user("ohne", land_code="DE-SL")
    User.objects.create_user("fremd", land_code="DE-BE", email="fremd@example.org")
    User.objects.filter(username="r-DE-SL").update(email="kaputt@example.org\nBcc: alle@example.org")
    hand_over()
    send_handover_mails()
    assert [each.to for each in mail.outbox if "Saarland den Vorsitz" in each.body] == [["Stelle-DE-SL@example.org"]]


def test_the_first_record_is_no_change_and_gets_no_mail(db):
    Handover.objects.all().delete()
    with time_machine.travel(datetime(2027, 5, 1, tzinfo=UTC), tick=False):
        update_publishing_rights()
    assert Handover.objects.get().former_land is None
    assert send_handover_mails() == 0


def test_a_land_without_address_is_noted_and_not_tried_for_ever(change, caplog):
    Land.objects.filter(code="DE-SL").update(secretariat_email="")
    User.objects.filter(land_code="DE-SL").delete()
    handover = hand_over()
    with caplog.at_level(logging.ERROR):
        assert send_handover_mails() == 1
    assert "Für das Saarland ist keine E-Mail-Adresse bekannt." in caplog.text
    handover.refresh_from_db()
    assert handover.mailed_at == CHANGE
    assert handover.mail_report == [
        "Rheinland-Pfalz: an 2 Adressen verschickt",
        "Saarland: keine E-Mail-Adresse bekannt",
    ]
    assert send_handover_mails() == 0
    client = Client(HTTP_HOST="localhost")
    client.force_login(User.objects.get(username="r-DE-RP"))
    assert "Saarland: keine E-Mail-Adresse bekannt" in text_of(client.get("/admin/uebergabe/"))


@pytest.mark.parametrize("failure", [SMTPServerDisconnected("weg"), TimeoutError(), ConnectionRefusedError()])
def test_what_the_mail_server_refuses_stays_due_and_nobody_is_told_twice(change, monkeypatch, caplog, failure):
    original = mail.EmailMessage.send

    def fail_for_saarland(self, *args, **kwargs):
        if "de-sl@example.org" in self.to:
            raise failure
        return original(self, *args, **kwargs)

    handover = hand_over()
    with monkeypatch.context() as broken:
        broken.setattr(mail.EmailMessage, "send", fail_for_saarland)
        assert send_handover_mails() == 1
        assert "Die Mail an das Saarland ging nicht hinaus" in caplog.text
        assert send_handover_mails() == 0
    handover.refresh_from_db()
    assert handover.mailed_at is None
    assert handover.mail_report[1] == "Saarland: noch nicht verschickt"
    assert send_handover_mails() == 1
    assert mail_to("DE-SL")
    assert mail_to("DE-RP")
    handover.refresh_from_db()
    assert handover.mailed_at == CHANGE


def test_a_handover_that_a_later_one_has_overtaken_gets_no_mail(change):
    first = hand_over()
    saxony = Land.objects.get(code="DE-SN")
    with time_machine.travel(CHANGE, tick=False):
        ChairTerm.objects.create(land=saxony, start=date(2027, 7, 1), end=date(2028, 6, 30))
        update_publishing_rights()
        assert Handover.objects.count() >= 2
        Land.objects.filter(code="DE-SN").update(secretariat_email="sn@example.org")
        assert send_handover_mails() == 2
    first.refresh_from_db()
    assert first.mailed_at == CHANGE
    assert first.mails == {}
    assert "schon weitergegangen war" in first.mail_report[0]
    assert [each.to for each in mail.outbox if "Sachsen den Vorsitz" in each.body] == [["sn@example.org"]]
    assert "Das Saarland hat ihn abgegeben." in mail_to("DE-SL").body


def test_names_cannot_write_headers_and_are_not_escaped(change):
    Land.objects.filter(code="DE-SL").update(name="Saar & Land\r\nBcc: alle@example.org")
    hand_over()
    assert send_handover_mails() == 2
    letter = mail_to("DE-SL")
    assert "\n" not in letter.subject
    assert "Saar & Land" in letter.body
    assert "Bcc" not in letter.message()
    assert letter.message()["To"] == "stelle-de-sl@example.org, de-sl@example.org"


def test_an_unexpected_failure_of_one_mail_does_not_send_the_other_again(change, monkeypatch, caplog):
    original = mail.EmailMessage.send

    def break_for_saarland(self, *args, **kwargs):
        if "de-sl@example.org" in self.to:
            raise RuntimeError("unerwartet")
        return original(self, *args, **kwargs)

    handover = hand_over()
    with monkeypatch.context() as broken:
        broken.setattr(mail.EmailMessage, "send", break_for_saarland)
        assert [send_handover_mails() for _ in range(3)] == [1, 0, 0]
    assert mail_to("DE-RP")
    assert caplog.text.count("Die Mail an das Saarland ist gescheitert.") == 3
    handover.refresh_from_db()
    assert handover.mails == {"DE-RP": 2}
    assert [send_handover_mails() for _ in range(2)] == [1, 0]
    assert mail_to("DE-SL")


def test_a_failure_at_the_first_land_does_not_keep_the_second_waiting(change, monkeypatch):
    original = mail.EmailMessage.send

    def break_for_rheinland_pfalz(self, *args, **kwargs):
        if "de-rp@example.org" in self.to:
            raise RuntimeError("unerwartet")
        return original(self, *args, **kwargs)

    hand_over()
    monkeypatch.setattr(mail.EmailMessage, "send", break_for_rheinland_pfalz)
    assert [send_handover_mails() for _ in range(3)] == [1, 0, 0]
    assert mail_to("DE-SL")


def give_present_term_to(code: str, at: datetime) -> Handover:
    """The administrator puts another Land into the term that runs, and the rights follow."""
    with time_machine.travel(at, tick=False):
        ChairTerm.objects.update_or_create(
            start=date(2027, 7, 1), defaults={"land": Land.objects.get(code=code), "end": date(2028, 6, 30)}
        )
        return hand_over()


AUGUST = datetime(2027, 8, 20, 12, 30, tzinfo=UTC)


def test_a_change_in_mid_term_is_dated_when_it_happened(change):
    hand_over()
    send_handover_mails()
    mail.outbox.clear()
    edited = give_present_term_to("DE-RP", AUGUST)
    assert edited.start == date(2027, 7, 1)
    assert edited.since == AUGUST
    assert Handover.objects.of_changes().get(pk=edited.pk).since == AUGUST
    assert send_handover_mails() == 2
    assert "seit dem 20. August 2027, 14:30 Uhr, hat Rheinland-Pfalz den Vorsitz" in breakable(mail_to("DE-RP").body)
    assert "seit 20. August 2027 bei Rheinland-Pfalz" in breakable(mail_to("DE-SL").subject)
    client = Client(HTTP_HOST="localhost")
    with time_machine.travel(AUGUST, tick=False):
        client.force_login(User.objects.get(username="r-DE-RP"))
        shown = text_of(client.get("/admin/uebergabe/"))
    assert "Saarland an Rheinland-Pfalz, 20. August 2027" in shown
    assert "Rheinland-Pfalz an das Saarland, 1. Juli 2027" in shown


def test_a_first_day_before_the_former_change_is_an_edit_too(change):
    hand_over()
    with time_machine.travel(AUGUST, tick=False):
        ChairTerm.objects.filter(start=date(2026, 7, 1)).update(end=date(2028, 6, 30))
        back = hand_over()
    assert (back.start, back.since) == (date(2026, 7, 1), AUGUST)


@pytest.mark.parametrize("settled", [datetime(2027, 7, 5, 8, 0, tzinfo=UTC), datetime(2029, 8, 1, tzinfo=UTC)])
def test_a_server_that_was_off_at_midnight_dates_the_change_to_midnight(change, settled):
    with time_machine.travel(settled, tick=False):
        late = hand_over()
    assert late.settled_at == settled
    assert late.since == CHANGE.replace(year=settled.year if settled.year == 2027 else 2029)


def test_a_change_that_is_taken_back_before_a_mail_went_out_is_told_to_nobody(change):
    first, second = hand_over(), give_present_term_to("DE-RP", CHANGE)
    assert send_handover_mails() == 0
    assert mail.outbox == []
    for handover in (first, second):
        handover.refresh_from_db()
        assert (handover.mails, handover.mailed_at) == ({}, CHANGE)
        assert "der Wechsel zurückgenommen wurde" in handover.mail_report[0]
    give_present_term_to("DE-SL", AUGUST)  # now in earnest
    assert send_handover_mails() == 2


def test_a_change_that_is_taken_back_after_a_mail_went_out_is_told_to_both(change):
    hand_over()
    assert send_handover_mails() == 2
    mail.outbox.clear()
    give_present_term_to("DE-RP", CHANGE)
    assert send_handover_mails() == 2
    assert mail_to("DE-RP")
    assert mail_to("DE-SL")
