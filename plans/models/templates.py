"""What a municipality often begins with: goals and measures to start from, never to be followed. No personal data."""

from uuid import uuid4

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from assessments.outcomes import Outcome
from nyemonstre.accounts.models import Membership, Municipality
from nyemonstre.versioned import Versioned
from plans.enums import MeasureKind, TemplateOf

from .plan import by_somebody


class TemplateQuerySet(models.QuerySet):
    def permitted(self, user, permission=None):
        """Those of the municipalities one works in; of those where one has `permission`, when it is given."""
        roles = Membership.objects.granting(permission, user=user) if permission else Membership.objects.live()
        return self.filter(municipality__in=roles.filter(user_id=user.pk).values("municipality_id"))

    def in_use(self, of=None):
        rows = self.filter(retired=False)
        return rows.filter(of=of) if of else rows


class PlanTemplate(Versioned):
    """Words to begin with. The family's own words come instead of them: a template is copied, never linked to."""

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    municipality = models.ForeignKey(Municipality, on_delete=models.PROTECT, related_name="plan_templates")
    of = models.CharField(_("mal for"), max_length=8, choices=TemplateOf.choices)
    outcome = models.CharField(_("handler om"), max_length=5, choices=Outcome.choices)
    words = models.CharField(_("ordene"), max_length=300)
    first_sign = models.CharField(_("et første tegn"), max_length=300, blank=True)
    kind = models.CharField(_("hva slags tiltak"), max_length=8, choices=MeasureKind.choices, blank=True)
    retired = models.BooleanField(_("ikke i bruk lenger"), default=False)
    created_by = by_somebody()
    created_at = models.DateTimeField(default=timezone.now)

    objects = TemplateQuerySet.as_manager()

    class Meta:
        verbose_name = _("mal")
        verbose_name_plural = _("maler")
        ordering = ["of", "outcome", "created_at"]
        constraints = [
            models.CheckConstraint(condition=~Q(words=""), name="template_has_words"),
            models.CheckConstraint(
                condition=Q(of=TemplateOf.MEASURE) | Q(kind=""), name="template_kind_is_of_a_measure"
            ),
            models.CheckConstraint(
                condition=Q(of=TemplateOf.GOAL) | Q(first_sign=""), name="template_sign_is_of_a_goal"
            ),
        ]

    def __str__(self):
        return self.words
