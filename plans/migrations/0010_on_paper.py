"""Headings in a second language, and why a file could not be made."""

from django.db import migrations, models
from django.db.models import Q

FONT = "En skrift mangler på serveren, så filen ville sett feil ut. Si fra til dem som drifter løsningen."


class Migration(migrations.Migration):
    dependencies = [("plans", "0009_review_and_closing")]

    operations = [
        migrations.AddField(
            model_name="plandocument",
            name="beside",
            field=models.CharField(blank=True, max_length=8, verbose_name="overskrifter også på"),
        ),
        migrations.AddField(
            model_name="plandocument",
            name="problem",
            field=models.CharField(
                blank=True,
                choices=[
                    ("changed", "Planen ble endret mens filen ble laget. Lag den på nytt, så har den alt."),
                    ("font", FONT),
                ],
                max_length=8,
                verbose_name="hvorfor den ikke ble laget",
            ),
        ),
        migrations.AddConstraint(
            model_name="plandocument",
            constraint=models.CheckConstraint(
                condition=Q(problem="") | Q(state="failed"), name="plan_document_problem_when_failed"
            ),
        ),
    ]
