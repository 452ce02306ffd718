"""Letters where only those from A to Z can stand: in addresses, file names, names to sign in with."""

import unicodedata

from anyascii import anyascii

UMLAUTS = {"ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss"}
SPELLED_OUT = str.maketrans(UMLAUTS)


def spelled_out(text: str) -> str:
    """Return `text` in small letters with two letters for each umlaut: "Übergröße" becomes "uebergroesse"."""
    return text.lower().translate(SPELLED_OUT)


def transliterated(text: str) -> str:
    """Return `text` with Latin letters that are no letter with an accent, such as ł, ø, đ and ı, in A to Z.

    Accents stay (they can be taken off), and so do other scripts.
    """
    return "".join(anyascii(letter) if is_letter_of_its_own(letter) else letter for letter in text)


def is_letter_of_its_own(letter: str) -> bool:
    """Say whether it is a Latin letter of which nothing from A to Z is left when its accents are taken off."""
    return (
        not letter.isascii()
        and not unicodedata.normalize("NFKD", letter)[0].isascii()
        and unicodedata.name(letter, "").startswith("LATIN ")
    )
