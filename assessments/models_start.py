"""Where in life a family was when it came, and what the research calls risk. For help and reports, never a verdict."""

from uuid import uuid4

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from families.models import Family, FamilyRows


class Phase(models.TextChoices):
    """R-W5: the points of entry for early help."""

    BEFORE_LESS = "before_less", _("Før inntekten går ned, for eksempel til AAP")
    BEFORE_DEBT = "before_debt", _("Før gjelden vokser")
    FIRST_TALK = "first_talk", _("Den første samtalen")
    PREGNANT = "pregnant", _("Venter barn")
    KINDERGARTEN = "kindergarten", _("Barn i barnehage")
    PRIMARY = "primary", _("Barn på barneskolen")
    LOWER_SECONDARY = "lower_secondary", _("Barn på ungdomsskolen")
    BEFORE_DROPOUT = "before_dropout", _("Før noen slutter på videregående")
    BEFORE_BASEMENT = "before_basement", _("Før en ung trekker seg tilbake («i kjelleren»)")
    BEFORE_30 = "before_30", _("Voksen under 30 år")
    BEFORE_CHILD = "before_child", _("Før det første egne barnet")
    SETTLED = "settled", _("Den første tiden etter bosetting")


class Risk(models.TextChoices):
    """DOMAIN.md 1.9: children who more often grow up with low income."""

    LONE = "lone", _("Én forsørger")
    EDUCATION = "education", _("Hovedforsørgeren har lite utdanning")
    TRANSFERS = "transfers", _("Mer enn halvparten av inntekten er stønader")
    NO_WORK = "no_work", _("Ingen voksne i arbeid")
    IMMIGRANT = "immigrant", _("Innvandrerbakgrunn")


class StartPictureQuerySet(FamilyRows):
    def newest(self, family):
        """What counts for a family, or None."""
        return self.filter(family=family).order_by("-version").first()


class StartPicture(models.Model):
    """What was said about the start. Only ever added to; the highest version counts."""

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    family = models.ForeignKey(Family, on_delete=models.PROTECT, related_name="start_pictures")
    version = models.PositiveIntegerField(default=1, editable=False)
    phases = ArrayField(
        models.CharField(max_length=20, choices=Phase.choices), default=list, verbose_name=_("livsfase")
    )
    risks = ArrayField(models.CharField(max_length=20, choices=Risk.choices), default=list, verbose_name=_("risiko"))
    note = models.CharField(_("merknad"), max_length=500, blank=True)
    recorded_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField(default=timezone.now)

    objects = StartPictureQuerySet.as_manager()

    class Meta:
        verbose_name = _("start")
        verbose_name_plural = _("starter")
        ordering = ["-version"]
        constraints = [models.UniqueConstraint(fields=["family", "version"], name="start_version_once")]

    def __str__(self):
        return str(self.recorded_at)
