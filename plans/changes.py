"""What has changed, said so that it can be read aloud: between two versions of a goal, and since the plan was agreed.

A version of the plan is plain values (`as_it_stands`), readable without any other row. Two of them are compared word
for word; nothing is guessed.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.utils.formats import date_format
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from assessments.outcomes import Outcome

from .enums import Doer, GoalState, MeasureKind, MeasureState
from .models import Goal, GoalVersion, Measure

# What a goal says, by the name it has in a version, in the order it is read aloud.
GOAL_WORDS: dict[str, str | Promise] = {
    "words": gettext_lazy("Målet"),
    "whose": gettext_lazy("Hvem det er for"),
    "outcome": gettext_lazy("Hva det handler om"),
    "why": gettext_lazy("Hvorfor det er viktig"),
    "first_sign": gettext_lazy("Et første tegn"),
}
MEASURE_WORDS: dict[str, str | Promise] = {
    "what": gettext_lazy("Tiltaket"),
    "who": gettext_lazy("Hvem"),
    "kind": gettext_lazy("Hva slags tiltak"),
    "when": gettext_lazy("Når"),
    "state": gettext_lazy("Hvor langt det er kommet"),
}


@dataclass(frozen=True)
class Difference:
    """One thing that is not as it was. Either side may be empty."""

    label: str
    before: str
    after: str

    def __str__(self) -> str:
        # A sentence of theirs is quoted without its point: ours comes after it.
        said = {"label": self.label, "before": self.before.rstrip("."), "after": self.after.rstrip(".")}
        if not self.before:
            return _("%(label)s: «%(after)s»") % said
        if not self.after:
            return _("%(label)s: «%(before)s» er tatt bort") % said
        return _("%(label)s: «%(after)s». Før: «%(before)s»") % said


@dataclass
class GoalChange:
    """What has happened to one goal: a heading in its own words, and what is new about it, in sentences."""

    words: str
    said: list[str] = field(default_factory=list)


def differences(before: Mapping[str, str], after: Mapping[str, str], labels: Mapping[str, Any]) -> list[Difference]:
    """What differs of what `labels` names."""
    return [
        Difference(str(label), before.get(name, ""), after.get(name, ""))
        for name, label in labels.items()
        if before.get(name, "") != after.get(name, "")
    ]


def as_it_stands(goal: Goal) -> dict[str, Any]:
    """One goal, fetched `with_measures()`, as plain words for the archive: readable without any other row."""
    return {
        "goal": str(goal.pk),
        "version": goal.version,
        "outcome": goal.outcome,
        "words": goal.words,
        "why": goal.why,
        "first_sign": goal.first_sign,
        "whose": [member.first_name for member in goal.whose.all()],
        "state": goal.state,
        "reason": goal.state_reason,
        "measures": [measure_as_it_stands(measure) for measure in goal.open_measures],
    }


def measure_as_it_stands(measure: Measure) -> dict[str, Any]:
    return {
        "measure": str(measure.pk),
        "what": measure.what,
        "done_by": measure.done_by,
        "service": measure.service.name if measure.service else "",
        "who": measure.member.first_name if measure.member else measure.who,
        "kind": measure.kind,
        "falls_between": measure.falls_between,
        "due_from": measure.due_from.isoformat() if measure.due_from else "",
        "due_on": measure.due_on.isoformat() if measure.due_on else "",
        "state": measure.state,
    }


def goal_history(goal: Goal, names: Mapping[Any, str]) -> list[dict[str, Any]]:
    """Every version of a goal, newest first: who changed it, why, and what was not so before.

    `names` are the first names of the family's people by id. One query.
    """
    rows = list(GoalVersion.objects.filter(goal=goal).select_related("changed_by").order_by("number"))
    told, before = [], None
    for row in rows:
        whose = ", ".join(names[pk] for pk in row.whose if pk in names)
        facts = {
            "words": row.words, "whose": whose, "outcome": str(Outcome(row.outcome).label), "why": row.why,
            "first_sign": row.first_sign,
        }  # fmt: skip
        changed = [] if before is None else differences(before[1], facts, GOAL_WORDS)
        moved = before is None or before[0].state != row.state
        told.append({"row": row, "whose": whose, "changed": changed, "state_changed": moved, "first": before is None})
        before = row, facts
    return told[::-1]


def plan_changes(before: Iterable[dict[str, Any]], after: Iterable[dict[str, Any]]) -> list[GoalChange]:
    """What is new in the goals of `after`, goal by goal, since they stood as in `before`.

    What is as it was, is left out. A goal in `before` alone is no longer in the plan, or is not for this reader any
    more: nothing is said of it. Give the goals that are closed in `after` too, so that it is told how they ended.
    """
    known = {kept["goal"]: kept for kept in before}
    changes = []
    for now in after:
        said = _new_goal(now) if now["goal"] not in known else _changed_goal(known[now["goal"]], now)
        if said:
            changes.append(GoalChange(now["words"], said))
    return changes


def _new_goal(now: dict[str, Any]) -> list[str]:
    if _state(now) not in (GoalState.ACTIVE, GoalState.PAUSED):
        # Came and went between two agreements: nobody agreed on it, and nobody waits for it.
        return []
    count = len(now["measures"])
    return [_("Nytt mål, for %(whose)s.") % {"whose": ", ".join(now["whose"])}] + (
        [_("Tiltak: %(measures)s.") % {"measures": "; ".join(m["what"] for m in now["measures"])}] if count else []
    )


def _changed_goal(old: dict[str, Any], now: dict[str, Any]) -> list[str]:
    said = []
    if _state(old) != _state(now):
        label = str(GoalState(_state(now)).label)
        said.append(f"{label}: {now['reason']}" if now.get("reason") else f"{label}.")
    said += [f"{difference}." for difference in differences(_goal_facts(old), _goal_facts(now), GOAL_WORDS)]
    if _state(now) not in (GoalState.ACTIVE, GoalState.PAUSED):
        return said
    known = {m.get("measure"): m for m in old["measures"]}
    for measure in now["measures"]:
        was = known.pop(measure["measure"], None)
        if was is None:
            said.append(_("Nytt tiltak: «%(what)s», %(who)s.") % {"what": measure["what"], "who": doer_kept(measure)})
        elif changed := differences(_measure_facts(was), _measure_facts(measure), MEASURE_WORDS):
            told = ". ".join(map(str, changed))
            said.append(f"«{measure['what']}»: {told}." if changed[0].label != MEASURE_WORDS["what"] else f"{told}.")
    ended = {m["measure"]: m for m in now.get("ended", [])}
    for key, was in known.items():
        if key in ended:
            state = str(MeasureState(ended[key]["state"]).label).lower()
            said.append(_("«%(what)s»: %(state)s.") % {"what": was["what"], "state": state})
    return said


def _state(kept: dict[str, Any]) -> str:
    """Versions from before goals could wait say nothing of it: everything in them was worked with."""
    return kept.get("state", GoalState.ACTIVE)


def _goal_facts(kept: dict[str, Any]) -> dict[str, str]:
    label = str(Outcome(kept["outcome"]).label)
    return {**{name: kept.get(name, "") for name in GOAL_WORDS}, "whose": ", ".join(kept["whose"]), "outcome": label}


def _measure_facts(kept: dict[str, Any]) -> dict[str, str]:
    kind = kept.get("kind", "")
    return {
        "what": kept["what"],
        "who": doer_kept(kept),
        "kind": str(MeasureKind(kind).label) if kind else "",
        "when": _when(kept.get("due_from", ""), kept["due_on"]),
        "state": str(MeasureState(kept["state"]).label),
    }


def doer_kept(kept: dict[str, Any]) -> str:
    """Who does a measure of a version, as one says it aloud."""
    who = ", ".join(filter(None, [kept["service"], kept["who"]])) or str(Doer(kept["done_by"]).label)
    return _("%(who)s (faller mellom tjenestene)") % {"who": who} if kept["falls_between"] else who


def _when(first: str, last: str) -> str:
    days = [date_format(date.fromisoformat(day), "DATE_FORMAT") for day in (first, last) if day]
    return " – ".join(days)
