"""What changing a term does to the terms: refused, or they stay in one piece and everything that changes is shown."""

from datetime import date, timedelta
from itertools import islice, pairwise

import pytest
from hypothesis import event, given
from hypothesis import strategies as st

from conferences.rules.rotation import ORDER, Rotation, Term
from conferences.rules.term_changes import FOLLOWING, TermChange, TermRefusedError, effects_of, with_term, without_term


def is_in_one_piece(terms) -> bool:
    return all(a.end + timedelta(days=1) == b.start for a, b in pairwise(terms))


def stored_terms(at_least: int = 0):
    """Contiguous terms of any Länder and lengths; an empty table is one of the cases."""

    def build(start, parts):
        terms = []
        for code, days in parts:
            terms.append(Term(code, start, start + timedelta(days=days)))
            start = terms[-1].end + timedelta(days=1)
        return terms

    part = st.tuples(st.sampled_from(ORDER), st.integers(0, 720))
    return st.builds(
        build, st.dates(date(1990, 1, 1), date(2040, 1, 1)), st.lists(part, min_size=at_least, max_size=12)
    )


@given(stored_terms(at_least=1), st.data())
def test_a_change_is_refused_or_leaves_the_terms_in_one_piece_and_shows_each_day_that_changes(terms, data):
    old = data.draw(st.sampled_from(terms))
    end = old.start + timedelta(days=data.draw(st.integers(0, 1500)))
    start = data.draw(st.sampled_from([old.start, old.start + timedelta(days=data.draw(st.integers(-40, 0)))]))
    new = Term(data.draw(st.sampled_from(ORDER)), start, end)
    try:
        change = with_term(terms, new, old)
    except TermRefusedError as refusal:
        event(f"refused beside {refusal.field}")
        return
    assert is_in_one_piece(change.after)
    assert len(change.after) == len(terms)
    untouched = [t for t in terms if t not in (old, change.moved)]
    assert [t for t in change.after if t in untouched] == untouched

    day = data.draw(st.dates(terms[0].start, terms[-1].end))
    effects = effects_of(change, day)
    before, after = Rotation(change.before), Rotation(change.after)
    assert (effects.chair is None) == (before.chair_on(day) == after.chair_on(day))
    assert len(effects.rows) >= 1 + FOLLOWING
    if new == old:
        assert not effects.changes
        return
    is_told_whole(effects, before, after)


def is_told_whole(effects, before, after):
    """Before the first row nothing changes, and from it on the rows that stand together leave nothing out."""
    began = min(side.start for side in (effects.rows[0].before, effects.rows[0].after) if side)
    for probe in (before.stored[0].start, began - timedelta(days=1)):
        if probe < began:
            assert before.term_on(probe) == after.term_on(probe)
    lines = effects.rows[: 1 + FOLLOWING]
    assert is_in_one_piece([line.before for line in lines])
    assert is_in_one_piece([line.after for line in lines])
    if not effects.goes_on:
        end = max(term.end for line in effects.rows for term in (line.before, line.after) if line.changes and term)
        assert before.chair_on(end + timedelta(days=1)) == after.chair_on(end + timedelta(days=1))


@given(stored_terms(at_least=1), st.sampled_from(ORDER), st.integers(-5, 5), st.integers(0, 400))
def test_a_new_term_is_taken_exactly_when_it_follows_on_the_last_or_leads_up_to_the_first(terms, code, off, length):
    after_last = Term(code, terms[-1].end + timedelta(days=1 + off), terms[-1].end + timedelta(days=1 + off + length))
    end = terms[0].start - timedelta(days=1 + off)
    before_first = Term(code, end - timedelta(days=length), end)
    for new in (after_last, before_first):
        # With an offset it may still come to lie before the first: terms may be as short as a day.
        if new.start == terms[-1].end + timedelta(days=1) or new.end == terms[0].start - timedelta(days=1):
            assert new in with_term(terms, new).after
        else:
            with pytest.raises(TermRefusedError, match=r"Lücke|überschneidet"):
                with_term(terms, new)


@given(stored_terms(), st.sampled_from(ORDER), st.dates(date(1990, 1, 1), date(2060, 1, 1)), st.integers(0, 400))
def test_where_one_side_is_empty_all_terms_of_the_other_are_shown(terms, code, day, length):
    first = Term(code, day, day + timedelta(days=length))
    alone = with_term([], first)
    assert (alone.before, alone.after) == ((), (first,))
    for change in (alone, TermChange((), tuple(terms)), TermChange(tuple(terms), ())):
        effects = effects_of(change, day)
        sides = [[row.before for row in effects.rows], [row.after for row in effects.rows]]
        for stored, shown, handover in zip(
            (change.before, change.after), sides, effects.handover or (None, None), strict=True
        ):
            assert [*filter(None, shown)][: 1 + FOLLOWING] == [*islice(Rotation(stored), 1 + FOLLOWING)]
            following = Rotation(stored).next_terms(1, day)
            assert handover == next(((term.start, term.land_name) for term in following), None)
        assert effects.changes == bool(change.before or change.after)
        assert effects.goes_on == effects.changes


@given(stored_terms())
def test_only_an_end_of_the_row_can_be_taken_away(terms):
    for number, term in enumerate(terms):
        if len(terms) > 1 and number in (0, len(terms) - 1):
            assert without_term(terms, term).after == tuple(t for t in terms if t != term)
        else:
            with pytest.raises(TermRefusedError):
                without_term(terms, term)
    with pytest.raises(TermRefusedError):  # another administrator has been quicker
        without_term([], Term("DE-BW", date(2016, 10, 1), date(2017, 9, 30)))
