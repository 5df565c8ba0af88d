"""The henvendelse comes in, from anybody. Whoever sends it can add it and never read it back."""

import secrets
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from uuid import UUID, uuid4

from django.contrib.postgres.functions import TransactionNow
from django.db import IntegrityError, connection, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from nyemonstre.access.actions import action
from nyemonstre.accounts.models import Municipality, User
from nyemonstre.audit.log import record
from nyemonstre.refusals import AlreadyDone, Refused
from referrals.enums import AddressAnswer, Criterion, CriterionValue, PersonRole, ReferralEvent, ReferrerKind
from referrals.models import CriterionAnswer, Referral, ReferredPerson

from .sender import begin_check


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

    Raises Refused when the family has not agreed, no adult is named, or a child's shares of two homes are not 100;
    AlreadyDone, with the number the first one got as `row`, when the same form (`key`) was sent before.
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
    if any(p.role == PersonRole.CHILD and p.other_home and p.share + (p.other_share or 0) != 100 for p in people):
        raise Refused(_("Et barn i to hjem har 100 prosent av tiden i dem til sammen."), rule="shares_of_a_child")
    locked = Municipality.objects.select_for_update(of=("self",)).get(pk=municipality.pk)
    # Under the lock, so that the second of two clicks sees what the first one saved.
    if key is not None and (reference := sent_before(key)):
        raise AlreadyDone(_("Henvendelsen var alt sendt."), row=reference)
    facts = {name: value for name, value in vars(new).items() if name not in ("situation", "criteria")}
    referral = Referral(
        id=key or uuid4(), municipality=locked, submitted_by=by,
        sent_at=TransactionNow(), **facts, **new.situation,
    )  # fmt: skip
    _save_with_reference(referral)
    for person in people:
        ReferredPerson(referral=referral, **vars(person)).save(force_insert=True)
    for criterion in Criterion:
        value, note = new.criteria.get(criterion, (CriterionValue.UNKNOWN, ""))
        CriterionAnswer(referral=referral, criterion=criterion, value=value, note=note, answered_by=by).save(
            force_insert=True
        )
    begin_check(referral)
    record(ReferralEvent.REFERRAL_SENT, by=by, target=referral, facts={"people": len(people)})
    return referral


def sent_before(key: UUID) -> str:
    """The number of the henvendelse the form `key` made, or "". The one thing an anonymous sender may ask."""
    with connection.cursor() as cursor:
        cursor.execute("select sec.referral_reference(%s)", [key])
        return cursor.fetchone()[0] or ""


def _save_with_reference(referral: Referral) -> None:
    """Save under a number drawn by lot: numbers in order would have gaps where a henvendelse may not be known of.

    Whoever sends may not see which numbers are taken, so the database answers by refusing one that is.
    """
    for _attempt in range(100):
        referral.reference = f"H-{timezone.localdate().year}-{secrets.randbelow(90_000) + 10_000}"
        try:
            with transaction.atomic():
                referral.save(force_insert=True)
            return
        except IntegrityError as error:
            if "referral_reference_unique" not in str(error):
                raise
    raise RuntimeError("a hundred numbers in a row were taken")
