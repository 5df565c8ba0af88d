"""What happens to a document: added, given out, withdrawn. Never changed, and never deleted by a user."""

from collections.abc import Iterable
from datetime import date
from typing import Any, BinaryIO
from uuid import UUID

from django.utils import timezone
from django.utils.translation import gettext as _

from families.models import Family, Member
from families.restricted import check_may_change
from nyemonstre.access.actions import action
from nyemonstre.access.check import check
from nyemonstre.access.roles import Permission
from nyemonstre.accounts.models import User
from nyemonstre.audit.log import record
from nyemonstre.files import store
from nyemonstre.files.giving import clean_label
from nyemonstre.files.kinds import recognise
from nyemonstre.refusals import Refused
from nyemonstre.ui.once import refuse_twice

from .enums import DocumentEvent, Kind, Scan
from .models import Document, DocumentMember
from .tasks import scan_soon


@action
def add_document(
    family: Family,
    *,
    file: Any,
    kind: str,
    title: str,
    by: User,
    members: Iterable[Member] = (),
    dated_on: date | None = None,
    key: UUID | None = None,
) -> Document:
    """Keep an uploaded file. Raises Refused when its kind is not let in, its date is ahead, a person is another
    family's, or nobody takes part any more and it is no consent; AlreadyDone when the form was sent twice."""
    check(by, Permission.CHANGE_FAMILY, family)
    if kind != Kind.CONSENT:  # on paper too one may come back, or say that one leaves
        check_may_change(family)
    refuse_twice(Document.objects.filter(family=family), key)
    members, today = list(members), timezone.localdate()
    if any(member.family_id != family.pk for member in members):
        raise Refused(_("Familien har ikke denne personen."), rule="no_such_member", field="members")
    if dated_on and dated_on > today:
        raise Refused(_("Datoen er fram i tid."), rule="dates", field="dated_on")
    what = recognise(file)
    # Last of all that can be refused: a file is not part of the transaction, and would stay behind.
    stored = store.put(file)
    document = Document(
        family=family, kind=kind, title=title, dated_on=dated_on or today, label=clean_label(file.name or ""),
        format=what.name, uploaded_by=by, **vars(stored), **({"pk": key} if key else {}),
    )  # fmt: skip
    document.save(force_insert=True)
    DocumentMember.objects.bulk_create(DocumentMember(family=family, document=document, member=m) for m in members)
    record(DocumentEvent.DOCUMENT_ADDED, by=by, target=document, family=family, facts={"kind": kind})
    scan_soon(document)
    return document


@action
def open_document(document: Document, *, by: User) -> BinaryIO:
    """The file, checked, for somebody who may have it. Raises Refused while it may not be given out, and for good when
    it is not the one that was stored."""
    check(by, Permission.VIEW_FAMILY, document)
    if document.withdrawn_at:
        raise Refused(_("Dokumentet er trukket tilbake."), rule="withdrawn")
    if document.scan == Scan.INFECTED:
        raise Refused(_("Filen er stanset fordi det ble funnet virus i den."), rule="infected")
    if document.is_quarantined:
        raise Refused(_("Filen sjekkes for virus. Prøv igjen om litt."), rule="quarantined")
    try:
        file = store.fetch(document.key, document.sha256)
    except store.Damaged:
        raise Refused(
            _("Filen kan ikke leses slik den ble lagret. Si fra til dem som drifter tjenesten."), rule="damaged"
        ) from None
    record(DocumentEvent.DOCUMENT_DOWNLOADED, by=by, target=document, family=document.family)
    return file


@action
def withdraw_document(document: Document, *, reason: str, by: User) -> Document:
    """Hide a document, for a reason. The row and the file stay; nobody is given it any more."""
    check(by, Permission.CHANGE_FAMILY, document)
    document = Document.objects.select_for_update(of=("self",)).select_related("family").get(pk=document.pk)
    if document.withdrawn_at:
        raise Refused(_("Dokumentet er alt trukket tilbake."), rule="withdrawn")
    document.withdrawn_at, document.withdrawn_by, document.withdrawn_reason = timezone.now(), by, reason
    document.save(update_fields=["withdrawn_at", "withdrawn_by", "withdrawn_reason"])
    record(DocumentEvent.DOCUMENT_WITHDRAWN, by=by, target=document, family=document.family)
    return document
