"""The handover list: what the coming secretariat needs, each line from the real state of the site."""

import logging
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from django.db import transaction
from wagtail.models import Page

from conferences.handover.pages_in_work import pages_in_work
from conferences.handover.scheduled import Scheduled, all_scheduled
from conferences.handover.viewer import Viewer
from conferences.models import ChairPreparation, ChairTerm, ConferenceIndexPage, ConferencePage, Land
from conferences.models.land import PublisherFacts
from conferences.rules.rotation import Term, same_day_in_following_year
from intmk.language import land_names
from intmk.language.dates import german_day, german_moment
from intmk.language.day import today
from intmk.language.wording import counted_as, first_named
from intmk.users.models import User, account_name

CONTACT = ("ministry", "secretariat_address", "secretariat_email", "secretariat_phone")
DUTIES = ("responsible_person", "privacy_act", "privacy_officer", "privacy_authority", "barrier_authority")

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Item:
    """One line of the list.

    `url` leads to where it is done, "" where the viewer may not go; `who` names who does it when the viewer cannot.
    """

    key: str
    label: str
    done: bool
    detail: str
    url: str = ""
    who: str = ""


def checklist(term: Term, viewer: Viewer | None = None) -> list[Item]:
    """Return the whole list for the handover to the Land of `term`; at most fifteen queries, however much there is."""
    viewer = viewer or Viewer()
    land = Land.objects.filter(code=term.land_code).select_related("preparation").first()
    return [
        *account_items(term, viewer),
        *publisher_items(term, land, viewer),
        conference_item(term, land, viewer),
        *page_items(viewer),
        scheduled_item(all_scheduled(), viewer),
    ]


def open_items(term: Term) -> list[dict[str, str]]:
    """Return label and detail of what is open for the handover to the Land of `term`, for the record.

    Called while the rights pass on: a list that cannot be made must not keep the new chair out.
    """
    try:
        with transaction.atomic():
            return [{"label": item.label, "detail": item.detail} for item in checklist(term) if not item.done]
    except Exception:
        logger.exception("Die Übergabeliste für %s ließ sich nicht aufstellen.", land_names.who(term.land_name))
        return [{"label": "Übergabeliste", "detail": "Sie ließ sich am Tag der Übergabe nicht aufstellen."}]


def account_items(term: Term, viewer: Viewer) -> list[Item]:
    """Say how far the accounts of the coming secretariat are."""
    accounts = list(User.objects.of_land(term.land_code).with_second_factor())
    invited = [account for account in accounts if account.invited_at or account.last_login]
    signed_in = [account for account in accounts if account.last_login]
    secured = [account for account in accounts if account.has_second_factor]
    own = viewer.account in accounts and viewer.account not in secured
    administers, index = viewer.administers, "wagtailusers_users:index"
    steps = [
        (
            "accounts_invited",
            "Zugänge der neuen Geschäftsstelle",
            invited,
            "eingeladen",
            viewer.url(administers, "die Administration", index),
        ),
        (
            "accounts_signed_in",
            "Erste Anmeldung",
            signed_in,
            "angemeldet",
            viewer.url(administers, "die eingeladenen Personen; die Administration lädt auch noch einmal ein", index),
        ),
        (
            "accounts_second_factor",
            "Zweiter Faktor",
            secured,
            "gesichert",
            viewer.url(own, f"jede Person der Redaktion {term.land_name} für sich, unter „Benutzerkonto“", "mfa_index"),
        ),
    ]
    return [
        Item(key, label, bool(through), progress(accounts, through, word, term.land_name), **link)
        for key, label, through, word, link in steps
    ]


def progress(accounts: Sequence[User], through: Sequence[User], word: str, land: str) -> str:
    """Return e.g. "1 von 2 Konten angemeldet. Es fehlt: Petra Beispiel."."""
    if not accounts:
        return f"{land_names.who_first(land)} hat noch kein Konto."
    missing = [account_name(account) for account in accounts if account not in through]
    counted = f"{len(through)} von {counted_as(len(accounts), 'Konto', 'Konten')} {word}."
    return f"{counted} Es {'fehlt' if len(missing) == 1 else 'fehlen'}: {first_named(missing)}." if missing else counted


def publisher_items(term: Term, land: Land | None, viewer: Viewer) -> list[Item]:
    """Say what public pages lack of the Land of `term`, or will lack once what it has prepared is in force."""
    prepared = getattr(land, "preparation", None) if term.start > today() else None
    way = way_to_prepare(term, viewer, prepared)
    return [*land_items(term, land, viewer, prepared, way), *person_items(term, viewer, prepared, way)]


def way_to_prepare(term: Term, viewer: Viewer, prepared: ChairPreparation | None) -> dict[str, str]:
    """Return where the coming Land prepares its chair, or that it does; nothing before it has begun, for others."""
    allowed = viewer.works_for(term.land_code) or (prepared is not None and viewer.administers)
    if term.start <= today() or not (allowed or prepared):
        return {}
    form = ("preparation:edit", prepared.pk) if prepared else ("preparation:add",)
    return viewer.url(allowed, f"die Redaktion {term.land_name}", *form)


def land_items(
    term: Term,
    land: Land | None,
    viewer: Viewer,
    prepared: ChairPreparation | None = None,
    way: dict[str, str] | None = None,
) -> list[Item]:
    """Say what the coming Land has not given; imprint, privacy and accessibility will be shown from it."""
    way = way or {}
    if land and not way:
        allowed = viewer.may("conferences.change_land")
        way = viewer.url(allowed, viewer.editors, Land.snippet_viewset.get_url_name("edit"), land.pk)
    facts = prepared or land or Land()
    contact, duties = lacking(facts, CONTACT), lacking(facts, DUTIES)
    checked = facts.barrier_statement_checked
    fresh = checked is not None and same_day_in_following_year(checked) >= term.start
    if checked is None:
        statement = f"Für {land_names.who(term.land_name)} ist noch keine Prüfung eingetragen."
    elif fresh:
        statement = f"Zuletzt geprüft am {german_day(checked)}."
    else:
        statement = f"Zuletzt geprüft am {german_day(checked)}: am {german_day(term.start)} mehr als ein Jahr her."
    return [
        Item("contact", "Kontakt der Geschäftsstelle", not contact, what_lacks(contact), **way),
        Item("duties", "Impressum, Datenschutz, Barrierefreiheit", not duties, what_lacks(duties), **way),
        Item("barrier_statement", "Erklärung zur Barrierefreiheit geprüft", fresh, statement, **way),
    ]


def lacking(facts: PublisherFacts, names: Iterable[str]) -> list[str]:
    """Return the German names of the fields of `names` that hold nothing."""
    empty = [name for name in names if not str(getattr(facts, name)).strip()]
    return [str(PublisherFacts._meta.get_field(name).verbose_name) for name in empty]  # type: ignore[union-attr]


def what_lacks(fields: Sequence[str]) -> str:
    """Return which fields are empty, in a sentence."""
    if not fields:
        return "Alle Angaben sind eingetragen."
    return f"Es {'fehlt' if len(fields) == 1 else 'fehlen'}: {', '.join(fields)}."


def person_items(term: Term, viewer: Viewer, prepared: ChairPreparation | None, way: dict[str, str]) -> list[Item]:
    """Say whether the person in the chair and a portrait are entered, which a term by the rule alone has no row for."""
    if prepared:
        persons = [
            (person.name, person.portrait and person.portrait.credit)
            for person in prepared.persons.select_related("portrait")
        ]
        return items_of_persons(persons, way)
    rows = list(
        ChairTerm.objects.filter(start=term.start, land__code=term.land_code)
        .order_by("persons__sort_order")
        .values_list("pk", "persons__name", "persons__portrait__credit")
    )
    if not rows and not way:
        way = viewer.url(
            viewer.may("conferences.add_chairterm"), "die Administration", ChairTerm.snippet_viewset.get_url_name("add")
        )
        detail = (
            "Die Amtszeit folgt bisher nur aus der Regel. Das Land bereitet sie vor, oder sie wird hier eingetragen."
        )
        return [replace(item, detail=detail) for item in items_of_persons([], way)]
    way = way or viewer.url(
        viewer.may("conferences.change_chairterm"),
        viewer.editors,
        ChairTerm.snippet_viewset.get_url_name("edit"),
        rows[0][0],
    )
    return items_of_persons([(name, credit) for _, name, credit in rows if name], way)


def items_of_persons(persons: Sequence[tuple[str, str | None]], way: dict[str, str]) -> list[Item]:
    """Return both lines from names and the credits of their portraits."""
    names = [name for name, _ in persons]
    pictured = [name for name, credit in persons if (credit or "").strip()]
    person = f"{first_named(names)}." if names else "Noch niemand."
    portrait = f"Eingetragen für {first_named(pictured)}." if pictured else "Noch kein Porträt mit Bildnachweis."
    return [
        Item("person", "Person im Vorsitz", bool(names), person, **way),
        Item("portrait", "Porträt mit Bildnachweis", bool(pictured), portrait, **way),
    ]


def conference_item(term: Term, land: Land | None, viewer: Viewer) -> Item:
    """Say whether a page for a conference of the coming term has been begun, as a draft at least."""
    label = "Seite der nächsten Konferenz"
    page = ConferencePage.objects.prepared_for(term).first()
    if page:
        way = viewer.url(viewer.edits, viewer.editors, "wagtailadmin_pages:edit", page.pk)
        return Item("conference", label, True, f"„{page.draft_title}“ ist begonnen.", **way)
    index = ConferenceIndexPage.objects.values_list("pk", flat=True).first()
    way = {}
    if index:
        way = viewer.url(viewer.edits, viewer.editors, "wagtailadmin_pages:add", "conferences", "conferencepage", index)
    return Item("conference", label, False, f"Für die Amtszeit {term.years} ist noch keine Konferenz angelegt.", **way)


def page_items(viewer: Viewer) -> list[Item]:
    """Say which pages lie open: drafts, approvals, proposals, locks."""
    found = pages_in_work()
    proposals = count_pages(found.proposed, "Kein Vorschlag wartet auf Antwort.")
    locked = first_named([f"„{page.draft_title}“ ({account_name(page.locked_by)})" for page in found.locked])
    locks = f"{counted_as(len(found.locked), 'Seite', 'Seiten')}: {locked}." if locked else "Keine Seite ist gesperrt."
    drafts = count_pages(found.drafts, "Keine offenen Entwürfe.")
    tasks = count_pages(found.awaiting, "Nichts wartet auf Freigabe.")
    # Everybody may read the drafts, but only the chair publishes them.
    way = viewer.url(viewer.account is not None, "", "handover_drafts")
    if viewer.account is not None and not viewer.publishes:
        way["who"] = viewer.editors
    to_tasks = viewer.url(viewer.publishes, viewer.editors, "wagtailadmin_reports:workflow_tasks")
    to_proposals = viewer.url(viewer.publishes, viewer.editors, "wagtailadmin_home")
    to_locks = viewer.url(viewer.publishes, viewer.editors, "wagtailadmin_reports:locked_pages")
    return [
        Item("drafts", "Offene Entwürfe", not found.drafts, drafts, **way),
        Item("tasks", "Offene Freigaben", not found.awaiting, tasks, **to_tasks),
        Item("proposals", "Vorschläge der Länder", not found.proposed, proposals, **to_proposals),
        Item("locks", "Gesperrte Seiten", not found.locked, locks, **to_locks),
    ]


def scheduled_item(scheduled: Iterable[Scheduled], viewer: Viewer) -> Item:
    """Say what would happen by itself but will wait, since its author no longer chairs then."""
    waiting = [item for item in scheduled if item.waits]
    way = viewer.url(viewer.publishes, viewer.editors, "handover")
    if "url" in way:
        way["url"] += "#wartet-section"  # Wagtail adds the second word to the name of a panel
    titles = [f"„{item.page.draft_title}“ ({german_moment(item.moment)})" for item in waiting]
    detail = f"{counted_as(len(titles), 'Seite wartet', 'Seiten warten')} auf Bestätigung: {first_named(titles)}."
    return Item("scheduled", "Zeitgesteuerte Seiten", not waiting, detail if waiting else "Keine Seite wartet.", **way)


def count_pages(pages: Sequence[Page], none: str) -> str:
    """Return how many pages there are and what the first are called."""
    titles = first_named([f"„{page.draft_title}“" for page in pages])
    return f"{counted_as(len(pages), 'Seite', 'Seiten')}: {titles}." if pages else none
