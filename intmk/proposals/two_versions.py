"""Two accounts have the same form open: what one has typed beside what the other has saved, to put both together."""

import re
from typing import Any, cast

from django.core import signing
from django.core.exceptions import ValidationError
from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseBadRequest
from django.shortcuts import redirect
from django.urls import path
from django.utils.functional import cached_property
from wagtail.admin import messages
from wagtail.log_actions import log
from wagtail.models import Page, Revision

from intmk.base.admin_views import OnePageView
from intmk.base.drafts import is_for_proposals, may_change
from intmk.proposals.changes import changed, stored_version, written_fields
from intmk.proposals.deciding import compared
from intmk.proposals.models import save_with
from intmk.users.models import User, account_name

SALT = "intmk.two_versions"
# What the hidden field holds: the own fields and the names of those in which somebody else has written as well.
Mine = tuple[dict[str, Any], list[str]]


class TwoVersionsView(OnePageView):
    """Takes the form of the editor itself, shows where it differs, and saves what is chosen of it."""

    http_method_names = ["post"]
    page_title = "Zwei Fassungen"
    header_icon = "doc-full-inverse"
    template_name = "intmk/proposals/two_versions.html"

    def is_for(self, user: User, page: Page) -> bool:
        """Say whether what the account saves becomes the page; what a Land proposes has its own form."""
        return may_change(user, page) and not is_for_proposals(user, page)

    @cached_property
    def latest(self) -> Any:
        """Return the page as it was saved last."""
        return self.page.get_latest_revision_as_object()

    @property
    def version(self) -> str:
        """Return what tells this version of the page from a later one."""
        return f"{self.latest.latest_revision_id} {self.latest.latest_revision_created_at}"

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Show the difference between the form and what is saved; then save the chosen fields, or show it again."""
        if "mine" not in request.POST:
            try:
                return self.shown(self.mine_of_form())
            except ValidationError as error:
                return self.render_to_response(self.get_context_data(page=self.page, refused=error.messages))
        try:
            fields, both = signing.loads(request.POST["mine"], salt=f"{SALT}.{pk}")
        except signing.BadSignature:
            return HttpResponseBadRequest()
        with transaction.atomic():
            Page.objects.select_for_update().get(pk=pk)
            if request.POST.get("version") != self.version:
                messages.warning(
                    request, "Inzwischen ist noch eine Fassung gespeichert worden. Bitte noch einmal ansehen."
                )
                return self.shown((fields, list(fields)))
            return self.saved((fields, both))

    def mine_of_form(self) -> Mine:
        """Return what the account has typed and nobody has saved; raise ValidationError for what no draft can hold."""
        user = cast(User, self.request.user)
        loaded = self.loaded_version()
        base = loaded.as_object() if loaded else self.latest
        before, now = stored_version(base), stored_version(self.latest)
        form_class = self.page.get_edit_handler().get_form_class()
        form = form_class(
            self.request.POST, self.request.FILES, instance=base, parent_page=self.page.get_parent(), for_user=user
        )
        form.defer_required_fields()
        if not form.is_valid():
            raise ValidationError([message for errors in form.errors.values() for message in errors])
        typed = stored_version(form.save(commit=False))
        names = changed(before, typed, changed(now, typed, written_fields(type(self.page))))
        both = changed(before, now, names) if loaded else names
        return {name: typed[name] for name in names}, sorted(both)

    def loaded_version(self) -> Revision | None:
        """Return the version that the form was opened with; None where it has been written over since."""
        number, created = (self.request.POST.get(f"loaded_revision_{part}", "") for part in ("id", "created_at"))
        found = self.page.revisions.filter(pk=number).first() if re.fullmatch(r"[0-9]{1,18}", number) else None
        return found if found and found.created_at.isoformat() == created else None

    def shown(self, mine: Mine) -> HttpResponse:
        """Return the page with both versions."""
        fields, both = mine
        typed = self.latest.with_content_json(stored_version(self.latest) | fields)
        revision = self.latest.latest_revision
        return self.render_to_response(
            self.get_context_data(
                page=self.page,
                changes=compared(self.latest, typed, set(fields), set(both), self.request),
                mine=signing.dumps(mine, salt=f"{SALT}.{self.page.pk}", compress=True),
                version=self.version,
                other=account_name(revision.user) if revision else "",
                saved_at=revision.created_at if revision else None,
            )
        )

    def saved(self, mine: Mine) -> HttpResponse:
        """Save the chosen fields above the latest version, and lead to the form."""
        fields, user = mine[0], cast(User, self.request.user)
        names = fields.keys() & set(self.request.POST.getlist("field"))
        lock = self.latest.get_lock()
        if lock and lock.for_user(user):
            messages.error(self.request, "Nicht gespeichert: Die Seite ist gesperrt.")
            return self.shown(mine)
        if names:
            page, revision = save_with(self.page, {name: fields[name] for name in names}, user)
            log(instance=page, action="wagtail.edit", user=user, revision=revision, content_changed=True)
        messages.success(self.request, "Die Fassungen sind zusammengeführt und als Entwurf gespeichert.")
        return redirect("wagtailadmin_pages:edit", self.page.pk)


def two_versions_address() -> list:
    """Hook: return the address below /admin/."""
    return [path("zwei-fassungen/<int:pk>/", TwoVersionsView.as_view(), name="two_versions")]
