"""The blocks of which editors build texts."""

import re
from collections import Counter
from functools import cache

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db.models import prefetch_related_objects
from django.utils.text import Truncator, slugify
from wagtail import blocks
from wagtail.contrib.table_block.blocks import TableBlock
from wagtail.documents import get_document_model
from wagtail.documents.blocks import DocumentChooserBlock
from wagtail.images import get_image_model
from wagtail.images.blocks import ImageChooserBlock

from intmk.base.video_block import VideoBlock
from intmk.language.link_fields import LinkBlock, PageLinkBlock, RichTextBlock

RICH_TEXT_FEATURES = ["h3", "bold", "italic", "ol", "ul", "link", "document-link"]
# Words a minute for silent reading of German prose (Brysbaert 2019 gives 179 to 260 for European languages).
READING_SPEED = 200
BEGINNING = 200  # characters; search engines show fewer
# What static/symbols/ holds, by its name there.
SYMBOLS = [
    ("treffen", "Treffen"),
    ("menschen", "Menschen"),
    ("gespraech", "Gespräch"),
    ("wege", "Ziel und Wege"),
    ("kalender", "Kalender"),
    ("wechsel", "Wechsel im Vorsitz"),
    ("beschluss", "Beschluss"),
    ("lesen", "Lesen"),
    ("website", "Website"),
    ("menue", "Menü"),
    ("suche", "Suche"),
    ("alle", "Für alle"),
    ("barriere", "Barriere"),
    ("pruefen", "Prüfung"),
    ("fehlt", "Noch nicht fertig"),
    ("brief", "Brief"),
    ("hilfe", "Hilfe"),
    ("gebaerden", "Gebärden-Sprache"),
]

OWN_ID = re.compile(r'\sid="([^"{]+)"')


@cache
def template_ids() -> frozenset[str]:
    """Return the ids that templates give to parts of their own; a heading of the same words gets a number."""
    templates = (settings.ROOT / "templates").rglob("*.html")
    return frozenset(found for path in templates for found in OWN_ID.findall(path.read_text(encoding="utf-8")))


def first_picture() -> dict:
    """Return the oldest picture of the library as the preview value of a PictureBlock."""
    return {"image": get_image_model().objects.order_by("pk").first(), "caption": "Bildunterschrift"}


def first_documents() -> dict:
    """Return the two oldest documents of the library as the preview value of a DownloadsBlock."""
    return {"heading": "Dokumente", "documents": list(get_document_model().objects.order_by("pk")[:2])}


class SectionValue(blocks.StructValue):
    symbol = ""  # without one; Django's templates look long for what is not there


class SectionBlock(blocks.StructBlock):
    """A heading with its text; headings make the contents list of the page."""

    heading = blocks.CharBlock(
        label="Überschrift",
        max_length=120,
        required=False,
        help_text="Erscheint im Inhaltsverzeichnis. Leer nur beim einleitenden Abschnitt.",
    )
    text = RichTextBlock(label="Text", features=RICH_TEXT_FEATURES)

    def clean(self, value):
        """Raise StructBlockValidationError for a heading in the text below no heading: a level would be skipped."""
        cleaned = super().clean(value)
        if not self.is_deferred_validation and not cleaned["heading"] and "<h3" in cleaned["text"].source:
            message = "Der Text hat Zwischenüberschriften: Dann braucht auch der Abschnitt eine Überschrift."
            raise blocks.StructBlockValidationError(block_errors={"heading": ValidationError(message)})
        return cleaned

    class Meta:
        icon = "pilcrow"
        label = "Abschnitt"
        group = "Text"
        description = "Überschrift und Text: der gewöhnliche Baustein einer Seite."
        template = "blocks/section.html"
        value_class = SectionValue
        preview_value = {
            "heading": "Aufgaben der Konferenz",
            "text": "<p>Die Länder stimmen sich in Fragen der Integration untereinander und mit dem Bund ab.</p>",
        }


class PlainSectionBlock(SectionBlock):
    """A section that may begin with a drawn symbol, as Leichte Sprache asks for."""

    symbol = blocks.ChoiceBlock(
        label="Bildzeichen",
        choices=SYMBOLS,
        required=False,
        search_index=False,
        help_text="Für Leichte Sprache: Ein Bildzeichen beim Abschnitt zeigt, worum es geht.",
    )


class QuoteBlock(blocks.StructBlock):
    """A quotation with its source."""

    text = blocks.TextBlock(label="Zitat", help_text="Ohne Anführungszeichen; die Website setzt sie.")
    attribution = blocks.CharBlock(label="Quelle", max_length=200)

    class Meta:
        icon = "openquote"
        label = "Zitat"
        group = "Text"
        description = "Ein wörtliches Zitat mit Quelle."
        template = "blocks/quote.html"
        preview_value = {"text": "Einheit im Ziel – Vielfalt der Wege", "attribution": "Grundsatz der IntMK"}


class NoticeBlock(blocks.StructBlock):
    """A boxed remark, e.g. on a gap in the record."""

    heading = blocks.CharBlock(label="Überschrift", max_length=120)
    text = RichTextBlock(label="Text", features=["bold", "italic", "ul", "link"])

    class Meta:
        icon = "info-circle"
        label = "Hinweis"
        group = "Text"
        description = "Ein abgesetzter Hinweis, etwa darauf, dass etwas nicht vorliegt."
        template = "blocks/notice.html"
        preview_value = {"heading": "Hinweis", "text": "<p>Das Protokoll liegt nicht vor.</p>"}


class PictureBlock(blocks.StructBlock):
    """A picture of the library; credit and alternative text come with it."""

    image = ImageChooserBlock(label="Bild")
    caption = blocks.CharBlock(
        label="Bildunterschrift",
        max_length=500,
        required=False,
        help_text="Leer: die Bildunterschrift aus der Bilddatenbank.",
    )

    class Meta:
        icon = "image"
        label = "Bild"
        group = "Medien"
        description = "Ein Bild mit Unterschrift und Bildnachweis."
        template = "blocks/picture.html"
        preview_value = staticmethod(first_picture)


class DownloadsBlock(blocks.StructBlock):
    """A list of documents with type and size."""

    heading = blocks.CharBlock(label="Überschrift", max_length=120, default="Dokumente")
    documents = blocks.ListBlock(DocumentChooserBlock(label="Dokument"), label="Dokumente", min_num=1)

    def get_context(self, value, parent_context=None):
        """Add `documents`, those that are not withheld, with their versions."""
        documents = [document for document in value["documents"] if document and not document.withheld]
        prefetch_related_objects(documents, "versions")
        return super().get_context(value, parent_context) | {"documents": documents}

    class Meta:
        icon = "doc-full"
        label = "Dokumente"
        group = "Medien"
        description = "Dateien zum Herunterladen; Art und Größe nennt die Website selbst."
        template = "blocks/downloads.html"
        preview_value = staticmethod(first_documents)


class BodyBlock(blocks.StreamBlock):
    """The running text of a page."""

    section = SectionBlock()
    quote = QuoteBlock()
    notice = NoticeBlock()
    picture = PictureBlock()
    table = TableBlock(
        label="Tabelle",
        group="Text",
        icon="table",
        description="Eine Tabelle mit Kopfzeile und Tabellenüberschrift.",
        template="blocks/table.html",
        preview_value={
            "data": [["Land", "Amtszeit"], ["Hamburg", "2021/22"]],
            "first_row_is_table_header": True,
            "first_col_is_header": False,
            "table_caption": "Beispiel",
            "cell": [],
            "mergeCells": [],
        },
    )
    downloads = DownloadsBlock()
    video = VideoBlock()

    class Meta:
        label = "Inhalt"


class PlainBodyBlock(BodyBlock):
    """The same with symbols."""

    section = PlainSectionBlock()


class TeaserBlock(blocks.StructBlock):
    """A pointer in the side column ("Service")."""

    title = blocks.CharBlock(label="Titel", max_length=80)
    text = blocks.TextBlock(label="Text", required=False, max_length=240)
    page = PageLinkBlock(label="Seite", required=False)
    url = LinkBlock(
        label="oder Adresse im Netz",
        required=False,
        help_text="Nur wenn keine Seite gewählt ist, mit https://",
    )

    def clean(self, value):
        """Raise StructBlockValidationError unless exactly one target is given."""
        cleaned = super().clean(value)
        if not self.is_deferred_validation and bool(cleaned["page"]) == bool(cleaned["url"]):
            message = "Bitte entweder eine Seite wählen oder eine Adresse angeben, nicht beides."
            raise blocks.StructBlockValidationError(
                block_errors={"page": ValidationError(message)},
            )
        return cleaned

    class Meta:
        icon = "pick"
        label = "Verweis"
        group = "Seitenleiste"
        description = "Ein Verweis in der Seitenleiste: Titel, Text, Ziel."
        template = "blocks/teaser.html"
        preview_value = {
            "title": "Geschichte",
            "text": "Seit 2006 in einer Zeitleiste.",
            "page": None,
            "url": "#",
        }


def with_anchors(body: blocks.StreamValue) -> list[dict]:
    """Return {"block", "heading", "anchor"} of each block of `body`.

    heading and anchor are "" for blocks without heading. Anchors are made of the words of the heading, so that a link
    to a part of a page still works when the part is edited, and numbered where a heading comes twice.
    """
    seen = Counter(template_ids())
    parts = []
    for block in body:
        heading = block.value["heading"] if block.block_type in ("section", "downloads") else ""
        anchor = slugify(heading)[:60]
        if anchor:
            seen[anchor] += 1
            if seen[anchor] > 1:
                anchor = f"{anchor}-{seen[anchor]}"
        parts.append({"block": block, "heading": heading, "anchor": anchor})
    return parts


def body_text(body: blocks.StreamValue) -> str:
    """Return what a reader meets in `body` as plain text, a line for each piece of it."""
    return "\n".join(text for block in body for text in block.block.get_searchable_content(block.value))


def reading_minutes(text: str) -> int:
    """Return the reading time in whole minutes, at least 1, at READING_SPEED words a minute."""
    return max(1, round(len(text.split()) / READING_SPEED))


def beginning(text: str) -> str:
    """Return the first words of `text` on one line, of the length that search engines show."""
    return Truncator(" ".join(text[: 2 * BEGINNING].split())).chars(BEGINNING)
