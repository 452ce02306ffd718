"""/alte-adressen/: for readers who hold a dead link; and the list of old addresses in the admin."""

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path, reverse
from django.views.decorators.http import require_safe
from wagtail.admin.menu import MenuItem
from wagtail.admin.widgets.button import HeaderButton
from wagtail.contrib.redirects.wagtail_hooks import register_redirects_menu_item
from wagtail.snippets.views.snippets import IndexView, SnippetViewSet, SnippetViewSetGroup

from intmk.addresses.old_address_import import OldAddressImportView
from intmk.addresses.old_addresses import LONGEST, OldAddress
from intmk.base.view_pages import VIEWS, ViewPage, full_url
from intmk.server.asked_keys import reads
from intmk.users.choosers import EntitledChooserViewSet

TITLE = VIEWS["old_addresses"].heading
PAGE_SIZE = 50


@require_safe
@reads(("adresse", "seite"))
def old_addresses(request: HttpRequest) -> HttpResponse:
    """Show where it is now what stood at `?adresse=`, an address or words; without it the whole list, by `?seite=`.

    Context: page, query, count; results, a page of the paginator; rows, a list of (OldAddress, Target or None).
    """
    query = " ".join(request.GET.get("adresse", "").replace("\x00", "").split())[:LONGEST]
    rows = OldAddress.objects.with_targets()
    results = Paginator(rows.matching(query) if query else rows, PAGE_SIZE).get_page(request.GET.get("seite"))
    page = ViewPage(
        title=TITLE,
        full_url=full_url(request, reverse("old_addresses")),
        description="Was unter den Adressen früherer Websites der Integrationsministerkonferenz stand und wo es jetzt "
        "zu finden ist.",
    )
    context = {
        "page": page,
        "query": query,
        "results": results,
        "rows": [(row, row.target(request)) for row in results],
        "count": results.paginator.count,
    }
    return render(request, "intmk/addresses/old_addresses.html", context)


class OldAddressIndexView(IndexView):
    """The list with a way to the import."""

    @property
    def header_buttons(self) -> list:
        """Add the import for those who may add rows."""
        buttons = list(super().header_buttons)
        if self.add_url:
            address = reverse(self.model.snippet_viewset.get_url_name("import"))
            buttons.append(HeaderButton("Aus CSV übernehmen", url=address, icon_name="upload"))
        return buttons


class OldAddressViewSet(SnippetViewSet):
    """Old addresses in the admin, with an import."""

    model = OldAddress
    icon = "redirect"
    menu_label = "Alte Adressen"
    list_display = ["address", "description"]
    list_per_page = PAGE_SIZE
    index_view_class = OldAddressIndexView
    chooser_viewset_class = EntitledChooserViewSet

    def get_urlpatterns(self) -> list:
        """Add the import."""
        view = OldAddressImportView.as_view(
            permission_policy=self.permission_policy, list_url_name=self.get_url_name("list")
        )
        return [*super().get_urlpatterns(), path("uebernehmen/", view, name="import")]


class AddressesGroup(SnippetViewSetGroup):
    """One entry of the menu for all that leads from an address to another."""

    items = (OldAddressViewSet,)
    menu_label = "Adressen"
    menu_icon = "redirect"
    menu_order = 700

    def get_submenu_items(self) -> list[MenuItem]:
        """Add Wagtail's redirects, which it shows among the settings."""
        return [*super().get_submenu_items(), register_redirects_menu_item()]
