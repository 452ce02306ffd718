"""The changeover as editors see it in the browser: before midnight, across it, and a year later.

Against Django's server in this process, not the served site: its clock has to be moved. `make test` asks the same of
the forms themselves (test_settling, test_refused_forms, test_drafts_of_others).
"""

import re
from collections.abc import Iterator
from datetime import datetime
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.utils import timezone
from playwright.sync_api import Browser, Locator, Page, expect
from pytest_django.live_server_helper import LiveServer
from wagtail.models import Revision

from conferences.models import ConferencePage
from intmk.users.models import User

BERLIN = ZoneInfo("Europe/Berlin")
PASSWORD = "ein langes Passwort 1"


@pytest.fixture
def clock():
    with time_machine.travel(datetime(2016, 9, 30, 23, 50, tzinfo=BERLIN)) as travelled:
        yield travelled


@pytest.fixture
def site(own_database, clock, browser) -> Iterator[str]:
    for code in ("DE-BW", "DE-BY"):
        User.objects.create_user(f"redaktion-{code}", password=PASSWORD, land_code=code)
    Revision.objects.update(created_at=timezone.now())  # the content was loaded years later
    others = list(browser.contexts)
    server = LiveServer("localhost")
    yield server.url
    for context in browser.contexts:
        if context not in others:
            context.close()  # an open editor goes on asking
    server.stop()


def sign_in(browser: Browser, site: str, code: str) -> Page:
    page = browser.new_context(base_url=site, locale="de-DE").new_page()
    page.goto("/admin/login/")
    page.get_by_label(re.compile("Benutzername")).fill(f"redaktion-{code}")
    page.get_by_role("textbox", name="Passwort").fill(PASSWORD)
    page.get_by_role("button", name="Anmelden", exact=True).click()
    expect(page).to_have_url(f"{site}/admin/")
    return page


def open_editor(page: Page) -> None:
    page.goto(f"/admin/pages/{ConferencePage.objects.get(number=11).pk}/edit/")


def motto(page: Page) -> Locator:
    """The field, brought to the front: it stands on the second tab."""
    page.get_by_role("tab", name="Text und Programm").click()
    return page.get_by_role("textbox", name="Motto")


def publish(page: Page) -> None:
    page.locator("footer [data-w-dropdown-target='toggle']").click()
    page.get_by_role("button", name="Veröffentlichen").first.click()


def publish_by_hand(page: Page) -> None:
    """Put the button into the form that the site has not offered, and press it."""
    with page.expect_navigation():
        page.evaluate(
            """() => {
                const form = document.querySelector("form[data-edit-form]");
                const button = Object.assign(document.createElement("button"), {
                    type: "submit", name: "action-publish", value: "action-publish",
                });
                form.append(button);
                form.requestSubmit(button);
            }"""
        )


@pytest.mark.audit
def test_the_right_comes_and_goes_at_midnight_and_no_text_is_lost(browser, site, clock):
    coming = sign_in(browser, site, "DE-BW")
    open_editor(coming)
    motto(coming).fill("Vorbereitet im September 2016")
    expect(coming.get_by_role("button", name="Weiter zum Senden")).to_be_visible()
    expect(coming.get_by_role("button", name="Veröffentlichen")).to_have_count(0)  # not yet in the chair
    publish_by_hand(coming)  # or with a button that another page had
    expect(coming.get_by_text("Nicht veröffentlicht. Das darf nur die Redaktion des Landes im Vorsitz")).to_be_visible()
    expect(motto(coming)).to_have_value("Vorbereitet im September 2016")
    page = ConferencePage.objects.get(number=11)
    assert page.motto != "Vorbereitet im September 2016"
    assert page.get_latest_revision_as_object().motto != "Vorbereitet im September 2016"
    reader = browser.new_context(base_url=site).new_page()
    reader.goto("/konferenzen/11/")
    expect(reader.get_by_text("Vorbereitet im September 2016")).to_have_count(0)

    clock.move_to(datetime(2016, 10, 1, 0, 0, 1, tzinfo=BERLIN))
    open_editor(coming)
    expect(coming.get_by_text("Ihr Land hat vor dem Vorsitz 1 Änderung vorgeschlagen.")).to_be_visible()
    coming.get_by_role("link", name="Ansehen", exact=True).click()
    coming.get_by_role("button", name="Übernehmen", exact=True).click()
    open_editor(coming)
    expect(motto(coming)).to_have_value("Vorbereitet im September 2016")
    publish(coming)
    expect(coming.locator(".messages .success")).to_contain_text("veröffentlicht")
    reader.goto("/konferenzen/11/")
    expect(reader.get_by_text("Vorbereitet im September 2016")).to_be_visible()

    clock.move_to(datetime(2017, 9, 30, 23, 58, tzinfo=BERLIN))
    former = sign_in(browser, site, "DE-BW")
    open_editor(former)
    former.wait_for_timeout(2_500)  # the editor takes what stands in the form after its first moments for unchanged
    motto(former).fill("Eine Minute vor Mitternacht")
    expect(former.locator(".w-autosave-indicator__state--saved")).to_be_visible()
    clock.move_to(datetime(2017, 10, 1, 0, 0, 5, tzinfo=BERLIN))
    publish(former)
    expect(former.get_by_text("Nicht veröffentlicht. Der Vorsitz ist am 1. Oktober 2017")).to_be_visible()
    expect(motto(former)).to_have_value("Eine Minute vor Mitternacht")
    reader.goto("/konferenzen/11/")
    expect(reader.get_by_text("Vorbereitet im September 2016")).to_be_visible()
    expect(former.get_by_role("button", name="Vorschlag speichern")).to_be_visible()
    expect(former.get_by_role("button", name="Veröffentlichen")).to_have_count(0)

    chair = sign_in(browser, site, "DE-BY")
    open_editor(chair)
    expect(motto(chair)).to_have_value("Eine Minute vor Mitternacht")  # the draft that the former chair has left
    publish(chair)
    expect(chair.locator(".messages .success")).to_contain_text("veröffentlicht")
    reader.goto("/konferenzen/11/")
    expect(reader.get_by_text("Eine Minute vor Mitternacht")).to_be_visible()
