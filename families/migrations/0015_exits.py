"""That follow-up ended, and why, kept for the register study also when it is taken up again."""

from uuid import uuid4

import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models
from django.db.models import F, Q

from nyemonstre.access.history import keep_history
from nyemonstre.access.wall import families, protect

USER = settings.AUTH_USER_MODEL


def by(**more: bool) -> models.ForeignKey:
    return models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to=USER, **more)


class Migration(migrations.Migration):
    dependencies = [("families", "0014_one_look_at_the_permission"), migrations.swappable_dependency(USER)]

    operations = [
        migrations.CreateModel(
            name="Exit",
            fields=[
                ("id", models.UUIDField(default=uuid4, editable=False, primary_key=True, serialize=False)),
                ("ended_on", models.DateField(verbose_name="siste dag")),
                (
                    "because",
                    models.CharField(
                        choices=[
                            ("years", "Fem år er gått"),
                            ("enough", "Familien klarer seg uten oppfølgingen"),
                            ("unwilling", "Familien vil ikke mer"),
                            ("moved", "Familien har flyttet fra kommunen"),
                            ("contact", "Vi får ikke kontakt"),
                            ("other", "Noe annet"),
                        ],
                        max_length=10,
                        verbose_name="grunn",
                    ),
                ),
                ("reason", models.CharField(max_length=300, verbose_name="grunnen med ord")),
                ("recorded_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("reopened_on", models.DateField(null=True, verbose_name="tatt opp igjen")),
                ("reopened_reason", models.CharField(blank=True, max_length=300)),
                (
                    "family",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="exits", to="families.family"
                    ),
                ),
                ("recorded_by", by()),
                ("reopened_by", by(null=True)),
            ],
            options={
                "verbose_name": "avslutning",
                "verbose_name_plural": "avslutninger",
                "ordering": ["-ended_on", "-recorded_at"],
                "constraints": [
                    models.UniqueConstraint(
                        condition=Q(reopened_on=None), fields=("family",), name="exit_one_at_a_time"
                    ),
                    models.CheckConstraint(condition=~Q(reason=""), name="exit_for_a_reason"),
                    models.CheckConstraint(
                        condition=Q(reopened_on=None, reopened_by=None, reopened_reason="")
                        | (Q(reopened_on__gte=F("ended_on"), reopened_by__isnull=False) & ~Q(reopened_reason="")),
                        name="exit_reopened_by_somebody_for_a_reason",
                    ),
                ],
            },
        ),
        protect(
            "families_exit",
            read=families("list_family"),
            insert=families("change_family"),
            write=families("assign_coordinator"),
            delete="false",
        ),
        keep_history("families_exit", permission="view_family"),
    ]
