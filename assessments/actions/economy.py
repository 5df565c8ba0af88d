"""The economy checklist: how a thing stands for a family, and what a municipality asks about."""

from datetime import date
from decimal import Decimal
from uuid import UUID, uuid4

from django.utils import timezone
from django.utils.translation import gettext as _

from assessments.economy import FAMILY, Item, shipped
from assessments.enums import AssessmentEvent, EconomyStatus
from assessments.models import EconomyAnswer, LocalEconomyItem
from consent.rules import why_not_change, why_not_map, why_not_map_family
from families.enums import FamilyState
from families.models import Family, Member
from nyemonstre.access.actions import action
from nyemonstre.access.check import check
from nyemonstre.access.roles import Permission
from nyemonstre.accounts.models import Municipality, User
from nyemonstre.audit.log import record
from nyemonstre.refusals import AlreadyDone, Refused, Stale
from nyemonstre.ui.once import refuse_twice
from nyemonstre.versioned import NEWER

WITH_AMOUNT = (EconomyStatus.APPLIED, EconomyStatus.GRANTED)
COMPARED = ("status", "choice", "on", "amount", "per", "note", "url", "recorded_by_id")


@action
def note_economy(
    family: Family,
    *,
    item: str,
    status: str,
    version: int,
    by: User,
    member: Member | None = None,
    on: date | None = None,
    choice: str = "",
    amount: Decimal | None = None,
    per: str = "",
    note: str = "",
    url: str = "",
) -> EconomyAnswer:
    """How one thing of the list stands, from the day `on` (default today). What stood before stays as its history.

    `version` is the one that was read, 0 where there was none. Raises Stale, with the newer one, when somebody has
    written meanwhile; AlreadyDone when that was this very form; Refused without a live consent to participation (of
    the person, where it is about one), in a case that is closed or only read, or for what does not fit the item.
    """
    check(by, Permission.CHANGE_ASSESSMENT, family)
    family = Family.objects.select_for_update(of=("self",)).get(pk=family.pk)
    check_may_note(family, member)
    asked = _item(family, item)
    row = EconomyAnswer(
        family=family, member=member, item=item, status=status, choice=choice, on=on or timezone.localdate(),
        amount=amount, per=per if amount is not None else "", note=note.strip(), url=url.strip(), recorded_by=by,
    )  # fmt: skip
    _check_fits(row, asked)
    before = EconomyAnswer.objects.filter(family=family, item=item, member=member).order_by("-version").first()
    if before and before.version != version:
        if all(getattr(before, name) == getattr(row, name) for name in COMPARED):
            raise AlreadyDone(_("Dette var alt lagret."), row=before)
        raise Stale(NEWER, current=before)
    row.version = before.version + 1 if before else 1
    row.save(force_insert=True)
    record(AssessmentEvent.ECONOMY_NOTED, by=by, target=row, family=family, facts={"item": item, "status": status})
    return row


def check_may_note(family: Family, member: Member | None) -> None:
    """Raises Refused for a case that is closed or only read, or where somebody it is about has not said yes."""
    if family.state == FamilyState.CLOSED:
        raise Refused(_("Oppfølgingen er avsluttet, så listen kan leses, men ikke endres."), rule="closed")
    if why := why_not_change(family) or why_not_map_family(family):
        raise Refused(why, rule="consent")
    if member is None:
        return
    if member.family_id != family.pk:
        raise Refused(_("Personen hører ikke til denne familien."), rule="other_family", field="member")
    if why := why_not_map(member):
        raise Refused(why, rule="consent", field="member")


def _item(family: Family, key: str) -> Item:
    """The item as the list of this municipality has it. One that is no longer asked about can still be brought up to
    date where something is noted."""
    found = next((item for item in shipped() if item.key == key), None)
    local = LocalEconomyItem.objects.filter(municipality=family.municipality_id, key=key).first()
    found = found or (local.item if local else None)
    in_use = local is None or local.in_use
    if found and (in_use or EconomyAnswer.objects.filter(family=family, item=key).exists()):
        return found
    raise Refused(_("Dette står ikke på listen lenger."), rule="unknown_item")


def _check_fits(row: EconomyAnswer, item: Item) -> None:
    if row.status not in EconomyStatus:
        raise Refused(_("Velg hvordan det står."), rule="status", field="status")
    if (row.member is None) != (item.about == FAMILY):
        raise Refused(_("Velg hvem det gjelder."), rule="about", field="member")
    if row.member and row.member.is_adult != (item.about == "adult"):
        raise Refused(_("Punktet gjelder ikke denne personen."), rule="about", field="member")
    if row.on > timezone.localdate():
        raise Refused(_("Datoen er fram i tid."), rule="future", field="on")
    if item.choices and row.status == EconomyStatus.GRANTED and row.choice not in dict(item.choices):
        raise Refused(_("Velg ett av svarene."), rule="choice", field="choice")
    if row.choice and (not item.choices or row.status != EconomyStatus.GRANTED):
        row.choice = ""
    if row.amount is None:
        return
    if row.status not in WITH_AMOUNT:
        raise Refused(_("Beløp føres når noe er søkt eller innvilget."), rule="amount", field="amount")
    if row.amount < 0:
        raise Refused(_("Beløpet kan ikke være under null."), rule="negative", field="amount")
    if not row.per:
        raise Refused(_("Velg om beløpet er i måneden, i året eller én gang."), rule="per", field="per")


@action
def add_economy_item(
    municipality: Municipality, *, title: str, about: str, by: User, help: str = "", url: str = "",
    key: UUID | None = None,
) -> LocalEconomyItem:  # fmt: skip
    """Something the municipality asks about besides the programme's list, from now on.

    Raises Refused without a title, or for somebody it cannot be about.
    """
    check(by, Permission.CHANGE_INSTRUMENTS, municipality)
    refuse_twice(LocalEconomyItem.objects.all(), key)
    if not title.strip():
        raise Refused(_("Skriv hva dere spør om."), rule="title", field="title")
    if about not in LocalEconomyItem.About:
        raise Refused(_("Velg hvem det gjelder."), rule="about", field="about")
    pk = key or uuid4()
    row = LocalEconomyItem(
        pk=pk, municipality=municipality, key=f"egen-{pk.hex[:12]}", title=title.strip(), about=about,
        help=help.strip(), url=url.strip(), changed_by=by,
    )  # fmt: skip
    row.save(force_insert=True)
    record(AssessmentEvent.ECONOMY_ITEM_CHANGED, by=by, target=row, facts={"item": row.key, "in_use": True})
    return row


@action
def use_economy_item(municipality: Municipality, *, item: str, in_use: bool, by: User) -> LocalEconomyItem:
    """Ask about it, or stop asking. What is noted about families stays. Raises Refused for an unknown item."""
    check(by, Permission.CHANGE_INSTRUMENTS, municipality)
    Municipality.objects.select_for_update(of=("self",)).get(pk=municipality.pk)
    row = LocalEconomyItem.objects.filter(municipality=municipality, key=item).first()
    if row is None:
        if item not in {one.key for one in shipped()}:
            raise Refused(_("Dette står ikke på listen."), rule="unknown_item")
        row = LocalEconomyItem(municipality=municipality, key=item)
    row.in_use, row.changed_by, row.changed_at = in_use, by, timezone.now()
    row.save()
    record(AssessmentEvent.ECONOMY_ITEM_CHANGED, by=by, target=row, facts={"item": item, "in_use": in_use})
    return row
