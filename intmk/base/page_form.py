"""The form of all pages in the admin."""

from collections.abc import Callable
from typing import Any

from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.functional import cached_property
from wagtail.admin.panels import TabbedInterface

from intmk.base.drafts import DraftForm
from intmk.base.lists import take_lists_in_hand
from intmk.base.publishing_rules import RulesAtPublishing
from intmk.base.reserved_slugs import OF_ANOTHER_PART, is_reserved
from intmk.language.slugs import is_made_of, numbered, slug_of


class SitePageForm(RulesAtPublishing, DraftForm):
    """The form of all pages: nobody has to care for the address, and a draft may break the rules of the page."""

    def __init__(self, data: Any = None, *args, **kwargs) -> None:
        if data is not None and (page := kwargs.get("instance")) and page.pk:
            page.opened_with = take_lists_in_hand(page)
        super().__init__(data, *args, **kwargs)

    def save(self, commit: bool = True) -> Any:
        """Save as Wagtail does, and note on the page what was asked, and whether its version is published next."""
        page = super().save(commit)
        # One that is new had no place in the tree yet, by which some rules ask.
        page.is_asked = bool(page.path) and not self.is_deferred_validation
        is_ahead = page.go_live_at and page.go_live_at > timezone.now()
        if "action-publish" in self.data and self.for_user and not is_ahead:
            page.goes_public = page.permissions_for_user(self.for_user).can_publish()
        return page

    def clean_slug(self) -> str:
        """Return the slug to be stored, "" to let the page make one of its title.

        An address that was cleared stays as it was, and one that was never public and is just the title's gives way to
        another page's: the editor did not type it, and would look in vain for the fault on the first tab. Until then it
        also follows the title: the editor that saves by itself has taken half a title for the whole.
        """
        sent = self.cleaned_data["slug"]
        slug = sent or self.instance.slug
        if self.parent_page is None:
            return slug
        made = slug_of(self.cleaned_data.get("title", ""))
        follows = bool(sent) and sent == self.initial.get("slug") and is_made_of(self.initial.get("title", ""), sent)
        if made and (slug == made or follows) and not self.instance.first_published_at:
            return self.free(made)
        if slug and self.is_deferred_validation and not self.instance.first_published_at:
            return self.free(slug)
        if is_reserved(slug, self.parent_page):
            raise ValidationError(OF_ANOTHER_PART.format(slug))
        return slug

    def free(self, slug: str) -> str:
        """Return the slug, with a number when another page or part of the site has it."""
        return numbered(slug, lambda candidate: self.instance.is_free(candidate, self.parent_page))

    def get_field_updates_for_resave(self) -> list[tuple[str, str]]:
        """Return what an editor that saved by itself has to correct in its fields: also an address made here."""
        updates = super().get_field_updates_for_resave()
        if "slug" in self.fields and self.data.get("slug") != self.instance.slug:
            updates.append(("slug", self.instance.slug))
        return updates


class PageTabs(TabbedInterface):
    """The tabs of a page's form, whose class is made once for its type: Wagtail makes it anew for each request."""

    @cached_property
    def form_class(self) -> type[SitePageForm]:
        return super().get_form_class()

    def get_form_class(self) -> type[SitePageForm]:
        """Return it."""
        return self.form_class


def beside_title(clean: Callable[[], None]) -> dict[str, str]:
    """Return the errors of `clean` by field; of a taken address beside the title, as these editors have no other."""
    try:
        clean()
    except ValidationError as error:
        found = error.message_dict
        return {"title" if field == "slug" else field: " ".join(found[field]) for field in found}
    return {}
