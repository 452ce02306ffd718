"""Lists under "Berichte" of what a secretariat is asked: what became of resolutions and requests, and of licences."""

from collections.abc import Callable
from typing import Any

import django_filters
from django.db.models import Exists, F, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.urls import URLPattern, reverse
from wagtail.admin.filters import WagtailFilterSet
from wagtail.admin.menu import MenuItem
from wagtail.admin.ui.tables import Column, TitleColumn
from wagtail.admin.views.reports.base import ReportView
from wagtail.images.permissions import permission_policy as picture_permission_policy
from wagtail.permissions import page_permission_policy

from conferences.archive.facets import STATE
from conferences.handover.views import OfLaenderMenuItem
from conferences.models import ResolutionPage
from conferences.models.resolution_parts import FollowUp, ReportRequest
from conferences.models.resolution_queryset import NEWEST_FIRST
from intmk.base.admin_views import ToBeEmptied
from intmk.desk.lists import addresses_of_reports
from intmk.desk.page_lists import conference_name, top_of
from intmk.desk.page_search import ReadByKeys
from intmk.language.dates import german_day
from intmk.language.day import today
from intmk.media.file_lists import ExportedCells, WithStanding
from intmk.media.images.models import SiteImage

REQUESTS, LICENCES, FOLLOW_UPS = "Berichtsbitten", "Bilder und Lizenzen", "Umsetzung der Beschlüsse"
ANSWERED = Q(answered_on__isnull=False) | Q(answer__isnull=False) | Q(answer_url__gt="")
REQUEST_STATES: dict[str, tuple[str, Callable[[], Q]]] = {
    "offen": ("offen", lambda: ~ANSWERED),
    "ueberfaellig": ("überfällig", lambda: ~ANSWERED & Q(due__lt=today())),
    "beantwortet": ("beantwortet", lambda: ANSWERED),
}
WITHOUT, NOT_ENTERED = "ohne", "nicht eingetragen"


class RequestFilterSet(WagtailFilterSet):
    """By whether there is an answer."""

    stand = django_filters.ChoiceFilter(
        label="Stand",
        choices=[(key, label) for key, (label, _) in REQUEST_STATES.items()],
        method="in_state",
        empty_label="Alle",
    )

    class Meta:
        model = ReportRequest
        fields: list[str] = []

    def in_state(self, requests: QuerySet, name: str, value: str) -> QuerySet:
        return requests.filter(REQUEST_STATES[value][1]())


def due_of(request: ReportRequest) -> str:
    """Return until when, e.g. "31. März 2027" or "22. Konferenz, 29. Oktober 2027"; "" when that is not known."""
    if request.due_on:
        return german_day(request.due_on)
    day = f", {german_day(request.due)}" if request.due else ""
    return f"{request.due_at.title}{day}" if request.due_at else ""


def state_of_request(request: ReportRequest) -> str:
    """Return "offen", "überfällig" or when it was answered."""
    if request.answered_on:
        return f"beantwortet am {german_day(request.answered_on)}"
    if request.is_answered:
        return "beantwortet"
    return "überfällig" if request.due and request.due < today() else "offen"


def reported_resolution(request: ReportRequest) -> str:
    return request.resolution.title


class ReportRequestsView(ToBeEmptied, ExportedCells, ReportView):
    """Berichtsbitten of all resolutions, open ones first, of these the most urgent."""

    permission_policy = page_permission_policy
    any_permission_required = ["add", "change", "publish"]
    page_title = REQUESTS
    when_empty = (
        "Hier steht, wer nach welchem Beschluss berichten soll, und was daraus wurde. Noch ist nichts eingetragen; "
        "das geschieht im Formular des Beschlusses unter „Bezüge und Umsetzung“."
    )
    header_icon = "comment"
    index_url_name = "report_requests"
    index_results_url_name = "report_requests_results"
    export_filename = "berichtsbitten"
    filterset_class = RequestFilterSet
    columns: list[Column] = [
        TitleColumn(
            "asked",
            label="Wer berichten soll, worüber",
            accessor=str,
            get_url=lambda row: reverse("wagtailadmin_pages:edit", args=[row.resolution_id]),
        ),
        Column("resolution", label="Beschluss", accessor=reported_resolution),
        Column("due", label="Fällig", accessor=due_of),
        Column("state", label="Stand", accessor=state_of_request),
        Column("answer_note", label="Anmerkung zur Antwort"),
    ]
    exported = {
        "Wer": lambda row: row.asked,
        "Worüber": lambda row: row.subject,
        "Beschluss": reported_resolution,
        "Fällig": due_of,
        "Stand": state_of_request,
        "Anmerkung": lambda row: row.answer_note,
        "Bericht": lambda row: row.answer_url or (row.answer.title if row.answer else ""),
    }

    def get_base_queryset(self) -> QuerySet:
        """Return the rows of pages that are not in the bin, with the day on which they are `due`."""
        requests = ReportRequest.objects.filter(Exists(ResolutionPage.objects.filter(pk=OuterRef("resolution_id"))))
        rows = requests.annotate(due=Coalesce("due_on", "due_at__first_day"), is_done=ANSWERED)
        return rows.select_related("resolution", "due_at", "answer").order_by(
            "is_done", F("due").asc(nulls_last=True), "resolution_id", "sort_order"
        )


class FollowUpFilterSet(WagtailFilterSet):
    """By what became of a resolution, as the archive's facet knows it."""

    stand = django_filters.ChoiceFilter(
        label="Stand der Umsetzung",
        choices=[*FollowUp.State.choices, (WITHOUT, NOT_ENTERED)],
        method="in_state",
        empty_label="Alle",
    )

    class Meta:
        model = ResolutionPage
        fields: list[str] = []

    def in_state(self, resolutions: QuerySet, name: str, value: str) -> QuerySet:
        return (
            resolutions.filter(known_on=None)
            if value == WITHOUT
            else resolutions.filter(facets__contains=[STATE + value])
        )


def of_latest(cell: Callable[[FollowUp], str]) -> Callable[[ResolutionPage], str]:
    """Return what says this of the state that is known last, "" without one."""
    return lambda page: cell(latest) if (latest := page.latest_follow_up()) else ""


def evidence_of(row: FollowUp) -> str:
    return ", ".join(filter(None, (row.evidence, row.url)))


class FollowUpsView(ReadByKeys, ToBeEmptied, ExportedCells, ReportView):
    """What became of each resolution, what is known latest on top, those of which nothing is known at the end."""

    permission_policy = page_permission_policy
    any_permission_required = ["add", "change", "publish"]
    page_title = FOLLOW_UPS
    when_empty = (
        "Hier steht, was aus jedem Beschluss geworden ist, mit Tag und Beleg. Noch gibt es keinen Beschluss; der Stand "
        "der Umsetzung wird in seinem Formular unter „Bezüge und Umsetzung“ eingetragen."
    )
    header_icon = "tasks"
    index_url_name = "follow_ups"
    index_results_url_name = "follow_ups_results"
    export_filename = "umsetzung-der-beschluesse"
    filterset_class = FollowUpFilterSet
    exported = {
        "TOP": top_of,
        "Beschluss": lambda page: page.draft_title,
        "Konferenz": conference_name,
        "Stand der Umsetzung": lambda page: of_latest(FollowUp.get_state_display)(page) or NOT_ENTERED,
        "Bekannt am": of_latest(lambda row: f"{row.day:%d.%m.%Y}"),
        "Was geschehen ist": of_latest(lambda row: row.note),
        "Beleg": of_latest(evidence_of),
    }
    columns: list[Column] = [
        TitleColumn(
            "title", label="Beschluss", accessor="draft_title", url_name="wagtailadmin_pages:edit", width="25%"
        ),
        *(
            Column(f"cell-{number}", label=heading, accessor=cell)
            for number, (heading, cell) in enumerate(exported.items())
            if heading != "Beschluss"
        ),
    ]

    def get_base_queryset(self) -> QuerySet:
        """Return all resolutions with the day of which the latest is known."""
        latest = FollowUp.objects.filter(resolution=OuterRef("pk")).order_by("-day").values("day")[:1]
        rows = self.with_what_is_shown(ResolutionPage.objects.annotate(known_on=Subquery(latest)))
        return rows.order_by(F("known_on").desc(nulls_last=True), *NEWEST_FIRST)

    def with_what_is_shown(self, rows: Any) -> Any:
        """Read the states along, and not the texts."""
        return rows.defer_streamfields().prefetch_related("follow_ups")


class LicenceFilterSet(WagtailFilterSet):
    """By what may be done with a picture, in the words that were entered."""

    lizenz = django_filters.ChoiceFilter(label="Lizenz", method="under", empty_label="Alle")

    class Meta:
        model = SiteImage
        fields: list[str] = []

    def __init__(self, *args, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        entered = SiteImage.objects.exclude(licence="").order_by("licence").values_list("licence", flat=True).distinct()
        self.filters["lizenz"].extra["choices"] = [(WITHOUT, "nicht eingetragen"), *((text, text) for text in entered)]

    def under(self, pictures: QuerySet, name: str, value: str) -> QuerySet:
        return pictures.filter(licence="" if value == WITHOUT else value)


class PictureLicencesView(ToBeEmptied, WithStanding, ReportView):
    """All pictures with credit, licence and whether they are public, those without a licence first."""

    permission_policy = picture_permission_policy
    any_permission_required = ["add", "change", "delete", "choose"]
    page_title = LICENCES
    when_empty = "Hier stehen die Bilder der Ablage mit dem, was mit ihnen erlaubt ist. Noch ist keines da."
    header_icon = "image"
    index_url_name = "picture_licences"
    index_results_url_name = "picture_licences_results"
    export_filename = "bilder-und-lizenzen"
    filterset_class = LicenceFilterSet
    columns: list[Column] = [
        TitleColumn("title", label="Bild", url_name="wagtailimages:edit"),
        Column("credit", label="Bildnachweis"),
        Column("licence", label="Lizenz oder Erlaubnis", accessor=lambda row: row.licence or NOT_ENTERED),
        Column("standing", label="Öffentlich"),
    ]
    exported = {
        "Bild": lambda row: row.title,
        "Bildnachweis": lambda row: row.credit,
        "Lizenz oder Erlaubnis": lambda row: row.licence,
        "Öffentlich": lambda row: row.standing,
    }

    def get_base_queryset(self) -> QuerySet:
        seen = self.permission_policy.instances_user_has_any_permission_for(
            self.request.user, self.any_permission_required
        )
        return seen.order_by("licence", "title", "pk")


def report_requests_menu_item() -> MenuItem:
    """Hook: return the entry under "Berichte"."""
    return OfLaenderMenuItem(
        REQUESTS, reverse("report_requests"), name="report-requests", icon_name="comment", order=130
    )


def follow_ups_menu_item() -> MenuItem:
    """Hook: return the entry under "Berichte"."""
    return OfLaenderMenuItem(FOLLOW_UPS, reverse("follow_ups"), name="follow-ups", icon_name="tasks", order=132)


def without_text_menu_item() -> MenuItem:
    """Hook: return the entry under "Berichte"; the list of resolutions shows them, this is its filter."""
    address = f"{reverse('resolution_list:index')}?fehlt=text-und-datei"
    return OfLaenderMenuItem(
        "Beschlüsse ohne Text und Datei", address, name="without-text", icon_name="doc-empty", order=134
    )


def licences_menu_item() -> MenuItem:
    """Hook: return the entry under "Berichte"."""
    return OfLaenderMenuItem(LICENCES, reverse("picture_licences"), name="licences", icon_name="image", order=140)


def desk_reports_admin_urls() -> list[URLPattern]:
    """Hook: return the addresses below /admin/; Wagtail asks each for a signed-in account."""
    return addresses_of_reports(
        ("berichtsbitten", "report_requests", ReportRequestsView),
        ("umsetzung", "follow_ups", FollowUpsView),
        ("bilder-und-lizenzen", "picture_licences", PictureLicencesView),
    )
