"""What a person says yes or no to, and what follows when they take it back."""

from collections.abc import Iterable, Mapping
from datetime import date, timedelta
from typing import Any
from uuid import UUID, uuid5

from django.utils import timezone
from django.utils.translation import gettext as _

from consent import ages, rules
from consent.enums import Answer, ConsentEvent, Purpose
from consent.models import Consent
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

from .agreements import _check_note, end_line

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
    one_parent_reason: str = "",
    note: str = "",
    key: UUID | None = None,
) -> Consent:
    """Write down what a person answered. A first yes to participation reaches the step Samtykke.

    Taking back participation ends, in the same transaction, the lines that cover nobody who takes part any more.
    Raises Refused when the day is in the future, a withdrawal has nothing to withdraw, an oral answer has no note,
    or a child of 7 or more was not asked; AlreadyDone when `key` is taken.
    """
    family = member.family
    check(by, Permission.CHANGE_CONSENT, family)
    refuse_twice(Consent.objects.filter(family=family), key)
    on = on or timezone.localdate()
    _check_answer(member, answer, how=how, given_by=given_by, on=on, valid_until=valid_until, note=note)
    if answer == Answer.GIVEN and ages.is_heard(member, on) and not child_heard.strip():
        raise Refused(
            _("%(name)s er gammel nok til å bli hørt. Skriv hva barnet selv mener.") % {"name": member.first_name},
            rule="child_heard", field="child_heard",
        )  # fmt: skip
    # One answer at a time per family, each recorded later than the one before: the last one must be clear.
    Family.objects.select_for_update(of=("self",)).get(pk=family.pk)
    before = Consent.objects.filter(member=member, purpose=purpose).order_by("-recorded_at").first()
    if answer == Answer.WITHDRAWN and not rules.is_live(rules.latest(family, purpose, on).get(member.pk), on):
        raise Refused(_("Det er ikke noe samtykke å trekke."), rule="nothing_to_withdraw", field="answer")
    now = timezone.now()
    consent = Consent(
        family=family, member=member, purpose=purpose, answer=answer, answered_on=on, how=how,
        given_by=given_by.strip(), valid_until=valid_until if answer == Answer.GIVEN else None,
        child_heard=child_heard, one_parent_reason=one_parent_reason, note=note, recorded_by=by,
        recorded_at=max(now, before.recorded_at + timedelta(microseconds=1)) if before else now,
    )  # fmt: skip
    if key is not None:
        consent.pk = key
    consent.save(force_insert=True)
    record(_EVENT[Answer(answer)], by=by, target=consent, family=family, facts={"purpose": purpose})
    if purpose == Purpose.PARTICIPATION and answer == Answer.GIVEN:
        reach(family, step=Step.CONSENT, on=on, by=by)
    took_back = answer != Answer.GIVEN and member.pk not in rules.members_with(family, purpose)
    if purpose == Purpose.PARTICIPATION and took_back:
        for line in rules.lines_ended_by_leaving(member):
            end_line(line, reason=_("Samtykket til å delta er trukket."), by=by)
    return consent


def _check_answer(
    member: Member, answer: str, *, how: str, given_by: str, on: date, valid_until: date | None, note: str
) -> None:
    if not given_by.strip():
        raise Refused(_("Skriv hvem som svarte."), rule="given_by", field="given_by")
    if on > timezone.localdate():
        raise Refused(_("Datoen er fram i tid."), rule="future", field="answered_on")
    if on < member.birth_date:
        raise Refused(_("Datoen er før %(name)s ble født.") % {"name": member.first_name}, rule="dates")
    if valid_until and answer == Answer.GIVEN and valid_until < on:
        raise Refused(_("Samtykket går ut før det er gitt."), rule="dates", field="valid_until")
    _check_note(how, note)


@action
def record_consents(
    family: Family, *, members: Iterable[Member], given_by: Mapping[Any, str], by: User,
    child_heard: Mapping[Any, str] | None = None, key: UUID | None = None, **answer: Any,
) -> list[Consent]:  # fmt: skip
    """Several persons give the same answer at once: all of them are written, or none.

    `given_by` and `child_heard` are texts by member id; `answer` is what record_consent takes.
    Raises what record_consent raises; a sentence about a child carries the field `heard_<member id>`.
    """
    done = []
    for member in members:
        if member.family_id != family.pk:
            raise Refused(_("Velg hvem i familien det gjelder."), rule="members", field="members")
        try:
            done.append(
                record_consent(
                    member,
                    given_by=given_by[member.pk],
                    child_heard=(child_heard or {}).get(member.pk, ""),
                    by=by,
                    key=uuid5(key, str(member.pk)) if key else None,
                    **answer,
                )
            )
        except Refused as refusal:
            if refusal.field == "child_heard":
                refusal.field = f"heard_{member.pk}"
            raise
    if not done:
        raise Refused(_("Velg hvem det gjelder."), rule="members", field="members")
    return done
