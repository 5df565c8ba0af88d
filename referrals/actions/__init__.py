"""Writes to referrals, by whose turn it is: the referrer, the intake team, the coordinator."""

from .intake import add_information, assess, decide, move_on_waiting_list, take_in
from .meeting import book_meeting, change_meeting, record_meeting
from .sending import NewPerson, NewReferral, submit

__all__ = [
    "NewPerson",
    "NewReferral",
    "add_information",
    "assess",
    "book_meeting",
    "change_meeting",
    "decide",
    "move_on_waiting_list",
    "record_meeting",
    "submit",
    "take_in",
]
