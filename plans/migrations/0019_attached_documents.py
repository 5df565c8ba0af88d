"""Documents beside the plan, its goals and the meetings. Beside finished minutes they stay as they are."""

import uuid

import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models
from django.db.models import Q

from nyemonstre.access.history import keep_history
from nyemonstre.access.wall import either, families, protect, tie

PLAN, JOURNAL = families("view_plan"), families("view_journal")
READ = f"{PLAN} and {either('meeting_id is null', JOURNAL)}"
CHANGE = either(
    f"meeting_id is null and {families('change_plan')}", f"meeting_id is not null and {families('change_journal')}"
)
# The same rule as for all else in finished minutes (0016_meetings).
FINISHED = """
create trigger finished before insert or delete on plans_attacheddocument
  for each row execute function plans_minutes_are_finished()
"""


def to(model: str, **more: object) -> models.ForeignKey:
    more.setdefault("related_name", "+")
    return models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, to=model, **more)


class Migration(migrations.Migration):
    dependencies = [
        ("plans", "0018_who_was_there_and_batches"),
        ("documents", "0002_wall"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="AttachedDocument",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("attached_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("attached_by", to(settings.AUTH_USER_MODEL)),
                ("document", to("documents.document")),
                ("family", to("families.family", related_name="attached_documents")),
                ("goal", to("plans.goal", null=True, related_name="attached")),
                ("meeting", to("plans.meeting", null=True, related_name="attached")),
            ],
            options={
                "verbose_name": "dokument som ligger ved",
                "verbose_name_plural": "dokumenter som ligger ved",
                "ordering": ["attached_at", "id"],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("document", "meeting", "goal"), name="attached_once", nulls_distinct=False
                    ),
                    models.CheckConstraint(condition=Q(meeting=None) | Q(goal=None), name="attached_to_one"),
                ],
            },
        ),
        protect("plans_attacheddocument", read=READ, insert=CHANGE, write="false", delete=CHANGE),
        tie(
            "plans_attacheddocument",
            document_id="documents_document",
            meeting_id="plans_meeting",
            goal_id="plans_goal",
        ),
        keep_history("plans_attacheddocument", permission="view_plan"),
        migrations.RunSQL(FINISHED, "drop trigger finished on plans_attacheddocument"),
    ]
