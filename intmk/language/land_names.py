"""Names of Länder in a German sentence: the Saarland takes an article, the other fifteen take none.

All functions take the name as it is stored and return any other word as it is, after the bare preposition.
"""

from intmk.language.interface_language import is_english

WITH_ARTICLE = "Saarland"
# The usual English names; the seven others are the same in both languages.
IN_ENGLISH = {
    "DE-BY": "Bavaria",
    "DE-HE": "Hesse",
    "DE-MV": "Mecklenburg-Western Pomerania",
    "DE-NI": "Lower Saxony",
    "DE-NW": "North Rhine-Westphalia",
    "DE-RP": "Rhineland-Palatinate",
    "DE-SN": "Saxony",
    "DE-ST": "Saxony-Anhalt",
    "DE-TH": "Thuringia",
}
# What some put before their name in full.
IN_FULL = {
    "DE-BY": "Freistaat",
    "DE-HB": "Freie Hansestadt",
    "DE-HH": "Freie und Hansestadt",
    "DE-SN": "Freistaat",
    "DE-TH": "Freistaat",
}
# As adjectives, without their ending; words in -er have none.
ADJECTIVES = {
    "DE-BW": ("baden-württembergisch",),
    "DE-BY": ("bayerisch", "bayrisch"),
    "DE-BE": ("Berliner",),
    "DE-BB": ("brandenburgisch", "Brandenburger"),
    "DE-HB": ("bremisch", "Bremer"),
    "DE-HH": ("hamburgisch", "Hamburger"),
    "DE-HE": ("hessisch",),
    "DE-MV": ("mecklenburg-vorpommerisch",),
    "DE-NI": ("niedersächsisch",),
    "DE-NW": ("nordrhein-westfälisch",),
    "DE-RP": ("rheinland-pfälzisch",),
    "DE-SL": ("saarländisch",),
    "DE-SN": ("sächsisch",),
    "DE-ST": ("sachsen-anhaltisch", "sachsen-anhaltinisch"),
    "DE-SH": ("schleswig-holsteinisch",),
    "DE-TH": ("thüringisch", "Thüringer"),
}


def on_page(code: str, name: str) -> str:
    """Return the name of the Land with this code in the language of the page; `name` is the stored, German one."""
    return IN_ENGLISH.get(code, name) if is_english() else name


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
