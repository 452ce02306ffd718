"""Wagtail's list of what stands below a page, by pages as short as those of our own lists."""

from wagtail.admin.views.pages.listing import ExplorableIndexView
from wagtail.admin.viewsets.pages import PageViewSet
from wagtail.models import Page

from intmk.desk.page_search import ROWS


class ExplorerView(ExplorableIndexView):
    """The same with fewer rows: each has a menu, and all are made for every page of the list."""

    paginate_by = ROWS


class Explorer(PageViewSet):
    """In place of Wagtail's, for pages below which others stand."""

    model = Page
    index_view_class = ExplorerView
