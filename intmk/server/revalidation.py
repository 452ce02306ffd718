"""Who may keep an answer, and for how long; and that who has a file is not sent it again."""

from django.conf import settings
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.middleware.http import ConditionalGetMiddleware
from django.utils.cache import patch_cache_control

# Readers ask each time, proxies once a second. Without "stale-if-error": to nginx 404 is an error, too, and who takes
# a page back would see it for as long. What it sends when the site is down stands in deploy/nginx.conf.
PUBLIC = "public, max-age=0, s-maxage=1"
STORABLE = {200, 301, 303, 404, 410}
TEXT = (
    "text/",
    "application/json",
    "application/feed+json",
    "application/atom+xml",
    "application/xml",
    "application/opensearchdescription+xml",
    "image/svg+xml",
)


def is_text(content_type: str) -> bool:
    """Say whether it pays to compress what has this content type."""
    return content_type.startswith(TEXT)


class RevalidationMiddleware(ConditionalGetMiddleware):
    """Says what is the same for all readers: that the page cache stores, compresses and revalidates.

    Not for some time: a correction, the moment of an embargo and the changeover of the chair are to be seen at once.
    """

    def process_response(self, request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
        """Say who may keep it, where nobody else has said so; answer 304 to who has a file or an editor's page."""
        if request.method in ("GET", "HEAD") and "Cache-Control" not in response:
            is_personal = settings.SESSION_COOKIE_NAME in request.COOKIES or response.cookies or is_editors(request)
            if not is_personal and not response.streaming and response.status_code in STORABLE:
                response["Cache-Control"] = PUBLIC
            elif response.status_code == 200:
                patch_cache_control(response, no_cache=True, **{"private" if is_personal else "public": True})
        return super().process_response(request, response)

    def needs_etag(self, response: HttpResponseBase) -> bool:
        """Say whether Django makes an ETag; to public answers the page cache gives one."""
        return not is_for_all_readers(response) and super().needs_etag(response)


def is_editors(request: HttpRequest) -> bool:
    """Say whether it was asked for by somebody who writes, or is shown a draft."""
    return request.path.startswith("/admin/") or getattr(request, "is_preview", False)


def is_for_all_readers(response: HttpResponseBase) -> bool:
    """Say whether the answer is the same for all readers."""
    return response.get("Cache-Control") == PUBLIC
