"""Fields for links: they store the target, not its wrapper (intmk/language/links.py), and say why they cannot."""

from copy import copy
from functools import lru_cache
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db import models
from wagtail import blocks, fields
from wagtail.compat import URLField
from wagtail.models import Page
from wagtail.rich_text import RichText, get_text_for_indexing
from wagtail.rich_text.feature_registry import FeatureRegistry

from intmk.language.links import UnreadableLinkError, cleaned_link, faults_of_links, mail_address, with_clean_links

# What may be pasted; "undefined" are links to pages. Not "#_", with which the marks of Word begin.
PASTED = "^(https?:|mailto:|tel:|#(?!_)|undefined$)"


def valid_link(link: str) -> str:
    """Return `link` for a field; raise ValidationError with the reason."""
    try:
        return cleaned_link(link)
    except UnreadableLinkError as error:
        raise ValidationError(str(error)) from None


def cleaned_address(text: str) -> str:
    """Return an address for mail for a field, "" for ""; raise ValidationError."""
    try:
        return mail_address(text) if text.strip() else ""
    except UnreadableLinkError as error:
        raise ValidationError(str(error)) from None


class WithoutLimitInBrowser(forms.CharField):
    """Mixin: how long it may be is asked of the target; a browser would cut what is pasted before it is read."""

    def widget_attrs(self, widget: forms.Widget) -> dict[str, Any]:
        return {name: value for name, value in super().widget_attrs(widget).items() if name != "maxlength"}


class LinkFormField(WithoutLimitInBrowser, URLField):
    """An address of the web."""

    def to_python(self, value: Any) -> str:
        return super().to_python(valid_link(value or "")) or ""


class MailFormField(WithoutLimitInBrowser, forms.EmailField):
    """An address for mail, also with a name or "mailto:"."""

    def to_python(self, value: Any) -> str:
        return cleaned_address(super().to_python(value) or "")


class PhoneFormField(forms.CharField):
    """A number to be dialled, as people write one."""

    def to_python(self, value: Any) -> str:
        return valid_link(f"tel:{super().to_python(value)}").removeprefix("tel:")


class LinkTextFormField(WithoutLimitInBrowser):
    """What a reader may hold as an address of the web."""

    def to_python(self, value: Any) -> str:
        return valid_link(super().to_python(value) or "")


class PlainInMigrations(models.Field):
    """Mixin: in migrations it is Django's field, whose column it has."""

    def deconstruct(self) -> Any:
        name, _, positional, named = super().deconstruct()
        plain = next(each for each in type(self).__mro__ if each.__module__.startswith("django.db.models."))
        return name, f"django.db.models.{plain.__name__}", positional, named


class LinkField(PlainInMigrations, models.URLField):
    """An address of the web."""

    def clean(self, value: Any, model_instance: models.Model | None) -> Any:
        return super().clean(valid_link(value or ""), model_instance)

    def formfield(self, *args: Any, **more: Any) -> Any:
        return super().formfield(*args, **more | {"form_class": LinkFormField})


class LinkTextField(PlainInMigrations, models.CharField):
    """A text that may be an address of the web, with validators of its own."""

    def clean(self, value: Any, model_instance: models.Model | None) -> Any:
        return super().clean(valid_link(value or ""), model_instance)

    def formfield(self, *args: Any, **more: Any) -> Any:
        return super().formfield(*args, **more | {"form_class": LinkTextFormField})


class MailField(PlainInMigrations, models.EmailField):
    """An address for mail."""

    def clean(self, value: Any, model_instance: models.Model | None) -> Any:
        return super().clean(cleaned_address(value or ""), model_instance)

    def formfield(self, *args: Any, **more: Any) -> Any:
        return super().formfield(*args, **more | {"form_class": MailFormField})


def check_links(text: str) -> None:
    """Raise ValidationError for rich text with a link that cannot be read."""
    if faults := faults_of_links(text):
        raise ValidationError(list(faults))


class RichTextField(fields.RichTextField):
    """Wagtail's, with the targets of links; it is not published with one that cannot be read."""

    default_validators = [check_links]

    def clean(self, value: Any, model_instance: models.Model | None) -> Any:
        return super().clean(with_clean_links(value or ""), model_instance)

    def deconstruct(self) -> Any:
        name, _, positional, named = super().deconstruct()
        return name, "wagtail.fields.RichTextField", positional, named


class RichTextBlock(blocks.RichTextBlock):
    """Wagtail's, with the targets of links; it is not published with one that cannot be read."""

    def clean(self, value: RichText) -> RichText:
        made = RichText(with_clean_links(super().clean(value).source))
        if not self.is_deferred_validation:
            check_links(made.source)
        return made

    def get_searchable_content(self, value: RichText) -> list[str]:
        """Return its text, as Wagtail does; remembered, since each page with it asks for its length and beginning."""
        return [indexed_text(value.source)] if self.search_index else []


indexed_text = lru_cache(maxsize=1000)(get_text_for_indexing)


class LinkBlock(blocks.URLBlock):
    """An address of the web."""

    def __init__(self, required: bool = True, help_text: str = "", **more: Any) -> None:
        super().__init__(required=required, help_text=help_text, **more)
        self.field = LinkFormField(required=required, help_text=help_text)


class PageLinkBlock(blocks.PageChooserBlock):
    """A page to link to: of many at once only what a link and a chooser say, where Wagtail reads all there is."""

    def bulk_to_python(self, values: list[int | None]) -> list[Page | None]:
        found = Page.objects.order_by().only("title", "draft_title", "url_path", "live").in_bulk(values)
        return [copy(found.get(value)) for value in values]


DECONSTRUCT_ALIASES = {
    RichTextBlock: "wagtail.blocks.RichTextBlock",
    LinkBlock: "wagtail.blocks.URLBlock",
    PageLinkBlock: "wagtail.blocks.PageChooserBlock",
}


def links_to_be_pasted(features: FeatureRegistry) -> None:
    """Let the editor of rich text keep links to telephones that are pasted, and leave out the marks of Word."""
    features.plugins_by_editor["draftail"]["link"].data["allowlist"]["href"] = PASTED
