"""What an import does with the pages: dry run, all or nothing, repeatable, never over what people have edited."""

import csv
import gc
import io
from datetime import date, timedelta
from io import StringIO
from pathlib import Path

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from wagtail.models import Page, PageLogEntry, ReferenceIndex

from conferences.archive_import import importer
from conferences.archive_import.importer import ImportRefusedError, import_folder
from conferences.archive_import.plan import LOG_ACTION, LineState, plan_of
from conferences.archive_import.record import record_of, stored_page
from conferences.models import ConferencePage, ResolutionPage, ResolutionVote
from conferences.rules import agenda_item
from intmk.media.documents.models import SiteDocument
from intmk.users.models import User
from tests.importing import ROW, csv_of, excel, folder_of, pdf
from tests.pdf_files import read_once

pytestmark = pytest.mark.django_db
FULL = ROW | {
    "art": "Antrag",
    "antragsteller": "Bayern|Saarland",
    "ergebnis": "mehrheitlich",
    "ja": "13",
    "nein": "1",
    "enthaltung": "2",
    "beschlusstext": "1. Eins\n2. Zwei",
    "begruendung": "Weil.",
    "freigabe": "Beschlusstext und Begründung",
    "protokollerklaerungen": "Bayern (ablehnend, freigegeben): Nein.\n---\nSaarland: Auch.",
    "bezuege": "bestätigt: 12/50.2",
    "adressaten": "BAMF",
    "themen": "sprache",
    "berichtsbitten": "Bund; Stand; 01.02.2030",
    "stand_umsetzung": "umgesetzt; 01.02.2018; Bundesgesetzblatt",
    "niederschrift": "endgültig",
    "quelle": "amtliche Quelle",
}
OTHER = ROW | {"top": "50.2", "titel": "Prüfantrag zwei", "bezuege": "ersetzt: 12/50.1"}


@pytest.fixture(autouse=True)
def _each_file_read_once(monkeypatch):
    monkeypatch.setattr("intmk.media.documents.text.read_pdf", read_once)  # test_document_text asks the reading itself


def states(folder: Path, **options) -> list[LineState]:
    return [line.state for line in plan_of(folder, **options).lines]


def errors(folder: Path) -> list[str]:
    return [detail for line in plan_of(folder).lines for detail in line.details]


def command(*arguments) -> str:
    out = StringIO()
    call_command("import_archive", *map(str, arguments), stdout=out)
    return out.getvalue()


def stored_files() -> set[Path]:
    return set((settings.MEDIA_ROOT / "documents").glob("*"))


def test_without_the_flag_nothing_is_stored_and_each_line_reported(tmp_path):
    before = ResolutionPage.objects.count()
    report = command(folder_of(tmp_path, FULL | {"datei": "a.pdf"}, OTHER | {"datei": ""}, a=pdf()))
    assert "Zeile 2: TOP 50.1 „Prüfantrag eins“: neu" in report
    assert "Probelauf: 2 neu" in report
    assert ResolutionPage.objects.count() == before
    assert not SiteDocument.objects.exists()


def test_drafts_with_the_same_number_or_with_none_that_is_one_do_not_stand_in_the_way_of_what_is_public(tmp_path):
    folder = folder_of(tmp_path, FULL, OTHER)
    import_folder(folder)
    public = stored_page("12/50.1")
    for item in ("50.1", "2.x"):
        draft = ResolutionPage(title="Entwurf", item=item, conference=public.conference, live=False)
        public.get_parent().add_child(instance=draft)
        draft.votes = [ResolutionVote(vote="yes")]
        draft.save_revision(clean=False)
    assert states(folder) == [LineState.UNCHANGED, LineState.UNCHANGED]


def test_the_draft_of_a_land_is_neither_changed_nor_referred_to(tmp_path):
    folder = folder_of(tmp_path, ROW)
    hesse = User.objects.create_user("hessen", land_code="DE-HE")
    conference = ConferencePage.objects.get(number=12)
    draft = ResolutionPage(title="Vom Land", item="50.1", conference=conference, live=False, owner=hesse)
    draft.item_key = agenda_item.sort_key(draft.item)
    conference.add_child(instance=draft)
    draft.save_revision(clean=False)
    assert states(folder, force=True) == [LineState.NEW]
    import_folder(folder_of(tmp_path, ROW, OTHER))
    draft.refresh_from_db()
    assert (draft.title, draft.live, draft.revisions.count()) == ("Vom Land", False, 1)
    assert record_of(stored_page("12/50.2")).references == [{"kind": "replaces", "to": "12/50.1"}]
    assert stored_page("12/50.2").references.get().target.live


def test_what_is_half_filled_in_a_draft_that_is_overwritten_is_named(tmp_path):
    folder = folder_of(tmp_path, ROW)
    import_folder(folder, draft=True)
    page = stored_page("12/50.1").get_latest_revision_as_object()
    page.votes = [ResolutionVote(vote="yes")]
    page.save_revision(clean=False)
    folder_of(tmp_path, ROW | {"titel": "Anders"})
    line = plan_of(folder, force=True).lines[0]
    assert (line.state, line.details[-1][:48]) == (
        LineState.CHANGED,
        "halb ausgefüllte Zeilen des Entwurfs entfallen: ",
    )


@pytest.mark.slow("imports two resolutions with all that there is of one, and looks at its page and the search")
def test_all_of_a_record_arrives_on_a_public_page_with_history_and_index(tmp_path, client):
    report = command(folder_of(tmp_path, FULL, OTHER), "--uebernehmen")
    assert "Übernommen: 2 neu." in report
    page = stored_page("12/50.1")
    assert page.live
    assert client.get(page.url, HTTP_HOST="localhost").status_code == 200
    record = record_of(page)
    assert (record.movers, record.votes, record.themes, record.addressees) == (
        ["DE-BY", "DE-SL"],
        (13, 1, 2),
        ["sprache"],
        ["bamf"],
    )
    assert record.points == ["<p>Eins</p>", "<p>Zwei</p>"]
    assert [row["stance"] for row in record.statements] == ["against", ""]
    assert [row.anchor for row in page.statements.all()] == ["erklaerung-bayern", "erklaerung-saarland"]
    assert record.references == [{"kind": "confirms", "to": "12/50.2"}]
    assert record_of(stored_page("12/50.2")).references == [{"kind": "replaces", "to": "12/50.1"}]
    assert (record.follow_ups[0]["state"], record.report_requests[0]["asked"], record.source) == (
        "done",
        "Bund",
        "official",
    )
    assert PageLogEntry.objects.filter(page=page.pk, action=LOG_ACTION, revision=page.live_revision).count() == 1
    assert ReferenceIndex.get_references_to(stored_page("12/50.2")).filter(object_id=str(page.pk)).exists()
    assert page.url in client.get("/suche/?q=Pr%C3%BCfantrag", HTTP_HOST="localhost").content.decode()


def test_a_second_import_changes_nothing_and_a_third_only_what_the_file_changes(tmp_path):
    folder = folder_of(tmp_path, FULL | {"datei": "a.pdf"}, OTHER | {"datei": "a.pdf"}, a=pdf())
    import_folder(folder)
    before = {page.pk: page.latest_revision_id for page in ResolutionPage.objects.all()}
    assert states(folder) == [LineState.UNCHANGED, LineState.UNCHANGED]
    import_folder(folder)
    assert {page.pk: page.latest_revision_id for page in ResolutionPage.objects.all()} == before
    assert SiteDocument.objects.count() == 1
    folder_of(tmp_path, {"konferenz": "12", "top": "TOP 50.1", "titel": "Prüfantrag neu"})
    line = plan_of(folder).lines[0]
    assert (line.state, line.details) == (LineState.CHANGED, ["titel"])
    import_folder(folder)
    page = stored_page("12/50.1")
    assert (page.title, page.votes_yes, page.live) == ("Prüfantrag neu", 13, True)  # what has no column stays
    assert page.source_file == SiteDocument.objects.get()
    assert states(folder) == [LineState.UNCHANGED]


def test_statements_keep_their_anchors_when_one_is_put_before_them(tmp_path):
    folder = folder_of(tmp_path, ROW | {"protokollerklaerungen": "Bayern: Erste."})
    import_folder(folder)
    import_folder(folder_of(tmp_path, ROW | {"protokollerklaerungen": "Bayern: Neue.\n---\nBayern: Erste."}))
    rows = {row.text: row.anchor for row in stored_page("12/50.1").statements.all()}
    assert rows == {"<p>Erste.</p>": "erklaerung-bayern", "<p>Neue.</p>": "erklaerung-bayern-2"}


def test_what_a_person_has_edited_since_is_left_alone_unless_forced(tmp_path):
    folder = folder_of(tmp_path, ROW)
    import_folder(folder)
    page = stored_page("12/50.1")
    page.introduction = "Von Hand."
    page.save_revision().publish()
    assert states(folder) == [LineState.UNCHANGED]  # the file says nothing of the introduction
    folder_of(tmp_path, ROW | {"einleitung": "Aus der Datei."})
    assert states(folder) == [LineState.BY_HAND]
    import_folder(folder)
    assert stored_page("12/50.1").introduction == "Von Hand."
    assert states(folder, force=True) == [LineState.CHANGED]
    import_folder(folder, force=True)
    assert stored_page("12/50.1").introduction == "Aus der Datei."


def test_a_draft_of_a_person_is_neither_lost_nor_published(tmp_path):
    folder = folder_of(tmp_path, ROW)
    import_folder(folder)
    page = stored_page("12/50.1")
    page.introduction = "Entwurf."
    page.save_revision()
    folder_of(tmp_path, ROW | {"titel": "Neuer Titel"})
    assert states(folder) == [LineState.BY_HAND]
    import_folder(folder)
    assert stored_page("12/50.1").get_latest_revision_as_object().introduction == "Entwurf."


def test_what_is_not_public_stays_so(tmp_path):
    folder = folder_of(tmp_path, ROW)
    command(folder, "--uebernehmen", "--entwurf")
    assert not stored_page("12/50.1").live
    assert states(folder) == [LineState.UNCHANGED]
    import_folder(folder_of(tmp_path, ROW | {"titel": "Anders"}))
    page = stored_page("12/50.1")
    assert (page.live, page.get_latest_revision_as_object().title) == (False, "Anders")


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"konferenz": "99"}, "konferenz: Die Konferenz „99“ gibt es nicht."),
        ({"top": "zwei"}, "top: Das ist keine TOP-Nummer"),
        ({"top": ""}, "top: Bitte TOP, Nummer"),
        ({"titel": ""}, "titel: "),
        ({"titel": "x" * 300}, "titel: "),
        ({"ja": "13", "nein": "1", "enthaltung": "3"}, "ja: Das sind 17 Stimmen"),
        ({"ja": "13"}, "nein: Bitte alle drei Zahlen"),
        ({"ergebnis": "einstimmig", "ja": "15", "nein": "1", "enthaltung": "0"}, "ergebnis: „Einstimmig“ und Nein"),
        ({"ja": "15", "nein": "1", "enthaltung": "0", "stimmen": "BY: Nein|SL: Nein"}, "ja: Von den Ländern lauten 2"),
        ({"bezuege": "bestätigt: 12/50.1"}, "bezuege: Ein Beschluss kann sich nicht auf sich selbst"),
        ({"bezuege": "bestätigt: 12/77"}, "bezuege: Den Beschluss „12/77“ gibt es weder"),
        ({"bezuege": "bestätigt: x <javascript:alert(1)>"}, "bezuege: "),
        ({"beschlossen_am": "01.01.2999"}, "beschlossen_am: Dieser Tag liegt in der Zukunft"),
        ({"beschlossen_am": "01.01.1999"}, "beschlossen_am: Die Konferenz gibt es erst seit"),
        ({"niederschrift_stand": "01.01.1999"}, "niederschrift_stand: Die Konferenz gibt es erst seit"),
        ({"fundstelle": "javascript:alert(1)"}, "fundstelle: "),
        ({"stand_umsetzung": "umgesetzt; 01.01.2999; Beleg"}, "stand_umsetzung: "),
        ({"berichtsbitten": "B" * 300}, "berichtsbitten: "),
        ({"protokollerklaerungen": "Bayern (laut): Nein."}, "protokollerklaerungen: „laut“ gibt es nicht"),
    ],
)
@pytest.mark.kinds(4)
def test_a_line_that_contradicts_itself_is_refused_with_its_column(tmp_path, changes, message):
    folder = folder_of(
        tmp_path,
        ROW | changes,
        OTHER | dict.fromkeys(changes, "") | {"bezuege": "", "top": "50.2", "konferenz": "12", "titel": "b"},
    )
    plan = plan_of(folder)
    assert [line.state for line in plan.lines] == [LineState.ERROR, LineState.NEW], plan.lines
    assert any(detail.startswith(message) for detail in plan.lines[0].details), plan.lines[0].details
    with pytest.raises(CommandError, match="Nichts übernommen"):
        command(folder, "--uebernehmen")
    assert stored_page("12/50.2") is None  # all or nothing


def test_a_number_twice_in_the_file_is_refused(tmp_path):
    folder = folder_of(tmp_path, ROW, ROW | {"top": "top 50.1 "})
    assert errors(folder) == ["top: Steht schon in Zeile 2 dieser Datei."]
    circular = {"konferenz": "12", "umlauf": "3/2020", "titel": "U", "art": "Umlaufbeschluss"}
    assert errors(folder_of(tmp_path, circular, circular | {"konferenz": "13"})) == [
        "top: Steht schon in Zeile 2 dieser Datei."
    ]


def test_circulars_and_what_has_no_number_are_imported_and_found_again(tmp_path):
    circular = {"konferenz": "12", "umlauf": "3/2016", "kennung": "", "titel": "U", "art": "Umlaufbeschluss"}
    folder = folder_of(
        tmp_path, circular, {"konferenz": "12", "umlauf": "", "kennung": "ohne-nummer", "titel": "O", "art": ""}
    )
    import_folder(folder)
    assert stored_page("12/umlauf-3-2016").title == "U"
    assert stored_page("12/ohne-nummer").title == "O"
    assert states(folder) == [LineState.UNCHANGED, LineState.UNCHANGED]


def test_a_file_is_stored_once_for_all_its_records(tmp_path):
    rows = [ROW | {"top": f"50.{n}", "datei": name} for n, name in enumerate(["a.pdf", "b.pdf"], start=1)]
    import_folder(folder_of(tmp_path, *rows, a=pdf(), b=pdf()))
    content = {page.source_file.sha256 for page in ResolutionPage.objects.exclude(source_file=None)}
    assert SiteDocument.objects.count() == len(content)
    assert not SiteDocument.objects.filter(withheld=False).exists()  # unless the table says so


def test_files_from_elsewhere_missing_or_broken_are_refused(tmp_path):
    secret = tmp_path / "geheim.pdf"
    secret.write_bytes(pdf())
    folder = tmp_path / "ordner"
    folder_of(folder, ROW, kaputt=b"%PDF-1.7 kaputt", wort=b"MZ kein PDF", leer=b"")
    (folder / "link.pdf").symlink_to(secret)
    (folder / "text.txt").write_text("a")
    for name in (
        "../geheim.pdf",
        str(secret),
        "link.pdf",
        "fehlt.pdf",
        "..",
        "a\\..\\..\\geheim.pdf",
        "x" * 5000,
        "text.txt",
        "kaputt.pdf",
        "wort.pdf",
        "leer.pdf",
    ):
        folder_of(folder, ROW | {"datei": name})
        assert [detail[:7] for detail in errors(folder)] == ["datei: "], name
    assert not SiteDocument.objects.exists()


def test_after_a_failure_neither_a_page_nor_a_file_is_left(tmp_path, monkeypatch):
    folder = folder_of(tmp_path, FULL | {"datei": "a.pdf"}, OTHER | {"datei": ""}, a=pdf("Einzigartig"))
    before, pages = stored_files(), ResolutionPage.objects.count()
    original, calls = importer.connect_references, []

    def fail_late(page, *args):
        calls.append(page)
        if len(calls) == 2:
            raise RuntimeError("Strom weg")
        original(page, *args)

    monkeypatch.setattr(importer, "connect_references", fail_late)
    with pytest.raises(RuntimeError):
        import_folder(folder)
    assert ResolutionPage.objects.count() == pages
    assert not SiteDocument.objects.exists()
    gc.collect()
    assert stored_files() == before


def test_a_plan_that_somebody_has_seen_is_not_carried_out_when_it_has_changed(tmp_path):
    folder = folder_of(tmp_path, ROW)
    seen = plan_of(folder).fingerprint
    import_folder(folder, expected=seen)
    with pytest.raises(ImportRefusedError, match="geändert"):
        import_folder(folder, expected=seen)


def test_formulas_are_text(tmp_path, client):
    import_folder(folder_of(tmp_path, ROW | {"titel": '=HYPERLINK("https://example.org";"x")'}))
    page = stored_page("12/50.1")
    assert "=HYPERLINK(&quot;https" in client.get(page.url, HTTP_HOST="localhost").content.decode()


@pytest.mark.audit
def test_what_is_stored_is_read_in_a_constant_number_of_queries(tmp_path):
    def queries(number: int) -> int:
        folder = folder_of(tmp_path, *(FULL | {"top": f"60.{n}", "bezuege": ""} for n in range(1, number + 1)))
        with transaction.atomic():
            import_folder(folder)
            with CaptureQueriesContext(connection) as captured:
                assert states(folder) == [LineState.UNCHANGED] * number
            transaction.set_rollback(True)
        return len(captured)

    assert queries(1) == queries(3)


def edited(person: User | None = None, **fields) -> ResolutionPage:
    """TOP 50.1 with a draft."""
    page = stored_page("12/50.1")
    for name, value in fields.items():
        setattr(page, name, value)
    page.save_revision(user=person)
    return stored_page("12/50.1")


def test_a_forced_import_changes_what_is_public_and_leaves_the_draft_unpublished(tmp_path, account):
    folder = folder_of(tmp_path, ROW)
    import_folder(folder)
    draft = edited(account, introduction="Ungeprüfter Vorschlag.").latest_revision
    folder_of(tmp_path, ROW | {"titel": "Neuer Titel"})
    assert plan_of(folder, force=True).lines[0].details == [
        "titel",
        "der Entwurf von redaktion-test bleibt unveröffentlicht in der Versionsgeschichte",
    ]
    import_folder(folder, force=True)
    page = stored_page("12/50.1")
    assert (page.title, page.introduction, page.has_unpublished_changes) == ("Neuer Titel", "", False)
    assert page.revisions.get(pk=draft.pk).as_object().introduction == "Ungeprüfter Vorschlag."


def test_a_forced_import_goes_on_with_a_draft_that_was_never_public(tmp_path, account):
    folder = folder_of(tmp_path, ROW)
    import_folder(folder, draft=True)
    edited(account, introduction="Ungeprüfter Vorschlag.")
    folder_of(tmp_path, ROW | {"titel": "Neuer Titel"})
    assert states(folder) == [LineState.BY_HAND]
    assert "der Entwurf von redaktion-test" in plan_of(folder, force=True).lines[0].details[1]
    import_folder(folder, force=True)
    page = stored_page("12/50.1")
    latest = page.get_latest_revision_as_object()
    assert (page.live, latest.title, latest.introduction) == (False, "Neuer Titel", "Ungeprüfter Vorschlag.")


def lock(page: ResolutionPage, person: User) -> None:
    page.locked = True
    page.save()


def ask_for_approval(page: ResolutionPage, person: User) -> None:
    page.get_workflow().start(page, person)


def schedule(page: ResolutionPage, person: User) -> None:
    page.go_live_at = timezone.now() + timedelta(days=1)
    page.save_revision(user=person).publish(user=person, skip_permission_checks=True)


@pytest.mark.parametrize(
    ("withhold", "reason"),
    [(lock, "gesperrt"), (ask_for_approval, "wartet auf Freigabe"), (schedule, "zu einem festgelegten Zeitpunkt")],
)
@pytest.mark.parametrize("draft", [False, True])
@pytest.mark.kinds(2)
def test_nobody_forces_an_import_over_what_others_are_at(tmp_path, account, withhold, reason, draft):
    folder = folder_of(tmp_path, ROW)
    import_folder(folder, draft=draft)
    withhold(stored_page("12/50.1"), account)
    folder_of(tmp_path, ROW | {"titel": "Neuer Titel"})
    assert states(folder) == [LineState.BY_HAND]  # also what the last import has saved
    line = plan_of(folder, force=True).lines[0]
    assert line.state == LineState.ERROR
    assert reason in line.details[0]
    with pytest.raises(ImportRefusedError):
        import_folder(folder, force=True)


def test_a_forced_plan_that_somebody_has_seen_is_void_once_the_same_column_has_another_value(tmp_path):
    folder = folder_of(tmp_path, ROW)
    import_folder(folder)
    edited(title="Von Hand").latest_revision.publish()
    folder_of(tmp_path, ROW | {"titel": "Neuer Titel"})
    seen = plan_of(folder, force=True)
    edited(title="Wieder von Hand").latest_revision.publish()
    assert plan_of(folder, force=True).lines[0].details == seen.lines[0].details
    with pytest.raises(ImportRefusedError, match="geändert"):
        import_folder(folder, force=True, expected=seen.fingerprint)
    seen = plan_of(folder, force=True)
    ResolutionPage.objects.filter(pk=stored_page("12/50.1").pk).update(title="Ohne Version")  # as a program may
    with pytest.raises(ImportRefusedError, match="geändert"):
        import_folder(folder, force=True, expected=seen.fingerprint)


def test_a_file_that_the_table_releases_is_public_and_not_released_otherwise_by_another_line(tmp_path):
    content = pdf("Einmal")
    rows = [
        ROW | {"datei": "a.pdf", "datei_freigegeben": "ja"},
        OTHER | {"datei": "a.pdf", "datei_freigegeben": "nein"},
    ]
    assert "Dieselbe Datei" in " ".join(errors(folder_of(tmp_path, *rows, a=content)))
    import_folder(folder_of(tmp_path, rows[0], a=content))
    assert not SiteDocument.objects.get().withheld
    assert "auf der Website freigegeben" in " ".join(errors(folder_of(tmp_path, rows[1], a=content)))


def test_a_new_file_that_holds_hidden_reasons_is_an_error_of_the_line(tmp_path):
    reasons = "Die Länder erwarten einen Ausgleich ihrer Mehrkosten."
    row = ROW | {
        "begruendung": reasons,
        "freigabe": "der Beschlusstext, nicht die Begründung",
        "datei": "a.pdf",
        "datei_freigegeben": "ja",
    }
    assert "nicht freigegeben" in " ".join(errors(folder_of(tmp_path, row, a=pdf(reasons))))
    assert errors(folder_of(tmp_path, row, a=pdf("Harmlos."))) == []


@pytest.mark.parametrize("word", ["top-50-3", "TOP-50-3", "umlauf-3-2016"])
def test_an_identifier_that_looks_like_a_number_is_refused(tmp_path, word):
    row = ROW | {"top": "", "kennung": word}
    assert "kennung:" in " ".join(errors(folder_of(tmp_path, row)))


def test_an_address_that_another_page_below_the_conference_has_is_refused(tmp_path):
    import_folder(folder_of(tmp_path, {"konferenz": "12", "kennung": "anhang", "titel": "A"}))
    page = stored_page("12/anhang")
    Page.objects.filter(pk=page.pk).update(slug="top-50-1")  # as an editor of an earlier version could
    assert "„top-50-1“" in " ".join(errors(folder_of(tmp_path, ROW)))


@pytest.mark.audit
def test_a_long_table_makes_the_same_plan_however_it_is_saved(tmp_path):
    rows = [
        FULL | {"top": f"{60 + number // 100}.{number % 100 + 1}", "titel": f"Förderung für Mütter – „Stufe {number}“",
                "beschlossen_am": "16.03.2017", "begruendung": "Größe\nder Maßnahme", "bezuege": ""}
        for number in range(250)
    ]  # fmt: skip
    text = csv_of(*rows)
    table = list(csv.reader(io.StringIO(text, newline=""), delimiter=";"))
    place = table[0].index("beschlossen_am")
    typed = [[*row[:place], date(2017, 3, 16), *row[place + 1 :]] for row in table[1:]]
    files = {
        "utf-8.csv": text.encode("utf-8-sig"), "cp1252.csv": text.encode("cp1252"), "mac.csv": text.encode("mac_roman"),
        "utf-16.txt": csv_of(*rows, delimiter="\t").encode("utf-16"), "excel.xlsx": excel(table[0], *typed),
    }  # fmt: skip
    plans = []
    for name, content in files.items():
        folder = tmp_path / name
        folder.mkdir()
        (folder / name).write_bytes(content)
        plans.append(
            [(line.label, line.title, line.state, line.details, line.record) for line in plan_of(folder).lines]
        )
    assert [line for line in plans[0] if line[2] != LineState.NEW] == []
    assert all(plan == plans[0] for plan in plans)


@pytest.mark.audit
def test_a_further_resolution_costs_as_many_queries_in_a_large_import_as_in_a_small_one(tmp_path):
    def queries(number: int) -> int:
        rows = (FULL | {"top": f"60.{n}", "bezuege": "bestätigt: 12/60.1|ersetzt: 12/60.2"} for n in range(3, number))
        begin = (ROW | {"top": f"60.{n}"} | dict.fromkeys(FULL.keys() - ROW.keys(), "") for n in (1, 2))
        folder = folder_of(tmp_path, *begin, *rows)
        with transaction.atomic():
            with CaptureQueriesContext(connection) as captured:
                import_folder(folder)
            transaction.set_rollback(True)
        return len(captured)

    queries(4)  # what the process remembers after the first
    four, five, six = queries(4), queries(5), queries(6)
    assert six - five == five - four
