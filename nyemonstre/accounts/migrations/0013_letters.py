from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("accounts", "0012_intake_rules")]

    operations = [
        migrations.AddField(
            model_name="municipality",
            name="intake_appeal_weeks",
            field=models.PositiveSmallIntegerField(default=3, verbose_name="uker til å klage"),
        ),
        migrations.AddField(
            model_name="municipality",
            name="intake_makes_vedtak",
            field=models.BooleanField(default=False, verbose_name="beslutninger i inntaksteamet er enkeltvedtak"),
        ),
        migrations.AddConstraint(
            model_name="municipality",
            constraint=models.CheckConstraint(
                condition=models.Q(("intake_appeal_weeks__gte", 3), ("intake_appeal_weeks__lte", 12)),
                name="municipality_weeks_to_appeal",
            ),
        ),
    ]
