"""The text of a PDF as people search it: whole words with their accents, across lines, columns and pages."""

from io import BytesIO

import pypdfium2
import pytest

from intmk.media.documents.broken_words import joined_across_pages, whole_words
from intmk.media.documents.text import clean, read_pdf, understood
from intmk.media.documents.unseen_text import seen_text
from intmk.media.documents.upload import warnings_of
from intmk.search.text import distinct_words
from tests.pdf_files import pdf_of, stream

PLEASE_WAIT = (
    "Please wait... \r\nIf this message is not eventually replaced by the proper contents of the document, your PDF "
    "viewer may not be able to display this type of document."
)


def page(content: str, catalog: bytes = b"") -> bytes:
    """A PDF of one page whose Helvetica has the letters of Western Europe."""
    return pdf_of(
        b"<</Type/Catalog/Pages 2 0 R%b>>" % catalog,
        b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
        b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents 4 0 R/Resources<</Font<</F1 5 0 R>>>>>>",
        stream(f"BT /F1 12 Tf 50 700 Td {content} ET".encode("cp1252")),
        b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica/Encoding/WinAnsiEncoding>>",
    )


def searched(content: str) -> str:
    """What is stored of a page; quicker than in a process of its own."""
    with pypdfium2.PdfDocument(page(content)) as file:
        return clean(seen_text(file[0], 10_000)[0])


@pytest.mark.parametrize(
    ("drawn", "text"),
    [
        ("(F¨orderung der V¨aterkurse und Begr¨ußung) Tj", "Förderung der Väterkurse und Begrüßung"),
        ("(V) Tj 8 0 Td (¨) Tj 1.5 0 Td (a) Tj 6.7 0 Td (terkurse) Tj", "Väterkurse"),
        ("(Die ) Tj 20 3 Td (¨) Tj 1.5 -3 Td (Offentlichkeit) Tj", "Die Öffentlichkeit"),
        ("[(Va)500(¨)100(terkurse in Ha)500(¨)100(usern)] TJ", "Väterkurse in Häusern"),
        ("(B e s c h l u s s : W e r t e v e r m i t t l u n g) Tj", "Beschluss: Wertevermittlung"),
        ("(B e s c h l u s s   d e r   L ä n d e r) Tj", "Beschluss der Länder"),
        ("6 Tc (Beschluss der Länder) Tj", "Beschluss der Länder"),
        ("(Die Länder b i t t e n den Bund um G e l d.) Tj", "Die Länder bitten den Bund um Geld."),
        ("(V ¨a t e r k u r s e) Tj", "Väterkurse"),
        ("(Fran¸cois und Franc¸oise) Tj", "François und Françoise"),
        ("(Sprach-) Tj 0 -14 Td (und Integrationskurse) Tj", "Sprach- und Integrationskurse"),
        ("(S t r e i ch u n g s l i s t e) Tj", "Streichungsliste"),
        ("(A) Tj 90 0 Td (B) Tj 90 0 Td (C) Tj 90 0 Td (D) Tj 90 0 Td (E) Tj", "A B C D E"),
        ("(Punkte a b c und 1 2 3 4 5) Tj", "Punkte a b c und 1 2 3 4 5"),
        ("(Ausbildungsduldungs-) Tj 0 -14 Td (verfahren in Baden-) Tj 0 -14 Td (Baden) Tj",
         "Ausbildungsduldungsverfahren in Baden-Baden"),
    ],
)  # fmt: skip
def test_words_are_stored_as_people_write_them(drawn, text):
    assert searched(drawn) == text


@pytest.mark.parametrize(
    ("raw", "text"),
    [
        ("Ren´e, Andr´e, ´Ecole, geht´s, hab´ ich, L´Aquila", "René, André, ´Ecole, geht´s, hab´ ich, L´Aquila"),
        ("Ho\u02c7cevar, 20\u02da und 5 \u02daC", "Hočevar, 20\u02da und 5 \u02daC"),
        ("Mu¨ller, Bu ¨ro, fu¨r", "Müller, Büro, für"),
        ("\u0308Uber die Na\u00a8he", "Über die Nähe"),
        ("Ausbildungs\u00ac\nduldung", "Ausbildungsduldung"),
    ],
)
def test_an_accent_joins_its_letter_and_an_apostrophe_does_not(raw, text):
    assert whole_words(raw) == text


TWO_COLUMNS = [
    ("Die Konferenz bittet um das Ausbildungs-", "Der Bund wird gebeten, die Wertever-"),
    ("duldungsverfahren in allen Ländern, die", "mittlungskurse weiter zu fördern, denn sie"),
    ("es anwenden und darüber berichten.", "haben sich in den Ländern bewährt."),
]


@pytest.mark.parametrize(
    "pieces",
    [
        "({}) Tj 250 0 Td ({}) Tj -250 -14 Td ",
        "({}) Tj 250 -9 Td ({}) Tj -250 -5 Td ",
        "[({})-4000({})] TJ 0 -14 Td ",
    ],
)
def test_columns_that_are_drawn_line_by_line_are_read_one_after_the_other(pieces):
    rows = "".join(pieces.format(*row) for row in TWO_COLUMNS)
    heading = "(Eine Überschrift, die über alle beiden Spalten der ganzen Seite reicht und noch weiter) Tj 0 -20 Td "
    text = searched(heading + rows + "0 -20 Td (Fuß der Seite, auch er über beide Spalten hinweg und darum breit) Tj")
    left, right = (" ".join(column) for column in zip(*TWO_COLUMNS, strict=True))
    assert clean(f"{left}\n{right}".replace("- ", "-\n")) in text
    assert text.startswith("Eine Überschrift")
    assert text.endswith("darum breit")


def test_a_table_keeps_its_rows():
    rows = [("Bayern", "ja", "2017"), ("Hessen", "nein", "2018"), ("Saarland", "ja", "2019"), ("Berlin", "ja", "2020")]
    drawn = "".join("({}) Tj 150 0 Td ({}) Tj 150 0 Td ({}) Tj -300 -14 Td ".format(*row) for row in rows)
    assert searched(drawn) == " ".join(" ".join(row) for row in rows)


@pytest.mark.parametrize(
    ("pages", "joined"),
    [
        (["Das Ausbildungs-", "duldungsverfahren gilt"], ["Das Ausbildungsduldungsverfahren", "gilt"]),
        (["Das Ausbildungs\ufffeSeite 1 von 2", "duldung\nSeite 2 von 2"],
         ["Das Ausbildungsduldung\nSeite 1 von 2", "\nSeite 2 von 2"]),
        (["Kopf\nDas Ausbil-\n- 3 -", "Kopf\ndungsziel\n- 4 -"], ["Kopf\nDas Ausbildungsziel\n- 3 -", "Kopf\n\n- 4 -"]),
        (["Der Sprach-\n1 Vgl. Beschluss\nvom Mai", "kurs"], ["Der Sprachkurs\n1 Vgl. Beschluss\nvom Mai", ""]),
        (["Sprach-", "und Integrationskurse"], ["Sprach-", "und Integrationskurse"]),
        (["Baden-", "Württemberg"], ["Baden-", "Württemberg"]),
        (["Ende.", "", "klein"], ["Ende.", "", "klein"]),
    ],
)  # fmt: skip
def test_a_word_that_the_end_of_a_page_breaks_stands_whole_on_the_first(pages, joined):
    assert joined_across_pages(pages) == joined


@pytest.mark.parametrize(
    "text", [PLEASE_WAIT, "Bitte warten...\nFalls diese Meldung nicht durch den Inhalt des Dokuments ersetzt wird, …",
             "Please wait...", "For the best experience, open this PDF portfolio in Acrobat X or Adobe Reader X."],
)  # fmt: skip
def test_the_request_to_use_another_program_is_no_text(text):
    found = understood(['{"pages": 1}', f'{{"text": {text!r}}}'.replace("'", '"'), '{"complete": true}'])
    assert (found.state, found.pages, found.disclosed) == ("unread", {}, {"placeholder": True})
    assert "als gewöhnliche PDF-Datei" in warnings_of(found.disclosed)[0]


def test_a_form_that_only_adobe_shows_has_no_text_whatever_it_says_meanwhile():
    data = page("(Een ogenblik geduld) Tj", b"/NeedsRendering true/AcroForm<</Fields[]/XFA()>>")
    assert read_pdf(BytesIO(data)).state == "unread"


def test_whoever_waits_in_a_sentence_is_text():
    found = understood(['{"pages": 1}', '{"text": "Bitte warten Sie auf den Bescheid."}', '{"complete": true}'])
    assert found.state == "found"


def test_only_whole_words_are_offered_to_those_who_mistype_them():
    assert set(distinct_words("Sprach- und V¨aterkurse, Elternkurse und -treffen").values()) == {"Elternkurse"}
