"""What of a resolution is released; all that shows, finds or exports it asks here."""

import re
from typing import Any, Protocol

from django.apps import apps
from django.db.models import CharField, Exists, ExpressionWrapper, F, OuterRef, Q, Value
from django.db.models.functions import Cast, Concat
from wagtail.rich_text import get_text_for_indexing

from intmk.media.documents.models import SiteDocument

BLOCK_END = re.compile(r"</(?:p|h\d|li|blockquote)>|<br\s*/?>|(?=<[uo]l\b)", re.IGNORECASE)
NESTED_LIST = re.compile(r"(<[uo]l\b)", re.IGNORECASE)
SENTENCE = re.compile(r"(?<=[.!?])\s+")
TELLING = 25  # letters and digits; shorter sentences may stand in any paper


class Releasable(Protocol):
    """What of a resolution is released or not; `points` and `statements` are blocks and rows."""

    Release: Any
    WITH_POINTS: Any
    release: str
    points: Any
    reasons: str
    statements: Any
    source_file: SiteDocument | None

    @property
    def public_points(self) -> list:
        """Return the points that are released."""

    @property
    def public_reasons(self) -> str:
        """Return the reasons if they are released."""


class ReleaseMixin:
    """Mixin of ResolutionPage: its texts as far as the public may have them."""

    @classmethod
    def unseen_references(cls: Any) -> Any:
        """Return the condition (Q) on which references of Wagtail's index stand in texts that are not released."""
        here = cls.objects.filter(pk=OuterRef("source"))
        statements = apps.get_model("conferences", "ResolutionStatement").objects.filter(
            resolution=OuterRef("source"), is_released=False
        )
        path = Concat(Value("statements."), Cast("pk", CharField()), Value("."), output_field=CharField())
        inner_path = ExpressionWrapper(OuterRef("content_path"), output_field=CharField())
        hidden = statements.alias(path=path, inner_path=inner_path).filter(inner_path__startswith=F("path"))
        return (
            (Q(model_path__startswith="points.") & ~Exists(here.filter(release__in=cls.WITH_POINTS)))
            | (Q(model_path__startswith="reasons.") & ~Exists(here.filter(release=cls.Release.REASONS)))
            | (Q(model_path__startswith="statements.") & Exists(hidden))
        )

    @property
    def public_points(self: Releasable) -> list:
        """Return the numbered points as blocks if the text is released, else []."""
        return list(self.points) if self.release in self.WITH_POINTS else []

    @property
    def public_reasons(self: Releasable) -> str:
        """Return the reasons if they are released, else ""."""
        return self.reasons if self.release == self.Release.REASONS else ""

    def drop_unseen(self: Releasable) -> None:
        """Take out of a page that is never to be saved the texts that are not released."""
        self.reasons = self.public_reasons
        self.points = self.public_points
        self.statements = [statement for statement in self.statements.all() if statement.is_released]

    def hidden_texts(self: Releasable) -> list[str]:
        """Return reasons and points as far as they are not released."""
        hidden = [] if self.public_reasons else [self.reasons]
        return hidden if self.public_points else [*hidden, *(point.value.source for point in self.points)]

    def hidden_statements(self: Releasable) -> list[str]:
        """Return the wordings that are not released; a form still sees the former ones and looks at its rows itself."""
        return [statement.text for statement in self.statements.all() if not statement.is_released]

    def contradictions_of_release(self: Releasable, hidden: list[str]) -> dict[str, str]:
        """Return an error by field when a source file that readers get holds one of the `hidden` rich texts."""
        if not (self.source_file and not self.source_file.withheld and holds(self.source_file, hidden)):
            return {}
        return {
            "source_file": "In der Quelldatei steht, vielleicht unter Balken, was nicht freigegeben ist. Bitte dort "
            "„Gesperrt“ ankreuzen oder eine Datei ohne diesen Text nehmen."
        }


def text_without_tags(html: str) -> str:
    """Return a rich text without tags; blocks stay apart, also a list within an item, unlike with Wagtail alone."""
    return get_text_for_indexing(NESTED_LIST.sub(r" \1", html))


def holds(document: SiteDocument, texts: list[str]) -> bool:
    """Say whether one of the longer sentences of these rich texts stands in the document, or may stand there unseen.

    A file whose text could not be read cannot be compared.
    """
    sentences = {sentence for text in texts for sentence in sentences_of(text) if len(sentence) >= TELLING}
    if not sentences:
        return False
    if document.may_hide_text:  # what lies under black bars is not stored, and may be just that
        return True
    paper = letters_only(" ".join(document.page_texts()))
    return any(sentence in paper for sentence in sentences)


def sentences_of(html: str) -> list[str]:
    """Return the sentences of a rich text as `letters_only`; each paragraph and each item of a list ends one."""
    texts = [get_text_for_indexing(block) for block in BLOCK_END.split(html)]
    return [letters_only(sentence) for text in texts for sentence in SENTENCE.split(text)]


def letters_only(text: str) -> str:
    """Return only the letters and digits: a paper divides words, breaks lines and puts signs before items."""
    return "".join(letter for letter in text if letter.isalnum()).casefold()
