"""What was told without consent because a law goes before secrecy: a table for the family's own coordinators alone."""

import uuid

import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models

from nyemonstre.access.wall import families, protect, tie_to_readable

MAY = families("disclose")

# Only added to. The release is written once, by whoever releases it, and the account itself never changes.
ONCE = """
revoke update, delete on consent_disclosure from nm_web, nm_worker;
grant update (released_on, released_reason, released_by_id, released_at) on consent_disclosure to nm_web, nm_worker;
create policy released_once on consent_disclosure as restrictive for update to nm_web, nm_worker
  using (released_on is null) with check (released_by_id = sec.uid())
"""
UNDO = """
drop policy released_once on consent_disclosure;
grant update, delete on consent_disclosure to nm_web, nm_worker
"""


class Migration(migrations.Migration):
    dependencies = [
        ("consent", "0008_words_of_a_line"),
        ("content", "0002_wall"),
        ("families", "0011_told_without_consent"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Disclosure",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("concern", "Bekymringsmelding til barnevernet"),
                            ("ordered", "Opplysninger barnevernet ga pålegg om"),
                            ("avert", "Avverging av et alvorlig lovbrudd"),
                        ],
                        max_length=8,
                        verbose_name="hva slags",
                    ),
                ),
                ("law_title", models.CharField(max_length=120, verbose_name="hjemmel")),
                ("law_text", models.TextField(blank=True, max_length=3000, verbose_name="lovteksten da")),
                ("told_on", models.DateField(verbose_name="når")),
                ("to_whom", models.CharField(max_length=160, verbose_name="til hvem")),
                ("what", models.TextField(max_length=3000, verbose_name="hva ble fortalt")),
                ("why", models.TextField(max_length=3000, verbose_name="hvorfor")),
                ("family_told", models.BooleanField(verbose_name="familien fikk vite det")),
                (
                    "family_told_why",
                    models.TextField(max_length=1000, verbose_name="hvorfor familien fikk vite det, eller ikke"),
                ),
                ("recorded_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("released_on", models.DateField(null=True, verbose_name="frigitt")),
                (
                    "released_reason",
                    models.CharField(blank=True, max_length=300, verbose_name="grunn til å frigi"),
                ),
                ("released_at", models.DateTimeField(null=True)),
                (
                    "family",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="disclosures", to="families.family"
                    ),
                ),
                (
                    "law",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="content.fact",
                        verbose_name="hjemmel",
                    ),
                ),
                (
                    "recorded_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "released_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "verbose_name": "fortalt uten samtykke",
                "verbose_name_plural": "fortalt uten samtykke",
                "ordering": ["-told_on", "-recorded_at", "id"],
                "indexes": [models.Index(fields=["family", "-told_on"], name="disclosure_family")],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("what", ""), _negated=True),
                            models.Q(("to_whom", ""), _negated=True),
                            models.Q(("why", ""), _negated=True),
                            models.Q(("family_told_why", ""), _negated=True),
                            models.Q(("law_title", ""), _negated=True),
                        ),
                        name="disclosure_is_accounted_for",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("released_at", None),
                                ("released_by", None),
                                ("released_on", None),
                                ("released_reason", ""),
                            ),
                            models.Q(
                                ("released_at__isnull", False),
                                ("released_by__isnull", False),
                                ("released_on__isnull", False),
                                models.Q(("released_reason", ""), _negated=True),
                            ),
                            _connector="OR",
                        ),
                        name="disclosure_released_by_somebody_for_a_reason",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("released_on", None), ("released_on__gte", models.F("told_on")), _connector="OR"
                        ),
                        name="disclosure_released_afterwards",
                    ),
                ],
            },
        ),
        protect(
            "consent_disclosure",
            read=MAY,
            write=MAY,
            insert=f"{MAY} and recorded_by_id = sec.uid() and released_on is null",
            delete="false",
        ),
        tie_to_readable("consent_disclosure", law_id="content_fact"),
        migrations.RunSQL(ONCE, UNDO),
    ]
