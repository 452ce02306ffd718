"""The codes by which the archive filters and counts resolutions, and what keeps them true.

Each resolution carries its own, so that lists and counts need one table. They are made of keys and stored values, never
of names: a theme may be renamed without touching them.
"""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from functools import reduce
from itertools import islice
from operator import and_, or_
from typing import Any

from django.db.models import Func, TextField, Value, prefetch_related_objects

from conferences.models import Land, ResolutionPage
from conferences.models.resolution_queryset import ResolutionQuerySet
from intmk.base.lists import all_rows
from intmk.server.kept import kept
from intmk.server.switch import Switch

CONFERENCE, YEAR, THEME, MOVER, OUTCOME, KIND, ADDRESSEE, STATEMENT, STATE = "k", "j", "t", "l", "e", "a", "d", "s", "u"
CLAIM, VOTE = "b", "v"
EVERY = ""  # a code that all have, so that they are counted along
MOVED_BY_ALL = MOVER + "a"  # no Land has a code of one letter
READ = ("movers", "themes", "addressees", "statements", "votes", "follow_ups")
AT_ONCE = 500
facets_deferred = Switch("facets_deferred")


def land_code(prefix: str, code: str) -> str:
    """Return the facet of a Land: "l" and "DE-BY" become "lby"."""
    return prefix + code.removeprefix("DE-").lower()


def vote_code(code: str, vote: str) -> str:
    """Return the facet of how a Land voted: "DE-BY" and "no" become "vbyno"."""
    return land_code(VOTE, code) + vote


def facet_codes(page: ResolutionPage) -> list[str]:
    """Return the codes of a resolution, sorted, each of at most 24 ASCII characters.

    b: what is claimed of it, k: key of the conference, j: year, t: key of a theme, l: Land that moved it ("la": all),
    e: outcome, a: kind, d: key of an addressee, s: has a statement and of which Land ("sby"), v: how a Land voted
    ("vbyno"), u: latest state of what became of it.
    That there is a statement is public even where its wording is not.
    """
    codes = {f"{THEME}{theme.pk}" for theme in page.themes.all()}
    codes |= {f"{ADDRESSEE}{addressee.pk}" for addressee in page.addressees.all()}
    codes |= {land_code(MOVER, land.code) for land in page.movers.all()}
    for statement in page.statements.all():
        codes |= {STATEMENT, land_code(STATEMENT, statement.land.code)}
    codes |= {vote_code(row.land.code, row.vote) for row in page.votes.all()}
    latest = page.latest_follow_up()
    single = {
        CLAIM: page.claim,
        CONFERENCE: page.conference_id,
        YEAR: page.year,
        OUTCOME: page.outcome,
        KIND: page.kind,
        STATE: latest.state if latest else None,
    }
    codes |= {f"{prefix}{value}" for prefix, value in single.items() if value}
    if page.mover_kind == page.MoverKind.ALL:
        codes.add(MOVED_BY_ALL)
    return sorted(codes)


def refresh_facets(resolutions: ResolutionQuerySet) -> None:
    """Write facets and order of `resolutions` anew from what is stored."""
    pages = resolutions.for_lists().order_by("pk").iterator(chunk_size=AT_ONCE)
    while batch := list(islice(pages, AT_ONCE)):
        write_facets(batch)


def refresh_what_follows(resolutions: ResolutionQuerySet) -> None:
    """Do so for those whose conference now gives them another year or day, or makes them something else."""
    others = []
    for page in resolutions.for_lists():
        before = page.year, page.day
        page.set_order()
        if before != (page.year, page.day) or f"{CLAIM}{page.claim}" not in page.facets:
            others.append(page.pk)
    if others:
        refresh_facets(resolutions.filter(pk__in=others))


def write_facets(pages: list[ResolutionPage]) -> None:
    """Write them for pages that are stored as they are, where they are others."""
    prefetch_related_objects(pages, *READ)
    changed, laender = [], all_rows(Land)
    for page in pages:
        row: Any
        for row in (*page.statements.all(), *page.votes.all()):
            row.land = laender[row.land_id]
        before = page.year, page.day, page.title_key, page.facets
        page.set_order()
        page.facets = facet_codes(page)
        if before != (page.year, page.day, page.title_key, page.facets):
            changed.append(page)
    ResolutionPage.objects.bulk_update(changed, ["year", "day", "title_key", "facets"])


@kept
def resolutions_by_code() -> dict[str, int]:
    """Return which public resolutions have each code, a bit for each of them; EVERY: all.

    Read once until the next change: what a filter counts are then operations on some hundred numbers, where PostgreSQL
    would take apart the codes of thousands of resolutions for each address.
    """
    in_a_line = Func("facets", Value(" "), function="array_to_string", output_field=TextField())  # quicker to take over
    rows = list(ResolutionPage.objects.live().order_by().values_list(in_a_line, flat=True))
    bits: dict[str, bytearray] = defaultdict(lambda: bytearray(len(rows) // 8 + 1))
    for place, codes in enumerate(rows):
        for code in (EVERY, *codes.split()):
            bits[code][place // 8] |= 1 << place % 8
    return {code: int.from_bytes(those, "little") for code, those in bits.items()}


def counts_among(hits: int) -> Counter[str]:
    """Return how many of the resolutions whose bits are set have each code."""
    by_code = resolutions_by_code().items()
    return Counter({code: number for code, those in by_code if (number := (those & hits).bit_count())})


@kept
def public_counts() -> Counter[str]:
    """Return how many public resolutions have each code; EVERY: how many there are."""
    return counts_among(resolutions_by_code().get(EVERY, 0))


def facet_counts(selected: dict[str, list[str]]) -> dict[str, Counter[str]]:
    """Return how many public resolutions have each code (EVERY: of all there are).

    selected: codes by the name of the filter, of which a page needs one each. The answer has under "" the numbers of
    what fits all filters, and under each name those of what fits all the others.
    """
    by_code, counts = resolutions_by_code(), {}
    fits = {name: reduce(or_, (by_code.get(code, 0) for code in codes)) for name, codes in selected.items()}
    for left_out in ("", *fits):
        asked = [those for name, those in fits.items() if name != left_out]
        counts[left_out] = counts_among(reduce(and_, asked)) if asked else public_counts()
    return counts


@contextmanager
def refreshed_at_the_end(resolutions: Collection[ResolutionPage]) -> Iterator[None]:
    """Leave the facets of what is published within the block to one `refresh_facets` of all `resolutions`."""
    with facets_deferred.on():
        yield
    refresh_facets(ResolutionPage.objects.filter(pk__in=[page.pk for page in resolutions]))
