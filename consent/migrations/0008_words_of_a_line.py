"""History names a change of what a service does, and keeps no words of it: they may name the contact, who must vanish.

The words stand in the line itself, where the pages show them as long as it is open. What history kept before stays, for
history is only added to.
"""

from django.db import migrations

from nyemonstre.access.history import keep_history

BEFORE = keep_history("consent_agreementline", permission="view_consent")


class Migration(migrations.Migration):
    dependencies = [("consent", "0007_holders")]

    operations = [
        migrations.RunSQL(BEFORE.reverse_sql, BEFORE.sql),
        keep_history("consent_agreementline", permission="view_consent", secret=["what_they_do", "ended_reason"]),
    ]
