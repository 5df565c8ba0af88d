"""Which of the family's documents lie with the plan, with one of its goals, or with a meeting."""

from uuid import uuid4

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from documents.models import Document
from families.models import Family, FamilyRows
from nyemonstre.access.kept import kept
from nyemonstre.access.roles import Permission

from .meetings import Meeting
from .plan import Goal, by_somebody


class AttachedQuerySet(FamilyRows):
    @kept
    def permitted(self, user, permission):
        """Also the document must be one this person may see: its title says something too."""
        return self.filter(
            family__in=Family.objects.permitted(user, permission),
            document__in=Document.objects.permitted(user, Permission.VIEW_FAMILY),
        )

    def with_words(self):
        """With all a page says of them; no further query however many."""
        return self.select_related("document", "goal", "attached_by")


class AttachedDocument(models.Model):
    """One document beside a meeting or a goal; beside neither it belongs to the plan. Put there and taken away, never
    changed; and beside finished minutes it stays."""

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    family = models.ForeignKey(Family, on_delete=models.PROTECT, related_name="attached_documents")
    document = models.ForeignKey(Document, on_delete=models.PROTECT, related_name="+")
    meeting = models.ForeignKey(Meeting, on_delete=models.PROTECT, null=True, related_name="attached")
    goal = models.ForeignKey(Goal, on_delete=models.PROTECT, null=True, related_name="attached")
    attached_by = by_somebody()
    attached_at = models.DateTimeField(default=timezone.now)

    objects = AttachedQuerySet.as_manager()

    class Meta:
        verbose_name = _("dokument som ligger ved")
        verbose_name_plural = _("dokumenter som ligger ved")
        ordering = ["attached_at", "id"]
        constraints = [
            models.UniqueConstraint(fields=["document", "meeting", "goal"], nulls_distinct=False, name="attached_once"),
            models.CheckConstraint(condition=Q(meeting=None) | Q(goal=None), name="attached_to_one"),
        ]

    def __str__(self):
        return str(self.document)
