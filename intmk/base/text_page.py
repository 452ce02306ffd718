"""Pages with a running text, and how its blocks become HTML for readers."""

from uuid import uuid4

from django.db.models import prefetch_related_objects
from django.utils.functional import cached_property
from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe
from wagtail.admin.panels import FieldPanel
from wagtail.blocks import StreamValue
from wagtail.fields import StreamField
from wagtail.models import Page
from wagtail.rich_text import expand_db_html
from wagtail.rich_text.pages import PageLinkHandler

from intmk.base.blocks import BodyBlock, beginning, body_text, reading_minutes, with_anchors
from intmk.base.glossary import marked
from intmk.base.pages import SitePage
from intmk.base.site import address_on_site
from intmk.language.typography import unbroken


class TextPage(SitePage):
    """Abstract page with a running text: contents list and reading time come from it."""

    body = StreamField(BodyBlock(), verbose_name="Text", blank=True)

    content_panels = [*SitePage.content_panels, FieldPanel("body")]

    class Meta:
        abstract = True

    def search_texts(self) -> dict[str, str]:
        """Add the running text."""
        return super().search_texts() | {"D": body_text(self.body)}

    @property
    def description(self) -> str:
        """Return the beginning of the text where there is no introduction."""
        if self.search_description or self.introduction:
            return super().description
        return self.beginning or super().description

    @cached_property
    def beginning(self) -> str:
        """Return the first words of the text."""
        return beginning(body_text(self.body))

    def get_context(self, request, *args, **kwargs) -> dict:
        """Add `parts` (the text with anchors), `contents` (its headed parts) and `reading_minutes`."""
        context = super().get_context(request, *args, **kwargs)
        text = body_text(self.body)  # before the texts are expanded: what the database holds
        self.beginning = beginning(text)
        parts = with_anchors(self.body)
        blocks = [part["block"] for part in parts]
        expand_texts(blocks)
        if self.has_marked_terms:
            mark_terms(blocks)
        return context | {
            "parts": parts,
            "contents": [part for part in parts if part["heading"]],
            "reading_minutes": reading_minutes(text),
        }


def expand_texts(blocks: list[StreamValue.StreamChild]) -> None:
    """Put HTML in place of the rich texts of `blocks`, and fetch the renditions of pictures and videos.

    All together: each text or picture alone would cost queries of its own.
    """
    texts = [block.value for block in blocks if block.block_type in ("section", "notice")]
    videos = [block.value["video"] for block in blocks if block.block_type == "video" and block.value["video"]]
    expanded = expanded_together([*(value["text"].source for value in texts), *(video.transcript for video in videos)])
    for value, html in zip(texts, expanded, strict=False):
        value["text"] = html
    for video, html in zip(videos, expanded[len(texts) :], strict=True):
        video.transcript_html = html
    pictures = [block.value["image"] for block in blocks if block.block_type == "picture" and block.value["image"]]
    prefetch_related_objects(pictures, "renditions")
    prefetch_related_objects(videos, "poster__renditions")


def mark_terms(blocks: list[StreamValue.StreamChild]) -> None:
    """Make links to the glossary of its words in the sections among `blocks`, whose texts are HTML by now."""
    values = [block.value for block in blocks if block.block_type == "section"]
    for value, html in zip(values, marked([value["text"] for value in values]), strict=True):
        value["text"] = html


def expanded_together(texts: list[str]) -> list[SafeString]:
    """Return rich texts of the database as HTML for readers, with one query for the pages that all of them link to."""
    separator = f"<!--{uuid4()}-->"  # nothing that an editor could have typed
    pieces = expand_db_html(separator.join(texts)).split(separator) if texts else []
    return [mark_safe(unbroken(html)) for html in pieces]  # noqa: S308 (went through Wagtail's filter when it was saved)


class PlainPageLinkHandler(PageLinkHandler):
    """Wagtail's handler for links to pages without the further query for each type of page: an address needs none."""

    @classmethod
    def expand_db_attributes_many(cls, attrs_list: list[dict]) -> list[str]:
        """Return the beginning of each link, without an address where its page is gone."""
        ids = [int(attrs["id"]) if str(attrs.get("id", "")).isdigit() else 0 for attrs in attrs_list]
        found = Page.objects.order_by().only("url_path", "live").in_bulk(filter(None, ids))
        return [f'<a href="{escape(address_on_site(found[pk]))}">' if pk in found else "<a>" for pk in ids]
