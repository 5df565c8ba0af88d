"""A study is entered with its approval. After that it does not change."""

from datetime import date
from typing import Any
from uuid import UUID

from django.utils import timezone
from django.utils.translation import gettext as _

from assessments.research.enums import ResearchEvent
from assessments.research.models import Project
from nyemonstre.access.actions import action
from nyemonstre.access.check import check
from nyemonstre.access.roles import Permission
from nyemonstre.accounts.models import Municipality, User
from nyemonstre.audit.log import record
from nyemonstre.refusals import Refused
from nyemonstre.ui.once import refuse_twice


@action
def add_project(
    municipality: Municipality, *, title: str, purpose: str, responsible: str, approver: str, approval: str,
    keep_until: date, keys_open_on: date, by: User, key: UUID | None = None,
) -> Project:  # fmt: skip
    """Enter a study that has been approved.

    Raises Refused for dates that are past or in the wrong order, and an approval that is entered already; AlreadyDone
    for the same form twice.
    """
    check(by, Permission.EXPORT_RESEARCH, municipality)
    refuse_twice(Project.objects.all(), key)
    if keep_until < timezone.localdate():
        raise Refused(_("Godkjenningen har gått ut. Skriv en dag som kommer."), rule="over", field="keep_until")
    if keys_open_on < timezone.localdate():
        raise Refused(
            _("Dagen nøkkelen kan åpnes, må være i dag eller senere."), rule="keys_too_early", field="keys_open_on"
        )
    number: dict[str, Any] = {"municipality": municipality, "approver": approver, "approval": approval.strip()}
    if Project.objects.filter(**number).exists():
        raise Refused(_("Et prosjekt med denne godkjenningen er alt lagt inn."), rule="approval", field="approval")
    project = Project(
        title=title.strip(), purpose=purpose.strip(), responsible=responsible.strip(), keep_until=keep_until,
        keys_open_on=keys_open_on, added_by=by, **number, **({"pk": key} if key else {}),
    )  # fmt: skip
    project.save(force_insert=True)
    record(ResearchEvent.PROJECT_ADDED, by=by, target=project)
    return project
