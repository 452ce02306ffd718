"""The passages that stand below a hit: each shows why it was found, whatever the text is like."""

from hypothesis import example, given
from hypothesis import strategies as st

from intmk.search.text import PASSAGE, passages, tokens

WORDS = st.lists(st.sampled_from(["Treffer", "Wort", "Wort-Treffer", "x" * 90, "x" * 350, ".", "ä,"]), max_size=80)


def is_hit(token) -> bool:
    return "Treffer" in token.word


@given(WORDS, st.sampled_from([" ", "\n", ""]))
@example(["x" * 300, "Treffer"], "-")  # nothing but one word from the middle to the end
@example(["x" * 200 + " Treffer " + "x" * 30], "")
def test_each_passage_shows_a_hit_and_there_is_one_wherever_something_is_hit(words, between):
    text = between.join(words)
    found = passages(text, is_hit)
    assert bool(found) == ("Treffer" in text)
    for passage in found:
        assert any(is_marked for _, is_marked in passage), passage
        longest = max(token.end - token.start for token in tokens(text))  # words are never cut
        assert len("".join(piece for piece, _ in passage)) <= PASSAGE + 2 * longest
