"""What people look for stands among the first three hits; beside it what the default search finds of the same list."""

import tomllib
from collections import Counter
from pathlib import Path

import pytest
from wagtail.models import Page

from intmk.search.query import parse
from intmk.search.results import FEW, did_you_mean, find

pytestmark = pytest.mark.django_db
NEEDS = tomllib.loads((Path(__file__).parent / "search_needs.toml").read_text())["need"]
FIRST = 3
KINDS = {
    "word_form", "compound", "umlaut", "typo", "top", "abbreviation", "phrase", "exclusion", "person", "place", "date",
    "land", "theme", "vote", "duty", "english",
}  # fmt: skip


def addresses(query: str) -> tuple[list[str], str]:
    """Return the addresses of the first page of hits, and what is offered instead; test_search asks for the page."""
    parsed = parse(query)
    found = find(parsed, "", "")
    pages = Page.objects.live().in_bulk([entry.page_id for entry in found.entries if entry.page_id])
    shown = [entry for entry in found.entries if entry.page_id is None or entry.page_id in pages]
    hits = [(pages[entry.page_id].url if entry.page_id else "") + entry.address for entry in shown]
    return hits, did_you_mean(parsed) if found.count <= FEW else ""


def misses_of_this_search() -> list[str]:
    misses = []
    for need in NEEDS:
        found, meant = addresses(need["query"])
        if need["kind"] == "typo" and meant:
            found, _ = addresses(meant)
        if not is_met(need, found):
            misses.append(f"{need['query']} → {need.get('page', 'nichts')}: {found[:5]} {meant}")
    return misses


def misses_of_the_default_search() -> list[str]:
    """Ask Wagtail's search over PostgreSQL, as this site did before it had one of its own."""
    misses = []
    for need in NEEDS:
        pages = Page.objects.live().filter(depth__gt=1).search(need["query"], operator="and")[:20]
        if not is_met(need, [page.url for page in pages]):
            misses.append(need["query"])
    return misses


def is_met(need: dict, found: list[str]) -> bool:
    if need.get("nothing"):
        return found == []
    return need["page"] in found[:FIRST] and need.get("not_found") not in found


def test_the_list_holds_at_least_sixty_needs_of_all_kinds():
    assert len({need["query"] for need in NEEDS}) == len(NEEDS) >= 60
    kinds = Counter(need["kind"] for need in NEEDS)
    assert set(kinds) == KINDS
    assert min(kinds.values()) >= 4


@pytest.mark.slow("asks for each need that there is")
def test_every_need_is_met():
    misses = misses_of_this_search()
    assert misses == [], "\n".join(misses)


@pytest.mark.audit
def test_the_default_search_meets_far_fewer():
    misses = misses_of_the_default_search()
    print(f"Vorgabe: {len(NEEDS) - len(misses)} von {len(NEEDS)}")
    assert len(misses) > len(NEEDS) / 4
