"""Why a goal matters, and the order the family puts goals and measures in."""

from django.db import migrations, models

PLACE = "plass i rekkefølgen"


class Migration(migrations.Migration):
    dependencies = [("plans", "0003_protection")]

    operations = [
        migrations.AlterModelOptions(
            name="goal",
            options={
                "ordering": ["outcome", "position", "created_at"],
                "verbose_name": "mål",
                "verbose_name_plural": "mål",
            },
        ),
        migrations.AlterModelOptions(
            name="measure",
            options={
                "ordering": ["position", "due_on", "created_at"],
                "verbose_name": "tiltak",
                "verbose_name_plural": "tiltak",
            },
        ),
        migrations.AddField(
            model_name="goal",
            name="position",
            field=models.PositiveIntegerField(editable=False, null=True, verbose_name=PLACE),
        ),
        migrations.AddField(
            model_name="measure",
            name="position",
            field=models.PositiveIntegerField(editable=False, null=True, verbose_name=PLACE),
        ),
        migrations.AddField(
            model_name="goal",
            name="why",
            field=models.CharField(blank=True, max_length=300, verbose_name="derfor er det viktig"),
        ),
        migrations.AddField(
            model_name="goalversion",
            name="why",
            field=models.CharField(blank=True, max_length=300),
        ),
    ]
