"""Whoever has a page asks whether it is still the same, and gets it again only if it is not."""

from django.conf import settings
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.middleware.http import ConditionalGetMiddleware
from django.utils.cache import patch_cache_control


class RevalidationMiddleware(ConditionalGetMiddleware):
    """Django's, and the word to browsers and proxies that they may keep an answer but have to ask each time.

    Not for some time: a correction, the moment of an embargo and the changeover of the chair are to be seen at once.
    """

    def process_response(self, request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
        """Say who may keep it, where nobody else has said so, and answer 304 to who has it already."""
        if request.method in ("GET", "HEAD") and response.status_code == 200 and "Cache-Control" not in response:
            is_signed_in = settings.SESSION_COOKIE_NAME in request.COOKIES or response.cookies
            patch_cache_control(response, no_cache=True, **{"private" if is_signed_in else "public": True})
        return super().process_response(request, response)
