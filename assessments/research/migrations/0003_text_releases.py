"""What people have written, released for named questions by two people; read by those who export and those who oversee.

The worker alone writes the file. A person asks, and another agrees; nothing else of a row changes.
"""

import uuid

import django.contrib.postgres.fields
import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models
from django.db.models import F, Q

import nyemonstre.vault.fields
from nyemonstre.access.wall import either, municipalities, protect, restrict

EXPORT, APPROVE = municipalities("export_research"), municipalities("approve_keys")
OF_PROJECT = (
    "exists (select from research_project p where p.id = research_textrelease.project_id"
    " and p.municipality_id = research_textrelease.municipality_id)"
)
GRANTS = """
revoke update, delete on research_textrelease from nm_web;
grant update (approved_by_id, approved_at) on research_textrelease to nm_web;
"""
UNDO = "grant all on research_textrelease to nm_web"


def somebody(**options):
    return models.ForeignKey(
        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL, **options
    )


class Migration(migrations.Migration):
    dependencies = [("research", "0002_wall"), migrations.swappable_dependency(settings.AUTH_USER_MODEL)]

    operations = [
        migrations.CreateModel(
            name="TextRelease",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                (
                    "questions",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=60), size=None, verbose_name="hvilke spørsmål"
                    ),
                ),
                ("reason", models.CharField(max_length=300, verbose_name="hva teksten skal brukes til")),
                ("approval", models.CharField(max_length=40, verbose_name="nummer på godkjenningen")),
                ("keep_until", models.DateField(verbose_name="filen slettes etter")),
                ("asked_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("approved_at", models.DateTimeField(null=True)),
                ("made_at", models.DateTimeField(null=True)),
                ("content", nyemonstre.vault.fields.SealedField(null=True, within="id")),
                ("persons", models.PositiveIntegerField(null=True)),
                (
                    "withdrawn",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=12), default=list, editable=False, size=None
                    ),
                ),
                ("forgotten_at", models.DateTimeField(null=True)),
                ("approved_by", somebody(null=True)),
                ("asked_by", somebody()),
                (
                    "municipality",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="accounts.municipality"
                    ),
                ),
                (
                    "project",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="texts", to="research.project"
                    ),
                ),
            ],
            options={
                "verbose_name": "frigiving av fritekst",
                "ordering": ["-asked_at"],
                "constraints": [
                    models.CheckConstraint(
                        condition=Q(("reason", ""), _negated=True) & Q(("approval", ""), _negated=True),
                        name="text_release_says_why",
                    ),
                    models.CheckConstraint(
                        condition=Q(("questions", []), _negated=True), name="text_release_names_questions"
                    ),
                    models.CheckConstraint(
                        condition=Q(approved_by=None, approved_at=None, content=None)
                        | Q(approved_by__isnull=False, approved_at__isnull=False),
                        name="text_release_approved_before_made",
                    ),
                    models.CheckConstraint(
                        condition=Q(approved_by=None) | Q(("approved_by", F("asked_by")), _negated=True),
                        name="text_release_four_eyes",
                    ),
                ],
            },
        ),
        protect("research_textrelease", read=either(EXPORT, APPROVE), write=APPROVE, insert=EXPORT, delete="false"),
        restrict("research_textrelease", OF_PROJECT, name="of_project"),
        migrations.RunSQL(GRANTS, UNDO),
    ]
