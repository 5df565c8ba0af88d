"""Finished minutes on their way to a service: who gets them, when they leave, and whether they were opened."""

from uuid import uuid4

from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from consent.models import AgreementLine

from .leaving import Leaving, LeavingQuerySet
from .meetings import Meeting, MinutesAddendum


class CopyQuerySet(LeavingQuerySet):
    def due(self, now=None):
        """Also that its link would still work."""
        now = now or timezone.now()
        return super().due(now).filter(closes_at__gt=now)


class MinutesCopy(Leaving):
    """One service's way to the minutes (docs/adr/0032). What it reads is made when it opens them: nothing is kept here.

    Neither the secret in the link nor the code stands here: both are made of the id and the server's key.
    """

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    family = models.ForeignKey("families.Family", on_delete=models.PROTECT, related_name="minutes_copies")
    meeting = models.ForeignKey(Meeting, on_delete=models.PROTECT, related_name="copies")
    line = models.ForeignKey(AgreementLine, on_delete=models.PROTECT, related_name="+", verbose_name=_("avtalelinje"))
    # What was added after the service had read the minutes, and is the reason they are sent anew.
    addendum = models.ForeignKey(
        MinutesAddendum, on_delete=models.PROTECT, null=True, related_name="copies", verbose_name=_("tillegg")
    )
    secret_hash = models.BinaryField(max_length=32, unique=True, editable=False)
    closes_at = models.DateTimeField(_("kan åpnes til"))
    opened_at = models.DateTimeField(_("åpnet første gang"), null=True)

    objects = CopyQuerySet.as_manager()

    class Meta:
        verbose_name = _("referat til en tjeneste")
        verbose_name_plural = _("referater til tjenester")
        ordering = ["sent_at", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["meeting", "line", "addendum"], condition=Q(stopped_at=None), name="minutes_copy_once",
                nulls_distinct=False,
            ),
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
        ]  # fmt: skip

    def __str__(self):
        return str(self.line)
