"""Meetings of the demo's families: held with minutes, agreed, cancelled, come to nothing; and one desk that is tidy."""

from datetime import date, datetime, timedelta
from random import Random
from typing import Any

from django.db import transaction
from django.utils import timezone

from consent.enums import Topic
from consent.models import AgreementLine
from families.actions_snooze import snooze
from families.agenda import to_do
from families.snoozes import Snooze
from nyemonstre.access.roles import Permission
from nyemonstre.access.wall import acting_as
from nyemonstre.accounts.actions_feed import make_feed
from nyemonstre.accounts.models import CalendarFeed
from plans import actions as plans
from plans.asked import address_of
from plans.enums import Doer, MeetingKind
from plans.minutes import receivers
from plans.models import Goal, Meeting, PlanDocument
from plans.printing import send

from .clock import working_day
from .papers import keep_report

SAYS: dict[str, dict[str, Any]] = {
    "nb": {
        "cases": ["Skoledagen", "Hvem ringer når noe skjer", "Ferien"], "office": "Familiens hus",
        "said": ["{child} vil helst gå til skolen med en venn. Læreren møter i døra de første ukene.",
                 "Koordinatoren er den alle ringer først. Resten får beskjed samme dag.",
                 "Familien vil ha en uke uten avtaler i juli. Alle var enige om det."],
        "decisions": ["Møte {child} i døra hver morgen i to uker", "Sende en oversikt over hvem som gjør hva"],
        "cancel": "Tolken fikk en annen jobb den dagen.", "told": "Tolketjenesten",
        "missed": "Bilen ville ikke starte.", "added": "Uken uten avtaler er uke 29, ikke uke 28.",
        "off": "Venter på svar fra skolen. Ser på det igjen da.",
        "report": "Uttalelse fra skolen", "wrote": ["Skoledagen går best når morgenen er rolig.",
                                                    "Vi foreslår at en voksen møter i døra."],
    },
    "nn": {
        "cases": ["Skuledagen", "Kven ringjer når noko hender", "Ferien"], "office": "Familiehuset",
        "said": ["{child} vil helst gå til skulen med ein ven. Læraren møter i døra dei fyrste vekene.",
                 "Koordinatoren er den alle ringjer fyrst. Resten får beskjed same dag.",
                 "Familien vil ha ei veke utan avtalar i juli. Alle var samde om det."],
        "decisions": ["Møta {child} i døra kvar morgon i to veker", "Senda ei oversikt over kven som gjer kva"],
        "cancel": "Tolken fekk ein annan jobb den dagen.", "told": "Tolketenesta",
        "missed": "Bilen ville ikkje starta.", "added": "Veka utan avtalar er veke 29, ikkje veke 28.",
        "off": "Ventar på svar frå skulen. Ser på det att då.",
        "report": "Fråsegn frå skulen", "wrote": ["Skuledagen går best når morgonen er roleg.",
                                                  "Vi gjer framlegg om at ein vaksen møter i døra."],
    },
}  # fmt: skip
# Families with these marks have met in every way; of the others some have one appointment.
MET = ("dropped", "goals_reached")
AWAY = ("closed", "paused", "withdrew_all")


class Visits:
    """What the family of `walk` has of meetings, put into its calendar."""

    def __init__(self, walk: Any) -> None:
        self.walk, self.rng = walk, Random(f"meetings:{walk.plot.name}")
        self.says = SAYS[walk.town.place.language]

    def plan(self) -> None:
        plot, on, today = self.walk.plot, self.walk.calendar.on, self.walk.today
        if plot.has("closed"):
            on(today - timedelta(days=22), self.agree, 5)  # which closing cancels
        if plot.months < 3 or any(plot.has(mark) for mark in AWAY):
            return
        if any(plot.has(mark) for mark in MET):
            on(today - timedelta(days=24), self.hold)
            on(today - timedelta(days=11), self.miss)
            on(today - timedelta(days=8), self.cancel)
            on(today - timedelta(days=15), self.agree, self.rng.randint(1, 9))
        elif self.rng.random() < 0.5:
            on(today - timedelta(days=5), self.agree, self.rng.randint(0, 12))

    def agree(self, days: int) -> None:
        """Within two weeks, at home or with the services one has an agreement with."""
        day = working_day(self.walk.today + timedelta(days=days))
        if self.rng.random() < 0.4:
            self._plan(MeetingKind.HOME_VISIT, self.walk.town.at(day, 14), at_home=True)
        else:
            self._plan(MeetingKind.CARE_TEAM, self.walk.town.at(day, 10), lines=self._lines(day))

    def hold(self) -> None:
        """With minutes, a paper from the school, two decisions of which one stands in the plan, and a correction."""
        today = timezone.localdate()
        meeting = self._plan(MeetingKind.COOPERATION, self.walk.town.at(today, 9), lines=self._lines(today))
        child = next((m for m in self.walk.members if not m.is_adult), None)
        names = {"child": child.first_name if child else ""}
        with acting_as(self.walk.by), transaction.atomic():
            items, guests = list(meeting.items.order_by("number")), list(meeting.guests.order_by("pk"))
            goals = Goal.objects.filter(family=self.walk.family).select_related("family__municipality").active()
            goal = goals.order_by("created_at", "pk").first()
        about = ((Topic.SCHOOL, child), (Topic.PRACTICAL, None), ("", None))
        said = {
            item.pk: plans.Said(text.format(**names), *whose)
            for item, text, whose in zip(items, self.says["said"], about, strict=True)
        }
        by = self.walk.by
        decided = [
            plans.Decided(
                what.format(**names), Doer.COORDINATOR, item=items[number], due_on=today + timedelta(days=21),
                goal=goal if number == 0 else None,
            )
            for number, what in enumerate(self.says["decisions"])
        ]  # fmt: skip
        meeting = plans.save_minutes(meeting, said=said, came=guests, decided=decided, by=by)
        report = keep_report(self.walk.family, title=self.says["report"], lines=self.says["wrote"], by=by)
        for place in (meeting, goal or self.walk.family):
            plans.attach_document(report, to=place, by=by)
        meeting = plans.finish_minutes(meeting, by=by)
        plans.add_to_minutes(meeting, text=self.says["added"], topic=Topic.SCHOOL, about=child, by=by)
        self.walk.calendar.on(self.walk.today - timedelta(days=1), self.send, meeting)

    def send(self, meeting: Meeting) -> None:
        """To the services that may read something of it, by the agreements of now."""
        by = self.walk.by
        with acting_as(by), transaction.atomic():
            whole = Meeting.objects.with_company().get(pk=meeting.pk)
            lines = [line for line in receivers(whole) if address_of(line)]
        if lines:
            plans.send_minutes(whole, lines=lines, by=by)

    def miss(self) -> None:
        begins = timezone.now().replace(minute=0, second=0, microsecond=0) - timedelta(hours=1)
        meeting = self._plan(MeetingKind.OFFICE_TALK, begins)
        plans.miss_meeting(meeting, reason=self.says["missed"], by=self.walk.by)

    def cancel(self) -> None:
        meeting = self._plan(MeetingKind.HOME_VISIT, self.walk.town.at(self.walk.today, 12), at_home=True)
        plans.cancel_meeting(meeting, reason=self.says["cancel"], told_by=self.says["told"], by=self.walk.by)

    def _plan(
        self, kind: str, begins: datetime, *, lines: list[AgreementLine] | None = None, at_home: bool = False
    ) -> Meeting:
        with acting_as(self.walk.by), transaction.atomic():
            home = self.walk.family.households.order_by("name", "pk").first() if at_home else None
        terms = plans.Terms(
            kind=kind, starts_at=begins, ends_at=begins + timedelta(minutes=90), coordinator=self.walk.by,
            members=[m for m in self.walk.members if m.age() >= 8], lines=lines or [], agenda=self.says["cases"],
            home=home, place="" if home else self.says["office"],
        )  # fmt: skip
        return plans.plan_meeting(self.walk.family, terms=terms, by=self.walk.by)

    def _lines(self, day: date) -> list[AgreementLine]:
        with acting_as(self.walk.by), transaction.atomic():
            rows = AgreementLine.objects.live().filter(family=self.walk.family).select_related("service")
            live = [line for line in rows.order_by("valid_from", "pk") if not line.valid_to or line.valid_to >= day]
        return live[:3]


def all_the_papers(by: Any) -> None:
    """Of a family that has met with others: asked for as a batch, and made when the worker is there."""
    with acting_as(by), transaction.atomic():
        met = (
            Meeting.objects.permitted(by, Permission.VIEW_JOURNAL).exclude(finished_at=None).order_by("starts_at", "pk")
        )
        meeting = met.select_related("family__municipality").first()
    if meeting is None:
        return
    batch = plans.order_all_pdfs(meeting.family, straight=False, by=by)
    with acting_as(by), transaction.atomic():
        waiting = list(PlanDocument.objects.filter(batch=batch).order_by("asked_at", "pk").values_list("pk", flat=True))
    for document in waiting:
        send(document, by, batch.family.municipality.language)


def a_tidy_desk(town: Any) -> None:
    """The first coordinator has put something off, and subscribes to the calendar."""
    by = town.people["coordinator"][0]
    with acting_as(by), transaction.atomic():
        if CalendarFeed.objects.filter(user=by).exists() or Snooze.objects.permitted(by).exists():
            return
        entries = [entry for entry in to_do(by) if entry.family and entry.kind in ("passed", "consent", "age")]
    make_feed(by, by=by)
    all_the_papers(by)
    for entry in entries[:1]:
        until = timezone.localdate() + timedelta(days=12)
        snooze(entry, until=until, reason=SAYS[town.place.language]["off"], by=by)
