"""The 6-month review: written goal by goal, then signed off, and only then do its words become the plan."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from django.utils import timezone
from django.utils.translation import gettext as _

from consent.models import Contact
from families.actions import reach
from families.models import Family, Member
from families.stages import PATH, Step
from nyemonstre.access.actions import action
from nyemonstre.access.check import check
from nyemonstre.access.roles import Permission
from nyemonstre.accounts.models import User
from nyemonstre.audit.log import record
from nyemonstre.flow import missing
from nyemonstre.refusals import Refused
from nyemonstre.versioned import lock
from plans.enums import GoalState, PlanEvent, Verdict
from plans.models import Goal, Review, ReviewGoal, ReviewPresence
from plans.models.reviews import ROUNDS
from plans.present import KINDS, live_contact_ids
from plans.rules import check_contacts, check_members, check_not_future, check_open

from .goals import change_goal, close_goal

# What of a goal a review may change besides its words.
NEW_FACTS = ("new_why", "new_first_sign", "new_whose")


@dataclass(frozen=True)
class GoalReview:
    """What was said about one goal. Ratings are 0–10, None for no answer. An empty verdict: not decided yet."""

    goal: UUID
    verdict: str = ""
    new_words: str = ""
    rating: int | None = None
    rating_by_coordinator: int | None = None
    helped: str = ""
    hindered: str = ""
    # None: as it is. `new_whose` are ids of members.
    new_why: str | None = None
    new_first_sign: str | None = None
    new_whose: list[UUID] | None = None


@action
def save_review(
    family: Family,
    *,
    number: int,
    goals: Iterable[GoalReview],
    by: User,
    held_on: date | None = None,
    members: Iterable[Member] = (),
    coordinators: Iterable[User] = (),
    contacts: Iterable[Contact] = (),
    with_interpreter: bool = False,
    present: str = "",
    ahead: str = "",
    with_whom: str = "",
    note: str = "",
    version: int | None = None,
) -> Review:
    """Begin round `number`, or write on it. Nothing in the plan changes before it is signed off.

    Who was there: `members` of the family, the `coordinators` who follow it, `contacts` with a live line, and others in
    words as `present`. `ahead` is what the next six months are for, `with_whom` who takes part in them. A kartlegging
    that waits does not stand in the way: the review builds on the plan and on the oppstartskartlegging alone.

    Raises Refused for a round that does not exist or is signed off, before the steps it builds on, for a goal of
    another family or a closed one, for people the family has not or a contact without a live line, or something new
    without a change; Stale when somebody saved a newer version.
    """
    check(by, Permission.CHANGE_PLAN, family)
    check_open(family)
    _check_round(family, number)
    held_on = held_on or timezone.localdate()
    check_not_future(held_on, "held_on")
    people, others = check_members(family, members, "members", needed=False), check_contacts(family, contacts)
    following = _check_followers(family, coordinators)
    # Two people who begin the same round at once: the second waits here, and is then told.
    Family.objects.select_for_update(of=("self",)).get(pk=family.pk)
    review = _review(family, number, version, by)
    review.held_on, review.present, review.note = held_on, present, note
    review.ahead, review.with_whom, review.with_interpreter = ahead, with_whom, with_interpreter
    review.save()
    _keep_present(review, people, following, others)
    said = list(goals)
    known = {goal.pk: goal for goal in Goal.objects.filter(family=family, pk__in=[g.goal for g in said])}
    refused = []
    for one in said:
        if one.goal not in known:
            raise Refused(_("Et av målene hører ikke til denne planen."), rule="other_goal")
        try:
            _save_goal(review, known[one.goal], one)
        except Refused as refusal:
            refused.append(refusal)
    Refused.all_of(refused)
    record(PlanEvent.REVIEW_SAVED, by=by, target=review, family=family, facts={"number": number})
    return review


@action
def sign_review(review: Review, *, by: User, version: int | None = None) -> Review:
    """The round is done: its words become the plan, and the step is reached. Afterwards nobody can change it.

    Raises Refused when goals have no verdict or a change has no new words, all of them at once; when a goal was changed
    since it was read aloud; and whatever `reach` refuses.
    """
    check(by, Permission.CHANGE_PLAN, review.family)
    check_open(review.family)
    current = lock(review, version)
    _check_unsigned(current)
    rows = list(current.goals.select_related("goal"))
    _check_decided(current, rows)
    for row in rows:
        _carry_out(row, current, by)
    current.signed_off_at, current.signed_off_by = timezone.now(), by
    current.save()
    reach(current.family, step=Step.REVIEW, number=current.number, on=current.held_on, by=by)
    record(PlanEvent.REVIEW_SIGNED, by=by, target=current, facts={"number": current.number, "goals": len(rows)})
    return current


def _check_decided(review: Review, rows: list[ReviewGoal]) -> None:
    """Raises Refused, for every goal of the plan that lacks something, in the order they stand there."""
    said, refused = {row.goal_id: row for row in rows}, []
    for goal in Goal.objects.filter(family_id=review.family_id).active():
        row, words = said.get(goal.pk), {"goal": goal.words}
        if row is None or not row.verdict:
            sentence = _("Velg hva som skal skje med «%(goal)s» før dere avslutter.")
            refused.append(Refused(sentence % words, rule="undecided", field=f"verdict-{goal.pk}"))
        elif row.verdict == Verdict.CHANGE and not row.changes_something:
            sentence = _("Skriv hvordan målet «%(goal)s» skal stå nå.")
            refused.append(Refused(sentence % words, rule="change_without_words", field=f"new_words-{goal.pk}"))
    Refused.all_of(refused)


def _check_round(family: Family, number: int) -> None:
    if not 1 <= number <= ROUNDS:
        raise Refused(_("Denne runden finnes ikke."), rule="no_such_round")
    reached = {m.step for m in family.milestones.reached()}
    if lacking := missing(PATH, Step.REVIEW, reached):
        first = Step.PLAN if Step.PLAN in lacking else Step.BASELINE
        raise Refused(
            _("Evalueringen bygger på «%(step)s», og det steget er ikke nådd ennå.") % {"step": first.label},
            rule=f"requires_{first}",
        )


def _check_followers(family: Family, users: Iterable[User]) -> list[User]:
    users = list(users)
    following = set(family.assignments.live().values_list("user_id", flat=True))
    if any(user.pk not in following for user in users):
        raise Refused(_("Velg blant dem som følger familien nå."), rule="not_following", field="coordinators")
    return users


def _keep_present(
    review: Review, members: Iterable[Member], coordinators: Iterable[User], contacts: Iterable[Contact]
) -> None:
    """Make the rows those who were picked. Somebody whose agreement has ended since could not be picked, and stays."""
    chosen: dict[str, Iterable[Any]] = {"member": members, "coordinator": coordinators, "contact": contacts}
    wanted = {(kind, row.pk) for kind, rows in chosen.items() for row in rows}
    live = live_contact_ids(review.family)
    gone = []
    for row in ReviewPresence.objects.filter(review=review):
        kind = next(kind for kind in KINDS if getattr(row, f"{kind}_id"))
        who = (kind, getattr(row, f"{kind}_id"))
        if who in wanted:
            wanted.remove(who)
        elif kind != "contact" or row.contact_id in live:
            gone.append(row.pk)
    ReviewPresence.objects.filter(pk__in=gone).delete()
    ReviewPresence.objects.bulk_create(
        ReviewPresence(family_id=review.family_id, review=review, **{f"{kind}_id": pk})
        for kind, pk in sorted(wanted, key=str)
    )


def _check_unsigned(review: Review) -> None:
    if review.is_signed:
        raise Refused(_("Denne evalueringen er avsluttet og kan ikke endres."), rule="signed")


def _review(family: Family, number: int, version: int | None, by: User) -> Review:
    existing = Review.objects.filter(family=family, number=number).first()
    if existing is None:
        return Review(family=family, number=number, begun_by=by)
    current = lock(existing, version)
    _check_unsigned(current)
    return current


def _save_goal(review: Review, goal: Goal, said: GoalReview) -> None:
    if not goal.is_active:
        raise Refused(
            _("Målet «%(goal)s» er avsluttet i mellomtiden. Last siden på nytt.") % {"goal": goal.words},
            rule="goal_closed",
        )
    if said.new_words and said.verdict != Verdict.CHANGE:
        raise Refused(
            _("Du har skrevet et nytt mål. Velg «Endre», eller ta bort teksten."),
            rule="words_without_change",
            field=f"new_words-{goal.pk}",
        )
    facts = _facts(said)
    if said.verdict != Verdict.CHANGE and any(facts[name] is not None for name in NEW_FACTS):
        raise Refused(
            _("Du har endret noe i målet. Velg «Endre», eller sett det tilbake slik det var."),
            rule="facts_without_change",
            field=f"verdict-{goal.pk}",
        )
    if said.new_whose is not None:
        found = list(Member.objects.filter(family_id=goal.family_id, pk__in=said.new_whose))
        if not found or len(found) != len(set(said.new_whose)):
            raise Refused(_("Velg hvem det gjelder."), rule="no_members", field=f"new_whose-{goal.pk}")
    row = ReviewGoal.objects.filter(review=review, goal=goal).first() or ReviewGoal(
        family_id=review.family_id, review=review, goal=goal
    )
    # Read aloud again: the goal as it stands now is what the new words answer to.
    row.old_words, row.old_version = goal.words, goal.version
    for name, value in facts.items():
        setattr(row, name, value)
    row.save()


def _facts(said: GoalReview) -> dict[str, Any]:
    return {name: value for name, value in vars(said).items() if name != "goal"}


def _carry_out(row: ReviewGoal, review: Review, by: User) -> None:
    goal = row.goal
    if not goal.is_active:
        return  # closed or set to wait since, on the plan's page: what was said of it stays, and asks for nothing
    if goal.version != row.old_version:
        raise Refused(
            _("Målet «%(goal)s» er endret etter at dere leste det. Les det slik det står nå, og lagre på nytt.")
            % {"goal": goal.words},
            rule="goal_moved",
        )
    reason = _("6-månedersevaluering %(number)s") % {"number": review.number}
    if row.verdict == Verdict.CHANGE:
        whose = goal.whose.all() if row.new_whose is None else Member.objects.filter(pk__in=row.new_whose)
        change_goal(
            goal, outcome=goal.outcome, words=row.new_words or goal.words,
            why=goal.why if row.new_why is None else row.new_why,
            first_sign=goal.first_sign if row.new_first_sign is None else row.new_first_sign,
            whose=whose, reason=reason, version=goal.version, by=by,
        )  # fmt: skip
    elif row.verdict in (Verdict.REACHED, Verdict.LET_GO):
        state = GoalState.REACHED if row.verdict == Verdict.REACHED else GoalState.LET_GO
        close_goal(goal, state=state, reason=reason, on=review.held_on, version=goal.version, by=by)
