"""German words as they stand in addresses."""

UMLAUTS = {ord("ä"): "ae", ord("ö"): "oe", ord("ü"): "ue"}


def in_addresses(words: str) -> str:
    """Return `words` as they would stand in an address: "Baden Württemberg" becomes "baden-wuerttemberg"."""
    letters = words.casefold().translate(UMLAUTS)
    return "-".join("".join(letter if letter.isalnum() else " " for letter in letters).split())
