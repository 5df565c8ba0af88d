"""How five years, or fewer, were rounded off with the family: the last meeting, and the plan as it stood that day."""

from uuid import uuid4

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from families.exits import Exit
from families.models import Family, FamilyRows

from .plan import by_somebody


class Closing(models.Model):
    """One closing. Only ever added: a case that is taken up again gets another one."""

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    family = models.ForeignKey(Family, on_delete=models.PROTECT, related_name="closings")
    exit = models.OneToOneField(Exit, on_delete=models.PROTECT, related_name="+")
    # Empty when no meeting could be held; why stands in the exit's reason.
    met_on = models.DateField(_("møtet"), null=True, blank=True)
    present = models.CharField(_("hvem var med"), max_length=300, blank=True)
    said = models.TextField(_("familien om tiden som er gått"), max_length=2000, blank=True)
    continues = models.TextField(_("hvem som følger opp videre"), max_length=1000, blank=True)
    goals = models.JSONField(_("målene slik de sto"), default=list)
    pattern = models.CharField(_("mønsteret med ord"), max_length=300, blank=True)
    recorded_by = by_somebody()
    recorded_at = models.DateTimeField(default=timezone.now)

    objects = FamilyRows.as_manager()

    class Meta:
        verbose_name = _("avslutning med familien")
        verbose_name_plural = _("avslutninger med familien")
        ordering = ["-recorded_at"]
        constraints = [
            models.CheckConstraint(condition=Q(met_on=None) | ~Q(present=""), name="closing_met_with_somebody"),
        ]

    def __str__(self):
        return str(self.recorded_at.date())
