"""Registers the snippets of the conferences and their entries in the timeline."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from wagtail import hooks
from wagtail.admin import messages
from wagtail.log_actions import LogActionRegistry
from wagtail.models import Page
from wagtail.snippets.models import register_snippet
from wagtail.snippets.views.snippets import SnippetViewSet, SnippetViewSetGroup

from conferences.archive_import import views as archive_upload
from conferences.archive_import.plan import LOG_ACTION
from conferences.handover import first_day, planned, publishing_sentence
from conferences.handover import panels as handover_panels
from conferences.handover import views as handover_views
from conferences.handover.scheduled import CONFIRM
from conferences.handover.waiting import KEEP
from conferences.models import Addressee, ConferencePage, Land, ResolutionPage, Source, Theme
from conferences.photos.views import photo_addresses
from conferences.terms.preparing import preparations
from conferences.terms.views import ChairTermViewSet, not_several_at_once
from conferences.timeline import conference_entries
from intmk.base.timeline_entry import HOOK
from intmk.users.choosers import EntitledChooserViewSet

hooks.register(HOOK, conference_entries)
hooks.register("construct_homepage_panels", handover_panels.add_handover_panels)
hooks.register("register_admin_urls", handover_views.handover_admin_urls)
hooks.register("register_admin_menu_item", handover_views.handover_menu_item)
hooks.register("register_admin_urls", planned.planned_admin_urls)
hooks.register("register_admin_menu_item", planned.planned_menu_item)
hooks.register("register_page_action_menu_item", lambda: publishing_sentence.WhatPublishingDoes(order=29))
hooks.register("register_admin_urls", publishing_sentence.publishing_sentence_address)
hooks.register("register_page_action_menu_item", first_day.OnFirstDayItem)
hooks.register("register_page_action_menu_item", first_day.NotOnFirstDayItem)
hooks.register("before_edit_page", first_day.instead_of_a_draft)
hooks.register("register_admin_urls", archive_upload.import_admin_urls)
hooks.register("register_admin_menu_item", archive_upload.import_menu_item)
hooks.register("register_admin_urls", photo_addresses)
hooks.register("before_bulk_action", not_several_at_once)
hooks.register("register_admin_viewset", lambda: preparations)


@hooks.register("register_log_actions")
def register_conference_actions(actions: LogActionRegistry) -> None:
    """Name what the history of a page says of what is scheduled or imported."""
    actions.register_action(LOG_ACTION, "Importieren", "Importiert")
    actions.register_action(CONFIRM, "Vormerkung bestätigen", "Vormerkung bestätigt")
    actions.register_action(KEEP, "Geplantes Zurückziehen aufheben", "Geplantes Zurückziehen aufgehoben")


@hooks.register("before_copy_page")
def what_exists_once_is_not_copied(request: HttpRequest, page: Page) -> HttpResponse | None:
    """Refuse a copy: Wagtail saves it without asking the model, so it would have the number of the original."""
    whose = {ConferencePage: "einer Konferenz. Bitte eine neue", ResolutionPage: "einem Beschluss. Bitte einen neuen"}
    if page.specific_class not in whose:
        return None
    messages.error(
        request,
        f"„{page.title}“ wurde nicht kopiert: Nummer und Adresse gehören zu {whose[page.specific_class]} anlegen.",
    )
    return redirect("wagtailadmin_explore", page.get_parent().pk)


@hooks.register("before_delete_snippet")
def what_is_cited_stays(request: HttpRequest, instances: list) -> HttpResponse | None:
    """Refuse to delete a source while something cites it, which would then rest on nothing."""
    for source in instances:
        if isinstance(source, Source) and (citing := source.citations()):
            first = f"„{citing[0]}“" + (f" und {len(citing) - 1} weitere" if len(citing) > 1 else "")
            messages.error(request, f"„{source}“ wurde nicht gelöscht: Darauf berufen sich {first}.")
            return redirect(Source.snippet_viewset.get_url_name("list"))
    return None


@hooks.register("before_bulk_action")
def what_is_cited_stays_among_several(
    request: HttpRequest, action_type: str, objects: list, action
) -> HttpResponse | None:
    """Refuse the same when several are deleted at once."""
    return what_is_cited_stays(request, objects) if action_type == "delete" else None


class LandViewSet(SnippetViewSet):
    model = Land
    icon = "site"
    menu_label = "Länder"
    list_display = ["name", "code", "ministry"]
    list_per_page = 20
    chooser_viewset_class = EntitledChooserViewSet


class ThemeViewSet(SnippetViewSet):
    model = Theme
    icon = "tag"
    menu_label = "Handlungsfelder"
    list_display = ["name", "position"]
    chooser_viewset_class = EntitledChooserViewSet


class AddresseeViewSet(SnippetViewSet):
    model = Addressee
    icon = "mail"
    menu_label = "Adressaten"
    list_display = ["name", "abbreviation", "kind"]
    chooser_viewset_class = EntitledChooserViewSet


class SourceViewSet(SnippetViewSet):
    model = Source
    icon = "openquote"
    menu_label = "Quellen"
    list_display = ["title", "publisher", "dated", "kind", "is_dead"]
    list_filter = ["kind", "is_dead"]
    chooser_viewset_class = EntitledChooserViewSet


class ConferenceDataGroup(SnippetViewSetGroup):
    items = (ChairTermViewSet, LandViewSet, ThemeViewSet, AddresseeViewSet, SourceViewSet)
    menu_label = "Vorsitz und Länder"
    menu_icon = "group"
    menu_order = 150


register_snippet(ConferenceDataGroup)
