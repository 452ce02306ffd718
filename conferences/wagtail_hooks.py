"""Registers the snippets of the conferences and their entries in the timeline."""

from wagtail import hooks
from wagtail.snippets.models import register_snippet
from wagtail.snippets.views.snippets import SnippetViewSet, SnippetViewSetGroup

from conferences.models import ChairTerm, Land, Theme
from conferences.timeline import conference_entries
from intmk.timeline import HOOK

hooks.register(HOOK, conference_entries)


class ChairTermViewSet(SnippetViewSet):
    model = ChairTerm
    icon = "date"
    menu_label = "Amtszeiten"
    list_display = ["land", "start", "end", "source"]
    list_filter = ["land", "source"]
    ordering = ["-start"]


class LandViewSet(SnippetViewSet):
    model = Land
    icon = "site"
    menu_label = "Länder"
    list_display = ["name", "code", "ministry"]
    list_per_page = 20


class ThemeViewSet(SnippetViewSet):
    model = Theme
    icon = "tag"
    menu_label = "Handlungsfelder"
    list_display = ["name", "position"]


class ConferenceDataGroup(SnippetViewSetGroup):
    items = (ChairTermViewSet, LandViewSet, ThemeViewSet)
    menu_label = "Vorsitz und Länder"
    menu_icon = "group"
    menu_order = 150


register_snippet(ConferenceDataGroup)
