import uuid

import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models

from nyemonstre.access.wall import protect

FOLLOWS = "exists (select 1 from referrals_referral r where r.id = referral_id)"
TO_DECIDE = "referral_id = any (array(select sec.referrals_to_decide()))"
ADDED_TO = "revoke update, delete on referrals_calculation from nm_web, nm_worker"
UNDO = "grant update, delete on referrals_calculation to nm_web, nm_worker"


class Migration(migrations.Migration):
    dependencies = [
        ("referrals", "0013_same_family_wall"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Calculation",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                (
                    "kind",
                    models.CharField(
                        choices=[("low_income", "Lav inntekt i tre år"), ("crowding", "Trangbodd")],
                        max_length=12,
                        verbose_name="slags utregning",
                    ),
                ),
                ("facts", models.JSONField()),
                ("made_at", models.DateTimeField(default=django.utils.timezone.now)),
                (
                    "made_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "referral",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="calculations",
                        to="referrals.referral",
                    ),
                ),
            ],
            options={
                "verbose_name": "utregning",
                "verbose_name_plural": "utregninger",
                "ordering": ["-made_at", "id"],
                "indexes": [models.Index(fields=["referral", "-made_at"], name="calculation_referral")],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("facts", {}), _negated=True), name="calculation_has_facts"
                    )
                ],
            },
        ),
        protect(
            "referrals_calculation",
            read=FOLLOWS,
            write="false",
            insert=f"made_by_id = sec.uid() and {TO_DECIDE} and {FOLLOWS}",
        ),
        migrations.RunSQL(ADDED_TO, UNDO),
    ]
