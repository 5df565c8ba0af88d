"""What happens while a family waits: who was in contact, and the place it was offered."""

from datetime import timedelta
from uuid import uuid4

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from referrals.enums import ContactHow, OfferAnswer
from referrals.stages import ReferralState

from .referral import Referral, ReferralRows

# Nobody has been in contact for so long: the list says so, gently.
QUIET_AFTER = timedelta(weeks=8)


class WaitingContact(models.Model):
    """Somebody was in contact with a family that waits. Append-only."""

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    referral = models.ForeignKey(Referral, on_delete=models.PROTECT, related_name="contacts")
    on = models.DateField(_("dato"), default=timezone.localdate)
    how = models.CharField(_("hvordan"), max_length=8, choices=ContactHow.choices)
    note = models.CharField(_("notat"), max_length=500, blank=True)
    written_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    written_at = models.DateTimeField(default=timezone.now)

    objects = ReferralRows.as_manager()

    class Meta:
        verbose_name = _("kontakt i ventetiden")
        verbose_name_plural = _("kontakter i ventetiden")
        ordering = ["-on", "-written_at", "id"]
        indexes = [models.Index(fields=["referral", "-on"], name="waiting_contact")]
        constraints = [models.CheckConstraint(condition=Q(how__in=ContactHow.values), name="waiting_contact_how")]

    def __str__(self):
        return f"{self.get_how_display()} {self.on:%d.%m.%Y}"


class OfferQuerySet(ReferralRows):
    def open(self):
        """Without an answer, also those whose last day has passed and the clock has not come to."""
        return self.filter(answer="")

    def holding(self, today=None):
        """Those that hold a place: not answered and in time, or accepted; while the family still waits.

        sec.places_taken says the same in SQL.
        """
        in_time = Q(answer="", answer_by__gte=today or timezone.localdate())
        return self.filter(in_time | Q(answer=OfferAnswer.YES), referral__state=ReferralState.WAITING)


class PlaceOffer(models.Model):
    """A place with one coordinator, offered to the family that is next, with a last day for the answer.

    It is held meanwhile, and after a yes until the intake team has decided. A no or no answer frees it.
    """

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    referral = models.ForeignKey(Referral, on_delete=models.PROTECT, related_name="offers")
    coordinator = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name=_("koordinator")
    )
    answer_by = models.DateField(_("siste dag for svar"))
    offered_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    offered_at = models.DateTimeField(default=timezone.now)
    answer = models.CharField(_("svar"), max_length=10, choices=OfferAnswer.choices, blank=True)
    answer_note = models.CharField(_("merknad"), max_length=300, blank=True)
    answered_at = models.DateTimeField(null=True)
    # Nobody: the clock.
    answered_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")

    objects = OfferQuerySet.as_manager()

    class Meta:
        verbose_name = _("tilbud om plass")
        verbose_name_plural = _("tilbud om plass")
        ordering = ["-offered_at", "id"]
        constraints = [
            models.UniqueConstraint(fields=["referral"], condition=Q(answer=""), name="offer_one_open"),
            models.CheckConstraint(
                condition=Q(answer="", answered_at=None, answered_by=None)
                | (~Q(answer="") & Q(answered_at__isnull=False)),
                name="offer_answer_has_its_time",
            ),
        ]  # fmt: skip

    def __str__(self):
        return f"{self.coordinator} {self.answer_by:%d.%m.%Y}"

    @property
    def runs_out_today(self):
        return not self.answer and self.answer_by == timezone.localdate()
