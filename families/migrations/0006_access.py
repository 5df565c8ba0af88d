"""Break-glass, shut-outs, leaves; grants that begin later, or stand for one break-glass."""

import uuid

import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0008_access"),
        ("auth", "0012_alter_user_first_name_max_length"),
        ("families", "0005_protection"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="BreakGlass",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("reason", models.CharField(max_length=500, verbose_name="grunn")),
                ("opened_at", models.DateTimeField(default=django.utils.timezone.now, verbose_name="åpnet")),
                ("until", models.DateTimeField(verbose_name="til")),
                ("ended_at", models.DateTimeField(blank=True, null=True, verbose_name="avsluttet")),
                ("reviewed_at", models.DateTimeField(blank=True, null=True, verbose_name="gjennomgått")),
                ("review_note", models.CharField(blank=True, max_length=500, verbose_name="merknad")),
            ],
            options={
                "verbose_name": "nødåpning",
                "verbose_name_plural": "nødåpninger",
                "ordering": ["-opened_at", "pk"],
            },
        ),
        migrations.CreateModel(
            name="Leave",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("starts_at", models.DateTimeField(verbose_name="fra")),
                ("ends_at", models.DateTimeField(verbose_name="til")),
                ("reason", models.CharField(max_length=300, verbose_name="grunn")),
                ("made_at", models.DateTimeField(default=django.utils.timezone.now, verbose_name="ført")),
                ("ended_at", models.DateTimeField(blank=True, null=True, verbose_name="avsluttet")),
            ],
            options={
                "verbose_name": "fravær",
                "verbose_name_plural": "fravær",
                "ordering": ["-starts_at", "pk"],
            },
        ),
        migrations.CreateModel(
            name="ShutOut",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("reason", models.CharField(max_length=300, verbose_name="grunn")),
                ("since", models.DateTimeField(default=django.utils.timezone.now, verbose_name="siden")),
                ("ended_at", models.DateTimeField(blank=True, null=True, verbose_name="opphevet")),
                ("ended_reason", models.CharField(blank=True, max_length=300, verbose_name="hvorfor opphevet")),
            ],
            options={
                "verbose_name": "inhabilitet",
                "verbose_name_plural": "inhabiliteter",
                "ordering": ["-since"],
            },
        ),
        migrations.AlterModelOptions(
            name="family",
            options={
                "default_permissions": (),
                "ordering": ["code"],
                "permissions": [
                    ("list_family", "se at familien følges, steg, datoer og koordinator"),
                    ("view_family", "se familien og medlemmene"),
                    ("change_family", "endre familien og medlemmene"),
                    ("view_consent", "se samtykker og avtaler"),
                    ("change_consent", "føre samtykker og avtaler"),
                    ("view_assessment", "se kartlegging og svar"),
                    ("change_assessment", "kartlegge"),
                    ("view_plan", "se Familiens plan"),
                    ("change_plan", "endre Familiens plan"),
                    ("view_journal", "se journalen"),
                    ("change_journal", "skrive i journalen"),
                    ("register_family", "registrere en familie som får plass"),
                    ("assign_coordinator", "fordele familier og bytte koordinator"),
                    ("grant_access", "gi og ta tilbake tilgang"),
                    ("break_glass", "åpne en familie i nød, for en time"),
                    ("review_access", "gå gjennom nødåpninger og oppheve inhabilitet"),
                    ("override_places", "gi en koordinator flere familier enn plassene"),
                    ("view_referral", "se henvendelser"),
                    ("decide_referral", "avgjøre henvendelser"),
                    ("view_dashboard", "se oversikten over teamet"),
                    ("manage_users", "administrere brukere og roller"),
                    ("view_log", "se innsynsloggen"),
                    ("change_content", "endre satser, lenker og lovtekster"),
                    ("export_research", "hente ut pseudonyme data til forskning"),
                ],
                "verbose_name": "familie",
                "verbose_name_plural": "familier",
            },
        ),
        migrations.RemoveConstraint(
            model_name="familyusergrant",
            name="user_grant_once",
        ),
        migrations.AddField(
            model_name="assignment",
            name="ended_reason",
            field=models.CharField(blank=True, max_length=300, verbose_name="hvorfor avsluttet"),
        ),
        migrations.AddField(
            model_name="familygroupgrant",
            name="starts_at",
            field=models.DateTimeField(blank=True, null=True, verbose_name="fra"),
        ),
        migrations.AddField(
            model_name="familyusergrant",
            name="starts_at",
            field=models.DateTimeField(blank=True, null=True, verbose_name="fra"),
        ),
        migrations.AddField(
            model_name="breakglass",
            name="family",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="break_glasses", to="families.family"
            ),
        ),
        migrations.AddField(
            model_name="breakglass",
            name="municipality",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to="accounts.municipality"
            ),
        ),
        migrations.AddField(
            model_name="breakglass",
            name="reviewed_by",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AddField(
            model_name="breakglass",
            name="user",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="break_glasses",
                to=settings.AUTH_USER_MODEL,
                verbose_name="hvem",
            ),
        ),
        migrations.AddField(
            model_name="familyusergrant",
            name="break_glass",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="grants",
                to="families.breakglass",
            ),
        ),
        migrations.AddConstraint(
            model_name="familyusergrant",
            constraint=models.UniqueConstraint(
                fields=("user", "permission", "content_object", "assignment", "break_glass"),
                name="user_grant_once",
                nulls_distinct=False,
            ),
        ),
        migrations.AddConstraint(
            model_name="familyusergrant",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("break_glass", None),
                    models.Q(("assignment", None), ("expires_at__isnull", False)),
                    _connector="OR",
                ),
                name="user_grant_in_need_has_end",
            ),
        ),
        migrations.AddField(
            model_name="leave",
            name="ended_by",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AddField(
            model_name="leave",
            name="made_by",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AddField(
            model_name="leave",
            name="municipality",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to="accounts.municipality"
            ),
        ),
        migrations.AddField(
            model_name="leave",
            name="user",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="leaves",
                to=settings.AUTH_USER_MODEL,
                verbose_name="koordinator",
            ),
        ),
        migrations.AddField(
            model_name="assignment",
            name="leave",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.PROTECT, related_name="assignments", to="families.leave"
            ),
        ),
        migrations.AddField(
            model_name="shutout",
            name="declared_by",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AddField(
            model_name="shutout",
            name="ended_by",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AddField(
            model_name="shutout",
            name="family",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="shut_outs", to="families.family"
            ),
        ),
        migrations.AddField(
            model_name="shutout",
            name="municipality",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to="accounts.municipality"
            ),
        ),
        migrations.AddField(
            model_name="shutout",
            name="user",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="shut_outs",
                to=settings.AUTH_USER_MODEL,
                verbose_name="hvem",
            ),
        ),
        migrations.AddConstraint(
            model_name="breakglass",
            constraint=models.CheckConstraint(
                condition=models.Q(("reason", ""), _negated=True), name="break_glass_has_reason"
            ),
        ),
        migrations.AddConstraint(
            model_name="breakglass",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("until__gt", models.F("opened_at")),
                    models.Q(
                        ("ended_at", None),
                        models.Q(("ended_at__gte", models.F("opened_at")), ("ended_at__lte", models.F("until"))),
                        _connector="OR",
                    ),
                ),
                name="break_glass_times_in_order",
            ),
        ),
        migrations.AddConstraint(
            model_name="breakglass",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("review_note", ""), ("reviewed_at", None), ("reviewed_by", None)),
                    models.Q(
                        ("reviewed_at__isnull", False),
                        ("reviewed_by__isnull", False),
                        models.Q(("review_note", ""), _negated=True),
                    ),
                    _connector="OR",
                ),
                name="break_glass_reviewed_by_somebody_with_a_note",
            ),
        ),
        migrations.AddConstraint(
            model_name="breakglass",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("reviewed_by", None), models.Q(("reviewed_by", models.F("user")), _negated=True), _connector="OR"
                ),
                name="break_glass_not_reviewed_by_oneself",
            ),
        ),
        migrations.AddConstraint(
            model_name="leave",
            constraint=models.CheckConstraint(
                condition=models.Q(("ends_at__gt", models.F("starts_at"))), name="leave_dates_in_order"
            ),
        ),
        migrations.AddConstraint(
            model_name="leave",
            constraint=models.CheckConstraint(
                condition=models.Q(("reason", ""), _negated=True), name="leave_has_reason"
            ),
        ),
        migrations.AddConstraint(
            model_name="leave",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("ended_at", None), ("ended_by", None)),
                    models.Q(("ended_at__isnull", False), ("ended_by__isnull", False)),
                    _connector="OR",
                ),
                name="leave_ended_by_somebody",
            ),
        ),
        migrations.AddIndex(
            model_name="shutout",
            index=models.Index(condition=models.Q(("ended_at", None)), fields=["user"], name="shut_out_in_force"),
        ),
        migrations.AddConstraint(
            model_name="shutout",
            constraint=models.UniqueConstraint(
                condition=models.Q(("ended_at", None)), fields=("user", "family"), name="shut_out_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="shutout",
            constraint=models.CheckConstraint(
                condition=models.Q(("reason", ""), _negated=True), name="shut_out_has_reason"
            ),
        ),
        migrations.AddConstraint(
            model_name="shutout",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("ended_at", None), ("ended_by", None), ("ended_reason", "")),
                    models.Q(
                        ("ended_at__isnull", False),
                        ("ended_by__isnull", False),
                        models.Q(("ended_reason", ""), _negated=True),
                    ),
                    _connector="OR",
                ),
                name="shut_out_lifted_by_somebody_for_a_reason",
            ),
        ),
        migrations.AddConstraint(
            model_name="shutout",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("ended_by", None), models.Q(("ended_by", models.F("user")), _negated=True), _connector="OR"
                ),
                name="shut_out_not_lifted_by_oneself",
            ),
        ),
    ]
