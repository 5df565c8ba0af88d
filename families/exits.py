"""That follow-up ended, and why: kept also when it is taken up again, for the register study (DOMAIN.md R-P2)."""

from uuid import uuid4

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from .enums import ExitReason
from .models import Family, FamilyRows


class Exit(models.Model):
    """A day follow-up ended, and why. Stays when it was taken up again: the register study counts from it (R-P2)."""

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    family = models.ForeignKey(Family, on_delete=models.PROTECT, related_name="exits")
    ended_on = models.DateField(_("siste dag"))
    because = models.CharField(_("grunn"), max_length=10, choices=ExitReason.choices)
    reason = models.CharField(_("grunnen med ord"), max_length=300)
    recorded_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField(default=timezone.now)
    reopened_on = models.DateField(_("tatt opp igjen"), null=True)
    reopened_reason = models.CharField(max_length=300, blank=True)
    reopened_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")

    objects = FamilyRows.as_manager()

    class Meta:
        verbose_name = _("avslutning")
        verbose_name_plural = _("avslutninger")
        ordering = ["-ended_on", "-recorded_at"]
        constraints = [
            models.UniqueConstraint(fields=["family"], condition=Q(reopened_on=None), name="exit_one_at_a_time"),
            models.CheckConstraint(condition=~Q(reason=""), name="exit_for_a_reason"),
            models.CheckConstraint(
                condition=Q(reopened_on=None, reopened_by=None, reopened_reason="")
                | (Q(reopened_on__gte=F("ended_on"), reopened_by__isnull=False) & ~Q(reopened_reason="")),
                name="exit_reopened_by_somebody_for_a_reason",
            ),
        ]

    def __str__(self):
        return str(self.ended_on)
