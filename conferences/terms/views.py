"""The pages of terms in the admin: Wagtail's, with the rotation in view and one change at a time."""

from collections.abc import Callable
from functools import cached_property, wraps

from django.core.exceptions import NON_FIELD_ERRORS
from django.db import connection, transaction
from django.db.models import ProtectedError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from wagtail.admin import messages
from wagtail.admin.ui.tables import BulkActionsCheckboxColumn, Column
from wagtail.permission_policies import ModelPermissionPolicy
from wagtail.snippets.views.snippets import CreateView, DeleteView, EditView, IndexView, SnippetViewSet

from conferences.models import ChairTerm, Land
from conferences.models.term_form import CONFIRMED, NOT_SAVED
from conferences.rules.term_changes import Effects, TermRefusedError, effects_of, without_term
from intmk.language.day import today
from intmk.users.choosers import EntitledChooserViewSet

LOCK = 0x5445524D  # "TERM": while one administrator changes a term, another waits


def one_after_another(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Make each POST to `view` one transaction under a lock, so that it judges the terms that it then changes."""

    @wraps(view)
    def alone(request: HttpRequest, *args, **kwargs) -> HttpResponse:
        if request.method != "POST":
            return view(request, *args, **kwargs)
        with transaction.atomic():
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_advisory_xact_lock(%s)", [LOCK])
            return view(request, *args, **kwargs)

    return alone


class TermPermissionPolicy(ModelPermissionPolicy):
    """Terms come and go by administrators only, whatever rights a group has been given."""

    def user_has_permission(self, user, action: str) -> bool:
        if action in ("add", "delete"):
            return user.is_active and user.is_superuser
        return super().user_has_permission(user, action)


class EffectsFirstMixin:
    """A page with the form of a term: hands it the day, and says that nothing is saved before it is confirmed."""

    def get_form_kwargs(self) -> dict:
        return super().get_form_kwargs() | {"day": today()}  # type: ignore[misc]

    def form_invalid(self, form) -> HttpResponse:
        if form.has_error(NON_FIELD_ERRORS, "unconfirmed"):
            self.produced_error_message = NOT_SAVED if self.expects_json_response else None  # type: ignore[attr-defined]
            messages.warning(self.request, NOT_SAVED)  # type: ignore[attr-defined]
        return super().form_invalid(form)  # type: ignore[misc]


class ChairTermIndexView(IndexView):
    """The list of terms without ticks: several cannot be deleted at once."""

    @cached_property
    def columns(self) -> list[Column]:
        return [column for column in super().columns if not isinstance(column, BulkActionsCheckboxColumn)]


class ChairTermCreateView(EffectsFirstMixin, CreateView):
    """A new term; what the rule lets follow stands in the form already."""

    def get_initial_form_instance(self) -> ChairTerm:
        rotation = ChairTerm.objects.rotation()
        if not rotation.stored:
            return ChairTerm()
        following = rotation.next_terms(1, rotation.stored[-1].start)[0]
        land = Land.objects.filter(code=following.land_code).first()
        return ChairTerm(land=land, start=following.start, end=following.end)


class ChairTermEditView(EffectsFirstMixin, EditView):
    """A stored term."""


class ChairTermDeleteView(DeleteView):
    """Deleting: shows what it does, and refuses what would leave a gap or a conference without its term."""

    template_name = "conferences/terms/confirm_delete.html"

    @cached_property
    def outcome(self) -> tuple[str, Effects | None]:
        """Return why the term cannot be deleted and None, or "" and what deleting it does."""
        conferences = list(self.object.conferences.chronological())
        if conferences:
            names = ", ".join(f"„{conference.title}“" for conference in conferences)
            return (
                f"Zu dieser Amtszeit gehören Konferenzen: {names}. Bitte ordnen Sie sie zuerst einer anderen zu.",
                None,
            )
        try:
            change = without_term(list(ChairTerm.objects.by_key().values()), self.object.as_term())
        except TermRefusedError as refusal:
            return refusal.message, None
        return "", effects_of(change, today())

    def get_usage_url(self) -> None:
        """Leave out Wagtail's index of references: `outcome` asks the conferences themselves, and names them."""

    def get_context_data(self, **kwargs) -> dict:
        """Add `refusal` (German, or "") and `effects`."""
        refusal, effects = self.outcome
        return super().get_context_data(**kwargs) | {"refusal": refusal, "effects": effects}

    def form_valid(self, form) -> HttpResponse:
        """Delete when exactly these effects were confirmed; otherwise show them, or why it is refused."""
        refusal, effects = self.outcome
        if effects is None:
            messages.error(self.request, refusal)
        elif self.request.POST.get(CONFIRMED) != effects.fingerprint:
            messages.warning(self.request, "Noch nicht gelöscht. Bitte bestätigen Sie, was sich ändert.")
        else:
            try:
                return super().form_valid(form)
            except ProtectedError:
                messages.error(self.request, "Die Amtszeit wird noch gebraucht und wurde nicht gelöscht.")
        return self.render_to_response(self.get_context_data(form=form))


class ChairTermViewSet(SnippetViewSet):
    """Terms in the admin."""

    model = ChairTerm
    icon = "date"
    menu_label = "Amtszeiten"
    list_display = ["land", "start", "end", "source"]
    list_filter = ["land", "source"]
    ordering = ["-start"]
    copy_view_enabled = False
    index_view_class = ChairTermIndexView
    add_view_class = ChairTermCreateView
    edit_view_class = ChairTermEditView
    delete_view_class = ChairTermDeleteView
    delete_template_name = ChairTermDeleteView.template_name
    chooser_viewset_class = EntitledChooserViewSet

    @property
    def permission_policy(self) -> TermPermissionPolicy:
        return TermPermissionPolicy(self.model)

    @property
    def add_view(self):
        return one_after_another(super().add_view)

    @property
    def edit_view(self):
        return one_after_another(super().edit_view)

    @property
    def delete_view(self):
        return one_after_another(super().delete_view)


def not_several_at_once(request: HttpRequest, action_type: str, objects: list, action) -> HttpResponse | None:
    """Refuse to delete terms from the list: each has its own page, which shows what that does."""
    if action_type != "delete" or not any(isinstance(item, ChairTerm) for item in objects):
        return None
    messages.error(request, "Amtszeiten lassen sich nur einzeln löschen. Es wurde nichts gelöscht.")
    return redirect(reverse(ChairTerm.snippet_viewset.get_url_name("list")))
