"""What is written when a family is mapped (steps 5 and 10), goes through its economy, says how the help has been
(step 8), or a municipality chooses what it asks about."""

from .answers import Given, Receipt, Sent, answer, answer_all, receive, skip
from .corrections import correct
from .economy import add_economy_item, note_economy, use_economy_item
from .fit import record_fit
from .instruments import add_instrument, switch_off, switch_on
from .sittings import abandon, complete, start
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
    "complete",
    "correct",
    "hand_over",
    "note_economy",
    "receive",
    "record_fit",
    "skip",
    "start",
    "switch_off",
    "switch_on",
    "take_back",
    "use_economy_item",
]
