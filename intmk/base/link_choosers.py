"""The dialogs in which the editor of rich text asks for a link: they take the target, and say what is none.

And the address that reads what is pasted, before it stands in the text with links that lead through somebody else.
"""

from typing import Any

from django.http import HttpRequest, JsonResponse
from django.urls import path
from django.views.decorators.http import require_POST
from wagtail.admin.auth import require_admin_access
from wagtail.admin.forms import choosers
from wagtail.admin.views import chooser
from wagtail.utils.urlpatterns import decorate_urlpatterns

from intmk.language.link_fields import MailFormField, PhoneFormField, valid_link
from intmk.language.links import with_clean_link, with_clean_links

LONGEST_PASTED = 1_000_000


class LinkOrPathField(choosers.URLOrAbsolutePathField):
    """An address of the web or of this site."""

    def to_python(self, value: Any) -> str:
        return super().to_python(valid_link(value or ""))


class ExternalLinkForm(choosers.ExternalLinkChooserForm):
    """Wagtail's, with the target of a wrapped link."""

    url = LinkOrPathField(label="URL")


class EmailLinkForm(choosers.EmailLinkChooserForm):
    """Wagtail's, with the address alone."""

    email_address = MailFormField()


class PhoneLinkForm(choosers.PhoneLinkChooserForm):
    """Wagtail's, with the number that is dialled."""

    phone_number = PhoneFormField()


class PhoneLinkView(chooser.PhoneLinkView):
    """Wagtail's; the text of a link is the number as it was typed."""

    form_class = PhoneLinkForm

    def get_result_data(self) -> dict[str, Any]:
        typed = self.form["phone_number"].data.strip()
        return super().get_result_data() | {"title": self.form.cleaned_data["link_text"].strip() or typed}


@require_POST
def pasted(request: HttpRequest) -> JsonResponse:
    """Return what was pasted, as HTML and as plain text, with its links cleaned; what is very long as it is."""
    html, text = (request.POST.get(name, "") for name in ("html", "text"))
    if len(html) <= LONGEST_PASTED:
        html = with_clean_links(html)
    return JsonResponse({"html": html, "text": with_clean_link(text)})


# Before Wagtail's of the same addresses.
addresses = decorate_urlpatterns(
    [
        path("choose-external-link/", chooser.ExternalLinkView.as_view(form_class=ExternalLinkForm)),
        path("choose-email-link/", chooser.EmailLinkView.as_view(form_class=EmailLinkForm)),
        path("choose-phone-link/", PhoneLinkView.as_view()),
        path("eingefuegt/", pasted, name="pasted"),
    ],
    require_admin_access,
)
