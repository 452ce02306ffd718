"""One sentence beside "Veröffentlichen": what a click on it sets off, and what then happens by itself."""

from datetime import datetime

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import path
from django.utils import timezone
from django.utils.formats import date_format
from wagtail.admin.action_menu import PublishMenuItem
from wagtail.models import Page

from conferences.handover.scheduled import may_act
from conferences.handover.viewer import Viewer, account_of
from conferences.models.chair import rotation_of
from conferences.rules.rotation import Rotation
from intmk.language import land_names
from intmk.language.dates import german_day
from intmk.users.models import User

# To who may not publish, whatever the page: the dialog of the schedule is in the form of a proposal as well.
BY_THE_CHAIR = "Wird erst öffentlich, wenn das Land im Vorsitz es veröffentlicht."


def what_publishing_does(
    account: User, rotation: Rotation, begins: datetime | None, ends: datetime | None, is_live: bool
) -> str:
    """Return in German what a click of this account on "Veröffentlichen" sets off.

    begins, ends: the moments of the schedule that stand in the form; those that are past count as none.
    is_live: whether readers see the page now.
    """
    begins, ends = (moment if moment and moment > timezone.now() else None for moment in (begins, ends))
    sentences = [f"Wird {moment_in_words(begins)} öffentlich." if begins else "Wird sofort öffentlich."]
    if begins and is_live:
        sentences.append("Bis dahin sehen alle die jetzige Fassung.")
    if ends:
        sentences.append(f"Wird {moment_in_words(ends)} zurückgezogen.")
    waits = [moment for moment in (begins, ends) if moment and not may_act(account, moment, rotation)]
    return " ".join([*sentences, waiting_in_words(min(waits), rotation)] if waits else sentences)


def moment_in_words(moment: datetime) -> str:
    """Return e.g. "am Montag, 30. November 2026, 10:00 Uhr (Berlin)"."""
    local = timezone.localtime(moment, timezone.get_default_timezone())
    return f"am {date_format(local, 'l')}, {german_day(local.date())}, {local:%H:%M} Uhr (Berlin)"


def waiting_in_words(moment: datetime, rotation: Rotation) -> str:
    """Return on whom waits what is set for this moment by somebody who may not publish then."""
    term = rotation.term_on(timezone.localtime(moment, timezone.get_default_timezone()).date())
    if term is None:
        return "Dann wartet es auf die Administration, die es bestätigt."
    land = land_names.who(term.land_name)
    return f"Ab dem {german_day(term.start)} wartet es auf {land}: Wer dann veröffentlicht, bestätigt es."


class Moments(forms.Form):
    """The two moments as the editor's form sends them."""

    go_live_at = forms.DateTimeField(required=False)
    expire_at = forms.DateTimeField(required=False)


class WhatPublishingDoes(PublishMenuItem):
    """The sentence above the button that publishes, shown to the same accounts."""

    name = "what-publishing-does"
    template_name = "conferences/handover/publishing_sentence.html"

    def get_context_data(self, parent_context: dict) -> dict:
        """Add the `sentence` for the moments that are stored."""
        request, page = parent_context["request"], parent_context.get("page")
        begins, ends = (page.go_live_at, page.expire_at) if page else (None, None)
        is_live = bool(page and page.live)
        sentence = what_publishing_does(account_of(request), rotation_of(request), begins, ends, is_live)
        return super().get_context_data(parent_context) | {"sentence": sentence}


def publishing_sentence(request: HttpRequest) -> HttpResponse:
    """Return the sentence for the page and the moments in the query as plain text, for the editor's script.

    An account that may not publish the page learns nothing of it: it reads who does.
    """
    account, moments = account_of(request), Moments(request.GET)
    key = request.GET.get("page", "")
    page = get_object_or_404(Page, pk=key) if key.isdecimal() and len(key) < 20 else None
    if not (page.permissions_for_user(account).can_publish() if page else Viewer(account).publishes):
        return HttpResponse(BY_THE_CHAIR, content_type="text/plain")
    if not moments.is_valid():
        return HttpResponse("Das Datum ist noch nicht lesbar.", content_type="text/plain")
    begins, ends = moments.cleaned_data["go_live_at"], moments.cleaned_data["expire_at"]
    sentence = what_publishing_does(account, rotation_of(request), begins, ends, bool(page and page.live))
    return HttpResponse(sentence, content_type="text/plain")


def publishing_sentence_address() -> list:
    """Hook: return the address below /admin/; Wagtail asks there for a signed-in account."""
    return [path("was-veroeffentlichen-bewirkt/", publishing_sentence, name="publishing_sentence")]
