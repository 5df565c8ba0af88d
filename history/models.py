"""Each change of each row of a family. Written by triggers in the database, never by the programme; append-only."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from families.models import Family

from .enums import Verb


class ChangeQuerySet(models.QuerySet):
    def of(self, family: Family, allowed: set[str]) -> "ChangeQuerySet":
        """The family's changes in the tables that `allowed` opens (families.models.permissions_on).

        The wall says the same, and hides besides what is itself hidden: a contact that no live line covers.
        """
        return self.filter(family_id=family.pk, permission__in=allowed)

    def newest_first(self) -> "ChangeQuerySet":
        return self.order_by("-at", "-id")

    def older_than(self, change: "Change") -> "ChangeQuerySet":
        """Those after `change` in `newest_first`: keyset paging, steady while others write."""
        return self.filter(Q(at__lt=change.at) | Q(at=change.at, id__lt=change.pk))


class Change(models.Model):
    """One row added, changed or removed: by whom, when, and the columns that changed as they were and became.

    No foreign keys: history must never stand in the way of live data. `secret` names columns whose values are not
    kept. `permission` opens the change, as it opens the row's own table.
    """

    id = models.BigAutoField(primary_key=True)
    at = models.DateTimeField(_("tidspunkt"), default=timezone.now)
    actor_id = models.UUIDField(_("hvem"), null=True)
    job = models.BooleanField(default=False)
    municipality_id = models.UUIDField()
    family_id = models.UUIDField()
    table_name = models.CharField(max_length=63)
    row_id = models.UUIDField()
    verb = models.CharField(max_length=8, choices=Verb.choices)
    before = models.JSONField(default=dict)
    after = models.JSONField(default=dict)
    secret = ArrayField(models.CharField(max_length=63), default=list)
    permission = models.CharField(max_length=40)

    objects = ChangeQuerySet.as_manager()

    class Meta:
        verbose_name = _("endring")
        verbose_name_plural = _("endringer")
        ordering = ["-at", "-id"]
        indexes = [
            models.Index(fields=["family_id", "-at", "-id"], name="change_family"),
            models.Index(fields=["row_id"], name="change_row"),
        ]
        constraints = [models.CheckConstraint(condition=Q(verb__in=Verb.values), name="change_verb_known")]

    def __str__(self):
        return f"{self.table_name} {self.verb}"
