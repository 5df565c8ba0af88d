"""The plan page, the fragments of the family's overview, own words, and «Planen er avtalt»."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from families.marks import MARK_ROWS
from families.models import Member, permissions_on
from families.pages import at_table, family_context, only_read, open_family
from nyemonstre.access.roles import Permission
from nyemonstre.access.views import get_visible_or_404, requires, say
from nyemonstre.accounts.drafts import forget_draft
from nyemonstre.refusals import AlreadyDone, Refused
from nyemonstre.ui.forms import sent
from plans import actions
from plans.agreed import changes_for, in_words, kept_for
from plans.attached import beside_goal
from plans.changes import goal_history, plan_changes
from plans.forms import AgreeForm, BatchForm, PdfForm, WordsForm
from plans.models import Goal, Measure, OwnWords, PlanAgreement
from plans.models.plan import SOON
from plans.overview import BY_PERSON, WAITING, PlanPage, goal_cards, measure_row
from plans.overview import own_words as people_and_words
from plans.papers import live_lines
from plans.told import goals_for, measures_for

from .frame import (
    CHANGE,
    VIEW,
    drafted,
    filters_of,
    form_page,
    goal_and_family,
    looked_over,
    note_of,
    reload_page,
    row_of,
    tab_url,
    typed,
)


@require_safe
@requires(VIEW)
def family_tab(request: HttpRequest, family_id: UUID) -> HttpResponse:
    """Own words, goals by line of the pattern, measures, and what to agree on.

    `?hvem=` shows one person's, `?tjeneste=` what a service does, `?vis=venter` what waits since a day that has passed.
    `?etter=person` groups the goals by whom they are for. `?ordne=ja` puts buttons beside each goal and measure, to
    move it up or down.
    """
    family = open_family(request, family_id, VIEW)
    frame = family_context(request, family, "plan")
    asked = request.GET
    lines = live_lines(family)
    page = PlanPage(
        family, person=asked.get("hvem", ""), service=asked.get("tjeneste", ""), waiting=asked.get("vis") == WAITING,
        by_person=asked.get("etter") == BY_PERSON, live={line.service_id for line in lines},
    )  # fmt: skip
    pdf_form = PdfForm(family=family, lines=lines)
    batch_form = BatchForm(family=family, initial={"beside": pdf_form.initial["beside"]})
    may_change = CHANGE in frame["allowed"] and family.state != "closed" and not frame["why_only_read"]
    context = {
        **frame, **page.context(), "by_person": page.by_person, "may_change": may_change, "keep": filters_of(request),
        "may_move": may_change and asked.get("ordne") == "ja", "pdf_form": pdf_form,
        "batch_form": batch_form, "oob": False,
        "undo": note_of(request, family) if may_change else "", "said": "",
    }  # fmt: skip
    return render(request, "plans/family_tab.html", context)


@require_safe
@requires(VIEW)
def own_words(request: HttpRequest, family_id: UUID) -> HttpResponse:
    """Fragment: what each person says is important now."""
    family = open_family(request, family_id, VIEW, quiet=True)
    people = people_and_words(family)
    said = [p["words"].said_on for p in people if p["words"]]
    may_mark = Permission.CHANGE_PLAN in permissions_on(family, request.user)
    context = {"family": family, "people": people, "last": max(said, default=None), "may_mark": may_mark}
    return render(request, "plans/_own_words.html", context)


@require_safe
@requires(VIEW)
def words_history(request: HttpRequest, family_id: UUID) -> HttpResponse:
    """Everything each person has said, newest first."""
    family = open_family(request, family_id, VIEW)
    words = OwnWords.objects.filter(family=family).select_related("member", *MARK_ROWS)
    return render(request, "plans/words_history.html", {**family_context(request, family, "plan"), "words": words})


@require_safe
@requires(VIEW)
def to_do(request: HttpRequest, family_id: UUID) -> HttpResponse:
    """Fragment: measures whose day is near or has passed."""
    family = open_family(request, family_id, VIEW, quiet=True)
    today = timezone.localdate()
    rows = Measure.objects.filter(family=family).due_by(today + SOON).select_related("goal", "service", "member")
    measures = [measure_row(m, {m.service_id}, today) for m in rows.order_by("due_on", "created_at")[:6]]
    return render(request, "plans/_to_do.html", {"family": family, "measures": measures})


@require_http_methods(["GET", "HEAD", "POST"])
@requires(CHANGE)
def own_words_new(request: HttpRequest, family_id: UUID) -> HttpResponse:
    """Write down what somebody says is important now."""
    family = open_family(request, family_id, CHANGE)
    chosen = request.GET.get("hvem", "")
    known = {str(pk) for pk in Member.objects.filter(family=family).values_list("pk", flat=True)}
    first = {"member": chosen if chosen in known else None}
    form, draft = drafted(request, WordsForm, family=family, initial=first)
    if form.is_valid():
        data = form.cleaned_data
        member = row_of(request, family, Member, data.pop("member").pk)
        try:
            actions.record_words(member, by=request.user, **data)
        except AlreadyDone:
            pass
        except Refused as refusal:
            say(form, refusal)
        if not form.errors:
            forget_draft(request)
            return reload_page(request, family, _("Ordene er lagret. Det som ble sagt før, står også."))
    return form_page(request, family, form, heading=_("Hva er viktig for dere nå?"), slot="nye-ord", **typed(draft))


@require_POST
@requires(CHANGE)
def look_over(request: HttpRequest, family_id: UUID) -> HttpResponse:
    """Fragment: a gentle reminder about what stands in the form that is being written. Nothing of it is kept."""
    family = open_family(request, family_id, CHANGE, quiet=True)
    return render(request, "plans/_reminders.html", {"reminders": looked_over(request, family)})


@require_http_methods(["GET", "HEAD", "POST"])
@requires(CHANGE)
def plan_agree(request: HttpRequest, family_id: UUID) -> HttpResponse:
    """«Planen er avtalt»: who was there, which language. The first time, the step is reached.

    Beside the form stand the goals those at the table may see; the version keeps the whole plan.
    """
    family = open_family(request, family_id, CHANGE)
    if stop := only_read(request, family):
        return stop
    homes, reader, table = at_table(request, family)
    interpreted = family.members.filter(needs_interpreter=True).order_by("birth_date").first()
    form = AgreeForm(sent(request), family=family, initial={"language": interpreted.language if interpreted else ""})
    if form.is_valid():
        data = form.cleaned_data
        try:
            agreed = actions.agree_plan(
                family, present=form.present(), on=data["agreed_on"], language=data["language"],
                with_interpreter=data["with_interpreter"], key=data["key"], by=request.user,
            )  # fmt: skip
        except AlreadyDone as done:
            agreed = done.row
        except Refused as refusal:
            say(form, refusal)
        if not form.errors:
            messages.success(request, _("Planen er avtalt: versjon %(number)s.") % {"number": agreed.number})
            return redirect(tab_url(family))
    last = PlanAgreement.objects.filter(family=family).order_by("-number").first()
    rows = list(Goal.objects.filter(family=family).with_measures())
    context = {
        **family_context(request, family, "plan"),
        **table,
        "goals": [
            (goal, measures_for(goal, reader, homes)) for goal in goals_for(rows, reader, homes) if not goal.closed_on
        ],
        "changes": changes_for(last, rows, reader, homes),
        "last_number": last.number if last else 0,
        "next_number": last.number + 1 if last else 1,
        "heading": _("Bli enige om planen"),
        "form": form,
    }
    return render(request, "plans/plan_agree.html", context, status=422 if form.is_bound else 200)


@require_safe
@requires(VIEW)
def agreement_detail(request: HttpRequest, family_id: UUID, number: int) -> HttpResponse:
    """An agreed version of the plan, word for word as it stood: of it, what those at the table may see."""
    family = open_family(request, family_id, VIEW)
    homes, reader, table = at_table(request, family)
    agreement = get_visible_or_404(
        PlanAgreement.objects.filter(family=family), request, VIEW, quiet=True, number=number
    )
    goals = kept_for(agreement, reader, homes)
    before = PlanAgreement.objects.filter(family=family, number__lt=number).order_by("-number").first()
    older = kept_for(before, reader, homes) if before else []
    context = {
        **family_context(request, family, "plan"),
        **table,
        "agreement": agreement,
        "goals": in_words(goals),
        "before": before,
        "changes": plan_changes(older, goals) if before else [],
    }
    return render(request, "plans/agreement_detail.html", context)


@require_safe
@requires(VIEW)
def goal_detail(request: HttpRequest, family_id: UUID, goal_id: UUID) -> HttpResponse:
    """One goal: for htmx its card; else a page with how it has been, version by version."""
    family = open_family(request, family_id, VIEW, quiet=bool(request.htmx))
    goal_and_family(request, family, goal_id, VIEW)
    goal = Goal.objects.filter(family=family).with_measures().get(pk=goal_id)
    frame = family_context(request, family, "plan")
    may_change = CHANGE in frame["allowed"] and family.state != "closed" and not frame["why_only_read"]
    context = {
        **frame, "card": goal_cards(family, [goal])[0], "said": "", "may_change": may_change,
        "may_move": False, "undo": "",
    }  # fmt: skip
    if request.htmx:
        return render(request, "plans/_alone.html", {**context, "part": "plans/_goal.html"})
    names = dict(Member.objects.filter(family=family).values_list("pk", "first_name"))
    context |= {"versions": goal_history(goal, names), "attached": beside_goal(goal, request.user), "attach_form": None}
    return render(request, "plans/goal_detail.html", context)
