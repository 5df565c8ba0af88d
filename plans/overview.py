"""What the plan page shows, in a constant number of queries however many goals."""

from collections import Counter
from dataclasses import dataclass, field
from datetime import date
from itertools import groupby
from typing import Any

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from assessments.outcomes import Outcome
from consent.rules import contactable_services
from families.calendar import due_text, window_state
from families.marks import MARK_ROWS, Homes, Reader, may_get
from families.models import Family, Member
from families.stages import Step

from .enums import Doer, MeasureState
from .models import Goal, GoalVersion, Measure, OwnWords, PlanAgreement, PlanDocument, ReviewGoal
from .printed import doer_in_words, goals_for

DOER_ICONS = {
    Doer.FAMILY: "Person",
    Doer.SERVICE: "Buildings3",
    Doer.VOLUNTEER: "HandHeart",
    Doer.COORDINATOR: "PersonSuit",
    Doer.NOBODY: "PersonCircle",
}
STATE_COLOURS = {"planned": "neutral", "under_way": "accent", "done": "brand2", "cancelled": "neutral"}


def own_words(family: Family) -> list[dict[str, Any]]:
    """Each person with what they said last, adults first; people who have said nothing have no words."""
    said = {
        words.member_id: words for words in OwnWords.objects.filter(family=family).select_related(*MARK_ROWS).latest()
    }
    people = Member.objects.filter(family=family, moved_out_on=None).order_by("birth_date", "first_name")
    return [{"member": member, "words": said.get(member.pk)} for member in people]


def measure_row(measure: Measure, live: set[Any], today: Any) -> dict[str, Any]:
    """One measure as a line of the table. A service whose agreement has ended is named, and said to be so."""
    if measure.due_on is None:
        due = ""
    elif measure.window(today) == "after":
        due = _("til %(day)s, ta det når det passer")
    else:
        due = _("innen %(day)s")
    shown = "MONTH_DAY_FORMAT" if measure.due_on and measure.due_on.year == today.year else "DATE_FORMAT"
    return {
        "measure": measure,
        "who": doer_in_words(measure),
        "icon": DOER_ICONS[Doer(measure.done_by)],
        "state": measure.get_state_display(),
        "colour": STATE_COLOURS[measure.state],
        "window": measure.window(today),
        "due": due % {"day": date_format(measure.due_on, shown)} if due else "",
        "no_line": measure.service_id is not None and measure.service_id not in live,
    }


@dataclass
class Chart:
    """The ratings of one goal over the reviews, for `{% line_chart %}`."""

    rows: list[ReviewGoal]
    coordinator: str
    who: str

    @property
    def columns(self) -> list[str]:
        return [date_format(row.review.held_on, "b y") for row in self.rows]

    @property
    def series(self) -> list[dict[str, Any]]:
        family = {"name": self.who, "kind": "fam", "values": [row.rating for row in self.rows]}
        mine = {"name": self.coordinator, "kind": "fk", "values": [row.rating_by_coordinator for row in self.rows]}
        return [line for line in (family, mine) if any(value is not None for value in line["values"])]


@dataclass
class GoalCard:
    goal: Goal
    whose: str
    open: list[dict[str, Any]]
    finished: list[dict[str, Any]]
    chart: Chart | None
    changed: bool


def _charts(goals: list[Goal]) -> dict[Any, list[ReviewGoal]]:
    rows = ReviewGoal.objects.filter(goal__in=goals, review__signed_off_at__isnull=False).select_related("review")
    charts: dict[Any, list[ReviewGoal]] = {}
    for row in rows.order_by("review__number"):
        charts.setdefault(row.goal_id, []).append(row)
    return charts


def goal_cards(family: Family, goals: list[Goal]) -> list[GoalCard]:
    """Cards for goals fetched `with_measures()`. Two queries."""
    today = timezone.localdate()
    live = {service.pk for service in contactable_services(family)}
    charts = _charts(goals)
    responsible = family.responsible
    mine = responsible.user.name.split()[0] if responsible else _("Koordinatoren")
    cards = []
    for goal in goals:
        whose = ", ".join(member.first_name for member in goal.whose.all())
        rows = charts.get(goal.pk, [])
        chart = Chart(rows, mine, whose.split(",")[0]) if rows else None
        cards.append(
            GoalCard(
                goal=goal, whose=whose,
                open=[measure_row(m, live, today) for m in goal.open_measures],
                finished=[measure_row(m, live, today) for m in goal.finished_measures],
                chart=chart if chart and chart.series else None,
                changed=goal.version > 1,
            )
        )  # fmt: skip
    return cards


@dataclass
class PlanPage:
    """Everything on the plan page but its frame."""

    family: Family
    person: str = ""
    goals: list[Goal] = field(default_factory=list)

    def __post_init__(self) -> None:
        rows = Goal.objects.filter(family=self.family).with_measures()
        self.goals = sorted(rows, key=lambda goal: (list(Outcome).index(Outcome(goal.outcome)), goal.created_at))
        self.today = timezone.localdate()

    @property
    def active(self) -> list[Goal]:
        return [goal for goal in self.goals if goal.is_active]

    def context(self) -> dict[str, Any]:
        """For templates/plans/family_tab.html."""
        people = own_words(self.family)
        shown = [goal for goal in self.active if not self.person or self._is_for(goal, self.person)]
        cards = goal_cards(self.family, shown)
        closed = sorted((g for g in self.goals if not g.is_active), key=lambda g: g.closed_on, reverse=True)
        document = PlanDocument.objects.without_content().filter(family=self.family).order_by("-asked_at").first()
        return {
            "people": people,
            "areas": [
                {"label": Outcome(outcome).label, "yarn": group[0].goal.yarn, "cards": group, "id": f"del-{outcome}"}
                for outcome, group in ((o, list(g)) for o, g in groupby(cards, key=lambda card: card.goal.outcome))
            ],
            "filters": [
                ("", _("Alle"), len(self.active)),
                *((str(p["member"].pk), p["member"].first_name, self._count(p["member"])) for p in people),
            ],
            "closed": closed,
            "has_goals": bool(self.active),
            "document": document,
            **self.side(people),
        }

    def side(self, people: list[dict[str, Any]] | None = None) -> dict[str, Any]:
        """The column beside the goals; drawn again when a goal changes in place."""
        agreements = list(PlanAgreement.objects.filter(family=self.family).order_by("-number"))
        last = agreements[0] if agreements else None
        changes = self._changes_since(last)
        measures = [m for goal in self.active for m in goal.open_measures]
        return {
            "agreements": agreements,
            "agreement": last,
            "changes": changes,
            "next_number": last.number + 1 if last else 1,
            "dropped": [(m, goal) for goal in self.active for m in goal.open_measures if m.falls_between],
            "doers": self._doers(measures),
            "reviews": self._reviews(),
            "without_goal": self._without_goal(people),
            "waiting": [m for m in measures if m.window(self.today) in ("after", "now", "soon")][:3],
        }

    @staticmethod
    def _is_for(goal: Goal, person: str) -> bool:
        return any(str(member.pk) == person for member in goal.whose.all())

    def _count(self, member: Member) -> int:
        return sum(self._is_for(goal, str(member.pk)) for goal in self.active)

    def _without_goal(self, people: list[dict[str, Any]] | None) -> list[Member]:
        people = own_words(self.family) if people is None else people
        return [p["member"] for p in people if not self._count(p["member"])]

    def _changes_since(self, agreement: PlanAgreement | None) -> int:
        """Goals and measures that are not as they were agreed on; 0 before the first agreement."""
        if agreement is None:
            return 0
        since = agreement.recorded_at
        versions = GoalVersion.objects.filter(family=self.family, changed_at__gt=since)
        return versions.values("goal").distinct().order_by().count() + sum(
            m.created_at > since for goal in self.active for m in goal.measures_read
        )

    def _doers(self, measures: list[Measure]) -> list[dict[str, Any]]:
        counts = Counter(Doer.NOBODY if m.falls_between and m.done_by == Doer.NOBODY else m.done_by for m in measures)
        labels = {
            Doer.SERVICE: _("Tjenestene"), Doer.FAMILY: _("Familien selv"), Doer.VOLUNTEER: _("Frivillige"),
            Doer.COORDINATOR: _("Koordinatoren"), Doer.NOBODY: _("Ingen ennå"),
        }  # fmt: skip
        return [
            {"label": label, "count": counts[doer], "symbol": "s-after" if doer == Doer.NOBODY else "s-done",
             "stitches": [18 * n for n in range(min(counts[doer], 6))], "width": 18 * min(counts[doer], 6)}
            for doer, label in labels.items() if counts[doer]
        ]  # fmt: skip

    def _reviews(self) -> list[dict[str, Any]]:
        """The last round that was held, the ones that wait or are open, and the next one."""
        rounds = sorted((m for m in self.family.live_milestones if m.step == Step.REVIEW), key=lambda m: m.number)
        done = [m for m in rounds if m.reached_on][-1:]
        waiting = [m for m in rounds if not m.reached_on]
        now = [m for m in waiting if window_state(m.due_from, m.due_until, self.today) in ("now", "after")]
        return [
            {
                "number": m.number,
                "state": "done" if m.reached_on else window_state(m.due_from, m.due_until, self.today),
                "text": date_format(m.reached_on, "DATE_FORMAT")
                if m.reached_on
                else due_text(m.due_from, m.due_until, self.today),
            }
            for m in (*done, *(now or waiting[:1]))
        ]


def agreement_in_words(agreement: PlanAgreement, reader: Reader, homes: Homes) -> list[dict[str, Any]]:
    """The goals of an agreed version that `reader` may see now, in the words that were kept that day.

    The marks are those of today. A measure kept without its id (older versions) is told only of a goal without marks
    on any of its measures.
    """
    rows = Goal.objects.filter(pk__in=[goal["goal"] for goal in agreement.goals]).with_measures()
    open_to = {str(goal.pk): goal for goal in goals_for(rows, reader, homes)}
    return [
        _goal_in_words(kept, open_to[kept["goal"]], reader, homes)
        for kept in agreement.goals
        if kept["goal"] in open_to
    ]


def _goal_in_words(kept: dict[str, Any], goal: Goal, reader: Reader, homes: Homes) -> dict[str, Any]:
    hidden = {str(m.pk) for m in goal.measures_read if not may_get(m, [], reader, homes)}
    measures = [
        {
            "what": m["what"],
            "who": ", ".join(filter(None, [m["service"], m["who"]])) or str(Doer(m["done_by"]).label),
            "state": str(MeasureState(m["state"]).label),
            "due_on": date.fromisoformat(m["due_on"]) if m["due_on"] else None,
            "falls_between": m["falls_between"],
        }
        for m in kept["measures"]
        if (m["measure"] not in hidden if "measure" in m else not hidden)
    ]
    label = str(Outcome(kept["outcome"]).label)
    return {**kept, "label": label, "whose": ", ".join(kept["whose"]), "measures": measures}
