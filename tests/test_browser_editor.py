"""The editor's way: upload a group photo to the 12th conference, look, publish, see it as a reader."""

from io import BytesIO

import pytest
from PIL import Image
from playwright.sync_api import expect

ALT = "Die Mitglieder der Konferenz stehen auf der Treppe vor dem Graf-Zeppelin-Haus."


def photo_with_position() -> bytes:
    """A JPEG as a telephone makes it: turned by EXIF, with the place where it was taken."""
    exif = Image.Exif()
    exif[0x0112] = 6  # to be turned by 90 degrees
    exif[0x010F] = "Telefonhersteller"
    exif.get_ifd(0x8825).update({1: "N", 2: (47.0, 39.0, 0.0), 3: "E", 4: (9.0, 29.0, 0.0)})
    file = BytesIO()
    Image.effect_mandelbrot((1000, 750), (-2.0, -1.5, 1.0, 1.5), 60).convert("RGB").save(file, "JPEG", exif=exif)
    return file.getvalue()


@pytest.mark.audit
def test_a_group_photo_goes_from_the_telephone_to_the_reader_and_a_broken_file_does_not(official, browser, served_site):
    refused = []
    official.on("console", lambda message: refused.append(message.text) if "Content Security" in message.text else None)
    twelfth = official.request.get("/admin/api/main/pages/", params={"slug": "12"}).json()["items"][0]["id"]
    official.goto(f"/admin/pages/{twelfth}/edit/")
    expect(official.get_by_label("Nummer")).to_have_value("12")
    official.get_by_role("tab", name="Bilder und Dokumente").click()
    official.get_by_role("button", name="Gruppenfoto hinzufügen").click()
    official.get_by_role("button", name="Bild auswählen").last.click()
    dialog = official.get_by_role("dialog")
    dialog.get_by_role("tab", name="Hochladen").click()

    file, title = dialog.locator("input[type=file]"), dialog.get_by_label("Titel")
    file.set_input_files({"name": "bild.jpg", "mimeType": "image/jpeg", "buffer": b"<html>kein Bild</html>"})
    title.fill("Gruppenfoto Friedrichshafen 2017")
    dialog.get_by_label("Alternativtext").fill(ALT)
    dialog.get_by_label("Bildnachweis").fill("Petra Beispiel")
    dialog.get_by_role("button", name="Hochladen").click()
    expect(dialog.locator(".error-message, .w-field__errors").filter(has_text="Bild").first).to_be_visible()
    expect(dialog.get_by_label("Bildnachweis")).to_have_value("Petra Beispiel")
    # What is refused stands above what was in sight. Not to_be_focused: another window may be the one in front.
    official.wait_for_function("field => document.activeElement === field", arg=file.element_handle())

    file.set_input_files({"name": "IMG_1234.JPG", "mimeType": "image/jpeg", "buffer": photo_with_position()})
    title.fill("Gruppenfoto Friedrichshafen 2017")
    dialog.get_by_role("button", name="Hochladen").click()
    expect(dialog).to_be_hidden()  # the photo gets all its sizes meanwhile; a busy machine takes long
    expect(official.get_by_text("Gruppenfoto Friedrichshafen 2017").first).to_be_visible()

    official.get_by_role("button", name="Vorschau").first.click()
    preview = official.frame_locator("iframe[title='Vorschau'], #w-preview-iframe, iframe").first
    expect(preview.get_by_role("img", name=ALT)).to_be_attached()

    official.get_by_role("button", name="Weitere Aktionen").or_(
        official.locator("footer [data-w-dropdown-target='toggle']")
    ).first.click()
    official.get_by_role("button", name="Veröffentlichen").first.click()
    expect(
        official.get_by_text("wurde veröffentlicht").or_(official.get_by_text("veröffentlicht.")).first
    ).to_be_visible()

    reader = browser.new_context(base_url=served_site.url).new_page()
    reader.goto("/konferenzen/12/")
    image = reader.get_by_role("img", name=ALT)
    expect(image).to_be_visible()
    expect(reader.get_by_text("© Petra Beispiel").first).to_be_visible()
    width, height = int(image.get_attribute("width")), int(image.get_attribute("height"))
    assert width < height  # turned as the telephone meant it
    shown = reader.request.get(served_site.url + image.get_attribute("src"))
    assert not Image.open(BytesIO(shown.body())).getexif()
    with reader.expect_download() as download:
        reader.get_by_role("link", name="Herunterladen (JPEG").first.click()
    original = Image.open(download.value.path())
    assert original.size == (750, 1000)
    assert not original.getexif().get_ifd(0x8825)
    assert "Telefonhersteller" not in str(dict(original.getexif()))
    reader.context.close()
