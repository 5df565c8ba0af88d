"""A goal can wait. A measure has somebody in the family who does it, and says whether it makes up for or changes things."""

import django.db.models.deletion
from django.db import migrations, models
from django.db.models import Q

from nyemonstre.access.wall import tie

ALIVE = ("active", "paused")
CLOSED = ~Q(state__in=ALIVE) & Q(closed_on__isnull=False) & ~Q(state_reason="")
GOAL_STATES = [
    ("active", "Gjelder"),
    ("paused", "På vent"),
    ("reached", "Nådd"),
    ("changed", "Ble til et annet mål"),
    ("let_go", "Lagt bort"),
]


class Migration(migrations.Migration):
    dependencies = [("plans", "0007_large"), ("families", "0005_protection")]

    operations = [
        migrations.AlterField(
            model_name="goal",
            name="state",
            field=models.CharField(choices=GOAL_STATES, default="active", max_length=10, verbose_name="tilstand"),
        ),
        migrations.AlterField(
            model_name="goalversion", name="state", field=models.CharField(choices=GOAL_STATES, max_length=10)
        ),
        migrations.AlterField(
            model_name="measure",
            name="done_by",
            field=models.CharField(
                choices=[
                    ("family", "Familien selv"),
                    ("member", "En i familien"),
                    ("service", "En tjeneste"),
                    ("volunteer", "En frivillig"),
                    ("coordinator", "Koordinatoren"),
                    ("nobody", "Ingen ennå"),
                ],
                max_length=12,
                verbose_name="hvem gjør det",
            ),
        ),
        migrations.AddField(
            model_name="measure",
            name="kind",
            field=models.CharField(
                blank=True,
                choices=[
                    ("comp", "Kompenserende: det veier opp for noe dere mangler"),
                    ("whole", "Helhetlig: det endrer hvordan dere har det"),
                ],
                max_length=8,
                verbose_name="hva slags tiltak",
            ),
        ),
        migrations.AddField(
            model_name="measure",
            name="member",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="families.member",
                verbose_name="hvem i familien",
            ),
        ),
        migrations.RemoveConstraint(model_name="goal", name="goal_closed_for_a_reason"),
        migrations.AddConstraint(
            model_name="goal",
            constraint=models.CheckConstraint(
                condition=Q(state="active", closed_on=None, state_reason="")
                | (Q(state="paused", closed_on=None) & ~Q(state_reason=""))
                | CLOSED,
                name="goal_closed_for_a_reason",
            ),
        ),
        migrations.AddConstraint(
            model_name="measure",
            constraint=models.CheckConstraint(
                condition=Q(done_by="member", member__isnull=False) | (~Q(done_by="member") & Q(member=None)),
                name="measure_member_does_it",
            ),
        ),
        tie("plans_measure", name="one_of_us", member_id="families_member"),
    ]
