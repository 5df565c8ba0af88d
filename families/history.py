"""What was: earlier homes of a person, and changes of adressesperre. Rows that are only ever added."""

from uuid import uuid4

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from .models import Family, FamilyRows, Household, Member, protection_field


class FormerResidence(models.Model):
    """Where a person lived before, and until when. `since` is empty when nobody knew. Only ever added."""

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    family = models.ForeignKey(Family, on_delete=models.PROTECT, related_name="former_residences")
    member = models.ForeignKey(Member, on_delete=models.PROTECT, related_name="former_residences")
    household = models.ForeignKey(Household, on_delete=models.PROTECT, related_name="former_residences")
    share = models.PositiveSmallIntegerField(_("del av tiden, prosent"))
    since = models.DateField(_("fra"), null=True)
    until = models.DateField(_("til"))
    recorded_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField(default=timezone.now)

    objects = FamilyRows.as_manager()

    class Meta:
        verbose_name = _("tidligere bosted")
        verbose_name_plural = _("tidligere bosteder")
        ordering = ["-until", "-share"]
        constraints = [
            models.CheckConstraint(
                condition=Q(since=None) | Q(until__gte=F("since")), name="former_residence_dates_in_order"
            ),
            models.CheckConstraint(condition=Q(share__gte=1, share__lte=100), name="former_residence_share_percent"),
        ]

    def __str__(self):
        return f"{self.share} %"


class ProtectionChange(models.Model):
    """One change of adressesperre: for whom (nobody named: the whole family), from what to what, why. Only added.

    Kept beside the family and not in the log, so that the log tells nobody that there is anything to protect.
    """

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    family = models.ForeignKey(Family, on_delete=models.PROTECT, related_name="protection_changes")
    member = models.ForeignKey(Member, on_delete=models.PROTECT, null=True, related_name="+")
    household = models.ForeignKey(Household, on_delete=models.PROTECT, null=True, related_name="+")
    before = protection_field()
    after = protection_field()
    reason = models.CharField(_("grunn"), max_length=300)
    changed_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    changed_at = models.DateTimeField(default=timezone.now)

    objects = FamilyRows.as_manager()

    class Meta:
        verbose_name = _("endret vern")
        verbose_name_plural = _("endringer av vern")
        ordering = ["-changed_at"]
        constraints = [
            models.CheckConstraint(condition=~Q(reason=""), name="protection_change_has_reason"),
            models.CheckConstraint(
                condition=Q(member=None) | Q(household=None), name="protection_change_is_about_one_thing"
            ),
        ]

    def __str__(self):
        return self.get_after_display()
