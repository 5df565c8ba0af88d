"""The meeting where the family hears of the offer and says yes or no."""

from uuid import uuid4

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from families.models import Family, FamilyRows, Household, Member
from nyemonstre.versioned import Versioned
from referrals.enums import MeetingOutcome, Told, Turn, TurnReason

from .referral import SITUATION_LENGTH


class InformationMeeting(Versioned):
    """Family, referrer and coordinator meet: what was told, what they asked, and what the family answered."""

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    family = models.ForeignKey(Family, on_delete=models.PROTECT, related_name="information_meetings")
    # Empty while the family has not chosen among `proposals`; these stay afterwards as what was offered.
    starts_at = models.DateTimeField(_("når"), null=True, blank=True)
    proposals = ArrayField(models.DateTimeField(), default=list, blank=True, verbose_name=_("foreslåtte tider"))
    place = models.CharField(_("sted"), max_length=160, blank=True)
    home = models.ForeignKey(
        Household, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("hjemme")
    )
    members = models.ManyToManyField(
        Member, through="MeetingMember", related_name="information_meetings", verbose_name=_("hvem kommer")
    )
    referrer_comes = models.BooleanField(_("den som henvendte seg, kommer"), default=True)
    interpreter = models.CharField(_("tolk på"), max_length=40, blank=True)
    interpreter_ordered = models.BooleanField(_("tolk er bestilt"), default=False)
    # Empty: whoever booked it, in appointments from before it was asked.
    coordinator = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+",
        verbose_name=_("koordinator som kommer"),
    )  # fmt: skip
    booked_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    told = ArrayField(
        models.CharField(max_length=12, choices=Told.choices), default=list, blank=True, verbose_name=_("fortalt om")
    )
    questions = models.TextField(_("spørsmål fra familien"), max_length=SITUATION_LENGTH, blank=True)
    outcome = models.CharField(_("utfall"), max_length=10, choices=MeetingOutcome.choices, blank=True)
    remind_on = models.DateField(_("spør igjen"), null=True, blank=True)
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
                | (
                    ~Q(outcome="")
                    & Q(recorded_by__isnull=False, recorded_at__isnull=False)
                    # Whoever cancels holds no meeting.
                    & (Q(outcome=MeetingOutcome.CANCELLED, held_on=None) | ~Q(outcome=MeetingOutcome.CANCELLED))
                    & (Q(outcome=MeetingOutcome.CANCELLED) | Q(held_on__isnull=False))
                ),
                name="information_meeting_recorded_by_somebody",
            ),
            models.CheckConstraint(
                condition=Q(starts_at__isnull=False) | ~Q(proposals=[]), name="information_meeting_has_a_time"
            ),
            models.CheckConstraint(
                condition=(Q(home=None) & ~Q(place="")) | Q(home__isnull=False, place=""),
                name="information_meeting_at_home_or_elsewhere",
            ),
            models.CheckConstraint(
                condition=Q(interpreter_ordered=False) | ~Q(interpreter=""),
                name="information_meeting_interpreter_of_a_language",
            ),
            models.CheckConstraint(
                condition=Q(outcome=MeetingOutcome.THINKING) | Q(remind_on=None),
                name="information_meeting_reminds_who_thinks",
            ),
        ]

    def __str__(self):
        return ", ".join(f"{timezone.localtime(time):%d.%m.%Y %H:%M}" for time in self.times)

    @property
    def is_cancelled(self):
        return self.outcome == MeetingOutcome.CANCELLED

    @property
    def times(self):
        """The agreed time alone, or the times the family may choose among."""
        return [self.starts_at] if self.starts_at else self.proposals

    @property
    def where(self):
        """The place in words, on the family's own pages. On paper and in files: referrals/letters.py."""
        return gettext("Hjemme (%(home)s)") % {"home": self.home.name} if self.home else self.place

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


class MeetingTurn(models.Model):
    """An appointment was moved or cancelled: which times it had before, and why. Added, never changed."""

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    family = models.ForeignKey(Family, on_delete=models.PROTECT, related_name="+")
    meeting = models.ForeignKey(InformationMeeting, on_delete=models.PROTECT, related_name="turns")
    kind = models.CharField(_("hva"), max_length=10, choices=Turn.choices)
    reason = models.CharField(_("hvorfor"), max_length=12, choices=TurnReason.choices)
    # For the family's own pages. It stands in no letter and no mail.
    note = models.CharField(_("merknad"), max_length=300, blank=True)
    times_before = ArrayField(models.DateTimeField(), verbose_name=_("tidene som gjaldt"))
    done_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    done_at = models.DateTimeField(default=timezone.now)

    objects = FamilyRows.as_manager()

    class Meta:
        verbose_name = _("endring av en avtalt samtale")
        verbose_name_plural = _("endringer av avtalte samtaler")
        ordering = ["-done_at", "id"]
        constraints = [
            models.CheckConstraint(
                condition=~Q(reason=TurnReason.OTHER) | ~Q(note=""), name="meeting_turn_other_says_what"
            ),
            models.CheckConstraint(condition=~Q(times_before=[]), name="meeting_turn_had_a_time"),
        ]

    def __str__(self):
        return str(self.get_kind_display())
