"""Files that come with a henvendelse: added by whoever holds its receipt, scanned, given to the intake team."""

from typing import Any, BinaryIO
from uuid import UUID, uuid4

from django.db import IntegrityError, ProgrammingError, connection, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from documents.enums import Scan
from nyemonstre.access.actions import action
from nyemonstre.access.check import check
from nyemonstre.access.roles import Permission
from nyemonstre.accounts.models import Municipality, User
from nyemonstre.audit.log import record
from nyemonstre.files import store
from nyemonstre.files.clamd import Verdict
from nyemonstre.files.giving import clean_label
from nyemonstre.files.kinds import recognise
from nyemonstre.refusals import AlreadyDone, Refused
from referrals.enums import ReferralEvent
from referrals.models import MOST_ATTACHMENTS, Attachment
from referrals.progress import key_of
from referrals.tasks import scan_soon


@action
def attach(secret: str, *, number: str, file: Any, by: User | None, key: UUID | None = None) -> None:
    """Add a file to a henvendelse, by the secret of its receipt and its number. The sender reads nothing back.

    Raises Refused for a wrong secret or number, a kind of file that is not let in, a henvendelse that is answered, and
    more than MOST_ATTACHMENTS; AlreadyDone when the form (`key`) was sent twice.
    """
    referral_id = key_of(secret)
    with connection.cursor() as cursor:
        cursor.execute("select sec.referral_town(%s, %s)", [referral_id, number.strip().upper()])
        town_id = cursor.fetchone()[0]
        if town_id is None:
            raise Refused(_("Vi finner ingen henvendelse med dette nummeret og denne lenken."), rule="no_such_referral")
        cursor.execute("select sec.takes_attachment(%s)", [referral_id])
        takes = cursor.fetchone()[0]
    if not takes:
        raise _full()
    what = recognise(file)
    # Last of all that can be refused: a file is not part of the transaction, and would stay behind.
    stored = store.put(file)
    row = Attachment(
        pk=key or uuid4(), referral_id=referral_id, label=clean_label(file.name or ""), format=what.name, **vars(stored)
    )
    try:
        with transaction.atomic():
            row.save(force_insert=True)
    except IntegrityError:
        raise AlreadyDone(_("Filen er alt lagt ved."), row=None) from None
    except ProgrammingError:  # answered while the file was on its way: the wall says so
        raise _full() from None
    town = Municipality.objects.get(pk=town_id)
    record(ReferralEvent.ATTACHMENT_SENT, by=by, target=row, municipality=town, facts={"format": what.name})
    scan_soon(row)


def _full() -> Refused:
    return Refused(
        _("Det kan ikke legges ved flere filer her. Enten er henvendelsen besvart, eller den har alt %(most)d filer. "
          "Ring inntaksteamet hvis noe mangler.") % {"most": MOST_ATTACHMENTS},
        rule="takes_no_more",
    )  # fmt: skip


@action
def open_attachment(attachment: Attachment, *, by: User) -> BinaryIO:
    """The file, checked, for the intake team. Raises Refused while it may not be given out, and when it is damaged."""
    check(by, Permission.VIEW_REFERRAL, attachment.referral)
    if attachment.scan == Scan.INFECTED:
        raise Refused(_("Filen er stanset fordi det ble funnet virus i den."), rule="infected")
    if attachment.is_quarantined:
        raise Refused(_("Filen sjekkes for virus. Prøv igjen om litt."), rule="quarantined")
    try:
        file = store.fetch(attachment.key, attachment.sha256)
    except store.Damaged:
        raise Refused(
            _("Filen kan ikke leses slik den ble lagret. Si fra til dem som drifter tjenesten."), rule="damaged"
        ) from None
    town = attachment.referral.municipality
    record(ReferralEvent.ATTACHMENT_OPENED, by=by, target=attachment, municipality=town)
    return file


@action
def settle_attachment(attachment: Attachment, *, verdict: Verdict, by: None = None) -> Attachment:
    """Clean, or stopped for good. `attachment` is locked by the caller, with its henvendelse."""
    attachment.scan = Scan.INFECTED if verdict.found else Scan.CLEAN
    attachment.scan_found, attachment.scanned_at = verdict.found[:120], timezone.now()
    attachment.save(update_fields=["scan", "scan_found", "scanned_at"])
    town = attachment.referral.municipality
    record(
        ReferralEvent.ATTACHMENT_SCANNED, by=by, target=attachment, municipality=town, facts={"scan": attachment.scan}
    )
    return attachment
