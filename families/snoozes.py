"""Something in one's own list that is put off until a day, for a reason. Then it comes back by itself."""

from uuid import uuid4

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from nyemonstre.access.roles import Permission


class SnoozeQuerySet(models.QuerySet):
    def permitted(self, user, permission=Permission.VIEW_FAMILY):
        """One's own. Of families one may not read any more, the wall shows none."""
        return self.filter(user_id=user.pk)

    def standing(self, day):
        """Not come back yet on `day`, neither by itself nor by hand."""
        return self.filter(ended_at=None, until__gt=day)


class Snooze(models.Model):
    """`item` names the entry (families.agenda.Entry.item); `milestone` is there when it is a window, to be counted."""

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    family = models.ForeignKey("families.Family", on_delete=models.PROTECT, related_name="+")
    milestone = models.ForeignKey("families.Milestone", on_delete=models.PROTECT, null=True, related_name="+")
    item = models.CharField(max_length=32)
    until = models.DateField(_("kommer tilbake"))
    reason = models.CharField(_("grunn"), max_length=300)
    made_at = models.DateTimeField(default=timezone.now)
    ended_at = models.DateTimeField(null=True)

    objects = SnoozeQuerySet.as_manager()

    class Meta:
        verbose_name = _("utsettelse i egen liste")
        verbose_name_plural = _("utsettelser i egen liste")
        ordering = ["until", "pk"]
        indexes = [models.Index(fields=["milestone", "user"], condition=Q(ended_at=None), name="snooze_milestone")]
        constraints = [
            models.UniqueConstraint(
                fields=["user", "family", "item"], condition=Q(ended_at=None), name="snooze_one_at_a_time"
            ),
            models.CheckConstraint(condition=~Q(reason=""), name="snooze_for_a_reason"),
        ]

    def __str__(self):
        return f"{self.until:%d.%m.%Y}"
