"""Other plans around the family, and who leads each: barnekoordinator, individuell plan, stafettlogg."""

from uuid import uuid4

from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from consent.models import Service
from families.models import Family, FamilyRows, Member
from nyemonstre.versioned import Versioned
from plans.enums import OtherKind

from .plan import by_somebody


class OtherPlan(Versioned):
    """One of them, for one person or the family. The service that leads is named; its contact stands in the line."""

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    family = models.ForeignKey(Family, on_delete=models.PROTECT, related_name="other_plans")
    member = models.ForeignKey(Member, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    kind = models.CharField(_("hva"), max_length=12, choices=OtherKind.choices)
    led_by = models.ForeignKey(Service, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    note = models.CharField(_("merknad"), max_length=300, blank=True)
    since = models.DateField(_("fra"), null=True, blank=True)
    until = models.DateField(_("til"), null=True, blank=True)
    created_by = by_somebody()
    created_at = models.DateTimeField(default=timezone.now)

    objects = FamilyRows.as_manager()

    class Meta:
        verbose_name = _("annen plan")
        verbose_name_plural = _("andre planer")
        ordering = ["kind", "created_at"]
        constraints = [
            models.CheckConstraint(
                condition=Q(since=None) | Q(until=None) | Q(until__gte=F("since")), name="other_plan_dates_in_order"
            ),
        ]

    def __str__(self):
        return self.get_kind_display()
