"""Meetings: what is agreed, who is asked, what was said about each case, and what was decided.

Whether a service may still be called in is not stored: it is asked of its agreement line each time (plans/asked.py),
so that a line that ends takes the service out of every planned meeting in the same moment.
"""

from uuid import uuid4

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.formats import date_format, time_format
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from consent.enums import Topic
from consent.models import AgreementLine, Service
from families.marks import Marked
from families.models import Family, FamilyRows, Household, Member
from nyemonstre.versioned import Versioned
from plans.enums import Doer, MeetingKind, MeetingState, MeetingTurn

from .journal import JournalEntry
from .plan import Measure, by_somebody


class MeetingQuerySet(FamilyRows):
    def planned(self):
        return self.filter(state=MeetingState.PLANNED)

    def with_company(self):
        """With who comes and who is asked; three queries however many meetings."""
        guests = MeetingGuest.objects.select_related("member", "line__service")
        rows = self.select_related("home", "coordinator", "booked_by", "family__municipality")
        return rows.prefetch_related(models.Prefetch("guests", guests, to_attr="asked"))


class Meeting(Marked, Versioned):
    """One meeting, from the appointment to the minutes. When these are finished nothing of it changes any more."""

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    family = models.ForeignKey(Family, on_delete=models.PROTECT, related_name="meetings")
    kind = models.CharField(_("hva slags"), max_length=16, choices=MeetingKind.choices)
    state = models.CharField(_("tilstand"), max_length=10, choices=MeetingState.choices, default=MeetingState.PLANNED)
    starts_at = models.DateTimeField(_("fra"))
    ends_at = models.DateTimeField(_("til"))
    home = models.ForeignKey(Household, on_delete=models.PROTECT, null=True, related_name="+", verbose_name=_("hjemme"))
    place = models.CharField(_("sted"), max_length=160, blank=True)
    coordinator = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name=_("koordinator som kommer")
    )
    others = models.CharField(_("andre som var med"), max_length=300, blank=True)
    booked_by = by_somebody()
    booked_at = models.DateTimeField(default=timezone.now)
    # The appointment this one stands in for: one that came to nothing.
    instead_of = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, related_name="instead", verbose_name=_("i stedet for")
    )
    # The line that tells of it in the journal, once it was held or came to nothing.
    entry = models.OneToOneField(
        JournalEntry, on_delete=models.PROTECT, null=True, related_name="meeting", verbose_name=_("journallinje")
    )
    finished_at = models.DateTimeField(_("referatet ferdig"), null=True)
    finished_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")

    objects = MeetingQuerySet.as_manager()

    class Meta(Marked.Meta):
        abstract = False
        verbose_name = _("møte")
        verbose_name_plural = _("møter")
        ordering = ["-starts_at", "id"]
        indexes = [models.Index(fields=["family", "state", "starts_at"], name="meeting_family")]
        constraints = [
            *Marked.Meta.constraints,
            models.CheckConstraint(condition=Q(ends_at__gt=F("starts_at")), name="meeting_ends_after_it_begins"),
            models.CheckConstraint(
                condition=(Q(home=None) & ~Q(place="")) | Q(home__isnull=False, place=""),
                name="meeting_at_home_or_elsewhere",
            ),
            models.CheckConstraint(
                condition=Q(finished_at=None, finished_by=None)
                | Q(finished_at__isnull=False, finished_by__isnull=False, state=MeetingState.HELD),
                name="meeting_finished_by_somebody",
            ),
        ]

    def __str__(self):
        return f"{self.get_kind_display()} {self.day}"

    @property
    def is_planned(self):
        return self.state == MeetingState.PLANNED

    @property
    def is_held(self):
        return self.state == MeetingState.HELD

    @property
    def is_finished(self):
        return self.finished_at is not None

    @property
    def came_to_nothing(self):
        return self.state in (MeetingState.MISSED, MeetingState.CANCELLED)

    @property
    def day(self):
        return date_format(timezone.localtime(self.starts_at), "DATE_FORMAT")

    @property
    def clock(self):
        """«10:00–11:30»."""
        begin, end = (time_format(timezone.localtime(moment), "H:i") for moment in (self.starts_at, self.ends_at))
        return f"{begin}–{end}"

    @property
    def where(self):
        """In words, on the family's own pages. On paper: plans/minutes.py."""
        return gettext("Hjemme (%(home)s)") % {"home": self.home.name} if self.home else self.place


class MeetingGuest(models.Model):
    """Somebody who is asked to come: one of the family, or the contact of an agreement line."""

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    family = models.ForeignKey(Family, on_delete=models.PROTECT, related_name="+")
    meeting = models.ForeignKey(Meeting, on_delete=models.PROTECT, related_name="guests")
    member = models.ForeignKey(Member, on_delete=models.PROTECT, null=True, related_name="+")
    line = models.ForeignKey(AgreementLine, on_delete=models.PROTECT, null=True, related_name="+")
    # Not known before the meeting has been.
    came = models.BooleanField(_("var med"), null=True)

    objects = FamilyRows.as_manager()

    class Meta:
        verbose_name = _("bedt til møtet")
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["meeting", "member"], name="meeting_guest_member_once"),
            models.UniqueConstraint(fields=["meeting", "line"], name="meeting_guest_line_once"),
            models.CheckConstraint(
                condition=Q(member__isnull=False, line=None) | Q(member=None, line__isnull=False),
                name="meeting_guest_is_one",
            ),
        ]

    def __str__(self):
        return str(self.member or self.line)


class MeetingItem(models.Model):
    """One case on the agenda, and what was said about it.

    `topic` and `about` decide which service may read it (plans/minutes.py). Without a topic it is for the family alone;
    without a person it is about all of them.
    """

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    family = models.ForeignKey(Family, on_delete=models.PROTECT, related_name="+")
    meeting = models.ForeignKey(Meeting, on_delete=models.PROTECT, related_name="items")
    number = models.PositiveSmallIntegerField(_("plass på sakslisten"))
    title = models.CharField(_("sak"), max_length=200)
    text = models.TextField(_("referat"), max_length=5000, blank=True)
    topic = models.CharField(_("tema"), max_length=12, choices=Topic.choices, blank=True)
    about = models.ForeignKey(
        Member, on_delete=models.PROTECT, null=True, related_name="+", verbose_name=_("hvem det gjelder")
    )

    objects = FamilyRows.as_manager()

    class Meta:
        verbose_name = _("sak i et møte")
        verbose_name_plural = _("saker i et møte")
        ordering = ["number", "id"]
        constraints = [models.CheckConstraint(condition=~Q(title=""), name="meeting_item_has_a_title")]

    def __str__(self):
        return self.title


class MeetingDecision(models.Model):
    """What was decided: what, who and by when. As a measure it stands in the plan, and lives on there."""

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    family = models.ForeignKey(Family, on_delete=models.PROTECT, related_name="+")
    meeting = models.ForeignKey(Meeting, on_delete=models.PROTECT, related_name="decisions")
    item = models.ForeignKey(
        MeetingItem, on_delete=models.PROTECT, null=True, related_name="decisions", verbose_name=_("sak")
    )
    what = models.CharField(_("hva skal gjøres"), max_length=300)
    done_by = models.CharField(_("hvem gjør det"), max_length=12, choices=Doer.choices)
    service = models.ForeignKey(
        Service, on_delete=models.PROTECT, null=True, related_name="+", verbose_name=_("tjeneste")
    )
    member = models.ForeignKey(
        Member, on_delete=models.PROTECT, null=True, related_name="+", verbose_name=_("hvem i familien")
    )
    who = models.CharField(_("navn"), max_length=120, blank=True)
    due_on = models.DateField(_("innen"), null=True)
    measure = models.OneToOneField(
        Measure, on_delete=models.PROTECT, null=True, related_name="decision", verbose_name=_("tiltak i planen")
    )
    made_by = by_somebody()
    made_at = models.DateTimeField(default=timezone.now)

    objects = FamilyRows.as_manager()

    class Meta:
        verbose_name = _("beslutning i et møte")
        verbose_name_plural = _("beslutninger i et møte")
        ordering = ["made_at", "id"]
        constraints = [
            models.CheckConstraint(condition=~Q(what=""), name="meeting_decision_says_what"),
            models.CheckConstraint(
                condition=Q(service=None) | Q(done_by__in=[Doer.SERVICE, Doer.VOLUNTEER]),
                name="meeting_decision_service_does_it",
            ),
        ]

    def __str__(self):
        return self.what


class MeetingChange(models.Model):
    """An appointment was moved, cancelled or came to nothing: which time it had, and why. Added, never changed."""

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    family = models.ForeignKey(Family, on_delete=models.PROTECT, related_name="+")
    meeting = models.ForeignKey(Meeting, on_delete=models.PROTECT, related_name="changes")
    kind = models.CharField(_("hva"), max_length=10, choices=MeetingTurn.choices)
    reason = models.CharField(_("hvorfor"), max_length=300, blank=True)
    # Who let it be known, where that is worth knowing. Never whose fault it was.
    told_by = models.CharField(_("hvem ga beskjed"), max_length=120, blank=True)
    starts_before = models.DateTimeField(_("tiden som gjaldt"))
    done_by = by_somebody()
    done_at = models.DateTimeField(default=timezone.now)

    objects = FamilyRows.as_manager()

    class Meta:
        verbose_name = _("endring av et avtalt møte")
        verbose_name_plural = _("endringer av avtalte møter")
        ordering = ["-done_at", "id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(kind=MeetingTurn.MISSED) | ~Q(reason=""), name="meeting_change_for_a_reason"
            )
        ]

    def __str__(self):
        return str(self.get_kind_display())


class MinutesAddendum(models.Model):
    """What was found wrong, or came to mind, after the minutes were finished. Added, never changed.

    `topic` and `about` decide which service may read it, as they do of a case.
    """

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    family = models.ForeignKey(Family, on_delete=models.PROTECT, related_name="+")
    meeting = models.ForeignKey(Meeting, on_delete=models.PROTECT, related_name="addenda")
    text = models.TextField(_("tillegg"), max_length=2000)
    topic = models.CharField(_("tema"), max_length=12, choices=Topic.choices, blank=True)
    about = models.ForeignKey(
        Member, on_delete=models.PROTECT, null=True, related_name="+", verbose_name=_("hvem det gjelder")
    )
    written_by = by_somebody()
    written_at = models.DateTimeField(default=timezone.now)

    objects = FamilyRows.as_manager()

    class Meta:
        verbose_name = _("tillegg til et referat")
        verbose_name_plural = _("tillegg til referater")
        ordering = ["written_at", "id"]
        constraints = [models.CheckConstraint(condition=~Q(text=""), name="minutes_addendum_has_text")]

    def __str__(self):
        return self.text
