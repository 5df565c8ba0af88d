"""The municipality's own purposes and the versions of what is said yes to. No personal data, and nothing is rewritten.

A version that has been shown to somebody must stay as it was, so versions are only added: the wall lets nobody change
or remove one.
"""

import hashlib
import json
from uuid import uuid4

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from nyemonstre.accounts.models import Membership, Municipality
from nyemonstre.versioned import Versioned

from .enums import Purpose

# The product's own words (consent/texts.py). No municipality may call a version of its own one of these.
STANDARD_VERSIONS = ("2026-1",)


class HereQuerySet(models.QuerySet):
    def permitted(self, user, permission=None):
        """Of the municipalities one works in; of those where one has `permission`, when it is given."""
        roles = Membership.objects.granting(permission, user=user) if permission else Membership.objects.live()
        return self.filter(municipality__in=roles.filter(user_id=user.pk).values("municipality_id"))


class ExtraQuerySet(HereQuerySet):
    def switched_on(self):
        return self.filter(is_on=True)


class ExtraPurpose(Versioned):
    """One more thing this municipality asks about: pictures, one's story told to others. Switched on by the lead."""

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    municipality = models.ForeignKey(Municipality, on_delete=models.PROTECT, related_name="extra_purposes")
    name = models.CharField(_("formål"), max_length=80)
    is_on = models.BooleanField(_("i bruk"), default=True)

    objects = ExtraQuerySet.as_manager()

    class Meta:
        verbose_name = _("formål for samtykke")
        verbose_name_plural = _("formål for samtykke")
        ordering = ["name"]
        constraints = [
            models.UniqueConstraint("municipality", Lower("name"), name="extra_purpose_name_unique"),
            models.CheckConstraint(condition=~Q(name=""), name="extra_purpose_has_a_name"),
        ]

    def __str__(self):
        return self.name


class TextQuerySet(HereQuerySet):
    def holding(self, on=None):
        """Versions that hold on the day `on` or began before it, the newest first."""
        return self.filter(valid_from__lte=on or timezone.localdate()).order_by("-valid_from", "-added_at")


class ConsentText(models.Model):
    """One version of what is said yes to, in one language. `body` has one point on each line."""

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    municipality = models.ForeignKey(Municipality, on_delete=models.PROTECT, related_name="consent_texts")
    purpose = models.CharField(_("gjelder"), max_length=15, choices=Purpose.choices)
    extra = models.ForeignKey(ExtraPurpose, on_delete=models.PROTECT, null=True, related_name="texts")
    language = models.CharField(_("språk"), max_length=2, choices=settings.LANGUAGES)
    version = models.CharField(_("versjon"), max_length=20)
    heading = models.CharField(_("overskrift"), max_length=120)
    body = models.TextField(_("tekst"), max_length=6000)
    valid_from = models.DateField(_("gjelder fra"), default=timezone.localdate)
    approved_by = models.CharField(_("godkjent av"), max_length=160)
    added_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    added_at = models.DateTimeField(default=timezone.now)

    objects = TextQuerySet.as_manager()

    class Meta:
        verbose_name = _("samtykketekst")
        verbose_name_plural = _("samtykketekster")
        ordering = ["purpose", "language", "-valid_from"]
        constraints = [
            models.UniqueConstraint(
                fields=["municipality", "purpose", "extra", "language", "version"], nulls_distinct=False,
                name="consent_text_version_unique",
            ),
            models.CheckConstraint(
                condition=Q(purpose=Purpose.EXTRA, extra__isnull=False) | (~Q(purpose=Purpose.EXTRA) & Q(extra=None)),
                name="consent_text_extra_is_named",
            ),
            models.CheckConstraint(
                condition=~Q(heading="") & ~Q(body="") & ~Q(approved_by=""), name="consent_text_is_whole"
            ),
        ]  # fmt: skip

    def __str__(self):
        return f"{self.heading} ({self.version})"

    @property
    def is_standard(self):
        """The product's own words, which nobody in the municipality has approved."""
        return self.version in STANDARD_VERSIONS

    @property
    def lines(self):
        return [line.strip() for line in self.body.splitlines() if line.strip()]

    @property
    def sha256(self):
        """Of everything the person saw: version, language, heading and points."""
        shown = json.dumps([self.version, self.language, self.heading, self.lines], ensure_ascii=False)
        return hashlib.sha256(shown.encode()).hexdigest()
