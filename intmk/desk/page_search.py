"""The search behind the lists of pages: that of readers, with drafts, and only for what the account may work on."""

from functools import reduce
from operator import or_
from typing import Any
from urllib.parse import unquote, urlsplit

import django_filters
from django import forms
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from wagtail.admin.filters import DateRangePickerWidget, MultipleContentTypeFilter, WagtailFilterSet
from wagtail.admin.ui.tables import Column
from wagtail.admin.ui.tables.pages import BulkActionsColumn, PageTitleColumn, ParentPageColumn
from wagtail.admin.views.pages.listing import IndexView
from wagtail.models import Page, get_page_content_types
from wagtail.permissions import page_permission_policy

from intmk.media.file_lists import ExportedCells
from intmk.search.drafts import found_pages

ROWS = 20  # of a page of a list, as readers have it
PUBLIC, CHANGED, DRAFT = "oeffentlich", "geaendert", "entwurf"
STATES = {
    PUBLIC: ("öffentlich", Q(live=True, has_unpublished_changes=False)),
    CHANGED: ("öffentlich, mit Änderungen", Q(live=True, has_unpublished_changes=True)),
    DRAFT: ("nicht öffentlich", Q(live=False)),
}


class LabelledColumn(Column):
    """A column whose cells carry its name, for telephones, on which the row of names is not shown."""

    cell_template_name = "intmk/desk/cell.html"


def state_of(page: Page) -> str:
    """Return in words whether readers see the page as it is."""
    if not page.live:
        return STATES[DRAFT][0]
    return STATES[CHANGED if page.has_unpublished_changes else PUBLIC][0]


class WordsFilter(django_filters.MultipleChoiceFilter):
    """One of several values, each a word of the address that stands for a condition."""

    def __init__(self, conditions: dict[str, tuple[str, Q]], **kwargs: Any) -> None:
        self.conditions = conditions
        choices = [(word, label) for word, (label, _) in conditions.items()]
        super().__init__(choices=choices, widget=forms.CheckboxSelectMultiple, **kwargs)

    def filter(self, pages: QuerySet, words: list[str]) -> QuerySet:
        """Return those that meet one of the conditions."""
        wanted = Q()
        for word in words:
            wanted |= self.conditions[word][1]
        return pages.filter(wanted)


class StateFilterSet(WagtailFilterSet):
    """By whether readers see the page, and when it was worked on."""

    zustand = WordsFilter(STATES, label="Öffentlich")
    bearbeitet = django_filters.DateFromToRangeFilter(
        label="Zuletzt bearbeitet", field_name="latest_revision_created_at", widget=DateRangePickerWidget
    )

    class Meta:
        model = Page
        fields: list[str] = []


def may_be_listed(user: Any) -> Q:
    """Return the condition that a group of the account has any right on a page, on one above it, or on one below it.

    As Wagtail's explorable_instances, which compares each page with each right of each group, and so ten times.
    """
    if user.is_superuser:
        return Q()
    paths = {right.page.path for right in page_permission_policy.get_cached_permissions_for_user(user)}
    above = {path[:end] for path in paths for end in range(Page.steplen, len(path), Page.steplen)}
    return reduce(or_, (Q(path__startswith=path) for path in paths), Q(path__in=above))


class ReadByKeys:
    """A list whose rows are ordered by their keys alone; those of this page of it are read afterwards."""

    def with_what_is_shown(self, rows: Any) -> Any:
        """Read along what the columns ask."""
        raise NotImplementedError

    def paginate_queryset(self, queryset: Any, page_size: int) -> Any:
        """Do so: 30,000 rows with their columns take four times as long to order as their keys."""
        paginator, page, rows, has_other_pages = super().paginate_queryset(queryset, page_size)  # type: ignore[misc]
        keys = list(rows.values_list("pk", flat=True))
        found = {row.pk: row for row in self.with_what_is_shown(queryset.model.objects.filter(pk__in=keys))}
        page.object_list = [found[key] for key in keys]
        return paginator, page, page.object_list, has_other_pages


class PageListView(ReadByKeys, ExportedCells, IndexView):
    """Abstract list of pages: found by the search of readers, sorted by `orders`.

    orders: by a column's key in the address what the rows are ordered by; each ends with the key of the page.
    """

    template_name = "intmk/desk/page_list.html"
    results_template_name = "wagtailadmin/generic/index_results.html"  # it says how many were found, and when none
    table_classname = "listing full-width page-list"
    orders: dict[str, tuple] = {}

    paginate_by = ROWS

    def annotate_queryset(self, pages: Any) -> Any:
        """Read nothing along yet: all rows are counted and ordered, and of few more is shown."""
        return pages

    def with_what_is_shown(self, pages: Any) -> Any:
        """Read along what the columns and the buttons of each row ask.

        Not all that Wagtail reads: pages of one type are read as such already, and with their texts.
        """
        if self.model is Page:
            return super().annotate_queryset(pages)
        shown = pages.prefetch_related("content_type", "sites_rooted_here", "locale").prefetch_workflow_states()
        return shown.annotate_has_untranslated_locale().annotate_site_root_state().annotate_approved_schedule()

    def order_queryset(self, queryset: Any) -> Any:
        """Order by more than the column, so that no row stands on two pages of the list."""
        if (not self.is_searching or self.is_explicitly_ordered) and (order := self.orders.get(self.ordering)):
            return queryset.order_by(*order)
        return super().order_queryset(queryset)

    def get_base_queryset(self) -> Any:
        """Return the pages of this type that the account may see in the admin."""
        return self.annotate_queryset(self.model.objects.filter(may_be_listed(self.request.user), depth__gt=1))

    def search_queryset(self, queryset: Any) -> Any:
        """Find what was typed in titles, texts and numbers, drafts included."""
        return found_pages(queryset, self.search_query, self.is_explicitly_ordered) if self.is_searching else queryset


class SearchFilterSet(StateFilterSet):
    """The same, and by the type of page."""

    content_type = MultipleContentTypeFilter(
        label="Seitentyp",
        queryset=lambda request: get_page_content_types(include_base_page_type=False),
        widget=forms.CheckboxSelectMultiple,
    )

    class Meta(StateFilterSet.Meta):
        pass


def day_changed(page: Page) -> str:
    """Return the day on which the page was worked on last."""
    moment = page.latest_revision_created_at
    return f"{timezone.localtime(moment):%d.%m.%Y}" if moment else ""


def page_of_public_address(request: HttpRequest, words: str) -> Page | None:
    """Return the page of this site whose public address these words are, if the account may write on it.

    words: as readers have it in their browser, e.g. "https://…/konferenzen/12/", or from its first stroke on.
    """
    try:
        address = urlsplit(words.strip())
    except ValueError:
        return None
    is_ours = address.netloc in ("", request.get_host()) and address.scheme in ("", "http", "https")
    if not is_ours or not address.path.startswith("/"):
        return None
    page = Page.find_for_request(request, unquote(address.path))
    return page if page and page.permissions_for_user(request.user).can_edit() else None


class SearchView(PageListView):
    """The page to which the search of the menu leads, in place of Wagtail's, which knows titles only."""

    page_title = "Suche"
    header_icon = "search"
    index_url_name = "wagtailadmin_pages:search"
    index_results_url_name = "wagtailadmin_pages:search_results"
    filterset_class = SearchFilterSet
    verbose_name = "Seite"
    verbose_name_plural = "Seiten"
    export_filename = "suche"
    show_other_searches = True
    columns = [
        BulkActionsColumn("bulk_actions"),
        PageTitleColumn("title", label="Titel", sort_key="title", classname="title"),
        LabelledColumn("kind", label="Art", accessor=lambda page: page.page_type_display_name, width="14%"),
        ParentPageColumn("parent", label="Gehört zu", width="20%"),
        LabelledColumn(
            "changed", label="Bearbeitet", accessor=day_changed, sort_key="latest_revision_created_at", width="14%"
        ),
        LabelledColumn("state", label="Stand", accessor=state_of, sort_key="live", width="12%"),
    ]
    exported = {
        "Titel": lambda page: page.draft_title,
        "Art": lambda page: page.page_type_display_name,
        "Bearbeitet": day_changed,
        "Stand": state_of,
        "Adresse": lambda page: page.full_url or "",
    }

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Lead straight to the form of a page whose address was asked for."""
        page = None if self.results_only else page_of_public_address(request, request.GET.get("q", ""))
        return redirect("wagtailadmin_pages:edit", page.pk) if page else super().get(request, *args, **kwargs)
