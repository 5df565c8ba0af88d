"""The meeting where the family hears of the offer and says yes or no."""

from uuid import uuid4

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from families.models import Family, FamilyRows, Member
from nyemonstre.versioned import Versioned
from referrals.enums import MeetingOutcome, Told

from .referral import SITUATION_LENGTH


class InformationMeeting(Versioned):
    """Family, referrer and coordinator meet: what was told, what they asked, and what the family answered."""

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    family = models.ForeignKey(Family, on_delete=models.PROTECT, related_name="information_meetings")
    starts_at = models.DateTimeField(_("når"))
    place = models.CharField(_("sted"), max_length=160)
    members = models.ManyToManyField(
        Member, through="MeetingMember", related_name="information_meetings", verbose_name=_("hvem kommer")
    )
    referrer_comes = models.BooleanField(_("den som henvendte seg, kommer"), default=True)
    interpreter_ordered = models.BooleanField(_("tolk er bestilt"), default=False)
    booked_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    told = ArrayField(
        models.CharField(max_length=12, choices=Told.choices), default=list, blank=True, verbose_name=_("fortalt om")
    )
    questions = models.TextField(_("spørsmål fra familien"), max_length=SITUATION_LENGTH, blank=True)
    outcome = models.CharField(_("utfall"), max_length=10, choices=MeetingOutcome.choices, blank=True)
    held_on = models.DateField(_("holdt"), null=True, blank=True)
    recorded_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    recorded_at = models.DateTimeField(null=True)

    objects = FamilyRows.as_manager()

    class Meta:
        verbose_name = _("informasjonssamtale")
        verbose_name_plural = _("informasjonssamtaler")
        ordering = ["-starts_at", "id"]
        constraints = [
            models.UniqueConstraint(fields=["family"], condition=Q(outcome=""), name="information_meeting_one_open"),
            models.CheckConstraint(
                condition=Q(outcome="", held_on=None, recorded_by=None, recorded_at=None)
                | (~Q(outcome="") & Q(held_on__isnull=False, recorded_by__isnull=False, recorded_at__isnull=False)),
                name="information_meeting_recorded_by_somebody",
            ),
        ]

    def __str__(self):
        return f"{timezone.localtime(self.starts_at):%d.%m.%Y %H:%M}"

    @property
    def told_labels(self):
        return [str(Told(told).label) for told in self.told]


class MeetingMember(models.Model):
    """A member of the family who is invited to the information meeting."""

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    family = models.ForeignKey(Family, on_delete=models.PROTECT, related_name="+")
    meeting = models.ForeignKey(InformationMeeting, on_delete=models.CASCADE, related_name="invited")
    member = models.ForeignKey(Member, on_delete=models.PROTECT, related_name="+")

    objects = FamilyRows.as_manager()

    class Meta:
        verbose_name = _("invitert til informasjonssamtale")
        constraints = [models.UniqueConstraint(fields=["meeting", "member"], name="meeting_member_once")]

    def __str__(self):
        return str(self.member)
