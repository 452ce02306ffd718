"""The words of the conference with their explanations, and their first occurrence on a page as a link to them.

A plain link: it works without script, with keyboard, touch and screen reader, and leaves the text as it is when copied.
"""

import re
from collections.abc import Iterable
from functools import lru_cache
from html.parser import HTMLParser

from django.core.exceptions import ValidationError
from django.core.validators import RegexValidator
from django.db import models
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from wagtail.admin.panels import FieldPanel, TitleFieldPanel
from wagtail.search import index

from intmk.language.link_fields import RichTextField
from intmk.server.kept import kept

MOST = 8  # marked words a page; more would be in the way of reading
# Links and controls take no link, headings stay quiet, quotations stay as they were said.
UNMARKED = frozenset(
    {
        "a", "abbr", "blockquote", "button", "caption", "cite", "code", "figcaption", "h1", "h2", "h3", "h4", "h5",
        "h6", "kbd", "label", "option", "pre", "q", "samp", "script", "select", "style", "summary", "textarea",
    }
)  # fmt: skip
# What is quoted in a sentence, e.g. a title, and the tokens that a page fills later (conferences/terms/publisher.py).
LEFT_ALONE = r"„[^“”]*[“”]|\{\{[^}]*\}\}"


class GlossaryQuerySet(models.QuerySet):
    """Terms by what is asked."""

    def anchors(self) -> dict[str, str]:
        """Return the anchor of each writing of these terms, in one query."""
        return anchors_of(self.order_by().values("slug", "term", "forms"))

    def marked_on_pages(self) -> "GlossaryQuerySet":
        """Return those whose first occurrence on a page becomes a link."""
        return self.filter(is_marked=True)


def anchors_of(rows: Iterable[dict[str, str]]) -> dict[str, str]:
    """Return the anchor of each writing of the terms whose slug, term and forms are given."""
    return {writing: row["slug"] for row in rows for writing in writings(row["term"], row["forms"])}


def writings(term: str, forms: str) -> list[str]:
    """Return the term and its other forms, of which `forms` has one a line, with single spaces."""
    return [" ".join(line.split()) for line in [term, *forms.splitlines()] if line.strip()]


class GlossaryTerm(index.Indexed, models.Model):
    """A word of the conference. Its anchor never changes, since others link to it."""

    term = models.CharField("Begriff", max_length=80, unique=True)
    slug = models.SlugField(
        "Anker",
        max_length=80,
        unique=True,
        help_text="Teil der Adresse, z. B. „umlaufbeschluss“ in /glossar/#umlaufbeschluss. Er bleibt für immer.",
    )
    forms = models.TextField(
        "Weitere Formen",
        blank=True,
        help_text="Eine je Zeile: Abkürzung, Mehrzahl, gebeugte Formen, z. B. „Umlaufbeschlüsse“. Groß- und "
        "Kleinschreibung zählt. Das erste dieser Wörter auf einer Seite wird dort zum Verweis auf die Erklärung.",
    )
    is_marked = models.BooleanField(
        "Auf Seiten verlinken",
        default=True,
        help_text="Bei Wörtern abwählen, die auf fast jeder Seite stehen: Zu viele Verweise stören beim Lesen.",
    )
    short = models.CharField(
        "Kurze Erklärung", max_length=300, help_text="Ein bis zwei Sätze ohne Auszeichnung, höchstens 300 Zeichen."
    )
    explanation = RichTextField("Mehr dazu", blank=True, features=["bold", "italic", "ul", "link"])
    see_also = models.ManyToManyField("self", verbose_name="Siehe auch", blank=True, symmetrical=False)
    archive_filter = models.CharField(
        "Filter im Archiv",
        max_length=100,
        blank=True,
        validators=[RegexValidator(r"^[\w=&%+.-]+\Z", "Hier steht nur, was in der Adresse hinter dem „?“ kommt.")],
        help_text="Was in der Adresse des Archivs hinter dem Fragezeichen steht, z. B. art=leitantrag.",
    )

    objects = GlossaryQuerySet.as_manager()

    panels = [
        TitleFieldPanel("term", targets=["slug"], classname=""),
        FieldPanel("slug"),
        FieldPanel("forms"),
        FieldPanel("is_marked"),
        FieldPanel("short"),
        FieldPanel("explanation"),
        FieldPanel("see_also"),
        FieldPanel("archive_filter"),
    ]
    search_fields = [
        index.SearchField("term"),
        index.AutocompleteField("term"),
        index.SearchField("forms"),
        index.SearchField("short"),
    ]

    class Meta:
        ordering = ["term"]
        verbose_name = "Begriff im Glossar"
        verbose_name_plural = "Begriffe im Glossar"

    def __str__(self) -> str:
        return self.term

    def get_absolute_url(self) -> str:
        """Return the address of the explanation, e.g. "/glossar/#umlaufbeschluss"."""
        return f"{reverse('glossary')}#{self.slug}"

    def clean(self) -> None:
        """Raise ValidationError for a changed anchor and for a form that belongs to another term."""
        super().clean()
        others = type(self).objects.exclude(pk=self.pk)
        if self.pk and not type(self).objects.filter(pk=self.pk, slug=self.slug).exists():
            raise ValidationError({"slug": "Der Anker bleibt, wie er ist: Andere verweisen auf ihn."})
        taken = others.anchors().keys() & set(writings(self.term, self.forms))
        if taken:
            raise ValidationError({"forms": f"Gehört schon zu einem anderen Begriff: {', '.join(sorted(taken))}."})


def marked(texts: list[SafeString], rows: Iterable[dict[str, str]] | None = None) -> list[SafeString]:
    """Return HTML texts of one page with the first occurrence of each term in them as a link to its explanation.

    rows: slug, term and forms of each; None asks the database, unless there is no text.
    """
    if not any(texts):
        return texts
    anchors = marked_anchors() if rows is None else anchors_of(rows)
    if not anchors:
        return texts
    return marked_with(tuple(anchors.items()), *texts)


@lru_cache(maxsize=200)
def marked_with(anchors: tuple[tuple[str, str], ...], *texts: SafeString) -> list[SafeString]:
    """Do it; remembered, since it follows from the texts alone, and nobody changes the list."""
    marker = Marker(dict(anchors))
    return [marker.mark(text) for text in texts]


@kept
def marked_anchors() -> dict[str, str]:
    """Return the anchor of each writing of the terms that are marked on pages."""
    return GlossaryTerm.objects.marked_on_pages().anchors()


@lru_cache(maxsize=4)
def pattern_of(writings: tuple[str, ...]) -> re.Pattern[str]:
    """Return the pattern that finds these, the longest first, and what is to be left alone."""
    longest_first = sorted(writings, key=len, reverse=True)
    words = "|".join(r"\s+".join(map(re.escape, writing.split())) for writing in longest_first)
    return re.compile(rf"{LEFT_ALONE}|(?<![\w-])(?:{words})(?![\w-])")


class Marker(HTMLParser):
    """Passes HTML through as it is and makes links of words in its text; what it has marked it does not mark again."""

    def __init__(self, anchors: dict[str, str]) -> None:
        """Take the anchor of each writing of each term."""
        super().__init__(convert_charrefs=False)
        self.anchors = anchors
        self.seen: set[str] = set()
        self.address = reverse("glossary")
        self.pattern = pattern_of(tuple(anchors))

    def mark(self, html: SafeString) -> SafeString:
        """Return `html`, which is safe, with links added."""
        before = len(self.seen)
        self.reset()
        self.feed(html)
        self.close()
        return html if len(self.seen) == before else mark_safe("".join(self.out))  # noqa: S308 (parts of safe HTML)

    def reset(self) -> None:
        """Begin a text."""
        super().reset()
        self.out: list[str] = []
        self.inside: list[str] = []

    def handle_starttag(self, tag: str, attrs: list) -> None:
        """Pass it on; nothing is marked until the end of certain elements."""
        self.out.append(self.get_starttag_text() or "")
        if tag in UNMARKED:
            self.inside.append(tag)

    def handle_startendtag(self, tag: str, attrs: list) -> None:
        """Pass it on."""
        self.out.append(self.get_starttag_text() or "")

    def handle_endtag(self, tag: str) -> None:
        """Pass it on."""
        self.out.append(f"</{tag}>")
        if tag in self.inside:
            del self.inside[self.inside.index(tag) :]

    def handle_data(self, data: str) -> None:
        """Mark what is text of a page."""
        self.out.append(data if self.inside else self.pattern.sub(self.link, data))

    def handle_entityref(self, name: str) -> None:
        """Pass it on."""
        self.out.append(f"&{name};")

    def handle_charref(self, name: str) -> None:
        """Pass it on."""
        self.out.append(f"&#{name};")

    def handle_comment(self, data: str) -> None:
        """Pass it on."""
        self.out.append(f"<!--{data}-->")

    def link(self, match: re.Match) -> str:
        """Return the link for a word that was found; the word itself when it was marked before or all are used up."""
        anchor = self.anchors.get(" ".join(match[0].split()))
        if anchor is None or anchor in self.seen or len(self.seen) >= MOST:
            return match[0]
        self.seen.add(anchor)
        # The word comes from the HTML and is escaped already.
        return format_html('<a class="term" href="{}#{}">{}</a>', self.address, anchor, mark_safe(match[0]))  # noqa: S308
