"""The information meeting: times to choose among, at home or elsewhere, the interpreter's language, who comes."""

import django.contrib.postgres.fields
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from nyemonstre.access.wall import tie

# Whoever had ordered an interpreter before the language was asked: the language of those who come and need one.
LANGUAGE = """
update referrals_informationmeeting m set interpreter = coalesce(
  (select left(string_agg(distinct p.language, ', '), 40) from referrals_meetingmember i
     join families_member p on p.id = i.member_id where i.meeting_id = m.id and p.needs_interpreter), 'ikke oppgitt')
 where interpreter_ordered
"""


class Migration(migrations.Migration):
    dependencies = [
        ("referrals", "0007_in_the_order_they_came"),
        ("families", "0010_registering"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AlterField(
            model_name="informationmeeting",
            name="starts_at",
            field=models.DateTimeField(blank=True, null=True, verbose_name="når"),
        ),
        migrations.AlterField(
            model_name="informationmeeting",
            name="place",
            field=models.CharField(blank=True, max_length=160, verbose_name="sted"),
        ),
        migrations.AddField(
            model_name="informationmeeting",
            name="proposals",
            field=django.contrib.postgres.fields.ArrayField(
                base_field=models.DateTimeField(),
                blank=True,
                default=list,
                size=None,
                verbose_name="foreslåtte tider",
            ),
        ),
        migrations.AddField(
            model_name="informationmeeting",
            name="home",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="families.household",
                verbose_name="hjemme",
            ),
        ),
        migrations.AddField(
            model_name="informationmeeting",
            name="interpreter",
            field=models.CharField(blank=True, max_length=40, verbose_name="tolk på"),
        ),
        migrations.AddField(
            model_name="informationmeeting",
            name="coordinator",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
                verbose_name="koordinator som kommer",
            ),
        ),
        migrations.AddField(
            model_name="informationmeeting",
            name="remind_on",
            field=models.DateField(blank=True, null=True, verbose_name="spør igjen"),
        ),
        migrations.RunSQL(LANGUAGE, migrations.RunSQL.noop),
        tie("referrals_informationmeeting", home_id="families_household"),
    ]
