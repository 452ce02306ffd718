"""Addresses as Germans spell them: the admin makes "laender" of "Länder", where Wagtail knows "lander" only."""

from django.db import models
from wagtail.admin.forms.models import register_form_field_override
from wagtail.admin.widgets import SlugInput

LETTERS = [("[Ää]", "ae"), ("[Öö]", "oe"), ("[Üü]", "ue"), ("[ẞß]", "ss")]


class GermanSlugInput(SlugInput):
    """Field for a slug that writes out umlauts, in the browser, before Wagtail drops their dots."""

    def __init__(self, attrs: dict | None = None) -> None:
        super().__init__(attrs=attrs, formatters=LETTERS)


register_form_field_override(models.SlugField, override={"widget": GermanSlugInput})
