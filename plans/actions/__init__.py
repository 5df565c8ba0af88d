"""Every write to plan, review and journal, each in somebody's name."""

from .agreement import agree_plan
from .closing import close_follow_up, take_out_letter
from .documents import fail_pdf, finish_pdf, order_pdf, report_progress, take_out_pdf
from .given_back import take_out_answers
from .goals import add_goal, change_goal, close_goal, reopen_goal
from .journal import write_entry
from .marks import set_mark
from .measures import add_measure, change_measure, finish_measure
from .order import move
from .ratings import rate_goal
from .redactions import ask_redaction, decline_redaction, redact
from .reviews import GoalReview, save_review, sign_review
from .templates import TEMPLATE, add_other_plan, add_template, change_other_plan, change_template
from .undoing import undo
from .words import record_words

__all__ = [
    "TEMPLATE",
    "GoalReview",
    "add_goal",
    "add_measure",
    "add_other_plan",
    "add_template",
    "agree_plan",
    "ask_redaction",
    "change_goal",
    "change_measure",
    "change_other_plan",
    "change_template",
    "close_follow_up",
    "close_goal",
    "decline_redaction",
    "fail_pdf",
    "finish_measure",
    "finish_pdf",
    "move",
    "order_pdf",
    "rate_goal",
    "record_words",
    "redact",
    "reopen_goal",
    "report_progress",
    "save_review",
    "set_mark",
    "sign_review",
    "take_out_answers",
    "take_out_letter",
    "take_out_pdf",
    "undo",
    "write_entry",
]
