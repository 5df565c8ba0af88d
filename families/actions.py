"""What happens to a family: registered, walked along the path, paused, closed. Who follows it is in assignments.py."""

import secrets
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from nyemonstre.access.actions import action
from nyemonstre.access.check import check
from nyemonstre.access.roles import Permission
from nyemonstre.accounts.models import Municipality, User
from nyemonstre.audit.log import record
from nyemonstre.flow import missing
from nyemonstre.refusals import Refused
from nyemonstre.versioned import lock

from .actions_places import look_at_held
from .calendar import Window, may_reopen, why_not_five_years, windows_opened_by
from .enums import ExitReason, FamilyEvent, FamilyState, MemberRole, Protection
from .models import Exit, Family, Household, Member, Milestone, Residence
from .restricted import check_may_change
from .stages import ORDER, PATH, Step


@dataclass(frozen=True)
class NewHome:
    name: str
    address: str = ""
    postcode: str = ""
    town: str = ""


@dataclass(frozen=True)
class NewMember:
    """`homes` pairs the name of a home with the share of the time lived there, in percent."""

    first_name: str
    last_name: str
    birth_date: date
    role: str = MemberRole.CHILD
    relation: str = ""
    language: str = ""
    needs_interpreter: bool = False
    homes: tuple[tuple[str, int], ...] = field(default=())


@action
def register(
    municipality: Municipality,
    *,
    name: str,
    members: Iterable[NewMember],
    by: User,
    homes: Iterable[NewHome] = (),
    protection: str = Protection.NONE,
    referred_on: date | None = None,
    allotted_on: date | None = None,
    life_phase: str = "",
) -> Family:
    """A family that has been allotted a place: its people, homes, and the first two steps of the path, reached.

    Raises Refused when there are no members, or a date is in the future or out of order.
    """
    check(by, Permission.REGISTER_FAMILY, municipality)
    members = list(members)
    if not members:
        raise Refused(_("Familien må ha minst ett medlem."), rule="no_members")
    today = timezone.localdate()
    allotted_on = allotted_on or today
    referred_on = referred_on or allotted_on
    if not referred_on <= allotted_on <= today:
        raise Refused(_("Henvendelsen må være før tildelingen, og ingen av dem fram i tid."), rule="dates")
    family = Family(
        municipality=municipality,
        name=name,
        protection=protection,
        whole_protection=protection,
        life_phase=life_phase,
    )
    _save_with_code(family)
    _add_people(family, members, homes)
    _begin_path(family, {Step.REFERRAL: referred_on, Step.INTAKE: allotted_on}, by)
    record(FamilyEvent.FAMILY_REGISTERED, by=by, target=family, facts={"members": len(members)})
    return family


def _save_with_code(family: Family) -> None:
    """Save under a code drawn by lot: numbers in order would have gaps, and a gap tells of a family one may not see.

    Whoever registers may not see which codes are taken, so the database answers by refusing one that is.
    """
    for _attempt in range(100):
        family.code = f"{family.municipality.code}-{secrets.randbelow(90_000) + 10_000}"
        try:
            with transaction.atomic():
                family.save(force_insert=True)
            return
        except IntegrityError as error:
            if "family_code_unique" not in str(error):
                raise
    raise RuntimeError("a hundred codes in a row were taken")


def _add_people(family: Family, members: list[NewMember], homes: Iterable[NewHome]) -> None:
    rows = {home.name: Household(family=family, **vars(home)) for home in homes}
    Household.objects.bulk_create(rows.values())
    people = []
    for new in members:
        facts = {key: value for key, value in vars(new).items() if key != "homes"}
        people.append(Member(family=family, **facts))
    Member.objects.bulk_create(people)
    Residence.objects.bulk_create(
        Residence(family=family, member=member, household=rows[home], share=share)
        for member, new in zip(people, members, strict=True)
        for home, share in new.homes
    )


def _begin_path(family: Family, reached: dict[str, date], by: User) -> None:
    """The first steps, reached on those days, and the windows they open."""
    now = timezone.now()
    steps = [
        Milestone(family=family, step=step, reached_on=on, reached_by=by, recorded_at=now)
        for step, on in reached.items()
    ]
    windows = [window for step, on in reached.items() for window in windows_opened_by(step, on)]
    Milestone.objects.bulk_create(steps + [Milestone(family=family, **vars(window)) for window in windows])


def _open_windows(family: Family, windows: Iterable[Window]) -> None:
    Milestone.objects.bulk_create(Milestone(family=family, **vars(window)) for window in windows)


@action
def reach(family: Family, *, step: str, by: User, on: date | None = None, number: int | None = None) -> Milestone:
    """Take a step, on a day (default today). Taking a single step again changes nothing.

    `number` is the round of a step that repeats; default the first one not reached.
    Raises Refused when a required step is missing, the day is in the future or before what the step requires,
    or the family is closed.
    """
    row = PATH[step]
    check(by, Permission(row.permission), family)
    family = Family.objects.select_for_update(of=("self",)).get(pk=family.pk)
    if family.state == FamilyState.CLOSED:
        raise Refused(_("Oppfølgingen er avsluttet, så steget kan ikke tas."), rule="closed")
    on = on or timezone.localdate()
    milestones = list(family.milestones.live().order_by("number"))
    _check_order(step, on, milestones)
    milestone = _round(family, step, number, milestones)
    if milestone.reached_on:
        record(FamilyEvent.STEP_REACHED, by=by, target=milestone, family=family, facts={"step": step, "again": True})
        return milestone
    milestone.reached_on, milestone.reached_by, milestone.recorded_at = on, by, timezone.now()
    milestone.save()
    if step == Step.BASELINE:
        family.baseline_on = on
        family.save(update_fields=["baseline_on"])
    waiting = {(m.step, m.number) for m in milestones}
    _open_windows(family, (w for w in windows_opened_by(step, on) if (w.step, w.number) not in waiting))
    record(
        FamilyEvent.STEP_REACHED, by=by, target=milestone, family=family,
        facts={"step": step, "number": milestone.number, "on": on.isoformat()},
    )  # fmt: skip
    return milestone


@action
def reach_by_hand(family: Family, *, step: str, by: User, on: date, number: int) -> Milestone:
    """`reach` for what happened outside the system. Raises Refused as it does, and while the case is only read."""
    check(by, Permission(PATH[step].permission), family)
    check_may_change(family)
    return reach(family, step=step, number=number, on=on, by=by)


def _check_order(step: str, on: date, milestones: list[Milestone]) -> None:
    if on > timezone.localdate():
        raise Refused(_("Datoen er fram i tid."), rule="future", field="on")
    reached = {m.step: m.reached_on for m in reversed(milestones) if m.reached_on}
    lacking = missing(PATH, step, reached)
    if lacking:
        first = Step(min(lacking, key=ORDER.index))
        raise Refused(
            _("«%(step)s» kommer etter «%(first)s». Før det steget først.")
            % {"step": Step(step).label, "first": first.label},
            rule=f"requires_{first}",
        )
    for required in PATH[step].requires:
        if on < reached[required]:
            raise Refused(
                _("Datoen er før «%(step)s», som var %(day)s.")
                % {"step": Step(required).label, "day": reached[required].strftime("%d.%m.%Y")},
                rule="before_required",
                field="on",
            )


def _round(family: Family, step: str, number: int | None, milestones: list[Milestone]) -> Milestone:
    """The milestone row of this round: the one asked for, the first waiting, or a new one."""
    rounds = [m for m in milestones if m.step == step]
    if number is None:
        waiting = [m for m in rounds if not m.reached_on]
        if waiting:
            return waiting[0]
        if rounds:
            return rounds[-1]
        number = 1
    for milestone in rounds:
        if milestone.number == number:
            return milestone
    every = PATH[step].repeats
    if number > (every.times if every else 1):
        raise Refused(_("Denne runden finnes ikke."), rule="no_such_round")
    return Milestone(family=family, step=step, number=number)


@action
def undo(family: Family, *, step: str, reason: str, by: User, number: int = 1) -> Milestone:
    """Take back a step reached by mistake; it waits again, with the same window. The undone row stays as history.

    Raises Refused without a reason, or while a step that requires this one is reached.
    """
    check(by, Permission(PATH[step].permission), family)
    check_may_change(family)
    if not reason.strip():
        raise Refused(_("Skriv hvorfor steget angres."), rule="reason", field="reason")
    family = Family.objects.select_for_update(of=("self",)).get(pk=family.pk)
    reached = list(family.milestones.reached())
    milestone = next((m for m in reached if m.step == step and m.number == number), None)
    if milestone is None:
        raise Refused(_("Steget er ikke nådd, så det er ikke noe å angre."), rule="not_reached")
    only = sum(m.step == step for m in reached) == 1
    later = [m for m in reached if only and step in PATH[m.step].requires]
    if later:
        raise Refused(
            _("Angre «%(step)s» først, for det bygger på dette steget.") % {"step": later[0].get_step_display()},
            rule="later_step_reached",
        )
    _mark_undone([milestone], reason, by)
    if step == Step.BASELINE:
        anchored = [m for m in family.milestones.waiting() if _counted_from(m.step, Step.BASELINE)]
        _mark_undone(anchored, reason, by)
        family.baseline_on = None
        family.save(update_fields=["baseline_on"])
    again = Milestone(family=family, step=step, number=number)
    again.due_from, again.due_on, again.due_until = milestone.due_from, milestone.due_on, milestone.due_until
    again.save(force_insert=True)
    record(FamilyEvent.STEP_UNDONE, by=by, target=milestone, family=family, facts={"step": step, "number": number})
    return again


def _counted_from(step: str, anchor: str) -> bool:
    row = PATH[step]
    return bool((row.due and row.due.step == anchor) or (row.repeats and row.repeats.anchor == anchor))


def _mark_undone(milestones: list[Milestone], reason: str, by: User) -> None:
    for milestone in milestones:
        milestone.undone_at, milestone.undone_by, milestone.undone_reason = timezone.now(), by, reason[:300]
        milestone.save(update_fields=["undone_at", "undone_by", "undone_reason"])


@action
def add_member(family: Family, *, new: NewMember, by: User, key: UUID | None = None) -> Member:
    """A person who joins the family (a birth, a new partner). `homes` name homes it has; `key` is the row's id."""
    check(by, Permission.CHANGE_FAMILY, family)
    check_may_change(family)
    homes = {home.name: home for home in family.households.all()}
    if unknown := [name for name, _share in new.homes if name not in homes]:
        raise Refused(_("Familien har ikke hjemmet «%(home)s».") % {"home": unknown[0]}, rule="no_such_home")
    facts = {key: value for key, value in vars(new).items() if key != "homes"}
    member = Member(family=family, **facts, **({"pk": key} if key else {}))
    member.save(force_insert=True)
    for name, share in new.homes:
        Residence.objects.create(family=family, member=member, household=homes[name], share=share)
    record(FamilyEvent.MEMBER_ADDED, by=by, target=member, family=family)
    return member


@action
def change_member(member: Member, *, by: User, version: int | None = None, **changes: Any) -> Member:
    """Change a member's own fields. Raises Stale when somebody saved a newer version than `version`."""
    check(by, Permission.CHANGE_FAMILY, member.family)
    check_may_change(member.family)
    current = lock(member, version)
    for name, value in changes.items():
        setattr(current, name, value)
    current.save()
    record(FamilyEvent.MEMBER_CHANGED, by=by, target=current, facts={"fields": sorted(changes)})
    return current


@action
def change_family(family: Family, *, by: User, version: int | None = None, **changes: Any) -> Family:
    """Change the family's name or life phase. Raises Stale when somebody saved a newer version than `version`."""
    check(by, Permission.CHANGE_FAMILY, family)
    check_may_change(family)
    if unknown := set(changes) - {"name", "life_phase"}:
        raise TypeError(f"change_family does not change {sorted(unknown)}")
    current = lock(family, version)
    for name, value in changes.items():
        setattr(current, name, value)
    current.save()
    record(FamilyEvent.FAMILY_CHANGED, by=by, target=current, facts={"fields": sorted(changes)})
    return current


@action
def pause(family: Family, *, reason: str, by: User, until: date | None = None, on: date | None = None) -> Family:
    """The family wants a break. No due date moves (R-E9)."""
    check(by, Permission.CHANGE_FAMILY, family)
    check_may_change(family)
    if not reason.strip():
        raise Refused(_("Skriv hvorfor det er pause."), rule="reason", field="reason")
    on = on or timezone.localdate()
    if until and until < on:
        raise Refused(_("Pausen slutter før den begynner."), rule="dates", field="until")
    current = lock(family, None)
    if current.state != FamilyState.ACTIVE:
        raise Refused(_("Bare en familie som følges, kan settes på pause."), rule="not_active")
    current.state, current.paused_on, current.paused_until = FamilyState.PAUSED, on, until
    current.pause_reason = reason[:300]
    current.save()
    record(FamilyEvent.FAMILY_PAUSED, by=by, target=current)
    return current


@action
def resume(family: Family, *, by: User) -> Family:
    """The break is over."""
    check(by, Permission.CHANGE_FAMILY, family)
    check_may_change(family)
    current = lock(family, None)
    if current.state != FamilyState.PAUSED:
        raise Refused(_("Familien er ikke på pause."), rule="not_paused")
    current.state, current.paused_on, current.paused_until, current.pause_reason = FamilyState.ACTIVE, None, None, ""
    current.save()
    record(FamilyEvent.FAMILY_RESUMED, by=by, target=current)
    return current


@action
def close(
    family: Family,
    *,
    reason: str,
    by: User,
    on: date | None = None,
    because: str = ExitReason.OTHER,
    key: UUID | None = None,
) -> Family:
    """Follow-up ends, after five years or earlier. The family stays readable; the register study comes 15 years on.

    `because` is the reason in few words (ExitReason), `key` the id of the Exit that is kept. Raises Refused without a
    reason, for a day in the future, for five years that have not gone, and when it is closed already.
    """  # fmt: skip
    check(by, Permission.CHANGE_FAMILY, family)
    if not reason.strip():
        raise Refused(_("Skriv hvorfor oppfølgingen avsluttes."), rule="reason", field="reason")
    on = on or timezone.localdate()
    if on > timezone.localdate():
        raise Refused(_("Datoen er fram i tid."), rule="future", field="on")
    current = lock(family, None)
    if current.state == FamilyState.CLOSED:
        raise Refused(_("Oppfølgingen er alt avsluttet."), rule="closed")
    if because == ExitReason.FIVE_YEARS and (why := why_not_five_years(current.baseline_on, on)):
        raise Refused(why, rule="not_five_years", field="because")
    current.paused_on, current.paused_until, current.pause_reason = None, None, ""
    current.state, current.closed_on, current.closed_reason = FamilyState.CLOSED, on, reason[:300]
    current.save()
    kept = Exit(family=current, ended_on=on, because=because, reason=reason[:300], recorded_by=by)
    kept.pk = key or kept.pk
    kept.save(force_insert=True)
    for assignment in current.assignments.live().responsible().order_by("pk"):
        look_at_held(assignment.user_id, current.municipality_id)
    record(FamilyEvent.FAMILY_CLOSED, by=by, target=current, facts={"because": because})
    return current


@action
def reopen(family: Family, *, reason: str, by: User) -> Family:
    """The team lead takes up again, within a year, what was closed. No window has moved meanwhile (R-P3).

    The day it ended, and why, stay. Raises Refused without a reason, for a case that is not closed, and after the year.
    """
    check(by, Permission.ASSIGN_COORDINATOR, family)
    if not reason.strip():
        raise Refused(_("Skriv hvorfor oppfølgingen tas opp igjen."), rule="reason", field="reason")
    current = lock(family, None)
    if current.state != FamilyState.CLOSED:
        raise Refused(_("Oppfølgingen er ikke avsluttet."), rule="not_closed")
    today = timezone.localdate()
    if not may_reopen(current.closed_on, today):
        raise Refused(
            _("Det er mer enn ett år siden oppfølgingen ble avsluttet. Familien kan henvises på nytt."), rule="too_late"
        )
    current.state, current.closed_on, current.closed_reason = FamilyState.ACTIVE, None, ""
    current.save()
    row = Exit.objects.select_for_update(of=("self",)).filter(family=current, reopened_on=None).first()
    if row is not None:
        row.reopened_on, row.reopened_reason, row.reopened_by = today, reason[:300], by
        row.save(update_fields=["reopened_on", "reopened_reason", "reopened_by"])
    record(FamilyEvent.FAMILY_REOPENED, by=by, target=current)
    return current
