"""What people and the worker do with projects, sets, the key and the figures."""

from .names import name_subjects
from .openings import approve_opening, ask_opening, finish_opening, forget_opening, take_out_key
from .projects import add_project
from .sets import (
    acknowledge,
    delete_files,
    fail_set,
    finish_count,
    finish_freeze,
    order_count,
    order_freeze,
    order_set,
    report_progress,
    take_out,
    tell_withdrawal,
)
from .texts import approve_texts, ask_texts, finish_texts, forget_texts, take_out_texts

__all__ = [
    "acknowledge",
    "add_project",
    "approve_opening",
    "approve_texts",
    "ask_opening",
    "ask_texts",
    "delete_files",
    "fail_set",
    "finish_count",
    "finish_freeze",
    "finish_opening",
    "finish_texts",
    "forget_opening",
    "forget_texts",
    "name_subjects",
    "order_count",
    "order_freeze",
    "order_set",
    "report_progress",
    "take_out",
    "take_out_key",
    "take_out_texts",
    "tell_withdrawal",
]
