"""That a protection changed is told in families_protectionchange, to fewer: its moment is no news for history either."""

from django.db import migrations

from nyemonstre.access.history import keep_history

WATCH = {"permission": "view_family", "family": "id"}
PROTECTION = ("protection", "whole_protection")
BEFORE = keep_history("families_family", **WATCH, elsewhere=PROTECTION)


class Migration(migrations.Migration):
    dependencies = [("history", "0004_shut_out"), ("families", "0007_access_wall")]

    operations = [
        migrations.RunSQL(BEFORE.reverse_sql, BEFORE.sql),
        keep_history("families_family", **WATCH, elsewhere=(*PROTECTION, "protected_at")),
    ]
