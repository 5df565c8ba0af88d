"""Documents beside a meeting, a goal or the plan, as the pages show them: of each only what the reader may see."""

from collections.abc import Iterable

from documents.enums import Kind
from documents.models import Document
from families.models import Family
from nyemonstre.access.roles import Permission
from nyemonstre.accounts.models import User

from .models import AttachedDocument, Goal, Meeting


def beside_meeting(meeting: Meeting, reader: User) -> list[AttachedDocument]:
    rows = AttachedDocument.objects.permitted(reader, Permission.VIEW_JOURNAL).filter(meeting=meeting)
    return list(rows.with_words())


def beside_goal(goal: Goal, reader: User) -> list[AttachedDocument]:
    rows = AttachedDocument.objects.permitted(reader, Permission.VIEW_PLAN).filter(goal=goal)
    return list(rows.with_words())


def beside_plan(family: Family, reader: User) -> list[AttachedDocument]:
    """Those of the plan as a whole first, then goal by goal."""
    rows = AttachedDocument.objects.permitted(reader, Permission.VIEW_PLAN).filter(family=family, meeting=None)
    return sorted(rows.with_words(), key=lambda one: (one.goal is not None, one.goal and one.goal.created_at))


def may_lie_beside(family: Family, reader: User, there: Iterable[AttachedDocument] = ()) -> list[Document]:
    """What can be chosen, the newest first, without what lies `there` already. A signed agreement lies by its lines."""
    rows = Document.objects.permitted(reader, Permission.VIEW_FAMILY).filter(family=family).standing()
    rows = rows.exclude(kind=Kind.AGREEMENT).exclude(pk__in=[one.document_id for one in there])
    return list(rows.order_by("-dated_on", "-uploaded_at", "pk"))
