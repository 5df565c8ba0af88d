"""What people have written is released by two people together, for named questions, until a day."""

from collections.abc import Iterable
from datetime import date
from uuid import UUID

from django.utils import timezone
from django.utils.translation import gettext as _

from assessments.research.enums import ResearchEvent
from assessments.research.models import Project, TextRelease
from assessments.research.texts import questions_of
from families.tasks import tell
from nyemonstre.access.actions import action
from nyemonstre.access.check import check
from nyemonstre.access.roles import Permission, Role
from nyemonstre.accounts.models import Membership, User
from nyemonstre.audit.log import record
from nyemonstre.refusals import Refused
from nyemonstre.ui.once import refuse_twice

from .sets import check_days

CONTENT = TextRelease._meta.get_field("content")


@action
def ask_texts(
    project: Project, *, questions: Iterable[str], reason: str, approval: str, keep_until: date, by: User,
    key: UUID | None = None,
) -> TextRelease:  # fmt: skip
    """Ask for what was written to `questions`. Those who may agree are mailed.

    Raises Refused for a question that is not answered in own words, a day that is past or after the approval of the
    project, and when that is over; AlreadyDone for the same form twice.
    """
    check(by, Permission.EXPORT_RESEARCH, project)
    refuse_twice(TextRelease.objects.all(), key)
    check_days(project, keep_until)
    wanted, known = list(dict.fromkeys(questions)), dict(questions_of(project.municipality_id, "nb"))
    if not wanted or not set(wanted) <= set(known):
        raise Refused(
            _("Velg spørsmål som er besvart med egne ord. Andre svar er i uttrekkene."), rule="question",
            field="questions",
        )  # fmt: skip
    release = TextRelease(
        municipality_id=project.municipality_id, project=project, questions=wanted, reason=reason.strip(),
        approval=approval.strip(), keep_until=keep_until, asked_by=by, **({"pk": key} if key else {}),
    )  # fmt: skip
    release.save(force_insert=True)
    record(ResearchEvent.TEXT_ASKED, by=by, target=release, reason=reason, facts={"questions": wanted})
    for membership in Membership.objects.live().filter(municipality=project.municipality_id, role=Role.AUDITOR):
        tell(membership.user, "research_text_asked")
    return release


@action
def approve_texts(release: TextRelease, *, by: User) -> TextRelease:
    """A second person agrees. Raises Refused for whoever asked, after the day it was asked for, and a second time."""
    check(by, Permission.APPROVE_KEYS, release)
    current = TextRelease.objects.select_for_update(of=("self",)).select_related("project").get(pk=release.pk)
    if current.asked_by_id == by.pk:
        raise Refused(_("Du har selv bedt om teksten. En annen må godkjenne det."), rule="four_eyes")
    if current.approved_at:
        raise Refused(_("Det er alt godkjent at teksten gis ut."), rule="approved")
    check_days(current.project, current.keep_until)
    current.approved_by, current.approved_at = by, timezone.now()
    current.save(update_fields=["approved_by", "approved_at"])
    record(ResearchEvent.TEXT_APPROVED, by=by, target=current)
    return current


@action
def finish_texts(release: TextRelease, *, text: str, persons: int, withdrawn: Iterable[str] = (), by: None) -> None:
    """The worker has read the texts; the file waits, sealed, for whoever asked. Made anew when somebody has withdrawn:
    then `withdrawn` are their pseudonyms, and whoever asked is mailed.
    """
    gone = sorted({*release.withdrawn, *withdrawn})
    told = gone != release.withdrawn
    release.made_at, release.persons, release.withdrawn = timezone.now(), persons, gone
    CONTENT.put(release, text)
    release.save(update_fields=["made_at", "persons", "withdrawn", "content"])
    record(ResearchEvent.TEXT_MADE, by=by, target=release, facts={"persons": persons, "withdrawn": len(gone)})
    if told:
        tell(release.asked_by, "research_withdrawn")


@action
def take_out_texts(release: TextRelease, *, by: User) -> str:
    """The texts as CSV. Raises Refused for anybody but the one who asked, and when they are not there, or no more."""
    check(by, Permission.EXPORT_RESEARCH, release)
    if release.asked_by_id != by.pk:
        raise Refused(_("Bare den som ba om teksten, kan laste den ned."), rule="somebody_elses")
    if release.forgotten_at or (release.content and not release.open):
        raise Refused(_("Filen er slettet. Be om teksten på nytt."), rule="forgotten")
    if release.content is None:
        raise Refused(_("Filen er ikke laget ennå."), rule="not_made")
    record(ResearchEvent.TEXT_DOWNLOADED, by=by, target=release, facts={"persons": release.persons})
    return CONTENT.read(release)


@action
def forget_texts(release: TextRelease, *, by: None) -> None:
    """Its day is over: the file goes, and that it was there stays."""
    release.content, release.forgotten_at = None, timezone.now()
    release.save(update_fields=["content", "forgotten_at"])
    record(ResearchEvent.TEXT_FORGOTTEN, by=by, target=release)
