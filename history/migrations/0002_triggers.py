"""The trigger function, the wall around what it writes, and the tables it watches.

One function for all tables, per statement and not per row: a thousand rows in one INSERT are one more INSERT.
It runs as the owner, because nobody else may write here.
"""

from django.db import migrations

from nyemonstre.access.history import keep_history
from nyemonstre.access.wall import either, families, protect

FUNCTIONS = """
-- When it is. Made-up data says which day it plays (nyemonstre/demo/clock.py); else the transaction's own time.
create function sec.moment() returns timestamptz language sql stable as $$
  select coalesce(nullif(current_setting('app.moment', true), '')::timestamptz, now())
$$;

-- A row as history keeps it: without what is empty, what is secret, and what every row has.
create function sec.kept_values(kept jsonb, secret text[]) returns jsonb language sql immutable parallel safe as $$
  select coalesce(jsonb_object_agg(v.key, v.value), '{}')
    from jsonb_each(kept - secret - '{id,family_id,version}'::text[]) v
   where v.value not in ('null', '""', '[]')
$$;

create function sec.secrets_in(kept jsonb, secret text[]) returns text[] language sql immutable parallel safe as $$
  select coalesce(array_agg(v.key order by v.key), '{}')
    from jsonb_each(kept) v where v.key = any (secret) and v.value not in ('null', '""')
$$;

-- Only the columns that differ. A counted-up version alone is no change.
create function sec.difference(before_row jsonb, after_row jsonb, hidden text[],
                               out before jsonb, out after jsonb, out secret text[])
language sql immutable parallel safe as $$
  select coalesce(jsonb_object_agg(o.key, o.value) filter (where o.key <> all (hidden)), '{}'),
         coalesce(jsonb_object_agg(o.key, n.value) filter (where o.key <> all (hidden)), '{}'),
         coalesce(array_agg(o.key order by o.key) filter (where o.key = any (hidden)), '{}')
    from jsonb_each(before_row - 'version') o join jsonb_each(after_row) n on n.key = o.key
   where o.value is distinct from n.value
$$;

create function sec.keep_history() returns trigger
language plpgsql security definer set search_path = pg_catalog, public, pg_temp as $$
declare
  opened_by constant text := tg_argv[0];
  family_column constant text := tg_argv[1];
  hidden constant text[] := string_to_array(tg_argv[2], ',');
  elsewhere constant text[] := string_to_array(tg_argv[3], ',');
begin
  if tg_op = 'INSERT' then
    insert into history_change (at, actor_id, job, municipality_id, family_id, table_name, row_id, verb,
                                before, after, secret, permission)
    select sec.moment(), sec.uid(), coalesce(sec.is_job(), false), f.municipality_id, f.id, tg_table_name, n.id,
           'added', '{}', sec.kept_values(n.kept, hidden), sec.secrets_in(n.kept, hidden), opened_by
      from (select r.id, to_jsonb(r) - elsewhere as kept from new_rows r) n
      join families_family f on f.id = (n.kept ->> family_column)::uuid;
  elsif tg_op = 'UPDATE' then
    insert into history_change (at, actor_id, job, municipality_id, family_id, table_name, row_id, verb,
                                before, after, secret, permission)
    select sec.moment(), sec.uid(), coalesce(sec.is_job(), false), f.municipality_id, f.id, tg_table_name, n.id,
           'changed', d.before, d.after, d.secret, opened_by
      from (select r.id, to_jsonb(r) - elsewhere as kept from new_rows r) n
      join old_rows o on o.id = n.id
      join families_family f on f.id = (n.kept ->> family_column)::uuid
     cross join lateral sec.difference(to_jsonb(o) - elsewhere, n.kept, hidden) d
     where d.after <> '{}' or d.secret <> '{}';
  else
    insert into history_change (at, actor_id, job, municipality_id, family_id, table_name, row_id, verb,
                                before, after, secret, permission)
    select sec.moment(), sec.uid(), coalesce(sec.is_job(), false), f.municipality_id, f.id, tg_table_name, o.id,
           'removed', sec.kept_values(o.kept, hidden), '{}', sec.secrets_in(o.kept, hidden), opened_by
      from (select r.id, to_jsonb(r) - elsewhere as kept from old_rows r) o
      join families_family f on f.id = (o.kept ->> family_column)::uuid;
  end if;
  return null;
end $$;

create function sec.history_stays() returns trigger language plpgsql as $$
begin
  raise exception 'history is append-only';
end $$;
create trigger append_only before update or delete on history_change
  for each row execute function sec.history_stays();
revoke insert, update, delete on history_change from nm_web, nm_worker;
"""

REVERSE = """
grant insert, update, delete on history_change to nm_web, nm_worker;
drop trigger append_only on history_change;
drop function sec.history_stays();
drop function sec.keep_history();
drop function sec.difference(jsonb, jsonb, text[]);
drop function sec.secrets_in(jsonb, text[]);
drop function sec.kept_values(jsonb, text[]);
drop function sec.moment();
"""

OPENS = ("list_family", "view_family", "view_consent", "view_assessment", "view_plan", "view_journal")

PROTECTION = ("protection", "whole_protection")

# Each table with the permission that opens it. A table made later is watched by its own app's migration.
TABLES = {
    "list_family": ["families_milestone", "families_assignment"],
    "view_family": [
        "families_residence",
        "referrals_informationmeeting",
        "referrals_meetingmember",
    ],
    "view_consent": ["consent_consent", "consent_agreementline", "consent_coveredmember"],
    "view_assessment": ["assessments_assessment", "assessments_response", "assessments_fitanswer"],
    "view_plan": [
        "plans_ownwords",
        "plans_goal",
        "plans_goalmember",
        "plans_measure",
        "plans_planagreement",
        "plans_review",
        "plans_reviewgoal",
    ],
}


class Migration(migrations.Migration):
    dependencies = [
        ("history", "0001_initial"),
        ("families", "0005_protection"),
        ("consent", "0003_wall"),
        ("assessments", "0002_wall"),
        ("plans", "0003_protection"),
        ("referrals", "0002_wall"),
    ]

    operations = [
        migrations.RunSQL(FUNCTIONS, REVERSE),
        protect(
            "history_change",
            read=either(*(f"permission = '{p}' and {families(p)}" for p in OPENS)),
            write="false",
        ),
        *(keep_history(table, permission=p) for p, tables in TABLES.items() for table in tables),
        # The family itself: its name, phase of life and reasons are content, so a list of names does not open them.
        keep_history("families_family", permission="view_family", family="id", elsewhere=PROTECTION),
        # Protection is told in families_protectionchange, to fewer.
        keep_history("families_member", permission="view_family", elsewhere=PROTECTION),
        # Where somebody lives is kept in one place only.
        keep_history(
            "families_household", permission="view_family", secret=["address", "postcode", "town"], elsewhere=PROTECTION
        ),
        # Sealed, and opened in one place only.
        keep_history("families_identitynumber", permission="view_family", secret=["number", "index"]),
        # Their own wall asks for more than the permission: a live line, a line of the journal one may read.
        keep_history("consent_contact", permission="view_consent", follows=True),
        keep_history("plans_journalentry", permission="view_journal", follows=True),
        keep_history("plans_journalmember", permission="view_journal", follows=True),
    ]
