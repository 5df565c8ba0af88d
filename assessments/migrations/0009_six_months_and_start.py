"""The sitting of six months, with the seven lines alone; and what was said of the start, with its wall."""

import uuid

import django.contrib.postgres.fields
import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models

from nyemonstre.access.wall import families, protect


class Migration(migrations.Migration):
    dependencies = [
        ("assessments", "0008_fit_codes"),
        ("families", "0014_one_look_at_the_permission"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="StartPicture",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("version", models.PositiveIntegerField(default=1, editable=False)),
                (
                    "phases",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(
                            choices=[
                                ("before_less", "Før inntekten går ned, for eksempel til AAP"),
                                ("before_debt", "Før gjelden vokser"),
                                ("first_talk", "Den første samtalen"),
                                ("pregnant", "Venter barn"),
                                ("kindergarten", "Barn i barnehage"),
                                ("primary", "Barn på barneskolen"),
                                ("lower_secondary", "Barn på ungdomsskolen"),
                                ("before_dropout", "Før noen slutter på videregående"),
                                ("before_basement", "Før en ung trekker seg tilbake («i kjelleren»)"),
                                ("before_30", "Voksen under 30 år"),
                                ("before_child", "Før det første egne barnet"),
                                ("settled", "Den første tiden etter bosetting"),
                            ],
                            max_length=20,
                        ),
                        default=list,
                        size=None,
                        verbose_name="livsfase",
                    ),
                ),
                (
                    "risks",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(
                            choices=[
                                ("lone", "Én forsørger"),
                                ("education", "Hovedforsørgeren har lite utdanning"),
                                ("transfers", "Mer enn halvparten av inntekten er stønader"),
                                ("no_work", "Ingen voksne i arbeid"),
                                ("immigrant", "Innvandrerbakgrunn"),
                            ],
                            max_length=20,
                        ),
                        default=list,
                        size=None,
                        verbose_name="risiko",
                    ),
                ),
                ("note", models.CharField(blank=True, max_length=500, verbose_name="merknad")),
                ("recorded_at", models.DateTimeField(default=django.utils.timezone.now)),
                (
                    "family",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="start_pictures", to="families.family"
                    ),
                ),
                (
                    "recorded_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
            ],
            options={
                "verbose_name": "start",
                "verbose_name_plural": "starter",
                "ordering": ["-version"],
                "constraints": [models.UniqueConstraint(fields=("family", "version"), name="start_version_once")],
            },
        ),
        migrations.RemoveConstraint(
            model_name="assessment",
            name="assessment_baseline_is_one",
        ),
        migrations.AlterField(
            model_name="assessment",
            name="kind",
            field=models.CharField(
                choices=[
                    ("baseline", "Oppstartskartlegging"),
                    ("half", "De sju linjene etter seks måneder"),
                    ("yearly", "Årlig kartlegging"),
                ],
                max_length=10,
                verbose_name="hva",
            ),
        ),
        migrations.AddConstraint(
            model_name="assessment",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("kind__in", ["baseline", "half"]), ("number", 1)),
                    models.Q(("kind", "yearly"), ("number__gte", 1)),
                    _connector="OR",
                ),
                name="assessment_baseline_is_one",
            ),
        ),
        # A version is only ever added: it is its own history.
        protect(
            "assessments_startpicture",
            read=families("view_assessment"),
            insert=families("change_assessment"),
            write="false",
        ),
    ]
