"""What is stored about a henvendelse, from the form to the family's answer."""

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
    "SITUATION_LENGTH",
    "Addition",
    "CriterionAnswer",
    "InformationMeeting",
    "IntakeDecision",
    "MeetingMember",
    "Referral",
    "ReferredPerson",
    "WaitingMove",
]
