"""Registers what the admin of this site adds to Wagtail's."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.templatetags.static import static
from django.urls import path, re_path, reverse
from django.utils.html import format_html, format_html_join
from wagtail import hooks
from wagtail.admin import messages
from wagtail.admin.menu import AdminOnlyMenuItem, MenuItem
from wagtail.models import Page
from wagtail.snippets.models import register_snippet

from conferences.handover import refused_forms, unsent_forms
from intmk.accessibility import inbox as barrier_inbox
from intmk.accessibility import notifications, statement_panel
from intmk.addresses import successors
from intmk.addresses.views import AddressesGroup
from intmk.audit import bulk_changes, reports
from intmk.audit.log_entries import register_actions
from intmk.backup import daily as daily_backup
from intmk.backup import panel as backup_panel
from intmk.base import drafts
from intmk.base.site import is_restricted
from intmk.base.text_page import PlainPageLinkHandler
from intmk.desk import (
    agenda_table,
    bulk_undo,
    copied_blocks,
    explorer,
    new_conference,
    outgoing_links,
    page_lists,
    rehearsal,
    translations,
)
from intmk.desk import lists as desk_lists
from intmk.desk import panels as desk_panels
from intmk.desk import reports as desk_reports
from intmk.desk.page_check import views as page_check
from intmk.doctor import last_run
from intmk.doctor import panel as doctor_panel
from intmk.handbook import views as handbook
from intmk.language.link_fields import links_to_be_pasted
from intmk.media import abandoned_uploads, file_lists, orphans, unpublished
from intmk.media.documents import rereading
from intmk.media.documents.models import PublicDocumentLinkHandler
from intmk.media.images import tasks
from intmk.media.videos.views import VideoViewSet, video_for_editors
from intmk.pages.component_library import design
from intmk.pages.glossary_views import GlossaryTermViewSet
from intmk.preview_links import editing as preview_links
from intmk.proposals import deciding, two_versions
from intmk.proposals import editing as proposals
from intmk.proposals import mail as proposal_mail
from intmk.search.synonyms import SearchSynonymViewSet
from intmk.server.scheduler import EVERY_MINUTE
from intmk.trash import views as trash
from intmk.users import sessions

hooks.register("before_edit_page", refused_forms.before_edit_page)
hooks.register("after_edit_page", refused_forms.after_saving_page)
hooks.register("after_create_page", refused_forms.after_saving_page)
hooks.register("before_delete_page", drafts.refuse)
hooks.register("before_move_page", drafts.refuse)
hooks.register("before_bulk_action", drafts.refuse_together)
hooks.register("before_edit_page", proposals.instead_of_the_page, order=1)  # after all that may refuse
hooks.register("before_edit_page", drafts.say_who_may_change)
hooks.register("before_edit_page", deciding.say_who_proposes)
hooks.register("before_delete_page", deciding.say_what_goes_along)
hooks.register("construct_homepage_panels", deciding.add_proposal_panels)
hooks.register("register_admin_urls", deciding.proposal_admin_urls)
hooks.register("register_admin_urls", two_versions.two_versions_address)
hooks.register("register_admin_urls", handbook.handbook_admin_urls)
hooks.register("register_admin_menu_item", handbook.handbook_menu_item)
hooks.register("register_log_actions", deciding.register_proposal_actions)
hooks.register(EVERY_MINUTE, proposal_mail.send_proposal_mails)
hooks.register("register_log_actions", register_actions)
hooks.register("register_page_header_buttons", preview_links.page_header_buttons)
hooks.register("register_admin_urls", preview_links.preview_link_admin_urls)
hooks.register("register_log_actions", preview_links.register_preview_link_actions)
hooks.register(EVERY_MINUTE, preview_links.remove_ended_links)
hooks.register("register_admin_menu_item", trash.trash_menu_item)
hooks.register("register_admin_urls", trash.trash_admin_urls)
hooks.register("register_log_actions", trash.register_trash_actions)
hooks.register(EVERY_MINUTE, trash.remove_what_is_over)
hooks.register("after_bulk_action", bulk_changes.after_bulk_action)
hooks.register(
    "register_group_permission_panel", lambda: bulk_changes.RightsOfGroupPanel, order=10_000
)  # after all that save
hooks.register("register_reports_menu_item", reports.rights_menu_item)
hooks.register("register_admin_urls", reports.admin_urls)
hooks.register("register_admin_urls", file_lists.library_admin_urls, order=-1)  # before those of Wagtail
hooks.register("before_edit_page", file_lists.warn_of_papers)
hooks.register("after_edit_page", file_lists.warn_of_published_papers)
hooks.register("after_create_page", file_lists.warn_of_published_papers)
hooks.register(EVERY_MINUTE, notifications.tend_barrier_reports)
hooks.register(EVERY_MINUTE, unsent_forms.remove_old_forms)
hooks.register(EVERY_MINUTE, sessions.remove_expired_sessions)
hooks.register(EVERY_MINUTE, orphans.tend_orphans)
hooks.register(EVERY_MINUTE, abandoned_uploads.remove_abandoned)
hooks.register(EVERY_MINUTE, rereading.read_some, order=1)  # takes its time
hooks.register(EVERY_MINUTE, tasks.rename_withdrawn)
hooks.register(EVERY_MINUTE, tasks.make_missing, order=1)
hooks.register(EVERY_MINUTE, daily_backup.tend_backups)
hooks.register(EVERY_MINUTE, outgoing_links.tend_outgoing_links, order=1)  # may wait for others
hooks.register(EVERY_MINUTE, last_run.look_each_night, order=1)  # asks mail server and site
hooks.register("construct_homepage_panels", backup_panel.add_backup_panel)
hooks.register("construct_homepage_panels", desk_panels.add_desk_panels)
hooks.register("register_admin_urls", desk_lists.desk_lists_admin_urls)
hooks.register("register_admin_urls", desk_reports.desk_reports_admin_urls)
hooks.register("register_reports_menu_item", desk_reports.report_requests_menu_item)
hooks.register("register_reports_menu_item", desk_reports.follow_ups_menu_item)
hooks.register("register_reports_menu_item", desk_reports.without_text_menu_item)
hooks.register("register_reports_menu_item", desk_reports.licences_menu_item)
hooks.register("before_edit_page", translations.say_what_is_behind)
hooks.register("register_admin_urls", translations.translation_admin_urls)
hooks.register("register_reports_menu_item", translations.translations_menu_item)
hooks.register("register_admin_urls", rehearsal.rehearsal_admin_urls)
hooks.register("register_admin_urls", agenda_table.agenda_table_address)
hooks.register("register_admin_urls", copied_blocks.copied_blocks_address)
hooks.register("register_page_header_buttons", copied_blocks.copied_blocks_button)
hooks.register("register_admin_urls", new_conference.new_conference_address)
hooks.register("register_admin_viewset", page_lists.PageLists)
hooks.register("register_admin_viewset", explorer.Explorer, order=1)  # after Wagtail's, whose place it takes
hooks.register("register_admin_urls", page_check.page_check_address)
hooks.register("register_page_action_menu_item", lambda: page_check.WayToPageCheck(order=28))
hooks.register("construct_wagtail_userbar", page_check.checks_in_our_words)
hooks.register("register_reports_menu_item", desk_lists.gaps_menu_item)
hooks.register("register_reports_menu_item", desk_lists.links_menu_item)
hooks.register("construct_homepage_panels", statement_panel.add_statement_panel)
hooks.register("construct_homepage_panels", doctor_panel.add_doctor_panel)
register_snippet(barrier_inbox.BarrierViewSet)
register_snippet(GlossaryTermViewSet)
register_snippet(AddressesGroup)
register_snippet(SearchSynonymViewSet)
register_snippet(VideoViewSet)


@hooks.register("register_admin_urls")
def kept_form_addresses() -> list:
    """Add the pages on which kept forms are read."""
    return [
        path("aufgehoben/", refused_forms.KeptFormsView.as_view(), name="kept_forms"),
        path("aufgehoben/letzte/", refused_forms.latest_kept_form, name="latest_kept_form"),
        path("aufgehoben/<int:pk>/", refused_forms.KeptFormView.as_view(), name="kept_form"),
    ]


@hooks.register("register_admin_urls")
def proposed_file_addresses() -> list:
    """Add the address at which editors get a file that is not public yet."""
    return [
        re_path(r"^vorschlag/(?P<kind>bild|dokument)/(?P<pk>\d{1,9})/$", unpublished.for_editors, name="proposed_file"),
        path(
            "vorschlag/dokument/<int:pk>/<int:version>/",
            unpublished.for_editors,
            {"kind": "dokument"},
            name="proposed_version",
        ),
        path("video/<int:pk>/", video_for_editors, name="video_for_editors"),
    ]


@hooks.register("register_admin_urls")
def design_address() -> list:
    """Add the living page of the design system."""
    return [path("gestaltung/", design, name="design")]


@hooks.register("register_settings_menu_item")
def design_menu_item() -> MenuItem:
    """Lead to it."""
    return AdminOnlyMenuItem("Gestaltung", reverse("design"), name="design", icon_name="view")


@hooks.register("insert_global_admin_css")
def style_of_lists() -> str:
    """Add what Wagtail's lists lack on a telephone."""
    return format_html('<link rel="stylesheet" href="{}">', static("css/admin.css"))


@hooks.register("insert_global_admin_js")
def names_of_columns() -> str:
    """Add the names that the cells of lists lack on a telephone."""
    return format_html('<script type="module" src="{}"></script>', static("js/list_labels.js"))


@hooks.register("insert_editor_js")
def scripts_of_the_editor() -> str:
    """Hold a click on "save" back while the editor saves by itself, when Wagtail would make two pages of it, and while
    the site does not answer, when the browser would show its own page in place of the form.

    And say what publishing does, for the moments that stand in the form, and what stands against it, and let people
    sign in again over the form or see what somebody else has saved meanwhile, or what a dialog has refused.
    """
    names = (
        "field_names", "save_order", "lost_line", "pasted_links", "publishing_sentence", "page_check", "sign_in_again",
        "two_versions", "dialog_faults",
    )  # fmt: skip
    return format_html_join(
        "", '<script type="module" src="{}"></script>', ((static(f"js/{name}.js"),) for name in names)
    )


@hooks.register("construct_main_menu")
def only_what_is_used(request, menu_items) -> None:
    """Leave out Wagtail's help menu: it leads to pages in English, for developers; ours leads to the handbook."""
    menu_items[:] = [item for item in menu_items if item.name != "help"]


@hooks.register("construct_settings_menu")
def settings_that_are_set_here(request: HttpRequest, menu_items: list[MenuItem]) -> None:
    """Leave out of the settings what stands with the old addresses, and the host, which each start writes anew."""
    menu_items[:] = [item for item in menu_items if item.name not in ("redirects", "sites")]


@hooks.register("construct_reports_menu")
def reports_for_editors(request: HttpRequest, menu_items: list[MenuItem]) -> None:
    """Leave reports about the programs behind the site to administrators."""
    if not request.user.is_superuser:
        menu_items[:] = [item for item in menu_items if item.name not in ("page-types-usage", "workflow-tasks")]


@hooks.register("register_rich_text_features", order=10)
def no_embeds(features) -> None:
    """Take media from elsewhere out of the default tools: nothing is loaded from third parties."""
    features.default_features = [name for name in features.default_features if name not in {"embed", "hr", "image"}]


@hooks.register("register_rich_text_features", order=20)
def links_of_our_own(features) -> None:
    """Resolve links to pages without a query for each type of page, and those to documents unless they are withheld."""
    links_to_be_pasted(features)
    features.register_link_type(PlainPageLinkHandler)
    features.register_link_type(PublicDocumentLinkHandler)


@hooks.register("before_copy_page")
def single_pages_stay_single(request: HttpRequest, page: Page) -> HttpResponse | None:
    """Refuse a copy of a page of which there is one only; Wagtail would make an alias of it, and copy what is below."""
    if page.specific_class.max_count is None:
        return None
    messages.error(request, f"„{page.title}“ gibt es auf der Website nur einmal. Die Seite wurde nicht kopiert.")
    return redirect("wagtailadmin_explore", page.get_parent().pk)


@hooks.register("before_delete_page")
@hooks.register("before_unpublish_page")
@hooks.register("before_move_page")
def the_frame_of_the_site_stands(request: HttpRequest, page: Page, *args) -> HttpResponse | None:
    """Leave it to administrators to take away a page that the site links to from everywhere, e.g. the chair page."""
    if page.specific_class.max_count is None or request.user.is_superuser:
        return None
    messages.error(
        request,
        f"„{page.title}“ trägt die Website. Löschen, verschieben oder zurückziehen darf sie nur die Administration.",
    )
    return redirect("wagtailadmin_explore", page.get_parent().pk)


@hooks.register("before_bulk_action")
def the_frame_of_the_site_stands_together(
    request: HttpRequest, action_type: str, objects: list, action: object
) -> HttpResponse | None:
    """Ask the same of each of several pages that are to be taken away at once."""
    pages = (
        [item for item in objects if isinstance(item, Page)] if action_type in ("delete", "unpublish", "move") else []
    )
    return next((refusal for page in pages if (refusal := the_frame_of_the_site_stands(request, page))), None)


@hooks.register("before_serve_page", order=-1)
def only_public_pages(page: Page, request: HttpRequest, args: list, kwargs: dict) -> None:
    """Raise Http404 for a page with a restriction, which only a program can make: no reader can sign in.

    Wagtail's own hook comes next; it gets the answer that this one was given, so that both ask once.
    """
    if is_restricted(page):
        raise Http404
    page.get_view_restrictions = list


# After all that may refuse it.
hooks.register("before_delete_page", successors.note_successor, order=100)
hooks.register("before_unpublish_page", successors.note_successor, order=100)
hooks.register("before_bulk_action", successors.note_successor_of_many, order=100)
hooks.register("before_bulk_action", bulk_undo.note_states, order=200)
hooks.register("after_bulk_action", bulk_undo.offer_undo)
hooks.register("register_admin_urls", bulk_undo.bulk_undo_address)
