"""What Wagtail's scripts call things, where its own German is none: they read a catalogue of their own."""

from django.http import HttpRequest, HttpResponseBase
from django.views.i18n import JavaScriptCatalog
from wagtail.admin.localization import get_localized_response

OWN_WORDS = {"Dashboard": "Startseite der Redaktion"}  # the label of the sign at the top left


class OwnWordsCatalog(JavaScriptCatalog):
    """Wagtail's catalogue with our words in it."""

    packages = ["wagtail.admin"]

    def get_catalog(self) -> dict:
        return super().get_catalog() | OWN_WORDS


def words_in_scripts(request: HttpRequest) -> HttpResponseBase:
    """Answer with the catalogue in the language of the account, as Wagtail's own view does at this address."""
    return get_localized_response(OwnWordsCatalog.as_view(), request)
