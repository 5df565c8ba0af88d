"""«Hva er viktig for dere nå?»"""

from datetime import date
from uuid import UUID

from django.utils import timezone

from families.marks import Mark, put_mark
from families.models import Member
from nyemonstre.access.actions import action
from nyemonstre.access.check import check
from nyemonstre.access.roles import Permission
from nyemonstre.accounts.models import User
from nyemonstre.audit.log import record
from nyemonstre.ui.once import refuse_twice
from plans.enums import PlanEvent
from plans.models import OwnWords
from plans.rules import check_not_future, check_open


@action
def record_words(
    member: Member,
    *,
    text: str,
    by: User,
    said_on: date | None = None,
    told_by: str = "",
    mark: Mark | None = None,
    key: UUID | None = None,
) -> OwnWords:
    """Write down what a person says is important now. Earlier words stay.

    `told_by` is who told it, when it was not the person; `mark` who may get it on paper.

    Raises Refused when the day is in the future or follow-up has ended, AlreadyDone for the same form twice.
    """
    family = member.family
    check(by, Permission.CHANGE_PLAN, family)
    check_open(family)
    said_on = said_on or timezone.localdate()
    check_not_future(said_on, "said_on")
    refuse_twice(OwnWords.objects.filter(family=family), key)
    words = OwnWords(family=family, member=member, text=text, said_on=said_on, told_by=told_by, recorded_by=by)
    put_mark(words, mark or Mark(), family=family, by=by)
    if key:
        words.pk = key
    words.save(force_insert=True)
    record(PlanEvent.WORDS_RECORDED, by=by, target=words, family=family, facts={"member": str(member.pk)})
    return words
