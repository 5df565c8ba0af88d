"""The wall around consents, agreements and contacts. A contact needs both: the family, and a line that shows it."""

from django.db import migrations

from nyemonstre.access.wall import families, protect

FUNCTIONS = """
-- Those of the families in which somebody has a live consent to participation: ConsentQuerySet.live once more.
create function sec.participating(families uuid[]) returns setof uuid
language sql stable security definer set search_path = pg_catalog, public as $$
  select c.family_id from consent_consent c
   where c.family_id = any (families) and c.purpose = 'participation' and c.answer = 'given'
     and c.answered_on <= sec.today() and (c.valid_until is null or c.valid_until >= sec.today())
     and not exists (
       select 1 from consent_consent later
        where later.member_id = c.member_id and later.purpose = c.purpose and later.answered_on <= sec.today()
          and (later.answered_on, later.recorded_at) > (c.answered_on, c.recorded_at))
$$;

create function sec.contacts() returns setof uuid
language sql stable security definer set search_path = pg_catalog, public as $$
  select l.contact_id from consent_agreementline l
   where l.contact_id is not null
     and l.family_id = any (array(select sec.participating(array(select sec.families('view_consent')))))
     and ((l.state = 'signed' and l.valid_from <= sec.today() and (l.valid_to is null or l.valid_to >= sec.today()))
          or (l.state = 'draft' and l.drafted_by_id = sec.uid()))
$$;
"""

# The directory of services: read by everybody who works in the municipality, written by those who make agreements.
HERE = "municipality_id = any (array(select m.municipality_id from sec.my_memberships() m{}))"
WRITERS = " where m.role in ('coordinator', 'lead')"

READ, CHANGE = families("view_consent"), families("change_consent")


class Migration(migrations.Migration):
    dependencies = [("consent", "0002_initial"), ("families", "0002_wall")]

    operations = [
        migrations.RunSQL(FUNCTIONS, "drop function sec.contacts(); drop function sec.participating(uuid[])"),
        protect("consent_service", read=HERE.format(""), write=HERE.format(WRITERS), delete="false"),
        protect("consent_consent", read=READ, write=CHANGE, delete="false"),
        protect("consent_agreementline", read=READ, write=CHANGE, delete="false"),
        protect("consent_coveredmember", read=READ, write=CHANGE),
        protect("consent_contact", read="id = any (array(select sec.contacts()))", write=CHANGE, delete="false"),
    ]
