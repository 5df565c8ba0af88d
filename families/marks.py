"""WHO GETS IT ON PAPER: whose something is, and for which of the homes it may be printed.

The marks are stored on own words, journal lines, goals and measures; what they mean is decided here, at the moment of
use. A paper is made for a `Reader`: everybody, one home, or one young person. A page that is looked at together has a
reader too: whoever sits at the table.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from nyemonstre.refusals import Refused

from .enums import STRICT, Audience

# Who may sit at the table beside the homes and the young: all homes at once, and the coordinator alone.
TOGETHER, ALONE = "sammen", "alene"

# From this age a child's own view weighs heavily (barneloven § 31, DOMAIN.md 4), and the child may ask to keep a thing.
MAY_KEEP_FROM = 12


class Marked(models.Model):
    """Something that may not be for everybody. Unmarked: on the common paper, and for the homes it is about."""

    seen_by = models.CharField(
        gettext_lazy("hvem kan få dette på papir"), max_length=8, choices=Audience.choices, default=Audience.USUAL
    )
    only_home = models.ForeignKey("families.Household", on_delete=models.PROTECT, null=True, related_name="+")
    kept_for = models.ForeignKey("families.Member", on_delete=models.PROTECT, null=True, related_name="+")
    kept_on = models.DateField(gettext_lazy("den unge ba om det"), null=True)
    marked_at = models.DateTimeField(null=True)
    marked_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        abstract = True
        constraints = [
            models.CheckConstraint(
                condition=Q(seen_by=Audience.HOME, only_home__isnull=False)
                | (~Q(seen_by=Audience.HOME) & Q(only_home=None)),
                name="%(class)s_only_home_is_named",
            ),
            models.CheckConstraint(
                condition=Q(seen_by=Audience.KEPT, kept_for__isnull=False, kept_on__isnull=False)
                | (~Q(seen_by=Audience.KEPT) & Q(kept_for=None, kept_on=None)),
                name="%(class)s_kept_for_somebody_on_a_day",
            ),
            models.CheckConstraint(
                condition=Q(seen_by=Audience.USUAL, marked_at=None, marked_by=None)
                | Q(marked_at__isnull=False, marked_by__isnull=False),
                name="%(class)s_marked_by_somebody",
            ),
        ]

    @property
    def mark_words(self) -> str:
        """The mark as it stands on the coordinator's page, or "" for nothing special."""
        if self.seen_by == Audience.HOME:
            return _("Bare %(home)s") % {"home": self.only_home.name}
        if self.seen_by == Audience.KEPT:
            return _("%(name)s ba %(day)s om at foreldrene ikke får se dette") % {
                "name": self.kept_for.first_name, "day": f"{self.kept_on:%d.%m.%Y}",
            }  # fmt: skip
        return _("Ikke på papir til noen") if self.seen_by == Audience.NOBODY else ""


# The foreign keys a page follows to say a mark in words.
MARK_ROWS = ("only_home", "kept_for")


@dataclass(frozen=True)
class Mark:
    """What was answered to «hvem kan få se dette». Made from a form by `Mark.parse`, or directly."""

    seen_by: str = Audience.USUAL
    home: UUID | None = None
    member: UUID | None = None

    @classmethod
    def parse(cls, text: str) -> "Mark":
        """«both», «home:<id>», «kept:<id>» … as `marks_for` names them. Raises ValueError for anything else."""
        seen_by, _colon, key = text.partition(":")
        audience = Audience(seen_by or Audience.USUAL)
        return cls(
            audience,
            UUID(key) if audience == Audience.HOME else None,
            UUID(key) if audience == Audience.KEPT else None,
        )

    @classmethod
    def of(cls, row: Marked) -> "Mark":
        return cls(row.seen_by, row.only_home_id, row.kept_for_id)

    def __str__(self) -> str:
        return ":".join(str(part) for part in (Audience(self.seen_by).value, self.home or self.member) if part)


def put_mark(row: Any, mark: Mark, *, family: Any, by: Any, on: date | None = None) -> None:
    """Set the fields of `row`, not yet saved. Who asked, and when, stand with the mark.

    Raises Refused for another family's home or member, for an adult, and for a child under 12.
    """
    if mark == Mark.of(row):
        return
    if mark.home and not family.households.filter(pk=mark.home).exists():
        raise Refused(_("Familien har ikke dette hjemmet."), rule="no_such_home", field="seen_by")
    if mark.member:
        _check_may_keep(family.members.filter(pk=mark.member).first())
    today = on or timezone.localdate()
    row.seen_by, row.only_home_id, row.kept_for_id = mark.seen_by, mark.home, mark.member
    row.kept_on = today if mark.member else None
    usual = mark.seen_by == Audience.USUAL
    row.marked_at, row.marked_by = (None, None) if usual else (timezone.now(), by)


def _check_may_keep(member: Any) -> None:
    if member is None:
        raise Refused(_("Velg en person fra denne familien."), rule="members", field="seen_by")
    if member.is_adult:
        raise Refused(
            _("%(name)s er voksen. Velg hjemmet det gjelder i stedet.") % {"name": member.first_name},
            rule="adult", field="seen_by",
        )  # fmt: skip
    if member.age() < MAY_KEEP_FROM:
        raise Refused(
            _(
                "%(name)s er under 12 år. Fra 12 år kan et barn selv be om at foreldrene ikke får se noe. For yngre "
                "barn vurderer du: velg «Ingen, etter koordinatorens vurdering» når det ikke bør stå på papir."
            )
            % {"name": member.first_name},
            rule="too_young", field="seen_by",
        )  # fmt: skip


@dataclass(frozen=True)
class Reader:
    """For whom a paper is made. `homes` are the homes it goes to; `member` is the young person, when it is theirs.

    `about` is set when the paper holds only what is about one person.
    """

    key: str
    homes: frozenset[UUID] = frozenset()
    member: UUID | None = None
    name: str = ""
    paper_name: str = ""
    about: UUID | None = None


@dataclass
class Homes:
    """Who lives where in one family now, read once. Three queries; two where its people are read already."""

    family: Any
    names: dict[UUID, str] = field(init=False)
    lives_in: dict[UUID, set[UUID]] = field(init=False)

    def __post_init__(self) -> None:
        self.members = {member.pk: member for member in self.family.members.all() if member.moved_out_on is None}
        rows = [(r.member_id, r.household_id) for r in self.family.residences.order_by("pk")]
        self.lives_in = {}
        for member, home in rows:
            if member in self.members:
                self.lives_in.setdefault(member, set()).add(home)
        lived = set().union(*self.lives_in.values()) if self.lives_in else set()
        homes = self.family.households.filter(pk__in=lived).order_by("name", "pk")
        self.names = {home.pk: home.name for home in homes}

    @property
    def two(self) -> bool:
        """Whether the family lives in more than one home, so that a paper for one is not a paper for all."""
        return len(self.names) > 1

    @property
    def everybody(self) -> Reader:
        return Reader("", frozenset(self.names), None, "")

    @property
    def young(self) -> list[Any]:
        """Those who may ask to keep something: children from 12."""
        return [m for m in self.members.values() if not m.is_adult and m.age() >= MAY_KEEP_FROM]

    def readers(self) -> list[Reader]:
        """Everybody; each home when there are more; each young person."""
        homes = [
            Reader(f"home:{pk}", frozenset({pk}), None, name, self._adults_in(pk))
            for pk, name in self.names.items()
            if self.two
        ]
        young = [
            Reader(f"member:{m.pk}", frozenset(self.of(m.pk)), m.pk, m.first_name, m.first_name) for m in self.young
        ]
        return [self.everybody, *homes, *young]

    def papers(self) -> list[Reader]:
        """The readers, and each person with only what is about them. Such a paper never holds more than their home's.

        Somebody without a home of their own in a family with two gets what every home may get.
        """
        people = [
            Reader(
                f"about:{m.pk}",
                frozenset(self.of(m.pk) or self.names),
                m.pk if m in self.young else None,
                _("Bare det som gjelder %(name)s") % {"name": m.first_name},
                m.first_name,
                m.pk,
            )
            for m in self.members.values()
        ]
        return [*self.readers(), *people]

    def at_table(self) -> list[Reader]:
        """Who may be looking at a page with the coordinator. The first is meant when nobody has said: never more than
        every home may see. Only the coordinator alone sees it all.
        """
        everybody, *parts = self.readers()
        together = _("Alle hjem sammen") if self.two else _("Familien sammen")
        return [
            Reader(TOGETHER, everybody.homes, name=together),
            *parts,
            Reader(ALONE, everybody.homes, name=_("Bare du")),
        ]

    def sitting(self, key: str) -> Reader | None:
        """Who of `at_table` the address names; the first when it names nobody, None for somebody unknown."""
        table = self.at_table()
        return next((reader for reader in table if reader.key == key), None) if key else table[0]

    def _adults_in(self, home: UUID) -> str:
        """On paper a home is called by its people: its name may be a street."""
        adults = [m.first_name for m in self.members.values() if m.is_adult and home in self.of(m.pk)]
        return ", ".join(adults)

    def reader(self, key: str) -> Reader | None:
        """The reader with this key, or None when the family has no such home or young person now."""
        return next((reader for reader in self.readers() if reader.key == key), None)

    def of(self, member: UUID) -> set[UUID]:
        """The homes of a person. A child nobody has recorded a home for belongs to all of them, an adult to none."""
        child = member in self.members and not self.members[member].is_adult
        return self.lives_in.get(member) or (set(self.names) if child else set())

    @cached_property
    def parted(self) -> bool:
        """Whether one person or one home is hidden from the rest, so that nothing goes to everybody unasked."""
        levels = [member.protection for member in self.members.values()]
        levels += self.family.households.order_by().values_list("protection", flat=True)
        return any(level in STRICT for level in levels)

    def concern(self, people: Iterable[UUID], reader: Reader) -> bool:
        """Is something about `people` for each home `reader` reads for? The adults decide where there are any."""
        people = set(people)
        if not self.two or not people or reader.member in people or reader.key == ALONE:
            return True
        if not reader.key and not self.parted:
            return True
        adults = {pk for pk in people if pk not in self.members or self.members[pk].is_adult}
        return all(any(home in self.of(pk) for pk in adults or people) for home in reader.homes)

    def choices(self) -> list[tuple[str, str]]:
        """What can be answered to «hvem kan få se dette», in the words of this family."""
        rows: list[tuple[str, str]] = []
        if self.two:
            rows.append((str(Audience.BOTH), _("Begge hjem")))
            rows += [(f"home:{pk}", _("Bare %(home)s") % {"home": name}) for pk, name in self.names.items()]
        else:
            rows.append((str(Audience.BOTH), _("Alle i familien")))
        rows += [
            (f"kept:{m.pk}", _("%(name)s ber om at foreldrene ikke får se det") % {"name": m.first_name})
            for m in self.members.values()
            if not m.is_adult
        ]
        return [*rows, (str(Audience.NOBODY), _("Ingen, etter min vurdering"))]


def may_get(row: Marked, whose: Iterable[UUID], reader: Reader, homes: Homes) -> bool:
    """May `reader` get `row` on paper, or see it at the table? `whose` are the ids of the people it is about."""
    if reader.key == ALONE:
        return True
    if row.seen_by == Audience.NOBODY:
        return False
    if row.seen_by == Audience.KEPT:
        return reader.member == row.kept_for_id
    if row.seen_by == Audience.HOME:
        return reader.homes == {row.only_home_id}
    return row.seen_by == Audience.BOTH or homes.concern(whose, reader)
