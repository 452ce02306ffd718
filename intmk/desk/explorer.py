"""Wagtail's list of what stands below a page, by pages as short as those of our own lists."""

from typing import Any

from wagtail.admin.views.pages.listing import ExplorableIndexView
from wagtail.admin.viewsets.pages import PageViewSet
from wagtail.models import Page

from intmk.desk.page_search import ROWS, may_be_listed


class ExplorerView(ExplorableIndexView):
    """The same with fewer rows: each has a menu, and all are made for every page of the list."""

    paginate_by = ROWS

    def get_base_queryset(self) -> Any:
        """Return the pages below this one; in a search or filtered also those further below, or of the whole tree."""
        pages = Page.objects.child_of(self.parent_page)
        if self.is_searching or self.is_filtering:
            pages = Page.objects.all() if self.is_searching_whole_tree else Page.objects.descendant_of(self.parent_page)
        return self.annotate_queryset(pages.filter(may_be_listed(self.request.user)))


class Explorer(PageViewSet):
    """In place of Wagtail's, for pages below which others stand."""

    model = Page
    index_view_class = ExplorerView
