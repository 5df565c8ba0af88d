"""What several actions ask first: the day, the sitting, the answer."""

from datetime import date
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from assessments.enums import Missing
from assessments.instruments import BadAnswer, Scale
from assessments.models import Assessment
from consent.rules import members_with, why_not_map_family
from families.enums import FamilyState
from families.models import Family
from nyemonstre.access.check import check
from nyemonstre.access.roles import Permission
from nyemonstre.accounts.models import User
from nyemonstre.refusals import Refused


def check_day(family: Family, on: date, field: str = "held_on") -> None:
    if family.state == FamilyState.CLOSED:
        raise Refused(_("Oppfølgingen er avsluttet, så familien kan ikke kartlegges."), rule="closed")
    if on > timezone.localdate():
        raise Refused(_("Datoen er fram i tid."), rule="future", field=field)
    if sentence := why_not_map_family(family):
        raise Refused(sentence, rule="consent")
    if not members_with(family, "participation", on):
        raise Refused(
            _("Ingen i familien hadde samtykket til å delta denne dagen."), rule="consent_that_day", field=field
        )


def open_sitting(assessment: Assessment, by: User) -> Assessment:
    """The sitting, locked until the transaction ends. Raises Refused when it is over."""
    check(by, Permission.CHANGE_ASSESSMENT, assessment)
    current = Assessment.objects.select_for_update(of=("self",)).select_related("family").get(pk=assessment.pk)
    if current.completed_at:
        raise Refused(_("Kartleggingen er fullført, så svarene kan ikke endres."), rule="completed")
    if current.abandoned_at:
        raise Refused(_("Kartleggingen er avbrutt, så den kan ikke fylles ut."), rule="abandoned")
    return current


def clean_answer(scale: Scale, value: Any, missing: str) -> Any:
    if missing and missing not in Missing:
        raise Refused(_("Velg ett av svarene i listen."), rule="missing_code", field="missing")
    if missing and value is not None:
        raise Refused(_("Gi ett svar, ikke to."), rule="two_answers", field="value")
    if missing:
        return None
    if value is None:
        raise Refused(_("Velg et svar. «Vet ikke» og «Vil ikke svare» er også svar."), rule="no_answer", field="value")
    try:
        return scale.clean(value)
    except BadAnswer as error:
        raise Refused(_sentence(error), rule=f"answer_{error.rule}", field="value") from error


def _sentence(error: BadAnswer) -> str:
    return {
        "number": _("Skriv et helt tall mellom %(low)s og %(high)s."),
        "range": _("Tallet må være mellom %(low)s og %(high)s."),
        "choice": _("Velg ett av svarene i listen."),
        "exclusive": _("«Ingen» kan ikke velges sammen med noe annet. Ta bort det ene."),
        "result": _("Skriv minst ett tall, og dato, utgave og hvem som har lisensen."),
        "text": _("Skriv et svar på høyst %(longest)s tegn."),
    }[error.rule] % error.facts
