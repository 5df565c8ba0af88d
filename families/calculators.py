"""Low income and crowding, as Statistics Norway (SSB) counts them. Pure functions over what is known.

Thresholds come from `nyemonstre.content`, where a municipality keeps them by year with a source. Nothing is guessed:
what is unknown is None.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

# SSB counts children under 17 as children; Eurostat's limit is 14.
CHILD_UNDER = 17
YEARS_IN_A_ROW = 3


@dataclass(frozen=True)
class Scale:
    """Weights of a household's members: the first adult, each further adult, each child."""

    first: Fraction
    adult: Fraction
    child: Fraction


EU = Scale(Fraction(1), Fraction(1, 2), Fraction(3, 10))
OECD = Scale(Fraction(1), Fraction(7, 10), Fraction(1, 2))


def consumption_units(ages: Sequence[int], *, scale: Scale = EU, child_under: int = CHILD_UNDER) -> Fraction:
    """The household's weight. `ages` in whole years; in a home of children alone the first of them counts as the first
    adult, since somebody's income keeps it. Raises ValueError for an empty household or a negative age.
    """
    if not ages:
        raise ValueError("a household has at least one person")
    if min(ages) < 0:
        raise ValueError("an age is never negative")
    adults = sum(age >= child_under for age in ages)
    children = len(ages) - adults
    if not adults:
        children -= 1
    return scale.first + scale.adult * max(0, adults - 1) + scale.child * children


@dataclass(frozen=True)
class Year:
    """One year of one household. `income` is kroner after tax, with transfers and housing allowance, less child support
    paid; `threshold` is that year's limit in kroner for one consumption unit. None for what nobody knows.
    """

    year: int
    ages: Sequence[int]
    income: int | None
    threshold: int | None
    scale: Scale = EU
    child_under: int = CHILD_UNDER

    @property
    def units(self) -> Fraction:
        return consumption_units(self.ages, scale=self.scale, child_under=self.child_under)

    @property
    def equivalent(self) -> Fraction | None:
        """Income per consumption unit, in kroner."""
        return None if self.income is None else Fraction(self.income) / self.units

    @property
    def limit(self) -> Fraction | None:
        """The household's own limit in kroner: what it needs so as not to be below."""
        return None if self.threshold is None else self.threshold * self.units

    @property
    def low(self) -> bool | None:
        """Strictly below the threshold."""
        if self.equivalent is None or self.threshold is None:
            return None
        return self.equivalent < self.threshold


@dataclass(frozen=True)
class LowIncome:
    """The two readings of "low income for three years", side by side (R-E1). None: something is missing."""

    years: tuple[Year, ...]
    by_average: bool | None
    each_year: bool | None

    @property
    def missing(self) -> list[tuple[int, str]]:
        """(year, "income" or "threshold") for what must be known before the answer is."""
        return [
            (year.year, what) for year in self.years for what in ("income", "threshold") if getattr(year, what) is None
        ]

    @property
    def mean_equivalent(self) -> Fraction | None:
        known = [year.equivalent for year in self.years if year.equivalent is not None]
        return sum(known, Fraction(0)) / len(known) if len(known) == len(self.years) else None

    @property
    def mean_threshold(self) -> Fraction | None:
        known = [year.threshold for year in self.years if year.threshold is not None]
        return Fraction(sum(known), len(known)) if len(known) == len(self.years) else None


def persistent_low_income(years: Sequence[Year]) -> LowIncome:
    """SSB's rule: the mean of three years is below the mean threshold of the same years. The other reading: every year
    is. One year that is not low answers the other reading with no, whatever the missing years hold.

    Raises ValueError unless the years are three in a row.
    """
    rows = tuple(sorted(years, key=lambda row: row.year))
    first = rows[0].year if rows else 0
    if [row.year for row in rows] != list(range(first, first + YEARS_IN_A_ROW)):
        raise ValueError(f"{YEARS_IN_A_ROW} years in a row are needed")
    bare = LowIncome(rows, None, None)
    mean, limit = bare.mean_equivalent, bare.mean_threshold
    by_average = None if mean is None or limit is None else mean < limit
    answers = [row.low for row in rows]
    each_year = False if False in answers else None if None in answers else True
    return LowIncome(rows, by_average, each_year)


@dataclass(frozen=True)
class Crowding:
    """Square metres per person under which a small home is crowded."""

    square_metres: int


REGISTER = Crowding(25)
SURVEY = Crowding(20)


def crowded(persons: int, rooms: int | None, area: float | None, *, rule: Crowding = REGISTER) -> bool | None:
    """Is the home crowded (trangbodd)? `rooms` without kitchen, bath, hall and rooms under 6 m²; `area` is p-rom in m².

    Both conditions must hold: fewer rooms than persons (or one person in one room), and little space for each. Where
    one is unknown the other decides; where both are, the answer is None. Raises ValueError for impossible numbers.
    """
    if persons < 1 or (rooms is not None and rooms < 1) or (area is not None and area <= 0):
        raise ValueError("persons, rooms and area are above zero")
    few_rooms = None if rooms is None else rooms < persons or persons == rooms == 1
    little_space = None if area is None else area < rule.square_metres * persons
    known = [condition for condition in (few_rooms, little_space) if condition is not None]
    return all(known) if known else None
