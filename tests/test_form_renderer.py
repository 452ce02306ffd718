"""Fields look the same whoever draws them; what another app brings for its choices is drawn as well."""

import pytest
from bs4 import BeautifulSoup
from django import forms
from django.forms.renderers import TemplatesSetting

from intmk.base.form_renderer import CompiledFields

GROUPS = [("", "keine"), ("Nord", [("hh", "Hamburg & Umland"), ("<sh>", '"Schleswig"')]), (3, "drei")]
ATTRIBUTES = {"id": "feld", "class": "a b", "required": True, "data-nichts": False, "aria-describedby": "h'ilfe"}
WIDGETS = [
    (forms.TextInput(), '<script>"&'), (forms.Textarea(), "\n</textarea>"), (forms.NumberInput(), 12345.5),
    (forms.HiddenInput(), None), (forms.CheckboxInput(), True), (forms.DateInput(), None),
    (forms.ClearableFileInput(), None), (forms.Select(choices=GROUPS), "hh"), (forms.RadioSelect(choices=GROUPS), 3),
    (forms.SelectMultiple(choices=GROUPS), ["hh", "<sh>"]), (forms.CheckboxSelectMultiple(choices=GROUPS), ["<sh>"]),
]  # fmt: skip


def parts(html: str) -> list[tuple[str, dict, str]]:
    """Return what a browser makes of it: each element with its attributes and its text."""
    return [
        (part.name, part.attrs, part.get_text(" ", strip=True))
        for part in BeautifulSoup(html, "html.parser").find_all()
    ]


@pytest.mark.parametrize(("widget", "value"), WIDGETS, ids=lambda one: type(one).__name__)
def test_a_field_is_drawn_as_django_s_own_templates_do(widget, value):
    compiled, by_templates = (
        widget.render("n", value, ATTRIBUTES, kind()) for kind in (CompiledFields, TemplatesSetting)
    )
    assert parts(compiled) == parts(by_templates)


def test_choices_may_have_a_template_that_only_the_site_knows():
    class OfAnotherApp(forms.CheckboxSelectMultiple):
        option_template_name = "wagtailadmin/workflows/includes/workflow_content_types_checkbox.html"

    html = OfAnotherApp(choices=[("a", "Alle Seiten")]).render("n", [], renderer=CompiledFields())
    assert "Alle Seiten" in html
