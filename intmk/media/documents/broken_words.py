"""Words of a PDF as people write them: whole across lines and pages, and with their accents.

LaTeX draws an accent as a sign of its own, before its letter; others draw it behind. What is read of a page may end in
the middle of a word, before a footer.
"""

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable
from itertools import pairwise

# What the files of a scanner, of Word and of LaTeX have where a word is broken; PDFium writes U+FFFE or U+0002 for it.
AFTER_A_PART = r"(?:und|oder|bzw|sowie|als|wie|bis)\b"
SUSPENDED = f"(?!{AFTER_A_PART})"
BROKEN_WORD = re.compile(rf"(?<=\w)(?:[\ufffe\x02]\s*|[-\u2010\u00ac]\s*\n\s*){SUSPENDED}(?=[a-zà-öø-ÿ])")
KEPT_HYPHEN = re.compile(r"(?<=\w)(?:[\ufffe\x02]|[-\u2010](?=\s*\n))\s*(?=[A-ZÀ-ÖØ-Þ0-9])")
LIGATURE = re.compile("[\ufb00-\ufb06]")

# Signs that stand for nothing but an accent, with the combining one. Not ´ and `: both are typed as apostrophes.
ACCENTS = {"¨": "\u0308", "\u0308": "\u0308", "\u02da": "\u030a", "\u02c7": "\u030c", "\u02d8": "\u0306",
           "\u02dd": "\u030b", "\u02c6": "\u0302", "\u02d9": "\u0307", "\u02db": "\u0328", "¸": "\u0327"}  # fmt: skip
ACCENT = f"[{''.join(ACCENTS)}]"
VOWELS = "AaEeIiOoUuYyı"
ACCENTED = f"{VOWELS}CcSsZzRrNnGgDdTtLl"
ACCENT_BEFORE = re.compile(rf"(?<!\d)({ACCENT})(?:(?<=[¨\u0308])[^\S\n])?([{ACCENTED}])")
ACCENT_BEHIND = re.compile(rf"([{ACCENTED}])(?:[^\S\n](?=[¨\u0308]))?({ACCENT})")
# Where a diaeresis can only belong to one side of it.
ONLY_BEFORE = re.compile(rf"(?<![{VOWELS}])[^\S\n]?[¨\u0308][^\S\n]?[AaOoUu]")
ONLY_BEHIND = re.compile(rf"[AaOoUu][^\S\n]?¨(?![^\S\n]?[{VOWELS}])")
# Acute and grave, where they are no apostrophe: within a word, and not behind the article of d´Or, L´Aquila or O´Neill.
LETTER_SIGNS = {"´": "\u0301", "`": "\u0300"}
ACUTE = re.compile(r"(?<=[^\W\d_][^\W\d_])([´`])([aeiouAEIOUı])")

HYPHENS = "-\u2010\u00ad\u00ac\ufffe\x02"
PAGE_NUMBER = re.compile(r"\W*(?:(?:Seite|S\.|Page|Blatt)\s*)?\d{1,4}(?:\s*(?:/|von|of)\s*\d{1,4})?\W*", re.IGNORECASE)
FOOTNOTE = re.compile(r"\s*(?:\d{1,3}|\*)\)?\s+\S")
MOST_LINES = 4  # of a header or footer
FRONT = re.compile(rf"[^\W\d_]{{2,}}[{HYPHENS}]\s*$")
REST = re.compile(rf"\s*{SUSPENDED}([a-zà-öø-ÿ][^\W\d_]*-?)")


def with_accents(text: str) -> str:
    """Return `text` with each accent that is a sign of its own on its letter."""
    if any(sign in text for sign in ACCENTS):
        is_behind = len(ONLY_BEHIND.findall(text)) > len(ONLY_BEFORE.findall(text))
        for pattern in (ACCENT_BEHIND, ACCENT_BEFORE) if is_behind else (ACCENT_BEFORE, ACCENT_BEHIND):
            text = pattern.sub(lambda found: accented(*found.groups()) or found[0], text)
    if "´" in text or "`" in text:
        text = ACUTE.sub(lambda found: accented(*found.groups()) or found[0], text)
    return text


def accented(one: str, other: str) -> str:
    """Return the letter and its accent, in whichever order, as one sign; "" where there is none."""
    signs = ACCENTS | LETTER_SIGNS
    letter, sign = (other, signs[one]) if one in signs else (one, signs[other])
    if sign == "\u0308" and letter not in VOWELS:
        return ""
    made = unicodedata.normalize("NFC", letter.replace("ı", "i") + sign)
    return made if len(made) == 1 else ""


def whole_words(text: str) -> str:
    """Return `text` with the words whole that a line end has broken.

    A hyphen before a capital or a digit stays ("Baden-Württemberg"), and one before "und" does ("Sprach- und").
    """
    text = LIGATURE.sub(lambda found: unicodedata.normalize("NFKC", found[0]), text)
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    text = with_accents(unicodedata.normalize("NFC", text))
    text = re.sub(r"\u00ad\s*", "", text)
    text = KEPT_HYPHEN.sub("-", BROKEN_WORD.sub("", text))
    text = re.sub(rf"[\ufffe\x02]\s*(?={AFTER_A_PART})", "- ", text)
    return re.sub(r"[\ufffe\x02]", "-", text)


def joined_across_pages(pages: list[str]) -> list[str]:
    """Return the texts of pages with the words whole that the end of a page has broken, on the page where they begin.

    Headers and footers stand between the two parts: lines with the number of the page, those that another page has as
    well, and footnotes.
    """
    texts = (re.sub(r"\r\n?", "\n", re.sub(r"[\ufffe\x02]\s*", "-\n", page)) for page in pages)
    lines = [text.rstrip().split("\n") for text in texts]
    heads, feet = counted(page[:MOST_LINES] for page in lines), counted(page[-MOST_LINES:] for page in lines)
    for page, following in pairwise(lines):
        last = last_line(page, feet)
        if last is None or not FRONT.search(page[last]):
            continue
        first = next((n for n, line in enumerate(following) if line.strip() and not is_of_layout(line, heads)), None)
        if first is not None and (rest := REST.match(following[first])):
            page[last] = page[last].rstrip()[:-1] + rest[1]
            following[first] = following[first][rest.end() :].lstrip()
    return ["\n".join(page) for page in lines]


def counted(edges: Iterable[list[str]]) -> Counter[str]:
    """Return on how many pages each of these lines is."""
    return Counter(line for edge in edges for line in {same_line(line) for line in edge})


def same_line(line: str) -> str:
    """Return a line as it is compared with that of another page: without the number of the page."""
    return re.sub(r"\d+", "#", " ".join(line.split()))


def is_of_layout(line: str, counts: Counter[str]) -> bool:
    """Say whether a line at the edge of a page is its number or stands there on another page, too."""
    return bool(PAGE_NUMBER.fullmatch(line)) or counts[same_line(line)] > 1


def last_line(lines: list[str], feet: Counter[str]) -> int | None:
    """Return the number of the last line of the text itself, above the footer and footnotes; None without any."""
    end = len(lines)
    while end and (not lines[end - 1].strip() or is_of_layout(lines[end - 1], feet)):
        end -= 1
    for number in range(end - 1, 0, -1):
        if FRONT.search(lines[number]):
            break
        if FOOTNOTE.match(lines[number]) and FRONT.search(lines[number - 1]):
            return number - 1
    return end - 1 if end else None
