"""What leaves by mail after a minute in which it can be stopped: who asked for it, when it leaves, when it left."""

from datetime import timedelta

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from families.models import FamilyRows

from .plan import by_somebody

# How long one may change one's mind.
REGRET = timedelta(minutes=1)


class LeavingQuerySet(FamilyRows):
    def standing(self):
        """Those nobody has stopped."""
        return self.filter(stopped_at=None)

    def due(self, now=None):
        """Whose minute has passed, and which have not been mailed."""
        return self.standing().filter(mailed_at=None, leaves_at__lte=now or timezone.now())


class Leaving(models.Model):
    sent_by = by_somebody()
    sent_at = models.DateTimeField(_("bedt om"), default=timezone.now)
    leaves_at = models.DateTimeField(_("går ut fra"))
    mailed_at = models.DateTimeField(_("sendt"), null=True)
    # By whom: empty when it could not be sent any more, because an agreement ended before it left.
    stopped_at = models.DateTimeField(_("stanset"), null=True)
    stopped_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        abstract = True

    @property
    def can_be_stopped(self):
        return self.mailed_at is None and self.stopped_at is None

    @property
    def is_waiting(self):
        """Its minute has not passed."""
        return self.can_be_stopped and self.leaves_at > timezone.now()
