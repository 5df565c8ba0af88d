"""The 6-month review: goal by goal, what was said then beside what is said now."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from families.models import Family
from families.pages import family_context, open_family, with_version
from families.stages import Step
from nyemonstre.access.roles import Permission
from nyemonstre.access.views import requires, say
from nyemonstre.accounts.drafts import draft_for, forget_draft, initial_from
from nyemonstre.refusals import Refused, Stale
from nyemonstre.ui.forms import sent
from plans import actions
from plans.actions import GoalReview
from plans.changes import GOAL_WORDS, as_it_stands, differences
from plans.forms_reviews import ReviewForm, ReviewGoalForm
from plans.models import Goal, PlanAgreement, Review
from plans.models.reviews import ROUNDS
from plans.present import picked, who_was_there
from plans.since import last_day, since_last

from .frame import CHANGE, VIEW, tab_url

HEAD = ("held_on", "with_interpreter", "present", "ahead", "with_whom", "note")
PEOPLE = {"members": "member", "coordinators": "coordinator", "contacts": "contact"}
BODY = (
    "rating", "rating_by_coordinator", "helped", "hindered", "verdict", "new_words", "new_why", "new_first_sign",
    "new_whose",
)  # fmt: skip


@require_http_methods(["GET", "HEAD", "POST"])
@requires(VIEW)
def review(request: HttpRequest, family_id: UUID, number: int) -> HttpResponse:
    """Round `number`: to be written, half written, or signed off and only to be read."""
    if not 1 <= number <= ROUNDS:
        raise Http404
    family = open_family(request, family_id, VIEW if request.method in ("GET", "HEAD") else CHANGE)
    existing = Review.objects.filter(family=family, number=number).select_related("signed_off_by").first()
    frame = family_context(request, family, "plan")
    milestone = next((m for m in family.live_milestones if m.step == Step.REVIEW and m.number == number), None)
    frame |= {"number": number, "review": existing, "milestone": milestone, "newer": None}
    if existing is not None and existing.is_signed and request.method != "POST":
        return render(request, "plans/review_signed.html", {**frame, **_as_signed(family, existing)})
    if CHANGE not in frame["allowed"] or (frame["why_only_read"] and request.method != "POST"):
        return render(request, "plans/review_signed.html", {**frame, **_as_signed(family, existing)})
    sheet = Sheet(request, family, existing)
    status = 200
    if request.method == "POST":
        if done := _save(request, family, number, sheet):
            return done
        status = 422
    answers = {
        "may_see_answers": Permission.VIEW_ASSESSMENT in frame["allowed"], "since_day": last_day(family, number),
    }  # fmt: skip
    return render(request, "plans/review.html", {**frame, **sheet.context(), **answers}, status=status)


@require_safe
@requires(Permission.VIEW_ASSESSMENT)
def review_since(request: HttpRequest, family_id: UUID, number: int) -> HttpResponse:
    """FIT and the pattern since last, opened when it suits those at the table. By htmx into the page of the review."""
    if not 1 <= number <= ROUNDS:
        raise Http404
    family = open_family(request, family_id, Permission.VIEW_ASSESSMENT)
    context = {"family": family, "number": number, "since": since_last(family, number)}
    if request.htmx:  # type: ignore[attr-defined]  # set by HtmxMiddleware
        return render(request, "plans/_alone.html", {**context, "part": "plans/_since.html"})
    context |= {"since_day": last_day(family, number), **family_context(request, family, "plan")}
    return render(request, "plans/review_since.html", context)


def _as_signed(family: Family, review: Review | None) -> dict[str, Any]:
    """The round to be read: who was there, and each goal with whom it was changed to be for."""
    if review is None:
        return {"rows": [], "were_there": ""}
    names = dict(family.members.values_list("pk", "first_name"))
    rows = list(review.goals.select_related("goal"))
    for row in rows:
        row.for_whom = ", ".join(sorted(names[pk] for pk in row.new_whose or [] if pk in names))
    return {"rows": rows, "were_there": who_was_there(review)}


class Sheet:
    """The forms of one review: its head, and one per goal that is alive."""

    def __init__(self, request: HttpRequest, family: Family, review: Review | None) -> None:
        data = sent(request)
        self.draft = draft_for(request) if data is None else None
        typed = initial_from(self.draft)
        said = {row.goal_id: row for row in review.goals.all()} if review else {}
        head: dict[str, Any] = {name: getattr(review, name) for name in HEAD} if review else {}
        people = picked(review) if review else {"coordinator": [request.user.pk]}
        head |= {name: people.get(kind, []) for name, kind in PEOPLE.items()}
        head |= {k: v for k, v in typed.items() if k in (*HEAD, *PEOPLE)} | {"version": review.version if review else 0}
        self.form = ReviewForm(data, family=family, user=request.user, initial=head)
        goals = list(Goal.objects.filter(family=family).alive().with_measures())
        self.goals = [goal for goal in goals if goal.is_active]
        self.paused = [goal for goal in goals if goal.is_paused]
        agreement = PlanAgreement.objects.filter(family=family).order_by("-number").first()
        self.agreed = {kept["goal"]: kept for kept in agreement.goals} if agreement else {}
        self.rows = []
        for goal in self.goals:
            row = said.get(goal.pk)
            goal.family = family
            goal.agreed = _agreed(goal, self.agreed.get(str(goal.pk)))
            self.rows.append((goal, ReviewGoalForm(data, goal=goal, said=row, typed=typed), row))
        self.owner = str(request.user.pk)
        self.newer: list[tuple[str, str]] = []
        self.title = ""

    def is_valid(self) -> bool:
        """Every form is judged, so that all errors are told at once."""
        return all([self.form.is_valid(), *(form.is_valid() for _goal, form, _row in self.rows)])

    def said(self) -> list[GoalReview]:
        return [GoalReview(goal.pk, **{name: form.cleaned_data[name] for name in BODY}) for goal, form, _ in self.rows]

    def tell(self, refusal: Refused) -> None:
        """Beside the goals it is about, where the refusal says which."""
        forms = {str(goal.pk): form for goal, form, _row in self.rows}
        for one in (refusal, *refusal.also):
            name, _dash, goal_id = one.field.partition("-")
            if goal_id in forms:
                forms[goal_id].add_error(name, one.sentence)
            else:
                say(self.form, one)

    def context(self) -> dict[str, Any]:
        return {
            "form": self.form, "rows": self.rows, "paused": self.paused,
            "draft": self.draft, "owner": self.owner, "newer": self.newer,
            "forms": [self.form, *(form for _goal, form, _row in self.rows)], "form_error_title": self.title,
        }  # fmt: skip


def _agreed(goal: Goal, kept: dict[str, Any] | None) -> list[tuple[str, str]]:
    """What was agreed on and is not what stands in the goal now, to be read beside it: what, and how it was."""
    if kept is None:
        return []
    now = {**as_it_stands(goal), "whose": ", ".join(m.first_name for m in goal.whose.all())}
    before = {**kept, "whose": ", ".join(kept["whose"])}
    return [(one.label, one.before) for one in differences(before, now, GOAL_WORDS) if one.before]


def _save(request: HttpRequest, family: Family, number: int, sheet: Sheet) -> HttpResponse | None:
    """Save, and sign off when asked to; None when the page must be shown again. What is saved stays saved."""
    if not sheet.is_valid():
        return None
    head = sheet.form.cleaned_data
    try:
        saved = actions.save_review(
            family, number=number, goals=sheet.said(), version=head["version"], held_on=head["held_on"],
            present=head["present"], ahead=head["ahead"], with_whom=head["with_whom"], note=head["note"],
            members=head["members"], coordinators=head["coordinators"], contacts=head.get("contacts", ()),
            with_interpreter=head["with_interpreter"], by=request.user,
        )  # fmt: skip
    except Stale as stale:
        with_version(sheet.form, stale.current.version)
        sheet.newer = _newer(stale.current)
        sheet.tell(stale)
        return None
    except Refused as refusal:
        sheet.tell(refusal)
        return None
    forget_draft(request)
    if "sign" not in request.POST:
        messages.success(request, _("Evalueringen er lagret. Planen er ikke endret før dere avslutter."))
        return redirect("plans:review", family.pk, number)
    try:
        actions.sign_review(saved, version=saved.version, by=request.user)
    except Refused as refusal:
        with_version(sheet.form, saved.version)
        sheet.title = _("Evalueringen er lagret, men ikke avsluttet ennå")
        sheet.tell(refusal)
        return None
    messages.success(request, _("Evalueringen er avsluttet, og planen er som dere ble enige om."))
    return redirect(tab_url(family))


def _newer(review: Review) -> list[tuple[str, str]]:
    """What somebody else saved, goal by goal, beside what stands in the forms."""
    lines = []
    for row in review.goals.all():
        said = [row.get_verdict_display() if row.verdict else "", row.new_words, row.new_why, row.new_first_sign]
        said += [row.helped, row.hindered]
        if row.rating is not None:
            said.append(_("Familien: %(rating)s av 10") % {"rating": row.rating})
        lines.append((row.old_words, ". ".join(filter(None, map(str, said)))))
    return lines
