"""Every write to plan, review and journal, each in somebody's name."""

from .agreement import agree_plan
from .attached import Place, attach_document, detach_document
from .closing import close_follow_up, take_out_letter
from .copies import open_minutes, send_addendum, send_minutes, stop_minutes, take_out_minutes
from .decisions import Decided, plan_decision
from .documents import fail_pdf, finish_pdf, order_all_pdfs, order_pdf, report_progress, stop_batch, take_out_pdf
from .given_back import take_out_answers
from .goals import add_goal, change_goal, close_goal, reopen_goal
from .journal import write_entry
from .marks import set_mark
from .measures import add_measure, change_measure, finish_measure
from .meetings import Terms, cancel_meeting, change_meeting, miss_meeting, plan_meeting
from .minutes import Said, add_to_minutes, finish_minutes, save_minutes
from .notices import stop_notice, tell_services
from .order import move
from .ratings import rate_goal
from .redactions import ask_redaction, decline_redaction, redact
from .reviews import GoalReview, save_review, sign_review
from .templates import TEMPLATE, add_other_plan, add_template, change_other_plan, change_template
from .undoing import undo
from .words import record_words

__all__ = [
    "TEMPLATE",
    "Decided",
    "GoalReview",
    "Place",
    "Said",
    "Terms",
    "add_goal",
    "add_measure",
    "add_other_plan",
    "add_template",
    "add_to_minutes",
    "agree_plan",
    "ask_redaction",
    "attach_document",
    "cancel_meeting",
    "change_goal",
    "change_measure",
    "change_meeting",
    "change_other_plan",
    "change_template",
    "close_follow_up",
    "close_goal",
    "decline_redaction",
    "detach_document",
    "fail_pdf",
    "finish_measure",
    "finish_minutes",
    "finish_pdf",
    "miss_meeting",
    "move",
    "open_minutes",
    "order_all_pdfs",
    "order_pdf",
    "plan_decision",
    "plan_meeting",
    "rate_goal",
    "record_words",
    "redact",
    "reopen_goal",
    "report_progress",
    "save_minutes",
    "save_review",
    "send_addendum",
    "send_minutes",
    "set_mark",
    "sign_review",
    "stop_batch",
    "stop_minutes",
    "stop_notice",
    "take_out_answers",
    "take_out_letter",
    "take_out_minutes",
    "take_out_pdf",
    "tell_services",
    "undo",
    "write_entry",
]
