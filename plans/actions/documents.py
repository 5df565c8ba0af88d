"""The plan as a PDF: ordered, on its way, finished or not, taken out. The work itself is in plans/printing.py."""

import hashlib
from uuid import UUID

from django.utils import timezone
from django.utils.translation import gettext as _

from families.marks import ALONE
from families.models import Family
from nyemonstre.access.actions import action
from nyemonstre.access.check import check
from nyemonstre.access.roles import Permission
from nyemonstre.accounts.models import User
from nyemonstre.audit.log import record
from nyemonstre.refusals import Refused
from nyemonstre.ui.once import refuse_twice
from plans.enums import DocumentState, PlanEvent, Problem
from plans.models import Goal, Measure, OwnWords, PlanBatch, PlanDocument
from plans.papers import live_lines, paper, papers


@action
def order_pdf(
    family: Family,
    *,
    by: User,
    straight: bool,
    reader: str = "",
    large: bool = False,
    beside: str = "",
    key: UUID | None = None,
) -> PlanDocument:
    """Somebody wants the plan on paper. `straight`: it is made in the request, because no worker answers.

    `reader` is for whom it is made (plans/papers.py), `large` in large type, `beside` the language of the second
    headings (plans/beside.py). Raises AlreadyDone for the same form
    twice, Refused for a home or a person the family has not, and for a service no live line covers.
    """
    check(by, Permission.VIEW_PLAN, family)
    refuse_twice(PlanDocument.objects.without_content().filter(family=family), key)
    known = paper(family, reader)
    if known is None:
        raise Refused(_("Velg hvem planen er til."), rule="reader", field="reader")
    document = PlanDocument(
        family=family, made_by=by, straight=straight, reader=known.key, reader_name=known.name[:80], large=large,
        beside=beside,
    )  # fmt: skip
    if key:
        document.pk = key
    document.save(force_insert=True)
    record(PlanEvent.PDF_ORDERED, by=by, target=document, family=family, facts={"straight": straight})
    return document


@action
def order_all_pdfs(
    family: Family, *, by: User, straight: bool, large: bool = False, beside: str = "", key: UUID | None = None
) -> PlanBatch:
    """Every paper of the plan at once, but for the record, which is for nobody at the table.

    `straight`, `large` and `beside` as `order_pdf` takes them. Raises AlreadyDone for the same form twice.
    """
    check(by, Permission.VIEW_PLAN, family)
    refuse_twice(PlanBatch.objects.filter(family=family), key)
    batch = PlanBatch(family=family, made_by=by)
    if key:
        batch.pk = key
    batch.save(force_insert=True)
    PlanDocument.objects.bulk_create(
        PlanDocument(
            family=family, batch=batch, made_by=by, straight=straight, reader=one.key, reader_name=one.name[:80],
            large=large, beside=beside,
        )
        for one in papers(family) if one.key != ALONE
    )  # fmt: skip
    record(PlanEvent.BATCH_ORDERED, by=by, target=batch, family=family, facts={"straight": straight})
    return batch


@action
def stop_batch(batch: PlanBatch, *, by: User) -> PlanBatch:
    """The papers that are not begun are not made. What is finished stays, and the one under way is finished.

    Raises Refused for somebody else's, and when nothing waits any more.
    """
    check(by, Permission.VIEW_PLAN, batch.family)
    current = PlanBatch.objects.select_for_update(of=("self",)).filter(pk=batch.pk, made_by=by).first()
    if current is None:
        raise Refused(_("Bare den som ba om papirene, kan stanse dem."), rule="not_own")
    waiting = PlanDocument.objects.filter(batch=current, state=DocumentState.QUEUED)
    if not waiting.update(state=DocumentState.FAILED, problem=Problem.STOPPED):
        raise Refused(_("Alle papirene er alt laget."), rule="nothing_waits")
    current.stopped_at = timezone.now()
    current.save(update_fields=["stopped_at"])
    record(PlanEvent.BATCH_STOPPED, by=by, target=current, family=batch.family)
    return current


@action(quiet="how far a document has come; the order and the finished file are in the log")
def report_progress(document_id: UUID, *, progress: int, by: User) -> PlanDocument | None:
    """It has come so far, in percent. None when it is finished already, or no longer for this person."""
    document = _under_way(document_id, by)
    if document is not None:
        document.state, document.progress = DocumentState.RUNNING, progress
        document.save(update_fields=["state", "progress"])
    return document


@action
def finish_pdf(document_id: UUID, *, content: bytes, lines: list[UUID], by: User) -> PlanDocument:
    """The file is here. `lines` are the agreement lines whose contacts stand in it.

    Raises Refused when nobody waits for it any more.
    """
    document = _under_way(document_id, by)
    if document is None:
        raise Refused(_("Filen er alt laget."), rule="not_under_way")
    document.state, document.progress, document.finished_at = DocumentState.DONE, 100, timezone.now()
    document.content, document.size, document.printed_lines = content, len(content), lines
    document.sha256 = hashlib.sha256(content).hexdigest()
    document.save(update_fields=["state", "progress", "finished_at", "content", "size", "printed_lines", "sha256"])
    record(PlanEvent.PDF_MADE, by=by, target=document, facts={"bytes": document.size})
    return document


@action
def fail_pdf(document_id: UUID, *, by: User, problem: str = "") -> None:
    """It could not be made. Whoever waits is told why (Problem), where we know, and may try again."""
    document = _under_way(document_id, by)
    if document is not None:
        document.state, document.problem = DocumentState.FAILED, problem
        document.save(update_fields=["state", "problem"])
    record(PlanEvent.PDF_FAILED, by=by, target=document, facts={"document": str(document_id)})


@action
def take_out_pdf(document: PlanDocument, *, by: User) -> PlanDocument:
    """The file with its content, for somebody who may see the plan; and a line in the log that they took it out.

    Raises Refused while it is not finished, when an agreement whose contact stands in it no longer holds, or when
    something in it has since been marked, or the address protected.
    """
    check(by, Permission.VIEW_PLAN, document.family)
    if document.state != DocumentState.DONE:
        raise Refused(_("Filen er ikke ferdig ennå."), rule="not_done")
    if not set(document.printed_lines) <= {line.pk for line in live_lines(document.family)}:
        raise Refused(
            _("En avtale som sto i denne filen, gjelder ikke lenger. Lag planen på nytt, så stemmer den."),
            rule="line_ended",
        )
    if _says_too_much(document):
        raise Refused(
            _("Siden filen ble laget, er det bestemt at noe i den ikke skal vises. Lag planen på nytt."),
            rule="marked_since",
        )
    record(PlanEvent.PDF_DOWNLOADED, by=by, target=document, facts={"sha256": document.sha256})
    return PlanDocument.objects.get(pk=document.pk)


def _says_too_much(document: PlanDocument) -> bool:
    """Whether an address became protected, or something printed was marked, after the file was asked for."""
    family, since = document.family, document.asked_at
    if family.protected_at and family.protected_at > since:
        return True
    return any(
        rows.filter(family=family, marked_at__gt=since, **{f"{written}__lte": since}).exists()
        for rows, written in (
            (OwnWords.objects, "recorded_at"), (Goal.objects, "created_at"), (Measure.objects, "created_at"),
        )
    )  # fmt: skip


def _under_way(document_id: UUID, by: User) -> PlanDocument | None:
    rows = PlanDocument.objects.permitted(by, Permission.VIEW_PLAN).without_content()
    document = rows.select_for_update(of=("self",)).filter(pk=document_id, made_by=by).first()
    return document if document is not None and document.under_way else None
