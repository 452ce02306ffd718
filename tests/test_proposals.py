"""What a Land proposes stays apart from the page: no publishing takes it along, and the chair takes what it likes."""

import json
from datetime import UTC, datetime

import pytest
from django.contrib.messages import get_messages
from django.core import mail
from django.core.exceptions import ValidationError
from django.test import Client, RequestFactory
from django.urls import reverse
from django.utils import timezone
from wagtail.admin.rich_text.converters.contentstate import ContentstateConverter
from wagtail.models import Page, PageLogEntry, Revision
from wagtail.signals import page_published

from conferences.models import ConferenceGuest, ConferencePage
from conferences.terms.rights import update_publishing_rights
from history.models import AboutPage
from intmk.benchmark.sent_forms import fields_of
from intmk.pages.models import HomePage, StandardPage
from intmk.proposals.changes import stored_version, without_keys
from intmk.proposals.deciding import ProposalView, why_not_at_once
from intmk.proposals.editing import page_for_form
from intmk.proposals.mail import send_proposal_mails
from intmk.proposals.models import Proposal
from intmk.users.models import User
from tests.editing import edit_url, fields_at, give_chair, page_form, soup_of, text_of

pytestmark = pytest.mark.django_db
AT_THE_DESK = pytest.mark.slow("several accounts open and send pages of the admin one after the other")
JSON = {"Accept": "application/json"}


def signed_in(account: User) -> Client:
    client = Client(HTTP_HOST="localhost")
    client.force_login(account)
    update_publishing_rights()
    return client


def account_of(client: Client) -> User:
    return User.objects.get(pk=client.session["_auth_user_id"])


def of_land(code: str) -> Client:
    """The browser of a Land that does not chair."""
    name = f"redaktion-{code[3:].lower()}"
    return signed_in(User.objects.create_user(name, land_code=code, email=f"{name}@example.org"))


@pytest.fixture
def land() -> Client:
    return of_land("DE-SL")


@pytest.fixture
def text_page(account) -> StandardPage:
    """A public page with a version, stored without all that publishing sets off."""
    page = StandardPage(title="Seite", slug="seite", introduction="Vom Vorsitz", first_published_at=timezone.now())
    HomePage.objects.get().add_child(instance=page)
    revision = page.save_revision(user=User.objects.create_superuser("admin-test"))
    Page.objects.filter(pk=page.pk).update(live_revision=revision, has_unpublished_changes=False)
    return StandardPage.objects.get(pk=page.pk)


def save(client: Client, page: Page, follow: bool = False, **changes):
    """Open the editor, change fields and press a button, as a browser does."""
    return client.post(edit_url(page), page_form(client, page) | changes, follow=follow)


def publish(client: Client, page: Page, **changes):
    return save(client, page, **changes, **{"action-publish": "1"})


def the_proposal(code: str = "DE-SL") -> Proposal:
    return Proposal.objects.get(land_code=code)


def version_for(client: Client, proposal: Proposal) -> str:
    """What the page of a proposal has in its form, without the page around it."""
    view = ProposalView()
    view.setup(RequestFactory().get("/"), pk=proposal.pk)
    view.request.user = account_of(client)
    return view.version


def press(client: Client, action: str, code: str = "DE-SL", shown=None, follow: bool = False, **fields):
    """Press one of the buttons of a proposal, as it is shown or is now."""
    proposal = the_proposal(code)
    version = soup_of(shown).find("input", {"name": "version"})["value"] if shown else version_for(client, proposal)
    address = reverse("proposal", args=[proposal.pk])
    return client.post(address, {"action": action, "version": version} | fields, follow=follow)


def told(answer) -> str:
    """The messages of an answer that leads to another page, without that page."""
    return " ".join(map(str, get_messages(answer.wsgi_request)))


def write(client: Client, page: Page, **changes) -> Proposal:
    """Store a proposal as the form of a Land does, without the form."""
    author = account_of(client)
    proposal, version = page_for_form(Page.objects.get(pk=page.pk), author)
    for name, value in changes.items():
        setattr(version, name, value)
    proposal.write(version, author, None)
    return proposal


def propose(client: Client, page: Page, reason: str = "", **changes) -> Proposal:
    proposal = write(client, page, **changes)
    proposal.send(reason)
    return proposal


def revise(page: Page, **changes) -> Revision:
    """Store another draft of the page, as the form of the chair does, without the form."""
    version = Page.objects.get(pk=page.pk).get_latest_revision_as_object()
    for name, value in changes.items():
        setattr(version, name, value)
    return version.save_revision()


def named(answer) -> list[str]:
    """The fields that are shown."""
    return [heading.get_text().strip() for heading in soup_of(answer).select("main h2.w-label-1")]


def public(page: StandardPage) -> str:
    page.refresh_from_db()
    return page.introduction


def state_of(page: Page) -> tuple:
    """What a page and its line of versions are, but for what proposals may not touch anyhow."""
    page = Page.objects.get(pk=page.pk).specific
    return page.to_json(), page.draft_title, page.url_path, page.latest_revision_id, page.revisions.count()


def test_saving_and_sending_leaves_the_page_and_its_versions_as_they_are(land, text_page):
    before = state_of(text_page)
    save(land, text_page, introduction="Von Saarland", title="Von Saarland", slug="saarland")
    background = page_form(land, text_page) | {"introduction": "Von Saarland!"}
    assert land.post(edit_url(text_page), background, headers=JSON).json()["success"]
    save(land, text_page, introduction="Von Saarland!!", **{"action-submit": "1"})
    press(land, "send", reason="Weil es stimmt.")
    assert state_of(text_page) == before
    assert the_proposal().content["introduction"] == "Von Saarland!!"
    assert (the_proposal().state, the_proposal().reason) == ("sent", "Weil es stimmt.")


def test_the_form_of_the_chair_is_its_own_and_says_who_proposes(land, chair, text_page):
    propose(land, text_page, introduction="Von Saarland", seo_title="Von Saarland")
    shown = chair.get(edit_url(text_page))
    assert "Saarland schlägt 2 Änderungen vor." in text_of(shown)
    assert fields_of(soup_of(shown))["introduction"] == "Vom Vorsitz"


def test_what_is_not_sent_is_not_shown_to_the_chair(land, account, chair, text_page):
    write(land, text_page, introduction="Von Saarland")
    assert not Proposal.objects.for_chair(account).exists()
    assert "redaktion-sl" not in chair.get("/admin/").content.decode()
    assert chair.get(reverse("proposal", args=[the_proposal().pk])).status_code == 302


def test_the_land_reads_its_own_text_in_its_form_and_nobody_else_does(land, chair, text_page):
    write(land, text_page, introduction="Von Saarland")
    revise(text_page, introduction="Entwurf des Vorsitzes")
    assert fields_at(land, edit_url(text_page))["introduction"] == "Von Saarland"
    assert page_form(chair, text_page)["introduction"] == "Entwurf des Vorsitzes"
    assert page_form(of_land("DE-TH"), text_page)["introduction"] == "Vom Vorsitz"


@pytest.mark.parametrize(
    "order", ["propose, publish", "publish, propose", "propose, return, publish", "draft, propose, publish"]
)
@pytest.mark.kinds(2)
def test_a_sentence_of_a_land_is_never_public_by_the_chair_s_publishing(land, chair, text_page, client, order):
    steps = {
        "propose": lambda: propose(land, text_page, introduction="Geheimer Satz"),
        "return": lambda: press(chair, "return", answer="Nein"),
        "draft": lambda: revise(text_page, seo_title="Entwurf"),
        "publish": lambda: publish(chair, text_page, search_description="Berichtigt"),
    }
    for step in order.split(", "):
        steps[step]()
    publish(chair, text_page, seo_title="Noch einmal")
    bulk = reverse("wagtail_bulk_action", args=["wagtailcore", "page", "publish"])
    chair.post(f"{bulk}?id={text_page.pk}")
    assert public(text_page) == "Vom Vorsitz"
    assert "Geheimer Satz" not in client.get(text_page.url).content.decode()
    assert not any("Geheimer Satz" in json.dumps(revision.content) for revision in text_page.revisions.all())


@AT_THE_DESK
@pytest.mark.slow("goes the whole way of a proposal, with the forms of both sides")
def test_the_chair_takes_one_field_and_gives_back_the_other_with_an_answer(land, chair, text_page):
    propose(land, text_page, introduction="Von Saarland", seo_title="Titel von Saarland", reason="Weil es stimmt.")
    shown = chair.get(reverse("proposal", args=[the_proposal().pk]))
    assert named(shown) == ["Einleitung", "Titel"]  # for search engines
    assert "Begründung: Weil es stimmt." in text_of(shown)
    left = press(chair, "take", shown=shown, follow=True, field=["introduction"])
    assert public(text_page) == "Vom Vorsitz"  # a draft by now
    assert page_form(chair, text_page)["introduction"] == "Von Saarland"
    assert len(named(left)) == 1
    press(chair, "return", shown=left, answer="Der Titel bleibt.")
    publish(chair, text_page)
    assert public(text_page) == "Von Saarland"
    assert text_page.seo_title == ""
    form = land.get(edit_url(text_page))
    assert "zurückgegeben. Übernommen: Einleitung. Antwort: „Der Titel bleibt.“" in text_of(form)
    assert fields_of(soup_of(form))["seo_title"] == "Titel von Saarland"
    assert "Der Titel bleibt." in text_of(land.get("/admin/"))
    entry = PageLogEntry.objects.get(action="intmk.proposal.take")
    assert (entry.user.username, entry.data["land"], entry.data["fields"]) == (
        "redaktion-test",
        "Saarland",
        ["Einleitung"],
    )
    assert "Vorschlag von Saarland übernommen: Einleitung" in text_of(
        chair.get(reverse("wagtailadmin_pages:history", args=[text_page.pk]))
    )


@pytest.mark.audit
def test_two_laender_propose_and_each_gets_its_own_answer(land, chair, text_page):
    bavaria = of_land("DE-BY")
    propose(land, text_page, introduction="Von Saarland")
    propose(bavaria, text_page, introduction="Von Bayern", seo_title="Von Bayern")
    said = text_of(chair.get(edit_url(text_page)))
    assert "Saarland schlägt 1 Änderung vor." in said
    assert "Bayern schlägt 2 Änderungen vor." in said
    press(chair, "take", "DE-BY", field=["seo_title"])
    press(chair, "return", "DE-BY", answer="Nur der Titel.")
    press(chair, "take", field=["introduction"])
    publish(chair, text_page)
    assert (public(text_page), text_page.seo_title) == ("Von Saarland", "Von Bayern")
    assert (the_proposal().state, the_proposal("DE-BY").state) == ("taken", "returned")
    assert "Nur der Titel." not in text_of(land.get(edit_url(text_page)))


@AT_THE_DESK
def test_no_land_reads_or_decides_on_what_another_proposes(land, chair, text_page):
    propose(land, text_page, introduction="Von Saarland")
    proposal, bavaria = the_proposal(), of_land("DE-BY")
    address = reverse("proposal", args=[proposal.pk])
    assert bavaria.get(address).status_code == 302
    for client, action in (
        (bavaria, "take"),
        (bavaria, "discard-for-good"),
        (land, "take"),
        (land, "publish"),
        (land, "return"),
        (chair, "discard-for-good"),
    ):
        version = version_for(land if client is land else chair, proposal)
        client.post(address, {"action": action, "version": version, "field": "introduction", "answer": "x"})
        assert the_proposal().is_sent
    assert page_form(chair, text_page)["introduction"] == "Vom Vorsitz"


def test_a_changed_page_is_said_and_the_chair_s_other_changes_stay(land, chair, text_page):
    propose(land, text_page, introduction="Von Saarland")
    revise(text_page, introduction="Vom Vorsitz neu", seo_title="Neu").publish()
    shown = chair.get(reverse("proposal", args=[the_proposal().pk]))
    assert "Die Seite hat sich an dieser Stelle seither geändert." in text_of(shown)
    revise(text_page, search_description="Weiter")
    late = press(chair, "take", shown=shown, field=["introduction"])
    assert "Inzwischen hat sich die Seite oder der Vorschlag geändert" in told(late)
    press(chair, "take", field=["introduction"])
    form = page_form(chair, text_page)
    assert (form["introduction"], form["seo_title"], form["search_description"]) == ("Von Saarland", "Neu", "Weiter")


def test_what_the_land_has_not_touched_follows_the_page(land, chair, text_page):
    write(land, text_page, introduction="Von Saarland")
    opened = page_form(land, text_page)
    revise(text_page, seo_title="Neu vom Vorsitz").publish()
    land.post(edit_url(text_page), opened | {"action-submit": "1"})
    press(land, "send")
    assert named(chair.get(reverse("proposal", args=[the_proposal().pk]))) == ["Einleitung"]
    press(chair, "take", field=["introduction", "seo_title"])
    assert page_form(chair, text_page)["seo_title"] == "Neu vom Vorsitz"


@AT_THE_DESK
def test_what_was_sent_is_closed_until_the_land_takes_it_back(land, chair, text_page):
    propose(land, text_page, introduction="Gesehen")
    assert "beim Vorsitz und ist so lange geschlossen" in text_of(land.get(edit_url(text_page)))
    refused = save(land, text_page, introduction="Untergeschoben")
    assert "Untergeschoben" in refused.content.decode()
    background = page_form(land, text_page) | {"introduction": "Untergeschoben"}
    assert land.post(edit_url(text_page), background, headers=JSON).json()["error_code"] == "locked"
    assert the_proposal().content["introduction"] == "Gesehen"
    press(land, "withdraw")
    save(land, text_page, introduction="Weiter")
    assert (the_proposal().state, the_proposal().content["introduction"]) == ("draft", "Weiter")
    assert "schlägt" not in text_of(chair.get(edit_url(text_page)))


def test_of_two_windows_the_one_that_is_behind_saves_nothing_by_itself(land, text_page):
    first = page_form(land, text_page) | {"introduction": "Von"}
    answer = land.post(edit_url(text_page), first, headers=JSON).json()
    again = first | {"introduction": "Von Saarland", "overwrite_revision_id": answer["revision_id"]}
    assert land.post(edit_url(text_page), again, headers=JSON).json()["success"]
    assert land.post(edit_url(text_page), first, headers=JSON).json()["error_code"] == "invalid_revision"
    assert the_proposal().content["introduction"] == "Von Saarland"


def test_what_breaks_a_rule_is_taken_into_the_draft_whose_form_says_what_stands_against_publishing_it(land, chair):
    page = ConferencePage.objects.get(number=12)
    proposal = propose(land, page, motto="Von Saarland")
    proposal.content["number"] = 13
    proposal.save()
    press(chair, "take", field=["number", "motto"])
    assert ConferencePage.objects.get(pk=page.pk).number == 12
    said = text_of(chair.get(reverse("page_check", args=[page.pk])))
    assert "Nummer : Die 13. Konferenz gibt es schon." in said


def test_what_the_page_refuses_is_neither_taken_nor_published_in_one_step_and_the_chair_is_told_why(land, chair):
    page = ConferencePage.objects.get(number=12)
    proposal = propose(land, page, motto="Von Saarland")
    proposal.content["number"] = 13
    proposal.save()
    before = state_of(page)
    said = text_of(press(chair, "publish", field=["number", "motto"]))
    assert "Nicht übernommen, nichts ist geändert." in said
    assert "Die 13. Konferenz gibt es schon." in said
    assert state_of(page) == before
    assert the_proposal().is_sent


@AT_THE_DESK
def test_what_is_taken_and_published_in_one_step_is_public_and_the_rest_waits(land, chair, text_page):
    propose(land, text_page, introduction="Von Saarland", seo_title="Titel von Saarland")
    shown = chair.get(reverse("proposal", args=[the_proposal().pk]))
    assert "Übernehmen und veröffentlichen" in text_of(shown)
    answer = press(chair, "publish", shown=shown, follow=True, field=["introduction"])
    assert answer.redirect_chain[-1][0] == edit_url(text_page)
    said = "Übernommen und veröffentlicht: „Seite“ ist in dieser Fassung öffentlich. Über die übrigen Felder"
    assert said in text_of(answer)
    assert soup_of(answer).find("a", string="Auf der Website ansehen")["href"] == text_page.get_url()
    assert (public(text_page), text_page.seo_title, text_page.has_unpublished_changes) == ("Von Saarland", "", False)
    entry = PageLogEntry.objects.filter(action="wagtail.publish").latest("timestamp")
    assert (entry.user.username, entry.revision_id) == ("redaktion-test", text_page.live_revision_id)
    assert the_proposal().is_sent
    assert "noch zu entscheiden" not in told(press(chair, "publish", field=["seo_title"]))
    assert (public(text_page), text_page.seo_title) == ("Von Saarland", "Titel von Saarland")
    assert the_proposal().is_taken


LATER = datetime(2999, 1, 1, tzinfo=UTC)


@pytest.mark.parametrize(
    ("state", "because"),
    [
        ({"has_unpublished_changes": True}, "Der Entwurf enthält weitere unveröffentlichte Änderungen"),
        ({"expire_at": LATER}, "Die Seite hat einen Zeitplan"),
        ({"go_live_at": LATER}, "Die Seite hat einen Zeitplan"),
        ({"locked": True}, "Die Seite ist gesperrt."),
        ({"live": False}, "Die Seite ist nicht öffentlich."),
    ],
)
def test_nothing_is_published_in_one_step_that_the_chair_has_not_seen(account, text_page, state, because):
    Page.objects.filter(pk=text_page.pk).update(**state)
    if "live" not in state and "locked" not in state:
        StandardPage.objects.get(pk=text_page.pk).save_revision()
    latest = Page.objects.get(pk=text_page.pk).get_latest_revision_as_object()
    assert why_not_at_once(latest, account).startswith(because)


def test_why_it_cannot_be_one_step_is_said_and_nothing_is_taken(land, chair, text_page):
    propose(land, text_page, introduction="Von Saarland")
    revise(text_page, seo_title="Noch nicht öffentlich")
    before, because = state_of(text_page), "Der Entwurf enthält weitere unveröffentlichte Änderungen"
    refused = text_of(press(chair, "publish", field=["introduction"]))
    assert refused.count(because) == 2  # as the message above the page, and beside the button
    assert "Übernehmen und veröffentlichen" not in refused
    assert f"In einem Schritt geht beides hier nicht. {because}" in refused
    assert state_of(text_page) == before
    assert the_proposal().is_sent


def test_a_proposed_schedule_is_not_published_in_one_step(land, chair, text_page):
    proposal = propose(land, text_page, introduction="Von Saarland")
    proposal.content["go_live_at"] = LATER.isoformat()
    proposal.save()
    before = state_of(text_page)
    said = text_of(press(chair, "publish", field=["introduction", "go_live_at"]))
    assert "Der Vorschlag setzt einen Zeitplan" in said
    assert state_of(text_page) == before


def test_what_fails_while_it_is_published_is_not_taken_either(land, chair, text_page):
    def refuse(**kwargs) -> None:
        raise ValidationError({"introduction": "So nicht."})

    propose(land, text_page, introduction="Von Saarland")
    before = state_of(text_page)
    page_published.connect(refuse)
    try:
        said = text_of(press(chair, "publish", field=["introduction"]))
    finally:
        page_published.disconnect(refuse)
    assert "Nicht übernommen, nichts ist geändert. Die Seite nimmt es so nicht an: Einleitung: So nicht." in said
    assert state_of(text_page) == before
    assert (the_proposal().state, the_proposal().taken) == ("sent", [])


def test_after_a_refusal_stands_what_the_chair_had_ticked_and_typed(land, chair, text_page):
    propose(land, text_page, introduction="Von Saarland", seo_title="Titel von Saarland")
    Page.objects.filter(pk=text_page.pk).update(locked=True)
    refused = soup_of(press(chair, "take", field=["seo_title"], answer="Nur der Titel."))
    assert refused.find("textarea").get_text().strip() == "Nur der Titel."
    assert [box["value"] for box in refused.select("input[name=field][checked]")] == ["seo_title"]


def test_rows_of_a_conference_are_one_field_and_taken_as_such(land, chair):
    page = ConferencePage.objects.get(number=12)
    names = [guest.name for guest in page.guests.all()]
    guests = [*page.guests.all(), ConferenceGuest(name="Gast", office="Amt")]
    proposal = propose(land, page, motto="Von Saarland", guests=guests)
    assert set(named(chair.get(reverse("proposal", args=[proposal.pk])))) == {"Motto", "Gäste"}
    press(chair, "take", field=["guests"])
    Page.objects.get(pk=page.pk).get_latest_revision().publish()
    page.refresh_from_db()
    assert [guest.name for guest in page.guests.all()] == [*names, "Gast"]
    assert page.motto != "Von Saarland"


@pytest.mark.audit
def test_another_number_of_a_conference_is_only_proposed(land, chair, client):
    page = ConferencePage.objects.get(number=19)
    below = {child.url: client.get(child.url).status_code for child in page.get_children().live()}
    propose(land, page, number=77)
    publish(chair, page, motto="Vom Vorsitz")
    assert {address: client.get(address).status_code for address in below} == below
    press(chair, "take", field=["number"])
    assert {address: client.get(address).status_code for address in below} == below
    publish(chair, page)
    page.refresh_from_db()
    assert (page.number, page.slug) == (77, "77")


def test_a_locked_page_can_be_proposed_for_and_not_be_changed(account, land, chair, text_page):
    Page.objects.filter(pk=text_page.pk).update(locked=True, locked_by=User.objects.get(username="admin-test"))
    propose(land, text_page, introduction="Von Saarland")
    assert "Die Seite ist gesperrt" in text_of(press(chair, "take", field=["introduction"]))
    assert the_proposal().is_sent
    press(chair, "return", answer="Zurzeit nicht.")
    assert the_proposal().is_returned


@AT_THE_DESK
def test_a_moved_page_keeps_its_proposals_and_a_deleted_one_says_that_they_go(land, chair, text_page):
    propose(land, text_page, introduction="Von Saarland")
    target = HomePage.objects.get().add_child(instance=StandardPage(title="Ziel", slug="ziel"))
    text_page.move(target, "last-child")
    press(chair, "take", field=["introduction"])
    assert StandardPage.objects.get(pk=text_page.pk).url == "/ziel/seite/"
    propose(of_land("DE-TH"), text_page, introduction="Von Thüringen")
    address = reverse("wagtailadmin_pages:delete", args=[text_page.pk])
    assert "Mit der Seite kommen auch Vorschläge in den Papierkorb, von: Thüringen." in text_of(chair.get(address))
    chair.post(address)
    assert not Proposal.objects.exists()


def test_a_page_taken_back_can_be_proposed_for_and_does_not_return_by_it(land, chair, text_page):
    chair.post(reverse("wagtailadmin_pages:unpublish", args=[text_page.pk]))
    before = state_of(text_page)
    propose(land, text_page, introduction="Von Saarland", title="Von Saarland")
    assert state_of(text_page) == before
    press(chair, "take", field=["introduction"])
    assert not Page.objects.get(pk=text_page.pk).live


@pytest.mark.audit
def test_after_the_changeover_the_new_chair_sees_what_its_land_proposed_and_the_former_draft(
    account, land, chair, text_page
):
    propose(land, text_page, introduction="Von Saarland")
    revise(text_page, seo_title="Entwurf des bisherigen Vorsitzes")
    bavaria = of_land("DE-BY")
    propose(bavaria, text_page, introduction="Von Bayern")
    former = account.land_code
    give_chair(User.objects.get(username="redaktion-sl"))
    Proposal.objects.filter(land_code="DE-SL").update(land_code=former)  # the Land that chairs is the same in this test
    account.land_code = "DE-HB"
    account.save()
    land.get("/admin/")
    said = text_of(land.get(edit_url(text_page)))
    assert "Ihr Land hat vor dem Vorsitz 1 Änderung vorgeschlagen." in said
    assert "Bayern schlägt 1 Änderung vor." in said
    assert fields_at(land, edit_url(text_page))["seo_title"] == "Entwurf des bisherigen Vorsitzes"
    press(land, "take", former, field=["introduction"])
    assert fields_at(land, edit_url(text_page))["introduction"] == "Von Saarland"
    assert "Was Sie hier schreiben, ist ein Vorschlag" in text_of(chair.get(edit_url(text_page)))


def test_a_form_that_a_former_chair_sends_too_late_becomes_its_proposal(account, chair, text_page):
    form = page_form(chair, text_page) | {"introduction": "Zu spät", "action-publish": "1"}
    account.land_code = "DE-HB"
    account.save()
    chair.post(edit_url(text_page), form)
    assert public(text_page) == "Vom Vorsitz"
    assert the_proposal("DE-HB").content["introduction"] == "Zu spät"


def test_a_form_that_was_opened_as_a_proposal_stays_one_when_its_land_has_got_the_chair(land, chair, text_page):
    form = page_form(land, text_page) | {"introduction": "Noch als Land"}
    revise(text_page, seo_title="Entwurf des bisherigen Vorsitzes")
    before = state_of(text_page)
    give_chair(User.objects.get(username="redaktion-sl"))
    said = text_of(land.post(edit_url(text_page), form, follow=True))
    assert state_of(text_page) == before
    assert "Ihr Land hat vor dem Vorsitz 1 Änderung vorgeschlagen." in said


def test_an_administrator_without_a_land_writes_the_page_and_decides(land, text_page):
    admin = signed_in(User.objects.get(username="admin-test"))
    propose(land, text_page, introduction="Von Saarland")
    publish(admin, text_page, seo_title="Von der Administration")
    assert (public(text_page), text_page.seo_title) == ("Vom Vorsitz", "Von der Administration")
    press(admin, "take", field=["introduction"])
    publish(admin, text_page)
    assert public(text_page) == "Von Saarland"


def test_a_comment_of_a_land_belongs_to_the_page_and_the_chair_reads_it(land, chair, text_page):
    comment = {"comments-TOTAL_FORMS": "1", "comments-INITIAL_FORMS": "0", "comments-0-text": "Stimmt das?"}
    comment |= {"comments-0-contentpath": "introduction", "comments-0-position": "", "comments-0-resolved": ""}
    comment |= {"comments-0-replies-TOTAL_FORMS": "0", "comments-0-replies-INITIAL_FORMS": "0"}
    before = state_of(text_page)[1:]
    save(land, text_page, introduction="Von Saarland", **comment)
    assert state_of(text_page)[1:] == before
    assert Page.objects.get(pk=text_page.pk).wagtail_admin_comments.get().text == "Stimmt das?"
    assert "Stimmt das?" in chair.get(edit_url(text_page)).content.decode()
    save(land, text_page, introduction="Von Saarland!", **comment | {"comments-TOTAL_FORMS": "0"})
    assert Page.objects.get(pk=text_page.pk).wagtail_admin_comments.count() == 1


def test_a_land_drops_its_proposal_and_starts_again_from_the_page(land, text_page):
    write(land, text_page, introduction="Von Saarland")
    asked = press(land, "discard", reason="Weil es stimmt.")
    assert "Niemand kann ihn zurückholen" in text_of(asked)
    assert "vorgeschlagen ist: Einleitung Verloren geht auch die Begründung." in text_of(asked)
    kept = press(land, "keep", shown=asked, reason=soup_of(asked).find("input", {"name": "reason"})["value"])
    assert soup_of(kept).find("textarea").get_text().strip() == "Weil es stimmt."
    assert Proposal.objects.exists()
    press(land, "discard-for-good", shown=press(land, "discard"))
    assert not Proposal.objects.exists()
    assert page_form(land, text_page)["introduction"] == "Vom Vorsitz"


def test_what_was_written_on_since_the_question_is_not_discarded(land, text_page):
    write(land, text_page, introduction="Von Saarland")
    asked = press(land, "discard")
    write(land, text_page, introduction="Von Saarland!")
    press(land, "discard-for-good", shown=asked)
    assert the_proposal().content["introduction"] == "Von Saarland!"


def test_a_proposal_of_before_without_a_version_to_start_from_is_written_on(land, text_page):
    content = stored_version(text_page) | {"introduction": "Vom Saarland"}
    Proposal.objects.create(page=text_page, land_code="DE-SL", content=content, base={}, version=1)
    save(land, text_page, seo_title="Auch")
    assert the_proposal().open_fields() == {"introduction", "seo_title"}


def test_a_version_that_never_was_is_as_if_none_had_been_sent(land, text_page):
    save(land, text_page, introduction="Vom Saarland", loaded_revision_id="9" * 5000)
    assert the_proposal().open_fields() == {"introduction"}


def test_a_proposal_is_sent_at_once_from_its_form_without_a_reason(land, chair, text_page):
    answer = save(land, text_page, introduction="Vom Saarland", **{"action-submit": "at-once"})
    assert answer["Location"] == reverse("wagtailadmin_home")
    proposal = Proposal.objects.get()
    assert (proposal.is_sent, proposal.reason) == (True, "")
    assert [str(message) for message in get_messages(answer.wsgi_request)][-1].startswith("Der Vorschlag ist gesendet.")
    assert "Saarland schlägt 1 Änderung vor." in text_of(chair.get(edit_url(text_page)))


def test_a_form_without_a_change_sends_nothing_at_once(land, text_page):
    answer = save(land, text_page, **{"action-submit": "at-once"})
    assert answer["Location"] != reverse("wagtailadmin_home")
    assert not Proposal.objects.exists()


def test_a_form_without_a_change_makes_no_proposal(land, text_page):
    assert "keine Änderung gegenüber der Seite" in told(save(land, text_page))
    assert not Proposal.objects.exists()


def test_the_preview_shows_the_land_its_proposal_and_the_chair_the_page(land, chair, text_page):
    revise(text_page, introduction="Entwurf des Vorsitzes")
    write(land, text_page, seo_title="Von Saarland")
    address = reverse("proposal_preview", args=[text_page.pk])
    assert address in land.get(edit_url(text_page)).content.decode()
    form = page_form(land, text_page) | {"introduction": "Gerade getippt"}
    assert land.post(address, form).json() == {"is_valid": True, "is_available": True}
    shown = text_of(land.get(address))
    assert "Gerade getippt" in shown
    assert "Entwurf des Vorsitzes" not in shown


def test_the_chair_gets_a_mail_of_what_is_sent_and_the_land_one_of_the_answer(account, land, chair, text_page):
    User.objects.filter(pk=account.pk).update(email="vorsitz@example.org")
    propose(land, text_page, introduction="Von Saarland", reason="Weil es stimmt.")
    assert (send_proposal_mails(), send_proposal_mails()) == (1, 0)
    assert "vorsitz@example.org" in mail.outbox[-1].to
    assert "redaktion-sl@example.org" not in mail.outbox[-1].to
    assert "Weil es stimmt." in mail.outbox[-1].body
    press(chair, "return", answer="Nein, weil.")
    send_proposal_mails()
    assert mail.outbox[-1].to == ["redaktion-sl@example.org"]
    assert "Nein, weil." in mail.outbox[-1].body


def test_the_dashboard_of_the_chair_lists_what_is_sent(land, chair, text_page):
    propose(land, text_page, introduction="Von Saarland")
    assert reverse("proposal", args=[the_proposal().pk]) in chair.get("/admin/").content.decode()
    assert "Vorschläge Ihres Landes" in text_of(land.get("/admin/"))


def test_a_new_page_of_a_land_goes_the_way_of_approval_and_is_a_proposal_once_it_was_public(land, chair):
    owner = User.objects.get(username="redaktion-sl")
    own = HomePage.objects.get().add_child(instance=StandardPage(title="Neu", slug="neu", live=False, owner=owner))
    save(land, own, introduction="Von Saarland", **{"action-submit": "1"})
    task = Page.objects.get(pk=own.pk).current_workflow_task_state
    chair.post(reverse("wagtailadmin_pages:workflow_action", args=[own.pk, "approve", task.pk]))
    assert public(own) == "Von Saarland"
    save(land, own, introduction="Später")
    assert public(own) == "Von Saarland"
    assert the_proposal().content["introduction"] == "Später"


def test_an_earlier_version_does_not_come_back_by_a_land(land, chair, text_page):
    revise(text_page, introduction="Entwurf des Vorsitzes")
    earlier = text_page.revisions.order_by("created_at").last()
    before = state_of(text_page)
    address = reverse("wagtailadmin_pages:revisions_revert", args=[text_page.pk, earlier.pk])
    land.post(address, page_form(land, text_page) | {"introduction": "Zurück", "revision": earlier.pk})
    assert state_of(text_page) == before


def test_a_text_that_only_went_through_the_editor_counts_as_untouched():
    features = ["bold", "italic", "link", "document-link", "ul", "ol", "h3", "h4"]
    converter = ContentstateConverter(features=features)
    texts = [
        block.value["text"].source
        for page_type in (StandardPage, AboutPage, ConferencePage)
        for page in page_type.objects.all()
        for block in page.body
        if block.block_type == "section"
    ]
    assert len(texts) > 20
    for text in texts:
        again = converter.to_database_format(converter.from_database_format(text))
        assert without_keys(text) == without_keys(again)
    assert without_keys(texts[0]) != without_keys(texts[0].replace("e", "a"))
