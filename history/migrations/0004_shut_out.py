"""An auditor with a conflict of interest in a family makes no log of it."""

from django.db import migrations

FUNCTION = """
create or replace function sec.log_of_family(wanted_code text)
returns table (id uuid, municipality_id uuid, placeless boolean)
language sql stable security definer set search_path = pg_catalog, public, pg_temp as $$
  select f.id, f.municipality_id, f.protection in ('confidential', 'strictly_confidential') from families_family f
   where f.municipality_id = any (array(select sec.municipalities('view_log'))) and f.code = wanted_code
     {known}
$$;
"""
NOT_SHUT_OUT = "and not (f.id = any (array(select sec.shut_out())))"


class Migration(migrations.Migration):
    dependencies = [("history", "0003_log_of_family"), ("families", "0007_access_wall")]

    operations = [migrations.RunSQL(FUNCTION.format(known=NOT_SHUT_OUT), FUNCTION.format(known=""))]
