"""The content security policy: strict for readers, as loose as Wagtail needs it for editors (design §6.7)."""

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
        in_admin = request.path_info.startswith("/admin/") or getattr(request, "is_preview", False)
        if in_admin and not report_only:
            parts.replace = ADMIN_DIRECTIVES
        return parts
