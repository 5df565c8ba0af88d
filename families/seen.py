"""Who can open a family now, through what, since when and why: `FamilyQuerySet.permitted` turned round.

A test asks `permitted` for every person and holds this to the same answer.
"""

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Any
from uuid import UUID

from django.db.models import Q
from django.utils.formats import date_format
from django.utils.timezone import localtime, make_aware
from django.utils.translation import gettext as _

from nyemonstre.access.roles import COORDINATOR_GRANT, READER_GRANT, Permission
from nyemonstre.accounts.models import Membership, User
from nyemonstre.postgres.sorting import norwegian_key

from .grants import FamilyGroupGrant, FamilyUserGrant, ShutOut
from .models import Family


@dataclass(frozen=True)
class Way:
    """One reason why somebody can open the family. `kind`: role, assignment, grant, need or group."""

    kind: str
    words: str
    since: datetime | None = None
    until: datetime | None = None
    by: User | None = None
    why: str = ""

    @property
    def first(self) -> str:
        """The first day; with the hour, where it did not begin with the day."""
        if self.since is None:
            return ""
        since = localtime(self.since)
        return date_format(since, "d.m.Y" if since.time() == time.min else "d.m.Y H:i")

    @property
    def last(self) -> str:
        """The last day; with the hour, where it does not last the whole day."""
        if self.until is None:
            return ""
        until = localtime(self.until)
        whole = until.time() == time.min
        return date_format(until - timedelta(microseconds=1), "d.m.Y") if whole else date_format(until, "d.m.Y H:i")


@dataclass
class Opener:
    user: User
    memberships: list[Membership]
    permissions: set[str] = field(default_factory=set)
    ways: list[Way] = field(default_factory=list)

    @property
    def roles(self) -> list[str]:
        return [str(membership.get_role_display()) for membership in self.memberships]

    @property
    def sees(self) -> str:
        """What they can do, in words."""
        if self.permissions >= set(map(str, COORDINATOR_GRANT)):
            return _("Ser og skriver alt om familien")
        if self.permissions >= set(map(str, READER_GRANT)):
            return _("Leser alt om familien, endrer ingenting")
        if Permission.VIEW_FAMILY in self.permissions:
            return ", ".join(str(p.label) for p in Permission if p in self.permissions)
        return _("Ser navn, steg, datoer og koordinator, ikke innholdet")

    @property
    def given_by_name(self) -> bool:
        return any(way.kind == "grant" for way in self.ways)


def who_can_open(family: Family) -> list[Opener]:
    """Everybody who may know of the family now, those who see most first. Five queries, however many people.

    For somebody who may know of it themselves: the wall shows grants and shut-outs only to them.
    """
    openers, usable = _people(family)
    _by_role(family, openers)
    _by_grant(family, openers, usable)
    _by_group(family, openers, usable)
    shut_out = set(ShutOut.objects.in_force().filter(family=family).order_by("pk").values_list("user_id", flat=True))
    found = [o for o in openers.values() if Permission.LIST_FAMILY in o.permissions and o.user.pk not in shut_out]
    return sorted(found, key=lambda o: (-len(o.permissions), norwegian_key(o.user.name), str(o.user.pk)))


def _people(family: Family) -> tuple[dict[UUID, Opener], dict[UUID, set[str]]]:
    """Everybody with a live role in the municipality, and which grants their roles can use."""
    rows = Membership.objects.live().filter(municipality=family.municipality_id, user__is_active=True)
    openers: dict[UUID, Opener] = {}
    usable: dict[UUID, set[str]] = defaultdict(set)
    for membership in rows.select_related("user", "municipality").order_by("role", "pk"):
        opener = openers.setdefault(membership.user_id, Opener(membership.user, []))
        opener.memberships.append(membership)
        usable[membership.user_id] |= {str(p) for p in membership.granted}
        if not family.is_protected:
            opener.permissions |= {str(p) for p in membership.everywhere}
    return openers, usable


def _by_role(family: Family, openers: dict[UUID, Opener]) -> None:
    if family.is_protected:
        return
    for opener in openers.values():
        for membership in opener.memberships:
            if Permission.LIST_FAMILY in membership.everywhere:
                words = _("Gjennom rollen %(role)s") % {"role": membership.get_role_display().lower()}
                until = membership.valid_to and _midnight(membership.valid_to + timedelta(days=1))
                opener.ways.append(Way("role", words, since=_midnight(membership.valid_from), until=until))


def _midnight(day: date) -> datetime:
    return make_aware(datetime.combine(day, time.min))


def _by_grant(family: Family, openers: dict[UUID, Opener], usable: dict[UUID, set[str]]) -> None:
    grants = FamilyUserGrant.objects.live().filter(content_object=family)
    grants = grants.select_related("permission", "granted_by", "assignment", "break_glass").order_by("granted_at", "pk")
    seen = set()
    for grant in grants:
        opener = openers.get(grant.user_id)
        if opener is None or grant.permission.codename not in usable[grant.user_id]:
            continue
        opener.permissions.add(grant.permission.codename)
        which = (grant.user_id, grant.assignment_id, grant.break_glass_id)
        if which not in seen:
            seen.add(which)
            opener.ways.append(_way(grant))


def _way(grant: FamilyUserGrant) -> Way:
    facts: dict[str, Any] = {"until": grant.expires_at, "by": grant.granted_by, "why": grant.reason}
    if grant.assignment:
        facts |= {"since": grant.assignment.valid_from, "why": grant.assignment.reason}
        return Way("assignment", grant.assignment.get_kind_display(), **facts)
    facts["since"] = grant.starts_at or grant.granted_at
    return (
        Way("need", _("Nødåpning"), **facts) if grant.break_glass else Way("grant", _("Sluppet inn ved navn"), **facts)
    )


def _by_group(family: Family, openers: dict[UUID, Opener], usable: dict[UUID, set[str]]) -> None:
    grants = FamilyGroupGrant.objects.live().filter(content_object=family).order_by("granted_at", "pk")
    grants = list(grants.select_related("permission", "granted_by", "group"))
    if not grants:
        return
    members = User.objects.filter(groups__in=[g.group_id for g in grants]).order_by("pk").values_list("pk", "groups")
    for user_id, group_id in members:
        for grant in (g for g in grants if g.group_id == group_id and user_id in openers):
            if grant.permission.codename not in usable[user_id]:
                continue
            opener = openers[user_id]
            opener.permissions.add(grant.permission.codename)
            words = _("Gjennom gruppa %(group)s") % {"group": grant.group.name}
            if all(way.words != words for way in opener.ways):
                opener.ways.append(
                    Way("group", words, grant.granted_at, grant.expires_at, grant.granted_by, grant.reason)
                )


def can_be_let_in(family: Family) -> list[User]:
    """People whose roles can use a grant, and who are not shut out, by name."""
    rows = Membership.objects.live().filter(municipality=family.municipality_id, user__is_active=True)
    out = ShutOut.objects.in_force().filter(family=family).values("user_id")
    people = {m.user_id: m.user for m in rows.exclude(user__in=out).select_related("user").order_by("pk") if m.granted}
    return sorted(people.values(), key=lambda user: norwegian_key(user.name))


def colleagues(family: Family) -> list[User]:
    """Everybody with a live role in the family's municipality, by name."""
    here = Q(memberships__in=Membership.objects.live().filter(municipality=family.municipality_id))
    people = User.objects.filter(here, is_active=True).distinct().order_by("pk")
    return sorted(people, key=lambda user: norwegian_key(user.name))
