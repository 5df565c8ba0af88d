"""Documents of a family: what was uploaded, whom it concerns, and whether it may be given out. Never overwritten."""

from uuid import uuid4

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from families.models import Family, FamilyRows, Member
from nyemonstre.files.kinds import KINDS

from .enums import Kind, Scan


class DocumentQuerySet(FamilyRows):
    def standing(self):
        """Those nobody has withdrawn."""
        return self.filter(withdrawn_at=None)

    def waiting(self):
        """Not yet looked at by the virus scanner, the oldest first."""
        return self.standing().filter(scan=Scan.WAITING).order_by("uploaded_at", "pk")


class Document(models.Model):
    """One uploaded file. The row is the label; the file lies in nyemonstre.files.store under `key`."""

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    family = models.ForeignKey(Family, on_delete=models.PROTECT, related_name="documents")
    kind = models.CharField(_("slags dokument"), max_length=12, choices=Kind.choices)
    title = models.CharField(_("tittel"), max_length=120)
    dated_on = models.DateField(_("dokumentets dato"), default=timezone.localdate)
    members = models.ManyToManyField(Member, through="DocumentMember", related_name="documents")
    label = models.CharField(_("filens navn"), max_length=120, blank=True)
    key = models.UUIDField(unique=True, editable=False)
    format = models.CharField(_("filtype"), max_length=8, choices=[(name, name.upper()) for name in KINDS])
    size = models.PositiveBigIntegerField(_("størrelse"))  # bytes
    sha256 = models.CharField(max_length=64, editable=False)
    uploaded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name=_("lastet opp av")
    )
    uploaded_at = models.DateTimeField(_("lastet opp"), default=timezone.now)
    scan = models.CharField(_("virussjekk"), max_length=10, choices=Scan.choices, default=Scan.WAITING)
    scanned_at = models.DateTimeField(_("sjekket for virus"), null=True)
    scan_found = models.CharField(_("virus som ble funnet"), max_length=120, blank=True)
    withdrawn_at = models.DateTimeField(_("trukket tilbake"), null=True)
    withdrawn_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+", verbose_name=_("trukket av")
    )
    withdrawn_reason = models.CharField(_("grunn"), max_length=300, blank=True)

    objects = DocumentQuerySet.as_manager()

    class Meta:
        verbose_name = _("dokument")
        verbose_name_plural = _("dokumenter")
        ordering = ["-dated_on", "-uploaded_at"]
        indexes = [
            models.Index(fields=["family", "-dated_on"], name="document_family"),
            models.Index(fields=["uploaded_at"], condition=Q(scan=Scan.WAITING), name="document_waiting"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(withdrawn_at=None, withdrawn_by=None, withdrawn_reason="")
                | (Q(withdrawn_at__isnull=False, withdrawn_by__isnull=False) & ~Q(withdrawn_reason="")),
                name="document_withdrawn_by_somebody_for_a_reason",
            ),
            models.CheckConstraint(
                condition=Q(scan=Scan.WAITING, scanned_at=None, scan_found="")
                | Q(scan=Scan.CLEAN, scanned_at__isnull=False, scan_found="")
                | (Q(scan=Scan.INFECTED, scanned_at__isnull=False) & ~Q(scan_found="")),
                name="document_scan_has_time_and_find",
            ),
            models.CheckConstraint(condition=Q(sha256__regex=r"^[0-9a-f]{64}$"), name="document_checksum"),
            models.CheckConstraint(condition=Q(size__gt=0), name="document_not_empty"),
        ]

    def __str__(self):
        return self.title

    @property
    def is_quarantined(self):
        """Where there is a scanner, nothing is given out before it has said that the file is clean."""
        return self.scan == Scan.INFECTED or (self.scan == Scan.WAITING and bool(settings.NM_CLAMD))

    @property
    def may_be_given_out(self):
        return self.withdrawn_at is None and not self.is_quarantined


class DocumentMember(models.Model):
    """A person a document concerns."""

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    family = models.ForeignKey(Family, on_delete=models.PROTECT, related_name="+")
    document = models.ForeignKey(
        Document, on_delete=models.CASCADE, related_name="concerned", verbose_name=_("dokument")
    )
    member = models.ForeignKey(Member, on_delete=models.PROTECT, related_name="+", verbose_name=_("hvem"))

    objects = FamilyRows.as_manager()

    class Meta:
        verbose_name = _("hvem dokumentet gjelder")
        verbose_name_plural = _("hvem dokumentene gjelder")
        ordering = ["pk"]
        constraints = [models.UniqueConstraint(fields=["document", "member"], name="document_member_once")]

    def __str__(self):
        return str(self.pk)
