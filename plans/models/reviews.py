"""The 6-month review: goal by goal, what was and what shall be, and how near the family feels."""

from uuid import uuid4

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.core.validators import MaxValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from consent.models import Contact
from families.models import Family, FamilyRows, Member
from nyemonstre.versioned import Versioned
from plans.enums import Verdict

from .plan import Goal, by_somebody

# Round 1–10: one each half year for five years (families/stages.py).
ROUNDS = 10


class Review(Versioned):
    """One round. It can be written on until it is signed off; after that the database refuses any change."""

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    family = models.ForeignKey(Family, on_delete=models.PROTECT, related_name="reviews")
    number = models.PositiveSmallIntegerField(_("runde"))
    held_on = models.DateField(_("holdt"))
    # Those who are not picked as rows (ReviewPresence), in words.
    present = models.CharField(_("hvem var med"), max_length=300, blank=True)
    with_interpreter = models.BooleanField(_("tolk var med"), default=False)
    ahead = models.TextField(_("de neste seks månedene"), max_length=2000, blank=True)
    with_whom = models.CharField(_("hvem som er med videre"), max_length=300, blank=True)
    note = models.TextField(_("til slutt"), max_length=2000, blank=True)
    begun_by = by_somebody()
    signed_off_at = models.DateTimeField(null=True)
    signed_off_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")

    objects = FamilyRows.as_manager()

    class Meta:
        verbose_name = _("6-månedersevaluering")
        verbose_name_plural = _("6-månedersevalueringer")
        ordering = ["number"]
        constraints = [
            models.UniqueConstraint(fields=["family", "number"], name="review_number"),
            models.CheckConstraint(condition=Q(number__gte=1, number__lte=ROUNDS), name="review_round_known"),
            models.CheckConstraint(
                condition=Q(signed_off_at=None, signed_off_by=None)
                | Q(signed_off_at__isnull=False, signed_off_by__isnull=False),
                name="review_signed_by_somebody",
            ),
        ]

    def __str__(self):
        return str(self.number)

    @property
    def is_signed(self):
        return self.signed_off_at is not None


class ReviewPresence(models.Model):
    """One who was there: of the family, who follows it, or from a service with a live line that day."""

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    family = models.ForeignKey(Family, on_delete=models.PROTECT, related_name="+")
    review = models.ForeignKey(Review, on_delete=models.PROTECT, related_name="presences")
    member = models.ForeignKey(Member, on_delete=models.PROTECT, null=True, related_name="+")
    contact = models.ForeignKey(Contact, on_delete=models.PROTECT, null=True, related_name="+")
    coordinator = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")

    objects = FamilyRows.as_manager()

    class Meta:
        verbose_name = _("deltaker i en evaluering")
        verbose_name_plural = _("deltakere i en evaluering")
        indexes = [models.Index(fields=["family"], name="review_presence_family")]
        constraints = [
            models.UniqueConstraint(fields=["review", "member"], name="review_presence_member_once"),
            models.UniqueConstraint(fields=["review", "contact"], name="review_presence_contact_once"),
            models.UniqueConstraint(fields=["review", "coordinator"], name="review_presence_coordinator_once"),
            models.CheckConstraint(
                condition=Q(member__isnull=False, contact=None, coordinator=None)
                | Q(member=None, contact__isnull=False, coordinator=None)
                | Q(member=None, contact=None, coordinator__isnull=False),
                name="review_presence_of_one",
            ),
        ]

    def __str__(self):
        return str(self.pk)


def zero_to_ten(label):
    return models.PositiveSmallIntegerField(label, null=True, blank=True, validators=[MaxValueValidator(10)])


class ReviewGoal(models.Model):
    """One goal in one review. `old_words` is the goal's text as it was read aloud; it never changes with the goal."""

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    family = models.ForeignKey(Family, on_delete=models.PROTECT, related_name="+")
    review = models.ForeignKey(Review, on_delete=models.PROTECT, related_name="goals")
    goal = models.ForeignKey(Goal, on_delete=models.PROTECT, related_name="reviewed")
    old_words = models.CharField(max_length=300)
    old_version = models.PositiveIntegerField()
    verdict = models.CharField(_("hva nå"), max_length=10, choices=Verdict.choices, blank=True)
    new_words = models.CharField(_("målet slik det skal stå"), max_length=300, blank=True)
    # None where it stays as it is; "" where it is taken away.
    new_why = models.CharField(_("hvorfor det er viktig"), max_length=300, null=True)
    new_first_sign = models.CharField(_("et første tegn"), max_length=300, null=True)
    new_whose = ArrayField(models.UUIDField(), null=True, verbose_name=_("hvem det er for"))
    rating = zero_to_ten(_("familiens egen vurdering"))
    rating_by_coordinator = zero_to_ten(_("koordinatorens vurdering"))
    helped = models.TextField(_("hva hjalp"), max_length=1000, blank=True)
    hindered = models.TextField(_("hva sto i veien"), max_length=1000, blank=True)

    objects = FamilyRows.as_manager()

    class Meta:
        verbose_name = _("mål i en evaluering")
        verbose_name_plural = _("mål i en evaluering")
        ordering = ["goal__outcome", "goal__created_at"]
        constraints = [
            models.UniqueConstraint(fields=["review", "goal"], name="review_goal_once"),
            models.CheckConstraint(condition=Q(rating=None) | Q(rating__lte=10), name="review_rating_0_to_10"),
            models.CheckConstraint(
                condition=Q(rating_by_coordinator=None) | Q(rating_by_coordinator__lte=10),
                name="review_coordinator_rating_0_to_10",
            ),
            models.CheckConstraint(
                condition=Q(verdict=Verdict.CHANGE) | Q(new_words=""), name="review_new_words_only_for_a_change"
            ),
            models.CheckConstraint(
                condition=Q(verdict=Verdict.CHANGE) | Q(new_why=None, new_first_sign=None, new_whose=None),
                name="review_new_facts_only_for_a_change",
            ),
        ]

    def __str__(self):
        return self.old_words

    @property
    def changes_something(self):
        return bool(self.new_words) or any(
            value is not None for value in (self.new_why, self.new_first_sign, self.new_whose)
        )
