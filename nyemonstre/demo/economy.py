"""The families of the demo and their economy lists: gone through after the baseline, and looked at again later.

The amounts are invented, as everything in the demo is, and say nothing of what anybody has a right to.
"""

from datetime import timedelta
from decimal import Decimal
from random import Random
from typing import Any

from assessments.actions import note_economy, note_start
from assessments.economy import HOME
from assessments.economy.checklist import Line, checklist_of
from assessments.enums import EconomyStatus, Per
from assessments.models import EconomyAnswer
from assessments.models_start import Phase, Risk
from consent.enums import Purpose
from consent.rules import members_with
from nyemonstre.access.wall import acting_as

S = EconomyStatus
# How it usually stands when the list is gone through, by thing: what was said of it, and the sum where there is one.
USUAL: dict[str, list[tuple[str, int | None, str]]] = {
    "bosituasjon": [(S.GRANTED, None, "")],
    "bostotte": [(S.GRANTED, 2450, Per.MONTH), (S.TO_INVESTIGATE, None, ""), (S.APPLIED, None, "")],
    "startlan": [(S.NOT_RELEVANT, None, ""), (S.TO_INVESTIGATE, None, "")],
    "utvidet-barnetrygd": [(S.GRANTED, 2516, Per.MONTH)],
    "overgangsstonad": [(S.NOT_RELEVANT, None, ""), (S.APPLIED, None, "")],
    "barnehage": [(S.GRANTED, 1100, Per.MONTH), (S.TO_INVESTIGATE, None, "")],
    "sfo": [(S.GRANTED, 9800, Per.YEAR), (S.TO_INVESTIGATE, None, ""), (S.REFUSED, None, "")],
    "fritid": [(S.GRANTED, 3000, Per.ONCE), (S.TO_INVESTIGATE, None, "")],
    "arbeidsinntekt": [(S.GRANTED, 14200, Per.MONTH), (S.NOT_RELEVANT, None, "")],
}
# One family in so many has gone through its list: enough to look at, and quick to make.
EVERY = 3


def go_through(walk: Any) -> None:
    """Most of the list, the day after the baseline; what waits stays open, as it does at a kitchen table."""
    rng = Random(f"economy {walk.family.code}")
    note_start(
        walk.family, phases=rng.sample(Phase.values, k=2), risks=rng.sample(Risk.values, k=rng.choice([1, 2])),
        version=0, by=walk.by,
    )  # fmt: skip
    if rng.randrange(EVERY):
        return
    for line in _lines(walk):
        if line.item.key not in USUAL or not line.concerns or rng.random() < 0.15:
            continue
        status, amount, per = rng.choice(USUAL[line.item.key])
        choice = rng.choice([key for key, _words in line.item.choices]) if line.item.choices else ""
        note_economy(
            walk.family, item=line.item.key, member=line.member, status=status, choice=choice, version=0,
            amount=Decimal(amount) if amount else None, per=per, by=walk.by,
        )  # fmt: skip
    walk.calendar.on(walk.baseline + timedelta(days=110), look_again, walk)
    walk.calendar.on(walk.today - timedelta(days=rng.randint(9, 30)), take_up, walk, rng)


def look_again(walk: Any) -> None:
    """What was looked into or applied for has its answer."""
    for row in _rows(walk):
        if row.status in (S.APPLIED, S.TO_INVESTIGATE):
            note_economy(
                walk.family, item=row.item, member=row.member, status=S.GRANTED, amount=Decimal(1900), per=Per.MONTH,
                version=row.version, note=walk.town.say("economy_granted"), by=walk.by,
            )  # fmt: skip


def take_up(walk: Any, rng: Random) -> None:
    """Lately: two things to look into once more, since something at home has changed."""
    rows = [row for row in _rows(walk) if row.item != HOME and row.on < walk.today - timedelta(days=60)]
    for row in rng.sample(rows, k=min(2, len(rows))):
        note_economy(
            walk.family, item=row.item, member=row.member, status=S.TO_INVESTIGATE, version=row.version, by=walk.by
        )


def _rows(walk: Any) -> list[EconomyAnswer]:
    """How each thing stands, of the family and of those who take part; nothing where nobody does."""
    with acting_as(walk.by):
        taking_part = members_with(walk.family, Purpose.PARTICIPATION)
        rows = EconomyAnswer.objects.filter(family=walk.family).latest().select_related("member__family__municipality")
        return [row for row in rows if taking_part and (row.member is None or row.member_id in taking_part)]


def _lines(walk: Any) -> list[Line]:
    with acting_as(walk.by):
        return checklist_of(walk.family, asked=members_with(walk.family, Purpose.PARTICIPATION)).lines
