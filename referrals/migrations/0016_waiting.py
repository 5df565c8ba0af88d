from uuid import uuid4

import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
        ("referrals", "0015_progress"),
    ]

    operations = [
        migrations.CreateModel(
            name="WaitingContact",
            fields=[
                ("id", models.UUIDField(default=uuid4, editable=False, primary_key=True, serialize=False)),
                ("on", models.DateField(default=django.utils.timezone.localdate, verbose_name="dato")),
                (
                    "how",
                    models.CharField(
                        choices=[
                            ("phone", "Telefon"),
                            ("meeting", "Møte"),
                            ("letter", "Brev eller melding"),
                            ("service", "Gjennom tjenesten som henvendte seg"),
                        ],
                        max_length=8,
                        verbose_name="hvordan",
                    ),
                ),
                ("note", models.CharField(blank=True, max_length=500, verbose_name="notat")),
                ("written_at", models.DateTimeField(default=django.utils.timezone.now)),
                (
                    "referral",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="contacts", to="referrals.referral"
                    ),
                ),
                (
                    "written_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
            ],
            options={
                "verbose_name": "kontakt i ventetiden",
                "verbose_name_plural": "kontakter i ventetiden",
                "ordering": ["-on", "-written_at", "id"],
                "indexes": [models.Index(fields=["referral", "-on"], name="waiting_contact")],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("how__in", ["phone", "meeting", "letter", "service"])),
                        name="waiting_contact_how",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="PlaceOffer",
            fields=[
                ("id", models.UUIDField(default=uuid4, editable=False, primary_key=True, serialize=False)),
                ("answer_by", models.DateField(verbose_name="siste dag for svar")),
                ("offered_at", models.DateTimeField(default=django.utils.timezone.now)),
                (
                    "answer",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("yes", "Ja takk"),
                            ("no", "Nei takk"),
                            ("expired", "Fristen gikk ut"),
                            ("withdrawn", "Falt bort"),
                        ],
                        max_length=10,
                        verbose_name="svar",
                    ),
                ),
                ("answer_note", models.CharField(blank=True, max_length=300, verbose_name="merknad")),
                ("answered_at", models.DateTimeField(null=True)),
                (
                    "answered_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "coordinator",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="koordinator",
                    ),
                ),
                (
                    "offered_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "referral",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="offers", to="referrals.referral"
                    ),
                ),
            ],
            options={
                "verbose_name": "tilbud om plass",
                "verbose_name_plural": "tilbud om plass",
                "ordering": ["-offered_at", "id"],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("answer", "")), fields=("referral",), name="offer_one_open"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("answer", ""), ("answered_at", None), ("answered_by", None)),
                            models.Q(models.Q(("answer", ""), _negated=True), ("answered_at__isnull", False)),
                            _connector="OR",
                        ),
                        name="offer_answer_has_its_time",
                    ),
                ],
            },
        ),
    ]
