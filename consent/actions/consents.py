"""What a person says yes or no to, and what follows when they take it back."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from io import BytesIO
from typing import Any
from uuid import UUID, uuid5

from django.utils import timezone
from django.utils.translation import gettext as _

from consent import ages, rules
from consent.drawn import picture
from consent.enums import YES, Answer, ConsentEvent, How, Purpose
from consent.models import Consent, Signature
from consent.signing import check_may_sign, check_signed
from consent.texts import text_in_force
from consent.wording import ConsentText, ExtraPurpose
from families.actions import reach
from families.models import Family, Member
from families.stages import Step
from nyemonstre.access.actions import action
from nyemonstre.access.check import check
from nyemonstre.access.roles import Permission
from nyemonstre.accounts.models import Municipality, User
from nyemonstre.audit.log import record
from nyemonstre.files import store
from nyemonstre.refusals import Refused
from nyemonstre.ui.once import refuse_twice

from .agreements import _check_note, end_line

_EVENT = {
    Answer.ASKED: ConsentEvent.CONSENT_ASKED,
    Answer.GIVEN: ConsentEvent.CONSENT_GIVEN,
    Answer.RENEWED: ConsentEvent.CONSENT_RENEWED,
    Answer.REFUSED: ConsentEvent.CONSENT_REFUSED,
    Answer.WITHDRAWN: ConsentEvent.CONSENT_WITHDRAWN,
}


@dataclass(frozen=True)
class Shown:
    """What the person had before them: the language of the text, read aloud or not, and the interpreter's language."""

    language: str = ""  # "" is the municipality's own
    read_aloud: bool = False
    interpreter: str = ""


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
    child_refused: bool = False,
    one_parent_reason: str = "",
    note: str = "",
    extra: ExtraPurpose | None = None,
    shown: Shown | None = None,
    signatures: Mapping[str, str] | None = None,
    key: UUID | None = None,
) -> Consent:
    """Write down what a person answered. A first yes to participation reaches the step Samtykke.

    A yes that somebody else gives for a child ends by itself (consent/ages.py, last_day). `child_refused`: the child
    says no to research; then it is a no, whatever `answer` says. `signatures` is name → strokes, "" for a typed name.
    `given_by` is who answers, by full name, two with a comma between; consent/signing.py says who may.
    Taking back participation ends, in the same transaction, the lines that cover nobody who takes part any more.
    Raises Refused when somebody else may answer, the day is in the future, a withdrawal has nothing to withdraw, an
    oral answer has no note, or a child of 7 or more was not asked; AlreadyDone when `key` is taken.
    """
    family = member.family
    check(by, Permission.CHANGE_CONSENT, family)
    refuse_twice(Consent.objects.filter(family=family), key)
    on = on or timezone.localdate()
    _check_answer(member, answer, how=how, given_by=given_by, on=on, valid_until=valid_until, note=note)
    if child_refused:
        answer, given_by = _no_of_the_child(member, purpose, on)
    if answer in YES:
        _check_heard(member, child_heard, on)
    if how == How.TABLET and answer in YES:
        check_signed(signatures or {}, given_by)
    # One answer at a time per family, each recorded later than the one before: the last one must be clear.
    Family.objects.select_for_update(of=("self",)).get(pk=family.pk)
    if not child_refused:
        check_may_sign(member, purpose, answer, given_by=given_by, reason=one_parent_reason, on=on)
    if answer in (Answer.WITHDRAWN, Answer.RENEWED):
        _check_there_is_a_yes(member, purpose, answer, on, extra)
    text = _keep_text(family, purpose, shown or Shown(), on, extra, by=by)
    consent = Consent(
        family=family, member=member, purpose=purpose, extra=extra, answer=answer, answered_on=on, how=how,
        given_by=given_by.strip(), valid_until=_end(member, purpose, answer, on, valid_until),
        child_heard=child_heard, child_refused=child_refused, one_parent_reason=one_parent_reason, note=note,
        text=text, text_version=text.version, text_sha256=text.sha256, recorded_by=by,
        read_aloud=bool(shown and shown.read_aloud), interpreter=shown.interpreter if shown else "",
    )  # fmt: skip
    if key is not None:
        consent.pk = key
    facts = {"purpose": purpose, **_insert_last(consent, signatures or {})}
    record(_EVENT[Answer(answer)], by=by, target=consent, family=family, facts=facts)
    if purpose == Purpose.PARTICIPATION:
        _follow_participation(member, consent, by=by)
    return consent


def _check_heard(member: Member, child_heard: str, on: date) -> None:
    if ages.is_heard(member, on) and not child_heard.strip():
        raise Refused(
            _("%(name)s er gammel nok til å bli hørt. Skriv hva barnet selv mener.") % {"name": member.first_name},
            rule="child_heard", field="child_heard",
        )  # fmt: skip


def _insert_last(consent: Consent, signatures: Mapping[str, str]) -> dict[str, list[str]]:
    """Save the answer as recorded after every earlier one of the same person and purpose, with its signatures.

    Returns the fingerprints of the signatures' pictures, for the log; nothing when none was drawn.
    """
    same = Consent.objects.filter(member=consent.member, purpose=consent.purpose, extra=consent.extra)
    before = same.order_by("-recorded_at").first()
    now = timezone.now()
    consent.recorded_at = max(now, before.recorded_at + timedelta(microseconds=1)) if before else now
    consent.save(force_insert=True)
    prints = [_sign(consent, name, strokes).image_sha256 for name, strokes in signatures.items()]
    return {"signatures": [one for one in prints if one]} if any(prints) else {}


def _sign(consent: Consent, name: str, strokes: str) -> Signature:
    """The name, as strokes and as a picture of them. The picture is ours, so no virus scanner is asked about it."""
    signature = Signature(family=consent.family, consent=consent, name=name, strokes=strokes)
    if strokes:
        stored = store.put(BytesIO(picture(strokes)))
        signature.image_key, signature.image_sha256 = stored.key, stored.sha256
    signature.save(force_insert=True)
    return signature


def _follow_participation(member: Member, consent: Consent, *, by: User) -> None:
    """What a yes to participation opens, and what a no closes, in the same transaction."""
    if consent.answer in YES:
        reach(member.family, step=Step.CONSENT, on=consent.answered_on, by=by)
    if consent.answer not in (Answer.REFUSED, Answer.WITHDRAWN):
        return
    if member.pk not in rules.members_with(member.family, Purpose.PARTICIPATION):
        for line in rules.lines_ended_by_leaving(member):
            end_line(line, reason=_("Samtykket til å delta er trukket."), by=by)


def _no_of_the_child(member: Member, purpose: str, on: date) -> tuple[str, str]:
    """The answer and who gave it. Only research: about participation the child is heard, and somebody else answers."""
    if purpose != Purpose.RESEARCH or ages.answers_for_self(member, purpose, on):
        raise Refused(_("Bare et barn under 16 år, og bare om forskning."), rule="child_refused", field="child_refused")
    return Answer.REFUSED, member.full_name


def _check_there_is_a_yes(member: Member, purpose: str, answer: str, on: date, extra: ExtraPurpose | None) -> None:
    """Only a live yes can be taken back; one that has run out can still be renewed."""
    last = rules.latest(member.family_id, purpose, on, extra=extra).get(member.pk)
    if answer == Answer.WITHDRAWN and not rules.is_live(last, on):
        raise Refused(_("Det er ikke noe samtykke å trekke."), rule="nothing_to_withdraw", field="answer")
    if answer == Answer.RENEWED and (last is None or last.answer not in YES):
        raise Refused(_("Det er ikke noe samtykke å fornye. Før et nytt."), rule="nothing_to_renew", field="answer")


def _end(member: Member, purpose: str, answer: str, on: date, valid_until: date | None) -> date | None:
    """The day a yes ends: the one that was agreed, or the one that age decides, whichever comes first."""
    ends = [day for day in (valid_until, ages.last_day(member, purpose, on)) if day]
    return min(ends, default=None) if answer in YES else None


def _keep_text(
    family: Family, purpose: str, shown: Shown, on: date, extra: ExtraPurpose | None, *, by: User
) -> ConsentText:
    """The version that was shown, as a row: the product's own words become one the first time they are shown."""
    language = shown.language or family.municipality.language
    try:
        text = text_in_force(family.municipality, purpose, language, on, extra)
    except LookupError as error:
        raise Refused(_("Formålet har ingen tekst ennå. Be teamlederen skrive en."), rule="no_text") from error
    return text if text.added_by_id else _keep_standard(text, by=by)


def _keep_standard(text: ConsentText, *, by: User) -> ConsentText:
    """The row of these words: there already, or made now. One at a time per municipality."""
    Municipality.objects.select_for_update(of=("self",)).get(pk=text.municipality_id)
    same = ConsentText.objects.filter(
        municipality=text.municipality_id, purpose=text.purpose, language=text.language, version=text.version
    ).first()
    if same is not None:
        return same
    text.added_by = by
    text.save(force_insert=True)
    record(ConsentEvent.TEXT_KEPT, by=by, target=text)
    return text


def _check_answer(
    member: Member, answer: str, *, how: str, given_by: str, on: date, valid_until: date | None, note: str
) -> None:
    if not given_by.strip():
        raise Refused(_("Skriv hvem som svarte."), rule="given_by", field="given_by")
    if on > timezone.localdate():
        raise Refused(_("Datoen er fram i tid."), rule="future", field="answered_on")
    if on < member.birth_date:
        raise Refused(_("Datoen er før %(name)s ble født.") % {"name": member.first_name}, rule="dates")
    if valid_until and answer in YES and valid_until < on:
        raise Refused(_("Samtykket går ut før det er gitt."), rule="dates", field="valid_until")
    _check_note(how, note)


@action
def record_consents(
    family: Family, *, members: Iterable[Member], given_by: Mapping[Any, str], by: User,
    child_heard: Mapping[Any, str] | None = None, refusing: Collection[Any] = (),
    signatures: Mapping[Any, Mapping[str, str]] | None = None, key: UUID | None = None, **answer: Any,
) -> list[Consent]:  # fmt: skip
    """Several persons give the same answer at once: all of them are written, or none.

    `given_by`, `child_heard` and `signatures` are by member id; `refusing` are ids of children who say no to research
    themselves; `answer` is what record_consent takes.
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
                    child_refused=member.pk in refusing,
                    signatures=(signatures or {}).get(member.pk),
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


@action
def record_on_tablet(family: Family, *, answers: Iterable[Mapping[str, Any]], by: User) -> list[Consent]:
    """Everything that was answered and signed in one sitting: all of it is written, or nothing.

    Each of `answers` is one purpose, as record_consents takes it. Raises what record_consents raises, and Refused when
    nothing was answered.
    """
    done = [row for answer in answers for row in record_consents(family, by=by, **answer)]
    if not done:
        raise Refused(_("Svar på minst ett av spørsmålene."), rule="nothing_answered")
    return done
