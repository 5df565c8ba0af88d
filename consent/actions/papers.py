"""The signed samarbeidsavtale on paper: its scan belongs to the lines it shows, and is open as long as they are."""

from collections.abc import Iterable
from datetime import date
from typing import Any, BinaryIO
from uuid import UUID

from django.utils.translation import gettext as _

from consent import rules
from consent.enums import LineState
from consent.models import AgreementLine
from documents.actions import add_document, open_document
from documents.enums import Kind
from documents.models import Document
from families.models import Family
from nyemonstre.access.actions import action
from nyemonstre.access.check import check
from nyemonstre.access.roles import Permission
from nyemonstre.accounts.models import User
from nyemonstre.refusals import Refused


@action
def attach_paper(
    family: Family, *, lines: Iterable[AgreementLine], file: Any, by: User, dated_on: date | None = None,
    key: UUID | None = None,
) -> Document:  # fmt: skip
    """Keep a scan of the signed agreement for `lines`. Raises Refused for a line that is not signed, and as
    documents.add_document does."""
    check(by, Permission.CHANGE_CONSENT, family)
    wanted = {line.pk for line in lines}
    rows = AgreementLine.objects.filter(family=family, state=LineState.SIGNED, pk__in=wanted)
    locked = list(rows.select_for_update(of=("self",)).order_by("pk"))
    if not wanted or len(locked) < len(wanted):
        raise Refused(_("Velg minst én avtale som er underskrevet."), rule="no_signed_line", field="lines")
    document = add_document(
        family, file=file, kind=Kind.AGREEMENT, title=str(Kind.AGREEMENT.label), dated_on=dated_on, key=key, by=by
    )
    for line in locked:
        line.paper = document
        line.save(update_fields=["paper"])
    return document


@action
def open_paper(line: AgreementLine, *, by: User) -> BinaryIO:
    """The scan, while every line it shows is live: it names contacts, and a line that ended hides its own.

    Raises Refused otherwise, and as documents.open_document does.
    """
    check(by, Permission.VIEW_CONSENT, line)
    if line.paper is None or not rules.paper_is_open(line.paper):
        raise Refused(
            _("Arket viser en kontakt som ikke lenger kan vises, fordi en av avtalene på det er avsluttet."),
            rule="paper_closed",
        )
    return open_document(line.paper, by=by)
