from uuid import uuid4

import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
        ("referrals", "0009_talk_holds_together"),
    ]

    operations = [
        migrations.CreateModel(
            name="DecisionLetter",
            fields=[
                ("id", models.UUIDField(default=uuid4, editable=False, primary_key=True, serialize=False)),
                (
                    "language",
                    models.CharField(
                        choices=[("nb", "Bokmål"), ("nn", "Nynorsk"), ("en", "English")],
                        max_length=2,
                        verbose_name="språk",
                    ),
                ),
                ("words", models.JSONField()),
                ("protected", models.BooleanField()),
                ("made_at", models.DateTimeField(default=django.utils.timezone.now)),
                (
                    "decision",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="letters",
                        to="referrals.intakedecision",
                    ),
                ),
                (
                    "made_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
            ],
            options={
                "verbose_name": "brev om en beslutning",
                "verbose_name_plural": "brev om beslutninger",
                "ordering": ["made_at", "id"],
                "indexes": [models.Index(fields=["decision"], name="letter_decision")],
                "constraints": [
                    models.CheckConstraint(condition=models.Q(("words", {}), _negated=True), name="letter_has_words")
                ],
            },
        ),
    ]
