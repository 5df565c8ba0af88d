"""Something was written that should not stand there: who asked, why, and what the auditor decided. The tombstone.

The words themselves stand here only until it is decided. What took them away is sec.redact_plan (the migration).
"""

from typing import Any
from uuid import uuid4

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from families.models import Family, FamilyRows
from nyemonstre.access.roles import Permission
from nyemonstre.accounts.models import Membership, Municipality
from plans.enums import RedactionState

from .plan import by_somebody


class RedactionQuerySet(FamilyRows):
    def permitted(self, user: Any, permission: str | None = None) -> Any:
        """For the auditor those of the municipality, asked with REVIEW_ACCESS; for others those of their families."""
        if permission != Permission.REVIEW_ACCESS:
            return super().permitted(user, permission)
        roles = Membership.objects.granting(permission, user=user)
        return self.filter(municipality__in=roles.filter(user_id=user.pk).values("municipality_id"))

    def waiting(self):
        return self.filter(state=RedactionState.ASKED)


class Redaction(models.Model):
    """One request, and what became of it."""

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    family = models.ForeignKey(Family, on_delete=models.PROTECT, related_name="redactions")
    municipality = models.ForeignKey(Municipality, on_delete=models.PROTECT, related_name="+")
    state = models.CharField(max_length=8, choices=RedactionState.choices, default=RedactionState.ASKED)
    passage = models.CharField(_("ordene"), max_length=300, blank=True)
    reason = models.CharField(_("hvorfor"), max_length=300)
    asked_by = by_somebody()
    asked_at = models.DateTimeField(default=timezone.now)
    answer = models.CharField(_("svar"), max_length=300, blank=True)
    places = models.PositiveIntegerField(_("steder"), default=0)
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    decided_at = models.DateTimeField(null=True)

    objects = RedactionQuerySet.as_manager()

    class Meta:
        verbose_name = _("fjerning")
        verbose_name_plural = _("fjerninger")
        ordering = ["-asked_at"]
        constraints = [
            models.CheckConstraint(condition=~Q(reason=""), name="redaction_for_a_reason"),
            models.CheckConstraint(
                condition=(Q(state=RedactionState.ASKED, decided_by=None, decided_at=None) & ~Q(passage=""))
                | (~Q(state=RedactionState.ASKED) & Q(passage="", decided_by__isnull=False, decided_at__isnull=False)),
                name="redaction_keeps_the_words_until_decided",
            ),
        ]

    def __str__(self):
        return str(self.asked_at.date())
