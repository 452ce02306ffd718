"""Two people press the same button at once, two processes send the same mail: it happens once. Really committed."""

from concurrent.futures import ThreadPoolExecutor
from datetime import date
from threading import Barrier
from time import sleep

import pytest
import time_machine
from django.core import mail
from django.db import connection
from django.test import Client
from wagtail.models import PageLogEntry

from conferences.handover.mail import send_handover_mails
from conferences.models import Handover, Land
from conferences.terms.rights import update_publishing_rights
from intmk.users.models import User
from tests.test_dashboard import CHANGE, JULY, MAY, at, browser, form_of, schedule, words

pytestmark = pytest.mark.usefixtures("own_database")


def test_of_two_who_press_at_once_one_publishes_and_the_other_is_told():
    people = {code: User.objects.create_user(f"zwei-{code}", land_code=code) for code in ("DE-RP", "DE-SL")}
    people["admin"] = User.objects.create_superuser("zwei-admin")
    with at(MAY):
        form = form_of(schedule(people["DE-RP"], CHANGE))
    with at(JULY):
        update_publishing_rights()
        browsers = [browser(people["DE-SL"]), browser(people["admin"])]
        both_ready = Barrier(2, timeout=20)

        def press_together(client: Client) -> str:
            try:
                both_ready.wait()
                return words(client.post("/admin/uebergabe/bestaetigen/", form, follow=True))
            finally:
                connection.close()

        with ThreadPoolExecutor(2) as pool:
            answers = list(pool.map(press_together, browsers))
    assert sorted("ist jetzt veröffentlicht" in answer for answer in answers) == [False, True]
    assert sorted("Das ist nicht mehr so geplant" in answer for answer in answers) == [False, True]
    assert PageLogEntry.objects.filter(action="wagtail.publish.scheduled").count() == 1


def test_two_processes_send_it_once(monkeypatch):
    prepare_in_copy()
    both_ready = Barrier(2, timeout=20)

    def send() -> int:
        try:
            both_ready.wait()
            with time_machine.travel(CHANGE, tick=False):
                return send_handover_mails()
        finally:
            connection.close()

    slow = mail.EmailMessage.send

    def slowly(self, *args, **kwargs):
        sleep(0.3)
        return slow(self, *args, **kwargs)

    assert Handover.objects.due_for_mail().count() == 1
    monkeypatch.setattr(mail.EmailMessage, "send", slowly)
    with ThreadPoolExecutor(2) as pool:
        counts = list(pool.map(lambda _: send(), range(2)))
    assert sum(counts) == 2
    assert len(mail.outbox) == 2


def prepare_in_copy() -> None:
    """Both Länder with addresses, and the change committed."""
    mail.outbox = []
    Handover.objects.all().delete()
    for code in ("DE-RP", "DE-SL"):
        Land.objects.filter(code=code).update(secretariat_email=f"stelle-{code.lower()}@example.org")
    for day in (date(2027, 6, 30), date(2027, 7, 1)):
        update_publishing_rights(day)
