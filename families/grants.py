"""Named people, or groups, let into ONE family: who, why, until when. django-guardian stores; our code decides.

Written only by families.actions. Plans, answers and notes have no grants of their own: they follow their family.
"""

from uuid import uuid4

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from guardian.models import GroupObjectPermissionBase, UserObjectPermissionBase


class GrantQuerySet(models.QuerySet):
    def live(self):
        return self.filter(Q(expires_at=None) | Q(expires_at__gt=timezone.now()))


class GrantFacts(models.Model):
    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    granted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name=_("gitt av")
    )
    granted_at = models.DateTimeField(_("gitt"), default=timezone.now)
    reason = models.CharField(_("grunn"), max_length=300)
    expires_at = models.DateTimeField(_("til"), null=True, blank=True)

    objects = GrantQuerySet.as_manager()

    class Meta:
        abstract = True


class FamilyUserGrant(GrantFacts, UserObjectPermissionBase):
    content_object = models.ForeignKey("families.Family", on_delete=models.CASCADE, related_name="user_grants")
    assignment = models.ForeignKey(
        "families.Assignment", on_delete=models.CASCADE, null=True, blank=True, related_name="grants"
    )

    class Meta:
        verbose_name = _("tilgang til en familie")
        indexes = [models.Index(fields=["content_object"], name="user_grant_family")]
        constraints = [
            # One per assignment, so that ending one of two overlapping assignments leaves the other's access alone.
            models.UniqueConstraint(
                fields=["user", "permission", "content_object", "assignment"],
                nulls_distinct=False,
                name="user_grant_once",
            ),
            models.CheckConstraint(condition=~Q(reason=""), name="user_grant_has_reason"),
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
