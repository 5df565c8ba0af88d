"""Named people, or groups, let into ONE family: who, why, from when, until when. And who is kept out of it.

django-guardian stores the grants; our code decides. Written only by the actions of assignments.py (grants),
emergencies.py (break-glass) and conflicts.py (shut-outs). Plans, answers and notes have no grants of their own: they
follow their family.
"""

from uuid import uuid4

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from guardian.models import GroupObjectPermissionBase, UserObjectPermissionBase

from nyemonstre.access.roles import Permission
from nyemonstre.accounts.models import Municipality


class GrantQuerySet(models.QuerySet):
    def live(self):
        now = timezone.now()
        return self.filter(
            Q(expires_at=None) | Q(expires_at__gt=now), Q(starts_at=None) | Q(starts_at__lte=now)
        )  # fmt: skip


class GrantFacts(models.Model):
    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    granted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name=_("gitt av")
    )
    granted_at = models.DateTimeField(_("gitt"), default=timezone.now)
    reason = models.CharField(_("grunn"), max_length=300)
    starts_at = models.DateTimeField(_("fra"), null=True, blank=True)  # empty: from the moment it was given
    expires_at = models.DateTimeField(_("til"), null=True, blank=True)

    objects = GrantQuerySet.as_manager()

    class Meta:
        abstract = True


class FamilyUserGrant(GrantFacts, UserObjectPermissionBase):
    """One permission for one person on one family: by an assignment, by break-glass, or given by name (neither)."""

    content_object = models.ForeignKey("families.Family", on_delete=models.CASCADE, related_name="user_grants")
    assignment = models.ForeignKey(
        "families.Assignment", on_delete=models.CASCADE, null=True, blank=True, related_name="grants"
    )
    break_glass = models.ForeignKey(
        "families.BreakGlass", on_delete=models.CASCADE, null=True, blank=True, related_name="grants"
    )

    class Meta:
        verbose_name = _("tilgang til en familie")
        indexes = [models.Index(fields=["content_object"], name="user_grant_family")]
        constraints = [
            # One per assignment, so that ending one of two overlapping assignments leaves the other's access alone.
            models.UniqueConstraint(
                fields=["user", "permission", "content_object", "assignment", "break_glass"],
                nulls_distinct=False,
                name="user_grant_once",
            ),
            models.CheckConstraint(condition=~Q(reason=""), name="user_grant_has_reason"),
            models.CheckConstraint(
                condition=Q(break_glass=None) | Q(assignment=None, expires_at__isnull=False),
                name="user_grant_in_need_has_end",
            ),
        ]

    def __str__(self):
        return str(self.reason)


class FamilyGroupGrant(GrantFacts, GroupObjectPermissionBase):
    content_object = models.ForeignKey("families.Family", on_delete=models.CASCADE, related_name="group_grants")

    class Meta:
        verbose_name = _("gruppes tilgang til en familie")
        constraints = [
            models.UniqueConstraint(fields=["group", "permission", "content_object"], name="group_grant_once"),
            models.CheckConstraint(condition=~Q(reason=""), name="group_grant_has_reason"),
        ]

    def __str__(self):
        return str(self.reason)


class InMunicipality(models.QuerySet):
    def permitted(self, user, permission=Permission.REVIEW_ACCESS):
        """Rows of the municipalities in which `user` has `permission`, but none about a family they are shut out of."""
        out = ShutOut.objects.in_force().filter(user_id=user.pk).values("family_id")
        rows = self.filter(municipality__in=Municipality.objects.permitted(user, permission))
        return rows.exclude(family_id__in=out)


class ShutOutQuerySet(InMunicipality):
    def in_force(self):
        return self.filter(ended_at=None)


class ShutOut(models.Model):
    """A person with a conflict of interest in one family. Stronger than role, assignment, grant and break-glass.

    Declared by the person or by a lead; lifted by somebody else, with a reason. Never deleted.
    """

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    municipality = models.ForeignKey(Municipality, on_delete=models.PROTECT, related_name="+")
    family = models.ForeignKey("families.Family", on_delete=models.PROTECT, related_name="shut_outs")
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="shut_outs", verbose_name=_("hvem")
    )
    reason = models.CharField(_("grunn"), max_length=300)
    declared_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    since = models.DateTimeField(_("siden"), default=timezone.now)
    ended_at = models.DateTimeField(_("opphevet"), null=True, blank=True)
    ended_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    ended_reason = models.CharField(_("hvorfor opphevet"), max_length=300, blank=True)

    objects = ShutOutQuerySet.as_manager()

    class Meta:
        verbose_name = _("inhabilitet")
        verbose_name_plural = _("inhabiliteter")
        ordering = ["-since"]
        indexes = [models.Index(fields=["user"], condition=Q(ended_at=None), name="shut_out_in_force")]
        constraints = [
            models.UniqueConstraint(fields=["user", "family"], condition=Q(ended_at=None), name="shut_out_once"),
            models.CheckConstraint(condition=~Q(reason=""), name="shut_out_has_reason"),
            models.CheckConstraint(
                condition=Q(ended_at=None, ended_by=None, ended_reason="")
                | (Q(ended_at__isnull=False, ended_by__isnull=False) & ~Q(ended_reason="")),
                name="shut_out_lifted_by_somebody_for_a_reason",
            ),
            models.CheckConstraint(
                condition=Q(ended_by=None) | ~Q(ended_by=F("user")), name="shut_out_not_lifted_by_oneself"
            ),
        ]

    def __str__(self):
        return f"{self.user} · {self.since:%d.%m.%Y}"


class BreakGlassQuerySet(InMunicipality):
    def open(self):
        """Still open for reading: neither ended early nor past its hour."""
        return self.filter(ended_at=None, until__gt=timezone.now())

    def waiting(self):
        """Not gone through by an auditor yet."""
        return self.filter(reviewed_at=None)


class BreakGlass(models.Model):
    """A family opened in need, for reading, for a short time. Its grants end by the clock; the row stays for good."""

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    municipality = models.ForeignKey(Municipality, on_delete=models.PROTECT, related_name="+")
    family = models.ForeignKey("families.Family", on_delete=models.PROTECT, related_name="break_glasses")
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="break_glasses", verbose_name=_("hvem")
    )
    reason = models.CharField(_("grunn"), max_length=500)
    opened_at = models.DateTimeField(_("åpnet"), default=timezone.now)
    until = models.DateTimeField(_("til"))
    ended_at = models.DateTimeField(_("avsluttet"), null=True, blank=True)
    reviewed_at = models.DateTimeField(_("gjennomgått"), null=True, blank=True)
    reviewed_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    review_note = models.CharField(_("merknad"), max_length=500, blank=True)

    objects = BreakGlassQuerySet.as_manager()

    class Meta:
        verbose_name = _("nødåpning")
        verbose_name_plural = _("nødåpninger")
        ordering = ["-opened_at", "pk"]
        constraints = [
            models.CheckConstraint(condition=~Q(reason=""), name="break_glass_has_reason"),
            models.CheckConstraint(
                condition=Q(until__gt=F("opened_at"))
                & (Q(ended_at=None) | Q(ended_at__gte=F("opened_at"), ended_at__lte=F("until"))),
                name="break_glass_times_in_order",
            ),
            models.CheckConstraint(
                condition=Q(reviewed_at=None, reviewed_by=None, review_note="")
                | (Q(reviewed_at__isnull=False, reviewed_by__isnull=False) & ~Q(review_note="")),
                name="break_glass_reviewed_by_somebody_with_a_note",
            ),
            models.CheckConstraint(
                condition=Q(reviewed_by=None) | ~Q(reviewed_by=F("user")), name="break_glass_not_reviewed_by_oneself"
            ),
        ]

    def __str__(self):
        return f"{self.user} · {self.opened_at:%d.%m.%Y %H:%M}"

    @property
    def closes_at(self):
        """When it stops, or stopped, being open."""
        return self.ended_at or self.until

    @property
    def is_open(self):
        return self.ended_at is None and self.until > timezone.now()
