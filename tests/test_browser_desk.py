"""The everyday jobs at the desk, done by typing and clicking in the served site; nothing is set in Python."""

import contextlib
import os
import re
import signal
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Callable
from datetime import datetime, timedelta
from io import BytesIO
from pathlib import Path

import pytest
from django.utils import timezone
from PIL import Image
from playwright.sync_api import Locator, Page, Route, expect

from tests.conftest import ROOT, ServedSite, signed_in
from tests.pdf_files import text_pdf
from tests.processes import clocks_of, wait_until
from tests.serving import Site, copy_state, free_port, served_once


def begin(official: Page, kind: str = "intmk/newspage", below: str = "aktuelles") -> Locator:
    """Begin a new page below that with this slug; return the field of its title.

    By its address: the first test goes the way from the menu to it, whose pages cost more than the form.
    """
    parent = official.request.get("/admin/api/main/pages/", params={"slug": below}).json()["items"][0]["id"]
    official.goto(f"/admin/pages/add/{kind}/{parent}/")
    return title_of(official)


def title_of(official: Page) -> Locator:
    """Return the field of the title once the editor is ready for it."""
    title = official.get_by_role("textbox", name="Titel").first
    expect(title).to_be_editable()
    title.click()
    return title


def action(official: Page, name: str) -> None:
    """Choose an action from those beside "Entwurf speichern"."""
    official.get_by_role("button", name="Mehr Aktionen").click()
    official.get_by_role("button", name=name).first.click()


def save_draft(official: Page) -> None:
    # Not the address: the editor that has saved by itself has it, too.
    with official.expect_event("domcontentloaded"):
        official.get_by_role("button", name="Entwurf speichern").click()
    expect(official.locator(".messages .success")).to_be_visible()
    expect(official).to_have_url(re.compile(r"/admin/pages/\d+/edit/"))
    expect(official.locator(".error-message:visible")).to_have_count(0)


def status(site: ServedSite, address: str) -> int:
    """Return what a reader's browser is told first."""
    try:
        with urllib.request.urlopen(site.url + address) as answer:
            return answer.status
    except urllib.error.HTTPError as error:
        return error.code


def test_a_press_release_is_typed_saved_found_again_published_and_read(official, browser, served_site):
    title = "Größe zeigen: Länder beschließen Maßnahmen"
    official.goto("/admin/pages/")
    official.locator("a[aria-label*='Aktuelles']").first.click()
    official.get_by_role("link", name="Unterseite hinzufügen").first.click()
    title_of(official).press_sequentially(title)
    save_draft(official)
    search = official.get_by_role("textbox", name="Suche").last
    search.press_sequentially("Maßnahmen")
    search.press("Enter")
    official.get_by_role("link", name=title).first.click()
    expect(official.get_by_role("textbox", name="Titel").first).to_have_value(title)

    action(official, "Veröffentlichen")
    expect(official.locator(".messages .success")).to_contain_text("veröffentlicht")
    reader = browser.new_context(base_url=served_site.url)
    page = reader.new_page()
    answer = page.goto("/aktuelles/groesse-zeigen-laender-beschliessen-massnahmen/")
    assert answer.status == 200
    assert title in page.locator("main").inner_text().replace("\u00a0", " ")
    reader.close()


def test_a_press_release_is_begun_on_the_start_page_typed_published_and_read(official, served_site):
    title = "Auf der Startseite begonnen"
    official.goto("/admin/")
    official.get_by_role("navigation", name="Neu:").get_by_role("link", name="Pressemitteilung").click()
    title_of(official).press_sequentially(title)
    action(official, "Veröffentlichen")
    expect(official.locator(".messages .success")).to_contain_text("veröffentlicht")
    assert status(served_site, "/aktuelles/auf-der-startseite-begonnen/") == 200


@pytest.mark.audit
@pytest.mark.parametrize(
    ("kind", "below"),
    [
        ("intmk/standardpage", "impressum"),
        ("conferences/resolutionpage", "12"),
    ],
)
def test_of_a_page_and_a_resolution_the_title_suffices(official, served_site, kind, below):
    title = f"Nur getippt als {kind.rpartition('/')[2]}"
    begin(official, kind, below).press_sequentially(title)
    save_draft(official)
    official.goto("/admin/")
    search = official.get_by_role("textbox", name="Suche").first
    search.fill(title)
    search.press("Enter")
    official.get_by_role("link", name=title).first.click()
    action(official, "Veröffentlichen")
    expect(official.locator(".messages .success")).to_contain_text("veröffentlicht")
    found = official.request.get("/admin/api/main/pages/", params={"title": title, "fields": "html_url"}).json()[
        "items"
    ]
    address = found[0]["meta"]["html_url"].removeprefix(served_site.url)
    with urllib.request.urlopen(served_site.url + address) as answer:
        assert title in answer.read().decode().replace("\u00a0", " ").replace("\u00ad", "")
    official.goto(f"/admin/pages/{found[0]['id']}/delete/")  # what other tests look at stays as it is
    official.get_by_role("button", name="Ja, löschen").click()
    expect(official.get_by_role("button", name="Rückgängig")).to_be_visible()
    assert status(served_site, address) == 410


@pytest.mark.audit
def test_what_is_typed_while_the_editor_saves_by_itself_is_saved_as_well(official):
    begin(official).press_sequentially("Noch im Schreiben")
    save_draft(official)
    sent = []

    def type_on(route):
        if route.request.method == "POST" and not sent:
            official.keyboard.type("ende")
            sent.append(route.request.url)
        route.continue_()

    field = official.get_by_role("textbox", name="Einleitung")
    expect(field).to_be_editable()
    official.wait_for_timeout(2_500)  # until Wagtail looks for changes
    official.route("**/edit/", type_on)
    field.press_sequentially("Zu")
    wait_in_browser(official, lambda: len(sent) == 1)
    with official.expect_response(lambda answer: "Zuende" in (answer.request.post_data or "")):
        pass
    official.unroute("**/edit/")
    official.reload()
    expect(field).to_have_value("Zuende")


@pytest.mark.audit
def test_a_conference_that_contradicts_itself_is_saved_and_its_rules_lead_to_their_fields(official, served_site):
    begin(official, "conferences/conferencepage", "konferenzen").press_sequentially("Noch ohne Nummer und Tag")
    save_draft(official)
    rules = official.get_by_role("region", name="Prüfung")
    expect(rules).to_contain_text("Eine Hauptkonferenz braucht ihre laufende Nummer")
    action(official, "Veröffentlichen")
    expect(official.locator(".error-message:visible")).not_to_have_count(0)
    assert status(served_site, "/konferenzen/noch-ohne-nummer-und-tag/") == 404

    official.get_by_role("tab", name="Text und Programm").click()
    rules.get_by_role("link", name="Nummer").click()
    number = official.get_by_label("Nummer").first
    expect(number).to_be_focused()
    number.press_sequentially("84")
    expect(rules).not_to_contain_text("laufende Nummer")
    rules.get_by_role("link", name="Erster Tag").click()
    expect(official.get_by_label("Erster Tag").first).to_be_focused()
    official.keyboard.type("04.05.2084")
    title_of(official)  # a click elsewhere shuts the calendar, which lies above the buttons
    expect(official.locator(".xdsoft_datetimepicker:visible")).to_have_count(0)
    expect(rules.get_by_role("heading")).to_have_count(0)  # advice stays
    action(official, "Veröffentlichen")
    expect(official.locator(".messages .success")).to_contain_text("veröffentlicht")
    assert status(served_site, "/konferenzen/84/") == 200


@pytest.mark.audit
@pytest.mark.parametrize("moment", ["before it is sent", "while it is under way"])
def test_a_click_while_the_editor_saves_by_itself_makes_one_page_only(official, moment):
    title = f"Geklickt {moment}"
    by_itself = re.compile(r"/admin/pages/add/")
    slow = official.context.new_cdp_session(official)
    field = begin(official)
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
    official.wait_for_timeout(2_000)  # what is still under way arrives
    slow.send("Network.emulateNetworkConditions", line | {"latency": 0})
    made = official.request.get("/admin/api/main/pages/", params={"title": title}).json()
    assert made["meta"]["total_count"] == 1


@pytest.mark.audit
def test_what_is_typed_is_saved_by_itself_also_under_a_title_that_is_taken(official):
    title = begin(official)
    # The editor takes what stands in the form after its first moments for unchanged.
    official.wait_for_timeout(2_500)
    title.press_sequentially("Prüfmeldung")
    # Half a title is saved by the editor itself before the rest is typed.
    expect(official.locator(".w-autosave-indicator__state--saved")).to_be_visible()
    expect(official).to_have_url(re.compile(r"/admin/pages/\d+/edit/"))
    title.press_sequentially(" 2")
    save_draft(official)
    official.get_by_role("tab", name="Seitenleiste und Adresse").click()
    expect(official.locator("#id_slug")).to_have_value(re.compile(r"pruefmeldung-2-\d"))


@pytest.mark.audit
def test_a_press_release_and_its_paper_wait_for_the_typed_moment_and_go_at_another(official, served_site):
    moment = timezone.localtime() + timedelta(days=1)
    begin(official).press_sequentially("Erst morgen")
    paper = add_paper(official, "Papier mit Sperrfrist")
    save_draft(official)
    schedule(official, moment.replace(hour=10, minute=0), moment.replace(hour=18, minute=0))
    both = ("/aktuelles/erst-morgen/", paper)
    assert [status(served_site, address) for address in both] == [404, 404]

    assert "Veröffentlicht: Erst morgen" in what_the_clock_does(served_site, moment.replace(hour=10, minute=1))
    assert [status(served_site, address) for address in both] == [200, 200]
    assert "Zurückgezogen: Erst morgen" in what_the_clock_does(served_site, moment.replace(hour=18, minute=1))
    assert [status(served_site, address) for address in both] == [410, 404]


@pytest.mark.audit
def test_a_press_release_goes_public_at_its_moment_although_the_clock_was_killed_before(
    playwright, browser, var_dir, chairing_account, tmp_path
):
    moment = (timezone.localtime() + timedelta(days=1)).replace(hour=10, minute=0, second=0, microsecond=0)
    copy_state(served_once(), var_dir)
    port = free_port()
    with Site(var_dir, port) as killed:
        killed.wait_for_welcome()
        accounts = dict(line.split() for line in (var_dir / "demo-accounts.txt").read_text().splitlines())
        site = ServedSite(f"http://localhost:{port}", accounts, killed.environment)
        state = signed_in(playwright, site, chairing_account)
        context = browser.new_context(base_url=site.url, locale="de-DE", storage_state=state)
        context.set_default_timeout(30_000)
        official = context.new_page()
        begin(official).press_sequentially("Trotz allem")
        both = ("/aktuelles/trotz-allem/", add_paper(official, "Papier mit Sperrfrist"))
        save_draft(official)
        schedule(official, moment)
        context.close()
        assert "Trotz allem" not in what_the_clock_does(site, moment - timedelta(minutes=1))
        assert [status(site, address) for address in both] == [404, 404]
        wait_until(lambda: clocks_of(var_dir))
        os.kill(clocks_of(var_dir)[0], signal.SIGKILL)
        assert "Die Uhr ist ausgefallen" in killed.process.communicate(timeout=30)[1]
        assert killed.process.returncode == 1  # whereupon systemd starts it anew

    ahead = (moment - timezone.now()).total_seconds() - 12  # what a start takes, and a little
    with Site(var_dir, port, **clock_put_forward(ahead, tmp_path)) as anew:
        anew.wait_for_welcome()
        wait_until(lambda: [status(site, address) for address in both] == [200, 200], seconds=200)
        assert timezone.now() + timedelta(seconds=ahead) >= moment


def clock_put_forward(seconds: float, folder: Path) -> dict[str, str]:
    """Return the environment in which each process of a site takes it to be so much later; time passes as ever."""
    travel = f"import time, time_machine; time_machine.travel(time.time() + {seconds}).start()\n"
    (folder / "sitecustomize.py").write_text(travel)  # Python reads it wherever it starts
    return {"PYTHONPATH": str(folder)}


def schedule(official: Page, begins: datetime, ends: datetime | None = None) -> None:
    """Type the moments at which the page of the open form becomes public and goes again, and let it wait for them."""
    official.get_by_role("button", name="Status umschalten").click()
    official.get_by_role("button", name="Zeitplan festlegen").click()
    dialog = official.get_by_role("dialog")
    for label, moment in (("Veröffentlicht ab", begins), ("Veröffentlicht bis", ends)):
        if moment:
            dialog.get_by_label(label).click()
            official.keyboard.type(f"{moment:%d.%m.%Y %H:%M}")
            dialog.get_by_role("heading", name="Veröffentlichungszeitplan").click()  # closes the calendar
    expect(dialog.locator("publishing-sentence")).to_contain_text(f"{begins:%H:%M} Uhr (Berlin) öffentlich.")
    dialog.get_by_role("button", name="Zeitplan speichern").click()
    expect(dialog).to_be_hidden()
    official.get_by_role("button", name="Mehr Aktionen").click()
    if ends:
        expect(official.locator("footer publishing-sentence")).to_contain_text(f"{ends:%H:%M} Uhr (Berlin) zurück")
    official.get_by_role("button", name="Zur Veröffentlichung einplanen").click()
    expect(official.locator(".messages .success")).to_contain_text("zur Veröffentlichung eingeplant")


def add_paper(official: Page, title: str) -> str:
    """Upload a PDF into the text of the open form; return the address that readers will get it at."""
    text = official.get_by_role("region", name="Text")
    text.get_by_role("button", name="Baustein einfügen").first.click()
    official.get_by_role("option", name="Dokumente").click()
    official.get_by_role("button", name="Dokument auswählen").first.click()
    dialog = official.get_by_role("dialog")
    dialog.get_by_role("tab", name="Hochladen").click()
    dialog.get_by_label("Titel").fill(title)
    pdf = {"name": "papier.pdf", "mimeType": "application/pdf", "buffer": text_pdf("Erst morgen")}
    dialog.locator("input[type=file]").set_input_files(pdf)
    dialog.get_by_role("button", name="Hochladen").click()
    expect(dialog).to_be_hidden()
    chosen = official.locator("input[name^='body-'][name*='-documents-'][name$='-value']").first
    return f"/dokumente/{chosen.input_value()}/papier.pdf"


def what_the_clock_does(site: ServedSite, moment: datetime) -> str:
    """Let the clock of the site do what it does at this moment, which nobody waits for; return what it prints."""
    code = (
        "import time_machine; from datetime import datetime; from django.core.management import call_command\n"
        f"with time_machine.travel(datetime.fromisoformat('{moment.isoformat()}')): call_command('publish_scheduled')"
    )
    return subprocess.run(
        [sys.executable, "manage.py", "shell", "-v", "0", "-c", code],
        cwd=ROOT, env=site.environment, check=True, capture_output=True, text=True,
    ).stdout  # fmt: skip


@pytest.mark.audit
def test_a_comment_is_written_answered_and_resolved(official):
    begin(official).press_sequentially("Mit Anmerkung")
    section = official.get_by_role("region", name="Einleitung")
    section.hover()
    section.get_by_role("button", name="Kommentar hinzufügen").click()
    comments = official.locator("#comments")
    comments.get_by_role("textbox").press_sequentially("Bitte den Ort nennen.")
    comments.get_by_role("button", name="Kommentar", exact=True).click()
    save_draft(official)
    words = comments.get_by_text("Bitte den Ort nennen.")
    words.wait_for(state="attached")
    official.wait_for_timeout(1500)  # whether they are shown is remembered, and decided after they have been drawn
    if not words.is_visible():
        official.get_by_role("button", name="Kommentare umschalten").click()
    words.click()  # its actions come into sight with that
    comments.get_by_role("button", name="Mehr Aktionen").click()
    comments.get_by_role("menuitem", name="Erledigen").click()
    save_draft(official)
    expect(official.get_by_role("textbox", name="Titel").first).to_be_editable()
    expect(comments).not_to_contain_text("Bitte den Ort nennen.")


def test_a_new_resolution_shows_its_preview_while_it_is_typed(official):
    begin(official, "conferences/resolutionpage", "12").press_sequentially("Gerade erst begonnen")
    official.get_by_role("button", name="Vorschau umschalten").click()
    preview = official.frame_locator("iframe[title='Vorschau'], #w-preview-iframe, iframe").first
    expect(preview.get_by_role("heading", level=1)).to_contain_text("Gerade erst begonnen")


@pytest.mark.audit
def test_a_draft_is_shown_without_an_account_until_its_link_is_taken_back(official, browser, served_site):
    begin(official).press_sequentially("Nur zum Zeigen")
    save_draft(official)
    official.get_by_role("button", name="Aktionen", exact=True).click()
    official.get_by_role("link", name="Vorschaulink").click()
    official.get_by_role("button", name="Link zur letzten Fassung anlegen").click()
    address = official.locator(".preview-link").first.inner_text()

    stranger = browser.new_context(base_url=served_site.url)
    page = stranger.new_page()
    assert page.goto(address).status == 200
    expect(page.get_by_role("heading", level=1)).to_have_text("Nur zum Zeigen")
    expect(page.get_by_text("Entwurf").first).to_be_visible()
    assert "noindex" in page.request.get(address).headers["x-robots-tag"]
    expect(page.get_by_text("Teilen")).to_have_count(0)

    official.get_by_role("button", name="Zurücknehmen").click()
    assert page.goto(address).status == 410
    stranger.close()


@pytest.mark.audit
def test_pictures_that_were_left_unfinished_are_finished_on_return(official):
    photo = BytesIO()
    Image.effect_mandelbrot((400, 300), (-2.0, -1.5, 1.0, 1.5), 60).convert("RGB").save(photo, "JPEG")
    official.goto("/admin/images/multiple/add/")
    official.locator("#fileupload").set_input_files(
        [{"name": f"DSC_{number}.JPG", "mimeType": "image/jpeg", "buffer": photo.getvalue()} for number in (1, 2)]
    )
    forms = official.locator("#upload-list form")
    expect(forms).to_have_count(2)
    official.goto("/admin/")
    official.goto("/admin/images/multiple/add/")
    expect(official.get_by_text("2 Dateien warten noch auf Ihre Angaben")).to_be_visible()
    expect(forms).to_have_count(2)
    first = forms.first
    first.get_by_label("Titel").fill("Treppe vor dem Tagungsort")
    first.get_by_label("Alternativtext").fill("Eine Treppe führt zu einem Haus mit vielen Fenstern.")
    first.get_by_label("Bildnachweis").fill("Petra Beispiel")
    first.get_by_role("button", name="Übernehmen").click()
    expect(forms).to_have_count(1)
    official.on("dialog", lambda dialog: dialog.accept())
    forms.first.get_by_role("link", name="Löschen").click()
    expect(forms).to_have_count(0)
    official.goto("/admin/images/")
    expect(official.get_by_text("Treppe vor dem Tagungsort").first).to_be_visible()


@pytest.mark.audit
@pytest.mark.parametrize(("library", "ending"), [("images", "jpg"), ("documents", "pdf")])
def test_of_many_files_two_are_sent_at_a_time(official, library, ending):
    held: list[Route] = []
    official.route("**/multiple/add/", lambda route: held.append(route) if sends(route) else route.continue_())
    official.goto(f"/admin/{library}/multiple/add/")
    official.locator("#fileupload").set_input_files(
        [{"name": f"{name}.{ending}", "mimeType": "", "buffer": name.encode()} for name in ("a", "b", "c")]
    )
    wait_in_browser(official, lambda: len(held) == 2)
    official.wait_for_timeout(200)
    assert len(held) == 2
    held.pop(0).fulfill(body='{"success": false, "error_message": "nein"}')
    wait_in_browser(official, lambda: len(held) == 2)


def sends(route: Route) -> bool:
    """Say whether it brings a file: pages are asked for at the same address."""
    return route.request.method == "POST"


def wait_in_browser(page: Page, ready: Callable[[], bool]) -> None:
    """Wait until it is so, while the browser goes on; raise AssertionError where it never is."""
    for _ in range(500):
        if ready():
            return
        page.wait_for_timeout(20)
    raise AssertionError("Es geschieht nicht.")
