"""The plan in large type."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("plans", "0006_ratings")]

    operations = [
        migrations.AddField(
            model_name="plandocument",
            name="large",
            field=models.BooleanField(default=False, verbose_name="stor skrift"),
        ),
    ]
