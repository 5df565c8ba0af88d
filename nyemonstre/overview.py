"""What the rooms above families know about a list of families, for «Mine familier» (settings.NM_FAMILY_FACTS).

Stands at the top with urls.py and may import every room; nothing imports it. Five queries however many families.
"""

from collections import defaultdict
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from consent.enums import Answer, LineState, Purpose
from consent.models import AgreementLine, Consent
from families.caseload import Appointment, Facts, Notice, day_month
from families.models import Family
from families.pages import address
from families.protection import Outside
from nyemonstre.access.roles import Permission
from plans.enums import JournalKind
from plans.models import JournalEntry, Measure
from referrals.models import InformationMeeting

# Days before: a line that runs out is due for a new signature, a consent for a new talk.
LINE_SOON, CONSENT_SOON = timedelta(days=30), timedelta(days=60)


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
    _measures(found, user, families, today)
    return found


def _last_contacts(found: dict[UUID, Facts], user: Any, families: list[Family]) -> None:
    rows = JournalEntry.objects.permitted(user, Permission.VIEW_JOURNAL).filter(family__in=families)
    rows = rows.exclude(kind=JournalKind.NOTE).order_by("family", "-happened_on", "-recorded_at", "-id")
    for family, day, kind in rows.distinct("family").values_list("family", "happened_on", "kind"):
        found[family].last_contact, found[family].last_what = day, str(JournalKind(kind).label)


def _consents(found: dict[UUID, Facts], user: Any, families: list[Family], today: date) -> None:
    """Participation that runs out soon or has run out, one notice per family: the first of them."""
    rows = Consent.objects.permitted(user, Permission.VIEW_CONSENT).counting(today)
    rows = rows.filter(
        family__in=families, purpose=Purpose.PARTICIPATION, answer=Answer.GIVEN,
        valid_until__lte=today + CONSENT_SOON, member__moved_out_on=None,
    )  # fmt: skip
    firsts: dict[UUID, date] = {}
    for family, until in rows.order_by("valid_until").values_list("family", "valid_until"):
        firsts.setdefault(family, until)
    for family, until in firsts.items():
        words = _("går ut %(day)s") if until >= today else _("gikk ut %(day)s")
        when = words % {"day": day_month(until, today)}
        found[family].notices.append(
            Notice(
                "consent", _("Samtykke %(when)s") % {"when": when}, address("consent:family_tab", family),
                "PencilWriting", "now", until, _("Samtykke"), when,
            )
        )  # fmt: skip


def _lines(found: dict[UUID, Facts], user: Any, families: list[Family], today: date) -> None:
    """Lines of the samarbeidsavtale that end soon or ended lately, with no newer line for the same service."""
    rows = AgreementLine.objects.permitted(user, Permission.VIEW_CONSENT)
    rows = rows.filter(family__in=families, state=LineState.SIGNED)
    rows = rows.filter(Q(valid_to=None) | Q(valid_to__gte=today - LINE_SOON)).select_related("service")
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
    rows = InformationMeeting.objects.permitted(user, Permission.VIEW_FAMILY).filter(
        family__in=families, outcome="", starts_at__date=today
    )
    for meeting in rows.select_related("family").order_by("starts_at"):
        found[meeting.family_id].today.append(
            Appointment(
                Outside(meeting.family).appointment(
                    _("Informasjonssamtale med %(name)s") % {"name": meeting.family.name}
                ),
                address("referrals:information_meeting", meeting.family_id),
                f"{timezone.localtime(meeting.starts_at):%H:%M}",
            )
        )


def _measures(found: dict[UUID, Facts], user: Any, families: list[Family], today: date) -> None:
    rows = Measure.objects.permitted(user, Permission.VIEW_PLAN).open().filter(family__in=families, due_on=today)
    for measure in rows.select_related("family").order_by("pk"):
        found[measure.family_id].today.append(
            Appointment(
                Outside(measure.family).appointment(
                    _("%(what)s, %(name)s") % {"what": measure.what, "name": measure.family.name}
                ),
                address("plans:family_tab", measure.family_id),
            )
        )
