"""The agenda and the minutes of an intake meeting, as plain values for the page and for paper."""

from typing import Any

from django.utils.translation import gettext as _

from nyemonstre.access.roles import Permission
from nyemonstre.accounts.models import User

from .enums import Criterion, CriterionValue
from .models import Addendum, AgendaItem, IntakeMeeting, Presence, Recusal
from .queue import age_words, count_words
from .stages import DECIDABLE, ReferralState


def items_of(user: User, meeting: IntakeMeeting) -> list[AgendaItem]:
    """The cases this person may read, in their order, with how many the family is. Their numbers count only these."""
    rows = AgendaItem.objects.permitted(user, Permission.VIEW_REFERRAL).filter(meeting=meeting)
    return list(rows.on_agenda().with_people())


def agenda_of(user: User, meeting: IntakeMeeting, current: AgendaItem | None = None) -> list[dict[str, Any]]:
    """The cases of the meeting with where each one stands; `current` is the one on the screen."""
    cases = []
    for number, item in enumerate(items_of(user, meeting), 1):
        here = current is not None and item.pk == current.pk
        outside = item.decided is None and item.referral.state not in DECIDABLE
        done = bool(item.decided or item.moved_to_id or outside)
        cases.append(
            {
                "item": item, "number": number, "current": here, "done": done, "outside": outside,
                "stitch": "s-now" if here and not done else "s-done" if done else "s-ahead",
                "people": count_words(item.adults, item.children), "text": _standing(item),
            }
        )  # fmt: skip
    return cases


def _standing(item: AgendaItem) -> str:
    referral, decision = item.referral, item.decided
    if decision and decision.coordinator:
        return _("Plass hos %(name)s") % {"name": decision.coordinator.name}
    if decision:
        return str(decision.get_outcome_display())
    if item.moved_to:
        return _("Flyttet til %(day)s") % {"day": f"{item.moved_to.held_on:%d.%m.%Y}"}
    if referral.state not in DECIDABLE:
        return _("Avgjort utenom møtet")
    if referral.state == ReferralState.WAITING:
        return _("fra ventelisten, %(time)s") % {"time": age_words(referral.waited())}
    return _("ventet %(time)s") % {"time": age_words(referral.age())}


def minutes(user: User, meeting: IntakeMeeting) -> dict[str, Any]:
    """Everything the minutes say: who was there, each case with its decision, and what was added. Five queries."""
    cases = agenda_of(user, meeting)
    ids = [case["item"].pk for case in cases]
    out: dict[Any, list[Recusal]] = {}
    for recusal in Recusal.objects.filter(item__in=ids).select_related("presence"):
        out.setdefault(recusal.item_id, []).append(recusal)
    added: dict[Any, list[Addendum]] = {}
    for addendum in Addendum.objects.filter(item__in=ids).select_related("written_by"):
        added.setdefault(addendum.item_id, []).append(addendum)
    for case in cases:
        item = case["item"]
        case |= {"out": out.get(item.pk, []), "addenda": added.get(item.pk, []), "criteria": _criteria(item)}
    return {
        "day": meeting.held_on, "place": meeting.place, "leader": meeting.leader.name, "cases": cases,
        "signed_by": meeting.signed_by.name if meeting.signed_by else "", "signed_at": meeting.signed_at,
        "people": list(Presence.objects.filter(meeting=meeting)), "state": meeting.get_state_display(),
    }  # fmt: skip


def _criteria(item: AgendaItem) -> list[tuple[str, str, str]]:
    """(criterion, answer, note) as they were seen at the decision."""
    return [
        (str(Criterion(key).label), str(CriterionValue(value).label), note)
        for key, (value, note) in sorted(item.criteria.items(), key=lambda pair: Criterion.values.index(pair[0]))
    ]
