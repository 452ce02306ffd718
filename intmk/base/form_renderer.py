"""How fields of forms become HTML: Django's own templates by Jinja2, which compiles them; all others as everywhere."""

from typing import Any

from django.forms.renderers import Jinja2, TemplatesSetting
from django.http import HttpRequest
from django.template import TemplateDoesNotExist
from jinja2 import TemplateNotFound

OF_DJANGO = "django/forms/"


class CompiledFields(TemplatesSetting):
    """Draws a form with hundreds of choices in a quarter less time; Django brings the same templates for both."""

    def __init__(self) -> None:
        self.compiled = Jinja2()

    def render(self, template_name: str, context: dict[str, Any], request: HttpRequest | None = None) -> str:
        """Return the HTML of a field, a form or a list of errors."""
        if template_name.startswith(OF_DJANGO):
            try:
                return self.compiled.render(template_name, context, request)
            except (TemplateDoesNotExist, TemplateNotFound):  # a field may name one of another app for its choices
                pass
        return super().render(template_name, context, request)
