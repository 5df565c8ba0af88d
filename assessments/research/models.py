"""Projects, the sets frozen for them, and the key table. No row here names a person."""

from datetime import timedelta
from uuid import uuid4

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from nyemonstre.access.kept import kept
from nyemonstre.accounts.models import Membership, Municipality
from nyemonstre.vault.fields import SealedField

from .enums import UNDER_WAY, Approver, Kind, State

# Longer than any step of a set takes: whoever waits is told that the worker is away.
PATIENCE = timedelta(minutes=10)


def by_somebody(**options):
    return models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", **options)


class HereQuerySet(models.QuerySet):
    @kept
    def permitted(self, user, permission):
        """Rows of the municipalities in which a role of this person has `permission`."""
        here = Membership.objects.granting(permission).filter(user_id=user.pk).values("municipality_id")
        return self.filter(municipality__in=here)


class Project(models.Model):
    """What somebody has approved: which study, for what, under which number, and for how long the data may be kept.

    Each has pseudonyms of its own, so that two projects cannot lay their files side by side. From `keys_open_on` the
    key may be opened for the register study. None of it changes: another approval is another project.
    """

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    municipality = models.ForeignKey(Municipality, on_delete=models.PROTECT, related_name="research_projects")
    title = models.CharField(_("navn"), max_length=160)
    purpose = models.CharField(_("formål"), max_length=1000)
    responsible = models.CharField(_("ansvarlig institusjon"), max_length=160)
    approver = models.CharField(_("godkjent av"), max_length=6, choices=Approver.choices)
    approval = models.CharField(_("nummer på godkjenningen"), max_length=40)
    keep_until = models.DateField(_("opplysningene kan brukes til og med"))
    keys_open_on = models.DateField(_("koblingsnøkkelen kan åpnes fra"))
    added_by = by_somebody()
    added_at = models.DateTimeField(default=timezone.now)

    objects = HereQuerySet.as_manager()

    class Meta:
        verbose_name = _("forskningsprosjekt")
        verbose_name_plural = _("forskningsprosjekter")
        ordering = ["-added_at"]
        constraints = [
            models.UniqueConstraint(fields=["municipality", "approver", "approval"], name="project_approval_once"),
            models.CheckConstraint(
                condition=~Q(title="") & ~Q(purpose="") & ~Q(responsible="") & ~Q(approval=""),
                name="project_says_what_for",
            ),
        ]

    def __str__(self):
        return self.title

    @property
    def is_over(self):
        return self.keep_until < timezone.localdate()

    @property
    def keys_may_open(self):
        return self.keys_open_on <= timezone.localdate()


class DataSet(models.Model):
    """One set: first counted, so that somebody reads what it would hold; then frozen, and from then on the same bytes.

    `found` is what the count saw, without any number under five. The zip lies in nyemonstre.files.store until
    `keep_until`; the row, with its manifest, stays.
    """

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    municipality = models.ForeignKey(Municipality, on_delete=models.PROTECT, related_name="research_sets")
    project = models.ForeignKey(Project, on_delete=models.PROTECT, related_name="sets")
    why = models.CharField(_("hva uttrekket skal brukes til"), max_length=300)
    language = models.CharField(max_length=2, choices=settings.LANGUAGES, default="nb")
    keep_until = models.DateField(_("filene slettes etter"))
    state = models.CharField(_("tilstand"), max_length=8, choices=State.choices, default=State.ORDERED)
    progress = models.PositiveSmallIntegerField(_("prosent"), default=0)
    moved_at = models.DateTimeField(default=timezone.now)
    found = models.JSONField(default=dict)
    ordered_by = by_somebody()
    ordered_at = models.DateTimeField(default=timezone.now)
    frozen_by = by_somebody(null=True)
    frozen_at = models.DateTimeField(null=True)
    key = models.UUIDField(null=True, editable=False)
    size = models.PositiveBigIntegerField(_("byte"), null=True)
    sha256 = models.CharField(max_length=64, blank=True)
    manifest = models.JSONField(default=dict)
    deleted_at = models.DateTimeField(null=True)

    objects = HereQuerySet.as_manager()

    class Meta:
        verbose_name = _("forskningsuttrekk")
        verbose_name_plural = _("forskningsuttrekk")
        ordering = ["-ordered_at"]
        indexes = [models.Index(fields=["project", "-ordered_at"], name="set_project")]
        constraints = [
            models.CheckConstraint(condition=Q(progress__lte=100), name="set_progress_percent"),
            models.CheckConstraint(condition=~Q(why=""), name="set_says_why"),
            models.CheckConstraint(
                condition=Q(state=State.FROZEN, key__isnull=False, frozen_at__isnull=False, frozen_by__isnull=False)
                & ~Q(sha256="")
                | Q(state=State.DELETED, key=None, deleted_at__isnull=False, frozen_at__isnull=False)
                | ~Q(state__in=[State.FROZEN, State.DELETED]) & Q(key=None, frozen_at=None),
                name="set_frozen_has_a_file",
            ),
        ]

    def __str__(self):
        return self.why

    @property
    def under_way(self):
        return self.state in UNDER_WAY

    @property
    def stuck(self):
        """Nobody has moved it for so long that the worker must be away."""
        return self.under_way and timezone.now() - self.moved_at > PATIENCE

    @property
    def open(self):
        """May be downloaded today."""
        return self.state == State.FROZEN and timezone.localdate() <= self.keep_until


class Participant(models.Model):
    """A pseudonym that stands in a frozen set. `withdrawn_on`: the day the holder was told to delete it there."""

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    municipality = models.ForeignKey(Municipality, on_delete=models.PROTECT, related_name="+")
    dataset = models.ForeignKey(DataSet, on_delete=models.PROTECT, related_name="participants")
    pseudonym = models.CharField(max_length=12)
    withdrawn_on = models.DateField(null=True)
    acknowledged_by = by_somebody(null=True)
    acknowledged_on = models.DateField(null=True)

    objects = HereQuerySet.as_manager()

    class Meta:
        verbose_name = _("deltaker i et uttrekk")
        ordering = ["pseudonym"]
        constraints = [
            models.UniqueConstraint(fields=["dataset", "pseudonym"], name="participant_once"),
            models.CheckConstraint(
                condition=Q(acknowledged_on=None, acknowledged_by=None)
                | Q(acknowledged_on__gte=F("withdrawn_on"), acknowledged_by__isnull=False),
                name="participant_acknowledged_after_told",
            ),
        ]

    def __str__(self):
        return self.pseudonym


class Link(models.Model):
    """Person (or family) ↔ pseudonym in one project. `subject` is sealed and found by its index alone, so that neither
    the database nor a copy of it tells who is who; and the web role may not read the table at all (0002_wall).
    """

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    project = models.ForeignKey(Project, on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=6, choices=Kind.choices)
    subject = SealedField(index="subject_index", within="project_id")
    subject_index = models.BinaryField()
    pseudonym = models.CharField(max_length=12)
    made_at = models.DateTimeField(default=timezone.now)

    class Meta:
        verbose_name = _("koblingsnøkkel")
        ordering = ["pseudonym"]
        constraints = [
            models.UniqueConstraint(fields=["project", "subject_index"], name="link_subject_once"),
            models.UniqueConstraint(fields=["project", "pseudonym"], name="link_pseudonym_once"),
        ]

    def __str__(self):
        return self.pseudonym


class Opening(models.Model):
    """Somebody asks for a project's key, somebody else agrees, and the worker makes the file: sealed, for a week."""

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    municipality = models.ForeignKey(Municipality, on_delete=models.PROTECT, related_name="+")
    project = models.ForeignKey(Project, on_delete=models.PROTECT, related_name="openings")
    reason = models.CharField(_("hva nøkkelen skal brukes til"), max_length=300)
    asked_by = by_somebody()
    asked_at = models.DateTimeField(default=timezone.now)
    approved_by = by_somebody(null=True)
    approved_at = models.DateTimeField(null=True)
    made_at = models.DateTimeField(null=True)
    content = SealedField(null=True, within="id")
    persons = models.PositiveIntegerField(null=True)
    forgotten_at = models.DateTimeField(null=True)

    objects = HereQuerySet.as_manager()

    class Meta:
        verbose_name = _("åpning av koblingsnøkkelen")
        ordering = ["-asked_at"]
        constraints = [
            models.CheckConstraint(condition=~Q(reason=""), name="opening_says_why"),
            models.CheckConstraint(
                condition=Q(approved_by=None, approved_at=None, content=None)
                | Q(approved_by__isnull=False, approved_at__isnull=False),
                name="opening_approved_before_made",
            ),
            models.CheckConstraint(
                condition=Q(approved_by=None) | ~Q(approved_by=F("asked_by")), name="opening_four_eyes"
            ),
        ]

    def __str__(self):
        return self.reason


class TextRelease(models.Model):
    """Somebody asks for what people have written in their own words, for named questions and under an approval of its
    own; somebody else agrees, and the worker makes the file: apart from every set, sealed, until its day.

    `withdrawn` are the pseudonyms that stood in the file once, and are to be deleted in every copy of it.
    """

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    municipality = models.ForeignKey(Municipality, on_delete=models.PROTECT, related_name="+")
    project = models.ForeignKey(Project, on_delete=models.PROTECT, related_name="texts")
    questions = ArrayField(models.CharField(max_length=60), verbose_name=_("hvilke spørsmål"))
    reason = models.CharField(_("hva teksten skal brukes til"), max_length=300)
    approval = models.CharField(_("nummer på godkjenningen"), max_length=40)
    keep_until = models.DateField(_("filen slettes etter"))
    asked_by = by_somebody()
    asked_at = models.DateTimeField(default=timezone.now)
    approved_by = by_somebody(null=True)
    approved_at = models.DateTimeField(null=True)
    made_at = models.DateTimeField(null=True)
    content = SealedField(null=True, within="id")
    persons = models.PositiveIntegerField(null=True)
    withdrawn = ArrayField(models.CharField(max_length=12), default=list, editable=False)
    forgotten_at = models.DateTimeField(null=True)

    objects = HereQuerySet.as_manager()

    class Meta:
        verbose_name = _("frigiving av fritekst")
        ordering = ["-asked_at"]
        constraints = [
            models.CheckConstraint(condition=~Q(reason="") & ~Q(approval=""), name="text_release_says_why"),
            models.CheckConstraint(condition=~Q(questions=[]), name="text_release_names_questions"),
            models.CheckConstraint(
                condition=Q(approved_by=None, approved_at=None, content=None)
                | Q(approved_by__isnull=False, approved_at__isnull=False),
                name="text_release_approved_before_made",
            ),
            models.CheckConstraint(
                condition=Q(approved_by=None) | ~Q(approved_by=F("asked_by")), name="text_release_four_eyes"
            ),
        ]

    def __str__(self):
        return self.reason

    @property
    def open(self):
        """May be downloaded today."""
        return self.content is not None and timezone.localdate() <= self.keep_until


class Figures(models.Model):
    """The goals in numbers, as they stood on one day. Nothing under five is in it, so nobody can read it out."""

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    municipality = models.ForeignKey(Municipality, on_delete=models.PROTECT, related_name="figures")
    day = models.DateField(default=timezone.localdate)
    made_at = models.DateTimeField(default=timezone.now)
    content = models.JSONField()

    objects = HereQuerySet.as_manager()

    class Meta:
        verbose_name = _("tall for kommunen")
        ordering = ["-day"]
        constraints = [models.UniqueConstraint(fields=["municipality", "day"], name="figures_once_a_day")]

    def __str__(self):
        return f"{self.day:%d.%m.%Y}"
