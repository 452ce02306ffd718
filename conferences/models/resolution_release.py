"""What of a resolution is released; all that shows, finds or exports it asks here."""

import re
from typing import Any

from django.utils.html import strip_tags

SENTENCE = re.compile(r"(?<=[.!?])\s+")
TELLING = 25  # letters; shorter sentences may stand in any paper


class Released:
    """Mixin of ResolutionPage: its texts as far as the public may have them."""

    @property
    def public_points(self: Any) -> list:
        """Return the numbered points as blocks if the text is released, else []."""
        return list(self.points) if self.release in (self.Release.TEXT, self.Release.REASONS) else []

    @property
    def public_reasons(self: Any) -> str:
        """Return the reasons if they are released, else ""."""
        return self.reasons if self.release == self.Release.REASONS else ""

    def contradictions_of_release(self: Any) -> dict[str, str]:
        """Return an error by field when a released source file holds what is not released."""
        if not (self.source_file and self.source_file.released):
            return {}
        hidden = [] if self.public_reasons else [self.reasons]
        hidden += [] if self.public_points else [str(point.value) for point in self.points]
        sentences = {sentence for text in hidden for sentence in told(text) if len(sentence) >= TELLING}
        if not sentences:
            return {}
        paper = " ".join(" ".join(page.text.split()) for page in self.source_file.pages.all())
        if not any(sentence in paper for sentence in sentences):
            return {}
        return {
            "source_file": "In der Quelldatei steht, was nicht freigegeben ist. Bitte dort „Freigegeben“ abwählen oder "
            "eine Datei ohne diesen Text nehmen."
        }


def told(html: str) -> list[str]:
    """Return the sentences of a rich text, without tags and with single spaces."""
    return SENTENCE.split(" ".join(strip_tags(html).split()))
