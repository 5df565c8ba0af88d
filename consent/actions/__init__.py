"""What is written when a family says yes, no, or not any more; and when a line of the samarbeidsavtale changes."""

from .agreements import change_contact, change_draft, draft_line, end_line, sign_line, sign_lines
from .consents import record_consent, record_consents
from .papers import attach_paper, open_paper
from .services import add_service, change_service

__all__ = [
    "add_service",
    "attach_paper",
    "change_contact",
    "change_draft",
    "change_service",
    "draft_line",
    "end_line",
    "open_paper",
    "record_consent",
    "record_consents",
    "sign_line",
    "sign_lines",
]
