"""Who holds foreldreansvar for which child. Confidential: opened by the permission to see consents, as the rest here."""

import uuid

import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models

from nyemonstre.access.history import keep_history
from nyemonstre.access.wall import families, protect, tie


class Migration(migrations.Migration):
    dependencies = [
        ("consent", "0006_event_log_wall"),
        ("families", "0008_shares_of_a_new_child"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Holder",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("name", models.CharField(blank=True, max_length=160, verbose_name="bor et annet sted")),
                ("recorded_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("ended_at", models.DateTimeField(null=True, verbose_name="sluttet")),
                (
                    "child",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="holders",
                        to="families.member",
                        verbose_name="barn",
                    ),
                ),
                (
                    "family",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="holders", to="families.family"
                    ),
                ),
                (
                    "person",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="holds_for",
                        to="families.member",
                        verbose_name="har foreldreansvar",
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
                "verbose_name": "foreldreansvar",
                "verbose_name_plural": "foreldreansvar",
                "ordering": ["recorded_at"],
                "indexes": [models.Index(fields=["family"], name="holder_family")],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("name", ""), ("person__isnull", False)),
                            models.Q(("person", None), models.Q(("name", ""), _negated=True)),
                            _connector="OR",
                        ),
                        name="holder_is_somebody",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("person", None),
                            models.Q(("person", models.F("child")), _negated=True),
                            _connector="OR",
                        ),
                        name="holder_is_not_the_child",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("ended_at", None)),
                        fields=("child", "person"),
                        name="holder_of_a_child_once",
                    ),
                ],
            },
        ),
        protect("consent_holder", read=families("view_consent"), write=families("change_consent"), delete="false"),
        tie("consent_holder", child_id="families_member", person_id="families_member"),
        keep_history("consent_holder", permission="view_consent"),
    ]
