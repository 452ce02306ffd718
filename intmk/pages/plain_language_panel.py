"""Pages in Leichte Sprache: their list of one another, and the check that their editor sees."""

import re
from collections.abc import Iterable
from typing import Any
from urllib.parse import urlsplit

from django.http import HttpRequest
from django.template.loader import render_to_string
from django.utils.safestring import mark_safe
from wagtail.admin.panels import Panel

from intmk.base.glossary import GlossaryTerm
from intmk.base.text_page import TextPage
from intmk.language.interface_language import PLAIN
from intmk.pages.plain_language import Kind, Paragraphs, WordingFinding, findings, sentences

LINK = re.compile(r'(?P<start><a [^>]*?href="(?P<target>[^"]*)"[^>]*>.*?)</a>', re.DOTALL)


def is_plain_language(page: TextPage) -> bool:
    """Say whether the page is in Leichte Sprache."""
    return page.locale.language_code == PLAIN


def plain_context(page: TextPage, request: HttpRequest) -> dict[str, Any]:
    """Return what a page in Leichte Sprache shows beside its text; nothing for other pages.

    plain_pages: all public ones of the site, in its order. sentences: the introduction, each sentence alone.
    checked: True in a preview, and then findings: list of Finding.
    """
    if not is_plain_language(page):
        return {}
    plain_pages = list(type(page).objects.live().filter(locale=page.locale_id).order_by("path"))
    context: dict[str, Any] = {"plain_pages": plain_pages, "sentences": sentences(page.introduction)}
    if getattr(request, "is_preview", False) and not hasattr(request, "preview_link"):
        context |= {"checked": True, "findings": findings_of(page)}
    return context


def mark_hard_links(values: Iterable[dict[str, Any]], plain_pages: Iterable[TextPage]) -> None:
    """Say on each link of the texts, which are HTML by now, when it leads to what is not in Leichte Sprache."""
    easy = {urlsplit(page.url or "").path for page in plain_pages}
    note = render_to_string("includes/hard_language.html")

    def marked(link: re.Match) -> str:
        target = urlsplit(link["target"])
        is_easy = target.scheme in ("mailto", "tel") or not target.path or target.path in easy
        return link[0] if is_easy else f"{link['start']} {note}</a>"

    for value in values:
        value["text"] = mark_safe(LINK.sub(marked, value["text"]))  # noqa: S308 (was safe, and so is the note)


def findings_of(page: TextPage) -> list[WordingFinding]:
    """Return what to look at on the page, in its order.

    Not that its introduction has several sentences: the site sets each on a line of its own. Nor negations where
    nothing can be bold.
    """
    hard_words = list(GlossaryTerm.objects.anchors())
    texts = [("Titel", page.title), ("Einleitung", page.introduction)]
    place = "Text ohne Überschrift"
    for block in page.body:
        if block.block_type in ("section", "notice"):
            if block.value["heading"]:
                place = block.value["heading"]
                texts.append((place, place))
            text = block.value["text"]  # HTML once a page is being shown (intmk/base/text_page.py)
            texts.append((place, getattr(text, "source", text)))
    whole = " ".join(paragraph for _, text in texts for paragraph, _ in Paragraphs(text).found)
    found = [finding for place, text in texts for finding in findings(text, place, hard_words, whole)]
    headings = {place for place, _ in texts}
    return [
        finding
        for finding in found
        if not (finding.place == "Einleitung" and finding.kind in (Kind.SEVERAL_SENTENCES, Kind.NEGATION))
        and not (finding.kind is Kind.NEGATION and (finding.place == "Titel" or finding.sentence in headings))
    ]


class PlainLanguagePanel(Panel):
    """What the check says of a page in Leichte Sprache as it was when the form was opened; not on other pages."""

    class BoundPanel(Panel.BoundPanel):
        template_name = "intmk/pages/plain_language_panel.html"

        def is_shown(self) -> bool:
            return self.instance is not None and bool(self.instance.locale_id) and is_plain_language(self.instance)

        def get_context_data(self, parent_context=None) -> dict:
            """Add `findings`."""
            return super().get_context_data(parent_context) | {"findings": findings_of(self.instance)}
