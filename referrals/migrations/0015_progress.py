"""How far a henvendelse has come, for whoever holds the secret of its receipt and its number. Nothing else of it."""

from django.db import migrations

PROGRESS = """
create function sec.referral_progress(key uuid, number text) returns text
language sql stable security definer set search_path = pg_catalog, public, pg_temp as $$
  select case when r.state = 'received' then 'received'
              when r.state in ('in_intake', 'more_information') then 'in_intake'
              else 'answered' end
    from referrals_referral r where r.id = key and r.reference = number
$$;
"""


class Migration(migrations.Migration):
    dependencies = [("referrals", "0014_calculations")]

    operations = [migrations.RunSQL(PROGRESS, "drop function sec.referral_progress(uuid, text)")]
