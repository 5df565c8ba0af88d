"""A henvendelse that was helped on to another service, with the family's yes."""

from uuid import uuid4

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.db.models.functions import TruncDate
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from consent.enums import Sector
from referrals.enums import YesHow

from .referral import SITUATION_LENGTH, Referral, ReferralRows


class Forward(models.Model):
    """To whom, what they are told, and the yes it rests on: who in the family gave it, when and how. Never changed.

    `words` is the letter to the family, word for word (referrals/forward_letter.py); the same paper goes with it.
    """

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    referral = models.ForeignKey(Referral, on_delete=models.PROTECT, related_name="forwards")
    service = models.CharField(_("tjenesten"), max_length=160)
    sector = models.CharField(_("slags tjeneste"), max_length=20, choices=Sector.choices)
    told = models.TextField(_("hva tjenesten får vite"), max_length=SITUATION_LENGTH)
    yes_by = models.CharField(_("hvem som sa ja"), max_length=160)
    yes_on = models.DateField(_("når de sa ja"))
    yes_how = models.CharField(_("hvordan"), max_length=8, choices=YesHow.choices)
    language = models.CharField(_("språk"), max_length=2, choices=settings.LANGUAGES)
    words = models.JSONField()
    # Written by the rules for a strictly protected family? One that was not is not handed out once the family is.
    protected = models.BooleanField()
    sent_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    sent_at = models.DateTimeField(default=timezone.now)

    objects = ReferralRows.as_manager()

    class Meta:
        verbose_name = _("henvendelse sendt videre")
        verbose_name_plural = _("henvendelser sendt videre")
        ordering = ["-sent_at", "id"]
        constraints = [
            models.CheckConstraint(
                condition=~Q(service="") & ~Q(told="") & ~Q(yes_by="") & ~Q(words={}),
                name="forward_says_what_and_to_whom",
            ),
            models.CheckConstraint(condition=Q(yes_how__in=YesHow.values), name="forward_yes_how"),
            models.CheckConstraint(condition=Q(yes_on__lte=TruncDate("sent_at")), name="forward_after_the_yes"),
        ]

    def __str__(self):
        return self.service
