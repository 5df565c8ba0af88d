"""When follow-ups have lasted five years, counted for those who allot or lead: the families sec.places_taken counts."""

from django.db import migrations

ENDING = """
create function sec.places_ending(municipality uuid) returns table (user_id uuid, ends_on date)
language sql stable security definer set search_path = pg_catalog, public, pg_temp as $$
  select a.user_id, (f.baseline_on + interval '5 years')::date
    from families_family f join families_assignment a on a.family_id = f.id
   where f.municipality_id = municipality and f.state <> 'closed' and f.baseline_on is not null
     and a.kind = 'responsible' and a.valid_from <= clock_timestamp()
     and (a.valid_until is null or a.valid_until > clock_timestamp())
     and (municipality = any (array(select sec.municipalities('decide_referral')))
          or municipality = any (array(select sec.municipalities('view_dashboard'))))
     and (f.protection not in ('confidential', 'strictly_confidential')
          or f.id = any (array(select sec.families('list_family'))))
     and not (f.id = any (array(select sec.shut_out())))
$$;
"""


class Migration(migrations.Migration):
    dependencies = [("families", "0011_told_without_consent")]

    operations = [migrations.RunSQL(ENDING, "drop function sec.places_ending(uuid)")]
