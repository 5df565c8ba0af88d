"""Templates of the municipality, and other plans around a family."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _

from families.models import Family
from nyemonstre.access.actions import action
from nyemonstre.access.check import check
from nyemonstre.access.roles import Permission
from nyemonstre.accounts.models import Municipality, User
from nyemonstre.audit.log import record
from nyemonstre.refusals import Refused
from nyemonstre.ui.once import refuse_twice
from nyemonstre.versioned import lock
from plans.enums import PlanEvent, TemplateOf
from plans.models import OtherPlan, PlanTemplate
from plans.rules import check_members, check_open, check_service

TEMPLATE = ("of", "outcome", "words", "first_sign", "kind", "retired")
OTHER = ("member", "kind", "led_by", "note", "since", "until")


@action
def add_template(
    municipality: Municipality, *, facts: Mapping[str, Any], by: User, key: UUID | None = None
) -> PlanTemplate:
    """Words to begin a goal or a measure with, for everybody in the municipality. Raises Refused, AlreadyDone."""
    check(by, Permission.CHANGE_CONTENT, municipality)
    refuse_twice(PlanTemplate.objects.filter(municipality=municipality), key)
    template = PlanTemplate(municipality=municipality, created_by=by, **_template(facts))
    if key:
        template.pk = key
    template.save(force_insert=True)
    record(PlanEvent.TEMPLATE_ADDED, by=by, target=template)
    return template


@action
def change_template(
    template: PlanTemplate, *, facts: Mapping[str, Any], by: User, version: int | None = None
) -> PlanTemplate:
    """Other words, or not in use any more. Plans that began with it stay as they are. Raises Stale, Refused."""
    check(by, Permission.CHANGE_CONTENT, template.municipality)
    current = lock(template, version)
    for name, value in _template(facts).items():
        setattr(current, name, value)
    current.save()
    record(PlanEvent.TEMPLATE_CHANGED, by=by, target=current)
    return current


def _template(facts: Mapping[str, Any]) -> dict[str, Any]:
    kept = {name: facts[name] for name in TEMPLATE if name in facts}
    if kept["of"] == TemplateOf.GOAL and kept.get("kind"):
        raise Refused(_("Bare tiltak er kompenserende eller helhetlige."), rule="kind_of_goal", field="kind")
    if kept["of"] == TemplateOf.MEASURE and kept.get("first_sign"):
        raise Refused(_("Bare mål har et første tegn."), rule="sign_of_measure", field="first_sign")
    return kept


@action
def add_other_plan(family: Family, *, facts: Mapping[str, Any], by: User, key: UUID | None = None) -> OtherPlan:
    """Somebody else coordinates something for the family too.

    Raises Refused for a service without a live line, and for dates in the wrong order; AlreadyDone for the same form.
    """
    check(by, Permission.CHANGE_PLAN, family)
    check_open(family)
    _check_other(family, facts)
    check_service(family, facts.get("led_by"), "led_by")
    refuse_twice(OtherPlan.objects.filter(family=family), key)
    row = OtherPlan(family=family, created_by=by, **{name: facts.get(name) or _nothing(name) for name in OTHER})
    if key:
        row.pk = key
    row.save(force_insert=True)
    record(PlanEvent.OTHER_PLAN_ADDED, by=by, target=row, family=family, facts={"kind": row.kind})
    return row


@action
def change_other_plan(row: OtherPlan, *, facts: Mapping[str, Any], by: User, version: int | None = None) -> OtherPlan:
    """It is led by others now, or has ended. A service that stood there from before may stay. Raises Stale, Refused."""
    check(by, Permission.CHANGE_PLAN, row.family)
    check_open(row.family)
    current = lock(row, version)
    _check_other(current.family, facts)
    led_by = facts.get("led_by")
    if led_by is not None and led_by.pk != current.led_by_id:
        check_service(current.family, led_by, "led_by")
    for name in OTHER:
        setattr(current, name, facts.get(name) or _nothing(name))
    current.save()
    record(PlanEvent.OTHER_PLAN_CHANGED, by=by, target=current, facts={"kind": current.kind})
    return current


def _check_other(family: Family, facts: Mapping[str, Any]) -> None:
    if facts.get("member"):
        check_members(family, [facts["member"]], "member")
    if facts.get("since") and facts.get("until") and facts["until"] < facts["since"]:
        raise Refused(_("Det kan ikke være slutt før det begynner."), rule="dates", field="until")


def _nothing(name: str) -> str | None:
    return "" if name in ("kind", "note") else None
