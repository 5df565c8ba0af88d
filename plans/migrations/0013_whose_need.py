"""Whose need it was that was met, and in which way a child was helped."""

import django.db.models.deletion
from django.db import migrations, models

from nyemonstre.access.wall import tie


class Migration(migrations.Migration):
    dependencies = [("plans", "0012_redactions")]

    operations = [
        migrations.AddField(
            model_name="journalentry",
            name="need_of",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="families.member",
                verbose_name="hvem sitt behov",
            ),
        ),
        migrations.AddField(
            model_name="journalentry",
            name="child_help",
            field=models.CharField(
                blank=True,
                choices=[
                    ("whole", "Gjennom familien som helhet"),
                    ("around", "Samordning rundt barnet"),
                    ("resource", "Koordinatoren er der for barnet"),
                ],
                max_length=8,
                verbose_name="slik ble et barn hjulpet",
            ),
        ),
        tie("plans_journalentry", name="need", need_of_id="families_member"),
    ]
