"""Who did, or read, what. Append-only, and without foreign keys: the log must never stand in the way of live data."""

import json
from uuid import uuid4

from django.contrib.postgres.fields import ArrayField
from django.db import connection, models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from .enums import AlertKind

# In the order of the database's own function, the only way in (migrations/0003_chains).
WRITTEN = (
    "id", "at", "what", "actor_id", "municipality_id", "family_id", "target_type", "target_id", "facts", "role",
    "reason", "address", "request_id",
)  # fmt: skip
RECORD = "select sec.record_event({})".format(", ".join("%s::inet" if f == "address" else "%s" for f in WRITTEN))


class EventQuerySet(models.QuerySet):
    def permitted(self, user, permission="view_log"):
        """Events of the municipalities whose log `user` may read."""
        municipalities = user.memberships.granting(permission).values("municipality_id")
        return self.filter(municipality_id__in=municipalities)


class Event(models.Model):
    """One link of a chain. `at` is the database's time, whatever the web process says; see docs/operators.md."""

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    at = models.DateTimeField(_("tidspunkt"), default=timezone.now, editable=False)
    what = models.CharField(_("hendelse"), max_length=60)
    actor_id = models.UUIDField(_("hvem"), null=True)
    municipality_id = models.UUIDField(_("kommune"), null=True)
    family_id = models.UUIDField(_("familie"), null=True)
    target_type = models.CharField(max_length=60, blank=True)
    target_id = models.CharField(max_length=60, blank=True)
    facts = models.JSONField(default=dict)
    # The roles the actor had there and then, between commas: what they have today says nothing about that day.
    role = models.CharField(_("rolle"), max_length=120, default="", blank=True)
    # Typed by somebody who was asked why, and told that the log is where it is read.
    reason = models.CharField(_("grunn"), max_length=300, default="", blank=True)
    address = models.GenericIPAddressField(_("adresse"), null=True)
    request_id = models.UUIDField(_("forespørsel"), null=True)
    chain_id = models.BigIntegerField(editable=False)
    seq = models.IntegerField(editable=False)
    hash = models.BinaryField(editable=False)

    objects = EventQuerySet.as_manager()

    class Meta:
        verbose_name = _("hendelse")
        verbose_name_plural = _("hendelser")
        ordering = ["-at", "id"]
        indexes = [
            models.Index(fields=["municipality_id", "-at"], name="event_municipality"),
            models.Index(fields=["family_id", "-at"], name="event_family"),
            models.Index(fields=["actor_id", "-at"], name="event_actor"),
            models.Index(fields=["chain_id", "seq"], name="event_chain"),
        ]

    def __str__(self):
        return f"{self.at:%d.%m.%Y %H:%M} {self.what}"

    def save(self, **kwargs):
        """Written by the database's function, which sets the time and the link. Nothing is ever saved again."""
        with connection.cursor() as cursor:
            cursor.execute(RECORD, self.written())
            self.at = cursor.fetchone()[0]

    def written(self):
        """The values of RECORD."""
        values = {name: getattr(self, name) for name in WRITTEN}
        return list({**values, "facts": json.dumps(values["facts"])}.values())


class Chain(models.Model):
    """The last link of one chain. A municipality has as many on a day as requests ever wrote at the same time."""

    id = models.BigAutoField(primary_key=True)
    municipality_id = models.UUIDField()  # all zeros for what belongs to no municipality
    day = models.DateField()
    seq = models.IntegerField()
    head = models.BinaryField()
    emptied_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["day", "id"]
        indexes = [models.Index(fields=["municipality_id", "day", "id"], name="chain_of_the_day")]
        constraints = [models.CheckConstraint(condition=models.Q(seq__gte=0), name="chain_seq_not_negative")]

    def __str__(self):
        return f"{self.day:%d.%m.%Y} {self.pk}"


class LogRetention(models.Model):
    """How long a municipality keeps its log, where it has decided otherwise than five years."""

    municipality_id = models.UUIDField(_("kommune"), primary_key=True)
    months = models.PositiveSmallIntegerField(_("måneder"), default=60)

    class Meta:
        verbose_name = _("lagringstid for loggen")
        verbose_name_plural = _("lagringstider for loggen")
        db_table = "audit_retention"
        constraints = [models.CheckConstraint(condition=models.Q(months__gte=12), name="retention_a_year_or_more")]

    def __str__(self):
        return f"{self.months}"


class AlertQuerySet(models.QuerySet):
    def permitted(self, user, permission="view_log"):
        """Alerts of the municipalities whose log `user` may read."""
        municipalities = user.memberships.granting(permission).values("municipality_id")
        return self.filter(municipality_id__in=municipalities)

    def unread(self):
        return self.filter(signed_off_at=None)


class Alert(models.Model):
    """Something the data protection officer should look at: a pattern in the log, with the events behind it."""

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    municipality_id = models.UUIDField(_("kommune"))
    kind = models.CharField(_("slags"), max_length=20, choices=AlertKind.choices)
    # What makes it one alert and not two: the person and the family, the night, the month.
    key = models.CharField(max_length=120)
    actor_id = models.UUIDField(_("hvem"), null=True)
    family_id = models.UUIDField(_("familie"), null=True)
    events = ArrayField(models.UUIDField(), verbose_name=_("hendelser"))
    first_at = models.DateTimeField(_("fra"))
    last_at = models.DateTimeField(_("til"))
    raised_at = models.DateTimeField(_("varslet"), default=timezone.now)
    signed_off_at = models.DateTimeField(_("kvittert"), null=True)
    signed_off_by = models.UUIDField(_("kvittert av"), null=True)
    note = models.CharField(_("merknad"), max_length=500, blank=True)

    objects = AlertQuerySet.as_manager()

    class Meta:
        verbose_name = _("varsel")
        verbose_name_plural = _("varsler")
        ordering = ["-last_at", "id"]
        indexes = [
            models.Index(fields=["municipality_id", "-last_at"], name="alert_municipality"),
            models.Index(fields=["family_id"], name="alert_family"),
        ]
        constraints = [
            models.UniqueConstraint(fields=["municipality_id", "kind", "key"], name="alert_once"),
            models.CheckConstraint(condition=Q(last_at__gte=models.F("first_at")), name="alert_times_in_order"),
            models.CheckConstraint(condition=Q(events__len__gt=0), name="alert_has_events"),
            models.CheckConstraint(
                condition=Q(signed_off_at=None, signed_off_by=None, note="")
                | (Q(signed_off_at__isnull=False, signed_off_by__isnull=False) & ~Q(note="")),
                name="alert_signed_off_by_somebody_with_a_note",
            ),
        ]

    def __str__(self):
        return self.get_kind_display()
