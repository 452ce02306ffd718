"""A conference in one go: from number, day and place to the drafts of its page and of its press release.

All of it is stored together or not at all. What else there is of a conference makes itself: its entry in the calendar,
in the handover list and on the start page is asked of the page.
"""

from datetime import date, timedelta
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Max, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import URLPattern, path, reverse
from django.utils.functional import cached_property
from wagtail.admin import messages
from wagtail.models import Page, PageSubscription

from conferences.handover.viewer import account_of
from conferences.models import ChairTerm, ConferenceIndexPage, ConferencePage, ConferencePressRelease, Land
from conferences.models.chair import rotation_of, terms_with_persons
from conferences.models.land import all_laender
from conferences.rules.rotation import Rotation
from intmk.base.admin_views import OnePageView
from intmk.language.day import today
from intmk.language.wording import counted_as, enumerated
from intmk.pages.models import NewsIndexPage, NewsPage
from intmk.users.models import User

AHEAD = 3  # years for which the form can say who chairs before it is sent


def stored_term_on(rotation: Rotation, day: date) -> ChairTerm | None:
    """Return the stored term of the day, None where only the rule knows who chairs."""
    term = rotation.term_on(day)
    found = (row for row in terms_with_persons().values() if term and term.stored and row.start == term.start)
    return next(found, None)


def host_on(rotation: Rotation, day: date) -> Land | None:
    """Return the Land that chairs on the day and so invites."""
    code = rotation.chair_on(day)
    return next((land for land in all_laender() if land.code == code), None)


def next_number() -> int:
    """Return the number that follows the highest, drafts included."""
    return (ConferencePage.objects.aggregate(highest=Max("number"))["highest"] or 0) + 1


def with_programme() -> QuerySet[ConferencePage]:
    """Return the public conferences with days and a programme, the latest first."""
    pages = ConferencePage.objects.live().exclude(programme=[]).filter(first_day__isnull=False, date_certainty="exact")
    return pages.order_by("-first_day", "-pk")


def moved_programme(model: ConferencePage, first_day: date) -> list[tuple[str, dict[str, Any]]]:
    """Return the programme of another conference, each of its days as far from the first as there."""
    offset = first_day - model.first_day if model.first_day else timedelta()
    items = []
    for part in model.programme:
        day = part.value["day"]
        items.append((part.block_type, dict(part.value) | {"day": day + offset if day else None}))
    return items


class NewConferenceForm(forms.Form):
    """The few fields of which the rest is made; `page` is the conference once they are valid."""

    kind = forms.ChoiceField(
        label="Art", choices=ConferencePage.Kind, initial=ConferencePage.Kind.MAIN, widget=forms.RadioSelect
    )
    number = forms.IntegerField(
        label="Nummer der Hauptkonferenz",
        required=False,
        min_value=1,
        max_value=999,
        help_text="Sie ist auch die Adresse; eine Sonderkonferenz hat keine.",
    )
    first_day = forms.DateField(label="Erster Tag", widget=forms.DateInput({"type": "date"}, format="%Y-%m-%d"))
    last_day = forms.DateField(
        label="Letzter Tag",
        required=False,
        widget=forms.DateInput({"type": "date"}, format="%Y-%m-%d"),
        help_text="Leer bei einem einzigen Tag.",
    )
    place = forms.CharField(label="Ort", required=False, max_length=120)
    venue = forms.CharField(label="Tagungsstätte", required=False, max_length=200)
    host_land = forms.ModelChoiceField(
        Land.objects.all(),
        label="Gastgebendes Land",
        required=False,
        empty_label="das Land, das am ersten Tag den Vorsitz hat",
    )
    with_programme = forms.BooleanField(required=False)
    with_press_release = forms.BooleanField(
        label="Entwurf einer Pressemitteilung anlegen",
        required=False,
        initial=True,
        help_text="Mit Titel und Verweis auf die Konferenz; sie gehört dann zu deren Pressemappe.",
    )

    def __init__(self, data: Any = None, *, parent: Page, rotation: Rotation, news: Page | None) -> None:
        super().__init__(data)
        self.parent, self.rotation = parent, rotation
        self.page = ConferencePage(locale=parent.locale)
        self.model_page = with_programme().first()
        self.fields["number"].initial = next_number()
        if self.model_page:
            items = counted_as(len(self.model_page.programme), "Punkt", "Punkte")
            self.fields["with_programme"].label = f"Programm wie bei der letzten: {self.model_page.title} ({items})"
            self.fields["with_programme"].help_text = "Die Tage rücken mit; die Punkte lassen sich danach ändern."
        else:
            del self.fields["with_programme"]
        if news is None:
            del self.fields["with_press_release"]

    def clean(self) -> dict[str, Any]:
        """Make the page of the fields, and ask it and its neighbours what is against it."""
        cleaned = super().clean() or {}
        if cleaned.get("kind") == ConferencePage.Kind.SPECIAL:
            self.errors.pop("number", None)  # nobody sees the field then
        if self.errors:
            return cleaned
        page, first_day = self.page, cleaned["first_day"]
        for name in ("kind", "first_day", "last_day", "place", "venue"):
            setattr(page, name, cleaned[name])
        page.number = cleaned["number"] if page.kind == page.Kind.MAIN else None
        page.host_land = cleaned["host_land"] or host_on(self.rotation, first_day)
        page.chair_term = stored_term_on(self.rotation, first_day)
        page.title = title_by_number(page)
        try:
            page.clean()
        except ValidationError as error:
            for name, faults in error.error_dict.items():
                self.add_error(name if name in self.fields else None, faults)
        for name, message in self.already_there().items():
            if name not in self.errors:
                self.add_error(name, message)
        if cleaned.get("with_programme") and self.model_page and not self.errors:
            page.programme = moved_programme(self.model_page, first_day)
        return cleaned

    def already_there(self) -> dict[str, str]:
        """Return what another conference already has, drafts included: a second one would only be found later."""
        others = ConferencePage.objects.child_of(self.parent)
        if self.page.number and (found := others.filter(number=self.page.number).first()):
            return {"number": f"„{found.draft_title}“ ist schon angelegt."}
        if found := others.filter(first_day=self.page.first_day, date_certainty="exact").first():
            return {"first_day": f"An diesem Tag beginnt schon „{found.draft_title}“."}
        return {}


def title_by_number(page: ConferencePage) -> str:
    """Return what conferences of this kind are called."""
    if page.kind == page.Kind.MAIN:
        return f"{page.number}. Integrationsministerkonferenz"
    return f"Sonderkonferenz {page.first_day:%Y}{f' in {page.place}' if page.place else ''}"


def press_release_of(page: ConferencePage) -> NewsPage:
    """Return a press release about the conference, with what is known of it so far."""
    days = str(page.period)
    title = f"{page.title} {'vom' if ' bis ' in days else 'am'} {days}"
    if page.place and page.place not in page.title:
        title += f" in {page.place}"
    return NewsPage(title=title, kind=NewsPage.Kind.PRESS, date=page.last_day or page.first_day, conference=page)


def add_draft(page: Page, parent: Page, user: User) -> None:
    """Put the page below `parent` as Wagtail's own form does, without a version yet."""
    page.owner, page.live, page.locale = user, False, parent.locale
    parent.add_child(instance=page)
    PageSubscription.objects.create(page=page, user=user, comment_notifications=True)


class NewConferenceView(OnePageView):
    """The form below the list of conferences, and what it makes."""

    page_title = "Neue Konferenz"
    header_icon = "group"
    template_name = "intmk/desk/new_conference.html"

    def is_for(self, user: User, page: Page) -> bool:
        """Say whether the account may begin a conference here."""
        return page.specific_class is ConferenceIndexPage and page.permissions_for_user(user).can_add_subpage()

    @cached_property
    def news(self) -> Page | None:
        """Return where the press release goes, None where the account may not write one."""
        page = NewsIndexPage.objects.first()
        return page if page and page.permissions_for_user(account_of(self.request)).can_add_subpage() else None

    def get_breadcrumbs_items(self) -> list[dict]:
        items = super().get_breadcrumbs_items()
        items[-2]["url"] = reverse("wagtailadmin_explore", args=[self.page.pk])
        return items

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Add the `form`, the conferences `ahead` that there are already, and who chairs when (`terms`)."""
        rotation, day, parent = rotation_of(self.request), today(), self.page
        given = {"form": NewConferenceForm(parent=parent, rotation=rotation, news=self.news)} | kwargs
        ahead = ConferencePage.objects.child_of(parent).upcoming(day)
        laender = {land.code: land.pk for land in all_laender()}
        terms = [
            {
                "start": term.start.isoformat(),
                "end": term.end.isoformat(),
                "land": laender.get(term.land_code),
                "name": f"{term.land_name}, {term.period}",
            }
            for term in rotation.terms_between(day, day.replace(day=1, year=day.year + AHEAD))
        ]
        return super().get_context_data(page=parent, ahead=ahead, terms=terms, **given)

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Make all drafts in one transaction and lead to the conference; show the form again with what is wrong."""
        form = NewConferenceForm(request.POST, parent=self.page, rotation=rotation_of(request), news=self.news)
        if not form.is_valid():
            messages.error(request, "Noch nichts angelegt: Was fehlt oder nicht passt, steht bei den Feldern.")
            return self.render_to_response(self.get_context_data(form=form))
        page, user = form.page, account_of(request)
        release = press_release_of(page) if form.cleaned_data.get("with_press_release") and self.news else None
        with transaction.atomic():
            add_draft(page, self.page, user)
            if release and self.news:
                add_draft(release, self.news, user)
                release.save_revision(user=user, log_action=True, clean=False)
                page.press_releases.add(ConferencePressRelease(page=release))
            page.save_revision(user=user, log_action=True, clean=False)
        self.tell(page, release)
        return redirect("wagtailadmin_pages:edit", page.pk)

    def tell(self, page: ConferencePage, release: NewsPage | None) -> None:
        """Say what was made, and where each of it is."""
        made = ["die Seite der Konferenz"]
        buttons = [messages.button(reverse("conference_agenda", args=[page.pk]), "Zur Tagesordnung")]
        if page.programme:
            made.append(f"ihr Programm ({counted_as(len(page.programme), 'Punkt', 'Punkte')})")
        if release:
            made.append("eine Pressemitteilung")
            buttons.append(
                messages.button(reverse("wagtailadmin_pages:edit", args=[release.pk]), "Zur Pressemitteilung")
            )
        by_rule = [f"Gastgeber ist {page.host_land.name}"] if page.host_land else []
        by_rule.append(
            f"Amtszeit {page.chair_term}" if page.chair_term else "eine Amtszeit ist für den Tag noch nicht eingetragen"
        )
        messages.success(
            self.request,
            f"Als Entwurf angelegt: {enumerated(made)}. {'; '.join(by_rule)}. Öffentlich ist noch nichts davon.",
            buttons=buttons,
        )


def new_conference_address() -> list[URLPattern]:
    """Hook: return the address below /admin/; as it names a page, two at once wait for each other."""
    return [path("pages/<int:pk>/neue-konferenz/", NewConferenceView.as_view(), name="new_conference")]
