"""The same answer in one pass: a role's permissions are asked of each membership, instead of joining them twice."""

from django.db import migrations

FORWARD = """
create or replace function sec.municipalities(wanted text) returns setof uuid
language sql stable security definer set search_path = pg_catalog, public, pg_temp as $$
  select m.municipality_id from sec.my_memberships() m
   where exists (select from sec.role_permission rp where rp.role = m.role and rp.permission = wanted)
      or (wanted = 'break_glass' and m.role = 'coordinator' and m.on_call
          and exists (select from accounts_municipality mu
                       where mu.id = m.municipality_id and mu.on_call_may_break_glass))
$$;
"""

REVERSE = """
create or replace function sec.municipalities(wanted text) returns setof uuid
language sql stable security definer set search_path = pg_catalog, public, pg_temp as $$
  select m.municipality_id from sec.my_memberships() m
    join sec.role_permission rp on rp.role = m.role and rp.permission = wanted
  union all
  select m.municipality_id from sec.my_memberships() m
    join accounts_municipality mu on mu.id = m.municipality_id and mu.on_call_may_break_glass
   where wanted = 'break_glass' and m.role = 'coordinator' and m.on_call
$$;
"""


class Migration(migrations.Migration):
    dependencies = [("accounts", "0014_service_domains")]

    operations = [migrations.RunSQL(FORWARD, REVERSE)]
