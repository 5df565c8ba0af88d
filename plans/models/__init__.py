"""Familiens plan, what was agreed and reviewed, the journal, meetings, and the plan as a document."""

from .attached import AttachedDocument
from .closing import Closing
from .copies import MinutesCopy
from .documents import PlanBatch, PlanDocument
from .journal import JournalContact, JournalEntry, JournalMember
from .meetings import Meeting, MeetingChange, MeetingDecision, MeetingGuest, MeetingItem, MinutesAddendum
from .notices import MeetingNotice
from .others import OtherPlan
from .plan import Goal, GoalMember, GoalVersion, Measure, OwnWords, PlanAgreement
from .ratings import GoalRating
from .redactions import Redaction
from .reviews import Review, ReviewGoal, ReviewPresence
from .templates import PlanTemplate

__all__ = [
    "AttachedDocument",
    "Closing",
    "Goal",
    "GoalMember",
    "GoalRating",
    "GoalVersion",
    "JournalContact",
    "JournalEntry",
    "JournalMember",
    "Measure",
    "Meeting",
    "MeetingChange",
    "MeetingDecision",
    "MeetingGuest",
    "MeetingItem",
    "MeetingNotice",
    "MinutesAddendum",
    "MinutesCopy",
    "OtherPlan",
    "OwnWords",
    "PlanAgreement",
    "PlanBatch",
    "PlanDocument",
    "PlanTemplate",
    "Redaction",
    "Review",
    "ReviewGoal",
    "ReviewPresence",
]
