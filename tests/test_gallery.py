"""The photos on the page of a conference, the file of each with its credit, and the programme as a table."""

import re
from io import BytesIO

import pytest
from bs4 import BeautifulSoup
from django.core.files.base import ContentFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from PIL import Image

from conferences.models import ConferencePage, ConferencePhoto
from intmk.media.images.metadata import without_metadata
from intmk.media.images.models import SiteImage

ADDRESS = "/konferenzen/12/"
CREDIT = "Jörg Müller & Söhne <Foto>"


@pytest.fixture
def client(db) -> Client:
    return Client(HTTP_HOST="localhost")


def photo(number: int, size=(1000, 100), kind="JPEG") -> SiteImage:
    out = BytesIO()
    Image.linear_gradient("L").resize(size).convert("RGB").save(out, kind)
    image = SiteImage(
        title=f"Erfundenes Foto {number}",
        file=ContentFile(out.getvalue(), name=f"foto.{kind.lower()}"),
        description="Ein Verlauf von Schwarz nach Weiß für diesen Test.",
        credit=CREDIT,
        licence="Nur für die Prüfung",
        people="Petra Beispiel\nPaul Beispiel",
        released=True,
    )
    image.full_clean()
    image.save()
    return image


def with_photos(*images: SiteImage) -> None:
    page = ConferencePage.objects.get(number=12)
    page.photos = [ConferencePhoto(image=image) for image in images]
    page.save_revision().publish()


def page_of(client: Client) -> BeautifulSoup:
    return BeautifulSoup(client.get(ADDRESS).content, "html.parser")


def test_each_photo_leads_to_its_large_file_with_names_credit_and_download(client):
    with_photos(photo(1), photo(2))
    figures = page_of(client).select(".gallery figure")
    assert len(figures) == 2
    for figure in figures:
        link = figure.select_one("a[data-large]")
        assert link["href"].startswith("/media/images/")
        assert link["href"].endswith(".jpg")
        assert link.get_text(" ", strip=True) == "Groß ansehen:"
        assert link.select_one("picture img")["alt"].startswith("Ein Verlauf")
        assert {source["type"] for source in link.select("source")} == {"image/avif", "image/webp"}
        assert "Petra Beispiel, Paul Beispiel" in figure.get_text()
        assert f"© {CREDIT}" in figure.get_text()
        download = figure.select_one("a[download]").get_text()
        assert " ".join(download.split()).startswith("Herunterladen (JPEG, 1000 × 100, ")


def test_the_first_photo_is_loaded_at_once_and_the_others_when_they_come_into_sight(client):
    with_photos(*(photo(number, (300, 200)) for number in range(3)))
    images = page_of(client).select(".gallery img")
    assert [image["loading"] for image in images] == ["eager", "lazy", "lazy"]
    assert all(image["width"] and image["height"] for image in images)


def test_one_closed_dialog_serves_all_photos_and_none_is_there_without_them(client):
    with_photos(photo(1, (300, 200)), photo(2, (300, 200)))
    html = page_of(client)
    (dialog,) = html.select("dialog")
    assert not dialog.has_attr("open")
    with_photos()
    html = page_of(client)
    assert not html.select("dialog, .gallery, script[src*=large_view]")
    assert "Gruppenfoto" in html.find(id="fehlt").parent.p.text


def test_three_photos_cost_no_more_queries_than_one(client):
    counts = []
    images = [photo(number, (60, 40)) for number in range(3)]
    for number in (1, 3):
        with_photos(*images[:number])
        client.get(ADDRESS)
        with CaptureQueriesContext(connection) as captured:
            assert len(page_of(client).select(".gallery figure")) == number
        counts.append(len(captured))
    assert counts[0] == counts[1] <= 30


def test_only_a_large_file_is_called_fit_for_print(db):
    assert not SiteImage(width=1000, height=600).is_print_quality
    assert SiteImage(width=1200, height=1800).is_print_quality


@pytest.mark.parametrize("kind", ["JPEG", "PNG"])
def test_the_file_that_is_downloaded_carries_credit_and_licence_and_the_same_picture(client, kind):
    image = photo(1, kind=kind)
    response = client.get(image.download_url)
    data = b"".join(response.streaming_content)
    stored = image.file.open().read()
    with Image.open(BytesIO(data)) as picture:
        xmp = picture.info["xmp" if kind == "JPEG" else "XML:com.adobe.xmp"]
        picture.load()
    xmp = xmp if isinstance(xmp, str) else xmp.decode()
    assert "Jörg Müller &amp; Söhne &lt;Foto&gt;" in xmp
    assert "Nur für die Prüfung" in xmp
    assert without_metadata(data)[1] == without_metadata(stored)[1]
    assert int(response["Content-Length"]) == len(data)


def test_a_corrected_credit_is_in_the_next_download(client):
    image = photo(1)
    former = client.get(image.download_url)["ETag"]
    assert client.get(image.download_url, headers={"if-none-match": former}).status_code == 304
    image.credit = "Andere Person"
    image.save()
    response = client.get(image.download_url, headers={"if-none-match": former})
    assert response.status_code == 200
    assert b"Andere Person" in b"".join(response.streaming_content)


def test_the_programme_is_a_table_with_caption_and_headed_rows(client):
    page = ConferencePage.objects.get(number=12)
    page.programme = [
        ("item", {"day": page.first_day, "time": "10:00 Uhr", "text": "Eröffnung", "place": "Großer Saal"}),
        ("item", {"day": None, "time": "", "text": "Aussprache", "place": ""}),
    ]
    page.save_revision().publish()
    table = page_of(client).select_one("table.programme")
    assert table.caption.get_text()
    assert [cell.get_text() for cell in table.select("thead th[scope=col]")] == [
        "Tag", "Uhrzeit", "Programmpunkt", "Ort",
    ]  # fmt: skip
    assert [cell.get_text() for cell in table.select("tbody th[scope=row]")] == ["Eröffnung", "Aussprache"]
    first = [cell.get_text().replace("\xa0", " ") for cell in table.select("tbody tr")[0].find_all(["th", "td"])]
    assert first == ["16. März 2017", "10:00 Uhr", "Eröffnung", "Großer Saal"]
    assert re.fullmatch(r"\d{4}-\d\d-\d\d", table.select_one("time")["datetime"])
