"""A henvendelse as it was sent, and what the intake team made of it.

What was sent is never changed: the database lets the web role update only the columns of the decision.
"""

from uuid import uuid4

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Count, F, OuterRef, Q, Subquery
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from consent.enums import Sector as ServiceSector
from families.models import Family
from nyemonstre.access.kept import kept
from nyemonstre.access.roles import Permission
from nyemonstre.accounts.enums import Sector
from nyemonstre.accounts.models import Membership, Municipality
from nyemonstre.versioned import Versioned
from referrals.enums import (
    AddressAnswer,
    Criterion,
    CriterionValue,
    Outcome,
    PersonRole,
    ReferrerKind,
    Sender,
    Situation,
)
from referrals.stages import DECIDABLE, ReferralState

from .same_family import FamilyOfReferral, closed_to

SITUATION_LENGTH = 3000
# The oldest first: by day, then by the clock. The number is drawn by lot, and says nothing of when.
ARRIVED = ("received_on", "sent_at", "reference")


def _about(families):
    """Henvendelser that became one of `families`, or that the team has joined to one, or to one that became it."""
    return Q(pk__in=FamilyOfReferral.objects.filter(family__in=families).values("referral_id"))


class ReferralQuerySet(models.QuerySet):
    @kept
    def permitted(self, user, permission):
        """WHO CAN SEE THIS HENVENDELSE. By a role with `permission` in the municipality, until it has become a family
        with a strict address protection, or one the person is shut out of, or has been joined to such a family; and by
        the family: whoever may see the family may see how it came here.

        The wall says the same in SQL (sec.hidden_referrals, sec.referrals_of, sec.families_of_referrals).
        """
        here = Membership.objects.granting(permission, user=user).values("municipality_id")
        by_role = Q(municipality__in=here) & ~_about(closed_to(user))
        on_family = Permission.VIEW_FAMILY if permission == Permission.VIEW_REFERRAL else permission
        return self.filter(by_role | _about(Family.objects.permitted(user, on_family)))

    def as_they_came(self):
        """The oldest first."""
        return self.order_by(*ARRIVED)

    def waiting(self):
        """The waiting list, in its order."""
        return self.filter(state=ReferralState.WAITING).order_by("municipality__name", "waiting_position")

    def of_family(self, family):
        """The henvendelse a family came from; none for a family that was registered without one."""
        return self.filter(decisions__family=family)

    def about_family(self, family):
        """That one, and those the team has joined to it."""
        return self.filter(_about([family]))

    def with_counts(self):
        """`.adults` and `.children`, in the same query."""
        adult = Count("people", filter=Q(people__role=PersonRole.ADULT))
        return self.annotate(adults=adult, children=Count("people", filter=Q(people__role=PersonRole.CHILD)))

    def with_contact(self):
        """`.last_contact`: the day somebody was last in contact while the family waited, or None."""
        contacts = self.model._meta.get_field("contacts").related_model.objects.filter(referral=OuterRef("pk"))
        return self.annotate(last_contact=Subquery(contacts.order_by("-on").values("on")[:1]))

    def with_latest_decision(self):
        """`.decided_on`: the day of the latest decision."""
        latest = IntakeDecision.objects.filter(referral=OuterRef("pk")).order_by("-decided_at")
        return self.annotate(decided_on=Subquery(latest.values("decided_on")[:1]))


def _situation(label):
    return models.TextField(label, max_length=SITUATION_LENGTH, blank=True)


class Referral(Versioned):
    """One henvendelse. Addresses are not asked for: homes are only named, so a protected address is never here."""

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    municipality = models.ForeignKey(
        Municipality, on_delete=models.PROTECT, related_name="referrals", verbose_name=_("kommune")
    )
    reference = models.CharField(_("nummer"), max_length=16)
    received_on = models.DateField(_("mottatt"), default=timezone.localdate)
    # The transaction it was sent in, by the database's clock: the wall lets its people and answers in, and no others.
    sent_at = models.DateTimeField(editable=False)
    submitted_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")

    referrer_kind = models.CharField(_("hvem henvender seg"), max_length=8, choices=ReferrerKind.choices)
    referrer_name = models.CharField(_("navn"), max_length=120)
    referrer_role = models.CharField(_("stilling"), max_length=80, blank=True)
    referrer_service = models.CharField(_("tjeneste"), max_length=120, blank=True)
    referrer_sector = models.CharField(_("slags tjeneste"), max_length=20, choices=ServiceSector.choices, blank=True)
    referrer_email = models.EmailField(_("e-post"), blank=True)
    referrer_phone = models.CharField(_("telefon"), max_length=20, blank=True)
    family_agrees = models.BooleanField(_("familien vet om henvendelsen og er enig"))
    family_name = models.CharField(_("familienavn"), max_length=120)
    own_words = models.TextField(_("hva ønsker dere hjelp med"), max_length=SITUATION_LENGTH, blank=True)
    protection = models.CharField(_("adressesperre"), max_length=24, choices=AddressAnswer.choices)

    situation_work = _situation(Situation.WORK.label)
    situation_school = _situation(Situation.SCHOOL.label)
    situation_kindergarten = _situation(Situation.KINDERGARTEN.label)
    situation_health = _situation(Situation.HEALTH.label)
    situation_housing = _situation(Situation.HOUSING.label)
    situation_economy = _situation(Situation.ECONOMY.label)

    # The columns of the decision: the only ones the web role may update.
    state = models.CharField(
        _("tilstand"), max_length=20, choices=ReferralState.choices, default=ReferralState.RECEIVED
    )
    waiting_position = models.PositiveIntegerField(_("plass på ventelisten"), null=True, blank=True)
    waiting_since = models.DateField(_("på venteliste fra"), null=True, blank=True)

    objects = ReferralQuerySet.as_manager()

    class Meta:
        verbose_name = _("henvendelse")
        verbose_name_plural = _("henvendelser")
        ordering = list(ARRIVED)
        indexes = [
            models.Index(fields=["municipality", "state", "received_on"], name="referral_queue"),
            models.Index(fields=["sent_at"], name="referral_sent"),
        ]
        constraints = [
            models.UniqueConstraint(fields=["municipality", "reference"], name="referral_reference_unique"),
            models.CheckConstraint(condition=Q(family_agrees=True), name="referral_family_agrees"),
            models.CheckConstraint(
                condition=~Q(referrer_email="") | ~Q(referrer_phone=""), name="referral_referrer_can_be_reached"
            ),
            models.CheckConstraint(
                condition=Q(referrer_kind=ReferrerKind.FAMILY, referrer_service="", referrer_sector="")
                | (Q(referrer_kind=ReferrerKind.SERVICE) & ~Q(referrer_service="") & ~Q(referrer_sector="")),
                name="referral_service_is_named",
            ),
            models.CheckConstraint(
                condition=Q(state=ReferralState.WAITING, waiting_position__gte=1, waiting_since__isnull=False)
                | (~Q(state=ReferralState.WAITING) & Q(waiting_position=None, waiting_since=None)),
                name="referral_waiting_has_position",
            ),
            # Deferred, so that a whole list can move one place inside a transaction. Empty positions never collide.
            models.UniqueConstraint(
                fields=["municipality", "waiting_position"],
                deferrable=models.Deferrable.DEFERRED,
                name="referral_waiting_position_unique",
            ),
        ]

    def __str__(self):
        return f"{self.reference} {self.family_name}"

    def age(self, today=None):
        """Days since it was received."""
        return ((today or timezone.localdate()) - self.received_on).days

    def waited(self, today=None):
        """Days on the waiting list."""
        return ((today or timezone.localdate()) - self.waiting_since).days

    @property
    def decidable(self):
        return self.state in DECIDABLE

    @property
    def situation(self):
        """(heading, text) for each part of life."""
        return [(part.label, getattr(self, part.value)) for part in Situation]

    @property
    def referrer(self):
        """Who referred, in a few words: the service, or that it is the family itself."""
        return self.referrer_service or ReferrerKind.FAMILY.label

    @cached_property
    def sender(self):
        """(Sender, when it was confirmed, when the link was sent) of a service; None of a family: it is not asked."""
        if self.referrer_kind != ReferrerKind.SERVICE:
            return None
        if self.submitted_by_id:
            return Sender.LOGGED_IN, None, None
        asked = getattr(self, "sender_check", None)
        if asked is None:
            return Sender.UNLISTED, None, None
        if asked.confirmed_at:
            return Sender.CONFIRMED, asked.confirmed_at, asked.mailed_at
        if asked.expires_at <= timezone.now():
            return Sender.RAN_OUT, None, asked.mailed_at
        return Sender.ASKED if asked.mailed_at else Sender.UNSENT, None, asked.mailed_at

    @cached_property
    def criteria(self):
        """The answer that counts for each criterion: the latest one. {criterion: CriterionAnswer}"""
        return {answer.criterion: answer for answer in self.answers.order_by("answered_at", "id")}


class ReferralRows(models.QuerySet):
    """Rows that follow their henvendelse."""

    @kept
    def permitted(self, user, permission):
        return self.filter(referral__in=Referral.objects.permitted(user, permission))


class ReferredPerson(models.Model):
    """A person in the family as the referrer wrote them. A child may live in two homes (R-A1, R-E5)."""

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    referral = models.ForeignKey(Referral, on_delete=models.PROTECT, related_name="people")
    first_name = models.CharField(_("fornavn"), max_length=80)
    last_name = models.CharField(_("etternavn"), max_length=80)
    birth_date = models.DateField(_("fødselsdato"))
    role = models.CharField(_("voksen eller barn"), max_length=8, choices=PersonRole.choices)
    relation = models.CharField(_("i familien"), max_length=40, blank=True)
    language = models.CharField(_("språk"), max_length=40, blank=True)
    needs_interpreter = models.BooleanField(_("trenger tolk"), default=False)
    home = models.CharField(_("bor hos"), max_length=80)
    share = models.PositiveSmallIntegerField(_("del av tiden, prosent"), default=100)
    other_home = models.CharField(_("bor også hos"), max_length=80, blank=True)
    other_share = models.PositiveSmallIntegerField(_("del av tiden der, prosent"), null=True, blank=True)

    objects = ReferralRows.as_manager()

    class Meta:
        verbose_name = _("person i henvendelsen")
        verbose_name_plural = _("personer i henvendelsen")
        ordering = ["birth_date", "first_name", "id"]
        indexes = [models.Index(fields=["referral", "birth_date"], name="referred_person")]
        constraints = [
            models.CheckConstraint(condition=Q(share__gte=1, share__lte=100), name="referred_share_percent"),
            models.CheckConstraint(
                condition=Q(other_home="", other_share=None)
                | (
                    ~Q(other_home="")
                    & Q(other_share__isnull=False, other_share__gte=1, other_share__lte=100 - F("share"))
                ),
                name="referred_other_home_has_share",
            ),
            models.CheckConstraint(
                condition=Q(needs_interpreter=False) | ~Q(language=""), name="referred_interpreter_has_language"
            ),
        ]

    def __str__(self):
        return self.full_name

    @property
    def full_name(self):
        return f"{self.first_name} {self.last_name}"

    @property
    def homes(self):
        """(home, share) for each home."""
        return [(self.home, self.share)] + ([(self.other_home, self.other_share)] if self.other_home else [])

    def age(self, on=None):
        """Whole years on a day (default today)."""
        on = on or timezone.localdate()
        return on.year - self.birth_date.year - ((on.month, on.day) < (self.birth_date.month, self.birth_date.day))


class CriterionAnswer(models.Model):
    """One answer about the target group: what, why, and who said it. Never overwritten; the latest one counts."""

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    referral = models.ForeignKey(Referral, on_delete=models.PROTECT, related_name="answers")
    criterion = models.CharField(_("kriterium"), max_length=20, choices=Criterion.choices)
    value = models.CharField(_("svar"), max_length=8, choices=CriterionValue.choices)
    note = models.CharField(_("merknad"), max_length=500, blank=True)
    # Nobody: the referrer, in the form.
    answered_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    answered_at = models.DateTimeField(default=timezone.now)

    objects = ReferralRows.as_manager()

    class Meta:
        verbose_name = _("svar om målgruppen")
        verbose_name_plural = _("svar om målgruppen")
        ordering = ["answered_at", "id"]
        indexes = [models.Index(fields=["referral"], name="criterion_referral")]

    def __str__(self):
        return f"{self.get_criterion_display()}: {self.get_value_display()}"


class Addition(models.Model):
    """Opplysninger that came after the form was sent. Added, never changed."""

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    referral = models.ForeignKey(Referral, on_delete=models.PROTECT, related_name="additions")
    text = models.TextField(_("opplysninger"), max_length=SITUATION_LENGTH)
    came_from = models.CharField(_("fra hvem"), max_length=160)
    written_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    written_at = models.DateTimeField(default=timezone.now)

    objects = ReferralRows.as_manager()

    class Meta:
        verbose_name = _("tillegg")
        verbose_name_plural = _("tillegg")
        ordering = ["-written_at", "id"]
        indexes = [models.Index(fields=["referral"], name="addition_referral")]

    def __str__(self):
        return str(self.came_from)


class IntakeDecision(models.Model):
    """What the intake team decided, when, who was there and why. Append-only.

    `family` is set for a granted place: this row, not the henvendelse, ties the two together, because whoever grants
    a place to a family with a strict protection can no longer see either.
    """

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    referral = models.ForeignKey(Referral, on_delete=models.PROTECT, related_name="decisions")
    outcome = models.CharField(_("beslutning"), max_length=20, choices=Outcome.choices)
    decided_on = models.DateField(_("dato"), default=timezone.localdate)
    sectors = ArrayField(models.CharField(max_length=20, choices=Sector.choices), verbose_name=_("hvem bestemte"))
    present = models.CharField(_("til stede"), max_length=300)
    reason = models.TextField(_("begrunnelse"), max_length=SITUATION_LENGTH)
    unanimous = models.BooleanField(_("enstemmig"))
    coordinator = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+", verbose_name=_("koordinator")
    )
    family = models.OneToOneField(Family, on_delete=models.PROTECT, null=True, related_name="intake_decision")
    # The case on the agenda of a meeting. Here and not there: after a place to a strictly protected family the agenda
    # can no longer be read, let alone written, by whoever granted it.
    agenda_item = models.OneToOneField(
        "referrals.AgendaItem", on_delete=models.PROTECT, null=True, related_name="decision"
    )
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    decided_at = models.DateTimeField(default=timezone.now)

    objects = ReferralRows.as_manager()

    class Meta:
        verbose_name = _("beslutning i inntaksteamet")
        verbose_name_plural = _("beslutninger i inntaksteamet")
        ordering = ["-decided_at", "id"]
        indexes = [models.Index(fields=["referral"], name="decision_referral")]
        constraints = [
            models.CheckConstraint(condition=Q(sectors__len__gte=2), name="decision_two_sectors"),
            models.CheckConstraint(condition=~Q(reason="") & ~Q(present=""), name="decision_has_reason_and_people"),
            models.CheckConstraint(
                condition=Q(outcome=Outcome.GRANTED, family__isnull=False)
                | (~Q(outcome=Outcome.GRANTED) & Q(family=None, coordinator=None)),
                name="decision_only_a_place_makes_a_family",
            ),
            models.UniqueConstraint(
                fields=["referral"], condition=Q(outcome=Outcome.GRANTED), name="decision_one_place"
            ),
        ]

    def __str__(self):
        return f"{self.get_outcome_display()} {self.decided_on}"

    @property
    def sector_labels(self):
        """The names of the sectors; a municipality's own sector is its own name."""
        return [str(Sector(sector).label) if sector in Sector.values else sector for sector in self.sectors]


class WaitingMove(models.Model):
    """Somebody moved a family on the waiting list, and why. Append-only."""

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    referral = models.ForeignKey(Referral, on_delete=models.PROTECT, related_name="moves")
    from_position = models.PositiveIntegerField(_("fra plass"))
    to_position = models.PositiveIntegerField(_("til plass"))
    reason = models.CharField(_("grunn"), max_length=300)
    moved_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    moved_at = models.DateTimeField(default=timezone.now)

    objects = ReferralRows.as_manager()

    class Meta:
        verbose_name = _("flytting på ventelisten")
        verbose_name_plural = _("flyttinger på ventelisten")
        ordering = ["-moved_at", "id"]
        indexes = [models.Index(fields=["referral"], name="move_referral")]
        constraints = [
            models.CheckConstraint(condition=~Q(reason=""), name="move_has_reason"),
            models.CheckConstraint(condition=~Q(from_position=F("to_position")), name="move_moves"),
        ]

    def __str__(self):
        return f"{self.from_position} → {self.to_position}"
