"""Every right that passes with the chair: for each kind of account, before and after midnight.

The change is that of 1 October 2017 from Baden-Württemberg to Bayern. Every right is asked of the rules by which the
admin decides, and one of each kind is tried for real with the old and the new chair: by the request that the admin
would send, granted when the site is different afterwards. `make audit` tries all of them with everybody.
"""

import re
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
from wagtail.contrib.redirects.permissions import permission_policy as redirect_policy
from wagtail.documents.permissions import permission_policy as document_policy
from wagtail.images.permissions import permission_policy as image_policy
from wagtail.log_actions import log
from wagtail.models import Collection, Page, PageViewRestriction, Revision

from conferences.handover.scheduled import all_scheduled
from conferences.handover.waiting import waiting_for
from conferences.models import ChairTerm, ConferencePage, Land, Theme
from conferences.terms.rights import update_publishing_rights
from intmk.accessibility.models import BarrierReport
from intmk.base.drafts import may_take_away
from intmk.base.glossary import GlossaryTerm
from intmk.base.site_notice import SiteNotice
from intmk.media.documents.models import SiteDocument
from intmk.media.images.models import SiteImage
from intmk.pages.models import NewsIndexPage, NewsPage, StandardPage
from intmk.proposals.mail import send_proposal_mails
from intmk.proposals.models import Proposal
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


# The forms of one right by their addresses but for numbers: each browser finds the same site, with another number for
# what the right is tried on.
FORMS: dict[str, dict[str, object]] = {}


def form_at(address: str, **changes) -> dict[str, object]:
    """What a browser would send from the form at `address`, as an administrator sees it, with `changes`."""
    kind = re.sub(r"\d+", "…", address)
    data = FORMS[kind] = FORMS.get(kind) or read_form(address)
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
    fields = {"title": "Meldung", "slug": "meldung-matrix"} | fields
    return NewsIndexPage.objects.get().add_child(instance=NewsPage(**fields))


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


def scheduled_by(code: str, moment: datetime, slug: str = "meldung-matrix") -> Revision:
    """A page that the account of a Land has set, at a time when it could, to go live at `moment`."""
    account = User.objects.get(username=code)
    with time_machine.travel(min(moment, timezone.now()) - timedelta(days=1), tick=False):
        page = news(slug=slug, live=False, go_live_at=moment)
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


def proposed() -> str:
    """The address of a proposal for the twelfth conference."""
    page, author = twelfth(), User.objects.get(username="jemand")
    proposal = Proposal.of(twelfth(), author)
    page.motto = "Vorgeschlagen"
    proposal.write(page, author, None)
    proposal.send("Weil")
    return reverse("proposal", args=[proposal.pk])


def take_over_a_proposal(client: Client) -> bool:
    address = proposed()
    client.post(address, form_at(address) | {"action": "take"})
    return twelfth().get_latest_revision_as_object().motto == "Vorgeschlagen"


def publish_a_proposal(client: Client) -> bool:
    address = proposed()
    client.post(address, form_at(address) | {"action": "publish"})
    return twelfth().motto == "Vorgeschlagen"


def give_a_proposal_back(client: Client) -> bool:
    address = proposed()
    client.post(address, form_at(address) | {"action": "return", "answer": "Nein"})
    return Proposal.objects.get().is_returned


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
    approve_a_proposal, send_a_proposal_back, take_over_a_proposal, publish_a_proposal,
    give_a_proposal_back, answer_a_reported_barrier, read_a_reported_barrier,
]  # fmt: skip


def write_a_draft(client: Client) -> bool:
    page = twelfth()
    client.post(edit_url(page), conference_form(page, motto="Entwurf"))
    written = [
        twelfth().get_latest_revision_as_object().motto,
        *Proposal.objects.values_list("content__motto", flat=True),
    ]
    return "Entwurf" in written


def propose_a_draft(client: Client) -> bool:
    page = twelfth()
    client.post(edit_url(page), conference_form(page, motto="Vorschlag") | {"action-submit": "1"})
    return twelfth().current_workflow_state is not None or Proposal.objects.exists()


def read_the_admin(client: Client) -> bool:
    return client.get(edit_url(twelfth())).status_code == 200


FOR_ALL_LAENDER = [write_a_draft, propose_a_draft, read_the_admin]


@pytest.fixture
def accounts(db) -> dict[str, User]:
    """One account of each kind, and one more of a Land that never chairs here."""
    made = {code: User.objects.create_user(code, f"{code.lower()}@example.org", land_code=code) for code in LAENDER}
    made["admin"] = User.objects.create_superuser("admin-test", "admin@example.org")
    User.objects.create_user("jemand", land_code="DE-NW")
    return made


def signed_in(accounts: dict[str, User]) -> dict[str, Client]:
    """A browser for each account, signed in before midnight."""
    FORMS.clear()
    found = {name: Client(HTTP_HOST="localhost") for name in accounts}
    with time_machine.travel(BEFORE - timedelta(hours=1), tick=False):
        for name, account in accounts.items():
            found[name].force_login(account)
            # A page of the admin that is quickly made.
            assert found[name].get(reverse("wagtailadmin_tag_autocomplete"), {"term": "x"}).status_code == 200
    return found


@pytest.fixture
def clients(accounts) -> dict[str, Client]:
    """A browser for each kind of account, and one of nobody."""
    return signed_in(accounts) | {"niemand": Client(HTTP_HOST="localhost")}


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


ONE_OF_EACH_KIND = [
    publish_a_page, publish_several_at_once, delete_what_was_taken_back, move_a_page, lift_a_lock_of_another,
    add_a_picture_to_what_readers_see, delete_a_document, add_a_redirect, change_a_setting, enter_a_person_in_the_chair,
    delete_several_themes_at_once, confirm_what_is_overdue, approve_a_proposal, read_a_reported_barrier,
]  # fmt: skip


@pytest.fixture
def ask(db) -> Callable[[User], dict[str, bool]]:
    """Prepare something for every right; the function says which of them an account has, by the admin's own rules."""
    taken_back = news(live=False, first_published_at=timezone.now())
    locked = StandardPage.objects.order_by("path").last()
    locked.locked, locked.locked_by, locked.locked_at = True, User.objects.get(username="jemand"), timezone.now()
    locked.save()
    scheduled = scheduled_by("DE-TH", timezone.now() + timedelta(days=9), "spaeter")
    scheduled_by("DE-TH", timezone.now() - timedelta(hours=1), "ueberfaellig")
    withdrawn = news(slug="geht", expire_at=timezone.now() + timedelta(days=9))
    log(withdrawn, "wagtail.publish", user=User.objects.get(username="DE-TH"))
    page, target, moving = submitted(), *StandardPage.objects.order_by("path")[:2]
    task = page.current_workflow_task_state.task.specific
    image, paper = picture(), document()

    def asked(user: User) -> dict[str, bool]:
        on, on_index = withdrawn.permissions_for_user(user), page.get_parent().permissions_for_user(user)
        on_taken_back, on_locked = taken_back.permissions_for_user(user), locked.permissions_for_user(user)
        on_scheduled = scheduled.as_object().permissions_for_user(user)
        waits = {
            item.scheduled.page.slug: item.can_confirm
            for item in waiting_for(user, ChairTerm.objects.rotation(), all_scheduled())
        }
        actions = {name for name, *_ in task.get_actions(page, user)}
        may = {model: model.snippet_viewset.permission_policy for model in (Land, ChairTerm, Theme, GlossaryTerm)}
        reports = BarrierReport.snippet_viewset.permission_policy

        def puts_before_readers(policy) -> bool:
            return root() in policy.collections_user_has_permission_for(user, "add")

        return {
            "publish_a_page": on.can_publish(),
            "publish_a_new_page": on_index.can_add_subpage() and on_index.can_publish_subpage(),
            "publish_several_at_once": on_taken_back.can_publish(),
            "unpublish_a_page": on.can_unpublish(),
            "delete_a_public_page": on.can_delete(),
            "delete_what_was_taken_back": on_taken_back.can_delete() and may_take_away(user, taken_back),
            "delete_several_at_once": on_taken_back.can_delete() and may_take_away(user, taken_back),
            "move_a_page": moving.permissions_for_user(user).can_move_to(target),
            "reorder_pages": on_index.can_reorder_children(),
            "take_back_a_schedule": on_scheduled.can_unschedule(),
            "lock_a_page": on.can_lock(),
            "lift_a_lock_of_another": on_locked.can_unlock(),
            "lift_a_restriction_of_a_page": on.can_set_view_restrictions(),
            "add_a_picture_to_what_readers_see": puts_before_readers(image_policy),
            "change_a_picture": image_policy.user_has_permission_for_instance(user, "change", image),
            "replace_the_file_of_a_picture": image_policy.user_has_permission_for_instance(user, "change", image),
            "delete_a_picture": image_policy.user_has_permission_for_instance(user, "delete", image),
            "add_a_document_to_what_readers_see": puts_before_readers(document_policy),
            "change_a_document": document_policy.user_has_permission_for_instance(user, "change", paper),
            "delete_a_document": document_policy.user_has_permission_for_instance(user, "delete", paper),
            "add_a_redirect": redirect_policy.user_has_permission(user, "add"),
            "change_a_redirect": redirect_policy.user_has_permission(user, "change"),
            "delete_a_redirect": redirect_policy.user_has_permission(user, "delete"),
            "change_a_setting": user.has_perm("intmk.change_sitenotice"),
            "change_the_contact_of_a_land": may[Land].user_has_permission(user, "change"),
            "enter_a_person_in_the_chair": may[ChairTerm].user_has_permission(user, "change"),
            "add_a_theme": may[Theme].user_has_permission(user, "add"),
            "delete_a_theme": may[Theme].user_has_permission(user, "delete"),
            "delete_several_themes_at_once": may[Theme].user_has_permission(user, "delete"),
            "add_a_term_of_the_glossary": may[GlossaryTerm].user_has_permission(user, "add"),
            "change_a_term_of_the_glossary": may[GlossaryTerm].user_has_permission(user, "change"),
            "delete_a_term_of_the_glossary": may[GlossaryTerm].user_has_permission(user, "delete"),
            "confirm_what_is_overdue": waits.get("ueberfaellig", False),
            "take_back_what_waits": "spaeter" in waits and on_scheduled.can_unschedule(),
            "keep_what_was_to_be_taken_back": "geht" in waits,
            "approve_a_proposal": "approve" in actions,
            "send_a_proposal_back": "reject" in actions,
            "take_over_a_proposal": on.can_publish(),
            "publish_a_proposal": on.can_publish(),
            "give_a_proposal_back": on.can_publish(),
            "answer_a_reported_barrier": reports.user_has_permission(user, "change"),
            "read_a_reported_barrier": reports.user_has_any_permission(user, {"view", "change"}),
            "write_a_draft": on.can_edit(),
            "propose_a_draft": on.can_submit_for_moderation(),
            "read_the_admin": user.has_perm("wagtailadmin.access_admin"),
        }

    return asked


BOTH_MOMENTS = pytest.mark.parametrize(
    ("moment", "chair"), [(BEFORE, "DE-BW"), (AFTER, "DE-BY")], ids=["vorher", "nachher"]
)


@pytest.mark.slow("something is prepared for each of 45 rights, and six accounts ask for each")
@BOTH_MOMENTS
def test_every_right_passes_with_the_chair_by_the_rules_of_the_admin(accounts, moment, chair, request):
    with time_machine.travel(moment, tick=False):
        update_publishing_rights()
        ask = request.getfixturevalue("ask")
        has = {name: ask(User.objects.get(pk=account.pk)) for name, account in accounts.items()}
    expected = {right.__name__: {chair, "admin"} for right in PASSING}
    expected |= {right.__name__: {*LAENDER, "admin"} for right in FOR_ALL_LAENDER}
    assert {right: {name for name in has if has[name][right]} for right in has["admin"]} == expected


@pytest.mark.parametrize("right", ONE_OF_EACH_KIND, ids=lambda right: right.__name__)
@pytest.mark.kinds(6)
@pytest.mark.slow("to publish a page is to read the form of a conference, the longest there is")
def test_the_admin_keeps_to_the_rules(accounts, right):
    both = {name: accounts[name] for name in ("DE-BW", "DE-BY")}
    clients = signed_in(both)
    with time_machine.travel(AFTER, tick=False):
        assert granted([right], clients) == {right.__name__: {"DE-BY"}}


@pytest.mark.audit
@BOTH_MOMENTS
@pytest.mark.parametrize("part", range(4))  # none so long that another process waits for it
def test_only_the_chair_and_administrators(clients, part, moment, chair):
    rights = PASSING[part::4]
    with time_machine.travel(moment, tick=False):
        assert granted(rights, clients) == {right.__name__: {chair, "admin"} for right in rights}


@pytest.mark.audit
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


@pytest.mark.parametrize("who", ["DE-BY", "DE-SL", "admin"])
def test_nobody_closes_a_page_to_readers_not_even_the_chair(accounts, who):
    with time_machine.travel(AFTER, tick=False):
        update_publishing_rights()
        assert who_may(close_a_page_to_readers, signed_in({who: accounts[who]})) == set()


@pytest.mark.audit
@pytest.mark.parametrize("moment", [BEFORE, AFTER], ids=["vorher", "nachher"])
def test_nobody_at_all_closes_a_page_to_readers(clients, moment):
    with time_machine.travel(moment, tick=False):
        assert who_may(close_a_page_to_readers, clients) == set()


def confirm_what_goes_live_in_the_next_term(client: Client) -> bool:
    scheduled_by("DE-BW", AFTER + timedelta(days=5))
    press(client, "handover_confirm")
    return not any(item.waits for item in all_scheduled())


MAY_CONFIRM = pytest.mark.parametrize(
    ("moment", "confirm"), [(BEFORE, {"admin"}), (AFTER, {"DE-BY", "admin"})], ids=["vorher", "nachher"]
)


@MAY_CONFIRM
def test_what_the_former_chair_has_set_for_the_next_term_is_confirmed_by_the_new_one(accounts, moment, confirm):
    with time_machine.travel(moment, tick=False):
        update_publishing_rights()
        scheduled_by("DE-BW", AFTER + timedelta(days=5))
        rotation = ChairTerm.objects.rotation()
        shown = {
            name: waiting_for(User.objects.get(pk=account.pk), rotation, all_scheduled())
            for name, account in accounts.items()
        }
        assert {name for name, items in shown.items() if any(item.can_confirm for item in items)} == confirm


@pytest.mark.audit
@MAY_CONFIRM
def test_it_is_confirmed_in_the_admin_by_these_and_nobody_else(clients, moment, confirm):
    with time_machine.travel(moment, tick=False):
        assert who_may(confirm_what_goes_live_in_the_next_term, clients) == confirm


@pytest.mark.parametrize(("moment", "chair"), [(BEFORE, "DE-BW"), (AFTER, "DE-BY")], ids=["vorher", "nachher"])
def test_the_mail_of_a_proposal_goes_to_the_chair_and_administrators_and_to_nobody_else(accounts, moment, chair):
    with time_machine.travel(moment, tick=False):
        update_publishing_rights()
        page = twelfth()
        signed_in({"DE-SL": accounts["DE-SL"]})["DE-SL"].post(
            edit_url(page), conference_form(page, motto="Vorschlag") | {"action-submit": "1"}
        )
        Proposal.objects.get().send("")
        send_proposal_mails()
    told = {address for message in mail.outbox for address in message.recipients()}
    assert told == {f"{chair.lower()}@example.org", "admin@example.org"}


def test_what_awaits_approval_at_midnight_awaits_the_new_chair(accounts):
    clients = signed_in({name: accounts[name] for name in ("DE-BW", "DE-BY")})
    with time_machine.travel(BEFORE, tick=False):
        page = submitted()
    with time_machine.travel(AFTER, tick=False):
        approve = reverse(
            "wagtailadmin_pages:workflow_action", args=[page.pk, "approve", page.current_workflow_task_state.pk]
        )
        assert "Vorgeschlagen" not in clients["DE-BW"].get("/admin/").content.decode()
        clients["DE-BW"].post(approve)
        assert twelfth().motto != "Vorgeschlagen"
        assert "Wartet auf Ihre Freigabe" in clients["DE-BY"].get("/admin/").content.decode()
        clients["DE-BY"].post(approve)
        assert twelfth().motto == "Vorgeschlagen"
