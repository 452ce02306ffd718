"""The texts of the interface in other words: what the templates ask for, what `locale` holds, and how it is compiled.

`python -m tests.english_texts` (make texts) writes django.mo; Babel, so that no gettext programs are needed.
"""

import os
import re
from io import BytesIO
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import extract
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from django.utils.translation.template import templatize

ROOT = Path(__file__).resolve().parent.parent
TEXTS = ROOT / "locale" / "en" / "LC_MESSAGES" / "django.po"
PLAIN_TEXTS = ROOT / "locale" / "de_Simple" / "LC_MESSAGES" / "django.po"  # Leichte Sprache, where German is too hard
GERMAN_TEXTS = ROOT / "locale" / "de" / "LC_MESSAGES" / "django.po"  # our words in place of Wagtail's
SCRIPT_TEXTS = GERMAN_TEXTS.with_name("djangojs.po")  # the same in its scripts
# What stands on English pages: the layout, its parts, and the three kinds of page that there are in English.
TEMPLATES = (
    "base.html",
    "intmk/standard_page.html",
    "conferences/chair_page.html",
    "conferences/conference_index_page.html",
)
CODE = ("conferences/models/chair.py", "conferences/models/conference.py")
KEYWORDS = {"_": None, "gettext": None, "ngettext": (1, 2), "pgettext": ((1, "c"), 2)}
Text = tuple[str | None, str | tuple[str, ...]]  # context and German text, with its plural where it has one


def templates() -> list[Path]:
    """Return the templates of English pages with all that they include, also by way of a block or a tag."""
    folder = ROOT / "templates"
    parts = [*(folder / "includes").glob("*.html"), *(folder / "blocks").glob("*.html")]
    return [*(folder / name for name in TEMPLATES), *parts]


def asked_for() -> dict[Text, str]:
    """Return every text that is translated, with the file that asks for it first."""
    found: dict[Text, str] = {}
    # Unindented: to Babel what Django makes of a template is Python.
    sources = [(path, re.sub(r"(?m)^ +", "", templatize(path.read_text(), origin=str(path)))) for path in templates()]
    sources += [(path, path.read_text()) for path in map(ROOT.joinpath, CODE)]
    for path, code in sources:
        for _line, text, _comments, context in extract("python", BytesIO(code.encode()), KEYWORDS):
            found.setdefault((context, text if isinstance(text, str) else tuple(text)), str(path.relative_to(ROOT)))
    return found


def catalog(texts: Path = TEXTS) -> Catalog:
    """Return the texts of the .po file."""
    with texts.open("rb") as file:
        return read_po(file, locale=texts.parent.parent.name.partition("_")[0])


def compiled(texts: Path = TEXTS) -> bytes:
    """Return what the .mo file has to hold; a text without English, or one that is to be checked, is left out."""
    file = BytesIO()
    write_mo(file, catalog(texts))
    return file.getvalue()


if __name__ == "__main__":
    for texts in (TEXTS, PLAIN_TEXTS, GERMAN_TEXTS, SCRIPT_TEXTS):
        texts.with_suffix(".mo").write_bytes(compiled(texts))
        print(f"Geschrieben: {os.path.relpath(texts.with_suffix('.mo'))}")
