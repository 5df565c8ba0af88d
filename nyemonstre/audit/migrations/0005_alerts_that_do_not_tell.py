"""No alert says that a family is protected. Those that did are taken away; the events behind them stand in the log."""

from django.db import migrations, models

KINDS = [
    ("break_glass", "Åpnet med nødtilgang"),
    ("own_family", "Egen familie"),
    ("same_name", "Samme etternavn"),
    ("let_in", "Åpnet av en som er sluppet inn ved navn"),
    ("many_families", "Mange familier på kort tid"),
    ("many_denied", "Mange forsøk som ble stanset"),
    ("at_night", "Lest om natten"),
]


class Migration(migrations.Migration):
    dependencies = [("audit", "0004_alerts")]

    operations = [
        migrations.RunSQL("delete from audit_alert where kind = 'protected'", migrations.RunSQL.noop),
        migrations.AlterField("alert", "kind", models.CharField(choices=KINDS, max_length=20, verbose_name="slags")),
    ]
