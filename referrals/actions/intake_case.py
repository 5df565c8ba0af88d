"""One case in the intake meeting: who leaves the room, what is said, what is decided; and what is added afterwards."""

from collections.abc import Iterable, Mapping
from uuid import UUID

from django.utils.translation import gettext as _

from nyemonstre.access.actions import action
from nyemonstre.access.check import check
from nyemonstre.access.roles import Permission
from nyemonstre.accounts.models import User
from nyemonstre.audit.log import record
from nyemonstre.refusals import Refused
from nyemonstre.versioned import lock
from referrals.enums import ReferralEvent
from referrals.models import Addendum, AgendaItem, IntakeDecision, IntakeMeeting, Presence, Recusal

from .intake import decide
from .intake_meeting import lock_meeting

P = Permission


def _lock_case(item: AgendaItem, doing: str, by: User, version: int | None = None) -> tuple[IntakeMeeting, AgendaItem]:
    """The meeting and its case, locked. Raises Refused when the case is decided or moved."""
    check(by, P.DECIDE_REFERRAL, item)
    meeting = lock_meeting(item.meeting, doing, by=by)
    current: AgendaItem = lock(item, version)
    if IntakeDecision.objects.filter(agenda_item=current).exists():
        raise Refused(_("Saken er avgjort. Den kan få tillegg når møtet er avsluttet."), rule="case_decided")
    if current.moved_to_id:
        raise Refused(_("Saken er flyttet til et annet møte."), rule="case_moved")
    return meeting, current


@action
def note_recusals(item: AgendaItem, *, out: Mapping[UUID, str], by: User) -> list[Recusal]:
    """Who leaves the room for this case: {presence id: why}. Whoever is not named comes in again.

    Raises Refused for somebody who is not in the meeting, and when the case is decided.
    """
    meeting, current = _lock_case(item, "recuse", by)
    there = {row.pk: row for row in Presence.objects.filter(meeting=meeting)}
    if not set(out) <= set(there):
        raise Refused(_("Velg blant dem som er til stede."), rule="not_there", field="out")
    before = {row.presence_id: row for row in current.recusals.all()}
    for presence_id, row in before.items():
        if out.get(presence_id) != row.reason:
            row.delete()
    rows = [
        Recusal(item=current, presence=there[presence_id], reason=reason, noted_by=by)
        for presence_id, reason in out.items()
        if presence_id not in before or before[presence_id].reason != reason
    ]
    Recusal.objects.bulk_create(rows)
    current.save(update_fields=["version"])
    facts = {"out": sorted(str(there[presence_id].user_id or presence_id) for presence_id in out)}
    record(ReferralEvent.INTAKE_RECUSED, by=by, target=current, municipality=meeting.municipality, facts=facts)
    return rows


@action
def save_note(item: AgendaItem, *, note: str, by: User, version: int | None = None) -> AgendaItem:
    """What is said about the case, before anything is decided. Raises Stale when somebody wrote a newer one."""
    meeting, current = _lock_case(item, "note", by, version)
    current.note = note.strip()
    current.save(update_fields=["note", "version"])
    record(ReferralEvent.INTAKE_NOTED, by=by, target=current, municipality=meeting.municipality)
    return current


def deciding(item: AgendaItem) -> list[Presence]:
    """Those in the room now who have not left it for this case."""
    out = Recusal.objects.filter(item=item).values("presence_id")
    return list(Presence.objects.filter(meeting=item.meeting_id, here=True).exclude(pk__in=out))


@action
def decide_case(
    item: AgendaItem,
    *,
    outcome: str,
    reason: str,
    by: User,
    note: str = "",
    unanimous: bool = True,
    dissent: str = "",
    coordinator: User | None = None,
    override_reason: str = "",
    protection: str | None = None,
    version: int | None = None,
    item_version: int | None = None,
) -> IntakeDecision:
    """The meeting's decision in one case, by those who are in the room for it.

    Sectors and names are taken from the presence, less those who have left for this case. The answers about the target
    group are kept as they were seen. `version` is the henvendelse's, `item_version` the agenda's. Raises Refused when
    the meeting does not go on, when whoever signs is not there or is out for this case, when the sectors left are too
    few, and for everything `decide` refuses; Stale for an old version.
    """
    meeting, current = _lock_case(item, "decide", by, item_version)
    room = deciding(current)
    if by.pk not in {person.user_id for person in room}:
        out = current.recusals.filter(presence__user=by).exists()
        raise Refused(
            _("Du er ute av rommet i denne saken, og kan ikke avgjøre den.") if out
            else _("Du er ikke ført som til stede i møtet, og kan ikke avgjøre saker i det."),
            rule="recused" if out else "not_present",
        )  # fmt: skip
    if dissent.strip() and unanimous:
        raise Refused(
            _("Ta bort krysset for enstemmig, eller tøm feltet om hvem som var uenig."), rule="dissent", field="dissent"
        )
    referral = current.referral
    # Saved before the decision: after a place to a strictly protected family nobody here may write to the case.
    current.note, current.dissent = note.strip(), dissent.strip()
    current.criteria = {c: [answer.value, answer.note] for c, answer in referral.criteria.items()}
    current.save(update_fields=["note", "dissent", "criteria", "version"])
    record(
        ReferralEvent.INTAKE_DECIDED, by=by, target=current, municipality=meeting.municipality,
        facts={"outcome": outcome},
    )  # fmt: skip
    return decide(
        referral, outcome=outcome, sectors=_sectors(room), present=_names(room), reason=reason, unanimous=unanimous,
        coordinator=coordinator, override_reason=override_reason, protection=protection,
        item=current, version=version, by=by,
    )  # fmt: skip


def _sectors(room: Iterable[Presence]) -> list[str]:
    return sorted({person.sector for person in room if person.sector})


def _names(room: Iterable[Presence]) -> str:
    """Everybody by name, within what a decision has room for; the whole list stands in the minutes."""
    return ", ".join(person.name for person in room)[:300]


@action
def add_to_minutes(item: AgendaItem, *, text: str, reason: str, by: User) -> Addendum:
    """A correction in one case after the meeting was closed. Raises Refused without a text or a reason, or before."""
    check(by, P.DECIDE_REFERRAL, item)
    meeting = lock_meeting(item.meeting, "add", by=by)
    if not text.strip():
        raise Refused(_("Skriv hva som skal legges til."), rule="text", field="text")
    if not reason.strip():
        raise Refused(_("Skriv hvorfor det legges til nå."), rule="reason", field="reason")
    addendum = Addendum(item=item, text=text.strip(), reason=reason.strip(), written_by=by)
    addendum.save(force_insert=True)
    record(ReferralEvent.INTAKE_ADDED, by=by, target=addendum, municipality=meeting.municipality)
    return addendum
