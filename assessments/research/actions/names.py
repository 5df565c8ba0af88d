"""People get their pseudonyms."""

from collections.abc import Iterable
from uuid import UUID

from django.db import connection

from assessments.research.enums import Kind, ResearchEvent
from assessments.research.keys import SUBJECT, drawn, known
from assessments.research.models import Link, Project
from nyemonstre.access.actions import action
from nyemonstre.accounts.models import User
from nyemonstre.audit.log import record


@action
def name_subjects(project: Project, *, kind: Kind, subjects: Iterable[UUID], by: User) -> dict[UUID, str]:
    """A pseudonym for each person or family: the one they have in this project, or a new one. Inside `as_job()`.

    Two workers at once: the second waits for the lock, and finds what the first one made.
    """
    wanted = list(subjects)
    with connection.cursor() as cursor:
        cursor.execute("select pg_advisory_xact_lock(%s)", [int.from_bytes(project.pk.bytes[:8], signed=True)])
    found = known(project, wanted)
    new = []
    for subject in wanted:
        if subject not in found:
            link = Link(project=project, kind=kind, pseudonym=drawn(kind))
            SUBJECT.put(link, str(subject))
            new.append(link)
            found[subject] = link.pseudonym
    Link.objects.bulk_create(new)
    record(ResearchEvent.NAMES_GIVEN, by=by, target=project, facts={"kind": str(kind), "new": len(new)})
    return found
