"""Resolutions that tests make up: one of every kind of value, published as an editor would."""

from datetime import date
from typing import Any

from conferences.models import (
    Addressee,
    ConferencePage,
    FollowUp,
    Land,
    ResolutionPage,
    ResolutionStatement,
    ResolutionVote,
    Theme,
)


def resolution(conference: int = 12, **values: Any) -> ResolutionPage:
    """Return a published resolution.

    movers: codes; themes, addressees: slugs; statement: code; votes: vote by code; state: of today.
    """
    movers, statement, state = values.pop("movers", []), values.pop("statement", None), values.pop("state", None)
    votes = values.pop("votes", {})
    themes, addressees = values.pop("themes", []), values.pop("addressees", [])
    page = ResolutionPage(title=values.pop("title", "Erfundener Beschluss"), **values)
    page.movers = list(Land.objects.filter(code__in=movers))
    page.mover_kind = values.get("mover_kind") or ("laender" if movers else "")
    page.themes = list(Theme.objects.filter(slug__in=themes))
    page.addressees = list(Addressee.objects.filter(slug__in=addressees))
    if statement:
        page.statements = [ResolutionStatement(land=Land.objects.get(code=statement), summary="Erfunden.")]
    page.votes = [ResolutionVote(land=Land.objects.get(code=code), vote=vote) for code, vote in votes.items()]
    if state:
        page.follow_ups = [FollowUp(state=state, day=date(2024, 1, 1), evidence="Erfunden")]
    ConferencePage.objects.get(number=conference).add_child(instance=page)
    page.save_revision(clean=False).publish()  # it was clean when it was stored
    return ResolutionPage.objects.get(pk=page.pk)
