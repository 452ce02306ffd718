"""The notice on top of all public pages, which the chair switches on and which ends by itself."""

from copy import copy
from datetime import date

from django.core.exceptions import ValidationError
from django.db import models
from wagtail.admin.panels import FieldPanel, FieldRowPanel
from wagtail.admin.widgets import AdminAutoHeightTextInput, AdminPageChooser
from wagtail.contrib.settings.models import BaseGenericSetting, register_setting
from wagtail.models import Page

from intmk.base.fields import optional_link
from intmk.server.kept import kept


class PageChooser(AdminPageChooser):
    """Wagtail's, which asks the database for what is no number, too, and fails before the error can be shown."""

    def get_instance(self, value: object) -> Page | None:
        """Return the page to show as chosen, None when there is none."""
        try:
            return super().get_instance(value)
        except ValueError:
            return None


@register_setting(icon="warning")
class SiteNotice(BaseGenericSetting):
    """A short text for every page, e.g. that the office moves, with the days on which it is shown."""

    text = models.CharField(
        "Text",
        max_length=300,
        blank=True,
        help_text="Höchstens 300 Zeichen, ohne Auszeichnung. Er steht sofort auf allen Seiten. Leer: kein Hinweis.",
    )
    page = optional_link(
        Page,
        "Seite dazu",
        help_text="Auf welche Seite der Hinweis verweist. Eine Seite, die nicht öffentlich ist, wird nicht verlinkt.",
    )
    show_from = models.DateField("Erster Tag", null=True, blank=True, help_text="Leer: ab sofort.")
    show_until = models.DateField(
        "Letzter Tag",
        null=True,
        blank=True,
        help_text="An diesem Tag steht der Hinweis noch da. Leer: bis jemand den Text löscht.",
    )

    panels = [
        FieldPanel("text", widget=AdminAutoHeightTextInput),
        FieldPanel("page", widget=PageChooser),
        FieldRowPanel([FieldPanel("show_from"), FieldPanel("show_until")], heading="Wann er zu sehen ist"),
    ]

    class Meta:
        verbose_name = "Hinweis auf allen Seiten"
        verbose_name_plural = "Hinweise auf allen Seiten"

    def is_shown_on(self, day: date) -> bool:
        """Say whether readers see it on `day`."""
        begun = self.show_from is None or self.show_from <= day
        ended = self.show_until is not None and self.show_until < day
        return bool(self.text) and begun and not ended

    def clean(self) -> None:
        """Raise ValidationError when the last day lies before the first, or a link has no text or leads nowhere."""
        super().clean()
        if self.show_from and self.show_until and self.show_until < self.show_from:
            raise ValidationError({"show_until": "Der letzte Tag liegt vor dem ersten."})
        if self.page_id and not self.text.strip():
            raise ValidationError({"text": "Zu einer Seite gehört ein Text. Oder die Seite wieder entfernen."})
        if self.page_id:
            page = Page.objects.live().public().filter(pk=self.page_id).first()
            if page is None or page.get_url() is None:  # e.g. the root of the tree, which is live but has no address
                raise ValidationError(
                    {"page": "Diese Seite ist nicht öffentlich. Bitte eine andere wählen oder das Feld leeren."}
                )


def notice_of(day: date) -> SiteNotice | None:
    """Return the notice that readers see on `day`, with its page only where that is public."""
    notice = next((row for row in written_notices() if row.is_shown_on(day)), None)
    if notice and notice.page and not notice.page.live:
        notice = copy(notice)
        notice.page = None
    return notice


@kept
def written_notices() -> list[SiteNotice]:
    """Return the notice when somebody has written one, whatever its days."""
    return list(SiteNotice.objects.filter(text__gt=""))
