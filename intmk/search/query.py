"""What a reader types into the search, as conditions for PostgreSQL."""

import re
from collections import defaultdict
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property, lru_cache, reduce
from itertools import chain
from operator import and_

from intmk.language.dates import ENGLISH_DATES, GERMAN_DATES, german_day
from intmk.language.german_words import (
    ABBREVIATIONS,
    folded,
    forms,
    is_stop_word,
    ordinal,
    parts,
    roots,
    value_of_ordinal,
    variants,
)
from intmk.language.land_names import ADJECTIVES, IN_ENGLISH
from intmk.search.text import NEAR, Token, lexemes, quoted, title_key, tokens
from intmk.users.models import LAND_NAMES

MAX_LENGTH = 200
MAX_WORDS = 12  # each makes the condition longer; a sentence has no more that matter
QUOTATION_MARKS = str.maketrans(dict.fromkeys("„“”«»‟″", '"'))
QUOTED_OR_EXCLUDED = re.compile(r'(?P<minus>(?<!\S)-)?"(?P<phrase>[^"]*)"|(?<!\S)-(?P<word>[^\s"-][^\s"]*)')
DAY = re.compile(
    r"\b(?P<y>\d{4})-(?P<m>\d\d)-(?P<d>\d\d)\b"
    r"|\b(?P<day>\d\d?)\. ?(?P<month>\d\d?)\. ?(?P<year>\d{4}|(?<=\d\.)\d\d)\b"
)
SHORT_MONTH = re.compile(r"\b(jan|feb|mrz|mär|apr|jun|jul|aug|sept?|okt|nov|dez)\b\.?(?= ?\d)", re.IGNORECASE)
ENDING_OF_A_NUMBER = re.compile(r"(?<=\d)(?:te[nrs]?|st|nd|rd|th)\b", re.IGNORECASE)  # "12te", "12th"
SPACED_ITEM = re.compile(r"(?<=\btop [a-z]) (?=\d)", re.IGNORECASE)  # "TOP A 3"
COUNTED = re.compile(r"(?<=\d) (?:zu|to) (?=\d)")  # "13 zu 1 zu 2"
# Where the conferences are held all the same; autumn has meetings of its own.
SEASON = re.compile(
    r"\b(?:frühjahr|frühling|spring|sommer|summer|anfang|mitte|jahr) (?:of )?(?=20\d\d\b)", re.IGNORECASE
)
LETTERED_ITEM = re.compile(r"(?<=\d),? (?:lit\.?|buchst\.|buchstabe) ?(?=[a-z]\b)", re.IGNORECASE)  # "2.9 lit. b"
AGENDA_ITEM = {"top", "tops", "tagesordnungspunkt", "tagesordnungspunkte"}
# What all pages are about: nothing is left out for want of these words.
OURS = {"intmk", "integration", "integrationsministerkonferenz"}
# What of the words asked for says which kind of hit is meant.
KINDS = {
    "beschluss": "resolution",
    "antrag": "resolution",
    "leitantrag": "resolution",
    "resolution": "resolution",
    "konferenz": "conference",
    "tagung": "conference",
    "conference": "conference",
}
# What means the same in any case; the others are those of the admin (intmk/search/synonyms.py).
ALWAYS_THE_SAME = (
    *ABBREVIATIONS.items(),
    *((long, short) for short, long in ABBREVIATIONS.items()),
    *((english, german) for english, german in zip(ENGLISH_DATES.months, GERMAN_DATES.months, strict=True)),
    *((english, LAND_NAMES[code]) for code, english in IN_ENGLISH.items()),
    *((adjective, LAND_NAMES[code]) for code, adjectives in ADJECTIVES.items() for adjective in adjectives),
)


@dataclass(frozen=True)
class SearchTerm:
    """One thing asked for: `exact` matches it in any word form, `broad` also what is like it or contains it.

    wanted: the lexemes that make a word of a text a hit. words: what a reader would have to type for it.
    """

    exact: str
    broad: str
    wanted: frozenset[str] = frozenset()
    words: tuple[str, ...] = ()
    is_optional: bool = False

    def __or__(self, other: "SearchTerm") -> "SearchTerm":
        """Return what finds both; it is still what was typed here."""
        return replace(
            self,
            exact=f"({self.exact}) | ({other.exact})",
            broad=f"({self.broad}) | ({other.broad})",
            wanted=self.wanted | other.wanted,
        )

    def or_also(self, other: "SearchTerm") -> "SearchTerm":
        """Return what finds both, first what was typed."""
        return replace(self | other, exact=self.exact)

    def __and__(self, other: "SearchTerm") -> "SearchTerm":
        """Return what finds only what has both."""
        return SearchTerm(
            f"({self.exact}) & ({other.exact})",
            f"({self.broad}) & ({other.broad})",
            self.wanted | other.wanted,
            self.words + other.words,
        )


@dataclass(frozen=True)
class Query:
    """A search in the form of tsqueries; `exact` and `broad` are "" when nothing can be looked for.

    title_keys: the titles that are just what was asked for; meant_keys: those of what is found for it as well.
    """

    text: str
    terms: tuple[SearchTerm, ...]
    excluded: tuple[SearchTerm, ...] = ()
    title_keys: tuple[str, ...] = ()
    meant_keys: tuple[str, ...] = ()

    @property
    def required(self) -> tuple[SearchTerm, ...]:
        """Return what a hit must have; who asks for the name of the body alone wants just that."""
        return tuple(term for term in self.terms if not term.is_optional) or self.terms

    @property
    def exact(self) -> str:
        return self.condition([term.exact for term in self.required])

    @property
    def broad(self) -> str:
        return self.condition([term.broad for term in self.required])

    def condition(self, wanted: list[str]) -> str:
        """Return `wanted` as one tsquery, without what is excluded."""
        if not any(wanted):
            return ""
        return " & ".join([f"({term})" for term in wanted] + [f"!({term.exact})" for term in self.excluded])

    @cached_property
    def wanted(self) -> frozenset[str]:
        """Return all lexemes that are a hit."""
        return frozenset().union(*(term.wanted for term in self.terms))

    def is_hit(self, token: Token) -> bool:
        """Tell whether this word of a text is one that was looked for."""
        if token.is_number:
            return token.pieces[0] in self.wanted
        return any(not self.wanted.isdisjoint(lexemes(word)) for word in {*token.pieces, token.word})

    @property
    def words(self) -> tuple[str, ...]:
        """Return the single words asked for, as they were typed."""
        return tuple(dict.fromkeys(word for term in self.terms for word in term.words))

    @property
    def kinds(self) -> set[str]:
        """Return the kinds of hits that the words name."""
        return {KINDS[form] for word in self.words for form in forms(word) if form in KINDS}


@dataclass(frozen=True)
class Meaning:
    """What else is meant by what readers type.

    typed: its words, each in all its forms. term: what finds it; title: the same as a title. is_name: whether it is the
    same thing by another name, not what is found as well. spelled: `typed` as an editor wrote it.
    """

    typed: tuple[frozenset[str], ...]
    term: SearchTerm
    title: str
    is_name: bool
    spelled: tuple[str, ...]


Thesaurus = dict[str, list[Meaning]]


@lru_cache(maxsize=4)
def thesaurus(rows: tuple[tuple[str, str], ...] = ()) -> Thesaurus:
    """Return the meanings under each form of the first word that is typed.

    rows: pairs of what is typed and what is meant, one a line.
    """
    found: Thesaurus = defaultdict(list)
    lines = [(typed, meant) for left, right in rows for typed in left.splitlines() for meant in right.splitlines()]
    for place, (typed, meant) in enumerate([*ALWAYS_THE_SAME, *lines]):
        spelled = tuple(piece for token in tokens(typed) for piece in token.pieces)
        words = list(tokens(meant))
        term = single(words[0]) if len(words) == 1 and len(words[0].pieces) == 1 else phrase(words)
        if spelled and term:
            pieces = tuple(map(alike, spelled))
            meaning = Meaning(pieces, term, title_key(meant), place < len(ALWAYS_THE_SAME), spelled)
            for form in pieces[0]:
                found[form].append(meaning)
    return found


def words_alone(known: Thesaurus) -> set[str]:
    """Return the words that have a meaning each by itself, as they were entered."""
    return {meaning.spelled[0] for meant in known.values() for meaning in meant if len(meaning.spelled) == 1}


def alike(word: str) -> frozenset[str]:
    """Return by what a word is recognised: its forms and those it was derived from."""
    return frozenset([*forms(word), *roots(word)])


def parse(text: str, known: Thesaurus | None = None) -> Query:
    """Return the query for what a reader typed, of which MAX_WORDS count.

    "…" is a phrase, -word excludes; else every word must occur, except for those that nobody looks for alone.
    """
    known = thesaurus() if known is None else known
    plain = read(text)
    terms: list[SearchTerm] = []
    excluded: list[SearchTerm] = []
    for found in QUOTED_OR_EXCLUDED.finditer(plain):
        words = list(tokens(found["phrase"] or found["word"] or ""))
        is_wanted = not (found["minus"] or found["word"])
        if term := phrase(words):
            for meaning in () if is_wanted else meanings(words, known)[1]:
                term |= meaning.term
            (terms if is_wanted else excluded).append(term)
    rest = list(tokens(QUOTED_OR_EXCLUDED.sub(" ", plain)))
    loose, meant = loose_terms(rest, known)
    terms += loose
    spoken = " ".join(piece for token in rest if not is_stop_word(token.word) for piece in token.pieces)
    titles = [title_key(plain), title_key(spoken), *(meaning.title for meaning in meant if meaning.is_name)]
    return Query(
        text,
        tuple(terms[:MAX_WORDS]),
        tuple(excluded[:MAX_WORDS]),
        tuple(filter(None, dict.fromkeys(titles))),
        tuple(meaning.title for meaning in meant if not meaning.is_name),
    )


def read(text: str) -> str:
    """Return what was typed in the writing of the pages: quotation marks, days, numbers."""
    plain = DAY.sub(day_in_words, SHORT_MONTH.sub(month_in_full, text.translate(QUOTATION_MARKS)))
    plain = LETTERED_ITEM.sub("", SEASON.sub("", plain))
    return COUNTED.sub(":", ENDING_OF_A_NUMBER.sub("", SPACED_ITEM.sub("", plain)))


def month_in_full(found: re.Match) -> str:
    """Return the name of the month that is written short."""
    written = found[1].lower().replace("mrz", "mär")
    return next(name for name in GERMAN_DATES.months if name.lower().startswith(written))


def day_in_words(found: re.Match) -> str:
    """Return a day as the pages write it: "16.03.2017" and "2017-03-16" as "16. März 2017"."""
    year, month, day = (int(found[name]) for name in (("y", "m", "d") if found["y"] else ("year", "month", "day")))
    with suppress(ValueError):
        return german_day(date(year if year >= 100 else 2000 + year, month, day))
    return found[0]


def loose_terms(words: list[Token], known: Thesaurus) -> tuple[list[SearchTerm], list[Meaning]]:
    """Return the terms of words outside quotation marks, and what all of them together mean."""
    terms: list[SearchTerm] = []
    of_all: list[Meaning] = []
    i = 0
    while i < len(words):
        length, meant = meanings(words[i:], known)
        if meant:
            own = [single(word) for word in words[i : i + length] if not is_stop_word(word.word)]
            term = reduce(and_, own or [single(words[i])])
            for meaning in meant:
                term = term | meaning.term if meaning.is_name else term.or_also(meaning.term)
            terms.append(term)
            of_all = of_all if any(map(is_telling, [*words[:i], *words[i + length :]])) else meant
        elif not is_introduction(words[i : i + 2]) and not is_stop_word(words[i].word):
            terms.append(single(words[i]))
        i += length
    ours = [replace(term, is_optional=not OURS.isdisjoint(map(folded, term.words))) for term in terms]
    return ours or [single(word) for word in words], of_all


def is_telling(token: Token) -> bool:
    """Tell whether a word says more than that this body is meant: "Themen der IntMK" are what its themes are."""
    return not is_stop_word(token.word) and folded(token.word) not in OURS


def meanings(words: list[Token], known: Thesaurus) -> tuple[int, list[Meaning]]:
    """Return what the first of `words` mean, as many as have a meaning together, and how many these are; at least 1."""
    pieces = [(piece, i) for i, token in enumerate(words) if not token.is_number for piece in token.pieces]
    if not pieces or words[0].is_number or (is_stop_word(words[0].word) and not words[0].word.isupper()):
        return 1, []
    found: dict[int, list[Meaning]] = defaultdict(list)
    for meaning in dict.fromkeys(chain.from_iterable(known.get(form, ()) for form in alike(pieces[0][0]))):
        begin = pieces[: len(meaning.typed)]
        if len(begin) == len(meaning.typed) and all(
            own & alike(piece) for own, (piece, _) in zip(meaning.typed, begin, strict=True)
        ):
            found[begin[-1][1] + 1].append(meaning)
    length = max(found, default=1)
    return length, found[length]


def is_introduction(words: list[Token]) -> bool:
    """Tell whether the first of two words only says that the second is the number of an agenda item."""
    return len(words) == 2 and words[0].word.lower() in AGENDA_ITEM and words[1].is_number


def any_of(lexemes: Iterable[str], weights: str = "") -> str:
    mark = f":{weights}" if weights else ""
    return "(" + " | ".join(quoted(lexeme) + mark for lexeme in dict.fromkeys(lexemes)) + ")"


def single(token: Token) -> SearchTerm:
    """Return the term for one word or number."""
    if token.is_number:
        in_words = forms(ordinal(token.word)) if ordinal(token.word) else ()
        return SearchTerm(
            quoted(token.word), any_of([token.word, *in_words]), frozenset([token.word, *in_words]), (token.word,)
        )
    pieces = [word_term(piece) for piece in token.pieces]
    if len(pieces) == 1:
        return pieces[0]
    # "EU-Zuwanderung": both words, wherever they stand, or the two as one
    return reduce(and_, pieces) | word_term(token.word)


def word_term(word: str) -> SearchTerm:
    """Return the term for one word: its forms; broadly also compounds with it, its stem, its spelling without umlauts.

    A compound is also found by its parts, where all of them stand in title, keywords or introduction (A, B, C), or of
    two one in the title; an ordinal by its number.
    """
    own = [*forms(word), *filter(None, [value_of_ordinal(word)])]
    near = [NEAR + lexeme for lexeme in (*own, *variants(word))]
    broad, wanted = any_of([*own, *near]), {*own, *near}
    pieces = [part for part in parts(word) if not parts(part) and not is_stop_word(part)]
    telling = [part for part in pieces if folded(part) not in OURS]
    if len(pieces) > 1:
        pieces = telling if len(telling) > 1 else pieces
        of_parts = [[*forms(part), *(NEAR + form for form in forms(part))] for part in pieces]
        wanted.update(*of_parts)
        in_sight = " & ".join(any_of(lexemes, "ABC") for lexemes in of_parts)
        somewhere = " & ".join(map(any_of, of_parts))
        in_title = " | ".join(any_of(lexemes, "A") for lexemes in of_parts)
        broad = f"{broad} | ({in_sight})" + (f" | (({somewhere}) & ({in_title}))" if len(pieces) == 2 else "")
        broad = f"({broad})"
    return SearchTerm(any_of(own), broad, frozenset(wanted), (word,))


def terms_of_parts(term: SearchTerm, known: Thesaurus) -> list[SearchTerm]:
    """Return the terms for the parts of the compounds in `term`, the large and the small, with what they mean."""
    found = [part for word in term.words for part in parts(word) if not is_stop_word(part)]
    return [loose_terms(list(tokens(part)), known)[0][0] for part in found]


def without_parts(terms: list[SearchTerm]) -> list[SearchTerm]:
    """Leave out terms for the parts of others: Datenschutz, Erklärung of "Datenschutzerklärung"."""
    smaller = {part for term in terms for word in term.words for part in parts(word)}
    return [term for term in terms if smaller.isdisjoint(term.words)]


def phrase(words: list[Token]) -> SearchTerm | None:
    """Return the term for words that must follow one another, in any word form; None for no words."""
    pieces = [piece for token in words for piece in token.pieces]
    numbers = {piece for token in words if token.is_number for piece in token.pieces}
    each = [(piece,) if piece in numbers else forms(piece) for piece in pieces][:MAX_WORDS]
    if not each:
        return None
    condition = " <-> ".join(any_of(own) for own in each)
    if len(words) == 1 and len(pieces) > 1:  # -Bundes-Länder: also written as one
        condition = f"({condition}) | {any_of(forms(words[0].word))}"
    shown = frozenset(form for piece, own in zip(pieces, each, strict=False) for form in own if not is_stop_word(piece))
    return SearchTerm(
        condition, condition, shown or frozenset(form for own in each for form in own), tuple(pieces[:MAX_WORDS])
    )
