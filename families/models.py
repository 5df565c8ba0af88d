"""The noun everything hangs on: a family, its people and homes, its path, and who follows it."""

from uuid import uuid4

from django.conf import settings
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateTimeRangeField, RangeBoundary, RangeOperators
from django.db import models
from django.db.models import F, Func, Prefetch, Q
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from nyemonstre.access.kept import kept
from nyemonstre.access.roles import Permission, roles_granted
from nyemonstre.accounts.models import Membership, Municipality, User
from nyemonstre.versioned import Versioned

from . import calendar
from .enums import STRICT, AssignmentKind, FamilyState, MemberRole, Protection
from .grants import FamilyGroupGrant, FamilyUserGrant, ShutOut
from .identity import IdentityNumber  # noqa: F401  Django finds models here
from .leaves import Leave
from .reminders import Reminder  # noqa: F401  and here
from .snoozes import Snooze  # noqa: F401  and here
from .stages import Step


class FamilyQuerySet(models.QuerySet):
    @kept
    def permitted(self, user, permission):
        """WHO CAN SEE THIS FAMILY: the one row rule.

        By a live role that has the permission in the whole municipality (not for the two strict protections), or by
        a live grant to the person or to one of their groups while they hold a role in the family's municipality that
        can use such a grant (`GRANTED`). Never when they are shut out of the family.
        The database wall says the same in SQL (families/migrations, sec.families); a test compares the two.
        """
        in_all = Membership.objects.granting(permission, user=user).values("municipality_id")
        roles = Membership.objects.live().filter(user_id=user.pk, role__in=roles_granted(permission))
        groups = User.groups.through.objects.filter(user_id=user.pk).values("group_id")
        granted = {"permission__codename": str(permission)}
        by_user = FamilyUserGrant.objects.live().filter(user_id=user.pk, **granted).values("content_object_id")
        by_group = FamilyGroupGrant.objects.live().filter(group__in=groups, **granted).values("content_object_id")
        shut_out = ShutOut.objects.in_force().filter(user_id=user.pk).values("family_id")
        # On the row's own columns, and not by joins to other families: PostgreSQL plans this anew for each question.
        by_role = Q(municipality__in=in_all) & ~Q(protection__in=STRICT)
        by_grant = Q(municipality__in=roles.values("municipality_id")) & (Q(pk__in=by_user) | Q(pk__in=by_group))
        return self.filter(by_role | by_grant).exclude(pk__in=shut_out)

    def visible_to(self, user):
        """Families this person may know of: name, code, steps, dates."""
        return self.permitted(user, Permission.LIST_FAMILY)

    def active(self):
        return self.exclude(state=FamilyState.CLOSED)

    def with_path(self):
        """Live milestones in `.path`, for step lines and due chips; one query however many families."""
        return self.prefetch_related(
            Prefetch("milestones", Milestone.objects.live().order_by("number"), to_attr="path")
        )

    def with_people(self):
        return self.prefetch_related("members")

    def with_coordinators(self):
        """Live assignments in `.following`, the responsible coordinator first."""
        live = Assignment.objects.live().select_related("user").order_by("kind", "valid_from")
        return self.prefetch_related(Prefetch("assignments", live, to_attr="following"))


def protection_field():
    return models.CharField(_("adressesperre"), max_length=24, choices=Protection.choices, default=Protection.NONE)


class Family(Versioned):
    """One case. `baseline_on` is the anchor of the five-year calendar (R-P3, ambiguity e: default the baseline)."""

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    municipality = models.ForeignKey(
        Municipality, on_delete=models.PROTECT, related_name="families", verbose_name=_("kommune")
    )
    code = models.CharField(_("kode"), max_length=12)
    name = models.CharField(_("familienavn"), max_length=120)
    # The strictest of the whole family's, each member's and each home's: the one that decides who may know of it.
    protection = protection_field()
    whole_protection = protection_field()
    protected_at = models.DateTimeField(null=True, editable=False)
    state = models.CharField(_("tilstand"), max_length=10, choices=FamilyState.choices, default=FamilyState.ACTIVE)
    life_phase = models.CharField(_("livsfase ved oppstart"), max_length=200, blank=True)  # R-W5
    baseline_on = models.DateField(_("oppstartskartlegging"), null=True, blank=True)
    registered_at = models.DateTimeField(_("registrert"), default=timezone.now)
    paused_on = models.DateField(_("pause fra"), null=True, blank=True)
    paused_until = models.DateField(_("pause til"), null=True, blank=True)
    pause_reason = models.CharField(_("grunn til pausen"), max_length=300, blank=True)
    closed_on = models.DateField(_("avsluttet"), null=True, blank=True)
    closed_reason = models.CharField(_("grunn til avslutning"), max_length=300, blank=True)

    objects = FamilyQuerySet.as_manager()

    class Meta:
        verbose_name = _("familie")
        verbose_name_plural = _("familier")
        ordering = ["code"]
        default_permissions = ()
        permissions = [(p.value, p.label) for p in Permission]
        indexes = [models.Index(fields=["municipality", "state"], name="family_municipality_state")]
        constraints = [
            models.UniqueConstraint(fields=["municipality", "code"], name="family_code_unique"),
            models.CheckConstraint(
                condition=(Q(state=FamilyState.PAUSED) & Q(paused_on__isnull=False) & ~Q(pause_reason=""))
                | (~Q(state=FamilyState.PAUSED) & Q(paused_on=None) & Q(paused_until=None) & Q(pause_reason="")),
                name="family_pause_has_day_and_reason",
            ),
            models.CheckConstraint(
                condition=(Q(state=FamilyState.CLOSED) & Q(closed_on__isnull=False) & ~Q(closed_reason=""))
                | (~Q(state=FamilyState.CLOSED) & Q(closed_on=None) & Q(closed_reason="")),
                name="family_close_has_day_and_reason",
            ),
            models.CheckConstraint(
                condition=Q(paused_until=None) | Q(paused_until__gte=F("paused_on")), name="family_pause_dates_in_order"
            ),
        ]

    def __str__(self):
        return self.name

    @property
    def is_protected(self):
        return self.protection in STRICT

    @property
    def paused(self):
        return self.state == FamilyState.PAUSED

    @cached_property
    def live_milestones(self):
        """From `with_path()` where the caller used it, else one query."""
        return self.path if hasattr(self, "path") else list(self.milestones.live().order_by("number"))

    def stitches(self, today=None):
        """The ten stitches of the step line."""
        return calendar.step_line(self.live_milestones, today or timezone.localdate(), paused=self.paused)

    def next_due(self):
        return calendar.next_milestone(self.live_milestones)

    def year(self, today=None):
        return calendar.year_of(self.baseline_on, today or timezone.localdate())

    @property
    def responsible(self):
        """The one responsible coordinator's assignment, or None. Use `with_coordinators()` in lists."""
        following = self.following if hasattr(self, "following") else self.assignments.live().select_related("user")
        return next((a for a in following if a.kind == AssignmentKind.RESPONSIBLE), None)


def permissions_on(family, user):
    """The permissions a person has on one family, as a set of codenames: which tabs and buttons to draw. Two queries.

    The same rule as `FamilyQuerySet.permitted`; a test holds them together for every role and permission.
    """
    live = [m for m in user.live_memberships if m.municipality_id == family.municipality_id]
    if not live or ShutOut.objects.in_force().filter(user_id=user.pk, family=family).exists():
        return set()
    by_user = FamilyUserGrant.objects.live().filter(user_id=user.pk, content_object=family)
    by_group = FamilyGroupGrant.objects.live().filter(group__user=user.pk, content_object=family)
    codename = "permission__codename"
    granted = set(by_user.values_list(codename, flat=True).union(by_group.values_list(codename, flat=True)))
    allowed = set() if family.is_protected else set().union(*(m.everywhere for m in live))
    return allowed | (granted & set().union(*(m.granted for m in live)))


class FamilyRows(models.QuerySet):
    """Base for the rows of every app that hangs on a family: seen by whoever has the permission on the family."""

    @kept
    def permitted(self, user, permission):
        return self.filter(family__in=Family.objects.permitted(user, permission))


class Household(Versioned):
    """A home. A child may live in two (R-A1)."""

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    family = models.ForeignKey(Family, on_delete=models.PROTECT, related_name="households")
    name = models.CharField(_("kalles"), max_length=80)
    address = models.CharField(_("adresse"), max_length=200, blank=True)
    postcode = models.CharField(_("postnummer"), max_length=4, blank=True)
    town = models.CharField(_("poststed"), max_length=80, blank=True)
    protection = protection_field()

    objects = FamilyRows.as_manager()

    class Meta:
        verbose_name = _("hjem")
        verbose_name_plural = _("hjem")
        ordering = ["name"]
        constraints = [
            models.CheckConstraint(condition=Q(postcode__regex=r"^(\d{4})?$"), name="household_postcode_four_digits")
        ]

    def __str__(self):
        return self.name


class Member(Versioned):
    """A person in the family. Birth date and role are stored, never derived from an identity number."""

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    family = models.ForeignKey(Family, on_delete=models.PROTECT, related_name="members")
    first_name = models.CharField(_("fornavn"), max_length=80)
    last_name = models.CharField(_("etternavn"), max_length=80)
    birth_date = models.DateField(_("fødselsdato"))
    role = models.CharField(_("voksen eller barn"), max_length=15, choices=MemberRole.choices)
    relation = models.CharField(_("i familien"), max_length=40, blank=True, help_text=_("For eksempel mor, far, sønn."))
    language = models.CharField(_("språk"), max_length=40, blank=True)
    needs_interpreter = models.BooleanField(_("trenger tolk"), default=False)
    moved_out_on = models.DateField(_("flyttet ut"), null=True, blank=True)
    protection = protection_field()
    households = models.ManyToManyField(Household, through="Residence", related_name="residents")

    objects = FamilyRows.as_manager()

    class Meta:
        verbose_name = _("medlem")
        verbose_name_plural = _("medlemmer")
        ordering = ["birth_date", "first_name"]
        indexes = [models.Index(fields=["family", "birth_date"], name="member_family")]
        constraints = [
            models.CheckConstraint(
                condition=Q(needs_interpreter=False) | ~Q(language=""), name="member_interpreter_has_language"
            ),
        ]

    def __str__(self):
        return self.full_name

    @property
    def full_name(self):
        return f"{self.first_name} {self.last_name}"

    @property
    def is_adult(self):
        return self.role == MemberRole.ADULT

    def age(self, on=None):
        """Whole years on a day (default today)."""
        on = on or timezone.localdate()
        return on.year - self.birth_date.year - ((on.month, on.day) < (self.birth_date.month, self.birth_date.day))

    @property
    def turns_18_on(self):
        return calendar.birthday(self.birth_date, 18)


class Residence(models.Model):
    """How much of the time a person lives in a home now, 1–100 percent. 50 itself counts as half (R-E5).

    A child in more than one home has 100 percent in all; the database says so when the transaction ends.
    """

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    family = models.ForeignKey(Family, on_delete=models.PROTECT, related_name="residences")
    member = models.ForeignKey(Member, on_delete=models.CASCADE, related_name="residences")
    household = models.ForeignKey(Household, on_delete=models.CASCADE, related_name="residences")
    share = models.PositiveSmallIntegerField(_("del av tiden, prosent"), default=100)
    since = models.DateField(_("fra"), null=True, blank=True)

    objects = FamilyRows.as_manager()

    class Meta:
        verbose_name = _("bosted")
        verbose_name_plural = _("bosteder")
        ordering = ["-share"]
        constraints = [
            models.UniqueConstraint(fields=["member", "household"], name="residence_once"),
            models.CheckConstraint(condition=Q(share__gte=1, share__lte=100), name="residence_share_percent"),
        ]

    def __str__(self):
        return f"{self.share} %"


class MilestoneQuerySet(FamilyRows):
    def live(self):
        return self.filter(undone_at=None)

    def waiting(self):
        return self.live().filter(reached_on=None)

    def reached(self):
        return self.live().exclude(reached_on=None)

    def open_on(self, day):
        """Waiting, and the window is open on `day`."""
        return self.waiting().filter(due_from__lte=day, due_until__gte=day)

    def passed_on(self, day):
        """Waiting, and the window had closed before `day`."""
        return self.waiting().filter(due_until__lt=day)


class Milestone(models.Model):
    """One step of one family: when it may be done, when it was, by whom. Undone rows stay as history."""

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    family = models.ForeignKey(Family, on_delete=models.PROTECT, related_name="milestones")
    step = models.CharField(_("steg"), max_length=20, choices=Step.choices)
    number = models.PositiveSmallIntegerField(_("runde"), default=1)
    due_from = models.DateField(_("kan gjøres fra"), null=True, blank=True)
    due_on = models.DateField(_("dagen"), null=True, blank=True)
    due_until = models.DateField(_("til og med"), null=True, blank=True)
    reached_on = models.DateField(_("nådd"), null=True, blank=True)
    reached_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    recorded_at = models.DateTimeField(null=True)
    undone_at = models.DateTimeField(null=True)
    undone_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    undone_reason = models.CharField(max_length=300, blank=True)

    objects = MilestoneQuerySet.as_manager()

    class Meta:
        verbose_name = _("milepæl")
        verbose_name_plural = _("milepæler")
        ordering = ["due_until", "number"]
        indexes = [
            models.Index(fields=["due_until"], condition=Q(reached_on=None, undone_at=None), name="milestone_waiting"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["family", "step", "number"], condition=Q(undone_at=None), name="milestone_once"
            ),
            models.CheckConstraint(
                condition=Q(reached_on=None, reached_by=None, recorded_at=None)
                | Q(reached_on__isnull=False, reached_by__isnull=False, recorded_at__isnull=False),
                name="milestone_reached_by_somebody",
            ),
            models.CheckConstraint(
                condition=Q(undone_at=None, undone_by=None, undone_reason="")
                | (Q(undone_at__isnull=False, undone_by__isnull=False) & ~Q(undone_reason="")),
                name="milestone_undone_by_somebody_for_a_reason",
            ),
            models.CheckConstraint(
                condition=Q(due_from=None, due_on=None, due_until=None)
                | Q(due_from__lte=F("due_on"), due_on__lte=F("due_until")),
                name="milestone_window_in_order",
            ),
            models.CheckConstraint(condition=Q(number__gte=1), name="milestone_number_from_one"),
        ]

    def __str__(self):
        return f"{self.get_step_display()} {self.number}"

    def window(self, today=None):
        """now | soon | ahead | after | pause | done."""
        if self.reached_on:
            return "done"
        return calendar.window_state(self.due_from, self.due_until, today or timezone.localdate())

    def due_text(self, today=None):
        return calendar.due_text(self.due_from, self.due_until, today or timezone.localdate())


class AssignmentQuerySet(FamilyRows):
    def live(self, at=None):
        """In force at the moment `at` (default now): from is included, until is not."""
        at = at or timezone.now()
        return self.filter(Q(valid_until=None) | Q(valid_until__gt=at), valid_from__lte=at)

    def responsible(self):
        return self.filter(kind=AssignmentKind.RESPONSIBLE)


class Assignment(models.Model):
    """Who follows the family, as what, from when to when, and why. Exactly one is responsible at a time (R-W2)."""

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    family = models.ForeignKey(Family, on_delete=models.PROTECT, related_name="assignments")
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="assignments", verbose_name=_("koordinator")
    )
    kind = models.CharField(_("som"), max_length=12, choices=AssignmentKind.choices, default=AssignmentKind.RESPONSIBLE)
    valid_from = models.DateTimeField(_("fra"), default=timezone.now)
    valid_until = models.DateTimeField(_("til"), null=True, blank=True)
    reason = models.CharField(_("grunn"), max_length=300, blank=True)
    override_reason = models.CharField(_("grunn til å gå over plassene"), max_length=300, blank=True)
    assigned_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    ended_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    ended_reason = models.CharField(_("hvorfor avsluttet"), max_length=300, blank=True)
    leave = models.ForeignKey(Leave, on_delete=models.PROTECT, null=True, related_name="assignments")

    objects = AssignmentQuerySet.as_manager()

    class Meta:
        verbose_name = _("oppdrag")
        verbose_name_plural = _("oppdrag")
        ordering = ["-valid_from"]
        indexes = [models.Index(fields=["user", "family"], name="assignment_user")]
        constraints = [
            ExclusionConstraint(
                name="assignment_one_responsible",
                expressions=[
                    (
                        Func(
                            "valid_from", "valid_until", RangeBoundary(),
                            function="tstzrange", output_field=DateTimeRangeField(),
                        ),
                        RangeOperators.OVERLAPS,
                    ),
                    ("family", RangeOperators.EQUAL),
                ],
                condition=Q(kind=AssignmentKind.RESPONSIBLE),
            ),
            models.CheckConstraint(
                condition=Q(valid_until=None) | Q(valid_until__gte=F("valid_from")), name="assignment_dates_in_order"
            ),
            models.CheckConstraint(
                condition=~Q(kind=AssignmentKind.SUBSTITUTE) | Q(valid_until__isnull=False),
                name="assignment_substitute_has_end",
            ),
        ]  # fmt: skip

    def __str__(self):
        return f"{self.user} · {self.get_kind_display()}"

    @property
    def last_day(self):
        """The last day it is in force: one that ends at midnight lasted the whole day before."""
        return timezone.localdate(self.valid_until - timezone.timedelta(microseconds=1)) if self.valid_until else None


from .exits import Exit  # noqa: E402, F401  they hang on the models above
from .history import FormerResidence, ProtectionChange  # noqa: E402, F401  and these
