"""The forms of intmk/language/land_names.py as filters; they take a name or a Land."""

from collections.abc import Callable

from django import template

from conferences.models import Land
from conferences.rules.rotation import Term
from intmk.language import land_names

register = template.Library()


def register_form(name: str, form: Callable[[str], str]) -> None:
    """Register `form` as the filter `name`."""
    register.filter(name, lambda land: form(str(land)))


register_form("who", land_names.who)
register_form("who_first", land_names.who_first)
register_form("at_land", land_names.at)
register_form("to_land", land_names.to)
register_form("of_land", land_names.of)


@register.filter
def land_name(item: Land | Term) -> str:
    """Return the name of a Land, or of the Land of a term, in the language of the page."""
    code, name = (item.land_code, item.land_name) if isinstance(item, Term) else (item.code, item.name)
    return land_names.on_page(code, name)
