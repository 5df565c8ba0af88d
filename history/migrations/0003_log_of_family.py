"""The auditor makes a family's log by its code: which family, where, and whether the paper may tell of a place."""

from django.db import migrations

FUNCTION = """
create function sec.log_of_family(wanted_code text)
returns table (id uuid, municipality_id uuid, placeless boolean)
language sql stable security definer set search_path = pg_catalog, public, pg_temp as $$
  select f.id, f.municipality_id, f.protection in ('confidential', 'strictly_confidential') from families_family f
   where f.municipality_id = any (array(select sec.municipalities('view_log'))) and f.code = wanted_code
$$;
"""


class Migration(migrations.Migration):
    dependencies = [("history", "0002_triggers")]

    operations = [migrations.RunSQL(FUNCTION, "drop function sec.log_of_family(text)")]
