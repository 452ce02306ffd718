"""What a page is about, as JSON-LD in the words of schema.org, made of what its view has fetched: no query of its own.

A date, a place or a person stands here only as surely as it is known; what is open is left out, as null means nothing.
tests/schema_org.py lists the words that are used.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from functools import singledispatch
from typing import Any
from urllib.parse import urljoin

from django.template import Context
from django.urls import reverse
from django.utils.html import json_script
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext

from conferences.models import ConferencePage, Land, ResolutionPage, Source, Theme
from conferences.models.chair_page import ChairView
from conferences.models.conference_index import ConferenceList
from history.models import AboutPage
from intmk.base.pages import SitePage
from intmk.base.view_pages import ViewPage
from intmk.language import land_names
from intmk.language.dates import EXACT, FIRST_DAY_UNKNOWN, UncertainPeriod
from intmk.media.documents.models import SiteDocument
from intmk.media.images.models import SiteImage
from intmk.open_data.data_page import DataPage
from intmk.pages.models import HomePage, NewsIndexPage, NewsPage

SCHEMA = "https://schema.org"
NAME, SHORT_NAME = "Integrationsministerkonferenz", "IntMK"
FULL_NAME = (
    "Konferenz der für Integration zuständigen Ministerinnen und Minister, Senatorinnen und Senatoren der Länder"
)
GERMANY = {"@type": "Country", "name": "Deutschland"}
ATTENDANCE: dict[str, str] = {
    ConferencePage.Format.IN_PERSON: f"{SCHEMA}/OfflineEventAttendanceMode",
    ConferencePage.Format.VIDEO: f"{SCHEMA}/OnlineEventAttendanceMode",
}
STATUS: dict[str, str] = {ConferencePage.Status.CANCELLED: f"{SCHEMA}/EventCancelled"}


@dataclass(frozen=True)
class View:
    """What a page is shown with: its full address and the context of its template."""

    address: str
    context: Context

    def full(self, path: str) -> str:
        """Return the full address of a path of this site."""
        return urljoin(self.address, path)

    def listed(self, name: str) -> Iterable[Any]:
        """Return a list of the context, empty where the view has none of that name."""
        return self.context.get(name) or ()

    @property
    def organisation(self) -> dict:
        """Return the body in short; the entrance says more of it under the same name."""
        home = self.full("/")
        return {"@type": "GovernmentOrganization", "@id": f"{home}#intmk", "name": NAME, "url": home}


def script_of(page: SitePage | ViewPage, address: str, context: Context) -> SafeString:
    """Return the data of a page as an element; browsers neither run nor block it, as its type is no script's.

    json_script writes <, > and & by their numbers, so that no text can end the element.
    """
    graph = {"@context": SCHEMA, "@graph": [without_gaps(thing) for thing in things(page, View(address, context))]}
    return mark_safe(json_script(graph).replace("application/json", "application/ld+json", 1))  # noqa: S308 (escaped)


def without_gaps(value: Any) -> Any:
    """Return `value` without what is empty in it."""
    if isinstance(value, dict):
        return {name: without_gaps(part) for name, part in value.items() if part not in (None, "", [], {})}
    return [without_gaps(part) for part in value] if isinstance(value, list) else value


def things(page: SitePage | ViewPage, view: View) -> list[dict]:
    """Return what the page is about and the way to it."""
    return [*things_on(page, view), *breadcrumb(page, view)]


def breadcrumb(page: SitePage | ViewPage, view: View) -> list[dict]:
    """Return the way from the entrance, by its own name, to the page; nothing on the entrance itself."""
    if isinstance(page, ViewPage):
        above = [(NAME, "/"), *page.trail]
    else:
        above = [(ancestor.title, ancestor.address) for ancestor in view.context["navigation"]["ancestors"]]
    steps = [(title, view.full(path)) for title, path in above]
    items = [
        {"@type": "ListItem", "position": place, "name": title, "item": address}
        for place, (title, address) in enumerate([*steps, (page.title, view.address)], 1)
    ]
    return [{"@type": "BreadcrumbList", "itemListElement": items}] if steps else []


def web_page(page: SitePage | ViewPage, view: View, kind: str = "WebPage", **more: Any) -> dict:
    """Return the page itself."""
    published = getattr(page, "last_published_at", None)
    return {
        "@type": kind,
        "@id": view.address,
        "url": view.address,
        "name": page.title,
        "description": page.description,
        "inLanguage": page.locale.language_code if isinstance(page, SitePage) else "de",
        "dateModified": published.isoformat() if published else None,
        "publisher": view.organisation,
        "isPartOf": {"@type": "WebSite", "@id": f"{view.full('/')}#website", "name": NAME, "url": view.full("/")},
    } | more


@singledispatch
def things_on(page: Any, view: View) -> list[dict]:
    """Return what the page, or the Land or theme that it shows, is about."""
    return [web_page(page, view)]


@things_on.register
def of_view(page: ViewPage, view: View) -> list[dict]:
    subject = page.subject
    if isinstance(subject, Land):
        about = {"@type": "AdministrativeArea", "name": subject.name, "identifier": subject.code}
        return [web_page(page, view, "CollectionPage", about=about | {"containedInPlace": GERMANY})]
    if isinstance(subject, Theme):
        return [web_page(page, view, "CollectionPage", about={"@type": "Thing", "name": subject.name})]
    return [web_page(page, view)]


@things_on.register
def of_data(page: DataPage, view: View) -> list[dict]:
    datasets = [
        {
            "@type": "Dataset",
            "name": f"{offer.title} der {NAME}",
            "description": f"{offer.text} {page.description}",
            "creator": view.organisation,
            "isAccessibleForFree": True,
            "inLanguage": "de",
            "distribution": {
                "@type": "DataDownload",
                "encodingFormat": offer.kind,
                "contentUrl": view.full(offer.path),
            },
        }
        for offer in [view.context["calendar"], *view.listed("api")]
    ]
    return [web_page(page, view, "DataCatalog", dataset=datasets)]


@things_on.register
def of_home(page: HomePage, view: View) -> list[dict]:
    search = f"{view.full(reverse('search'))}?q={{search_term_string}}"
    organisation = view.organisation | {
        "alternateName": [SHORT_NAME, FULL_NAME],
        "description": page.description,
        "areaServed": GERMANY,
        "contactPoint": {
            "@type": "ContactPoint",
            "contactType": "Geschäftsstelle",
            "url": view.full("/kontakt/"),
            "availableLanguage": "de",
        },
    }
    website = {
        "@type": "WebSite",
        "@id": f"{view.address}#website",
        "url": view.address,
        "name": NAME,
        "alternateName": SHORT_NAME,
        "inLanguage": "de",
        "publisher": {"@id": organisation["@id"]},
        "potentialAction": {
            "@type": "SearchAction",
            "target": {"@type": "EntryPoint", "urlTemplate": search},
            "query-input": "required name=search_term_string",
        },
    }
    return [website, organisation]


@things_on.register
def of_about(page: AboutPage, view: View) -> list[dict]:
    return [web_page(page, view, "AboutPage", about=view.organisation | {"alternateName": [SHORT_NAME, FULL_NAME]})]


@things_on.register(ConferenceList)
@things_on.register(NewsIndexPage)
def of_list(page: SitePage, view: View) -> list[dict]:
    return [web_page(page, view, "CollectionPage")]


@things_on.register
def of_chair(page: ChairView, view: View) -> list[dict]:
    """Return who chairs today; as of another day the page is the same to programs, and names nobody."""
    persons = [] if view.context.get("asked") else view.listed("persons")
    term = view.context.get("term")
    members = [
        {
            "@type": "OrganizationRole",
            "roleName": f"{gettext('Vorsitz')} {term.years} ({land_names.on_page(term.land_code, term.land_name)})"
            if term
            else gettext("Vorsitz"),
            "startDate": iso_day(person.start),
            "endDate": iso_day(person.end),
            "member": {
                "@type": "Person",
                "name": person.name,
                "jobTitle": person.office,
                "worksFor": {"@type": "GovernmentOrganization", "name": person.ministry} if person.ministry else None,
                "image": image_object(person.portrait, view) if person.portrait else None,
            },
        }
        for person in persons
    ]
    return [web_page(page, view, about=view.organisation | {"member": members})]


@things_on.register
def of_conference(page: ConferencePage, view: View) -> list[dict]:
    start, end = event_days(page.period)
    event = {
        "@type": "Event",
        "@id": view.address,
        "url": view.address,
        "name": page.title,
        "description": page.description,
        "startDate": start,
        "endDate": end,
        "eventStatus": STATUS.get(page.status, f"{SCHEMA}/EventScheduled"),
        "eventAttendanceMode": ATTENDANCE.get(page.format),
        "location": location(page, view),
        "organizer": view.organisation,
        "inLanguage": "de",
        "about": [{"@type": "Thing", "name": theme.name} for theme in view.listed("themes")],
        "attendee": [
            {"@type": "Person", "name": guest.name, "jobTitle": guest.office}
            for guest in view.listed("guests")
            if guest.name
        ],
        "image": [image_object(photo.image, view, photo.caption) for photo in view.listed("real_photos")],
        "subjectOf": [
            *(paper(row.document, view, row.kind == row.Kind.REPORT) for row in view.listed("documents")),
            *(source_of(source) for source in view.listed("sources")),
        ],
    }
    return [event]


def location(page: ConferencePage, view: View) -> dict | None:
    """Return where the conference meets: a place as far as it is known, or the net."""
    if page.place:
        address = {"@type": "PostalAddress", "addressLocality": page.place, "addressCountry": "DE"}
        return {"@type": "Place", "name": page.venue or page.place, "address": address}
    return {"@type": "VirtualLocation", "url": view.address} if page.format == page.Format.VIDEO else None


def event_days(period: UncertainPeriod) -> tuple[str | None, str | None]:
    """Return first and last day as surely as they are known: "2017-03-16", "2016-03", "2026" or None."""
    if period.certainty == FIRST_DAY_UNKNOWN:
        return None, iso_day(period.last)
    if period.certainty == EXACT and period.first:
        return iso_day(period.first), iso_day(period.last or period.first)
    return period.machine_readable or None, None


@things_on.register
def of_resolution(page: ResolutionPage, view: View) -> list[dict]:
    citation, conference = view.context.get("citation"), page.public_conference
    request = view.context.get("request")
    cited = [
        {"@type": "CreativeWork", "name": row.target.title, "url": row.target.get_full_url(request)}
        for row in view.listed("references")
        if row.target
    ]
    file = page.source_file
    work = {
        "@type": "Report" if page.kind == page.Kind.REPORT else "CreativeWork",
        "@id": citation.url if citation else view.address,
        "identifier": citation.key if citation else None,
        "url": view.address,
        "name": page.title,
        "genre": page.what,
        "description": page.description,
        "inLanguage": "de",
        "publisher": view.organisation,
        "creditText": citation.text if citation else None,
        "dateCreated": day_decided(page),
        "dateModified": page.last_published_at.isoformat() if page.last_published_at else None,
        "isPartOf": {"@type": "CollectionPage", "name": conference.title, "url": urljoin(view.address, "..")}
        if conference
        else None,
        "citation": [
            *cited,
            *(row.elsewhere for row in view.listed("references") if row.elsewhere),
            *(source_of(source) for source in view.listed("sources")),
        ],
        "about": [{"@type": "Thing", "name": theme.name} for theme in view.listed("themes")],
        "isBasedOn": paper(file, view) if file and not file.withheld else None,
    }
    return [work]


def day_decided(page: ResolutionPage) -> str | None:
    """Return when it was decided: its own day, or that of the sitting, of several days only the month."""
    if page.decided_on or not (page.is_decided and page.sitting):
        return iso_day(page.decided_on)
    start, end = event_days(page.sitting.period)
    return start if start == end else (start or end or "")[:7]


@things_on.register
def of_news(page: NewsPage, view: View) -> list[dict]:
    article = {
        "headline": page.title,
        "datePublished": iso_day(page.date),
        "author": view.organisation,
        "about": [{"@type": "Thing", "name": theme.name} for theme in view.listed("themes")],
        "image": image_object(page.image, view) if page.image else None,
    }
    return [web_page(page, view, "NewsArticle", **article)]


def image_object(image: SiteImage, view: View, caption: str = "") -> dict:
    """Return a picture with its credit."""
    return {
        "@type": "ImageObject",
        "contentUrl": view.full(image.download_url),
        "name": image.title,
        "caption": caption or image.caption,
        "description": image.description,
        "creditText": image.credit,
        "copyrightNotice": f"© {image.credit}",
        "usageInfo": view.address,
    }


def paper(document: SiteDocument, view: View, is_report: bool = False) -> dict:
    """Return a document that the page offers."""
    address = view.full(document.url)
    return {
        "@type": "Report" if is_report else "CreativeWork",
        "name": document.title,
        "url": address,
        "inLanguage": document.language,
        "encoding": {"@type": "MediaObject", "contentUrl": address, "encodingFormat": document.content_type},
    }


def source_of(source: Source) -> dict:
    """Return a source that the page cites."""
    return {
        "@type": "CreativeWork",
        "name": source.title,
        "publisher": {"@type": "Organization", "name": source.publisher},
        "url": source.live_url or source.archived_url,
    }


def iso_day(day: date | None) -> str | None:
    """Return a day as schema.org writes it, None where it is not known."""
    return day.isoformat() if day else None
