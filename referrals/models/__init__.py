"""What is stored about a henvendelse, from the form to the family's answer."""

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

__all__ = [
    "NOTE_LENGTH",
    "SITUATION_LENGTH",
    "Addendum",
    "Addition",
    "AgendaItem",
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
    "WaitingMove",
    "sector_label",
]
