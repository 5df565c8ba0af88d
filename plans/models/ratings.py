"""How near a goal feels, said between the reviews too: the family's number and the coordinator's, each for itself."""

from uuid import uuid4

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from families.models import Family, FamilyRows

from .plan import Goal, by_somebody
from .reviews import zero_to_ten


class GoalRating(models.Model):
    """One day's answer, from 0 (far away) to 10 (there). Only ever added."""

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    family = models.ForeignKey(Family, on_delete=models.PROTECT, related_name="+")
    goal = models.ForeignKey(Goal, on_delete=models.PROTECT, related_name="ratings")
    rated_on = models.DateField(_("sagt"), default=timezone.localdate)
    rating = zero_to_ten(_("familiens egen vurdering"))
    rating_by_coordinator = zero_to_ten(_("koordinatorens vurdering"))
    recorded_by = by_somebody()
    recorded_at = models.DateTimeField(default=timezone.now)

    objects = FamilyRows.as_manager()

    class Meta:
        verbose_name = _("vurdering av et mål")
        verbose_name_plural = _("vurderinger av mål")
        ordering = ["rated_on", "recorded_at"]
        indexes = [models.Index(fields=["goal", "rated_on"], name="goal_rating_goal")]
        constraints = [
            models.CheckConstraint(
                condition=Q(rating__isnull=False) | Q(rating_by_coordinator__isnull=False),
                name="goal_rating_by_somebody",
            ),
            models.CheckConstraint(condition=Q(rating=None) | Q(rating__lte=10), name="goal_rating_0_to_10"),
            models.CheckConstraint(
                condition=Q(rating_by_coordinator=None) | Q(rating_by_coordinator__lte=10),
                name="goal_rating_by_coordinator_0_to_10",
            ),
        ]

    def __str__(self):
        return f"{self.rated_on}"
