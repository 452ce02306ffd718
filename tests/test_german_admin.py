"""The admin speaks German throughout: what Wagtail's own catalogue lacks stands in `locale/de`."""

from pathlib import Path

import pytest
import wagtail
from babel.messages.pofile import read_po
from django.urls import reverse
from django.utils import translation

from tests.english_texts import GERMAN_TEXTS, catalog, compiled

PLACES = ("", "admin", "contrib/redirects", "contrib/settings", "contrib/table_block", "documents", "embeds", "images")
PLACES += ("search", "sites", "snippets", "users")


def texts_of(file: Path) -> dict[str, str]:
    """The texts of a catalogue of Wagtail, in the singular, "" where a translation is missing or unsure."""
    with file.open("rb") as content:
        messages = [message for message in read_po(content) if message.id]
    first = lambda text: text if isinstance(text, str) else (text or [""])[0]  # noqa: E731
    return {first(message.id): "" if message.fuzzy else first(message.string) for message in messages}


@pytest.mark.parametrize("place", PLACES)
def test_every_text_of_wagtail_has_its_german(place):
    folder = Path(wagtail.__file__).parent / place / "locale"
    files = [file.name for file in (folder / "en" / "LC_MESSAGES").glob("*.po")]
    assert files
    for name in files:
        german = texts_of(folder / "de" / "LC_MESSAGES" / name)
        ours = catalog(GERMAN_TEXTS) if name == "django.po" else {}
        for text in texts_of(folder / "en" / "LC_MESSAGES" / name):
            assert german.get(text) or (text in ours and ours[text].string), text


def test_the_german_texts_are_compiled_and_none_is_left_over():
    assert GERMAN_TEXTS.with_suffix(".mo").read_bytes() == compiled(GERMAN_TEXTS)
    stock = texts_of(Path(wagtail.__file__).parent / "admin" / "locale" / "de" / "LC_MESSAGES" / "django.po")
    assert not [message.id for message in catalog(GERMAN_TEXTS) if message.id and stock.get(message.id)]


def test_the_dialog_of_two_editors_is_german():
    with translation.override("de"):
        assert translation.gettext("View latest version") == "Neueste Fassung ansehen"
        assert translation.gettext("A network error occurred") == "Speichern ging gerade nicht"


def test_scripts_call_the_start_page_as_the_page_calls_itself(client):
    """Asked without an account, as the page for signing in does."""
    words = client.get(reverse("wagtailadmin_javascript_catalog")).content.decode()
    assert '"Dashboard": "Startseite der Redaktion"' in words
    assert '"Edit": "Bearbeiten"' in words
