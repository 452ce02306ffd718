"""What a Land has typed goes public only when the chair knows: each way to publish names it and asks."""

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from wagtail.admin.rich_text.converters.contentstate import ContentstateConverter
from wagtail.models import Page

from conferences.models import ConferencePage
from history.models import AboutPage
from intmk.base.proposals import unapproved, without_keys
from intmk.pages.models import HomePage, StandardPage
from intmk.users.models import User
from tests.editing import edit_url, give_chair, page_form, soup_of, text_of

pytestmark = pytest.mark.django_db


def signed_in(account: User) -> Client:
    client = Client(HTTP_HOST="localhost")
    client.force_login(account)
    return client


@pytest.fixture
def land() -> Client:
    """The browser of a Land that does not chair."""
    client = signed_in(User.objects.create_user("redaktion-sl", land_code="DE-SL"))
    assert client.get("/admin/").status_code == 200
    return client


@pytest.fixture
def text_page(account) -> StandardPage:
    page = HomePage.objects.get().add_child(instance=StandardPage(title="Seite", slug="seite"))
    page.introduction = "Vom Vorsitz"
    page.save_revision(user=User.objects.create_superuser("admin-test")).publish()
    page.refresh_from_db()
    return page


def save(client: Client, page: Page, follow: bool = False, **changes):
    """Open the editor, change fields and press a button, as a browser does."""
    return client.post(edit_url(page), page_form(client, page) | changes, follow=follow)


def publish(client: Client, page: Page, follow: bool = True, **changes):
    return save(client, page, follow, **changes, **{"action-publish": "1"})


def decide(client: Client, page: Page, decision: str, form=None, follow: bool = False):
    """Press one of the buttons of the page on which the chair is asked."""
    address = reverse("proposals", args=[page.pk])
    version = soup_of(form or client.get(address)).find("input", {"name": "version"})["value"]
    return client.post(address, {"decision": decision, "version": version}, follow=follow)


def named(answer) -> list[str]:
    """The fields that the chair is shown."""
    return [heading.get_text() for heading in soup_of(answer).select("main h2.w-label-1")]


def public(page: StandardPage) -> str:
    page.refresh_from_db()
    return page.introduction


def test_the_form_of_the_chair_says_whose_changes_it_holds(land, chair, text_page):
    save(land, text_page, introduction="Von Saarland")
    said = text_of(chair.get(edit_url(text_page)))
    today = timezone.localdate().strftime("%d.%m.%Y")
    assert f"Änderungen, die noch nicht freigegeben sind: Saarland (redaktion-sl, {today})" in said
    assert "noch nicht freigegeben" not in text_of(land.get(edit_url(text_page)))


def test_publishing_asks_first_and_names_the_fields(land, chair, text_page):
    save(land, text_page, introduction="Von Saarland")
    asked = publish(chair, text_page, seo_title="Vom Vorsitz ergänzt")
    assert public(text_page) == "Vom Vorsitz"
    said = text_of(asked)
    assert "Noch nicht veröffentlicht. Was Sie geschrieben haben, ist als Entwurf gespeichert." in said
    assert named(asked) == ["Einleitung"]
    assert "Mit den Änderungen veröffentlichen" in said
    decide(chair, text_page, "with", asked)
    assert public(text_page) == "Von Saarland"
    assert text_page.seo_title == "Vom Vorsitz ergänzt"


def test_the_chair_publishes_without_them_and_its_own_text_stays(land, chair, text_page):
    save(land, text_page, introduction="Von Saarland", title="Von Saarland")
    question = publish(chair, text_page, seo_title="Vom Vorsitz ergänzt")
    assert "auch andere geschrieben" not in text_of(question)
    decide(chair, text_page, "without", question)
    assert public(text_page) == "Vom Vorsitz"
    assert (text_page.title, text_page.seo_title) == ("Seite", "Vom Vorsitz ergänzt")
    assert any(
        "Von Saarland" in str(revision.content) for revision in text_page.revisions.all()
    )  # still in the history


def test_who_leaves_them_out_is_told_where_the_chair_itself_has_written_on(land, chair, text_page):
    save(land, text_page, introduction="Von Saarland", seo_title="Von Saarland")
    question = publish(chair, text_page, introduction="Von Saarland, vom Vorsitz verbessert")
    assert "Hier haben seitdem auch andere geschrieben: Einleitung. Ohne die" in text_of(question)


def test_the_form_without_them_is_published_without_a_question(land, chair, text_page):
    save(land, text_page, introduction="Von Saarland")
    form = text_of(decide(chair, text_page, "draft", follow=True))
    assert "ohne die Änderungen von Saarland" in form
    assert "noch nicht freigegeben sind" not in form
    publish(chair, text_page, False, introduction="Neu vom Vorsitz")
    assert public(text_page) == "Neu vom Vorsitz"


def test_what_was_confirmed_once_is_not_asked_again(land, chair, text_page):
    save(land, text_page, introduction="Von Saarland")
    decide(chair, text_page, "with", publish(chair, text_page))
    publish(chair, text_page, False, seo_title="Weiter")
    text_page.refresh_from_db()
    assert (text_page.introduction, text_page.seo_title) == ("Von Saarland", "Weiter")


def test_a_draft_of_the_chair_on_top_approves_nothing(land, chair, text_page):
    save(land, text_page, introduction="Von Saarland")
    save(chair, text_page, seo_title="Nur gespeichert")
    publish(chair, text_page, False)
    assert public(text_page) == "Vom Vorsitz"


def test_what_the_chair_has_undone_itself_is_not_asked(land, chair, text_page):
    save(land, text_page, introduction="Von Saarland")
    publish(chair, text_page, False, introduction="Vom Vorsitz", seo_title="Neu")
    text_page.refresh_from_db()
    assert text_page.seo_title == "Neu"


def test_a_rejected_proposal_is_asked_about_and_called_so(land, chair, text_page):
    save(land, text_page, introduction="Abgelehnt", **{"action-submit": "1"})
    task = Page.objects.get(pk=text_page.pk).current_workflow_task_state
    chair.post(
        reverse("wagtailadmin_pages:workflow_action", args=[text_page.pk, "reject", task.pk]), {"comment": "Nein"}
    )
    asked = publish(chair, text_page, seo_title="Weiter")
    assert public(text_page) == "Vom Vorsitz"
    assert "im Freigabeverfahren zurückgegeben" in text_of(asked)


def test_an_approval_is_the_consent_to_its_proposal_and_to_no_older_one(account, land, chair, text_page):
    save(land, text_page, introduction="Von Saarland")
    bavaria = signed_in(User.objects.create_user("redaktion-by", land_code="DE-BY"))
    bavaria.get("/admin/")
    save(bavaria, text_page, seo_title="Von Bayern", **{"action-submit": "1"})
    task = Page.objects.get(pk=text_page.pk).current_workflow_task_state
    approve = reverse("wagtailadmin_pages:workflow_action", args=[text_page.pk, "approve", task.pk])
    refused = chair.post(approve, follow=True)
    assert public(text_page) == "Vom Vorsitz"
    assert "ältere Änderungen" in text_of(refused)
    assert "Saarland (redaktion-sl" in text_of(refused)
    assert Page.objects.get(pk=text_page.pk).current_workflow_task_state == task
    decide(chair, text_page, "without")
    assert (public(text_page), text_page.seo_title) == ("Vom Vorsitz", "")
    save(bavaria, text_page, seo_title="Von Bayern", **{"action-submit": "1"})
    task = Page.objects.get(pk=text_page.pk).current_workflow_task_state
    chair.post(reverse("wagtailadmin_pages:workflow_action", args=[text_page.pk, "approve", task.pk]))
    text_page.refresh_from_db()
    assert text_page.seo_title == "Von Bayern"


def test_several_at_once_are_not_published_with_them(land, chair, text_page):
    save(land, text_page, introduction="Von Saarland")
    address = reverse("wagtail_bulk_action", args=["wagtailcore", "page", "publish"])
    answer = chair.post(f"{address}?id={text_page.pk}", {"include_descendants": "on"}, follow=True)
    assert "Nichts veröffentlicht" in text_of(answer)
    assert public(text_page) == "Vom Vorsitz"
    below = text_page.add_child(instance=StandardPage(title="Kind", slug="kind", live=False))
    decide(chair, text_page, "without")
    below.save_revision(user=User.objects.get(username="redaktion-sl"))
    chair.post(f"{address}?id={text_page.pk}", {"include_descendants": "on"})
    below.refresh_from_db()
    assert not below.live


def test_a_set_moment_is_asked_about_as_well(land, chair, text_page):
    draft = StandardPage.objects.get(pk=text_page.pk)
    draft.introduction, draft.go_live_at = "Von Saarland", timezone.now() + timezone.timedelta(days=2)
    draft.save_revision(user=User.objects.get(username="redaktion-sl"))
    publish(chair, text_page, False)
    assert not text_page.revisions.filter(approved_go_live_at__isnull=False).exists()
    assert "vorgemerkt" in text_of(decide(chair, text_page, "with", follow=True))
    assert text_page.revisions.filter(approved_go_live_at__isnull=False).count() == 1
    assert unapproved(text_page) is None


def test_a_copy_is_not_published_with_them(land, chair, text_page):
    save(land, text_page, introduction="Von Saarland")
    form = {
        "new_title": "Kopie",
        "new_slug": "kopie",
        "new_parent_page": text_page.get_parent().pk,
        "publish_copies": "on",
    }
    chair.post(reverse("wagtailadmin_pages:copy", args=[text_page.pk]), form)
    assert not Page.objects.filter(slug="kopie").exists()
    del form["publish_copies"]
    chair.post(reverse("wagtailadmin_pages:copy", args=[text_page.pk]), form)
    assert Page.objects.filter(slug="kopie", live=False).exists()


def test_a_page_taken_back_does_not_return_with_them(land, chair, text_page):
    save(land, text_page, introduction="Von Saarland")
    chair.post(reverse("wagtailadmin_pages:unpublish", args=[text_page.pk]))
    publish(chair, text_page, False)
    text_page.refresh_from_db()
    assert not text_page.live


def test_a_page_that_a_land_has_begun_is_published_knowingly(land, chair):
    own = HomePage.objects.get().add_child(
        instance=StandardPage(title="Neu", slug="neu", live=False, owner=User.objects.get(username="redaktion-sl"))
    )
    save(land, own, introduction="Von Saarland")
    asked = publish(chair, own)
    assert "nicht der Vorsitz begonnen: Saarland" in text_of(asked)
    assert "Ohne die Änderungen" not in text_of(asked)
    decide(chair, own, "with", asked)
    assert public(own) == "Von Saarland"


def test_after_the_changeover_what_the_former_chair_left_is_named_and_one_s_own_is_not(account, land, chair, text_page):
    save(land, text_page, introduction="Von Saarland")
    save(chair, text_page, seo_title="Entwurf des bisherigen Vorsitzes")
    next_chair = User.objects.get(username="redaktion-sl")
    former = account.land_code
    give_chair(next_chair)  # now both accounts are of the Land that chairs
    account.land_code = "DE-BY" if former != "DE-BY" else "DE-BE"
    account.save()
    land.get("/admin/")
    asked = publish(land, text_page)
    assert named(asked) == ["Titel"]  # for search engines
    decide(land, text_page, "without", asked)
    assert (public(text_page), text_page.seo_title) == ("Von Saarland", "")


def test_the_text_of_a_deleted_account_does_not_become_the_chair_s(land, chair, text_page):
    save(land, text_page, introduction="Von Saarland")
    User.objects.get(username="redaktion-sl").delete()
    assert "einem gelöschten Konto" in text_of(publish(chair, text_page))
    assert public(text_page) == "Vom Vorsitz"


def test_an_approved_version_is_not_exchanged_by_saving_in_the_background(land, chair, text_page):
    save(land, text_page, introduction="Eingereicht", **{"action-submit": "1"})
    approved = Page.objects.get(pk=text_page.pk).get_latest_revision()
    task = Page.objects.get(pk=text_page.pk).current_workflow_task_state
    chair.post(reverse("wagtailadmin_pages:workflow_action", args=[text_page.pk, "approve", task.pk]))
    form = page_form(land, text_page) | {"introduction": "Untergeschoben", "overwrite_revision_id": str(approved.pk)}
    answer = land.post(edit_url(text_page), form, headers={"Accept": "application/json"})
    assert answer.json()["error_code"] == "invalid_revision"
    approved.refresh_from_db()
    assert approved.content["introduction"] == "Eingereicht"


def test_saving_in_the_background_counts_as_typed(land, chair, text_page):
    form = page_form(land, text_page) | {"introduction": "Von"}
    first = land.post(edit_url(text_page), form, headers={"Accept": "application/json"}).json()
    again = form | {"introduction": "Von Saarland", "overwrite_revision_id": first["revision_id"]}
    assert land.post(edit_url(text_page), again, headers={"Accept": "application/json"}).json()["success"]
    asked = publish(chair, text_page)
    assert named(asked) == ["Einleitung"]


def test_what_comes_in_while_the_chair_decides_is_not_published_unseen(land, chair, text_page):
    save(land, text_page, introduction="Gesehen")
    asked = publish(chair, text_page)
    save(land, text_page, introduction="Ungesehen")
    answer = decide(chair, text_page, "with", asked, follow=True)
    assert "Inzwischen gibt es eine neuere Fassung" in text_of(answer)
    assert public(text_page) == "Vom Vorsitz"


def test_only_who_may_publish_decides(land, text_page):
    save(land, text_page, introduction="Von Saarland")
    address = reverse("proposals", args=[text_page.pk])
    assert land.get(address, follow=True).redirect_chain
    assert land.post(address, {"decision": "with"}, follow=True).redirect_chain
    assert public(text_page) == "Vom Vorsitz"


def test_rows_and_a_number_of_a_conference_go_back_as_well(land, chair):
    page = ConferencePage.objects.get(number=12)
    guests = [guest.name for guest in page.guests.all()]
    proposal = ConferencePage.objects.get(pk=page.pk)
    proposal.number, proposal.motto = 99, "Von Saarland"
    proposal.guests.add(proposal.guests.model(name="Gast", office="Amt"))
    proposal.save_revision(user=User.objects.get(username="redaktion-sl"))
    asked = chair.get(reverse("proposals", args=[page.pk]))
    assert set(named(asked)) == {"Nummer", "Motto", "Gäste"}
    decide(chair, page, "without")
    page.refresh_from_db()
    assert (page.number, page.slug, page.motto) == (12, "12", "Integration schafft Zusammenhalt")
    assert [guest.name for guest in page.guests.all()] == guests


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
