"""A set: ordered, counted, frozen, taken out, acknowledged, deleted. The work itself is in freezing.py."""

from datetime import date
from typing import Any
from uuid import UUID

from django.utils import timezone
from django.utils.translation import gettext as _

from assessments.research.enums import UNDER_WAY, ResearchEvent, State
from assessments.research.models import DataSet, Participant, Project
from families.tasks import tell
from nyemonstre.access.actions import action
from nyemonstre.access.check import check
from nyemonstre.access.roles import Permission
from nyemonstre.accounts.models import User
from nyemonstre.audit.log import record
from nyemonstre.files import store
from nyemonstre.files.store import Stored
from nyemonstre.refusals import Refused
from nyemonstre.ui.once import refuse_twice

EXPORT = Permission.EXPORT_RESEARCH


@action
def order_set(
    project: Project, *, why: str, keep_until: date, by: User, language: str = "nb", key: UUID | None = None
) -> DataSet:
    """Ask for a count: what the set would hold, before anything is made.

    Raises Refused when the approval is over, or the files would be kept longer than it or not at all; AlreadyDone for
    the same form twice.
    """
    check(by, EXPORT, project)
    refuse_twice(DataSet.objects.all(), key)
    check_days(project, keep_until)
    dataset = DataSet(
        municipality_id=project.municipality_id, project=project, why=why.strip(), keep_until=keep_until,
        language=language, ordered_by=by, **({"pk": key} if key else {}),
    )  # fmt: skip
    dataset.save(force_insert=True)
    record(ResearchEvent.SET_ORDERED, by=by, target=dataset)
    return dataset


@action
def order_count(dataset: DataSet, *, by: User) -> DataSet:
    """Count again: somebody may have said yes or no since. Raises Refused when it is frozen, or under way."""
    current = _locked(dataset, by)
    if current.state not in (State.COUNTED, State.FAILED):
        raise Refused(_("Uttrekket kan ikke telles opp nå."), rule="state")
    _move(current, State.ORDERED, 0)
    record(ResearchEvent.SET_ORDERED, by=by, target=current)
    return current


@action
def order_freeze(dataset: DataSet, *, by: User) -> DataSet:
    """Ask for the files. Who has said yes is asked anew when they are made, so the count may be another.

    Raises Refused when it is not counted, or the approval or its own days are over.
    """
    current = _locked(dataset, by)
    _check_in_force(current.project)
    if current.state != State.COUNTED:
        raise Refused(_("Uttrekket må telles opp før det kan fryses."), rule="state")
    if current.keep_until < timezone.localdate():
        raise Refused(_("Dagen filene skal slettes, er forbi. Bestill et nytt uttrekk."), rule="keep_until")
    current.frozen_by = by
    _move(current, State.FREEZING, 0, "frozen_by")
    record(ResearchEvent.SET_ORDERED, by=by, target=current, facts={"freeze": True})
    return current


def check_days(project: Project, keep_until: date) -> None:
    """Raises Refused when the approval is over, and for files that would be kept longer than it, or not at all."""
    _check_in_force(project)
    if keep_until < timezone.localdate():
        raise Refused(_("Skriv en dag som kommer."), rule="keep_until", field="keep_until")
    if keep_until > project.keep_until:
        raise Refused(
            _("Godkjenningen gjelder til og med %(day)s. Filene kan ikke beholdes lenger.")
            % {"day": f"{project.keep_until:%d.%m.%Y}"},
            rule="longer_than_approved",
            field="keep_until",
        )


def _check_in_force(project: Project) -> None:
    if project.is_over:
        raise Refused(
            _("Godkjenningen gjaldt til og med %(day)s. Det kan ikke lages flere uttrekk.")
            % {"day": f"{project.keep_until:%d.%m.%Y}"},
            rule="over",
        )


def _locked(dataset: DataSet, by: User) -> DataSet:
    check(by, EXPORT, dataset)
    return DataSet.objects.select_for_update(of=("self",)).select_related("project").get(pk=dataset.pk)


def _move(dataset: DataSet, state: str, progress: int, *more: str) -> None:
    dataset.state, dataset.progress, dataset.moved_at = state, progress, timezone.now()
    dataset.save(update_fields=["state", "progress", "moved_at", *more])


# ── By the worker, in the name of whoever asked ───────────────────────────────────────────────────────────────────────


@action(quiet="how far a set has come; the order and the finished set are in the log")
def report_progress(dataset_id: UUID, *, progress: int, by: User) -> DataSet | None:
    """It has come so far, in percent. None when nobody waits for it, or another worker has begun it a moment ago.

    Raises PermissionDenied when whoever asked may not any more.
    """
    current = _under_way(dataset_id)
    if current is None or (progress <= current.progress and not current.stuck):
        return None
    check(by, EXPORT, current)
    _move(current, current.state, progress)
    return current


@action
def finish_count(dataset_id: UUID, *, found: dict[str, Any], by: User) -> None:
    """What the set would hold today. Nothing in `found` is under five."""
    current = _under_way(dataset_id)
    if current is not None and current.state == State.ORDERED:
        current.found = found
        _move(current, State.COUNTED, 100, "found")
    record(ResearchEvent.SET_COUNTED, by=by, target=current, facts={"set": str(dataset_id)})


@action
def finish_freeze(
    dataset_id: UUID, *, stored: Stored, manifest: dict[str, Any], found: dict[str, Any], names: list[str], by: User
) -> DataSet | None:
    """The bytes lie there; from now on they are the set. None when nobody waits any more."""
    current = _under_way(dataset_id)
    if current is None or current.state != State.FREEZING:
        record(ResearchEvent.SET_FAILED, by=by, facts={"set": str(dataset_id)})
        return None
    current.found, current.manifest, current.frozen_at = found, manifest, timezone.now()
    current.key, current.size, current.sha256 = stored.key, stored.size, stored.sha256
    _move(current, State.FROZEN, 100, "found", "manifest", "frozen_at", "key", "size", "sha256")
    here = current.municipality_id
    Participant.objects.bulk_create(Participant(municipality_id=here, dataset=current, pseudonym=n) for n in names)
    facts = {"persons": len(names), "sha256": stored.sha256}
    record(ResearchEvent.SET_FROZEN, by=by, target=current, facts=facts)
    return current


@action
def fail_set(dataset_id: UUID, *, why: str, by: User) -> None:
    """It could not be made. `why` is "too_few" or "fault"; whoever waits is told which."""
    current = _under_way(dataset_id)
    if current is not None:
        current.found, current.frozen_by = {"why": why}, None
        _move(current, State.FAILED, 0, "found", "frozen_by")
    record(ResearchEvent.SET_FAILED, by=by, target=current, facts={"set": str(dataset_id), "why": why})


def _under_way(dataset_id: UUID) -> DataSet | None:
    rows = DataSet.objects.select_for_update(of=("self",)).select_related("project", "municipality")
    return rows.filter(pk=dataset_id, state__in=UNDER_WAY).first()


# ── Frozen ────────────────────────────────────────────────────────────────────────────────────────────────────────────


@action
def take_out(dataset: DataSet, *, name: str, by: User) -> DataSet:
    """That somebody takes the zip, or the file `name` of it. Each time is logged.

    Raises Refused when it is not frozen, or its days are over.
    """
    check(by, EXPORT, dataset)
    if dataset.state not in (State.FROZEN, State.DELETED):
        raise Refused(_("Uttrekket er ikke frosset ennå."), rule="not_frozen")
    if not dataset.open:
        raise Refused(
            _("Uttrekket kunne lastes ned til og med %(day)s. Filene er slettet, eller blir det i natt.")
            % {"day": f"{dataset.keep_until:%d.%m.%Y}"},
            rule="expired",
        )
    record(ResearchEvent.SET_DOWNLOADED, by=by, target=dataset, facts={"file": name, "sha256": dataset.sha256})
    return dataset


@action
def tell_withdrawal(participant: Participant, *, by: None) -> Participant:
    """The holder of a frozen set is to delete this pseudonym in it: it stands on the set's page, and a mail goes."""
    participant.withdrawn_on = timezone.localdate()
    participant.save(update_fields=["withdrawn_on"])
    facts = {"pseudonym": participant.pseudonym}
    record(ResearchEvent.WITHDRAWAL_TOLD, by=by, target=participant.dataset, facts=facts)
    return participant


@action
def acknowledge(dataset: DataSet, *, by: User) -> int:
    """Everybody who has withdrawn is deleted in one's copies of the set. Returns how many.

    Raises Refused when nobody waits for that.
    """
    check(by, EXPORT, dataset)
    waiting = dataset.participants.filter(acknowledged_on=None).exclude(withdrawn_on=None)
    count = waiting.update(acknowledged_on=timezone.localdate(), acknowledged_by=by)
    if not count:
        raise Refused(_("Ingen venter på å bli slettet fra dette uttrekket."), rule="nobody")
    record(ResearchEvent.WITHDRAWAL_ACKNOWLEDGED, by=by, target=dataset, facts={"persons": count})
    return count


@action
def delete_files(dataset: DataSet, *, by: None) -> DataSet:
    """Its days are over: the bytes go, the row and its manifest stay."""
    current = DataSet.objects.select_for_update(of=("self",)).get(pk=dataset.pk)
    key = current.key
    current.key, current.deleted_at = None, timezone.now()
    _move(current, State.DELETED, 100, "key", "deleted_at")
    record(ResearchEvent.SET_DELETED, by=by, target=current)
    if key:
        store.forget(key)
    return current


def mail_holders(people: set[User]) -> None:
    """One mail each, however many have withdrawn: that somebody has, and where to look."""
    for user in people:
        tell(user, "research_withdrawn")
