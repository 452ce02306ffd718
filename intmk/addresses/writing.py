"""One address in its many writings: coded twice or in Latin-1, with what trackers, sessions and mails add to it."""

import re
import unicodedata
from contextlib import suppress
from html import unescape
from urllib.parse import unquote_to_bytes, urlsplit

from intmk.language.links import SESSION, TRACKING
from intmk.language.readable_text import readable
from intmk.language.slugs import slug_of
from intmk.language.umlauts import spelled_out

LONGEST = 500
MOST_CODINGS = 3  # an address that went through several programs
UNICODE_SIGN = re.compile("%u([0-9a-f]{4})", re.IGNORECASE)  # how old scripts code "ü": "%u00FC"
HYPHENS = re.compile("[\u2010-\u2015\u2212]")
NOT_UTF8 = re.compile("[\udc80-\udcff]+")
START_FILE = re.compile(r"/(?:index|default)\.(?:html?|php\d?|aspx?|jsp|cfm)\Z", re.IGNORECASE)
# From the sentence around it. Not a regular expression: with many of them it would try from each one anew.
STUCK = " \t\r\n\f\v\u00a0.,;:!?)]}>\"'“”„‘’‚«»›‹*_~`^|\\…–—）］】」。，"
# No address goes on after these: markup, the mark of a link in Markdown, the border of a table.
END = re.compile(r'[<>"|]|\]\(')
QUERY_IN_PATH = re.compile(r"[?&](?=\w+=)|\?")
READ_TWICE = re.compile("[ÂÃ]")  # with these begin letters in UTF-8 that somebody has read as Windows-1252
ENDING = re.compile(r"\.(?:html?|php\d?|aspx?|jsp|cfm)\Z", re.IGNORECASE)


def percent_decoded(text: str) -> str:
    """Return `text` without percent signs before bytes, which are UTF-8 or, where they are not, Windows-1252."""
    text = UNICODE_SIGN.sub(lambda found: chr(int(found[1], 16)), text)
    for _ in range(MOST_CODINGS):
        if "%" not in text:
            break
        content = unquote_to_bytes(text.encode("utf-8", "replace")).decode("utf-8", "surrogateescape")
        text = NOT_UTF8.sub(
            lambda found: found[0].encode("utf-8", "surrogateescape").decode("cp1252", "replace"), content
        )
    if READ_TWICE.search(text):
        with suppress(UnicodeError):
            text = text.encode("cp1252").decode()
    return readable(text)


def host_in_letters(host: str) -> str:
    """Return the name of a host as people read it: "www.xn--lnder-gra.example." → "länder.example"."""
    labels = host.lower().strip(".").removeprefix("www.").split(".")
    return unicodedata.normalize("NFC", ".".join(map(label_in_letters, labels)))


def label_in_letters(label: str) -> str:
    try:
        return label.removeprefix("xn--").encode().decode("punycode") if label.startswith("xn--") else label
    except UnicodeError:
        return label


def path_and_query(path: str, query: str = "") -> tuple[str, str]:
    """Return what all writings of an address without its host have in common, path and query; both in small letters.

    Raises nothing, whatever bytes it is given.
    """
    path = END.split(unescape(percent_decoded(path).partition("#")[0]))[0]
    # A mail program coded the question mark, too, or there was none before what it added.
    path, more = [*QUERY_IN_PATH.split(path, maxsplit=1), ""][:2]
    path = HYPHENS.sub("-", path)
    path = START_FILE.sub("/", re.sub("/{2,}", "/", SESSION.sub("", f"/{path}").rstrip(STUCK)))
    parts = re.split("&amp;|&", "&".join(filter(None, [query, more])).replace("+", " "))
    kept = [part for part in map(percent_decoded, parts) if part and not TRACKING.fullmatch(part.partition("=")[0])]
    return (path.rstrip("/") or "/").casefold(), "&".join(sorted(kept)).casefold().rstrip(STUCK)


def loose_key(address: str) -> str:
    """Return what all writings of an address that `key_of` (intmk/addresses/old_addresses.py) takes have in common."""
    parts = urlsplit(address if "://" in address or address.startswith("/") else f"//{address}")
    path, query = path_and_query(parts.path, parts.query)
    return (host_in_letters(parts.hostname or "") + path + (f"?{query}" if query else ""))[:LONGEST]


def as_this_site_writes(path: str, query: str = "") -> str:
    """Return how this site would write `path`: "/Länder/Baden-Württemberg." → "/laender/baden-wuerttemberg/".

    Of what becomes the start page only its file does: "/..." and "/index.php?id=5" ask for something else.
    """
    written, asked = path_and_query(path, query)
    if written == "/":
        return written if START_FILE.search(path) and not asked else path
    return f"{spelled_out(written)}/"


def as_slugs(path: str) -> str:
    """Return `path` as if its parts were titles: "/laender/sachsen_anhalt.html" → "/laender/sachsen-anhalt/"."""
    written = ENDING.sub("", path_and_query(path)[0])
    parts = [slug for part in written.split("/") if (slug := slug_of(re.sub(r"[\W_]+", "-", part)))]
    return f"/{'/'.join(parts)}/" if parts else path
