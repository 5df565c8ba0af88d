"""THE DECISION: what may become of a henvendelse, as data. Exactly one state at a time.

Every decision is taken from `in_intake` or from the waiting list, so a case always passes through the team's hands.
More information brings it back to the team, never straight to an answer.
"""

from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _

from nyemonstre.access.roles import Permission
from nyemonstre.flow import State, to_mermaid

from .enums import ReferralEvent


class ReferralState(models.TextChoices):
    RECEIVED = "received", _("Ny")
    IN_INTAKE = "in_intake", _("Til behandling")
    MORE_INFORMATION = "more_information", _("Venter på opplysninger")
    WAITING = "waiting", _("På venteliste")
    DECLINED = "declined", _("Avslag")
    GRANTED = "granted", _("Har fått plass")
    INFORMATION_MEETING = "information_meeting", _("Informasjonssamtale")
    CLOSED = "closed", _("Avsluttet")


S = ReferralState


def _row(permission: Any, event: Any, *comes_from: Any) -> State:
    return State(frozenset(comes_from), str(permission), str(event))


MACHINE: dict[Any, State] = {
    S.RECEIVED: _row(Permission.VIEW_REFERRAL, ReferralEvent.REFERRAL_SENT),
    S.IN_INTAKE: _row(
        Permission.DECIDE_REFERRAL, ReferralEvent.REFERRAL_TAKEN_IN, S.RECEIVED, S.MORE_INFORMATION
    ),
    S.MORE_INFORMATION: _row(Permission.DECIDE_REFERRAL, ReferralEvent.INFORMATION_ASKED, S.IN_INTAKE),
    S.WAITING: _row(Permission.DECIDE_REFERRAL, ReferralEvent.REFERRAL_WAITING, S.IN_INTAKE),
    S.DECLINED: _row(Permission.DECIDE_REFERRAL, ReferralEvent.REFERRAL_DECLINED, S.IN_INTAKE, S.WAITING),
    S.GRANTED: _row(Permission.DECIDE_REFERRAL, ReferralEvent.REFERRAL_GRANTED, S.IN_INTAKE, S.WAITING),
    S.INFORMATION_MEETING: _row(Permission.CHANGE_FAMILY, ReferralEvent.MEETING_STARTED, S.GRANTED),
    S.CLOSED: _row(Permission.CHANGE_FAMILY, ReferralEvent.REFERRAL_CLOSED, S.INFORMATION_MEETING),
}  # fmt: skip

# What the team still has to do something with. The waiting list is a page of its own.
TO_DECIDE = (S.RECEIVED, S.IN_INTAKE, S.MORE_INFORMATION)
# States the intake team may decide from; received and more_information pass through in_intake on the way.
DECIDABLE = (*TO_DECIDE, S.WAITING)


class MeetingState(models.TextChoices):
    PLANNED = "planned", _("Planlagt")
    OPEN = "open", _("Pågår")
    CLOSED = "closed", _("Avsluttet")
    CANCELLED = "cancelled", _("Avlyst")


_D = str(Permission.DECIDE_REFERRAL)
# THE MEETING: planned, open, closed; or cancelled before it began. Nothing leads back.
MEETING_MACHINE: dict[Any, State] = {
    MeetingState.PLANNED: State(frozenset(), _D, str(ReferralEvent.INTAKE_PLANNED)),
    MeetingState.OPEN: State(frozenset({MeetingState.PLANNED}), _D, str(ReferralEvent.INTAKE_OPENED)),
    MeetingState.CLOSED: State(frozenset({MeetingState.OPEN}), _D, str(ReferralEvent.INTAKE_SIGNED)),
    MeetingState.CANCELLED: State(frozenset({MeetingState.PLANNED}), _D, str(ReferralEvent.INTAKE_CANCELLED)),
}

# Meetings that will not be held any more.
OVER = (MeetingState.CLOSED, MeetingState.CANCELLED)

# What may be done in which state. Everything else is refused with a sentence.
MAY: dict[str, frozenset[Any]] = {
    "change": frozenset({MeetingState.PLANNED}),
    "cancel": frozenset({MeetingState.PLANNED}),
    "agenda": frozenset({MeetingState.PLANNED, MeetingState.OPEN}),
    "presence": frozenset({MeetingState.PLANNED, MeetingState.OPEN}),
    "recuse": frozenset({MeetingState.PLANNED, MeetingState.OPEN}),
    "note": frozenset({MeetingState.PLANNED, MeetingState.OPEN}),
    "decide": frozenset({MeetingState.OPEN}),
    "sign": frozenset({MeetingState.OPEN}),
    "add": frozenset({MeetingState.CLOSED}),
}


def page() -> str:
    """docs/referral-path.md: the drawing and the table. A test keeps the file and the code the same."""
    rows = [f"| `{name}` | `{row.permission}` | `{row.event}` |" for name, row in MACHINE.items()]
    return "\n".join(
        [
            "# The path of a referral",
            "",
            "Made from `referrals/stages.py`. Change the table there, then write this file again:",
            "`python -c \"from referrals.stages import page; print(page(), end='')\" > docs/referral-path.md`",
            "",
            "```mermaid",
            to_mermaid(MACHINE).rstrip(),
            "```",
            "",
            "| State | Permission to enter it | Event in the log |",
            "|---|---|---|",
            *rows,
            "",
        ]
    )
