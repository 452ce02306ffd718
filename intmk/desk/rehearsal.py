"""The rehearsal: the public site as its readers will see it on a day to come, and what each account may then do.

It follows the rule of the chair, the terms and the dates. Nothing is stored: the database itself refuses it meanwhile.
"""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from copy import copy
from dataclasses import dataclass
from datetime import date, timedelta
from html import unescape
from typing import Any
from urllib.parse import unquote, urlencode, urlsplit

from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import PermissionDenied
from django.db import connection, transaction
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.urls import Resolver404, ResolverMatch, path, resolve, reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe
from django.views.generic.base import TemplateView
from wagtail.admin.views.generic import WagtailAdminTemplateMixin

from conferences.handover.chair_changes import changes_around
from conferences.handover.panels import HandoverComponent
from conferences.handover.scheduled import carry_out_until
from conferences.handover.viewer import account_of, rehearses
from conferences.handover.views import ICON
from conferences.models import ChairPage, ChairTerm, ConferenceIndexPage
from conferences.models.chair import day_asked_for, rotation_of
from conferences.rules.rotation import Term
from conferences.terms.preparing import coming_term, put_prepared_in_force
from conferences.terms.rights import groups_due
from intmk.base.pages import complete
from intmk.base.site import address_on_site
from intmk.base.view_pages import VIEWS
from intmk.language.dates import german_day
from intmk.language.day import as_of, today
from intmk.language.interface_language import GERMAN, spoken_on_page
from intmk.media.public_files import private_address
from intmk.pages.models import StandardPage
from intmk.server.asked_keys import reads
from intmk.users.models import CHAIR, LAND_NAMES, User, account_name

AHEAD_AT_MOST = timedelta(days=3 * 366)
# By the names of intmk/urls.py: pages, and views that show what pages do. Where readers write is left out.
REHEARSED = {*VIEWS, "land", "theme", "wagtail_serve"} - {"barrier_report"}
LEADS_ON = re.compile(r'(<(?:a|form)\b[^<>]*?\s(?:href|action)=")(/(?!/)[^"]*)')
PUBLISH, PROPOSE = "veröffentlichen", "lesen und vorschlagen"


def day_to_rehearse(text: str, otherwise: date) -> tuple[date, str]:
    """Return the day that `text` names and "", or `otherwise` and an error: for what is no day, past or too far."""
    day, error = day_asked_for(text.strip(), otherwise)
    first = today()
    if text.strip() and not error and not first <= day <= first + AHEAD_AT_MOST:
        return otherwise, f"Geprobt werden Tage von heute bis zum {german_day(first + AHEAD_AT_MOST)}."
    return day, error


def right_due(account: User, term: Term | None) -> str:
    """Return what an account may do while this term lasts, as far as it follows from its Land and the term."""
    if not account.is_active:
        return "gesperrt"
    if account.is_superuser:
        return "alles (Administration)"
    groups = groups_due(account.is_active, account.land_code, term)
    if not groups:
        return "ohne Land: wie heute"
    return PUBLISH if CHAIR in groups else PROPOSE


@dataclass(frozen=True)
class AccountOnDay:
    """One account; `before`: what it may do today, "" where that is what it may do on the day."""

    name: str
    land: str
    before: str


def rights_on_day(term: Term | None, term_now: Term | None) -> dict[str, list[AccountOnDay]]:
    """Return all accounts by what they may do in `term`, who publishes first; `term_now` is that of today."""
    found: dict[str, list[AccountOnDay]] = {PUBLISH: [], PROPOSE: []}
    accounts = User.objects.order_by("last_name", "username")
    for account in sorted(accounts, key=lambda account: LAND_NAMES.get(account.land_code, "")):
        right, now = right_due(account, term), right_due(account, term_now)
        row = AccountOnDay(account_name(account), LAND_NAMES.get(account.land_code, ""), now if now != right else "")
        found.setdefault(right, []).append(row)
    return found


def pages_to_look_at() -> list[tuple[str, str]]:
    """Return title and address of the German pages that change with the chair, the start page first."""
    parts: list[QuerySet] = [ChairPage.objects.all(), ConferenceIndexPage.objects.all()]
    parts.append(StandardPage.objects.exclude(duty="").order_by("path"))
    pages = [page for part in parts for page in part.filter(live=True, locale__language_code=GERMAN)]
    listed = [(page.title, address_on_site(page) or "/") for page in pages]
    return [("Startseite", "/"), *listed, (VIEWS["laender"].title, reverse("laender"))]


class RehearsalView(WagtailAdminTemplateMixin, TemplateView):
    """Where a day is chosen, what is to be looked at, and what each account may do on that day."""

    page_title = "Probe"
    header_icon = ICON
    template_name = "intmk/desk/rehearsal.html"

    def dispatch(self, request: HttpRequest, *args, **kwargs) -> HttpResponseBase:
        """Answer the request; raise PermissionDenied for whom the next change does not concern."""
        ask_for_right(request)
        return super().dispatch(request, *args, **kwargs)

    def get_breadcrumbs_items(self) -> list[dict]:
        handover = {"url": reverse("handover"), "label": "Übergabe"}
        return [*super().get_breadcrumbs_items(), handover, {"url": "", "label": self.page_title}]

    def get_context_data(self, **kwargs) -> dict:
        """Add the day and what it brings.

        day, error: the day that `?tag=` names, the next change without; an error for it or "". first, last: between
        which days it may lie. term: Term of the day or None. pages: (title, address in the rehearsal). rights: see
        rights_on_day.
        """
        now, rotation = today(), rotation_of(self.request)
        _, change = changes_around(rotation, now)
        soon = change.day if change and change.day <= now + AHEAD_AT_MOST else now
        day, error = day_to_rehearse(self.request.GET.get("tag", ""), soon)
        term = rotation.term_on(day)
        beginning = reverse("rehearsed_home", args=[day.isoformat()])
        return super().get_context_data(**kwargs) | {
            "day": day,
            "error": error,
            "first": now,
            "last": now + AHEAD_AT_MOST,
            "term": term,
            "pages": [(title, beginning + address.removeprefix("/")) for title, address in pages_to_look_at()],
            "rights": rights_on_day(term, rotation.term_on(now)),
            "media": HandoverComponent().media,
        }


def ask_for_right(request: HttpRequest) -> None:
    """Raise PermissionDenied unless the account may rehearse."""
    if not rehearses(account_of(request), rotation_of(request), today()):
        raise PermissionDenied


@require_safe
@never_cache
def rehearsed_page(request: HttpRequest, day: str, path: str) -> HttpResponseBase:
    """Show the public page at `path` as of `day`; its links lead on in the rehearsal.

    What is no day to rehearse leads to where one is chosen. Raises Http404 for what is no page, PermissionDenied.
    """
    ask_for_right(request)
    found, error = day_to_rehearse(day, today())
    if error:
        return redirect(f"{reverse('rehearsal')}?{urlencode({'tag': day})}")
    match = match_rehearsed(f"/{path}")
    if match is None:
        raise Http404
    beginning = reverse("rehearsed_home", args=[found.isoformat()])
    shown: Any = as_of_reader(request, f"/{path}")
    shown.rehearsed_day = found
    coming = coming_term()
    with as_of(found), spoken_on_page(GERMAN), nothing_stored(found, coming, account_of(request)):
        shown.rotation = ChairTerm.objects.rotation()
        answer: Any = complete(match.func(shown, *match.args, **match.kwargs))
    if "Location" in answer:
        return redirect(leading_on(answer["Location"], beginning))
    html = LEADS_ON.sub(lambda link: link[1] + leading_on(link[2], beginning), answer.content.decode())
    # Another answer, without what the view says of storing its own.
    return HttpResponse(html, answer["Content-Type"], answer.status_code)


def match_rehearsed(address: str) -> ResolverMatch | None:
    """Return the view of a public page; None for what is not rehearsed (files, feeds, forms, the admin)."""
    try:
        match = resolve(unquote(address))
    except Resolver404:
        return None
    return match if match.view_name in REHEARSED else None


def leading_on(target: str, beginning: str) -> str:
    """Return the address within the rehearsal, where `target`, as HTML has it, is a page of it."""
    parts = urlsplit(unescape(target))
    is_page = not parts.netloc and match_rehearsed(parts.path)
    return beginning + target.removeprefix("/") if is_page else target


def as_of_reader(request: HttpRequest, address: str) -> HttpRequest:
    """Return the request as it would be for `address` from somebody without an account."""
    shown = copy(request)
    shown.path = shown.path_info = address
    shown.META = request.META | {"PATH_INFO": address}
    shown.user = AnonymousUser()
    return shown


@contextmanager
def nothing_stored(day: date, coming: Term | None = None, account: User | None = None) -> Iterator[None]:
    """Read as a reader does, at the time of Berlin: nothing is written, nothing kept for others, files are public ones.

    But for what happens by itself until the end of `day`: what the Land of `coming` has prepared, and what is set for a
    moment as far as `account` may know of it. It is in force within, and rolled back. In a transaction what is asked is
    kept for this request alone (intmk/server/kept.py).
    """
    token = private_address.set(None)
    try:
        with timezone.override(timezone.get_default_timezone()), transaction.atomic():
            with connection.cursor() as cursor:
                cursor.execute("SET LOCAL lock_timeout = '2s'")  # whoever saves something goes first
            if coming and coming.start <= day:
                put_prepared_in_force(coming)
            if account:
                carry_out_until(day, account)
            with connection.cursor() as cursor:
                cursor.execute("SET TRANSACTION READ ONLY")
            yield
            transaction.set_rollback(True)
    finally:
        private_address.reset(token)


def rehearsal_admin_urls() -> list:
    """Hook: return the addresses below /admin/; Wagtail asks each for a signed-in account."""
    return [
        path("probe/", reads(("tag",))(RehearsalView.as_view()), name="rehearsal"),
        path("probe/<str:day>/", rehearsed_page, {"path": ""}, name="rehearsed_home"),
        path("probe/<str:day>/<path:path>", rehearsed_page, name="rehearsed_page"),
    ]
