"""What an older site brings along: shared addresses, old texts of the duties, groups of its own."""

import json
from importlib import import_module

import pytest
from django.apps import apps
from django.contrib.auth.models import Group
from django.core.management import call_command
from django.db import connection
from django.db.migrations.state import ProjectState
from django.test import Client

from conferences.models import ConferencePage, ResolutionPage
from intmk.content.models import LoadedContent
from intmk.pages.models import HomePage, StandardPage
from intmk.proposals.models import Proposal
from intmk.users.models import User
from intmk.users.roles import RIGHTS_VERSION
from tests.editing import give_chair, text_of

pytestmark = pytest.mark.django_db

duties = import_module("intmk.migrations.0004_duties_of_pages")
WRONG = (
    "fehlt noch",
    "fehlen noch: ihr Name",
    "zuständige Aufsichtsbehörde<",
    "stehen auf der Seite",
    "genannte Stelle.",
)

# Sections that went again with a later migration.
GONE_SINCE = {"Barrieren melden", "Durchsetzung"}


# --- addresses ------------------------------------------------------------------------------------------------------


def old_and_new_accounts() -> tuple[ProjectState, object]:
    """The state of the accounts before the migration that allows each address once, and that migration."""
    state = ProjectState()
    for app, names in {
        "contenttypes": ("0001_initial", "0002_remove_content_type_name"),
        "auth": ("0001_initial",),
        "users": ("0001_initial",),
    }.items():
        module = "django.contrib." + app if app != "users" else "intmk.users"
        for name in names:
            migration = import_module(f"{module}.migrations.{name}").Migration(name, app)
            state = migration.mutate_state(state, preserve=False)
    return state, import_module("intmk.users.migrations.0002_invitations").Migration("0002_invitations", "users")


def test_of_accounts_that_share_an_address_the_first_keeps_it(capsys):
    state, migration = old_and_new_accounts()
    with connection.schema_editor() as editor:
        migration.unapply(state.clone(), editor)
    old = state.apps.get_model("users", "User")
    for name, email, is_superuser in [
        ("aelteste", "Stelle@example.org", False),
        ("zweite", "stelle@example.org", False),
        ("chefin", "STELLE@example.org", True),
        ("eigene", "eigene@example.org", False),
        ("ohne", "", False),
        ("auch-ohne", "", False),
    ]:
        old.objects.create(username=name, email=email, is_superuser=is_superuser)
    with connection.schema_editor() as editor:
        migration.apply(state.clone(), editor)
    assert dict(User.objects.exclude(email="").values_list("username", "email")) == {
        "chefin": "STELLE@example.org",
        "eigene": "eigene@example.org",
    }
    assert capsys.readouterr().out.splitlines() == [
        "Konto „aelteste“: E-Mail-Adresse Stelle@example.org entfernt, sie gehört zum Konto „chefin“. "
        "Bitte eine eigene eintragen.",
        "Konto „zweite“: E-Mail-Adresse stelle@example.org entfernt, sie gehört zum Konto „chefin“. "
        "Bitte eine eigene eintragen.",
    ]


# --- texts of the duties --------------------------------------------------------------------------------------------


def contents(body: list) -> list[tuple[str, str]]:
    return [(block["value"]["heading"], duties.plain(block["value"]["text"])) for block in body]


def stored(page: StandardPage) -> list[tuple[str, str]]:
    return contents(StandardPage.objects.get(pk=page.pk).body.raw_data)


def in_latest_version(page: StandardPage) -> list[tuple[str, str]]:
    latest = StandardPage.objects.get(pk=page.pk).latest_revision
    return contents(json.loads(latest.content["body"]))


def make_old(slug: str) -> StandardPage:
    """Give the page the text and the missing duty of a site from before the duties."""
    page = StandardPage.objects.get(slug=slug, depth=3)
    body = list(page.body.raw_data)
    for number, (of_page, heading, old, new) in enumerate(duties.SECTIONS):
        if of_page != slug:
            continue
        block = {"type": "section", "id": f"alt-{number}", "value": {"heading": heading, "text": as_the_editor(old)}}
        if new is None:
            body.insert(2, block)
        else:
            places = [place for place, part in enumerate(body) if part["value"]["heading"] == heading]
            body[slice(*(places and (places[0], places[0] + 1)) or (len(body), None))] = [block]
    page.body, page.duty = body, ""
    page.save_revision(clean=False).publish(skip_permission_checks=True)
    return StandardPage.objects.get(pk=page.pk)


def as_the_editor(html: str) -> str:
    """The text as Wagtail's editor writes it back when somebody saves the page without changing it."""
    return (
        html.replace("<p>", '<p data-block-key="a1b2c">')
        .replace('<a href="intern:', '<a linktype="page" id="7')
        .replace('/">', '">')
    )


def upgrade() -> None:
    duties.tell_duties(apps, None)
    import_module("intmk.migrations.0013_text_of_the_statement").remove_replaced(apps, None)


@pytest.mark.parametrize("slug", duties.DUTIES)
def test_an_upgraded_page_says_what_goes_with_the_facts_of_its_duty(slug):
    page = make_old(slug)
    assert any(words in duties.plain(text) for _, text in stored(page) for words in WRONG)
    upgrade()
    for found in (stored(page), in_latest_version(page)):
        for _, heading, old, new in (section for section in duties.SECTIONS if section[0] == slug):
            assert (heading, duties.plain(old)) not in found
            stays = bool(new) and heading not in GONE_SINCE
            assert ((heading, duties.plain(new or "")) in found) == stays
    page = StandardPage.objects.get(pk=page.pk)
    assert page.duty == duties.DUTIES[slug]
    shown = text_of(Client(HTTP_HOST="localhost").get(f"/{slug}/"))
    assert not any(words in shown for words in WRONG)
    if slug == "kontakt":
        chair = LoadedContent.objects.get(key="page:chair").page_id
        texts = {part["value"]["heading"]: part["value"]["text"] for part in page.body.raw_data}
        assert f'<a linktype="page" id="{chair}">Vorsitz</a>' in texts["Geschäftsstelle"]


def test_what_people_have_written_and_older_versions_stay():
    page = make_old("impressum")
    before = page.latest_revision
    body = list(page.body.raw_data)
    place = next(n for n, part in enumerate(body) if part["value"]["heading"] == "Verantwortliche Person")
    theirs = {"heading": "Verantwortliche Person", "text": "<p>Petra Beispiel. Diese Angabe fehlt noch: ihr Titel.</p>"}
    body[place] = {**body[place], "value": theirs}
    page.body = body
    page.save_revision(clean=False)  # a draft: in public the old text stands
    old_version = json.loads(before.content["body"])
    upgrade()
    headings = [heading for heading, _ in stored(page)]
    assert "Verantwortliche Person" not in headings
    assert "Anschrift und Erreichbarkeit" not in headings
    assert (theirs["heading"], theirs["text"]) in in_latest_version(page)
    assert "Anschrift und Erreichbarkeit" not in [heading for heading, _ in in_latest_version(page)]
    before.refresh_from_db()
    assert json.loads(before.content["body"]) == old_version


# --- groups ---------------------------------------------------------------------------------------------------------


def test_a_group_with_the_name_of_one_of_wagtails_survives_a_new_version_of_the_rights():
    Group.objects.create(name="Editors").user_set.add(User.objects.create_user("gast"))
    Group.objects.get(name="Vorsitz").permissions.clear()
    LoadedContent.objects.filter(key=f"groups:{RIGHTS_VERSION}").delete()
    call_command("load_content", verbosity=0)
    assert Group.objects.get(name="Vorsitz").permissions.exists()
    assert Group.objects.get(name="Editors").user_set.exists()


def test_a_new_site_has_none_of_wagtails_groups():
    assert not Group.objects.filter(name__in=["Moderators", "Editors"]).exists()
    Group.objects.create(name="Editors")
    LoadedContent.objects.filter(key__in=["roles", f"groups:{RIGHTS_VERSION}"]).delete()
    call_command("load_content", verbosity=0)
    assert not Group.objects.filter(name="Editors").exists()


# --- order of resolutions -------------------------------------------------------------------------------------------


def test_resolutions_of_an_older_site_get_their_place_in_lists():
    pages = ResolutionPage.objects.all()
    fields = ("pk", "item_key", "day", "title_key")
    before = set(pages.values_list(*fields))
    pages.update(day=None, title_key="")
    import_module("conferences.migrations.0010_order_of_resolutions").set_order(apps, None)
    import_module("conferences.migrations.0015_dates_of_written_votes").undate(apps, None)
    assert set(pages.values_list(*fields)) == before
    assert any(day for _, _, day, _ in before)


def test_circular_resolutions_of_an_older_site_are_ordered_by_year_and_number():
    conference = ConferencePage.objects.get(slug="12")
    page = conference.add_child(
        instance=ResolutionPage(title="Umlauf", kind="circular", circular_number=3, circular_year=2017)
    )
    key = page.item_key
    ResolutionPage.objects.filter(pk=page.pk).update(item_key="9")
    import_module("conferences.migrations.0007_order_of_circulars").set_keys(apps, None)
    assert ResolutionPage.objects.get(pk=page.pk).item_key == key


# --- proposals ------------------------------------------------------------------------------------------------------


proposals = import_module("intmk.migrations.0022_proposals")


@pytest.fixture
def public_page(account) -> StandardPage:
    """A public page; the account chairs."""
    give_chair(account)
    found = HomePage.objects.get().add_child(
        instance=StandardPage(title="Seite", slug="seite", introduction="Öffentlich")
    )
    found.save_revision(user=account).publish(user=account)
    return StandardPage.objects.get(pk=found.pk)


def wrote(page: StandardPage, author: User, **fields) -> None:
    """Write on from the latest version, as everybody did before proposals stood apart."""
    draft = StandardPage.objects.get(pk=page.pk).get_latest_revision_as_object()
    for name, value in fields.items():
        setattr(draft, name, value)
    draft.save_revision(user=author)


def land(code: str = "DE-SL") -> User:
    return User.objects.get_or_create(username=code, defaults={"land_code": code})[0]


def set_apart(page: StandardPage) -> tuple[StandardPage, StandardPage]:
    """Upgrade; return the page, and the version with which the form of the chair begins."""
    versions = set(page.revisions.values_list("pk", flat=True))
    public = StandardPage.objects.get(pk=page.pk).introduction
    proposals.set_proposals_apart(apps, None)
    page = StandardPage.objects.get(pk=page.pk)
    assert versions <= set(page.revisions.values_list("pk", flat=True))
    assert page.introduction == public
    return page, page.get_latest_revision_as_object()


def proposed(page: StandardPage, code: str = "DE-SL") -> tuple[str, StandardPage, set[str]]:
    """The state of the proposal of a Land, the page with it, and the names of what it changes."""
    found = Proposal.objects.get(page=page, land_code=code)
    return found.state, found.on(StandardPage.objects.get(pk=page.pk)), found.open_fields()


def test_a_draft_of_a_land_becomes_its_proposal_and_the_page_is_again_what_readers_see(public_page):
    wrote(public_page, land(), introduction="Von")
    wrote(public_page, land(), introduction="Von Saarland", seo_title="Auch")
    page, form = set_apart(public_page)
    state, shown, names = proposed(page)
    assert (state, shown.introduction, names) == ("draft", "Von Saarland", {"introduction", "seo_title"})
    assert (form.introduction, page.has_unpublished_changes, page.latest_revision_id) == (
        "Öffentlich", False, page.live_revision_id
    )  # fmt: skip


def test_what_the_chair_wrote_before_and_after_a_land_stays_its_draft_without_the_land_s(account, public_page):
    wrote(public_page, account, seo_title="Erst der Vorsitz")
    wrote(public_page, land(), introduction="Von Saarland")
    wrote(public_page, land("DE-BY"), introduction="Von Bayern")
    wrote(public_page, account, search_description="Dann der Vorsitz")
    page, form = set_apart(public_page)
    assert (form.introduction, form.seo_title, form.search_description) == (
        "Öffentlich", "Erst der Vorsitz", "Dann der Vorsitz"
    )  # fmt: skip
    assert page.has_unpublished_changes
    assert proposed(page)[1].introduction == "Von Saarland"
    assert proposed(page, "DE-BY")[2] == {"introduction"}
    assert proposed(page, "DE-BY")[1].introduction == "Von Bayern"


def test_what_the_chair_has_undone_or_approved_is_no_proposal(account, public_page):
    wrote(public_page, land(), introduction="Freigegeben")
    StandardPage.objects.get(pk=public_page.pk).get_latest_revision().publish(user=account)
    wrote(public_page, land(), seo_title="Von Saarland")
    wrote(public_page, account, seo_title="")
    wrote(public_page, account, search_description="Entwurf")
    _, form = set_apart(public_page)
    assert not Proposal.objects.exists()
    assert form.search_description == "Entwurf"


@pytest.mark.parametrize(("decision", "state"), [(None, "sent"), ("reject", "returned")])
def test_what_awaits_approval_is_sent_and_what_was_rejected_is_returned(account, public_page, decision, state):
    wrote(public_page, land(), introduction="Von Saarland")
    page = StandardPage.objects.get(pk=public_page.pk)
    workflow = page.get_workflow().start(page, land())
    if decision:
        task = workflow.current_task_state
        task.task.specific.on_action(task, account, decision, comment="Bitte kürzer")
    page, form = set_apart(public_page)
    assert proposed(page)[0] == state
    assert Proposal.objects.get().answer == ("Bitte kürzer" if decision else "")
    assert form.introduction == "Öffentlich"
    assert page.current_workflow_state is None


def test_what_a_land_has_begun_and_nobody_has_published_stays_its_draft(account):
    own = HomePage.objects.get().add_child(
        instance=StandardPage(title="Neu", slug="neu", live=False, owner=land(), introduction="Begonnen")
    )
    wrote(own, land(), introduction="Von Saarland")
    own = StandardPage.objects.get(pk=own.pk)
    own.get_workflow().start(own, land())
    own, form = set_apart(own)
    assert not Proposal.objects.exists()
    assert form.introduction == "Von Saarland"
    assert own.current_workflow_state is not None
