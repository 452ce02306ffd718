"""What pages of the admin share: those about one page of the site, which its form leads to, and lists to be emptied."""

from typing import cast

from django.core.exceptions import PermissionDenied
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.functional import cached_property
from django.views.generic.base import TemplateView
from wagtail.admin.views.generic import WagtailAdminTemplateMixin
from wagtail.models import Page

from intmk.users.models import User


class ToBeEmptied:
    """Mixin for reports: where nothing is listed, they say what would stand there and that nothing is to be done.

    when_empty: that in whole sentences.
    """

    when_empty: str
    is_searching: bool
    is_filtering: bool

    @property
    def no_results_message(self) -> str:
        """Return what Wagtail shows in place of the list."""
        is_part = self.is_searching or self.is_filtering
        return "Zu dieser Auswahl steht hier nichts." if is_part else self.when_empty


class OnePageView(WagtailAdminTemplateMixin, TemplateView):
    """A view whose address holds the page's key, with the way back to the form."""

    def is_for(self, user: User, page: Page) -> bool:
        """Say whether the account may come here for this page: who may publish it."""
        return page.permissions_for_user(user).can_publish()

    @cached_property
    def page(self) -> Page:
        """Return the page; raise PermissionDenied for whom the view is not for."""
        page = get_object_or_404(Page, pk=self.kwargs["pk"]).specific
        if not self.is_for(cast(User, self.request.user), page):
            raise PermissionDenied
        return page

    def get_page_subtitle(self) -> str:
        return self.page.draft_title

    def get_breadcrumbs_items(self) -> list[dict]:
        edit = {"url": reverse("wagtailadmin_pages:edit", args=[self.page.pk]), "label": self.page.draft_title}
        return [*super().get_breadcrumbs_items(), edit, {"url": "", "label": self.page_title}]
