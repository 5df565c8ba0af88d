"""Where in life the family was when it came."""

from collections.abc import Iterable

from django.utils.translation import gettext as _

from assessments.enums import AssessmentEvent
from assessments.models import StartPicture
from assessments.models_start import Phase, Risk
from families.models import Family
from nyemonstre.access.actions import action
from nyemonstre.access.check import check
from nyemonstre.access.roles import Permission
from nyemonstre.accounts.models import User
from nyemonstre.audit.log import record
from nyemonstre.refusals import AlreadyDone, Refused, Stale
from nyemonstre.versioned import NEWER

from .economy import check_may_note


@action
def note_start(
    family: Family, *, phases: Iterable[str], risks: Iterable[str], version: int, by: User, note: str = ""
) -> StartPicture:
    """Life phases (R-W5) and risk factors (DOMAIN.md 1.9) at the start. What stood before stays as its history.

    `version` is the one that was read, 0 for none. Raises Stale, AlreadyDone for the same twice, and Refused for a
    word that is not on the lists, without consent, or in a case that is closed or only read.
    """
    check(by, Permission.CHANGE_ASSESSMENT, family)
    family = Family.objects.select_for_update(of=("self",)).get(pk=family.pk)
    check_may_note(family, None)
    phases, risks = sorted(set(phases)), sorted(set(risks))
    if set(phases) - set(Phase.values) or set(risks) - set(Risk.values):
        raise Refused(_("Velg ett av svarene i listen."), rule="unknown_word", field="phases")
    row = StartPicture(family=family, phases=phases, risks=risks, note=note.strip(), recorded_by=by)
    before = StartPicture.objects.newest(family)
    if before and before.version != version:
        if all(getattr(before, name) == getattr(row, name) for name in ("phases", "risks", "note", "recorded_by_id")):
            raise AlreadyDone(_("Dette var alt lagret."), row=before)
        raise Stale(NEWER, current=before)
    row.version = before.version + 1 if before else 1
    row.save(force_insert=True)
    facts = {"phases": len(phases), "risks": len(risks)}
    record(AssessmentEvent.START_NOTED, by=by, target=row, family=family, facts=facts)
    return row
