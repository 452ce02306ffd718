"""A form that is sent after the chair has passed: refused with a clear message, and the text is kept.

Pages become drafts, as proposals do. All else has no drafts (terms, contacts, redirects, settings, pictures): there the
fields are kept as they were sent, for the account that sent them and for whoever may act now.
"""

import json
from datetime import timedelta
from typing import cast

from django.contrib.messages import get_messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.html import format_html
from wagtail.admin import messages
from wagtail.models import Page

from conferences.models import KeptForm
from conferences.models.chair import rotation_of, today
from conferences.rotation import Term
from intmk.uncertain_dates import german_day
from intmk.users.models import CHAIR, LAND_NAMES, User

# How long an open form may have waited on a screen.
REMEMBERED = timedelta(days=31)
LONGEST_VALUE = 100_000
# What the browser sends beside the text: the form's own bookkeeping, and what must not be kept.
BOOKKEEPING = (
    "csrfmiddlewaretoken",
    "next",
    "action-",
    "comments-",
    "overwrite_revision",
    "loaded_revision",
    "password",
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


def may_act(user: User) -> bool:
    """Say whether the account acts for the chair or administers the site."""
    return user.is_superuser or user.groups.filter(name=CHAIR).exists()


def ended_term(request: HttpRequest) -> Term | None:
    """Return the term of the account's Land that ended so lately that a form can still be open; None without one."""
    user, day = request.user, today()
    if not user.is_authenticated or user.is_superuser or not user.land_code:
        return None
    rotation = rotation_of(request)
    if rotation.chair_on(day) == user.land_code:
        return None
    lately = rotation.terms_between(day - REMEMBERED, day)
    return next((term for term in lately if term.land_code == user.land_code), None)


def was_refused(request: HttpRequest, response: HttpResponse) -> bool:
    """Say whether Wagtail has refused what a former chair has just sent: status 403, or the dashboard with an error."""
    if not request.path_info.startswith("/admin/") or wants_json(request):
        return False
    sent_home = response.status_code == 302 and response["Location"] == reverse("wagtailadmin_home")
    refused = response.status_code == 403 or (sent_home and getattr(get_messages(request), "added_new", False))
    return refused and ended_term(request) is not None


def wants_json(request: HttpRequest) -> bool:
    """Say whether the editor saves by itself in the background: there the text is still on the screen."""
    return "application/json" in request.headers.get("Accept", "")


def keep(request: HttpRequest) -> None:
    """Store the text of the form and tell the editor where it is; the same text is stored once."""
    fields = readable(request)
    if not fields:
        return
    kept, _ = KeptForm.objects.get_or_create(account=request.user, address=request.path_info[:300], fields=fields)
    messages.error(
        request,
        format_html("{} Ihre Eingabe wurde nicht übernommen, aber aufgehoben.", why(request)),
        buttons=[messages.button(reverse("kept_form", args=[kept.pk]), "Eingabe ansehen")],
    )


def why(request: HttpRequest) -> str:
    """Return a German sentence that says why the account may not do this any more, or not at all."""
    term = rotation_of(request).term_on(today())
    chairs = term.land_name if term else "kein Land"
    ended = ended_term(request)
    if ended and term:
        since = f"seit dem {german_day(term.start)}, 0:00 Uhr"
        return f"{ended.land_name} hat den Vorsitz {since}, nicht mehr: Er liegt jetzt bei {chairs}."
    return f"Das darf nur die Redaktion des Landes im Vorsitz ({chairs})."


def readable(request: HttpRequest) -> list[list[str]]:
    """Return [name, text] of all fields of the form that hold a text; rich text without its coding."""
    found = []
    for name, values in request.POST.lists():
        if name.startswith(BOOKKEEPING) or name.endswith(COUNTERS):
            continue
        text = "\n".join(plain(value) for value in values if value.strip()).replace("\x00", "")
        if text.strip():
            found.append([name[:200], text[:LONGEST_VALUE]])
    return found


def plain(value: str) -> str:
    """Return the text of what Wagtail's editor for rich text sends, anything else as it is."""
    try:
        blocks = json.loads(value)["blocks"]
        return "\n".join(str(block["text"]) for block in blocks)
    except (ValueError, TypeError, KeyError):
        return value


def before_edit_page(request: HttpRequest, page: Page) -> None:
    """Keep what is sent to a page that is locked for the account: Wagtail shows it again, but stores nothing."""
    if request.method != "POST" or wants_json(request):
        return
    if "action-workflow-action" in request.POST and page.current_workflow_task is None:
        # Somebody else has approved it meanwhile. Wagtail asks the task without looking whether there is one.
        sent = request.POST.copy()
        del sent["action-workflow-action"]
        request.POST = sent  # type: ignore[assignment]
        messages.warning(request, "Über diese Seite ist inzwischen entschieden. Ihr Text ist als Entwurf gespeichert.")
    lock = page.get_lock()
    if lock and lock.for_user(request.user) and "action-cancel-workflow" not in request.POST:
        keep(request)


def after_saving_page(request: HttpRequest, page: Page) -> HttpResponse | None:
    """Say clearly that a page was not published because the right to it has ended; Wagtail saves a draft silently."""
    if "action-publish" not in request.POST or wants_json(request):
        return None
    if page.permissions_for_user(request.user).can_publish():
        return None
    edit = reverse("wagtailadmin_pages:edit", args=[page.pk])
    messages.error(
        request,
        f"Nicht veröffentlicht. {why(request)} Ihr Text ist als Entwurf gespeichert; mit „In Freigabe durch den "
        "Vorsitz einreichen“ schlagen Sie ihn dem Vorsitz vor.",
    )
    return redirect(edit)


def visible_to(user: User):
    """Return the kept forms that the account may read: its own, and all for whoever may act."""
    forms = KeptForm.objects.select_related("account")
    return forms if may_act(user) else forms.filter(account=user)


def index(request: HttpRequest) -> HttpResponse:
    """Show the list of the kept forms, the latest first."""
    forms = visible_to(cast(User, request.user))[:200]
    return render(request, "conferences/kept_forms.html", {"forms": forms, "laender": LAND_NAMES})


def detail(request: HttpRequest, pk: int) -> HttpResponse:
    """Show one kept form; a POST removes it. 404 for what the account may not read."""
    form = get_object_or_404(visible_to(cast(User, request.user)), pk=pk)
    if request.method == "POST":
        form.delete()
        messages.success(request, "Die aufgehobene Eingabe wurde entfernt.")
        return redirect("kept_forms")
    return render(request, "conferences/kept_form.html", {"form": form})
