"""The economy checklist: how each thing stands for a family, and what a municipality asks about. With their walls."""

import uuid

import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models

from nyemonstre.access.wall import families, municipalities, protect, tie

HERE = "municipality_id = any (array(select m.municipality_id from sec.my_memberships() m))"


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0014_service_domains"),
        ("assessments", "0006_corrections_wall"),
        ("families", "0013_permission_to_change_instruments"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="EconomyAnswer",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("item", models.SlugField(max_length=40, verbose_name="punkt")),
                ("version", models.PositiveIntegerField(default=1, editable=False)),
                (
                    "status",
                    models.CharField(
                        choices=[
                            ("not_asked", "Ikke spurt"),
                            ("not_relevant", "Ikke aktuelt"),
                            ("to_investigate", "Skal undersøkes"),
                            ("applied", "Søkt"),
                            ("granted", "Innvilget"),
                            ("refused", "Avslått"),
                        ],
                        max_length=15,
                        verbose_name="status",
                    ),
                ),
                ("choice", models.SlugField(blank=True, max_length=20, verbose_name="svar")),
                ("on", models.DateField(default=django.utils.timezone.localdate, verbose_name="dato")),
                (
                    "amount",
                    models.DecimalField(blank=True, decimal_places=2, max_digits=10, null=True, verbose_name="beløp"),
                ),
                (
                    "per",
                    models.CharField(
                        blank=True,
                        choices=[("month", "i måneden"), ("year", "i året"), ("once", "én gang")],
                        max_length=5,
                        verbose_name="hvor ofte",
                    ),
                ),
                ("note", models.CharField(blank=True, max_length=500, verbose_name="merknad")),
                ("url", models.URLField(blank=True, max_length=300, verbose_name="lenke")),
                ("recorded_at", models.DateTimeField(default=django.utils.timezone.now)),
                (
                    "family",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="economy_answers",
                        to="families.family",
                    ),
                ),
                (
                    "member",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="economy_answers",
                        to="families.member",
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
                "verbose_name": "punkt om økonomi",
                "verbose_name_plural": "punkter om økonomi",
                "ordering": ["-version"],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("family", "item", "member", "version"),
                        name="economy_version_once",
                        nulls_distinct=False,
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("amount", None), ("per", "")),
                            models.Q(("amount__gte", 0), models.Q(("per", ""), _negated=True)),
                            _connector="OR",
                        ),
                        name="economy_amount_says_how_often",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("amount", None), ("status__in", ["applied", "granted"]), _connector="OR"),
                        name="economy_amount_of_something",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("choice", ""), ("status", "granted"), _connector="OR"),
                        name="economy_choice_is_an_answer",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="LocalEconomyItem",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("key", models.SlugField(max_length=40, verbose_name="kortnavn")),
                ("title", models.CharField(blank=True, max_length=120, verbose_name="hva spør vi om?")),
                (
                    "about",
                    models.CharField(
                        choices=[("family", "familien"), ("adult", "hver voksen"), ("child", "hvert barn")],
                        default="family",
                        max_length=10,
                        verbose_name="gjelder",
                    ),
                ),
                ("help", models.CharField(blank=True, max_length=500, verbose_name="forklaring")),
                ("url", models.URLField(blank=True, max_length=300, verbose_name="lenke")),
                ("in_use", models.BooleanField(default=True, verbose_name="i bruk")),
                ("changed_at", models.DateTimeField(default=django.utils.timezone.now)),
                (
                    "changed_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "municipality",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="economy_items",
                        to="accounts.municipality",
                    ),
                ),
            ],
            options={
                "verbose_name": "punkt i økonomilisten",
                "verbose_name_plural": "punkter i økonomilisten",
                "ordering": ["title", "key"],
                "constraints": [models.UniqueConstraint(fields=("municipality", "key"), name="economy_item_once")],
            },
        ),
        # A version is only ever added: it is its own history.
        protect(
            "assessments_economyanswer",
            read=families("view_assessment"),
            insert=families("change_assessment"),
            write="false",
        ),
        tie("assessments_economyanswer", member_id="families_member"),
        protect("assessments_localeconomyitem", read=HERE, write=municipalities("change_instruments"), delete="false"),
    ]
