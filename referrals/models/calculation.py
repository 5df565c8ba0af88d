"""What the team has reckoned out about a family: low income, and crowding. The basis of two answers about the group."""

from uuid import uuid4

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from referrals.enums import CalculationKind

from .referral import Referral, ReferralRows


class Calculation(models.Model):
    """One calculation as it was made, with the numbers and the limits it was made from.

    Added, never changed; the latest of each kind counts. What `facts` hold is written and read by referrals/basis.py.
    """

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    referral = models.ForeignKey(Referral, on_delete=models.PROTECT, related_name="calculations")
    kind = models.CharField(_("slags utregning"), max_length=12, choices=CalculationKind.choices)
    facts = models.JSONField()
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    made_at = models.DateTimeField(default=timezone.now)

    objects = ReferralRows.as_manager()

    class Meta:
        verbose_name = _("utregning")
        verbose_name_plural = _("utregninger")
        ordering = ["-made_at", "id"]
        indexes = [models.Index(fields=["referral", "-made_at"], name="calculation_referral")]
        constraints = [models.CheckConstraint(condition=~Q(facts={}), name="calculation_has_facts")]

    def __str__(self):
        return self.get_kind_display()
