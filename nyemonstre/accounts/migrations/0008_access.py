"""Coordinators on call, and at the wall: what each role can use on a family granted to it."""

from django.db import migrations, models

FUNCTIONS = """
-- A copy of GRANTED in nyemonstre/access/roles.py, refreshed after each migrate. Readable by all, written by the owner.
create table sec.role_granted (role text not null, permission text not null, primary key (role, permission));
revoke all on sec.role_granted from nm_web, nm_worker;
grant select on sec.role_granted to nm_web, nm_worker;

-- Municipalities in which the actor can use a grant of this permission on a family there.
create function sec.municipalities_granted(wanted text) returns setof uuid
language sql stable security definer set search_path = pg_catalog, public, pg_temp as $$
  select m.municipality_id from sec.my_memberships() m
    join sec.role_granted rg on rg.role = m.role and rg.permission = wanted
$$;

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

REVERSE = """
create or replace function sec.municipalities(wanted text) returns setof uuid
language sql stable security definer set search_path = pg_catalog, public, pg_temp as $$
  select m.municipality_id from sec.my_memberships() m
    join sec.role_permission rp on rp.role = m.role and rp.permission = wanted
$$;
drop function sec.municipalities_granted(text);
drop table sec.role_granted;
"""


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0007_second_factors"),
    ]

    operations = [
        migrations.AddField(
            model_name="membership",
            name="on_call",
            field=models.BooleanField(default=False, verbose_name="går i vakt"),
        ),
        migrations.AddField(
            model_name="municipality",
            name="on_call_may_break_glass",
            field=models.BooleanField(default=False, verbose_name="koordinatorer på vakt kan åpne en familie i nød"),
        ),
        migrations.AddConstraint(
            model_name="membership",
            constraint=models.CheckConstraint(
                condition=models.Q(("on_call", False), ("role", "coordinator"), _connector="OR"),
                name="membership_on_call_only_coordinators",
            ),
        ),
        migrations.RunSQL(FUNCTIONS, REVERSE),
    ]
