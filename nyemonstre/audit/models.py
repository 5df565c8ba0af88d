"""Who did, or read, what. Append-only, and without foreign keys: the log must never stand in the way of live data."""

from uuid import uuid4

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class EventQuerySet(models.QuerySet):
    def permitted(self, user, permission="view_log"):
        """Events of the municipalities whose log `user` may read."""
        municipalities = user.memberships.granting(permission).values("municipality_id")
        return self.filter(municipality_id__in=municipalities)


class Event(models.Model):
    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    at = models.DateTimeField(_("tidspunkt"), default=timezone.now, editable=False)
    what = models.CharField(_("hendelse"), max_length=60)
    actor_id = models.UUIDField(_("hvem"), null=True)
    municipality_id = models.UUIDField(_("kommune"), null=True)
    family_id = models.UUIDField(_("familie"), null=True)
    target_type = models.CharField(max_length=60, blank=True)
    target_id = models.CharField(max_length=60, blank=True)
    facts = models.JSONField(default=dict)

    objects = EventQuerySet.as_manager()

    class Meta:
        verbose_name = _("hendelse")
        verbose_name_plural = _("hendelser")
        ordering = ["-at", "id"]
        indexes = [
            models.Index(fields=["municipality_id", "-at"], name="event_municipality"),
            models.Index(fields=["family_id", "-at"], name="event_family"),
            models.Index(fields=["actor_id", "-at"], name="event_actor"),
        ]

    def __str__(self):
        return f"{self.at:%d.%m.%Y %H:%M} {self.what}"
