"""Fifteen everyday tasks of an official, from the start page and with the keyboard alone, counted.

The table that is printed in the end says how often something was pressed, how many fields were filled in and how many
pages loaded, beside what the task may take: half of what it took once, where that was counted, else what it takes.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from functools import partial

import pytest
from django.utils import timezone
from playwright.sync_api import Browser, BrowserContext, Locator, Playwright, expect

from conferences.rules.rotation import Rotation, Term
from tests.conftest import ServedSite, signed_in
from tests.keyboard import Hands, photos
from tests.pdf_files import EMPTY_PAGE

pytestmark = pytest.mark.audit
DESK = {"width": 1280, "height": 1000}


def new(hands: Hands, name: str) -> Locator:
    """Press a button behind "Neu:"; return the field of the title."""
    buttons = hands.page.get_by_role("navigation", name="Neu:")
    hands.press(buttons.get_by_role("link", name=re.compile(f"^{name}")))
    return hands.page.get_by_role("textbox", name="Titel").first


def open_by_search(hands: Hands, words: str) -> None:
    """Ask the start page for a page by its public address."""
    hands.type(hands.page.get_by_role("textbox", name="Suche").last, words)
    hands.clicks += 1
    hands.page.keyboard.press("Enter")
    expect(hands.page).to_have_url(re.compile(r"/admin/pages/\d+/edit/"))


def act(hands: Hands, name: str, told: str) -> None:
    """Do one of the things beside "Entwurf speichern"."""
    hands.press(hands.page.get_by_role("button", name="Mehr Aktionen").last)
    hands.press(hands.page.get_by_role("button", name=name).first)
    succeeds(hands, told)


def succeeds(hands: Hands, told: str) -> None:
    expect(hands.page.locator(".messages .success")).to_contain_text(told)
    hands.page.wait_for_load_state("domcontentloaded")


def press_release(hands: Hands) -> None:
    hands.type(new(hands, "Pressemitteilung"), "Länder beraten über Sprachkurse")
    hands.type(hands.page.get_by_role("textbox", name="Einleitung"), "Sie haben sich in Musterstadt getroffen.")
    act(hands, "Veröffentlichen", "veröffentlicht")


def proposal_by_address(hands: Hands, address: str = "/konferenzen/6/") -> None:
    open_by_search(hands, address)
    hands.type(hands.page.locator("#id_date_note"), "Aus München gemeldet.")
    hands.press(hands.page.get_by_role("button", name="Gleich senden"))
    succeeds(hands, "gesendet")


def proposal_from_the_list(hands: Hands) -> None:
    hands.press(hands.page.get_by_role("main").get_by_role("link", name="Konferenzen", exact=True))
    hands.press(hands.page.get_by_role("link", name=re.compile(r"^7\. Integrationsministerkonferenz")).first)
    hands.type(hands.page.locator("#id_date_note"), "Aus München gemeldet.")
    hands.press(hands.page.get_by_role("button", name="Gleich senden"))
    succeeds(hands, "gesendet")


def proposal_for_an_own_conference(hands: Hands) -> None:
    hands.press(hands.page.get_by_role("link", name="Fehlt zur 13. Integrationsministerkonferenz"))
    hands.type(hands.page.locator("#id_date_note"), "Aus München gemeldet.")
    hands.press(hands.page.get_by_role("button", name="Gleich senden"))
    succeeds(hands, "gesendet")


def decide_a_proposal(hands: Hands) -> None:
    hands.press(hands.page.get_by_role("link", name=re.compile(r"^5\. Integrationsministerkonferenz")).first)
    hands.press(hands.page.get_by_role("button", name="Übernehmen und veröffentlichen"))
    succeeds(hands, "Übernommen und veröffentlicht")


def special_conference(hands: Hands) -> None:
    page, begins = hands.page, timezone.localdate() + timedelta(days=200)  # no other test begins anything for it
    hands.press(page.get_by_role("navigation", name="Neu:").get_by_role("link", name=re.compile("^Konferenz")))
    hands.press(page.get_by_label("Hauptkonferenz", exact=True), "ArrowDown")
    hands.type(page.get_by_label("Erster Tag"), f"{begins:%m%d%Y}")  # as a browser in English takes it
    hands.type(page.get_by_label("Letzter Tag"), f"{begins + timedelta(days=1):%m%d%Y}")
    hands.type(page.get_by_label("Ort", exact=True), "Mainz")
    hands.press(page.get_by_role("button", name="Entwürfe anlegen"))
    succeeds(hands, "Als Entwurf angelegt: die Seite der Konferenz und eine Pressemitteilung.")


def resolution_with_votes(hands: Hands) -> None:
    hands.type(new(hands, "Beschluss"), "Sprachkurse verstetigen")
    hands.type(hands.page.locator("#id_item"), "3.1")
    hands.open_tab("Abstimmung")
    hands.select(hands.page.locator("#id_outcome"), "mehrheitlich")
    for name, number in (("yes", "14"), ("no", "1"), ("abstained", "1")):
        hands.type(hands.page.locator(f"#id_votes_{name}"), number)
    act(hands, "Veröffentlichen", "veröffentlicht")


def twelve_photos(hands: Hands) -> None:
    page = hands.page
    hands.press(page.get_by_role("link", name=re.compile("^Fotos zur ")))
    hands.choose_files(page.get_by_label("Fotos wählen"), photos(*(f"Foto {number:03}.jpg" for number in range(12))))
    rows = page.get_by_role("listitem").filter(has=page.get_by_role("group"))
    expect(rows).to_have_count(12)
    hands.type(page.get_by_label("Bildnachweis"), "Petra Beispiel")
    for number, row in enumerate(rows.all()):
        hands.type(row.get_by_label("Alternativtext"), f"Menschen auf einer Treppe, die {number + 1}. Aufnahme.")
        if number > 2:
            hands.press(row.get_by_label("Auf die Seite der Konferenz"), " ")
    hands.press(page.get_by_role("button", name="Fotos übernehmen"))
    expect(page.get_by_text("12 Fotos stehen in der Bilddatenbank, davon 3 im Entwurf der Konferenz.")).to_be_visible()
    page.wait_for_load_state()
    expect(page.get_by_text("Menschen auf einer Treppe, die 3. Aufnahme.")).to_have_count(1)
    expect(page.get_by_text("Menschen auf einer Treppe, die 4. Aufnahme.")).to_have_count(0)


def typing_error(hands: Hands) -> None:
    open_by_search(hands, f"{hands.page.url.partition('/admin/')[0]}/aktuelles/pruefmeldung-7/")
    hands.type(hands.page.get_by_role("textbox", name="Einleitung"), "Ohne Tippfehler.")
    act(hands, "Veröffentlichen", "veröffentlicht")


def own_contact(hands: Hands) -> None:
    hands.press(hands.page.get_by_role("link", name="Kontaktdaten des Vorsitzes"))
    hands.type(hands.page.get_by_label("Telefon der Geschäftsstelle"), "+49 000 0-1")
    hands.press(hands.page.get_by_role("button", name="Speichern").last)
    succeeds(hands, "Rheinland-Pfalz")


def document_with_a_resolution(hands: Hands) -> None:
    page = hands.page
    open_by_search(hands, "/konferenzen/12/top-2-1/")
    hands.open_tab("Niederschrift")
    hands.press(page.get_by_role("tabpanel").get_by_role("button", name="Dokument auswählen"))
    dialog = page.get_by_role("dialog")
    hands.open_tab("Hochladen", dialog)
    hands.type(dialog.get_by_label("Titel"), "Niederschrift zu TOP 2.1")
    pdf = {"name": "niederschrift.pdf", "mimeType": "application/pdf", "buffer": EMPTY_PAGE}
    hands.choose_files(dialog.locator("input[type=file]"), [pdf])
    hands.press(dialog.get_by_role("button", name="Hochladen"))
    expect(dialog).to_be_hidden()
    act(hands, "Veröffentlichen", "veröffentlicht")


def old_address(hands: Hands) -> None:
    page = hands.page
    hands.press(page.get_by_role("button", name="Adressen"))
    hands.press(page.get_by_role("link", name="Alte Adressen"))
    hands.press(page.get_by_role("link", name=re.compile("hinzufügen")).first)
    hands.type(page.locator("#id_address"), "/alte-seite/sprachkurse.html")
    hands.type(page.locator("#id_description"), "Sprachkurse")
    hands.press(page.get_by_role("button", name="Seite auswählen"))
    dialog = page.get_by_role("dialog")
    hands.type(dialog.get_by_role("textbox").first, "Kontakt")
    hands.press(dialog.get_by_role("link", name="Kontakt", exact=True).first)
    expect(dialog).to_be_hidden()
    hands.press(page.get_by_role("button", name="Speichern").last)
    succeeds(hands, "")


def barrier_report(hands: Hands) -> None:
    page = hands.page
    hands.press(page.get_by_role("main").get_by_role("link", name="Gemeldete Barrieren"))
    hands.press(page.get_by_role("main").locator("tbody").get_by_role("link").first)
    hands.type(page.locator("#id_answer"), "Danke, die Tabelle ist jetzt größer.")
    hands.press(page.get_by_role("button", name=re.compile("senden|Speichern")).last)
    succeeds(hands, "")


def release_for_later(hands: Hands) -> None:
    page, moment = hands.page, timezone.localtime() + timedelta(days=1)
    hands.type(new(hands, "Pressemitteilung"), "Erst übermorgen zu lesen")
    hands.press(page.get_by_role("button", name="Status umschalten"))
    hands.press(page.get_by_role("button", name="Zeitplan festlegen"))
    dialog = page.get_by_role("dialog")
    hands.type(dialog.get_by_label("Veröffentlicht ab"), f"{moment:%d.%m.%Y 10:00}")
    hands.press(dialog.get_by_role("button", name="Zeitplan speichern"))
    expect(dialog).to_be_hidden()
    act(hands, "Zur Veröffentlichung einplanen", "eingeplant")


def earlier_version(hands: Hands) -> None:
    page = hands.page
    open_by_search(hands, "/aktuelles/pruefmeldung-5/")
    hands.press(page.get_by_role("button", name="Status umschalten"))
    hands.press(page.get_by_role("link", name="Historie ansehen"))
    hands.press(page.get_by_role("table").get_by_role("button", name="Aktionen").last)
    hands.press(page.get_by_role("link", name="Diese Fassung überprüfen"))
    expect(page.get_by_role("textbox", name="Einleitung")).to_have_value("Richtig.")
    act(hands, "Veröffentlichen", "veröffentlicht")


def glossary_entry(hands: Hands) -> None:
    page = hands.page
    hands.press(page.get_by_role("link", name="Glossar"))
    hands.press(page.get_by_role("link", name=re.compile("hinzufügen")).first)
    hands.type(page.locator("#id_term"), "Prüfwort")
    hands.type(page.locator("#id_short"), "Ein erfundenes Wort.")
    hands.press(page.get_by_role("button", name="Speichern").last)
    succeeds(hands, "Prüfwort")


def coming_chair_person(hands: Hands) -> None:
    page = hands.page
    hands.press(page.get_by_role("link", name="Person im Vorsitz"))
    hands.press(page.get_by_role("button", name="Person hinzufügen"))
    hands.type(page.locator("#id_persons-0-name"), "Petra Beispiel")
    hands.type(page.locator("#id_persons-0-office"), "Ministerin für Beispiele")
    hands.press(page.get_by_role("button", name="Bild auswählen"))
    dialog = page.get_by_role("dialog")
    hands.press(dialog.get_by_role("link", name=re.compile("Erfundenes Bild: Hoch")).first)
    expect(dialog).to_be_hidden()
    hands.press(page.get_by_role("button", name=re.compile("Erstellen|Speichern")).last)
    succeeds(hands, "")


@dataclass
class Task:
    """What somebody does, who does it, and the presses, fields and loads that it may take.

    before: how many it took when the desk was first counted. first: what another one has done, which is not counted.
    """

    name: str
    do: Callable[[Hands], None]
    limits: tuple[int, int, int]
    before: tuple[int, int, int] | None = None
    who: str = "chair"
    first: tuple[str, Callable[[Hands], None]] | None = None


propose_for_the_fifth = partial(proposal_by_address, address="/konferenzen/5/")
TASKS = [
    Task("Pressemitteilung veröffentlichen", press_release, (3, 2, 2), (7, 3, 3)),
    Task("Vorschlag eines Landes, von der öffentlichen Adresse aus", proposal_by_address, (2, 2, 2), (2, 1, 2), "by"),
    Task("Vorschlag eines Landes, aus der Liste", proposal_from_the_list, (3, 1, 3), (4, 1, 2), "by"),
    Task("Vorschlag eines Landes zu seiner Konferenz", proposal_for_an_own_conference, (2, 1, 2), (4, 1, 2), "by"),
    Task("Über einen Vorschlag entscheiden", decide_a_proposal, (2, 0, 2), first=("by", propose_for_the_fifth)),
    Task("Sonderkonferenz mit Pressemitteilung, als Entwürfe", special_conference, (3, 3, 2), (18, 20, 5)),
    Task("Beschluss mit Stimmen", resolution_with_votes, (4, 6, 2), (16, 19, 4)),
    Task("12 Fotos, drei auf einer Konferenz", twelve_photos, (12, 13, 2), (31, 45, 7)),
    Task("Tippfehler auf einer öffentlichen Seite", typing_error, (3, 2, 2)),
    Task("Eigene Kontaktdaten", own_contact, (2, 1, 2)),
    Task("Niederschrift (PDF) zu einem Beschluss", document_with_a_resolution, (8, 2, 2)),
    Task("Alte Adresse", old_address, (6, 3, 3)),
    Task("Antwort auf eine gemeldete Barriere", barrier_report, (3, 1, 3)),
    Task("Mitteilung mit Sperrfrist", release_for_later, (6, 2, 3)),
    Task("Frühere Fassung zurückholen", earlier_version, (7, 1, 4)),
    Task("Wort im Glossar", glossary_entry, (3, 2, 3)),
    Task("Person im künftigen Vorsitz, mit Porträt", coming_chair_person, (5, 2, 2), who="next"),
]


@pytest.fixture(scope="module")
def accounts(chairing_account) -> dict[str, str]:
    """Who is who today."""
    rotation = Rotation([Term("DE-RP", date(2026, 7, 1), date(2027, 6, 30))])
    coming = rotation.chair_on(rotation.term_on(timezone.localdate()).end + timedelta(days=1))
    return {"chair": chairing_account, "next": f"redaktion-{coming[3:].lower()}", "by": "redaktion-by"}


@pytest.fixture(scope="module")
def hands_of(
    playwright: Playwright, browser: Browser, served_site: ServedSite, accounts: dict[str, str]
) -> Iterator[Callable[[str], Hands]]:
    """Gives the hands of an account at a window of its own."""
    contexts: dict[str, BrowserContext] = {}

    def hands(who: str) -> Hands:
        if who not in contexts:
            state = signed_in(playwright, served_site, accounts[who])
            contexts[who] = browser.new_context(
                base_url=served_site.url, locale="de-DE", viewport=DESK, storage_state=state, reduced_motion="reduce"
            )
            contexts[who].set_default_timeout(30_000)
        return Hands(contexts[who].new_page())

    yield hands
    for context in contexts.values():
        context.close()


@pytest.fixture(scope="module")
def table() -> Iterator[dict[str, tuple[int, int, int]]]:
    """Takes what each task took, and prints it in the end."""
    taken: dict[str, tuple[int, int, int]] = {}
    yield taken
    print(f"\n{'Aufgabe':60}{'Klicks':>8}{'Felder':>8}{'Seiten':>8}   zuvor")
    for task in TASKS:
        if task.name in taken:
            print(f"{task.name:60}{''.join(f'{number:8}' for number in taken[task.name])}   {against(task, taken)}")


def against(task: Task, taken: dict[str, tuple[int, int, int]]) -> str:
    """Return what the task took once, and of what it takes more than half of that."""
    if not task.before:
        return ""
    words = zip(("Klicks", "Felder", "Seiten"), taken[task.name], task.before, strict=True)
    more = [name for name, now, before in words if 2 * now > before]
    return f"{'/'.join(map(str, task.before))}{', mehr als halb: ' + ', '.join(more) if more else ''}"


@pytest.mark.parametrize("task", TASKS, ids=[task.do.__name__ for task in TASKS])
def test_a_task_is_done_with_the_keyboard_alone_and_within_its_limits(hands_of, table, task):
    for who, do in [*filter(None, [task.first]), (task.who, task.do)]:
        hands = hands_of(who)
        hands.begin()
        do(hands)
        hands.page.close()
    table[task.name] = hands.work
    assert all(now <= limit for now, limit in zip(hands.work, task.limits, strict=True)), hands.work
