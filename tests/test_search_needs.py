"""What people look for stands among the first three of answers and hits; beside it what the default search finds."""

import tomllib
from collections import Counter
from pathlib import Path

import pytest
from django.test import Client, RequestFactory
from wagtail.models import Page

from intmk.search.answers import short_answers
from intmk.search.results import search_for

pytestmark = pytest.mark.django_db
NEEDS = tomllib.loads((Path(__file__).parent / "search_needs.toml").read_text())["need"]
FIRST = 3
ENOUGH = 0.95
KINDS = {
    "word_form", "compound", "derivation", "umlaut", "typo", "top", "number", "ordinal", "abbreviation", "phrase",
    "exclusion", "person", "place", "date", "chair", "land", "theme", "vote", "duty", "synonym", "question", "english",
    "journalist", "clerk", "researcher", "citizen", "absent",
}  # fmt: skip


def asked(query: str) -> tuple[list[str], bool]:
    """Return the addresses that the first page shows, answers first, and whether a hit has all that was asked for.

    A correction that is made counts, one that is only offered does not; test_search asks for the page.
    """
    found = search_for(query)
    pages = Page.objects.live().in_bulk([entry.page_id for entry in found.entries if entry.page_id])
    shown = [entry for entry in found.entries if entry.page_id is None or entry.page_id in pages]
    hits = [(pages[entry.page_id].url if entry.page_id else "") + entry.address for entry in shown]
    above = short_answers(
        found.query,
        shown if found.results.counts else [],
        RequestFactory().get("/suche/", headers={"host": "localhost"}),
    )
    return list(dict.fromkeys([*(answer.address for answer in above), *hits])), bool(found.results.counts or above)


def is_met(need: dict, found: list[str], is_answered: bool) -> bool:
    if need.get("nothing"):
        return not is_answered
    wanted = [need["page"]] if isinstance(need["page"], str) else need["page"]
    return not set(found[:FIRST]).isdisjoint(wanted) and need.get("not_found") not in found


def misses_of_this_search(needs: list[dict]) -> list[str]:
    answered = [(need, *asked(need["query"])) for need in needs]
    return [
        f"{need['kind']}: {need['query']} → {need.get('page', 'nichts')}: {found[:5]}"
        for need, found, is_answered in answered
        if not is_met(need, found, is_answered)
    ]


def misses_of_the_default_search() -> list[str]:
    """Ask Wagtail's search over PostgreSQL, as this site did before it had one of its own."""
    misses = []
    for need in NEEDS:
        pages = Page.objects.live().filter(depth__gt=1).search(need["query"], operator="and")[:20]
        if not is_met(need, [page.url for page in pages], bool(pages)):
            misses.append(need["query"])
    return misses


def test_the_list_holds_at_least_three_hundred_needs_of_all_kinds():
    assert len({need["query"] for need in NEEDS}) == len(NEEDS) >= 300
    kinds = Counter(need["kind"] for need in NEEDS)
    assert set(kinds) == KINDS
    assert min(kinds.values()) >= 4


@pytest.mark.slow("asks for an eighth of the needs that there are")
def test_needs_of_all_kinds_are_met():
    needs = sorted(NEEDS, key=lambda need: need["kind"])[::8]
    misses = misses_of_this_search(needs)
    assert len(misses) <= len(needs) * (1 - ENOUGH), "\n".join(misses)


@pytest.mark.audit
def test_nearly_all_needs_are_met():
    misses = misses_of_this_search(NEEDS)
    print(f"Suche: {len(NEEDS) - len(misses)} von {len(NEEDS)}")
    assert len(misses) <= len(NEEDS) * (1 - ENOUGH), "\n".join(misses)


def test_what_is_not_here_ends_with_three_ways_on():
    for need in [need for need in NEEDS if need["kind"] == "absent"][:3]:
        html = Client(HTTP_HOST="localhost").get("/suche/", {"q": need["query"]}).content.decode()
        ways = html.split("So geht es weiter", 1)[1]
        assert all(f'href="{address}"' in ways for address in ("/beschluesse/", "/uebersicht/", "/kontakt/"))


@pytest.mark.audit
def test_the_default_search_meets_far_fewer():
    misses = misses_of_the_default_search()
    print(f"Vorgabe: {len(NEEDS) - len(misses)} von {len(NEEDS)}")
    assert len(misses) > len(NEEDS) / 4
