"""Which service a meeting was with, after which somebody said how the help is: one the actor may read."""

import django.db.models.deletion
from django.db import migrations, models

from nyemonstre.access.wall import tie_to_readable


def met_with():
    return models.ForeignKey(
        blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="consent.service",
        verbose_name="møtet var med",
    )  # fmt: skip


class Migration(migrations.Migration):
    dependencies = [("assessments", "0009_six_months_and_start"), ("consent", "0003_wall")]

    operations = [
        migrations.AddField(model_name="fitanswer", name="service", field=met_with()),
        migrations.AddField(model_name="fitinvitation", name="service", field=met_with()),
        tie_to_readable("assessments_fitanswer", service_id="consent_service"),
        tie_to_readable("assessments_fitinvitation", service_id="consent_service"),
    ]
