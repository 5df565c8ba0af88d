"""A line in the journal."""

from collections.abc import Iterable
from datetime import date
from uuid import UUID

from django.utils import timezone
from django.utils.translation import gettext as _

from consent.models import Contact, Service
from families.enums import Audience
from families.marks import Mark, put_mark
from families.models import Family, Member
from nyemonstre.access.actions import action
from nyemonstre.access.check import check
from nyemonstre.access.roles import Permission
from nyemonstre.accounts.models import User
from nyemonstre.audit.log import record
from nyemonstre.refusals import Refused
from nyemonstre.ui.once import refuse_twice
from plans.enums import JournalKind, PlanEvent
from plans.models import JournalContact, JournalEntry, JournalMember
from plans.rules import check_contacts, check_members, check_not_future, check_service


@action
def write_entry(
    family: Family,
    *,
    text: str,
    by: User,
    kind: str = JournalKind.NOTE,
    happened_on: date | None = None,
    members: Iterable[Member] = (),
    contacts: Iterable[Contact] = (),
    service: Service | None = None,
    minutes: int | None = None,
    support: Iterable[str] = (),
    moment: str = "",
    need_of: Member | None = None,
    child_help: str = "",
    mark: Mark | None = None,
    key: UUID | None = None,
) -> JournalEntry:
    """Write down what happened. `minutes` is how long it took, 1–1440; `need_of` whose need it met,
    `child_help` in which way a child was helped (ChildHelp), `mark` who may get it on paper; about a crisis nobody.

    Raises Refused for an empty text, a day in the future, people of another family, or a service or a contact without
    a live agreement line; AlreadyDone for the same form twice.
    """
    check(by, Permission.CHANGE_JOURNAL, family)
    if not text.strip():
        raise Refused(_("Skriv hva som skjedde."), rule="no_text", field="text")
    happened_on = happened_on or timezone.localdate()
    check_not_future(happened_on, "happened_on")
    people = check_members(family, members, "members", needed=False)
    check_members(family, [need_of] if need_of else [], "need_of", needed=False)
    check_service(family, service)
    others = check_contacts(family, contacts)
    refuse_twice(JournalEntry.objects.filter(family=family), key)
    entry = JournalEntry(
        family=family, happened_on=happened_on, kind=kind, service=service, minutes=minutes, support=list(support),
        moment=moment, need_of=need_of, child_help=child_help, text=text, written_by=by,
    )  # fmt: skip
    put_mark(entry, Mark(Audience.NOBODY) if entry.is_restricted else mark or Mark(), family=family, by=by)
    if key:
        entry.pk = key
    entry.save(force_insert=True)
    JournalMember.objects.bulk_create(JournalMember(family=family, entry=entry, member=member) for member in people)
    JournalContact.objects.bulk_create(JournalContact(family=family, entry=entry, contact=one) for one in others)
    record(PlanEvent.JOURNAL_WRITTEN, by=by, target=entry, family=family, facts={"kind": kind, "moment": moment})
    return entry
