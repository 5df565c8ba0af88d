"""Services are told of a meeting by mail, in a minute in which it can be stopped; each word once (docs/adr/0033)."""

from django.utils import timezone
from django.utils.translation import gettext as _

from nyemonstre.access.actions import action
from nyemonstre.access.check import check
from nyemonstre.access.roles import Permission
from nyemonstre.accounts.models import User
from nyemonstre.audit.log import record
from nyemonstre.refusals import Refused
from plans.enums import PlanEvent
from plans.models import Meeting, MeetingNotice
from plans.models.leaving import REGRET
from plans.notices import Told, terms_of, told
from plans.papers import live_lines
from plans.tasks import mail_notice, mail_soon

from .copies import stop, stop_in_time


@action
def tell_services(meeting: Meeting, *, by: User) -> list[MeetingNotice]:
    """Mail what holds now to the services that have not been told it, also what somebody has stopped before.

    Raises Refused when there is nothing to send.
    """
    check(by, Permission.CHANGE_JOURNAL, meeting.family)
    made = say_what_holds(meeting, by=by, again=True)
    if not made:
        raise Refused(_("Alle som kan få e-post om møtet, har fått det eller får det om litt."), rule="all_told")
    return made


def say_what_holds(meeting: Meeting, *, by: User, again: bool = False) -> list[MeetingNotice]:
    """Part of agreeing on, changing and cancelling a meeting: what each service has not been told leaves in a minute.

    None is told the same twice. What somebody has stopped is sent `again` only when that is asked for.
    """
    current = Meeting.objects.select_for_update(of=("self",)).with_company().get(pk=meeting.pk)
    # Those the worker is mailing now are waited for, so that what has left is known.
    list(MeetingNotice.objects.filter(meeting=current).select_for_update(of=("self",)).values_list("pk"))
    made = [notice for one in told(current, live_lines(current.family)) if (notice := _say(one, by, again=again))]
    if made:
        record(PlanEvent.SERVICES_TOLD, by=by, target=current, facts={"services": len(made)})
    return made


def _say(one: Told, by: User, *, again: bool) -> MeetingNotice | None:
    """What this service has not heard, on its way; and what holds no more, stopped."""
    wanted = one.to_say if one.address and one.line else ""
    if (waits := one.waiting) is not None:
        if wanted and one.is_said(waits):
            return None
        stop(waits, by)
    if not wanted or (one.was_stopped and not again):
        return None
    now, meeting = timezone.now(), one.meeting
    notice = MeetingNotice(
        family_id=meeting.family_id, meeting=meeting, line=one.line, kind=wanted, starts_at=meeting.starts_at,
        terms=terms_of(meeting), sent_by=by, sent_at=now, leaves_at=now + REGRET,
    )  # fmt: skip
    notice.save(force_insert=True)
    mail_soon(mail_notice, notice)
    return notice


@action
def stop_notice(notice: MeetingNotice, *, by: User) -> MeetingNotice:
    """Not after all. Raises Refused when it has left, or was stopped already."""
    check(by, Permission.CHANGE_JOURNAL, notice.family)
    return stop_in_time(notice, PlanEvent.NOTICE_STOPPED, _("Beskjeden har alt gått ut, eller er stanset."), by=by)
