"""Writes to referrals, by whose turn it is: the referrer, the intake team, the coordinator."""

from .attachment import attach, open_attachment
from .calculation import calculate_crowding, calculate_low_income
from .draft import drop_old_drafts, forget_draft, keep_draft, send_draft_link
from .forward import FORWARDABLE, forward, take_out_forward
from .intake import add_information, assess, decide, move_on_waiting_list, take_in
from .intake_case import add_to_minutes, decide_case, deciding, note_recusals, save_note
from .intake_meeting import (
    Attendance,
    cancel_intake_meeting,
    change_intake_meeting,
    move_on_agenda,
    next_meeting,
    note_presence,
    plan_intake_meeting,
    put_on_agenda,
    sign_off,
    take_off_agenda,
    undecided,
)
from .letters import make_letter, may_write, take_out_letter
from .meeting import (
    agree_time,
    book_meeting,
    cancel_meeting,
    change_meeting,
    record_meeting,
    refuse_offer,
    take_out_meeting,
)
from .same_family import answer_same_family, take_back_same_family
from .sender import ask_sender_again, confirm_sender
from .sending import NewPerson, NewReferral, submit
from .waiting import answer_offer, note_contact, offer_place, places_for

__all__ = [
    "FORWARDABLE",
    "Attendance",
    "NewPerson",
    "NewReferral",
    "add_information",
    "add_to_minutes",
    "agree_time",
    "answer_offer",
    "answer_same_family",
    "ask_sender_again",
    "assess",
    "attach",
    "book_meeting",
    "calculate_crowding",
    "calculate_low_income",
    "cancel_intake_meeting",
    "cancel_meeting",
    "change_intake_meeting",
    "change_meeting",
    "confirm_sender",
    "decide",
    "decide_case",
    "deciding",
    "drop_old_drafts",
    "forget_draft",
    "forward",
    "keep_draft",
    "make_letter",
    "may_write",
    "move_on_agenda",
    "move_on_waiting_list",
    "next_meeting",
    "note_contact",
    "note_presence",
    "note_recusals",
    "offer_place",
    "open_attachment",
    "places_for",
    "plan_intake_meeting",
    "put_on_agenda",
    "record_meeting",
    "refuse_offer",
    "save_note",
    "send_draft_link",
    "sign_off",
    "submit",
    "take_back_same_family",
    "take_in",
    "take_off_agenda",
    "take_out_forward",
    "take_out_letter",
    "take_out_meeting",
    "undecided",
]
