"""The wall around consents, agreements and contacts. A contact needs both: the family, and a line that shows it."""

from django.db import migrations

from nyemonstre.access.wall import families, protect

FUNCTIONS = """
create function sec.contacts() returns setof uuid
language sql stable security definer set search_path = pg_catalog, public as $$
  select l.contact_id from consent_agreementline l
   where l.contact_id is not null
     and l.family_id = any (array(select sec.families('view_consent')))
     and ((l.state = 'signed' and l.valid_from <= sec.today() and (l.valid_to is null or l.valid_to >= sec.today()))
          or (l.state = 'draft' and l.drafted_by_id = sec.uid()))
$$;
"""

READ, CHANGE = families("view_consent"), families("change_consent")


class Migration(migrations.Migration):
    dependencies = [("consent", "0002_initial"), ("families", "0002_wall")]

    operations = [
        migrations.RunSQL(FUNCTIONS, "drop function sec.contacts()"),
        protect("consent_consent", read=READ, write=CHANGE, delete="false"),
        protect("consent_agreementline", read=READ, write=CHANGE, delete="false"),
        protect("consent_coveredmember", read=READ, write=CHANGE),
        protect("consent_contact", read="id = any (array(select sec.contacts()))", write=CHANGE, delete="false"),
    ]
