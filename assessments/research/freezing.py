"""Counting and freezing, step by step, so that the one who waits can see it move. In the worker alone.

A request cannot do it: the web role of the database reads no answers for a researcher, and no key (docs/adr). With the
worker away an order waits, the page says so, and the next round of jobs.py takes it.
"""

import logging
from io import BytesIO
from typing import Any
from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone, translation

from nyemonstre.access.wall import as_job
from nyemonstre.accounts.models import User
from nyemonstre.files import store

from . import actions
from .cells import SMALLEST
from .dataset import Data, TooFew, build
from .enums import Kind, State
from .files import About, bundle, held_back
from .models import DataSet
from .rows import Rows, read

logger = logging.getLogger(__name__)


def make(dataset_id: UUID) -> None:
    """Ordered → counted, or freezing → frozen; or failed. Delivered twice it is done once.

    Never raises for a fault in the making: it is in the log, and the set says so.
    """
    with as_job():
        with transaction.atomic():
            rows = DataSet.objects.select_related("ordered_by", "frozen_by")
            asked = rows.filter(pk=dataset_id).first()
        if asked is None:
            return
        by = asked.frozen_by or asked.ordered_by
        try:
            dataset = actions.report_progress(dataset_id, progress=5, by=by)
            if dataset is not None:
                with translation.override(dataset.language):
                    _make(dataset, by)
        except TooFew:
            actions.fail_set(dataset_id, why="too_few", by=by)
        except PermissionDenied:
            actions.fail_set(dataset_id, why="no_right", by=by)
        except Exception as error:
            # The kind of fault only: its text may quote an answer.
            logger.error("The research set %s could not be made: %s", dataset_id, type(error).__name__)
            actions.fail_set(dataset_id, why="fault", by=by)


def _make(dataset: DataSet, by: User) -> None:
    freeze = dataset.state == State.FREEZING
    with transaction.atomic():
        rows = read(dataset.municipality).those_who_said_yes(timezone.localdate())
        names = _names(dataset, rows, by) if freeze else _stand_ins(rows)
    actions.report_progress(dataset.pk, progress=30, by=by)
    data = build(rows, names, dataset.language)
    actions.report_progress(dataset.pk, progress=50, by=by)
    if not freeze:
        actions.finish_count(dataset.pk, found=preview(data), by=by)
        return
    content, manifest = bundle(data, about(dataset))
    actions.report_progress(dataset.pk, progress=90, by=by)
    stored = store.put(BytesIO(content))
    people = [names[pk] for pk in rows.members]
    frozen = actions.finish_freeze(
        dataset.pk, stored=stored, manifest=manifest, found=preview(data), names=people, by=by
    )
    if frozen is None:
        store.forget(stored.key)


def _names(dataset: DataSet, rows: Rows, by: User) -> dict[UUID, str]:
    """Pseudonyms of the project, the same in each of its sets."""
    if len(rows.members) < SMALLEST:
        raise TooFew
    people = actions.name_subjects(dataset.project, kind=Kind.PERSON, subjects=rows.members, by=by)
    return people | actions.name_subjects(dataset.project, kind=Kind.FAMILY, subjects=rows.families, by=by)


def _stand_ins(rows: Rows) -> dict[UUID, str]:
    """To count with: no pseudonym is made for somebody who may never be in a set."""
    return {pk: str(pk) for pk in [*rows.members, *rows.families]}


def about(dataset: DataSet) -> About:
    project = dataset.project
    return About(
        project=project.title, purpose=project.purpose, responsible=project.responsible,
        approval=f"{project.get_approver_display()} {project.approval}", why=dataset.why,
        municipality=dataset.municipality.name, day=timezone.localdate(), keep_until=dataset.keep_until,
        language=dataset.language,
    )  # fmt: skip


def preview(data: Data) -> dict[str, Any]:
    """What the page tells before and after. No number in it is under five."""
    return {
        "persons": data.persons,
        "families": data.families if data.families >= SMALLEST else None,
        "rounds": [[number, count] for number, count in data.rounds.items()],
        "rounds_held": data.rounds_held,
        "tables": [
            [t.title, len(t.rows) if len(t.rows) >= SMALLEST else None, len(t.variables)] for t in data.tables if t.rows
        ],
        "held": held_back(data),
    }
