"""The team's answer to whether a henvendelse is about the same family as another one, or as a family that is followed.

What is found alike is looked for anew each time (referrals/duplicates.py); only the answers are kept.
"""

from uuid import uuid4

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from families.enums import STRICT
from families.grants import ShutOut
from families.models import Family
from nyemonstre.access.kept import kept
from nyemonstre.access.roles import Permission
from referrals.enums import SameAnswer


def closed_to(user):
    """Families of which a role in the municipality shows nothing: strictly protected, and those one is shut out of."""
    shut_out = ShutOut.objects.in_force().filter(user_id=user.pk).values("family_id")
    return Family.objects.filter(Q(protection__in=STRICT) | Q(pk__in=shut_out))


class SameFamilyQuerySet(models.QuerySet):
    @kept
    def permitted(self, user, permission):
        """Whoever may read both sides: each henvendelse; and of a family, that it is not closed to them."""
        rows = self.model._meta.get_field("referral").related_model.objects.permitted(user, permission)
        followed = Family.objects.permitted(user, Permission.VIEW_FAMILY)
        told = Q(family=None) | Q(family__in=followed) | ~Q(family__in=closed_to(user))
        return self.filter(told, Q(other=None) | Q(other__in=rows), referral__in=rows)

    def live(self):
        return self.filter(taken_back_at=None)

    def about(self, referrals):
        """Those with one of `referrals` on either side."""
        return self.filter(Q(referral__in=referrals) | Q(other__in=referrals))


class SameFamily(models.Model):
    """One answer about two henvendelser, or a henvendelse and a family. Taken back, it stays and says by whom."""

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    # Of two henvendelser the one with the lower id stands first, so that one pair has one row.
    referral = models.ForeignKey("referrals.Referral", on_delete=models.PROTECT, related_name="+")
    other = models.ForeignKey("referrals.Referral", on_delete=models.PROTECT, null=True, related_name="+")
    family = models.ForeignKey(Family, on_delete=models.PROTECT, null=True, related_name="+")
    answer = models.CharField(_("svar"), max_length=10, choices=SameAnswer.choices)
    answered_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    answered_at = models.DateTimeField(default=timezone.now)
    taken_back_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    taken_back_at = models.DateTimeField(null=True)

    objects = SameFamilyQuerySet.as_manager()

    class Meta:
        verbose_name = _("svar om samme familie")
        verbose_name_plural = _("svar om samme familie")
        ordering = ["answered_at", "id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(other__isnull=False, family=None) | Q(other=None, family__isnull=False),
                name="same_family_as_one_other",
            ),
            models.CheckConstraint(
                condition=Q(other=None) | Q(referral__lt=F("other")), name="same_family_pair_in_order"
            ),
            models.CheckConstraint(
                condition=Q(taken_back_by=None, taken_back_at=None)
                | Q(taken_back_by__isnull=False, taken_back_at__isnull=False),
                name="same_family_taken_back_by_somebody",
            ),
            models.UniqueConstraint(
                fields=["referral", "other"], condition=Q(taken_back_at=None), name="same_family_pair_answered_once"
            ),
            models.UniqueConstraint(
                fields=["referral", "family"], condition=Q(taken_back_at=None), name="same_family_answered_once"
            ),
        ]

    def __str__(self):
        return self.get_answer_display()


class FamilyOfReferral(models.Model):
    """A view: the families a henvendelse is about. Each row is seen by whoever sees the rows behind it.

    The one it became, one the team has joined it to, and one that became of what it was joined to.
    """

    pk = models.CompositePrimaryKey("referral_id", "family_id")
    referral = models.ForeignKey("referrals.Referral", on_delete=models.DO_NOTHING, related_name="+")
    family = models.ForeignKey(Family, on_delete=models.DO_NOTHING, related_name="+")

    class Meta:
        managed = False
        db_table = "referrals_familyofreferral"

    def __str__(self):
        return f"{self.referral_id} {self.family_id}"
