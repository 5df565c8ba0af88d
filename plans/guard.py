"""A second look at free text: what perhaps should not stand in plan or journal. It reminds, and never refuses.

Looked for: identity numbers, telephone numbers, names of people outside the family, and health words beside somebody
who is not of the family. The words are data (plans/guard.yaml). Nothing of what is looked at is kept anywhere.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import yaml
from django.utils import timezone
from django.utils.translation import gettext as _

from consent.models import Service
from families.models import Family
from nyemonstre.numbers import BadNumber, identify, normalise

WORDS = Path(__file__).parent / "guard.yaml"
ELEVEN = re.compile(r"(?<!\d)\d{6}[ -]?\d{5}(?!\d)")
# Eight digits, in the groups people write them in, with or without the country code. Not a year and not a sum.
PHONE = re.compile(
    r"(?<![\d.,])(?:(?:\+|00)47[ ]?)?[2-9](?:\d[ ]?\d{2}[ ]?\d{2}[ ]?\d{2}|\d{2}[ ]?\d{2}[ ]?\d{3})(?![\d.,])"
)
# A first name and a surname, both with a capital.
NAME = re.compile(r"\b[A-ZÆØÅÀ-Ý][\w'-]+(?: [A-ZÆØÅÀ-Ý][\w'-]+)+")
SENTENCE = re.compile(r"[^.!?\n]+")
WORD = re.compile(r"[\w'-]+")
# More than this is a wall of warnings, which nobody reads.
MOST = 4


@dataclass(frozen=True)
class Known:
    """Words of names that may stand in this family's plan: its people, its services, who follows it."""

    words: frozenset[str]

    @classmethod
    def of(cls, family: Family) -> "Known":
        """Three queries."""
        names = [name for member in family.members.all() for name in (member.first_name, member.last_name)]
        names += [family.name, family.municipality.name]
        names += Service.objects.filter(municipality=family.municipality_id).values_list("name", flat=True)
        names += family.assignments.values_list("user__name", flat=True)
        return cls(frozenset(word.casefold() for name in names for word in WORD.findall(name)))

    def __contains__(self, name: str) -> bool:
        """Whether every word of the name is known, also with the s of the genitive."""
        return all({word.casefold(), word.casefold().removesuffix("s")} & self.words for word in WORD.findall(name))


@cache
def _words(of: str) -> frozenset[str]:
    return frozenset(word.casefold() for word in yaml.safe_load(WORDS.read_text(encoding="utf-8"))[of])


def reminders(texts: Iterable[str], known: Known) -> list[str]:
    """What to think over once more, in sentences; the first few. Nothing for text that is fine."""
    found: list[str] = []
    for text in texts:
        for said in _look_over(text, known):
            if said not in found:
                found.append(said)
    return found[:MOST]


def _is_number_of_somebody(text: str) -> bool:
    try:
        identify(normalise(text), on=timezone.localdate())
    except BadNumber:
        return False
    return True


def _look_over(text: str, known: Known) -> Iterable[str]:
    rest = text
    for match in ELEVEN.finditer(text):
        rest = rest.replace(match[0], " ")
        if _is_number_of_somebody(match[0]):
            yield _("Her står noe som ligner et fødselsnummer. Det trengs ikke her.")
    for match in PHONE.finditer(rest):
        yield _("«%(text)s» ser ut som et telefonnummer. Kontakter står under «Samtykke og avtaler».") % {
            "text": match[0].strip()
        }
    for sentence in SENTENCE.findall(rest):
        outsiders = [name for name in NAME.findall(sentence) if name not in known]
        for name in outsiders:
            yield _("«%(text)s» er kanskje navnet på noen utenfor familien. Holder det med hvem det er, uten navn?") % {
                "text": name
            }
        words = {word.casefold() for word in WORD.findall(sentence)}
        if words & _words("health") and (outsiders or words & _words("others")):
            yield _("Her står noe om helsen til noen utenfor familien. Ta bare med det familien selv trenger.")
