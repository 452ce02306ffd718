"""A form that is sent after the chair has passed: refused with a clear message, and the text is kept.

What was typed into a public page becomes a proposal, into another one a draft. All else has no drafts (terms, contacts,
redirects, settings, pictures): there the fields are kept as they were sent, for the account that sent them and for
whoever may act now.
"""

import json
import re
from contextlib import suppress
from datetime import timedelta
from functools import cache
from typing import Any, cast
from urllib.parse import urlsplit

from django.apps import apps
from django.contrib.messages import get_messages
from django.core.exceptions import PermissionDenied
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import Resolver404, ResolverMatch, resolve, reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.html import format_html
from django.views.generic.base import TemplateView
from wagtail.admin import messages
from wagtail.admin.views.generic import WagtailAdminTemplateMixin
from wagtail.documents import get_document_model
from wagtail.images import get_image_model
from wagtail.models import ModelLogEntry, Page

from conferences.models import Handover, KeptForm
from conferences.models.chair import rotation_of
from intmk.base.drafts import is_for_proposals, was_public
from intmk.language import land_names
from intmk.language.dates import german_moment
from intmk.language.day import today
from intmk.users.models import User

# The forms of the editors. Not those of signing in and of accounts: their secrets must never be kept.
PREPARING = "/admin/vorsitz-vorbereiten/"
EDITED = ("pages", "snippets", "redirects", "settings", "images", "documents")
EDITING = (*(f"/admin/{part}/" for part in EDITED), PREPARING)
SECRETS = {"password", "passwort", "code", "secret", "token", "otp"}
# How long an open form may have waited on a screen.
REMEMBERED = timedelta(days=31)
LONGEST_VALUE = 100_000
LONGEST_FORM = 500_000
MOST_FORMS = 50  # of one account
# What the browser sends beside the text: the form's own bookkeeping, and what must not be kept.
BOOKKEEPING = (
    "csrfmiddlewaretoken",
    "kept_form",
    "next",
    "action-",
    "comments-",
    "overwrite_revision",
    "loaded_revision",
)
COUNTERS = (
    "-TOTAL_FORMS",
    "-INITIAL_FORMS",
    "-MIN_NUM_FORMS",
    "-MAX_NUM_FORMS",
    "-ORDER",
    "-DELETE",
    "-deleted",
    "-id",
)


def chaired_lately(request: HttpRequest) -> bool:
    """Say whether the account's Land has handed over the chair so lately that a form can still be open."""
    user, day = request.user, today()
    if not user.is_authenticated or user.is_superuser or not user.land_code:
        return False
    rotation = rotation_of(request)
    if rotation.chair_on(day) == user.land_code:
        return False
    if any(term.land_code == user.land_code for term in rotation.terms_between(day - REMEMBERED, day)):
        return True
    # Not only the terms: an administrator may have given the present one to another Land.
    lately = Handover.objects.filter(former_land__code=user.land_code, settled_at__gte=timezone.now() - REMEMBERED)
    return lately.exists()


def was_refused(request: HttpRequest, response: HttpResponse) -> bool:
    """Say whether Wagtail has refused what a former chair has just sent: status 403, or the dashboard with an error.

    Or a Land that prepared its chair until a moment ago.
    """
    if not request.path_info.startswith(EDITING) or wants_json(request) or hasattr(request, "csrf_was_refused"):
        return False
    sent_home = response.status_code == 302 and response["Location"] == reverse("wagtailadmin_home")
    refused = response.status_code == 403 or (sent_home and getattr(get_messages(request), "added_new", False))
    return bool(refused) and (request.path_info.startswith(PREPARING) or chaired_lately(request))


def wants_json(request: HttpRequest) -> bool:
    """Say whether the editor saves by itself in the background: there the text is still on the screen."""
    return "application/json" in request.headers.get("Accept", "")


def keep_text(request: HttpRequest) -> None:
    """Store the text of the form, each once and only the latest of an account, and tell the editor where it is."""
    fields = readable_fields(request)
    if not fields:
        return
    account = cast(User, request.user)
    own = KeptForm.objects.filter(account=account)
    same = {"address": request.path_info[:300], "fields": fields}
    kept = own.filter(**same).first() or KeptForm.objects.create(account=account, **same)
    own.exclude(pk__in=own.values_list("pk", flat=True)[:MOST_FORMS]).delete()
    messages.error(
        request,
        format_html("{} Ihre Eingabe wurde nicht übernommen, aber aufgehoben.", why(request)),
        buttons=[messages.button(reverse("kept_form", args=[kept.pk]), "Eingabe ansehen")],
    )


def why(request: HttpRequest) -> str:
    """Return a German sentence that says why the account may not do this any more, or not at all."""
    if request.path_info.startswith(PREPARING):
        return "Ihr Land bereitet den Vorsitz nicht mehr vor: Er hat begonnen, oder ein anderes Land ist das nächste."
    term = rotation_of(request).term_on(today())
    latest = Handover.objects.of_changes().first()
    if latest and latest.former_land and latest.former_land.code == getattr(request.user, "land_code", ""):
        passed = f"{land_names.of(latest.former_land.name)} {land_names.to(latest.land.name)}"
        return f"Der Vorsitz ist am {german_moment(latest.since)} {passed} übergegangen."
    return f"Das darf nur die Redaktion des Landes im Vorsitz ({term.land_name if term else 'zurzeit keines'})."


def readable_fields(request: HttpRequest) -> list[list[str]]:
    """Return [name, text] of all fields of the form that hold a text; rich text without its coding."""
    found, left = [], LONGEST_FORM
    for name, values in request.POST.lists():
        if name.startswith(BOOKKEEPING) or name.endswith(COUNTERS) or is_secret(name):
            continue
        text = "\n".join(plain_value(value) for value in values if value.strip())
        text = text.replace("\x00", "")[: min(LONGEST_VALUE, left)]  # PostgreSQL refuses NUL
        if text.strip():
            found.append([name.replace("\x00", "")[:200], text])
            left -= len(text)
    return found


def is_secret(name: str) -> bool:
    """Say whether a field of this name holds a secret, as "new_password1" does and "secretariat_email" does not."""
    return not name.endswith("land_code") and not SECRETS.isdisjoint(re.split(r"[^a-z]+", name.lower()))


def plain_value(value: str) -> str:
    """Return the text of what Wagtail's editor for rich text sends, anything else as it is."""
    try:
        blocks = json.loads(value)["blocks"]
        return "\n".join(str(block["text"]) for block in blocks)
    except (ValueError, TypeError, KeyError):
        return value


def label_of(name: str) -> str:
    """Return the label that a field of a form probably had, e.g. "E-Mail der Geschäftsstelle"; its name otherwise."""
    return labels().get(name.rpartition("-")[2], name)


@cache
def labels() -> dict[str, str]:
    """Return the label of each field by its name, of the first model that has one; once, a form may have thousands."""
    found: dict[str, str] = {}
    for model in apps.get_models():
        if model.__module__.startswith(("conferences", "history", "intmk", "wagtail.contrib.redirects")):
            for field in model._meta.get_fields():
                if hasattr(field, "verbose_name"):
                    found.setdefault(field.name, str(field.verbose_name))
    return found


def before_edit_page(request: HttpRequest, page: Page) -> None:
    """Keep what is sent to a page that is locked for the account: Wagtail shows it again, but stores nothing."""
    if request.method != "POST" or wants_json(request):
        return
    if "action-workflow-action" in request.POST and page.current_workflow_task is None:
        # Somebody else has approved it meanwhile. Wagtail asks the task without looking whether there is one.
        sent = request.POST.copy()
        del sent["action-workflow-action"]
        request.POST = sent  # type: ignore[assignment]
        messages.warning(request, "Über diese Seite ist inzwischen entschieden. Ihr Text ist nur gespeichert.")
    lock = page.get_lock()
    cancels = "action-cancel-workflow" in request.POST
    closed = lock and lock.for_user(request.user) and not is_for_proposals(cast(User, request.user), page)
    if closed and not cancels and chaired_lately(request):
        keep_text(request)


def after_saving_page(request: HttpRequest, page: Page) -> HttpResponse | None:
    """Say clearly that a page was not published because the right to it has ended; Wagtail saves a draft silently."""
    if "action-publish" not in request.POST or wants_json(request):
        return None
    if page.permissions_for_user(request.user).can_publish():
        return None
    edit = reverse("wagtailadmin_pages:edit", args=[page.pk])
    kept = "Entwurf gespeichert; mit „Zur Freigabe durch den Vorsitz einreichen“ schlagen Sie ihn dem Vorsitz vor."
    if was_public(page):
        kept = "Vorschlag gespeichert; mit „Weiter zum Senden“ geben Sie ihn dem Vorsitz."
    messages.error(request, f"Nicht veröffentlicht. {why(request)} Ihr Text ist als {kept}")
    return redirect(edit)


def visible_to(user: User) -> QuerySet[KeptForm]:
    """Return the kept forms that the account may read: its own, and for whoever may act what came too late."""
    forms, own = KeptForm.objects.select_related("account"), Q(account=user)
    return forms.filter(own | Q(sent__isnull=True)) if user.acts_for_chair else forms.filter(own)


def changed_page(form: KeptForm, target: ResolverMatch) -> Page | None:
    """Return the page that the form would change when it has got a newer draft meanwhile."""
    if target.view_name != "wagtailadmin_pages:edit":
        return None
    return Page.objects.filter(pk=number_in(target), latest_revision_created_at__gt=form.sent_at).first()


def changed_object(form: KeptForm, target: ResolverMatch) -> ModelLogEntry | None:
    """Return the latest change, since the form was sent, of what it would overwrite; pages have versions instead."""
    found: dict[str, Any] = {"image_id": get_image_model(), "document_id": get_document_model()}
    view = getattr(target.func, "view_class", None)
    model = getattr(target.func, "view_initkwargs", {}).get("model") or getattr(view, "model", None)
    model = next((found[name] for name in found if name in target.kwargs), model)
    one = {"object_id": str(number_in(target))}
    if target.view_name == "wagtailsettings:edit":  # there is one of each
        model, one = apps.get_model(target.kwargs["app_name"], target.kwargs["model_name"]), {}
    if not isinstance(model, type) or issubclass(model, Page):
        return None
    entries = ModelLogEntry.objects.get_for_model(model).filter(timestamp__gt=form.sent_at, **one)
    return entries.order_by("-timestamp").first()


def number_in(target: ResolverMatch) -> int | None:
    """Return the number in an address, which says what its form is about."""
    return next((value for value in (*target.args, *target.kwargs.values()) if isinstance(value, int)), None)


class KeptFormsView(WagtailAdminTemplateMixin, TemplateView):
    """The list of the kept forms, the latest first."""

    page_title = "Aufgehobene Eingaben"
    header_icon = "draft"
    template_name = "conferences/handover/kept_forms.html"
    breadcrumbs_items = [*WagtailAdminTemplateMixin.breadcrumbs_items, {"url": "", "label": page_title}]

    def get_context_data(self, **kwargs) -> dict:
        """Add `forms`."""
        return super().get_context_data(**kwargs) | {"forms": visible_to(cast(User, self.request.user))[:200]}


class KeptFormView(WagtailAdminTemplateMixin, TemplateView):
    """One kept form, 404 for what the account may not read; a POST of sender or administrator removes it."""

    page_title = "Aufgehobene Eingabe"
    header_icon = "draft"
    template_name = "conferences/handover/kept_form.html"

    @cached_property
    def kept(self) -> KeptForm:
        return get_object_or_404(visible_to(cast(User, self.request.user)), pk=self.kwargs["pk"])

    @cached_property
    def may_remove(self) -> bool:
        return self.request.user == self.kept.account or cast(User, self.request.user).is_superuser

    def get_breadcrumbs_items(self) -> list[dict]:
        parent = {"url": reverse("kept_forms"), "label": KeptFormsView.page_title}
        return [*super().get_breadcrumbs_items(), parent, {"url": "", "label": self.page_title}]

    def get_context_data(self, **kwargs) -> dict:
        """Add `form`, its `fields` as (label, text), `may_remove`, and for a form to be sent again `page`, if any."""
        fields = [(label_of(name), text) for name, text in self.kept.fields]
        added = {"form": self.kept, "fields": fields, "may_remove": self.may_remove}
        is_page = self.kept.address.startswith("/admin/pages/")
        added |= {"is_page": is_page, "changed_page": None, "changed_object": None}
        with suppress(Resolver404):
            target = resolve(urlsplit(self.kept.address).path)
            added |= {"changed_page": changed_page(self.kept, target)}
            added |= {"changed_object": changed_object(self.kept, target)}
        return super().get_context_data(**kwargs) | added

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        if not self.may_remove:
            raise PermissionDenied
        self.kept.delete()
        messages.success(request, "Die aufgehobene Eingabe wurde entfernt.")
        return redirect("kept_forms")


def latest_kept_form(request: HttpRequest) -> HttpResponse:
    """Lead to the form that was sent last without a session, or to the dashboard if there is none (any more)."""
    form = KeptForm.objects.filter(account=cast(User, request.user), sent__isnull=False).first()
    return redirect("kept_form", form.pk) if form else redirect("wagtailadmin_home")
