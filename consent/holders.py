"""Who holds foreldreansvar for which child: one or two, in the family or elsewhere. Told by the family, and noted."""

from collections.abc import Iterable
from typing import Any
from uuid import uuid4

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from families.models import Family, FamilyRows, Member

MOST = 2


class HolderQuerySet(FamilyRows):
    def now(self):
        return self.filter(ended_at=None)


class Holder(models.Model):
    """One person who holds foreldreansvar for one child: a member of the family, or a name when they live elsewhere."""

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    family = models.ForeignKey(Family, on_delete=models.PROTECT, related_name="holders")
    child = models.ForeignKey(Member, on_delete=models.PROTECT, related_name="holders", verbose_name=_("barn"))
    person = models.ForeignKey(
        Member, on_delete=models.PROTECT, null=True, related_name="holds_for", verbose_name=_("har foreldreansvar")
    )
    name = models.CharField(_("bor et annet sted"), max_length=160, blank=True)
    recorded_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField(default=timezone.now)
    ended_at = models.DateTimeField(_("sluttet"), null=True)

    objects = HolderQuerySet.as_manager()

    class Meta:
        verbose_name = _("foreldreansvar")
        verbose_name_plural = _("foreldreansvar")
        ordering = ["recorded_at"]
        indexes = [models.Index(fields=["family"], name="holder_family")]
        constraints = [
            models.CheckConstraint(
                condition=Q(person__isnull=False, name="") | (Q(person=None) & ~Q(name="")), name="holder_is_somebody"
            ),
            models.CheckConstraint(condition=Q(person=None) | ~Q(person=F("child")), name="holder_is_not_the_child"),
            models.UniqueConstraint(
                fields=["child", "person"], condition=Q(ended_at=None), name="holder_of_a_child_once"
            ),
        ]

    def __str__(self):
        return self.person.full_name if self.person_id else self.name

    @property
    def signer(self):
        """Who signs: the member, or this row, which answers to the same two names."""
        return self.person or self

    @property
    def first_name(self):
        return self.name

    @property
    def full_name(self):
        return self.name


def holders_in(family: Any) -> dict[Any, list[Holder]]:
    """Child's id → who holds foreldreansvar now. A child without rows is not in it: nobody has asked yet. One query."""
    found: dict[Any, list[Holder]] = {}
    rows = Holder.objects.now().filter(family=family).select_related("person")
    for row in rows.order_by("recorded_at", "pk"):
        found.setdefault(row.child_id, []).append(row)
    return found


def signers_for(child: Any, adults: Iterable[Any], known: dict[Any, list[Holder]]) -> list[Any]:
    """Who signs for this child: those with foreldreansvar, wherever they live; every adult while nobody has asked."""
    return [row.signer for row in known[child.pk]] if child.pk in known else list(adults)


def needs_both(child: Any, known: dict[Any, list[Holder]]) -> bool:
    """Whether one signature needs a reason: always, unless it is noted that one alone holds foreldreansvar."""
    return len(known.get(child.pk, ())) != 1
