"""What the rooms above families know about a list of families, for «Mine familier» (settings.NM_FAMILY_FACTS).

Stands at the top with urls.py and may import every room; nothing imports it. Eighteen queries however many families.
"""

from collections import defaultdict
from collections.abc import Collection
from datetime import date, timedelta
from itertools import groupby
from typing import Any
from uuid import UUID

from django.db.models import Exists, F, OuterRef, Q
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from assessments.economy.tasks import economy_tasks
from assessments.fit_tasks import fit_talks
from consent.enums import YES, Answer, LineState, Purpose
from consent.models import AgreementLine, Consent
from consent.rules import is_live
from families.caseload import Appointment, Facts, Notice, Part, day_month
from families.enums import FamilyState
from families.models import Family
from families.pages import address
from families.protection import Outside
from nyemonstre.access.roles import Permission
from plans.enums import JournalKind
from plans.models import JournalEntry, Measure, Meeting
from referrals.enums import MeetingOutcome
from referrals.models import InformationMeeting

from .overview_meetings import family_meetings

# Days before: a line that runs out is due for a new signature, a consent for a new talk. The mails (consent/jobs.py)
# come on the first of them, and send the reader here.
LINE_SOON, CONSENT_SOON = timedelta(days=60), timedelta(days=60)
# Days after, in which a line that ran out is still to be looked at.
LINE_LATELY = timedelta(days=30)
# Days before the first proposed time of an information meeting, when the family's answer is asked for.
PROPOSAL_SOON = timedelta(days=3)


def facts(user: Any, families: list[Family]) -> dict[UUID, Facts]:
    """Last contact, agreements and consents that run out, and what happens today; only what `user` may see."""
    found: dict[UUID, Facts] = defaultdict(Facts)
    if not families:
        return {}
    today = timezone.localdate()
    _last_contacts(found, user, families)
    _consents(found, user, families, today)
    _lines(found, user, families, today)
    _meetings(found, user, families, today)
    family_meetings(found, user, families, today)
    _measures(found, user, families, today)
    _economy(found, user, families, today)
    _fit(found, user, families, today)
    return found


def _fit(found: dict[UUID, Facts], user: Any, families: list[Family], today: date) -> None:
    """Whose answers have fallen, or stand still: a talk for each of them."""
    for family, talks in fit_talks(user, families, today).items():
        for talk in talks:
            found[family].notices.append(
                Notice(
                    "fit", talk.text, address("assessments:fit_list", family), "Chat", "neutral", talk.on, talk.text,
                    talk.when,
                )
            )  # fmt: skip


def _economy(found: dict[UUID, Facts], user: Any, families: list[Family], today: date) -> None:
    """What shall be looked into, and what has to be applied for anew: one notice per family, a task for each."""
    for family, tasks in economy_tasks(user, families, today).items():
        parts = tuple(Part(task.text, task.when(today), task.on if task.deadline else None) for task in tasks)
        words = ngettext("%(count)s ting om økonomi", "%(count)s ting om økonomi", len(parts))
        found[family].notices.append(
            Notice(
                "economy", words % {"count": len(parts)}, address("assessments:economy", family), "Wallet", "neutral",
                parts[0].on, _("Økonomi"), parts[0].when, parts,
            )
        )  # fmt: skip


def _last_contacts(found: dict[UUID, Facts], user: Any, families: list[Family]) -> None:
    rows = JournalEntry.objects.permitted(user, Permission.VIEW_JOURNAL).filter(family__in=families)
    rows = rows.exclude(kind=JournalKind.NOTE).order_by("family", "-happened_on", "-recorded_at", "-id")
    for family, day, kind in rows.distinct("family").values_list("family", "happened_on", "kind"):
        found[family].last_contact, found[family].last_what = day, str(JournalKind(kind).label)


def _consents(found: dict[UUID, Facts], user: Any, families: list[Family], today: date) -> None:
    """What runs out soon or has run out, what was asked and not answered, and cases nobody takes part in any more."""
    rows = Consent.objects.permitted(user, Permission.VIEW_CONSENT)
    rows = rows.filter(family__in=families, member__moved_out_on=None)
    per_family: dict[UUID, list[Consent]] = defaultdict(list)
    for row in rows.counting(today).select_related("member", "extra").order_by("valid_until", "pk"):
        per_family[row.family_id].append(row)
    once = rows.filter(purpose=Purpose.PARTICIPATION, answer__in=YES, answered_on__lte=today)
    took_part = set(once.order_by("family").values_list("family", flat=True).distinct())
    for family, counting in per_family.items():
        _first_ending(found[family], family, counting, today)
        if family in took_part and not any(row.purpose == Purpose.PARTICIPATION and is_live(row) for row in counting):
            _nobody_left(found[family], family, today)
    _asked(found, rows, today)


def _first_ending(facts: Facts, family: UUID, counting: list[Consent], today: date) -> None:
    """The first that ends within 60 days, or has ended: one notice per family."""
    near = [
        row for row in counting if row.answer in YES and row.valid_until and row.valid_until <= today + CONSENT_SOON
    ]
    if not near:
        return
    until = near[0].valid_until
    words = _("går ut %(day)s") if until >= today else _("gikk ut %(day)s")
    when = words % {"day": day_month(until, today)}
    facts.notices.append(
        Notice(
            "consent", _("Samtykke %(when)s") % {"when": when}, address("consent:family_tab", family),
            "PencilWriting", "now", until, _("Samtykke, %(name)s") % {"name": near[0].member.first_name}, when,
        )
    )  # fmt: skip


def _nobody_left(facts: Facts, family: UUID, today: date) -> None:
    """The closing task: the case is read-only until it is closed, or somebody says yes again."""
    facts.notices.append(
        Notice(
            "consent", _("Ingen deltar lenger"), address("plans:closing", family), "PencilWriting", "now",
            today, _("Ingen deltar lenger"), _("avslutt oppfølgingen, eller spør på nytt"),
        )
    )  # fmt: skip


def _asked(found: dict[UUID, Facts], rows: Any, today: date) -> None:
    """Asked, and nothing answered since: one notice per family, the one that has waited longest."""
    newest = rows.order_by("member_id", "purpose", "extra_id", "-answered_on", "-recorded_at")
    waiting = [row for row in newest.distinct("member_id", "purpose", "extra_id") if row.answer == Answer.ASKED]
    firsts: dict[UUID, date] = {}
    for row in sorted(waiting, key=lambda row: row.answered_on):
        firsts.setdefault(row.family_id, row.answered_on)
    for family, asked in firsts.items():
        when = _("spurt %(day)s, ikke svart") % {"day": day_month(asked, today)}
        found[family].notices.append(
            Notice(
                "consent", _("Samtykke %(when)s") % {"when": when}, address("consent:family_tab", family),
                "PencilWriting", "neutral", asked, _("Samtykke"), when,
            )
        )  # fmt: skip


def _lines(found: dict[UUID, Facts], user: Any, families: list[Family], today: date) -> None:
    """Lines of the samarbeidsavtale that end soon or ended lately, with no newer line for the same service."""
    rows = AgreementLine.objects.permitted(user, Permission.VIEW_CONSENT)
    rows = rows.filter(family__in=families, state=LineState.SIGNED)
    rows = rows.filter(Q(valid_to=None) | Q(valid_to__gte=today - LINE_LATELY)).select_related("service")
    last: dict[tuple[UUID, UUID], AgreementLine] = {}
    for line in rows.order_by("family", "service", "valid_from"):
        key = (line.family_id, line.service_id)
        if key not in last or (line.valid_to or date.max) >= (last[key].valid_to or date.max):
            last[key] = line
    by_id = {family.pk: family for family in families}
    ending = [line for line in last.values() if line.valid_to and line.valid_to <= today + LINE_SOON]
    for line in sorted(ending, key=lambda line: (line.valid_to, line.service.name)):
        words = _("går ut %(day)s") if line.valid_to >= today else _("gikk ut %(day)s")
        when = words % {"day": day_month(line.valid_to, today)}
        service = Outside(by_id[line.family_id]).service(line.service)
        found[line.family_id].notices.append(
            Notice(
                "consent", _("Avtale %(when)s") % {"when": when}, address("consent:family_tab", line.family_id),
                "Handshake", "now", line.valid_to, _("Avtalen med %(service)s") % {"service": service}, when,
            )
        )  # fmt: skip


def _meetings(found: dict[UUID, Facts], user: Any, families: list[Family], today: date) -> None:
    """The newest information meeting of each family: the one of today, or what is to be done about it."""
    rows = InformationMeeting.objects.permitted(user, Permission.VIEW_FAMILY).filter(family__in=families)
    rows = rows.order_by("family_id", F("recorded_at").desc(nulls_first=True), "pk").distinct("family_id")
    for meeting in sorted(rows.select_related("family"), key=lambda row: (row.times[0], row.pk)):
        facts, url = found[meeting.family_id], address("referrals:information_meeting", meeting.family_id)
        starts_at = timezone.localtime(meeting.starts_at) if meeting.starts_at else None
        if not meeting.outcome and starts_at and starts_at.date() == today:
            text = Outside(meeting.family).appointment(
                _("Informasjonssamtale med %(name)s") % {"name": meeting.family.name}
            )
            facts.today.append(Appointment(text, url, f"{starts_at:%H:%M}"))
        elif meeting.family.state == FamilyState.ACTIVE and (waits := _what_waits(meeting, today)):
            text, when, on = waits
            said = _("%(what)s, %(when)s") % {"what": text, "when": when}
            facts.notices.append(Notice("talk", said, url, "Chat", "now", on, text, when))


def _what_waits(meeting: InformationMeeting, today: date) -> tuple[str, str, date] | None:
    """What the coordinator is to do about the newest meeting, since when, and the day it counts from."""
    if meeting.outcome == MeetingOutcome.CANCELLED:
        off = timezone.localdate(meeting.recorded_at)
        return _("Avtal ny tid"), _("avlyst %(day)s") % {"day": day_month(off, today)}, off
    if meeting.outcome == MeetingOutcome.ABSENT:
        return _("Avtal ny tid"), _("kom ikke %(day)s") % {"day": day_month(meeting.held_on, today)}, meeting.held_on
    if meeting.outcome == MeetingOutcome.THINKING and (meeting.remind_on or meeting.held_on) <= today:
        when = _("tenker på det siden %(day)s") % {"day": day_month(meeting.held_on, today)}
        return _("Spør familien igjen"), when, meeting.remind_on or meeting.held_on
    first = timezone.localdate(meeting.times[0])
    if not meeting.outcome and meeting.starts_at is None and first <= today + PROPOSAL_SOON:
        return _("Tid for samtalen"), _("ikke valgt, først %(day)s") % {"day": day_month(first, today)}, first
    if not meeting.outcome and first < today:
        return _("Informasjonssamtalen"), _("ikke ført, var %(day)s") % {"day": day_month(first, today)}, first
    return None


def _measures(found: dict[UUID, Facts], user: Any, families: list[Family], today: date) -> None:
    """What is to be done today; and what was planned with a service that nobody may contact any more."""
    live = AgreementLine.objects.live(today).filter(family=OuterRef("family"), service=OuterRef("service"))
    rows = Measure.objects.permitted(user, Permission.VIEW_PLAN).open().filter(family__in=families)
    _without_line(found, rows.filter(~Exists(live), service__isnull=False), today)
    rows = rows.filter(Q(service=None) | Exists(live), due_on=today)
    for measure in rows.select_related("family").order_by("pk"):
        found[measure.family_id].today.append(
            Appointment(
                Outside(measure.family).appointment(
                    _("%(what)s, %(name)s") % {"what": measure.what, "name": measure.family.name}
                ),
                address("plans:family_tab", measure.family_id),
            )
        )


def _without_line(found: dict[UUID, Facts], rows: Any, today: date) -> None:
    """One notice per family that still takes part, and a task for each measure: people decide what happens to it."""
    yes = Consent.objects.live(today).filter(family=OuterRef("family"), purpose=Purpose.PARTICIPATION)
    rows = rows.filter(Exists(yes)).select_related("family").order_by("family", F("due_on").asc(nulls_last=True), "pk")
    for family, measures in groupby(rows, key=lambda measure: measure.family_id):
        parts = tuple(_undecided(measure, today) for measure in measures)
        words = ngettext("%(count)s tiltak mangler avtale", "%(count)s tiltak mangler avtale", len(parts))
        found[family].notices.append(
            Notice(
                "consent", words % {"count": len(parts)}, address("plans:family_tab", family), "Handshake", "now",
                today, _("Tiltak uten avtale"), _("avtal på nytt, eller gi dem til en annen"), parts,
            )
        )  # fmt: skip


def _undecided(measure: Measure, today: date) -> Part:
    """What was planned, when, and what to do about it now."""
    what = Outside(measure.family).appointment(measure.what)
    when = _("avtal på nytt, eller gi det til en annen")
    if measure.due_on:
        day = day_month(measure.due_on, today)
        when = _("planlagt %(day)s, avtal på nytt, eller gi det til en annen") % {"day": day}
    return Part(_("Tiltak uten avtale: %(what)s") % {"what": what}, when, measure.due_on)


def planned_with(user: Any, family: Family, services: Collection[UUID]) -> list[tuple[str, str]]:
    """What is planned with these services in one family, and when, as far as `user` may see it. Two queries."""
    today = timezone.localdate()
    asked = Meeting.objects.permitted(user, Permission.VIEW_JOURNAL).planned()
    asked = asked.filter(family=family, guests__line__service__in=services).distinct().order_by("starts_at", "pk")
    meetings = [
        (meeting.get_kind_display(), day_month(timezone.localdate(meeting.starts_at), today)) for meeting in asked
    ]
    rows = Measure.objects.permitted(user, Permission.VIEW_PLAN).open().filter(family=family, service__in=services)
    return [
        *meetings,
        *(
            (measure.what, day_month(measure.due_on, today) if measure.due_on else "")
            for measure in rows.order_by(F("due_on").asc(nulls_last=True), "pk")
        ),
    ]
