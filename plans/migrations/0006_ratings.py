"""How near a goal feels, said between the reviews too. Only ever added, and only to a goal of the same family."""

from uuid import uuid4

import django.core.validators
import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models

from nyemonstre.access.wall import families, protect, tie


def zero_to_ten(label: str) -> models.PositiveSmallIntegerField:
    return models.PositiveSmallIntegerField(
        blank=True, null=True, validators=[django.core.validators.MaxValueValidator(10)], verbose_name=label
    )


def at_most_ten(column: str, name: str) -> models.CheckConstraint:
    return models.CheckConstraint(
        condition=models.Q((column, None), (f"{column}__lte", 10), _connector="OR"), name=name
    )


class Migration(migrations.Migration):
    dependencies = [
        ("plans", "0005_states"),
        ("families", "0005_protection"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="GoalRating",
            fields=[
                ("id", models.UUIDField(default=uuid4, editable=False, primary_key=True, serialize=False)),
                ("rated_on", models.DateField(default=django.utils.timezone.localdate, verbose_name="sagt")),
                ("rating", zero_to_ten("familiens egen vurdering")),
                ("rating_by_coordinator", zero_to_ten("koordinatorens vurdering")),
                ("recorded_at", models.DateTimeField(default=django.utils.timezone.now)),
                (
                    "family",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="families.family"
                    ),
                ),
                (
                    "goal",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="ratings", to="plans.goal"
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
                "verbose_name": "vurdering av et mål",
                "verbose_name_plural": "vurderinger av mål",
                "ordering": ["rated_on", "recorded_at"],
                "indexes": [models.Index(fields=["goal", "rated_on"], name="goal_rating_goal")],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("rating__isnull", False), ("rating_by_coordinator__isnull", False), _connector="OR"
                        ),
                        name="goal_rating_by_somebody",
                    ),
                    at_most_ten("rating", "goal_rating_0_to_10"),
                    at_most_ten("rating_by_coordinator", "goal_rating_by_coordinator_0_to_10"),
                ],
            },
        ),
        protect("plans_goalrating", read=families("view_plan"), insert=families("change_plan"), write="false"),
        tie("plans_goalrating", goal_id="plans_goal"),
    ]
