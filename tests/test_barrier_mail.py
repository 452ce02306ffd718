"""The mails of a reported barrier: after it was stored, tried again, and nothing that a stranger typed in them."""

from datetime import date, timedelta
from smtplib import SMTPRecipientsRefused, SMTPServerDisconnected

import pytest
import time_machine
from django.core import mail
from django.core.mail.backends.locmem import EmailBackend
from django.urls import reverse

from conferences.management.commands.clock import tick
from conferences.models import Land
from intmk.accessibility.models import BarrierMail, BarrierReport, BarrierSender
from intmk.accessibility.notifications import MOST_ATTEMPTS, send_barrier_mails, tend_barrier_reports
from intmk.users.models import User
from tests.barrier_reports import NOW, TEXT, chair_now, stored
from tests.editing import breakable, text_of

pytestmark = pytest.mark.django_db
PERSON = {"name": "Petra Beispiel", "email": "petra@example.org", "phone": "+49 30 123456"}


@pytest.fixture(autouse=True)
def now():
    with time_machine.travel(NOW, tick=False) as clock:
        yield clock


@pytest.fixture
def secretariat() -> str:
    address = "stelle@example.org"
    Land.objects.filter(pk=chair_now().pk).update(secretariat_email=address, secretariat_phone="+49 1")
    return address


@pytest.fixture
def failing(monkeypatch) -> dict:
    """Mails to these addresses fail with these errors; "" is for all."""
    failures: dict[str, Exception] = {}
    send = EmailBackend.send_messages

    def send_or_fail(self, messages):
        for message in messages:
            for address in (*message.to, ""):
                if address in failures:
                    raise failures[address]
        return send(self, messages)

    monkeypatch.setattr(EmailBackend, "send_messages", send_or_fail)
    return failures


def reports(report: BarrierReport) -> str:
    return BarrierReport.objects.get(pk=report.pk).mail_report


def test_the_secretariat_gets_a_notice_and_the_reporter_a_receipt_without_what_was_typed(secretariat, settings):
    settings.WAGTAILADMIN_BASE_URL = "https://intmk.example"
    report = stored(page="/vorsitz/", **PERSON)
    assert not mail.outbox  # the reader does not wait for a mail server
    assert send_barrier_mails() == 2
    assert send_barrier_mails() == 0
    notice, receipt = mail.outbox
    assert (notice.to, receipt.to) == ([secretariat], ["petra@example.org"])
    for message in (notice, receipt):
        assert report.receipt in message.subject
        assert report.receipt in message.body
        assert "28. Februar 2027" in breakable(message.body)
        assert message.reply_to == [secretariat]
        for typed in (TEXT, "Petra", "123456", "/vorsitz/"):
            assert typed not in message.body
    assert f"https://intmk.example/admin/snippets/intmk/barrierreport/edit/{report.pk}/" in notice.body
    assert f"https://intmk.example/barriere-melden/{report.receipt}/" in receipt.body
    assert breakable(reports(report)).count("verschickt am 31. Januar 2027") == 2


def test_the_clock_sends_what_is_due(secretariat):
    stored()
    tick()
    assert [message.to for message in mail.outbox] == [[secretariat]]


def test_without_an_address_of_the_secretariat_its_accounts_or_administrators_are_told(now):
    stored()
    assert send_barrier_mails() == 0
    assert "keine E-Mail-Adresse bekannt" in reports(BarrierReport.objects.get())
    User.objects.create_superuser("chefin", email="chefin@example.org")
    assert send_barrier_mails() == 0  # not before its time
    now.shift(timedelta(minutes=1))
    assert send_barrier_mails() == 1
    User.objects.create_user("konto", email="konto@example.org", land_code=chair_now().code)
    stored()
    assert send_barrier_mails() == 1
    assert [message.to for message in mail.outbox] == [["chefin@example.org"], ["konto@example.org"]]


def test_what_waits_at_the_handover_goes_to_the_land_that_chairs_then(now):
    stored()
    now.move_to(NOW.replace(month=7, day=1))
    Land.objects.filter(pk=chair_now().pk).update(secretariat_email="neu@example.org")
    send_barrier_mails()
    assert mail.outbox[0].to == ["neu@example.org"]


def test_a_mail_server_that_is_away_loses_nothing_and_is_tried_again(now, secretariat, failing):
    report = stored(**PERSON)
    failing[""] = SMTPServerDisconnected("weg")
    assert send_barrier_mails() == 0
    assert "an die Geschäftsstelle: noch nicht verschickt (SMTPServerDisconnected)" in reports(report)
    assert BarrierMail.objects.filter(attempts=0).count() == 1  # the other one was spared the wait
    failing.clear()
    assert send_barrier_mails() == 1
    now.shift(timedelta(minutes=1))
    assert send_barrier_mails() == 1
    assert len(mail.outbox) == 2


def test_what_was_put_off_at_a_wrong_time_does_not_wait_for_that_time(now, secretariat, failing):
    now.shift(timedelta(days=400))
    stored()
    failing[""] = SMTPServerDisconnected("weg")
    send_barrier_mails()
    failing.clear()
    now.shift(timedelta(days=-400))
    assert send_barrier_mails() == 1


def test_one_bad_address_keeps_no_other_mail_and_is_given_up_in_the_end(now, secretariat, failing):
    report = stored(**PERSON)
    failing["petra@example.org"] = SMTPRecipientsRefused({})
    BarrierMail.objects.filter(to="secretariat").update(next_attempt_at=NOW + timedelta(seconds=1))
    now.shift(timedelta(seconds=2))
    assert send_barrier_mails() == 1
    for _ in range(MOST_ATTEMPTS + 5):
        now.shift(timedelta(hours=2))
        send_barrier_mails()
    refused = BarrierMail.objects.get(to="reporter")
    assert (refused.attempts, refused.given_up) == (MOST_ATTEMPTS, True)
    assert "Eingangsbestätigung: nicht zustellbar" in reports(report)
    assert len(mail.outbox) == 1


def test_the_dashboard_names_mails_that_did_not_go_out(secretariat, failing, chair):
    stored()
    failing[""] = OSError("weg")
    send_barrier_mails()
    assert "1 E-Mail dazu ging noch nicht hinaus" in text_of(chair.get("/admin/"))


# --- what is deleted ------------------------------------------------------------------------------------------------


def test_name_and_contact_are_deleted_six_months_after_the_answer(now):
    report, waiting = stored(**PERSON), stored(**PERSON)
    BarrierReport.objects.filter(pk=report.pk).update(state="answered", answered_on=date(2027, 2, 28), answer="Behoben")
    now.move_to(NOW.replace(month=8, day=27))
    tend_barrier_reports()
    report.refresh_from_db()
    assert report.name == PERSON["name"]
    now.move_to(NOW.replace(month=8, day=28))
    tend_barrier_reports()
    report.refresh_from_db()
    waiting.refresh_from_db()
    assert (report.name, report.email, report.phone) == ("", "", "")
    assert (report.text, report.answer, report.forgotten_on) == (TEXT, "Behoben", date(2027, 8, 28))
    assert waiting.email == PERSON["email"]


def test_what_is_counted_is_deleted_after_an_hour(now):
    stored()
    tend_barrier_reports()
    assert BarrierSender.objects.count() == 1
    now.shift(timedelta(hours=1, seconds=1))
    tend_barrier_reports()
    assert not BarrierSender.objects.exists()
    stored()
    now.shift(timedelta(days=-1))  # the time was wrong
    tend_barrier_reports()
    assert not BarrierSender.objects.exists()


def answered(chair, report: BarrierReport, **changes) -> None:
    edit = reverse(BarrierReport.snippet_viewset.get_url_name("edit"), args=[report.pk])
    form = {"state": "new", "answer": "Der Kontrast ist behoben.\nDanke für den Hinweis.", "send_answer": "on"}
    assert chair.post(edit, form | changes).status_code == 302


def test_an_answer_is_written_once_and_goes_to_the_person(secretariat, chair, settings):
    settings.WAGTAILADMIN_BASE_URL = "https://intmk.example"
    report = stored(**PERSON)
    send_barrier_mails()
    mail.outbox.clear()
    answered(chair, report)
    answered(chair, report)  # a second click
    report.refresh_from_db()
    assert (report.state, report.answered_on) == ("answered", NOW.date())
    assert not mail.outbox
    tick()
    [sent] = mail.outbox
    assert (sent.to, sent.reply_to) == (["petra@example.org"], [secretariat])
    assert "Der Kontrast ist behoben.\nDanke für den Hinweis." in sent.body
    assert report.receipt in sent.body
    assert "Antwort: verschickt am" in reports(report)
    answered(chair, report, answer="Noch ein Satz dazu.", answered_on=f"{NOW:%d.%m.%Y}", state="answered")
    tick()
    assert "Noch ein Satz dazu." in mail.outbox[1].body
    assert len(mail.outbox) == 2


def test_an_answer_without_words_or_address_is_not_sent(chair):
    report = stored(**PERSON)
    edit = reverse(BarrierReport.snippet_viewset.get_url_name("edit"), args=[report.pk])
    page = chair.post(edit, {"state": "new", "answer": " ", "send_answer": "on"})
    assert "Bitte festhalten, was geantwortet wurde" in text_of(page)
    silent = stored(phone="+49 30 123456", REMOTE_ADDR="192.0.2.9")
    answered(chair, silent, state="in_progress")
    assert not BarrierMail.objects.filter(to="answer").exists()
    silent.refresh_from_db()
    assert silent.state == "in_progress"


def test_an_answer_that_does_not_go_out_is_told_on_the_start_page(secretariat, chair, failing):
    report = stored(**PERSON)
    send_barrier_mails()
    failing["petra@example.org"] = SMTPRecipientsRefused({})
    answered(chair, report)
    tick()
    assert "1 E-Mail dazu ging noch nicht hinaus" in text_of(chair.get("/admin/"))
    assert "Antwort: noch nicht verschickt (SMTPRecipientsRefused)" in reports(report)
