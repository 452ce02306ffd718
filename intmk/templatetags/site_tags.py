"""Template tags of the public pages; kept to what a template cannot say by itself."""

import re
from datetime import date
from functools import lru_cache
from math import cos, pi, sin
from typing import Any
from urllib.parse import urlsplit

from django import template
from django.http import HttpRequest
from django.template import defaultfilters
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language

from conferences.models import Land
from conferences.models.chair import terms_with_sources
from conferences.models.chair_page import Turn
from conferences.models.land import all_laender
from conferences.rules.rotation import ORDER, Term
from conferences.rules.tile_map import TILE, tile_centre, view_box
from intmk.addresses.suggestions import Near, nearest, searchable_words
from intmk.base.pages import SitePage
from intmk.base.site import address_on_site
from intmk.base.view_pages import ViewPage
from intmk.language import typography
from intmk.media.images.models import SiteImage
from intmk.open_data.conference_calendar import subscription_address
from intmk.open_data.sharing.card import HEIGHT, WIDTH, card_of
from intmk.open_data.structured_data import script_of
from intmk.server.kept import kept
from intmk.templatetags.land_names import land_name

register = template.Library()

RADIUS, SEAT_RADIUS, CHAIR_RADIUS = 45, 42, 44
# One sixteenth of a ring at its top, from radius 36 to 48; the seat of the chair reaches to 52.
SEAT = "M-6.48-35.41-8.82-47.18A48 48 0 0 1 8.82-47.18L6.48-35.41A36 36 0 0 0-6.48-35.41Z"
CHAIR = "M-6.48-35.41-9.6-51.11A52 52 0 0 1 9.6-51.11L6.48-35.41A36 36 0 0 0-6.48-35.41Z"
# After the slashes of an address, before the dots of a domain and the @ of a mailbox.
ADDRESS_JOINT = re.compile(r"(?<=[^/]/)(?=[^/])|(?<=[a-z])(?=[.@][a-z])")


register.filter(typography.soft, is_safe=True)
register.filter(typography.unbroken, is_safe=True)
register.filter("address", address_on_site)


@register.inclusion_tag("includes/sharing_picture.html")
def sharing_picture(page: SitePage | ViewPage, address: str) -> dict:
    """Name the picture of a shared link to `page`, whose full address is `address`; without a query."""
    parts, card = urlsplit(address), card_of(page)
    picture = reverse("sharing_picture", args=[parts.path.removeprefix("/"), card.digest])
    return {"card": card, "url": f"{parts.scheme}://{parts.netloc}{picture}", "width": WIDTH, "height": HEIGHT}


@register.simple_tag(takes_context=True)
def structured_data(context: template.Context, page: SitePage | ViewPage, address: str) -> SafeString:
    """Say for programs what `page` is about, whose full address is `address`; without a query."""
    return script_of(page, address, context)


@register.simple_tag(takes_context=True)
def calendar_subscription(context: template.Context) -> str:
    """Return the address by which programs subscribe to the calendar of the conferences."""
    return subscription_address(context["request"])


@register.filter
def breaks_in_address(address: str) -> SafeString:
    """Let a long address break at its joints: browsers break none before a digit, but anywhere when space is short.

    Elements and not zero-width spaces, which would be copied along with the address.
    """
    return format_html_join(mark_safe("<wbr>"), "{}", ((part,) for part in ADDRESS_JOINT.split(str(address))))


@register.filter(expects_localtime=True)
def as_time(day: date, form: str | None = None) -> SafeString:
    """Return `day` for people, in `form` as the filter `date` takes it, in an element that tells programs the same."""
    return time_element(day.isoformat()[:10], day, form, get_language())


@lru_cache(maxsize=2000)
def time_element(machine_readable: str, day: date, form: str | None, language: str | None) -> SafeString:
    """Return it in that language, which is the current one; remembered, since a page has up to a hundred of them."""
    return format_html('<time datetime="{}">{}</time>', machine_readable, defaultfilters.date(day, form))


@register.filter
def sizes_of(place: str, image: SiteImage) -> str:
    """Return the attribute `sizes` of a picture for a place of this one."""
    return image.sizes(place)


@register.filter
def first_sentence(text: str) -> str:
    """Return the first sentence of `text`, for lists; "1. Oktober" or "z. B." does not end one."""
    return typography.unbroken(re.split(r"(?<=[^\W\d]{2}[.!?])\s+(?=[„\"(]?[A-ZÄÖÜ])", text, maxsplit=1)[0])


def seats(radius: float) -> list[dict[str, str]]:
    """Return the sixteen codes with their places on a circle, the first at the top, and the angle in degrees there."""
    step = 2 * pi / len(ORDER)
    return [
        {
            "code": code.removeprefix("DE-"),
            "x": str(round(radius * sin(step * tile_centre), 1)),
            "y": str(round(-radius * cos(step * tile_centre), 1)),
            "angle": str(22.5 * tile_centre),
        }
        for tile_centre, code in enumerate(ORDER)
    ]


# Drawings follow from a few words alone, and so are drawn once for each of them.
@register.simple_tag
@lru_cache(maxsize=32)
def round_table(term: Term) -> SafeString:
    """Draw the sixteen Länder around a table and fill the seat of the one that chairs."""
    places = [seat | {"is_chair": f"DE-{seat['code']}" == term.land_code} for seat in seats(RADIUS)]
    return render_to_string("includes/round_table.html", {"term": term, "seats": places})


@register.simple_tag
def round_of_terms(lap: list[Turn], label: str) -> SafeString:
    """Draw the round as the same table, each seat leading to the term of its Land; `label` is the id of its name."""
    return round_drawn(
        tuple((turn.land.code, land_name(turn.land), turn.state, *turn.terms) for turn in lap), label, get_language()
    )


@lru_cache(maxsize=64)
def round_drawn(lap: tuple[tuple[Any, ...], ...], label: str, language: str | None) -> SafeString:
    """Draw it in that language, which is the current one. lap: of each Land code, name, state and terms."""
    turns = {
        code.removeprefix("DE-"): {"name": name, "state": state, "terms": terms} for code, name, state, *terms in lap
    }
    places = [
        (out if turn.get("state") == "now" else seat) | turn
        for seat, out in zip(seats(SEAT_RADIUS), seats(CHAIR_RADIUS), strict=True)
        for turn in [turns.get(seat["code"], {})]
    ]
    context = {"seats": places, "label": label, "seat_path": SEAT, "chair_path": CHAIR}
    return render_to_string("includes/round_of_terms.html", context)


@register.simple_tag
@kept
def of_terms(template: str, language: str, german: SafeString, to_german: SafeString, shown: Any = None) -> SafeString:
    """Draw all terms, that of the first day `shown` marked, or what they cite; in the current language, as it is said.

    Half of a page that stays as it is until somebody changes a term.
    """
    terms, sources = terms_with_sources()
    told = {"terms": terms, "sources": sources, "shown": shown, "german": german, "to_german": to_german}
    return render_to_string(template, told)


@register.simple_tag
@kept
def tile_map(label: str, term: Term | None, here: Land | None = None, here_is: str = "") -> SafeString:
    """Draw the sixteen Länder as a map of tiles that lead to their pages; `label` names it for those who do not see it.

    The tile of the Land that chairs in `term` is filled with the accent, that of `here` with ink; `here_is` says why.
    """
    tiles = []
    for land in all_laender():
        x, y = tile_centre(land.code)
        short, is_here = land.code.removeprefix("DE-"), land == here
        is_chair = bool(term and land.code == term.land_code)
        words = [f"{short}: {land.name}", here_is if is_here else "", "im Vorsitz" if is_chair else ""]
        title = ", ".join(filter(None, words))
        tiles.append(
            {
                "address": land.get_absolute_url(),
                "code": short,
                "title": title,
                "x": x,
                "y": y,
                "is_chair": is_chair,
                "is_here": is_here,
            }
        )
    context = {"tiles": tiles, "label": label, "view_box": view_box(), "path": TILE}
    return render_to_string("includes/tile_map.html", context)


@register.simple_tag
def nearest_addresses(request: HttpRequest) -> list[Near]:
    """Return the addresses most like that of the request, for the page that says there is none."""
    return nearest(request)


@register.filter
def words_of_address(path: str) -> str:
    """Return what can be searched for in place of an address."""
    return searchable_words(path)
