"""What a Land brings for a proposal is its own until readers see it; afterwards it is the chair's."""

from datetime import date, timedelta
from io import BytesIO

import pytest
from django.core.files.base import ContentFile
from django.core.files.images import ImageFile
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from PIL import Image
from wagtail.models import Collection

from conferences.models import ChairPerson, ChairTerm, ConferenceDocument, ConferencePage, ConferencePhoto
from conferences.terms.rights import update_publishing_rights
from intmk.media import orphans
from intmk.media.documents.models import SiteDocument
from intmk.media.images.models import SiteImage
from intmk.proposals.models import Proposal
from intmk.users.models import User
from tests.editing import give_chair
from tests.pdf_files import EMPTY_PAGE

pytestmark = pytest.mark.django_db
MODELS = {"bild": SiteImage, "dokument": SiteDocument}


@pytest.fixture
def proposals() -> Collection:
    return Collection.objects.get(name="Vorschläge der Länder")


@pytest.fixture
def picture(account, proposals) -> SiteImage:
    return SiteImage.objects.create(
        title="Gruppenbild",
        file=ImageFile(BytesIO(grey()), name="gruppe.png"),
        description="Eine graue Fläche für den Test.",
        credit="Test",
        uploaded_by_user=account,
        collection=proposals,
    )


def grey() -> bytes:
    """A PNG."""
    out = BytesIO()
    Image.new("L", (1800, 1200), 128).save(out, "PNG")
    return out.getvalue()


def edit(client, picture: SiteImage) -> int:
    return client.get(reverse("wagtailimages:edit", args=[picture.pk])).status_code


def test_a_land_brings_its_pictures_into_the_collection_of_proposals(editor):
    page = editor.get(reverse("wagtailimages:add")).content.decode()
    assert "Vorschläge der Länder" in page or "id_collection" not in page


def test_a_land_changes_its_own_picture_until_a_page_with_it_is_published(account, editor, picture):
    assert edit(editor, picture) == 200
    page = ConferencePage.objects.get(number=13)
    page.photos.add(ConferencePhoto(image=picture))
    revision = page.save_revision(user=account)
    assert edit(editor, picture) == 200
    revision.publish(user=account, skip_permission_checks=True)
    picture.refresh_from_db()
    assert picture.collection == Collection.get_first_root_node()
    assert edit(editor, picture) == 302
    give_chair(account)
    assert edit(editor, picture) == 200


def test_a_document_goes_the_same_way(account, proposals):
    file = ContentFile(b"%PDF-1.7 ", name="papier.pdf")
    document = SiteDocument.objects.create(title="P", file=file, uploaded_by_user=account, collection=proposals)
    page = ConferencePage.objects.get(number=13)
    page.documents.add(ConferenceDocument(document=document))
    page.save_revision(user=account).publish(user=account, skip_permission_checks=True)
    document.refresh_from_db()
    assert document.collection == Collection.get_first_root_node()


def test_a_portrait_in_a_term_goes_the_same_way(picture):
    term = ChairTerm.objects.get(land__code="DE-BE")
    term.persons.add(ChairPerson(name="Person", portrait=picture))
    term.save()
    picture.refresh_from_db()
    assert picture.collection == Collection.get_first_root_node()


def test_a_land_does_not_touch_what_another_land_has_brought(editor, picture):
    picture.uploaded_by_user = User.objects.create_user("andere", land_code="DE-SL")
    picture.save()
    assert edit(editor, picture) == 302


def test_a_collection_below_that_of_the_proposals_is_no_way_round(account, editor, proposals, picture):
    picture.collection = proposals.add_child(instance=Collection(name="Bayern"))
    picture.save()
    page = ConferencePage.objects.get(number=13)
    page.photos.add(ConferencePhoto(image=picture))
    page.save_revision(user=account).publish(user=account, skip_permission_checks=True)
    assert edit(editor, picture) == 302


def test_a_former_chair_has_no_way_back_to_a_public_picture(account, editor, proposals, picture):
    page = ConferencePage.objects.get(number=13)
    page.photos.add(ConferencePhoto(image=picture))
    page.save_revision(user=account).publish(user=account, skip_permission_checks=True)
    picture.refresh_from_db()
    picture.collection = proposals  # as the chair may do by the form of the picture
    picture.save()
    assert edit(editor, picture) == 302
    SiteImage.objects.filter(pk=picture.pk).update(collection=proposals)  # and for several at once
    assert edit(editor, picture) == 200
    update_publishing_rights(date(2027, 7, 1))
    assert edit(editor, picture) == 302


def add(client, kind: str, **fields) -> tuple[str, SiteImage | SiteDocument]:
    """Send the form of a new file with the tick; return the empty form and the file."""
    library, data = {
        "bild": ("wagtailimages", SimpleUploadedFile("gruppe.png", grey(), "image/png")),
        "dokument": ("wagtaildocs", SimpleUploadedFile("papier.pdf", EMPTY_PAGE)),
    }[kind]
    page = client.get(reverse(f"{library}:add")).content.decode()
    form = {"title": "Gruppenbild der Sitzung", "language": "de", "accessible": "unknown", "tags": "", "credit": "Test"}
    form |= {"description": "Eine graue Fläche für den Test.", "released": "on", "file": data}
    client.post(reverse(f"{library}:add"), form | fields)
    return page, MODELS[kind].objects.get(title="Gruppenbild der Sitzung")


@pytest.mark.parametrize("kind", MODELS)
def test_a_land_is_not_asked_whether_its_proposal_is_public_and_the_chair_is(account, editor, proposals, kind):
    page, file = add(editor, kind)
    assert 'name="released"' not in page
    assert (file.collection, file.released) == (proposals, False)
    file.delete()
    give_chair(account)
    page, file = add(editor, kind, collection=Collection.get_first_root_node().pk)
    assert 'name="released"' in page
    assert file.released


def test_a_tick_on_a_proposal_does_not_outlast_the_page_that_shows_it(account, proposals, picture):
    content = ContentFile(EMPTY_PAGE, name="papier.pdf")
    document = SiteDocument.objects.create(title="P", file=content, uploaded_by_user=account, collection=proposals)
    for model in MODELS.values():
        model.objects.update(released=True)
    page = ConferencePage.objects.get(number=13)
    page.photos.add(ConferencePhoto(image=picture))
    page.documents.add(ConferenceDocument(document=document))
    page.save_revision(user=account).publish(user=account, skip_permission_checks=True)
    reader, addresses = Client(HTTP_HOST="localhost"), (picture.download_url, document.url)
    assert [reader.get(address).status_code for address in addresses] == [200, 200]
    ConferencePage.objects.get(pk=page.pk).unpublish()
    assert [reader.get(address).status_code for address in addresses] == [404, 404]
    for file in (picture, document):
        file.refresh_from_db()
        assert (file.collection, file.released) == (Collection.get_first_root_node(), False)


def test_what_is_approved_for_later_can_no_longer_be_exchanged(account, editor, picture):
    page = ConferencePage.objects.get(number=13)
    page.photos.add(ConferencePhoto(image=picture))
    page.go_live_at = timezone.now() + timedelta(days=1)
    page.save_revision(user=account).publish(user=account, skip_permission_checks=True)
    assert edit(editor, picture) == 302


def test_a_picture_in_a_proposal_is_the_land_s_until_the_chair_takes_it_and_nobody_s_orphan(account, editor, picture):
    page = ConferencePage.objects.get(number=13)
    page.photos.add(ConferencePhoto(image=picture))
    proposal = Proposal.of(page, account)
    proposal.write(page, account, None)
    reader = Client(HTTP_HOST="localhost")
    assert reader.get(picture.download_url).status_code == 404
    assert editor.get(reverse("proposed_file", args=["bild", picture.pk])).status_code == 200
    assert edit(editor, picture) == 200
    assert picture.file.name in orphans.named_files()
    proposal.take({"photos"}, User.objects.create_superuser("admin-test"))
    assert edit(editor, picture) == 302  # what the chair has seen is not exchanged
    assert reader.get(picture.download_url).status_code == 404
    ConferencePage.objects.get(pk=page.pk).get_latest_revision().publish()
    assert reader.get(picture.download_url).status_code == 200


@pytest.mark.parametrize("kind", ["bild", "dokument"])
def test_readers_do_not_get_what_is_only_proposed(account, editor, proposals, picture, kind):
    file = ContentFile(b"%PDF-1.7 ", name="papier.pdf")
    document = SiteDocument.objects.create(title="P", file=file, uploaded_by_user=account, collection=proposals)
    address = picture.download_url if kind == "bild" else document.url
    reader = Client(HTTP_HOST="localhost")
    file = picture if kind == "bild" else document
    type(file).objects.update(released=True)
    assert reader.get(address).status_code == 404
    for_editors = reverse("proposed_file", args=[kind, file.pk])
    assert reader.get(for_editors)["Location"].startswith("/admin/login/")
    assert editor.get(for_editors).status_code == 200
    type(file).objects.update(collection=Collection.get_first_root_node())
    assert reader.get(address).status_code == 200
