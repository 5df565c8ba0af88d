"""The journal: short lines about contact, and the moments that count (R-W3). A line is never changed, only added to.

A line about a crisis is for few (R-W4): whoever wrote it, those who follow the family by an assignment now, and a lead
who was let into the family, or let themselves in in need, each for a reason that stands in the log. The wall says the
same, in the rows, in who was there, and in their history. It goes on no paper.
"""

from uuid import uuid4

from django.contrib.postgres.fields import ArrayField
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Max, Prefetch, Q
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _

from consent.models import AgreementLine, Contact, Service
from families.enums import Audience
from families.marks import MARK_ROWS, Marked
from families.models import Family, FamilyRows, Member
from nyemonstre.access.kept import kept
from nyemonstre.access.roles import Permission
from nyemonstre.formats import narrow
from plans.enums import ChildHelp, JournalKind, Moment, Support

from .plan import by_somebody

MINUTES_IN_A_DAY = 24 * 60


class JournalQuerySet(FamilyRows):
    @kept
    def permitted(self, user, permission):
        """The lines of the families `permission` opens; of those about a crisis, the few that are for this person."""
        rows = self.filter(family__in=Family.objects.permitted(user, permission))
        following = Family.objects.permitted(user, Permission.DISCLOSE)
        # A lead reads no journal by the role alone, so one who gets here was let in for a reason.
        leading = Family.objects.permitted(user, Permission.GRANT_ACCESS)
        few = Q(written_by=user.pk) | Q(family__in=following) | Q(family__in=leading)
        return rows.filter(~Q(kind=JournalKind.CRISIS) | few)

    def newest_first(self):
        return self.order_by("-happened_on", "-recorded_at", "-id")

    def after(self, entry):
        """The lines that come after `entry` in `newest_first`: keyset paging, steady while others write."""
        return self.filter(
            Q(happened_on__lt=entry.happened_on)
            | Q(happened_on=entry.happened_on, recorded_at__lt=entry.recorded_at)
            | Q(happened_on=entry.happened_on, recorded_at=entry.recorded_at, id__lt=entry.id)
        )

    def with_people(self):
        """For a page of lines: who was there. A contact shows while a line of the agreement is live, and then only."""
        live = AgreementLine.objects.live().filter(contact__isnull=False)
        contacts = Contact.objects.filter(pk__in=live.values("contact_id")).order_by("name", "pk")
        rows = self.select_related("service", "written_by", "need_of", "meeting", *MARK_ROWS)
        return rows.prefetch_related("members", Prefetch("contacts", contacts, to_attr="contacts_now"))

    def last_contacts(self, families):
        """Family id → the day of the last contact, for a whole list. A note alone is no contact. One query."""
        rows = self.filter(family__in=families).exclude(kind=JournalKind.NOTE).order_by()
        return dict(rows.values_list("family").annotate(last=Max("happened_on")))


class JournalEntry(Marked):
    """Something that happened: when, what kind, with whom, how long. Never changed; a correction is a new line."""

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    family = models.ForeignKey(Family, on_delete=models.PROTECT, related_name="journal")
    happened_on = models.DateField(_("når"), default=timezone.localdate)
    kind = models.CharField(_("hva slags"), max_length=16, choices=JournalKind.choices)
    members = models.ManyToManyField(Member, through="JournalMember", related_name="+", verbose_name=_("hvem var med"))
    contacts = models.ManyToManyField(
        Contact, through="JournalContact", related_name="+", verbose_name=_("hvem fra tjenestene var med")
    )
    service = models.ForeignKey(
        Service, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("tjeneste")
    )
    minutes = models.PositiveSmallIntegerField(
        _("minutter"), null=True, blank=True, validators=[MinValueValidator(1), MaxValueValidator(MINUTES_IN_A_DAY)]
    )
    support = ArrayField(
        models.CharField(max_length=16, choices=Support.choices), default=list, blank=True, verbose_name=_("støtte")
    )
    need_of = models.ForeignKey(
        Member, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("hvem sitt behov")
    )
    child_help = models.CharField(_("slik ble et barn hjulpet"), max_length=8, choices=ChildHelp.choices, blank=True)
    moment = models.CharField(_("øyeblikk"), max_length=8, choices=Moment.choices, blank=True)
    text = models.TextField(_("hva skjedde"), max_length=10_000)
    written_by = by_somebody()
    recorded_at = models.DateTimeField(default=timezone.now)

    objects = JournalQuerySet.as_manager()

    class Meta(Marked.Meta):
        abstract = False
        verbose_name = _("journallinje")
        verbose_name_plural = _("journallinjer")
        ordering = ["-happened_on", "-recorded_at", "-id"]
        indexes = [models.Index(fields=["family", "-happened_on", "-recorded_at", "-id"], name="journal_family")]
        constraints = [
            *Marked.Meta.constraints,
            models.CheckConstraint(
                condition=Q(minutes=None) | Q(minutes__gte=1, minutes__lte=MINUTES_IN_A_DAY),
                name="journal_minutes_in_a_day",
            ),
            models.CheckConstraint(condition=~Q(text=""), name="journal_has_text"),
            models.CheckConstraint(
                condition=~Q(kind=JournalKind.CRISIS) | Q(seen_by=Audience.NOBODY), name="journal_crisis_on_no_paper"
            ),
        ]

    def __str__(self):
        return f"{self.happened_on} {self.get_kind_display()}"

    @property
    def day(self):
        """The day as the timeline shows it: the year only when it is another one."""
        this_year = self.happened_on.year == timezone.localdate().year
        return date_format(self.happened_on, narrow() if this_year else f"{narrow()} Y")

    @property
    def is_restricted(self):
        return self.kind == JournalKind.CRISIS

    @property
    def of_meeting(self):
        """The meeting this line tells of, or None. From `with_people()` where the caller used it."""
        return getattr(self, "meeting", None)

    @property
    def support_labels(self):
        return [str(Support(kind).label) for kind in self.support]


class JournalMember(models.Model):
    """A person who was there, or whom it was about."""

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    family = models.ForeignKey(Family, on_delete=models.PROTECT, related_name="+")
    entry = models.ForeignKey(JournalEntry, on_delete=models.PROTECT, related_name="entry_members")
    member = models.ForeignKey(Member, on_delete=models.PROTECT, related_name="+")

    objects = FamilyRows.as_manager()

    class Meta:
        verbose_name = _("person i journallinjen")
        constraints = [models.UniqueConstraint(fields=["entry", "member"], name="journal_member_once")]

    def __str__(self):
        return str(self.member)


class JournalContact(models.Model):
    """Somebody from a service who was there. The row stays; the name shows while the agreement lets it."""

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    family = models.ForeignKey(Family, on_delete=models.PROTECT, related_name="+")
    entry = models.ForeignKey(JournalEntry, on_delete=models.PROTECT, related_name="entry_contacts")
    contact = models.ForeignKey(Contact, on_delete=models.PROTECT, related_name="+")

    objects = FamilyRows.as_manager()

    class Meta:
        verbose_name = _("kontakt i journallinjen")
        constraints = [models.UniqueConstraint(fields=["entry", "contact"], name="journal_contact_once")]

    def __str__(self):
        return str(self.contact_id)
