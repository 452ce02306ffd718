"""Looks through texts in Leichte Sprache for what the rules advise against. It advises and never refuses.

The rules are those of BITV 2.0, Anlage 2, Teil 2, and of the Netzwerk Leichte Sprache. They ask for "short" sentences
and words without a number; the two limits below are those of this site. Grammar is guessed from the shape of words.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import Enum
from html.parser import HTMLParser

LONGEST_SENTENCE = 15  # words
LONGEST_WORD = 15  # letters without a hyphen: "Schwierigkeiten" is the longest common word that cannot be parted

WORD = re.compile(r"[\w-]+")
QUOTED = re.compile(r"„[^“”]*[“”]")  # titles and mottos stay as they are
TOKEN = re.compile(r"\{\{[^}]*\}\}")  # filled by the site
# "1. Juli", "das 1. Treffen" and "z. B." end no sentence.
SENTENCE_END = re.compile(r"(?<!\b\d[.])(?<!\b\d\d[.])(?<!\b\w[.])(?<=[.!?])[\s]+(?=[„A-ZÄÖÜ0-9])")

# Infinitives that look like participles: "wird gehen" is no passive.
INFINITIVES = r"(?!(?:geh(?:en|ören)|geben|gelten|gewinnen|genießen|geschehen|genügen|gelingen|gestalten)\b)"
STRONG = "schlossen|schrieben|schoben|schieden|boten|sprochen|nommen"
PARTICIPLE = (
    rf"{INFINITIVES}(?:[a-zäöüß]*ge[a-zäöüß]{{2,}}(?:t|en)|(?:be|er|ver|zer|ent|miss)[a-zäöüß]+t|[a-zäöüß]+iert|"
    rf"[a-zäöüß]*(?:{STRONG}))"
)
FORMS_OF_WERDEN = r"(?:wird|werden|wirst|werdet|wurden?|worden)"
NUMBER_WORDS = r"zwei|drei|vier|fünf|sechs|sieben|acht|neun|zehn|elf|zwölf|hundert|tausend|zweimal|dreimal"
SHORTENED = r"z\. ?B\.|d\. ?h\.|u\. ?a\.|usw\.|bzw\.|etc\.|ca\.|ggf\.|inkl\.|evtl\.|Nr\.|Abs\.|Art\.|Str\.|Tel\."


class Kind(Enum):
    """What a finding is about: whether it can be told for certain, its name, what to do."""

    LONG_SENTENCE = True, "Langer Satz", f"Höchstens {LONGEST_SENTENCE} Wörter. Machen Sie mehrere Sätze daraus."
    SEVERAL_SENTENCES = True, "Mehrere Sätze in einem Absatz", "Jeder Satz bekommt einen eigenen Absatz."
    LONG_WORD = True, "Langes Wort", "Trennen Sie es mit einem Bindestrich, oder nehmen Sie ein kürzeres Wort."
    SUBJUNCTIVE = True, "Konjunktiv", "Schreiben Sie, was ist. Zum Beispiel „vielleicht“ statt „könnte“."
    SPECIAL_CHARACTER = True, "Sonderzeichen", "Schreiben Sie das Zeichen als Wort, oder bilden Sie einen neuen Satz."
    DATE = True, "Datum in Ziffern", "Schreiben Sie den Monat als Wort, zum Beispiel 3. März 2027."
    NUMBER_WORD = True, "Zahl als Wort", "Schreiben Sie die Zahl als Ziffer."
    SHORTENED = True, "Abkürzung", "Schreiben Sie die Wörter aus."
    ABBREVIATION = False, "Abkürzung ohne Erklärung", "Schreiben Sie auf dieser Seite: „… ist eine Abkürzung für: …“"
    HARD_WORD = False, "Fachwort ohne Erklärung", "Erklären Sie es: „… bedeutet: …“ Oder nehmen Sie ein leichtes Wort."
    GENITIVE = False, "Vielleicht Genitiv", "Schreiben Sie „von“: „das Haus von dem Lehrer“."
    PASSIVE = False, "Vielleicht Passiv", "Sagen Sie, wer etwas tut."
    NEGATION = False, "Verneinung", "Sagen Sie lieber, was ist. Geht das nicht, machen Sie das Wort fett."

    def __init__(self, is_hard: bool, label: str, advice: str) -> None:
        self.is_hard = is_hard
        self.label = label
        self.advice = advice


@dataclass(frozen=True)
class WordingFinding:
    """Something to look at. place: the heading above it; sentence: as it stands; words: what in it is meant."""

    kind: Kind
    sentence: str
    words: str = ""
    place: str = ""


# What is looked for in a sentence without its quotations.
PATTERNS: dict[Kind, re.Pattern] = {
    Kind.SUBJUNCTIVE: re.compile(
        r"\b(?:würde|könnte|sollte|müsste|dürfte|hätte|wäre|möchte)(?:n|st|t|est|et)?\b", re.IGNORECASE
    ),
    Kind.SPECIAL_CHARACTER: re.compile(r"[;–—()\[\]§%&/…*#+=]"),
    Kind.DATE: re.compile(r"\b\d{1,2}\. ?\d{1,2}\.(?: ?\d{2,4})?|\b\d{4}-\d\d-\d\d\b"),
    Kind.NUMBER_WORD: re.compile(rf"\b(?:{NUMBER_WORDS})\b", re.IGNORECASE),
    Kind.SHORTENED: re.compile(rf"(?<!\w)(?:{SHORTENED})"),
    Kind.GENITIVE: re.compile(
        r"\b(?:des|eines|dessen|deren)\s+(?:[\wäöüß]+\s+)?[A-ZÄÖÜ][\w-]*s\b|\b(?!(?:In|Von|Mit|An|Auf|Bei|Aus|Zu|Nach|Vor|Ist|Hat|Oder|Und|Aber)\b)[A-ZÄÖÜ][\w-]+\s+(?:der|einer)\s+[A-ZÄÖÜ][\w-]+"
    ),
    Kind.PASSIVE: re.compile(rf"\b{FORMS_OF_WERDEN}\b[^,:]*?\b{PARTICIPLE}\b|\b{PARTICIPLE}\s+{FORMS_OF_WERDEN}\b"),
}
NEGATION = re.compile(r"\b(?:nicht|nie|niemals|niemand|nichts|kein(?:e[mnrs]?)?)\b", re.IGNORECASE)
ABBREVIATION = re.compile(r"(?<![\w-])(?=\w*[A-ZÄÖÜ]\w*[A-ZÄÖÜ])\w{2,}(?![\w-])")


class Paragraphs(HTMLParser):
    """Takes a rich text apart: `found` holds the text of each paragraph and list item, and what in it is bold."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.found: list[tuple[str, str]] = []
        self.text = self.bold_text = ""
        self.bold = 0
        self.feed(html)
        self.close()
        self.end()

    def end(self) -> None:
        """End a paragraph."""
        if text := " ".join(self.text.split()):
            self.found.append((text, self.bold_text))
        self.text = self.bold_text = ""

    def handle_starttag(self, tag: str, attrs: list) -> None:
        """Begin a paragraph or what is bold."""
        self.bold += tag in ("b", "strong")
        if tag in ("p", "li", "ul", "ol", "br", "h2", "h3", "h4"):
            self.end()

    def handle_endtag(self, tag: str) -> None:
        """End what is bold, or a paragraph."""
        self.bold = max(0, self.bold - (tag in ("b", "strong")))
        if tag in ("p", "li", "ul", "ol", "h2", "h3", "h4"):
            self.end()

    def handle_data(self, data: str) -> None:
        """Add to the paragraph; in a text without tags each line is one."""
        for number, line in enumerate(data.split("\n")):
            if number and not self.bold:
                self.end()
            self.text += line
            self.bold_text += f"{line} " if self.bold else ""


def sentences(text: str) -> list[str]:
    """Return the sentences of a paragraph. "Am 1. Juli" and a full stop within „…“ end none."""
    parts: list[str] = []
    for part in SENTENCE_END.split(text):
        if parts and parts[-1].count("„") > parts[-1].count("“"):
            parts[-1] += f" {part}"
        elif part.strip():
            parts.append(part)
    return parts


def findings(
    text: str, place: str = "", hard_words: Iterable[str] = (), explained_in: str = ""
) -> list[WordingFinding]:
    """Return what to look at in a rich text or plain text, in the order of the text.

    place: its heading. hard_words: words that need an explanation, e.g. those of the glossary. explained_in: the text
    of the whole page, in which an explanation may stand; the text itself if empty.
    """
    paragraphs = Paragraphs(text).found
    whole = explained_in or " ".join(paragraph for paragraph, _ in paragraphs)
    found: list[WordingFinding] = []
    for paragraph, bold in paragraphs:
        parts = sentences(paragraph)
        if len(parts) > 1:
            found.append(WordingFinding(Kind.SEVERAL_SENTENCES, paragraph, "", place))
        for sentence in parts:
            found += [WordingFinding(kind, sentence, words, place) for kind, words in in_sentence(sentence, bold)]
            for kind, word in unexplained(sentence, hard_words, whole):
                found.append(WordingFinding(kind, sentence, word, place))
    return found


def in_sentence(sentence: str, bold: str) -> Iterator[tuple[Kind, str]]:
    """Yield what is found in one sentence, with the words that are meant. bold: what is bold in its paragraph."""
    count = len(WORD.findall(sentence))
    if count > LONGEST_SENTENCE:
        yield Kind.LONG_SENTENCE, f"{count} Wörter"
    plain = TOKEN.sub(" ", QUOTED.sub(" ", sentence))
    for word in WORD.findall(plain):
        if any(len(part) > LONGEST_WORD for part in word.split("-")):
            yield Kind.LONG_WORD, word
    for kind, pattern in PATTERNS.items():
        for match in pattern.finditer(plain):
            yield kind, match[0].strip()
    for match in NEGATION.finditer(plain):
        if match[0] not in WORD.findall(bold):
            yield Kind.NEGATION, match[0]


def unexplained(sentence: str, hard_words: Iterable[str], whole: str) -> Iterator[tuple[Kind, str]]:
    """Yield the abbreviations and hard words of a sentence for which `whole` gives no explanation."""
    plain = TOKEN.sub(" ", QUOTED.sub(" ", sentence))
    for word in dict.fromkeys(ABBREVIATION.findall(plain)):
        if not is_explained(word, whole):
            yield Kind.ABBREVIATION, word
    for word in hard_words:
        alone = re.search(rf"(?<![\w-]){re.escape(word)}(?![\w-])", plain)
        if alone and not ABBREVIATION.fullmatch(word) and not is_explained(word, whole):
            yield Kind.HARD_WORD, word


def is_explained(word: str, whole: str) -> bool:
    """Say whether a sentence says what `word` means: "IntMK ist eine …", "… bedeutet: …", "Das heißt: Vorsitz"."""
    word = re.escape(word)
    return bool(
        re.search(rf"(?<![\w-]){word}(?![\w-]) (?:(?:ist|sind) (?:ein|eine|der|die|das)|bedeutet|heißt|meint)\b", whole)
        or re.search(rf"(?:heißt|heißen|bedeutet|nennt man|kurz|Abkürzung für)\b[^.!?]*? {word}(?![\w-])", whole)
    )
