"""Pseudonyms: drawn by lot for each person and project, and found again by a sealed lookup. For the worker alone."""

import secrets
from collections.abc import Iterable
from uuid import UUID

from .enums import Kind
from .models import Link, Project

# No letters that are read as another, and no vowels that make words.
LETTERS = "23456789BCDFGHJKLMNPQRSTVWXZ"
LENGTH = 8
FIRST = {Kind.PERSON: "P", Kind.FAMILY: "F"}
SUBJECT = Link._meta.get_field("subject")


def known(project: Project, subjects: Iterable[UUID]) -> dict[UUID, str]:
    """Those of `subjects` that have a pseudonym in the project. One query."""
    index_of = {index: one for one in subjects for index in SUBJECT.lookup(str(one), project.pk)}
    rows = Link.objects.filter(project=project, subject_index__in=list(index_of))
    return {index_of[bytes(index)]: name for index, name in rows.values_list("subject_index", "pseudonym")}


def people(project: Project) -> dict[UUID, str]:
    """The whole key: person → pseudonym. Only to open it (see openings.py)."""
    rows = Link.objects.filter(project=project, kind=Kind.PERSON).order_by("pseudonym")
    return {UUID(SUBJECT.read(row)): row.pseudonym for row in rows}


def drawn(kind: Kind) -> str:
    """A new pseudonym, by lot."""
    return FIRST[kind] + "".join(secrets.choice(LETTERS) for _letter in range(LENGTH))
