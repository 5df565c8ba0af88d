"""The henvendelse comes in, from anybody. Whoever sends it can add it and never read it back."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from uuid import UUID, uuid4

from django.contrib.postgres.functions import TransactionNow
from django.db import connection
from django.utils import timezone
from django.utils.translation import gettext as _

from nyemonstre.access.actions import action
from nyemonstre.accounts.models import Municipality, User
from nyemonstre.audit.log import record
from nyemonstre.refusals import AlreadyDone, Refused
from referrals.enums import AddressAnswer, Criterion, CriterionValue, PersonRole, ReferralEvent, ReferrerKind
from referrals.models import CriterionAnswer, Referral, ReferredPerson


@dataclass(frozen=True)
class NewPerson:
    """`share` is the part of the time in `home`, in percent; what is lived elsewhere stands in the other two."""

    first_name: str
    last_name: str
    birth_date: date
    role: str = PersonRole.CHILD
    relation: str = ""
    language: str = ""
    needs_interpreter: bool = False
    home: str = "Hjemme"
    share: int = 100
    other_home: str = ""
    other_share: int | None = None


@dataclass(frozen=True)
class NewReferral:
    """The form without its people. `situation` is {Situation: text}, `criteria` {Criterion: (value, note)}."""

    family_name: str
    referrer_name: str
    family_agrees: bool
    referrer_kind: str = ReferrerKind.SERVICE
    referrer_role: str = ""
    referrer_service: str = ""
    referrer_sector: str = ""
    referrer_email: str = ""
    referrer_phone: str = ""
    own_words: str = ""
    protection: str = AddressAnswer.NONE
    situation: Mapping[str, str] = field(default_factory=dict)
    criteria: Mapping[str, tuple[str, str]] = field(default_factory=dict)


@action
def submit(
    municipality: Municipality,
    *,
    by: User | None,
    new: NewReferral,
    people: Iterable[NewPerson],
    key: UUID | None = None,
) -> Referral:
    """Send a henvendelse, with or without a login (`by` None). No permission is needed, and none is given back.

    Raises Refused when the family has not agreed, or no adult is named; AlreadyDone, with the number the first one
    got as `row`, when the same form (`key`) was sent before.
    """
    people = list(people)
    if not new.family_agrees:
        raise Refused(
            _("Familien må vite om henvendelsen og være enig. Snakk med familien først."),
            rule="family_agrees",
            field="family_agrees",
        )
    if not any(person.role == PersonRole.ADULT for person in people):
        raise Refused(_("Skriv inn minst én voksen i familien."), rule="no_adult")
    locked = Municipality.objects.select_for_update(of=("self",)).get(pk=municipality.pk)
    # Under the lock, so that the second of two clicks sees what the first one saved.
    if key is not None and (reference := sent_before(key)):
        raise AlreadyDone(_("Henvendelsen var alt sendt."), row=reference)
    facts = {name: value for name, value in vars(new).items() if name not in ("situation", "criteria")}
    referral = Referral(
        id=key or uuid4(), municipality=locked, reference=_next_reference(locked), submitted_by=by,
        sent_at=TransactionNow(), **facts, **new.situation,
    )  # fmt: skip
    referral.save(force_insert=True)
    for person in people:
        ReferredPerson(referral=referral, **vars(person)).save(force_insert=True)
    for criterion in Criterion:
        value, note = new.criteria.get(criterion, (CriterionValue.UNKNOWN, ""))
        CriterionAnswer(referral=referral, criterion=criterion, value=value, note=note, answered_by=by).save(
            force_insert=True
        )
    record(ReferralEvent.REFERRAL_SENT, by=by, target=referral, facts={"people": len(people)})
    return referral


def sent_before(key: UUID) -> str:
    """The number of the henvendelse the form `key` made, or "". The one thing an anonymous sender may ask."""
    with connection.cursor() as cursor:
        cursor.execute("select sec.referral_reference(%s)", [key])
        return cursor.fetchone()[0] or ""


def _next_reference(locked: Municipality) -> str:
    locked.last_referral_number += 1
    locked.save(update_fields=["last_referral_number"])
    return f"H-{timezone.localdate().year}-{locked.last_referral_number:04d}"
