"""Whoever registers families adds rows only to one that nobody has followed, and grants only with its first follower."""

from django.db import migrations

from nyemonstre.access.wall import either, families, registering, reword

FUNCTIONS = """
create or replace function sec.families_to_register() returns setof uuid
language sql stable security definer set search_path = pg_catalog, public, pg_temp as $$
  select f.id from families_family f
   where f.municipality_id = any (array(select sec.municipalities('register_family')))
     and not exists (select from families_assignment a where a.family_id = f.id)
  except select sec.shut_out()
$$;

-- Whether this is the only assignment the family ever had, of that person, made by the actor, and not over: whoever
-- registers a family gives it its first coordinator, and access with it, and never anything after that.
create function sec.is_first_assignment(assignment uuid, family uuid, person uuid) returns boolean
language sql stable security definer set search_path = pg_catalog, public, pg_temp as $$
  select exists (
    select from families_assignment a join families_family f on f.id = a.family_id
     where a.id = assignment and a.family_id = family and a.user_id = person and a.assigned_by_id = sec.uid()
       and (a.valid_until is null or a.valid_until > clock_timestamp())
       and f.municipality_id = any (array(select sec.municipalities('register_family')))
       and not exists (select from families_assignment b where b.family_id = family and b.id <> assignment)
  ) and not (family = any (array(select sec.shut_out())))
$$;
"""

REVERSE = """
drop function sec.is_first_assignment(uuid, uuid, uuid);
create or replace function sec.families_to_register() returns setof uuid
language sql stable security definer set search_path = pg_catalog, public, pg_temp as $$
  select f.id from families_family f
   where f.municipality_id = any (array(select sec.municipalities('register_family')))
  except select sec.shut_out()
$$;
"""

ON_GRANT = "content_object_id"
GRANT = either(families("grant_access", ON_GRANT), families("assign_coordinator", ON_GRANT))
FIRST = "sec.is_first_assignment(assignment_id, content_object_id, user_id)"
# As in 0007: in need, for an hour, to read.
IN_NEED = (
    "(user_id = sec.uid() and granted_by_id = sec.uid() and break_glass_id is not null"
    " and expires_at <= now() + interval '61 minutes' and permission_id = any (array(select sec.reading()))"
    f" and {families('break_glass', ON_GRANT)})"
)


class Migration(migrations.Migration):
    dependencies = [("families", "0009_named_leads")]

    operations = [
        migrations.RunSQL(FUNCTIONS, REVERSE),
        reword(
            "families_familyusergrant", "insert",
            was=either(GRANT, registering(ON_GRANT), IN_NEED), to=either(GRANT, FIRST, IN_NEED),
        ),
    ]  # fmt: skip
