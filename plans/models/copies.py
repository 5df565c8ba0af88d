"""Finished minutes on their way to a service: who gets them, when they leave, and whether they were opened."""

from uuid import uuid4

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from consent.models import AgreementLine
from families.models import FamilyRows

from .meetings import Meeting
from .plan import by_somebody


class CopyQuerySet(FamilyRows):
    def standing(self):
        """Those nobody has stopped."""
        return self.filter(stopped_at=None)

    def due(self, now=None):
        """Whose minute has passed, which have not been mailed, and whose link would still work."""
        now = now or timezone.now()
        return self.standing().filter(mailed_at=None, leaves_at__lte=now, closes_at__gt=now)


class MinutesCopy(models.Model):
    """One service's way to the minutes (docs/adr/0032). What it reads is made when it opens them: nothing is kept here.

    Neither the secret in the link nor the code stands here: both are made of the id and the server's key.
    """

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    family = models.ForeignKey("families.Family", on_delete=models.PROTECT, related_name="minutes_copies")
    meeting = models.ForeignKey(Meeting, on_delete=models.PROTECT, related_name="copies")
    line = models.ForeignKey(AgreementLine, on_delete=models.PROTECT, related_name="+", verbose_name=_("avtalelinje"))
    secret_hash = models.BinaryField(max_length=32, unique=True, editable=False)
    sent_by = by_somebody()
    sent_at = models.DateTimeField(_("bedt om"), default=timezone.now)
    leaves_at = models.DateTimeField(_("går ut fra"))
    mailed_at = models.DateTimeField(_("sendt"), null=True)
    # By whom: empty when the agreement ended before it left.
    stopped_at = models.DateTimeField(_("stanset"), null=True)
    stopped_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    closes_at = models.DateTimeField(_("kan åpnes til"))
    opened_at = models.DateTimeField(_("åpnet første gang"), null=True)

    objects = CopyQuerySet.as_manager()

    class Meta:
        verbose_name = _("referat til en tjeneste")
        verbose_name_plural = _("referater til tjenester")
        ordering = ["sent_at", "id"]
        constraints = [
            models.UniqueConstraint(fields=["meeting", "line"], condition=Q(stopped_at=None), name="minutes_copy_once"),
            models.CheckConstraint(
                condition=Q(stopped_at=None) | Q(mailed_at=None), name="minutes_copy_stopped_in_time"
            ),
            models.CheckConstraint(
                condition=Q(stopped_at__isnull=False) | Q(stopped_by=None), name="minutes_copy_stop"
            ),
            models.CheckConstraint(
                condition=Q(opened_at=None) | Q(mailed_at__isnull=False), name="minutes_copy_opened_after_it_left"
            ),
            models.CheckConstraint(
                condition=Q(leaves_at__gte=F("sent_at"), closes_at__gt=F("leaves_at")), name="minutes_copy_in_order"
            ),
        ]

    def __str__(self):
        return str(self.line)

    @property
    def can_be_stopped(self):
        return self.mailed_at is None and self.stopped_at is None

    @property
    def is_waiting(self):
        """Its minute has not passed."""
        return self.can_be_stopped and self.leaves_at > timezone.now()
