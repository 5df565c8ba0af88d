"""What is told without consent is opened by a permission of its own, which comes with an assignment and no other way."""

from django.db import migrations

from nyemonstre.access.wall import restrict

# ASSIGNED_GRANT of nyemonstre/access/roles.py, as ids: what no grant may open but one that stands for an assignment.
FUNCTION = """
create function sec.by_assignment() returns setof integer
language sql stable security definer set search_path = pg_catalog, public, pg_temp as $$
  select p.id from auth_permission p join django_content_type t on t.id = p.content_type_id
   where t.app_label = 'families' and t.model = 'family' and p.codename = 'disclose'
$$;
"""

# Whoever follows a family today has it from today.
GIVE = """
insert into auth_permission (name, content_type_id, codename)
select 'se og føre det som er fortalt uten samtykke', t.id, 'disclose' from django_content_type t
 where t.app_label = 'families' and t.model = 'family'
on conflict (content_type_id, codename) do nothing;

insert into families_familyusergrant (id, user_id, permission_id, content_object_id, granted_by_id, granted_at, reason,
                                      starts_at, expires_at, assignment_id)
select gen_random_uuid(), g.user_id, d.id, g.content_object_id, g.granted_by_id, g.granted_at, g.reason,
       g.starts_at, g.expires_at, g.assignment_id
  from families_familyusergrant g
  join auth_permission p on p.id = g.permission_id and p.codename = 'change_journal'
  join auth_permission d on d.codename = 'disclose' and d.content_type_id = p.content_type_id
 where g.assignment_id is not null;
"""
TAKE = """
delete from families_familyusergrant g using auth_permission p where p.id = g.permission_id and p.codename = 'disclose'
"""


class Migration(migrations.Migration):
    dependencies = [("families", "0010_registering")]

    operations = [
        migrations.AlterModelOptions(
            name="family",
            options={
                "default_permissions": (),
                "ordering": ["code"],
                "permissions": [
                    ("list_family", "se at familien følges, steg, datoer og koordinator"),
                    ("view_family", "se familien og medlemmene"),
                    ("change_family", "endre familien og medlemmene"),
                    ("view_consent", "se samtykker og avtaler"),
                    ("change_consent", "føre samtykker og avtaler"),
                    ("view_assessment", "se kartlegging og svar"),
                    ("change_assessment", "kartlegge"),
                    ("view_plan", "se Familiens plan"),
                    ("change_plan", "endre Familiens plan"),
                    ("view_journal", "se journalen"),
                    ("change_journal", "skrive i journalen"),
                    ("disclose", "se og føre det som er fortalt uten samtykke"),
                    ("register_family", "registrere en familie som får plass"),
                    ("assign_coordinator", "fordele familier og bytte koordinator"),
                    ("grant_access", "gi og ta tilbake tilgang"),
                    ("break_glass", "åpne en familie i nød, for en time"),
                    ("review_access", "gå gjennom nødåpninger og oppheve inhabilitet"),
                    ("override_places", "gi en koordinator flere familier enn plassene"),
                    ("view_referral", "se henvendelser"),
                    ("decide_referral", "avgjøre henvendelser"),
                    ("view_dashboard", "se oversikten over teamet"),
                    ("manage_users", "administrere brukere og roller"),
                    ("view_log", "se innsynsloggen"),
                    ("change_content", "endre satser, lenker og lovtekster"),
                    ("export_research", "hente ut pseudonyme data til forskning"),
                ],
                "verbose_name": "familie",
                "verbose_name_plural": "familier",
            },
        ),
        migrations.RunSQL(FUNCTION, "drop function sec.by_assignment()"),
        restrict(
            "families_familyusergrant",
            "assignment_id is not null or not (permission_id = any (array(select sec.by_assignment())))",
            name="by_assignment",
        ),
        migrations.RunSQL(GIVE, TAKE),
    ]
