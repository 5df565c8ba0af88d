"""What is stored about a henvendelse, from the form to the family's answer."""

from .calculation import Calculation
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
from .waiting import QUIET_AFTER, PlaceOffer, WaitingContact

__all__ = [
    "NOTE_LENGTH",
    "QUIET_AFTER",
    "SITUATION_LENGTH",
    "Addendum",
    "Addition",
    "AgendaItem",
    "Calculation",
    "CriterionAnswer",
    "DecisionLetter",
    "InformationMeeting",
    "IntakeDecision",
    "IntakeMeeting",
    "MeetingMember",
    "MeetingTurn",
    "PlaceOffer",
    "Presence",
    "Recusal",
    "Referral",
    "ReferredPerson",
    "SameFamily",
    "WaitingContact",
    "WaitingMove",
    "sector_label",
]
