"""The samarbeidsavtale, line by line: drafted, signed, ended; and the contact a line carries."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from django.utils import timezone
from django.utils.translation import gettext as _

from consent import rules
from consent.enums import ConsentEvent, Direction, How, LineState
from consent.models import AgreementLine, Contact, CoveredMember, Service
from families.actions import reach
from families.models import Family, Member
from families.stages import Step
from nyemonstre.access.actions import action
from nyemonstre.access.check import check
from nyemonstre.access.roles import Permission
from nyemonstre.accounts.models import User
from nyemonstre.audit.log import record
from nyemonstre.refusals import Refused
from nyemonstre.ui.once import refuse_twice
from nyemonstre.versioned import lock


def _check_note(how: str, note: str) -> None:
    """Raise Refused when an answer was oral and nobody wrote what was said."""
    if how in (How.ORAL, How.PHONE) and not note.strip():
        raise Refused(
            _("Et muntlig svar må ha en merknad: hvem sa hva, og hvem hørte det."), rule="oral_note", field="note"
        )


@dataclass(frozen=True)
class _Line:
    """What a line says, checked against the family."""

    service: Service
    members: list[Member]
    topics: list[str]
    valid_from: date
    valid_to: date | None
    direction: str
    what_they_do: str

    def check(self, family: Family) -> None:
        if not self.members or any(member.family_id != family.pk for member in self.members):
            raise Refused(_("Velg hvem i familien linjen gjelder."), rule="members", field="members")
        if not self.topics:
            raise Refused(_("Velg minst ett tema."), rule="topics", field="topics")
        if self.valid_to and self.valid_to < self.valid_from:
            raise Refused(_("Avtalen slutter før den begynner."), rule="dates", field="valid_to")
        if self.service.municipality_id != family.municipality_id:
            raise Refused(_("Tjenesten hører til en annen kommune."), rule="other_municipality", field="service")
        if self.service.closed_on:
            raise Refused(_("Tjenesten er nedlagt. Velg en annen."), rule="service_closed", field="service")
        _check_participation(family)

    def write_to(self, line: AgreementLine) -> None:
        for name in ("service", "topics", "valid_from", "valid_to", "direction", "what_they_do"):
            setattr(line, name, getattr(self, name))


def _check_participation(family: Family) -> None:
    if not rules.participates(family):
        raise Refused(
            _("Ingen i familien har et gyldig samtykke til å delta. Før samtykke før avtalen."), rule="participation"
        )


@action
def draft_line(
    family: Family, *, service: Service, members: Iterable[Member], topics: Iterable[str], valid_from: date, by: User,
    valid_to: date | None = None, direction: str = Direction.BOTH, what_they_do: str = "",
    contact: dict[str, str] | None = None, key: UUID | None = None,
) -> AgreementLine:  # fmt: skip
    """Write a line the family has not signed yet. `contact` is name, title, phone, email of the person in the service.

    Until it is signed only the one who drafted it sees the contact, and nobody may use it. Raises Refused for a line
    that does not hold together, or in a family where nobody takes part; AlreadyDone when `key` is taken.
    """
    check(by, Permission.CHANGE_CONSENT, family)
    refuse_twice(AgreementLine.objects.filter(family=family), key)
    said = _Line(service, list(members), list(topics), valid_from, valid_to, direction, what_they_do)
    said.check(family)
    line = AgreementLine(family=family, drafted_by=by)
    if key is not None:
        line.pk = key
    said.write_to(line)
    line.contact = _write_contact(None, contact, family=family, service=service, by=by)
    line.save(force_insert=True)
    CoveredMember.objects.bulk_create(CoveredMember(family=family, line=line, member=m) for m in said.members)
    record(ConsentEvent.LINE_DRAFTED, by=by, target=line, family=family)
    return line


@action
def change_draft(
    line: AgreementLine, *, service: Service, members: Iterable[Member], topics: Iterable[str], valid_from: date,
    by: User, valid_to: date | None = None, direction: str = Direction.BOTH, what_they_do: str = "",
    contact: dict[str, str] | None = None, version: int | None = None,
) -> AgreementLine:  # fmt: skip
    """Write a draft anew. Whoever does so becomes the one who drafted it, and the only one to see its contact.

    A contact somebody else had drafted stays unseen and is replaced by what is written now.
    Raises Refused for a line that is no longer a draft, Stale for one that was saved meanwhile.
    """
    check(by, Permission.CHANGE_CONSENT, line.family)
    family = line.family
    current = lock(line, version)
    if current.state != LineState.DRAFT:
        raise Refused(_("Bare et utkast kan endres. Lag en ny linje i stedet."), rule="not_draft")
    said = _Line(service, list(members), list(topics), valid_from, valid_to, direction, what_they_do)
    said.check(family)
    own = Contact.objects.visible_to(by).filter(pk=current.contact_id, lines=current.pk).first()
    said.write_to(current)
    current.contact = _write_contact(own, contact, family=family, service=service, by=by)
    current.drafted_by = by
    current.save()
    CoveredMember.objects.filter(line=current).delete()
    CoveredMember.objects.bulk_create(CoveredMember(family=family, line=current, member=m) for m in said.members)
    record(ConsentEvent.LINE_CHANGED, by=by, target=current, family=family)
    return current


def _write_contact(
    contact: Contact | None, facts: dict[str, str] | None, *, family: Family, service: Service, by: User
) -> Contact | None:
    """The contact with these facts: changed, new, or None when there is no name."""
    if not facts or not facts.get("name", "").strip():
        return None
    if contact is None:
        contact = Contact(family=family, service=service, created_by=by, **facts)
        contact.save(force_insert=True)
        return contact
    current = lock(contact, None)
    for name, value in {"service": service, **facts}.items():
        setattr(current, name, value)
    current.save()
    return current


@action
def change_contact(
    contact: Contact, *, name: str, by: User, title: str = "", phone: str = "", email: str = "",
    version: int | None = None,
) -> Contact:  # fmt: skip
    """New details for a contact that is visible to `by`. Raises Refused for a hidden one, Stale for a newer one."""
    check(by, Permission.CHANGE_CONSENT, contact.family)
    if not Contact.objects.visible_to(by).filter(pk=contact.pk).exists():
        raise Refused(_("Kontakten er skjult, for ingen gyldig avtale dekker den."), rule="hidden")
    if not name.strip():
        raise Refused(_("Skriv hva kontakten heter."), rule="name", field="name")
    current = lock(contact, version)
    current.name, current.title, current.phone, current.email = name.strip(), title, phone, email
    current.save()
    record(ConsentEvent.CONTACT_CHANGED, by=by, target=current)
    return current


@action
def sign_line(
    line: AgreementLine, *, how: str, signed_by: str, by: User, on: date | None = None, note: str = ""
) -> AgreementLine:
    """The family has said yes to this line. From now, inside its dates, the service may be contacted.

    The first signed line reaches the step Etablere samarbeid. Raises Refused for a line that is not a draft, is
    already over, or in a family where nobody takes part.
    """
    line = AgreementLine.objects.select_for_update(of=("self",)).select_related("family").get(pk=line.pk)
    check(by, Permission.CHANGE_CONSENT, line.family)
    on = on or timezone.localdate()
    if line.state != LineState.DRAFT:
        raise Refused(_("Bare et utkast kan skrives under."), rule="not_draft")
    if on > timezone.localdate():
        raise Refused(_("Datoen er fram i tid."), rule="future", field="signed_on")
    if line.valid_to and line.valid_to < on:
        raise Refused(_("Avtalen er alt over. Endre datoene i utkastet først."), rule="dates", field="signed_on")
    if not signed_by.strip():
        raise Refused(_("Skriv hvem som skrev under."), rule="signed_by", field="signed_by")
    _check_note(how, note)
    _check_participation(line.family)
    line.state, line.signed_on, line.signed_how = LineState.SIGNED, on, how
    line.signed_by, line.signed_note, line.version = signed_by.strip(), note, line.version + 1
    line.save(update_fields=["state", "signed_on", "signed_how", "signed_by", "signed_note", "version"])
    record(ConsentEvent.LINE_SIGNED, by=by, target=line)
    reach(line.family, step=Step.COLLABORATION, on=on, by=by)
    return line


@action
def sign_lines(lines: Iterable[AgreementLine], *, by: User, **signature: Any) -> list[AgreementLine]:
    """Several drafts signed in one go: all, or none. `signature` is what sign_line takes."""
    signed = [sign_line(line, by=by, **signature) for line in lines]
    if not signed:
        raise Refused(_("Velg hvilke linjer familien skrev under på."), rule="lines", field="lines")
    return signed


@action
def end_line(line: AgreementLine, *, reason: str, by: User, on: date | None = None) -> AgreementLine:
    """The family takes the line back, or it is no longer needed. The contact is hidden at once, everywhere.

    What stays is that there was an agreement with the service, from when to when. A draft is thrown away the same way.
    """
    line = AgreementLine.objects.select_for_update(of=("self",)).select_related("family").get(pk=line.pk)
    check(by, Permission.CHANGE_CONSENT, line.family)
    if not reason.strip():
        raise Refused(_("Skriv hvorfor avtalen avsluttes."), rule="reason", field="reason")
    if line.state == LineState.ENDED:
        raise Refused(_("Avtalen er alt avsluttet."), rule="ended")
    on = on or timezone.localdate()
    line.state, line.ended_on, line.ended_reason = LineState.ENDED, on, reason[:300]
    last = max(line.valid_from, on - timedelta(days=1))
    line.valid_to, line.version = min(line.valid_to, last) if line.valid_to else last, line.version + 1
    line.save(update_fields=["state", "ended_on", "ended_reason", "valid_to", "version"])
    record(ConsentEvent.LINE_ENDED, by=by, target=line)
    return line


@action
def take_out_agreement(family: Family, *, by: User) -> None:
    """Somebody takes the whole agreement out on paper; the log says so."""
    check(by, Permission.VIEW_CONSENT, family)
    record(ConsentEvent.AGREEMENT_PRINTED, by=by, target=family, family=family)
