"""What is stored about a henvendelse, from the form to the family's answer."""

from .calculation import Calculation
from .forward import Forward
from .intake_meeting import NOTE_LENGTH, Addendum, AgendaItem, IntakeMeeting, Presence, Recusal, sector_label
from .letter import DecisionLetter
from .meeting import InformationMeeting, MeetingMember, MeetingTurn
from .referral import (
    SITUATION_LENGTH,
    Addition,
    CriterionAnswer,
    IntakeDecision,
    Referral,
    ReferredPerson,
    WaitingMove,
)
from .same_family import SameFamily
from .sending import DRAFT_LASTS, MOST_ATTACHMENTS, SENDER_LINK_LASTS, Attachment, ReferralDraft, SenderCheck
from .waiting import QUIET_AFTER, PlaceOffer, WaitingContact

__all__ = [
    "DRAFT_LASTS",
    "MOST_ATTACHMENTS",
    "NOTE_LENGTH",
    "QUIET_AFTER",
    "SENDER_LINK_LASTS",
    "SITUATION_LENGTH",
    "Addendum",
    "Addition",
    "AgendaItem",
    "Attachment",
    "Calculation",
    "CriterionAnswer",
    "DecisionLetter",
    "Forward",
    "InformationMeeting",
    "IntakeDecision",
    "IntakeMeeting",
    "MeetingMember",
    "MeetingTurn",
    "PlaceOffer",
    "Presence",
    "Recusal",
    "Referral",
    "ReferralDraft",
    "ReferredPerson",
    "SameFamily",
    "SenderCheck",
    "WaitingContact",
    "WaitingMove",
    "sector_label",
]
