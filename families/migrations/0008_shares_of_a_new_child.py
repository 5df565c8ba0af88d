"""A person written down as a child after all: their shares of the time are looked at then too."""

from django.db import migrations

SHARES = """
create or replace function sec.check_shares() returns trigger
language plpgsql security definer set search_path = pg_catalog, public, pg_temp as $$
declare checked uuid;
begin
  if tg_table_name = 'families_member' then checked := new.id;
  elsif tg_op = 'DELETE' then checked := old.member_id;
  else checked := new.member_id; end if;
  if exists (
    select 1 from families_residence r join families_member m on m.id = r.member_id
     where r.member_id = checked and m.role <> 'adult'
     group by r.member_id having count(*) > 1 and sum(r.share) <> 100
  ) then
    raise exception 'a child in two homes has 100 percent of its time in them'
      using errcode = 'check_violation', constraint = 'residence_shares_are_all_of_the_time';
  end if;
  return null;
end $$;
create constraint trigger shares_are_all_of_the_time after update of role
  on families_member deferrable initially deferred for each row
  when (old.role is distinct from new.role) execute function sec.check_shares();
"""
# The function itself stays as it is: it also answers for families_residence alone.
NO_SHARES = "drop trigger shares_are_all_of_the_time on families_member"


class Migration(migrations.Migration):
    dependencies = [("families", "0007_access_wall")]

    operations = [migrations.RunSQL(SHARES, NO_SHARES)]
