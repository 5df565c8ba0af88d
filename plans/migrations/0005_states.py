"""What a measure waits for, that it got a no, and the window it shall be done in."""

from django.db import migrations, models

FINISHED = ["done", "refused", "cancelled"]


def finished_on_a_day(states: list[str]) -> models.CheckConstraint:
    open_states = models.Q(models.Q(("state__in", tuple(states)), _negated=True), ("finished_on", None))
    closed = models.Q(("finished_on__isnull", False), ("state__in", tuple(states)))
    return models.CheckConstraint(
        condition=models.Q(closed, open_states, _connector="OR"), name="measure_finished_on_a_day"
    )


class Migration(migrations.Migration):
    dependencies = [("plans", "0004_order")]

    operations = [
        migrations.AddField(
            model_name="measure",
            name="due_from",
            field=models.DateField(blank=True, null=True, verbose_name="tidligst"),
        ),
        migrations.AlterField(
            model_name="measure",
            name="state",
            field=models.CharField(
                choices=[
                    ("planned", "Planlagt"),
                    ("asked", "Spurt"),
                    ("place", "Venter på plass"),
                    ("papers", "Venter på papirer"),
                    ("under_way", "Pågår"),
                    ("done", "Gjort"),
                    ("refused", "Fikk nei"),
                    ("cancelled", "Blir ikke noe av"),
                ],
                default="planned",
                max_length=10,
                verbose_name="tilstand",
            ),
        ),
        migrations.RemoveConstraint(model_name="measure", name="measure_finished_on_a_day"),
        migrations.AddConstraint(model_name="measure", constraint=finished_on_a_day(FINISHED)),
        migrations.AddConstraint(
            model_name="measure",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("due_from", None),
                    models.Q(("due_from__lte", models.F("due_on")), ("due_on__isnull", False)),
                    _connector="OR",
                ),
                name="measure_window_ends_after_it_begins",
            ),
        ),
    ]
