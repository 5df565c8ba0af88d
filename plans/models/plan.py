"""The plan itself: own words, goals in those words, and who does what about them. Nothing is overwritten or deleted."""

from datetime import timedelta
from uuid import uuid4

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Prefetch, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from assessments.outcomes import YARN, Outcome
from consent.models import Service
from families.calendar import window_state
from families.marks import MARK_ROWS, Marked
from families.models import Family, FamilyRows, Member
from nyemonstre.versioned import Versioned
from plans.enums import ALIVE, FINISHED, Doer, GoalState, MeasureKind, MeasureState

# A measure is due soon from this long before its day.
SOON = timedelta(days=14)


def by_somebody():
    """Who wrote it down. Users are never deleted."""
    return models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")


def in_order():
    """Where it stands among its own, from 1. Empty until somebody has moved one of them: then it comes last, by age."""
    return models.PositiveIntegerField(_("plass i rekkefølgen"), null=True, editable=False)


class OwnWordsQuerySet(FamilyRows):
    def latest(self):
        """What each person said last; earlier words stay as history."""
        return self.order_by("member_id", "-said_on", "-recorded_at").distinct("member_id")


class OwnWords(Marked):
    """«Hva er viktig for dere nå?» in one person's own words, as said on a day (R-F1)."""

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    family = models.ForeignKey(Family, on_delete=models.PROTECT, related_name="own_words")
    member = models.ForeignKey(Member, on_delete=models.PROTECT, related_name="own_words", verbose_name=_("hvem"))
    text = models.TextField(_("ordene"), max_length=1000)
    said_on = models.DateField(_("sagt"), default=timezone.localdate)
    told_by = models.CharField(_("fortalt av"), max_length=160, blank=True)
    recorded_by = by_somebody()
    recorded_at = models.DateTimeField(default=timezone.now)

    objects = OwnWordsQuerySet.as_manager()

    class Meta(Marked.Meta):
        abstract = False
        verbose_name = _("egne ord")
        verbose_name_plural = _("egne ord")
        ordering = ["-said_on", "-recorded_at"]
        indexes = [models.Index(fields=["family", "member", "-said_on"], name="words_family")]
        constraints = [
            *Marked.Meta.constraints,
            models.CheckConstraint(condition=~Q(text=""), name="words_not_empty"),
        ]

    def __str__(self):
        return self.text


class GoalQuerySet(FamilyRows):
    def active(self):
        return self.filter(state=GoalState.ACTIVE)

    def alive(self):
        """What is worked with, and what waits."""
        return self.filter(state__in=ALIVE)

    def with_measures(self):
        """Measures in `.all_measures`, and for whom in `.members`; three queries however many goals."""
        measures = Measure.objects.select_related("service", "member", *MARK_ROWS)
        measures = measures.order_by("position", "due_on", "created_at")
        goals = self.select_related(*MARK_ROWS)
        return goals.prefetch_related("whose", Prefetch("measures", measures, to_attr="all_measures"))


class Goal(Marked, Versioned):
    """What somebody in the family wants, in their words, under one of the seven lines. Every version is kept."""

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    family = models.ForeignKey(Family, on_delete=models.PROTECT, related_name="goals")
    outcome = models.CharField(_("handler om"), max_length=5, choices=Outcome.choices)
    words = models.CharField(_("målet med egne ord"), max_length=300)
    why = models.CharField(_("derfor er det viktig"), max_length=300, blank=True)
    first_sign = models.CharField(_("et første tegn"), max_length=300, blank=True)
    whose = models.ManyToManyField(Member, through="GoalMember", related_name="goals", verbose_name=_("hvem"))
    state = models.CharField(_("tilstand"), max_length=10, choices=GoalState.choices, default=GoalState.ACTIVE)
    state_reason = models.CharField(_("grunn"), max_length=500, blank=True)
    closed_on = models.DateField(_("avsluttet"), null=True, blank=True)
    position = in_order()
    created_by = by_somebody()
    created_at = models.DateTimeField(default=timezone.now)
    changed_at = models.DateTimeField(default=timezone.now)

    objects = GoalQuerySet.as_manager()

    class Meta(Marked.Meta):
        abstract = False
        verbose_name = _("mål")
        verbose_name_plural = _("mål")
        ordering = ["outcome", "position", "created_at"]
        indexes = [models.Index(fields=["family", "state"], name="goal_family")]
        constraints = [
            *Marked.Meta.constraints,
            models.CheckConstraint(
                condition=Q(state=GoalState.ACTIVE, closed_on=None, state_reason="")
                | (Q(state=GoalState.PAUSED, closed_on=None) & ~Q(state_reason=""))
                | (~Q(state__in=ALIVE) & Q(closed_on__isnull=False) & ~Q(state_reason="")),
                name="goal_closed_for_a_reason",
            ),
            models.CheckConstraint(condition=~Q(words=""), name="goal_has_words"),
            models.CheckConstraint(condition=Q(outcome__in=Outcome.values), name="goal_outcome_known"),
        ]

    def __str__(self):
        return self.words

    @property
    def is_active(self):
        return self.state == GoalState.ACTIVE

    @property
    def is_paused(self):
        return self.state == GoalState.PAUSED

    @property
    def yarn(self):
        return YARN[Outcome(self.outcome)]

    @property
    def measures_read(self):
        """From `with_measures()` where the caller used it, else one query."""
        if not hasattr(self, "all_measures"):
            rows = self.measures.select_related("service", "member", *MARK_ROWS)
            self.all_measures = list(rows.order_by("position", "due_on", "created_at"))
        return self.all_measures

    @property
    def open_measures(self):
        return [measure for measure in self.measures_read if not measure.finished]

    @property
    def finished_measures(self):
        return [measure for measure in self.measures_read if measure.finished]


class GoalMember(models.Model):
    """A person a goal is for."""

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    family = models.ForeignKey(Family, on_delete=models.PROTECT, related_name="+")
    goal = models.ForeignKey(Goal, on_delete=models.PROTECT, related_name="goal_members")
    member = models.ForeignKey(Member, on_delete=models.PROTECT, related_name="+")

    objects = FamilyRows.as_manager()

    class Meta:
        verbose_name = _("person med målet")
        constraints = [models.UniqueConstraint(fields=["goal", "member"], name="goal_member_once")]

    def __str__(self):
        return str(self.member)


class GoalVersion(models.Model):
    """The goal as it stood after one change, and why it was changed. Only ever added."""

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    family = models.ForeignKey(Family, on_delete=models.PROTECT, related_name="+")
    goal = models.ForeignKey(Goal, on_delete=models.PROTECT, related_name="versions")
    number = models.PositiveIntegerField()
    outcome = models.CharField(max_length=5, choices=Outcome.choices)
    words = models.CharField(max_length=300)
    why = models.CharField(max_length=300, blank=True)
    first_sign = models.CharField(max_length=300, blank=True)
    state = models.CharField(max_length=10, choices=GoalState.choices)
    whose = ArrayField(models.UUIDField(), default=list)
    reason = models.CharField(max_length=500, blank=True)
    changed_by = by_somebody()
    changed_at = models.DateTimeField(default=timezone.now)

    objects = FamilyRows.as_manager()

    class Meta:
        verbose_name = _("utgave av et mål")
        verbose_name_plural = _("utgaver av mål")
        ordering = ["-number"]
        constraints = [models.UniqueConstraint(fields=["goal", "number"], name="goal_version_once")]

    def __str__(self):
        return self.words


class MeasureQuerySet(FamilyRows):
    def open(self):
        return self.exclude(state__in=FINISHED).filter(goal__state=GoalState.ACTIVE)

    def due_by(self, day):
        """Open, with a day on or before `day`."""
        return self.open().filter(due_on__lte=day)


class Measure(Marked, Versioned):
    """What somebody does so that the goal comes nearer. Naming a service takes a live agreement line (R-P1)."""

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    family = models.ForeignKey(Family, on_delete=models.PROTECT, related_name="measures")
    goal = models.ForeignKey(Goal, on_delete=models.PROTECT, related_name="measures", verbose_name=_("mål"))
    what = models.CharField(_("hva skal gjøres"), max_length=300)
    done_by = models.CharField(_("hvem gjør det"), max_length=12, choices=Doer.choices)
    service = models.ForeignKey(
        Service, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("tjeneste")
    )
    member = models.ForeignKey(
        Member, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("hvem i familien")
    )
    who = models.CharField(_("navn"), max_length=120, blank=True)
    kind = models.CharField(_("hva slags tiltak"), max_length=8, choices=MeasureKind.choices, blank=True)
    falls_between = models.BooleanField(_("faller mellom tjenestene"), default=False)
    # The window it shall be done in: from a day, or from two weeks before the last day.
    due_from = models.DateField(_("tidligst"), null=True, blank=True)
    due_on = models.DateField(_("innen"), null=True, blank=True)
    state = models.CharField(_("tilstand"), max_length=10, choices=MeasureState.choices, default=MeasureState.PLANNED)
    # The day somebody was asked to do it, and the day they said yes or no. The row's own history has the days on which
    # that was written down, which is another thing.
    asked_on = models.DateField(_("spurt"), null=True, blank=True)
    answered_on = models.DateField(_("svarte"), null=True, blank=True)
    follow_up = models.TextField(_("slik går det"), max_length=1000, blank=True)
    finished_on = models.DateField(_("ferdig"), null=True, blank=True)
    position = in_order()
    created_by = by_somebody()
    created_at = models.DateTimeField(default=timezone.now)

    objects = MeasureQuerySet.as_manager()

    class Meta(Marked.Meta):
        abstract = False
        verbose_name = _("tiltak")
        verbose_name_plural = _("tiltak")
        ordering = ["position", "due_on", "created_at"]
        indexes = [
            models.Index(fields=["family", "state", "due_on"], name="measure_family"),
            models.Index(fields=["goal"], name="measure_goal"),
        ]
        constraints = [
            *Marked.Meta.constraints,
            models.CheckConstraint(
                condition=Q(service=None) | Q(done_by__in=[Doer.SERVICE, Doer.VOLUNTEER]),
                name="measure_service_does_it",
            ),
            models.CheckConstraint(
                condition=~Q(done_by=Doer.SERVICE) | Q(service__isnull=False), name="measure_service_named"
            ),
            models.CheckConstraint(
                condition=Q(done_by=Doer.MEMBER, member__isnull=False) | (~Q(done_by=Doer.MEMBER) & Q(member=None)),
                name="measure_member_does_it",
            ),
            models.CheckConstraint(
                condition=Q(falls_between=False) | Q(service=None), name="measure_dropped_has_no_service"
            ),
            models.CheckConstraint(
                condition=Q(state__in=FINISHED, finished_on__isnull=False)
                | (~Q(state__in=FINISHED) & Q(finished_on=None)),
                name="measure_finished_on_a_day",
            ),
            models.CheckConstraint(condition=~Q(what=""), name="measure_says_what"),
            models.CheckConstraint(
                condition=Q(due_from=None) | Q(due_on__isnull=False, due_from__lte=F("due_on")),
                name="measure_window_ends_after_it_begins",
            ),
            models.CheckConstraint(
                condition=Q(answered_on=None) | Q(asked_on__isnull=False, answered_on__gte=F("asked_on")),
                name="measure_answered_after_asked",
            ),
        ]

    def __str__(self):
        return self.what

    @property
    def finished(self):
        return self.state in FINISHED

    @property
    def about(self):
        """Ids of whom it is about besides those of its goal: the one in the family who does it."""
        return [self.member_id] if self.member_id else []

    def window(self, today=None):
        """The state of its due chip: now | soon | ahead | after | done. A passed day waits; it is not late."""
        if self.finished:
            return "done"
        today = today or timezone.localdate()
        if self.due_on is None:
            return "ahead"
        return window_state(self.due_from or self.due_on - SOON, self.due_on, today)


class PlanAgreement(models.Model):
    """The plan as the family and the coordinator agreed on it on a day: one numbered version, kept as it stood."""

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    family = models.ForeignKey(Family, on_delete=models.PROTECT, related_name="plan_agreements")
    number = models.PositiveIntegerField(_("versjon"))
    agreed_on = models.DateField(_("avtalt"))
    present = ArrayField(models.CharField(max_length=160), verbose_name=_("til stede"))
    language = models.CharField(_("språk"), max_length=40, blank=True)
    with_interpreter = models.BooleanField(_("tolk var med"), default=False)
    goals = models.JSONField(_("målene slik de sto"), default=list)
    recorded_by = by_somebody()
    recorded_at = models.DateTimeField(default=timezone.now)

    objects = FamilyRows.as_manager()

    class Meta:
        verbose_name = _("avtalt plan")
        verbose_name_plural = _("avtalte planer")
        ordering = ["-number"]
        constraints = [
            models.UniqueConstraint(fields=["family", "number"], name="plan_agreement_number"),
            models.CheckConstraint(condition=~Q(present=[]), name="plan_agreed_with_somebody"),
            models.CheckConstraint(
                condition=Q(with_interpreter=False) | ~Q(language=""), name="plan_interpreter_has_language"
            ),
        ]

    def __str__(self):
        return str(self.number)
