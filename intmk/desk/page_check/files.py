"""Pictures and documents of a page: what their rows say of them."""

import re
from collections.abc import Iterable, Iterator
from typing import Any

from intmk.desk.page_check.advice import Advice
from intmk.desk.page_check.wording import DRAFT

SAYS_PICTURE = re.compile(
    r"^(?:ein |das |dieses )?(?:bild|foto|fotografie|grafik|abbildung)\b(?: von|:| zeigt| mit)?", re.IGNORECASE
)
OF_ONE_SENTENCE = ("Die Datei nennt", "Die Datei enthält")


def advice_on_picture(picture: Any, address: str) -> Iterator[Advice]:
    """Yield what a picture lacks or says badly; `address`: where it is changed."""

    def advice(message: str) -> Advice:
        return Advice("", picture.title, message, address=address)

    text = picture.description.strip()
    if picture.is_placeholder:
        return
    if not text:
        yield advice("Das Bild hat keinen Alternativtext: Wer es nicht sieht, erfährt nicht, was es zeigt.")
    elif found := SAYS_PICTURE.match(text):
        yield advice(f"Der Alternativtext beginnt mit „{found[0]}“; dass es ein Bild ist, sagt das Vorleseprogramm.")
    elif text == picture.caption.strip():
        yield advice("Der Alternativtext wiederholt die Bildunterschrift; vorgelesen wird beides.")
    if not picture.credit.strip():
        yield advice("Das Bild hat keinen Bildnachweis.")


def advice_on_same_texts(pictures: Iterable[tuple[Any, str]]) -> list[Advice]:
    """Return pictures, each with its address, that have the alternative text of one before."""
    first: dict[str, int] = {}
    return [
        Advice("", picture.title, "Zwei Bilder der Seite haben denselben Alternativtext.", address=address)
        for picture, address in pictures
        if (text := picture.description.strip().lower()) and first.setdefault(text, picture.pk) != picture.pk
    ]


def advice_on_document(document: Any, address: str) -> Iterator[Advice]:
    """Yield what readers, or those who look into the file, would meet; `address`: where it is changed."""

    def advice(message: str) -> Advice:
        return Advice("", document.title, message, address=address)

    if document.withheld:
        yield advice("Das Dokument ist gesperrt und erscheint nicht auf der Seite.")
        return
    yield from (advice(warning_alone(warning)) for warning in document.warnings)
    if document.text_state == document.TextState.NONE:
        yield advice("Die Datei ist ein Scan ohne Text: Weder die Suche noch ein Vorleseprogramm kann sie lesen.")
    elif document.tagged is False:
        yield advice("Die PDF-Datei hat keine Tags: Vorleseprogramme finden in ihr keine Überschriften.")
    if DRAFT.search(document.title) or DRAFT.search(document.disclosed.get("title", "")):
        yield advice("Der Titel des Dokuments klingt nach einem Entwurf.")


def warning_alone(warning: str) -> str:
    """Return what a warning says; what to do then stands in the form of the document. What quotes the file is one."""
    said = warning.removeprefix("Achtung: ")
    return said if said.startswith(OF_ONE_SENTENCE) else f"{said.partition('. ')[0].rstrip('.')}."
