"""How a family stands on each thing of the economy checklist, and what a municipality asks about besides."""

from uuid import uuid4

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from families.models import Family, FamilyRows, Member
from nyemonstre.accounts.models import Membership, Municipality

from .economy import ADULT, CHILD, FAMILY, OWN, Item
from .enums import EconomyStatus, Per
from .instruments import Words


class LocalEconomyItemQuerySet(models.QuerySet):
    def permitted(self, user, permission=None):
        """Those of the municipalities one works in; where one has `permission`, when it is given."""
        roles = Membership.objects.granting(permission, user=user) if permission else Membership.objects.live()
        return self.filter(municipality__in=roles.filter(user_id=user.pk).values("municipality_id"))


class LocalEconomyItem(models.Model):
    """What a municipality has decided about one thing of the list: that a thing of the programme's is left out (then it
    has no title here), or a thing of its own, in use or not.
    """

    class About(models.TextChoices):
        FAMILY = FAMILY, _("familien")
        ADULT = ADULT, _("hver voksen")
        CHILD = CHILD, _("hvert barn")

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    municipality = models.ForeignKey(Municipality, on_delete=models.PROTECT, related_name="economy_items")
    key = models.SlugField(_("kortnavn"), max_length=40)
    title = models.CharField(_("hva spør vi om?"), max_length=120, blank=True)
    about = models.CharField(_("gjelder"), max_length=10, choices=About.choices, default=About.FAMILY)
    help = models.CharField(_("forklaring"), max_length=500, blank=True)
    url = models.URLField(_("lenke"), max_length=300, blank=True)
    in_use = models.BooleanField(_("i bruk"), default=True)
    changed_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    changed_at = models.DateTimeField(default=timezone.now)

    objects = LocalEconomyItemQuerySet.as_manager()

    class Meta:
        verbose_name = _("punkt i økonomilisten")
        verbose_name_plural = _("punkter i økonomilisten")
        ordering = ["title", "key"]
        constraints = [models.UniqueConstraint(fields=["municipality", "key"], name="economy_item_once")]

    def __str__(self):
        return self.title or self.key

    @property
    def item(self) -> Item:
        """One of the municipality's own, as the list reads it."""
        help_text = Words(nb=self.help) if self.help else None
        return Item(self.key, OWN, self.about, Words(nb=self.title), help=help_text, url=self.url)


class EconomyAnswerQuerySet(FamilyRows):
    def latest(self):
        """How each thing stands now; earlier versions stay as its history."""
        return self.order_by("family_id", "item", "member_id", "-version").distinct("family_id", "item", "member_id")


class EconomyAnswer(models.Model):
    """How one thing of the list stood for the family, or for one of its people, from `on` until the next version.

    Only ever added to. The version counts up from 1 for each thing and person, so that of two people who write at the
    same time one is told (`lock` of nyemonstre/versioned.py does the same for rows that are changed).
    """

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    family = models.ForeignKey(Family, on_delete=models.PROTECT, related_name="economy_answers")
    member = models.ForeignKey(Member, on_delete=models.PROTECT, null=True, related_name="economy_answers")
    item = models.SlugField(_("punkt"), max_length=40)
    version = models.PositiveIntegerField(default=1, editable=False)
    status = models.CharField(_("status"), max_length=15, choices=EconomyStatus.choices)
    choice = models.SlugField(_("svar"), max_length=20, blank=True)
    on = models.DateField(_("dato"), default=timezone.localdate)
    amount = models.DecimalField(_("beløp"), max_digits=10, decimal_places=2, null=True, blank=True)
    per = models.CharField(_("hvor ofte"), max_length=5, choices=Per.choices, blank=True)
    note = models.CharField(_("merknad"), max_length=500, blank=True)
    url = models.URLField(_("lenke"), max_length=300, blank=True)
    recorded_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField(default=timezone.now)

    objects = EconomyAnswerQuerySet.as_manager()

    class Meta:
        verbose_name = _("punkt om økonomi")
        verbose_name_plural = _("punkter om økonomi")
        ordering = ["-version"]
        constraints = [
            models.UniqueConstraint(
                fields=["family", "item", "member", "version"], nulls_distinct=False, name="economy_version_once"
            ),
            models.CheckConstraint(
                condition=Q(amount=None, per="") | (Q(amount__gte=0) & ~Q(per="")), name="economy_amount_says_how_often"
            ),
            models.CheckConstraint(
                condition=Q(amount=None) | Q(status__in=[EconomyStatus.APPLIED, EconomyStatus.GRANTED]),
                name="economy_amount_of_something",
            ),
            models.CheckConstraint(
                condition=Q(choice="") | Q(status=EconomyStatus.GRANTED), name="economy_choice_is_an_answer"
            ),
        ]

    def __str__(self):
        return str(self.get_status_display())
