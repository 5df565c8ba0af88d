"""Identity numbers: fødselsnummer, D-number or DUF number of a member, sealed; or why there is none.

In a table of its own, so that no list, no history and no form about a person carries it along by accident. A
municipality decides whether it keeps such numbers at all (accounts.Municipality.keeps_identity_numbers).
"""

from uuid import uuid4

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from nyemonstre.accounts.models import Municipality
from nyemonstre.vault.fields import SealedField
from nyemonstre.versioned import Versioned

from .enums import NumberKind


class IdentityNumberQuerySet(models.QuerySet):
    def permitted(self, user, permission):
        """Those of the families on which `user` has `permission`."""
        families = self.model._meta.get_field("family").related_model.objects
        return self.filter(family__in=families.permitted(user, permission))

    def with_number(self, number, municipalities):
        """Rows with exactly this normalised number, in these municipalities. Nothing is opened to find them."""
        field = self.model._meta.get_field("number")
        return self.filter(index__in=[index for place in municipalities for index in field.lookup(number, place.pk)])


class IdentityNumber(Versioned):
    """One member's number, or the reason why it is not kept. Never both, never neither.

    The index is by municipality, so two municipalities never share one; and a number is unique within a *family* only.
    Within the whole municipality the refusal itself would tell that another family, perhaps one with a protected
    address, has this person; and a child with two homes may be in two families (docs/adr/0009).
    """

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    family = models.ForeignKey("families.Family", on_delete=models.PROTECT, related_name="identity_numbers")
    member = models.OneToOneField("families.Member", on_delete=models.PROTECT, related_name="identity_number")
    municipality = models.ForeignKey(Municipality, on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(_("slags nummer"), max_length=10, choices=NumberKind.choices, blank=True)
    number = SealedField(_("nummer"), index="index", within="municipality_id", null=True, editable=False)
    index = models.BinaryField(null=True, editable=False)
    missing_reason = models.CharField(_("hvorfor nummeret mangler"), max_length=300, blank=True)

    objects = IdentityNumberQuerySet.as_manager()

    class Meta:
        verbose_name = _("fødselsnummer")
        verbose_name_plural = _("fødselsnumre")
        ordering = ["pk"]
        indexes = [models.Index(fields=["index"], name="identity_number_index")]
        constraints = [
            models.UniqueConstraint(fields=["family", "index"], name="identity_number_once_in_family"),
            models.CheckConstraint(
                condition=(Q(number__isnull=False, index__isnull=False, missing_reason="") & ~Q(kind=""))
                | (Q(number=None, index=None, kind="") & ~Q(missing_reason="")),
                name="identity_number_or_reason",
            ),
        ]

    def __str__(self):
        return self.get_kind_display() if self.is_kept else str(_("mangler nummer"))

    @property
    def is_kept(self):
        return self.number is not None
