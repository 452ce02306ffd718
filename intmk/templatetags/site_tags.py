"""Template tags of the public pages; kept to what a template cannot say by itself."""

import re
from collections.abc import Iterable
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
from django.utils.html import escape, format_html, format_html_join
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

register = template.Library()

SEAT_RADIUS, CHAIR_RADIUS = 42, 44
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


@register.simple_tag
def seats(radius: float) -> list[dict[str, Any]]:
    """Return codes and places of the sixteen on a circle, the first at the top: where that is, and the angle there."""
    step, found = 2 * pi / len(ORDER), []
    for turn, code in enumerate(ORDER):
        x, y = str(round(radius * sin(step * turn), 1)), str(round(-radius * cos(step * turn), 1))
        found.append({"code": code.removeprefix("DE-"), "place": turn + 1, "x": x, "y": y, "angle": str(22.5 * turn)})
    return found


@register.simple_tag
def round_of_terms(lap: Iterable[Turn], label: str) -> SafeString:
    """Draw the round as the same table, each seat leading to the term of its Land; `label` is the id of its name."""
    turns = {turn.code.removeprefix("DE-"): turn for turn in lap}
    places = [
        (out if turn and turn.state == "now" else seat) | {"turn": turn}
        for seat, out in zip(seats(SEAT_RADIUS), seats(CHAIR_RADIUS), strict=True)
        for turn in [turns.get(seat["code"])]
    ]
    context = {"seats": places, "label": label, "seat_path": SEAT, "chair_path": CHAIR}
    return render_to_string("includes/round_of_terms.html", context)


@register.simple_tag(takes_context=True)
def shared_part(context: template.Context, name: str, of: Any = None, names: str = "", **shown: Any) -> SafeString:
    """Draw what hangs on nothing but the languages of the page, the values `shown` and those that `of` has by `names`.

    A dict gives all that it has, without `names`. Many pages show the same, so it is drawn once for each of the values,
    which cannot be changed.
    """
    around = [(part, context.get(part)) for part in ("language", "interface", "german", "to_german")]
    named = [(part, of[part] if isinstance(of, dict) else getattr(of, part, "")) for part in names.split() or of or ()]
    return draw_part(name, get_language(), (*around, *named, *shown.items()))


@lru_cache(maxsize=2000)
def draw_part(name: str, spoken: str | None, shown: tuple[tuple[str, Any], ...]) -> SafeString:
    """Draw it, in the language that is spoken, which is the current one."""
    return render_to_string(name, dict(shown))


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
        (x, y), short = tile_centre(land.code), land.code.removeprefix("DE-")
        is_here, is_chair = land == here, bool(term and land.code == term.land_code)
        words = [f"{short}: {land.name}", here_is if is_here else "", "im Vorsitz" if is_chair else ""]
        seen = {"code": short, "x": x, "y": y, "is_chair": is_chair, "is_here": is_here}
        tiles.append(seen | {"address": land.get_absolute_url(), "title": ", ".join(filter(None, words))})
    context = {"tiles": tiles, "label": label, "view_box": view_box(), "path": TILE}
    return render_to_string("includes/tile_map.html", context)


@register.simple_tag
def nearest_addresses(request: HttpRequest) -> list[Near]:
    """Return the addresses most like that of the request, for the page that says there is none."""
    return nearest(request)


@register.filter
def hits_marked(pieces: list[tuple[str, bool]]) -> SafeString:
    """Return the pieces of a text, each with whether it is a hit, as HTML."""
    shown = (format_html("<mark>{}</mark>", text) if is_hit else escape(text) for text, is_hit in pieces)
    return mark_safe("".join(shown))  # noqa: S308 (each is escaped)


@register.filter
def words_of_address(path: str) -> str:
    """Return what can be searched for in place of an address."""
    return searchable_words(path)
