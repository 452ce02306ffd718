"""What stands in the timeline. Parts of the site add to it by the hook HOOK, so that history need not know them."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from intmk.base.sources import Sourced
from intmk.language.dates import UncertainPeriod

if TYPE_CHECKING:
    from wagtail.models import Page

    from intmk.media.images.models import SiteImage

# Functions registered with wagtail.hooks under this name take nothing and return a list of TimelineEntry.
HOOK = "intmk_timeline_entries"
MILESTONE = "Meilenstein"


@dataclass(frozen=True)
class TimelineEntry:
    """One entry: a milestone, or what another part of the site adds (`page` is then its own page).

    text is marked as safe when it is HTML (a rich text that went through Wagtail's filter); all else gets escaped.
    remark is a short German word on the status, e.g. "abgesagt". row says on what it rests, with its `sources`.
    """

    period: UncertainPeriod
    title: str
    text: str = ""
    page: "Page | None" = None
    document: object = None
    image: "SiteImage | None" = None
    row: Sourced | None = None
    kind: str = MILESTONE
    remark: str = ""

    @property
    def is_milestone(self) -> bool:
        return self.kind == MILESTONE
