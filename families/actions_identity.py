"""Identity numbers of members: kept, changed, taken away, shown, searched for. Each leaves an event without the number.

The number is in no event, no log, no mail and no task. Only `show_number` opens it.
"""

from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from nyemonstre.access.actions import action
from nyemonstre.access.check import check
from nyemonstre.access.roles import Permission
from nyemonstre.accounts.models import User
from nyemonstre.audit.log import record
from nyemonstre.numbers import BadNumber, Identity, Kind, Wrong, agrees_with, identify
from nyemonstre.refusals import Refused
from nyemonstre.versioned import lock

from .enums import FamilyEvent, NumberKind
from .identity import IdentityNumber
from .models import Family, Member
from .restricted import check_may_change

FIELD = IdentityNumber._meta.get_field("number")
WRONG = {
    Wrong.LENGTH: gettext_lazy("Et fødselsnummer eller D-nummer har 11 sifre, et DUF-nummer 12."),
    Wrong.DIGITS: gettext_lazy("Skriv bare siffer."),
    Wrong.DATE: gettext_lazy("Datoen i nummeret finnes ikke. Sjekk de seks første sifrene."),
    Wrong.CONTROL: gettext_lazy("Kontrollsifrene stemmer ikke. Sjekk hvert siffer mot kilden."),
}


def _read(text: str) -> Identity:
    """The number in `text`, if this installation may keep it. Raises Refused, in a sentence, beside the field.

    Numbers of nobody are for demo and test, numbers of people for production; neither takes the other's. DUF numbers
    have no series of their own for tests, so they are taken in both.
    """
    try:
        found = identify(text, on=timezone.localdate())
    except BadNumber as error:
        raise Refused(WRONG[error.why], rule=f"number_{error.why}", field="identity_number") from None
    if found.kind != Kind.DUF and found.synthetic != settings.NM_SYNTHETIC_NUMBERS:
        sentence = (
            _("Dette ser ut som nummeret til en virkelig person. Her er det bare oppdiktede numre som kan føres.")
            if settings.NM_SYNTHETIC_NUMBERS
            else _("Dette er et testnummer som ikke tilhører noen.")
        )
        raise Refused(sentence, rule="number_synthetic", field="identity_number")
    return found


@action
def keep_number(
    member: Member, *, number: str, by: User, version: int | None = None, date_confirmed: bool = False
) -> IdentityNumber:
    """Keep, or change, the number of a member. `version` is that of the row the form was drawn from, None for none.

    Raises Refused when it is no number for here, when somebody else in the family has it, or (rule "number_date") when
    its date is not the birth date and nobody has confirmed that; Stale when somebody saved a newer one.
    """
    family = _checked(member, by)
    check_may_change(family)
    found = _read(number)
    row = _row(member, family, version)
    others = IdentityNumber.objects.filter(family=family).exclude(member=member)
    if others.with_number(found.number, [family.municipality]).exists():
        raise Refused(_("En annen i familien har dette nummeret."), rule="number_taken", field="identity_number")
    if not agrees_with(found.number, member.birth_date) and not date_confirmed:
        raise Refused(
            _("Datoen i nummeret er ikke fødselsdatoen som er ført. Stemmer nummeret likevel?"),
            rule="number_date", field="date_confirmed",
        )  # fmt: skip
    what = FamilyEvent.NUMBER_CHANGED if row.is_kept else FamilyEvent.NUMBER_KEPT
    row.kind, row.missing_reason = NumberKind(found.kind.value), ""
    FIELD.put(row, found.number)
    row.save()
    record(what, by=by, target=row, family=family, facts={"kind": row.kind})
    return row


@action
def leave_number_out(member: Member, *, reason: str, by: User, version: int | None = None) -> IdentityNumber:
    """Why there is no number; and if there was one, it is gone from the database from now on."""
    family = _checked(member, by)
    row = _row(member, family, version)
    what = FamilyEvent.NUMBER_REMOVED if row.is_kept else FamilyEvent.NUMBER_LEFT_OUT
    row.number = row.index = None
    row.kind, row.missing_reason = "", reason
    row.save()
    record(what, by=by, target=row, family=family)
    return row


@action
def show_number(row: IdentityNumber, *, by: User) -> str:
    """The number, for one look. Raises Refused when there is none, vault.CannotOpen when its key is gone."""
    check(by, Permission.CHANGE_FAMILY, row)
    if not row.is_kept:
        raise Refused(_("Det er ikke ført noe nummer."), rule="no_number")
    record(FamilyEvent.NUMBER_SHOWN, by=by, target=row, family=row.family)
    return FIELD.read(row)


@action
def find_number(text: str, *, by: User) -> list[Member]:
    """Members with exactly this number, in the families `by` works with. Raises Refused for what is no number.

    The event says how many were found, and never what was looked for.
    """
    found = _read(text)
    places = [m.municipality for m in by.live_memberships if m.municipality.keeps_identity_numbers]
    rows = IdentityNumber.objects.permitted(by, Permission.CHANGE_FAMILY).with_number(found.number, places)
    rows = rows.select_related("member__family").order_by("member__family__name", "pk")
    members = [row.member for row in rows]
    record(FamilyEvent.NUMBER_SEARCHED, by=by, facts={"found": len(members)})
    return members


def _checked(member: Member, by: User) -> Family:
    """The member's family, locked: two people who keep a number in it at once come one after the other."""
    check(by, Permission.CHANGE_FAMILY, member)
    family = Family.objects.select_for_update(of=("self",)).select_related("municipality").get(pk=member.family_id)
    if not family.municipality.keeps_identity_numbers:
        raise Refused(_("Kommunen fører ikke fødselsnummer."), rule="numbers_off")
    return family


def _row(member: Member, family: Family, version: int | None) -> IdentityNumber:
    """The member's row, locked and at `version`; or a new one."""
    row = IdentityNumber.objects.filter(member=member).first()
    if row is None:
        return IdentityNumber(family=family, member=member, municipality=family.municipality)
    return lock(row, version if version is not None else 0)
