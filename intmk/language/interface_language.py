"""In which language header, labels and dates are: it follows the page, never a cookie or the reader's browser.

German is the language of the templates; `locale/en` holds the English texts, and `locale/de_Simple` easier words for
what stands around pages in Leichte Sprache.
"""

from collections.abc import Iterator
from contextlib import contextmanager

from django.utils import translation

GERMAN, ENGLISH, PLAIN = "de", "en", "de-simple"


def interface_language(page_language: str) -> str:
    """Return the language of the texts around a page whose own language is `page_language`."""
    return page_language if page_language in (ENGLISH, PLAIN) else GERMAN


@contextmanager
def spoken_on_page(page_language: str) -> Iterator[None]:
    """Speak the language of a page; afterwards the thread has the language that it had before, whatever happens."""
    with translation.override(interface_language(page_language)):
        yield


def is_english() -> bool:
    """Say whether English is spoken at the moment; False where no language is active, e.g. in commands."""
    return translation.get_language() == ENGLISH


def is_plain() -> bool:
    """Say whether Leichte Sprache is spoken at the moment."""
    return translation.get_language() == PLAIN
