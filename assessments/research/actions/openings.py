"""The key of a project is opened by two people together, on or after its day, for a week."""

from uuid import UUID

from django.utils import timezone
from django.utils.translation import gettext as _

from assessments.research.enums import ResearchEvent
from assessments.research.models import Opening, Project
from families.tasks import tell
from nyemonstre.access.actions import action
from nyemonstre.access.check import check
from nyemonstre.access.roles import Permission, Role
from nyemonstre.accounts.models import Membership, User
from nyemonstre.audit.log import record
from nyemonstre.refusals import Refused
from nyemonstre.ui.once import refuse_twice

CONTENT = Opening._meta.get_field("content")


@action
def ask_opening(project: Project, *, reason: str, by: User, key: UUID | None = None) -> Opening:
    """Ask for the key. Those who may agree are mailed. Raises Refused before the project's day for it."""
    check(by, Permission.EXPORT_RESEARCH, project)
    refuse_twice(Opening.objects.all(), key)
    _check_day(project)
    opening = Opening(municipality_id=project.municipality_id, project=project, reason=reason.strip(), asked_by=by)
    if key:
        opening.pk = key
    opening.save(force_insert=True)
    record(ResearchEvent.KEY_ASKED, by=by, target=opening, reason=reason)
    for membership in Membership.objects.live().filter(municipality=project.municipality_id, role=Role.AUDITOR):
        tell(membership.user, "research_key_asked")
    return opening


@action
def approve_opening(opening: Opening, *, by: User) -> Opening:
    """A second person agrees. Raises Refused for whoever asked, before the day, and a second time."""
    check(by, Permission.APPROVE_KEYS, opening)
    rows = Opening.objects.select_for_update(of=("self",)).select_related("project")
    current = rows.get(pk=opening.pk)
    _check_day(current.project)
    if current.asked_by_id == by.pk:
        raise Refused(_("Du har selv bedt om nøkkelen. En annen må godkjenne det."), rule="four_eyes")
    if current.approved_at:
        raise Refused(_("Det er alt godkjent at nøkkelen åpnes."), rule="approved")
    current.approved_by, current.approved_at = by, timezone.now()
    current.save(update_fields=["approved_by", "approved_at"])
    record(ResearchEvent.KEY_APPROVED, by=by, target=current)
    return current


def _check_day(project: Project) -> None:
    if not project.keys_may_open:
        raise Refused(
            _("Koblingsnøkkelen kan tidligst åpnes %(day)s.") % {"day": f"{project.keys_open_on:%d.%m.%Y}"},
            rule="too_early",
        )


@action
def finish_opening(opening: Opening, *, text: str, persons: int, by: None) -> Opening:
    """The worker has read the key; the file waits, sealed, for whoever asked."""
    opening.made_at, opening.persons = timezone.now(), persons
    CONTENT.put(opening, text)
    opening.save(update_fields=["made_at", "persons", "content"])
    record(ResearchEvent.KEY_MADE, by=by, target=opening, facts={"persons": persons})
    return opening


@action
def take_out_key(opening: Opening, *, by: User) -> str:
    """The key as CSV. Raises Refused for anybody but the one who asked, and when it is not there, or not any more."""
    check(by, Permission.EXPORT_RESEARCH, opening)
    if opening.asked_by_id != by.pk:
        raise Refused(_("Bare den som ba om nøkkelen, kan laste den ned."), rule="somebody_elses")
    if opening.forgotten_at:
        raise Refused(_("Filen er slettet. Be om nøkkelen på nytt."), rule="forgotten")
    if opening.content is None:
        raise Refused(_("Nøkkelen er ikke åpnet ennå."), rule="not_made")
    record(ResearchEvent.KEY_DOWNLOADED, by=by, target=opening, facts={"persons": opening.persons})
    return CONTENT.read(opening)


@action
def forget_opening(opening: Opening, *, by: None) -> Opening:
    """A week is over: the file goes, and that it was there stays."""
    opening.content, opening.forgotten_at = None, timezone.now()
    opening.save(update_fields=["content", "forgotten_at"])
    record(ResearchEvent.KEY_FORGOTTEN, by=by, target=opening)
    return opening
