"""The functions the wall asks: who is acting, what day it is, and where a role opens a whole municipality."""

from django.db import migrations

from nyemonstre.access.wall import protect

FUNCTIONS = """
create schema sec;
grant usage on schema sec to nm_web, nm_worker;

-- A copy of nyemonstre/access/roles.py, refreshed after each migrate. Readable by all, written by the owner.
create table sec.role_permission (role text not null, permission text not null, primary key (role, permission));
revoke all on sec.role_permission from nm_web, nm_worker;
grant select on sec.role_permission to nm_web, nm_worker;

create function sec.uid() returns uuid language sql stable parallel safe as $$
  select nullif(current_setting('app.user_id', true), '')::uuid
$$;

-- Only asked by the policies of nm_worker: the nightly job reads across families.
create function sec.is_job() returns boolean language sql stable parallel safe as $$
  select current_setting('app.job', true) = 'on'
$$;

-- Agreements and roles begin and end at midnight in Norway.
create function sec.today() returns date language sql stable parallel safe as $$
  select (now() at time zone 'Europe/Oslo')::date
$$;

create function sec.my_memberships() returns setof accounts_membership
language sql stable security definer set search_path = pg_catalog, public as $$
  select m.* from accounts_membership m join accounts_user u on u.id = m.user_id
   where m.user_id = sec.uid() and u.is_active
     and m.valid_from <= sec.today() and (m.valid_to is null or m.valid_to >= sec.today())
$$;

create function sec.municipalities(wanted text) returns setof uuid
language sql stable security definer set search_path = pg_catalog, public as $$
  select m.municipality_id from sec.my_memberships() m
    join sec.role_permission rp on rp.role = m.role and rp.permission = wanted
$$;
"""

REVERSE = """
drop function sec.municipalities(text);
drop function sec.my_memberships();
drop function sec.today();
drop function sec.is_job();
drop function sec.uid();
drop table sec.role_permission;
drop schema sec;
"""


class Migration(migrations.Migration):
    dependencies = [("accounts", "0001_initial")]

    operations = [
        migrations.RunSQL(FUNCTIONS, REVERSE),
        protect("accounts_draft", read="user_id = sec.uid()", write="user_id = sec.uid()"),
    ]
