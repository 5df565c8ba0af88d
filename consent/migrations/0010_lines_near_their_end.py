"""That a coordinator was told a line of the agreement is near its end: the same row as for a consent."""

import django.db.models.deletion
from django.db import migrations, models

from nyemonstre.access.wall import tie

# A row about a line cannot stand in the older table.
BACK = "delete from consent_endingtold where line_id is not null"


class Migration(migrations.Migration):
    dependencies = [("consent", "0009_disclosures")]

    operations = [
        migrations.AlterField(
            model_name="endingtold",
            name="consent",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.PROTECT, related_name="told", to="consent.consent"
            ),
        ),
        migrations.AddField(
            model_name="endingtold",
            name="line",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.PROTECT, related_name="told", to="consent.agreementline"
            ),
        ),
        migrations.RunSQL(migrations.RunSQL.noop, BACK),
        migrations.AddConstraint(
            model_name="endingtold",
            constraint=models.UniqueConstraint(fields=("line", "days", "told"), name="ending_of_line_told_once"),
        ),
        migrations.AddConstraint(
            model_name="endingtold",
            constraint=models.CheckConstraint(
                condition=models.Q(("consent__isnull", False), ("line", None))
                | models.Q(("consent", None), ("line__isnull", False)),
                name="ending_told_of_one",
            ),
        ),
        tie("consent_endingtold", name="one_family_of_line", line_id="consent_agreementline"),
    ]
