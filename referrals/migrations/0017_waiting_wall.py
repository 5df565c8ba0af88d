"""The wall around contacts and offers: as the henvendelse. An offered place is taken, by the database's own count."""

from django.db import migrations

from nyemonstre.access.wall import protect

FOLLOWS = "exists (select from referrals_referral r where r.id = referral_id)"
TO_DECIDE = "referral_id = any (array(select sec.referrals_to_decide()))"

FROZEN = """
revoke update, delete on referrals_waitingcontact, referrals_placeoffer from nm_web, nm_worker;
grant update (answer, answer_note, answered_at, answered_by_id) on referrals_placeoffer to nm_web, nm_worker;
"""
UNFROZEN = "grant update, delete on referrals_waitingcontact, referrals_placeoffer to nm_web, nm_worker"

# A place that is offered and not answered in time is free; one that was accepted is held until the team has decided.
HELD = """
  union all
  select o.coordinator_id from referrals_placeoffer o join referrals_referral r on r.id = o.referral_id
   where r.municipality_id = municipality and r.state = 'waiting'
     and ((o.answer = '' and o.answer_by >= sec.today()) or o.answer = 'yes')
     and (municipality = any (array(select sec.municipalities('decide_referral')))
          or municipality = any (array(select sec.municipalities('view_dashboard'))))
"""


PLACES_TAKEN = """
create or replace function sec.places_taken(municipality uuid) returns table (user_id uuid, taken integer)
language sql stable security definer set search_path = pg_catalog, public, pg_temp as $$
  select t.user_id, count(*)::integer from (
  select a.user_id
    from families_assignment a join families_family f on f.id = a.family_id
   where f.municipality_id = municipality and f.state <> 'closed' and a.kind = 'responsible'
     and a.valid_from <= clock_timestamp() and (a.valid_until is null or a.valid_until > clock_timestamp())
     and (municipality = any (array(select sec.municipalities('decide_referral')))
          or municipality = any (array(select sec.municipalities('view_dashboard'))))
     and (f.protection not in ('confidential', 'strictly_confidential')
          or f.id = any (array(select sec.families('list_family'))))
     and not (f.id = any (array(select sec.shut_out())))
  HELD) t
   group by t.user_id
$$;
"""


class Migration(migrations.Migration):
    dependencies = [("referrals", "0016_waiting"), ("families", "0010_registering")]

    operations = [
        protect(
            "referrals_waitingcontact",
            read=FOLLOWS,
            write="false",
            insert=f"written_by_id = sec.uid() and {TO_DECIDE}",
            delete="false",
        ),
        protect(
            "referrals_placeoffer",
            read=FOLLOWS,
            write=f"{FOLLOWS} and {TO_DECIDE}",
            insert=f"offered_by_id = sec.uid() and answer = '' and {TO_DECIDE}",
            delete="false",
        ),
        migrations.RunSQL(FROZEN, UNFROZEN),
        migrations.RunSQL(PLACES_TAKEN.replace("HELD", HELD), PLACES_TAKEN.replace("HELD", "")),
    ]
