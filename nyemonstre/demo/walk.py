"""One family of the demo, walked from its henvendelse until today by the same actions a person uses.

Each method is something that happened on a day; `Walk.plan` puts them into the calendar. Marks (people.py) are what is
special about a family. Anything an action refuses stops the seed: the demo must not hold what the rules forbid.
"""

from datetime import date, datetime, timedelta
from random import Random
from typing import Any

from django.urls import reverse
from django.utils import timezone

from assessments import actions as mapping
from assessments.enums import Kind
from consent import actions as consents
from consent.ages import answers_for_self, is_heard
from consent.enums import Answer, How, Purpose
from consent.rules import members_with
from families import actions as families
from families import assignments, conflicts, emergencies, named_leads
from families.actions import NewMember
from families.calendar import add_months, birthday
from families.enums import AssignmentKind, ExitReason, MemberRole
from families.models import Family, Member
from nyemonstre.access.wall import acting_as
from nyemonstre.accounts.actions import save_draft
from nyemonstre.audit.log import record
from plans.actions import close_follow_up
from referrals import actions as referrals
from referrals.enums import AddressAnswer, Criterion, CriterionValue, MeetingOutcome, Outcome, PersonRole, Told
from referrals.models import Referral
from referrals.sender import secret_of

from . import letters
from .clock import Calendar, travelling_to, working_day
from .economy import go_through
from .identity import keep_numbers
from .papers import keep_consent_paper
from .people import NAMES, SHAPES, Plot
from .sittings import Mood, fill
from .work import Work

# Days after the henvendelse on which the first steps are taken.
TAKEN_IN, DECIDED, BOOKED, HELD, CONSENTED, MAPPED = 5, 12, 14, 22, 30, 44
SIGNED, SAID, PLANNED, AGREED = 58, 60, 66, 75
DAYS_A_MONTH = 30.44


class Walk:
    """`town` is the municipality as the seed knows it (seed.Town)."""

    def __init__(self, plot: Plot, town: Any, rng: Random, now: datetime) -> None:
        self.plot, self.town, self.rng = plot, town, rng
        self.today = now.date()
        self.referred = self.today - timedelta(days=round(plot.months * DAYS_A_MONTH))
        self.calendar = Calendar(rng, now)
        self.mood = Mood(rng)
        coordinators = town.people["coordinator"]
        self.later_by = coordinators[plot.coordinator] if plot.coordinator is not None else None
        first = (plot.coordinator + 1) % len(coordinators) if plot.has("handed_over") else plot.coordinator
        self.by = coordinators[first] if first is not None else None
        self.family: Family | None = None
        self.referral: Any = None
        self.members: list[Member] = []

    def run(self) -> None:
        """Everything up to now."""
        self.calendar.on(self.referred, self.refer)
        self.calendar.on(self.referred + timedelta(days=TAKEN_IN), self.take_in)
        self.calendar.on(self.referred + timedelta(days=DECIDED), self.decide)
        self.calendar.run()
        if self.plot.has("typing"):
            self.leave_a_draft()

    def leave_a_draft(self) -> None:
        """Somebody was called away from the keyboard."""
        page = reverse("plans:journal_new", args=[self.family.pk])
        save_draft(page, data={"kind": "phone", "text": self.town.say("typing")}, by=self.by)

    # --- steps 1 to 3 ---------------------------------------------------------------------------------------------

    def refer(self) -> None:
        self.referral = referrals.submit(
            self.town.municipality, new=self.town.referral(self.plot, self.rng), people=people_of(self.plot, self.rng,
            self.referred, self.today), by=None,
        )  # fmt: skip
        say_it_is_ours(self.referral)

    def take_in(self) -> None:
        team = self.town.people["intake"]
        with acting_as(team[0]):
            self.referral = type(self.referral).objects.select_related("municipality").get(pk=self.referral.pk)
        referrals.take_in(self.referral, by=team[0])
        answers = dict.fromkeys(Criterion, (CriterionValue.YES, ""))
        referrals.assess(self.referral, answers=answers, by=team[0])

    def decide(self) -> None:
        team, lead = self.town.people["intake"], self.town.people["lead"][0]
        over = self.plot.has("over_ten")
        decision = referrals.decide(
            self.referral, outcome=Outcome.GRANTED, sectors=self.town.sectors,
            present=", ".join(person.name for person in team), reason=self.rng.choice(self.town.words.GRANT_REASONS),
            coordinator=self.by, by=lead if over else team[1],
            override_reason="Fulgte søskenbarna fra før. Avtalt med koordinatoren." if over else "",
        )  # fmt: skip
        if self.by is None:
            return
        letters.write(decision, self.by)
        self._open(decision.family_id)
        self.plan()

    def _open(self, family_id: Any) -> None:
        with acting_as(self.by):
            self.family = Family.objects.select_related("municipality").get(pk=family_id)
            self.members = list(self.family.members.select_related("family__municipality").order_by("birth_date"))

    def plan(self) -> None:
        """Put down what follows: days are counted from the henvendelse until the baseline, then from the baseline."""
        on, start = self.calendar.on, self.referred
        held = start + timedelta(days=HELD)
        on(start + timedelta(days=BOOKED), self.book, held)
        if self.plot.has("no_show"):
            again = max(held + timedelta(days=9), self.today + timedelta(days=3))
            on(held, self.meet, MeetingOutcome.ABSENT)
            on(held + timedelta(days=1), self.book, again, self.today + timedelta(days=5))
            return
        if self.plot.has("thinks"):
            on(held - timedelta(days=1), self.move, held)
        if self.plot.has("thinks"):
            on(held, self.meet, MeetingOutcome.THINKING)
            return
        on(held, self.meet, MeetingOutcome.YES)
        on(start + timedelta(days=CONSENTED), self.consent)
        if self.town.municipality.keeps_identity_numbers:
            on(start + timedelta(days=CONSENTED), lambda: keep_numbers(self.members, by=self.by))
        on(start + timedelta(days=CONSENTED), lambda: keep_consent_paper(self.family, self.members, by=self.by))
        on(start + timedelta(days=MAPPED), self.map, Kind.BASELINE, 1)
        on(self.baseline + timedelta(days=1), go_through, self)
        Work(self).plan()
        self._plan_changes()
        self._plan_birthdays()

    def book(self, *days: date) -> None:
        """On that day; on several days, the family has not chosen yet."""
        times = [self.town.at(working_day(day), 10 + 3 * number) for number, day in enumerate(days)]
        languages = sorted({member.language for member in self.members if member.needs_interpreter})
        self.meeting = referrals.book_meeting(
            self.family, starts_at=times[0] if len(times) == 1 else None, proposals=times if len(times) > 1 else [],
            place=self.town.office, members=self.members, interpreter=", ".join(languages),
            interpreter_ordered=bool(languages), by=self.by,
        )  # fmt: skip

    def move(self, day: date) -> None:
        """Two hours later, because of the interpreter."""
        self.meeting = referrals.change_meeting(
            self.meeting, starts_at=self.town.at(working_day(day), 12), members=self.members, why="interpreter",
            note="Tolken fra Tolketjenesten ble syk.", by=self.by,
        )  # fmt: skip

    def meet(self, outcome: str) -> None:
        came = outcome != MeetingOutcome.ABSENT
        told = Told.values if came else []
        questions = self.rng.choice(self.town.words.QUESTIONS) if told else ""
        remind_on = self.today if outcome == MeetingOutcome.THINKING else None
        referrals.record_meeting(
            self.meeting, outcome=outcome, told=told, questions=questions, remind_on=remind_on, by=self.by
        )

    # --- steps 4, 5 and 10 ----------------------------------------------------------------------------------------

    def consent(self) -> None:
        """Everybody says yes to taking part; about research some say no."""
        adults = [member for member in self.members if member.is_adult]
        for member in self.members:
            if not member.is_adult:
                consents.record_holders(member, people=adults[:2], by=self.by)
            self.answer(member, Purpose.PARTICIPATION, Answer.GIVEN)
            # Who takes it back later must have said yes.
            by_luck = not self.plot.has("research_refused") and self.rng.random() < 0.1
            no = self.plot.has("research_refused") or (by_luck and not self.plot.has("research_withdrawn"))
            asked = self.plot.has("asked")
            self.answer(member, Purpose.RESEARCH, Answer.ASKED if asked else Answer.REFUSED if no else Answer.GIVEN)

    def answer(self, member: Member, purpose: str, answer: str, how: str = How.SIGNED, note: str = "") -> None:
        adults = [m for m in self.members if m.is_adult]
        own = answers_for_self(member, purpose)
        signers = [member] if own else adults
        drawn = self.plot.has("tablet") and how == How.SIGNED
        consents.record_consent(
            member, purpose=purpose, answer=answer, how=How.TABLET if drawn else how, by=self.by, note=note,
            given_by=", ".join(person.full_name for person in signers),
            child_heard=self.rng.choice(self.town.words.CHILD_SAYS) if is_heard(member) else "",
            one_parent_reason="" if own or len(adults) > 1 else self.town.say("one_parent"),
            signatures={person.full_name: self.scribble() for person in signers} if drawn else None,
        )  # fmt: skip

    def scribble(self) -> str:
        """A signature nobody can read."""
        points = [(x, 100 + self.rng.randint(-60, 60)) for x in range(60, 540, 24)]
        return "".join(f"{'L' if n else 'M'}{x} {y}" for n, (x, y) in enumerate(points))

    def _plan_birthdays(self) -> None:
        """Who turns 16 answers about research, and who turns 18 about everything; unless the plot says nobody asked."""
        asked = {16: [Purpose.RESEARCH], 18: [Purpose.PARTICIPATION, Purpose.RESEARCH]}
        for member in self.members:
            for age, purposes in asked.items():
                day = birthday(member.birth_date, age)
                if member.is_adult or day <= self.referred or self.plot.has("turned_18"):
                    continue
                for purpose in purposes:
                    self.calendar.on(day + timedelta(days=6), self.answer_anew, member, purpose)

    def answer_anew(self, member: Member, purpose: str) -> None:
        """In one's own name, for those who take part still."""
        with acting_as(self.by):
            if member.pk not in members_with(self.family, Purpose.PARTICIPATION):
                return
        self.answer(member, purpose, Answer.GIVEN)

    def map(self, kind: str, number: int, *, open_: bool = False) -> None:
        """A sitting. `open_`: begun, with the first people's answers, and left on the table."""
        language = next((m.language for m in self.members if m.needs_interpreter), "")
        sitting = mapping.start(
            self.family, kind=kind, number=number, by=self.by, interpreter=language, early_ok=True,
            language=self.town.municipality.language,
        )  # fmt: skip
        years = {Kind.BASELINE: 0.0, Kind.HALF: 0.5}.get(kind, float(number))
        still_going = open_ or (kind == Kind.BASELINE and self.plot.has("open_sitting") and self.plot.months < 2)
        fill(sitting, self.mood, years, by=self.by, people=2 if still_going else None)
        if not still_going:
            mapping.complete(sitting, rest_not_asked=True, by=self.by)

    # --- what is special ------------------------------------------------------------------------------------------

    def _plan_changes(self) -> None:
        """One line per mark: how many days ago, and what happened then."""
        lead = self.town.people["lead"][0]
        ago = {
            "handed_over": (120, self.hand_over, lead),
            "second": (90, self.let_in, AssignmentKind.SECOND, None, "Følger tenåringene i familien.", lead),
            "research_withdrawn": (60, self.withdraw, Purpose.RESEARCH, 1),
            "born": (40, self.birth),
            "withdrew_all": (30, self.withdraw, Purpose.PARTICIPATION, 99),
            "paused": (25, self.pause),
            "withdrew": (20, self.withdraw, Purpose.PARTICIPATION, 1),
            "closed": (16, self.close),
            "substitute": (6, self.let_in, AssignmentKind.SUBSTITUTE, 21, "Koordinatoren har permisjon.", lead),
            "shut_out": (10, self.shut_out, lead),
            "in_need": (3, self.open_in_need, lead),
            "lead_reads": (4, self.let_read, lead),
            "lead_named": (5, self.name_lead, lead),
            "open_sitting": (2, self.open_yearly),
        }
        for mark in sorted(self.plot.marks & ago.keys()):
            days, what, *args = ago[mark]
            self.calendar.on(self.today - timedelta(days=days), what, *args)

    def hand_over(self, lead: Any) -> None:
        assignments.hand_over(self.family, to=self.later_by, reason="Ny fordeling etter at teamet fikk flere.", by=lead)
        self.by = self.later_by

    def let_in(self, kind: str, days: int | None, reason: str, lead: Any) -> None:
        others = [person for person in self.town.people["coordinator"] if person != self.by]
        until = self.town.at(self.today + timedelta(days=days), 16) if days else None
        assignments.assign_coordinator(
            self.family, coordinator=others[0], kind=kind, reason=reason, valid_until=until, by=lead
        )

    def let_read(self, lead: Any) -> None:
        other = next(person for person in self.town.people["coordinator"] if person != self.by)
        assignments.grant_access(
            self.family, user=other, reason="Skal overta familien etter sommeren.",
            expires_at=self.town.at(self.today + timedelta(days=24), 16), by=lead,
        )  # fmt: skip

    def name_lead(self, lead: Any) -> None:
        """The coordinator of a strictly protected family lets in a lead, who otherwise does not know of it."""
        named_leads.name_lead(
            self.family, lead=lead, reason="Jeg har ferie til sommeren, og noen må fordele.", by=self.by
        )

    def shut_out(self, lead: Any) -> None:
        """A colleague knows the family; nobody in the case."""
        other = next(person for person in self.town.people["coordinator"] if person != self.by)
        conflicts.shut_out(self.family, user=other, reason="Nær slekt med mor i familien.", by=lead)

    def open_in_need(self, lead: Any) -> None:
        row = emergencies.break_glass(
            self.family.code, by=lead,
            reason="Skolen ringte om et barn som var redd for å gå hjem, og koordinatoren svarte ikke.",
        )  # fmt: skip
        for minutes, page in ((1, "view_family"), (4, "view_journal")):
            with travelling_to(row.opened_at + timedelta(minutes=minutes)), acting_as(lead):
                record("viewed", by=lead, target=self.family, facts={"permission": page})
        with travelling_to(row.opened_at + timedelta(minutes=11)):
            emergencies.end_break_glass(row, by=lead)

    def withdraw(self, purpose: str, people: int) -> None:
        """The youngest adults take it back first; 99 is everybody."""
        adults = [m for m in self.members if m.is_adult]
        children = [m for m in self.members if not m.is_adult]
        for member in [*reversed(adults), *children][:people]:
            self.answer(member, purpose, Answer.WITHDRAWN, How.PHONE, "Sagt på telefon til koordinatoren.")
        if purpose == Purpose.PARTICIPATION and people >= len(self.members):
            self.calendar.stop()  # the case is read from now on, and waits to be closed

    def birth(self) -> None:
        born = working_day(self.today - timedelta(days=44))
        names, homes = NAMES[self.plot.roots][1].split(), (("Hjemme", 100),)
        taken = {member.first_name for member in self.members}
        name = next(name for name in names if name not in taken)
        new = NewMember(name, self.plot.name, born, MemberRole.CHILD, "sønn", homes=homes)
        self.members.append(families.add_member(self.family, new=new, by=self.by))
        self.answer(self.members[-1], Purpose.PARTICIPATION, Answer.GIVEN)

    def pause(self) -> None:
        families.pause(
            self.family, reason="Familien ønsker ro en stund. De sier selv fra.",
            until=self.today + timedelta(days=35), by=self.by,
        )  # fmt: skip

    def close(self) -> None:
        done = self.plot.months > 60
        reason = "Fem år er gått. Familien klarer seg selv." if done else "Familien har flyttet til en annen kommune."
        people = ", ".join(m.first_name for m in self.members if m.age() >= 8)
        close_follow_up(
            self.family, because=ExitReason.FIVE_YEARS if done else ExitReason.MOVED, reason=reason, by=self.by,
            met_on=timezone.localdate(), present=people,
            said="Det har hjulpet at det var én å ringe til. Nå klarer vi mye selv.",
            continues="Helsesykepleieren og skolen, slik dere har avtalt.",
        )  # fmt: skip
        self.calendar.stop()

    def open_yearly(self) -> None:
        if self.plot.months > 2:
            self.map(Kind.YEARLY, 1, open_=True)

    @property
    def baseline(self) -> date:
        return working_day(self.referred + timedelta(days=MAPPED))


def say_it_is_ours(referral: Referral) -> None:
    """The service follows the link it was mailed, where the municipality has a list of its services' domains."""
    if referral.municipality.service_domains:
        referrals.confirm_sender(secret_of(referral.pk), by=None)


def people_of(plot: Plot, rng: Random, referred: date, today: date) -> list[referrals.NewPerson]:
    """The people of a plot, as the henvendelse names them."""
    women, men, language = NAMES[plot.roots]
    names = {"f": rng.sample(women.split(), 6), "m": rng.sample(men.split(), 6)}
    people, eldest = [], True
    for relation, adult, age, (home, share), *other in SHAPES[plot.shape]:
        she = relation in ("mor", "datter", "bestemor", "barnebarn")
        birth = add_months(referred, -12 * age) - timedelta(days=rng.randint(20, 340))
        if not adult and eldest:
            eldest, birth = False, _birthday(plot, birth, today)
        people.append(
            referrals.NewPerson(
                names["f" if she else "m"].pop(), plot.name, birth,
                PersonRole.ADULT if adult else PersonRole.CHILD, relation,
                language=language if adult else "", needs_interpreter=bool(adult and plot.has("interpreter")),
                home=home, share=share, other_home=other[0][0] if other else "",
                other_share=other[0][1] if other else None,
            )
        )  # fmt: skip
    return people


def _birthday(plot: Plot, birth: date, today: date) -> date:
    """The eldest child's, when the plot says that a birthday is near, or was a short while ago."""
    for mark, age, days in (("turns_18", 18, 33), ("turns_16", 16, 40), ("turned_18", 18, -20)):
        if plot.has(mark):
            return add_months(today + timedelta(days=days), -12 * age)
    return birth


def protection_of(plot: Plot) -> str:
    """What the referrer says about adressesperre."""
    if plot.has("protected"):
        return AddressAnswer.CONFIDENTIAL
    return AddressAnswer.CLIENT_ADDRESS if plot.has("client_address") else AddressAnswer.NONE
