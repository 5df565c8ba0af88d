"""Who sat down together for a review: picked people, and others in words.

What is picked are rows, so a name follows its person, and the name of somebody from a service shows while a line of the
agreement lets it. What was written as free text before, and those who are not in the system, stand in `present`.
"""

from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from consent.models import AgreementLine, Contact
from families.models import Family

from .models import Review, ReviewPresence

KINDS = ("member", "coordinator", "contact")


def live_contact_ids(family: Family) -> set[Any]:
    """Ids of the contacts a live line of this family shows."""
    rows = AgreementLine.objects.live().filter(family=family, contact__isnull=False)
    return set(rows.values_list("contact_id", flat=True))


def picked(review: Review) -> dict[str, list[Any]]:
    """Ids of those who were picked, by kind: `initial` for the form."""
    rows = list(ReviewPresence.objects.filter(review=review).order_by("pk"))
    return {kind: [pk for row in rows if (pk := getattr(row, f"{kind}_id"))] for kind in KINDS}


def who_was_there(review: Review) -> str:
    """In words, for a page or for the record. A contact no live line shows is counted, and not named. Four queries."""
    rows = list(ReviewPresence.objects.filter(review=review).select_related("member", "coordinator"))
    live = live_contact_ids(review.family)
    contacts = Contact.objects.filter(pk__in=[r.contact_id for r in rows if r.contact_id in live])
    shown = contacts.select_related("service").order_by("name", "pk")
    names = sorted((row.member.first_name for row in rows if row.member), key=str.casefold)
    names += sorted((row.coordinator.name for row in rows if row.coordinator), key=str.casefold)
    names += [f"{contact.name} ({contact.service.name})" for contact in shown]
    if hidden := sum(bool(row.contact_id) for row in rows) - len(shown):
        names.append(ngettext("%(count)d fra en tjeneste", "%(count)d fra tjenester", hidden) % {"count": hidden})
    if review.with_interpreter:
        names.append(_("tolk"))
    return ", ".join([*names, *filter(None, [review.present])])
