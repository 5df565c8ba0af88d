"""The auditor sees no family, but must be able to say which one a line is about: a code, never a name."""

from django.db import migrations

FUNCTION = """
create function sec.families_in_log(wanted uuid[], wanted_code text) returns table (id uuid, code text)
language sql stable security definer set search_path = pg_catalog, public as $$
  select f.id, f.code::text from families_family f
   where f.municipality_id = any (array(select sec.municipalities('view_log')))
     and (f.id = any (wanted) or f.code = wanted_code)
$$;
"""


class Migration(migrations.Migration):
    dependencies = [("audit", "0001_initial"), ("families", "0002_wall")]

    operations = [migrations.RunSQL(FUNCTION, "drop function sec.families_in_log(uuid[], text)")]
