"""What each person has said yes or no to, and whom the family lets us talk with. Dated events, never overwritten."""

from uuid import uuid4

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Exists, F, OuterRef, Q
from django.db.models.functions import Lower
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from documents.models import Document
from families.models import Family, FamilyRows, Member
from nyemonstre.access.kept import kept, kept_on_day
from nyemonstre.accounts.models import Membership, Municipality
from nyemonstre.versioned import Versioned

from .disclosures import Disclosure  # noqa: F401  Django finds models here
from .enums import SILENT, YES, Answer, Direction, How, LineState, Purpose, Sector, Topic
from .holders import Holder  # noqa: F401  and here
from .wording import ConsentText, ExtraPurpose


class ConsentQuerySet(FamilyRows):
    @kept_on_day
    def counting(self, on):
        """Each person's last answer to each purpose on or before the day `on` (default today): the one that counts."""
        later = Consent.objects.exclude(answer__in=SILENT).filter(
            Q(answered_on__gt=OuterRef("answered_on"))
            | Q(answered_on=OuterRef("answered_on"), recorded_at__gt=OuterRef("recorded_at")),
            Q(extra=OuterRef("extra")) | Q(extra=None),  # only extras have one, and all of theirs do
            member=OuterRef("member"),
            purpose=OuterRef("purpose"),
            answered_on__lte=on,
        )
        return self.exclude(answer__in=SILENT).filter(~Exists(later), answered_on__lte=on)

    @kept_on_day
    def live(self, on):
        """The answers that count, are a yes, and have not run out on the day `on` (default today)."""
        return self.counting(on).filter(Q(valid_until=None) | Q(valid_until__gte=on), answer__in=YES)


class Consent(models.Model):
    """One line in the log of one person and one purpose. The latest answer counts; all of them stay.

    `text` is the version that was shown, and `text_sha256` what it said then, letter by letter.
    """

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    family = models.ForeignKey(Family, on_delete=models.PROTECT, related_name="consents")
    member = models.ForeignKey(Member, on_delete=models.PROTECT, related_name="consents", verbose_name=_("hvem"))
    purpose = models.CharField(_("gjelder"), max_length=15, choices=Purpose.choices)
    extra = models.ForeignKey(
        ExtraPurpose, on_delete=models.PROTECT, null=True, related_name="consents", verbose_name=_("formål")
    )
    answer = models.CharField(_("svar"), max_length=10, choices=Answer.choices)
    answered_on = models.DateField(_("dato"), default=timezone.localdate)
    how = models.CharField(_("hvordan"), max_length=10, choices=How.choices)
    given_by = models.CharField(
        _("svart av"), max_length=500, help_text=_("Personen selv, eller den som svarer for et barn.")
    )
    child_heard = models.CharField(_("hva barnet mener"), max_length=500, blank=True)
    one_parent_reason = models.CharField(_("hvorfor én forelders svar er nok"), max_length=300, blank=True)
    valid_until = models.DateField(_("gjelder til og med"), null=True, blank=True)
    child_refused = models.BooleanField(_("barnet sa selv nei"), default=False)
    text = models.ForeignKey(
        ConsentText, on_delete=models.PROTECT, null=True, related_name="consents", verbose_name=_("tekst")
    )
    text_version = models.CharField(_("samtykketekst"), max_length=20, default="2026-1")
    text_sha256 = models.CharField(_("tekstens fingeravtrykk"), max_length=64, blank=True)
    read_aloud = models.BooleanField(_("lest høyt"), default=False)
    interpreter = models.CharField(_("tolk"), max_length=80, blank=True, help_text=_("Språket, når tolk var med."))
    note = models.CharField(_("merknad"), max_length=500, blank=True)
    recorded_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    recorded_at = models.DateTimeField(default=timezone.now)

    objects = ConsentQuerySet.as_manager()

    class Meta:
        verbose_name = _("samtykke")
        verbose_name_plural = _("samtykker")
        ordering = ["-answered_on", "-recorded_at"]
        indexes = [
            models.Index(fields=["member", "purpose", "-answered_on", "-recorded_at"], name="consent_latest"),
            models.Index(fields=["family"], name="consent_family"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(valid_until=None) | Q(valid_until__gte=F("answered_on")), name="consent_dates_in_order"
            ),
            models.CheckConstraint(
                condition=Q(answer__in=YES) | Q(valid_until=None), name="consent_only_a_yes_has_an_end"
            ),
            models.CheckConstraint(condition=~Q(given_by=""), name="consent_given_by_somebody"),
            models.CheckConstraint(
                condition=Q(purpose=Purpose.EXTRA, extra__isnull=False) | (~Q(purpose=Purpose.EXTRA) & Q(extra=None)),
                name="consent_extra_is_named",
            ),
            models.CheckConstraint(
                condition=Q(answer=Answer.EXPIRED, how=How.CLOCK, recorded_by=None)
                | (~Q(answer=Answer.EXPIRED) & ~Q(how=How.CLOCK) & Q(recorded_by__isnull=False)),
                name="consent_expired_by_the_clock",
            ),
            models.CheckConstraint(
                condition=Q(child_refused=False) | Q(answer=Answer.REFUSED), name="consent_child_refused_is_a_no"
            ),
            models.CheckConstraint(
                condition=Q(text=None, text_sha256="") | (Q(text__isnull=False) & ~Q(text_sha256="")),
                name="consent_text_has_a_fingerprint",
            ),
        ]

    def __str__(self):
        return f"{self.what}: {self.get_answer_display()}"

    @property
    def what(self):
        """What it is about, in words."""
        return self.extra.name if self.extra_id else self.get_purpose_display()

    @property
    def by_clock(self):
        return self.answer == Answer.EXPIRED


class Signature(models.Model):
    """A name drawn on the tablet, as a vector, or typed by somebody who cannot or will not draw. With its moment."""

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    family = models.ForeignKey(Family, on_delete=models.PROTECT, related_name="signatures")
    consent = models.ForeignKey(Consent, on_delete=models.PROTECT, related_name="signatures")
    name = models.CharField(_("navn"), max_length=160)
    strokes = models.TextField(_("underskrift"), max_length=20_000, blank=True)  # an SVG path in a box of 600 × 200
    signed_at = models.DateTimeField(_("tidspunkt"), default=timezone.now)
    # The same as a picture (consent/drawn.py), in nyemonstre.files.store. Signatures from before it was made have none.
    image_key = models.UUIDField(_("bilde av underskriften"), null=True, unique=True, editable=False)
    image_sha256 = models.CharField(_("bildets fingeravtrykk"), max_length=64, blank=True, editable=False)

    objects = FamilyRows.as_manager()

    class Meta:
        verbose_name = _("underskrift")
        verbose_name_plural = _("underskrifter")
        ordering = ["signed_at", "name"]
        indexes = [models.Index(fields=["family"], name="signature_family")]
        constraints = [
            models.UniqueConstraint(fields=["consent", "name"], name="signature_once"),
            models.CheckConstraint(condition=~Q(name=""), name="signature_has_a_name"),
            models.CheckConstraint(condition=Q(strokes__regex=r"^([ML]\d{1,3} \d{1,3})*$"), name="signature_is_a_path"),
            models.CheckConstraint(
                condition=Q(image_key=None, image_sha256="")
                | (Q(image_key__isnull=False) & ~Q(image_sha256="") & ~Q(strokes="")),
                name="signature_picture_is_of_strokes",
            ),
        ]

    def __str__(self):
        return self.name


class EndingTold(models.Model):
    """That the coordinator was told a yes, or a line of the agreement, is near its end: nobody is told twice.

    `days` is 60 or 14.
    """

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    family = models.ForeignKey(Family, on_delete=models.PROTECT, related_name="+")
    consent = models.ForeignKey(Consent, on_delete=models.PROTECT, null=True, related_name="told")
    line = models.ForeignKey("AgreementLine", on_delete=models.PROTECT, null=True, related_name="told")
    days = models.PositiveSmallIntegerField(_("dager før"))
    told = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    told_at = models.DateTimeField(default=timezone.now)

    objects = FamilyRows.as_manager()

    class Meta:
        verbose_name = _("beskjed om samtykke")
        ordering = ["-told_at"]
        constraints = [
            models.UniqueConstraint(fields=["consent", "days", "told"], name="ending_told_once"),
            models.UniqueConstraint(fields=["line", "days", "told"], name="ending_of_line_told_once"),
            models.CheckConstraint(
                condition=Q(consent__isnull=False, line=None) | Q(consent=None, line__isnull=False),
                name="ending_told_of_one",
            ),
            models.CheckConstraint(condition=Q(days__in=[60, 14]), name="ending_told_60_or_14"),
        ]

    def __str__(self):
        return f"{self.days}"


class ServiceQuerySet(models.QuerySet):
    @kept
    def permitted(self, user, permission=None):
        """The services of the municipalities one works in. The directory holds no personal data."""
        here = Membership.objects.live().filter(user_id=user.pk).values("municipality_id")
        return self.filter(municipality__in=here)

    def active(self):
        return self.filter(closed_on=None)


class Service(Versioned):
    """A school, an office, a club: something a family can let us work with. Shared by the municipality."""

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    municipality = models.ForeignKey(Municipality, on_delete=models.PROTECT, related_name="services")
    name = models.CharField(_("navn"), max_length=120)
    sector = models.CharField(_("slags tjeneste"), max_length=20, choices=Sector.choices)
    phone = models.CharField(_("sentralbord"), max_length=20, blank=True)
    website = models.URLField(_("nettsted"), blank=True)
    closed_on = models.DateField(_("nedlagt"), null=True, blank=True)

    objects = ServiceQuerySet.as_manager()

    class Meta:
        verbose_name = _("tjeneste")
        verbose_name_plural = _("tjenester")
        ordering = ["name"]
        constraints = [models.UniqueConstraint("municipality", Lower("name"), name="service_name_unique")]

    def __str__(self):
        return self.name


class ContactQuerySet(FamilyRows):
    def visible_to(self, user, on=None):
        """Contacts a live line covers, or that stand in this person's own draft. The wall says the same.

        Neither counts in a family where nobody has a live consent to participation.
        """
        own_drafts = Q(state=LineState.DRAFT, drafted_by_id=user.pk)
        lines = AgreementLine.objects.participating(on).filter(AgreementLine.in_force(on) | own_drafts)
        return self.filter(pk__in=lines.filter(contact__isnull=False).values("contact_id"))


class Contact(Versioned):
    """The person in a service one family works with. Hidden everywhere the moment no line covers it."""

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    family = models.ForeignKey(Family, on_delete=models.PROTECT, related_name="contacts")
    service = models.ForeignKey(Service, on_delete=models.PROTECT, related_name="contacts")
    name = models.CharField(_("navn"), max_length=120)
    title = models.CharField(_("stilling"), max_length=80, blank=True)
    phone = models.CharField(_("telefon"), max_length=20, blank=True)
    email = models.EmailField(_("e-post"), blank=True)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")

    objects = ContactQuerySet.as_manager()

    class Meta:
        verbose_name = _("kontakt")
        verbose_name_plural = _("kontakter")
        ordering = ["name"]
        indexes = [models.Index(fields=["family"], name="contact_family")]

    def __str__(self):
        return self.name


class AgreementLineQuerySet(FamilyRows):
    @kept_on_day
    def participating(self, on):
        """Lines of families in which somebody has a live consent to participation on the day `on` (default today)."""
        yes = Consent.objects.live(on).filter(family=OuterRef("family"), purpose=Purpose.PARTICIPATION)
        return self.filter(Exists(yes))

    @kept_on_day
    def live(self, on):
        """Signed, inside its dates on the day `on` (default today in Norway; both days included), and participating."""
        return self.participating(on).filter(AgreementLine.in_force(on))

    def drafts(self):
        return self.filter(state=LineState.DRAFT)


class AgreementLine(Versioned):
    """One line of the samarbeidsavtale (R-C2): this service, about these people, on these topics, from–to."""

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    family = models.ForeignKey(Family, on_delete=models.PROTECT, related_name="agreement_lines")
    service = models.ForeignKey(
        Service, on_delete=models.PROTECT, related_name="agreement_lines", verbose_name=_("tjeneste")
    )
    contact = models.ForeignKey(
        Contact, on_delete=models.PROTECT, null=True, blank=True, related_name="lines", verbose_name=_("kontakt")
    )
    members = models.ManyToManyField(
        Member, through="CoveredMember", related_name="agreement_lines", verbose_name=_("gjelder")
    )
    topics = ArrayField(models.CharField(max_length=12, choices=Topic.choices), verbose_name=_("tema"))
    direction = models.CharField(_("retning"), max_length=5, choices=Direction.choices, default=Direction.BOTH)
    what_they_do = models.CharField(_("hva de gjør"), max_length=200, blank=True)
    state = models.CharField(_("tilstand"), max_length=10, choices=LineState.choices, default=LineState.DRAFT)
    valid_from = models.DateField(_("fra"))
    valid_to = models.DateField(_("til og med"), null=True, blank=True)
    drafted_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    signed_on = models.DateField(_("underskrevet"), null=True, blank=True)
    signed_how = models.CharField(_("hvordan"), max_length=10, choices=How.choices, blank=True)
    signed_by = models.CharField(_("underskrevet av"), max_length=160, blank=True)
    # A scan of the signed paper. It names contacts, so it is given out by consent.rules.paper_is_open alone.
    paper = models.ForeignKey(
        Document, on_delete=models.PROTECT, null=True, blank=True, related_name="lines",
        verbose_name=_("underskrevet ark"),
    )  # fmt: skip
    signed_note = models.CharField(_("merknad"), max_length=500, blank=True)
    ended_on = models.DateField(_("avsluttet"), null=True, blank=True)
    ended_reason = models.CharField(_("grunn"), max_length=300, blank=True)

    objects = AgreementLineQuerySet.as_manager()

    class Meta:
        verbose_name = _("avtalelinje")
        verbose_name_plural = _("avtalelinjer")
        ordering = ["service__name", "valid_from"]
        indexes = [
            models.Index(fields=["family", "state"], name="line_family"),
            models.Index(fields=["contact"], name="line_contact"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(valid_to=None) | Q(valid_to__gte=F("valid_from")), name="line_dates_in_order"
            ),
            models.CheckConstraint(
                condition=Q(state=LineState.DRAFT, signed_on=None, signed_by="", signed_how="")
                | (~Q(state=LineState.DRAFT) & Q(signed_on__isnull=False) & ~Q(signed_by="") & ~Q(signed_how=""))
                | Q(state=LineState.ENDED),
                name="line_signed_by_somebody",
            ),
            models.CheckConstraint(
                condition=(Q(state=LineState.ENDED) & Q(ended_on__isnull=False) & ~Q(ended_reason=""))
                | (~Q(state=LineState.ENDED) & Q(ended_on=None) & Q(ended_reason="")),
                name="line_ended_for_a_reason",
            ),
            models.CheckConstraint(condition=~Q(topics=[]), name="line_has_topics"),
        ]

    def __str__(self):
        return str(self.service)

    @staticmethod
    def in_force(on=None):
        """Signed and inside its dates: half of what makes a line live. The other half is participation."""
        on = on or timezone.localdate()
        return Q(state=LineState.SIGNED, valid_from__lte=on) & (Q(valid_to=None) | Q(valid_to__gte=on))

    @property
    def topic_labels(self):
        return [str(Topic(topic).label) for topic in self.topics]


class CoveredMember(models.Model):
    """A person an agreement line is about."""

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    family = models.ForeignKey(Family, on_delete=models.PROTECT, related_name="+")
    line = models.ForeignKey(AgreementLine, on_delete=models.CASCADE, related_name="covered")
    member = models.ForeignKey(Member, on_delete=models.PROTECT, related_name="+")

    objects = FamilyRows.as_manager()

    class Meta:
        verbose_name = _("person i avtalen")
        constraints = [models.UniqueConstraint(fields=["line", "member"], name="covered_once")]

    def __str__(self):
        return str(self.member)
