"""Lists of henvendelser: the queue, the meeting's agenda, the case after this one."""

from datetime import date
from typing import Any

from django.db.models import Count, Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from nyemonstre.access.roles import Permission
from nyemonstre.accounts.models import User

from .enums import PersonRole
from .models import QUIET_AFTER, Referral
from .models.referral import ARRIVED
from .stages import TO_DECIDE, ReferralState

# What the queue can show, in the order of the chips. The first is what the page opens with.
VIEWS: dict[str, tuple[str, ...]] = {
    "": TO_DECIDE,
    "waiting": (ReferralState.WAITING,),
    "granted": (ReferralState.GRANTED, ReferralState.INFORMATION_MEETING, ReferralState.CLOSED),
    "declined": (ReferralState.DECLINED,),
    "all": tuple(ReferralState.values),
}
SORTS = {
    "age": ARRIVED,
    "name": ("family_name", *ARRIVED),
    "sector": ("referrer_sector", *ARRIVED),
    "state": ("state", *ARRIVED),
}
# The meeting's list is a list for one meeting, not an archive.
AGENDA = 20


def visible(user: User) -> QuerySet:
    return Referral.objects.permitted(user, Permission.VIEW_REFERRAL)


def queue(user: User, *, view: str, search: str, sort: str) -> QuerySet:
    """Rows for the list page. Unknown values mean the first choice, so an old link never fails."""
    rows = visible(user).filter(state__in=VIEWS.get(view, TO_DECIDE)).select_related("municipality").with_counts()
    for word in search.replace("\0", "").split()[:5]:
        rows = rows.filter(
            Q(family_name__icontains=word)
            | Q(reference__icontains=word)
            | Q(referrer_service__icontains=word)
            | Q(referrer_name__icontains=word)
        )
    key = sort.removeprefix("-")
    order = SORTS.get(key, SORTS["age"])
    if sort.startswith("-") and key in SORTS:
        turned = len(ARRIVED) if order == ARRIVED else 1  # the newest first is so within one day too
        order = (*(f"-{name}" for name in order[:turned]), *order[turned:])
    return rows.order_by(*order, "pk")


def people_words(referral: Any) -> str:
    """«2 voksne og 3 barn (5, 9 og 15 år)», from the people already fetched."""
    people = list(referral.people.all())
    adults = sum(p.role == PersonRole.ADULT for p in people)
    ages = sorted(p.age() for p in people if p.role == PersonRole.CHILD)
    words = count_words(adults, len(ages))
    if not ages:
        return words
    numbers = [str(age) for age in ages]
    spoken = numbers[0] if len(numbers) == 1 else _("%(some)s og %(last)s") % {
        "some": ", ".join(numbers[:-1]), "last": numbers[-1],
    }  # fmt: skip
    return _("%(people)s (%(ages)s år)") % {"people": words, "ages": spoken}


def count_words(adults: int, children: int) -> str:
    """«1 voksen, 2 barn»."""
    words = [ngettext("%(n)d voksen", "%(n)d voksne", adults) % {"n": adults}]
    if children:
        words.append(ngettext("%(n)d barn", "%(n)d barn", children) % {"n": children})
    return _(" og ").join(words)


def age_words(days: int) -> str:
    """«i dag», «1 dag», «14 dager»."""
    return ngettext("%(n)d dag", "%(n)d dager", days) % {"n": days} if days else _("i dag")


def is_quiet(referral: Referral, last_contact: date | None) -> bool:
    """Has nobody been in contact for eight weeks, with a family that waits?"""
    return timezone.localdate() - max(last_contact or referral.waiting_since, referral.waiting_since) >= QUIET_AFTER


def agenda(user: User, current: Referral) -> list[dict[str, Any]]:
    """The cases of the meeting: decided today, this one, and those that wait, oldest first."""
    today = timezone.localdate()
    rows = (
        visible(user)
        .filter(municipality=current.municipality_id)
        .with_latest_decision()
        .filter(Q(state__in=TO_DECIDE) | Q(decided_on=today) | Q(pk=current.pk))
        .with_counts()
        .as_they_came()[:AGENDA]
    )
    cases = []
    for row in rows:
        waits = row.state in TO_DECIDE
        cases.append(
            {
                "row": row,
                "current": row.pk == current.pk,
                "stitch": "s-now" if row.pk == current.pk and row.decidable else "s-ahead" if waits else "s-done",
                "people": count_words(row.adults, row.children),
                "text": _("ventet %(time)s") % {"time": age_words(row.age(today))}
                if waits
                else row.get_state_display(),
                "done": not waits and row.pk != current.pk,
            }
        )
    cases.sort(key=lambda case: not case["done"])
    return cases


def next_case(user: User, current: Referral) -> Referral | None:
    """The oldest case the team has not decided, apart from this one and those that wait for an answer from others."""
    waits = (ReferralState.RECEIVED, ReferralState.IN_INTAKE)
    rows = visible(user).filter(municipality=current.municipality_id, state__in=waits).exclude(pk=current.pk)
    return rows.as_they_came().first()


def counts(user: User) -> dict[str, int]:
    """How many henvendelser are in each view of the queue; one query."""
    rows = visible(user).order_by().values("state").annotate(number=Count("pk")).values_list("state", "number")
    states = dict(rows)
    return {key: sum(states.get(state, 0) for state in wanted) for key, wanted in VIEWS.items()}
