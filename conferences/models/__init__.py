from conferences.models.chair import ChairPerson, ChairTerm
from conferences.models.chair_page import ChairPage
from conferences.models.conference import ConferencePage
from conferences.models.conference_index import ConferenceIndexPage
from conferences.models.conference_parts import (
    ConferenceDocument,
    ConferenceGuest,
    ConferenceMeeting,
    ConferencePhoto,
    ConferencePressRelease,
)
from conferences.models.handover import Handover, KeptForm
from conferences.models.land import Land
from conferences.models.theme import Theme

__all__ = [
    "ChairPage",
    "ChairPerson",
    "ChairTerm",
    "ConferenceDocument",
    "ConferenceGuest",
    "ConferenceIndexPage",
    "ConferenceMeeting",
    "ConferencePage",
    "ConferencePhoto",
    "ConferencePressRelease",
    "Handover",
    "KeptForm",
    "Land",
    "Theme",
]
