"""What a service is told of a meeting by mail: that it is asked, that time or place is another, that it is off."""

from uuid import uuid4

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from consent.models import AgreementLine
from plans.enums import NoticeKind

from .leaving import Leaving, LeavingQuerySet
from .meetings import Meeting


class MeetingNotice(Leaving):
    """One mail to the contact of one line (docs/adr/0033). The words are made when it leaves: none are kept here."""

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    family = models.ForeignKey("families.Family", on_delete=models.PROTECT, related_name="meeting_notices")
    meeting = models.ForeignKey(Meeting, on_delete=models.PROTECT, related_name="notices")
    line = models.ForeignKey(AgreementLine, on_delete=models.PROTECT, related_name="+", verbose_name=_("avtalelinje"))
    kind = models.CharField(_("hva"), max_length=10, choices=NoticeKind.choices)
    starts_at = models.DateTimeField(_("tiden som sies"))
    # Time and place as one number (plans/notices.py), so that one sees whether they are what was told.
    terms = models.CharField(max_length=64, editable=False)

    objects = LeavingQuerySet.as_manager()

    class Meta:
        verbose_name = _("beskjed om et møte")
        verbose_name_plural = _("beskjeder om møter")
        ordering = ["sent_at", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["meeting", "line"],
                condition=Q(stopped_at=None, mailed_at=None),
                name="meeting_notice_waits_once",
            ),
            models.CheckConstraint(
                condition=Q(stopped_at=None) | Q(mailed_at=None), name="meeting_notice_stopped_in_time"
            ),
            models.CheckConstraint(
                condition=Q(stopped_at__isnull=False) | Q(stopped_by=None), name="meeting_notice_stop"
            ),
            models.CheckConstraint(condition=Q(leaves_at__gte=F("sent_at")), name="meeting_notice_in_order"),
        ]

    def __str__(self):
        return str(self.get_kind_display())

    @property
    def asks(self):
        """Whether whoever reads it is to come."""
        return self.kind in (NoticeKind.INVITED, NoticeKind.MOVED)
