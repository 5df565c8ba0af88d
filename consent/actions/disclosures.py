"""What is told without consent because a law goes before secrecy: written down, read, and once released."""

from datetime import date
from typing import Any
from uuid import UUID, uuid4

from django.utils import timezone
from django.utils.translation import gettext as _

from consent.disclosures import Disclosure
from consent.enums import ConsentEvent, DisclosureKind
from families.models import Family
from nyemonstre.access.actions import action
from nyemonstre.access.check import check
from nyemonstre.access.roles import Permission
from nyemonstre.accounts.models import User
from nyemonstre.audit.log import record
from nyemonstre.content.enums import Kind
from nyemonstre.content.models import Fact
from nyemonstre.refusals import Refused
from nyemonstre.ui.once import refuse_twice

# What a refused or failed try is called in the log, which others may read: not what it was about.
IN_LOG = "consent.actions.restricted"


def _laws_on(family: Family, day: date) -> Any:
    return Fact.objects.on(day).filter(municipality=family.municipality_id, kind=Kind.LAW)


@action(in_log=IN_LOG)
def record_disclosure(
    family: Family,
    *,
    kind: DisclosureKind | str,
    law: Fact,
    told_on: date,
    to_whom: str,
    what: str,
    why: str,
    family_told: bool,
    family_told_why: str,
    by: User,
    key: UUID | None = None,
) -> Disclosure:
    """Write down what was told to whom. Asks for no consent, also while nobody takes part and after the follow-up.

    Raises Refused for a day to come, a law that did not hold that day or is not the municipality's, and for an account
    that lacks something; AlreadyDone for the same form twice.
    """
    check(by, Permission.DISCLOSE, family)
    refuse_twice(Disclosure.objects.filter(family=family), key)
    if told_on > timezone.localdate():
        raise Refused(_("Datoen er fram i tid."), rule="future", field="told_on")
    if not _laws_on(family, told_on).filter(pk=law.pk).exists():
        raise Refused(_("Denne loven gjaldt ikke den dagen. Velg en annen hjemmel."), rule="law", field="law")
    texts = {"to_whom": to_whom, "what": what, "why": why, "family_told_why": family_told_why}
    for name, text in texts.items():
        if not text.strip():
            raise Refused(_("Fyll ut dette feltet."), rule="empty", field=name)
    disclosure = Disclosure(
        pk=key or uuid4(), family=family, kind=kind, law=law, law_title=law.title, law_text=law.text, told_on=told_on,
        family_told=family_told, recorded_by=by, **texts,
    )  # fmt: skip
    disclosure.save(force_insert=True)
    record(ConsentEvent.DISCLOSURE_RECORDED, by=by, target=disclosure, family=family, facts={"kind": str(kind)})
    return disclosure


@action(in_log=IN_LOG)
def read_disclosures(family: Family, *, by: User) -> list[Disclosure]:
    """All of a family's that has any, the newest first; each reading of each is its own kind of event in the log."""
    check(by, Permission.DISCLOSE, family)
    rows = Disclosure.objects.permitted(by, Permission.DISCLOSE).filter(family=family)
    found = list(rows.select_related("recorded_by", "released_by"))
    for disclosure in found:
        record(ConsentEvent.DISCLOSURE_READ, by=by, target=disclosure, family=family)
    return found


@action(in_log=IN_LOG)
def release_disclosure(disclosure: Disclosure, *, reason: str, by: User, on: date | None = None) -> Disclosure:
    """From the day `on` (default today) the family may see in its log that this was told. Nothing leads back.

    Raises Refused without a reason, for a day to come or before it was told, and when it is released already.
    """
    check(by, Permission.DISCLOSE, disclosure)
    # Locking asks for the right to change it, and the wall gives that once: a released one is not found.
    rows = Disclosure.objects.select_for_update(of=("self",)).select_related("family")
    current = rows.filter(pk=disclosure.pk, released_on=None).first()
    on = on or timezone.localdate()
    if current is None:
        raise Refused(_("Dette er alt frigitt."), rule="released")
    if not reason.strip():
        raise Refused(_("Skriv hvorfor det frigis."), rule="reason", field="reason")
    if not current.told_on <= on <= timezone.localdate():
        raise Refused(_("Velg en dag fra det ble fortalt og til og med i dag."), rule="dates", field="on")
    current.released_on, current.released_reason = on, reason.strip()[:300]
    current.released_by, current.released_at = by, timezone.now()
    current.save(update_fields=["released_on", "released_reason", "released_by", "released_at"])
    record(ConsentEvent.DISCLOSURE_RELEASED, by=by, target=current, family=current.family)
    return current
