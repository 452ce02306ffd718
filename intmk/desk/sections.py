"""What the start page says to an account: what is due, what waits, what it began, what is missing in public."""

from collections.abc import Iterator, Sequence
from datetime import date, datetime, time
from urllib.parse import urlencode

from django.contrib.contenttypes.models import ContentType
from django.db.models import Count
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from wagtail.images.permissions import permission_policy as image_permission_policy
from wagtail.models import Page

from conferences.handover.chair_changes import coming_term_on, next_term_of
from conferences.handover.checklist import Item, land_items, publisher_items
from conferences.handover.pages_in_work import drafts
from conferences.handover.planned import entries_for
from conferences.handover.scheduled import scheduled_of
from conferences.handover.viewer import Viewer, account_of
from conferences.handover.waiting import waiting_for
from conferences.models import ConferencePage, Land
from conferences.models.chair import rotation_of
from intmk.accessibility.models import BarrierMail, BarrierReport, months_later
from intmk.desk.broken_links import broken_links
from intmk.desk.lines import DeskLine, DeskSection
from intmk.desk.page_lists import PageLists
from intmk.desk.translations import behind
from intmk.language.dates import german_day
from intmk.language.day import today
from intmk.language.wording import counted_as, enumerated, first_named
from intmk.media.images.models import SiteImage
from intmk.media.images.waiting import WaitingPhoto
from intmk.pages.models import StandardPage
from intmk.proposals.models import Proposal
from intmk.users.models import User

SHOWN = 3  # of what is planned, and of own conferences with gaps


def columns_for(request: HttpRequest, conferences: Sequence[ConferencePage]) -> tuple[list[DeskSection], ...]:
    """Return what concerns the account today in two columns, the most pressing first; a constant number of queries.

    conferences: the public ones, fetched `for_gaps` for who publishes.
    """
    viewer, day = Viewer(account_of(request)), today()
    own = [begun(viewer), planned(request, day), lists()]
    if not viewer.publishes:
        return [own_land(request, viewer, day), hosted(request)], own
    left = [due(conferences, day), waiting(request, viewer, day), *own]
    facts = facts_of_chair(request, viewer, day)
    return left, [missing(facts, conferences), upkeep(viewer, day), told_by_chair(facts)]


def form_of_page(pk: int) -> str:
    """Return the address at which a page is edited."""
    return reverse("wagtailadmin_pages:edit", args=[pk])


# --- for who publishes ----------------------------------------------------------------------------------------------


def due(conferences: Sequence[ConferencePage], day: date) -> DeskSection:
    """Return the next conference with what it lacks, those that are over and not said to be, and recent gaps."""
    lines = [next_conference(page, day) for page in conferences if page.is_coming(day)][:1]
    for page in conferences:
        if page.is_overdue(day):
            detail = f"Vorbei ({page.period}) und noch als „geplant“ eingetragen."
            lines.append(DeskLine("vorbei", page.title, form_of_page(page.pk), detail, is_urgent=True))
    for page in reversed(conferences):
        is_recent = page.period.latest and page.period.latest >= months_later(day, -12)
        if is_recent and (gaps := page.known_gaps()):
            lines.append(DeskLine(len(gaps), f"Fehlt zur {page.title}", form_of_page(page.pk), as_sentence(gaps)))
    return DeskSection("faellig", "Was ansteht", "calendar", lines, "Konferenzen")


def next_conference(page: ConferencePage, day: date) -> DeskLine:
    """Return how far off it is and what readers would look for in vain."""
    lacking = page.missing_before()
    told = f"Es fehlen noch: {as_sentence(lacking)}" if lacking else "Tage, Ort und Programm sind eingetragen."
    begins = page.period.earliest
    if page.period.gap or not begins:
        return DeskLine(
            "offen", page.title, form_of_page(page.pk), f"{page.period}. {told}" if page.period.first else told
        )
    days = (begins - day).days
    detail = " ".join(filter(None, [f"{page.period}{f', {page.where}' if page.where else ''}.", told]))
    if days < 1:
        return DeskLine("heute", page.title, form_of_page(page.pk), detail)
    label = f"{'Tag' if days == 1 else 'Tage'} bis zur {page.title}"
    return DeskLine(days, label, form_of_page(page.pk), detail)


def as_sentence(names: list[str]) -> str:
    """Return the names as a sentence of their own."""
    words = f"{enumerated(names)}."
    return words[0].upper() + words[1:]


def waiting(request: HttpRequest, viewer: Viewer, day: date) -> DeskSection:
    """Return what others wait for: proposals, confirmations, reported barriers; approvals have Wagtail's own panel."""
    user = account_of(request)
    scheduled = waiting_for(user, rotation_of(request), scheduled_of(request))
    confirmations = [item for item in scheduled if item.can_confirm]
    lines = [
        DeskLine(Proposal.objects.for_chair(user).count(), "Vorschläge der Länder", "#vorschlaege-section"),
        DeskLine(len(confirmations), "Vormerkungen zu bestätigen", "#wartet-section"),
        *barriers(viewer, day),
    ]
    return DeskSection(
        "wartet-auf-sie", "Was auf Sie wartet", "mail", lines_that_count(lines), "Vorschläge und Anfragen"
    )


def barriers(viewer: Viewer, day: date) -> Iterator[DeskLine]:
    """Yield how many reports are open, how many of them late, and how many mails were tried in vain."""
    if not viewer.may("intmk.change_barrierreport"):
        return
    unanswered = BarrierReport.objects.unanswered().count()
    unsent = BarrierMail.objects.tried_in_vain().count()
    if not unanswered and not unsent:
        return
    overdue = BarrierReport.objects.overdue(day).count()
    words = [f"{counted_as(unanswered, 'Meldung', 'Meldungen')} offen", f"{overdue} überfällig"]
    detail = f"{', '.join(words if overdue else words[:1])}."
    if unsent:
        mails = counted_as(unsent, "E-Mail dazu ging", "E-Mails dazu gingen")
        detail += f" {mails} noch nicht hinaus."
    url = reverse(BarrierReport.snippet_viewset.get_url_name("list"))  # type: ignore[attr-defined]
    yield DeskLine(unanswered or unsent, "Gemeldete Barrieren", url, detail, is_urgent=bool(overdue))


def facts_of_chair(request: HttpRequest, viewer: Viewer, day: date) -> list[Item]:
    """Return what the Land in the chair has told of itself and its persons, and what not."""
    term = rotation_of(request).term_on(day)
    land = Land.objects.filter(code=term.land_code).select_related("preparation").first() if term else None
    return publisher_items(term, land, viewer) if term else []


def missing(facts: list[Item], conferences: Sequence[ConferencePage]) -> DeskSection:
    """Return what readers miss: facts and persons of the Land in the chair, parts of conferences."""
    lines = [line_of(item) for item in facts if not item.done]
    gaps = sum(bool(page.known_gaps()) for page in conferences)
    lines += lines_that_count([DeskLine(gaps, "Konferenzen mit Lücken", reverse("conference_gaps"))])
    return DeskSection("fehlt", "Was öffentlich fehlt", "warning", lines, "öffentliche Angaben")


def told_by_chair(facts: list[Item]) -> DeskSection:
    """Return the way to the facts of the Land in the chair once nothing of them lacks any more."""
    of_land = [item for item in facts if item.key in ("contact", "duties")]
    lines = []
    if of_land and all(item.done for item in of_land):
        told = "Geschäftsstelle, Impressum und Datenschutz sind eingetragen; hier ändern Sie die Angaben."
        lines = [DeskLine("✓", "Kontaktdaten des Vorsitzes", of_land[0].url, told)]
    return DeskSection("angaben", "Angaben des Landes", "site", lines)


def line_of(item: Item) -> DeskLine:
    """Return a line of the handover list as one of the start page."""
    who = f" Zuständig: {item.who}." if item.who else ""
    return DeskLine("✓" if item.done else "offen", item.label, item.url, f"{item.detail}{who}")


def upkeep(viewer: Viewer, day: date) -> DeskSection:
    """Return what has grown old or broken: texts not published for a year, dead links, pictures without credit."""
    before = months_later(day, -12)
    kind = ContentType.objects.get_for_model(StandardPage)
    moment = timezone.make_aware(datetime.combine(before, time.min), timezone.get_default_timezone())
    asked = urlencode({"live": "true", "last_published_at": before.isoformat(), "content_type": kind.pk})
    lines = [
        DeskLine(
            Page.objects.live().filter(content_type=kind, last_published_at__lte=moment).count(),
            "Textseiten, seit einem Jahr nicht geprüft",
            f"{reverse('wagtailadmin_reports:aging_pages')}?{asked}",
            "Durchsehen und neu veröffentlichen, auch wenn nichts zu ändern ist.",
        ),
        DeskLine(broken_links().count(), "Seiten mit Verweisen ins Leere", reverse("broken_links")),
        DeskLine(behind().count(), "Übersetzungen, die älter sind als die deutsche Seite", reverse("translations")),
    ]
    if image_permission_policy.user_has_permission(viewer.account, "change"):
        url = f"{reverse('wagtailimages:index')}?ohne_angaben=true"
        lines.append(
            DeskLine(SiteImage.objects.undescribed().count(), "Bilder ohne Bildnachweis oder Alternativtext", url)
        )
    return DeskSection("pflege", "Was zu pflegen ist", "edit", lines_that_count(lines), "Texte, Verweise und Bilder")


# --- for every Land -------------------------------------------------------------------------------------------------


def begun(viewer: Viewer) -> DeskSection:
    """Return the drafts on which the account worked last, and its photos that wait to be taken over."""
    user: User = viewer.account  # type: ignore[assignment]
    own = drafts().filter(latest_revision__user=user).order_by("-latest_revision_created_at")
    titles = [f"„{title}“" for title in own.values_list("draft_title", flat=True)]
    url, number = f"{reverse('handover_drafts')}?{urlencode({'editor': user.pk})}", len(titles)
    lines = lines_that_count(
        [DeskLine(number, "Entwurf von Ihnen" if number == 1 else "Entwürfe von Ihnen", url, first_named(titles))]
    )
    lines += [
        DeskLine(waiting, "Fotos, noch nicht übernommen", reverse("conference_photos", args=[pk]), f"„{title}“")
        for pk, title, waiting in WaitingPhoto.objects.counted_of(user)
    ]
    return DeskSection("begonnen", "Was Sie begonnen haben", "draft", lines, "Ihre Entwürfe")


def planned(request: HttpRequest, day: date) -> DeskSection:
    """Return what happens next by itself."""
    entries = entries_for(account_of(request), rotation_of(request), day, scheduled_of(request))
    lines = [
        DeskLine(
            f"{entry.day:%d.%m.}",
            entry.title,
            entry.url,
            f"{german_day(entry.day)}{f', {entry.time} Uhr' if entry.time else ''}: {entry.happens}.",
            is_urgent=bool(entry.waits),
        )
        for entry in entries[:SHOWN]
    ]
    more = (f"Alles Geplante im Kalender ({len(entries)})", reverse("planned"))
    return DeskSection("geplant", "Was geplant ist", "time", lines, "Kalender", more if lines else None)


def lists() -> DeskSection:
    """Return how many pages there are of what has a list of its own; one query."""
    kinds = ContentType.objects.get_for_models(*(listing.model for listing in PageLists.items))
    rows = Page.objects.filter(content_type__in=kinds.values()).order_by().values_list("content_type")
    numbers = dict(rows.annotate(number=Count("pk")))
    lines = [
        DeskLine(numbers.get(kinds[listing.model].pk, 0), listing.menu_label, reverse(listing.get_url_name("index")))
        for listing in PageLists.items
    ]
    return DeskSection("listen", "Alles in Listen", "list-ul", lines)


def own_land(request: HttpRequest, viewer: Viewer, day: date) -> DeskSection:
    """Return to a Land when it is its turn and what its contact lacks; to the next one what it has to prepare."""
    rotation, user = rotation_of(request), account_of(request)
    term, chair = next_term_of(rotation, user.land_code, day), rotation.term_on(day)
    land = Land.objects.filter(code=user.land_code).select_related("preparation").first()
    lines = []
    if term and land:
        url, days = land.get_absolute_url(), f"{german_day(term.start)} bis {german_day(term.end)}."
        lines.append(DeskLine(term.start.year, "Ihr nächster Vorsitz", url, days))
        if term == coming_term_on(rotation, day):
            lines += [line_of(item) for item in publisher_items(term, land, viewer)]
        else:
            contact = land_items(term, land, viewer)[0]
            editors = Viewer(user, chair.land_name if chair else "").editors
            told = contact.detail if contact.done else f"{contact.detail} Zuständig: {editors}."
            lines.append(DeskLine("✓" if contact.done else "offen", "Kontakt Ihrer Geschäftsstelle", url, told))
    return DeskSection("land", "Ihr Land", "site", lines)


def hosted(request: HttpRequest) -> DeskSection:
    """Return what readers miss of the latest conferences that the Land has held: it knows, and may propose it."""
    pages = ConferencePage.objects.live().filter(host_land__code=account_of(request).land_code).for_gaps().reverse()
    lines = [
        DeskLine(len(gaps), f"Fehlt zur {page.title}", form_of_page(page.pk), as_sentence(gaps))
        for page in pages
        if (gaps := page.known_gaps())
    ]
    return DeskSection("eigene-konferenzen", "Was Sie vorschlagen können", "draft", lines[:SHOWN])


def lines_that_count(lines: list[DeskLine]) -> list[DeskLine]:
    """Return those that count anything."""
    return [line for line in lines if line.number]
