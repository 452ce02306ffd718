"""The coming Land prepares its chair: who may, the pages for it in the admin, and the day on which it takes effect."""

import logging
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from wagtail.admin.views.generic import CreateView, DeleteView, EditView, IndexView
from wagtail.admin.views.generic.history import HistoryView
from wagtail.admin.views.generic.usage import UsageView
from wagtail.admin.viewsets.model import ModelViewSet
from wagtail.permission_policies import ModelPermissionPolicy

from conferences.handover.chair_changes import coming_term_on
from conferences.models import ChairTerm, Land
from conferences.models.preparation import ChairPreparation
from conferences.rules.rotation import Term
from conferences.terms.views import one_after_another
from intmk.language import land_names
from intmk.language.dates import german_day
from intmk.language.day import today

logger = logging.getLogger(__name__)


def coming_term() -> Term | None:
    """Return the term that begins with the next change of the chair; one query."""
    return coming_term_on(ChairTerm.objects.rotation(), today())


def put_prepared_in_force(term: Term) -> None:
    """Let what the Land of `term` has prepared take effect.

    Called while the rights pass on: what cannot be written stays prepared, and must not keep the new chair out.
    """
    try:
        with transaction.atomic():
            own = ChairPreparation.objects.filter(land__code=term.land_code)
            if prepared := own.select_for_update().first():
                prepared.put_in_force(term)
    except Exception:
        logger.exception("Was %s vorbereitet hat, ließ sich nicht übernehmen.", term.land_name)


class PreparationPolicy(ModelPermissionPolicy):
    """The coming Land for its own, and administrators; rights of groups do not count."""

    def user_has_permission(self, user: Any, action: str) -> bool:
        if not user.is_active or not user.is_authenticated:
            return False
        if user.is_superuser or action == "delete":  # nobody needs it, and it would not come back
            return user.is_superuser
        term = coming_term()
        return term is not None and user.land_code == term.land_code

    def user_has_any_permission(self, user: Any, actions: Any) -> bool:
        return self.user_has_permission(user, "change")

    def user_has_permission_for_instance(self, user: Any, action: str, instance: ChairPreparation) -> bool:
        return self.user_has_permission(user, action) and (user.is_superuser or instance.land.code == user.land_code)

    def user_has_any_permission_for_instance(self, user: Any, actions: Any, instance: ChairPreparation) -> bool:
        return self.user_has_permission_for_instance(user, "change", instance)

    def instances_user_has_any_permission_for(self, user: Any, actions: Any) -> QuerySet:
        if not self.user_has_permission(user, "change"):
            return self.model.objects.none()
        return self.model.objects.all() if user.is_superuser else self.model.objects.filter(land__code=user.land_code)


class StayMixin:
    """A page with the form: saved, it stays and says from which day on that will be in force."""

    error_message = "Noch nicht gespeichert: Einige Angaben stimmen nicht."

    def get_success_url(self) -> str:
        return reverse(self.edit_url_name, args=[self.object.pk])  # type: ignore[attr-defined]

    def get_success_buttons(self) -> list:
        return []

    def get_success_message(self, instance: ChairPreparation | None = None) -> str:
        land = (instance or self.object).land  # type: ignore[attr-defined]
        term = coming_term()
        day = f" Ab {german_day(term.start)} gilt es von selbst." if term else ""
        return f"Gespeichert, was {land_names.who(land.name)} für seinen Vorsitz vorbereitet.{day}"


class OwnMixin:
    """A page of one preparation: Wagtail asks for the right to the kind alone."""

    def get_object(self, *args: Any) -> ChairPreparation:
        """Return it; raise PermissionDenied for one of another Land."""
        found = super().get_object(*args)  # type: ignore[misc]
        policy, user = self.permission_policy, self.request.user  # type: ignore[attr-defined]
        if not policy.user_has_permission_for_instance(user, "change", found):
            raise PermissionDenied
        return found


class OwnPreparationsView(IndexView):
    """The list, which nobody needs who has one."""

    def get_base_queryset(self) -> QuerySet:
        return self.permission_policy.instances_user_has_any_permission_for(self.request.user, ["change"])


class PreparationEditView(OwnMixin, StayMixin, EditView):
    """What was begun."""


class PreparationDeleteView(OwnMixin, DeleteView):
    """For the administration."""


class PreparationHistoryView(OwnMixin, HistoryView):
    """Who has changed it, and when."""


class PreparationUsageView(OwnMixin, UsageView):
    """What uses it: nothing."""


class BeginView(StayMixin, CreateView):
    """Begins with what is stored for the coming Land; leads on to what was begun before."""

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        term = coming_term()
        begun = ChairPreparation.objects.filter(land__code=term.land_code).first() if term else None
        if begun and request.method != "POST":  # what has been typed stays in its form, with the reason
            return redirect(self.edit_url_name, begun.pk)
        return super().dispatch(request, *args, **kwargs)

    def get_initial_form_instance(self) -> ChairPreparation:
        if (term := coming_term()) is None:
            raise Http404
        return ChairPreparation.begun_from(get_object_or_404(Land, code=term.land_code), term)


class PreparationViewSet(ModelViewSet):
    """The pages for it; the handover list and the start page lead there."""

    model = ChairPreparation
    icon = "calendar-check"
    url_prefix = "vorsitz-vorbereiten"
    url_namespace = "preparation"
    add_view_class = BeginView
    edit_view_class = PreparationEditView
    index_view_class = OwnPreparationsView
    delete_view_class = PreparationDeleteView
    history_view_class = PreparationHistoryView
    usage_view_class = PreparationUsageView
    copy_view_enabled = False
    inspect_view_enabled = False
    list_display = ["land"]
    list_export: list[str] = []

    @property
    def permission_policy(self) -> PreparationPolicy:
        return PreparationPolicy(self.model)

    @property
    def add_view(self):
        return one_after_another(super().add_view)


preparations = PreparationViewSet()
