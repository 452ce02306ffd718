"""What tests of the admin share: the words of an answer, and what the browser sends."""

from bs4 import BeautifulSoup
from django.urls import reverse
from wagtail.models import Page
from wagtail.test.utils.form_data import inline_formset, nested_form_data, streamfield

from conferences.models import ConferencePage


def text_of(response) -> str:
    return " ".join(BeautifulSoup(response.content, "html.parser").get_text(" ").split())


def conference_form(page: ConferencePage, **changes) -> dict:
    """What the browser sends when the editor of a conference is saved."""
    empty = {
        name: inline_formset([]) for name in ("guests", "meetings", "photos", "press_releases", "documents", "comments")
    }
    data = {
        "title": page.title,
        "kind": page.kind,
        "number": page.number or "",
        "status": page.status,
        "format": page.format,
        "first_day": page.first_day or "",
        "last_day": page.last_day or "",
        "date_certainty": page.date_certainty,
        "place": page.place,
        "venue": page.venue,
        "host_land": page.host_land_id or "",
        "chair_term": page.chair_term_id or "",
        "motto": page.motto,
        "introduction": page.introduction,
        "source": page.source,
        "body": streamfield([]),
        "programme": streamfield([]),
        "service": streamfield([]),
    }
    return nested_form_data(data | empty | changes)


def edit_url(page: Page) -> str:
    return reverse("wagtailadmin_pages:edit", args=[page.pk])
