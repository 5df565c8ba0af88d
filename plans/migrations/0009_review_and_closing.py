"""What the next six months are for, and how follow-up was rounded off with the family."""

from uuid import uuid4

import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models
from django.db.models import Q

from nyemonstre.access.history import keep_history
from nyemonstre.access.wall import families, protect, tie

READ, CHANGE = families("view_plan"), families("change_plan")


class Migration(migrations.Migration):
    dependencies = [
        ("plans", "0008_waiting_and_whole"),
        ("families", "0015_exits"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name="review",
            name="ahead",
            field=models.TextField(blank=True, max_length=2000, verbose_name="de neste seks månedene"),
        ),
        migrations.AddField(
            model_name="review",
            name="with_whom",
            field=models.CharField(blank=True, max_length=300, verbose_name="hvem som er med videre"),
        ),
        migrations.CreateModel(
            name="Closing",
            fields=[
                ("id", models.UUIDField(default=uuid4, editable=False, primary_key=True, serialize=False)),
                ("met_on", models.DateField(blank=True, null=True, verbose_name="møtet")),
                ("present", models.CharField(blank=True, max_length=300, verbose_name="hvem var med")),
                (
                    "said",
                    models.TextField(blank=True, max_length=2000, verbose_name="familien om tiden som er gått"),
                ),
                (
                    "continues",
                    models.TextField(blank=True, max_length=1000, verbose_name="hvem som følger opp videre"),
                ),
                ("goals", models.JSONField(default=list, verbose_name="målene slik de sto")),
                ("pattern", models.CharField(blank=True, max_length=300, verbose_name="mønsteret med ord")),
                ("recorded_at", models.DateTimeField(default=django.utils.timezone.now)),
                (
                    "exit",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="families.exit"
                    ),
                ),
                (
                    "family",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="closings", to="families.family"
                    ),
                ),
                (
                    "recorded_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
            ],
            options={
                "verbose_name": "avslutning med familien",
                "verbose_name_plural": "avslutninger med familien",
                "ordering": ["-recorded_at"],
                "constraints": [
                    models.CheckConstraint(condition=Q(met_on=None) | ~Q(present=""), name="closing_met_with_somebody"),
                ],
            },
        ),
        protect("plans_closing", read=READ, insert=CHANGE, write="false"),
        tie("plans_closing", exit_id="families_exit"),
        keep_history("plans_closing", permission="view_plan"),
    ]
