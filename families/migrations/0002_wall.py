"""The wall around families: the row rule of FamilyQuerySet.permitted once more, in SQL, and a policy per table.

The log's policy stands here too: who may read an event depends on the family it is about.
"""

from django.db import migrations

from nyemonstre.access.wall import either, families, municipalities, protect, registering

FUNCTIONS = """
create function sec.families(wanted text) returns setof uuid
language sql stable security definer set search_path = pg_catalog, public as $$
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

-- Whoever allots a place adds the family's first rows, protected families too, without ever reading them back.
create function sec.families_to_register() returns setof uuid
language sql stable security definer set search_path = pg_catalog, public as $$
  select f.id from families_family f
   where f.municipality_id = any (array(select sec.municipalities('register_family')))
$$;

create function sec.has_been_followed(family uuid) returns boolean
language sql stable security definer set search_path = pg_catalog, public as $$
  select exists (select 1 from families_assignment a where a.family_id = family)
$$;

-- How many families each coordinator is responsible for. Numbers only, and only for those who allot or lead.
create function sec.places_taken(municipality uuid) returns table (user_id uuid, taken integer)
language sql stable security definer set search_path = pg_catalog, public as $$
  select a.user_id, count(*)::integer
    from families_assignment a join families_family f on f.id = a.family_id
   where f.municipality_id = municipality and f.state <> 'closed' and a.kind = 'responsible'
     and a.valid_from <= clock_timestamp() and (a.valid_until is null or a.valid_until > clock_timestamp())
     and (municipality = any (array(select sec.municipalities('decide_referral')))
          or municipality = any (array(select sec.municipalities('view_dashboard'))))
   group by a.user_id
$$;

create function sec.no_change() returns trigger language plpgsql as $$
begin
  raise exception 'the log is append-only';
end $$;

create trigger append_only before update or delete on audit_event
  for each row execute function sec.no_change();
revoke update, delete on audit_event from nm_web, nm_worker;
"""

REVERSE = """
grant update, delete on audit_event to nm_web, nm_worker;
drop trigger append_only on audit_event;
drop function sec.no_change();
drop function sec.places_taken(uuid);
drop function sec.has_been_followed(uuid);
drop function sec.families_to_register();
drop function sec.families(text);
"""

CHANGE = families("change_family")
ASSIGN = either(families("assign_coordinator"), registering())
GRANT = either(
    families("grant_access", "content_object_id"),
    families("assign_coordinator", "content_object_id"),
)


class Migration(migrations.Migration):
    dependencies = [("families", "0001_initial"), ("accounts", "0002_wall"), ("audit", "0001_initial")]

    operations = [
        migrations.RunSQL(FUNCTIONS, REVERSE),
        protect(
            "families_family",
            read=families("list_family", "id"),
            write=either(*(families(p, "id") for p in (
                "change_family", "assign_coordinator", "change_consent", "change_assessment", "change_plan",
            ))),
            insert=municipalities("register_family"),
        ),
        protect(
            "families_milestone",
            read=families("list_family"),
            write=either(*(families(p) for p in ("change_family", "change_consent", "change_assessment", "change_plan"))),
            insert=either(
                *(families(p) for p in ("change_family", "change_consent", "change_assessment", "change_plan")),
                registering(),
            ),
        ),
        protect("families_member", read=families("view_family"), write=CHANGE, insert=either(CHANGE, registering())),
        protect("families_household", read=families("view_family"), write=CHANGE, insert=either(CHANGE, registering())),
        protect("families_residence", read=families("view_family"), write=CHANGE, insert=either(CHANGE, registering())),
        protect(
            "families_assignment",
            read=either(families("list_family"), "user_id = sec.uid()"),
            write=families("assign_coordinator"),
            insert=ASSIGN,
        ),
        protect(
            "families_familyusergrant",
            read=either("user_id = sec.uid()", GRANT, families("view_family", "content_object_id")),
            write=GRANT,
            insert=either(GRANT, registering("content_object_id")),
        ),
        protect(
            "families_familygroupgrant",
            read=either(GRANT, families("view_family", "content_object_id")),
            write=GRANT,
        ),
        # Only the nightly job writes these; one may read one's own.
        protect("families_reminder", read="user_id = sec.uid()", write="false"),
        # Everybody adds events in their own name and nobody else's; nobody changes one.
        protect(
            "audit_event",
            read=either(municipalities("view_log"), families("view_family")),
            write="false",
            insert="actor_id is not distinct from sec.uid()",
        ),
    ]  # fmt: skip
