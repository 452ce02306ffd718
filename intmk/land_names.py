"""Names of Länder in a German sentence: the Saarland takes an article, the other fifteen take none.

All functions take the name as it is stored and return any other word as it is, after the bare preposition.
"""

WITH_ARTICLE = "Saarland"


def who(name: str) -> str:
    """Return the name as subject or object: "Bayern", "das Saarland"."""
    return f"das {name}" if name == WITH_ARTICLE else name


def who_first(name: str) -> str:
    """Return the same for the beginning of a sentence: "Bayern", "Das Saarland"."""
    return f"Das {name}" if name == WITH_ARTICLE else name


def at(name: str) -> str:
    """Return e.g. "bei Bayern" or "beim Saarland"."""
    return f"beim {name}" if name == WITH_ARTICLE else f"bei {name}"


def to(name: str) -> str:
    """Return e.g. "an Bayern" or "an das Saarland"."""
    return f"an {who(name)}"


def of(name: str) -> str:
    """Return e.g. "von Bayern" or "vom Saarland"."""
    return f"vom {name}" if name == WITH_ARTICLE else f"von {name}"
