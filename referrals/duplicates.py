"""What may be the same family: other henvendelser of the municipality, and families that are followed there.

Looked for anew each time, and only among what the reader may know of: henvendelser through the same rule as the queue,
families through `sec.alike_families`, which never tells of a strictly protected family or one the reader is shut out
of (docs/adr). The answers are kept in SameFamily. The number of queries does not grow with what is found.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any
from uuid import UUID

from django.db import connection
from django.db.models import Q
from django.utils.translation import gettext as _

from nyemonstre.access.roles import Permission
from nyemonstre.accounts.models import User

from .models import IntakeDecision, Referral, SameFamily

PERSON, NUMBER, ADDRESS = "person", "number", "address"


@dataclass(frozen=True)
class Known:
    """As much of a family as the intake team is told."""

    pk: UUID
    code: str
    name: str
    closed: bool


@dataclass
class Alike:
    """One other henvendelse or family, what is alike in words, and the answer somebody has given, if any."""

    referral: Referral | None = None
    family: Known | None = None
    reasons: list[str] = field(default_factory=list)
    answer: SameFamily | None = None

    @property
    def key(self) -> str:
        """Names it in a form."""
        return f"h-{self.referral.pk}" if self.referral else f"f-{self.family.pk}" if self.family else ""

    @property
    def name(self) -> str:
        return f"{self.referral.family_name} {self.referral.reference}" if self.referral else str(self.family.name)

    def add(self, reason: str) -> None:
        if reason and reason not in self.reasons:
            self.reasons.append(reason)


def alike(user: User, referrals: Sequence[Referral]) -> dict[UUID, list[Alike]]:
    """What may be the same family as each of `referrals`, the unanswered first."""
    asked = [referral.pk for referral in referrals]
    if not asked:
        return {}
    found: dict[UUID, dict[UUID, Alike]] = defaultdict(dict)
    answers = list(SameFamily.objects.permitted(user, Permission.VIEW_REFERRAL).live().about(asked)
                   .select_related("answered_by"))  # fmt: skip
    rows = _rows("select * from sec.alike_referrals(%s) order by likeness desc, mine, theirs", asked)
    other_ids = {row["found"] for row in rows} | {pk for a in answers for pk in (a.referral_id, a.other_id) if pk}
    # With those asked about, so that there is something to ask for also when nothing was found.
    others = Referral.objects.permitted(user, Permission.VIEW_REFERRAL).in_bulk({*other_ids, *asked})
    became = _became(set(others) | set(asked))
    for row in rows:
        if row["found"] in others:
            hit = found[row["asked"]].setdefault(row["found"], Alike(referral=others[row["found"]]))
            hit.add(words(row))
    for answer in answers:
        for one, another in ((answer.referral_id, answer.other_id), (answer.other_id, answer.referral_id)):
            if one in asked and another in others:
                found[one].setdefault(another, Alike(referral=others[another])).answer = answer
    _add_families(found, asked, became)
    _answer_families(found, answers)
    return {pk: sorted(found[pk].values(), key=_order) for pk in asked}


def unanswered(user: User, referrals: Sequence[Referral]) -> set[UUID]:
    """Those of `referrals` beside which something alike waits for an answer."""
    return {pk for pk, hits in alike(user, referrals).items() if any(hit.answer is None for hit in hits)}


def _add_families(found: dict[UUID, dict[UUID, Alike]], asked: list[UUID], became: dict[UUID, UUID]) -> None:
    """Families beside the henvendelser. One that came by a henvendelse found already is told of there."""
    for row in _rows("select * from sec.alike_families(%s) order by likeness desc, mine, theirs", asked):
        hits = found[row["asked"]]
        if became.get(row["asked"]) == row["found"]:
            continue  # the family it is
        known = Known(row["found"], row["code"], row["family_name"], row["closed"])
        through = next((hit for pk, hit in hits.items() if became.get(pk) == row["found"]), None)
        hit = through or hits.setdefault(row["found"], Alike())
        hit.family = known
        hit.add(words(row))


def _answer_families(found: dict[UUID, dict[UUID, Alike]], answers: Iterable[SameFamily]) -> None:
    for answer in answers:
        hit = next(
            (h for h in found[answer.referral_id].values() if h.family and h.family.pk == answer.family_id), None
        )
        if hit and hit.answer is None:
            hit.answer = answer


def _became(referrals: Iterable[UUID]) -> dict[UUID, UUID]:
    """{henvendelse: the family it became}"""
    rows = IntakeDecision.objects.filter(Q(family__isnull=False), referral__in=referrals).order_by()
    return dict(rows.values_list("referral_id", "family_id"))


def _order(hit: Alike) -> tuple[bool, str]:
    return hit.answer is not None, hit.key


def _rows(sql: str, asked: list[UUID]) -> list[dict[str, Any]]:
    with connection.cursor() as cursor:
        cursor.execute(sql, [asked])
        names = [column.name for column in cursor.description]
        return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]


def words(row: dict[str, Any]) -> str:
    """What is alike, in a sentence."""
    kind = row.get("kind", PERSON)
    if kind == NUMBER:
        return _("%(name)s har samme fødselsnummer der.") % {"name": row["mine"]}
    if kind == ADDRESS:
        return _("Et hjem har samme adresse.")
    if kind != PERSON:
        return ""
    mine, theirs = row["mine"], row["theirs"]
    facts = {"mine": mine, "theirs": theirs, "day": _day(row["mine_born"]), "their_day": _day(row["theirs_born"])}
    same_day = row["mine_born"] == row["theirs_born"]
    if mine == theirs:
        sentence = (
            _("%(mine)s, født %(day)s: samme navn og fødselsdato.") if same_day
            else _("%(mine)s: samme navn, og nesten samme fødselsdato, %(day)s her og %(their_day)s der.")
        )  # fmt: skip
    else:
        sentence = (
            _("%(mine)s her, %(theirs)s der: lignende navn og samme fødselsdato, %(day)s.") if same_day
            else _("%(mine)s, født %(day)s her, og %(theirs)s, født %(their_day)s der: lignende navn og dato.")
        )  # fmt: skip
    return sentence % facts


def _day(day: date) -> str:
    return day.strftime("%d.%m.%Y")
