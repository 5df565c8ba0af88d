import django.contrib.postgres.fields
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("accounts", "0013_letters")]

    operations = [
        migrations.AddField(
            model_name="municipality",
            name="service_domains",
            field=django.contrib.postgres.fields.ArrayField(
                base_field=models.CharField(max_length=253),
                blank=True,
                default=list,
                size=None,
                verbose_name="tjenestenes e-postdomener",
            ),
        ),
    ]
