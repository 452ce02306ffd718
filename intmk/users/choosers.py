"""The windows in which editors choose a snippet or a task: what they show follows the right to see it.

Wagtail asks nobody there: whoever reaches the admin could list every type in full.
"""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db.models import Model, QuerySet
from django.http import HttpRequest, HttpResponseBase
from django.urls import path
from wagtail.admin.auth import require_admin_access
from wagtail.admin.views import workflows
from wagtail.permission_policies.base import BasePermissionPolicy
from wagtail.permissions import task_permission_policy
from wagtail.snippets.views import chooser
from wagtail.utils.urlpatterns import decorate_urlpatterns

SEEING = ("add", "change", "delete", "view")


class EntitledMixin:
    """A page of a chooser that shows what the account may see, and is refused to whom that is nothing."""

    model: Any = None
    permission_policy: BasePermissionPolicy | None = None
    for_everybody: str | None = None
    request: HttpRequest

    def dispatch(self, request: HttpRequest, *args, **kwargs) -> HttpResponseBase:
        """Answer the request; raise PermissionDenied without right where nothing is for everybody."""
        if not self.sees_all and self.for_everybody is None:
            raise PermissionDenied
        return super().dispatch(request, *args, **kwargs)  # type: ignore[misc]

    @property
    def sees_all(self) -> bool:
        """Say whether the account has any right to the type."""
        return self.model.snippet_viewset.permission_policy.user_has_any_permission(self.request.user, SEEING)

    def get_object_list(self) -> QuerySet:
        objects = self.model.objects.all()
        if self.sees_all:
            return objects
        # By their keys: the search within the window cannot look into a subquery.
        return objects.filter(pk__in=[found.pk for found in getattr(objects, self.for_everybody or "none")()])

    def get_object(self, pk: str) -> Model:
        return self.get_object_list().get(pk=pk)

    def get_objects(self, pks: list[str]) -> QuerySet:
        return self.get_object_list().filter(pk__in=pks)


class ChooseView(EntitledMixin, chooser.ChooseView):
    """The window."""


class ChooseResultsView(EntitledMixin, chooser.ChooseResultsView):
    """The list in it, after a search."""


class ChosenView(EntitledMixin, chooser.SnippetChosenView):
    """What was chosen."""


class ChosenMultipleView(EntitledMixin, chooser.SnippetChosenMultipleView):
    """What was ticked."""


class CreateView(EntitledMixin, chooser.SnippetCreateView):
    """A new one, made in the window."""


class EntitledChooserViewSet(chooser.SnippetChooserViewSet):
    """The chooser of every snippet of this site (`chooser_viewset_class`); a system check asks for it."""

    for_everybody: str | None = None  # the method of the queryset for accounts without right; None: they get none
    choose_view_class = ChooseView
    choose_results_view_class = ChooseResultsView
    chosen_view_class = ChosenView
    chosen_multiple_view_class = ChosenMultipleView
    create_view_class = CreateView

    def get_common_view_kwargs(self, **kwargs) -> dict[str, Any]:
        return super().get_common_view_kwargs(**kwargs) | {"for_everybody": self.for_everybody}


def for_whoever_arranges_tasks(view: Callable[..., HttpResponseBase]) -> Callable[..., HttpResponseBase]:
    """Decorate a view of the window that chooses a task of a workflow: refused without any right to tasks."""

    @wraps(view)
    def asked(request: HttpRequest, *args, **kwargs) -> HttpResponseBase:
        if not task_permission_policy.user_has_any_permission(request.user, SEEING):
            raise PermissionDenied
        return view(request, *args, **kwargs)

    return require_admin_access(asked)


# Wagtail's own views at Wagtail's own addresses; intmk/urls.py names them first.
task_chooser_addresses = decorate_urlpatterns(
    [
        path("task_chooser/", workflows.TaskChooserView.as_view()),
        path("task_chooser/results/", workflows.TaskChooserResultsView.as_view()),
        path("task_chooser/create/", workflows.TaskChooserCreateView.as_view()),
        path("task_chooser/<int:task_id>/", workflows.task_chosen),
    ],
    for_whoever_arranges_tasks,
)
