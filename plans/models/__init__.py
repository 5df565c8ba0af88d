"""Familiens plan, what was agreed and reviewed, the journal, and the plan as a document."""

from .closing import Closing
from .documents import PlanDocument
from .journal import JournalEntry, JournalMember
from .plan import Goal, GoalMember, GoalVersion, Measure, OwnWords, PlanAgreement
from .ratings import GoalRating
from .reviews import Review, ReviewGoal

__all__ = [
    "Closing",
    "Goal",
    "GoalMember",
    "GoalRating",
    "GoalVersion",
    "JournalEntry",
    "JournalMember",
    "Measure",
    "OwnWords",
    "PlanAgreement",
    "PlanDocument",
    "Review",
    "ReviewGoal",
]
