"""The daily work with one family of the demo: agreements, own words, plan, journal, FIT, reviews, sittings."""

from datetime import date, timedelta
from itertools import cycle
from typing import Any

from django.utils.timezone import localdate

from assessments import actions as mapping
from assessments.enums import Kind, Missing
from consent import actions as consents
from consent.enums import How, Purpose, Sector, Topic
from consent.models import AgreementLine, Contact
from consent.rules import members_with
from families.calendar import add_months
from nyemonstre.access.wall import acting_as
from plans import actions as plans
from plans.enums import ChildHelp, Doer, GoalState, JournalKind, MeasureKind, MeasureState, OtherKind, Verdict
from plans.models import Goal, Measure
from plans.models import Review as ReviewRow

from .homes import keep_for_the_young, mark_of
from .papers import keep_agreement_paper
from .visits import Visits

TOPICS: dict[str, list[str]] = {
    Sector.SCHOOL: [Topic.SCHOOL], Sector.KINDERGARTEN: [Topic.SCHOOL, Topic.CARE],
    Sector.HEALTH_CENTRE: [Topic.HEALTH, Topic.CARE], Sector.GP: [Topic.HEALTH], Sector.HEALTH: [Topic.HEALTH],
    Sector.CHILD_WELFARE: [Topic.CARE], Sector.NAV: [Topic.WORK, Topic.ECONOMY], Sector.HOUSING: [Topic.HOUSING],
    Sector.ECONOMY: [Topic.ECONOMY], Sector.LEISURE: [Topic.LEISURE],
    Sector.VOLUNTARY: [Topic.LEISURE, Topic.PRACTICAL], Sector.WORK: [Topic.WORK],
    Sector.OTHER: [Topic.SCHOOL, Topic.WORK],
}  # fmt: skip
CONTACTS = ["Ellen Moland", "Arne Vik", "Safia Noor", "Gunnar Tveit", "Liv Hansen Ro", "Peder Kile", "Mona Åsen",
            "Trine Dahlum", "Jon Birger Nes", "Wenche Holt"]  # fmt: skip
# The kinds of services that are about the children, and those about the adults.
FOR_CHILDREN = {Sector.SCHOOL, Sector.KINDERGARTEN, Sector.LEISURE}
# Days between two lines in the journal in the first year, and later.
BUSY, CALM = 26, 54
# How far the measures of a plan have come on an ordinary day.
HOW_FAR = [
    MeasureState.PLANNED, MeasureState.PLANNED, MeasureState.ASKED, MeasureState.WAITS_PLACE, MeasureState.WAITS_PAPERS,
    MeasureState.UNDER_WAY, MeasureState.UNDER_WAY, MeasureState.UNDER_WAY,
]  # fmt: skip


class Work:
    """What a coordinator does with the family of `walk`, from the first agreement until today."""

    def __init__(self, walk: Any) -> None:
        self.walk, self.rng, self.town, self.plot = walk, walk.rng, walk.town, walk.plot
        self.words = walk.town.words
        self.goals = self.rng.sample(self.words.GOALS, k=len(self.words.GOALS))
        if self.plot.has("dropped"):
            self.goals.sort(key=lambda goal: not any(measure.dropped for measure in goal.measures))
        self.sectors = self._sectors()
        self.notes = self.rng.sample(self.words.NOTES, k=len(self.words.NOTES))
        self.meetings = cycle([Sector.NAV, Sector.SCHOOL, ""])  # whom the meetings before FIT were with
        self.texts: dict[Any, Any] = {}  # goal id -> its row in stories

    def _sectors(self) -> list[str]:
        """The kinds of services this family works with: those the first goals need, at most five."""
        wanted = [m.sector for goal in self.goals[:4] for m in goal.measures if m.sector]
        first = [Sector.SCHOOL, Sector.NAV]
        return list(dict.fromkeys(first + [s for s in wanted if s in self.town.services]))[:5]

    def plan(self) -> None:
        """Put the work into the calendar."""
        walk, on = self.walk, self.walk.calendar.on
        began, today = walk.referred, walk.today
        on(began + timedelta(days=58), self.sign_first_lines)
        on(began + timedelta(days=60), self.say)
        on(began + timedelta(days=66), self.set_goals)
        if not (self.plot.has("late") and self.plot.months < 6):
            on(began + timedelta(days=75), self.agree)
        on(began + timedelta(days=80), self.ask_fit)
        self._plan_rounds()
        Visits(walk).plan()
        for days, mark, what in ((-45, "ended", self.end_one), (-3, "draft", self.draft_one)):
            if self.plot.has(mark):
                on(today + timedelta(days=days), what)
        if self.plot.months > 3 and not self.plot.has("closed"):
            on(today - timedelta(days=self.rng.randint(3, 12)), self.add_recent_measure)
        if self.plot.shape in ("shared", "mother_teen") and not self.plot.has("closed"):
            on(today - timedelta(days=9), lambda: keep_for_the_young(walk))
            on(today - timedelta(days=6), self.talk_about_the_help)
            on(today - timedelta(days=5), self.note_crisis)
        day = began + timedelta(days=61)
        while day < today:
            on(day, self.write)
            first_year = day < began + timedelta(days=400)
            day += timedelta(days=(BUSY if first_year else CALM) + self.rng.randint(-6, 6))
        on(today - timedelta(days=self.rng.randint(1, 4)), self.write)

    def _plan_rounds(self) -> None:
        """Reviews and yearly sittings on their days; the last one may still be waiting in its window."""
        baseline, today = self.walk.baseline, self.walk.today
        rounds = [(add_months(baseline, 6 * n), self.review, n) for n in range(1, 11)]
        rounds += [(add_months(baseline, 12 * n), self.map_again, n) for n in range(1, 6)]
        if self.plot.months > 7 and self.plot.months % 3 == 0:
            self.walk.calendar.on(add_months(baseline, 6), self.map_half)
        for due, what, number in rounds:
            day = due + timedelta(days=self.rng.randint(-8, 9))
            waits = due > today - timedelta(days=20) and self.rng.random() < 0.6
            late = self.plot.has("late") and due > today - timedelta(days=200)
            if not waits and not late:
                self.walk.calendar.on(day, what, number)

    # --- agreements -----------------------------------------------------------------------------------------------

    def sign_first_lines(self) -> None:
        for number, sector in enumerate(self.sectors):
            ends = self._end_of(number)
            self.draft(sector, ends)
            self.sign_drafts()
            if number == 0 and ends and ends < self.walk.today:
                self.walk.calendar.on(ends + timedelta(days=1), self.renew, sector)

    def _end_of(self, number: int) -> date | None:
        """The first line runs for a year at a time; others have no end, but for what the marks say."""
        last = number == len(self.sectors) - 1
        if last and self.plot.has("expiring"):
            return self.walk.today + timedelta(days=14)
        if last and self.plot.has("expired"):
            return self.walk.today - timedelta(days=12)
        return add_months(localdate(), 12) if number == 0 else None

    def renew(self, sector: str) -> None:
        if self._nobody_takes_part():
            return
        ends = add_months(localdate(), 12)
        self.draft(sector, ends)
        self.sign_drafts()
        if ends < self.walk.today:
            self.walk.calendar.on(ends + timedelta(days=1), self.renew, sector)

    def draft(self, sector: str, ends: date | None) -> AgreementLine:
        service = self._service(sector)
        children = [m for m in self.walk.members if not m.is_adult]
        who = children if sector in FOR_CHILDREN and children else self.walk.members
        name = self.rng.choice(CONTACTS)
        contact = {
            "name": name, "title": self.town.say("contact"), "phone": f"400 00 {self.rng.randint(100, 999)}",
            "email": f"{name.split()[0].lower()}@{self.town.domain}".replace("å", "a"),
        }  # fmt: skip
        return consents.draft_line(
            self.walk.family, service=service, members=who, topics=TOPICS[sector], valid_from=localdate(),
            valid_to=ends, what_they_do=self.town.say(f"does_{sector}"), contact=contact, by=self.walk.by,
        )  # fmt: skip

    def sign_drafts(self) -> None:
        with acting_as(self.walk.by):
            lines = list(AgreementLine.objects.filter(family=self.walk.family, state="draft"))
        names = ", ".join(m.full_name for m in self.walk.members if m.is_adult)
        consents.sign_lines(lines, how=How.SIGNED, signed_by=names, by=self.walk.by)
        keep_agreement_paper(self.walk.family, by=self.walk.by)

    def draft_one(self) -> None:
        unused = [s for s in self.town.services if s not in self.sectors]
        if unused:
            self.draft(unused[0], add_months(self.walk.today, 12))

    def end_one(self) -> None:
        with acting_as(self.walk.by):
            line = AgreementLine.objects.live().filter(family=self.walk.family).order_by("-valid_from", "pk").first()
        consents.end_line(line, reason=self.town.say("line_ended"), by=self.walk.by)

    def _service(self, sector: str) -> Any:
        """For a school, the one that fits the eldest child."""
        services = self.town.services[sector]
        if sector == Sector.SCHOOL and len(services) > 1:
            eldest = max((m.age() for m in self.walk.members if not m.is_adult), default=8)
            return services[min(len(services) - 1, 0 if eldest < 13 else 1 if eldest < 16 else 2)]
        return services[0]

    def _live_service(self, sector: str) -> Any:
        """The family's service of this kind while a line with it is live, else None."""
        with acting_as(self.walk.by):
            line = (
                AgreementLine.objects.live()
                .filter(family=self.walk.family, service__sector=sector)
                .select_related("service")
                .first()
            )
        return line.service if line else None

    def _contacts_in(self, service: Any) -> list[Contact]:
        """Whom in the service a live line lets the family's coordinator work with."""
        if service is None:
            return []
        with acting_as(self.walk.by):
            lines = AgreementLine.objects.live().filter(family=self.walk.family, service=service)
            return list(Contact.objects.filter(pk__in=lines.values("contact_id")).order_by("pk")[:1])

    # --- the plan -------------------------------------------------------------------------------------------------

    def say(self) -> None:
        """Everybody old enough says what matters now."""
        for member in self.walk.members:
            kind = "adult" if member.is_adult else "teen" if member.age() >= 13 else "child"
            if member.age() >= 5:
                told_by = "" if member.age() >= 8 else next(m.first_name for m in self.walk.members if m.is_adult)
                plans.record_words(
                    member, text=self.rng.choice(self.words.WORDS[kind]), told_by=told_by,
                    mark=mark_of(member, self.walk.by), by=self.walk.by,
                )  # fmt: skip

    def set_goals(self) -> None:
        for row in self.goals[:3]:
            self.add_goal(row)

    def add_goal(self, row: Any) -> None:
        adults = [m for m in self.walk.members if m.is_adult]
        children = [m for m in self.walk.members if not m.is_adult] or adults
        who = {"adult": [self.rng.choice(adults)], "child": [self.rng.choice(children)], "all": self.walk.members}
        names = {"child": self._child(row, who), "adult": adults[0].first_name}
        goal = plans.add_goal(
            self.walk.family, outcome=row.outcome, words=row.words.format(**names), first_sign=row.sign.format(**names),
            why=row.why, whose=who[row.whose], by=self.walk.by,
        )  # fmt: skip
        self.texts[goal.pk] = (row, names)
        measures = [
            self.add_measure(goal, measure, names, localdate() + timedelta(days=self.rng.randint(14, 90)))
            for measure in row.measures
        ]
        if row.why and len(measures) > 1:
            # What matters most to them does not come last, whatever its day.
            _place, last = max(enumerate(measures), key=lambda pair: (pair[1].due_on or date.max, pair[0]))
            plans.move(last, up=True, by=self.walk.by)

    def _child(self, row: Any, who: dict[str, list[Any]]) -> str:
        return who["child"][0].first_name

    def add_measure(self, goal: Goal, row: Any, names: dict[str, str], due_on: date) -> Measure:
        service = self._live_service(row.sector) if row.sector else None
        by, who = row.by, row.who
        if by in (Doer.SERVICE, Doer.VOLUNTEER) and service is None:
            by, who = (Doer.COORDINATOR, "") if by == Doer.SERVICE else (Doer.VOLUNTEER, who or "Frivillig nabo")
        adults = [m for m in self.walk.members if m.is_adult]
        member = adults[0] if by == Doer.FAMILY and len(adults) == 1 else None
        makes_up = by == Doer.VOLUNTEER or row.sector == Sector.LEISURE
        how_far = HOW_FAR[int(self.rng.random() * len(HOW_FAR))]
        return plans.add_measure(
            goal, what=row.what.format(**names), done_by=Doer.MEMBER if member else by, service=service, member=member,
            who=who, falls_between=row.dropped,
            kind=MeasureKind.COMPENSATING if makes_up else MeasureKind.WHOLE,
            due_on=None if row.dropped else due_on, by=self.walk.by,
            state=MeasureState.PLANNED if row.dropped else how_far, **self._asked(service, how_far),
        )  # fmt: skip

    def _asked(self, service: Any, how_far: str) -> dict[str, date]:
        """A service was asked some days ago, and has answered unless it is only asked."""
        if service is None or how_far == MeasureState.PLANNED:
            return {}
        asked = localdate() - timedelta(days=self.rng.randint(9, 20))
        if how_far == MeasureState.ASKED:
            return {"asked_on": asked}
        return {"asked_on": asked, "answered_on": asked + timedelta(days=self.rng.randint(0, 8))}

    def add_recent_measure(self) -> None:
        """Something that is due about now, so that today's list is not empty."""
        with acting_as(self.walk.by):
            goals = list(Goal.objects.filter(family=self.walk.family).active().order_by("-created_at", "pk"))
        if len(goals) > 3:
            plans.close_goal(goals[-1], state=GoalState.PAUSED, reason=self.town.say("pauses"), by=self.walk.by)
        self.tell_of_others()
        if self.rng.random() < 0.1:
            plans.write_entry(self.walk.family, text=self.town.say("too_much"), by=self.walk.by)
            plans.ask_redaction(
                self.walk.family, passage=self.town.say("too_much_passage"), reason=self.town.say("too_much_why"),
                by=self.walk.by,
            )  # fmt: skip
        if goals:
            goal = goals[0]
            what, by = self.rng.choice(self.town.say("soon"))
            plans.rate_goal(goal, rating=6, rating_by_coordinator=5, by=self.walk.by)
            plans.add_measure(
                goal, what=what, done_by=by, due_on=self.walk.today + timedelta(days=self.rng.randint(-3, 20)),
                by=self.walk.by,
            )  # fmt: skip

    def tell_of_others(self) -> None:
        """Somebody else coordinates something too, in every third family with a school that may be named."""
        school = self._live_service(Sector.SCHOOL)
        children = [m for m in self.walk.members if not m.is_adult]
        if school and children and self.rng.random() < 0.4:
            plans.add_other_plan(
                self.walk.family, by=self.walk.by,
                facts={"kind": OtherKind.RELAY, "member": children[0], "led_by": school, "since": localdate()},
            )  # fmt: skip

    def agree(self) -> None:
        language = next((m.language for m in self.walk.members if m.needs_interpreter), "")
        plans.agree_plan(
            self.walk.family, present=[m.full_name for m in self.walk.members if m.age() >= 8], language=language,
            with_interpreter=bool(language), by=self.walk.by,
        )  # fmt: skip

    def review(self, number: int) -> None:
        """Goal by goal: most stay, some change, some are reached; then a new one takes its place."""
        if self._nobody_takes_part():
            return
        with acting_as(self.walk.by):
            goals = list(Goal.objects.filter(family=self.walk.family).active().order_by("created_at", "pk"))
            measures = list(Measure.objects.filter(goal__in=goals, finished_on=None).order_by("due_on", "pk"))
        for measure in measures:
            if measure.due_on and measure.due_on < localdate() and self.rng.random() < 0.8:
                plans.finish_measure(measure, by=self.walk.by)
        said = [self._said_about(goal, number, last=goal is goals[-1]) for goal in goals]
        plans.save_review(
            self.walk.family, number=number, goals=said, by=self.walk.by,
            members=[m for m in self.walk.members if m.age() >= 8], coordinators=[self.walk.by],
            contacts=self._contacts_in(self._live_service(Sector.SCHOOL)) if number % 2 else [],
            with_interpreter=any(m.needs_interpreter for m in self.walk.members),
            ahead=self.town.say("ahead"), with_whom=", ".join(m.first_name for m in self.walk.members if m.is_adult),
        )  # fmt: skip
        with acting_as(self.walk.by):
            row = ReviewRow.objects.select_related("family").get(family=self.walk.family, number=number)
        plans.sign_review(row, by=self.walk.by)
        for _goal in [s for s in said if s.verdict in (Verdict.REACHED, Verdict.LET_GO)]:
            used = [text for text, _names in self.texts.values()]
            if fresh := [text for text in self.goals if text not in used]:
                self.add_goal(fresh[0])
        if number % 2 == 0 or number < 3:
            self.walk.calendar.on(localdate() + timedelta(days=1), self.ask_fit)
        if number % 2:
            # Once a year it is all said again, and agreed on as a whole.
            self.say()
            self.walk.calendar.on(localdate() + timedelta(days=3), self.agree)

    def _said_about(self, goal: Goal, number: int, *, last: bool) -> plans.GoalReview:
        text, names = self.texts[goal.pk]
        later = text.later.format(**names)
        chance = 0.45 if self.plot.has("goals_reached") else 0.2
        draw = self.rng.random()
        verdict, new = Verdict.KEEP, ""
        if number > 1 and draw < chance and not last:
            verdict = Verdict.REACHED if draw > 0.04 else Verdict.LET_GO
        elif draw > 0.7 and goal.words != later:
            verdict, new = Verdict.CHANGE, later
        rating = min(10, max(1, round(self.rng.gauss(3.5 + number * 0.6, 1.3))))
        return plans.GoalReview(
            goal.pk, verdict, new, rating, max(0, min(10, rating + self.rng.choice([-1, 0, 0, 1]))),
            self.rng.choice(self.words.HELPED), self.rng.choice(self.words.HINDERED),
        )  # fmt: skip

    def map_again(self, number: int) -> None:
        if not self._nobody_takes_part() and not (self.plot.has("open_sitting") and number == 1):
            self.walk.map(Kind.YEARLY, number)

    def map_half(self) -> None:
        if not self._nobody_takes_part():
            self.walk.map(Kind.HALF, 1)

    # --- FIT and journal ------------------------------------------------------------------------------------------

    def ask_fit(self) -> None:
        years = (localdate() - self.walk.baseline).days / 365
        with acting_as(self.walk.by):
            may_ask = members_with(self.walk.family, Purpose.PARTICIPATION)
        sector = next(self.meetings)
        service = self._live_service(sector) if sector else None
        for member in self.walk.members:
            if member.age() < 8 or member.pk not in may_ask:
                continue
            refused = self.rng.random() < 0.08
            mapping.record_fit(
                self.walk.family, member=member, after=self.town.say("fit_after"), service=service, by=self.walk.by,
                value=None if refused else max(0, min(10, round(self.rng.gauss(5 + years * 0.8, 1.5)))),
                missing=Missing.UNWILLING if refused else "", comment=self.rng.choice(self.words.FIT_COMMENTS),
            )  # fmt: skip

    def talk_about_the_help(self) -> None:
        """One answer is lower than the last, and somebody has a code to answer with."""
        with acting_as(self.walk.by):
            may_ask = members_with(self.walk.family, Purpose.PARTICIPATION)
        people = [m for m in self.walk.members if m.pk in may_ask and m.age() >= 8]
        for member, value in ((member, value) for member in people[:1] for value in (7, 4)):
            mapping.record_fit(
                self.walk.family, member=member, value=value, after=self.town.say("fit_after"), by=self.walk.by,
                more={"etter-mote-1.tema": {"value": value // 2 - 1, "missing": ""}},
            )  # fmt: skip
        for member in people[1:2]:
            self.walk.calendar.on(self.walk.today, self.give_code, member)

    def give_code(self, member: Any) -> None:
        mapping.invite_fit(self.walk.family, member=member, after=self.town.say("fit_after"), by=self.walk.by)

    def write(self) -> None:
        note = self.notes.pop(0)
        self.notes.append(note)
        adults = [m for m in self.walk.members if m.is_adult]
        children = [m for m in self.walk.members if not m.is_adult] or adults
        child, adult = self.rng.choice(children), self.rng.choice(adults)
        service = self._live_service(note.sector) if note.sector else None
        if note.sector and service is None:
            return
        plans.write_entry(
            self.walk.family, kind=note.kind, text=note.text.format(child=child.first_name, adult=adult.first_name),
            members=[child if note.about == "child" else adult], contacts=self._contacts_in(service), service=service,
            minutes=note.minutes,
            support=note.support, moment=note.moment, need_of=child if note.about == "child" else adult,
            child_help=_child_help(note), by=self.walk.by,
        )  # fmt: skip

    def note_crisis(self) -> None:
        """A line for few: for whoever follows the family."""
        adults = [m for m in self.walk.members if m.is_adult]
        text = self.town.say("crisis").format(adult=adults[0].first_name)
        plans.write_entry(self.walk.family, kind=JournalKind.CRISIS, text=text, members=adults[:1], by=self.walk.by)

    # --- who takes part -------------------------------------------------------------------------------------------

    def _nobody_takes_part(self) -> bool:
        return self.plot.has("withdrew_all") and localdate() >= self.walk.today - timedelta(days=30)


def _child_help(note: Any) -> str:
    """In which of the three ways a note tells that a child was helped."""
    if note.about != "child":
        return ""
    return ChildHelp.AROUND if note.sector else ChildHelp.RESOURCE
