"""Trends per instrument: each line and each score over the sittings, as small charts with their numbers beside them."""

from collections.abc import Callable
from typing import Any

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from families.models import Member

from .change import Reading
from .enums import Respondent
from .instruments import Question
from .instruments.scores import Score, score
from .models import Assessment
from .outcomes import Outcome
from .results import flat
from .sheets import all_readings

Readings = dict[Any, dict[tuple[Any, str], Reading]]
Shown = Callable[[Any, Question], bool]
STATUS = (1, 5)


def trends_of(
    held: list[Assessment], members: list[Member], shown: Shown, *, about: Member | None = None
) -> list[dict[str, Any]]:  # fmt: skip
    """One card per instrument: {title, credit, charts}. `held` are completed sittings, the oldest first; `shown` says
    of a person's id (None: the family) and a question whether its answers may stand on the page. The seven lines are
    those of the whole family, or of one child (`about`). Two queries.
    """
    readings = all_readings(held)
    columns = [one.short_name for one in held]
    cards = [{"title": _("De sju linjene"), "credit": "", "charts": _lines(held, about, readings, columns, shown)}]
    cards.append({"title": _("Livsstigen"), "credit": "", "charts": _ladders(held, members, readings, columns, shown)})
    for part, definitions in _packs(held):
        charts = [
            chart
            for definition in definitions
            for member in members
            if (chart := _of_score(definition, held, member, readings, columns, shown))
        ]
        cards.append({"title": part.title.read(get_language() or "nb"), "credit": part.credit, "charts": charts})
    return [card for card in cards if card["charts"]]


def _chart(label: str, series: list[dict[str, Any]], columns: list[str], ends: tuple[float, float]) -> dict[str, Any]:
    return {"label": label, "series": series, "columns": columns, "low": ends[0], "high": ends[1]}


def _lines(
    held: list[Assessment], member: Member | None, readings: Readings, columns: list[str], shown: Shown
) -> list[dict[str, Any]]:  # fmt: skip
    """The family's view whole, the coordinator's dashed."""
    charts = []
    about = member.pk if member else None
    for outcome in Outcome:
        series = []
        for whose, name, kind in (
            (Respondent.FAMILY, _("familien"), "fam"), (Respondent.COORDINATOR, _("koordinatoren"), "fk")
        ):  # fmt: skip
            values = [_status(one, outcome, whose, about, readings, shown) for one in held]
            if any(value is not None for value in values):
                series.append({"name": name, "values": values, "kind": kind})
        if series:
            label = f"{outcome.label}, {member.first_name}" if member else str(outcome.label)
            charts.append(_chart(label, series, columns, STATUS))
    return charts


def _status(
    sitting: Assessment, outcome: str, whose: str, about: Any, readings: Readings, shown: Shown
) -> int | None:  # fmt: skip
    for question in sitting.questions.questions:
        fits = question.goal == outcome and question.respondent == whose
        if fits and question.about == ("member" if about else "family") and shown(about, question):
            return _value(readings, sitting, about, question.key)
    return None


def _value(readings: Readings, sitting: Assessment, about: Any, key: str) -> Any:
    reading = readings[sitting.pk].get((about, key))
    return reading.value if reading and isinstance(reading.value, int) else None


def _ladders(
    held: list[Assessment], members: list[Member], readings: Readings, columns: list[str], shown: Shown
) -> list[dict[str, Any]]:  # fmt: skip
    """Each question on a ladder of the programme's own, for each person who has answered it."""
    keys = dict.fromkeys(
        q.key for one in held for q in one.questions.questions if q.scale.kind == "ladder" and "." not in q.key
    )
    charts = []
    for member in members:
        for key in keys:
            question = next(one.questions[key] for one in held if key in one.questions)
            values = [_value(readings, one, member.pk, key) if shown(member.pk, question) else None for one in held]
            if any(value is not None for value in values):
                label = f"{question.label.read(get_language() or 'nb')}, {member.first_name}"
                series = [{"name": member.first_name, "values": values, "kind": "fam"}]
                charts.append(_chart(label, series, columns, (question.scale.low, question.scale.high)))
    return charts


def _packs(held: list[Assessment]) -> list[tuple[Any, list[Score]]]:
    """Each form that was asked besides the programme's own, with its scores: as the last sitting that has it."""
    found: dict[str, tuple[Any, list[Score]]] = {}
    for sitting in held:
        for part in sitting.questions.parts:
            definitions = [one for one in sitting.questions.scores if one.key.startswith(f"{part.key}.")]
            if definitions:
                found[part.key] = (part, definitions)
    return list(found.values())


def _of_score(
    definition: Score, held: list[Assessment], member: Member, readings: Readings, columns: list[str], shown: Shown
) -> dict[str, Any] | None:  # fmt: skip
    keys = {item.key for item in definition.items}
    values: list[float | None] = []
    for sitting in held:
        asked = [
            q for q in sitting.questions.questions if q.key in keys or any(k.startswith(f"{q.key}.") for k in keys)
        ]
        if not asked or not all(shown(member.pk, question) for question in asked):
            values.append(None)
            continue
        answers: dict[str, Any] = {}
        for question in asked:
            reading = readings[sitting.pk].get((member.pk, question.key))
            answers |= flat(question.key, reading.value if reading else None)
        result = score(definition, answers, member.age(sitting.held_on))
        values.append(None if result.value is None else round(float(result.value), 2))
    if not any(value is not None for value in values):
        return None
    language = get_language() or "nb"
    label = f"{definition.label.get(language) or definition.label['nb']}, {member.first_name}"
    series = [{"name": member.first_name, "values": [_whole(value) for value in values], "kind": "fam"}]
    return _chart(label, series, columns, (_whole(float(definition.lowest)), _whole(float(definition.highest))))


def _whole(value: Any) -> Any:
    """A whole number without its decimals; None stays."""
    return int(value) if value is not None and value == int(value) else value
