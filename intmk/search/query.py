"""What a reader types into the search, as conditions for PostgreSQL."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cached_property, lru_cache

from intmk.language.german_words import ABBREVIATIONS, folded, forms, is_stop_word, parts, variants
from intmk.search.text import NEAR, Token, lexemes_of, quoted, title_key, tokens

MAX_LENGTH = 200
MAX_WORDS = 12  # each makes the condition longer; a sentence has no more that matter
QUOTATION_MARKS = str.maketrans(dict.fromkeys("„“”«»‟″", '"'))
QUOTED_OR_EXCLUDED = re.compile(r'(?P<minus>(?<!\S)-)?"(?P<phrase>[^"]*)"|(?<!\S)-(?P<word>[^\s"-][^\s"]*)')
AGENDA_ITEM = {"top", "tops", "tagesordnungspunkt", "tagesordnungspunkte"}


@dataclass(frozen=True)
class SearchTerm:
    """One thing asked for: `exact` matches it in any word form, `broad` also what is like it or contains it.

    wanted: the lexemes that make a word of a text a hit. words: what a reader would have to type for it.
    """

    exact: str
    broad: str
    wanted: frozenset[str] = frozenset()
    words: tuple[str, ...] = ()


@dataclass(frozen=True)
class Query:
    """A search in the form of tsqueries; `exact` and `broad` are "" when nothing can be looked for."""

    text: str
    terms: tuple[SearchTerm, ...]
    excluded: tuple[SearchTerm, ...] = ()
    title_keys: tuple[str, ...] = field(default=())

    @property
    def exact(self) -> str:
        return self.condition([term.exact for term in self.terms])

    @property
    def broad(self) -> str:
        return self.condition([term.broad for term in self.terms])

    def condition(self, wanted: list[str]) -> str:
        """Return `wanted` as one tsquery, without what is excluded."""
        if not wanted:
            return ""
        return " & ".join([f"({term})" for term in wanted] + [f"!({term.exact})" for term in self.excluded])

    @cached_property
    def wanted(self) -> frozenset[str]:
        """Return all lexemes that are a hit."""
        return frozenset().union(*(term.wanted for term in self.terms))

    def is_hit(self, token: Token) -> bool:
        """Tell whether this word of a text is one that was looked for."""
        return any(lexeme in self.wanted for _, lexeme in lexemes_of(token))

    @property
    def words(self) -> tuple[str, ...]:
        """Return the single words asked for, as they were typed."""
        return tuple(dict.fromkeys(word for term in self.terms for word in term.words))


def parse(text: str) -> Query:
    """Return the query for what a reader typed, of which MAX_WORDS count.

    "…" is a phrase, -word excludes; else every word must occur, except for those that nobody looks for alone.
    """
    text = text.translate(QUOTATION_MARKS)
    terms: list[SearchTerm] = []
    excluded: list[SearchTerm] = []
    for found in QUOTED_OR_EXCLUDED.finditer(text):
        words = list(tokens(found["phrase"] or found["word"] or ""))
        term = (abbreviation(words)[1] if found["word"] else None) or phrase(words)
        if term:
            (excluded if found["minus"] or found["word"] else terms).append(term)
    rest = list(tokens(QUOTED_OR_EXCLUDED.sub(" ", text)))
    terms += loose_terms(rest)
    whole = " ".join(folded(piece) for token in rest for piece in token.pieces)
    keys = [title_key(text), *(title_key(long) for short, long in ABBREVIATIONS.items() if folded(short) == whole)]
    return Query(text, tuple(terms[:MAX_WORDS]), tuple(excluded[:MAX_WORDS]), tuple(keys))


def loose_terms(words: list[Token]) -> list[SearchTerm]:
    """Return the terms of words outside quotation marks: abbreviations and their meanings first, then word by word."""
    terms, i = [], 0
    while i < len(words):
        length, term = abbreviation(words[i:])
        if term:
            terms.append(term)
        elif not is_introduction(words[i : i + 2]) and not is_stop_word(words[i].word):
            terms.append(single(words[i]))
        i += length
    return terms or [single(word) for word in words]


def is_introduction(words: list[Token]) -> bool:
    """Tell whether the first of two words only says that the second is the number of an agenda item."""
    return len(words) == 2 and words[0].word.lower() in AGENDA_ITEM and words[1].is_number


def any_of(lexemes: Iterable[str]) -> str:
    return "(" + " | ".join(quoted(lexeme) for lexeme in dict.fromkeys(lexemes)) + ")"


def single(token: Token) -> SearchTerm:
    """Return the term for one word or number."""
    if token.is_number:
        return SearchTerm(quoted(token.word), quoted(token.word), frozenset(token.pieces), (token.word,))
    pieces = [word_term(piece) for piece in token.pieces]
    if len(pieces) == 1:
        return pieces[0]
    whole = word_term(token.word)  # "EU-Zuwanderung": both words, wherever they stand, or the two as one
    return SearchTerm(
        f"({' & '.join(piece.exact for piece in pieces)}) | {whole.exact}",
        f"({' & '.join(piece.broad for piece in pieces)}) | {whole.broad}",
        whole.wanted.union(*(piece.wanted for piece in pieces)),
        token.pieces,
    )


def word_term(word: str) -> SearchTerm:
    """Return the term for one word: its forms; broadly also compounds with it, its stem, its spelling without umlauts.

    A compound is also found by its parts, where all of them stand in title, keywords or introduction (A, B, C).
    """
    own = forms(word)
    near = [NEAR + lexeme for lexeme in (*own, *variants(word))]
    broad, wanted = any_of([*own, *near]), {*own, *near}
    pieces = [part for part in parts(word) if not parts(part) and not is_stop_word(part)]
    if len(pieces) > 1:
        together = []
        for part in pieces:
            of_part = [*forms(part), *(NEAR + form for form in forms(part))]
            together.append("(" + " | ".join(f"{quoted(lexeme)}:ABC" for lexeme in of_part) + ")")
            wanted.update(of_part)
        broad = f"({broad} | ({' & '.join(together)}))"
    return SearchTerm(any_of(own), broad, frozenset(wanted), (word,))


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


@lru_cache(maxsize=1)
def meanings() -> dict[str, list[list[set[str]]]]:
    """Return the meanings of the abbreviations by their folded form: for each the forms of each word."""
    found: dict[str, list[list[set[str]]]] = {}
    for short, long in ABBREVIATIONS.items():
        pieces = [set(forms(piece)) for token in tokens(long) for piece in token.pieces]
        found.setdefault(folded(short), []).append(pieces)
    return found


def abbreviation(words: list[Token]) -> tuple[int, SearchTerm | None]:
    """Return how many of `words` are an abbreviation or its meaning, and the term that finds both, else (1, None)."""
    pieces = [(piece, i) for i, token in enumerate(words) if not token.is_number for piece in token.pieces]
    for short, longs in meanings().items():
        for long in longs:
            begins = [set(forms(piece)) for piece, _ in pieces[: len(long)]]
            is_long = len(begins) == len(long) and all(a & b for a, b in zip(begins, long, strict=True))
            is_short = bool(words) and folded(words[0].word) == short
            if not is_long and not is_short:
                continue
            meaning = " <-> ".join(any_of(sorted(own)) for own in long)
            near = f" | {any_of([NEAR + form for form in sorted(long[0])])}" if len(long) == 1 else ""
            own = {form for word in long for form in word if not is_stop_word(form)} | {short}
            term = SearchTerm(
                f"{quoted(short)} | ({meaning})",
                f"{quoted(short)} | ({meaning}){near}",
                frozenset(own),
                (words[0].word,),
            )
            return (pieces[len(long) - 1][1] + 1 if is_long else 1), term
    return 1, None
