"""Text as the search stores and shows it: its words with their places, the tsvector, passages with hits."""

import re
import unicodedata
from collections import defaultdict
from collections.abc import Callable, Iterable
from functools import lru_cache
from typing import NamedTuple

from intmk.language.german_words import LONGEST_WORD, folded, forms, neighbours

# A word with the signs of gender that may stand in it ("Migrant*innen"); one number, or what is counted with numbers:
# 2.9b, 12/2.1, 13 : 1 : 2. Words with hyphens come as one token of several pieces, also across the end of a line.
# U+FF9E and U+FF9F are letters to Python of which folding leaves nothing, and PostgreSQL refuses an empty lexeme.
PIECE = r"[^\W\d_\uff9e\uff9f]+(?:[:*_·][Ii]n(?:nen)?\b)?"
TOKEN = re.compile(
    rf"""(?P<number>\d+/[a-z]?\d+(?:\.\d+)*(?:\ ?[a-z]\b)? | \d+(?:\ ?:\ ?\d+)+ | \d+(?:\.\d+)+(?:\ ?[a-z]\b)?
    | \b[a-z]\d{{1,2}}\b | \d+[a-z]?\b | \d+) | (?P<word>{PIECE}(?:[-\u2010\u2011](?:\s*\n\s*)?{PIECE})*)""",
    re.VERBOSE | re.IGNORECASE,
)
PIECES = re.compile(PIECE)
PART = re.compile(r"[-\u2010¨´`ˆ˜].*|.*[-\u2010¨´`ˆ˜]", re.DOTALL)
GENDER_SIGNS = re.compile(r"[:*_·]")
NEAR = "~"  # before what a word is found by besides itself
# Limits of PostgreSQL: a position ends at 16383, a lexeme has 256 of them, all lexemes together one megabyte.
LAST_POSITION, POSITIONS_OF_A_LEXEME, BYTES_OF_A_VECTOR = 16_000, 250, 800_000
GAP = 20  # between two fields, so that no phrase goes across
LONGEST_PASSAGE_TEXT, PASSAGE, PASSAGES = 20_000, 200, 3


class Token(NamedTuple):
    """A word or number of a text: where it stands, and its pieces in the form in which they are looked up."""

    start: int
    end: int
    pieces: tuple[str, ...]
    is_number: bool = False

    @property
    def word(self) -> str:
        """Return it as one word: "Bundes-Länder" as "BundesLänder"."""
        return "".join(self.pieces)


def plain_text(text: str) -> str:
    """Return `text` in one way of writing, without signs that nobody sees."""
    return unicodedata.normalize("NFC", text.replace("\x00", "").replace("\xad", "").replace("\u200b", ""))


def tokens(text: str) -> Iterable[Token]:
    """Yield the words and numbers of `text` in order."""
    for found in TOKEN.finditer(text):
        if found["number"]:
            number = "".join(found["number"].split()).lower()[:LONGEST_WORD]
            yield Token(found.start(), found.end(), (number,), is_number=True)
        else:
            word = found["word"]
            is_plain = word.isalpha()  # as nearly all are
            pieces = (word,) if is_plain else tuple(GENDER_SIGNS.sub("", piece) for piece in PIECES.findall(word))
            yield Token(found.start(), found.end(), pieces)


@lru_cache(maxsize=100_000)
def lexemes(word: str) -> tuple[str, ...]:
    """Return all by which one word is found: itself, then with NEAR what is like it."""
    return (*forms(word), *(NEAR + neighbour for neighbour in neighbours(word)))


def lexemes_of(token: Token) -> Iterable[tuple[int, str]]:
    """Yield (place after the token's start, lexeme); a word of several pieces is found whole, too."""
    if token.is_number:
        yield 0, token.pieces[0]
        return
    for place, piece in enumerate(token.pieces):
        for lexeme in lexemes(piece):
            yield place, lexeme
    if len(token.pieces) > 1:
        for lexeme in lexemes(token.word):
            yield 0, lexeme


def vector(fields: Iterable[tuple[str, str]]) -> str:
    """Return the text of a tsvector for `fields`, pairs of weight ("A" to "D") and text; what is too long is cut."""
    places: dict[str, list[str]] = defaultdict(list)
    position, size = 1, 0
    for weight, text in fields:
        for token in tokens(text):
            for place, lexeme in lexemes_of(token):
                found = places[lexeme]
                here = f"{position + place}{weight}"
                if len(found) < POSITIONS_OF_A_LEXEME and (not found or found[-1] != here):
                    size += 2 if found else len(lexeme.encode()) + 8
                    found.append(here)
            position += len(token.pieces)
            if position > LAST_POSITION or size > BYTES_OF_A_VECTOR:
                return as_tsvector(places)
        position += GAP
    return as_tsvector(places)


def as_tsvector(places: dict[str, list[str]]) -> str:
    return " ".join(f"{quoted(lexeme)}:{','.join(found)}" for lexeme, found in places.items())


def quoted(lexeme: str) -> str:
    """Return a lexeme as PostgreSQL reads it in a tsvector or tsquery."""
    return "'" + lexeme.replace("\\", "\\\\").replace("'", "''") + "'"


def title_key(text: str) -> str:
    """Return a title as it is compared whole and by its beginning: folded words with one space between."""
    return " ".join(folded(piece) for token in tokens(text) for piece in token.pieces)[:200]


def distinct_words(text: str) -> dict[str, str]:
    """Return the words of `text` that can be offered to those who mistype them, by their folded form.

    What a hyphen or an accent of its own is next to is a part of a word: "Sprach-", "V¨aterkurse".
    """
    found: dict[str, str] = {}
    for token in tokens(text):
        if PART.fullmatch(text, max(token.start - 1, 0), token.end + 1):
            continue
        for word in (*token.pieces, token.word) if not token.is_number else ():
            if 4 <= len(word) <= LONGEST_WORD:
                found.setdefault(folded(word), word)
    return found


def marked_hits(text: str, is_hit: Callable[[Token], bool]) -> list[tuple[str, bool]]:
    """Return `text` in pieces, each with whether it is a hit."""
    pieces, end = [], 0
    for token in tokens(text):
        if is_hit(token):
            pieces += [(text[end : token.start], False), (text[token.start : token.end], True)]
            end = token.end
    return [piece for piece in [*pieces, (text[end:], False)] if piece[0]]


def passages(text: str, is_hit: Callable[[Token], bool]) -> list[list[tuple[str, bool]]]:
    """Return up to PASSAGES passages of about PASSAGE characters around hits, in the order of the text.

    Those with the most different words that hit come first into the choice. [] without a hit.
    """
    text = text[:LONGEST_PASSAGE_TEXT]
    windows: list[tuple[int, int, set[str]]] = []
    for token in tokens(text):
        if not is_hit(token):
            continue
        word = folded(token.word)
        if windows and token.start <= windows[-1][1]:
            begun, end, words = windows[-1]
            windows[-1] = (begun, max(end, token.end), words | {word})
        else:
            first = max(token.start - PASSAGE // 3, windows[-1][1] if windows else 0)
            windows.append((first, max(first + PASSAGE, token.end), {word}))
    best = sorted(sorted(windows, key=lambda window: -len(window[2]))[:PASSAGES])
    cut = [cut_at_words(text, first, last) for first, last, _ in best]
    if best and best[0][0] > 0:
        cut[0] = f"… {cut[0]}"  # a later one follows on the end of the one before
    return [marked_hits(passage, is_hit) for passage in cut]


def cut_at_words(text: str, first: int, last: int) -> str:
    """Return the stretch of `text` on one line, cut between words and with "…" where more follows."""
    if first > 0 and not text[first - 1].isspace():
        first = next((i for i in range(first, min(first + 40, last, len(text))) if text[i].isspace()), first)
    if last < len(text) and not text[last].isspace():
        last = next((i for i in range(last, max(last - 40, first), -1) if text[i - 1].isspace()), last)
    lines = [" ".join(line.split()) for line in text[first:last].splitlines()]
    # What has no full stop, a heading or an entry of a list, does not run into what follows.
    joined_lines = re.sub(r"(?<![.!?:;,…])\n", " · ", "\n".join(filter(None, lines))).replace("\n", " ")
    return f"{joined_lines} …" if last < len(text) else joined_lines
