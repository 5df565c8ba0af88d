"""Finished minutes on paper, and on their way to the services that may read them (docs/adr/0032)."""

from collections.abc import Iterable
from datetime import timedelta
from typing import Any
from uuid import uuid4

from django.db import connection
from django.utils import timezone
from django.utils.crypto import constant_time_compare
from django.utils.translation import gettext as _

from consent.models import AgreementLine
from nyemonstre.access.actions import action
from nyemonstre.access.check import check
from nyemonstre.access.roles import Permission
from nyemonstre.access.wall import acting_as
from nyemonstre.accounts.models import User
from nyemonstre.audit.log import record
from nyemonstre.refusals import Refused
from plans.asked import address_of
from plans.enums import PlanEvent
from plans.minutes import Had, receivers
from plans.minutes_codes import code_of, digest, digits, secret_of
from plans.models import Meeting, MinutesAddendum, MinutesCopy
from plans.models.leaving import REGRET, Leaving
from plans.tasks import mail_minutes, mail_soon

# How long a link works.
LASTS = timedelta(days=14)


@action
def send_minutes(meeting: Meeting, *, lines: Iterable[AgreementLine], by: User) -> list[MinutesCopy]:
    """To these services, in a minute. One that has them on the way, or has had them, is passed by.

    Raises Refused for minutes that are not finished, when nobody is chosen, and for a service that may not have them
    now: no live line that covers something of it, or no e-mail address.
    """
    check(by, Permission.CHANGE_JOURNAL, meeting.family)
    current = Meeting.objects.select_for_update(of=("self",)).with_company().get(pk=meeting.pk)
    if not current.is_finished:
        raise Refused(_("Referatet er ikke ferdig."), rule="not_finished")
    wanted, may = list(lines), {line.pk: line for line in receivers(current)}
    if not wanted:
        raise Refused(_("Velg hvem som skal ha referatet."), rule="nobody", field="lines")
    has = set(MinutesCopy.objects.filter(meeting=current).standing().values_list("line", flat=True))
    copies = []
    for line in wanted:
        if line.pk not in may:
            raise Refused(
                _("Avtalen med %(service)s dekker ikke noe av dette referatet nå, så det kan ikke sendes.")
                % {"service": line.service},
                rule="no_live_line", field="lines",
            )  # fmt: skip
        if not address_of(may[line.pk]):
            raise Refused(
                _("%(service)s har ingen e-postadresse i avtalen. Gi dem referatet på papir.")
                % {"service": line.service},
                rule="no_address", field="lines",
            )  # fmt: skip
        if line.pk in has:
            continue
        copies.append(_leave(current, line, by))
    record(PlanEvent.MINUTES_SENT, by=by, target=current, facts={"services": len(copies)})
    return copies


def _leave(meeting: Meeting, line: AgreementLine, by: User, addendum: MinutesAddendum | None = None) -> MinutesCopy:
    now = timezone.now()
    copy = MinutesCopy(
        pk=uuid4(), family_id=meeting.family_id, meeting=meeting, line=line, addendum=addendum, sent_by=by, sent_at=now,
        leaves_at=now + REGRET, closes_at=now + REGRET + LASTS,
    )  # fmt: skip
    copy.secret_hash = digest(secret_of(copy.pk))
    copy.save(force_insert=True)
    mail_soon(mail_minutes, copy)
    return copy


@action
def send_addendum(addendum: MinutesAddendum, *, by: User) -> list[MinutesCopy]:
    """Tell those who have had the minutes of what was added, in a minute, with a new link and a new code.

    Raises Refused when nobody is left to tell.
    """
    check(by, Permission.CHANGE_JOURNAL, addendum.family)
    copies = tell_of_addendum(addendum, by=by)
    if not copies:
        raise Refused(_("Ingen som har fått referatet, mangler dette tillegget."), rule="all_told")
    return copies


def tell_of_addendum(addendum: MinutesAddendum, *, by: User) -> list[MinutesCopy]:
    """Part of adding to minutes: the services that have had them and may read it (minutes.Had)."""
    meeting = Meeting.objects.select_for_update(of=("self",)).with_company().get(pk=addendum.meeting_id)
    copies = [_leave(meeting, line, by, addendum) for line in Had(meeting).receivers(addendum)]
    if copies:
        record(PlanEvent.MINUTES_SENT, by=by, target=meeting, facts={"services": len(copies), "addendum": True})
    return copies


def stop(row: Leaving, by: User) -> None:
    """Not after all. `row` is locked, and nothing of it was sent."""
    row.stopped_at, row.stopped_by = timezone.now(), by
    row.save(update_fields=["stopped_at", "stopped_by"])


def stop_in_time(row: Any, what: PlanEvent, gone: str, *, by: User) -> Any:
    """The row as it stands, stopped. Raises Refused (`gone` in words) when it has left, or was stopped already."""
    current = type(row).objects.select_for_update(of=("self",)).get(pk=row.pk)
    if not current.can_be_stopped:
        raise Refused(gone, rule="gone")
    stop(current, by)
    record(what, by=by, target=current)
    return current


@action
def stop_minutes(copy: MinutesCopy, *, by: User) -> MinutesCopy:
    """Not after all. Raises Refused when it has left, or was stopped already."""
    check(by, Permission.CHANGE_JOURNAL, copy.family)
    return stop_in_time(copy, PlanEvent.MINUTES_STOPPED, _("Referatet har alt gått ut, eller er stanset."), by=by)


@action
def take_out_minutes(meeting: Meeting, *, by: User, line: AgreementLine | None = None) -> None:
    """Somebody takes finished minutes out on paper; the log says for which service, if for one."""
    check(by, Permission.VIEW_JOURNAL, meeting.family)
    if not meeting.is_finished:
        raise Refused(_("Referatet er ikke ferdig."), rule="not_finished")
    record(PlanEvent.MINUTES_PRINTED, by=by, target=meeting, facts={"line": str(line.pk)} if line else {})


def works_no_more() -> Refused:
    """The same for a wrong code, a link that ran out, an agreement that ended, and what never was."""
    return Refused(
        _("Referatet kan ikke åpnes. Sjekk koden. Stemmer den, er lenken gått ut eller avtalen slutt."),
        rule="closed", field="code",
    )  # fmt: skip


def find_minutes(secret: str, code: str) -> tuple[MinutesCopy, Meeting, AgreementLine, User]:
    """What link and code open now, and in whose name it is read. Raises Refused, always with the same words.

    While the sender may still read the journal and the line still covers something. The copy's row is locked.
    """
    with connection.cursor() as cursor:
        cursor.execute("select id, sent_by_id from sec.minutes_copy(%s, %s)", [digest(secret), timezone.now()])
        row = cursor.fetchone()
    if row is None or not constant_time_compare(digits(code), digits(code_of(row[0]))):
        raise works_no_more()
    with acting_as(row[1]):
        sender = User.objects.filter(pk=row[1], is_active=True).first()
        copy = None
        if sender is not None:
            rows = MinutesCopy.objects.permitted(sender, Permission.CHANGE_JOURNAL).select_for_update(of=("self",))
            copy = rows.select_related("family__municipality").filter(pk=row[0]).first()
        if sender is None or copy is None:
            raise works_no_more()
        meeting = Meeting.objects.with_company().select_related("finished_by").get(pk=copy.meeting_id)
        line = next((line for line in receivers(meeting) if line.pk == copy.line_id), None)
    if line is None:
        raise works_no_more()
    return copy, meeting, line, sender


@action
def open_minutes(secret: str, *, code: str, by: User | None) -> tuple[Meeting, AgreementLine, User]:
    """A service reads its minutes. No permission is needed: link and code are the proof, given by somebody who has one.

    Raises Refused as `find_minutes` does.
    """
    copy, meeting, line, sender = find_minutes(secret, code)
    if copy.opened_at is None:
        with acting_as(sender):
            copy.opened_at = timezone.now()
            copy.save(update_fields=["opened_at"])
    record(
        PlanEvent.MINUTES_OPENED, by=by, target=copy, family=copy.family, municipality=copy.family.municipality
    )  # fmt: skip
    return meeting, line, sender
