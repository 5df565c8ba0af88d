"""After how many days a municipality's leads are told of a window that passed."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("accounts", "0017_calendar_feed")]

    operations = [
        migrations.AddField(
            model_name="municipality",
            name="escalate_after_days",
            field=models.PositiveSmallIntegerField(
                blank=True, default=30, null=True, verbose_name="dager før teamlederen får beskjed"
            ),
        ),
    ]
