"""A row hangs together: whatever it points at belongs to its own family, in every room. See wall.tie."""

from django.db import migrations

from nyemonstre.access.wall import tie, tie_to_readable

# Asked by policies of people who may add rows they cannot read back (whoever registers a family), so it sees past the
# wall; it answers only to somebody who knows both ids already.
IS_OF_FAMILY = """
create function sec.is_of_family(parent regclass, wanted uuid, family uuid) returns boolean
language plpgsql stable security definer set search_path = pg_catalog, public, pg_temp as $$
declare found boolean;
begin
  execute format('select exists (select from %s p where p.id = $1 and p.family_id = $2)', parent)
     into found using wanted, family;
  return found;
end $$;
"""

MEMBER = "families_member"


class Migration(migrations.Migration):
    dependencies = [
        ("referrals", "0002_wall"),
        ("plans", "0002_wall"),
        ("assessments", "0002_wall"),
        ("consent", "0003_wall"),
        ("families", "0002_wall"),
    ]

    operations = [
        migrations.RunSQL(IS_OF_FAMILY, "drop function sec.is_of_family(regclass, uuid, uuid)"),
        tie("families_residence", member_id=MEMBER, household_id="families_household"),
        tie("consent_consent", member_id=MEMBER),
        tie("consent_agreementline", contact_id="consent_contact"),
        tie("consent_coveredmember", line_id="consent_agreementline", member_id=MEMBER),
        tie("referrals_meetingmember", meeting_id="referrals_informationmeeting", member_id=MEMBER),
        tie_to_readable("consent_agreementline", service_id="consent_service"),
        tie_to_readable("consent_contact", service_id="consent_service"),
        tie_to_readable("plans_measure", service_id="consent_service"),
        tie_to_readable("plans_journalentry", service_id="consent_service"),
        # A grant names its family in another column.
        migrations.RunSQL(
            """
            create policy one_family_insert on families_familyusergrant as restrictive for insert to nm_web, nm_worker
              with check (assignment_id is null
                          or sec.is_of_family('families_assignment', assignment_id, content_object_id));
            create policy one_family_update on families_familyusergrant as restrictive for update to nm_web, nm_worker
              with check (assignment_id is null
                          or sec.is_of_family('families_assignment', assignment_id, content_object_id));
            """,
            """
            drop policy one_family_update on families_familyusergrant;
            drop policy one_family_insert on families_familyusergrant;
            """,
        ),
    ]
