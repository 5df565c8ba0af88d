"""The auditor takes words away: from the rows, from their history, from drafts and printed files. A tombstone stays."""

from uuid import uuid4

import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models
from django.db.models import Q

from nyemonstre.access.wall import either, families, municipalities, protect

# Every column of the plan and the journal that people write in. One that is not there is passed by.
COLUMNS = """array[
  'plans_ownwords.text', 'plans_ownwords.told_by', 'plans_goal.words', 'plans_goal.why', 'plans_goal.first_sign',
  'plans_goal.state_reason', 'plans_goalversion.words', 'plans_goalversion.why', 'plans_goalversion.first_sign',
  'plans_goalversion.reason', 'plans_measure.what', 'plans_measure.who', 'plans_measure.follow_up',
  'plans_planagreement.goals', 'plans_review.present', 'plans_review.ahead', 'plans_review.with_whom',
  'plans_review.note', 'plans_reviewgoal.old_words', 'plans_reviewgoal.new_words', 'plans_reviewgoal.helped',
  'plans_reviewgoal.hindered', 'plans_closing.present', 'plans_closing.said', 'plans_closing.continues',
  'plans_closing.goals', 'plans_otherplan.note', 'plans_journalentry.text']"""

# security invoker: counts what the one who asks may read, and nothing else.
FORWARD = """
create function sec.plan_columns() returns table (tab text, col text, is_json boolean, most int)
language sql stable set search_path = pg_catalog, public, pg_temp as $$
  select t.relname::text, a.attname::text, a.atttypid = 'jsonb'::regtype,
         case when a.atttypmod > 4 then a.atttypmod - 4 else 1000000 end
    from pg_attribute a join pg_class t on t.oid = a.attrelid
   where t.relnamespace = 'public'::regnamespace and not a.attisdropped
     and t.relname || '.' || a.attname = any (%COLUMNS%)
$$;

create function sec.plan_places(wanted uuid, passage text) returns int
language plpgsql stable set search_path = pg_catalog, public, pg_temp as $$
declare c record; n int; total int := 0;
  inner_text text := substr(to_jsonb(passage)::text, 2, length(to_jsonb(passage)::text) - 2);
begin
  for c in select * from sec.plan_columns() loop
    execute format('select count(*) from %I where family_id = $1 and position($2 in %I::text) > 0', c.tab, c.col)
      into n using wanted, case when c.is_json then inner_text else passage end;
    total := total + n;
  end loop;
  return total;
end $$;

-- Opened by nobody but the function below: the setting alone is worth nothing to the web role.
create function sec.is_redacting() returns boolean language sql stable as $$
  select current_user = 'nm_owner' and current_setting('app.redacting', true) = 'on'
$$;

create or replace function plans_review_is_signed() returns trigger language plpgsql as $$
declare signed boolean;
begin
  if tg_table_name = 'plans_review' then
    signed := old.signed_off_at is not null;
  else
    select r.signed_off_at is not null into signed from plans_review r
     where r.id = case when tg_op = 'INSERT' then new.review_id else old.review_id end;
  end if;
  if signed and not (tg_op = 'UPDATE' and sec.is_redacting()) then
    raise exception 'a review that is signed off cannot be changed' using errcode = 'check_violation';
  end if;
  return case when tg_op = 'DELETE' then old else new end;
end $$;

create or replace function sec.history_stays() returns trigger language plpgsql as $$
begin
  if tg_op = 'UPDATE' and sec.is_redacting() then
    return new;
  end if;
  raise exception 'history is append-only';
end $$;

create function sec.redact_plan(wanted uuid) returns int
language plpgsql security definer set search_path = pg_catalog, public, pg_temp as $$
declare
  r plans_redaction; c record; n int; total int := 0; inner_text text; mark constant text := '[fjernet]';
begin
  select * into r from plans_redaction where id = wanted and state = 'asked' for update;
  if r.id is null or r.family_id = any (array(select sec.shut_out()))
     or not coalesce(r.municipality_id = any (array(select sec.municipalities('review_access'))), false) then
    raise exception 'nothing to redact' using errcode = 'insufficient_privilege';
  end if;
  inner_text := substr(to_jsonb(r.passage)::text, 2, length(to_jsonb(r.passage)::text) - 2);
  perform set_config('app.redacting', 'on', true);
  for c in select * from sec.plan_columns() loop
    if c.is_json then
      execute format('update %I set %I = replace(%I::text, $1, $2)::jsonb'
                     ' where family_id = $3 and position($1 in %I::text) > 0',
                     c.tab, c.col, c.col, c.col) using inner_text, mark, r.family_id;
    else
      execute format('update %I set %I = left(replace(%I, $1, $2), $4)'
                     ' where family_id = $3 and position($1 in %I) > 0',
                     c.tab, c.col, c.col, c.col) using r.passage, mark, r.family_id, c.most;
    end if;
    get diagnostics n = row_count;
    total := total + n;
  end loop;
  -- History too, the lines written just now among it: they show that something changed, and by whom.
  update history_change set before = replace(before::text, inner_text, mark)::jsonb,
                            after = replace(after::text, inner_text, mark)::jsonb
   where family_id = r.family_id and position(inner_text in before::text || after::text) > 0;
  update accounts_draft set data = replace(data::text, inner_text, mark)::jsonb
   where key like '%' || r.family_id || '%' and position(inner_text in data::text) > 0;
  update plans_plandocument set state = 'failed', content = null, size = null, sha256 = ''
   where family_id = r.family_id and content is not null;
  perform set_config('app.redacting', '', true);
  update plans_redaction set state = 'done', passage = '', places = total, decided_by_id = sec.uid(), decided_at = now()
   where id = wanted;
  return total;
end $$;
"""
FORWARD = FORWARD.replace("%COLUMNS%", COLUMNS)
REVERSE = """
drop function sec.redact_plan(uuid);
drop function sec.plan_places(uuid, text);
drop function sec.plan_columns();
create or replace function plans_review_is_signed() returns trigger language plpgsql as $$
declare signed boolean;
begin
  if tg_table_name = 'plans_review' then
    signed := old.signed_off_at is not null;
  else
    select r.signed_off_at is not null into signed from plans_review r
     where r.id = case when tg_op = 'INSERT' then new.review_id else old.review_id end;
  end if;
  if signed then
    raise exception 'a review that is signed off cannot be changed' using errcode = 'check_violation';
  end if;
  return case when tg_op = 'DELETE' then old else new end;
end $$;

create or replace function sec.history_stays() returns trigger language plpgsql as $$
begin
  raise exception 'history is append-only';
end $$;
drop function sec.is_redacting();
"""


def to(model: str, **more: object) -> models.ForeignKey:
    more.setdefault("related_name", "+")
    return models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, to=model, **more)


class Migration(migrations.Migration):
    dependencies = [
        ("plans", "0011_templates_and_other_plans"),
        ("history", "0002_triggers"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Redaction",
            fields=[
                ("id", models.UUIDField(default=uuid4, editable=False, primary_key=True, serialize=False)),
                (
                    "state",
                    models.CharField(
                        choices=[("asked", "Venter"), ("done", "Fjernet"), ("declined", "Kan stå")],
                        default="asked",
                        max_length=8,
                    ),
                ),
                ("passage", models.CharField(blank=True, max_length=300, verbose_name="ordene")),
                ("reason", models.CharField(max_length=300, verbose_name="hvorfor")),
                ("asked_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("answer", models.CharField(blank=True, max_length=300, verbose_name="svar")),
                ("places", models.PositiveIntegerField(default=0, verbose_name="steder")),
                ("decided_at", models.DateTimeField(null=True)),
                ("asked_by", to(settings.AUTH_USER_MODEL)),
                ("decided_by", to(settings.AUTH_USER_MODEL, null=True)),
                ("family", to("families.family", related_name="redactions")),
                ("municipality", to("accounts.municipality")),
            ],
            options={
                "verbose_name": "fjerning",
                "verbose_name_plural": "fjerninger",
                "ordering": ["-asked_at"],
                "constraints": [
                    models.CheckConstraint(condition=~Q(reason=""), name="redaction_for_a_reason"),
                    models.CheckConstraint(
                        condition=(Q(state="asked", decided_by=None, decided_at=None) & ~Q(passage=""))
                        | (~Q(state="asked") & Q(passage="", decided_by__isnull=False, decided_at__isnull=False)),
                        name="redaction_keeps_the_words_until_decided",
                    ),
                ],
            },
        ),
        protect(
            "plans_redaction",
            read=either(families("view_plan"), municipalities("review_access")),
            insert=families("change_plan"),
            write=municipalities("review_access"),
            delete="false",
        ),
        migrations.RunSQL(FORWARD, REVERSE),
    ]
