"""What a search finds: only what is public at this moment, also in the counts and in what is offered while typing."""

from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from difflib import SequenceMatcher, get_close_matches
from functools import cache
from itertools import chain, product
from math import log2
from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.search import TrigramSimilarity
from django.core.paginator import Paginator
from django.db import connection, transaction
from django.db.models import BooleanField, F, FloatField, Q, QuerySet, Value
from django.db.models.expressions import RawSQL

from intmk.base.site import restricted_paths
from intmk.language.german_words import bases, folded, forms, is_known, parts, roots
from intmk.media.documents.models import SiteDocument
from intmk.search.index import SearchEntry, SearchWord
from intmk.search.query import Query, Thesaurus, alike, any_of, parse, terms_of_parts, without_parts, words_alone
from intmk.search.synonyms import synonyms
from intmk.search.text import NEAR, title_key, tokens
from intmk.server.kept import kept

Entries = QuerySet[SearchEntry]
PAGE_SIZE = 20
MOST = 1000  # hits that are counted and ranked: ranking reads the words of each
RANKED = 100  # of those that have some words are ranked
PARTIAL = 10  # hits that are shown where none has all words
FEW = 3  # with fewer that have all words, those with most of them follow
SUGGESTIONS = 8
SHORTEST_BEGINNING = 2  # letters before anything is suggested
SHORTEST_MISTYPED, MOST_MISTYPED, CANDIDATES = 4, 3, 8
LIKELY, NEARLY_THE_SAME = 0.8, 0.85  # of SequenceMatcher's ratio: one letter of five, one of seven is another
MOST_LETTERS = 2  # by which one word may be longer


@dataclass
class Results:
    """A page of hits. count: up to MOST. counts: of each kind, None where nobody
    has counted. is_capped: there are more than were counted.

    page: of Django's paginator, whose list is only the numbers of the hits.
    """

    count: int
    is_capped: bool
    counts: dict[str, int | None]
    entries: list[SearchEntry]
    page: Any


def public_entries() -> QuerySet[SearchEntry]:
    """Return the entries of what readers can see now; the rows themselves may be older than that.

    Two queries, in which nearly always nothing is found: so the many parts of a search ask no more than whether a page
    is live, and none of their plans hangs on what PostgreSQL knows of tables that are empty.
    """
    entries = SearchEntry.objects.filter(Q(page=None) | Q(page__live=True))
    if hidden := hidden_documents():
        entries = entries.exclude(document__in=hidden)
    for path in restricted_paths():
        entries = entries.exclude(page__path__startswith=path)
    return entries


@kept
def hidden_documents() -> list[int]:
    """Return the documents that have an entry and are not for readers.

    A document that is public by its tick alone is not announced: on older sites every upload bears one.
    """
    found = SearchEntry.objects.filter(~Q(document=None)).order_by().values_list("document", flat=True).distinct()
    return list(found.exclude(document__in=shown_documents()))


@cache
def shown_documents() -> RawSQL:
    """Return the condition of `hidden_documents`.

    Written once for each process: to write it took Django three times as long as PostgreSQL took to answer a search.
    It holds nothing that changes but the numbers of content types, which Django remembers as well.
    """
    sql, params = SiteDocument.objects.not_kept_back().shown().values("pk").query.sql_with_params()
    return RawSQL(sql, params)  # noqa: S611 (Django wrote it)


# Written out, for Django takes longer to write such statements than PostgreSQL to answer them. The columns bear no
# table: no other table that is asked along has any of these names.
RANK = "ts_rank('{0.1, 0.3, 0.6, 1.0}', %s, %%s::tsquery, 1)"  # text, introduction, keywords, title; 1: by length
SCORE = f"""(title_key = ANY(%s))::int * 10
    + (title_key = ANY(%s))::int * 3
    + (title_vector @@ %s::tsquery)::int * 2
    + (vector @@ %s::tsquery)::int * 2
    + (SELECT avg((title_vector @@ term::tsquery)::int) FROM unnest(%s::text[]) AS term)
    + {RANK % "title_vector"} + {RANK % "vector"} * 2 + {RANK % "vector"}
    + (kind = ANY(%s) OR key LIKE 'theme:%%')::int
    - (key LIKE 'term:%%')::int * 12"""  # noqa: S608


def matches(column: str, condition: str) -> RawSQL:
    """Return the condition that the tsvector `column` matches the text of a tsquery."""
    # Not SearchQuery: to_tsquery() would take the words apart once more, by its own rules.
    return RawSQL(f"({column} @@ %s::tsquery)", [condition], BooleanField())  # noqa: S611


def rank(column: str, condition: str) -> RawSQL:
    """Return how well `column` matches."""
    return RawSQL(RANK % column, [condition], FloatField())  # noqa: S611


def score(query: Query) -> RawSQL:
    """Return the order of the hits: the very title first, then words in the title, then where and how often.

    What is found as it was asked for counts more than compounds and what is merely alike, all more than a word of the
    glossary: who looks for a thing wants its pages, then what it is called.
    """
    terms = [term.broad for term in query.terms]
    exact, broad = query.exact, query.broad
    titles, meant = list(query.title_keys), list(query.meant_keys)
    params = [titles, meant, exact, exact, terms, exact, exact, broad, list(query.kinds)]
    return RawSQL(f"({SCORE})", params, FloatField())  # noqa: S611


UNSHOWN = ("vector", "title_vector", "title_key")
NEWEST_FIRST = (F("day").desc(nulls_last=True), F("id").desc())


@contextmanager
def reading_by_index() -> Iterator[None]:
    """Make PostgreSQL use the index of words: it does not reckon that reading those of each row is slow, and reads all.

    Nor in the order of another index, which it likes for joining the pages.
    """
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off; SET LOCAL enable_mergejoin = off")
        yield


def find(public: Entries, query: Query, kind: str, page_number: str) -> Results:
    """Return a page of what of `public` matches, of one kind or of all (""); `page_number` as it was asked for."""
    if not query.broad:
        return Results(0, False, {}, [], Paginator([], PAGE_SIZE).get_page(1))
    with reading_by_index():
        found = public.filter(matches("vector", query.broad))
        of_kind = found.filter(kind=kind) if kind else found
        counted = Counter(found.values_list("kind", flat=True)[: MOST + 1])
        counts: dict[str, int | None] = dict(counted)
        total = counted.total()
        if total > MOST:  # counted is only a part of them: no number of any kind is known
            counts = dict.fromkeys(SearchEntry.Kind.values)
            total = of_kind.values("pk")[: MOST + 1].count() if kind else total
        elif kind:
            total = counted[kind]
        page = Paginator(range(min(total, MOST)), PAGE_SIZE).get_page(page_number)
        start = page.start_index() - 1
        if total > MOST:
            entries = broad_page(public, of_kind, query, kind, start)
        else:
            ranked = of_kind.order_by(score(query).desc(), *NEWEST_FIRST).defer(*UNSHOWN)
            entries = list(ranked[start : start + PAGE_SIZE]) if total else []
    return Results(min(total, MOST), total > MOST, counts, entries, page)


def broad_page(public: Entries, found: Entries, query: Query, kind: str, start: int) -> list[SearchEntry]:
    """Return one page of more than MOST hits: the very title, other titles by rank, then the newest; one query.

    Not all by rank: that would read the words of every entry that has a word which all have.
    """
    is_very_title = Q(title_key__in=query.title_keys)
    # What the title matches the text does, too, unless something is excluded; to ask it would read all texts.
    kinds = [kind] if kind else SearchEntry.Kind.values
    of_title = found if query.excluded else public.filter(kind__in=kinds)
    titled = of_title.filter(matches("title_vector", query.broad)).exclude(is_very_title).order_by(*NEWEST_FIRST)
    rest = found.exclude(matches("title_vector", query.broad)).exclude(is_very_title).order_by(*NEWEST_FIRST)
    unranked = Value(0.0, output_field=FloatField())
    parts = [
        found.filter(is_very_title).order_by(*NEWEST_FIRST).annotate(part=Value(1), rank=unranked)[:MOST],
        SearchEntry.objects.filter(pk__in=titled.values("pk")[:MOST]).annotate(
            part=Value(2), rank=rank("title_vector", query.broad)
        ),
        rest.annotate(part=Value(3), rank=unranked)[: start + PAGE_SIZE],
    ]
    hits = parts[0].union(*parts[1:], all=True).order_by("part", F("rank").desc(), *NEWEST_FIRST)
    return list(hits[start : start + PAGE_SIZE])


def occurrences(public: Entries, conditions: list[str]) -> list[int]:
    """Return in how many entries of `public` each of these tsqueries is met, up to PARTIAL of them; one query."""
    if not conditions:
        return []
    matching = public.filter(RawSQL("vector @@ asked.condition::tsquery", [], BooleanField()))
    sql, params = matching.order_by().values("pk")[:PARTIAL].query.sql_with_params()
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT (SELECT count(*) FROM ({sql}) AS found) "  # noqa: S608
            "FROM unnest(%s::text[]) WITH ORDINALITY AS asked(condition, place) ORDER BY place",
            [*params, conditions],
        )
        return [count for (count,) in cursor.fetchall()]


def likeliest(conditions: list[str], worth: list[float], kind: str) -> RawSQL:
    """Return the keys of RANKED entries, public or not, that meet what of these is worth most, then the newest.

    By the index alone: to rank an entry its words have to be read. Of each condition the newest up to MOST of all of
    them, and as many of each, so that what has a rare word is among them.
    """
    matching = SearchEntry.objects.filter(RawSQL("vector @@ asked.condition::tsquery", [], BooleanField()))
    of_kind = matching.filter(kind=kind) if kind else matching
    newest = of_kind.order_by(*NEWEST_FIRST).values("pk", "day")[: MOST // len(conditions)]
    sql, params = newest.query.sql_with_params()
    return RawSQL(  # noqa: S611
        "SELECT found.pk FROM unnest(%s::text[], %s::float[]) AS asked(condition, worth) "  # noqa: S608
        f"CROSS JOIN LATERAL ({sql}) AS found(pk, day) GROUP BY found.pk "
        f"ORDER BY sum(asked.worth) DESC, max(found.day) DESC NULLS LAST, found.pk DESC LIMIT {RANKED}",
        [conditions, worth, *params],
    )


def which_occur(public: Entries, words: Iterable[str], whole: bool = False) -> set[str]:
    """Return those of `words` that are in a public entry, in any form or, unless `whole`, within a compound.

    In one query.
    """
    asked = {word: forms(word) for word in words}
    conditions = [any_of([*own, *(NEAR + form for form in own if not whole)]) for own in asked.values()]
    return {word for word, count in zip(asked, occurrences(public, conditions), strict=True) if count}


# Which of several conditions an entry meets, and what those are worth together.
HAS = "(SELECT array_agg(vector @@ term::tsquery ORDER BY n) FROM unnest(%s::text[]) WITH ORDINALITY AS asked(term, n))"
WORTH = """(SELECT sum((vector @@ term::tsquery)::int * worth)
    FROM unnest(%s::text[], %s::float[]) AS asked(term, worth))"""


def partial(
    public: Entries, query: Query, known: Thesaurus, kind: str
) -> tuple[list[SearchEntry], dict[int, list[str]], list[str]]:
    """Return the entries with the most of what was asked for; by their keys the words that are not in them.

    And the words that are nowhere. What is rare counts more. Of a compound that is nowhere its parts are looked for.
    """
    of_parts = {term: terms_of_parts(term, known) for term in query.terms}
    asked = list(dict.fromkeys([*query.terms, *chain(*of_parts.values())]))
    with reading_by_index():
        counts = dict(zip(asked, occurrences(public, [query.condition([term.broad]) for term in asked]), strict=True))
    looked_for = []
    for term, smaller in of_parts.items():
        if not counts[term] or len(query.required) == 1:
            looked_for += without_parts([part for part in smaller if counts[part]])
        looked_for += [term] if counts[term] else []
    nowhere = [word for term in of_parts if not counts[term] for word in term.words]
    rest = replace(query, terms=tuple(dict.fromkeys(looked_for)))
    if not rest.terms:
        return [], {}, nowhere
    conditions, worth = [term.broad for term in rest.terms], [10 / log2(2 + counts[term]) for term in rest.terms]
    alone = [rest.condition([term]) for term in conditions]
    found = public.filter(pk__in=likeliest(alone, worth, kind))
    has = RawSQL(HAS, [conditions], ArrayField(BooleanField()))  # noqa: S611
    most = RawSQL(WORTH, [conditions, worth], FloatField())  # noqa: S611
    ranked = found.annotate(has=has).order_by((most + score(rest)).desc(), *NEWEST_FIRST).defer(*UNSHOWN)
    with reading_by_index():
        entries = list(ranked[:PARTIAL])
    lacking = {
        entry.pk: [
            word for term, is_there in zip(rest.terms, entry.has, strict=True) if not is_there for word in term.words
        ]
        for entry in entries
    }
    return list(entries), lacking, nowhere


def correction(public: Entries, query: Query, known: Thesaurus | None = None) -> tuple[str, bool]:
    """Return the search with mistyped words replaced by words of public entries or by synonyms of such words, and
    whether it is sure; ("", False).

    Sure is what replaces words that nobody knows: a word of the dictionary that is on no page may be meant as it is.
    What begins a synonym is typed right.
    """
    words = [word for word in query.words if len(word) >= SHORTEST_MISTYPED and word.isalpha()]
    words = [word for word in words if known is None or known.keys().isdisjoint(alike(word))]
    occurring = which_occur(public, words)
    mistyped = [word for word in words if word not in occurring][:MOST_MISTYPED]
    if not mistyped:
        return "", False
    best = meant(public, mistyped, known or {})
    if not best:
        return "", False
    is_sure = not any(is_known(asked) and likeness < NEARLY_THE_SAME for asked, (likeness, _) in best.items())
    better = replaced(query.text, {asked: word for asked, (_, word) in best.items()})
    return better, is_sure and not any(map(bases, best))


def meant(public: Entries, mistyped: list[str], known: Thesaurus) -> dict[str, tuple[float, str]]:
    """Return what `most_alike` does, of all words of public entries and of those that have a synonym."""
    near = [
        SearchWord.objects.filter(folded__trigram_similar=folded(word))
        .annotate(likeness=TrigramSimilarity("folded", folded(word)), asked=Value(word))
        .order_by("-likeness")
        .values_list("asked", "word")[:CANDIDATES]
        for word in mistyped
    ]
    candidates = list(near[0].union(*near[1:], all=True) if len(near) > 1 else near[0])
    there = which_occur(public, {word for _, word in candidates}, whole=True)
    typed = {folded(word): word for word in words_alone(known)}
    candidates += [(word, typed[close]) for word in mistyped for close in get_close_matches(folded(word), typed)]
    return most_alike(candidates, there.union(typed.values()))


def most_alike(candidates: list[tuple[str, str]], there: set[str]) -> dict[str, tuple[float, str]]:
    """Return for each word asked, how like it is and what is most like it of the words that are `there`, if LIKELY."""
    best: dict[str, tuple[float, str]] = {}
    for asked, word in candidates:
        if word in there and abs(len(asked) - len(word)) <= MOST_LETTERS:
            likeness = likeness_of(asked, word)
            if likeness >= LIKELY and likeness > best.get(asked, (0, ""))[0]:
                best[asked] = (likeness, word)
    return best


@dataclass
class Answer:
    """What a search brings. query: what was looked for, after a correction another than was asked.

    results: a page of what has all words; where these are few, in `entries` what has most of them follows, with the
    words that it has not in `missing` by its key, and in `nowhere` those that are on no page. corrected: the search
    that was made in place of what was typed, offered: one that may be meant.
    """

    query: Query
    results: Results
    entries: list[SearchEntry]
    missing: dict[int, list[str]]
    nowhere: list[str]
    corrected: str = ""
    offered: str = ""


def search_for(typed: str, kind: str = "", page_number: str = "", as_typed: bool = False) -> Answer:
    """Return what the search for `typed` brings, with the words put right unless `as_typed`.

    All words first; where nothing has all, without typing errors; where little has, then what has most of them.
    """
    public, known = public_entries(), synonyms()
    query = parse(typed, known)
    results = find(public, query, kind, page_number)
    corrected = offered = ""
    if not results.counts and not as_typed:
        better, is_sure = correction(public, query, known)
        corrected, offered = (better, "") if is_sure else ("", better)
        if corrected:
            query = parse(corrected, known)
            results = find(public, query, kind, page_number)
    has_several = len(query.required) > 1 or any(map(parts, query.words))
    is_little = not results.counts or (results.count < FEW and has_several)
    rest = partial(public, query, known, kind) if is_little else ([], {}, [])
    others = [entry for entry in rest[0] if entry not in results.entries]
    entries = [*results.entries, *(others[:FEW] if results.counts else others)]
    return Answer(query, results, entries, *rest[1:], corrected, offered)


def likeness_of(asked: str, word: str) -> float:
    """Return how alike two words are, 0 to 1: as they are, or what they were derived from."""
    pairs = [(folded(asked), folded(word)), *product(roots(asked), roots(word))]
    return max(SequenceMatcher(None, *pair).ratio() for pair in pairs)


def replaced(text: str, words: dict[str, str]) -> str:
    """Return `text` with these words exchanged, all else as it was typed."""
    parts, end = [], 0
    for token in tokens(text):
        new = text[token.start : token.end]
        for piece in token.pieces:
            new = new.replace(piece, words.get(piece, piece))
        parts += [text[end : token.start], new]
        end = token.end
    return "".join([*parts, text[end:]])


def suggestions(typed: str) -> list[str]:
    """Return up to SUGGESTIONS titles and words that begin as what was typed; five queries."""
    beginning = title_key(typed)
    if len(beginning) < SHORTEST_BEGINNING:
        return []
    public = public_entries()
    titles = public.filter(title_key__startswith=beginning).order_by("title_key")
    found = list(dict.fromkeys(titles.values_list("title", flat=True)[: 2 * SUGGESTIONS]))[: SUGGESTIONS // 2]
    if " " not in beginning:
        words = (
            SearchWord.objects.filter(folded__startswith=beginning).order_by("folded").values_list("word", flat=True)
        )
        likely = list(words[: 2 * SUGGESTIONS])
        there = which_occur(public, likely, whole=True)
        found += [word for word in likely if word in there]
    return list(dict.fromkeys(found))[:SUGGESTIONS]
