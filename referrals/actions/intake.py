"""The intake team's turn: take up, assess, ask, decide, order the waiting list."""

from collections.abc import Iterable, Mapping
from datetime import date

from django.db.models import F, Max
from django.utils import timezone
from django.utils.translation import gettext as _

from families.actions import register
from families.assignments import assign_coordinator
from families.enums import STRICT
from families.models import Family
from nyemonstre.access.actions import action
from nyemonstre.access.check import check
from nyemonstre.access.roles import Permission
from nyemonstre.accounts.models import Municipality, User
from nyemonstre.audit.log import record
from nyemonstre.flow import check_state
from nyemonstre.refusals import Refused
from nyemonstre.versioned import lock
from referrals.enums import AddressAnswer, Criterion, Outcome, ReferralEvent
from referrals.models import Addition, AgendaItem, CriterionAnswer, IntakeDecision, Referral, WaitingMove
from referrals.people import new_members
from referrals.stages import DECIDABLE, MACHINE, ReferralState

from .waiting import close_open_offers


def enter(referral: Referral, state: str, *, by: User) -> None:
    """Move a locked henvendelse through the machine and log it. Raises Refused when the table has no such way."""
    check_state(
        MACHINE,
        referral.state,
        state,
        _("Henvendelsen er «%(now)s», og kan ikke bli «%(to)s» nå.")
        % {"now": referral.get_state_display(), "to": ReferralState(state).label},
    )
    left_waiting = referral.waiting_position if referral.state == ReferralState.WAITING else None
    referral.state = state
    referral.waiting_position = referral.waiting_since = None
    if state == ReferralState.WAITING:
        referral.waiting_position, referral.waiting_since = _last_position(referral) + 1, timezone.localdate()
    referral.save(update_fields=["state", "waiting_position", "waiting_since", "version"])
    if left_waiting:
        close_open_offers(referral, by)
        _list(referral).filter(waiting_position__gt=left_waiting).update(waiting_position=F("waiting_position") - 1)
    record(MACHINE[state].event, by=by, target=referral)


def _list(referral: Referral):
    return Referral.objects.filter(municipality=referral.municipality_id, state=ReferralState.WAITING).order_by()


def _last_position(referral: Referral) -> int:
    # One list per municipality: whoever changes it waits for the one before.
    Municipality.objects.select_for_update(of=("self",)).get(pk=referral.municipality_id)
    return _list(referral).aggregate(last=Max("waiting_position"))["last"] or 0


@action
def take_in(referral: Referral, *, by: User, version: int | None = None) -> Referral:
    """The team takes up a new henvendelse, or one that has got the opplysninger it waited for."""
    check(by, Permission.DECIDE_REFERRAL, referral)
    current = lock(referral, version)
    enter(current, ReferralState.IN_INTAKE, by=by)
    return current


@action
def assess(referral: Referral, *, answers: Mapping[str, tuple[str, str]], by: User) -> list[CriterionAnswer]:
    """The team's own answers about the target group: {criterion: (value, note)}. Only what differs is added.

    Raises Refused when the henvendelse is decided.
    """
    check(by, Permission.DECIDE_REFERRAL, referral)
    current = lock(referral, None)
    if current.state not in DECIDABLE:
        raise Refused(_("Henvendelsen er avgjort. Svarene kan ikke endres."), rule="decided")
    before = {c: (a.value, a.note) for c, a in current.criteria.items()}
    rows = [
        CriterionAnswer(referral=current, criterion=Criterion(criterion), value=value, note=note, answered_by=by)
        for criterion, (value, note) in answers.items()
        if before.get(criterion) != (value, note)
    ]
    for row in rows:
        row.save(force_insert=True)
    record(ReferralEvent.REFERRAL_ASSESSED, by=by, target=current, facts={"changed": [r.criterion for r in rows]})
    return rows


@action
def add_information(referral: Referral, *, text: str, came_from: str, by: User) -> Addition:
    """Opplysninger that came later. Brings a henvendelse that waited for them back to the team."""
    check(by, Permission.DECIDE_REFERRAL, referral)
    if not text.strip():
        raise Refused(_("Skriv hva som er nytt."), rule="text", field="text")
    if not came_from.strip():
        raise Refused(_("Skriv hvem opplysningene kommer fra."), rule="came_from", field="came_from")
    current = lock(referral, None)
    addition = Addition(referral=current, text=text, came_from=came_from, written_by=by)
    addition.save(force_insert=True)
    record(ReferralEvent.INFORMATION_ADDED, by=by, target=addition, municipality=current.municipality)
    if current.state == ReferralState.MORE_INFORMATION:
        enter(current, ReferralState.IN_INTAKE, by=by)
    return addition


@action
def decide(
    referral: Referral,
    *,
    outcome: str,
    sectors: Iterable[str],
    present: str,
    reason: str,
    by: User,
    unanimous: bool = True,
    decided_on: date | None = None,
    coordinator: User | None = None,
    override_reason: str = "",
    protection: str | None = None,
    item: AgendaItem | None = None,
    version: int | None = None,
) -> IntakeDecision:
    """The team's decision. A granted place makes the family, and gives it a coordinator when one is chosen.

    Everything or nothing: when the coordinator's last place has just gone, no family is made either.
    `protection` is needed when the referrer did not know. `item` is the case on a meeting's agenda (see decide_case).
    Raises Refused, also outside a meeting where the municipality asks for one, and Stale for an old `version`.
    """
    check(by, Permission.DECIDE_REFERRAL, referral)
    current = lock(referral, version)
    sectors, decided_on = sorted(set(sectors)), decided_on or timezone.localdate()
    if item is None and current.municipality.intake_only_in_meetings:
        raise Refused(_("Kommunen har bestemt at henvendelser avgjøres i et inntaksmøte."), rule="only_in_meetings")
    _check_decision(current, sectors, present, reason, decided_on)
    if current.state in (ReferralState.RECEIVED, ReferralState.MORE_INFORMATION):
        enter(current, ReferralState.IN_INTAKE, by=by)
    decision = IntakeDecision(
        referral=current, outcome=Outcome(outcome), decided_on=decided_on, sectors=sectors, present=present.strip(),
        reason=reason.strip(), unanimous=unanimous, agenda_item=item, decided_by=by,
    )  # fmt: skip
    enter(current, ReferralState(outcome), by=by)
    if outcome == Outcome.GRANTED:
        decision.family = _register(current, decided_on, _protection(current, protection), coordinator, by)
        decision.coordinator = coordinator
    decision.save(force_insert=True)  # before the family is followed: after that, whoever registered it adds nothing
    if decision.family and coordinator:
        try:
            assign_coordinator(decision.family, coordinator=coordinator, override_reason=override_reason, by=by)
        except Refused as refusal:
            raise _with_who_got_it(refusal, current, coordinator, by) from None
    return decision


def _with_who_got_it(refusal: Refused, referral: Referral, coordinator: User, by: User) -> Refused:
    """A place that went while this meeting talked: who got it, when and why, in so far as `by` may know it.

    Where it went to a family `by` may not see, nothing more is said (docs/adr/0010).
    """
    if refusal.rule not in ("no_place", "override_reason"):
        return refusal
    rows = IntakeDecision.objects.permitted(by, Permission.VIEW_REFERRAL).exclude(referral=referral)
    today = rows.filter(coordinator=coordinator, decided_at__date=timezone.localdate())
    last = today.select_related("referral", "decided_by").order_by("-decided_at").first()
    if last is None:
        return refusal
    told = _("I dag kl. %(time)s ga %(who)s en plass der til %(family)s: «%(reason)s»") % {
        "time": timezone.localtime(last.decided_at).strftime("%H.%M"), "who": last.decided_by.name,
        "family": last.referral.family_name, "reason": last.reason,
    }  # fmt: skip
    return Refused(f"{refusal} {told}", rule=refusal.rule, field=refusal.field)


def check_sectors(municipality: Municipality, sectors: list[str]) -> None:
    """Two of the three sectors are enough to decide (R-A5), unless the municipality asks for more."""
    needed = municipality.intake_sectors_needed
    if len(sectors) < needed:
        sentence = (
            _("Minst to sektorer må være med og bestemme.")
            if needed == 2
            else _("Minst %(number)d sektorer må være med og bestemme.") % {"number": needed}
        )
        raise Refused(sentence, rule="sectors", field="sectors")


def _check_decision(referral: Referral, sectors: list[str], present: str, reason: str, decided_on: date) -> None:
    check_sectors(referral.municipality, sectors)
    if not present.strip():
        raise Refused(_("Skriv hvem som var til stede."), rule="present", field="present")
    if not reason.strip():
        raise Refused(_("Skriv begrunnelsen."), rule="reason", field="reason")
    if decided_on > timezone.localdate():
        raise Refused(_("Datoen er fram i tid."), rule="future", field="decided_on")
    if decided_on < referral.received_on:
        raise Refused(
            _("Datoen er før henvendelsen kom, %(day)s.") % {"day": referral.received_on.strftime("%d.%m.%Y")},
            rule="before_received",
            field="decided_on",
        )


def _protection(referral: Referral, chosen: str | None) -> str:
    protection = chosen or referral.protection
    if protection == AddressAnswer.UNKNOWN:
        raise Refused(
            _("Den som henvendte seg, vet ikke om familien har adressesperre. Finn det ut før familien får plass."),
            rule="protection_unknown",
            field="protection",
        )
    return protection


def _register(referral: Referral, decided_on: date, protection: str, coordinator: User | None, by: User) -> Family:
    if protection in STRICT and coordinator is None:
        raise Refused(
            _("Familien har adressesperre, så bare den som blir koordinator kan se den. Velg koordinator nå."),
            rule="protected_needs_coordinator",
            field="coordinator",
        )
    members, homes = new_members(list(referral.people.all()))
    return register(
        referral.municipality, name=referral.family_name, members=members, homes=homes, protection=protection,
        referred_on=referral.received_on, allotted_on=decided_on, by=by,
    )  # fmt: skip


@action
def move_on_waiting_list(
    referral: Referral, *, to: int, reason: str, by: User, version: int | None = None
) -> WaitingMove:
    """Give a waiting family another place in the order, for a reason that stays."""
    check(by, Permission.DECIDE_REFERRAL, referral)
    if not reason.strip():
        raise Refused(_("Skriv hvorfor familien flyttes."), rule="reason", field="reason")
    # The list first, then the row: the same order as everybody who changes the list.
    Municipality.objects.select_for_update(of=("self",)).get(pk=referral.municipality_id)
    current = lock(referral, version)
    if current.state != ReferralState.WAITING:
        raise Refused(_("Familien står ikke på ventelisten."), rule="not_waiting")
    last = _list(current).aggregate(last=Max("waiting_position"))["last"]
    came_from = current.waiting_position
    if not 1 <= to <= last:
        raise Refused(_("Velg en plass fra 1 til %(last)d.") % {"last": last}, rule="position", field="to")
    if to == came_from:
        raise Refused(_("Familien har alt denne plassen."), rule="same_position", field="to")
    if to < came_from:
        between = _list(current).filter(waiting_position__gte=to, waiting_position__lt=came_from)
        between.update(waiting_position=F("waiting_position") + 1)
    else:
        between = _list(current).filter(waiting_position__gt=came_from, waiting_position__lte=to)
        between.update(waiting_position=F("waiting_position") - 1)
    current.waiting_position = to
    current.save(update_fields=["waiting_position", "version"])
    move = WaitingMove(
        referral=current, from_position=came_from, to_position=to, reason=reason.strip()[:300], moved_by=by
    )
    move.save(force_insert=True)
    record(ReferralEvent.REFERRAL_MOVED, by=by, target=current, facts={"from": came_from, "to": to})
    return move
