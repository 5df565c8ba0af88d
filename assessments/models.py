"""What a family answered, when, and to which questions. A sitting is open while it is filled in; then it is history."""

from uuid import UUID, uuid4

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from families.models import Family, FamilyRows, Member
from nyemonstre.accounts.models import Membership, Municipality

from .enums import Kind, Missing, Respondent
from .instruments import CURRENT, FIT, Instrument, instrument
from .instruments.loader import parse_once
from .models_economy import EconomyAnswer, LocalEconomyItem  # noqa: F401  Django finds models here
from .models_fit import FitInvitation, met_with  # noqa: F401  and here
from .models_start import StartPicture  # noqa: F401  and here

MOST_KEPT = 500  # instruments in the memory of one process


class LocalInstrumentQuerySet(models.QuerySet):
    def permitted(self, user, permission=None):
        """Those of the municipalities one works in; where one has `permission`, when it is given."""
        roles = Membership.objects.granting(permission, user=user) if permission else Membership.objects.live()
        return self.filter(municipality__in=roles.filter(user_id=user.pk).values("municipality_id"))

    def in_use(self, municipality_id, *, after_meetings=False):
        """What a sitting that begins today asks besides the programme's own questions, in a fixed order; or what is
        asked after a meeting, beside FIT's own question.
        """
        rows = self.filter(municipality=municipality_id, switched_off_at=None, after_meetings=after_meetings)
        return rows.order_by("slug")


class LocalInstrument(models.Model):
    """That a municipality uses an instrument, from one day until it is switched off. What it asks never changes: a new
    text or a new version is a new row, and a sitting remembers the row it began with.

    `definition` is a file of the municipality's own, empty for one that comes with the programme; `texts` are the words
    it has supplied where the programme may not ship them. `rights` says what the right to use it rests on.
    """

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    municipality = models.ForeignKey(Municipality, on_delete=models.PROTECT, related_name="instruments")
    slug = models.SlugField(max_length=24)
    name = models.SlugField(max_length=50)
    definition = models.TextField(blank=True)
    texts = models.JSONField(default=dict)
    rights = models.CharField(_("hva retten bygger på"), max_length=300)
    after_meetings = models.BooleanField(_("stilles etter møter"), default=False)
    added_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    added_at = models.DateTimeField(default=timezone.now)
    switched_off_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    switched_off_at = models.DateTimeField(null=True)

    objects = LocalInstrumentQuerySet.as_manager()

    class Meta:
        verbose_name = _("skjema i kommunen")
        verbose_name_plural = _("skjemaer i kommunen")
        ordering = ["slug", "-added_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["municipality", "slug"], condition=Q(switched_off_at=None), name="instrument_in_use_once"
            ),
            models.CheckConstraint(
                condition=Q(switched_off_at=None, switched_off_by=None)
                | Q(switched_off_at__isnull=False, switched_off_by__isnull=False),
                name="instrument_switched_off_by_somebody",
            ),
            models.CheckConstraint(condition=~Q(rights=""), name="instrument_says_its_right"),
        ]

    def __str__(self):
        return self.name

    @cached_property
    def questions(self) -> Instrument:
        """The instrument as it is put to people here."""
        found = parse_once(self.definition, f"{self.name}.yaml") if self.definition else instrument(self.name)
        return found.with_texts(self.texts) if self.texts else found


_KEPT: dict[UUID, Instrument] = {}  # a row never changes, so it is read once by each process


def packs_of(ids: list[UUID]) -> list[Instrument]:
    """The instruments of these rows, in this order. One query for those this process has not met."""
    if unknown := [pk for pk in ids if pk not in _KEPT]:
        if len(_KEPT) > MOST_KEPT:
            _KEPT.clear()
        _KEPT.update({row.pk: row.questions for row in LocalInstrument.objects.filter(pk__in=unknown)})
    return [_KEPT[pk] for pk in ids if pk in _KEPT]


class AssessmentQuerySet(FamilyRows):
    def open(self):
        return self.filter(completed_at=None, abandoned_at=None)

    def completed(self):
        return self.exclude(completed_at=None)

    def kept(self):
        """Open or completed: what was abandoned is not shown among the sittings."""
        return self.filter(abandoned_at=None)


class Assessment(models.Model):
    """One sitting: the whole family, one set of questions, one round of the path (step 5 or 10)."""

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    family = models.ForeignKey(Family, on_delete=models.PROTECT, related_name="assessments")
    kind = models.CharField(_("hva"), max_length=10, choices=Kind.choices)
    number = models.PositiveSmallIntegerField(_("runde"), default=1)
    held_on = models.DateField(_("dato"), default=timezone.localdate)
    instrument = models.CharField(_("spørsmål"), max_length=40, default=CURRENT, editable=False)
    packs = ArrayField(models.UUIDField(), default=list, editable=False)
    language = models.CharField(_("språk"), max_length=2, choices=settings.LANGUAGES, default="nb")
    interpreter = models.CharField(_("tolk i"), max_length=40, blank=True)
    started_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    started_at = models.DateTimeField(default=timezone.now)
    completed_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    completed_at = models.DateTimeField(null=True)
    abandoned_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    abandoned_at = models.DateTimeField(null=True)
    abandoned_reason = models.CharField(_("grunn"), max_length=300, blank=True)

    objects = AssessmentQuerySet.as_manager()

    class Meta:
        verbose_name = _("kartlegging")
        verbose_name_plural = _("kartlegginger")
        ordering = ["-held_on", "-started_at"]
        indexes = [models.Index(fields=["family", "held_on"], name="assessment_family")]
        constraints = [
            models.UniqueConstraint(
                fields=["family", "kind", "number"],
                condition=Q(completed_at=None, abandoned_at=None),
                name="assessment_one_open",
            ),
            models.CheckConstraint(
                condition=Q(completed_at=None, completed_by=None)
                | Q(completed_at__isnull=False, completed_by__isnull=False),
                name="assessment_completed_by_somebody",
            ),
            models.CheckConstraint(
                condition=Q(abandoned_at=None, abandoned_by=None, abandoned_reason="")
                | (Q(abandoned_at__isnull=False, abandoned_by__isnull=False) & ~Q(abandoned_reason="")),
                name="assessment_abandoned_for_a_reason",
            ),
            models.CheckConstraint(
                condition=Q(completed_at=None) | Q(abandoned_at=None), name="assessment_completed_or_abandoned"
            ),
            models.CheckConstraint(
                condition=Q(kind__in=[Kind.BASELINE, Kind.HALF], number=1) | Q(kind=Kind.YEARLY, number__gte=1),
                name="assessment_baseline_is_one",
            ),
        ]

    def __str__(self):
        return self.name

    @property
    def is_open(self):
        return self.completed_at is None and self.abandoned_at is None

    @property
    def name(self):
        if self.kind != Kind.YEARLY:
            return str(Kind(self.kind).label)
        return _("Årlig kartlegging, år %(number)s") % {"number": self.number}

    @property
    def short_name(self):
        if self.kind == Kind.HALF:
            return _("6 md.")
        return _("Start") if self.kind == Kind.BASELINE else _("%(number)s år") % {"number": self.number}

    @cached_property
    def questions(self) -> Instrument:
        """What is asked, as it was when the sitting began: the programme's own set, and the municipality's packs."""
        base = instrument(self.instrument)
        return base.joined_by(packs_of(self.packs)) if self.packs else base


class Response(models.Model):
    """One answer to one question about one person (or, with no member, the whole family), in one of the two views.

    Exactly one of `value` and `missing`. Saved while the sitting is open, one by one; unchangeable afterwards.
    """

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    family = models.ForeignKey(Family, on_delete=models.PROTECT, related_name="responses")
    assessment = models.ForeignKey(Assessment, on_delete=models.PROTECT, related_name="responses")
    member = models.ForeignKey(Member, on_delete=models.PROTECT, null=True, related_name="responses")
    question = models.CharField(max_length=60)
    respondent = models.CharField(max_length=12, choices=Respondent.choices)
    value = models.JSONField(null=True)
    missing = models.CharField(max_length=10, choices=Missing.choices, blank=True)
    recorded_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField(default=timezone.now)
    # Counts the times it was saved; and the ids a browser gave what it sent, so that nothing is taken twice.
    version = models.PositiveIntegerField(default=1, editable=False)
    received = ArrayField(models.UUIDField(), default=list, editable=False)

    objects = FamilyRows.as_manager()

    class Meta:
        verbose_name = _("svar")
        verbose_name_plural = _("svar")
        ordering = ["recorded_at"]
        indexes = [models.Index(fields=["family"], name="response_family")]
        constraints = [
            models.UniqueConstraint(
                fields=["assessment", "member", "question"], nulls_distinct=False, name="response_once"
            ),
            models.CheckConstraint(
                condition=(Q(value__isnull=False) & Q(missing="")) | (Q(value__isnull=True) & ~Q(missing="")),
                name="response_value_or_missing",
            ),
        ]

    def __str__(self):
        return self.question


class Correction(models.Model):
    """What an answer should have been, found out after the sitting was over, with the reason. Only added to: the answer
    itself stands as it was given, and the last correction is what counts.
    """

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    family = models.ForeignKey(Family, on_delete=models.PROTECT, related_name="corrections")
    response = models.ForeignKey(Response, on_delete=models.PROTECT, related_name="corrections")
    value = models.JSONField(null=True)
    missing = models.CharField(max_length=10, choices=Missing.choices, blank=True)
    reason = models.CharField(_("hvorfor"), max_length=300)
    corrected_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    corrected_at = models.DateTimeField(default=timezone.now)

    objects = FamilyRows.as_manager()

    class Meta:
        verbose_name = _("rettelse")
        verbose_name_plural = _("rettelser")
        ordering = ["corrected_at"]
        indexes = [models.Index(fields=["family"], name="correction_family")]
        constraints = [
            models.CheckConstraint(
                condition=(Q(value__isnull=False) & Q(missing="")) | (Q(value__isnull=True) & ~Q(missing="")),
                name="correction_value_or_missing",
            ),
            models.CheckConstraint(condition=~Q(reason=""), name="correction_has_a_reason"),
        ]

    def __str__(self):
        return self.reason


class FitAnswer(models.Model):
    """Step 8: how well, to one person, the whole of the help met the family's needs. Asked after a meeting."""

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    family = models.ForeignKey(Family, on_delete=models.PROTECT, related_name="fit_answers")
    member = models.ForeignKey(Member, on_delete=models.PROTECT, related_name="fit_answers", verbose_name=_("hvem"))
    instrument = models.CharField(max_length=40, default=FIT, editable=False)
    asked_on = models.DateField(_("dato"), default=timezone.localdate)
    after = models.CharField(_("etter hvilket møte"), max_length=120, blank=True)
    service = met_with()
    value = models.PositiveSmallIntegerField(_("svar"), null=True, blank=True)
    missing = models.CharField(max_length=10, choices=Missing.choices, blank=True)
    comment = models.CharField(_("egne ord"), max_length=1000, blank=True)
    # The municipality's own questions: {"name.question": {"value": …, "missing": ""}}.
    more = models.JSONField(_("kommunens egne spørsmål"), default=dict, editable=False)
    recorded_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField(default=timezone.now)

    objects = FamilyRows.as_manager()

    class Meta:
        verbose_name = _("FIT-svar")
        verbose_name_plural = _("FIT-svar")
        ordering = ["-asked_on", "-recorded_at"]
        indexes = [models.Index(fields=["family", "asked_on"], name="fit_family")]
        constraints = [
            models.CheckConstraint(condition=Q(value=None) | Q(value__lte=10), name="fit_value_to_ten"),
            models.CheckConstraint(
                condition=Q(value__isnull=False, missing="") | (Q(value=None) & ~Q(missing="")),
                name="fit_value_or_missing",
            ),
        ]

    def __str__(self):
        return str(self.value if self.value is not None else self.get_missing_display())
