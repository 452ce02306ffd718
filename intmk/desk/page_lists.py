"""Lists of all conferences, resolutions and news, with what matters of each, to be filtered and taken along."""

from typing import Any

import django_filters
from django import forms
from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.urls import reverse
from wagtail.admin.filters import DateRangePickerWidget
from wagtail.admin.ui.tables.pages import BulkActionsColumn, PageTitleColumn
from wagtail.admin.viewsets.base import ViewSetGroup
from wagtail.admin.viewsets.pages import PageListingViewSet

from conferences.archive.facets import CONFERENCE, THEME
from conferences.archive.filters import CONFERENCES, YEARS, Choice, all_facets, short_name
from conferences.models import ConferenceIndexPage, ConferencePage, Land, ResolutionPage, Theme
from conferences.models.conference import conferences_by_date
from conferences.models.land import all_laender
from conferences.models.resolution_queryset import BY_ITEM, BY_TITLE, NEWEST_FIRST, OLDEST_FIRST
from intmk.desk.page_search import LabelledColumn, PageListView, StateFilterSet, WordsFilter, state_of
from intmk.language.dates import UncertainPeriod
from intmk.pages.models import NewsPage

SELECT = BulkActionsColumn("bulk_actions")
TITLE = PageTitleColumn("title", label="Titel", sort_key="title", classname="title")
STATE = LabelledColumn("state", label="Stand", accessor=state_of, sort_key="live", width="10%")
FIRST_OF_PAGE = F("pk").asc()


def address_of_page(page: Any) -> str:
    """Return where readers find it, "" while they do not."""
    return (page.full_url or "") if page.live else ""


# --- resolutions ----------------------------------------------------------------------------------------------------

# PostgreSQL knows how many these are; of a joined table without a row it thinks that there are none.
OWN_THEMES = ResolutionPage.themes.through.objects.filter(resolutionpage=OuterRef("pk"))
# What is not entered, by the word of the address: its name and the condition.
LACKING = {
    "ergebnis": ("Ergebnis", Q(outcome="")),
    "antragsteller": ("Antragsteller", Q(mover_kind="")),
    "handlungsfeld": ("Handlungsfeld", ~Q(Exists(OWN_THEMES))),
    "beschlusstext": ("Beschlusstext", Q(points=[])),
    "quelldatei": ("Quelldatei", Q(source_file=None)),
    "text-und-datei": ("Beschlusstext und Quelldatei", Q(points=[], source_file=None)),
}


def lacks(page: ResolutionPage) -> str:
    """Return what is not entered, without a question to the database."""
    found = {
        "ergebnis": page.outcome,
        "antragsteller": page.mover_kind,
        "handlungsfeld": any(code.startswith(THEME) for code in page.facets),
        "beschlusstext": page.points,
        "quelldatei": page.source_file_id,
    }
    return ", ".join(LACKING[word][0] for word, value in found.items() if not value)


def top_of(page: ResolutionPage) -> str:
    """Return its TOP or the number of an Umlaufbeschluss, as short as it is sorted by."""
    return page.item or (f"{page.circular_number}/{page.circular_year}" if page.circular_number else "")


def conference_of(page: Any) -> ConferencePage | None:
    """Return the conference of a resolution or a piece of news, and give it to the page, of those read together."""
    page.conference = conferences_by_date().get(page.conference_id)
    return page.conference


def conference_name(page: Any) -> str:
    """Return year, place and number of its conference."""
    conference = conference_of(page)
    return short_name(conference) if conference else ""


def day_in_figures(page: ResolutionPage) -> str:
    """Return the day of the decision, else that of the sitting, as surely as it is known."""
    conference = conference_of(page)
    if page.decided_on or page.is_written or not conference:
        return f"{page.decided_on:%d.%m.%Y}" if page.decided_on else str(page.circular_year or "")
    return period_in_figures(conference.period)


def period_in_figures(period: UncertainPeriod) -> str:
    """Return a day as figures where it is known to the day, else the words for it."""
    return f"{period.first:%d.%m.%Y}" if period.first and not period.gap else str(period)


class FacetFilter(django_filters.MultipleChoiceFilter):
    """A facet of the archive, by the words that it has there."""

    def __init__(self, parameter: str, label: str) -> None:
        self.parameter = parameter
        self.facet_choices: list[Choice] = []
        super().__init__(label=label, widget=forms.CheckboxSelectMultiple)

    def offer(self, choices: list[Choice]) -> None:
        """Let these be its values."""
        self.facet_choices = choices
        self.extra["choices"] = [(choice.word, choice.label) for choice in choices]

    def filter(self, pages: QuerySet, words: list[str]) -> QuerySet:
        """Return those that have one of the values."""
        codes = [choice.code for choice in self.facet_choices if choice.word in words]
        return pages.filter(facets__overlap=codes) if words else pages


def choices_for_editors() -> dict[str, list[Choice]]:
    """Return the values of each facet; conferences and years are also those that readers do not see yet."""
    conferences = list(reversed(conferences_by_date().values()))
    years = {str(page.period.earliest.year) for page in conferences if page.period.earliest}
    choices = {facet.parameter: facet.choices for facet in all_facets()}
    choices[CONFERENCES] = [Choice(f"{CONFERENCE}{page.pk}", page.slug, short_name(page)) for page in conferences]
    choices[YEARS] = [choice for choice in choices[YEARS] if choice.word in years]
    return choices


class ResolutionFilterSet(StateFilterSet):
    """By the facets of the archive, and by what is not entered."""

    konferenz = FacetFilter(CONFERENCES, "Konferenz")
    jahr = FacetFilter(YEARS, "Jahr")
    ergebnis = FacetFilter("ergebnis", "Ergebnis")
    art = FacetFilter("art", "Art")
    bekannt = FacetFilter("bekannt", "Bekannt als")
    thema = FacetFilter("thema", "Handlungsfeld")
    land = FacetFilter("land", "Antrag von")
    adressat = FacetFilter("adressat", "Adressat")
    erklaerung = FacetFilter("erklaerung", "Protokollerklärung")
    stimme = FacetFilter("stimme", "Wie hat … gestimmt")
    stand = FacetFilter("stand", "Stand der Umsetzung")
    fehlt = WordsFilter(LACKING, label="Es fehlt")

    class Meta(StateFilterSet.Meta):
        model = ResolutionPage

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = choices_for_editors()
        for each in self.filters.values():
            if isinstance(each, FacetFilter):
                each.offer(choices[each.parameter])


class ResolutionsView(PageListView):
    """All resolutions, the latest first, within a conference as on the agenda."""

    page_title = "Beschlüsse"
    default_ordering = "-day"
    orders = {
        "-day": NEWEST_FIRST,
        "day": OLDEST_FIRST,
        "item_key": BY_ITEM,
        "-item_key": (F("item_key").desc(), *BY_ITEM[1:]),
        "title": BY_TITLE,
        "-title": (F("title_key").desc(), FIRST_OF_PAGE),
        "outcome": (F("outcome").asc(), *NEWEST_FIRST),
        "-outcome": (F("outcome").desc(), *NEWEST_FIRST),
        "live": (F("live").asc(), *NEWEST_FIRST),
        "-live": (F("live").desc(), *NEWEST_FIRST),
    }
    exported = {
        "TOP": top_of,
        "Titel": lambda page: page.draft_title,
        "Konferenz": lambda page: conference.title if (conference := conference_of(page)) else "",
        "Tag": day_in_figures,
        "Ort": lambda page: conference.place_or_format if (conference := conference_of(page)) else "",
        "Art": lambda page: page.get_kind_display(),
        "Ergebnis": lambda page: page.get_outcome_display(),
        "Es fehlt": lacks,
        "Stand": state_of,
        "Adresse": address_of_page,
    }


class ResolutionListing(PageListingViewSet):
    model = ResolutionPage
    name = "resolution_list"
    url_prefix = "listen/beschluesse"
    icon = "doc-full"
    menu_label = "Beschlüsse"
    index_view_class = ResolutionsView
    filterset_class = ResolutionFilterSet
    export_filename = "beschluesse"
    columns = [
        SELECT,
        LabelledColumn("item", label="TOP", accessor=top_of, sort_key="item_key", width="6%"),
        TITLE,
        LabelledColumn("conference", label="Konferenz", accessor=conference_name, width="13%"),
        LabelledColumn("day", label="Tag", accessor=day_in_figures, sort_key="day", width="10%"),
        LabelledColumn(
            "outcome",
            label="Ergebnis",
            accessor=lambda page: page.get_outcome_display(),
            sort_key="outcome",
            width="10%",
        ),
        LabelledColumn("lacks", label="Es fehlt", accessor=lacks, width="15%"),
        STATE,
    ]


# --- conferences ----------------------------------------------------------------------------------------------------


def host_of(page: ConferencePage) -> str:
    """Return the name of the Land that hosts it, of those that are read together."""
    return next((land.name for land in all_laender() if land.pk == page.host_land_id), "")


def with_gaps(pages: Any) -> Any:
    """Read along what gaps are told from, and count the resolutions."""
    own = ResolutionPage.objects.filter(conference=OuterRef("pk")).order_by().values("conference")
    number = Coalesce(Subquery(own.annotate(hits=Count("pk")).values("hits")), 0)
    return pages.for_gaps().defer(None).annotate(number_of_resolutions=number)


def gaps_in_words(page: Any) -> str:
    """Return what is not in hand of a page that was fetched `for_gaps`."""
    return ", ".join(page.known_gaps())


def years_of_conferences() -> list[tuple[int, str]]:
    """Return the years in which conferences are, the latest first."""
    years = {page.period.earliest.year for page in conferences_by_date().values() if page.period.earliest}
    return [(year, str(year)) for year in sorted(years, reverse=True)]


class ConferenceFilterSet(StateFilterSet):
    """By year, Land, what became of it and how it met."""

    jahr = django_filters.MultipleChoiceFilter(
        label="Jahr", field_name="first_day__year", choices=years_of_conferences, widget=forms.CheckboxSelectMultiple
    )
    land = django_filters.ModelMultipleChoiceFilter(
        label="Gastgeberland", field_name="host_land", queryset=Land.objects.all(), widget=forms.CheckboxSelectMultiple
    )
    thema = django_filters.ModelMultipleChoiceFilter(
        label="Handlungsfeld", field_name="themes", queryset=Theme.objects.all(), widget=forms.CheckboxSelectMultiple
    )
    status = django_filters.MultipleChoiceFilter(
        label="Durchführung", choices=ConferencePage.Status.choices, widget=forms.CheckboxSelectMultiple
    )
    art = django_filters.MultipleChoiceFilter(
        label="Art", field_name="kind", choices=ConferencePage.Kind.choices, widget=forms.CheckboxSelectMultiple
    )

    class Meta(StateFilterSet.Meta):
        model = ConferencePage


LATEST_BEGUN = F("begins").desc(nulls_last=True)
FIRST_BEGUN = F("begins").asc(nulls_last=True)


class ConferencesView(PageListView):
    """All conferences, the latest first."""

    page_title = "Konferenzen"
    default_ordering = "-begins"
    orders = {
        "-begins": (LATEST_BEGUN, F("number").desc(nulls_last=True), FIRST_OF_PAGE),
        "begins": (FIRST_BEGUN, F("number").asc(nulls_last=True), FIRST_OF_PAGE),
        "number": (F("number").asc(nulls_last=True), LATEST_BEGUN, FIRST_OF_PAGE),
        "-number": (F("number").desc(nulls_last=True), LATEST_BEGUN, FIRST_OF_PAGE),
        "place": (F("place").asc(), LATEST_BEGUN, FIRST_OF_PAGE),
        "-place": (F("place").desc(), LATEST_BEGUN, FIRST_OF_PAGE),
        "live": (F("live").asc(), LATEST_BEGUN, FIRST_OF_PAGE),
        "-live": (F("live").desc(), LATEST_BEGUN, FIRST_OF_PAGE),
    }
    exported = {
        "Nummer": lambda page: page.number,
        "Titel": lambda page: page.draft_title,
        "Tag": lambda page: str(page.period),
        "Ort": lambda page: page.where,
        "Gastgeberland": host_of,
        "Durchführung": lambda page: page.get_status_display(),
        "Beschlüsse": lambda page: page.number_of_resolutions,
        "Es fehlt": gaps_in_words,
        "Stand": state_of,
        "Adresse": address_of_page,
    }

    def get_add_url(self) -> str | None:
        """Return the form that makes a conference in one go, None to whom may not begin one."""
        parent = ConferenceIndexPage.objects.first()
        may_begin = parent and parent.permissions_for_user(self.request.user).can_add_subpage()
        return reverse("new_conference", args=[parent.pk]) if may_begin else None

    def annotate_queryset(self, pages: Any) -> Any:
        """Order by when they are; for a file, which shows all, read along all that is shown."""
        return with_gaps(pages) if self.is_export else pages.chronological()

    def with_what_is_shown(self, pages: Any) -> Any:
        """Also read what gaps are told from, and count the resolutions."""
        return super().with_what_is_shown(with_gaps(pages))


class ConferenceListing(PageListingViewSet):
    model = ConferencePage
    name = "conference_list"
    url_prefix = "listen/konferenzen"
    icon = "group"
    menu_label = "Konferenzen"
    index_view_class = ConferencesView
    filterset_class = ConferenceFilterSet
    export_filename = "konferenzen"
    columns = [
        SELECT,
        LabelledColumn("number", label="Nr.", accessor=lambda page: page.number or "", sort_key="number", width="5%"),
        TITLE,
        LabelledColumn(
            "begins", label="Tag", accessor=lambda page: period_in_figures(page.period), sort_key="begins", width="10%"
        ),
        LabelledColumn("place", label="Ort", accessor=lambda page: page.place_or_format, sort_key="place", width="12%"),
        LabelledColumn("host", label="Land", accessor=host_of, width="11%"),
        LabelledColumn("resolutions", label="TOPs", accessor=lambda page: page.number_of_resolutions, width="5%"),
        LabelledColumn("lacks", label="Es fehlt", accessor=gaps_in_words, width="20%"),
        STATE,
    ]


# --- news -----------------------------------------------------------------------------------------------------------


def date_in_figures(page: NewsPage) -> str:
    """Return the day of the news."""
    return f"{page.date:%d.%m.%Y}"


class NewsFilterSet(StateFilterSet):
    """By kind, day, conference and theme."""

    art = django_filters.MultipleChoiceFilter(
        label="Art", field_name="kind", choices=NewsPage.Kind.choices, widget=forms.CheckboxSelectMultiple
    )
    datum = django_filters.DateFromToRangeFilter(label="Datum", field_name="date", widget=DateRangePickerWidget)
    thema = django_filters.ModelMultipleChoiceFilter(
        label="Handlungsfeld", field_name="themes", queryset=Theme.objects.all(), widget=forms.CheckboxSelectMultiple
    )

    class Meta(StateFilterSet.Meta):
        model = NewsPage


class NewsView(PageListView):
    """All news, the latest first."""

    page_title = "Meldungen"
    default_ordering = "-date"
    orders = {
        "-date": (F("date").desc(), F("pk").desc()),
        "date": (F("date").asc(), FIRST_OF_PAGE),
        "kind": (F("kind").asc(), F("date").desc(), FIRST_OF_PAGE),
        "-kind": (F("kind").desc(), F("date").desc(), FIRST_OF_PAGE),
        "live": (F("live").asc(), F("date").desc(), FIRST_OF_PAGE),
        "-live": (F("live").desc(), F("date").desc(), FIRST_OF_PAGE),
    }
    exported = {
        "Titel": lambda page: page.draft_title,
        "Datum": date_in_figures,
        "Art": lambda page: page.get_kind_display(),
        "Konferenz": conference_name,
        "Stand": state_of,
        "Adresse": address_of_page,
    }


class NewsListing(PageListingViewSet):
    model = NewsPage
    name = "news_list"
    url_prefix = "listen/meldungen"
    icon = "doc-empty"
    menu_label = "Meldungen"
    index_view_class = NewsView
    filterset_class = NewsFilterSet
    export_filename = "meldungen"
    columns = [
        SELECT,
        TITLE,
        LabelledColumn("date", label="Datum", accessor=date_in_figures, sort_key="date", width="10%"),
        LabelledColumn(
            "kind", label="Art", accessor=lambda page: page.get_kind_display(), sort_key="kind", width="14%"
        ),
        LabelledColumn("conference", label="Konferenz", accessor=conference_name, width="16%"),
        STATE,
    ]


class PageLists(ViewSetGroup):
    """The entry of the main menu."""

    items = (ConferenceListing(), ResolutionListing(), NewsListing())
    menu_label = "Listen"
    menu_icon = "list-ul"
    menu_order = 110
