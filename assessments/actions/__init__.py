"""What is written when a family is mapped (steps 5 and 10), says how the help has been (step 8), or a municipality
chooses its instruments."""

from .answers import Given, answer, answer_all
from .fit import record_fit
from .instruments import add_instrument, switch_off, switch_on
from .sittings import abandon, complete, start

__all__ = [
    "Given",
    "abandon",
    "add_instrument",
    "answer",
    "answer_all",
    "complete",
    "record_fit",
    "start",
    "switch_off",
    "switch_on",
]
