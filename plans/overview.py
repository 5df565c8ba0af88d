"""What the plan page shows, in a constant number of queries however many goals."""

import math
from collections import Counter
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from itertools import groupby
from typing import Any

from django.db.models import BooleanField, ExpressionWrapper, F, Q, Value
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from assessments.outcomes import Outcome
from consent.rules import contactable_services
from families.calendar import due_text, window_state
from families.marks import MARK_ROWS
from families.models import Family, Member
from families.stages import Step
from nyemonstre.formats import narrow, short_day
from nyemonstre.postgres.sorting import norwegian_key

from .agreed import changes_since
from .changes import GoalChange
from .enums import Doer, MeasureState
from .models import Goal, GoalRating, Measure, OtherPlan, OwnWords, PlanAgreement, PlanBatch, PlanDocument, ReviewGoal
from .printed import doer_in_words

# In the address: only measures whose day has passed; goals by whom they are for.
WAITING, BY_PERSON = "venter", "person"
DOER_ICONS = {
    Doer.FAMILY: "Person",
    Doer.MEMBER: "Person",
    Doer.SERVICE: "Buildings3",
    Doer.VOLUNTEER: "HandHeart",
    Doer.COORDINATOR: "PersonSuit",
    Doer.NOBODY: "PersonCircle",
}
STATE_COLOURS = {MeasureState.UNDER_WAY: "accent", MeasureState.DONE: "brand2"}


def own_words(family: Family) -> list[dict[str, Any]]:
    """Each person with what they said last, adults first; people who have said nothing have no words."""
    said = {
        words.member_id: words for words in OwnWords.objects.filter(family=family).select_related(*MARK_ROWS).latest()
    }
    people = [member for member in family.members.all() if member.moved_out_on is None]
    return [{"member": member, "words": said.get(member.pk)} for member in people]


def measure_row(measure: Measure, live: set[Any], today: Any) -> dict[str, Any]:
    """One measure as a line of the table. A service whose agreement has ended is named, and said to be so."""
    if measure.due_on is None:
        due = ""
    elif measure.window(today) == "after":
        due = _("til %(day)s, ta det når det passer")
    elif measure.due_from:
        due = _("%(first)s til %(day)s")
    else:
        due = _("innen %(day)s")
    first = short_day(measure.due_from, today) if measure.due_from else ""
    return {
        "measure": measure,
        "who": doer_in_words(measure),
        "icon": DOER_ICONS[Doer(measure.done_by)],
        "state": measure.get_state_display(),
        "colour": STATE_COLOURS.get(MeasureState(measure.state), "neutral"),
        "window": measure.window(today),
        "due": due % {"day": short_day(measure.due_on, today), "first": first} if measure.due_on else "",
        "no_line": measure.service_id is not None and measure.service_id not in live,
    }


@dataclass(frozen=True)
class Answer:
    """How near a goal felt on a day, said at a review or in between."""

    on: date
    rating: int | None
    rating_by_coordinator: int | None


@dataclass
class Chart:
    """The answers about one goal over time, for `{% line_chart %}`."""

    rows: list[Answer]
    coordinator: str
    who: str

    @property
    def columns(self) -> list[str]:
        return [date_format(row.on, f"{narrow()} y") for row in self.rows]

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
    # Others of its line to stand above or below.
    movable: bool
    # Where the goals stand by person, the card says what its goal is about.
    about: str = ""
    # Open measures the filters of the page leave out.
    left_out: int = 0

    def only(self, service: str, *, waiting: bool) -> "GoalCard":
        """The card with those of its open measures a service does, or whose day has passed."""
        shown = [row for row in self.open if _is_asked_for(row["measure"], service, waiting=waiting)]
        return replace(self, open=shown, left_out=len(self.open) - len(shown))


def _is_asked_for(measure: Measure, service: str, *, waiting: bool) -> bool:
    if service and str(measure.service_id) != service:
        return False
    return not waiting or measure.window() == "after"


def _answers(goals: list[Goal]) -> dict[Any, list[Answer]]:
    """By goal, oldest first: of two on one day the one from the review, then as they were written down. One query."""
    numbers = ("goal", "rating", "rating_by_coordinator")
    reviewed = ReviewGoal.objects.filter(goal__in=goals, review__signed_off_at__isnull=False).annotate(
        on=F("review__held_on"), between=Value(False), told=F("review__signed_off_at")
    )
    rated = GoalRating.objects.filter(goal__in=goals).annotate(
        on=F("rated_on"), between=Value(True), told=F("recorded_at")
    )
    days = ("on", "between", "told")
    both = (
        reviewed.order_by().values_list(*numbers, *days).union(rated.order_by().values_list(*numbers, *days), all=True)
    )
    answers: dict[Any, list[Answer]] = {}
    for goal, rating, by_coordinator, on, *_order in both.order_by(*days):
        answers.setdefault(goal, []).append(Answer(on, rating, by_coordinator))
    return answers


def goal_cards(
    family: Family, goals: list[Goal], *, live: set[Any] | None = None, among: list[Goal] | None = None
) -> list[GoalCard]:
    """Cards for goals fetched `with_measures()`. Three queries, or one where the caller knows the services that may be
    contacted (`live`, their ids) and the goals that are worked with (`among`).
    """
    today = timezone.localdate()
    live = live_services(family) if live is None else live
    answers = _answers(goals)
    among = list(Goal.objects.filter(family=family).active()) if among is None else among
    beside = Counter(goal.outcome for goal in among)
    responsible = family.responsible
    mine = responsible.user.name.split()[0] if responsible else _("Koordinatoren")
    cards = []
    for goal in goals:
        whose = ", ".join(member.first_name for member in goal.whose.all())
        rows = answers.get(goal.pk, [])
        chart = Chart(rows, mine, whose.split(",")[0]) if rows else None
        cards.append(
            GoalCard(
                goal=goal, whose=whose,
                open=[measure_row(m, live, today) for m in goal.open_measures],
                finished=[measure_row(m, live, today) for m in goal.finished_measures],
                chart=chart if chart and chart.series else None,
                changed=goal.version > 1,
                movable=goal.is_active and beside[goal.outcome] > 1,
            )
        )  # fmt: skip
    return cards


def live_services(family: Family) -> set[Any]:
    """Ids of the services that may be contacted now."""
    return set(contactable_services(family).values_list("pk", flat=True))


@dataclass
class PlanPage:
    """Everything on the plan page but its frame.

    `person` and `service` are ids from the address, "" for all; `waiting` leaves only measures whose day has passed.
    `by_person` puts the goals under those they are for instead of under what they are about. `live` are the ids of the
    services that may be contacted, where the caller has them.
    """

    family: Family
    person: str = ""
    service: str = ""
    waiting: bool = False
    by_person: bool = False
    live: set[Any] | None = None
    goals: list[Goal] = field(default_factory=list)

    def __post_init__(self) -> None:
        rows = Goal.objects.filter(family=self.family).with_measures()
        self.goals = sorted(rows, key=self._order)
        self.today = timezone.localdate()

    @staticmethod
    def _order(goal: Goal) -> tuple[int, float, datetime]:
        """As the lines of the pattern go, then as the family has ordered them, then by age."""
        return list(Outcome).index(Outcome(goal.outcome)), goal.position or math.inf, goal.created_at

    @property
    def active(self) -> list[Goal]:
        return [goal for goal in self.goals if goal.is_active]

    def context(self) -> dict[str, Any]:
        """For templates/plans/family_tab.html."""
        people = own_words(self.family)
        live = live_services(self.family) if self.live is None else self.live
        shown = [goal for goal in self.active if self._is_shown(goal)]
        cards = goal_cards(self.family, shown, live=live, among=self.active)
        if self.service or self.waiting:
            cards = [card.only(self.service, waiting=self.waiting) for card in cards]
        closed = sorted((g for g in self.goals if g.closed_on), key=lambda g: g.closed_on, reverse=True)
        document, batch = self._papers()
        return {
            "people": people,
            "areas": _by_person(cards, people) if self.by_person else _by_outcome(cards),
            "paused": [goal for goal in self.goals if goal.is_paused],
            "grouping": [("", _("Det de handler om"), None), (BY_PERSON, _("Hvem de er for"), None)],
            "filters": [
                ("", _("Alle"), len(self.active)),
                *((str(p["member"].pk), p["member"].first_name, self._count(p["member"])) for p in people),
            ],
            "services": self._services(),
            "days": self._days(),
            "ordering": [("", _("Les planen"), None), ("ja", _("Endre rekkefølgen"), None)],
            "filtered": bool(self.person or self.service or self.waiting),
            "closed": closed,
            "has_goals": bool(self.active),
            "document": document,
            "batch": batch,
            "others": self._others(live),
            **self.side(people),
        }

    def _papers(self) -> tuple[PlanDocument | None, PlanBatch | None]:
        """The newest paper that was made by itself, and the newest batch. One query."""
        of_batch = ExpressionWrapper(Q(batch__isnull=False), BooleanField())
        rows = PlanDocument.objects.without_content().filter(family=self.family).annotate(of_batch=of_batch)
        newest = rows.select_related("batch").order_by("of_batch", "-asked_at").distinct("of_batch")
        found = {bool(row.batch_id): row for row in newest}
        return found.get(False), found[True].batch if True in found else None

    def side(self, people: list[dict[str, Any]] | None = None) -> dict[str, Any]:
        """The column beside the goals; drawn again when a goal changes in place."""
        agreements = list(PlanAgreement.objects.filter(family=self.family).order_by("-number"))
        last = agreements[0] if agreements else None
        changes = self._changes_since(last)
        measures = self._open_measures()
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

    def _others(self, live: set[Any]) -> list[dict[str, Any]]:
        """Plans of others, what is over last."""
        rows = OtherPlan.objects.filter(family=self.family).select_related("member", "led_by")
        return [
            {"plan": row, "leader": row.led_by.name if row.led_by else "", "live": row.led_by_id in live}
            for row in sorted(rows, key=lambda row: (row.until is not None and row.until < self.today, row.created_at))
        ]

    def _is_shown(self, goal: Goal) -> bool:
        if self.person and not self._is_for(goal, self.person):
            return False
        if not (self.service or self.waiting):
            return True
        return any(_is_asked_for(measure, self.service, waiting=self.waiting) for measure in goal.open_measures)

    def _open_measures(self) -> list[Measure]:
        return [measure for goal in self.active for measure in goal.open_measures]

    def _services(self) -> list[tuple[str, str, int | None]]:
        """Chips for the services that have something to do; none when there is no service to choose."""
        named = Counter((str(m.service_id), m.service.name) for m in self._open_measures() if m.service)
        by_name = sorted(named.items(), key=lambda pair: norwegian_key(pair[0][1]))
        rows: list[tuple[str, str, int | None]] = [(key, name, count) for (key, name), count in by_name]
        return [("", _("Alle tjenester"), None), *rows] if rows else []

    def _days(self) -> list[tuple[str, str, int | None]]:
        """Chips for what waits since a day that has passed; none when nothing does."""
        passed = sum(m.window(self.today) == "after" for m in self._open_measures())
        if not passed and not self.waiting:
            return []
        return [("", _("Uansett dag"), None), (WAITING, _("Dagen er gått"), passed)]

    @staticmethod
    def _is_for(goal: Goal, person: str) -> bool:
        return any(str(member.pk) == person for member in goal.whose.all())

    def _count(self, member: Member) -> int:
        return sum(self._is_for(goal, str(member.pk)) for goal in self.active)

    def _without_goal(self, people: list[dict[str, Any]] | None) -> list[Member]:
        people = own_words(self.family) if people is None else people
        return [p["member"] for p in people if not self._count(p["member"])]

    def _changes_since(self, agreement: PlanAgreement | None) -> list[GoalChange]:
        """Goal by goal, what is not as it was agreed on; nothing before the first agreement."""
        return changes_since(agreement.goals, self.goals) if agreement else []

    def _doers(self, measures: list[Measure]) -> list[dict[str, Any]]:
        counts = Counter(Doer.NOBODY if m.falls_between and m.done_by == Doer.NOBODY else m.done_by for m in measures)
        labels = {
            Doer.SERVICE: _("Tjenestene"), Doer.FAMILY: _("Familien selv"), Doer.MEMBER: _("En i familien"),
            Doer.VOLUNTEER: _("Frivillige"),
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


def _by_outcome(cards: list[GoalCard]) -> list[dict[str, Any]]:
    """Under the seven lines, in their order."""
    return [
        {"label": Outcome(outcome).label, "yarn": group[0].goal.yarn, "cards": group, "id": f"del-{outcome}"}
        for outcome, group in ((o, list(g)) for o, g in groupby(cards, key=lambda card: card.goal.outcome))
    ]


def _by_person(cards: list[GoalCard], people: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Under each person the goals that are theirs alone; those of more than one stand once, under what they share."""
    order = {p["member"].pk: place for place, p in enumerate(people)}
    groups: dict[tuple[Any, ...], list[GoalCard]] = {}
    for card in cards:
        members = sorted(card.goal.whose.all(), key=lambda m: order.get(m.pk, len(order)))
        groups.setdefault((len(members) > 1, *(order.get(m.pk, len(order)) for m in members)), []).append(
            replace(card, about=card.goal.get_outcome_display(), movable=False)
        )
    return [
        {"label": group[0].whose, "yarn": "indigo", "cards": group, "id": f"hvem-{place}"}
        for place, (_key, group) in enumerate(sorted(groups.items()))
    ]
