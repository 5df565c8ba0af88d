"""A henvendelse that became a family is hidden from whoever is shut out of the family; and rows hang together."""

from django.db import migrations

from nyemonstre.access.wall import tie_to_readable

HIDDEN = """
create or replace function sec.hidden_referrals() returns setof uuid
language sql stable security definer set search_path = pg_catalog, public, pg_temp as $$
  select d.referral_id from referrals_intakedecision d join families_family f on f.id = d.family_id
   where f.protection in ('confidential', 'strictly_confidential')
      or f.id = any (array(select sec.shut_out()))
$$;
"""
BEFORE = """
create or replace function sec.hidden_referrals() returns setof uuid
language sql stable security definer set search_path = pg_catalog, public, pg_temp as $$
  select d.referral_id from referrals_intakedecision d join families_family f on f.id = d.family_id
   where f.protection in ('confidential', 'strictly_confidential')
$$;
"""


# A break-glass, too, belongs to the family of the grants that stand for it.
ONE_FAMILY = """
alter policy one_family_insert on families_familyusergrant with check ({0});
alter policy one_family_update on families_familyusergrant with check ({0});
"""
of_assignment = "(assignment_id is null or sec.is_of_family('families_assignment', assignment_id, content_object_id))"
of_break_glass = (
    " and (break_glass_id is null or sec.is_of_family('families_breakglass', break_glass_id, content_object_id))"
)


class Migration(migrations.Migration):
    dependencies = [("referrals", "0003_rows_of_one_family"), ("families", "0007_access_wall")]

    operations = [
        migrations.RunSQL(HIDDEN, BEFORE),
        migrations.RunSQL(ONE_FAMILY.format(of_assignment + of_break_glass), ONE_FAMILY.format(of_assignment)),
        tie_to_readable("families_assignment", leave_id="families_leave"),
    ]
