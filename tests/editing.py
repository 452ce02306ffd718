"""What tests of the admin share: the words of an answer, and what the browser sends."""

from bs4 import BeautifulSoup
from django.urls import reverse
from wagtail.models import Page
from wagtail.test.utils.form_data import inline_formset, nested_form_data, streamfield

from conferences.chair_rights import settle_chair
from conferences.models import ChairTerm, ConferencePage
from conferences.models.chair import today
from intmk.users.models import User


def soup_of(response) -> BeautifulSoup:
    """The page without the places where an address may break, which would be spaces in its text."""
    return BeautifulSoup(response.content.replace(b"<wbr>", b""), "html.parser")


def text_of(response) -> str:
    return " ".join(soup_of(response).get_text(" ").split())


def breakable(text: str) -> str:
    """The text with plain spaces, for comparing: our dates have no-break spaces."""
    return text.replace("\u00a0", " ")


def conference_form(page: ConferencePage, **changes) -> dict:
    """What the browser sends when the editor of a conference is saved."""
    empty = {
        name: inline_formset([])
        for name in ("guests", "meetings", "photos", "press_releases", "documents", "comments", "agenda_gaps")
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


def give_chair(account: User) -> None:
    """Let the account work for the Land that chairs today; that is what gives it the right to publish."""
    account.land_code = ChairTerm.objects.rotation().chair_on(today())
    account.save()
    settle_chair()


def take_chair(account: User) -> None:
    """Let the account work for the Land that chaired before."""
    rotation = ChairTerm.objects.rotation()
    account.land_code = rotation.term_before(rotation.term_on(today())).land_code
    account.save()
    settle_chair()
