"""Addresses of former sites, e.g. https://www.intmk.example/2017/beschluesse.pdf, and where it is now."""

from dataclasses import dataclass
from typing import Self
from urllib.parse import urlsplit

from django.core.exceptions import ValidationError
from django.core.validators import RegexValidator, URLValidator
from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.http import HttpRequest
from wagtail.admin.panels import FieldPanel, MultiFieldPanel
from wagtail.contrib.redirects.models import Redirect
from wagtail.documents import get_document_model_string
from wagtail.models import Page
from wagtail.search import index

from intmk.addresses.writing import LONGEST, host_in_letters, loose_key, path_and_query
from intmk.base.fields import optional_link
from intmk.base.site_notice import PageChooser
from intmk.language.link_fields import LinkTextField
from intmk.language.links import unwrapped
from intmk.media.documents.models import SiteDocument

MOST_ALIKE = 20  # rows that differ in their writing only
NO_ADDRESS = "Das ist keine Adresse. Möglich sind zum Beispiel https://www.example.org/2017/beschluss.pdf oder /2017/."


def key_of(address: str) -> str:
    """Return what two writings of an address have in common: "HTTPS://www.Example.org/a/#b" → "example.org/a".

    Without a host it is the path alone: "/a/" → "/a". Raises ValueError, in German, for what is no address.
    """
    address = address.strip()
    try:
        parts = urlsplit(address if "://" in address or address.startswith("/") else f"//{address}")
        host = (parts.hostname or "").removeprefix("www.")
    except ValueError:
        raise ValueError(NO_ADDRESS) from None
    is_web = parts.scheme in ("", "http", "https") and ("." in host or (not host and address.startswith("/")))
    if not is_web or any(letter.isspace() or letter == "\x00" for letter in address) or len(address) > LONGEST:
        raise ValueError(NO_ADDRESS)
    path = f"/{parts.path.lstrip('/')}"
    return host + Redirect.normalise_path(f"{path}?{parts.query}" if parts.query else path)


@dataclass(frozen=True)
class Target:
    """Where a reader finds it now. is_archive: on another site, in the state of that time."""

    title: str
    url: str
    is_archive: bool = False


class OldAddressQuerySet(models.QuerySet):
    """Old addresses by what is asked."""

    def with_targets(self) -> Self:
        """Fetch what `target` looks at."""
        public = SiteDocument.objects.public().filter(pk=OuterRef("target_document"))
        return self.select_related("target_page", "target_document").annotate(document_is_public=Exists(public))

    def answering(self, request: HttpRequest) -> "tuple[OldAddress, bool] | None":
        """Return the row for the address that was asked for, and whether it is listed in this very writing.

        By host and path, else by a path that names no host; else in another writing; else without its query. A script
        that answers for the whole site ("/index.php?id=5") is told by its query alone. Two queries at most.
        """
        host = urlsplit(f"//{request.get_host()}").hostname or ""
        try:
            path = key_of(f"/{request.get_full_path().lstrip('/')}")
        except ValueError:
            path = ""
        exact = [host.removeprefix("www.") + path, path] if path else []
        plain, query = path_and_query(request.path, request.META.get("QUERY_STRING", ""))
        writings = [f"{plain}?{query}" if query else plain, *([plain] if plain != "/" else [])]
        loose = [(where + writing)[:LONGEST] for writing in writings for where in (host_in_letters(host), "")]
        rows = list(self.filter(Q(key__in=exact) | Q(loose_key__in=loose)).order_by("key")[:MOST_ALIKE])
        by_key = {row.key: row for row in rows}
        by_writing = {row.loose_key: row for row in reversed(rows)}
        found = next((by_key[key] for key in exact if key in by_key), None)
        is_exact = found is not None
        found = found or next((by_writing[key] for key in loose if key in by_writing), None)
        found = self.with_targets().filter(pk=found.pk).first() if found else None
        return (found, is_exact) if found else None

    def matching(self, words: str) -> Self:
        """Return what a reader means who holds this address, or remembers parts of it or of its title.

        What is listed without a host is meant with any, after what is listed with this one.
        """
        try:
            words = unwrapped(words)
            key, loose = key_of(words), loose_key(words)
        except ValueError:
            candidates = []
        else:
            anywhere = [f"/{written.partition('/')[2]}" for written in (key, loose)]
            candidates = [Q(key=key) | Q(loose_key=loose), Q(key=anywhere[0]) | Q(loose_key=anywhere[1])]
        candidates.append(Q(address__icontains=words) | Q(description__icontains=words))
        return next((found for found in map(self.filter, candidates) if found.exists()), self.none())


class OldAddress(index.Indexed, models.Model):
    """What stood at an address of a former site, and where it is now: here, in an archive, or nowhere."""

    address = LinkTextField(
        "Alte Adresse",
        max_length=LONGEST,
        help_text="Vollständig, z. B. https://www.example.org/2017/beschluss.pdf. Ohne den Namen der Website "
        "(/2017/beschluss.pdf) gilt sie für alle Websites, die hierher führen.",
    )
    key = models.CharField("Schlüssel", max_length=LONGEST + 10, unique=True, editable=False)
    # Not unique: a former site may have had "/A.html" and "/a.html".
    loose_key = models.CharField(
        "Schlüssel aller Schreibweisen", max_length=LONGEST, default="", editable=False, db_index=True
    )
    description = models.CharField("Was dort stand", max_length=250)
    target_page = optional_link(Page, "Jetzt auf dieser Seite")
    target_addition = models.CharField(
        "Zusatz zur Adresse der Seite",
        max_length=100,
        blank=True,
        validators=[RegexValidator(r"^[?#][^\s<>]+\Z", "Der Zusatz beginnt mit ? oder #, z. B. ?am=2018-10-01.")],
        help_text="Was auf der Seite gemeint ist, z. B. ?am=2018-10-01 für einen Tag des Vorsitzes.",
    )
    target_document = optional_link(get_document_model_string(), "oder in diesem Dokument")
    archived_url = LinkTextField(
        "Adresse in einem Archiv",
        blank=True,
        max_length=LONGEST,
        validators=[URLValidator(["http", "https"], message="Bitte eine vollständige Adresse angeben: https://…")],
        help_text="Wo die alte Fassung noch zu lesen ist, z. B. in einem Webarchiv. Ohne Seite, Dokument und Archiv "
        "steht auf der Website „nicht mehr auffindbar“.",
    )
    note = models.CharField("Anmerkung", max_length=300, blank=True, help_text="Steht öffentlich dabei.")

    panels = [
        FieldPanel("address"),
        FieldPanel("description"),
        MultiFieldPanel(
            [
                FieldPanel("target_page", widget=PageChooser),
                FieldPanel("target_addition"),
                FieldPanel("target_document"),
                FieldPanel("archived_url"),
                FieldPanel("note"),
            ],
            heading="Wo es jetzt ist",
        ),
    ]
    search_fields = [
        index.SearchField("address"),
        index.AutocompleteField("address"),
        index.SearchField("description"),
        index.AutocompleteField("description"),
    ]

    objects = OldAddressQuerySet.as_manager()

    class Meta:
        ordering = ["key"]
        verbose_name = "alte Adresse"
        verbose_name_plural = "alte Adressen"

    def __str__(self) -> str:
        return self.address

    def save(self, *args, **kwargs) -> None:
        """Store what finds the address in other writings."""
        self.loose_key = loose_key(self.address)
        super().save(*args, **kwargs)

    def clean(self) -> None:
        """Fill in the key; raise ValidationError for no address, one that is listed already, and two targets."""
        super().clean()
        errors = {}
        try:
            self.key = key_of(self.address)
        except ValueError as error:
            errors["address"] = str(error)
        else:
            if OldAddress.objects.filter(key=self.key).exclude(pk=self.pk).exists():
                errors["address"] = "Diese Adresse steht schon in der Liste."
        if self.target_addition and not self.target_page_id:
            errors["target_addition"] = "Der Zusatz gehört zu einer Seite."
        if self.target_page_id and self.target_document_id:
            errors["target_document"] = "Bitte entweder eine Seite oder ein Dokument wählen."
        if errors:
            raise ValidationError(errors)

    def target(self, request: HttpRequest) -> Target | None:
        """Return where a reader finds it now, None where nowhere: a page or file that is not public does not count."""
        if self.target_page and self.target_page.live and (url := self.target_page.get_url(request)):
            return Target(self.target_page.title, url + self.target_addition)
        document = self.target_document
        if document and self.document_is_public:
            return Target(document.title, document.url)
        if self.archived_url:
            return Target("Fassung in einem Archiv", self.archived_url, is_archive=True)
        return None
