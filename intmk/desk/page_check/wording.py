"""Links, headings, addresses and remnants in the texts of a page: what readers stumble over and no rule refuses."""

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from urllib.parse import unquote, urlsplit

from bs4 import Tag
from django.core.exceptions import ValidationError
from django.core.validators import validate_email

from intmk.desk.page_check.advice import Advice, Passage, briefly
from intmk.language.phone_numbers import phone_in

SAYS_NOTHING = {
    "hier", "da", "dort", "mehr", "weiter", "link", "dieser link", "diesem link", "klick", "klicken sie hier",
    "hier klicken", "mehr erfahren", "weiterlesen", "mehr informationen", "weitere informationen", "mehr dazu",
    "siehe hier", "download", "herunterladen", "pdf", "website", "webseite", "seite", "details", "lesen sie mehr",
    "zum download", "zur website", "siehe",
}  # fmt: skip
ADDRESS = re.compile(r"(?:https?://|www\.)\S+", re.IGNORECASE)
LONGEST_ADDRESS = 30  # "www.bamf.de" can be read aloud
NOT_FOR_READERS = re.compile(r"^(?:https?://(?:localhost|127\.|[^/]*\.local(?:[:/]|$))|file:|[a-z]:\\)|/admin/", re.I)
LONG_TEXT = 2500  # characters, a page and a half in print, that nobody reads without a heading
# With a space before or behind the sign only what goes on like a domain: "Auf @intmk" is no address.
WITH_AT = re.compile(r"(?<!\S)[<(]?[\w.+,-]*\w(?:@\w[\w.,-]*|\s?@\s?\w[\w-]*\.[\w.,-]*\w)")
LABELLED_PHONE = re.compile(r"(?:\bTel(?:efon)?(?:nummer)?\.?|☎)\s?:?\s?(?P<number>[+(]?\d[\w ()/.–+-]*)")
REMNANT = re.compile(
    r"lorem ipsum|\bTODO\b|\bXXX+\b|\bXX\.XX|\?\?\?+|\[(?:Datum|Name|Ort|Titel|Text|Land|Amt|Zitat|folgt|bitte)[^\]]*\]"
    r"|\bBlindtext\b",
    re.IGNORECASE,
)
DRAFT = re.compile(
    r"\b(?:Entwurf|Entwurfsfassung|Arbeitsfassung|Arbeitsstand|Draft|Kopie von|Final_?\d*|nicht zur Veröffentlichung)\b"
    r"|^Microsoft Word|^Dokument\d|\.docx?\b",
    re.IGNORECASE,
)


def advice_on_wording(passages: list[Passage]) -> list[Advice]:
    """Return all of it, passage by passage, then what is seen only of all together."""
    each: tuple[Callable[[Passage], Iterable[Advice]], ...] = (
        advice_on_links, advice_on_headings, advice_on_mail, advice_on_phones, advice_on_remnants,
    )  # fmt: skip
    found = [advice for passage in passages for ask in each for advice in ask(passage)]
    return [*found, *advice_on_same_links(passages), *advice_on_same_headings(passages), *advice_on_length(passages)]


def links_of(passage: Passage) -> list[tuple[str, str]]:
    """Return text and target of its links; the target is "page:3" or "document:3" for one of this site."""
    return [(" ".join(link.get_text("").split()), target_of(link)) for link in passage.html.find_all("a")]


def target_of(link: Tag) -> str:
    """Return where a link of stored text leads."""
    return str(link.get("href") or f"{link.get('linktype', '')}:{link.get('id', '')}")


def advice_on_links(passage: Passage) -> Iterator[Advice]:
    """Yield links whose text says nothing, or which lead to where readers cannot go."""
    for text, target in links_of(passage):
        if not text:
            yield passage.advice("Ein Verweis hat keinen Text; wer ihn vorgelesen bekommt, hört nichts.")
        elif text.strip(" .:!›»→>").lower() in SAYS_NOTHING:
            yield passage.advice(f"Der Verweis „{text}“ sagt nicht, wohin er führt: Bitte das Ziel nennen.", text)
        elif ADDRESS.fullmatch(text) and len(text) > LONGEST_ADDRESS:
            message = f"Der Verweis „{briefly(text)}“ ist eine Adresse: Bitte in Worten sagen, was dort steht."
            yield passage.advice(message, text)
        if NOT_FOR_READERS.search(target):
            yield passage.advice(f"Der Verweis „{text}“ führt in die Redaktion oder auf einen eigenen Rechner.", text)


def advice_on_same_links(passages: Iterable[Passage]) -> list[Advice]:
    """Return links of the same text that lead elsewhere than the first one with it."""
    first: dict[str, str] = {}
    return [
        passage.advice(f"Der Verweis „{text}“ führt an zwei Stellen der Seite zu Verschiedenem.", text)
        for passage in passages
        for text, target in links_of(passage)
        if text and text.lower() not in SAYS_NOTHING and first.setdefault(text.lower(), target) != target
    ]


def advice_on_headings(passage: Passage) -> Iterator[Advice]:
    """Yield headings that shout or end like a sentence, and bold lines that only look like one."""
    headings = passage.lines if passage.is_heading else [part.get_text("") for part in passage.html.find_all("h3")]
    for heading in headings:
        if sum(map(str.isalpha, heading)) > 7 and heading.isupper():
            message = f"Die Überschrift „{briefly(heading)}“ besteht aus Großbuchstaben: schwer zu lesen."
            yield passage.advice(message, heading)
        if heading.endswith((":", ".", ",")) and not heading.endswith(("…", "Nr.", "z. B.")):
            yield passage.advice(f"Die Überschrift „{briefly(heading)}“ endet mit einem Satzzeichen.", heading)
    paragraphs = passage.html.find_all("p")
    for paragraph in paragraphs[:-1]:
        text = paragraph.get_text("").strip()
        bold = "".join(part.get_text("") for part in paragraph.find_all(["b", "strong"])).strip()
        if text and text == bold and len(text) < 100:
            message = f"„{briefly(text)}“ ist fett wie eine Überschrift, aber keine: Bitte als Überschrift setzen."
            yield passage.advice(message, text)


def advice_on_same_headings(passages: Iterable[Passage]) -> list[Advice]:
    """Return headings of sections that the page has twice, so that its contents list names two alike."""
    found: dict[str, list[Passage]] = defaultdict(list)
    for passage in passages:
        if passage.is_heading and passage.source.strip():
            found[passage.source.strip().lower()].append(passage)
    return [
        twice.advice(f"Die Überschrift „{briefly(twice.source.strip())}“ gibt es auf der Seite schon.", twice.source)
        for _, *others in found.values()
        for twice in others
    ]


def advice_on_length(passages: Iterable[Passage]) -> list[Advice]:
    """Return sections too long for a text without a heading in it."""
    return [
        passage.advice("Ein Abschnitt ist sehr lang: Zwischenüberschriften helfen beim Überfliegen.")
        for passage in passages
        if passage.is_rich and not passage.html.find("h3") and sum(map(len, passage.lines)) > LONG_TEXT
    ]


def advice_on_mail(passage: Passage) -> Iterator[Advice]:
    """Yield addresses for mail that cannot be right, or lead elsewhere than they say."""
    for line in passage.lines:
        for found in WITH_AT.findall(line):
            written = found.strip("<(.,")
            try:
                validate_email(written)
            except ValidationError:
                yield passage.advice(f"„{written}“ ist keine richtig geschriebene E-Mail-Adresse.", written)
    for text, target in links_of(passage):
        mail = unquote(urlsplit(target).path) if target.lower().startswith("mailto:") else ""
        if mail and "@" in text and text.lower() != mail.lower():
            yield passage.advice(f"Der Verweis „{text}“ schreibt an eine andere Adresse: „{mail}“.", text)


def advice_on_phones(passage: Passage) -> Iterator[Advice]:
    """Yield numbers after "Telefon" that nobody could dial, and links that dial another one than they show."""
    for line in passage.lines:
        for found in LABELLED_PHONE.finditer(line):
            if not phone_in(found["number"]).link:
                number = found["number"].strip()
                message = f"„{briefly(number)}“ ist keine vollständige Telefonnummer: Bitte mit Vorwahl, in Ziffern."
                yield passage.advice(message, number)
    for text, target in links_of(passage):
        shown = phone_in(text).link if target.lower().startswith("tel:") else ""
        if shown and shown != phone_in(target[4:]).link:
            yield passage.advice(f"Der Verweis „{text}“ wählt eine andere Nummer: {target[4:]}.", text)


def advice_on_remnants(passage: Passage) -> Iterator[Advice]:
    """Yield what was to be filled in later."""
    for line in passage.lines:
        if found := REMNANT.search(line):
            yield passage.advice(f"Hier steht noch ein Platzhalter: „{found[0]}“.", found[0])


def advice_on_title(title: str) -> list[Advice]:
    """Return that a title is still that of a draft or of a file."""
    found = DRAFT.search(title)
    return [Advice("title", "Titel", f"Der Titel klingt nach einem Entwurf: „{found[0]}“.", found[0])] if found else []
