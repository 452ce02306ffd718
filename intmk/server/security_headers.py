"""The content security policy, strict for readers, as loose as Wagtail needs it for editors; and whence a form came.

Also what no page here asks of a browser, and that other sites may not draw our answers into theirs.
"""

from collections.abc import Callable
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
# Only names that browsers know: they complain of others. Used are copying, full screen for videos and pages, passkeys.
DENIED = (
    "accelerometer", "camera", "display-capture", "geolocation", "gyroscope", "hid", "idle-detection",
    "local-fonts", "magnetometer", "microphone", "midi", "payment", "screen-wake-lock", "serial", "usb",
    "xr-spatial-tracking",
)  # fmt: skip
OWN_ONLY = ("clipboard-write", "fullscreen", "publickey-credentials-create", "publickey-credentials-get")
PERMISSIONS_POLICY = ", ".join([*(f"{name}=()" for name in DENIED), *(f"{name}=(self)" for name in OWN_ONLY)])
RESOURCE_POLICY = "Cross-Origin-Resource-Policy"
AS_IT_SAYS = ("X-Content-Type-Options", "nosniff")


class BrowserPolicyMiddleware:
    """Says on every answer what a browser may do with it, and does not say which program it comes from.

    What is meant for other sites (the API, pictures for sharing) says so itself.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self.get_response(request)
        if response.get("Content-Type", "").startswith("text/html"):  # it holds for pages, and half a kilobyte is much
            response.headers.setdefault("Permissions-Policy", PERMISSIONS_POLICY)
        response.headers.setdefault(RESOURCE_POLICY, "same-origin")
        response.headers.setdefault(*AS_IT_SAYS)  # also to what is answered before SecurityMiddleware
        response.headers.setdefault("Server", "")  # otherwise the web server puts its name there
        return response


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
