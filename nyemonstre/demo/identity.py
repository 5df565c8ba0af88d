"""Identity numbers of the demo: computed, with 80 added to the month, so that they belong to nobody."""

from datetime import date

from families.actions_identity import keep_number, leave_number_out
from families.models import Member
from nyemonstre.accounts.models import User
from nyemonstre.numbers import with_control_digits

# The municipality of the demo that keeps such numbers.
KEEPS = "4204"


def made_up_number(birth_date: date, serial: int, *, d_number: bool = False) -> str:
    """A synthetic fødselsnummer, or D-number, for a birth date; `serial` (0 and up) tells people of one day apart."""
    day = birth_date.day + (40 if d_number else 0)
    date_part = f"{day:02d}{birth_date.month + 80:02d}{birth_date.year % 100:02d}"
    found = (with_control_digits(f"{date_part}{running:03d}") for running in range(serial * 10 % 1000, 1000))
    return next(number for number in found if number)


def keep_numbers(members: list[Member], *, by: User) -> None:
    """The adults' numbers, and all children's but the youngest's. Whoever speaks with an interpreter has a D-number."""
    *most, youngest = members
    for serial, member in enumerate(most):
        number = made_up_number(member.birth_date, serial, d_number=member.is_adult and member.needs_interpreter)
        keep_number(member, number=number, by=by)
    leave_number_out(youngest, reason="Familien har ikke funnet fram nummeret ennå.", by=by)
