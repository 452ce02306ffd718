"""A file is public while a public page shows it or when an editor has ticked so; until then nobody gets it."""

from datetime import date, timedelta
from importlib import import_module
from io import BytesIO

import pytest
from django.apps import apps
from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile
from django.core.files.images import ImageFile
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from PIL import Image
from wagtail.admin.panels import get_edit_handler
from wagtail.models import Collection, CollectionViewRestriction, Page, PageViewRestriction

from conferences.models import (
    ChairPerson,
    ChairTerm,
    ConferenceDocument,
    ConferencePage,
    ConferencePhoto,
    ReportRequest,
    ResolutionStatement,
)
from history.models import Milestone, TimelinePage
from intmk.addresses.old_addresses import OldAddress
from intmk.media.documents.models import SiteDocument
from intmk.media.images import tasks
from intmk.media.images.models import SiteImage
from intmk.media.videos.models import SiteVideo
from intmk.pages.models import NewsIndexPage, NewsPage
from tests.editing import text_of
from tests.pdf_files import read_once, text_pdf
from tests.resolutions import land, resolution
from tests.video_files import mp4

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def media(settings, tmp_path, monkeypatch):
    monkeypatch.setattr("intmk.media.documents.text.read_pdf", read_once)  # test_document_text asks the reading itself
    settings.MEDIA_ROOT = tmp_path / "media"


def paper(file: ContentFile | None = None, **fields) -> SiteDocument:
    file = file or ContentFile(b"Land;Stimme\n", name="niederschrift.csv")  # nothing that a process has to read
    return SiteDocument.objects.create(title="Niederschrift der Sitzung", file=file, **fields)


def tiny_png() -> bytes:
    out = BytesIO()
    Image.new("RGB", (40, 30), "navy").save(out, "PNG")
    return out.getvalue()


def picture(**fields) -> SiteImage:
    return SiteImage.objects.create(
        title="Gruppenbild der Konferenz",
        file=ImageFile(BytesIO(tiny_png()), name="gruppe.png"),
        description="Ein Rechteck für den Test.",
        credit="Test",
        **fields,
    )


def video(**fields) -> SiteVideo:
    found = SiteVideo(title="Grußwort", file=ContentFile(mp4(), name="gruss.mp4"), transcript="<p>Hallo</p>", **fields)
    found.save()
    return found


def news(*blocks, **fields) -> NewsPage:
    page = NewsPage(title="Neue Meldung", slug="neue-meldung", body=list(blocks), **fields)
    NewsIndexPage.objects.get().add_child(instance=page)
    return page


def link_to(document: SiteDocument) -> str:
    return f'<p><a linktype="document" id="{document.pk}">Papier</a></p>'


def status(address: str) -> int:
    return Client(HTTP_HOST="localhost").get(address).status_code


# --- documents ------------------------------------------------------------------------------------------------------


def test_a_document_is_public_only_while_a_public_page_shows_it():
    document = paper()
    assert status(document.url) == 404
    page = news(("downloads", {"heading": "Dokumente", "documents": [document]}), live=False)
    page.save_revision()
    assert status(document.url) == 404
    page.save_revision().publish()
    assert status(document.url) == 200
    Page.objects.get(pk=page.pk).unpublish()
    assert status(document.url) == 404


def test_what_only_a_draft_of_a_public_page_shows_is_not_public():
    page = news()
    page.save_revision().publish()
    document = paper()
    page.body = [("section", {"heading": "", "text": link_to(document)})]
    page.save_revision()
    assert status(document.url) == 404
    page.get_latest_revision().publish()
    assert status(document.url) == 200
    page.refresh_from_db()
    page.body = []
    page.save_revision()
    assert status(document.url) == 200  # the public page still links to it
    page.get_latest_revision().publish()
    assert status(document.url) == 404


def test_what_is_scheduled_for_later_is_not_public():
    document = paper()
    page = news(("downloads", {"heading": "Dokumente", "documents": [document]}), live=False)
    page.go_live_at = timezone.now() + timedelta(days=1)
    page.save_revision().publish()
    assert status(document.url) == 404


def test_a_document_that_an_editor_has_ticked_is_public_without_a_page():
    assert status(paper(released=True).url) == 200


def test_a_withheld_document_is_public_on_no_page(reader):
    document = paper(withheld=True)
    page = news(("downloads", {"heading": "Dokumente", "documents": [document]}))
    page.save_revision().publish()
    address = reverse("wagtaildocs_serve", args=[document.pk, document.filename])
    assert status(address) == 404
    assert address not in reader.get(page.url).content.decode()


def test_all_addresses_of_a_document_follow_it():
    document = paper(released=True)
    former = document.url
    document.file = ContentFile(b"Zweite Fassung\n", name="endfassung.csv")
    document.save()
    addresses = [former, document.url, document.versions.get().url]
    SiteDocument.objects.update(released=False)
    assert [status(address) for address in addresses] == [404, 404, 404]
    SiteDocument.objects.update(released=True)
    assert [status(address) for address in addresses] == [302, 200, 200]


@pytest.mark.parametrize("place", ["conference", "timeline", "source", "answer", "statement", "points", "old address"])
@pytest.mark.kinds(3)
def test_whatever_shows_a_document_makes_it_public(place):
    document = paper()
    if place == "conference":
        page = ConferencePage.objects.get(number=12)
        page.documents.add(ConferenceDocument(document=document))
        page.save_revision().publish()
    elif place == "timeline":
        timeline = TimelinePage.objects.get()
        timeline.milestones.add(Milestone(title="Beschlossen", day=date(2017, 3, 17), document=document))
        timeline.save_revision().publish()
    elif place == "old address":
        OldAddress.objects.create(address="/alt.pdf", key="/alt.pdf", description="Alt", target_document=document)
    else:
        page = resolution("7.1", publish=False)
        if place == "source":
            page.source_file = document
        elif place == "answer":
            page.report_requests = [ReportRequest(asked="Bund", answer=document)]
        elif place == "statement":
            page.statements = [ResolutionStatement(land=land("BY"), text=link_to(document), is_released=True)]
        else:
            page.points, page.release = [("point", link_to(document))], "text"
        assert status(document.url) == 404
        page.save_revision().publish()
    assert status(document.url) == 200


def removed_from_conference(document: SiteDocument) -> None:
    page = ConferencePage.objects.get(number=12)
    page.documents = [ConferenceDocument(document=document)]
    page.save_revision().publish()
    assert status(document.url) == 200
    page = ConferencePage.objects.get(number=12)
    page.documents = []
    page.save_revision().publish()


def removed_from_resolution(document: SiteDocument) -> None:
    page = resolution("7.1")
    page.report_requests = [ReportRequest(asked="Bund", answer=document)]
    page.save_revision().publish()
    assert status(document.url) == 200
    page = type(page).objects.get(pk=page.pk)
    page.report_requests = []
    page.save_revision().publish()


def unreleased_statement_removed(document: SiteDocument) -> None:
    page = resolution("7.1")
    page.statements = [ResolutionStatement(land=land("BY"), text=link_to(document), is_released=False)]
    page.save_revision().publish()
    page = type(page).objects.get(pk=page.pk)
    page.statements = []
    page.save_revision().publish()


@pytest.mark.parametrize("remove", [removed_from_conference, removed_from_resolution, unreleased_statement_removed])
@pytest.mark.kinds(2)
def test_what_a_page_shows_no_longer_is_public_no_longer(remove):
    document = paper()
    remove(document)
    assert status(document.url) == 404
    assert not SiteDocument.objects.public().filter(pk=document.pk).exists()


def test_a_page_that_was_read_with_its_rows_and_then_emptied_shows_them_no_longer():
    image = picture()
    page = ConferencePage.objects.get(number=12)
    page.photos.add(ConferencePhoto(image=image))
    page.save()
    assert status(image.download_url) == 200
    page = ConferencePage.objects.prefetch_related("photos__image").get(number=12)
    page.photos = []
    page.save()
    assert status(image.download_url) == 404


def test_a_page_that_is_refused_leaves_the_work_around_it_whole():
    page = ConferencePage.objects.get(number=12)
    page.kind = "special"  # which has no number
    with transaction.atomic():
        with pytest.raises(ValidationError):
            page.save()
        assert ConferencePage.objects.get(number=12).kind == "main"


def test_a_link_in_a_text_that_is_not_released_makes_nothing_public():
    in_reasons, in_points, in_statement = paper(), paper(), paper()
    page = resolution("7.1", publish=False, release="title")
    page.reasons = link_to(in_reasons)
    page.points = [("point", link_to(in_points))]
    page.statements = [ResolutionStatement(land=land("BY"), text=link_to(in_statement), is_released=False)]
    page.save_revision().publish()
    assert [status(found.url) for found in (in_reasons, in_points, in_statement)] == [404, 404, 404]
    page.release = "reasons"
    page.statements.get().is_released = True
    page.statements = [ResolutionStatement(land=land("BY"), text=link_to(in_statement), is_released=True)]
    page.save_revision().publish()
    assert [status(found.url) for found in (in_reasons, in_points, in_statement)] == [200, 200, 200]


def test_a_page_with_a_restriction_and_a_closed_collection_make_nothing_public():
    document = paper()
    page = news(("downloads", {"heading": "Dokumente", "documents": [document]}))
    page.save_revision().publish()
    restriction = PageViewRestriction.objects.create(page=Page.objects.get(pk=page.get_parent().pk))
    assert status(document.url) == 404
    restriction.delete()
    assert status(document.url) == 200
    CollectionViewRestriction.objects.create(collection=Collection.get_first_root_node(), restriction_type="login")
    assert status(document.url) == 404


def test_the_search_finds_a_document_exactly_while_a_public_page_shows_it(reader):
    document = paper(ContentFile(text_pdf("Wanderdünenklausel"), name="niederschrift.pdf"))
    found = lambda: document.url in reader.get("/suche/?q=Wanderdünenklausel").content.decode()  # noqa: E731
    assert not found()
    SiteDocument.objects.update(released=True)
    assert not found()  # its address is given to those who are to have it: nobody announced it to all
    page = news(("downloads", {"heading": "Dokumente", "documents": [document]}), live=False)
    assert not found()
    page.save_revision().publish()
    assert found()
    SiteDocument.objects.update(withheld=True)
    assert not found()


def test_an_old_address_leads_to_no_document_that_is_kept_back(reader):
    document = paper(withheld=True)
    OldAddress.objects.create(address="/alt.pdf", key="/alt.pdf", description="Alt", target_document=document)
    assert document.filename not in reader.get("/alte-adressen/").content.decode()


def test_a_file_costs_a_constant_number_of_queries(reader):
    document = paper()
    page = ConferencePage.objects.get(number=12)
    page.documents.add(ConferenceDocument(document=document))
    page.save_revision().publish()
    reader.get(document.url)
    with CaptureQueriesContext(connection) as first:
        reader.get(document.url)
    news(("downloads", {"heading": "Dokumente", "documents": [document] * 3})).save_revision().publish()
    with CaptureQueriesContext(connection) as second:
        reader.get(document.url)
    assert len(second) == len(first) <= 5


# --- pictures and videos --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("place", ["conference", "news", "text", "portrait", "poster"])
@pytest.mark.kinds(2)
def test_the_original_of_a_picture_is_public_only_while_something_public_shows_it(place):
    image = picture()
    assert status(image.download_url) == 404
    if place == "portrait":
        term = ChairTerm.objects.first()
        term.persons.add(ChairPerson(name="Person", portrait=image))
        term.save()
    elif place == "conference":
        page = ConferencePage.objects.get(number=12)
        page.photos.add(ConferencePhoto(image=image))
        page.save_revision().publish()
    else:
        blocks = {
            "news": [],
            "text": [("picture", {"image": image, "caption": ""})],
            "poster": [("video", {"video": video(poster=image)})] if place == "poster" else [],
        }
        page = news(*blocks[place], image=image if place == "news" else None, live=False)
        page.save_revision()
        assert status(image.download_url) == 404
        page.save_revision().publish()
        assert status(image.download_url) == 200
        Page.objects.get(pk=page.pk).unpublish()
        assert status(image.download_url) == 404
        return
    assert status(image.download_url) == 200


def test_a_picture_that_an_editor_has_ticked_is_public_without_a_page():
    assert status(picture(released=True).download_url) == 200


def test_a_video_and_its_captions_are_public_only_while_a_public_page_shows_it():
    found = video(captions="WEBVTT\n\n00:00.000 --> 00:01.000\nHallo\n")
    addresses = [found.url, found.captions_url]
    assert [status(address) for address in addresses] == [404, 404]
    page = news(("video", {"video": found}), live=False)
    page.save_revision()
    assert [status(address) for address in addresses] == [404, 404]
    page.save_revision().publish()
    assert [status(address) for address in addresses] == [200, 200]
    Page.objects.get(pk=page.pk).unpublish()
    assert [status(address) for address in addresses] == [404, 404]
    SiteVideo.objects.update(released=True)
    assert [status(address) for address in addresses] == [200, 200]


# --- editors --------------------------------------------------------------------------------------------------------


def test_what_an_editor_uploads_is_not_public_until_it_is_ticked_or_shown(chair, reader):
    form = {"title": "Vorlage für die Sitzung", "language": "de", "accessible": "unknown", "tags": ""}
    form["collection"] = Collection.get_first_root_node().pk
    page = chair.get(reverse("wagtaildocs:add")).content.decode()
    assert 'name="released" id="id_released" checked' not in page.replace("  ", " ")
    file = SimpleUploadedFile("vorlage.pdf", text_pdf("Vorlage"))
    chair.post(reverse("wagtaildocs:add"), form | {"file": file})
    document = SiteDocument.objects.get(title="Vorlage für die Sitzung")
    assert status(document.url) == 404
    edit = reverse("wagtaildocs:edit", args=[document.pk])
    assert "Nicht öffentlich: Keine öffentliche Seite zeigt sie." in text_of(chair.get(edit))
    chair.post(edit, form | {"released": "on"})
    assert status(document.url) == 200
    assert "Öffentlich, weil es so angekreuzt ist" in text_of(chair.get(edit))


def test_form_and_list_say_which_page_makes_a_file_public(chair):
    document, image = paper(), picture()
    page = news(("downloads", {"heading": "Dokumente", "documents": [document]}), image=image)
    page.save_revision().publish()
    said = "Öffentlich: zu sehen bei „Neue Meldung“."
    for address in (
        reverse("wagtaildocs:edit", args=[document.pk]),
        reverse("wagtaildocs:index"),
        reverse("wagtailimages:edit", args=[image.pk]),
        reverse("wagtailimages:index") + "?layout=list",
    ):
        assert said in text_of(chair.get(address)), address
    found = video()
    assert "Nicht öffentlich" in text_of(
        chair.get(reverse(found.snippet_viewset.get_url_name("edit"), args=[found.pk]))
    )


def test_the_form_of_a_video_tells_of_what_is_stored():
    found = video()
    found.released = True  # as in a form that comes back
    form_class = get_edit_handler(SiteVideo).get_form_class()
    assert form_class(instance=found).fields["released"].help_text.startswith("Nicht öffentlich: Keine öffentliche")


def test_the_list_of_documents_costs_no_more_queries_with_more_documents(chair):
    def queries() -> int:
        chair.get(reverse("wagtaildocs:index"))
        with CaptureQueriesContext(connection) as captured:
            chair.get(reverse("wagtaildocs:index"))
        return len(captured)

    first = paper()
    news(("downloads", {"heading": "Dokumente", "documents": [first]})).save_revision().publish()
    few = queries()
    page = ConferencePage.objects.get(number=12)
    for _ in range(2):
        page.documents.add(ConferenceDocument(document=paper()))
    page.save_revision().publish()
    assert queries() == few


def test_a_document_is_not_ticked_and_withheld_at_once(chair):
    document = paper()
    form = {"title": document.title, "language": "de", "accessible": "unknown", "tags": "", "released": "on"}
    answer = chair.post(reverse("wagtaildocs:edit", args=[document.pk]), form | {"withheld": "on"})
    assert "nicht schon jetzt öffentlich und gesperrt sein" in text_of(answer)


def test_in_the_admin_and_in_a_preview_files_lead_where_editors_get_them(chair):
    document, image = paper(), picture()
    page = news(("section", {"heading": "", "text": link_to(document)}), image=image, live=False)
    page.save_revision()
    own = reverse("proposed_file", args=["dokument", document.pk])
    assert own in chair.get(reverse("wagtaildocs:edit", args=[document.pk])).content.decode()
    preview = chair.get(reverse("wagtailadmin_pages:view_draft", args=[page.pk])).content.decode()
    assert own in preview
    assert reverse("proposed_file", args=["bild", image.pk]) in preview
    assert chair.get(own).status_code == 200
    page.save_revision().publish()
    shown = Client(HTTP_HOST="localhost").get(page.url).content.decode()
    assert own not in shown
    assert document.url in shown


# --- upgrade --------------------------------------------------------------------------------------------------------


def test_what_readers_got_before_the_upgrade_they_get_afterwards():
    public, hidden, proposed = paper(released=True), paper(released=False), paper(released=True)
    image, seen, unseen = picture(), video(released=True), video(released=False)
    SiteDocument.objects.filter(pk=proposed.pk).update(collection=Collection.objects.get(name="Vorschläge der Länder"))
    import_module("intmk.migrations.0019_public_files").keep_what_is_public(apps, None)
    for file in (public, hidden, proposed, image, seen, unseen):
        file.refresh_from_db()
    assert [file.released for file in (public, hidden, proposed, image, seen, unseen)] == [
        True, False, False, True, True, False,
    ]  # fmt: skip
    assert [file.withheld for file in (public, hidden, proposed, seen, unseen)] == [False, True, False, False, True]
    assert [status(public.url), status(image.download_url), status(seen.url)] == [200, 200, 200]


def test_a_rendition_bears_another_name_once_its_picture_is_no_longer_public(
    reader, django_capture_on_commit_callbacks
):
    photo = picture()
    page = news(image=photo)
    tasks.rename_withdrawn()
    known = photo.get_rendition("width-20").url
    tasks.rename_withdrawn()
    assert reader.get(known).status_code == 200
    page.unpublish()
    with django_capture_on_commit_callbacks(execute=True):
        tasks.rename_withdrawn()
    assert reader.get(known).status_code == 404
    draft = SiteImage.objects.get(pk=photo.pk).get_rendition("width-20").url
    with django_capture_on_commit_callbacks(execute=True):
        tasks.rename_withdrawn()  # what nobody has seen yet keeps its name
    assert reader.get(draft).status_code == 200
    assert draft != known
