"""Where people log in is the operator's to say: the web process and the worker read it, and only the owner writes it."""

from django.db import migrations

TABLE = "accounts_loginprovider"


class Migration(migrations.Migration):
    dependencies = [("accounts", "0008_access")]

    operations = [
        migrations.RunSQL(
            f"revoke insert, update, delete on {TABLE} from nm_web, nm_worker",
            f"grant insert, update, delete on {TABLE} to nm_web, nm_worker",
        )
    ]
