"""What was told to somebody WITHOUT consent, because a law goes before secrecy (DOMAIN.md 4): the restricted records.

Meldeplikt and opplysningsplikt to barnevernet, and the duty to avert a serious crime. No consent is asked, and none is
needed. Seen by those who follow the family by an assignment and by nobody else (access/roles.py, ASSIGNED_GRANT), and
shown to the family only when it is released. A record is never changed; the release is added to it once.
"""

from uuid import uuid4

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from families.models import Family, FamilyRows
from nyemonstre.content.models import Fact

from .enums import DisclosureKind


def by_somebody(**facts):
    return models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", **facts)


class Disclosure(models.Model):
    """What was told, to whom, when, why, by which law, and why the family was told of it or was not.

    `law_title` and `law_text` are the law's words in our list on the day it was written down; `law` may be corrected.
    """

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    family = models.ForeignKey(Family, on_delete=models.PROTECT, related_name="disclosures")
    kind = models.CharField(_("hva slags"), max_length=8, choices=DisclosureKind.choices)
    law = models.ForeignKey(Fact, on_delete=models.PROTECT, related_name="+", verbose_name=_("hjemmel"))
    law_title = models.CharField(_("hjemmel"), max_length=120)
    law_text = models.TextField(_("lovteksten da"), max_length=3000, blank=True)
    told_on = models.DateField(_("når"))
    to_whom = models.CharField(_("til hvem"), max_length=160)
    what = models.TextField(_("hva ble fortalt"), max_length=3000)
    why = models.TextField(_("hvorfor"), max_length=3000)
    family_told = models.BooleanField(_("familien fikk vite det"))
    family_told_why = models.TextField(_("hvorfor familien fikk vite det, eller ikke"), max_length=1000)
    recorded_by = by_somebody()
    recorded_at = models.DateTimeField(default=timezone.now)
    released_on = models.DateField(_("frigitt"), null=True)
    released_reason = models.CharField(_("grunn til å frigi"), max_length=300, blank=True)
    released_by = by_somebody(null=True)
    released_at = models.DateTimeField(null=True)

    objects = FamilyRows.as_manager()

    class Meta:
        verbose_name = _("fortalt uten samtykke")
        verbose_name_plural = _("fortalt uten samtykke")
        ordering = ["-told_on", "-recorded_at", "id"]
        indexes = [models.Index(fields=["family", "-told_on"], name="disclosure_family")]
        constraints = [
            models.CheckConstraint(
                condition=~Q(what="") & ~Q(to_whom="") & ~Q(why="") & ~Q(family_told_why="") & ~Q(law_title=""),
                name="disclosure_is_accounted_for",
            ),
            models.CheckConstraint(
                condition=Q(released_on=None, released_by=None, released_at=None, released_reason="")
                | (
                    Q(released_on__isnull=False, released_by__isnull=False, released_at__isnull=False)
                    & ~Q(released_reason="")
                ),
                name="disclosure_released_by_somebody_for_a_reason",
            ),
            models.CheckConstraint(
                condition=Q(released_on=None) | Q(released_on__gte=F("told_on")), name="disclosure_released_afterwards"
            ),
        ]

    def __str__(self):
        return f"{self.get_kind_display()} {self.told_on:%d.%m.%Y}"
