"""What was received on one day stands in the order it was sent."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("referrals", "0006_intake_meetings_wall")]

    operations = [
        migrations.AlterModelOptions(
            name="referral",
            options={
                "ordering": ["received_on", "sent_at", "reference"],
                "verbose_name": "henvendelse",
                "verbose_name_plural": "henvendelser",
            },
        ),
    ]
