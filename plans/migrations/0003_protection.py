"""For which home, or which young person, something may be printed; and for whom a plan was printed."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from nyemonstre.access.wall import families, tie

MARK = "seen_by, only_home_id, kept_for_id, kept_on, marked_at, marked_by_id"


def markable(table: str, permission: str) -> migrations.RunSQL:
    """What is history stays as it was written, but who may get it on paper can be marked anew: those columns only."""
    may, no = families(permission), "false"
    sql, undo = [f"revoke update on {table} from nm_web, nm_worker"], [f"grant update on {table} to nm_web, nm_worker"]
    for role, everything in (("nm_web", ""), ("nm_worker", "sec.is_job() or ")):
        sql += [
            f"alter policy {role}_update on {table} using ({everything}{may}) with check ({everything}{may})",
            f"grant update ({MARK}) on {table} to {role}",
        ]
        undo.append(f"alter policy {role}_update on {table} using ({everything}{no}) with check ({everything}{no})")
    return migrations.RunSQL(";\n".join(sql), ";\n".join(undo))


class Migration(migrations.Migration):
    dependencies = [
        ("consent", "0003_wall"),
        ("families", "0005_protection"),
        ("plans", "0002_wall"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name="goal",
            name="kept_for",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="families.member"
            ),
        ),
        migrations.AddField(
            model_name="goal",
            name="kept_on",
            field=models.DateField(null=True, verbose_name="den unge ba om det"),
        ),
        migrations.AddField(
            model_name="goal",
            name="marked_at",
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name="goal",
            name="marked_by",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AddField(
            model_name="goal",
            name="only_home",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="families.household"
            ),
        ),
        migrations.AddField(
            model_name="goal",
            name="seen_by",
            field=models.CharField(
                choices=[
                    ("usual", "Ikke spurt om"),
                    ("both", "Begge hjem"),
                    ("home", "Bare ett av hjemmene"),
                    ("kept", "Ikke foreldrene, den unge ber om det"),
                    ("nobody", "Ingen, etter koordinatorens vurdering"),
                ],
                default="usual",
                max_length=8,
                verbose_name="hvem kan få dette på papir",
            ),
        ),
        migrations.AddField(
            model_name="journalentry",
            name="kept_for",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="families.member"
            ),
        ),
        migrations.AddField(
            model_name="journalentry",
            name="kept_on",
            field=models.DateField(null=True, verbose_name="den unge ba om det"),
        ),
        migrations.AddField(
            model_name="journalentry",
            name="marked_at",
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name="journalentry",
            name="marked_by",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AddField(
            model_name="journalentry",
            name="only_home",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="families.household"
            ),
        ),
        migrations.AddField(
            model_name="journalentry",
            name="seen_by",
            field=models.CharField(
                choices=[
                    ("usual", "Ikke spurt om"),
                    ("both", "Begge hjem"),
                    ("home", "Bare ett av hjemmene"),
                    ("kept", "Ikke foreldrene, den unge ber om det"),
                    ("nobody", "Ingen, etter koordinatorens vurdering"),
                ],
                default="usual",
                max_length=8,
                verbose_name="hvem kan få dette på papir",
            ),
        ),
        migrations.AddField(
            model_name="measure",
            name="kept_for",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="families.member"
            ),
        ),
        migrations.AddField(
            model_name="measure",
            name="kept_on",
            field=models.DateField(null=True, verbose_name="den unge ba om det"),
        ),
        migrations.AddField(
            model_name="measure",
            name="marked_at",
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name="measure",
            name="marked_by",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AddField(
            model_name="measure",
            name="only_home",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="families.household"
            ),
        ),
        migrations.AddField(
            model_name="measure",
            name="seen_by",
            field=models.CharField(
                choices=[
                    ("usual", "Ikke spurt om"),
                    ("both", "Begge hjem"),
                    ("home", "Bare ett av hjemmene"),
                    ("kept", "Ikke foreldrene, den unge ber om det"),
                    ("nobody", "Ingen, etter koordinatorens vurdering"),
                ],
                default="usual",
                max_length=8,
                verbose_name="hvem kan få dette på papir",
            ),
        ),
        migrations.AddField(
            model_name="ownwords",
            name="kept_for",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="families.member"
            ),
        ),
        migrations.AddField(
            model_name="ownwords",
            name="kept_on",
            field=models.DateField(null=True, verbose_name="den unge ba om det"),
        ),
        migrations.AddField(
            model_name="ownwords",
            name="marked_at",
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name="ownwords",
            name="marked_by",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AddField(
            model_name="ownwords",
            name="only_home",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="families.household"
            ),
        ),
        migrations.AddField(
            model_name="ownwords",
            name="seen_by",
            field=models.CharField(
                choices=[
                    ("usual", "Ikke spurt om"),
                    ("both", "Begge hjem"),
                    ("home", "Bare ett av hjemmene"),
                    ("kept", "Ikke foreldrene, den unge ber om det"),
                    ("nobody", "Ingen, etter koordinatorens vurdering"),
                ],
                default="usual",
                max_length=8,
                verbose_name="hvem kan få dette på papir",
            ),
        ),
        migrations.AddField(
            model_name="plandocument",
            name="reader",
            field=models.CharField(blank=True, max_length=48, verbose_name="laget for"),
        ),
        migrations.AddField(
            model_name="plandocument",
            name="reader_name",
            field=models.CharField(blank=True, max_length=80, verbose_name="laget for"),
        ),
        migrations.AddConstraint(
            model_name="goal",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("only_home__isnull", False), ("seen_by", "home")),
                    models.Q(models.Q(("seen_by", "home"), _negated=True), ("only_home", None)),
                    _connector="OR",
                ),
                name="goal_only_home_is_named",
            ),
        ),
        migrations.AddConstraint(
            model_name="goal",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("kept_for__isnull", False), ("kept_on__isnull", False), ("seen_by", "kept")),
                    models.Q(models.Q(("seen_by", "kept"), _negated=True), ("kept_for", None), ("kept_on", None)),
                    _connector="OR",
                ),
                name="goal_kept_for_somebody_on_a_day",
            ),
        ),
        migrations.AddConstraint(
            model_name="goal",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("marked_at", None), ("marked_by", None), ("seen_by", "usual")),
                    models.Q(("marked_at__isnull", False), ("marked_by__isnull", False)),
                    _connector="OR",
                ),
                name="goal_marked_by_somebody",
            ),
        ),
        migrations.AddConstraint(
            model_name="journalentry",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("only_home__isnull", False), ("seen_by", "home")),
                    models.Q(models.Q(("seen_by", "home"), _negated=True), ("only_home", None)),
                    _connector="OR",
                ),
                name="journalentry_only_home_is_named",
            ),
        ),
        migrations.AddConstraint(
            model_name="journalentry",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("kept_for__isnull", False), ("kept_on__isnull", False), ("seen_by", "kept")),
                    models.Q(models.Q(("seen_by", "kept"), _negated=True), ("kept_for", None), ("kept_on", None)),
                    _connector="OR",
                ),
                name="journalentry_kept_for_somebody_on_a_day",
            ),
        ),
        migrations.AddConstraint(
            model_name="journalentry",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("marked_at", None), ("marked_by", None), ("seen_by", "usual")),
                    models.Q(("marked_at__isnull", False), ("marked_by__isnull", False)),
                    _connector="OR",
                ),
                name="journalentry_marked_by_somebody",
            ),
        ),
        migrations.AddConstraint(
            model_name="measure",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("only_home__isnull", False), ("seen_by", "home")),
                    models.Q(models.Q(("seen_by", "home"), _negated=True), ("only_home", None)),
                    _connector="OR",
                ),
                name="measure_only_home_is_named",
            ),
        ),
        migrations.AddConstraint(
            model_name="measure",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("kept_for__isnull", False), ("kept_on__isnull", False), ("seen_by", "kept")),
                    models.Q(models.Q(("seen_by", "kept"), _negated=True), ("kept_for", None), ("kept_on", None)),
                    _connector="OR",
                ),
                name="measure_kept_for_somebody_on_a_day",
            ),
        ),
        migrations.AddConstraint(
            model_name="measure",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("marked_at", None), ("marked_by", None), ("seen_by", "usual")),
                    models.Q(("marked_at__isnull", False), ("marked_by__isnull", False)),
                    _connector="OR",
                ),
                name="measure_marked_by_somebody",
            ),
        ),
        migrations.AddConstraint(
            model_name="ownwords",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("only_home__isnull", False), ("seen_by", "home")),
                    models.Q(models.Q(("seen_by", "home"), _negated=True), ("only_home", None)),
                    _connector="OR",
                ),
                name="ownwords_only_home_is_named",
            ),
        ),
        migrations.AddConstraint(
            model_name="ownwords",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("kept_for__isnull", False), ("kept_on__isnull", False), ("seen_by", "kept")),
                    models.Q(models.Q(("seen_by", "kept"), _negated=True), ("kept_for", None), ("kept_on", None)),
                    _connector="OR",
                ),
                name="ownwords_kept_for_somebody_on_a_day",
            ),
        ),
        migrations.AddConstraint(
            model_name="ownwords",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("marked_at", None), ("marked_by", None), ("seen_by", "usual")),
                    models.Q(("marked_at__isnull", False), ("marked_by__isnull", False)),
                    _connector="OR",
                ),
                name="ownwords_marked_by_somebody",
            ),
        ),
        markable("plans_ownwords", "change_plan"),
        markable("plans_journalentry", "change_journal"),
        *(
            tie(f"plans_{table}", only_home_id="families_household", kept_for_id="families_member")
            for table in ("ownwords", "journalentry", "goal", "measure")
        ),
    ]
