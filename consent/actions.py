"""What is written when a family says yes, no, or not any more; and when a line of the samarbeidsavtale changes."""

from collections.abc import Iterable
from datetime import date, timedelta

from django.utils import timezone
from django.utils.translation import gettext as _

from families.actions import reach
from families.models import Family, Member
from families.stages import Step
from nyemonstre.access.actions import action
from nyemonstre.access.check import check
from nyemonstre.access.roles import Permission
from nyemonstre.accounts.models import Municipality, User
from nyemonstre.audit.log import record
from nyemonstre.refusals import Refused

from .enums import Answer, ConsentEvent, Direction, How, LineState, Purpose
from .models import AgreementLine, Consent, Contact, CoveredMember, Service
from .rules import is_live, latest

_EVENT = {
    Answer.GIVEN: ConsentEvent.CONSENT_GIVEN,
    Answer.REFUSED: ConsentEvent.CONSENT_REFUSED,
    Answer.WITHDRAWN: ConsentEvent.CONSENT_WITHDRAWN,
}


@action
def record_consent(
    member: Member,
    *,
    purpose: str,
    answer: str,
    how: str,
    given_by: str,
    by: User,
    on: date | None = None,
    valid_until: date | None = None,
    child_heard: str = "",
    note: str = "",
) -> Consent:
    """Write down what a person answered. A first yes to participation reaches the step Samtykke.

    Raises Refused when the day is in the future, a withdrawal has nothing to withdraw, or an oral answer has no note.
    """
    family = member.family
    check(by, Permission.CHANGE_CONSENT, family)
    on = on or timezone.localdate()
    if on > timezone.localdate():
        raise Refused(_("Datoen er fram i tid."), rule="future", field="answered_on")
    if valid_until and valid_until < on:
        raise Refused(_("Samtykket går ut før det er gitt."), rule="dates", field="valid_until")
    if how in (How.ORAL, How.PHONE) and not note.strip():
        raise Refused(
            _("Et muntlig svar må ha en merknad: hvem sa hva, og hvem hørte det."), rule="oral_note", field="note"
        )
    before = latest(family, purpose).get(member.pk)
    if answer == Answer.WITHDRAWN and not is_live(before, on):
        raise Refused(_("Det er ikke noe samtykke å trekke."), rule="nothing_to_withdraw", field="answer")
    consent = Consent.objects.create(
        family=family, member=member, purpose=purpose, answer=answer, answered_on=on, how=how, given_by=given_by,
        valid_until=valid_until if answer == Answer.GIVEN else None, child_heard=child_heard, note=note, recorded_by=by,
    )  # fmt: skip
    record(_EVENT[Answer(answer)], by=by, target=consent, family=family, facts={"purpose": purpose})
    if purpose == Purpose.PARTICIPATION and answer == Answer.GIVEN:
        reach(family, step=Step.CONSENT, on=on, by=by)
    return consent


@action
def add_service(
    municipality: Municipality, *, name: str, sector: str, by: User, phone: str = "", website: str = ""
) -> Service:
    """A service for the municipality's directory. Raises Refused when the name is taken."""
    if not any(m.municipality_id == municipality.pk for m in by.live_memberships):
        raise Refused(_("Du har ingen rolle i kommunen."), rule="no_role")
    if Service.objects.filter(municipality=municipality, name__iexact=name.strip()).exists():
        raise Refused(_("Tjenesten finnes alt i kommunen."), rule="service_taken", field="name")
    service = Service.objects.create(
        municipality=municipality, name=name.strip(), sector=sector, phone=phone, website=website
    )
    record(ConsentEvent.SERVICE_ADDED, by=by, target=service)
    return service


@action
def draft_line(
    family: Family,
    *,
    service: Service,
    members: Iterable[Member],
    topics: Iterable[str],
    valid_from: date,
    by: User,
    valid_to: date | None = None,
    direction: str = Direction.BOTH,
    what_they_do: str = "",
    contact: dict[str, str] | None = None,
) -> AgreementLine:
    """Write a line the family has not signed yet. `contact` is name, title, phone, email of the person in the service.

    Until it is signed only the one who drafted it sees the contact, and nobody may use it.
    """
    check(by, Permission.CHANGE_CONSENT, family)
    members, topics = list(members), list(topics)
    if not members or any(member.family_id != family.pk for member in members):
        raise Refused(_("Velg hvem i familien linjen gjelder."), rule="members", field="members")
    if not topics:
        raise Refused(_("Velg minst ett tema."), rule="topics", field="topics")
    if valid_to and valid_to < valid_from:
        raise Refused(_("Avtalen slutter før den begynner."), rule="dates", field="valid_to")
    if service.municipality_id != family.municipality_id:
        raise Refused(_("Tjenesten hører til en annen kommune."), rule="other_municipality", field="service")
    person = Contact(family=family, service=service, created_by=by, **contact) if contact else None
    if person:
        person.save(force_insert=True)
    line = AgreementLine(
        family=family, service=service, contact=person, topics=topics, direction=direction,
        what_they_do=what_they_do, valid_from=valid_from, valid_to=valid_to, drafted_by=by,
    )  # fmt: skip
    line.save(force_insert=True)
    CoveredMember.objects.bulk_create(CoveredMember(family=family, line=line, member=member) for member in members)
    record(ConsentEvent.LINE_DRAFTED, by=by, target=line, family=family)
    return line


@action
def sign_line(line: AgreementLine, *, how: str, signed_by: str, by: User, on: date | None = None) -> AgreementLine:
    """The family has said yes to this line. From now, inside its dates, the service may be contacted.

    The first signed line reaches the step Etablere samarbeid. Raises Refused for a line that is not a draft.
    """
    line = AgreementLine.objects.select_for_update(of=("self",)).select_related("family").get(pk=line.pk)
    check(by, Permission.CHANGE_CONSENT, line.family)
    on = on or timezone.localdate()
    if line.state != LineState.DRAFT:
        raise Refused(_("Bare et utkast kan skrives under."), rule="not_draft")
    if on > timezone.localdate():
        raise Refused(_("Datoen er fram i tid."), rule="future", field="signed_on")
    if not signed_by.strip():
        raise Refused(_("Skriv hvem som skrev under."), rule="signed_by", field="signed_by")
    line.state, line.signed_on, line.signed_how, line.signed_by = LineState.SIGNED, on, how, signed_by
    line.save(update_fields=["state", "signed_on", "signed_how", "signed_by"])
    record(ConsentEvent.LINE_SIGNED, by=by, target=line)
    reach(line.family, step=Step.COLLABORATION, on=on, by=by)
    return line


@action
def end_line(line: AgreementLine, *, reason: str, by: User, on: date | None = None) -> AgreementLine:
    """The family takes the line back, or it is no longer needed. The contact is hidden at once, everywhere.

    What stays is that there was an agreement with the service, from when to when.
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
    line.valid_to = min(line.valid_to, last) if line.valid_to else last
    line.save(update_fields=["state", "ended_on", "ended_reason", "valid_to"])
    record(ConsentEvent.LINE_ENDED, by=by, target=line)
    return line
