"""What tests of the admin share: the words of an answer, and what the browser sends."""

from bs4 import BeautifulSoup
from django.test import Client
from django.urls import reverse
from wagtail.models import Page
from wagtail.test.utils.form_data import inline_formset, nested_form_data, streamfield

from conferences.models import ChairTerm, ConferencePage
from conferences.terms.rights import update_publishing_rights
from intmk.base.drafts import is_for_proposals
from intmk.benchmark.sent_forms import drawn_form, fields_of
from intmk.language.day import today
from intmk.proposals.editing import page_for_form
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


def fields_at(client: Client, address: str) -> dict[str, object]:
    """Return what a browser without script would send from the form at `address`, with the values it shows."""
    page = BeautifulSoup(client.get(address).content, "html.parser")
    return fields_of(
        next(each for each in page.find_all("form") if each.find("input", {"name": "csrfmiddlewaretoken"}))
    )


def page_form(client: Client, page: Page) -> dict[str, object]:
    """Return the same for the editor of any page; its streams, which script makes, are sent empty.

    Drawn are the fields only: the whole page of the editor around them takes five times as long
    (test_drafts_of_others asks whether it sends the same).
    """
    account = User.objects.get(pk=client.session["_auth_user_id"])
    record = Page.objects.get(pk=page.pk)
    if is_for_proposals(account, record):
        proposal, shown = page_for_form(record, account)
        loaded = {
            "loaded_revision_id": str(shown.latest_revision_id),
            "loaded_revision_created_at": str(proposal.version),
        }
        return drawn_form(shown, record.get_parent(), account) | loaded
    shown = record.get_latest_revision_as_object()
    data = drawn_form(shown, record.get_parent(), account)
    if revision := record.latest_revision:
        data |= {"loaded_revision_id": str(revision.pk), "loaded_revision_created_at": revision.created_at.isoformat()}
    return data


def new_page_form(client: Client, model: type[Page], parent: Page) -> dict[str, object]:
    """Return the same for the editor of a page that is to be added below `parent`."""
    account = User.objects.get(pk=client.session["_auth_user_id"])
    return drawn_form(model(owner=account, locale=parent.locale), parent, account)


def edit_url(page: Page) -> str:
    return reverse("wagtailadmin_pages:edit", args=[page.pk])


def give_chair(account: User) -> None:
    """Let the account work for the Land that chairs today; that is what gives it the right to publish."""
    account.land_code = ChairTerm.objects.rotation().chair_on(today())
    account.save()
    update_publishing_rights()


def take_chair(account: User) -> None:
    """Let the account work for the Land that chaired before."""
    rotation = ChairTerm.objects.rotation()
    account.land_code = rotation.term_before(rotation.term_on(today())).land_code
    account.save()
    update_publishing_rights()
