"""Projects and sets: read by those who export and those who oversee. The key table: by nobody but the clock's worker.

`nm_web` has no right to research_link whatsoever, policy or not. `nm_worker` reaches it only inside `as_job()`, so not
in the name of a person either.
"""

from django.db import migrations

from nyemonstre.access.wall import either, municipalities, protect, restrict

EXPORT, APPROVE = municipalities("export_research"), municipalities("approve_keys")
SEEN = either(EXPORT, APPROVE)


def _of_project(table: str) -> str:
    """The project is of the row's own municipality."""
    return (
        f"exists (select from research_project p where p.id = {table}.project_id"
        f" and p.municipality_id = {table}.municipality_id)"
    )


FROZEN = """
revoke all on research_link from nm_web;
revoke update, delete on research_project from nm_web, nm_worker;
revoke update, delete on research_figures from nm_web;
-- What was counted, frozen and told is the worker's to write; a person orders, freezes and acknowledges.
revoke update, delete on research_dataset, research_participant, research_opening from nm_web;
revoke insert on research_participant, research_figures from nm_web;
grant update (state, progress, moved_at, frozen_by_id) on research_dataset to nm_web;
grant update (acknowledged_by_id, acknowledged_on) on research_participant to nm_web;
grant update (approved_by_id, approved_at) on research_opening to nm_web;

-- Bytes are frozen: neither they nor what they are known by changes, but for the day they are deleted.
create function sec.set_is_frozen() returns trigger language plpgsql as $$
begin
  if old.frozen_at is not null and (new.state not in ('frozen', 'deleted') or new.frozen_at <> old.frozen_at
      or new.sha256 <> old.sha256 or new.manifest <> old.manifest
      or new.project_id <> old.project_id or new.frozen_by_id <> old.frozen_by_id) then
    raise exception 'a frozen set does not change' using errcode = 'check_violation', constraint = 'set_is_frozen';
  end if;
  return new;
end $$;
create trigger frozen before update on research_dataset for each row execute function sec.set_is_frozen();

-- Before its day the key is opened for nobody, whoever says yes.
create function sec.key_has_its_day() returns trigger language plpgsql as $$
begin
  if new.approved_at is not null and exists (select from research_project p
      where p.id = new.project_id and p.keys_open_on > sec.today()) then
    raise exception 'the key opens later' using errcode = 'check_violation', constraint = 'key_has_its_day';
  end if;
  return new;
end $$;
create trigger its_day before insert or update on research_opening
  for each row execute function sec.key_has_its_day();
"""
UNDO = """
drop trigger its_day on research_opening;
drop function sec.key_has_its_day();
drop trigger frozen on research_dataset;
drop function sec.set_is_frozen();
grant all on research_link, research_project, research_figures, research_dataset, research_participant,
  research_opening to nm_web, nm_worker;
"""


class Migration(migrations.Migration):
    dependencies = [("research", "0001_initial"), ("accounts", "0002_wall")]

    operations = [
        protect("research_project", read=SEEN, write="false", insert=EXPORT),
        protect("research_dataset", read=SEEN, write=EXPORT, delete="false"),
        restrict("research_dataset", _of_project("research_dataset"), name="of_project"),
        protect("research_participant", read=SEEN, write=EXPORT, insert="false", delete="false"),
        protect("research_opening", read=SEEN, write=APPROVE, insert=EXPORT, delete="false"),
        restrict("research_opening", _of_project("research_opening"), name="of_project"),
        protect("research_link", read="false", write="false"),
        protect("research_figures", read=municipalities("view_dashboard"), write="false"),
        migrations.RunSQL(FROZEN, UNDO),
    ]
