"""The admin speaks German throughout, and in our words: `locale/de` stands over Wagtail's own catalogue."""

import re
from pathlib import Path

import django
import pytest
import wagtail
from babel.messages.pofile import read_po
from django.urls import reverse
from django.utils import translation

from tests.admin_words import NOT_OURS
from tests.english_texts import GERMAN_TEXTS, SCRIPT_TEXTS, catalog, compiled

PLACES = ("", "admin", "contrib/redirects", "contrib/settings", "contrib/table_block", "documents", "embeds", "images")
PLACES += ("search", "sites", "snippets", "users")
LOCALES = [Path(wagtail.__file__).parent / place / "locale" for place in PLACES]
LOCALES += [Path(django.__file__).parent / "conf" / "locale"]

PLACEHOLDER = re.compile(r"%\(\w+\)[sd]|\{\w+\}")


def texts_of(file: Path) -> dict[str, str]:
    """The texts of a catalogue with both their forms, "" where one is missing or unsure; none without the file."""
    if not file.exists():
        return {}
    with file.open("rb") as content:
        messages = [message for message in read_po(content) if message.id]
    found = {}
    for message in messages:
        asked, *_plural = [message.id] if isinstance(message.id, str) else message.id
        german = [message.string] if isinstance(message.string, str) else message.string
        found[asked] = " | ".join(german) if all(german) and not message.fuzzy else ""
    return found


@pytest.mark.parametrize("place", PLACES)
def test_every_text_of_wagtail_has_its_german(place):
    folder = Path(wagtail.__file__).parent / place / "locale"
    files = [file.name for file in (folder / "en" / "LC_MESSAGES").glob("*.po")]
    assert files
    for name in files:
        german = texts_of(folder / "de" / "LC_MESSAGES" / name)
        ours = catalog(GERMAN_TEXTS.with_name(name))
        for text in texts_of(folder / "en" / "LC_MESSAGES" / name):
            assert german.get(text) or (text in ours and ours[text].string), text


@pytest.mark.parametrize("file", [GERMAN_TEXTS, SCRIPT_TEXTS], ids=["pages", "scripts"])
def test_our_texts_are_compiled_and_each_is_asked_for_and_says_it_differently(file):
    assert file.with_suffix(".mo").read_bytes() == compiled(file)
    asked = {text for folder in LOCALES for text in texts_of(folder / "en" / "LC_MESSAGES" / file.name)}
    catalogues = [texts_of(folder / "de" / "LC_MESSAGES" / file.name) for folder in LOCALES]
    for text, german in texts_of(file).items():
        assert text in asked, f"Niemand fragt danach: {text}"
        stock = {catalogue[text] for catalogue in catalogues if text in catalogue}
        assert stock != {german}, f"Wie in Wagtails Katalog: {text}"
        assert set(PLACEHOLDER.findall(german)) <= set(PLACEHOLDER.findall(" ".join([text, *stock]))), text


@pytest.mark.parametrize("file", [GERMAN_TEXTS, SCRIPT_TEXTS], ids=["pages", "scripts"])
def test_no_text_of_wagtail_is_left_in_words_that_nobody_uses_here(file):
    """Also of dialogs and mails to which no link leads; but for what names Wagtail itself, which is for operators."""
    ours, shown = texts_of(file), {}
    for folder in LOCALES[:-1]:
        stock = texts_of(folder / "de" / "LC_MESSAGES" / file.name)
        shown |= {text: ours.get(text) or german for text, german in stock.items()}
    assert len(shown) > 10
    words = {text: re.sub(r"[%{]\(?\w+[)}]s?|<[^>]*>", "", german) for text, german in shown.items()}
    assert {text: german for text, german in words.items() if NOT_OURS.search(german) and "Wagtail" not in text} == {}


def test_the_dialog_of_two_editors_is_german():
    with translation.override("de"):
        assert translation.gettext("View latest version") == "Neueste Fassung ansehen"
        assert translation.gettext("A network error occurred") == "Speichern ging gerade nicht"


def test_scripts_call_the_start_page_as_the_page_calls_itself(client):
    """Asked without an account, as the page for signing in does."""
    words = client.get(reverse("wagtailadmin_javascript_catalog")).content.decode()
    assert '"Dashboard": "Startseite der Redaktion"' in words
    assert '"Edit": "Bearbeiten"' in words
