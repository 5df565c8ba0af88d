"""The wall around kartlegging, and two things it adds: a sitting that is over is history, and rows do not mix families."""

from django.db import migrations

from nyemonstre.access.wall import families, protect

FUNCTIONS = """
-- A completed or abandoned sitting cannot be opened again, and nothing of a sitting is moved to another family.
create function sec.assessment_is_history() returns trigger language plpgsql as $$
begin
  if old.completed_at is not null or old.abandoned_at is not null then
    raise exception 'the sitting is over' using errcode = 'check_violation', constraint = 'assessment_is_history';
  end if;
  if new.family_id <> old.family_id or new.instrument <> old.instrument then
    raise exception 'family and questions are fixed' using errcode = 'check_violation', constraint = 'assessment_is_history';
  end if;
  return new;
end $$;
create trigger history before update on assessments_assessment
  for each row execute function sec.assessment_is_history();

-- An answer belongs to an open sitting of its own family, and is about somebody in it.
create function sec.response_in_open_sitting() returns trigger language plpgsql as $$
begin
  if not exists (select 1 from assessments_assessment a
                  where a.id = new.assessment_id and a.family_id = new.family_id
                    and a.completed_at is null and a.abandoned_at is null
                    for share) then
    raise exception 'the sitting is over' using errcode = 'check_violation', constraint = 'response_in_open_sitting';
  end if;
  if new.member_id is not null
     and not exists (select 1 from families_member m where m.id = new.member_id and m.family_id = new.family_id) then
    raise exception 'another family' using errcode = 'check_violation', constraint = 'response_of_own_family';
  end if;
  if tg_op = 'UPDATE' and new.assessment_id <> old.assessment_id then
    raise exception 'an answer is not moved' using errcode = 'check_violation', constraint = 'response_in_open_sitting';
  end if;
  return new;
end $$;
create trigger open_sitting before insert or update on assessments_response
  for each row execute function sec.response_in_open_sitting();

create function sec.fit_of_own_family() returns trigger language plpgsql as $$
begin
  if not exists (select 1 from families_member m where m.id = new.member_id and m.family_id = new.family_id) then
    raise exception 'another family' using errcode = 'check_violation', constraint = 'fit_of_own_family';
  end if;
  return new;
end $$;
create trigger own_family before insert on assessments_fitanswer
  for each row execute function sec.fit_of_own_family();
"""

REVERSE = """
drop trigger own_family on assessments_fitanswer;
drop function sec.fit_of_own_family();
drop trigger open_sitting on assessments_response;
drop function sec.response_in_open_sitting();
drop trigger history on assessments_assessment;
drop function sec.assessment_is_history();
"""

READ, CHANGE = families("view_assessment"), families("change_assessment")


class Migration(migrations.Migration):
    dependencies = [("assessments", "0001_initial"), ("families", "0002_wall"), ("consent", "0003_wall")]

    operations = [
        migrations.RunSQL(FUNCTIONS, REVERSE),
        protect("assessments_assessment", read=READ, write=CHANGE, delete="false"),
        protect("assessments_response", read=READ, write=CHANGE, delete="false"),
        # Nobody rewrites what a person answered.
        protect("assessments_fitanswer", read=READ, write="false", insert=CHANGE, delete="false"),
    ]
