"""Low income and crowding, reckoned for the people of a henvendelse: the numbers kept, and what they say in words.

The rules are families/calculators.py; the yearly limits are the municipality's own facts, with their source. What
nobody knows stays unknown, and is said.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from fractions import Fraction
from typing import Any

from django.utils.dateparse import parse_date
from django.utils.translation import gettext as _

from families.calculators import REGISTER, SURVEY, YEARS_IN_A_ROW, Crowding, Year, crowded, persistent_low_income
from nyemonstre.content.models import LOW_INCOME, Fact

from .enums import CalculationKind
from .models import Referral, ReferredPerson

# Hard space: a number is never broken over two lines.
SPACE = "\N{NO-BREAK SPACE}"


def years_until(last: int) -> list[int]:
    """The three years that end with `last`."""
    return list(range(last - YEARS_IN_A_ROW + 1, last + 1))


def low_income(
    referral: Referral, people: Sequence[ReferredPerson], incomes: Mapping[int, int | None]
) -> dict[str, Any]:
    """The facts of a calculation over the years of `incomes` (kroner a year after tax, for the whole household).

    Ages are those at the end of each year, and a child counts from the year it was born. Raises ValueError unless the
    years are three in a row and somebody in the household was born before them.
    """
    limits = {
        fact.valid_from.year: fact
        for fact in Fact.objects.filter(
            municipality=referral.municipality_id, key=LOW_INCOME, valid_from__year__in=list(incomes)
        )
    }
    rows = []
    for year, income in sorted(incomes.items()):
        limit = limits.get(year)
        known = limit is not None and limit.value is not None
        checked = limit.checked_on.isoformat() if known and limit.checked_on else None
        ages = [person.age(date(year, 12, 31)) for person in people if person.birth_date.year <= year]
        rows.append(
            {
                "year": year, "ages": ages, "income": income, "threshold": int(limit.value) if known else None,
                "source": limit.source if known else "", "checked_on": checked,
            }
        )  # fmt: skip
    found = persistent_low_income([_year(row) for row in rows])
    return {
        "people": [person.full_name for person in people], "years": rows,
        "by_average": found.by_average, "each_year": found.each_year,
    }  # fmt: skip


def crowding(people: Sequence[ReferredPerson], rooms: int | None, area: int | None) -> dict[str, Any]:
    """The facts of a calculation for the people of one home. Raises ValueError for impossible numbers."""
    return {
        "people": [person.full_name for person in people], "rooms": rooms, "area": area,
        "register": crowded(len(people), rooms, area), "survey": crowded(len(people), rooms, area, rule=SURVEY),
    }  # fmt: skip


def _year(row: Mapping[str, Any]) -> Year:
    return Year(row["year"], row["ages"], row["income"], row["threshold"])


def kroner(amount: Fraction | int | None) -> str:
    """«212 000 kr», rounded to whole kroner; nothing for what is not known."""
    return "" if amount is None else f"{round(amount):,}{SPACE}kr".replace(",", SPACE)


def said(kind: str, facts: Mapping[str, Any]) -> dict[str, Any]:
    """A calculation as a page shows it: its answers first, then what they were made from."""
    income = kind == CalculationKind.LOW_INCOME
    answers = _income_answers(facts) if income else _crowding_answers(facts)
    return {
        "kind": CalculationKind(kind), "people": ", ".join(facts["people"]), "answers": answers,
        "years": [_said_year(row) for row in facts["years"]] if income else [],
    }  # fmt: skip


def calculations(referral: Referral) -> list[dict[str, Any]]:
    """The latest of each kind, in words. One query."""
    latest = referral.calculations.order_by("kind", "-made_at", "id").distinct("kind").select_related("made_by")
    rows = {row.kind: row for row in latest}
    return [{"row": rows[kind], **said(kind, rows[kind].facts)} for kind in CalculationKind if kind in rows]


def _said_year(row: Mapping[str, Any]) -> dict[str, Any]:
    year = _year(row)
    checked = parse_date(row["checked_on"]) if row["checked_on"] else None
    return {
        "year": row["year"], "income": kroner(row["income"]), "equivalent": kroner(year.equivalent),
        "units": f"{float(year.units):.1f}".replace(".", ","), "threshold": kroner(row["threshold"]),
        "source": row["source"], "checked_on": checked, "low": year.low,
    }  # fmt: skip


def _income_answers(facts: Mapping[str, Any]) -> list[tuple[str, str]]:
    low = {True: _("Ja, under grensen"), False: _("Nei, ikke under grensen")}
    missing = _missing(facts["years"])
    return [
        (_("Snittet av tre år, slik SSB regner"), low.get(facts["by_average"], missing)),
        (_("Hvert av de tre årene"), low.get(facts["each_year"], missing)),
    ]


def _missing(rows: Iterable[Mapping[str, Any]]) -> str:
    rows = list(rows)
    sentences = [_("Kan ikke svares ennå.")]
    if years := [str(row["year"]) for row in rows if row["income"] is None]:
        sentences.append(_("Inntekt mangler for %(years)s.") % {"years": ", ".join(years)})
    if years := [str(row["year"]) for row in rows if row["threshold"] is None]:
        sentences.append(_("Kommunen har ikke ført grensen for %(years)s.") % {"years": ", ".join(years)})
    return " ".join(sentences)


def _crowding_answers(facts: Mapping[str, Any]) -> list[tuple[str, str]]:
    words = {True: _("Trangbodd"), False: _("Ikke trangbodd"), None: _("Kan ikke svares. Skriv rom eller areal.")}

    def rule(crowding: Crowding) -> dict[str, int]:
        return {"area": crowding.square_metres}

    return [
        (_("Etter regelen for register, %(area)d m² til hver") % rule(REGISTER), words[facts["register"]]),
        (_("Etter regelen for undersøkelser, %(area)d m² til hver") % rule(SURVEY), words[facts["survey"]]),
        (_("Personer i hjemmet"), str(len(facts["people"]))),
        (_("Rom"), str(facts["rooms"] or "")),
        (_("Areal"), f"{facts['area']}{SPACE}m²" if facts["area"] else ""),
    ]
