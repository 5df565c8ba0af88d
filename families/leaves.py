"""A coordinator who is away: from when, until when, and which substitutes follow the families meanwhile."""

from uuid import uuid4

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from nyemonstre.access.roles import Permission
from nyemonstre.accounts.models import Municipality


class LeaveQuerySet(models.QuerySet):
    def permitted(self, user, permission=Permission.ASSIGN_COORDINATOR):
        """Leaves in the municipalities whose families `user` allots."""
        return self.filter(municipality__in=Municipality.objects.permitted(user, permission))

    def standing(self):
        """Neither over nor called off; those that begin later too."""
        return self.filter(ended_at=None, ends_at__gt=timezone.now())


class Leave(models.Model):
    """Its substitutes' assignments point here, so that the leave can be ended in one go. Never says why in detail."""

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    municipality = models.ForeignKey(Municipality, on_delete=models.PROTECT, related_name="+")
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="leaves", verbose_name=_("koordinator")
    )
    starts_at = models.DateTimeField(_("fra"))
    ends_at = models.DateTimeField(_("til"))
    reason = models.CharField(_("grunn"), max_length=300)
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    made_at = models.DateTimeField(_("ført"), default=timezone.now)
    ended_at = models.DateTimeField(_("avsluttet"), null=True, blank=True)
    ended_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")

    objects = LeaveQuerySet.as_manager()

    class Meta:
        verbose_name = _("fravær")
        verbose_name_plural = _("fravær")
        ordering = ["-starts_at", "pk"]
        constraints = [
            models.CheckConstraint(condition=Q(ends_at__gt=F("starts_at")), name="leave_dates_in_order"),
            models.CheckConstraint(condition=~Q(reason=""), name="leave_has_reason"),
            models.CheckConstraint(
                condition=Q(ended_at=None, ended_by=None) | Q(ended_at__isnull=False, ended_by__isnull=False),
                name="leave_ended_by_somebody",
            ),
        ]

    def __str__(self):
        return f"{self.user} · {self.starts_at:%d.%m.%Y}"

    @property
    def last_day(self):
        """The last day of it: one that ends at midnight lasted the whole day before."""
        return timezone.localdate(self.ends_at - timezone.timedelta(microseconds=1))
