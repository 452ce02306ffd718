"""Load the initial content (intmk/content/*.toml) into the database."""

import tomllib
from collections.abc import Iterator
from datetime import date
from io import BytesIO
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from uuid import uuid4

from django.conf import settings
from django.core.files.images import ImageFile
from django.core.management.base import BaseCommand
from django.db import connection, transaction
from wagtail.models import Locale, Page, Site

from conferences.models import (
    ChairPage,
    ChairPerson,
    ChairTerm,
    ConferenceGuest,
    ConferenceIndexPage,
    ConferenceMeeting,
    ConferencePage,
    ConferencePhoto,
    Land,
    Theme,
)
from history.models import AboutPage, Milestone, TimelinePage
from intmk.models import HomePage, LoadedContent, NewsIndexPage, SiteImage, StandardPage
from intmk.pages import SitePage
from intmk.placeholder import draw_placeholder
from intmk.roles import create_groups, create_workflow
from intmk.uncertain_dates import EXACT

CONTENT = Path(__file__).resolve().parents[2] / "content"
LOCK = 0x494E544D4B  # "INTMK": two loaders at once wait for one another
PRECISIONS = {"day": EXACT}


def read(name: str) -> dict[str, Any]:
    """Return the parsed content file `name`.toml."""
    return tomllib.loads((CONTENT / f"{name}.toml").read_text(encoding="utf-8"))


class Command(BaseCommand):
    help = "Lädt die mitgelieferten Inhalte: legt an, was fehlt, und rührt nie an, was ein Mensch bearbeitet hat."

    def handle(self, *args, **options) -> None:
        """Create what was never loaded before, all in one transaction; a second run changes nothing."""
        with transaction.atomic():
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_advisory_xact_lock(%s)", [LOCK])
            loader = Loader()
            loader.load()
        self.stdout.write(f"Inhalte: {loader.created} angelegt, {loader.kept} schon vorhanden.")


class Loader:
    """One run. `created` and `kept` count the pieces of content; `pages` are those made in this run, by path."""

    def __init__(self) -> None:
        self.created = self.kept = 0
        self.loaded = set(LoadedContent.objects.values_list("key", flat=True))
        self.unfinished: list[tuple[SitePage, dict[str, Any]]] = []

    def is_new(self, key: str) -> bool:
        """Record `key` and return True when it was never loaded; what is recorded stays as people left it."""
        if key in self.loaded:
            self.kept += 1
            return False
        LoadedContent.objects.create(key=key)
        self.loaded.add(key)
        self.created += 1
        return True

    def load(self) -> None:
        """Create everything in the order in which one thing needs the other; texts last, since they link pages."""
        self.load_laender_and_themes()
        self.load_terms()
        home = self.load_home()
        self.page("about", AboutPage, home, "aufgaben-und-ziele", read("about"), show_in_menus=True)
        self.load_chair_page(home)
        self.load_conferences(home)
        self.page("timeline", TimelinePage, home, "geschichte", read("timeline"), show_in_menus=True)
        self.page("news", NewsIndexPage, home, "aktuelles", read("news_index"), show_in_menus=True)
        self.load_standard_pages(home)
        if self.is_new("roles"):
            create_groups(home)
            create_workflow(home)
        for page, data in self.unfinished:
            self.finish(page, data)

    def load_laender_and_themes(self) -> None:
        for land in read("laender")["land"]:
            if self.is_new(f"land:{land['code']}"):
                Land.objects.create(**land)
        for position, theme in enumerate(read("themes")["theme"], start=1):
            if self.is_new(f"theme:{theme['slug']}"):
                Theme.objects.create(position=position, **theme)

    def load_terms(self) -> None:
        for row in read("chair_terms")["term"]:
            if not self.is_new(f"term:{row['start']}"):
                continue
            persons = row.pop("person", [])
            term: Any = ChairTerm(**row | {"land": Land.objects.get(code=row["land"])})
            term.persons = [ChairPerson(sort_order=number, **person) for number, person in enumerate(persons)]
            term.full_clean()
            term.save()

    def page(
        self, key: str, model: type[SitePage], parent: Page, slug: str, data: dict[str, Any], **fields: Any
    ) -> SitePage | None:
        """Create the page below `parent` unless it was loaded before; return it, or None when it was."""
        if not self.is_new(f"page:{key}"):
            return None
        page = model(title=data["title"], slug=slug, introduction=data.get("introduction", ""), **fields)
        if not page.locale_id:
            page.locale = Locale.get_default()
        parent.add_child(instance=page)
        LoadedContent.objects.filter(key=f"page:{key}").update(page=page)
        self.unfinished.append((page, data))
        return page

    def load_home(self) -> HomePage:
        """Return the home page; the first time, make it the root of the only site in place of Wagtail's welcome."""
        data = read("home")
        for language, _ in settings.LANGUAGES:
            Locale.objects.get_or_create(language_code=language)
        home = self.page(
            "home",
            HomePage,
            Page.get_first_root_node(),
            "start",
            data,
            principle=data["principle"],
            principle_text=data["principle_text"],
        )
        if home is None:
            return HomePage.objects.get()
        address = urlsplit(settings.WAGTAILADMIN_BASE_URL)
        site = Site.objects.filter(is_default_site=True).first() or Site(is_default_site=True)
        site.hostname, site.port = (
            address.hostname or "localhost",
            address.port or 80 + 363 * (address.scheme == "https"),
        )
        site.site_name, site.root_page = settings.WAGTAIL_SITE_NAME, home
        site.save()
        # Wagtail's own first page; depth 2 and the plain type tell it from anything of ours.
        for welcome in Page.objects.filter(depth=2, content_type__model="page").exclude(pk=home.pk):
            welcome.delete()
        return HomePage.objects.get(pk=home.pk)

    def load_chair_page(self, home: HomePage) -> None:
        before = read("chair_terms")["before_rotation"]
        page = self.page(
            "chair",
            ChairPage,
            home,
            "vorsitz",
            read("chair_page"),
            show_in_menus=True,
            before_period=before["period"],
            before_text=before["text"],
        )
        if page:
            page.before_laender = Land.objects.filter(code__in=before["laender"])
            page.save()

    def load_conferences(self, home: HomePage) -> None:
        index = (
            self.page(
                "conferences",
                ConferenceIndexPage,
                home,
                "konferenzen",
                read("conference_index"),
                show_in_menus=True,
            )
            or LoadedContent.objects.get(key="page:conferences").page
        )
        if index is None:
            return  # a person deleted the list; what stood in it is not revived
        for data in read("conferences")["conference"]:
            self.load_conference(index, data)

    def load_conference(self, index: Page, data: dict[str, Any]) -> None:
        number, first, last = data["number"], data.get("first_day"), data.get("last_day")
        page = self.page(
            f"conference:{number}",
            ConferencePage,
            index,
            str(number),
            data | {"title": f"{number}. Integrationsministerkonferenz"},
            host_land=Land.objects.get(code=data["host_land"]) if "host_land" in data else None,
            chair_term=term_of(data["chair_land"], first or last) if "chair_land" in data else None,
            **{
                name: data[name]
                for name in (
                    "number", "kind", "status", "format", "first_day", "last_day", "date_certainty", "date_note",
                    "place", "venue", "chair_note", "motto", "source", "source_note",
                )
                if name in data
            },
        )  # fmt: skip
        if page is None:
            return
        page.guests = [
            ConferenceGuest(sort_order=i, name=guest.get("name", ""), office=guest.get("function", ""))
            for i, guest in enumerate(data.get("guest", []))
        ]
        page.meetings = [
            ConferenceMeeting(sort_order=i, **meeting) for i, meeting in enumerate(data.get("preparation", []))
        ]
        if "photo" in data:
            page.photos = [ConferencePhoto(image=placeholder_picture(page, data["photo"]))]
        page.save()

    def load_standard_pages(self, home: HomePage) -> None:
        for data in read("standard_pages")["page"]:
            languages = data["slug"] in ("leichte-sprache", "gebaerdensprache", "en")
            self.page(
                data["slug"],
                StandardPage,
                home,
                data["slug"],
                data,
                locale=Locale.objects.get(language_code=data.get("language", "de")),
                place=StandardPage.Place.LANGUAGES if languages else StandardPage.Place.FOOTER,
            )

    def finish(self, page: SitePage, data: dict[str, Any]) -> None:
        """Give a new page its text, now that all pages it may link to are there, and publish it."""
        page = type(page).objects.get(pk=page.pk)  # as it is now: it has got children since it was made
        if "section" in data and hasattr(page, "body"):
            page.body = [
                {
                    "type": "section",
                    "id": str(uuid4()),
                    "value": {"heading": section["heading"], "text": linked(section["text"])},
                }
                for section in data["section"]
            ]
        page.service = [
            ("teaser", {"title": row["title"], "text": row["text"], "page": page_at(row["path"]), "url": ""})
            for row in data.get("service", [])
        ]
        if isinstance(page, ChairPage):
            page.before_text = linked(page.before_text)
        if isinstance(page, TimelinePage):
            page.milestones = list(milestones())
        page.full_clean()
        page.save_revision(clean=False).publish()


def term_of(land_code: str, day: date | None) -> ChairTerm:
    """Return the stored term of the Land on `day`."""
    return ChairTerm.objects.get(land__code=land_code, start__lte=day, end__gte=day)


def page_at(path: str) -> Page:
    """Return the page at a path of this site, e.g. "/konferenzen/12/"; raise Page.DoesNotExist when there is none."""
    home = HomePage.objects.get()
    return Page.objects.get(url_path=home.url_path + path.lstrip("/"))


def linked(html: str) -> str:
    """Return the rich text with its links of the form intern:/pfad/ turned into Wagtail's links to pages."""
    before, *rest = html.strip().split('<a href="intern:')
    for piece in rest:
        path, after = piece.split('"', 1)
        before += f'<a linktype="page" id="{page_at(path).pk}"{after}'
    return before


def milestones() -> Iterator[Milestone]:
    """Yield the milestones in the order of the file."""
    photo = ConferencePhoto.objects.select_related("image").first()
    for position, row in enumerate(read("milestones")["milestone"]):
        yield Milestone(
            sort_order=position,
            day=row["day"],
            precision=PRECISIONS.get(row["precision"], row["precision"]),
            title=row["title"],
            text=linked(row["text"]),
            page=page_at(f"/konferenzen/{row['conference']}/") if "conference" in row else None,
            image=photo.image if row.get("photo") and photo else None,
            source=row["source"],
            source_note=row["source_note"],
        )


def placeholder_picture(page: ConferencePage, photo: dict[str, str]) -> SiteImage:
    """Return a new drawn picture that stands for the group photo of the conference, which is not in hand."""
    name = f"platzhalter-konferenz-{page.number}.png"
    image = SiteImage(
        title=f"Platzhalter für das Gruppenfoto der {page.number}. Konferenz",
        file=ImageFile(BytesIO(draw_placeholder(page.title)), name=name),
        description=photo["alt"],
        caption=photo["caption"],
        credit="Zeichnung: Website der Integrationsministerkonferenz",
        licence=f"Das Foto selbst (© {photo['photo_credit']}) liegt nicht vor.",
    )
    image.full_clean()
    image.save()
    return image
