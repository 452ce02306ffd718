"""What all pages of the site share. Abstract, so that each page type stays one table of its own."""

from collections.abc import Mapping
from contextlib import nullcontext
from datetime import date, datetime
from http import HTTPMethod
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import models, transaction
from django.http import HttpResponseBase
from django.template.response import SimpleTemplateResponse
from django.utils import timezone
from wagtail.admin.panels import CommentPanel, FieldPanel, HelpPanel, MultiFieldPanel, ObjectList, PublishingPanel
from wagtail.fields import StreamField
from wagtail.models import COMMENTS_RELATION_NAME, Page, Revision

from intmk.base.blocks import TeaserBlock
from intmk.base.drafts import EVER_PUBLIC
from intmk.base.indexes import deferred_indexes, index_stored
from intmk.base.lists import all_rows, are_at_hand, empty_lists, stored_lists
from intmk.base.page_form import PageTabs, SitePageForm
from intmk.base.publishing_rules import (
    RelationsAtHand,
    fault_of_schedule,
    faults_of_rows,
    faults_of_texts,
    storable_draft,
)
from intmk.base.reserved_slugs import OF_ANOTHER_PART, is_reserved, reserved_slugs
from intmk.base.versions import all_there, without_protected
from intmk.language.interface_language import spoken_on_page
from intmk.language.readable_input import make_readable
from intmk.language.slugs import numbered, slug_of
from intmk.server.switch import Switch, filling

# What Wagtail stores of a page with a draft; nothing of it stands in an index.
OF_A_DRAFT = {"latest_revision_created_at", "draft_title", "latest_revision", "has_unpublished_changes"}
# What a page has of itself, whatever stands in the version that is read (Page.with_content_json).
SET_BY_PROGRAMS = {
    "content_type", "owner", "latest_revision", "live_revision", "locked_by", "alias_of", "locale", "translation_key",
    "path",
}  # fmt: skip
all_named_exists = Switch("all_named_exists")  # just asked by the rules of the page, or of the version that is read
FIT_ON_ONE_PAGE = 50  # rows of a list that people order by dragging, which shows all at once


def complete(response: HttpResponseBase) -> HttpResponseBase:
    """Return the response with its text made now and not when the language is another one again."""
    return response.render() if isinstance(response, SimpleTemplateResponse) else response


class SitePage(RelationsAtHand, Page):
    """Abstract page: an introduction and the teasers of the side column."""

    # Readers have no account and get no cookie, so no page could let some of them in.
    private_page_options: list[str] = []
    # And sends a page nothing; what is sent goes to views.
    allowed_http_methods = [HTTPMethod.GET, HTTPMethod.HEAD, HTTPMethod.OPTIONS]
    # Not with each save, but where save() finds that it may be another.
    search_auto_update = False
    # Lists of rows that belong to it, most of them empty; of a public page the keys in all of them are asked at once.
    lists: tuple[str, ...] = ()
    # Other pages by which it is called or ordered; its indexes read them along with it.
    named_by: tuple[str, ...] = ()
    stored_keys: Mapping[str, list[int]] = {}
    # The admin lists pages in the order of the site, not by who touched which last.
    admin_default_ordering = "ord"
    base_form_class = SitePageForm
    # Holds what a Land proposes: no way of saving may make it the page.
    is_proposal = False
    trail: Any = None  # its breadcrumb is made of the tree; Django's templates look long for what is not there
    # Of its lists and of what it is called what was stored when its form was sent; of the page that is published of
    # that form, which of them stay so.
    opened_with: Mapping[str, Any] = {}
    unchanged: frozenset[str] = frozenset()
    opened_at: datetime | None = None  # when that page had last been published
    is_asked = False  # its form has just asked its rules of the fields, but not yet of the rows
    goes_public = False  # the version that is being stored is no draft: it is published in the same request
    # While a page is published its rules are asked once: its version says which content has just kept them.
    validated_content: dict | None = None
    is_validated = False
    # The page as it is stored with its rows, for what is made of it when it is published; not to be changed.
    as_stored: "SitePage | None" = None

    introduction = models.TextField(
        "Einleitung",
        blank=True,
        max_length=600,
        help_text="Ein bis drei Sätze ohne Auszeichnung. Steht oben auf der Seite, in Listen und in der Suche.",
    )
    keywords = models.CharField(
        "Stichwörter",
        max_length=300,
        blank=True,
        help_text="Wörter, die nicht auf der Seite stehen und unter denen man sie finden soll, mit Komma dazwischen. "
        "Nur die Suche dieser Website liest sie.",
    )
    service = StreamField(
        [("teaser", TeaserBlock())],
        verbose_name="Service",
        blank=True,
        help_text="Verweise in der Seitenleiste, höchstens fünf.",
        max_num=5,
    )

    content_panels = [*Page.content_panels, FieldPanel("introduction")]
    promote_panels = [
        FieldPanel("service"),
        MultiFieldPanel(
            [
                FieldPanel(
                    "slug",
                    heading="Adresse",
                    help_text="Der letzte Teil der Adresse. Leer gelassen entsteht er aus dem Titel.",
                ),
                FieldPanel("keywords"),
                FieldPanel("seo_title"),
                FieldPanel("search_description"),
            ],
            heading="Adresse und Suche",
        ),
        FieldPanel("show_in_menus"),
    ]
    settings_panels = [
        PublishingPanel(
            children=[*PublishingPanel().children, HelpPanel(template="conferences/handover/publishing_sentence.html")]
        ),
        CommentPanel(),
    ]

    class Meta:
        abstract = True

    @classmethod
    def tabs(cls, *extra: ObjectList) -> PageTabs:
        """Return the editor's tabs: content, the tabs in `extra`, then side column and address.

        The last one also brings what shows outside the tabs: the dialog of the schedule and the comments.
        """
        return PageTabs(
            [
                ObjectList(cls.content_panels, heading="Inhalt"),
                *extra,
                ObjectList([*cls.promote_panels, *cls.settings_panels], heading="Seitenleiste und Adresse"),
            ]
        )

    def get_admin_default_ordering(self) -> str:
        """Return in which order the admin lists what is below; in that of the site it shows all, for people to drag.

        More than fit on one page of its list come by pages, the last edited first: 600 took 2 s and weighed 3 MB.
        """
        wanted = super().get_admin_default_ordering()
        return Page.admin_default_ordering if wanted == "ord" and self.numchild > FIT_ON_ONE_PAGE else wanted

    @classmethod
    def from_serializable_data(cls, data, check_fks=True, strict_fks=False):
        """Build the page of a stored version; each thing that it names is looked for only when one of them is gone."""
        if check_fks := check_fks and not all_named_exists and not all_there(cls, data):
            data = without_protected(cls, data)
        return super().from_serializable_data(data, check_fks, strict_fks)

    def with_content_json(self, content: dict) -> "SitePage":
        """Return the page as a version has it; what it has of itself in any case is not looked for in the version."""
        is_validated = content is self.validated_content
        with all_named_exists.on() if is_validated else nullcontext():
            found = super().with_content_json(content | dict.fromkeys(SET_BY_PROGRAMS))
        found.live_revision_id, found.is_validated = self.live_revision_id, is_validated
        if is_validated:
            opened, self.opened_with = self.opened_with, {}
            found.unchanged = frozenset(name for name in opened if content.get(name) == opened[name])
            found.opened_at = self.last_published_at
        return found

    def full_clean(self, exclude=None, *args, **kwargs) -> None:
        """Make the texts readable, then an address of the title where there is none, and validate as Wagtail does.

        Of what only programs set the database itself says whether it is there. Blocks and rows are looked at as well,
        but for a form: it passes `exclude`, looks at them itself, and here the rows are still the former ones.
        What it has asked by then is not asked once more of the version that is made of it.
        """
        make_readable(self)
        self.fill_slug()
        if self.live and not exclude:
            self.slug: str = self.own_slug
            if self.path:  # of the version that is published it may be another
                self.set_url_path(self.get_parent())
        errors: dict[str, list] = {}
        ask = self.clean_fields if self.is_asked and not exclude else super().full_clean
        try:
            ask({*(exclude or ()), *SET_BY_PROGRAMS}, *args, **kwargs)
        except ValidationError as error:
            errors = error.update_error_dict(errors)
        if not exclude:
            for name, faults in [*faults_of_texts(self).items(), *self.faults_of_rows().items()]:
                errors.setdefault(name, []).extend(faults)
            if fault := fault_of_schedule(self):
                errors.setdefault("expire_at", []).append(fault)
        if errors:
            raise ValidationError(errors)

    def faults_of_rows(self) -> dict[str, list]:
        """Return by field what is wrong with its rows, alone and together."""
        return faults_of_rows(self)

    def minimal_clean(self) -> None:
        """Do the same for a draft, of which Wagtail checks less."""
        make_readable(self)
        self.fill_slug(is_draft=True)
        super().minimal_clean()

    def save_revision(self, *args, clean: bool = True, **kwargs) -> Revision:
        """Save as Wagtail does; a public page that publishes this version next need not be validated once more."""
        version = super().save_revision(*args, clean=clean, **kwargs)
        self.validated_content = version.content if clean and self.live else None
        self.is_asked = False
        return version

    def fill_slug(self, is_draft: bool = False) -> None:
        """Make an address of the title, or of the name of the page type where it has no Latin letter.

        Before it has a place in the tree its neighbours are not known; then it is made when it gets one. That of a
        draft that never was public gives way to other pages.
        """
        gives_way = is_draft and not self.first_published_at
        if self.path and (gives_way or not self.slug) and (parent := self.get_parent()):
            made = self.slug or slug_of(self.title) or slug_of(str(self._meta.verbose_name))
            self.slug = numbered(made, lambda candidate: self.is_free(candidate, parent))

    def is_free(self, slug: str, parent: Page) -> bool:
        """Say whether the page may have this slug below `parent`."""
        return (
            not is_reserved(slug, parent) and not parent.get_children().exclude(pk=self.pk).filter(slug=slug).exists()
        )

    @property
    def own_slug(self) -> str:
        """Return the address that belongs to its number, once it is public; for most pages that which it has."""
        return self.slug

    def neighbour_at(self, slug: str) -> Page | None:
        """Return another page, beside this one, that has this slug and was ever public or will be; drafts give way."""
        if not self.path:
            return None
        beside = self.get_siblings().exclude(pk=self.pk)
        return beside.filter(EVER_PUBLIC, slug=slug).first() or self.scheduled_at(slug, beside)

    def scheduled_at(self, slug: str, beside: models.QuerySet[Page]) -> Page | None:
        """Return the page of `beside` that will have this slug at a moment for which it is scheduled."""
        ahead = Revision.page_revisions.filter(approved_go_live_at__gt=timezone.now()).in_bulk()
        keys = {version.object_id for version in ahead.values()}
        near = {str(pk) for pk in beside.filter(pk__in=keys).values_list("pk", flat=True)} if keys else ()
        versions = (version.as_object() for version in ahead.values() if version.object_id in near)
        return next((page for page in versions if isinstance(page, SitePage) and page.own_slug == slug), None)

    def make_way(self) -> None:
        """Give a draft that never was public another address when it has that of this page, which becomes public."""
        for draft in self.get_siblings().exclude(EVER_PUBLIC).exclude(pk=self.pk).filter(slug=self.slug):
            draft.slug = numbered(self.slug, lambda slug: not self.get_siblings().filter(slug=slug).exists())
            draft.save(update_fields=["slug", "url_path"], clean=False)

    def clean(self) -> None:
        """Raise ValidationError for an address that belongs to another part of the site or another public page."""
        try:
            super().clean()
        except ValidationError as error:
            if error.message_dict.keys() - {"slug"} or self.neighbour_at(self.slug):
                raise
        if self.depth == 3 and self.slug in reserved_slugs():
            raise ValidationError({"slug": OF_ANOTHER_PART.format(self.slug)})

    @transaction.atomic
    def save(self, *args, **kwargs) -> None:
        """Save as Wagtail does, and bring its indexes up to date once, when all rows are stored; not with a draft."""
        if self.is_proposal:
            raise PermissionDenied("Ein Vorschlag wird nicht zur Seite.")
        stored = frozenset(kwargs.get("update_fields") or ())  # empty: all
        is_draft = bool(stored) and stored <= {*OF_A_DRAFT, COMMENTS_RELATION_NAME}
        if is_draft:
            kwargs["update_fields"] = stored - {COMMENTS_RELATION_NAME}
        empty, is_called_so = None, False
        if self.is_validated and not stored:
            self.unchanged = self.unchanged if self.is_as_opened() else frozenset()
            empty, is_called_so = self.lists_left_empty(), self.is_called_so()
            kwargs |= {"clean": False, "update_fields": self.what_may_be_other(is_called_so) - empty - self.unchanged}
        elif self.live and self.path and not stored:
            self.slug = self.own_slug
            self.make_way()
        self.is_validated = False
        if filling:
            kwargs.setdefault("log_action", None)
        with deferred_indexes(), nullcontext() if self.live or is_draft else storable_draft(self):
            super().save(*args, **kwargs)
        if not is_draft:
            self.as_stored = index_stored(self, empty, is_called_so)
        elif COMMENTS_RELATION_NAME in stored and not self.has_no_comments:
            getattr(self, COMMENTS_RELATION_NAME).commit()  # each row sees to the index

    @property
    def has_no_comments(self) -> bool:
        """Say whether it was opened without any and got none."""
        return self.opened_with.get(COMMENTS_RELATION_NAME) == [] and not getattr(self, COMMENTS_RELATION_NAME).all()

    def is_as_opened(self) -> bool:
        """Say whether nobody has published it since its form was read; nobody else does until this transaction ends.

        The clock, an import and whoever takes a proposal do so without the lock of the page.
        """
        opened = Page.objects.select_for_update().filter(pk=self.pk, last_published_at=self.opened_at)
        return bool(self.unchanged) and opened.exists()

    def lists_left_empty(self) -> frozenset[str]:
        """Return the lists that are empty and that saving leaves so."""
        names = {name for name in stored_lists(type(self)) if are_at_hand(self, name) and not getattr(self, name).all()}
        return self.unchanged & names | empty_lists(self, sorted(names - self.unchanged))

    def is_called_so(self) -> bool:
        """Say whether it is stored under the same address and title."""
        if {"slug", "title"} <= self.unchanged:
            return True
        return Page.objects.filter(pk=self.pk, slug=self.slug, title=self.title).exists()

    def what_may_be_other(self, is_called_so: bool) -> set[str]:
        """Return what to store of a public page that is published again: its name only where it is another.

        For an address Wagtail would read the whole page, and its rows for each of its lists.
        """
        names = {field.name for field in self._meta.concrete_fields if not field.primary_key}
        if is_called_so:
            names -= {"slug", "title", "url_path"}
        else:
            self.make_way()
        return {*names, *stored_lists(type(self))}

    def is_site_root(self) -> bool:
        """Say whether a site begins here, which none does below the first pages; Wagtail asks at each saving."""
        return self.depth <= 2 and super().is_site_root()

    def rows(self, name: str, *along: Any) -> list[Any]:
        """Return the list of that name, with what is read `along` of each row; in a preview as the editor has it."""
        keys, model = self.stored_keys.get(name), self._meta.get_field(name).related_model
        if keys and getattr(model, "is_kept", False):
            return [row for key, row in all_rows(model).items() if key in keys]
        return [] if keys == [] else list(getattr(self, name).prefetch_related(*along))

    def ancestor_paths(self) -> list[str]:
        """Return the tree paths of the pages above it, the root first; from its own path, without a query."""
        return [self.path[: self.steplen * depth] for depth in range(1, self.depth)]

    def serve(self, request, *args, **kwargs) -> HttpResponseBase:
        """Answer with the whole page made in its language."""
        with spoken_on_page(self.locale.language_code):
            return complete(super().serve(request, *args, **kwargs))

    def serve_preview(self, request, mode_name) -> HttpResponseBase:
        """Answer the same way in the admin, where the language is that of the editor, of what is whole so far."""
        with spoken_on_page(self.locale.language_code), storable_draft(self):
            return complete(super().serve_preview(request, mode_name))

    def get_context(self, request, *args, **kwargs) -> dict:
        """Tell the header, which is filled by a context processor, which page is shown."""
        request.shown_page = self
        return super().get_context(request, *args, **kwargs)

    @property
    def has_marked_terms(self) -> bool:
        """Say whether words of the glossary are links on this page."""
        return self.is_in_standard_german

    @property
    def is_in_standard_german(self) -> bool:
        """Say whether it is neither in Leichte Sprache nor in a foreign language."""
        return self.locale.language_code == "de"

    def search_label(self) -> str:
        """Return what a hit of the search is called above its title."""
        return str(self.page_type_display_name)

    search_kind = "page"  # SearchEntry.Kind: under which filter of the search it stands
    search_along: tuple[str, ...] = ()  # what search_texts names of other rows, read for many pages together

    def search_texts(self) -> dict[str, str]:
        """Return what the search knows of the page, as plain text by weight.

        A: what it is called, besides its title (a number such as "TOP 2.9b"). B: keywords (Land, theme, place, person).
        C: introduction. D: all else. Only what readers see on the live page: this text is found and shown to all.
        """
        return {"C": self.introduction}

    def search_context(self) -> str:
        """Return what stands beside the title in a list of hits, e.g. "12. Konferenz, TOP 2.1"; "" for nothing."""
        return ""

    def search_date(self) -> date | None:
        """Return the day by which the newest of many hits come first."""
        return None

    def drop_unseen(self) -> None:
        """Take out of a page that is never to be saved the texts that its readers do not see."""

    @property
    def head_title(self) -> str:
        """Return what the browser, search engines and shared links call the page."""
        return self.seo_title or self.title

    @property
    def description(self) -> str:
        """Return the text for search engines and shared links."""
        return self.search_description or self.introduction or self.head_title
