"""The wall round second factors, and allauth's own table of addresses, which nobody may write to."""

from django.db import migrations

from nyemonstre.access.wall import protect

FUNCTIONS = """
create function sec.forget_second_factors(whose uuid) returns void
language sql volatile security definer set search_path = pg_catalog, public as $$
  delete from mfa_authenticator where user_id = whose and whose = any (array(select sec.people_looked_after()))
$$;
revoke insert, update, delete on account_emailaddress, account_emailconfirmation from nm_web, nm_worker;
"""

REVERSE = """
grant insert, update, delete on account_emailaddress, account_emailconfirmation to nm_web, nm_worker;
drop function sec.forget_second_factors(uuid);
"""


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0006_work_accounts"),
        ("account", "0009_emailaddress_unique_primary_email"),
        ("mfa", "0003_authenticator_type_uniq"),
    ]

    operations = [
        protect("mfa_authenticator", read="user_id = sec.uid()", write="user_id = sec.uid()"),
        migrations.RunSQL(FUNCTIONS, REVERSE),
    ]
