"""Things put off in one's own list, and what a lead is told of in the morning mail."""

import uuid

import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models
from django.db.models import Q

from nyemonstre.access.wall import families, protect, tie

OWN = "user_id = sec.uid() and " + families("view_family")
ABOUT = "open_windows > 0 or passed_windows > 0"
SWAP = """
alter table families_reminder drop constraint reminder_about_something;
alter table families_reminder add constraint reminder_about_something check ({});
"""


class Migration(migrations.Migration):
    dependencies = [
        ("families", "0016_permission_to_approve_keys"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Snooze",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("item", models.CharField(max_length=32)),
                ("until", models.DateField(verbose_name="kommer tilbake")),
                ("reason", models.CharField(max_length=300, verbose_name="grunn")),
                ("made_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("ended_at", models.DateTimeField(null=True)),
                (
                    "family",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="families.family"
                    ),
                ),
                (
                    "milestone",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="families.milestone",
                    ),
                ),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
            ],
            options={
                "verbose_name": "utsettelse i egen liste",
                "verbose_name_plural": "utsettelser i egen liste",
                "ordering": ["until", "pk"],
                "indexes": [
                    models.Index(condition=Q(ended_at=None), fields=["milestone", "user"], name="snooze_milestone")
                ],
                "constraints": [
                    models.UniqueConstraint(
                        condition=Q(ended_at=None), fields=("user", "family", "item"), name="snooze_one_at_a_time"
                    ),
                    models.CheckConstraint(condition=~Q(reason=""), name="snooze_for_a_reason"),
                ],
            },
        ),
        migrations.AddField(
            model_name="reminder",
            name="escalated",
            field=models.PositiveIntegerField(default=0, verbose_name="passerte vinduer i kommunen"),
        ),
        migrations.SeparateDatabaseAndState(
            database_operations=[
                migrations.RunSQL(SWAP.format(f"{ABOUT} or escalated > 0"), SWAP.format(ABOUT)),
            ],
            state_operations=[
                migrations.RemoveConstraint(model_name="reminder", name="reminder_about_something"),
                migrations.AddConstraint(
                    model_name="reminder",
                    constraint=models.CheckConstraint(
                        condition=Q(open_windows__gt=0) | Q(passed_windows__gt=0) | Q(escalated__gt=0),
                        name="reminder_about_something",
                    ),
                ),
            ],
        ),
        protect("families_snooze", read=OWN, write=OWN, delete="false"),
        tie("families_snooze", milestone_id="families_milestone"),
    ]
