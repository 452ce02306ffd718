"""The content security policy, strict for readers, as loose as Wagtail needs it for editors; and whence a form came."""

from urllib.parse import urlsplit

from csp.constants import NONE, SELF, UNSAFE_INLINE
from csp.middleware import CSPMiddleware, PolicyParts
from django.http import HttpRequest, HttpResponseBase

# Wagtail's admin has inline scripts and styles; blob: and data: are its image previews and editor icons.
ADMIN_DIRECTIVES = {
    "default-src": [NONE],
    "script-src": [SELF, UNSAFE_INLINE],
    "style-src": [SELF, UNSAFE_INLINE],
    "img-src": [SELF, "blob:", "data:"],
    "media-src": [SELF],
    "font-src": [SELF, "data:"],
    "connect-src": [SELF],
    "frame-src": [SELF],
    "form-action": [SELF],
    "base-uri": [NONE],
    "frame-ancestors": [SELF],
}


class ContentSecurityPolicyMiddleware(CSPMiddleware):
    """Send the policy of the settings; below /admin/, and for the preview that is shown in there, the looser one."""

    def get_policy_parts(
        self, request: HttpRequest, response: HttpResponseBase, report_only: bool = False
    ) -> PolicyParts:
        parts = super().get_policy_parts(request, response, report_only)
        in_preview = getattr(request, "is_preview", False) and not hasattr(request, "preview_link")
        if (request.path_info.startswith("/admin/") or in_preview) and not report_only:
            parts.replace = ADMIN_DIRECTIVES
        return parts


def was_sent_from_here(request: HttpRequest) -> bool:
    """Say whether the browser sent the form from this site, or does not say from where.

    Origin decides, then Referer, then Sec-Fetch-Site. "null" is what a browser says that hides it.
    """
    own = f"{request.scheme}://{request.get_host()}"
    origin = request.headers.get("Origin", "")
    if origin and origin != "null":
        return origin == own
    if referrer := request.headers.get("Referer", ""):
        try:
            parts = urlsplit(referrer)
        except ValueError:
            return False
        return f"{parts.scheme}://{parts.netloc}" == own
    return request.headers.get("Sec-Fetch-Site", "same-origin") in ("same-origin", "none")
