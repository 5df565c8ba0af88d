"""Printing the plan, step by step, so that the one who waits can see it move. The same in a worker and in a request."""

import logging
from hashlib import sha256
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils import translation
from kombu.exceptions import OperationalError

from families.models import Family
from nyemonstre.access.roles import Permission
from nyemonstre.access.wall import acting_as
from nyemonstre.accounts.models import User
from nyemonstre.celery import app
from nyemonstre.pdf import FontMissing, render_pdf

from . import record
from .actions import fail_pdf, finish_pdf, order_pdf, report_progress
from .enums import Problem
from .models import PlanDocument
from .printed import printed_plan

logger = logging.getLogger(__name__)

# By name: the task stands above this module, as everything that calls actions does.
TASK = "plans.jobs.make_plan_pdf"
PAGE, RECORD_PAGE = "plans/pdf/plan.html", "plans/pdf/record.html"
# How often a plan that changes while it is printed is printed anew before the one who waits is told.
ATTEMPTS = 2
# Seconds a person waits to hear from a worker before the work is done in the request instead.
WAIT = 0.5
AWAY = (OperationalError, ConnectionError, TimeoutError, OSError)


class PlanChanged(Exception):
    """The plan became another one while it was printed."""


def worker_answers() -> bool:
    """Whether a worker answers a ping. A broker that is down is a no, within a second or so."""
    try:
        return bool(app.control.ping(timeout=WAIT, limit=1))
    except AWAY:
        return False


def print_plan(
    family: Family, *, by: User, straight: bool = False, key: UUID | None = None, **wanted: Any
) -> PlanDocument:
    """Order the plan as a PDF. A worker makes it after commit; with none there, or `straight`, it is made now.

    `wanted` is for whom and how, as `order_pdf` takes it. Raises AlreadyDone for the same form twice, Refused for an
    unknown reader.
    """
    language = translation.get_language() or "nb"
    document = order_pdf(family, straight=straight or not worker_answers(), key=key, by=by, **wanted)
    if document.straight:
        make(document.pk, by=by, language=language)
    else:
        transaction.on_commit(lambda: send(document.pk, by, language))
    return document


def send(document_id: UUID, by: User, language: str) -> None:
    """Queue it. The worker answered a moment ago; if the broker is gone now, the request makes it after all."""
    try:
        app.send_task(TASK, [str(document_id), str(by.pk), language], ignore_result=True)
    except AWAY:
        logger.warning("The broker went away; making the plan in the request: %s", document_id)
        make(document_id, by=by, language=language)


def make(document_id: UUID, *, by: User, language: str) -> None:
    """Queued → running → done, or failed. A document that is finished, or no longer for this person, is left alone.

    Never raises for a fault in the printing: it is in the log, and the document says so.
    """
    document = report_progress(document_id, progress=10, by=by)
    if document is None:
        return
    try:
        with translation.override(language):
            content, lines = _render(document, by)
        finish_pdf(document_id, content=content, lines=lines, by=by)
    except PlanChanged:
        fail_pdf(document_id, problem=Problem.CHANGED, by=by)
    except FontMissing:
        logger.exception("The plan %s could not be printed", document_id)
        fail_pdf(document_id, problem=Problem.FONT, by=by)
    except Exception as error:
        # The kind of fault only: its text may quote the plan.
        logger.error("The plan %s could not be printed: %s", document_id, type(error).__name__)
        fail_pdf(document_id, by=by)


def _render(document: PlanDocument, by: User) -> tuple[bytes, list[UUID]]:
    """The file, and the lines that stand in it. Raises PlanChanged when somebody writes faster than it is printed."""
    for _attempt in range(ATTEMPTS):
        plan, stamp = _read(document, by)
        report_progress(document.pk, progress=40, by=by)
        page = RECORD_PAGE if document.reader == record.KEY else PAGE
        content = render_pdf(page, {**plan, "large": document.large, "made_by": by.name})
        report_progress(document.pk, progress=90, by=by)
        if _read(document, by)[1] == stamp:
            return content, plan["lines"]
    raise PlanChanged


def _read(document: PlanDocument, by: User) -> tuple[dict[str, Any], str]:
    """What is printed, and a stamp of it that is another one as soon as anything in it is."""
    with acting_as(by), transaction.atomic():
        rows = Family.objects.permitted(by, Permission.VIEW_PLAN).select_related("municipality").with_coordinators()
        family = rows.get(pk=document.family_id)
        if document.reader == record.KEY:
            plan = record.printed_record(family)
        else:
            plan = printed_plan(family, document.reader, document.beside)
        return plan, sha256(repr(plan).encode()).hexdigest()
