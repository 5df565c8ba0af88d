"""The plan as a PDF: who asked, how far it has come, and the file itself, behind the same wall as the plan."""

from datetime import timedelta
from uuid import uuid4

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from families.models import Family, FamilyRows
from plans.enums import DocumentState, Problem

from .plan import by_somebody

# A PDF takes seconds. After this long without an answer, the page offers to make it at once.
PATIENCE = timedelta(seconds=30)


class DocumentQuerySet(FamilyRows):
    def without_content(self):
        """For lists and progress: hundreds of kilobytes stay in the database."""
        return self.defer("content")


class PlanBatch(models.Model):
    """All the papers of a plan, ordered at once: each reader's and each service's. How far it has come is in them."""

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    family = models.ForeignKey(Family, on_delete=models.PROTECT, related_name="plan_batches")
    made_by = by_somebody()
    asked_at = models.DateTimeField(default=timezone.now)
    stopped_at = models.DateTimeField(null=True)

    objects = FamilyRows.as_manager()

    class Meta:
        verbose_name = _("alle papirene til planen")
        verbose_name_plural = _("alle papirene til planen")
        ordering = ["-asked_at"]
        indexes = [models.Index(fields=["family", "-asked_at"], name="plan_batch_family")]

    def __str__(self):
        return str(self.pk)


class PlanDocument(models.Model):
    """One printing of the plan.

    `printed_lines` are the agreement lines whose contacts stand in it: when one ends, the file is not given out.
    """

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    family = models.ForeignKey(Family, on_delete=models.PROTECT, related_name="plan_documents")
    batch = models.ForeignKey(PlanBatch, on_delete=models.PROTECT, null=True, related_name="documents")
    state = models.CharField(_("tilstand"), max_length=8, choices=DocumentState.choices, default=DocumentState.QUEUED)
    progress = models.PositiveSmallIntegerField(_("prosent"), default=0)
    straight = models.BooleanField(_("laget i forespørselen"), default=False)
    made_by = by_somebody()
    asked_at = models.DateTimeField(default=timezone.now)
    finished_at = models.DateTimeField(null=True)
    content = models.BinaryField(null=True)
    size = models.PositiveIntegerField(_("byte"), null=True)
    sha256 = models.CharField(max_length=64, blank=True)
    # For whom it was made, as families/marks.py names its readers: empty for everybody.
    reader = models.CharField(_("laget for"), max_length=48, blank=True)
    reader_name = models.CharField(_("laget for"), max_length=80, blank=True)
    large = models.BooleanField(_("stor skrift"), default=False)
    # The language headings stand in beside Norwegian (plans/beside.py), or none.
    beside = models.CharField(_("overskrifter også på"), max_length=8, blank=True)
    problem = models.CharField(_("hvorfor den ikke ble laget"), max_length=8, choices=Problem.choices, blank=True)
    printed_lines = ArrayField(models.UUIDField(), default=list)

    objects = DocumentQuerySet.as_manager()

    class Meta:
        verbose_name = _("plan som PDF")
        verbose_name_plural = _("planer som PDF")
        ordering = ["-asked_at"]
        indexes = [models.Index(fields=["family", "-asked_at"], name="plan_document_family")]
        constraints = [
            models.CheckConstraint(condition=Q(progress__lte=100), name="plan_document_progress_percent"),
            models.CheckConstraint(
                condition=(
                    Q(state=DocumentState.DONE, progress=100, content__isnull=False, size__isnull=False)
                    & Q(finished_at__isnull=False)
                    & ~Q(sha256="")
                )
                | (~Q(state=DocumentState.DONE) & Q(content=None, size=None, sha256="")),
                name="plan_document_done_has_file",
            ),
            models.CheckConstraint(
                condition=Q(problem="") | Q(state=DocumentState.FAILED), name="plan_document_problem_when_failed"
            ),
        ]

    def __str__(self):
        return str(self.pk)

    @property
    def under_way(self):
        return self.state in (DocumentState.QUEUED, DocumentState.RUNNING)

    @property
    def stuck(self):
        """Nobody has finished it for so long that waiting more makes no sense."""
        return self.under_way and timezone.now() - self.asked_at > PATIENCE
