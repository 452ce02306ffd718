"""The agenda of a conference as a table: many items at once, each becomes the draft of a resolution.

What readers have seen is changed in its own form only, which knows all of its rules; here it stands as a line.
"""

from collections.abc import Iterable
from contextlib import suppress
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import URLPattern, path
from django.utils.functional import cached_property
from wagtail.admin import messages
from wagtail.models import Page

from conferences.handover.viewer import account_of
from conferences.models import ConferencePage, ResolutionPage
from conferences.models.land import all_laender
from conferences.models.theme import all_themes
from conferences.rules import agenda_item
from intmk.base.admin_views import OnePageView
from intmk.base.drafts import is_own_draft, was_public
from intmk.base.one_writer import writing_alone
from intmk.desk.new_conference import add_draft
from intmk.language.wording import counted_as
from intmk.users.models import User

EMPTY_ROWS = 5
ALL, CHAIR = ResolutionPage.MoverKind.ALL, ResolutionPage.MoverKind.CHAIR
Choices = list[tuple[str, str]]


def may_be_rewritten(user: User, page: ResolutionPage) -> bool:
    """Say whether the account may change this draft, which readers have never seen and which has no page below it."""
    return not was_public(page) and (page.permissions_for_user(user).can_publish() or is_own_draft(user, page))


def movers_of(page: ResolutionPage) -> list[str]:
    """Return who moved it as the boxes say it; a working group has none."""
    if page.mover_kind in (ALL, CHAIR):
        return [page.mover_kind]
    return [str(land.pk) for land in page.movers.all()]


class AgendaRowForm(forms.Form):
    """One item. `page`: the draft that it changes, None for a new one. `version`: the one that was shown."""

    fields: dict[str, Any]

    item = forms.CharField(label="TOP", required=False, max_length=agenda_item.LONGEST)
    title = forms.CharField(label="Titel", required=False, max_length=255)
    kind = forms.ChoiceField(label="Art", required=False)
    movers = forms.MultipleChoiceField(label="Antrag von", required=False, widget=forms.CheckboxSelectMultiple)
    themes = forms.MultipleChoiceField(label="Handlungsfelder", required=False, widget=forms.CheckboxSelectMultiple)
    version = forms.IntegerField(required=False, widget=forms.HiddenInput)

    def __init__(self, data: Any, page: ResolutionPage | None, prefix: str, movers: Choices, themes: Choices) -> None:
        self.page, initial = page, {}
        if page:
            initial = {"item": page.item, "title": page.draft_title, "kind": page.kind, "movers": movers_of(page)}
            initial |= {"themes": [str(theme.pk) for theme in page.themes.all()], "version": page.latest_revision_id}
        super().__init__(data, initial=initial, prefix=prefix)
        self.fields["kind"].choices = [("", "---------"), *ResolutionPage.Kind.choices]
        self.fields["movers"].choices, self.fields["themes"].choices = movers, themes

    @property
    def name(self) -> str:
        """Return what its fields are called by for who does not see the table."""
        return f"TOP {self.page.item}" if self.page and self.page.item else "Neuer Punkt"

    @property
    def text_fields(self) -> list[forms.BoundField]:
        """Return number, title and kind."""
        return [self["item"], self["title"], self["kind"]]

    @property
    def box_fields(self) -> list[tuple[forms.BoundField, str]]:
        """Return who moved it and the themes, each with the labels of the boxes that are ticked."""
        found = []
        for name in ("movers", "themes"):
            ticked = self[name].value() or []
            labels = [label for value, label in self.fields[name].choices if value in ticked]
            found.append((self[name], ", ".join(labels)))
        return found

    @property
    def is_wanted(self) -> bool:
        """Say whether there is anything to store."""
        return any(name != "version" for name in self.changed_data)

    def clean_item(self) -> str:
        """Return the number in its form; raise ValidationError for what is none."""
        try:
            return agenda_item.normalised(self.cleaned_data["item"])
        except ValueError as error:
            raise forms.ValidationError(str(error)) from None

    def clean(self) -> dict[str, Any]:
        """Refuse what no item is, and what would undo what somebody else has just stored."""
        cleaned = super().clean() or {}
        if not self.is_wanted:
            return cleaned
        if not cleaned.get("title") and "title" not in self.errors:
            self.add_error("title", "Ein Punkt braucht einen Titel. Löschen lässt er sich in seinem Formular.")
        if len({"laender" if value not in (ALL, CHAIR) else value for value in cleaned.get("movers", [])}) > 1:
            self.add_error("movers", "Bitte entweder „alle Länder“, „Vorsitz“ oder einzelne Länder.")
        if self.page and cleaned.get("version") != self.page.latest_revision_id:
            now = f"{self.name} „{self.page.draft_title}“"
            self.add_error(
                "title", f"Inzwischen anderswo geändert: {now}. Bitte vergleichen und noch einmal speichern."
            )
        return cleaned

    def put_into(self, page: ResolutionPage) -> None:
        """Set what the row says; a working group that nobody has replaced stays the mover."""
        typed = self.cleaned_data
        page.item, page.title, page.kind = typed["item"], typed["title"], typed["kind"]
        page.themes = [theme for theme in all_themes() if str(theme.pk) in typed["themes"]]
        if "movers" in self.changed_data:
            several = ResolutionPage.MoverKind.LAENDER if typed["movers"] else ""
            page.mover_kind = next((value for value in typed["movers"] if value in (ALL, CHAIR)), several)
            page.movers = [land for land in all_laender() if str(land.pk) in typed["movers"]]
            page.mover_name = ""


class AgendaView(OnePageView):
    """The table of one conference."""

    page_title = "Tagesordnung"
    header_icon = "list-ol"
    template_name = "intmk/desk/agenda_table.html"

    def is_for(self, user: User, page: Page) -> bool:
        """Say whether the account may add resolutions to this conference."""
        return page.specific_class is ConferencePage and page.permissions_for_user(user).can_add_subpage()

    @cached_property
    def items(self) -> list[ResolutionPage]:
        """Return all that stand on the agenda, drafts too, in its order."""
        pages = ResolutionPage.objects.child_of(self.page).select_related("owner", "latest_revision")
        return list(pages.prefetch_related("movers", "themes").order_by("item_key", "pk"))

    def rows(self, data: Any = None) -> list[AgendaRowForm]:
        """Return a row for each draft that the account may change, and empty ones."""
        user = account_of(self.request)
        movers = [(ALL.value, ALL.label), (CHAIR.value, CHAIR.label)]
        movers += [(str(land.pk), land.name) for land in all_laender()]
        themes = [(str(theme.pk), theme.name) for theme in all_themes()]
        drafts: Iterable[ResolutionPage] = (page for page in self.items if may_be_rewritten(user, page))
        made = [AgendaRowForm(data, page, f"zeile-{page.pk}", movers, themes) for page in drafts]
        sent = [row for row in made if data is None or row.add_prefix("title") in data]
        return sent + [AgendaRowForm(data, None, f"neu-{number}", movers, themes) for number in range(EMPTY_ROWS)]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Add the `rows` and what stands there as a line (`fixed`)."""
        page = self.page  # asks for the right
        given = {"rows": self.rows()} | kwargs
        shown = {row.page.pk for row in given["rows"] if row.page}
        fixed = [item for item in self.items if item.pk not in shown]
        return super().get_context_data(page=page, fixed=fixed, **given)

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Store all rows or none, while nobody else writes one of these pages."""
        with writing_alone(sorted(item.pk for item in self.items)):
            del self.items  # it may be another by now
            return self.stored()

    def stored(self) -> HttpResponse:
        """Store what was typed, or show it again with what is wrong."""
        rows = self.rows(self.request.POST)
        if not self.are_right(rows):
            messages.error(self.request, "Noch nichts gespeichert: Was nicht passt, steht bei den Feldern.")
            return self.render_to_response(self.get_context_data(rows=rows))
        user, wanted = account_of(self.request), [row for row in rows if row.is_wanted]
        with transaction.atomic():
            for row in wanted:
                item = row.page.get_latest_revision_as_object() if row.page else ResolutionPage()
                row.put_into(item)
                item.conference_id = self.page.pk
                with suppress(ValidationError):  # what a draft may lack; number and order are filled in first
                    item.full_clean()
                if row.page:
                    item.save()
                else:
                    add_draft(item, self.page, user)
                item.save_revision(user=user, log_action=True, clean=False)
        stored = counted_as(len(wanted), "Punkt ist als Entwurf gespeichert", "Punkte sind als Entwürfe gespeichert")
        messages.success(self.request, f"{stored}." if wanted else "Es war nichts zu speichern.")
        return redirect("conference_agenda", self.page.pk)

    def are_right(self, rows: list[AgendaRowForm]) -> bool:
        """Say whether all can be stored; what is against it stands beside its field then."""
        right = [row.is_valid() for row in rows]
        taken = {item.item: item.draft_title for item in self.items if item.item}
        for row in rows:
            if row.page:
                taken.pop(row.page.item, None)
        for row in rows:
            number = row.cleaned_data.get("item")
            if number and number in taken:
                row.add_error("item", f"TOP {number} gibt es schon: „{taken[number]}“.")
            elif number:
                taken[number] = row.cleaned_data.get("title", "")
            lock = row.page.get_lock() if row.page and row.is_wanted else None
            if lock and lock.for_user(self.request.user):
                row.add_error("title", "Diese Seite ist gesperrt.")
        return all(right) and not any(row.errors for row in rows)


def agenda_table_address() -> list[URLPattern]:
    """Hook: return the address below /admin/; as it names a page, two at once wait for each other."""
    return [path("pages/<int:pk>/tagesordnung/", AgendaView.as_view(), name="conference_agenda")]
