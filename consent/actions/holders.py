"""Note who holds foreldreansvar for a child."""

from collections.abc import Iterable

from django.utils import timezone
from django.utils.translation import gettext as _

from consent.enums import ConsentEvent
from consent.holders import MOST, Holder
from families.models import Family, Member
from nyemonstre.access.actions import action
from nyemonstre.access.check import check
from nyemonstre.access.roles import Permission
from nyemonstre.accounts.models import User
from nyemonstre.audit.log import record
from nyemonstre.refusals import Refused


@action
def record_holders(child: Member, *, people: Iterable[Member], by: User, elsewhere: str = "") -> list[Holder]:
    """These hold foreldreansvar from now: members of the family, and the name of one who lives elsewhere.

    Those who held it before and are not among them, hold it no more; their rows stay. Raises Refused for nobody, for
    more than two, for an adult, and for somebody who is no adult of the same family.
    """
    family = child.family
    check(by, Permission.CHANGE_CONSENT, family)
    people, elsewhere = list(people), elsewhere.strip()
    if child.is_adult:
        raise Refused(_("Bare barn har noen med foreldreansvar."), rule="no_child")
    if any(person.family_id != family.pk or not person.is_adult for person in people):
        raise Refused(_("Velg voksne fra denne familien."), rule="people", field="people")
    if not 1 <= len(people) + bool(elsewhere) <= MOST:
        raise Refused(_("Én eller to har foreldreansvar for et barn."), rule="number", field="people")
    Family.objects.select_for_update(of=("self",)).get(pk=family.pk)
    kept = {(row.person_id, row.name): row for row in Holder.objects.now().filter(child=child).order_by("pk")}
    wanted = [(person.pk, "") for person in people] + ([(None, elsewhere)] if elsewhere else [])
    gone = [row.pk for key, row in kept.items() if key not in wanted]
    Holder.objects.filter(pk__in=gone).update(ended_at=timezone.now())
    for person_id, name in wanted:
        if (person_id, name) not in kept:
            Holder(family=family, child=child, person_id=person_id, name=name, recorded_by=by).save(force_insert=True)
    record(ConsentEvent.HOLDERS_RECORDED, by=by, target=child, family=family, facts={"holders": len(wanted)})
    return list(Holder.objects.now().filter(child=child).select_related("person").order_by("recorded_at", "pk"))
