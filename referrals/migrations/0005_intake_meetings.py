import uuid

import django.db.models.constraints
import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0012_intake_rules"),
        ("referrals", "0004_shut_out"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="AgendaItem",
            fields=[
                ("version", models.PositiveIntegerField(default=1, editable=False)),
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("position", models.PositiveIntegerField(verbose_name="rekkefølge")),
                ("note", models.TextField(blank=True, max_length=3000, verbose_name="notat fra samtalen")),
                ("dissent", models.TextField(blank=True, max_length=3000, verbose_name="hvem var uenig, og hvorfor")),
                ("criteria", models.JSONField(default=dict)),
                (
                    "referral",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="agenda_items",
                        to="referrals.referral",
                    ),
                ),
            ],
            options={
                "verbose_name": "sak i inntaksmøte",
                "verbose_name_plural": "saker i inntaksmøter",
                "ordering": ["position", "id"],
            },
        ),
        migrations.AddField(
            model_name="intakedecision",
            name="agenda_item",
            field=models.OneToOneField(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="decision",
                to="referrals.agendaitem",
            ),
        ),
        migrations.CreateModel(
            name="IntakeMeeting",
            fields=[
                ("version", models.PositiveIntegerField(default=1, editable=False)),
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("held_on", models.DateField(verbose_name="dato")),
                ("place", models.CharField(blank=True, max_length=160, verbose_name="sted")),
                (
                    "state",
                    models.CharField(
                        choices=[("planned", "Planlagt"), ("open", "Pågår"), ("closed", "Avsluttet")],
                        default="planned",
                        max_length=10,
                        verbose_name="tilstand",
                    ),
                ),
                ("signed_at", models.DateTimeField(null=True)),
                (
                    "leader",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="møteleder",
                    ),
                ),
                (
                    "municipality",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="intake_meetings",
                        to="accounts.municipality",
                        verbose_name="kommune",
                    ),
                ),
                (
                    "planned_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "signed_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "verbose_name": "inntaksmøte",
                "verbose_name_plural": "inntaksmøter",
                "ordering": ["-held_on", "id"],
            },
        ),
        migrations.AddField(
            model_name="agendaitem",
            name="meeting",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="items", to="referrals.intakemeeting"
            ),
        ),
        migrations.AddField(
            model_name="agendaitem",
            name="moved_to",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="referrals.intakemeeting"
            ),
        ),
        migrations.CreateModel(
            name="Presence",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("name", models.CharField(max_length=120, verbose_name="navn")),
                ("sector", models.CharField(blank=True, max_length=20, verbose_name="sektor")),
                ("here", models.BooleanField(default=True)),
                (
                    "meeting",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="presences",
                        to="referrals.intakemeeting",
                    ),
                ),
                (
                    "user",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "verbose_name": "til stede i inntaksmøte",
                "verbose_name_plural": "til stede i inntaksmøter",
                "ordering": ["name", "id"],
            },
        ),
        migrations.CreateModel(
            name="Recusal",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("reason", models.CharField(blank=True, max_length=300, verbose_name="hvorfor")),
                (
                    "item",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="recusals", to="referrals.agendaitem"
                    ),
                ),
                (
                    "noted_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "presence",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="recusals", to="referrals.presence"
                    ),
                ),
            ],
            options={
                "verbose_name": "inhabil i en sak",
                "verbose_name_plural": "inhabile i saker",
                "ordering": ["presence__name", "id"],
            },
        ),
        migrations.CreateModel(
            name="Addendum",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("text", models.TextField(max_length=3000, verbose_name="tillegg")),
                ("reason", models.CharField(max_length=300, verbose_name="hvorfor")),
                ("written_at", models.DateTimeField(default=django.utils.timezone.now)),
                (
                    "written_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "item",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="addenda", to="referrals.agendaitem"
                    ),
                ),
            ],
            options={
                "verbose_name": "tillegg til protokollen",
                "verbose_name_plural": "tillegg til protokollen",
                "ordering": ["written_at", "id"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("text", ""), _negated=True), models.Q(("reason", ""), _negated=True)
                        ),
                        name="addendum_has_text_and_reason",
                    )
                ],
            },
        ),
        migrations.AddIndex(
            model_name="intakemeeting",
            index=models.Index(fields=["municipality", "-held_on"], name="intake_meeting_day"),
        ),
        migrations.AddConstraint(
            model_name="intakemeeting",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("signed_at__isnull", False), ("signed_by", models.F("leader")), ("state", "closed")),
                    models.Q(models.Q(("state", "closed"), _negated=True), ("signed_at", None), ("signed_by", None)),
                    _connector="OR",
                ),
                name="intake_meeting_signed_by_its_leader",
            ),
        ),
        migrations.AddConstraint(
            model_name="agendaitem",
            constraint=models.UniqueConstraint(fields=("meeting", "referral"), name="agenda_item_once"),
        ),
        migrations.AddConstraint(
            model_name="agendaitem",
            constraint=models.CheckConstraint(
                condition=models.Q(("position__gte", 1)), name="agenda_item_position_from_one"
            ),
        ),
        migrations.AddConstraint(
            model_name="agendaitem",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("moved_to", None), models.Q(("moved_to", models.F("meeting")), _negated=True), _connector="OR"
                ),
                name="agenda_item_moves_elsewhere",
            ),
        ),
        migrations.AddConstraint(
            model_name="presence",
            constraint=models.UniqueConstraint(fields=("meeting", "user"), name="intake_presence_once"),
        ),
        migrations.AddConstraint(
            model_name="presence",
            constraint=models.CheckConstraint(
                condition=models.Q(("name", ""), _negated=True), name="intake_presence_has_name"
            ),
        ),
        migrations.AddConstraint(
            model_name="recusal",
            constraint=models.UniqueConstraint(fields=("item", "presence"), name="recusal_once"),
        ),
    ]
