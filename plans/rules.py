"""What plan and journal ask before they write. Each raises Refused with a sentence, or returns nothing."""

from collections.abc import Iterable
from datetime import date
from typing import Any

from django.db.models import Min
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from consent.models import AgreementLine, Contact
from consent.rules import why_not_change, why_not_contact
from families.enums import FamilyState
from families.models import Family, Member
from nyemonstre.formats import short_day
from nyemonstre.refusals import Refused

# The name is not in it: when the agreement has ended, the name is no longer ours to show.
NO_SUCH_CONTACT = gettext_lazy(
    "En av kontaktene kan ikke velges: familien har ingen gyldig avtale om samarbeid som dekker den."
)


def check_open(family: Family) -> None:
    """A plan is not changed after follow-up has ended, or when nobody takes part any more. Raises Refused."""
    if family.state == FamilyState.CLOSED:
        raise Refused(_("Oppfølgingen er avsluttet, så planen kan leses, men ikke endres."), rule="closed")
    if why := why_not_change(family):
        raise Refused(why, rule="restricted")


def check_not_future(day: date, field: str) -> None:
    """Raises Refused for a day that has not come."""
    if day > timezone.localdate():
        raise Refused(_("Datoen er fram i tid."), rule="future", field=field)


def check_begun(family: Family, day: date, field: str) -> None:
    """Raises Refused for a day before anything had been done with the family."""
    began = timezone.localdate(family.registered_at)
    first = family.milestones.reached().aggregate(first=Min("reached_on"))["first"]
    began = min(began, first or began)
    if day < began:
        said = _("Oppfølgingen begynte %(day)s. Skriv en dag etter det.")
        raise Refused(said % {"day": short_day(began)}, rule="before_it_began", field=field)


def check_members(family: Family, members: Iterable[Member], field: str, *, needed: bool = True) -> list[Member]:
    """The members as a list. Raises Refused when one is of another family, or there are none though some are needed."""
    members = list(members)
    if any(member.family_id != family.pk for member in members):
        raise Refused(_("Velg personer fra denne familien."), rule="members", field=field)
    if needed and not members:
        raise Refused(_("Velg hvem det gjelder."), rule="no_members", field=field)
    return members


def check_service(family: Family, service: Any, field: str = "service") -> None:
    """No contact with a service before a live agreement line covers it (R-P1, hard lock). Raises Refused."""
    if service is None:
        return
    if why := why_not_contact(family, service):
        raise Refused(why, rule="no_live_line", field=field)


def check_contacts(family: Family, contacts: Iterable[Contact], field: str = "contacts") -> list[Contact]:
    """The contacts as a list. Raises Refused when a live agreement line of this family does not cover one of them."""
    contacts = list(contacts)
    live = set(AgreementLine.objects.live().filter(family=family).values_list("contact_id", flat=True))
    if any(contact.pk not in live for contact in contacts):
        raise Refused(NO_SUCH_CONTACT, rule="no_live_line", field=field)
    return contacts


def check_reason(reason: str, sentence: str) -> None:
    """Raises Refused with `sentence` for an empty reason."""
    if not reason.strip():
        raise Refused(sentence, rule="reason", field="reason")
