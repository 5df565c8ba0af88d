"""Intake meetings: one that is closed, with decisions and an addendum, and one with a full agenda for tomorrow."""

from datetime import datetime, timedelta
from random import Random
from typing import Any

from nyemonstre.access.wall import acting_as
from referrals import actions
from referrals.actions import Attendance
from referrals.enums import Outcome
from referrals.models import AgendaItem, IntakeMeeting, Referral

from . import queue
from .clock import moment, travelling_to, working_day

# Before the rest of the queue comes: (family, roots, shape, outcome, reason). The last one is not reached.
TREATED = (
    ("Homme", "norsk", "mother", Outcome.WAITING, "Fyller kriteriene, men ingen plass er ledig."),
    ("Skaiå", "norsk", "couple", Outcome.DECLINED, "Familien trenger ett møte med NAV, ikke fem år."),
    ("Osman", "somali", "large", "", ""),
)
DAYS = 12


def held(town: Any, number: int, now: datetime) -> None:
    """A meeting twelve days ago. What it did not reach is on the agenda of the next, which is tomorrow."""
    team = list(zip(town.people["intake"], town.sectors, strict=False))
    by, leader = team[0][0], team[1][0]
    rng = Random(f"meeting:{number}:{town.place.number}")
    with acting_as(by):
        if len(team) < 3 or IntakeMeeting.objects.filter(municipality=town.municipality).exists():
            return
    for name, roots, shape, _outcome, _reason in TREATED:
        queue.take_up(queue.Case(name, roots, shape, DAYS + 14, "in_intake"), town, rng, now)
    day = working_day((now - timedelta(days=DAYS)).date())
    with travelling_to(min(moment(day, rng), now)):
        meeting = actions.plan_intake_meeting(
            town.municipality, held_on=day, leader=leader, place="Møterom Otra", by=by
        )
        actions.note_presence(meeting, people=[Attendance(u.name, s, u) for u, s in team], by=by)
        _decide(meeting, leader, team[2][0])
        meeting = actions.sign_off(meeting, next_on=working_day((now + timedelta(days=1)).date()), by=leader)
    with travelling_to(min(moment(working_day(day + timedelta(days=3)), rng), now)), acting_as(by):
        item = AgendaItem.objects.select_related("meeting").get(meeting=meeting, referral__family_name=TREATED[0][0])
        actions.add_to_minutes(
            item, text="Familien har tre barn, ikke to. Det endrer ikke beslutningen.",
            reason="Helsestasjonen meldte fra om feil i notatet.", by=by,
        )  # fmt: skip


def _decide(meeting: IntakeMeeting, leader: Any, out: Any) -> None:
    with acting_as(leader):
        rows = meeting.items.select_related("meeting__municipality", "referral__municipality")
        items = {item.referral.family_name: item for item in rows}
        presence = meeting.presences.get(user=out)
    actions.note_recusals(items[TREATED[1][0]], out={presence.pk: "Kjenner familien privat."}, by=leader)
    for name, _roots, _shape, outcome, reason in TREATED:
        if outcome:
            declined = outcome == Outcome.DECLINED
            actions.decide_case(
                items[name], outcome=outcome, reason=reason, note="Alle svarene ble gått gjennom.", by=leader,
                unanimous=not declined, dissent="Barnevernet ville ha flere opplysninger først." if declined else "",
            )  # fmt: skip


def prepare(town: Any) -> None:
    """All that is in the queue now, on the agenda of the meeting that comes."""
    by = town.people["intake"][0]
    with acting_as(by):
        meeting = IntakeMeeting.objects.filter(municipality=town.municipality, state="planned").first()
        if meeting is None:
            return
        rows = Referral.objects.filter(municipality=town.municipality, state__in=("received", "in_intake"))
        waiting = list(rows.exclude(agenda_items__meeting=meeting).order_by("received_on", "reference"))
    for referral in waiting:
        actions.put_on_agenda(meeting, referral=referral, by=by)
