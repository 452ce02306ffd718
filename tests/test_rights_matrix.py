"""Every right that passes with the chair, asked through the admin: for each kind of account, before and after midnight.

The change is that of 1 October 2017 from Baden-Württemberg to Bayern. Each right is tried for real, by the request that
the admin would send, and counts as granted when the site is different afterwards.
"""

from collections.abc import Callable
from datetime import date, datetime, timedelta
from io import BytesIO
from zoneinfo import ZoneInfo

import pytest
import time_machine
from bs4 import BeautifulSoup
from django.contrib.auth.models import Group
from django.core import mail
from django.core.files.base import ContentFile
from django.core.files.images import ImageFile
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from PIL import Image
from wagtail.contrib.redirects.models import Redirect
from wagtail.log_actions import log
from wagtail.models import Collection, Page, PageViewRestriction, Revision

from conferences.handover.scheduled import all_scheduled
from conferences.models import ChairTerm, ConferencePage, Land, Theme
from conferences.terms.rights import update_publishing_rights
from intmk.accessibility.models import BarrierReport
from intmk.base.glossary import GlossaryTerm
from intmk.base.site_notice import SiteNotice
from intmk.media.documents.models import SiteDocument
from intmk.media.images.models import SiteImage
from intmk.pages.models import NewsIndexPage, NewsPage, StandardPage
from intmk.users.models import User
from tests.editing import conference_form, edit_url, fields_at
from tests.pdf_files import EMPTY_PAGE

pytestmark = pytest.mark.django_db
BERLIN = ZoneInfo("Europe/Berlin")
BEFORE = datetime(2017, 9, 30, 23, 59, 59, tzinfo=BERLIN)
AFTER = datetime(2017, 10, 1, 0, 0, 0, tzinfo=BERLIN)
LAENDER = {
    "DE-BW": "Vorsitz bis Mitternacht, danach früherer",
    "DE-BY": "kommender Vorsitz, nach Mitternacht Vorsitz",
    "DE-TH": "früherer Vorsitz",
    "DE-BE": "kommender Vorsitz",
    "DE-SL": "nie in der Nähe des Vorsitzes",
}


# The forms of one right by their addresses: each browser finds the untouched site, and no number is given twice.
FORMS: dict[str, dict[str, object]] = {}


def form_at(address: str, **changes) -> dict[str, object]:
    """What a browser would send from the form at `address`, as an administrator sees it, with `changes`."""
    data = FORMS[address] = FORMS.get(address) or read_form(address)
    assert set(changes) <= set(data), f"Das Formular hat keine Felder {set(changes) - set(data)}"
    return data | changes


def read_form(address: str) -> dict[str, object]:
    """Return the fields that the form at `address` has for an administrator, with their values."""
    admin = Client(HTTP_HOST="localhost")
    admin.force_login(User.objects.get(username="admin-test"))
    return fields_at(admin, address)


def twelfth() -> ConferencePage:
    return ConferencePage.objects.get(number=12)


def news(**fields) -> NewsPage:
    return NewsIndexPage.objects.get().add_child(instance=NewsPage(title="Meldung", slug="meldung-matrix", **fields))


def tiny_picture(colour: str = "navy") -> bytes:
    """A PNG that is quickly cleaned and shown: each right is tried seven times."""
    out = BytesIO()
    Image.new("RGB", (40, 30), colour).save(out, "PNG")
    return out.getvalue()


def root() -> Collection:
    """The collection of what readers see."""
    return Collection.get_first_root_node()


def picture() -> SiteImage:
    return SiteImage.objects.create(
        title="Gruppenbild",
        file=ImageFile(BytesIO(tiny_picture()), name="matrix.png"),
        description="Ein einfarbiges Rechteck.",
        credit="Test",
        collection=root(),
    )


def document() -> SiteDocument:
    return SiteDocument.objects.create(
        title="Papier", file=ContentFile(b"%PDF-1.7 ", name="matrix.pdf"), collection=root()
    )


def submitted() -> ConferencePage:
    """The twelfth conference with a proposal that awaits approval."""
    page = twelfth()
    page.motto = "Vorgeschlagen"
    page.save_revision()
    page.get_workflow().start(page, User.objects.get(username="DE-SL"))
    return page


def publish_a_page(client: Client) -> bool:
    page = twelfth()
    client.post(edit_url(page), conference_form(page, motto="Neu") | {"action-publish": "1"})
    return twelfth().motto == "Neu"


def publish_a_new_page(client: Client) -> bool:
    parent = ConferencePage.objects.get(number=12).get_parent()
    address = reverse("wagtailadmin_pages:add", args=["conferences", "conferencepage", parent.pk])
    form = conference_form(
        ConferencePage(title="23. Konferenz", number=23, status="planned", first_day=date(2028, 3, 1))
    )
    client.post(address, form | {"action-publish": "1"})
    return ConferencePage.objects.filter(number=23, live=True).exists()


def publish_several_at_once(client: Client) -> bool:
    page = news(live=False)
    page.save_revision()
    address = reverse("wagtail_bulk_action", args=["wagtailcore", "page", "publish"])
    client.post(f"{address}?id={page.pk}", {"include_descendants": ""})
    return NewsPage.objects.get(pk=page.pk).live


def unpublish_a_page(client: Client) -> bool:
    page = news()
    client.post(reverse("wagtailadmin_pages:unpublish", args=[page.pk]))
    return not NewsPage.objects.get(pk=page.pk).live


def delete_a_public_page(client: Client) -> bool:
    page = news()
    client.post(reverse("wagtailadmin_pages:delete", args=[page.pk]))
    return not NewsPage.objects.filter(pk=page.pk).exists()


def delete_what_was_taken_back(client: Client) -> bool:
    page = news(live=False, first_published_at=timezone.now())
    client.post(reverse("wagtailadmin_pages:delete", args=[page.pk]))
    return not NewsPage.objects.filter(pk=page.pk).exists()


def delete_several_at_once(client: Client) -> bool:
    page = news(live=False, first_published_at=timezone.now())
    client.post(f"{reverse('wagtail_bulk_action', args=['wagtailcore', 'page', 'delete'])}?id={page.pk}")
    return not NewsPage.objects.filter(pk=page.pk).exists()


def move_a_page(client: Client) -> bool:
    former, new = StandardPage.objects.order_by("path")[:2]
    page = former.add_child(instance=StandardPage(title="Wandert", slug="wandert-matrix"))
    client.post(reverse("wagtailadmin_pages:move_confirm", args=[page.pk, new.pk]))
    return Page.objects.get(pk=page.pk).get_parent().pk == new.pk


def reorder_pages(client: Client) -> bool:
    pages = list(twelfth().get_parent().get_children())
    client.post(f"{reverse('wagtailadmin_pages:set_page_position', args=[pages[0].pk])}?position=3")
    return [page.pk for page in twelfth().get_parent().get_children()] != [page.pk for page in pages]


def take_back_a_schedule(client: Client) -> bool:
    page = news(live=False, go_live_at=timezone.now() + timedelta(days=9))
    revision = page.save_revision()
    revision.publish()
    client.post(reverse("wagtailadmin_pages:revisions_unschedule", args=[page.pk, revision.pk]))
    revision.refresh_from_db()
    return revision.approved_go_live_at is None


def lock_a_page(client: Client) -> bool:
    page = twelfth()
    client.post(reverse("wagtailadmin_pages:lock", args=[page.pk]))
    return twelfth().locked


def lift_a_lock_of_another(client: Client) -> bool:
    page = twelfth()
    page.locked, page.locked_by, page.locked_at = True, User.objects.get(username="jemand"), timezone.now()
    page.save()
    client.post(reverse("wagtailadmin_pages:unlock", args=[page.pk]))
    return not twelfth().locked


def lift_a_restriction_of_a_page(client: Client) -> bool:
    page = twelfth()
    PageViewRestriction.objects.create(page=page, restriction_type="login")
    client.post(reverse("wagtailadmin_pages:set_privacy", args=[page.pk]), {"restriction_type": "none"})
    return not PageViewRestriction.objects.filter(page=page).exists()


def change_a_picture(client: Client) -> bool:
    image = picture()
    address = reverse("wagtailimages:edit", args=[image.pk])
    client.post(address, form_at(address, title="Anders"))
    return SiteImage.objects.get(pk=image.pk).title == "Anders"


def add_a_picture_to_what_readers_see(client: Client) -> bool:
    address = reverse("wagtailimages:add")
    form = form_at(address, title="Neues Bild", description="Ein Rechteck.", credit="Test", collection=root().pk)
    client.post(address, form | {"file": SimpleUploadedFile("neu.png", tiny_picture())})
    return SiteImage.objects.filter(title="Neues Bild", collection=root()).exists()


def replace_the_file_of_a_picture(client: Client) -> bool:
    image = picture()
    address = reverse("wagtailimages:edit", args=[image.pk])
    client.post(address, form_at(address) | {"file": SimpleUploadedFile("anders.png", tiny_picture("red"))})
    return SiteImage.objects.get(pk=image.pk).file.name != image.file.name


def delete_a_picture(client: Client) -> bool:
    image = picture()
    client.post(reverse("wagtailimages:delete", args=[image.pk]))
    return not SiteImage.objects.filter(pk=image.pk).exists()


def change_a_document(client: Client) -> bool:
    paper = document()
    address = reverse("wagtaildocs:edit", args=[paper.pk])
    client.post(address, form_at(address, title="Anders"))
    return SiteDocument.objects.get(pk=paper.pk).title == "Anders"


def add_a_document_to_what_readers_see(client: Client) -> bool:
    address = reverse("wagtaildocs:add")
    form = form_at(address, title="Neues Papier", collection=root().pk)
    client.post(address, form | {"file": SimpleUploadedFile("neu.pdf", EMPTY_PAGE)})
    return SiteDocument.objects.filter(title="Neues Papier", collection=root()).exists()


def delete_a_document(client: Client) -> bool:
    paper = document()
    client.post(reverse("wagtaildocs:delete", args=[paper.pk]))
    return not SiteDocument.objects.filter(pk=paper.pk).exists()


def add_a_redirect(client: Client) -> bool:
    address = reverse("wagtailredirects:add")
    client.post(address, form_at(address, old_path="/frueher/", redirect_link="https://example.org/"))
    return Redirect.objects.filter(old_path="/frueher").exists()


def change_a_redirect(client: Client) -> bool:
    redirect = Redirect.objects.create(old_path="/alt", redirect_link="https://example.org/")
    address = reverse("wagtailredirects:edit", args=[redirect.pk])
    client.post(address, form_at(address, redirect_link="https://example.org/anders/"))
    return Redirect.objects.get(pk=redirect.pk).redirect_link == "https://example.org/anders/"


def delete_a_redirect(client: Client) -> bool:
    redirect = Redirect.objects.create(old_path="/weg", redirect_link="https://example.org/")
    client.post(reverse("wagtailredirects:delete", args=[redirect.pk]))
    return not Redirect.objects.filter(pk=redirect.pk).exists()


def change_a_setting(client: Client) -> bool:
    address = reverse("wagtailsettings:edit", args=["intmk", "sitenotice"])
    admin = Client(HTTP_HOST="localhost")
    admin.force_login(User.objects.get(username="admin-test"))
    address = admin.get(address, follow=True).request["PATH_INFO"]
    client.post(address, form_at(address, text="Ein Hinweis"))
    return SiteNotice.objects.filter(text="Ein Hinweis").exists()


def change_the_contact_of_a_land(client: Client) -> bool:
    land = Land.objects.get(code="DE-BW")
    address = reverse(land.snippet_viewset.get_url_name("edit"), args=[land.pk])
    client.post(address, form_at(address, ministry="Neues Ministerium"))
    return Land.objects.filter(ministry="Neues Ministerium").exists()


def enter_a_person_in_the_chair(client: Client) -> bool:
    term = ChairTerm.objects.get(land__code="DE-RP", start__year=2010)
    address = reverse(term.snippet_viewset.get_url_name("edit"), args=[term.pk])
    client.post(address, form_at(address, note="Neue Anmerkung"))
    return ChairTerm.objects.filter(note="Neue Anmerkung").exists()


def add_a_theme(client: Client) -> bool:
    address = reverse(Theme.snippet_viewset.get_url_name("add"))
    client.post(address, form_at(address, name="Neues Feld", slug="neues-feld"))
    return Theme.objects.filter(slug="neues-feld").exists()


def delete_a_theme(client: Client) -> bool:
    theme = Theme.objects.create(name="Feld", slug="feld-matrix")
    client.post(reverse(Theme.snippet_viewset.get_url_name("delete"), args=[theme.pk]))
    return not Theme.objects.filter(pk=theme.pk).exists()


def delete_several_themes_at_once(client: Client) -> bool:
    themes = [Theme.objects.create(name=f"Feld {number}", slug=f"feld-{number}") for number in (1, 2)]
    address = reverse("wagtail_bulk_action", args=["conferences", "theme", "delete"])
    client.post(f"{address}?{'&'.join(f'id={theme.pk}' for theme in themes)}")
    return not Theme.objects.filter(slug__in=["feld-1", "feld-2"]).exists()


def add_a_term_of_the_glossary(client: Client) -> bool:
    address = reverse(GlossaryTerm.snippet_viewset.get_url_name("add"))
    client.post(address, form_at(address, term="Prüfwort", slug="pruefwort", short="Ein Wort.", explanation="null"))
    return GlossaryTerm.objects.filter(slug="pruefwort").exists()


def change_a_term_of_the_glossary(client: Client) -> bool:
    term = GlossaryTerm.objects.get(slug="top")
    address = reverse(GlossaryTerm.snippet_viewset.get_url_name("edit"), args=[term.pk])
    client.post(address, form_at(address, short="Anders."))
    return GlossaryTerm.objects.get(slug="top").short == "Anders."


def delete_a_term_of_the_glossary(client: Client) -> bool:
    term = GlossaryTerm.objects.get(slug="top")
    client.post(reverse(GlossaryTerm.snippet_viewset.get_url_name("delete"), args=[term.pk]))
    return not GlossaryTerm.objects.filter(slug="top").exists()


def scheduled_by(code: str, moment: datetime) -> Revision:
    """A page that the account of a Land has set, at a time when it could, to go live at `moment`."""
    account = User.objects.get(username=code)
    with time_machine.travel(min(moment, timezone.now()) - timedelta(days=1), tick=False):
        page = news(live=False, go_live_at=moment)
        revision = page.save_revision(user=account)
        revision.publish(user=account, skip_permission_checks=True)
    return revision


def press(client: Client, action: str) -> None:
    """Send what a button on the page of the handover sends, as an administrator finds it there."""
    admin = Client(HTTP_HOST="localhost")
    admin.force_login(User.objects.get(username="admin-test"))
    page = BeautifulSoup(admin.get(reverse("handover")).content, "html.parser")
    form = page.find("form", action=reverse(action))
    client.post(reverse(action), {field["name"]: field["value"] for field in form.find_all("input")})


def confirm_what_is_overdue(client: Client) -> bool:
    revision = scheduled_by("DE-TH", timezone.now() - timedelta(hours=1))
    press(client, "handover_confirm")
    return NewsPage.objects.get(pk=revision.object_id).live


def take_back_what_waits(client: Client) -> bool:
    revision = scheduled_by("DE-TH", timezone.now() + timedelta(days=9))
    admin = Client(HTTP_HOST="localhost")
    admin.force_login(User.objects.get(username="admin-test"))
    address = reverse("wagtailadmin_pages:revisions_unschedule", args=[revision.object_id, revision.pk])
    assert address in admin.get(reverse("handover")).content.decode()
    client.post(address)
    revision.refresh_from_db()
    return revision.approved_go_live_at is None


def keep_what_was_to_be_taken_back(client: Client) -> bool:
    page = news(expire_at=timezone.now() + timedelta(days=9))
    log(page, "wagtail.publish", user=User.objects.get(username="DE-TH"))
    press(client, "handover_keep")
    return NewsPage.objects.get(pk=page.pk).expire_at is None


def approve_a_proposal(client: Client) -> bool:
    page = submitted()
    task = page.current_workflow_task_state
    client.post(reverse("wagtailadmin_pages:workflow_action", args=[page.pk, "approve", task.pk]))
    return twelfth().motto == "Vorgeschlagen"


def send_a_proposal_back(client: Client) -> bool:
    page = submitted()
    task = page.current_workflow_task_state
    address = reverse("wagtailadmin_pages:workflow_action", args=[page.pk, "reject", task.pk])
    client.post(address, {"comment": "Bitte ändern"})
    task.refresh_from_db()
    return task.status == "rejected"


def answer_a_reported_barrier(client: Client) -> bool:
    report = BarrierReport(text="Ohne Untertitel", nonce="matrix")
    report.begin()
    report.save()
    address = reverse(BarrierReport.snippet_viewset.get_url_name("edit"), args=[report.pk])
    client.post(address, form_at(address, state="in_progress"))
    return BarrierReport.objects.get(pk=report.pk).state == "in_progress"


def read_a_reported_barrier(client: Client) -> bool:
    report = BarrierReport(text="Ohne Untertitel", nonce="matrix")
    report.begin()
    report.save()
    return report.receipt in client.get(reverse(BarrierReport.snippet_viewset.get_url_name("list"))).content.decode()


PASSING = [
    publish_a_page, publish_a_new_page, publish_several_at_once, unpublish_a_page, delete_a_public_page,
    delete_what_was_taken_back, delete_several_at_once, move_a_page, reorder_pages, take_back_a_schedule, lock_a_page,
    lift_a_lock_of_another, lift_a_restriction_of_a_page, add_a_picture_to_what_readers_see, change_a_picture,
    replace_the_file_of_a_picture, delete_a_picture, add_a_document_to_what_readers_see, change_a_document,
    delete_a_document, add_a_redirect, change_a_redirect, delete_a_redirect, change_a_setting,
    change_the_contact_of_a_land, enter_a_person_in_the_chair, add_a_theme, delete_a_theme,
    delete_several_themes_at_once, add_a_term_of_the_glossary, change_a_term_of_the_glossary,
    delete_a_term_of_the_glossary, confirm_what_is_overdue, take_back_what_waits, keep_what_was_to_be_taken_back,
    approve_a_proposal, send_a_proposal_back,
    answer_a_reported_barrier, read_a_reported_barrier,
]  # fmt: skip


def write_a_draft(client: Client) -> bool:
    page = twelfth()
    client.post(edit_url(page), conference_form(page, motto="Entwurf"))
    return twelfth().get_latest_revision_as_object().motto == "Entwurf"


def propose_a_draft(client: Client) -> bool:
    page = twelfth()
    client.post(edit_url(page), conference_form(page, motto="Vorschlag") | {"action-submit": "1"})
    return twelfth().current_workflow_state is not None


def read_the_admin(client: Client) -> bool:
    return client.get(edit_url(twelfth())).status_code == 200


FOR_ALL_LAENDER = [write_a_draft, propose_a_draft, read_the_admin]


@pytest.fixture
def clients(db) -> dict[str, Client]:
    """A browser for each kind of account, each signed in before midnight, and one of nobody."""
    FORMS.clear()
    accounts = {code: User.objects.create_user(code, f"{code.lower()}@example.org", land_code=code) for code in LAENDER}
    accounts["admin"] = User.objects.create_superuser("admin-test", "admin@example.org")
    User.objects.create_user("jemand", land_code="DE-NW")
    found = {name: Client(HTTP_HOST="localhost") for name in (*accounts, "niemand")}
    with time_machine.travel(BEFORE - timedelta(hours=1), tick=False):
        for name, account in accounts.items():
            found[name].force_login(account)
            # A page of the admin that is quickly made.
            assert found[name].get(reverse("wagtailadmin_tag_autocomplete"), {"term": "x"}).status_code == 200
    return found


def who_may(right: Callable[[Client], bool], clients: dict[str, Client]) -> set[str]:
    """Try the right with each browser, each time on the untouched site."""
    granted = set()
    for name, client in clients.items():
        with transaction.atomic():
            if right(client):
                granted.add(name)
            transaction.set_rollback(True)
    return granted


def granted(rights: list[Callable[[Client], bool]], clients: dict[str, Client]) -> dict[str, set[str]]:
    """Return who has which right. The chair has been settled before: with every try it would be settled anew."""
    update_publishing_rights()
    found = {}
    for right in rights:
        FORMS.clear()
        found[right.__name__] = who_may(right, clients)
    return found


@pytest.mark.parametrize(("moment", "chair"), [(BEFORE, "DE-BW"), (AFTER, "DE-BY")], ids=["vorher", "nachher"])
@pytest.mark.parametrize("part", range(4))  # none so long that another process waits for it
def test_only_the_chair_and_administrators(clients, part, moment, chair):
    rights = PASSING[part::4]
    with time_machine.travel(moment, tick=False):
        assert granted(rights, clients) == {right.__name__: {chair, "admin"} for right in rights}


@pytest.mark.parametrize("moment", [BEFORE, AFTER], ids=["vorher", "nachher"])
def test_all_laender_read_and_propose(clients, moment):
    with time_machine.travel(moment, tick=False):
        assert granted(FOR_ALL_LAENDER, clients) == {right.__name__: {*LAENDER, "admin"} for right in FOR_ALL_LAENDER}


def close_a_page_to_readers(client: Client) -> bool:
    page = twelfth()
    for kind in ("login", "password", "groups"):
        form = {"restriction_type": kind, "password": "geheim", "groups": [Group.objects.get(name="Vorsitz").pk]}
        client.post(reverse("wagtailadmin_pages:set_privacy", args=[page.pk]), form)
    return PageViewRestriction.objects.exists()


@pytest.mark.parametrize("moment", [BEFORE, AFTER], ids=["vorher", "nachher"])
def test_nobody_closes_a_page_to_readers_not_even_the_chair(clients, moment):
    with time_machine.travel(moment, tick=False):
        assert who_may(close_a_page_to_readers, clients) == set()


def confirm_what_goes_live_in_the_next_term(client: Client) -> bool:
    scheduled_by("DE-BW", AFTER + timedelta(days=5))
    press(client, "handover_confirm")
    return not any(item.waits for item in all_scheduled())


@pytest.mark.parametrize(
    ("moment", "confirm"), [(BEFORE, {"admin"}), (AFTER, {"DE-BY", "admin"})], ids=["vorher", "nachher"]
)
def test_what_the_former_chair_has_set_for_the_next_term_is_confirmed_by_the_new_one(clients, moment, confirm):
    with time_machine.travel(moment, tick=False):
        assert who_may(confirm_what_goes_live_in_the_next_term, clients) == confirm


@pytest.mark.parametrize(("moment", "chair"), [(BEFORE, "DE-BW"), (AFTER, "DE-BY")], ids=["vorher", "nachher"])
def test_the_mail_of_a_proposal_goes_to_the_chair_and_administrators_and_to_nobody_else(clients, moment, chair):
    with time_machine.travel(moment, tick=False):
        page = twelfth()
        clients["DE-SL"].post(edit_url(page), conference_form(page, motto="Vorschlag") | {"action-submit": "1"})
    told = {address for message in mail.outbox for address in message.recipients()}
    assert told == {f"{chair.lower()}@example.org", "admin@example.org"}


def test_what_awaits_approval_at_midnight_awaits_the_new_chair(clients):
    with time_machine.travel(BEFORE, tick=False):
        page = submitted()
    with time_machine.travel(AFTER, tick=False):
        approve = reverse(
            "wagtailadmin_pages:workflow_action", args=[page.pk, "approve", page.current_workflow_task_state.pk]
        )
        assert "Vorgeschlagen" not in clients["DE-BW"].get("/admin/").content.decode()
        clients["DE-BW"].post(approve)
        assert twelfth().motto != "Vorgeschlagen"
        assert "Ihre Überprüfung steht aus" in clients["DE-BY"].get("/admin/").content.decode()
        clients["DE-BY"].post(approve)
        assert twelfth().motto == "Vorgeschlagen"
