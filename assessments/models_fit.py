"""A code with which one person says how the help has been, on a phone of their own, without an account."""

from uuid import uuid4

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from consent.models import Service
from families.models import Family, FamilyRows, Member


def met_with():
    """The service the meeting was with, where it was with one. The question is about all of the help nevertheless."""
    return models.ForeignKey(
        Service, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("møtet var med")
    )


class FitInvitationQuerySet(FamilyRows):
    def open(self, now=None):
        """Neither used, nor run out, nor taken back."""
        return self.filter(used_at=None, expires_at__gt=now or timezone.now())


class FitInvitation(models.Model):
    """One code for one person, for a day. The answer it brings has this row's id, so that it brings only one.

    The code itself stands nowhere: it is made of the id and the server's key (assessments/codes.py), and looked up by
    its digest. `packs` are the municipality's own questions, as they were when the code was made.
    """

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    family = models.ForeignKey(Family, on_delete=models.PROTECT, related_name="fit_invitations")
    member = models.ForeignKey(Member, on_delete=models.PROTECT, related_name="fit_invitations")
    after = models.CharField(_("etter hvilket møte"), max_length=120, blank=True)
    service = met_with()
    packs = ArrayField(models.UUIDField(), default=list, editable=False)
    code_hash = models.BinaryField(max_length=32, unique=True, editable=False)
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    asked_at = models.DateTimeField(default=timezone.now)
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True)

    objects = FitInvitationQuerySet.as_manager()

    class Meta:
        verbose_name = _("kode til FIT")
        verbose_name_plural = _("koder til FIT")
        ordering = ["-asked_at"]
        indexes = [models.Index(fields=["family", "expires_at"], name="fit_invitation_family")]
        constraints = [
            models.CheckConstraint(
                condition=Q(used_at=None) | Q(used_at__lte=F("expires_at")), name="fit_code_used_in_time"
            ),
        ]

    def __str__(self):
        return str(self.asked_at)

    @property
    def is_open(self):
        return self.used_at is None and self.expires_at > timezone.now()
