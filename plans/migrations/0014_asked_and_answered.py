"""A measure says when somebody was asked to do it, and when the answer came."""

from django.db import migrations, models
from django.db.models import F, Q


class Migration(migrations.Migration):
    dependencies = [("plans", "0013_whose_need")]

    operations = [
        migrations.AddField(
            model_name="measure",
            name="asked_on",
            field=models.DateField(blank=True, null=True, verbose_name="spurt"),
        ),
        migrations.AddField(
            model_name="measure",
            name="answered_on",
            field=models.DateField(blank=True, null=True, verbose_name="svarte"),
        ),
        migrations.AddConstraint(
            model_name="measure",
            constraint=models.CheckConstraint(
                condition=Q(answered_on=None) | Q(asked_on__isnull=False, answered_on__gte=F("asked_on")),
                name="measure_answered_after_asked",
            ),
        ),
    ]
