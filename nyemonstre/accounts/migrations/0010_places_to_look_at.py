"""Held places are looked at again when a family leaves."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("accounts", "0009_providers_by_the_owner")]

    operations = [
        migrations.AddField(
            model_name="membership",
            name="places_look_on",
            field=models.DateField(editable=False, null=True),
        ),
    ]
