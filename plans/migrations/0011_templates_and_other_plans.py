"""Words to begin with, by municipality; and plans of others around a family, with who leads each."""

from uuid import uuid4

import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models
from django.db.models import F, Q

from nyemonstre.access.history import keep_history
from nyemonstre.access.wall import families, municipalities, protect, tie, tie_to_readable

HERE = "municipality_id = any (array(select m.municipality_id from sec.my_memberships() m))"
READ, CHANGE = families("view_plan"), families("change_plan")


def to(model: str, **more: object) -> models.ForeignKey:
    more.setdefault("related_name", "+")
    return models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, to=model, **more)


class Migration(migrations.Migration):
    dependencies = [
        ("plans", "0010_on_paper"),
        ("consent", "0003_wall"),
        ("families", "0005_protection"),
        ("accounts", "0002_wall"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="PlanTemplate",
            fields=[
                ("version", models.PositiveIntegerField(default=1, editable=False)),
                ("id", models.UUIDField(default=uuid4, editable=False, primary_key=True, serialize=False)),
                (
                    "of",
                    models.CharField(
                        choices=[("goal", "Mål"), ("measure", "Tiltak")], max_length=8, verbose_name="mal for"
                    ),
                ),
                (
                    "outcome",
                    models.CharField(
                        choices=[
                            ("rm1", "Helse og livskvalitet"),
                            ("rm2", "Fritid og venner"),
                            ("rm3", "Skole"),
                            ("rm4a", "Boligen"),
                            ("rm4b", "Stabilt rundt barna"),
                            ("rm5", "Arbeid og aktivitet"),
                            ("rm6", "Økonomi"),
                        ],
                        max_length=5,
                        verbose_name="handler om",
                    ),
                ),
                ("words", models.CharField(max_length=300, verbose_name="ordene")),
                ("first_sign", models.CharField(blank=True, max_length=300, verbose_name="et første tegn")),
                (
                    "kind",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("comp", "Kompenserende: det veier opp for noe dere mangler"),
                            ("whole", "Helhetlig: det endrer hvordan dere har det"),
                        ],
                        max_length=8,
                        verbose_name="hva slags tiltak",
                    ),
                ),
                ("retired", models.BooleanField(default=False, verbose_name="ikke i bruk lenger")),
                ("created_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("created_by", to(settings.AUTH_USER_MODEL)),
                ("municipality", to("accounts.municipality", related_name="plan_templates")),
            ],
            options={
                "verbose_name": "mal",
                "verbose_name_plural": "maler",
                "ordering": ["of", "outcome", "created_at"],
                "constraints": [
                    models.CheckConstraint(condition=~Q(words=""), name="template_has_words"),
                    models.CheckConstraint(
                        condition=Q(of="measure") | Q(kind=""), name="template_kind_is_of_a_measure"
                    ),
                    models.CheckConstraint(
                        condition=Q(of="goal") | Q(first_sign=""), name="template_sign_is_of_a_goal"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="OtherPlan",
            fields=[
                ("version", models.PositiveIntegerField(default=1, editable=False)),
                ("id", models.UUIDField(default=uuid4, editable=False, primary_key=True, serialize=False)),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("child", "Barnekoordinator"),
                            ("ip", "Individuell plan"),
                            ("relay", "Stafettlogg"),
                            ("crisis", "Kriseplan"),
                            ("other", "En annen plan"),
                        ],
                        max_length=12,
                        verbose_name="hva",
                    ),
                ),
                ("note", models.CharField(blank=True, max_length=300, verbose_name="merknad")),
                ("since", models.DateField(blank=True, null=True, verbose_name="fra")),
                ("until", models.DateField(blank=True, null=True, verbose_name="til")),
                ("created_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("created_by", to(settings.AUTH_USER_MODEL)),
                ("family", to("families.family", related_name="other_plans")),
                ("led_by", to("consent.service", blank=True, null=True)),
                ("member", to("families.member", blank=True, null=True)),
            ],
            options={
                "verbose_name": "annen plan",
                "verbose_name_plural": "andre planer",
                "ordering": ["kind", "created_at"],
                "constraints": [
                    models.CheckConstraint(
                        condition=Q(since=None) | Q(until=None) | Q(until__gte=F("since")),
                        name="other_plan_dates_in_order",
                    ),
                ],
            },
        ),
        protect("plans_plantemplate", read=HERE, write=municipalities("change_content"), delete="false"),
        protect("plans_otherplan", read=READ, write=CHANGE, delete="false"),
        tie("plans_otherplan", member_id="families_member"),
        tie_to_readable("plans_otherplan", led_by_id="consent_service"),
        keep_history("plans_otherplan", permission="view_plan"),
    ]
