"""A lead can be named on a strictly protected family; break-glass is limited for everybody; groups read their grants."""

from django.db import migrations

from nyemonstre.access.wall import either, families, not_shut_out, restrict, reword

FUNCTIONS = """
-- LEAD_GRANT of nyemonstre/access/roles.py: what a lead named on a strictly protected family has there.
create function sec.leading() returns setof integer
language sql stable security definer set search_path = pg_catalog, public, pg_temp as $$
  select p.id from auth_permission p join django_content_type t on t.id = p.content_type_id
   where t.app_label = 'families' and t.model = 'family'
     and p.codename in ('list_family', 'assign_coordinator', 'grant_access')
$$;

-- By the family's responsible coordinator, or by an auditor of the municipality. Nothing happens, and nothing is told,
-- for another actor, a code that is not there, a family that is not strictly protected, somebody who does not lead
-- there, and a conflict of interest of either.
create function sec.name_lead(wanted_code text, lead uuid, why text, moment timestamptz) returns void
language plpgsql volatile security definer set search_path = pg_catalog, public, pg_temp as $$
declare named uuid;
begin
  select f.id into named from families_family f
   where f.code = upper(wanted_code) and f.protection in ('confidential', 'strictly_confidential')
     and not (f.id = any (array(select sec.shut_out())))
     and (f.municipality_id = any (array(select sec.municipalities('review_access')))
          or (f.id = any (array(select sec.families('change_family')))
              and exists (select from families_assignment a
                   where a.family_id = f.id and a.user_id = sec.uid() and a.kind = 'responsible'
                     and a.valid_from <= moment and (a.valid_until is null or a.valid_until > moment))))
     and exists (select from accounts_membership m join accounts_user u on u.id = m.user_id and u.is_active
          where m.user_id = lead and m.municipality_id = f.municipality_id and m.role = 'lead'
            and m.valid_from <= current_date and (m.valid_to is null or m.valid_to >= current_date))
     and not exists (select from families_shutout s
          where s.family_id = f.id and s.user_id = lead and s.ended_at is null);
  if named is null then return; end if;
  delete from families_familyusergrant g
   where g.content_object_id = named and g.user_id = lead and g.assignment_id is null and g.break_glass_id is null
     and g.permission_id in (select sec.leading());
  insert into families_familyusergrant
    (id, content_object_id, user_id, permission_id, granted_by_id, granted_at, reason)
  select gen_random_uuid(), named, lead, p, sec.uid(), moment, why from sec.leading() p;
end $$;

-- Groups the actor is in.
create function sec.groups() returns setof integer
language sql stable security definer set search_path = pg_catalog, public, pg_temp as $$
  select ug.group_id from accounts_user_groups ug where ug.user_id = sec.uid()
$$;
"""

REVERSE = """
drop function sec.groups();
drop function sec.name_lead(text, uuid, text, timestamptz);
drop function sec.leading();
"""

ON_GRANT = "content_object_id"
READERS = either(
    either(families("grant_access", ON_GRANT), families("assign_coordinator", ON_GRANT)),
    families("view_family", ON_GRANT),
)
OF_MY_GROUPS = f"(group_id = any (array(select sec.groups())) and {not_shut_out(ON_GRANT)})"

# A lead may write grants of every kind on most families; one that comes of break-glass is theirs, and to read, and
# over when the break-glass is, whoever writes it.
IN_NEED = (
    "break_glass_id is null or (user_id = sec.uid() and granted_by_id = sec.uid()"
    " and permission_id = any (array(select sec.reading()))"
    " and exists (select from families_breakglass b where b.id = break_glass_id"
    " and b.user_id = families_familyusergrant.user_id and b.family_id = content_object_id and expires_at <= b.until))"
)


class Migration(migrations.Migration):
    dependencies = [("families", "0008_shares_of_a_new_child")]

    operations = [
        migrations.RunSQL(FUNCTIONS, REVERSE),
        reword("families_familygroupgrant", "read", was=READERS, to=either(READERS, OF_MY_GROUPS)),
        restrict("families_familyusergrant", IN_NEED, name="in_need"),
    ]
