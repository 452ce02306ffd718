"""Umlauts where only letters from A to Z can stand: in addresses, file names, names to sign in with."""

UMLAUTS = {"ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss"}
SPELLED_OUT = str.maketrans(UMLAUTS)


def spelled_out(text: str) -> str:
    """Return `text` in small letters with two letters for each umlaut: "Übergröße" becomes "uebergroesse"."""
    return text.lower().translate(SPELLED_OUT)
