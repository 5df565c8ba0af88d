"""What the data protection officer is told to look at."""

import uuid

import django.contrib.postgres.fields
import django.utils.timezone
from django.db import migrations, models

from nyemonstre.access.wall import municipalities, protect


class Migration(migrations.Migration):
    dependencies = [("audit", "0003_chains")]

    operations = [
        migrations.CreateModel(
            name="Alert",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("municipality_id", models.UUIDField(verbose_name="kommune")),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("break_glass", "Åpnet med nødtilgang"),
                            ("own_family", "Egen familie"),
                            ("same_name", "Samme etternavn"),
                            ("protected", "Åpnet en familie med adressesperre"),
                            ("many_families", "Mange familier på kort tid"),
                            ("many_denied", "Mange forsøk som ble stanset"),
                            ("at_night", "Lest om natten"),
                        ],
                        max_length=20,
                        verbose_name="slags",
                    ),
                ),
                ("key", models.CharField(max_length=120)),
                ("actor_id", models.UUIDField(null=True, verbose_name="hvem")),
                ("family_id", models.UUIDField(null=True, verbose_name="familie")),
                (
                    "events",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.UUIDField(), size=None, verbose_name="hendelser"
                    ),
                ),
                ("first_at", models.DateTimeField(verbose_name="fra")),
                ("last_at", models.DateTimeField(verbose_name="til")),
                ("raised_at", models.DateTimeField(default=django.utils.timezone.now, verbose_name="varslet")),
                ("signed_off_at", models.DateTimeField(null=True, verbose_name="kvittert")),
                ("signed_off_by", models.UUIDField(null=True, verbose_name="kvittert av")),
                ("note", models.CharField(blank=True, max_length=500, verbose_name="merknad")),
            ],
            options={
                "verbose_name": "varsel",
                "verbose_name_plural": "varsler",
                "ordering": ["-last_at", "id"],
                "indexes": [
                    models.Index(fields=["municipality_id", "-last_at"], name="alert_municipality"),
                    models.Index(fields=["family_id"], name="alert_family"),
                ],
                "constraints": [
                    models.UniqueConstraint(fields=("municipality_id", "kind", "key"), name="alert_once"),
                    models.CheckConstraint(
                        condition=models.Q(("last_at__gte", models.F("first_at"))), name="alert_times_in_order"
                    ),
                    models.CheckConstraint(condition=models.Q(("events__len__gt", 0)), name="alert_has_events"),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("note", ""), ("signed_off_at", None), ("signed_off_by", None)),
                            models.Q(
                                ("signed_off_at__isnull", False),
                                ("signed_off_by__isnull", False),
                                models.Q(("note", ""), _negated=True),
                            ),
                            _connector="OR",
                        ),
                        name="alert_signed_off_by_somebody_with_a_note",
                    ),
                ],
            },
        ),
        # Written by the clock alone; the officer signs it off.
        protect(
            "audit_alert",
            read=municipalities("view_log"),
            write=municipalities("view_log"),
            insert="false",
            delete="false",
        ),
    ]
