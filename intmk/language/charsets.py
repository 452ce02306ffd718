"""In which set of characters a German text was saved: told by its letters, and refused where they do not tell.

Windows, Macs and DOS give the same number to different letters: what one wrote as "für", another reads as "fŸr". The
right reading is the one in which letters stand as they do in words. Measured against charset-normalizer on tables of a
few words, where its statistics have too little to go by: docs/decisions.md.
"""

import re
from collections.abc import Iterator
from functools import lru_cache
from itertools import islice

VOWELS = frozenset("aeiouyäöüAEIOUYÄÖÜ")
GERMAN = frozenset("äöüÄÖÜß")
# Further letters of names in German texts, and where they stand: sets of other countries have "č" in place of "è", so
# that "Kovač" reads "Kovaè". A letter without a place is the same in all of them.
WHERE_IT_STANDS = {
    "à": r"\bà\b|(?<=[ljt])à\b", "å": r"(?<![aeiouy])å", "æ": r"(?<![aeiouy])æ(?=[^\Waeiouy])", "â": "",
    "è": r"è(?=s?\b|[bcdfgjlmnpqrtvx]{1,2}e)", "ê": r"ê(?=[tcmpq])", "ì": r"ì\b", "ï": r"(?<=[ao])ï",
    "ñ": r"\b\w?ñ(?=[aeio])|(?<=[aeiou])ñ(?=[aeiouáéíóú])", "ç": r"ç(?=[aou])", "ò": r"(?<=[lcrt])ò\b", "õ": r"õ(?=e)",
    "ã": r"ã(?=[oe]|\b)",
    "ø": r"(?<![aeiouy])ø(?![aeiouyáéíóú])", "ù": r"(?<=[oil])ù\b", "û": r"(?<=o)û|û(?=[trl])", "œ": r"œ(?=[ui])",
    "Å": r"\bÅ(?=\w)", "Æ": r"\bÆ(?=[^\Waeiouy])", "Ø": r"\bØ(?=[^\Waeiouy])", "À": r"\bÀ\b",
    **dict.fromkeys("áéëíîóôúÁÉÍÓÚÇšŠžŽ", ""),
}  # fmt: skip
WHERE = {letter: re.compile(pattern or letter) for letter, pattern in WHERE_IT_STANDS.items()}
ALONE = frozenset("àÀäöüÄÖÜ")
# Signs around and between words; only JOINTS and GAPS have letters on both sides.
QUOTES_AND_DASHES = frozenset("„“”‚‘’´«»…\u00a0–—")
OPENING, JOINTS, GAPS = frozenset("„‚"), frozenset("’´\u00ad"), frozenset("\u00a0–—")
INSIDE_WORDS = re.compile(r"(?<=\w)[’´\u00ad](?=\w)|(?<=\w)·(?=[iI]n)")
BESIDE_WORDS = {**dict.fromkeys("²³¹®™°", r"(?!\w)"), **dict.fromkeys("•§€©½¼¾×±†‰£·", r"(?<![^\W\d_].)(?![^\W\d_])")}
BESIDE = {sign: re.compile(re.escape(sign) + where) for sign, where in BESIDE_WORDS.items()}
ODD, FOREIGN = 10, 5  # points for what no word has, and for what few have: where Windows is not what wrote it
MOST_POINTS = 4  # for each such sign, on average
MARGIN_OF_WINDOWS, MARGIN = 4, 6  # of the best reading before the next; most files are from Windows
WINDOWS = ("cp1252", "iso8859_15")
CHARSETS = (*WINDOWS, "mac_roman", "cp858", "cp437")
WORD = re.compile(r"[^ \t\r\n;,|<>\"]+")
MOST_WORDS, LONGEST_WORD = 20_000, 60  # of a text and of a word, that are looked at
UNKNOWN = "Die Zeichen sind weder in UTF-8 noch in Windows-1252, Mac Roman oder DOS (cp850) gespeichert"


class UnknownCharsetError(ValueError):
    """The letters do not tell in which set they were saved; the message is German and for people."""


def decoded(content: bytes) -> str:
    """Return the text of `content`, which is not in Unicode: of Windows, a Mac or DOS, whichever makes words of it.

    Raises UnknownCharsetError where none does, or two do.
    """
    readings: dict[str, tuple[int, bool, list[str]]] = {}
    for charset in CHARSETS:
        try:
            text = content.decode(charset)
        except UnicodeDecodeError:
            continue
        from_windows, words = charset in WINDOWS, list(islice(dict.fromkeys(special_words(text)), MOST_WORDS))
        readings.setdefault(text, (sum(oddness(word, from_windows) for word in words), from_windows, words))
    (best, (odd, from_windows, words)), *others = sorted(readings.items(), key=lambda reading: reading[1][0])
    strange = next(filter(is_strange, words), "")
    if odd > MOST_POINTS * sum(not sign.isascii() for word in words for sign in word):
        strange = strange or max(words, key=lambda word: oddness(word, from_windows))
    if strange:
        raise UnknownCharsetError(f"{UNKNOWN}: In Zeile {line_number(strange, best)} ist „{strange[:40]}“ verlesen.")
    margin = MARGIN_OF_WINDOWS if from_windows else MARGIN
    if others and others[0][1][0] < odd + margin:
        pairs = zip(words, others[0][1][2], strict=False)
        one, other = next((pair for pair in pairs if pair[0] != pair[1]), ("", ""))
        either = f": „{one[:40]}“ oder „{other[:40]}“ in Zeile {line_number(one, best)}?" if one else "."
        raise UnknownCharsetError(f"In welchem Zeichensatz die Umlaute gespeichert sind, ist nicht zu erkennen{either}")
    return best


def line_number(word: str, text: str) -> int:
    """Return the number of the line in which `word` stands first."""
    before = text[: text.find(word)]
    return 1 + max(before.count("\n"), before.count("\r"))


def special_words(text: str) -> Iterator[str]:
    """Yield the words of `text` that are not in ASCII, long ones cut; a no-break space may be a letter elsewhere."""
    return (word[:LONGEST_WORD] for word in WORD.findall(text) if not word.isascii())


@lru_cache(maxsize=20_000)
def oddness(word: str, from_windows: bool) -> int:
    """Return how little `word` looks like one of a German text: 0 for "Mütter", 10 for "MŸtter"."""
    placed = sum(points(word, place, from_windows) for place, sign in enumerate(word) if not sign.isascii())
    return placed + ODD * is_strange(word)


def points(word: str, place: int, from_windows: bool) -> int:
    """Return how little the sign at this place, which is not ASCII, fits there."""
    before, sign, after = word[place - 1 : place], word[place], word[place + 1 : place + 2]
    if not sign.isalpha():
        return points_of_mark(before, sign, after)
    if before.isdigit() or after.isdigit() or (sign not in ALONE and not before.isalpha() and not after.isalpha()):
        return ODD
    if sign == "ß":
        return 0 if before in VOWELS else ODD
    if sign.isupper():
        within = before.islower() or (before.isupper() and after.islower()) or word[place + 1 : place + 4].istitle()
    else:
        within = after.isupper()
    return ODD if within else 0 if sign in GERMAN else 1 if from_windows else FOREIGN


def points_of_mark(before: str, sign: str, after: str) -> int:
    """Return the same for what is no letter."""
    if sign in OPENING:
        return ODD if before.isalpha() else 0
    if not (before.isalpha() and after.isalpha()) or sign in JOINTS:
        return 0
    return FOREIGN if sign in GAPS else ODD


@lru_cache(maxsize=20_000)
def is_strange(word: str) -> bool:
    """Say whether it has a letter or sign that a German text has nowhere, or in other places only."""
    for sign in set(word) - GERMAN - QUOTES_AND_DASHES:
        if sign.isascii():
            continue
        where = WHERE.get(sign) or BESIDE.get(sign) or INSIDE_WORDS
        if sum(found[0] == sign for found in where.finditer(word)) < word.count(sign):
            return True
    return False


# How a text gets spoilt: saved in the first set, opened in the second, and saved as it looked then.
SPOILT = [
    ("utf-8", "cp1252"), ("utf-8", "mac_roman"), ("utf-8", "cp858"), ("utf-8", "latin-1"), ("mac_roman", "cp1252"),
    ("cp1252", "mac_roman"), ("cp858", "cp1252"), ("cp1252", "cp858"), ("cp858", "mac_roman"), ("mac_roman", "cp858"),
]  # fmt: skip


def misread(text: str) -> tuple[str, str] | None:
    """Return the first word of `text` that was opened in the wrong set of characters, and what it was before.

    ("fÃ¼r", "für") for text that looks like German only when it is read again; None without one.
    """
    return next((found for word in special_words(text) if (found := misread_word(word))), None)


@lru_cache(maxsize=20_000)
def misread_word(word: str) -> tuple[str, str] | None:
    """Return the same for a single word."""
    if oddness(word, True) < ODD:
        return None
    for saved, opened in SPOILT:
        try:
            before = word.encode(opened).decode(saved)
        except UnicodeError:
            continue
        if oddness(before, True) < (FOREIGN if saved == "utf-8" else 1):
            return word, before
    return None
