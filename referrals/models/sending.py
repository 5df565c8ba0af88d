"""What comes with a henvendelse: the draft before it is sent, its sender's word for it, and the files after."""

from datetime import timedelta
from uuid import uuid4

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from documents.enums import Scan
from nyemonstre.files.kinds import KINDS
from nyemonstre.vault.fields import SealedField

from .referral import Referral, ReferralRows

# How long a draft waits to be sent, from the last time it was saved.
DRAFT_LASTS = timedelta(days=14)
# How long the link in the mail to a service works.
SENDER_LINK_LASTS = timedelta(days=7)
# More files than this are not taken with one henvendelse; sec.takes_attachment counts.
MOST_ATTACHMENTS = 10


class ReferralDraft(models.Model):
    """A henvendelse somebody has begun. Found by the digest of a secret that only they have, and sealed.

    Nobody reads the table. `sec.referral_draft` gives one row to whoever knows its secret; nothing tells whose it is.
    """

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    token_hash = models.BinaryField(max_length=32, unique=True)
    sealed = SealedField()
    expires_at = models.DateTimeField(_("slettes"))

    objects = models.Manager()

    class Meta:
        verbose_name = _("utkast til henvendelse")
        verbose_name_plural = _("utkast til henvendelser")
        ordering = ["expires_at", "id"]

    def __str__(self):
        return str(self.pk)


class SenderChecks(ReferralRows):
    def unsent(self, now):
        """Those whose mail did not go yet, and whose link would still work, the oldest first."""
        return self.filter(mailed_at=None, confirmed_at=None, expires_at__gt=now).order_by("asked_at", "pk")


class SenderCheck(models.Model):
    """A service that sent without an account was mailed a link, to say that the address is theirs.

    The link carries a secret (referrals/sender.py) of which only the digest is here. Confirmed by whoever reads the
    address of the henvendelse, and only through `sec.confirm_sender`. The same link is sent again when it ran out, or
    when the sender has lost the mail: then it is `asked_at` and `expires_at` that are new.
    """

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    referral = models.OneToOneField(Referral, on_delete=models.PROTECT, related_name="sender_check")
    token_hash = models.BinaryField(max_length=32, unique=True)
    asked_at = models.DateTimeField(_("spurt"), default=timezone.now)
    # None while the mail waits for the broker or the mail server; jobs.mail_senders takes those.
    mailed_at = models.DateTimeField(_("lenken sendt"), null=True)
    expires_at = models.DateTimeField(_("lenken virker til"))
    confirmed_at = models.DateTimeField(_("bekreftet"), null=True)

    objects = SenderChecks.as_manager()

    class Meta:
        verbose_name = _("bekreftelse av avsender")
        verbose_name_plural = _("bekreftelser av avsendere")
        ordering = ["asked_at", "id"]
        constraints = [
            models.CheckConstraint(condition=Q(expires_at__gt=F("asked_at")), name="sender_check_lasts"),
            models.CheckConstraint(
                condition=Q(confirmed_at=None) | Q(confirmed_at__gte=F("asked_at"), confirmed_at__lte=F("expires_at")),
                name="sender_check_confirmed_in_time",
            ),
        ]

    def __str__(self):
        return str(self.pk)


class AttachmentQuerySet(ReferralRows):
    def waiting(self):
        """Not yet looked at by the virus scanner, the oldest first."""
        return self.filter(scan=Scan.WAITING).order_by("sent_at", "pk")


class Attachment(models.Model):
    """A file that came with a henvendelse. Read by the intake team alone; the sender gets it back no more."""

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    referral = models.ForeignKey(Referral, on_delete=models.PROTECT, related_name="attachments")
    label = models.CharField(_("filens navn"), max_length=120, blank=True)
    key = models.UUIDField(unique=True, editable=False)
    format = models.CharField(_("filtype"), max_length=8, choices=[(name, name.upper()) for name in KINDS])
    size = models.PositiveBigIntegerField(_("størrelse"))  # bytes
    sha256 = models.CharField(max_length=64, editable=False)
    sent_at = models.DateTimeField(_("sendt"), default=timezone.now)
    scan = models.CharField(_("virussjekk"), max_length=10, choices=Scan.choices, default=Scan.WAITING)
    scanned_at = models.DateTimeField(_("sjekket for virus"), null=True)
    scan_found = models.CharField(_("virus som ble funnet"), max_length=120, blank=True)

    objects = AttachmentQuerySet.as_manager()

    class Meta:
        verbose_name = _("vedlegg til henvendelse")
        verbose_name_plural = _("vedlegg til henvendelser")
        ordering = ["sent_at", "id"]
        indexes = [models.Index(fields=["sent_at"], condition=Q(scan=Scan.WAITING), name="attachment_waiting")]
        constraints = [
            models.CheckConstraint(
                condition=Q(scan=Scan.WAITING, scanned_at=None, scan_found="")
                | Q(scan=Scan.CLEAN, scanned_at__isnull=False, scan_found="")
                | (Q(scan=Scan.INFECTED, scanned_at__isnull=False) & ~Q(scan_found="")),
                name="attachment_scan_has_time_and_find",
            ),
            models.CheckConstraint(
                condition=Q(sha256__regex=r"^[0-9a-f]{64}$", size__gt=0), name="attachment_has_its_checksum"
            ),
        ]

    def __str__(self):
        return self.label

    @property
    def is_quarantined(self):
        """Where there is a scanner, nothing is given out before it has said that the file is clean."""
        return self.scan == Scan.INFECTED or (self.scan == Scan.WAITING and bool(settings.NM_CLAMD))
