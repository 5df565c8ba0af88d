"""What changes each year without a line of code: rates, deadlines, links and law texts, dated and with their source."""

from calendar import monthrange
from datetime import date
from uuid import uuid4

from django.conf import settings
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateRangeField, RangeBoundary, RangeOperators
from django.db import models
from django.db.models import F, Func, Q
from django.utils import timezone
from django.utils.dates import MONTHS
from django.utils.translation import gettext_lazy as _

from nyemonstre.accounts.models import Membership, Municipality
from nyemonstre.versioned import Versioned

from .enums import Kind, Unit

# The yearly limit for one consumption unit, EU's 60 % of the median. A fact per calendar year.
LOW_INCOME = "lavinntekt-60"
# Days after which somebody should look again.
CHECK_AFTER = 365


class FactQuerySet(models.QuerySet):
    def permitted(self, user, permission=None):
        """The facts of the municipalities one works in; those where one has `permission`, when it is given."""
        roles = Membership.objects.granting(permission, user=user) if permission else Membership.objects.live()
        return self.filter(municipality__in=roles.filter(user_id=user.pk).values("municipality_id"))

    def on(self, day):
        """In force on the day `day`."""
        return self.filter(Q(valid_until=None) | Q(valid_until__gte=day), valid_from__lte=day)

    def due_for_check(self, today=None):
        """In force, and not looked at for a year, or never."""
        today = today or timezone.localdate()
        return self.on(today).filter(
            Q(checked_on=None) | Q(checked_on__lt=today - timezone.timedelta(days=CHECK_AFTER))
        )

    def thresholds(self, municipality, years):
        """{year: kroner} for the years somebody has filled in; the others are not there."""
        rows = self.filter(municipality=municipality, key=LOW_INCOME, valid_from__year__in=list(years))
        return {row.valid_from.year: int(row.value) for row in rows if row.value is not None}


class Fact(Versioned):
    """One thing that holds from one day to another. The same `key` may come again for another period."""

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    municipality = models.ForeignKey(
        Municipality, on_delete=models.PROTECT, related_name="facts", verbose_name=_("kommune")
    )
    kind = models.CharField(_("slag"), max_length=10, choices=Kind.choices)
    key = models.SlugField(_("kortnavn"), max_length=40)
    title = models.CharField(_("navn"), max_length=120)
    value = models.DecimalField(_("tall"), max_digits=12, decimal_places=2, null=True, blank=True)
    unit = models.CharField(_("enhet"), max_length=10, choices=Unit.choices, blank=True)
    # Of a deadline, when it comes once a year: the month that the day of the month is in. Empty: each month.
    month = models.PositiveSmallIntegerField(_("måned"), choices=[(n, n) for n in range(1, 13)], null=True, blank=True)
    text = models.TextField(_("tekst"), max_length=3000, blank=True)
    url = models.URLField(_("lenke"), max_length=300, blank=True)
    source = models.CharField(_("kilde"), max_length=200)
    valid_from = models.DateField(_("gjelder fra"))
    valid_until = models.DateField(_("gjelder til og med"), null=True, blank=True)
    # Empty: nobody has compared it with its source yet.
    checked_on = models.DateField(_("sist kontrollert"), default=timezone.localdate, null=True, blank=True)
    checked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+", verbose_name=_("av")
    )

    objects = FactQuerySet.as_manager()

    class Meta:
        verbose_name = _("sats, lenke eller lovtekst")
        verbose_name_plural = _("satser, lenker og lovtekster")
        ordering = ["kind", "title", "-valid_from"]
        constraints = [
            ExclusionConstraint(
                name="fact_one_at_a_time",
                expressions=[
                    (
                        Func(
                            "valid_from", "valid_until", RangeBoundary(inclusive_lower=True, inclusive_upper=True),
                            function="daterange", output_field=DateRangeField(),
                        ),
                        RangeOperators.OVERLAPS,
                    ),
                    ("municipality", RangeOperators.EQUAL),
                    ("key", RangeOperators.EQUAL),
                ],
            ),
            models.CheckConstraint(
                condition=Q(valid_until=None) | Q(valid_until__gte=F("valid_from")), name="fact_dates_in_order"
            ),
            models.CheckConstraint(
                condition=Q(value=None) | (Q(value__gte=0) & ~Q(unit="")), name="fact_number_has_a_unit"
            ),
            models.CheckConstraint(condition=~Q(source=""), name="fact_has_a_source"),
            models.CheckConstraint(
                condition=Q(month=None) | Q(month__range=(1, 12), unit=Unit.DAY_OF_MONTH),
                name="fact_month_of_a_deadline",
            ),
        ]  # fmt: skip

    def __str__(self):
        return self.title

    def next_day(self, today: date) -> date | None:
        """The first deadline on or after `today`, clamped to the month's end; None for a fact that is no deadline."""
        if self.unit != Unit.DAY_OF_MONTH or not self.value:
            return None
        for later in range(13):
            year, month = today.year + (today.month - 1 + later) // 12, (today.month - 1 + later) % 12 + 1
            day = date(year, month, min(int(self.value), monthrange(year, month)[1]))
            if day >= today and self.month in (None, month):
                return day
        return None

    @property
    def said(self):
        """The number with its unit, «1. august hvert år», or "" where there is no number."""
        if self.value is None:
            return ""
        if self.month:
            day = {"day": self.number, "month": str(MONTHS[self.month]).lower()}
            return _("%(day)s. %(month)s hvert år") % day
        if self.unit == Unit.DAY_OF_MONTH:
            return _("den %(day)s. hver måned") % {"day": self.number}
        return f"{self.number} {self.get_unit_display()}"

    @property
    def number(self):
        """The number without needless decimals, or None."""
        if self.value is None:
            return None
        return int(self.value) if self.value == int(self.value) else self.value

    def is_stale(self, today=None):
        today = today or timezone.localdate()
        in_force = self.valid_from <= today and (self.valid_until is None or self.valid_until >= today)
        return in_force and (self.checked_on is None or (today - self.checked_on).days > CHECK_AFTER)
