"""What the worker does: sets that wait, withdrawals to tell of, files whose days are over, keys that were agreed to."""

import csv
import io
from collections.abc import Iterable
from uuid import UUID

from celery import shared_task
from django.db import transaction
from django.utils import timezone

from consent.enums import Purpose
from consent.rules import taken_back
from nyemonstre.access.wall import as_job
from nyemonstre.accounts.models import Municipality

from . import actions, freezing, keys
from .actions.figures import keep_figures
from .actions.sets import mail_holders
from .actions.texts import CONTENT
from .enums import UNDER_WAY, Kind, State
from .models import PATIENCE, DataSet, Figures, Opening, Participant, Project, TextRelease
from .opening import key_as_csv
from .texts import as_csv, said

# Days a key that was opened can be fetched.
KEY_LASTS = 7
# Seconds. A large municipality takes minutes; what is cut off is taken again by the next round.
LONG = {"time_limit": 1800, "soft_time_limit": 1700, "ignore_result": True}


@shared_task(**LONG)
def make_set(dataset_id: str) -> None:
    """One set, as soon as somebody asks."""
    freezing.make(UUID(dataset_id))


@shared_task(**LONG)
def look_after() -> None:
    """Every few minutes: what waits, what is to be told, what is over, and once a day the figures."""
    make_waiting()
    note_withdrawals()
    delete_expired()
    make_figures()


def make_waiting() -> int:
    """Sets nobody has begun, or whose worker died; and keys two people agreed to open. How many."""
    now = timezone.now()
    with as_job(), transaction.atomic():
        rows = DataSet.objects.filter(state__in=UNDER_WAY)
        waiting = [row.pk for row in rows.order_by("moved_at") if not row.progress or now - row.moved_at > PATIENCE]
    for pk in waiting:
        freezing.make(pk)
    return len(waiting) + make_keys() + make_texts()


def make_keys() -> int:
    """The files of openings that were agreed to. How many."""
    with as_job(), transaction.atomic():
        rows = Opening.objects.filter(made_at=None).exclude(approved_at=None).select_related("project")
        openings = list(rows.select_for_update(of=("self",), skip_locked=True).order_by("approved_at"))
        for opening in openings:
            text, persons = key_as_csv(opening, timezone.localdate())
            actions.finish_opening(opening, text=text, persons=persons, by=None)
    return len(openings)


def make_texts() -> int:
    """The files of texts two people agreed to release. How many."""
    with as_job(), transaction.atomic():
        rows = TextRelease.objects.filter(made_at=None).exclude(approved_at=None).select_related("project", "asked_by")
        releases = list(rows.select_for_update(of=("self",), skip_locked=True).order_by("approved_at"))
        for release in releases:
            _write_texts(release)
    return len(releases)


def _write_texts(release: TextRelease, withdrawn: Iterable[str] = ()) -> None:
    texts = said(release, timezone.localdate())
    people = {one.member for one in texts if one.member}
    names = actions.name_subjects(release.project, kind=Kind.PERSON, subjects=sorted(people), by=release.asked_by)
    families = sorted({one.family for one in texts})
    names |= actions.name_subjects(release.project, kind=Kind.FAMILY, subjects=families, by=release.asked_by)
    actions.finish_texts(release, text=as_csv(texts, names), persons=len(people), withdrawn=withdrawn, by=None)


def note_withdrawals() -> int:
    """Who stands in a frozen set and has taken back the yes since: the holders are told. How many places.

    A yes that ran out is not one that was taken back: what was frozen while it held, may be used on.
    """
    with as_job(), transaction.atomic():
        gone = list(taken_back(Purpose.RESEARCH).values_list("member_id", flat=True))
        told = []
        for project in Project.objects.order_by("pk"):
            names = keys.known(project, gone).values()
            rows = Participant.objects.filter(dataset__project=project, pseudonym__in=list(names), withdrawn_on=None)
            rows = rows.select_related("dataset__frozen_by", "dataset__ordered_by").order_by("pk")
            told += [actions.tell_withdrawal(row, by=None) for row in rows]
            _leave_out(project, set(names))
        mail_holders({person for row in told for person in (row.dataset.frozen_by, row.dataset.ordered_by) if person})
    return len(told)


def _leave_out(project: Project, gone: set[str]) -> None:
    """Files of texts in which one of these pseudonyms stands are made anew without it."""
    rows = TextRelease.objects.filter(project=project).exclude(content=None).select_related("project", "asked_by")
    for release in rows.order_by("asked_at"):
        lines = csv.reader(io.StringIO(CONTENT.read(release)), delimiter=";")
        if here := gone & {line[0] for line in lines}:
            _write_texts(release, here)


def delete_expired() -> int:
    """Files whose last day was yesterday or before, and keys nobody fetched in a week. How many."""
    today, now = timezone.localdate(), timezone.now()
    with as_job(), transaction.atomic():
        sets = list(DataSet.objects.filter(state=State.FROZEN, keep_until__lt=today).order_by("keep_until"))
        for dataset in sets:
            actions.delete_files(dataset, by=None)
        old = Opening.objects.filter(forgotten_at=None, made_at__lt=now - timezone.timedelta(days=KEY_LASTS))
        openings = [actions.forget_opening(row, by=None) for row in old.order_by("made_at")]
        texts = list(TextRelease.objects.filter(keep_until__lt=today).exclude(content=None).order_by("keep_until"))
        for release in texts:
            actions.forget_texts(release, by=None)
    return len(sets) + len(openings) + len(texts)


def make_figures() -> int:
    """The goals in numbers of each municipality that has none of today. How many municipalities."""
    with as_job():
        with transaction.atomic():
            done = Figures.objects.filter(day=timezone.localdate()).values("municipality_id")
            places = list(Municipality.objects.exclude(pk__in=done).order_by("pk"))
        for place in places:
            keep_figures(place, by=None)
    return len(places)
