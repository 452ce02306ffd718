"""Where a proposal is seen field by field: its Land sends it, and the chair takes it over or gives it back."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any, cast

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import path, reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.text import capfirst
from wagtail.admin import messages
from wagtail.admin.ui.components import Component
from wagtail.log_actions import LogActionRegistry, LogFormatter
from wagtail.models import ModelLogEntry, Page

from intmk.base.admin_views import OnePageView
from intmk.base.publishing_rules import label, refusal_in_words
from intmk.language.wording import counted_as
from intmk.proposals.changes import changed, stored_version
from intmk.proposals.editing import SENT, ProposalPreview
from intmk.proposals.models import RETURNED, TAKEN, Proposal
from intmk.users.models import User

CHANGED_SINCE = (
    "Inzwischen hat sich die Seite oder der Vorschlag geändert. Bitte noch einmal ansehen; nichts ist geschehen."
)

REST = "Über die übrigen Felder ist noch zu entscheiden."
SCHEDULE = {"go_live_at", "expire_at"}
PROPOSED_SCHEDULE = (
    "Der Vorschlag setzt einen Zeitplan: Bitte „Übernehmen“ wählen und im Formular veröffentlichen, "
    "oder dort kein Häkchen setzen."
)


@dataclass(frozen=True)
class Change:
    """One field of a proposal. `comparison` is Wagtail's own; None for a field that it does not compare."""

    name: str
    label: str
    comparison: Any
    changed_since: bool


def changes(proposal: Proposal, page: Page, request: HttpRequest) -> list[Change]:
    """Return what the proposal would change in this version of the page, in the order of the form."""
    now = stored_version(page)
    names = changed(now, proposal.content, proposal.open_fields())
    return compared(page, proposal.on(page), names, changed(now, proposal.base, names), request)


def compared(page: Page, other: Page, names: set[str], since: set[str], request: HttpRequest) -> list[Change]:
    """Return these fields of two versions of a page in the order of the form; `since`: those that changed meanwhile."""
    panel = page.get_edit_handler().get_bound_panel(instance=page, request=request, form=None)
    found = {}
    for compare in panel.get_comparison():
        comparison = compare(page, other)
        field = comparison.field
        found[field.get_accessor_name() if comparison.is_child_relation else field.name] = comparison
    order = [*(name for name in found if name in names), *sorted(names - found.keys())]
    return [Change(name, capfirst(label(type(page), name)), found.get(name), name in since) for name in order]


def say_who_proposes(request: HttpRequest, page: Page) -> None:
    """Hook before the form of a page is shown: say to whoever publishes it which proposals wait."""
    user = cast(User, request.user)
    if request.method != "GET" or not page.permissions_for_user(user).can_publish():
        return
    for proposal in Proposal.objects.for_chair(user).filter(page=page).order_by("sent_at"):
        number = counted_as(len(changes(proposal, page, request)), "Änderung", "Änderungen")
        words = f"{proposal.land} schlägt {number} vor."
        if proposal.land_code and proposal.land_code == user.land_code:
            words = f"Ihr Land hat vor dem Vorsitz {number} vorgeschlagen."
        messages.info(request, words, buttons=[messages.button(reverse("proposal", args=[proposal.pk]), "Ansehen")])


def say_what_goes_along(request: HttpRequest, page: Page) -> None:
    """Hook before a page is deleted: say that what Länder propose for it goes as well."""
    below = Proposal.objects.undecided().filter(page__path__startswith=page.path)
    if request.method == "GET" and (laender := sorted({proposal.land for proposal in below})):
        messages.warning(request, f"Mit der Seite kommen auch Vorschläge in den Papierkorb, von: {', '.join(laender)}.")


def why_not_at_once(page: Page, user: User) -> str:
    """Return in German why what is taken into the page's latest version cannot be public in one step, "" if it can.

    Publishing makes the whole version public, so there may be nothing in it that the account has not been shown.
    """
    lock = page.get_lock()
    if not page.live:
        return "Die Seite ist nicht öffentlich."
    # Also an end that is past and waits for the chair: who publishes answers for it.
    if page.expire_at or (page.go_live_at and page.go_live_at > timezone.now()):
        return "Die Seite hat einen Zeitplan: bitte im Formular veröffentlichen."
    if lock and lock.for_user(user):
        return "Die Seite ist gesperrt."
    if page.has_unpublished_changes:
        return "Der Entwurf enthält weitere unveröffentlichte Änderungen: bitte im Formular veröffentlichen."
    return ""


class ProposalView(OnePageView):
    """One proposal: its Land reads it and sends it, takes it back or drops it; the chair decides."""

    page_title = "Vorschlag"
    header_icon = "draft"
    template_name = "intmk/proposals/proposal.html"

    @cached_property
    def proposal(self) -> Proposal:
        return get_object_or_404(Proposal.objects.select_related("page", "author", "decided_by"), pk=self.kwargs["pk"])

    @cached_property
    def page(self) -> Page:
        """Return the page as the account has it: the chair its latest version, a Land what readers see."""
        record = self.proposal.page
        if not self.decides and not self.is_own:
            raise PermissionDenied
        return record.get_latest_revision_as_object() if self.decides else record.specific

    @cached_property
    def decides(self) -> bool:
        """Say whether the account publishes the page and the proposal is before it."""
        user = cast(User, self.request.user)
        before_chair = not self.proposal.is_taken and (self.proposal.is_sent or self.is_own)
        return before_chair and self.proposal.page.permissions_for_user(user).can_publish()

    @cached_property
    def is_own(self) -> bool:
        """Say whether it is that of the account's Land."""
        return self.proposal.land_code == cast(User, self.request.user).land_code

    @cached_property
    def changes(self) -> list[Change]:
        return changes(self.proposal, self.page, self.request)

    @property
    def chosen(self) -> set[str]:
        """Return the names of the fields that are ticked: at first all."""
        if self.request.method == "POST":
            return set(self.request.POST.getlist("field"))
        return {change.name for change in self.changes}

    @property
    def version(self) -> str:
        """Return what tells this state of proposal and page from a later one; drafts concern the chair only."""
        record = self.proposal.page
        of_page = (
            (record.latest_revision_id, record.latest_revision_created_at) if self.decides else record.live_revision_id
        )
        return f"{self.proposal.version} {of_page}"

    @property
    def why_not_at_once(self) -> str:
        """Return why the chair cannot take and publish in one step, "" if it can; asked of what is stored now."""
        return why_not_at_once(self.proposal.page.get_latest_revision_as_object(), cast(User, self.request.user))

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Add what the template asks for."""
        names = ("proposal", "changes", "chosen", "decides", "is_own", "version")
        context = super().get_context_data(**kwargs) | {name: getattr(self, name) for name in names}
        return context | {"page": self.page, "why_not_at_once": self.decides and self.why_not_at_once}

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Do what the button says, unless proposal or page are no longer what was shown."""
        actions: dict[str, Callable[[], HttpResponse]] = {}
        if self.decides:
            actions = {"take": self.take, "publish": partial(self.take, publish=True)}
            actions |= self.ways_to_discard if self.is_own else {"return": self.give_back}
        elif self.is_own and self.proposal.is_sent:
            actions = {"withdraw": self.withdraw}
        elif self.is_own and not self.proposal.is_taken:
            actions = {"send": self.send} | self.ways_to_discard
        with transaction.atomic():
            self.proposal.page = Page.objects.select_for_update().get(pk=self.page.pk)
            current = Proposal.objects.filter(pk=pk, version=self.proposal.version).exists()
            if not current or self.version != request.POST.get("version"):
                messages.warning(request, CHANGED_SINCE)
                return redirect("proposal", pk)
            action = actions.get(request.POST.get("action", ""))
            if action is None:
                raise PermissionDenied
            return action()

    def send(self) -> HttpResponse:
        if not self.changes:
            messages.warning(self.request, "Der Vorschlag enthält keine Änderung gegenüber der Seite.")
            return redirect("proposal", self.proposal.pk)
        self.proposal.send(self.request.POST.get("reason", "").strip()[:2000])
        return self.done(SENT)

    def withdraw(self) -> HttpResponse:
        self.proposal.withdraw()
        messages.success(self.request, "Der Vorschlag ist zurückgezogen. Sie können weiterschreiben.")
        return redirect("wagtailadmin_pages:edit", self.proposal.page_id)

    @property
    def ways_to_discard(self) -> dict[str, Callable[[], HttpResponse]]:
        """Return what the account can do to drop it: be asked, answer yes, or answer no."""
        return {"discard": self.ask_to_discard, "discard-for-good": self.discard, "keep": self.keep}

    def ask_to_discard(self) -> HttpResponse:
        """Say what would be lost, and ask; what was ticked and typed goes along, for who answers no."""
        self.template_name = "intmk/proposals/discard.html"
        return self.keep()

    def keep(self) -> HttpResponse:
        """Show the proposal with what was ticked and typed."""
        self.proposal.reason = self.request.POST.get("reason", self.proposal.reason)[:2000]
        return self.render_to_response(self.get_context_data())

    def discard(self) -> HttpResponse:
        self.proposal.delete()
        return self.done("Der Vorschlag ist gelöscht.")

    def take(self, publish: bool = False) -> HttpResponse:
        """Write the chosen fields into the chair's draft, and publish that; what was not chosen waits on."""
        user, shown = cast(User, self.request.user), {change.name for change in self.changes}
        names = shown & self.chosen
        lock = self.page.get_lock()
        if lock and lock.for_user(user):
            return self.refused("Nicht übernommen: Die Seite ist gesperrt.")
        if not names and (shown or publish):
            return self.refused("Nicht übernommen: Kein Feld ist angekreuzt.")
        if publish and (why_not := self.why_not_at_once or (PROPOSED_SCHEDULE if names & SCHEDULE else "")):
            return self.refused(f"Nicht übernommen, nichts ist geändert. {why_not}")
        try:
            if names:
                self.proposal.take(names, user, publish)
        except ValidationError as error:
            refused = refusal_in_words(self.proposal.page_type, error)
            return self.refused(f"Nicht übernommen, nichts ist geändert. Die Seite nimmt es so nicht an: {refused}")
        if names == shown:
            self.proposal.close(self.answer, user)
        if publish:
            return self.published("" if names == shown else REST)
        if names == shown:
            return self.done(
                "Übernommen. Der Text steht im Entwurf der Seite und ist noch nicht veröffentlicht.", stay=True
            )
        messages.success(self.request, f"Die angekreuzten Felder stehen im Entwurf der Seite. {REST}")
        return redirect("proposal", self.proposal.pk)

    def published(self, rest: str) -> HttpResponse:
        """Say that readers see it, with the way there, and lead to the form; it also shows what still waits."""
        page = Page.objects.get(pk=self.proposal.page_id)
        buttons = [messages.button(page.url, "Auf der Website ansehen")] if page.url else []
        words = f"Übernommen und veröffentlicht: „{page.title}“ ist in dieser Fassung öffentlich. {rest}"
        messages.success(self.request, words, buttons=buttons)
        return redirect("wagtailadmin_pages:edit", page.pk)

    def give_back(self) -> HttpResponse:
        if not self.answer:
            return self.refused("Nicht zurückgegeben: Bitte schreiben Sie dem Land eine Antwort.")
        self.proposal.give_back(self.answer, cast(User, self.request.user))
        return self.done(f"Der Vorschlag von {self.proposal.land} ist mit Ihrer Antwort zurückgegeben.", stay=True)

    @property
    def answer(self) -> str:
        return self.request.POST.get("answer", "").strip()[:2000]

    def refused(self, words: str) -> HttpResponse:
        """Say why nothing has happened, and show the proposal again with what was ticked and typed."""
        messages.error(self.request, words)
        self.proposal.answer = self.answer
        return self.render_to_response(self.get_context_data())

    def done(self, words: str, stay: bool = False) -> HttpResponse:
        """Say it, and lead to the form of the page (`stay`) or to the dashboard."""
        messages.success(self.request, words)
        return redirect("wagtailadmin_pages:edit", self.proposal.page_id) if stay else redirect("wagtailadmin_home")


class ProposalsPanel(Component):
    """The proposals that concern an account, on its dashboard."""

    template_name = "intmk/proposals/panel.html"
    order = 25

    def __init__(self, heading: str, proposals: list[Proposal]) -> None:
        self.context = {"heading": heading, "proposals": proposals}

    def get_context_data(self, parent_context: Any) -> dict[str, Any]:
        return self.context


def add_proposal_panels(request: HttpRequest, panels: list[Component]) -> None:
    """Hook: list on the dashboard what waits for the chair, and to a Land its own with the answer."""
    user = cast(User, request.user)
    if user.acts_for_chair:
        heading, proposals = "Vorschläge der Länder", Proposal.objects.for_chair(user)
    else:
        heading, proposals = "Vorschläge Ihres Landes", Proposal.objects.of_land(user)
    if found := list(proposals.select_related("page")[:50]):
        panels.append(ProposalsPanel(heading, found))


class TakenFormatter(LogFormatter):
    """What the history says of a version with a proposal in it."""

    label = "Vorschlag übernehmen"

    def format_message(self, log_entry: ModelLogEntry) -> str:
        return f"Vorschlag von {log_entry.data.get('land')} übernommen: {', '.join(log_entry.data.get('fields', []))}"


def proposal_admin_urls() -> list:
    """Hook: return the addresses below /admin/."""
    return [
        path("vorschlaege/<int:pk>/", ProposalView.as_view(), name="proposal"),
        path("vorschlaege/vorschau/<int:page_id>/", ProposalPreview.as_view(), name="proposal_preview"),
    ]


def register_proposal_actions(actions: LogActionRegistry) -> None:
    """Hook: name what the history of a page says of proposals; the last is of before they stood apart."""

    actions.register_action(TAKEN)(TakenFormatter)
    actions.register_action(RETURNED, "Vorschlag zurückgeben", "Vorschlag zurückgegeben")
    actions.register_action(
        "intmk.proposal.decline", "Ohne nicht freigegebene Änderungen speichern", "Ohne nicht freigegebene Änderungen"
    )
