"""German words as the search knows them: one spelling, one base form, the parts of compounds.

Not PostgreSQL's "german" dictionary: it keeps Integrationskurs and Kurs apart, and Räume and Raum (docs/decisions.md).
The dictionary is simplemma's, about 1.1 million forms; it is read when the first word is asked for.
"""

import re
import unicodedata
from collections.abc import Iterable, Mapping
from functools import lru_cache

from intmk.language.umlauts import UMLAUTS, spelled_out

LIGATURES = str.maketrans({"æ": "ae", "ø": "oe", "œ": "oe"})
BARE = str.maketrans({"ä": "a", "ö": "o", "ü": "u", "ß": "ss", "ø": "o"})
LONGEST_WORD = 80
SHORTEST_PART = 4
# Nouns of three letters that end or begin compounds; the dictionary knows many more that are none.
SHORT_PARTS = {"amt", "art", "bau", "hof", "not", "ort", "rad", "rat", "tag", "weg", "akt", "kur", "see"}
# Endings of words that are also words, or that the dictionary takes for words.
ENDINGS = {
    "schaft", "heit", "heiten", "keit", "keiten", "innen", "tion", "tionen", "ismus", "ierung", "ierungen", "ität",
    "schaften", "isten", "loser", "lose", "sten", "stes", "ster", "igen", "iger", "iges", "lich", "liche", "lichen",
    "sche", "schen", "scher", "ungen", "ation", "ationen", "ende", "enden", "ender", "aten", "ter", "ier", "isch",
    "ische", "same", "samen", "ion", "ions", "ionen", "chen", "lein", "sterin", "sens", "fon", "dung", "eilung", "ling",
    "linge",
}  # fmt: skip
# Beginnings that make a new word instead of a compound.
BEGINNINGS = {"unter", "über", "wider", "hinter", "inter", "kontra", "trans", "anti", "poly", "multi", "inte", "prof"}
PREFIXES = {"vor", "neu"}
# Names that are no compounds to those who look for them.
NO_COMPOUNDS = {
    "niedersachsen", "saarland", "brandenburg", "rheinland", "holstein", "thüringen", "deutschland", "magdeburg",
    "düsseldorf", "wiesbaden",
}  # fmt: skip
LINKS = ("", "s", "es", "n", "en", "er", "e", "ens")
ADJECTIVE_ENDING = re.compile(r"e[mnrs]?$")
STEM_ENDINGS = re.compile(r"(?:e[mnrs]?|n|s|innen|in)$")
# What makes one word of another: "Sprachmittler", "Sprachmittlung"; "Extremist", "extremistisch".
DERIVATION = re.compile(
    r"(?P<root>.{5,}?)(?:ier(?:ung|en|bar|t)?|ation|ativ|ungs?|er(?:in(?:nen)?)?|end(?:er?)?|e?n|e"
    r"|[hk]eit|lich|isch|ell(?:er)?|is(?:mus|t|tin|tisch)|schaft|bar|los)"
)
STOP_WORDS = set(
    """ab aber alle als am an auch auf aus bei beim bin bis bisher bitte da dabei damals dann das dass dazu dem den
    denn der derzeit des die dies diese diesem diesen dieser dieses doch du durch ein eine einem einen einer eines
    er es etwas finden für gegen gerade geben haben heute heißen hier ich ihr ihre im in ins ja jemals jetzt können
    lauten machen man mein meine mir mit müssen nach nicht noch nun nur ob oder oft ohne sagen schon sein seine seit
    sich sie sind so sollen statt stattfinden stehen suchen über um und uns unter viel viele vom von vor wann warum
    was weil welche welchem welchen welcher welches wem wen wenn wer werden weshalb wie wieder wieso wieviele wir wo
    wofür woher wohin wollen worum wozu zeigen zu zum zur zwischen aktuell aktuelle aktuellen aktueller derzeitige
    derzeitigen derzeitiger künftig künftige künftigen letzte letzten letzter nächste nächsten nächster nächstes
    neueste neuesten current last latest next now
    the of and a to for is are were by on at with about from this that there it its i how what when where which who
    whom why do does did has have had""".split()  # noqa: SIM905
)
# What asks for all or for those before: "bisherige Konferenzen" are all that there are.
ALL_OF_THEM = set(
    """alle allen aller alles sämtliche sämtlichen sämtlicher bisherige bisherigen bisheriger frühere früheren früherer
    ehemalige ehemaligen ehemaliger vergangene vergangenen vergangener liste""".split()  # noqa: SIM905
)
STOP_WORDS |= ALL_OF_THEM | {"jüngste", "jüngsten", "jüngster", "vorletzte", "vorletzten", "übernächste"}
STOP_WORDS |= {"beziehung", "verhältnis"}
STOP_WORDS |= {word.lower().translate(BARE) for word in STOP_WORDS}  # "nachste", "fur"
# What is written short and long; both find the other.
ABBREVIATIONS = {
    "IntMK": "Integrationsministerkonferenz",
    "MPK": "Ministerpräsidentenkonferenz",
    "BAMF": "Bundesamt für Migration und Flüchtlinge",
    "NIP": "Nationaler Integrationsplan",
    "NAP": "Nationaler Aktionsplan",
    "IMK": "Innenministerkonferenz",
    "FMK": "Fachministerkonferenz",
    "GFMK": "Gleichstellungs- und Frauenministerkonferenz",
    "JMD": "Jugendmigrationsdienst",
    "MBE": "Migrationsberatung für erwachsene Zuwanderer",
    "AG": "Arbeitsgruppe",
    "EU": "Europäische Union",
    "DSGVO": "Datenschutz-Grundverordnung",
    "DGS": "Deutsche Gebärdensprache",
    "NRW": "Nordrhein-Westfalen",
    "RLP": "Rheinland-Pfalz",
    "BaWü": "Baden-Württemberg",
    "MV": "Mecklenburg-Vorpommern",
    "MVP": "Mecklenburg-Vorpommern",
    "MeckPomm": "Mecklenburg-Vorpommern",
    "BW": "Baden-Württemberg",
    "SH": "Schleswig-Holstein",
    "NDS": "Niedersachsen",
    "LSA": "Sachsen-Anhalt",
    "HH": "Hamburg",
}


def ordinals() -> list[str]:
    """Return the German words for first, second … forty-ninth, folded and without ending."""
    small = """erst zweit dritt viert fünft sechst siebt acht neunt zehnt elft zwölft dreizehnt vierzehnt fünfzehnt
        sechzehnt siebzehnt achtzehnt neunzehnt"""
    units = ("", "einund", "zweiund", "dreiund", "vierund", "fünfund", "sechsund", "siebenund", "achtund", "neunund")
    tens = (f"{unit}{ten}st" for ten in ("zwanzig", "dreißig", "vierzig") for unit in units)
    return [spelled_out(word) for word in (*small.split(), *tens)]


ORDINALS = dict(enumerate(ordinals(), start=1))
VALUES = {word: str(value) for value, word in ORDINALS.items()}
ENGLISH_VALUES = {
    word: str(value)
    for value, word in enumerate(
        """first second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth thirteenth fourteenth
        fifteenth sixteenth seventeenth eighteenth nineteenth twentieth""".split(),  # noqa: SIM905
        start=1,
    )
}


def value_of_ordinal(word: str) -> str:
    """Return "12" for "zwölfte" and "twelfth", "" for what is no ordinal."""
    written = folded(word)
    stripped = ADJECTIVE_ENDING.sub("", written)
    return ENGLISH_VALUES.get(written) or (VALUES.get(stripped, "") if stripped != written else "")


def ordinal(number: str) -> str:
    """Return "zwölfte" for "12", "" for what has no such word."""
    return f"{ORDINALS[int(number)]}e" if number.isascii() and number.isdigit() and int(number) in ORDINALS else ""


@lru_cache(maxsize=1)
def dictionary() -> Mapping[str, str]:
    """Return the base form of each known form, in German spelling; takes a second and 15 MB in each process."""
    # Not simplemma.lemmatize(): it keeps 100 MB, and one answer hides the others ("runde": Runde, runden).
    from simplemma.strategies.dictionaries import LOW_MEMORY_DICTIONARY_FACTORY

    return LOW_MEMORY_DICTIONARY_FACTORY.get_dictionary("de")


def folded(word: str) -> str:
    """Return the one spelling of a word: "Übergröße" and "Uebergroesse" become "uebergroesse"."""
    return without_accents(spelled_out(word).translate(LIGATURES))[:LONGEST_WORD]


def bare(word: str) -> str:
    """Return the word with its umlauts left out, as on foreign keyboards: "Nürnberg" becomes "nurnberg"."""
    return without_accents(word.lower().translate(BARE))[:LONGEST_WORD]


def without_accents(word: str) -> str:
    """Return `word` without the marks above and below its letters."""
    if word.isascii():
        return word
    return "".join(sign for sign in unicodedata.normalize("NFKD", word) if not unicodedata.combining(sign))


@lru_cache(maxsize=100_000)
def base(form: str) -> str | None:
    """Return the base form of a form in exactly this spelling, None when the dictionary does not know it."""
    return dictionary().get(form)


def spellings(word: str) -> Iterable[str]:
    """Yield `word`, then with umlauts in place of the letters that may stand for them."""
    yield word
    whole = word
    for umlaut, letters in UMLAUTS.items():
        if letters in word:
            yield word.replace(letters, umlaut)
            whole = whole.replace(letters, umlaut) if letters != "ss" else whole
    yield whole


@lru_cache(maxsize=100_000)
def bases(word: str) -> tuple[str, ...]:
    """Return the base forms that `word` may have: as a noun, as another word; () when no spelling of it is known."""
    for spelling in spellings(word.lower()):
        found = [base(spelling.capitalize()), base(spelling)]
        if any(found):
            return tuple(dict.fromkeys(form for form in found if form))
    # Forms of adjectives that the dictionary lacks: "niedrigschwellige" beside "niedrigschwellig".
    ending = ADJECTIVE_ENDING.sub("", word.lower())
    known = base(ending) if len(ending) >= 5 else None
    return (known,) if known else ()


def stem(word: str) -> str:
    """Return the folded word without its ending, where enough of it is left: "runde" and "runder" become "rund"."""
    left = STEM_ENDINGS.sub("", word)
    return left if len(left) >= 4 else word


def roots(word: str) -> tuple[str, ...]:
    """Return what is left of the base forms of `word`, folded, without what made them of another word."""
    found = (DERIVATION.fullmatch(folded(form)) for form in bases(word) or (word,))
    return tuple(match["root"] for match in found if match)


def noun(form: str) -> str | None:
    """Return the base form of a noun, None for what the dictionary does not know as one."""
    found = base(form.capitalize())
    return found if found and found[0].isupper() else None


def is_long_enough(part: str) -> bool:
    return len(part) >= SHORTEST_PART or part in SHORT_PARTS


def first_part(part: str) -> str | None:
    """Return the base form of `part` as compounds begin with it ("sprach", "migrations"), None when no word does."""
    if not is_long_enough(part):
        return None
    stripped = [part.removesuffix(link) for link in LINKS if part.endswith(link)]
    for candidate in [part, f"{part}e", *stripped]:
        if is_long_enough(candidate) and (found := noun(candidate)):
            return found
    return base(part) if len(part) >= 5 else None


def is_known(word: str) -> bool:
    """Tell whether this is a word: one of the dictionary or made of such."""
    return bool(bases(word) or parts(word))


@lru_cache(maxsize=100_000)
def parts(word: str) -> tuple[str, ...]:
    """Return the base forms of the words that `word` is made of, () when it is no compound.

    "Integrationsministerkonferenz" gives Integration, Minister, Konferenz and what else in it is a word.
    """
    for spelling in spellings(word.lower()):
        noun = base(spelling.capitalize())
        if base(spelling) and not noun:
            return ()  # a verb or an adjective
        found = split((noun or spelling).lower())
        if found:
            return found
    return ()


def split(word: str) -> tuple[str, ...]:
    """Return the parts of a lower-case word with its umlauts; of several ways the one with the longest short part."""
    if len(word) < 7 or word in NO_COMPOUNDS or not word.isalpha():
        return ()
    ways = (parts_at(word[:cut], word[cut:]) for cut in range(3, len(word) - 2))
    return max(filter(None, ways), key=lambda way: way[0], default=(0, ()))[1]


def parts_at(left: str, right: str) -> tuple[float, tuple[str, ...]] | None:
    """Return how good it is to cut a word here, and the parts it then has; None where no compound can be cut."""
    if right in ENDINGS or left in BEGINNINGS or not is_long_enough(right) or not (head := noun(right)):
        return None
    first = first_part(left) or ("" if len(right) > 6 and left in PREFIXES else None)
    inner = parts((first or left).lower()) or parts(left.removesuffix("s"))
    if first is None and not inner:
        return None
    score = SHORTEST_PART + 0.5 if {left, right} & SHORT_PARTS else min(len(left), len(right))
    return score, tuple(dict.fromkeys(filter(None, [first, *inner, head, *parts(head)])))


@lru_cache(maxsize=100_000)
def forms(word: str) -> tuple[str, ...]:
    """Return what `word` is found by as itself: its spelling and its base forms, all folded."""
    return tuple(dict.fromkeys([folded(word), *map(folded, bases(word))]))


def variants(word: str) -> tuple[str, ...]:
    """Return what is like `word`: its stem, its bare spelling, and what it was made of, folded."""
    return tuple(dict.fromkeys([stem(folded(word)), bare(word), *roots(word)]))


@lru_cache(maxsize=100_000)
def neighbours(word: str) -> tuple[str, ...]:
    """Return what `word` is found by besides its forms: its variants, and forms and variants of the parts of it."""
    found = [*variants(word)]
    for part in parts(word):
        found += [folded(part), *variants(part)]
    return tuple(dict.fromkeys(found))


@lru_cache(maxsize=100_000)
def is_stop_word(word: str) -> bool:
    """Tell whether nobody looks for this word alone, in whatever form of it."""
    return any(form in STOP_WORDS for form in (*spellings(word.lower()), *bases(word)))
