# Changes of rows; what writes them, and the wall around them, is in 0002.

import django.contrib.postgres.fields
import django.utils.timezone
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = []

    operations = [
        migrations.CreateModel(
            name="Change",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("at", models.DateTimeField(default=django.utils.timezone.now, verbose_name="tidspunkt")),
                ("actor_id", models.UUIDField(null=True, verbose_name="hvem")),
                ("job", models.BooleanField(default=False)),
                ("municipality_id", models.UUIDField()),
                ("family_id", models.UUIDField()),
                ("table_name", models.CharField(max_length=63)),
                ("row_id", models.UUIDField()),
                (
                    "verb",
                    models.CharField(
                        choices=[("added", "La til"), ("changed", "Endret"), ("removed", "Fjernet")], max_length=8
                    ),
                ),
                ("before", models.JSONField(default=dict)),
                ("after", models.JSONField(default=dict)),
                (
                    "secret",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=63), default=list, size=None
                    ),
                ),
                ("permission", models.CharField(max_length=40)),
            ],
            options={
                "verbose_name": "endring",
                "verbose_name_plural": "endringer",
                "ordering": ["-at", "-id"],
                "indexes": [
                    models.Index(fields=["family_id", "-at", "-id"], name="change_family"),
                    models.Index(fields=["row_id"], name="change_row"),
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("verb__in", ["added", "changed", "removed"])), name="change_verb_known"
                    )
                ],
            },
        ),
    ]
