"""Where a Land that does not chair writes: the form of a page that saves its proposal and never the page."""

from typing import Any, cast

from django.db import transaction
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.functional import cached_property
from wagtail.admin import messages
from wagtail.admin.ui.components import Component
from wagtail.admin.views.pages.edit import EditView
from wagtail.admin.views.pages.preview import PreviewOnEdit
from wagtail.models import Page

from intmk.base.drafts import is_for_proposals, was_public
from intmk.language.dates import german_moment
from intmk.proposals.models import Proposal
from intmk.users.models import User

AT_ONCE = "at-once"  # without a reason
SENT = "Der Vorschlag ist gesendet. Was der Vorsitz antwortet, steht im Formular und auf der Startseite."
NEWER = "Dieser Vorschlag ist inzwischen weitergeschrieben oder gesendet worden. Bitte die Seite neu öffnen."


def instead_of_the_page(request: HttpRequest, page: Page) -> HttpResponse | None:
    """Hook before the form of a page is shown or read: answer with that of a proposal for whom it is one.

    What was opened as a proposal stays one when the chair has passed to its Land since: it would write over the draft.
    """
    was_opened_as_one = request.POST.get("loaded_revision_created_at", "").isdecimal() and was_public(page)
    if page.alias_of_id or not (was_opened_as_one or is_for_proposals(cast(User, request.user), page)):
        return None
    return ProposalFormView.as_view()(request, page.pk)


def page_for_form(page: Page, user: User) -> tuple[Proposal, Any]:
    """Return the proposal of the account's Land, and the page as its form has it: what readers see, with it in it."""
    proposal, record = Proposal.of(page, user), page.specific
    proposed: Any = proposal.on(record)
    # The form knows by it from which version it was made; a draft of the chair above that is not the Land's matter.
    proposed.latest_revision_id, proposed.has_unpublished_changes = record.live_revision_id, False
    return proposal, proposed


class ActionMenu(Component):
    """The buttons of the form."""

    template_name = "intmk/proposals/buttons.html"

    def __init__(self, locked: bool) -> None:
        self.locked = locked

    def get_context_data(self, parent_context: Any) -> dict[str, Any]:
        return {"locked": self.locked}


class ProposalFormView(EditView):
    """Wagtail's form of a page, filled with the Land's proposal."""

    def run_hook(self, hook_name: str, *args: Any, **kwargs: Any) -> Any:
        """Leave out what is asked before the form: it was asked already, and has led here."""
        return None if hook_name == "before_edit_page" else super().run_hook(hook_name, *args, **kwargs)

    def get_object(self) -> Page:
        self.proposal, page = page_for_form(self.real_page_record, self.request.user)
        return page

    def dispatch(self, request: HttpRequest, page_id: int, **kwargs: Any) -> HttpResponse:
        """Show or read the form; a version that the account wanted to go back to is the chair's matter."""
        return super().dispatch(request, page_id)

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Show the form, with what became of the proposal above it."""
        self.leave_the_page_alone()
        say_what_became_of(self.proposal, request)
        return super().get(request, *args, **kwargs)

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        self.leave_the_page_alone()
        if self.locked_for_user and not self.expects_json_response:
            say_what_became_of(self.proposal, request)
        return super().post(request, *args, **kwargs)

    def leave_the_page_alone(self) -> None:
        """Forget lock and workflow of the page: a proposal changes nothing there. What was sent is closed itself."""
        self.lock, self.locked_for_user = None, self.proposal.is_sent
        self.workflow_state = self.workflow_tasks = None

    @cached_property
    def latest_revision_created_at(self) -> str:
        """Return what the form sends back to say which state of the proposal it was made from."""
        return str(self.proposal.version)

    @cached_property
    def is_out_of_date(self) -> bool:
        """Say whether the proposal was saved since, in another window or by somebody else of the Land."""
        sent = self.request.POST.get("overwrite_revision_id") or self.request.POST.get("loaded_revision_created_at")
        return bool(sent) and sent != str(self.proposal.version)

    @property
    def action_name_and_method(self) -> tuple[str, Any]:
        """Return what the button does: all that must be filled in is asked for only when the proposal is to be sent."""
        return ("submit", self.send_action) if self.request.POST.get("action-submit") else ("save", self.save_action)

    def save_action(self) -> HttpResponse:
        """Save the proposal and stay in the form."""
        if not self.write():
            return self.refused()
        if self.expects_json_response:
            return JsonResponse(
                {
                    "success": True,
                    "pk": self.page.pk,
                    "revision_id": self.proposal.version,
                    "revision_created_at": self.proposal.saved_at.isoformat(),
                    "field_updates": dict(self.form.get_field_updates_for_resave()),
                    "comments": self.form.serialize_comments(self.request.user),
                    "html": self.render_partials(),
                }
            )
        return self.run_hook("after_edit_page", self.request, self.page) or self.redirect_and_remain()

    def send_action(self) -> HttpResponse:
        """Save the proposal and go on to where the Land gives its reason and sends it; or send it at once."""
        if not self.write():
            return self.refused()
        if not self.proposal.pk:
            return self.redirect_and_remain()
        if self.request.POST["action-submit"] != AT_ONCE:
            return redirect("proposal", self.proposal.pk)
        self.proposal.send(self.proposal.reason)
        messages.success(self.request, SENT)
        return redirect("wagtailadmin_home")

    def write(self) -> bool:
        """Store what was typed, and say so; False where the proposal has meanwhile been sent or decided on."""
        self.page = self.form.save(commit=False)
        self.subscription.save()
        with transaction.atomic():
            Page.objects.select_for_update().get(pk=self.page.pk)
            self.proposal, sent = Proposal.of(self.real_page_record, self.request.user), self.proposal
            if self.proposal.is_sent or self.proposal.version != sent.version:
                return False
            loaded = self.request.POST.get("loaded_revision_id", "")
            is_key = loaded.isdecimal() and len(loaded) < 20
            revision = self.page.revisions.filter(pk=loaded).first() if is_key else None
            has_changes = self.proposal.write(self.page, self.request.user, revision)
        self.see_to_comments()
        if not self.expects_json_response and not has_changes:
            messages.warning(self.request, "Das Formular enthält keine Änderung gegenüber der Seite.")
        elif not self.expects_json_response and self.request.POST.get("action-submit") != AT_ONCE:
            messages.success(self.request, f"Der Vorschlag zu „{self.real_page_record.title}“ ist gespeichert.")
        return True

    def see_to_comments(self) -> None:
        """Store comments, which belong to the page as a whole, as Wagtail does when a draft is saved."""
        if self.has_content_changes and "comments" in self.form.formsets:
            self.page.wagtail_admin_comments.commit()
            changes = self.get_commenting_changes()
            self.log_commenting_changes(changes, None)
            self.send_commenting_notifications(changes)

    def refused(self) -> HttpResponse:
        if self.expects_json_response:
            return self.json_error_response("invalid_revision", NEWER)
        messages.error(self.request, NEWER)
        self.has_unsaved_changes = True
        return self.render_to_response(self.get_context_data())

    def get_preview_url(self) -> str:
        return reverse("proposal_preview", args=[self.page.pk])

    def get_action_menu(self) -> ActionMenu:
        return ActionMenu(self.locked_for_user)

    def get_editing_sessions(self) -> None:
        """Leave out who else has the page open: they save something else."""


class ProposalPreview(PreviewOnEdit):
    """The preview beside that form."""

    def get_object(self) -> Page:
        """Return what the form was filled with; for who publishes the page Wagtail's own."""
        page = super().get_object()
        user = self.request.user
        return page_for_form(page, user)[1] if is_for_proposals(user, page) else page


def say_what_became_of(proposal: Proposal, request: HttpRequest) -> None:
    """Say above the form of a Land what the chair has answered, or that what is typed here is a proposal."""
    decided = proposal
    if proposal.pk is None:
        decided = Proposal.objects.of_land(cast(User, request.user)).filter(page=proposal.page).first() or proposal
    buttons = [messages.button(reverse("proposal", args=[decided.pk]), "Vorschlag ansehen")] if decided.pk else []
    words = "Was Sie hier schreiben, ist ein Vorschlag Ihres Landes. Öffentlich wird, was der Vorsitz übernimmt."
    if decided.is_sent and decided.sent_at:
        words = (
            f"Ihr Vorschlag liegt seit dem {german_moment(decided.sent_at)} beim Vorsitz und ist so lange geschlossen."
        )
    messages.info(request, f"{decided.outcome()} {words}", buttons=buttons)
