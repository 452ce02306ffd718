"""All models of the app in one place, for Django reads this module alone; each is written in its own package."""

from intmk.accessibility.models import BarrierMail, BarrierReport, BarrierSender
from intmk.accessibility.statement import AccessibilityStatement, InaccessiblePart
from intmk.addresses.old_addresses import OldAddress
from intmk.addresses.public_addresses import PublicAddress
from intmk.audit.models import PageEntry
from intmk.base.glossary import GlossaryTerm
from intmk.base.site_notice import SiteNotice
from intmk.content.models import LoadedContent
from intmk.desk.outgoing_links import OutgoingLink
from intmk.media.documents.models import SiteDocument
from intmk.media.documents.parts import DocumentPage, DocumentVersion
from intmk.media.images.models import SiteImage, SiteRendition
from intmk.media.images.waiting import PhotoBatch, WaitingPhoto
from intmk.media.videos.models import SiteVideo
from intmk.pages.models import HomePage, NewsIndexPage, NewsPage, StandardPage
from intmk.preview_links.models import PreviewLink
from intmk.proposals.models import Proposal
from intmk.search.drafts import DraftEntry
from intmk.search.index import SearchEntry, SearchWord
from intmk.search.synonyms import SearchSynonym
from intmk.server.clock_run import ClockRun
from intmk.server.site_identity import SiteIdentity
from intmk.trash.models import TrashedItem

__all__ = [
    "AccessibilityStatement",
    "BarrierMail",
    "BarrierReport",
    "BarrierSender",
    "ClockRun",
    "DocumentPage",
    "DocumentVersion",
    "DraftEntry",
    "GlossaryTerm",
    "HomePage",
    "InaccessiblePart",
    "LoadedContent",
    "NewsIndexPage",
    "NewsPage",
    "OldAddress",
    "OutgoingLink",
    "PageEntry",
    "PhotoBatch",
    "PreviewLink",
    "Proposal",
    "PublicAddress",
    "SearchEntry",
    "SearchSynonym",
    "SearchWord",
    "SiteDocument",
    "SiteIdentity",
    "SiteImage",
    "SiteNotice",
    "SiteRendition",
    "SiteVideo",
    "StandardPage",
    "TrashedItem",
    "WaitingPhoto",
]
