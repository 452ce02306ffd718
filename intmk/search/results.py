"""What a search finds: only what is public at this moment, also in the counts and in what is offered while typing."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from difflib import SequenceMatcher
from functools import cache
from typing import Any

from django.contrib.postgres.search import SearchQueryField, TrigramSimilarity
from django.core.paginator import Paginator
from django.db import connection, transaction
from django.db.models import (
    BooleanField,
    Case,
    F,
    FloatField,
    Func,
    Q,
    QuerySet,
    Value,
    When,
)
from django.db.models.expressions import RawSQL
from django.db.models.functions import Cast

from intmk.language.german_words import folded, forms
from intmk.media.documents.models import SiteDocument
from intmk.media.public_files import is_private
from intmk.search.index import SearchEntry, SearchWord
from intmk.search.query import Query, any_of
from intmk.search.text import NEAR, title_key, tokens

PAGE_SIZE = 20
MOST = 1000  # hits that are counted and ranked: ranking reads the words of each
FEW = 3  # up to so many hits a word that occurs nowhere is taken for mistyped
SUGGESTIONS = 8
SHORTEST_BEGINNING = 2  # letters before anything is suggested
MOST_MISTYPED, CANDIDATES, LIKELY = 3, 8, 0.7
WEIGHTS = Value("{0.1, 0.3, 0.6, 1.0}")  # of text, introduction, keywords, title


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

    A document that is public by its tick alone is not announced: on older sites every upload bears one.
    """
    return SearchEntry.objects.filter(
        Q(page=None, document=None)
        | (Q(page__live=True) & ~Q(is_private("page__path")))
        | Q(document__in=shown_documents())
    )


@cache
def shown_documents() -> RawSQL:
    """Return the condition of `public_entries` for documents.

    Written once for each process: to write it took Django three times as long as PostgreSQL took to answer a search.
    It holds nothing that changes but the numbers of content types, which Django remembers as well.
    """
    sql, params = SiteDocument.objects.not_kept_back().shown().values("pk").query.sql_with_params()
    return RawSQL(sql, params)  # noqa: S611 (Django wrote it)


def matches(column: str, condition: Any) -> Func:
    """Return the condition that the tsvector `column` matches a tsquery: its text, or an expression with that text."""
    # Not SearchQuery: to_tsquery() would take the words apart once more, by its own rules.
    asked = Cast(condition if hasattr(condition, "as_sql") else Value(condition), SearchQueryField())
    return Func(F(column), asked, template="(%(expressions)s)", arg_joiner=" @@ ", output_field=BooleanField())


def rank(column: str, condition: str) -> Func:
    """Return how well `column` matches; the longer the text, the less one word says (1 in PostgreSQL's table)."""
    asked = Cast(Value(condition), SearchQueryField())
    weights = Func(WEIGHTS, template="(%(expressions)s)::float4[]")
    return Func(weights, F(column), asked, Value(1), function="ts_rank", output_field=FloatField())


def is_one(condition: Any, points: float) -> Case:
    return Case(When(condition, then=Value(points)), default=Value(0.0), output_field=FloatField())


def score(query: Query) -> Any:
    """Return the order of the hits: the very title first, then words in the title, then where and how often.

    What is found as it was asked for counts more than compounds and what is merely alike.
    """
    in_title = [is_one(matches("title_vector", term.broad), 1.0 / len(query.terms)) for term in query.terms]
    return (
        is_one(Q(title_key__in=query.title_keys), 10.0)
        + is_one(matches("title_vector", query.exact), 2.0)
        + sum(in_title[1:], in_title[0])
        + rank("title_vector", query.exact)
        + rank("vector", query.exact) * 2.0
        + rank("vector", query.broad)
    )


NEWEST_FIRST = (F("day").desc(nulls_last=True), F("id").desc())


def find(query: Query, kind: str, page_number: str) -> Results:
    """Return a page of what matches `query`, of one kind or of all (""); `page_number` as it was asked for."""
    if not query.broad:
        return Results(0, False, {}, [], Paginator([], PAGE_SIZE).get_page(1))
    with transaction.atomic(), connection.cursor() as cursor:
        # PostgreSQL does not reckon that reading the words of each row is slow, and reads all rather than the index.
        cursor.execute("SET LOCAL enable_seqscan = off")
        found = public_entries().filter(matches("vector", query.broad))
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
            entries = broad_page(of_kind, query, kind, start)
        else:
            ranked = of_kind.order_by(score(query).desc(), *NEWEST_FIRST)
            entries = list(ranked[start : start + PAGE_SIZE]) if total else []
    return Results(min(total, MOST), total > MOST, counts, entries, page)


def broad_page(found: QuerySet[SearchEntry], query: Query, kind: str, start: int) -> list[SearchEntry]:
    """Return one page of more than MOST hits: the very title, other titles by rank, then the newest; one query.

    Not all by rank: that would read the words of every entry that has a word which all have.
    """
    is_very_title = Q(title_key__in=query.title_keys)
    # What the title matches the text does, too, unless something is excluded; to ask it would read all texts.
    kinds = [kind] if kind else SearchEntry.Kind.values
    of_title = found if query.excluded else public_entries().filter(kind__in=kinds)
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


def which_occur(words: Iterable[str]) -> set[str]:
    """Return those of `words` that are in a public entry, in any form or within a compound; in one query."""
    asked = {word: forms(word) for word in words}
    if not asked:
        return set()
    matching = public_entries().filter(matches("vector", RawSQL("asked.condition", [])))
    sql, params = matching.order_by().values("pk")[:1].query.sql_with_params()
    conditions = [any_of([*own, *(NEAR + form for form in own)]) for own in asked.values()]
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT asked.word FROM unnest(%s::text[], %s::text[]) AS asked(word, condition) WHERE EXISTS({sql})",  # noqa: S608
            [list(asked), conditions, *params],
        )
        return {word for (word,) in cursor.fetchall()}


def did_you_mean(query: Query) -> str:
    """Return the search with mistyped words replaced by words that occur in public entries; "" when there are none."""
    words = [word for word in query.words if len(word) >= 4 and word.isalpha()]
    occurring = which_occur(words)
    mistyped = [word for word in words if word not in occurring][:MOST_MISTYPED]
    if not mistyped:
        return ""
    near = [
        SearchWord.objects.filter(folded__trigram_similar=folded(word))
        .annotate(likeness=TrigramSimilarity("folded", folded(word)), asked=Value(word))
        .order_by("-likeness")
        .values_list("asked", "word")[:CANDIDATES]
        for word in mistyped
    ]
    candidates = list(near[0].union(*near[1:], all=True) if len(near) > 1 else near[0])
    public = which_occur(word for _, word in candidates)
    best: dict[str, tuple[float, str]] = {}
    for asked, word in candidates:
        likeness = SequenceMatcher(None, folded(asked), folded(word)).ratio()
        if word in public and likeness >= LIKELY and likeness > best.get(asked, (0, ""))[0]:
            best[asked] = (likeness, word)
    return replaced(query.text, {asked: word for asked, (_, word) in best.items()}) if best else ""


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
    """Return up to SUGGESTIONS titles and words that begin as what was typed; three queries."""
    beginning = title_key(typed)
    if len(beginning) < SHORTEST_BEGINNING:
        return []
    titles = public_entries().filter(title_key__startswith=beginning).order_by("title_key")
    found = list(dict.fromkeys(titles.values_list("title", flat=True)[: 2 * SUGGESTIONS]))[: SUGGESTIONS // 2]
    if " " not in beginning:
        words = (
            SearchWord.objects.filter(folded__startswith=beginning).order_by("folded").values_list("word", flat=True)
        )
        likely = list(words[: 2 * SUGGESTIONS])
        public = which_occur(likely)
        found += [word for word in likely if word in public]
    return list(dict.fromkeys(found))[:SUGGESTIONS]
