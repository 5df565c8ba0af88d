"""What is written when a family is mapped (steps 5 and 10), goes through its economy, says how the help has been
(step 8), or a municipality chooses what it asks about."""

from .answers import Given, Receipt, Sent, answer, answer_all, receive, skip
from .corrections import correct
from .economy import add_economy_item, note_economy, use_economy_item
from .fit import record_fit
from .fit_by_code import answer_by_code, invite_fit, opened_by, take_back_fit
from .instruments import add_instrument, switch_off, switch_on
from .sittings import abandon, complete, start
from .start_picture import note_start
from .tablet import hand_over, take_back

__all__ = [
    "Given",
    "Receipt",
    "Sent",
    "abandon",
    "add_economy_item",
    "add_instrument",
    "answer",
    "answer_all",
    "answer_by_code",
    "complete",
    "correct",
    "hand_over",
    "invite_fit",
    "note_economy",
    "note_start",
    "opened_by",
    "receive",
    "record_fit",
    "skip",
    "start",
    "switch_off",
    "switch_on",
    "take_back",
    "take_back_fit",
    "use_economy_item",
]
