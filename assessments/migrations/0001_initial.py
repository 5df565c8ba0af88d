import uuid

import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("families", "0002_wall"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Assessment",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                (
                    "kind",
                    models.CharField(
                        choices=[("baseline", "Oppstartskartlegging"), ("yearly", "Årlig kartlegging")],
                        max_length=10,
                        verbose_name="hva",
                    ),
                ),
                ("number", models.PositiveSmallIntegerField(default=1, verbose_name="runde")),
                ("held_on", models.DateField(default=django.utils.timezone.localdate, verbose_name="dato")),
                (
                    "instrument",
                    models.CharField(default="nm-2026-1", editable=False, max_length=40, verbose_name="spørsmål"),
                ),
                (
                    "language",
                    models.CharField(
                        choices=[("nb", "Bokmål"), ("nn", "Nynorsk"), ("en", "English")],
                        default="nb",
                        max_length=2,
                        verbose_name="språk",
                    ),
                ),
                ("interpreter", models.CharField(blank=True, max_length=40, verbose_name="tolk i")),
                ("started_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("completed_at", models.DateTimeField(null=True)),
                ("abandoned_at", models.DateTimeField(null=True)),
                ("abandoned_reason", models.CharField(blank=True, max_length=300, verbose_name="grunn")),
                (
                    "abandoned_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "completed_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "family",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="assessments", to="families.family"
                    ),
                ),
                (
                    "started_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
            ],
            options={
                "verbose_name": "kartlegging",
                "verbose_name_plural": "kartlegginger",
                "ordering": ["-held_on", "-started_at"],
            },
        ),
        migrations.CreateModel(
            name="FitAnswer",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("instrument", models.CharField(default="fit-1", editable=False, max_length=40)),
                ("asked_on", models.DateField(default=django.utils.timezone.localdate, verbose_name="dato")),
                ("after", models.CharField(blank=True, max_length=120, verbose_name="etter hvilket møte")),
                ("value", models.PositiveSmallIntegerField(blank=True, null=True, verbose_name="svar")),
                (
                    "missing",
                    models.CharField(
                        blank=True,
                        choices=[("unknown", "Vet ikke"), ("unwilling", "Vil ikke svare"), ("not_asked", "Ikke spurt")],
                        max_length=10,
                    ),
                ),
                ("comment", models.CharField(blank=True, max_length=1000, verbose_name="egne ord")),
                ("recorded_at", models.DateTimeField(default=django.utils.timezone.now)),
                (
                    "family",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="fit_answers", to="families.family"
                    ),
                ),
                (
                    "member",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="fit_answers",
                        to="families.member",
                        verbose_name="hvem",
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
                "verbose_name": "FIT-svar",
                "verbose_name_plural": "FIT-svar",
                "ordering": ["-asked_on", "-recorded_at"],
            },
        ),
        migrations.CreateModel(
            name="Response",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("question", models.CharField(max_length=60)),
                (
                    "respondent",
                    models.CharField(choices=[("family", "familien"), ("coordinator", "koordinatoren")], max_length=12),
                ),
                ("value", models.JSONField(null=True)),
                (
                    "missing",
                    models.CharField(
                        blank=True,
                        choices=[("unknown", "Vet ikke"), ("unwilling", "Vil ikke svare"), ("not_asked", "Ikke spurt")],
                        max_length=10,
                    ),
                ),
                ("recorded_at", models.DateTimeField(default=django.utils.timezone.now)),
                (
                    "assessment",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="responses",
                        to="assessments.assessment",
                    ),
                ),
                (
                    "family",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="responses", to="families.family"
                    ),
                ),
                (
                    "member",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="responses",
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
                "verbose_name": "svar",
                "verbose_name_plural": "svar",
                "ordering": ["recorded_at"],
            },
        ),
        migrations.AddIndex(
            model_name="assessment",
            index=models.Index(fields=["family", "held_on"], name="assessment_family"),
        ),
        migrations.AddConstraint(
            model_name="assessment",
            constraint=models.UniqueConstraint(
                condition=models.Q(("abandoned_at", None), ("completed_at", None)),
                fields=("family", "kind", "number"),
                name="assessment_one_open",
            ),
        ),
        migrations.AddConstraint(
            model_name="assessment",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("completed_at", None), ("completed_by", None)),
                    models.Q(("completed_at__isnull", False), ("completed_by__isnull", False)),
                    _connector="OR",
                ),
                name="assessment_completed_by_somebody",
            ),
        ),
        migrations.AddConstraint(
            model_name="assessment",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("abandoned_at", None), ("abandoned_by", None), ("abandoned_reason", "")),
                    models.Q(
                        ("abandoned_at__isnull", False),
                        ("abandoned_by__isnull", False),
                        models.Q(("abandoned_reason", ""), _negated=True),
                    ),
                    _connector="OR",
                ),
                name="assessment_abandoned_for_a_reason",
            ),
        ),
        migrations.AddConstraint(
            model_name="assessment",
            constraint=models.CheckConstraint(
                condition=models.Q(("completed_at", None), ("abandoned_at", None), _connector="OR"),
                name="assessment_completed_or_abandoned",
            ),
        ),
        migrations.AddConstraint(
            model_name="assessment",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("kind", "baseline"), ("number", 1)),
                    models.Q(("kind", "yearly"), ("number__gte", 1)),
                    _connector="OR",
                ),
                name="assessment_baseline_is_one",
            ),
        ),
        migrations.AddIndex(
            model_name="fitanswer",
            index=models.Index(fields=["family", "asked_on"], name="fit_family"),
        ),
        migrations.AddConstraint(
            model_name="fitanswer",
            constraint=models.CheckConstraint(
                condition=models.Q(("value", None), ("value__lte", 10), _connector="OR"), name="fit_value_to_ten"
            ),
        ),
        migrations.AddConstraint(
            model_name="fitanswer",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("missing", ""), ("value__isnull", False)),
                    models.Q(("value", None), models.Q(("missing", ""), _negated=True)),
                    _connector="OR",
                ),
                name="fit_value_or_missing",
            ),
        ),
        migrations.AddIndex(
            model_name="response",
            index=models.Index(fields=["family"], name="response_family"),
        ),
        migrations.AddConstraint(
            model_name="response",
            constraint=models.UniqueConstraint(
                fields=("assessment", "member", "question"), name="response_once", nulls_distinct=False
            ),
        ),
        migrations.AddConstraint(
            model_name="response",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("value__isnull", False), ("missing", "")),
                    models.Q(("value__isnull", True), models.Q(("missing", ""), _negated=True)),
                    _connector="OR",
                ),
                name="response_value_or_missing",
            ),
        ),
    ]
