"""Pages that the initial content does not have, for the browser: each block, news, pagination, refusals.

`create` runs once on the served site, in a process of its own (conftest.served_site). All is invented and says so.
"""

from datetime import date, timedelta
from io import BytesIO

from tests.pdf_files import EMPTY_PAGE

EVERY_BLOCK = "/kontakt/pruefseite/"
EVERYTHING = "/konferenzen/sonder-2026-1/"
NEWS = "/aktuelles/pruefmeldung-1/"
RESOLUTION = "/konferenzen/12/top-7-1/"
REMOVED = "/aktuelles/geloeschte-pruefmeldung/"
NEWS_ITEMS = 21  # two pages
TEXT = (
    "<p>Erfundener Text für die Prüfung im Browser, mit <b>fetten</b> und <i>kursiven</i> Wörtern und einem "
    '<a href="https://www.example.org/">Verweis nach außen</a>.</p><h3>Zwischenüberschrift</h3>'
    "<ul><li>ein Punkt</li><li>Donaudampfschifffahrtsgesellschaftskapitänswitwenverband</li></ul>"
    "<ol><li>erstens</li><li>zweitens</li></ol>"
)


def create() -> None:
    """Put everything into the database of the settings and publish it."""
    from conferences import models as parts
    from conferences.models import ChairTerm, ConferenceIndexPage, ConferencePage, Land, Theme
    from intmk.pages.models import NewsIndexPage, NewsPage, StandardPage
    from tests.resolutions import full as full_resolution

    photos = [
        picture(name, size) for name, size in (("Quer", (2000, 1200)), ("Hoch", (700, 1000)), ("Klein", (400, 300)))
    ]
    papers = [paper("Erfundenes Protokoll der Prüfung"), paper("Erfundene Tagesordnung der Prüfung")]
    body = every_block(photos, papers)
    service = [
        (
            "teaser",
            {"title": "Zum Vorsitz", "text": "Wer ihn hat.", "page": ConferenceIndexPage.objects.get(), "url": ""},
        ),
        ("teaser", {"title": "Nach außen", "text": "", "page": None, "url": "https://www.example.org/"}),
    ]
    themes = list(Theme.objects.all())

    page = StandardPage(
        title="Prüfseite", slug="pruefseite", introduction="Alle Bausteine.", body=body, service=service
    )
    publish(page, StandardPage.objects.get(slug="kontakt"))

    special = ConferencePage(
        title="Sonderkonferenz zur Prüfung",
        slug="sonder-2026-1",
        introduction="Eine erfundene Konferenz, auf deren Seite jedes Feld gefüllt ist.",
        kind="special", status="held", format="in_person", date_note="Erfunden.",
        first_day=date(2026, 5, 5), last_day=date(2026, 5, 6), place="Musterstadt", venue="Haus der Prüfung",
        host_land=Land.objects.get(code="DE-NW"), chair_note="Anmerkung zum Vorsitz.",
        chair_term=ChairTerm.objects.get(start=date(2025, 7, 1)), motto="Alles auf einer Seite",
        source="press", source_note="Erfunden für die Prüfung im Browser.", body=body, service=service,
        programme=[
            ("item", {"day": date(2026, 5, 5), "time": "10:00 Uhr", "text": "Eröffnung", "place": "Großer Saal"}),
            ("item", {"day": None, "time": "", "text": "Aussprache", "place": ""}),
        ],
    )  # fmt: skip
    news_index = NewsIndexPage.objects.get()
    special.guests = [
        parts.ConferenceGuest(name="Petra Beispiel", office="Amt für Beispiele"),
        parts.ConferenceGuest(office="Beauftragte für Beispiele"),
    ]
    special.meetings = [
        parts.ConferenceMeeting(
            kind=kind, first_day=date(2026, 3, day), last_day=date(2026, 3, day + 1), place="Musterstadt"
        )
        for kind, day in (("preconference", 10), ("autumn_meeting", 20))
    ]
    special.photos = [parts.ConferencePhoto(image=photo) for photo in photos]
    special.documents = [
        parts.ConferenceDocument(kind=kind, document=document)
        for kind, document in zip(("minutes", "agenda"), papers, strict=True)
    ]
    special.themes = themes
    publish(special, ConferenceIndexPage.objects.get())

    for number in range(1, NEWS_ITEMS + 1):
        full = number == 1
        item = NewsPage(
            title=f"Prüfmeldung {number}",
            slug=f"pruefmeldung-{number}",
            introduction="Erfunden für die Prüfung im Browser." * full,
            date=date(2026, 6, 1) - timedelta(days=number),
            kind="press" if number % 2 else "news",
            image=photos[0] if full else None,
            conference=special if full else None,
            body=body if full else [],
            service=service if full else [],
        )
        if full:
            item.themes = themes
            publish(item, news_index)
        else:  # rows of the second page of a list: nobody opens them
            news_index.add_child(instance=item)
    special.press_releases = [
        parts.ConferencePressRelease(page=NewsPage.objects.get(slug="pruefmeldung-1")),
        parts.ConferencePressRelease(title="Erfundene Mitteilung", url="https://www.example.org/mitteilung/"),
    ]
    special.full_clean()
    special.save_revision().publish()

    full_resolution("7.1")
    fill_chair(photos[1])
    fill_desk(page)

    removed = publish(NewsPage(title="Gelöschte Prüfmeldung", slug="geloeschte-pruefmeldung"), news_index)
    removed.delete()


def fill_chair(portrait) -> None:
    """Give the Land in the chair all its data, a former term a person with portrait, and all pages a notice."""
    from conferences.models import ChairPerson, Land
    from intmk.base.site_notice import SiteNotice
    from intmk.pages.models import StandardPage

    ChairPerson.objects.filter(name="Emilia Müller").update(
        portrait=portrait, office="Amt für Beispiele", ministry="Ministerium für erfundene Beispiele und Prüfungen"
    )
    Land.objects.filter(code="DE-RP").update(
        ministry="Ministerium für erfundene Beispiele und Prüfungen",
        website="https://www.example.org/",
        secretariat_address="Geschäftsstelle\nMusterstraße 1\n00000 Musterstadt",
        secretariat_email="geschaeftsstelle-der-integrationsministerkonferenz@ministerium.example.org",
        secretariat_phone="+49 000 0-0",
        responsible_person="Petra Beispiel, Amt für Beispiele",
        privacy_act="§ 3 des erfundenen Datenschutzgesetzes",
        privacy_officer="Paul Beispiel\nMusterstraße 1",
        privacy_authority="Erfundene Aufsicht\nMusterplatz 2",
        barrier_authority="Erfundene Durchsetzungsstelle\nMusterplatz 3",
        barrier_statement_checked=date(2026, 11, 1),
    )
    contact = StandardPage.objects.get(slug="kontakt")
    SiteNotice.objects.create(text="Erfundener Hinweis für die Prüfung im Browser.", page=contact)


def fill_desk(proposed_for) -> None:
    """Add what the desk has to work on: a reported barrier, a page of two versions, a proposal of a Land."""
    from intmk.accessibility.models import BarrierReport
    from intmk.pages.models import NewsPage
    from intmk.proposals.models import Proposal
    from intmk.users.models import User

    report = BarrierReport(text="Die Tabelle ist zu klein.", email="leserin@example.org", page=EVERY_BLOCK)
    report.begin()
    report.save()
    news = NewsPage.objects.get(slug="pruefmeldung-5")
    for news.introduction in ("Richtig.", "Falsch."):
        news.save_revision(log_action=True).publish()
    if author := User.objects.filter(username="redaktion-by").first():
        proposal = Proposal.of(proposed_for, author)
        proposed_for = type(proposed_for).objects.get(pk=proposed_for.pk)  # or the proposal would be what it changes
        proposed_for.introduction = "Alle Bausteine, wie Bayern sie nennt."
        proposal.write(proposed_for, author, None)
        proposal.send("Kürzer.")


def every_block(photos: list, papers: list) -> list[tuple]:
    """Return a text with each block at least once."""
    rows = [["Land", "Amtszeit", "Anmerkung"], ["Hamburg", "2021/22", "erfunden"], ["Hessen", "2022/23", ""]]
    table = {
        "data": rows, "first_row_is_table_header": True, "first_col_is_header": True,
        "table_header_choice": "both", "table_caption": "Erfundene Tabelle", "cell": [], "mergeCells": [],
    }  # fmt: skip
    return [
        ("section", {"heading": "", "text": TEXT.replace("<h3>Zwischenüberschrift</h3>", "")}),
        ("section", {"heading": "Abschnitt mit Überschrift", "text": TEXT}),
        ("section", {"heading": "Abschnitt mit Überschrift", "text": TEXT}),
        ("quote", {"text": "Ein erfundenes Zitat", "attribution": "Petra Beispiel, 2026"}),
        ("notice", {"heading": "Hinweis", "text": "<p>Ein erfundener Hinweis.</p><ul><li>mit Punkt</li></ul>"}),
        *(("picture", {"image": photo, "caption": "Eigene Unterschrift"}) for photo in photos[:2]),
        ("table", table),
        ("downloads", {"heading": "Dokumente zur Prüfung", "documents": papers}),
    ]


def picture(title: str, size: tuple[int, int]):
    """Return a new picture of the library with every field filled."""
    from django.core.files.base import ContentFile

    from intmk.media.images.models import SiteImage

    out = BytesIO()
    detailed(size).convert("RGB").save(out, "JPEG", quality=85)
    image = SiteImage(
        title=f"Erfundenes Bild: {title}",
        file=ContentFile(out.getvalue(), name="rauschen.jpg"),
        description="Graues Rauschen, für die Prüfung gerechnet.",
        credit="Petra Beispiel",
        caption="Bildunterschrift aus der Ablage",
        taken_on=date(2026, 5, 5),
        people="Petra Beispiel, Ministerin\nPaul Beispiel, Senator",
        licence="Nur für die Prüfung.",
    )
    image.full_clean()
    image.save()
    return image


def detailed(size: tuple[int, int]):
    """Return a grey picture with as much detail as a photo of many people: noise of the same strength at all scales."""
    from PIL import Image, ImageOps

    mixed = Image.new("L", size, 128)
    for octave in range(7):
        smaller = (max(1, size[0] >> octave), max(1, size[1] >> octave))
        noise = Image.effect_noise(smaller, 60).resize(size, Image.Resampling.BICUBIC)
        mixed = Image.blend(mixed, noise, 1 / (octave + 1))
    return ImageOps.autocontrast(mixed, cutoff=1)


def paper(title: str):
    """Return a new document of the library."""
    from django.core.files.base import ContentFile

    from intmk.media.documents.models import SiteDocument

    document = SiteDocument(title=title, file=ContentFile(EMPTY_PAGE, name="pruefung.pdf"))
    document.full_clean()
    document.save()
    return document


def publish(page, parent):
    """Add the page below `parent`, publish it and return it."""
    parent.add_child(instance=page)
    page.full_clean()
    page.save_revision().publish()
    return page
