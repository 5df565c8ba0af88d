"""What is stored about a henvendelse, from the form to the family's answer."""

from .calculation import Calculation
from .intake_meeting import NOTE_LENGTH, Addendum, AgendaItem, IntakeMeeting, Presence, Recusal, sector_label
from .letter import DecisionLetter
from .meeting import InformationMeeting, MeetingMember
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

__all__ = [
    "NOTE_LENGTH",
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
    "Presence",
    "Recusal",
    "Referral",
    "ReferredPerson",
    "SameFamily",
    "WaitingMove",
    "sector_label",
]
