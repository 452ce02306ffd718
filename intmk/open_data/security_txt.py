"""/.well-known/security.txt (RFC 9116): where to report a hole, valid as long as the Land that says so chairs."""

from datetime import datetime, time, timedelta

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.http import require_safe

from conferences.models.chair import term_today
from conferences.terms.publisher import land_of
from intmk.base.view_pages import full_url
from intmk.language.day import today

ADDRESS = "/.well-known/security.txt"
LONGEST = timedelta(days=364)  # the RFC recommends less than a year


@require_safe
def security_txt(request: HttpRequest) -> HttpResponse:
    """Name the chair's address for it, else that of the secretariat, else the page Kontakt."""
    term = term_today(request)
    land = land_of(term)
    email = (land.security_email or land.secretariat_email) if land else ""
    last_day = min(term.end, today() + LONGEST) if term else today() + LONGEST
    expires = datetime.combine(last_day, time(23, 59, 59), timezone.get_default_timezone())
    lines = [
        f"Contact: {f'mailto:{email}' if email else full_url(request, '/kontakt/')}",
        f"Expires: {expires.isoformat()}",
        "Preferred-Languages: de, en",
        f"Canonical: {full_url(request, ADDRESS)}",
    ]
    return HttpResponse("\n".join(lines) + "\n", content_type="text/plain; charset=utf-8")
