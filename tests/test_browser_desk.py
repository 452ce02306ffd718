"""The everyday jobs at the desk, done by typing and clicking in the served site; nothing is set in Python."""

import contextlib
import re
import subprocess
import sys
from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import Browser, Locator, Page, expect

from tests.conftest import ROOT, ServedSite


def begin_below(official: Page, parent: str) -> Locator:
    """Begin a new page below the page `parent` of the home page, as from the menu; return the field of its title."""
    official.goto("/admin/pages/")
    official.locator(f"a[aria-label*='{parent}']").first.click()
    official.get_by_role("link", name="Unterseite hinzufügen").first.click()
    title = official.get_by_role("textbox", name="Titel").first
    expect(title).to_be_editable()
    title.click()
    return title


def action(official: Page, name: str) -> None:
    """Choose an action from those beside "Entwurf speichern"."""
    official.get_by_role("button", name="Mehr Aktionen").click()
    official.get_by_role("button", name=name).first.click()


def save_draft(official: Page) -> None:
    official.get_by_role("button", name="Entwurf speichern").click()
    # Not the address: the editor that has saved by itself has it, too.
    expect(official.locator(".messages .success")).to_be_visible()
    expect(official).to_have_url(re.compile(r"/admin/pages/\d+/edit/"))
    expect(official.locator(".error-message:visible")).to_have_count(0)


def read(browser: Browser, site: ServedSite, address: str) -> tuple[int, str]:
    """Return status and text of an address as a reader gets it."""
    context = browser.new_context(base_url=site.url)
    page = context.new_page()
    answer = page.goto(address)
    text = page.locator("main").inner_text()
    context.close()
    return answer.status, text


def test_a_press_release_is_typed_saved_found_again_published_and_read(official, browser, served_site):
    title = "Größe zeigen: Länder beschließen Maßnahmen"
    begin_below(official, "Aktuelles").press_sequentially(title)
    save_draft(official)

    official.goto("/admin/")
    search = official.get_by_role("textbox", name="Suche").last
    search.press_sequentially("Maßnahmen")
    search.press("Enter")
    official.get_by_role("link", name=title).first.click()
    expect(official.get_by_role("textbox", name="Titel").first).to_have_value(title)

    action(official, "Veröffentlichen")
    expect(official.get_by_text("veröffentlicht").first).to_be_visible()
    status, text = read(browser, served_site, "/aktuelles/groesse-zeigen-laender-beschliessen-massnahmen/")
    assert status == 200
    assert title in text.replace("\u00a0", " ")


def test_what_is_typed_is_saved_by_itself_without_looking_at_another_tab(official):
    field = begin_below(official, "Aktuelles")
    # The editor takes what stands in the form after its first moments for unchanged.
    official.wait_for_timeout(2_500)
    field.press_sequentially("Von selbst gesichert")
    expect(official.locator(".w-autosave-indicator__state--saved")).to_be_visible()
    expect(official).to_have_url(re.compile(r"/admin/pages/\d+/edit/"))


@pytest.mark.parametrize("moment", ["before it is sent", "while it is under way"])
def test_a_click_while_the_editor_saves_by_itself_makes_one_page_only(official, moment):
    title = f"Geklickt {moment}"
    by_itself = re.compile(r"/admin/pages/add/")
    slow = official.context.new_cdp_session(official)
    field = begin_below(official, "Aktuelles")
    official.wait_for_timeout(2_500)
    slow.send("Network.enable")
    line = {"offline": False, "latency": 1_000, "downloadThroughput": -1, "uploadThroughput": -1}
    slow.send("Network.emulateNetworkConditions", line)
    with official.expect_request(by_itself) if moment == "while it is under way" else contextlib.nullcontext():
        field.press_sequentially(title)
    if moment == "before it is sent":
        save_draft(official)
    else:
        action(official, "Veröffentlichen")
        expect(official.locator(".messages .success")).to_contain_text("veröffentlicht")
    official.wait_for_timeout(4_000)
    slow.send("Network.emulateNetworkConditions", line | {"latency": 0})
    official.goto(f"/admin/pages/search/?q={title}")
    expect(official.get_by_role("link", name=title, exact=True)).to_have_count(1)


def test_two_press_releases_of_one_title_are_both_saved(official):
    begin_below(official, "Aktuelles").press_sequentially("Zweimal derselbe Titel")
    save_draft(official)
    second = begin_below(official, "Aktuelles")
    official.wait_for_timeout(2_500)
    second.press_sequentially("Zweimal derselbe")
    # Half a title is saved by the editor itself before the rest is typed.
    expect(official.locator(".w-autosave-indicator__state--saved")).to_be_visible()
    second.press_sequentially(" Titel")
    save_draft(official)
    official.get_by_role("tab", name="Seitenleiste und Adresse").click()
    expect(official.locator("#id_slug")).to_have_value(re.compile(r"zweimal-derselbe-titel-\d"))


def test_a_press_release_waits_for_the_typed_moment(official, browser, served_site):
    moment = timezone.localtime() + timedelta(days=1)
    begin_below(official, "Aktuelles").press_sequentially("Erst morgen")
    save_draft(official)
    official.get_by_role("button", name="Status umschalten").click()
    official.get_by_role("button", name="Zeitplan festlegen").click()
    dialog = official.get_by_role("dialog")
    dialog.get_by_label("Veröffentlicht ab").click()
    official.keyboard.type(f"{moment:%d.%m.%Y} 10:00")
    dialog.get_by_role("heading", name="Veröffentlichungszeitplan").click()  # closes the calendar
    dialog.get_by_role("button", name="Zeitplan speichern").click()
    expect(dialog).to_be_hidden()
    action(official, "Zur Veröffentlichung einplanen")
    expect(official.get_by_text("geplant").first).to_be_visible()
    assert read(browser, served_site, "/aktuelles/erst-morgen/")[0] == 404

    # What the clock of the site does tomorrow; not waited for.
    due = moment.replace(hour=10, minute=1)
    code = (
        "import time_machine; from datetime import datetime; from django.core.management import call_command\n"
        f"with time_machine.travel(datetime.fromisoformat('{due.isoformat()}')): call_command('publish_scheduled')"
    )
    done = subprocess.run(
        [sys.executable, "manage.py", "shell", "-v", "0", "-c", code],
        cwd=ROOT, env=served_site.environment, check=True, capture_output=True, text=True,
    )  # fmt: skip
    assert "Veröffentlicht: Erst morgen" in done.stdout
    assert read(browser, served_site, "/aktuelles/erst-morgen/")[0] == 200


def test_a_comment_is_written_answered_and_resolved(official):
    begin_below(official, "Aktuelles").press_sequentially("Mit Anmerkung")
    save_draft(official)
    section = official.get_by_role("region", name="Einleitung")
    section.hover()
    section.get_by_role("button", name="Kommentar hinzufügen").click()
    comments = official.locator("#comments")
    comments.get_by_role("textbox").press_sequentially("Bitte den Ort nennen.")
    comments.get_by_role("button", name="Kommentar", exact=True).click()
    save_draft(official)
    official.reload()
    words = comments.get_by_text("Bitte den Ort nennen.")
    words.wait_for(state="attached")
    official.wait_for_timeout(1500)  # whether they are shown is remembered, and decided after they have been drawn
    if not words.is_visible():
        official.get_by_role("button", name="Kommentare umschalten").click()
    words.click()  # its actions come into sight with that
    comments.get_by_role("button", name="Mehr Aktionen").click()
    comments.get_by_role("menuitem", name="Lösen").click()
    save_draft(official)
    official.reload()
    expect(official.get_by_role("textbox", name="Titel").first).to_be_editable()
    expect(comments).not_to_contain_text("Bitte den Ort nennen.")


def test_a_new_resolution_shows_its_preview_while_it_is_typed(official):
    official.goto("/admin/pages/")
    official.locator("a[aria-label*='Konferenzen']").first.click()
    official.locator("a[aria-label*='12. Integrationsministerkonferenz']").last.click()
    official.get_by_role("link", name="Unterseite hinzufügen").first.click()
    official.get_by_role("textbox", name="Titel").first.press_sequentially("Gerade erst begonnen")
    official.get_by_role("button", name="Vorschau umschalten").click()
    preview = official.frame_locator("iframe[title='Vorschau'], #w-preview-iframe, iframe").first
    expect(preview.get_by_role("heading", level=1)).to_contain_text("Gerade erst begonnen")


@pytest.mark.parametrize(
    ("parent", "title", "more"),
    [
        ("Konferenzen", "99. Integrationsministerkonferenz", {"Nummer *": "99", "Erster Tag *": "04.05.2084"}),
        ("Kontakt", "Anfahrt für Gäste", {}),
    ],
    ids=["conference", "text page"],
)
def test_other_pages_need_only_what_is_starred_on_the_first_tab(official, parent, title, more):
    begin_below(official, parent).press_sequentially(title)
    for label, text in more.items():
        official.get_by_label(label).click()
        official.keyboard.type(text)
    save_draft(official)
