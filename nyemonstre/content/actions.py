"""Writes to the municipality's rates, links and law texts."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any
from uuid import UUID

import yaml
from django.utils import timezone
from django.utils.translation import gettext as _

from nyemonstre.access.actions import action
from nyemonstre.access.check import check
from nyemonstre.access.roles import Permission
from nyemonstre.accounts.models import Municipality, User
from nyemonstre.audit.log import record
from nyemonstre.refusals import Refused
from nyemonstre.ui.once import refuse_twice
from nyemonstre.versioned import lock

from .enums import ContentEvent
from .models import Fact

START = Path(__file__).parent / "start.yaml"
FIELDS = ("kind", "key", "title", "value", "unit", "month", "text", "url", "source", "valid_from", "valid_until")


@action
def add_fact(municipality: Municipality, *, facts: Mapping[str, Any], by: User, key: UUID | None = None) -> Fact:
    """A new fact, checked today. One of the same short name that is in force then ends the day before.

    Raises Refused when the dates are in the wrong order, or another one of that name begins on or after that day.
    """
    check(by, Permission.CHANGE_CONTENT, municipality)
    refuse_twice(Fact.objects.all(), key)
    Municipality.objects.select_for_update(of=("self",)).get(pk=municipality.pk)
    fact = Fact(municipality=municipality, checked_by=by, **{name: facts[name] for name in FIELDS if name in facts})
    if key is not None:
        fact.pk = key
    _check_dates(fact)
    before = _same_name(fact).filter(valid_from__lt=fact.valid_from).on(fact.valid_from).first()
    if before:
        before.valid_until, before.version = fact.valid_from - timezone.timedelta(days=1), before.version + 1
        before.save(update_fields=["valid_until", "version"])
        record(ContentEvent.FACT_CHANGED, by=by, target=before)
    _check_alone(fact)
    fact.save(force_insert=True)
    record(ContentEvent.FACT_ADDED, by=by, target=fact)
    return fact


@action
def change_fact(fact: Fact, *, by: User, facts: Mapping[str, Any], version: int | None = None) -> Fact:
    """Correct a fact; it counts as checked today. Raises Stale when somebody saved a newer version, or Refused."""
    check(by, Permission.CHANGE_CONTENT, fact.municipality)
    Municipality.objects.select_for_update(of=("self",)).get(pk=fact.municipality_id)
    current = lock(fact, version)
    for name in FIELDS:
        if name in facts:
            setattr(current, name, facts[name])
    _check_dates(current)
    _check_alone(current)
    current.checked_on, current.checked_by = timezone.localdate(), by
    current.save()
    record(ContentEvent.FACT_CHANGED, by=by, target=current)
    return current


@action
def confirm_fact(fact: Fact, *, by: User) -> Fact:
    """Somebody looked it up today, and it still holds."""
    check(by, Permission.CHANGE_CONTENT, fact.municipality)
    current = lock(fact, None)
    current.checked_on, current.checked_by = timezone.localdate(), by
    current.save()
    record(ContentEvent.FACT_CHECKED, by=by, target=current)
    return current


def _check_dates(fact: Fact) -> None:
    if fact.valid_until and fact.valid_until < fact.valid_from:
        raise Refused(_("Den slutter å gjelde før den begynner."), rule="dates", field="valid_until")


def _same_name(fact: Fact) -> Any:
    return Fact.objects.filter(municipality=fact.municipality_id, key=fact.key).exclude(pk=fact.pk)


def _check_alone(fact: Fact) -> None:
    others = _same_name(fact)
    if fact.valid_until:
        others = others.filter(valid_from__lte=fact.valid_until)
    other = others.exclude(valid_until__lt=fact.valid_from).first()
    if other:
        raise Refused(
            _("«%(title)s» gjelder alt fra %(day)s. Velg en annen dag, eller rett den i stedet.")
            % {"title": other.title, "day": other.valid_from.strftime("%d.%m.%Y")},
            rule="same_time",
            field="valid_from",
        )


@action
def add_starting_facts(municipality: Municipality, *, by: User) -> list[Fact]:
    """The facts of start.yaml that the municipality has none of yet, each with the day somebody last checked it.

    What families read has words of its own for a municipality that writes nynorsk.
    """
    check(by, Permission.CHANGE_CONTENT, municipality)
    Municipality.objects.select_for_update(of=("self",)).get(pk=municipality.pk)
    known = set(Fact.objects.filter(municipality=municipality).values_list("key", flat=True))
    rows = [row for row in yaml.safe_load(START.read_text(encoding="utf-8")) if row["key"] not in known]
    rows = [row | (own if municipality.language == "nn" else {}) for row in rows for own in [row.pop("nn", {})]]
    facts = Fact.objects.bulk_create(Fact(municipality=municipality, **row) for row in rows)
    record(ContentEvent.FACT_ADDED, by=by, municipality=municipality, facts={"rows": len(facts)})
    return facts
