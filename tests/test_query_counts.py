"""More content costs no public page one question to the database more."""

from datetime import date
from io import BytesIO

import pytest
from django.core.files.base import ContentFile
from django.core.files.images import ImageFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from PIL import Image
from wagtail.models import Page

from conferences.models import (
    Addressee,
    ChairPerson,
    ChairTerm,
    ConferenceDocument,
    ConferenceGuest,
    ConferenceMeeting,
    ConferencePage,
    ConferencePhoto,
    ConferencePressRelease,
    FollowUp,
    Land,
    ReportRequest,
    ResolutionPage,
    ResolutionReference,
    ResolutionStatement,
    ResolutionVote,
    Source,
    Theme,
)
from history.models import AboutPage, Milestone, TimelinePage
from intmk.media.documents.models import SiteDocument
from intmk.media.images.models import SiteImage
from intmk.pages.models import NewsIndexPage, NewsPage, StandardPage
from tests.invented_resolutions import resolution

pytestmark = pytest.mark.django_db
FULLEST = "/konferenzen/12/top-2-1/"  # gets rows of every kind
LIMIT = 30  # no aim: a plain question is cheap; what is asked for each row is far above it


def queries(address: str, expected: int = -1) -> int:
    """Return how many a page asks that was asked for before: what the first reader alone costs does not count.

    Nor is it asked for again when the first time costs just what is `expected`.
    """
    client = Client(HTTP_HOST="localhost")
    for _ in range(2):  # content types, addresses of sites and renditions are remembered after the first request
        with CaptureQueriesContext(connection) as captured:
            assert client.get(address).status_code == 200, address
        if len(captured) == expected:
            break
    return len(captured)


def picture(number: int) -> SiteImage:
    file = BytesIO()
    Image.new("RGB", (300, 200), (number % 255, 0, 0)).save(file, "PNG")
    image = SiteImage(
        title=f"Gruppenbild {number}",
        file=ImageFile(BytesIO(file.getvalue()), name=f"{number}.png"),
        description="Ein einfarbiges Rechteck für diesen Test.",
        credit="Test",
    )
    image.save()
    return image


def document(number: int) -> SiteDocument:
    return SiteDocument.objects.create(title=f"Papier {number}", file=ContentFile(b"%PDF-1.7 ", name=f"{number}.pdf"))


def text(count: int) -> list:
    """Sections that all link to a page, each of another kind."""
    targets = Page.objects.live().filter(depth__gt=2).values_list("pk", flat=True)[:count]
    html = '<p><a linktype="page" id="{}">Seite</a></p>'
    return [("section", {"heading": f"Teil {pk}", "text": html.format(pk)}) for pk in targets]


def add_rows(page: ResolutionPage, another: ResolutionPage, number: int) -> None:
    """Add to a resolution one of each row that it can have, and to another what refers to it."""
    land = Land.objects.all()[number % 16]
    ResolutionVote.objects.create(resolution=page, land=land, vote="yes")
    ResolutionStatement.objects.create(resolution=page, land=land, anchor=f"erklaerung-{number}", summary="Erfunden.")
    paper, due = document(number + 1000), another.conference
    ReportRequest.objects.create(resolution=page, asked=f"Bund {number}", answer=paper, due_at=due)
    FollowUp.objects.create(resolution=page, state="open", day=date(2024, 1, 1), evidence="Erfunden")
    for one, other in ((page, another), (another, page)):
        ResolutionReference.objects.create(resolution=one, target=other, kind="amends")
    for name, row in (
        ("movers", land),
        ("themes", Theme.objects.last()),
        ("addressees", Addressee.objects.last()),
        ("sources", Source.objects.create(publisher="Land", title=f"Quelle {number}", kind="press")),
    ):
        getattr(ResolutionPage, name).through.objects.get_or_create(
            resolutionpage_id=page.pk, **{f"{type(row).__name__.lower()}_id": row.pk}
        )


def add(count: int) -> None:
    """Add `count` of everything that a page can list."""
    twelfth = ConferencePage.objects.get(number=12)
    index, news_index = twelfth.get_parent(), NewsIndexPage.objects.get()
    start = ConferencePage.objects.count() + 100
    pictures = [picture(start + number) for number in range(count)]
    for number, image in zip(range(start, start + count), pictures, strict=True):
        status = "held" if number % 2 else "planned"
        year = 1850 + number if status == "held" else 2000 + number
        index.add_child(
            instance=ConferencePage(
                title=f"{number}. Konferenz",
                number=number,
                first_day=date(year, 3, 1),
                status=status,
                host_land=twelfth.host_land,
                motto="Motto",
            )
        )
        item = news_index.add_child(
            instance=NewsPage(title=f"Meldung {number}", slug=f"meldung-{number}", conference=twelfth, image=image)
        )
        Milestone.objects.create(
            timeline=TimelinePage.objects.get(),
            title=f"Meilenstein {number}",
            day=date(1990, 1, 1),
            text=f'<p><a linktype="page" id="{item.pk}">x</a></p>',
            image=image,
        )
        twelfth.guests.add(ConferenceGuest(name=f"Gast {number}"))
        twelfth.meetings.add(
            ConferenceMeeting(kind="preconference", first_day=date(2017, 1, 1), last_day=date(2017, 1, 2))
        )
        twelfth.photos.add(ConferencePhoto(image=image))
        twelfth.documents.add(ConferenceDocument(document=document(number)))
        twelfth.press_releases.add(ConferencePressRelease(page=item))
        Theme.objects.create(name=f"Feld {number}", slug=f"feld-{number}")
        ChairPerson.objects.create(
            term=ChairTerm.objects.get(land__code="DE-BW"), name=f"Person {number}", portrait=image
        )
        Addressee.objects.create(name=f"Adressat {number}", slug=f"adressat-{number}", kind="other")
        another = resolution(
            item=f"9.{number}", movers=["DE-BY", "DE-HE"], themes=["sprache"], addressees=["bund"], statement="DE-BY",
            state="open",
        )  # fmt: skip
        add_rows(ResolutionPage.objects.get(url_path__endswith=FULLEST), another, number)
    twelfth.themes = Theme.objects.all()
    twelfth.body = text(count)
    twelfth.save_revision().publish()
    for page in (AboutPage.objects.get(), StandardPage.objects.get(slug="kontakt")):
        page.body = [*text(count), *(("picture", {"image": image, "caption": ""}) for image in pictures)]
        page.save_revision().publish()


# The pages of the tree are counted in test_pages, which asks for each of them anyway.
@pytest.mark.parametrize(
    "address",
    ["/beschluesse/", "/beschluesse/?jahr=2018", "/beschluesse/statistik/", "/themen/", "/themen/sprache/", "/laender/",
     "/laender/bayern/", "/laender/bremen/", "/laender/nordrhein-westfalen/", "/daten/"],
)  # fmt: skip
def test_a_view_of_the_initial_content_stays_within_the_limit(address):
    assert queries(address) <= LIMIT


@pytest.mark.audit
def test_the_page_of_every_land_stays_within_the_limit():
    counts = {address: queries(address) for address in (land.get_absolute_url() for land in Land.objects.all())}
    assert {address: count for address, count in counts.items() if count > LIMIT} == {}


LISTS = [
    "/", "/aufgaben-und-ziele/", "/konferenzen/", "/konferenzen/12/", "/konferenzen/13/", "/vorsitz/", FULLEST,
    "/vorsitz/?am=2017-01-01", "/laender/", "/laender/baden-wuerttemberg/", "/laender/bayern/", "/geschichte/",
    "/beschluesse/", "/beschluesse/?thema=sprache&land=bayern", "/beschluesse/statistik/", "/themen/",
    "/themen/sprache/", "/aktuelles/", "/aktuelles/meldung-122/", "/kontakt/", "/impressum/", "/suche/?q=Konferenz",
]  # fmt: skip


def grow(first: int, then: int) -> None:
    """Fail if a page costs more queries with `then` more of everything, or too many at all."""
    add(first)
    page = ResolutionPage.objects.get(url_path__endswith=FULLEST)
    assert [name for name in page.lists if not getattr(page, name).exists()] == []
    few = {address: queries(address) for address in LISTS}
    add(then)
    many = {address: queries(address, few[address]) for address in LISTS}
    assert many == few
    assert max(many.values()) <= LIMIT, many


@pytest.mark.slow("asks for every list of the site twice, with more content in between")
def test_more_content_costs_no_more_queries():
    grow(2, 1)  # what asks for each row shows with the first further one


@pytest.mark.audit
def test_ten_times_the_content_costs_no_more_queries():
    grow(2, 18)
