"""The wall learns that a person can be shut out of a family, that a role limits its grants, and of break-glass."""

from django.db import migrations

from nyemonstre.access.wall import either, families, municipalities, not_shut_out, protect, registering, reword

FUNCTIONS = """
-- Families the actor is shut out of: a conflict of interest, stronger than everything that opens a family.
create function sec.shut_out() returns setof uuid
language sql stable security definer set search_path = pg_catalog, public, pg_temp as $$
  select s.family_id from families_shutout s where s.user_id = sec.uid() and s.ended_at is null
$$;

create or replace function sec.families(wanted text) returns setof uuid
language sql stable security definer set search_path = pg_catalog, public, pg_temp as $$
  (select f.id from families_family f
    where f.municipality_id = any (array(select sec.municipalities(wanted)))
      and f.protection not in ('confidential', 'strictly_confidential')
   union
   select g.content_object_id from families_familyusergrant g
     join auth_permission p on p.id = g.permission_id
     join families_family f on f.id = g.content_object_id
    where g.user_id = sec.uid() and p.codename = wanted
      and (g.starts_at is null or g.starts_at <= now()) and (g.expires_at is null or g.expires_at > now())
      and f.municipality_id in (select sec.municipalities_granted(wanted))
   union
   select g.content_object_id from families_familygroupgrant g
     join auth_permission p on p.id = g.permission_id
     join accounts_user_groups ug on ug.group_id = g.group_id
     join families_family f on f.id = g.content_object_id
    where ug.user_id = sec.uid() and p.codename = wanted
      and (g.starts_at is null or g.starts_at <= now()) and (g.expires_at is null or g.expires_at > now())
      and f.municipality_id in (select sec.municipalities_granted(wanted)))
  except select sec.shut_out()
$$;

create or replace function sec.families_to_register() returns setof uuid
language sql stable security definer set search_path = pg_catalog, public, pg_temp as $$
  select f.id from families_family f
   where f.municipality_id = any (array(select sec.municipalities('register_family')))
  except select sec.shut_out()
$$;

create or replace function sec.families_in_log(wanted uuid[], wanted_code text) returns table (id uuid, code text)
language sql stable security definer set search_path = pg_catalog, public, pg_temp as $$
  select f.id, f.code::text from families_family f
   where f.municipality_id = any (array(select sec.municipalities('view_log')))
     and (f.id = any (wanted) or f.code = wanted_code)
     and not (f.id = any (array(select sec.shut_out())))
$$;

-- Nor are families counted that the asker is shut out of.
create or replace function sec.places_taken(municipality uuid) returns table (user_id uuid, taken integer)
language sql stable security definer set search_path = pg_catalog, public, pg_temp as $$
  select a.user_id, count(*)::integer
    from families_assignment a join families_family f on f.id = a.family_id
   where f.municipality_id = municipality and f.state <> 'closed' and a.kind = 'responsible'
     and a.valid_from <= clock_timestamp() and (a.valid_until is null or a.valid_until > clock_timestamp())
     and (municipality = any (array(select sec.municipalities('decide_referral')))
          or municipality = any (array(select sec.municipalities('view_dashboard'))))
     and (f.protection not in ('confidential', 'strictly_confidential')
          or f.id = any (array(select sec.families('list_family'))))
     and not (f.id = any (array(select sec.shut_out())))
   group by a.user_id
$$;

-- READER_GRANT of nyemonstre/access/roles.py, as ids: what break-glass may open.
create function sec.reading() returns setof integer
language sql stable security definer set search_path = pg_catalog, public, pg_temp as $$
  select p.id from auth_permission p join django_content_type t on t.id = p.content_type_id
   where t.app_label = 'families' and t.model = 'family'
     and p.codename in ('list_family', 'view_family', 'view_consent', 'view_assessment', 'view_plan', 'view_journal')
$$;

-- The family with this code, for somebody who may break the glass there; no row for every other reason alike.
create function sec.family_to_open(wanted_code text) returns table (id uuid, municipality_id uuid)
language sql stable security definer set search_path = pg_catalog, public, pg_temp as $$
  select f.id, f.municipality_id from families_family f
   where f.code = upper(wanted_code) and f.id = any (array(select sec.families('break_glass')))
$$;

-- For somebody who declares a conflict of interest by code. The page answers the same, whatever this finds.
create function sec.family_in_conflict(wanted_code text)
returns table (id uuid, municipality_id uuid, strict boolean, responsible_id uuid)
language sql stable security definer set search_path = pg_catalog, public, pg_temp as $$
  select f.id, f.municipality_id, f.protection in ('confidential', 'strictly_confidential'),
         (select a.user_id from families_assignment a
           where a.family_id = f.id and a.kind = 'responsible' and a.valid_from <= clock_timestamp()
             and (a.valid_until is null or a.valid_until > clock_timestamp()))
    from families_family f
   where f.code = upper(wanted_code)
     and f.municipality_id = any (array(select m.municipality_id from sec.my_memberships() m))
$$;
"""

REVERSE = """
drop function sec.family_in_conflict(text);
drop function sec.family_to_open(text);
drop function sec.reading();
create or replace function sec.places_taken(municipality uuid) returns table (user_id uuid, taken integer)
language sql stable security definer set search_path = pg_catalog, public, pg_temp as $$
  select a.user_id, count(*)::integer
    from families_assignment a join families_family f on f.id = a.family_id
   where f.municipality_id = municipality and f.state <> 'closed' and a.kind = 'responsible'
     and a.valid_from <= clock_timestamp() and (a.valid_until is null or a.valid_until > clock_timestamp())
     and (municipality = any (array(select sec.municipalities('decide_referral')))
          or municipality = any (array(select sec.municipalities('view_dashboard'))))
     and (f.protection not in ('confidential', 'strictly_confidential')
          or f.id = any (array(select sec.families('list_family'))))
   group by a.user_id
$$;
create or replace function sec.families_in_log(wanted uuid[], wanted_code text) returns table (id uuid, code text)
language sql stable security definer set search_path = pg_catalog, public, pg_temp as $$
  select f.id, f.code::text from families_family f
   where f.municipality_id = any (array(select sec.municipalities('view_log')))
     and (f.id = any (wanted) or f.code = wanted_code)
$$;
create or replace function sec.families_to_register() returns setof uuid
language sql stable security definer set search_path = pg_catalog, public, pg_temp as $$
  select f.id from families_family f
   where f.municipality_id = any (array(select sec.municipalities('register_family')))
$$;
create or replace function sec.families(wanted text) returns setof uuid
language sql stable security definer set search_path = pg_catalog, public, pg_temp as $$
  select f.id from families_family f
   where f.municipality_id = any (array(select sec.municipalities(wanted)))
     and f.protection not in ('confidential', 'strictly_confidential')
  union
  select g.content_object_id from families_familyusergrant g
    join auth_permission p on p.id = g.permission_id
    join families_family f on f.id = g.content_object_id
   where g.user_id = sec.uid() and p.codename = wanted and (g.expires_at is null or g.expires_at > now())
     and f.municipality_id in (select m.municipality_id from sec.my_memberships() m)
  union
  select g.content_object_id from families_familygroupgrant g
    join auth_permission p on p.id = g.permission_id
    join accounts_user_groups ug on ug.group_id = g.group_id
    join families_family f on f.id = g.content_object_id
   where ug.user_id = sec.uid() and p.codename = wanted and (g.expires_at is null or g.expires_at > now())
     and f.municipality_id in (select m.municipality_id from sec.my_memberships() m)
$$;
drop function sec.shut_out();
"""

# What was written stays: a shut-out can be lifted, a break-glass ended and gone through, and nothing else changed.
FROZEN = """
revoke update, delete on families_shutout, families_breakglass from nm_web, nm_worker;
grant update (ended_at, ended_by_id, ended_reason) on families_shutout to nm_web, nm_worker;
grant update (ended_at, reviewed_at, reviewed_by_id, review_note) on families_breakglass to nm_web, nm_worker;
"""
UNFROZEN = "grant update, delete on families_shutout, families_breakglass to nm_web, nm_worker;"

OWN = f"(user_id = sec.uid() and {not_shut_out()})"
REVIEW = f"({municipalities('review_access')} and {not_shut_out()})"
LEADS, INSIDE = families("grant_access"), families("view_family")
HERE = "municipality_id = any (array(select m.municipality_id from sec.my_memberships() m))"

ON_GRANT = "content_object_id"
GRANT = either(families("grant_access", ON_GRANT), families("assign_coordinator", ON_GRANT))
OWN_GRANT = f"(user_id = sec.uid() and {not_shut_out(ON_GRANT)})"
# Somebody lets themselves in, in need: to read, for an hour, a family they may break the glass of.
IN_NEED = (
    "(user_id = sec.uid() and granted_by_id = sec.uid() and break_glass_id is not null"
    " and expires_at <= now() + interval '61 minutes' and permission_id = any (array(select sec.reading()))"
    f" and {families('break_glass', ON_GRANT)})"
)
READERS = families("view_family", ON_GRANT)


class Migration(migrations.Migration):
    dependencies = [("families", "0006_access"), ("audit", "0004_alerts")]

    operations = [
        migrations.RunSQL(FUNCTIONS, REVERSE),
        protect(
            "families_shutout",
            # One's own too, because the row rule asks for them; a page shows them to others only.
            read=either("user_id = sec.uid()", LEADS, INSIDE, REVIEW),
            write=f"{either(LEADS, REVIEW)} and user_id <> sec.uid()",
            insert=either(f"user_id = sec.uid() and declared_by_id = sec.uid() and {HERE}", LEADS),
            delete="false",
        ),
        protect(
            "families_breakglass",
            read=either(OWN, LEADS, INSIDE, REVIEW),
            write=either(f"reviewed_by_id is null and {either('user_id = sec.uid()', LEADS)}", REVIEW),
            insert=f"user_id = sec.uid() and until <= now() + interval '61 minutes' and {families('break_glass')}",
            delete="false",
        ),
        protect(
            "families_leave",
            read=either("user_id = sec.uid()", municipalities("assign_coordinator")),
            write=municipalities("assign_coordinator"),
            delete="false",
        ),
        migrations.RunSQL(FROZEN, UNFROZEN),
        reword(
            "families_familyusergrant", "read",
            was=either("user_id = sec.uid()", GRANT, READERS), to=either(OWN_GRANT, GRANT, READERS),
        ),
        reword(
            "families_familyusergrant", "insert",
            was=either(GRANT, registering(ON_GRANT)), to=either(GRANT, registering(ON_GRANT), IN_NEED),
        ),
        reword(
            "families_familyusergrant", "delete",
            was=GRANT, to=either(GRANT, "user_id = sec.uid() and break_glass_id is not null"),
        ),
        reword(
            "families_assignment", "read",
            was=either(families("list_family"), "user_id = sec.uid()"), to=either(families("list_family"), OWN),
        ),
        reword(
            "audit_event", "read",
            was=either(municipalities("view_log"), families("view_family")),
            to=either(
                f"{municipalities('view_log')} and {either('family_id is null', not_shut_out())}",
                families("view_family"),
            ),
        ),
    ]  # fmt: skip
