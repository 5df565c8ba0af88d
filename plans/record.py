"""The whole plan for the record: what holds now and what held before, with every version, number and review.

For the archive and for nobody at the table. Never an address, and a contact only while its line is live.
"""

from typing import Any

from django.utils import timezone

from families.marks import ALONE
from families.models import Family, Member

from .changes import goal_history
from .models import Goal, GoalRating, OwnWords, PlanAgreement, Review
from .present import who_was_there
from .printed import doer_in_words, outside

KEY = ALONE


def printed_record(family: Family) -> dict[str, Any]:
    """Plain values for templates/plans/pdf/record.html. Queries: one per goal for its versions, else a fixed number."""
    out = outside(family)
    names = dict(Member.objects.filter(family=family).values_list("pk", "first_name"))
    goals = list(Goal.objects.filter(family=family).with_measures())
    said = OwnWords.objects.filter(family=family).select_related("member").order_by("said_on", "recorded_at")
    ratings: dict[Any, list[GoalRating]] = {}
    for row in GoalRating.objects.filter(family=family).order_by("rated_on", "recorded_at"):
        ratings.setdefault(row.goal_id, []).append(row)
    return {
        "name": family.name,
        "code": family.code,
        "municipality": out.place(family.municipality.name),
        "today": timezone.localdate(),
        "made_by": "",
        "large": False,
        "goals": [_goal(goal, names, ratings.get(goal.pk, []), out) for goal in goals],
        "words": [
            {"name": row.member.first_name, "said_on": row.said_on, "text": out.text(row.text), "by": row.told_by}
            for row in said
        ],
        "agreements": [
            {"number": row.number, "on": row.agreed_on, "present": out.text(", ".join(row.present)),
             "language": row.language, "interpreter": row.with_interpreter}
            for row in PlanAgreement.objects.filter(family=family).order_by("number")
        ],
        "reviews": [_review(row, out) for row in _reviews(family)],
        "lines": [],
    }  # fmt: skip


def _reviews(family: Family) -> Any:
    rows = Review.objects.filter(family=family).select_related("signed_off_by").order_by("number")
    return rows.prefetch_related("goals")


def _review(row: Review, out: Any) -> dict[str, Any]:
    return {
        "number": row.number, "held_on": row.held_on, "present": out.text(who_was_there(row)),
        "ahead": out.text(row.ahead),
        "note": out.text(row.note),
        "signed_by": row.signed_off_by.name if row.signed_off_by else "",
        "goals": [
            {
                "words": out.text(one.old_words), "verdict": one.get_verdict_display() if one.verdict else "",
                "new_words": out.text(one.new_words), "rating": one.rating, "by_coordinator": one.rating_by_coordinator,
                "helped": out.text(one.helped).rstrip(". "), "hindered": out.text(one.hindered).rstrip(". "),
            }
            for one in row.goals.all()
        ],
    }  # fmt: skip


def _goal(goal: Goal, names: dict[Any, str], ratings: list[GoalRating], out: Any) -> dict[str, Any]:
    return {
        "words": out.text(goal.words), "why": out.text(goal.why), "first_sign": out.text(goal.first_sign),
        "label": goal.get_outcome_display(), "state": goal.get_state_display(), "reason": out.text(goal.state_reason),
        "closed_on": goal.closed_on, "mark": goal.mark_words,
        "whose": ", ".join(member.first_name for member in goal.whose.all()),
        "measures": [
            {
                "what": out.text(m.what), "who": doer_in_words(m, out), "state": m.get_state_display(),
                "due_on": m.due_on, "finished_on": m.finished_on, "follow_up": out.text(m.follow_up),
                "kind": m.get_kind_display() if m.kind else "", "mark": m.mark_words, "dropped": m.falls_between,
            }
            for m in goal.measures_read
        ],
        "ratings": [{"on": r.rated_on, "family": r.rating, "coordinator": r.rating_by_coordinator} for r in ratings],
        "versions": [
            {
                "number": version["row"].number, "on": version["row"].changed_at, "by": version["row"].changed_by.name,
                "reason": out.text(version["row"].reason),
                "changed": [out.text(str(one)) for one in version["changed"]],
            }
            for version in reversed(goal_history(goal, names))
        ],
    }  # fmt: skip
