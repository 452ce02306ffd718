"""/barriere-melden/: the form for readers, and the receipt. No cookie, no session, no script."""

from django.db import connection, transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_safe

from conferences.models.chair import term_today
from conferences.terms.publisher import Duty, facts, land_of
from intmk.accessibility import rate_limit
from intmk.accessibility.forms import BarrierForm
from intmk.accessibility.models import LONGEST_PAGE, MONTHS_OF_PERSONAL_DATA, BarrierMail, BarrierReport, local_path
from intmk.accessibility.rate_limit import FormToken, new_token, read_token
from intmk.base.site import site_of
from intmk.base.view_pages import VIEWS, ViewPage, full_url
from intmk.server.asked_keys import reads
from intmk.server.security_headers import was_sent_from_here

TITLE = VIEWS["barrier_report"].heading
LOCK = 0x42415252  # "BARR": one message after the other, so that counting is exact
LARGEST = 200_000  # bytes of a request; the longest text that is allowed has a quarter of it
TOO_LARGE = "Die Meldung war zu umfangreich und konnte nicht gelesen werden. Bitte kürzen Sie sie."
ALREADY_SENT = (
    "Aus diesem Formular ist schon eine Meldung eingegangen, Eingangsnummer {receipt}. Was Sie seitdem geändert haben, "
    "ist noch nicht gesendet. Wenn Sie unten auf „Meldung senden“ drücken, geht es als weitere Meldung ein."
)


@never_cache  # with no-store: it holds a token or what somebody typed
# Django's own protection needs a cookie; what stands in its place is in rate_limit.py.
@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
@reads(("seite",))
def barrier_report(request: HttpRequest) -> HttpResponse:
    """Show the form, with the page of `?seite=` filled in, or take a message and lead to its receipt."""
    hosts = hosts_of(request)
    if request.method != "POST":
        page = local_path(request.GET.get("seite", "").replace("\x00", ""), set(hosts))[:LONGEST_PAGE]
        return form_response(request, BarrierForm(hosts=hosts, initial={"page": page}), new_token())
    if too_large(request):
        return form_response(request, BarrierForm(hosts=hosts), new_token(), TOO_LARGE, 413)
    form = BarrierForm(request.POST, hosts)
    value = request.POST.get("token", "")
    token = read_token(value)
    if not was_sent_from_here(request):
        return form_response(request, form, new_token(), rate_limit.FOREIGN, 403)
    if not form.is_valid():
        # The same token, so that who corrects a field quickly is not taken for a program.
        return form_response(request, form, value if token.nonce and not token.problem else new_token(), status=422)
    return take(request, form, token)


def take(request: HttpRequest, form: BarrierForm, token: FormToken) -> HttpResponse:
    """Store what is in order and lead to its receipt, or return the form with the reason why not."""
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [LOCK])
        stored = BarrierReport.objects.filter(nonce=token.nonce).first() if token.nonce else None
        if stored:
            if any(getattr(stored, name) != value for name, value in form.cleaned_data.items()):
                return form_response(request, form, new_token(), ALREADY_SENT.format(receipt=stored.receipt), 409)
            return see_receipt(stored)
        if token.problem:
            return form_response(request, form, new_token(), token.problem, 422)
        value = request.POST["token"]
        if refusal := rate_limit.count(request, value):
            # The same token, where the time that the form has been open counts.
            shown = value if refusal.keeps_form else new_token()
            response = form_response(request, form, shown, refusal.sentence, 429)
            response["Retry-After"] = str(int(refusal.wait.total_seconds()))
            return response
        report = BarrierReport(nonce=token.nonce, **form.cleaned_data)
        report.begin()
        report.save()
        BarrierMail.objects.create(report=report, to=BarrierMail.To.SECRETARIAT)
        if report.email:
            BarrierMail.objects.create(report=report, to=BarrierMail.To.REPORTER)
    return see_receipt(report)


def see_receipt(report: BarrierReport) -> HttpResponse:
    """Return the redirect after which a reload sends nothing."""
    response = redirect(report)
    response.status_code = 303
    return response


def form_response(
    request: HttpRequest, form: BarrierForm, token: str, problem: str = "", status: int = 200
) -> HttpResponse:
    """Return the form with what was typed and `token`.

    Context: page, form, token, problem (German, or ""); term, land and duty_facts, which name the other ways.
    """
    page = ViewPage(
        title=TITLE,
        full_url=full_url(request, reverse("barrier_report")),
        description="Melden Sie der Geschäftsstelle der Integrationsministerkonferenz, was auf dieser Website nicht "
        "zugänglich ist. Ein Name ist dafür nicht nötig.",
    )
    context = {"page": page, "form": form, "token": token, "problem": problem, "months": MONTHS_OF_PERSONAL_DATA}
    return render(request, "intmk/accessibility/barrier_report.html", context | other_ways(request), status=status)


def other_ways(request: HttpRequest) -> dict:
    """Return what `includes/duty.html` shows: where the Land in the chair can be reached."""
    term = term_today(request)
    land = land_of(term)
    return {"term": term, "land": land, "duty_facts": facts(Duty.CONTACT, land)}


@never_cache
@require_safe
def barrier_receipt(request: HttpRequest, receipt: str) -> HttpResponse:
    """Show number, term and stand of a report, nothing else of it; Http404 for a number that there is none of.

    Context: page, report; term, land and duty_facts.
    """
    report = BarrierReport.objects.filter(receipt=receipt.upper()).first()
    if report is None:
        raise Http404
    page = ViewPage(
        title=f"Meldung {report.receipt}",
        full_url=full_url(request, report.get_absolute_url()),
        trail=[(TITLE, reverse("barrier_report"))],
    )
    context = {"page": page, "report": report}
    return render(request, "intmk/accessibility/barrier_receipt.html", context | other_ways(request))


def too_large(request: HttpRequest) -> bool:
    """Say whether the body is larger than any message, before it is read."""
    try:
        return int(request.headers.get("Content-Length") or 0) > LARGEST
    except ValueError:
        return True


def hosts_of(request: HttpRequest) -> frozenset[str]:
    """Return the names under which this site is reached, in small letters, with their ports."""
    site = site_of(request)
    public = site.root_url.partition("://")[2] if site else ""
    return frozenset({request.get_host().lower(), public.lower()} - {""})
