"""One row per person and day: whom the nightly job has told what is due. It is what keeps a mail from going twice."""

from uuid import uuid4

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class ReminderQuerySet(models.QuerySet):
    def permitted(self, user, permission=None):
        """One's own."""
        return self.filter(user_id=user.pk)

    def unsent(self, day):
        """Written on `day`, and the mail has not gone yet (the broker or the mail server was away)."""
        return self.filter(day=day, sent_at=None)


class Reminder(models.Model):
    """Numbers only: no family, no name. `sent_at` is set by the task that sends the mail."""

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="reminders")
    day = models.DateField(_("dag"))
    open_windows = models.PositiveIntegerField(_("åpne vinduer"), default=0)
    passed_windows = models.PositiveIntegerField(_("passerte vinduer"), default=0)
    # Only for a lead: windows in the municipality that were passed long ago, and were not told of before.
    escalated = models.PositiveIntegerField(_("passerte vinduer i kommunen"), default=0)
    sent_at = models.DateTimeField(_("sendt"), null=True)

    objects = ReminderQuerySet.as_manager()

    class Meta:
        verbose_name = _("påminnelse")
        verbose_name_plural = _("påminnelser")
        ordering = ["-day"]
        constraints = [
            models.UniqueConstraint(fields=["user", "day"], name="reminder_once_a_day"),
            models.CheckConstraint(
                condition=Q(open_windows__gt=0) | Q(passed_windows__gt=0) | Q(escalated__gt=0),
                name="reminder_about_something",
            ),
        ]

    def __str__(self):
        return f"{self.day:%d.%m.%Y}"
