"""Load the initial content (intmk/content/*.toml) into the database."""

import gc
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from datetime import date
from functools import cached_property, partial
from typing import Any, cast

from django.conf import settings
from django.contrib.auth.models import Group
from django.core.exceptions import ValidationError
from django.core.management import call_command
from django.core.management.base import BaseCommand
from django.db import connection, transaction
from django.db.models import Model, QuerySet
from django.utils import timezone
from wagtail.log_actions import LogContext
from wagtail.models import Locale, Page, PageLogEntry, Revision, Site

from conferences.archive.facets import facets_deferred, refresh_facets
from conferences.archive_import.record import Known, ResolutionRecord, fill
from conferences.models import (
    Addressee,
    AgendaGap,
    ChairPage,
    ChairPerson,
    ChairTerm,
    ConferenceGuest,
    ConferenceIndexPage,
    ConferenceMeeting,
    ConferencePage,
    Land,
    ResolutionPage,
    Source,
    Theme,
)
from conferences.models.identifier import record_identifiers
from conferences.models.resolution_parts import name_anchors
from conferences.rules.agenda_item import address_part
from history.models import AboutPage, Milestone, TimelinePage
from intmk.audit.log_entries import unrecorded
from intmk.base.indexes import deferred_indexes, index_references, stored_with_rows, titles_deferred
from intmk.base.pages import SitePage
from intmk.content import accessibility_statement, old_addresses
from intmk.content import glossary as glossary_content
from intmk.content.changes import checksum_of, digest, is_untouched, state_of_version
from intmk.content.files import LINK, linked, read_content, section
from intmk.content.models import OF_PEOPLE, LoadedContent
from intmk.content.translations import join_entrance, load_english
from intmk.language.readable_input import make_readable
from intmk.pages.models import HomePage, NewsIndexPage, StandardPage
from intmk.search import index as search_index
from intmk.search.drafts import DraftEntry, store_drafts
from intmk.search.index import SearchEntry
from intmk.search.synonyms import SearchSynonym
from intmk.server import table_statistics
from intmk.server.preparation import host_and_port
from intmk.server.switch import filling
from intmk.users.roles import RIGHTS_VERSION, create_groups, create_workflow, remove_groups_of_wagtail

LOCK = 0x494E544D4B  # "INTMK": two loaders at once wait for one another
CONFERENCE_FIELDS = (
    "number", "kind", "status", "format", "first_day", "last_day", "date_certainty", "date_note",
    "place", "venue", "chair_note", "motto", "keywords", "source", "source_note",
)  # fmt: skip


class Command(BaseCommand):
    help = (
        "Lädt die mitgelieferten Inhalte: legt an, was fehlt, bringt auf den neuen Stand, was seit dem Laden niemand "
        "bearbeitet hat, und nennt, was deshalb blieb, wie es ist."
    )

    def handle(self, *args, **options) -> None:
        """Create what was never loaded and renew what nobody has edited, all in one transaction, and name the rest."""
        with transaction.atomic():
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_advisory_xact_lock(%s)", [LOCK])
            loader = Loader()
            if loader.loaded:
                with LogContext():  # what a later version brings is one change, as one step
                    complete = loader.load()
            else:
                with filled():
                    complete = loader.load()
                    refresh_facets(ResolutionPage.objects.all())
                    store_drafts(Page.objects.all())
                    index_references()
                    call_command("update_index", verbosity=0)
        if loader.created:
            table_statistics.renew()
        if not complete:
            self.stdout.write("Inhalte: Die Startseite wurde gelöscht; deshalb wird nichts weiter geladen.")
            return
        self.stdout.write(
            f"Inhalte: {loader.created} angelegt, {loader.renewed} aktualisiert, {loader.kept} schon vorhanden."
        )
        if loader.left:
            self.stdout.write("Nicht aktualisiert, weil jemand sie bearbeitet hat oder etwas dagegen steht:")
            self.stdout.writelines(f"- {what}\n" for what in loader.left)


@contextmanager
def filled() -> Iterator[None]:
    """What a new site is filled with is no change, and facets, Wagtail's and our indexes are made once, at the end.

    Nothing of it may be refused, so that nobody has to go back to where a piece began.
    """
    gc.disable()  # there is little that could go, and to look for it again and again took a twentieth of the time
    features = connection.features
    had_savepoints, features.uses_savepoints = features.uses_savepoints, False
    try:
        with (
            filling.on(),
            unrecorded.on(),
            deferred_indexes(),
            titles_deferred(),
            facets_deferred.on(),
            search_index.rebuilt_at_the_end(),
        ):
            yield
    finally:
        features.uses_savepoints = had_savepoints
        gc.enable()


class Loader:
    """One run. `created`, `renewed` and `kept` count the pieces of content; `left` names those that stay as they are.

    `keys` are those of all pages, by their address. On a new site, where nobody has seen or edited anything, much is
    stored together; on a site in use each piece is saved as if a person did it.
    """

    def __init__(self) -> None:
        self.created = self.renewed = self.kept = 0
        self.left: list[str] = []
        self.loaded = {record.key: record for record in LoadedContent.objects.select_related("page")}
        self.is_update = bool(self.loaded)
        self.written: list[tuple[LoadedContent, Model]] = []
        self.sources: dict[str, Source] = {}
        self.themes: set[str] = set()
        self.laender: dict[str, Land] = {}
        self.held: dict[type[Model], bool] = {}
        self.made: set[int] = set()  # pages, which nobody else can see before this run has ended
        self.keys: dict[str, str] = {}
        self.unfinished: list[tuple[str, SitePage, dict[str, Any], Callable[[Any], None]]] = []
        self.without_version: list[SitePage] = []

    def is_new(self, key: str, same: QuerySet) -> bool:
        """Record `key` and return whether it is to be created.

        It is not when it was loaded once, since that stays as people left it, nor when people have put in `same`
        themselves.
        """
        known = key in self.loaded
        if not known:
            found = same.first() if self.may_hold(same.model) else None
            page = found if isinstance(found, Page) else None
            self.loaded[key] = LoadedContent(
                key=key,
                page=page,
                object_pk=str(found.pk) if found and not page else "",
                state=OF_PEOPLE if found else "",
            )
            known = found is not None
        self.kept += known
        self.created += not known
        return not known

    def may_hold(self, model: type[Model]) -> bool:
        """Say whether there may be things of this type that this run has not brought: if there was one before."""
        if model not in self.held:
            self.held[model] = self.is_update or model._default_manager.exists()
        return self.held[model]

    def due(self, key: str, data: Any, find: Callable[[], Model | None]) -> Model | None:
        """Return what was loaded as `key` before if it is to be made of `data` now, None if it stays as it is.

        find: looks for it; asked only when what it is made of has changed.
        """
        record = self.loaded.get(key)  # None below a page that is gone
        found = find() if record and record.made_of != digest(data) else None
        if record is None or found is None:
            return None
        if not is_untouched(record, found):
            self.left.append(f"{found._meta.verbose_name} „{found}“")
            return None
        self.kept -= 1
        self.renewed += 1
        return found

    def piece(self, key: str, same: QuerySet, data: Any, write: Callable[[Any], Model]) -> None:
        """Have a piece that is no page written by `write`, from None when it is new, else from what there is."""
        found = None
        if not self.is_new(key, same):
            pk = self.loaded[key].object_pk
            found = self.due(key, data, (same.model._default_manager.filter(pk=pk) if pk else same).first)
            if found is None:
                return
        with self.attempt(key, found):
            self.note(key, data, write(found))

    @contextmanager
    def attempt(self, key: str, found: Model | None) -> Iterator[None]:
        """Leave out a piece that the site refuses as people have made it since; on a new site nothing may be refused.

        found: what there is of it already; None where it is new and is tried again the next time.
        """
        try:
            with transaction.atomic(savepoint=self.is_update):
                yield
        except ValidationError as error:
            if not self.is_update:
                raise
            self.left.append(f"{found or key}: {' '.join(error.messages)}")
            self.written = [(record, thing) for record, thing in self.written if record.key != key]
            if found:
                self.renewed -= 1
                self.kept += 1
            else:
                self.created -= 1
                del self.loaded[key]

    def note(self, key: str, data: Any, thing: Model) -> None:
        """Have the state of what was written noted at the end, when all that it names is there."""
        self.loaded[key].made_of = digest(data)
        self.written.append((self.loaded[key], thing))

    def store_notes(self) -> None:
        """Store what is known now, and what was written, as it is now; of pages, as their last version has it."""
        things = by_type(thing for _, thing in self.written)
        stored = {}
        for model, keys in things.items():
            if not issubclass(model, Page):
                lists = [field.name for field in model._meta.many_to_many]
                stored[model] = model._default_manager.prefetch_related(*lists).in_bulk(keys)
        pages = Page.objects.filter(pk__in=[thing.pk for _, thing in self.written if isinstance(thing, Page)])
        versions = dict(pages.values_list("pk", "latest_revision__content"))
        for record, thing in self.written:
            if isinstance(thing, Page):
                record.state = state_of_version(type(thing), versions[thing.pk])
            else:
                record.object_pk = str(thing.pk)
                record.state = checksum_of(stored[type(thing)][thing.pk])
        fields = ["made_of", "object_pk", "state"]
        LoadedContent.objects.bulk_update([record for record, _ in self.written if record.pk], fields)
        LoadedContent.objects.bulk_create(record for record in self.loaded.values() if not record.pk)

    def load(self) -> bool:
        """Create everything in the order in which one thing needs the other; texts last, since they link pages.

        Return False, and load nothing, when the home page was deleted.
        """
        home = self.load_home()
        if home is None:
            return False
        self.load_laender_and_themes()
        self.load_sources()
        self.load_terms()
        menu = {"show_in_menus": True}
        about = read_content("about")
        cites = {"sources": self.cited(about)}
        self.page("about", "/aufgaben-und-ziele/", home, AboutPage, about, lambda: menu | cites)
        self.load_chair_page(home)
        self.page(
            "conferences", "/konferenzen/", home, ConferenceIndexPage, read_content("conference_index"), lambda: menu
        )
        for data in read_content("conferences")["conference"]:
            self.load_conference(data)
        for data in read_content("resolutions")["resolution"]:
            known = {name: value for name, value in data.items() if name != "sources"}
            self.load_resolution(ResolutionRecord(**known), data)
        timeline = read_content("timeline") | read_content("milestones")
        self.page("timeline", "/geschichte/", home, TimelinePage, timeline, lambda: menu)
        self.page("news", "/aktuelles/", home, NewsIndexPage, read_content("news_index"), lambda: menu)
        self.load_standard_pages()
        if self.is_new("translation:en", Page.objects.none()):
            join_entrance(home, self.page_at)
        load_english(self.page, self.page_at)
        accessibility_statement.load_statement(self.piece, self.page_at)
        if self.is_new(f"groups:{RIGHTS_VERSION}", Group.objects.none()):  # its parts look for themselves
            create_groups(home)
        if self.is_new("roles", Group.objects.none()):
            remove_groups_of_wagtail()
            create_workflow(home)
        glossary_content.load_glossary(self.piece, self.page_at)
        self.load_synonyms()
        for key, page, data, fill_in in self.unfinished:
            is_new = not page.live and not page.first_published_at
            with self.attempt(key, None if is_new else page):
                self.finish(page, data, fill_in)
            if is_new and key not in self.loaded:
                Page.objects.get(pk=page.pk).delete()
        old_addresses.load_old_addresses(self.piece, self.page_at)
        self.store_versions()
        is_new = self.is_new(f"search:{search_index.VERSION}", SearchEntry.objects.none())
        self.index_drafts()
        self.store_notes()
        if is_new and not search_index.index_deferred:
            search_index.rebuild()
        return True

    def index_drafts(self) -> None:
        """Let editors find and filter drafts that are older than the version of the program that reads them so."""
        if self.is_new(f"drafts:{search_index.VERSION}", DraftEntry.objects.none()):
            refresh_facets(ResolutionPage.objects.filter(live=False))
            store_drafts(Page.objects.all())

    def load_synonyms(self) -> None:
        synonyms = {row["typed"].splitlines()[0]: row for row in read_content("synonyms")["synonym"]}
        self.rows("synonym", SearchSynonym, synonyms, ["typed"])

    def load_laender_and_themes(self) -> None:
        laender = {land["code"]: land for land in read_content("laender")["land"]}
        self.rows("land", Land, laender, ["code"])
        themes = enumerate(read_content("themes")["theme"], start=1)
        self.rows("theme", Theme, {row["slug"]: row | {"position": position} for position, row in themes}, ["slug"])
        addressees = {row["slug"]: row for row in read_content("addressees")["addressee"]}
        self.rows("addressee", Addressee, addressees, ["slug"])

    def load_sources(self) -> None:
        self.rows("source", Source, read_content("sources"), ["publisher", "title"])
        self.themes = set(Theme.objects.values_list("slug", flat=True))
        stored = {str(source.pk): source for source in Source.objects.all()}
        self.sources = {
            key.removeprefix("source:"): stored[record.object_pk]
            for key, record in self.loaded.items()
            if key.startswith("source:") and record.object_pk in stored
        }

    def rows(self, kind: str, model: type[Model], data: dict[str, dict[str, Any]], same: list[str]) -> None:
        """Have pieces that are one row of `model` each written with the fields in `data`, there by their keys.

        same: the fields in which one has the same that people have put in themselves.
        """
        new: list[tuple[str, Any]] = []

        def write(key: str, row: Any) -> Model:
            # What the content says no longer is gone; of rows from before that was noted only what it says is known.
            former = blank(model) if row and self.loaded[f"{kind}:{key}"].state else {}
            filled = filled_in(row or model(), former | data[key])
            filled.full_clean(validate_unique=self.may_hold(model))
            if self.is_update:
                filled.save()
            else:
                make_readable(filled)
                new.append((f"{kind}:{key}", filled))
            return filled

        for key, fields in data.items():
            found = model._default_manager.filter(**{name: fields[name] for name in same})
            self.piece(f"{kind}:{key}", found, fields, partial(write, key))
        model._default_manager.bulk_create(row for _, row in new)
        for key, row in new:
            self.loaded[key].object_pk = str(row.pk)

    def cited(self, data: dict[str, Any]) -> list[Source]:
        """Return the sources that `data` names by their keys, but for what a person has deleted."""
        return [self.sources[key] for key in data.get("sources", []) if key in self.sources]

    def load_terms(self) -> None:
        self.laender = Land.objects.in_bulk(field_name="code")
        for row in read_content("chair_terms")["term"]:
            if row["land"] not in self.laender:
                continue  # a person deleted it
            same_days = ChairTerm.objects.filter(start__lte=row["end"], end__gte=row["start"])
            self.piece(f"term:{row['start']}", same_days, row, partial(self.write_term, row))

    def write_term(self, data: dict[str, Any], term: Any) -> ChairTerm:
        """Return the term of these data, new or in place of `term`."""
        fields = {name: data.get(name, "") for name in ("note", "source", "source_note")}
        fields |= {"start": data["start"], "end": data["end"], "land": self.laender[data["land"]]}
        term = filled_in(term or ChairTerm(), fields)
        term.sources = self.cited(data)
        term.persons = [self.person(place, row) for place, row in enumerate(data.get("person", []))]
        term.full_clean()
        term.save()
        return term

    def person(self, place: int, data: dict[str, Any]) -> ChairPerson:
        """Return the person of these data, the `place`th of the term."""
        person = ChairPerson(sort_order=place, **{name: data[name] for name in data if name != "sources"})
        person.sources = self.cited(data)
        return person

    def page(
        self,
        key: str,
        path: str,
        parent: Page | None,
        model: type[SitePage],
        data: dict[str, Any],
        fields: Callable[[], dict[str, Any]] = dict,
        fill: Callable[[Any], None] = lambda page: None,
    ) -> SitePage | None:
        """Create the page for the address `path` below `parent` and return it; None unless it is new.

        `fields` and `fill`, which puts more into it, are asked for what is written only: what they look for may have
        been edited or deleted since. It is stored as a draft, which is checked when it is finished, or on a new site at
        once as what is public, if it links to no other page. `data` is all that it is made of: when that is other than
        last time and nobody has edited the page, it is written anew.
        """

        def fill_in(page: Any) -> None:
            filled_in(page, {"title": data["title"], "introduction": data.get("introduction", "")} | fields())
            fill(page)

        self.keys[path] = f"page:{key}"
        slug = path.strip("/").rpartition("/")[2] or "start"
        if parent is None or not self.is_new(f"page:{key}", self.below(parent).filter(slug=slug)):
            if found := self.due(f"page:{key}", data, lambda: self.specific_page_at(path)):
                self.unfinished.append((f"page:{key}", cast(SitePage, found), data, fill_in))
                self.note(f"page:{key}", data, found)
            return None
        is_whole = not self.is_update and not links_pages(data)
        page = model(slug=slug, live=False)
        with self.attempt(f"page:{key}", None):
            if is_whole:
                self.make_public(page)
            fill_in(page)
            if is_whole:
                self.fill_texts(page, data)
            if not page.locale_id:
                page.locale = self.default_locale
            parent.add_child(instance=page)
            self.made.add(page.pk)
            self.loaded[f"page:{key}"].page = page
            if not is_whole:
                self.unfinished.append((f"page:{key}", page, data, lambda page: None))
            self.note(f"page:{key}", data, page)
        return page if f"page:{key}" in self.loaded else None

    def below(self, parent: Page) -> QuerySet:
        """Return the pages below `parent` that this run has not brought."""
        return Page.objects.none() if parent.pk in self.made else parent.get_children()

    @cached_property
    def default_locale(self) -> Locale:
        """Return the locale of pages of which the content says none."""
        return Locale.get_default()

    def page_at(self, path: str) -> Page | None:
        """Return the page that was loaded for an address, wherever it stands now; None when it was deleted.

        Raises KeyError for an address that is none of the content's.
        """
        record = self.loaded.get(self.keys[path])
        return record.page if record else None  # the same object each time, since it counts its children

    def specific_page_at(self, path: str) -> Page | None:
        """Return the same as what it is."""
        page = self.page_at(path)
        return page.specific if page else None

    def load_home(self) -> Page | None:
        """Return the home page, None when it was deleted; make a new one the root of the only site."""
        data = read_content("home")
        for language, _ in settings.LANGUAGES:
            Locale.objects.get_or_create(language_code=language)
        home = self.page(
            "home",
            "/",
            Page.get_first_root_node(),
            HomePage,
            data,
            lambda: {"principle": data["principle"], "principle_text": data["principle_text"]},
        )
        if home:
            site = Site.objects.filter(is_default_site=True).first() or Site(is_default_site=True)
            site.hostname, site.port = host_and_port(settings.WAGTAILADMIN_BASE_URL)
            site.site_name, site.root_page = settings.WAGTAIL_SITE_NAME, home
            site.save()
            # Wagtail's own first page; depth 2 and the plain type tell it from anything of ours.
            for welcome in Page.objects.filter(depth=2, content_type__model="page").exclude(pk=home.pk):
                welcome.delete()
        return self.page_at("/")

    def load_chair_page(self, home: Page) -> None:
        before = read_content("chair_terms")["before_rotation"]
        self.page(
            "chair",
            "/vorsitz/",
            home,
            ChairPage,
            read_content("chair_page") | {"before": before},
            lambda: {
                "show_in_menus": True,
                "before_period": before["period"],
                "before_text": before["text"],
                "before_laender": Land.objects.filter(code__in=before["laender"]),
            },
        )

    def load_conference(self, data: dict[str, Any]) -> None:
        """Create a conference in the list; where a person deleted that, what stood in it is not revived."""
        number = data["number"]
        self.page(
            f"conference:{number}",
            f"/konferenzen/{number}/",
            self.page_at("/konferenzen/"),
            ConferencePage,
            data | {"title": f"{number}. Integrationsministerkonferenz"},
            lambda: (
                {name: data.get(name, default(ConferencePage, name)) for name in CONFERENCE_FIELDS}
                | {
                    "sources": self.cited(data),
                    "host_land": self.laender.get(data.get("host_land", "")),
                    "chair_term": term_of(data.get("chair_land"), data.get("first_day") or data.get("last_day")),
                }
            ),
            lambda page: add_rows(page, data),
        )

    def load_resolution(self, record: ResolutionRecord, data: dict[str, Any]) -> None:
        """Create a resolution under its conference, unless a person has deleted that."""
        path = f"/konferenzen/{record.conference}/{record.slug or address_part(record.item)}/"
        parent = self.page_at(f"/konferenzen/{record.conference}/")
        if parent and parent.first_published_at and not parent.live:
            parent = None  # people have withdrawn the conference: nothing new of it becomes public
        record.themes = [slug for slug in record.themes if slug in self.themes]  # a person may have deleted one

        def fill_in(page: Any) -> None:
            fill(page, record, self.known)
            name_anchors(page.statements.get_object_list())
            page.sources = self.cited(data)

        self.page(f"resolution:{record.key}", path, parent, ResolutionPage, data, fill=fill_in)

    @cached_property
    def known(self) -> Known:
        """What a resolution may name, all of which is loaded before."""
        return Known.stored()

    def load_standard_pages(self) -> None:
        for data in read_content("standard_pages")["page"]:
            locale = Locale.objects.get(language_code=data.get("language", "de"))
            fields = {"locale": locale, "place": data.get("place", ""), "duty": data.get("duty", "")}
            above = f"/{data['parent']}/" if "parent" in data else "/"
            path = f"{above}{data['slug']}/"
            self.page(path.strip("/"), path, self.page_at(above), StandardPage, data, fields.copy)

    def finish(self, page: SitePage, data: dict[str, Any], fill_in: Callable[[Any], None]) -> None:
        """Give a page its text, now that all pages it may link to are there, and publish it."""
        page = type(page).objects.get(pk=page.pk)  # as it is now: it has got children since it was made
        before = checksum_of(page) if page.live else None
        fill_in(page)
        self.fill_texts(page, data)
        if before and checksum_of(page) == before:  # what it is made of was not noted yet, and is the same
            self.renewed -= 1
            self.kept += 1
            return
        if self.is_update:
            page.full_clean()
            page.save_revision(clean=False).publish()
        else:
            self.make_public(page)
            page.save()

    def fill_texts(self, page: Any, data: dict[str, Any]) -> None:
        """Put into a page what may link to other pages."""
        if "section" in data and hasattr(page, "body"):
            page.body = [section(part, self.page_at) for part in data["section"]]
        teasers = [(row, self.page_at(row["path"])) for row in data.get("service", [])]
        page.service = [
            ("teaser", {"title": row["title"], "text": row["text"], "page": target, "url": ""})
            for row, target in teasers
            if target
        ]
        if isinstance(page, ChairPage):
            page.before_text = linked(page.before_text, self.page_at)  # type: ignore[assignment]  # Wagtail has no types
        if isinstance(page, TimelinePage):
            page.milestones = list(self.milestones())

    def make_public(self, page: SitePage) -> None:
        """Let a page of a new site be public when it is saved; its version is stored with those of all others."""
        page.live = True
        page.first_published_at = page.last_published_at = timezone.now()
        self.without_version.append(page)

    def store_versions(self) -> None:
        """Give the pages of a new site what publishing leaves: a version and an entry of the log.

        Together, when all is there: a version counts the pages below.
        """
        keys = by_type(self.without_version)
        record_identifiers(ResolutionPage.objects.filter(pk__in=keys[ResolutionPage]))
        pages = [page for model in keys for page in stored_with_rows(model, keys[model])]
        now = timezone.now()
        versions = Revision.objects.bulk_create(
            Revision(
                content_object=page,
                base_content_type=page.get_base_content_type(),
                created_at=now,
                object_str=str(page),
                content=page.serializable_data(),
            )
            for page in pages
        )
        for page, version in zip(pages, versions, strict=True):
            page.latest_revision = page.live_revision = version
            page.latest_revision_created_at = now
        Page.objects.bulk_update(pages, ["latest_revision", "live_revision", "latest_revision_created_at"])
        PageLogEntry.objects.bulk_create(
            PageLogEntry(
                page=page,
                content_type=page.cached_content_type,
                label=page.get_admin_display_title(),
                action=action,
                timestamp=now,
                revision=of_action,
                content_changed=True,
            )
            for page, version in zip(pages, versions, strict=True)
            for action, of_action in (("wagtail.create", None), ("wagtail.publish", version))
        )

    def milestones(self) -> Iterator[Milestone]:
        """Yield the milestones in the order of the file."""
        for position, row in enumerate(read_content("milestones")["milestone"]):
            yield Milestone(
                sort_order=position,
                day=row["day"],
                precision=row["precision"],
                title=row["title"],
                text=linked(row["text"], self.page_at),
                page=self.page_at(f"/konferenzen/{row['conference']}/") if "conference" in row else None,
                source=row["source"],
                source_note=row.get("source_note", ""),
                sources=self.cited(row),
            )


def links_pages(data: dict[str, Any]) -> bool:
    """Say whether anything that a page is made of links to pages, which may not be there yet."""
    return "service" in data or "milestone" in data or LINK in str(data)


def add_rows(page: Any, data: dict[str, Any]) -> None:
    """Put into a new ConferencePage what it has row by row."""
    page.guests = [
        ConferenceGuest(sort_order=i, name=guest.get("name", ""), office=guest.get("function", ""))
        for i, guest in enumerate(data.get("guest", []))
    ]
    page.meetings = [ConferenceMeeting(sort_order=i, **row) for i, row in enumerate(data.get("preparation", []))]
    page.agenda_gaps = [AgendaGap(sort_order=i, **gap) for i, gap in enumerate(data.get("agenda_gap", []))]


def by_type(things: Iterable[Model]) -> dict[type[Model], list[Any]]:
    """Return the keys of `things` by their types."""
    found: dict[type[Model], list[Any]] = defaultdict(list)
    for thing in things:
        found[type(thing)].append(thing.pk)
    return found


def filled_in(thing: Any, fields: dict[str, Any]) -> Any:
    """Return `thing` with these values in its fields."""
    for name, value in fields.items():
        setattr(thing, name, value)
    return thing


def blank(model: type[Model]) -> dict[str, Any]:
    """Return what the fields that people fill in hold in a new row."""
    fields = [field for field in model._meta.concrete_fields if field.editable and not field.primary_key]
    return {field.attname: field.get_default() for field in fields}


def default(model: type[Model], name: str) -> Any:
    """Return what a field holds of which nothing is known."""
    field: Any = model._meta.get_field(name)
    return field.get_default()


def term_of(land_code: str | None, day: date | None) -> ChairTerm | None:
    """Return the stored term of the Land on `day`; None when there is none."""
    return ChairTerm.objects.filter(land__code=land_code, start__lte=day, end__gte=day).first() if day else None
