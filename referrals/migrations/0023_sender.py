import uuid

import django.db.models.deletion
import django.utils.timezone
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("referrals", "0022_sending_wall")]

    operations = [
        migrations.CreateModel(
            name="SenderCheck",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("token_hash", models.BinaryField(max_length=32, unique=True)),
                ("asked_at", models.DateTimeField(default=django.utils.timezone.now, verbose_name="lenken sendt")),
                ("expires_at", models.DateTimeField(verbose_name="lenken virker til")),
                ("confirmed_at", models.DateTimeField(null=True, verbose_name="bekreftet")),
                (
                    "referral",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="sender_check",
                        to="referrals.referral",
                    ),
                ),
            ],
            options={
                "verbose_name": "bekreftelse av avsender",
                "verbose_name_plural": "bekreftelser av avsendere",
                "ordering": ["asked_at", "id"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("expires_at__gt", models.F("asked_at"))), name="sender_check_lasts"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("confirmed_at", None),
                            models.Q(
                                ("confirmed_at__gte", models.F("asked_at")),
                                ("confirmed_at__lte", models.F("expires_at")),
                            ),
                            _connector="OR",
                        ),
                        name="sender_check_confirmed_in_time",
                    ),
                ],
            },
        ),
    ]
