"""A table, and the wide one that is made of the long ones: one row per person, each answer once for each round."""

from dataclasses import dataclass, field, replace
from typing import Any

from django.utils.translation import gettext as _

from .variables import Variable, short

Row = dict[str, Any]
WIDE = "persons_wide"
# In the long file they say whose row it is, and which round.
OF_THE_ROW = ("person_id", "family_id", "round")


@dataclass
class Table:
    """`unit` is the column with whom a row is about: a small cell is counted in those."""

    name: str
    title: str
    unit: str
    variables: list[Variable]
    rows: list[Row]
    held: dict[str, list[int]] = field(default_factory=dict)  # variable → the values held back in it


def suffixed(name: str, number: int) -> str:
    """«ladder» in the first year: «ladder_r1»."""
    return f"{name}_r{number}"


def wide(tables: list[Table], rounds: dict[int, int]) -> Table:
    """What stands in the guarded tables `persons` and `person_rounds`, and nothing else: what is held back there is
    held back here. A column nobody fills in a round is left out.
    """
    persons, long = (next(table for table in tables if table.name == name) for name in ("persons", "person_rounds"))
    rows = {row["person_id"]: dict(row) for row in persons.rows}
    variables = list(persons.variables)
    for number in sorted(rounds):
        here = [row for row in long.rows if row["round"] == number]
        label = _("Start") if number == 0 else _("%(number)d år") % {"number": number}
        for variable in long.variables:
            if variable.name in OF_THE_ROW or all(row.get(variable.name) is None for row in here):
                continue
            name = suffixed(variable.name, number)
            variables.append(replace(variable, name=name, label=short(f"{label}: {variable.label}"), made_of=()))
            for row in here:
                rows[row["person_id"]][name] = row.get(variable.name)
    return Table(WIDE, _("Brede data, én rad for hver person"), "person_id", variables, list(rows.values()))
