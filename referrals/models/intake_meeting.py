"""The meeting in which the intake team decides: its agenda, who was in the room, and what was added afterwards.

The decisions themselves are rows of their own (IntakeDecision), which point at the case on the agenda. What the intake
team may no longer read of a henvendelse leaves the agenda and the minutes with it.
"""

from uuid import uuid4

from django.conf import settings
from django.db import models
from django.db.models import Count, F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from nyemonstre.access.kept import kept
from nyemonstre.accounts.enums import Sector
from nyemonstre.accounts.models import Membership, Municipality
from nyemonstre.versioned import Versioned
from referrals.enums import PersonRole
from referrals.stages import OVER, MeetingState

from .referral import SITUATION_LENGTH, Referral

NOTE_LENGTH = 3000


class IntakeMeetingQuerySet(models.QuerySet):
    @kept
    def permitted(self, user, permission):
        """Meetings of the municipalities in which one of the user's roles has `permission`."""
        here = Membership.objects.granting(permission, user=user).values("municipality_id")
        return self.filter(municipality__in=here)

    def ahead(self):
        """Those that are not closed or cancelled, the nearest first."""
        return self.exclude(state__in=OVER).order_by("held_on", "id")


class IntakeMeeting(Versioned):
    """One meeting. Whoever leads it signs it off; afterwards it is only added to."""

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    municipality = models.ForeignKey(
        Municipality, on_delete=models.PROTECT, related_name="intake_meetings", verbose_name=_("kommune")
    )
    held_on = models.DateField(_("dato"))
    place = models.CharField(_("sted"), max_length=160, blank=True)
    leader = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name=_("møteleder")
    )
    state = models.CharField(_("tilstand"), max_length=10, choices=MeetingState.choices, default=MeetingState.PLANNED)
    planned_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    signed_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    signed_at = models.DateTimeField(null=True)
    # The last time it was moved: the day before that. `why` is of the last move, or of the cancelling.
    moved_from = models.DateField(_("flyttet fra"), null=True)
    why = models.CharField(_("hvorfor"), max_length=300, blank=True)

    objects = IntakeMeetingQuerySet.as_manager()

    class Meta:
        verbose_name = _("inntaksmøte")
        verbose_name_plural = _("inntaksmøter")
        ordering = ["-held_on", "id"]
        indexes = [models.Index(fields=["municipality", "-held_on"], name="intake_meeting_day")]
        constraints = [
            models.CheckConstraint(
                condition=Q(state=MeetingState.CLOSED, signed_by=F("leader"), signed_at__isnull=False)
                | (~Q(state=MeetingState.CLOSED) & Q(signed_by=None, signed_at=None)),
                name="intake_meeting_signed_by_its_leader",
            ),
            models.CheckConstraint(
                condition=~Q(why="") | (Q(moved_from=None) & ~Q(state=MeetingState.CANCELLED)),
                name="intake_meeting_turned_says_why",
            ),
        ]

    def __str__(self):
        return f"{self.held_on:%d.%m.%Y}"

    @property
    def is_open(self):
        return self.state == MeetingState.OPEN

    @property
    def is_closed(self):
        return self.state == MeetingState.CLOSED

    @property
    def is_cancelled(self):
        return self.state == MeetingState.CANCELLED


class MeetingRows(models.QuerySet):
    """Rows that follow their meeting."""

    @kept
    def permitted(self, user, permission):
        return self.filter(meeting__in=IntakeMeeting.objects.permitted(user, permission))


class CaseRows(models.QuerySet):
    """Rows about one case: whoever may read both the meeting and the henvendelse."""

    @kept
    def permitted(self, user, permission):
        return self.filter(
            meeting__in=IntakeMeeting.objects.permitted(user, permission),
            referral__in=Referral.objects.permitted(user, permission),
        )

    def on_agenda(self):
        """In the order of the meeting, with what was decided."""
        return self.select_related("referral", "decision__coordinator", "decision__decided_by", "moved_to").order_by(
            "position", "id"
        )

    def with_people(self):
        """`.adults` and `.children` of the family, in the same query."""
        adult = Count("referral__people", filter=Q(referral__people__role=PersonRole.ADULT))
        child = Count("referral__people", filter=Q(referral__people__role=PersonRole.CHILD))
        return self.annotate(adults=adult, children=child)


class Presence(models.Model):
    """Somebody who is, or has been, in the room, and for which sector; empty for whoever only leads or writes.

    `here` is no longer true for those who have gone. The row stays, because they were there for something.
    """

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    meeting = models.ForeignKey(IntakeMeeting, on_delete=models.PROTECT, related_name="presences")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    name = models.CharField(_("navn"), max_length=120)
    # A value of Sector, or one of the municipality's own.
    sector = models.CharField(_("sektor"), max_length=20, blank=True)
    here = models.BooleanField(default=True)

    objects = MeetingRows.as_manager()

    class Meta:
        verbose_name = _("til stede i inntaksmøte")
        verbose_name_plural = _("til stede i inntaksmøter")
        ordering = ["name", "id"]
        constraints = [
            models.UniqueConstraint(fields=["meeting", "user"], name="intake_presence_once"),
            models.CheckConstraint(condition=~Q(name=""), name="intake_presence_has_name"),
        ]

    def __str__(self):
        return self.name

    @property
    def sector_label(self):
        return sector_label(self.sector)


def sector_label(sector):
    """The name of one of the three sectors; a municipality's own sector is its own name."""
    return str(Sector(sector).label) if sector in Sector.values else sector


class AgendaItem(Versioned):
    """One case on the agenda: where it stands, what was said, and the answers about the target group as they were seen.

    It is undecided, or decided (IntakeDecision.agenda_item), or moved to another meeting.
    """

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    meeting = models.ForeignKey(IntakeMeeting, on_delete=models.PROTECT, related_name="items")
    referral = models.ForeignKey(Referral, on_delete=models.PROTECT, related_name="agenda_items")
    # An order, not a number: cases one may not read stand between others and are not counted.
    position = models.PositiveIntegerField(_("rekkefølge"))
    note = models.TextField(_("notat fra samtalen"), max_length=NOTE_LENGTH, blank=True)
    dissent = models.TextField(_("hvem var uenig, og hvorfor"), max_length=NOTE_LENGTH, blank=True)
    # {criterion: [value, note]} at the moment of the decision.
    criteria = models.JSONField(default=dict)
    moved_to = models.ForeignKey(IntakeMeeting, on_delete=models.PROTECT, null=True, related_name="+")

    objects = CaseRows.as_manager()

    class Meta:
        verbose_name = _("sak i inntaksmøte")
        verbose_name_plural = _("saker i inntaksmøter")
        ordering = ["position", "id"]
        constraints = [
            models.UniqueConstraint(fields=["meeting", "referral"], name="agenda_item_once"),
            models.CheckConstraint(condition=Q(position__gte=1), name="agenda_item_position_from_one"),
            models.CheckConstraint(
                condition=Q(moved_to=None) | ~Q(moved_to=F("meeting")), name="agenda_item_moves_elsewhere"
            ),
        ]

    def __str__(self):
        return f"{self.position}. {self.referral}"

    @property
    def decided(self):
        """The decision of this meeting, or None."""
        return getattr(self, "decision", None)


class ItemRows(models.QuerySet):
    """Rows that follow their case."""

    @kept
    def permitted(self, user, permission):
        return self.filter(item__in=AgendaItem.objects.permitted(user, permission))


class Recusal(models.Model):
    """Somebody leaves the room for one case, because of who they are to the family. They do not decide it."""

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    item = models.ForeignKey(AgendaItem, on_delete=models.CASCADE, related_name="recusals")
    presence = models.ForeignKey(Presence, on_delete=models.PROTECT, related_name="recusals")
    reason = models.CharField(_("hvorfor"), max_length=300, blank=True)
    noted_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")

    objects = ItemRows.as_manager()

    class Meta:
        verbose_name = _("inhabil i en sak")
        verbose_name_plural = _("inhabile i saker")
        ordering = ["presence__name", "id"]
        constraints = [models.UniqueConstraint(fields=["item", "presence"], name="recusal_once")]

    def __str__(self):
        return str(self.presence)


class Addendum(models.Model):
    """A correction of the minutes after the meeting was closed, and why. Added, never changed."""

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    item = models.ForeignKey(AgendaItem, on_delete=models.PROTECT, related_name="addenda")
    text = models.TextField(_("tillegg"), max_length=SITUATION_LENGTH)
    reason = models.CharField(_("hvorfor"), max_length=300)
    written_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    written_at = models.DateTimeField(default=timezone.now)

    objects = ItemRows.as_manager()

    class Meta:
        verbose_name = _("tillegg til protokollen")
        verbose_name_plural = _("tillegg til protokollen")
        ordering = ["written_at", "id"]
        constraints = [
            models.CheckConstraint(condition=~Q(text="") & ~Q(reason=""), name="addendum_has_text_and_reason")
        ]

    def __str__(self):
        return str(self.reason)
