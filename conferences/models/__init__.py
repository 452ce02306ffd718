"""Pages and tables of the conferences, one file a model with its form and panels. May import rules and intmk.base."""

from conferences.models.addressee import Addressee
from conferences.models.chair import ChairPerson, ChairTerm
from conferences.models.chair_page import ChairPage
from conferences.models.conference import ConferencePage
from conferences.models.conference_index import ConferenceIndexPage
from conferences.models.conference_parts import (
    AgendaGap,
    ConferenceDocument,
    ConferenceGuest,
    ConferenceMeeting,
    ConferencePhoto,
    ConferencePressRelease,
)
from conferences.models.handover import Handover, KeptForm
from conferences.models.identifier import ResolutionIdentifier
from conferences.models.land import Land
from conferences.models.preparation import ChairPreparation, PreparedPerson
from conferences.models.resolution import ResolutionPage
from conferences.models.resolution_parts import (
    FollowUp,
    ReportRequest,
    ResolutionReference,
    ResolutionStatement,
    ResolutionVote,
)
from conferences.models.source import Source
from conferences.models.theme import Theme
from conferences.models.translated_pages import TranslatedChairPage, TranslatedConferencesPage

__all__ = [
    "Addressee",
    "AgendaGap",
    "ChairPage",
    "ChairPerson",
    "ChairPreparation",
    "ChairTerm",
    "ConferenceDocument",
    "ConferenceGuest",
    "ConferenceIndexPage",
    "ConferenceMeeting",
    "ConferencePage",
    "ConferencePhoto",
    "ConferencePressRelease",
    "FollowUp",
    "Handover",
    "KeptForm",
    "Land",
    "PreparedPerson",
    "ReportRequest",
    "ResolutionIdentifier",
    "ResolutionPage",
    "ResolutionReference",
    "ResolutionStatement",
    "ResolutionVote",
    "Source",
    "Theme",
    "TranslatedChairPage",
    "TranslatedConferencesPage",
]
