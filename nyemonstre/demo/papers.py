"""Papers of the demo: small PDF files made on the spot, as a scanner in the hall would have made them."""

from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from consent.actions import attach_paper
from consent.enums import LineState
from consent.models import AgreementLine
from documents.actions import add_document
from documents.enums import Kind
from documents.models import Document
from families.models import Family, Member
from nyemonstre.access.wall import acting_as
from nyemonstre.accounts.models import User


def scanned(name: str, *lines: str) -> SimpleUploadedFile:
    """A PDF of one page with these lines on it."""
    words = b"BT /F1 14 Tf 60 760 Td 22 TL " + b" ".join(b"(" + _plain(line) + b") ' " for line in lines) + b"ET"
    objects = [
        b"<</Type/Catalog/Pages 2 0 R>>",
        b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
        b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents 4 0 R/Resources<</Font<</F1 5 0 R>>>>>>",
        b"<</Length %d>>stream\n%s\nendstream" % (len(words), words),
        b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica/Encoding/WinAnsiEncoding>>",
    ]
    pdf, places = b"%PDF-1.4\n", []
    for number, content in enumerate(objects, 1):
        places.append(len(pdf))
        pdf += b"%d 0 obj%s endobj\n" % (number, content)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    end = b"xref\n0 %d\n0000000000 65535 f \n%strailer<</Size %d/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF\n"
    pdf += end % (len(objects) + 1, table, len(objects) + 1, len(pdf))
    return SimpleUploadedFile(name, pdf, "application/pdf")


def _plain(line: str) -> bytes:
    escaped = line.replace("\\", "\\\\").replace("(", "\\(").replace(")", "\\)")
    return escaped.encode("cp1252", "replace")


def keep_consent_paper(family: Any, members: list[Member], *, by: User) -> None:
    """The adults' signatures under the consent."""
    adults = [member for member in members if member.is_adult]
    file = scanned(
        "samtykke.pdf", f"Samtykke til Nye mønstre, {timezone.localdate():%d.%m.%Y}", "",
        *(f"Underskrift: {member.full_name}" for member in adults),
    )  # fmt: skip
    add_document(family, file=file, kind=Kind.CONSENT, title=str(Kind.CONSENT.label), members=adults, by=by)


def keep_report(family: Family, *, title: str, lines: list[str], by: User) -> Document:
    """What a service has written, brought along to a meeting."""
    file = scanned("uttalelse.pdf", title, "", *lines)
    return add_document(family, file=file, kind=Kind.REPORT, title=title, by=by)


def keep_agreement_paper(family: Family, *, by: User) -> None:
    """The signed samarbeidsavtale, with the lines that are signed now."""
    with acting_as(by):
        signed = AgreementLine.objects.filter(family=family, state=LineState.SIGNED).select_related("service")
        lines = list(signed.order_by("valid_from", "pk"))
    if lines:
        services = [f"Vi kan snakke med: {line.service.name}" for line in lines]
        file = scanned("samarbeidsavtale.pdf", f"Samarbeidsavtale, {timezone.localdate():%d.%m.%Y}", "", *services)
        attach_paper(family, lines=lines, file=file, by=by)
