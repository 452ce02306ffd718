"""How Wagtail's log writes down what is done to a page."""

from collections.abc import Collection

from wagtail.models import PageLogEntry


class PageEntry(PageLogEntry):
    """An entry like any other, in Wagtail's table.

    Wagtail asks the database whether page, version, account and kind exist, four questions for each of the two entries
    that publishing makes. Whoever logs has them in hand.
    """

    class Meta:
        proxy = True
        default_permissions = ()
        verbose_name = "Eintrag zu einer Seite"
        verbose_name_plural = "Einträge zu Seiten"

    def clean_fields(self, exclude: Collection[str] | None = None) -> None:
        """Validate all but what it points to."""
        super().clean_fields({*(exclude or ()), "page", "revision", "user", "content_type"})
