import django.contrib.postgres.fields
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0011_session_methods"),
    ]

    operations = [
        migrations.AddField(
            model_name="municipality",
            name="intake_only_in_meetings",
            field=models.BooleanField(default=False, verbose_name="henvendelser avgjøres bare i inntaksmøter"),
        ),
        migrations.AddField(
            model_name="municipality",
            name="intake_own_sectors",
            field=django.contrib.postgres.fields.ArrayField(
                base_field=models.CharField(max_length=20),
                blank=True,
                default=list,
                size=None,
                verbose_name="egne sektorer i inntaksteamet",
            ),
        ),
        migrations.AddField(
            model_name="municipality",
            name="intake_sectors_needed",
            field=models.PositiveSmallIntegerField(default=2, verbose_name="sektorer som må være med og bestemme"),
        ),
        migrations.AddConstraint(
            model_name="municipality",
            constraint=models.CheckConstraint(
                condition=models.Q(("intake_sectors_needed__gte", 2), ("intake_sectors_needed__lte", 6)),
                name="municipality_two_to_six_sectors",
            ),
        ),
    ]
