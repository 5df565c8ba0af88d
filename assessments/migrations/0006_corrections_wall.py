"""The wall around corrections, which belong to an answer of a completed sitting of the same family."""

from django.db import migrations

from nyemonstre.access.history import keep_history
from nyemonstre.access.wall import families, protect

FUNCTIONS = """
create function sec.correction_of_completed() returns trigger language plpgsql as $$
begin
  if not exists (select 1 from assessments_response r join assessments_assessment a on a.id = r.assessment_id
                  where r.id = new.response_id and r.family_id = new.family_id and a.completed_at is not null) then
    raise exception 'not an answer of a completed sitting' using errcode = 'check_violation',
                    constraint = 'correction_of_completed';
  end if;
  return new;
end $$;
create trigger completed before insert on assessments_correction
  for each row execute function sec.correction_of_completed();
"""
REVERSE = """
drop trigger completed on assessments_correction;
drop function sec.correction_of_completed();
"""

READ, CHANGE = families("view_assessment"), families("change_assessment")
WATCHED = keep_history("assessments_response", permission="view_assessment")


class Migration(migrations.Migration):
    dependencies = [("assessments", "0005_corrections"), ("history", "0002_triggers")]

    operations = [
        migrations.RunSQL(FUNCTIONS, REVERSE),
        # Nobody rewrites a correction: a wrong one is corrected again.
        protect("assessments_correction", read=READ, write="false", insert=CHANGE, delete="false"),
        # Which browser sent an answer is no change of it.
        migrations.RunSQL(WATCHED.reverse_sql, WATCHED.sql),
        keep_history("assessments_response", permission="view_assessment", elsewhere=["received"]),
    ]
