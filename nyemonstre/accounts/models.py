"""People who log in, the municipalities they work in, and the roles that tie the two together."""

import os
from pathlib import Path
from uuid import uuid4

from django.conf import settings
from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.auth.models import PermissionsMixin
from django.contrib.postgres.fields import ArrayField
from django.contrib.sessions.base_session import AbstractBaseSession, BaseSessionManager
from django.core.validators import RegexValidator
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from nyemonstre.access.roles import EVERYWHERE, GRANTED, ON_CALL, Permission, Role, roles_with

from .enums import LoginMethod, Sector
from .sessions import SessionStore


class MunicipalityQuerySet(models.QuerySet):
    def permitted(self, user, permission):
        """Municipalities in which one of the user's roles has `permission`."""
        return self.filter(pk__in=Membership.objects.granting(permission, user=user).values("municipality_id"))


class Municipality(models.Model):
    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    number = models.CharField(
        _("kommunenummer"), max_length=4, unique=True,
        validators=[RegexValidator(r"^\d{4}$", _("Et kommunenummer har fire siffer."))],
    )  # fmt: skip
    name = models.CharField(_("navn"), max_length=80)
    code = models.CharField(
        _("kode"),
        max_length=4,
        unique=True,
        help_text=_("Tre eller fire bokstaver foran familiens kode, for eksempel KRS."),
    )
    language = models.CharField(
        _("målform"), max_length=2, choices=[("nb", _("bokmål")), ("nn", _("nynorsk"))], default="nb"
    )
    places_per_coordinator = models.PositiveSmallIntegerField(_("plasser per koordinator"), default=10)
    keeps_identity_numbers = models.BooleanField(
        _("fører fødselsnummer"), default=False,
        help_text=_("Fødselsnummer, D-nummer og DUF-nummer kan føres på medlemmer, forseglet."),
    )  # fmt: skip
    # R-A5 has three sectors and never fewer than two decide; a municipality may ask for more, and add its own sectors.
    intake_sectors_needed = models.PositiveSmallIntegerField(_("sektorer som må være med og bestemme"), default=2)
    intake_own_sectors = ArrayField(
        models.CharField(max_length=20), default=list, blank=True, verbose_name=_("egne sektorer i inntaksteamet")
    )
    intake_only_in_meetings = models.BooleanField(_("henvendelser avgjøres bare i inntaksmøter"), default=False)
    # Is a decision of the intake team an enkeltvedtak? Then letters name the law and the deadline (fvl. § 29: 3 weeks).
    intake_makes_vedtak = models.BooleanField(_("beslutninger i inntaksteamet er enkeltvedtak"), default=False)
    intake_appeal_weeks = models.PositiveSmallIntegerField(_("uker til å klage"), default=3)
    # What stands after the @ in the addresses of its services: whoever sends from one is asked to confirm it.
    service_domains = ArrayField(
        models.CharField(max_length=253), default=list, blank=True, verbose_name=_("tjenestenes e-postdomener")
    )
    # When an answer to FIT is something to talk about (assessments/fit.py); 0 for never.
    fit_fall = models.PositiveSmallIntegerField(_("FIT: så mye lavere enn sist"), default=2)
    fit_still = models.PositiveSmallIntegerField(_("FIT: så mange like svar etter hverandre"), default=4)

    # A window passed for longer than this is told the leads of, once. Empty: never.
    escalate_after_days = models.PositiveSmallIntegerField(
        _("dager før teamlederen får beskjed"), null=True, blank=True, default=30
    )
    on_call_may_break_glass = models.BooleanField(_("koordinatorer på vakt kan åpne en familie i nød"), default=False)

    objects = MunicipalityQuerySet.as_manager()

    class Meta:
        verbose_name = _("kommune")
        verbose_name_plural = _("kommuner")
        ordering = ["name"]
        constraints = [
            models.CheckConstraint(condition=Q(number__regex=r"^\d{4}$"), name="municipality_number_four_digits"),
            models.CheckConstraint(condition=Q(places_per_coordinator__gt=0), name="municipality_places_positive"),
            models.CheckConstraint(
                condition=Q(intake_sectors_needed__gte=2, intake_sectors_needed__lte=6),
                name="municipality_two_to_six_sectors",
            ),
            models.CheckConstraint(
                condition=Q(intake_appeal_weeks__gte=3, intake_appeal_weeks__lte=12),
                name="municipality_weeks_to_appeal",
            ),
        ]

    def __str__(self):
        return self.name


class UserQuerySet(models.QuerySet):
    def permitted(self, user, permission=Permission.MANAGE_USERS):
        """People who have, or have had, a role in a municipality where `user` has `permission`."""
        return self.filter(pk__in=Membership.objects.permitted(user, permission).values("user_id"))

    def working_today(self):
        return self.filter(is_active=True, pk__in=Membership.objects.live().values("user_id"))


class UserManager(BaseUserManager.from_queryset(UserQuerySet)):
    def create_user(self, email, name, password=None, **fields):
        user = self.model(email=self.normalize_email(email).lower(), name=name, **fields)
        user.set_password(password)
        user.save()
        return user

    def get_by_natural_key(self, email):
        return self.get(email=(email or "").lower())


class User(AbstractBaseUser, PermissionsMixin):
    """Somebody who logs in. Being a superuser opens no family: access never reads that flag."""

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    email = models.EmailField(_("e-post"), unique=True)
    name = models.CharField(_("navn"), max_length=120)
    phone = models.CharField(_("telefon"), max_length=20, blank=True)
    language = models.CharField(_("språk"), max_length=2, choices=settings.LANGUAGES, blank=True)
    is_active = models.BooleanField(_("kan logge inn"), default=True)
    # A way in for the day the login provider is away: password and second factor, whatever the municipality uses.
    is_emergency = models.BooleanField(_("nødkonto"), default=False)

    USERNAME_FIELD = "email"
    REQUIRED_FIELDS = ["name"]
    objects = UserManager()

    class Meta:
        verbose_name = _("bruker")
        verbose_name_plural = _("brukere")
        ordering = ["name"]
        constraints = [
            models.CheckConstraint(condition=Q(email=models.functions.Lower("email")), name="user_email_lower")
        ]

    def __str__(self):
        return self.name

    @cached_property
    def live_memberships(self):
        """Roles in force today, read once per request."""
        return list(self.memberships.live().select_related("municipality").order_by("municipality__name", "role"))

    @cached_property
    def home_municipality(self):
        """The municipality whose name stands in the page header and whose log keeps this person's own events."""
        return self.live_memberships[0].municipality if self.live_memberships else None

    @property
    def home_municipality_id(self):
        return self.home_municipality.pk if self.home_municipality else None

    def may_use(self, permission: str) -> bool:
        """Does any live role let this person use `permission` somewhere: in the municipality or on a granted family?"""
        return any(permission in m.everywhere | m.granted for m in self.live_memberships)

    def has_role(self, role: str) -> bool:
        return any(membership.role == role for membership in self.live_memberships)


class MembershipQuerySet(models.QuerySet):
    def permitted(self, user, permission=Permission.MANAGE_USERS):
        """Roles in the municipalities where `user` has `permission`."""
        return self.filter(municipality__in=Municipality.objects.permitted(user, permission))

    def live(self, on=None):
        """In force on the day `on` (default today). Both ends are part of the time."""
        on = on or timezone.localdate()
        return self.filter(Q(valid_to=None) | Q(valid_to__gte=on), valid_from__lte=on)

    def granting(self, permission, *, user=None):
        """Live memberships whose role has `permission` in the whole municipality. The role rule, written once."""
        rule = Q(role__in=roles_with(permission))
        if permission in ON_CALL:
            rule |= Q(role=Role.COORDINATOR, on_call=True, municipality__on_call_may_break_glass=True)
        rows = self.live().filter(rule)
        return rows if user is None else rows.filter(user_id=user.pk)


class Membership(models.Model):
    """A role in a municipality, from a day to a day. Never deleted: it ends."""

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="memberships", verbose_name=_("bruker"))
    municipality = models.ForeignKey(
        Municipality, on_delete=models.PROTECT, related_name="memberships", verbose_name=_("kommune")
    )
    role = models.CharField(_("rolle"), max_length=20, choices=Role.choices)
    sector = models.CharField(_("sektor"), max_length=20, choices=Sector.choices, blank=True)
    on_call = models.BooleanField(_("går i vakt"), default=False)
    valid_from = models.DateField(_("fra"), default=timezone.localdate)
    valid_to = models.DateField(_("til og med"), null=True, blank=True)
    # A coordinator's own number of places (empty: the municipality's), and how many are kept free of new families.
    places = models.PositiveSmallIntegerField(_("plasser"), null=True, blank=True)
    places_reason = models.CharField(_("grunn til antallet"), max_length=300, blank=True)
    places_held = models.PositiveSmallIntegerField(_("plasser som holdes av"), default=0)
    # A family has left since the places were held: the coordinator is asked whether the number is still right.
    places_look_on = models.DateField(null=True, editable=False)

    objects = MembershipQuerySet.as_manager()

    class Meta:
        verbose_name = _("rolle i kommunen")
        verbose_name_plural = _("roller i kommunen")
        ordering = ["user__name", "role"]
        indexes = [models.Index(fields=["user", "role"], name="membership_user_role")]
        constraints = [
            models.UniqueConstraint(
                fields=["user", "municipality", "role"], condition=Q(valid_to=None), name="membership_one_open"
            ),
            models.CheckConstraint(
                condition=Q(valid_to=None) | Q(valid_to__gte=F("valid_from")), name="membership_dates_in_order"
            ),
            models.CheckConstraint(
                condition=(Q(role=Role.INTAKE) & ~Q(sector="")) | (~Q(role=Role.INTAKE) & Q(sector="")),
                name="membership_sector_only_for_intake",
            ),
            models.CheckConstraint(
                condition=Q(places=None) | (Q(places__gte=1, role=Role.COORDINATOR) & ~Q(places_reason="")),
                name="membership_places_for_a_reason",
            ),
            models.CheckConstraint(
                condition=Q(on_call=False) | Q(role=Role.COORDINATOR), name="membership_on_call_only_coordinators"
            ),
        ]

    def __str__(self):
        return f"{self.user} · {self.get_role_display()}"

    @property
    def everywhere(self):
        """What this role opens in the whole municipality. Read `municipality` with it: being on call depends on it."""
        on_call = self.on_call and self.role == Role.COORDINATOR and self.municipality.on_call_may_break_glass
        return EVERYWHERE[Role(self.role)] | (ON_CALL if on_call else frozenset())

    @property
    def granted(self):
        """What this role can use on a family granted to it."""
        return GRANTED[Role(self.role)]


class DraftQuerySet(models.QuerySet):
    def permitted(self, user, permission=Permission.LIST_FAMILY):
        """Drafts belong to the one who types."""
        return self.filter(user_id=user.pk)

    def held(self):
        """Whole forms that wait for their person to confirm who they are."""
        return self.filter(data__has_key="to", key__startswith=reverse("accounts:confirm"))


class Draft(models.Model):
    """What somebody has typed in a long form and not yet saved. It survives a lost connection and an ended session."""

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="drafts")
    key = models.CharField(max_length=200)  # the form's URL path: one draft per person and form
    data = models.JSONField(default=dict)
    saved_at = models.DateTimeField(default=timezone.now)

    objects = DraftQuerySet.as_manager()

    class Meta:
        verbose_name = _("utkast")
        verbose_name_plural = _("utkast")
        ordering = ["-saved_at"]
        constraints = [models.UniqueConstraint(fields=["user", "key"], name="draft_one_per_form")]

    def __str__(self):
        return self.key


class CalendarFeedQuerySet(models.QuerySet):
    def permitted(self, user, permission=Permission.LIST_FAMILY):
        """One's own."""
        return self.filter(user_id=user.pk)


class CalendarFeed(models.Model):
    """The secret address at which somebody's calendar program fetches their appointments (docs/adr/0027).

    Only a keyed hash of the secret is here. A new address is a new row, and the old one is gone.
    """

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    user = models.OneToOneField(User, on_delete=models.PROTECT, related_name="calendar_feed")
    token_hash = models.BinaryField(max_length=32, unique=True)
    made_at = models.DateTimeField(default=timezone.now)
    # Written by sec.open_calendar_feed each time it is fetched.
    fetched_at = models.DateTimeField(null=True)

    objects = CalendarFeedQuerySet.as_manager()

    class Meta:
        verbose_name = _("kalenderadresse")
        verbose_name_plural = _("kalenderadresser")
        ordering = ["made_at", "pk"]

    def __str__(self):
        return str(self.pk)


class SessionManager(BaseSessionManager):
    def permitted(self, user, permission=Permission.LIST_FAMILY):
        """One's own live sessions, the one used last first."""
        return self.filter(user_id=user.pk, expire_date__gt=timezone.now()).order_by("-seen_at")


class Session(AbstractBaseSession):
    """One browser in which somebody is logged in (or is about to). Written by accounts.sessions."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, null=True, related_name="sessions")
    # The key opens the session, so pages call it by this instead.
    name = models.UUIDField(null=True, editable=False)
    began_at = models.DateTimeField(null=True)
    seen_at = models.DateTimeField(default=timezone.now)
    method = models.CharField(max_length=20, choices=LoginMethod.choices, blank=True)
    browser = models.CharField(max_length=200, blank=True)

    objects = SessionManager()

    class Meta(AbstractBaseSession.Meta):
        verbose_name = _("innlogging")
        verbose_name_plural = _("innlogginger")

    @classmethod
    def get_session_store_class(cls):
        return SessionStore


class LoginProviderQuerySet(models.QuerySet):
    def active(self):
        return self.filter(is_active=True)


class LoginProvider(models.Model):
    """Where the people of a municipality log in with their work account. Written by an operator's command only."""

    class Kind(models.TextChoices):
        ENTRA = "entra", "Entra ID"
        ANSATTPORTEN = "ansattporten", "Ansattporten"
        OTHER = "other", "OpenID Connect"

    class Auth(models.TextChoices):
        """How we show the provider that it is us (OpenID Connect Core 9)."""

        BASIC = "client_secret_basic"
        POST = "client_secret_post"
        PRIVATE_KEY = "private_key_jwt"

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    municipality = models.ForeignKey(Municipality, on_delete=models.PROTECT, related_name="login_providers")
    kind = models.CharField(max_length=20, choices=Kind.choices)
    issuer = models.URLField(max_length=200)
    client_id = models.CharField(max_length=200)
    client_auth = models.CharField(max_length=30, choices=Auth.choices, default=Auth.POST)
    # Where the secret is, never the secret: env:NAME, or file:/run/secrets/name.
    secret_ref = models.CharField(max_length=200)
    key_id = models.CharField(max_length=200, blank=True)
    # Between spaces: levels one of which the answer must have, and methods all of which it must name.
    acr = models.CharField(max_length=200, blank=True)
    amr = models.CharField(max_length=100, blank=True)
    # Seconds since the person last logged in at the provider; none is asked when empty.
    max_age = models.PositiveIntegerField(null=True, blank=True)
    # Seconds our session lasts at most. Ansattporten recommends two hours.
    longest = models.PositiveIntegerField(default=8 * 3600)
    is_active = models.BooleanField(default=True)

    objects = LoginProviderQuerySet.as_manager()

    class Meta:
        verbose_name = _("innloggingstjeneste")
        verbose_name_plural = _("innloggingstjenester")
        ordering = ["municipality__name"]
        constraints = [
            models.UniqueConstraint(
                fields=["municipality"], condition=Q(is_active=True), name="login_provider_one_per_municipality"
            ),
            models.CheckConstraint(
                condition=Q(("secret_ref__regex", r"^(env:[A-Z][A-Z0-9_]*|file:/.+)$")),
                name="login_provider_secret_by_name",
            ),
            models.CheckConstraint(
                condition=Q(longest__gt=0, longest__lte=8 * 3600), name="login_provider_longest_a_day"
            ),
        ]

    def __str__(self):
        return f"{self.municipality} · {self.get_kind_display()}"

    def secret(self) -> str:
        """The secret itself. Raises KeyError or OSError when it is not where the row says."""
        kind, _colon, place = self.secret_ref.partition(":")
        return os.environ[place] if kind == "env" else Path(place).read_text().strip()


class IdentityQuerySet(models.QuerySet):
    def permitted(self, user, permission=Permission.MANAGE_USERS):
        """One's own, and those of the people one looks after."""
        return self.filter(Q(user_id=user.pk) | Q(user__in=User.objects.permitted(user, permission)))


class Identity(models.Model):
    """Who a user is at a provider: the issuer and the subject it signs for. E-mail addresses are never compared."""

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="identities")
    issuer = models.CharField(max_length=200)
    subject = models.CharField(max_length=255)
    linked_at = models.DateTimeField(default=timezone.now)

    objects = IdentityQuerySet.as_manager()

    class Meta:
        verbose_name = _("jobbkonto")
        verbose_name_plural = _("jobbkontoer")
        ordering = ["linked_at"]
        constraints = [
            models.UniqueConstraint(fields=["issuer", "subject"], name="identity_subject_once"),
            models.UniqueConstraint(fields=["user", "issuer"], name="identity_one_per_issuer"),
        ]

    def __str__(self):
        return f"{self.user} · {self.issuer}"
