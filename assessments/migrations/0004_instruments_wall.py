"""The municipality's instruments: read by everybody who works there, written by those who may, and frozen."""

from django.db import migrations

from nyemonstre.access.wall import municipalities, protect

HERE = "municipality_id = any (array(select m.municipality_id from sec.my_memberships() m))"

FUNCTIONS = """
-- What a sitting was asked with can be looked up for ever: only that it is switched off can change, once.
create function sec.instrument_is_frozen() returns trigger language plpgsql as $$
begin
  if (to_jsonb(new) - 'switched_off_at' - 'switched_off_by_id') <> (to_jsonb(old) - 'switched_off_at' - 'switched_off_by_id')
     or old.switched_off_at is not null then
    raise exception 'an instrument does not change' using errcode = 'check_violation', constraint = 'instrument_is_frozen';
  end if;
  return new;
end $$;
create trigger frozen before update on assessments_localinstrument
  for each row execute function sec.instrument_is_frozen();

create or replace function sec.assessment_is_history() returns trigger language plpgsql as $$
begin
  if old.completed_at is not null or old.abandoned_at is not null then
    raise exception 'the sitting is over' using errcode = 'check_violation', constraint = 'assessment_is_history';
  end if;
  if new.family_id <> old.family_id or new.instrument <> old.instrument or new.packs <> old.packs then
    raise exception 'family and questions are fixed' using errcode = 'check_violation', constraint = 'assessment_is_history';
  end if;
  return new;
end $$;
"""
REVERSE = """
create or replace function sec.assessment_is_history() returns trigger language plpgsql as $$
begin
  if old.completed_at is not null or old.abandoned_at is not null then
    raise exception 'the sitting is over' using errcode = 'check_violation', constraint = 'assessment_is_history';
  end if;
  if new.family_id <> old.family_id or new.instrument <> old.instrument then
    raise exception 'family and questions are fixed' using errcode = 'check_violation', constraint = 'assessment_is_history';
  end if;
  return new;
end $$;
drop trigger frozen on assessments_localinstrument;
drop function sec.instrument_is_frozen();
"""


class Migration(migrations.Migration):
    dependencies = [("assessments", "0003_instruments"), ("accounts", "0002_wall")]

    operations = [
        migrations.RunSQL(FUNCTIONS, REVERSE),
        protect("assessments_localinstrument", read=HERE, write=municipalities("change_instruments"), delete="false"),
    ]
