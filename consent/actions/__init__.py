"""What is written when a family says yes, no, or not any more; and when a line of the samarbeidsavtale changes."""

from .agreements import change_contact, change_draft, draft_line, end_line, sign_line, sign_lines, take_out_agreement
from .consents import Shown, record_consent, record_consents, record_on_tablet
from .disclosures import read_disclosures, record_disclosure, release_disclosure
from .holders import record_holders
from .papers import attach_paper, open_paper
from .services import add_service, change_service
from .texts import add_purpose, add_text, switch_purpose, take_out_consent

__all__ = [
    "Shown",
    "add_purpose",
    "add_service",
    "add_text",
    "attach_paper",
    "change_contact",
    "change_draft",
    "change_service",
    "draft_line",
    "end_line",
    "open_paper",
    "read_disclosures",
    "record_consent",
    "record_consents",
    "record_disclosure",
    "record_holders",
    "record_on_tablet",
    "release_disclosure",
    "sign_line",
    "sign_lines",
    "switch_purpose",
    "take_out_agreement",
    "take_out_consent",
]
