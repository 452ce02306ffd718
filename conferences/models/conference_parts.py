"""What belongs to a conference row by row: guests, meetings that prepare it, photos, press releases, papers."""

from datetime import date

from django.apps import apps
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q
from modelcluster.fields import ParentalKey
from wagtail import blocks
from wagtail.admin.panels import FieldPanel, FieldRowPanel, HelpPanel
from wagtail.documents import get_document_model_string
from wagtail.images import get_image_model_string
from wagtail.models import Orderable

from conferences.rules import agenda_item
from intmk.base.drafts import may_change
from intmk.base.pages import SitePage
from intmk.language.dates import german_period
from intmk.language.link_fields import LinkField


class ProgrammeItemBlock(blocks.StructBlock):
    """One item of a programme."""

    day = blocks.DateBlock(label="Tag", required=False)
    time = blocks.CharBlock(label="Uhrzeit", required=False, max_length=40, help_text="z. B. „10:00 bis 12:30 Uhr“")
    text = blocks.CharBlock(label="Programmpunkt", max_length=300)
    place = blocks.CharBlock(label="Ort", required=False, max_length=120)

    class Meta:
        icon = "calendar"
        label = "Programmpunkt"
        description = "Ein Punkt des Programms mit Tag, Uhrzeit und Ort."
        template = "blocks/programme_item.html"
        form_classname = "struct-block programme-item"  # one line in the form: static/css/admin.css
        preview_value = {
            "day": date(2017, 3, 16),
            "time": "10:00 Uhr",
            "text": "Eröffnung",
            "place": "Graf-Zeppelin-Haus",
        }


class ConferenceGuest(Orderable):
    """A guest: a person, or an office where the name is not known."""

    conference = ParentalKey(
        "conferences.ConferencePage", verbose_name="Konferenz", related_name="guests", on_delete=models.CASCADE
    )
    name = models.CharField("Name", max_length=120, blank=True, help_text="Leer, wenn nur das Amt bekannt ist.")
    office = models.CharField("Amt oder Einrichtung", max_length=200, blank=True)

    panels = [FieldRowPanel([FieldPanel("name"), FieldPanel("office")])]

    class Meta(Orderable.Meta):
        verbose_name = "Gast"
        verbose_name_plural = "Gäste"

    def __str__(self) -> str:
        return ", ".join(filter(None, [self.name, self.office]))

    def clean(self) -> None:
        """Raise ValidationError when neither name nor office is given."""
        super().clean()
        if not self.name and not self.office:
            raise ValidationError({"name": "Bitte einen Namen oder ein Amt angeben."})


class ConferenceMeeting(Orderable):
    """A meeting at working level that prepares the conference."""

    class Kind(models.TextChoices):
        PRECONFERENCE = "preconference", "Vorkonferenz"
        AUTUMN = "autumn_meeting", "Herbsttreffen"

    conference = ParentalKey(
        "conferences.ConferencePage", verbose_name="Konferenz", related_name="meetings", on_delete=models.CASCADE
    )
    kind = models.CharField("Art", max_length=15, choices=Kind)
    first_day = models.DateField("Erster Tag")
    last_day = models.DateField("Letzter Tag")
    place = models.CharField("Ort", max_length=120, blank=True)

    panels = [
        FieldRowPanel([FieldPanel("kind"), FieldPanel("place")]),
        FieldRowPanel([FieldPanel(name, required_on_save=False) for name in ("first_day", "last_day")]),
    ]

    class Meta(Orderable.Meta):
        verbose_name = "Vorbereitendes Treffen"
        verbose_name_plural = "Vorbereitende Treffen"

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.period}".strip()

    def clean(self) -> None:
        """Raise ValidationError when it ends before it starts."""
        super().clean()
        if self.first_day and self.last_day and self.last_day < self.first_day:
            raise ValidationError({"last_day": "Der letzte Tag liegt vor dem ersten."})

    @property
    def period(self) -> str:
        return german_period(self.first_day, self.last_day) if self.first_day and self.last_day else ""


class ConferencePhoto(Orderable):
    """A group photo; credit, caption and names come with the picture."""

    conference = ParentalKey(
        "conferences.ConferencePage", verbose_name="Konferenz", related_name="photos", on_delete=models.CASCADE
    )
    image = models.ForeignKey(get_image_model_string(), verbose_name="Bild", on_delete=models.CASCADE, related_name="+")
    caption = models.CharField(
        "Bildunterschrift",
        max_length=500,
        blank=True,
        help_text="Leer: die Bildunterschrift aus der Bilddatenbank.",
    )

    panels = [FieldPanel("image", required_on_save=False), FieldPanel("caption")]

    class Meta(Orderable.Meta):
        verbose_name = "Gruppenfoto"
        verbose_name_plural = "Gruppenfotos"

    def __str__(self) -> str:
        return str(self.image)


class StoredPagePanel(HelpPanel):
    """The way to a screen about a page, which is there only once the page is."""

    class BoundPanel(HelpPanel.BoundPanel):
        def is_shown(self) -> bool:
            return bool(self.instance.pk and super().is_shown())


class ManyPhotosPanel(HelpPanel):
    """The way to many photos in one go (conferences/photos), for who may change the page that is edited."""

    class BoundPanel(HelpPanel.BoundPanel):
        def is_shown(self) -> bool:
            """Say whether there is a page already, and it is not one for which the account only proposes."""
            page = self.instance
            is_stored = page.pk and self.request and not page.is_proposal
            return bool(is_stored and super().is_shown() and may_change(self.request.user, page))


class ConferencePressRelease(Orderable):
    """A press release: a page of this site, or an address elsewhere."""

    conference = ParentalKey(
        "conferences.ConferencePage", verbose_name="Konferenz", related_name="press_releases", on_delete=models.CASCADE
    )
    page = models.ForeignKey(
        "intmk.NewsPage",
        verbose_name="Meldung",
        null=True,
        blank=True,
        on_delete=models.CASCADE,
        related_name="+",
    )
    title = models.CharField("Titel", max_length=200, blank=True, help_text="Nur bei einer Adresse im Netz.")
    url = LinkField("oder Adresse im Netz", blank=True)

    panels = [FieldPanel("page"), FieldRowPanel([FieldPanel("title"), FieldPanel("url")])]

    class Meta(Orderable.Meta):
        verbose_name = "Pressemitteilung"
        verbose_name_plural = "Pressemitteilungen"

    def __str__(self) -> str:
        return self.page.title if self.page else self.title

    def clean(self) -> None:
        """Raise ValidationError unless it points to exactly one thing and has a title."""
        super().clean()
        if bool(self.page) == bool(self.url):
            raise ValidationError({"page": "Bitte entweder eine Meldung wählen oder eine Adresse angeben."})
        if self.url and not self.title:
            raise ValidationError({"title": "Eine Adresse im Netz braucht einen Titel."})


class ConferenceDocument(Orderable):
    """A paper of the conference."""

    class Kind(models.TextChoices):
        MINUTES = "minutes", "Protokoll"
        RESOLUTIONS = "resolutions", "Beschlüsse"
        AGENDA = "agenda", "Tagesordnung"
        REPORT = "report", "Bericht"
        OTHER = "other", "Weiteres"

    conference = ParentalKey(
        "conferences.ConferencePage", verbose_name="Konferenz", related_name="documents", on_delete=models.CASCADE
    )
    kind = models.CharField("Art", max_length=12, choices=Kind, default=Kind.MINUTES)
    document = models.ForeignKey(
        get_document_model_string(), verbose_name="Dokument", on_delete=models.CASCADE, related_name="+"
    )

    panels = [FieldPanel("kind"), FieldPanel("document", required_on_save=False)]

    class Meta(Orderable.Meta):
        verbose_name = "Dokument der Konferenz"
        verbose_name_plural = "Dokumente der Konferenz"

    def __str__(self) -> str:
        return f"{self.get_kind_display()}: {self.document}"


class AgendaGap(Orderable):
    """A number on the agenda under which there is no resolution, and why."""

    conference = ParentalKey(
        "conferences.ConferencePage", verbose_name="Konferenz", related_name="agenda_gaps", on_delete=models.CASCADE
    )
    item = models.CharField("TOP", max_length=agenda_item.LONGEST, help_text="z. B. 2.5")
    reason = models.CharField(
        "Grund", max_length=250, help_text="z. B. „zurückgezogen“ oder „Die Nummer wurde nicht vergeben.“"
    )

    panels = [FieldRowPanel([FieldPanel("item"), FieldPanel("reason")])]

    class Meta(Orderable.Meta):
        verbose_name = "Fehlender TOP"
        verbose_name_plural = "Fehlende TOPs"

    def __str__(self) -> str:
        return f"TOP {self.item}: {self.reason}"

    def clean(self) -> None:
        """Bring the number into its form; raise ValidationError for what is none."""
        super().clean()
        try:
            self.item = agenda_item.normalised(self.item)
        except ValueError as error:
            raise ValidationError({"item": str(error)}) from None


# The lists of a conference, with what else is read of each row.
LISTS: dict[str, tuple[str, ...]] = {
    "guests": (), "meetings": (), "agenda_gaps": (), "press_releases": (), "themes": (),
    "photos": ("image__renditions",), "documents": ("document__versions",),
}  # fmt: skip


def lists_of(conference: SitePage) -> dict[str, list]:
    """Return the lists that belong to a conference: photos, real_photos (those that are no placeholder), guests,
    meetings, documents, agenda_gaps, themes, press_releases, live news about it.

    In a preview they are what the editor has not saved yet. Documents that are withheld are left out, and press
    releases whose page is not public.
    """
    found: dict[str, list] = {name: conference.rows(name, *along) for name, along in LISTS.items()}
    found["real_photos"] = [photo for photo in found["photos"] if not photo.image.is_placeholder]
    found["documents"] = [item for item in found["documents"] if not item.document.withheld]
    return found | public_news(conference, found["press_releases"])


def public_news(conference: SitePage, releases: list[ConferencePressRelease]) -> dict[str, list]:
    """Return `news` about it and its `press_releases`, in one query, since a press release may be a page of news."""
    news = apps.get_model("intmk", "NewsPage").objects
    about = Q(conference=conference.pk) if conference.pk else Q(pk=None)
    pages = [release.page_id for release in releases if release.page_id]
    is_none = not pages and conference.stored_keys.get("news") == []
    live = {} if is_none else {page.pk: page for page in news.live().filter(about | Q(pk__in=pages)).for_lists()}
    for release in releases:
        release.page = live.get(release.page_id)
    return {
        "news": [page for page in live.values() if page.conference_id == conference.pk],
        "press_releases": [release for release in releases if release.url or release.page],
    }
