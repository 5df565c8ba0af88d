"""What was said in a meeting, case by case, and what was decided. Finished minutes stand; corrections are added."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from uuid import UUID, uuid4

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from families.marks import Mark, put_mark
from families.models import Member
from nyemonstre.access.actions import action
from nyemonstre.access.check import check
from nyemonstre.access.roles import Permission
from nyemonstre.accounts.models import User
from nyemonstre.audit.log import record
from nyemonstre.refusals import Refused
from nyemonstre.ui.once import refuse_twice
from nyemonstre.versioned import lock
from plans.enums import MeetingState, PlanEvent
from plans.models import Meeting, MeetingGuest, MeetingItem, MinutesAddendum
from plans.rules import check_members

from .copies import tell_of_addendum
from .decisions import Decided, put_decisions
from .meetings import MOST_CASES, tell_journal


@dataclass(frozen=True)
class Said:
    """About one case: what was said, and for whom (MeetingItem says what `topic` and `about` decide)."""

    text: str = ""
    topic: str = ""
    about: Member | None = None


@action
def save_minutes(
    meeting: Meeting, *, said: Mapping[UUID, Said], came: Iterable[MeetingGuest], by: User, others: str = "",
    more: str = "", decided: Iterable[Decided] = (), mark: Mark | None = None, version: int | None = None,
) -> Meeting:  # fmt: skip
    """Write on the minutes. The first time says that the meeting was held. `said` by the id of the case, `came` who
    was there, `more` a case that came up, `decided` what is new or other among the decisions.

    Raises Refused before the day, for one that came to nothing, for finished minutes, for a case or a person of
    another meeting or family, and as decisions.put_decisions is refused; Stale for an old `version`.
    """
    check(by, Permission.CHANGE_JOURNAL, meeting.family)
    current = lock(meeting, version)
    check_unfinished(current)
    was_there, items = {guest.pk for guest in came}, {item.pk: item for item in current.items.all()}
    if unknown := set(said) - set(items):
        raise Refused(_("En av sakene hører til et annet møte."), rule="other_item", field=f"text_{min(unknown)}")
    if any(one.about and one.about.family_id != current.family_id for one in said.values()):
        raise Refused(_("Velg personer fra denne familien."), rule="members")
    for pk, one in said.items():
        item = items[pk]
        item.text, item.topic, item.about = one.text, one.topic, one.about
        item.save()
    if more.strip():
        if len(items) >= MOST_CASES:
            raise Refused(_("Det er plass til 30 saker."), rule="too_many_cases", field="more")
        MeetingItem(
            family_id=current.family_id, meeting=current, number=len(items) + 1, title=more.strip()[:200]
        ).save(force_insert=True)  # fmt: skip
    put_decisions(current, decided, by=by)
    for guest in current.guests.all():
        guest.came = guest.pk in was_there
        guest.save(update_fields=["came"])
    current.state, current.others = MeetingState.HELD, others.strip()
    if mark is not None:
        put_mark(current, mark, family=current.family, by=by)
    current.save()
    record(PlanEvent.MINUTES_SAVED, by=by, target=current)
    return current


@action
def finish_minutes(meeting: Meeting, *, by: User, version: int | None = None) -> Meeting:
    """From now nobody can change them. The journal gets a line, and the family's last contact is the meeting.

    Raises Refused for a meeting that is not held, for minutes in which nothing stands, or when they are finished;
    Stale for an old `version`.
    """
    check(by, Permission.CHANGE_JOURNAL, meeting.family)
    current = lock(meeting, version)
    check_unfinished(current)
    items = list(current.items.all())
    decisions = current.decisions.count()
    if not decisions and not any(item.text.strip() for item in items):
        raise Refused(_("Skriv hva dere snakket om i minst én sak før referatet blir ferdig."), rule="empty_minutes")
    there = [guest.member for guest in current.guests.filter(came=True, line=None).select_related("member")]
    minutes = round((current.ends_at - current.starts_at).total_seconds() / 60)
    current.entry = tell_journal(
        current, text=_in_few_words(items, decisions), kind=current.kind, members=there, minutes=minutes, by=by
    )
    current.finished_at, current.finished_by = timezone.now(), by
    current.save()
    record(PlanEvent.MINUTES_FINISHED, by=by, target=current, facts={"decisions": decisions})
    return current


def _in_few_words(items: list[MeetingItem], decisions: int) -> str:
    cases = "; ".join(item.title for item in items)
    said = _("Saker: %(cases)s.") % {"cases": cases} if cases else ""
    many = ngettext("%(count)s beslutning.", "%(count)s beslutninger.", decisions) % {"count": decisions}
    return " ".join(part for part in (said, many if decisions else "", _("Alt står i referatet.")) if part)


@action
def add_to_minutes(
    meeting: Meeting, *, text: str, by: User, topic: str = "", about: Member | None = None, key: UUID | None = None
) -> MinutesAddendum:
    """What was wrong, or forgotten. The finished minutes stay as they were, and this stands under them.

    `topic` and `about` as of a case. The services that have had the minutes and may read it are told in a minute.

    Raises Refused for an empty text, a person of another family and minutes that are not finished; AlreadyDone for the
    same form twice.
    """
    check(by, Permission.CHANGE_JOURNAL, meeting.family)
    refuse_twice(MinutesAddendum.objects.filter(family=meeting.family_id), key)
    current = lock(meeting, None)
    if not current.is_finished:
        raise Refused(_("Referatet er ikke ferdig. Skriv det i referatet."), rule="not_finished")
    if not text.strip():
        raise Refused(_("Skriv tillegget."), rule="no_text", field="text")
    check_members(current.family, [about] if about else [], "about", needed=False)
    addendum = MinutesAddendum(
        pk=key or uuid4(), family_id=current.family_id, meeting=current, text=text.strip(), topic=topic, about=about,
        written_by=by,
    )  # fmt: skip
    addendum.save(force_insert=True)
    record(PlanEvent.MINUTES_ADDED_TO, by=by, target=addendum, family=meeting.family)
    tell_of_addendum(addendum, by=by)
    return addendum


def check_unfinished(meeting: Meeting) -> None:
    """Held on its day, or to be: minutes can be written from the morning of the day."""
    if meeting.is_finished:
        raise Refused(_("Referatet er ferdig og kan ikke endres. Skriv et tillegg."), rule="finished")
    if meeting.came_to_nothing:
        raise Refused(_("Møtet er alt ført."), rule="not_planned")
    if timezone.localdate(meeting.starts_at) > timezone.localdate():
        raise Refused(_("Møtet har ikke vært ennå."), rule="not_yet")
