from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0002_wall"),
    ]

    operations = [
        migrations.AddField(
            model_name="municipality",
            name="keeps_identity_numbers",
            field=models.BooleanField(
                default=False,
                help_text="Fødselsnummer, D-nummer og DUF-nummer kan føres på medlemmer, forseglet.",
                verbose_name="fører fødselsnummer",
            ),
        ),
    ]
