"""The letter that tells a family what was decided, word for word as it was made."""

from uuid import uuid4

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from .referral import IntakeDecision, Referral


class LetterQuerySet(models.QuerySet):
    def permitted(self, user, permission):
        """Letters follow the henvendelse they answer."""
        return self.filter(decision__referral__in=Referral.objects.permitted(user, permission))


class DecisionLetter(models.Model):
    """One letter about one decision. The paper is drawn from `words` each time, so it always says the same.

    Append-only: a wrong letter is followed by another one. `protected` is true when it was written by the rules for a
    strictly protected family; one that was not is no longer handed out once the family is (docs/adr/0013).
    """

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    decision = models.ForeignKey(IntakeDecision, on_delete=models.PROTECT, related_name="letters")
    language = models.CharField(_("språk"), max_length=2, choices=settings.LANGUAGES)
    # What referrals/decision_letter.py: Wording holds, as plain values.
    words = models.JSONField()
    protected = models.BooleanField()
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    made_at = models.DateTimeField(default=timezone.now)

    objects = LetterQuerySet.as_manager()

    class Meta:
        verbose_name = _("brev om en beslutning")
        verbose_name_plural = _("brev om beslutninger")
        ordering = ["made_at", "id"]
        indexes = [models.Index(fields=["decision"], name="letter_decision")]
        constraints = [models.CheckConstraint(condition=~Q(words={}), name="letter_has_words")]

    def __str__(self):
        return str(self.words.get("title", ""))

    @property
    def receivers(self):
        return ", ".join(self.words.get("to", []))
