"""The wall around henvendelser: anybody may add one, only the intake team and the family's own people read it.

Who may read what hangs on a henvendelse is whoever may read the henvendelse: those policies ask the table itself.
"""

from django.db import migrations

from nyemonstre.access.wall import either, families, municipalities, protect

FUNCTIONS = """
-- Henvendelser that became families with a strict protection: out of sight for everybody but the family's own people.
create function sec.hidden_referrals() returns setof uuid
language sql stable security definer set search_path = pg_catalog, public as $$
  select d.referral_id from referrals_intakedecision d join families_family f on f.id = d.family_id
   where f.protection in ('confidential', 'strictly_confidential')
$$;

-- Henvendelser that became families on which the actor has a permission.
create function sec.referrals_of(wanted text) returns setof uuid
language sql stable security definer set search_path = pg_catalog, public as $$
  select d.referral_id from referrals_intakedecision d
   where d.family_id = any (array(select sec.families(wanted)))
$$;

-- Sent in this very transaction by this very person: its people and answers may be added, and never any later.
create function sec.referrals_sent_now() returns setof uuid
language sql stable security definer set search_path = pg_catalog, public as $$
  select r.id from referrals_referral r
   where r.sent_at = transaction_timestamp() and r.submitted_by_id is not distinct from sec.uid()
$$;

-- For the receipt when a form is sent twice: whoever holds the form's own key learns the number.
create function sec.referral_reference(key uuid) returns text
language sql stable security definer set search_path = pg_catalog, public as $$
  select r.reference from referrals_referral r where r.id = key
$$;

create function sec.referrals_to_decide() returns setof uuid
language sql stable security definer set search_path = pg_catalog, public as $$
  select r.id from referrals_referral r
   where r.municipality_id = any (array(select sec.municipalities('decide_referral')))
$$;
"""

REVERSE = """
drop function sec.referrals_to_decide();
drop function sec.referral_reference(uuid);
drop function sec.referrals_sent_now();
drop function sec.referrals_of(text);
drop function sec.hidden_referrals();
"""

# What was sent stays as it was sent; what was decided or added stays too.
FROZEN = """
revoke update, delete on referrals_referral from nm_web, nm_worker;
grant update (state, waiting_position, waiting_since, version) on referrals_referral to nm_web, nm_worker;
revoke update, delete on referrals_referredperson, referrals_criterionanswer, referrals_addition,
  referrals_intakedecision, referrals_waitingmove from nm_web, nm_worker;
"""
UNFROZEN = """
grant update, delete on referrals_referral, referrals_referredperson, referrals_criterionanswer, referrals_addition,
  referrals_intakedecision, referrals_waitingmove to nm_web, nm_worker;
"""

NOT_HIDDEN = "not (id = any (array(select sec.hidden_referrals())))"
FOLLOWS = "exists (select 1 from referrals_referral r where r.id = referral_id)"
SENT_NOW = "referral_id = any (array(select sec.referrals_sent_now()))"
TO_DECIDE = "referral_id = any (array(select sec.referrals_to_decide()))"


def here(permission: str) -> str:
    return f"({municipalities(permission)} and {NOT_HIDDEN})"


def of_family(permission: str) -> str:
    return f"id = any (array(select sec.referrals_of('{permission}')))"


class Migration(migrations.Migration):
    dependencies = [("referrals", "0001_initial"), ("families", "0002_wall"), ("accounts", "0002_wall")]

    operations = [
        migrations.RunSQL(FUNCTIONS, REVERSE),
        protect(
            "referrals_referral",
            read=either(here("view_referral"), of_family("view_family")),
            # The coordinator's turn begins when the place is granted.
            write=either(
                here("decide_referral"),
                f"{of_family('change_family')} and state in ('granted', 'information_meeting', 'closed')",
            ),
            insert="state = 'received' and sent_at = transaction_timestamp() "
            "and submitted_by_id is not distinct from sec.uid()",
            delete="false",
        ),
        protect("referrals_referredperson", read=FOLLOWS, write="false", insert=SENT_NOW),
        protect(
            "referrals_criterionanswer",
            read=FOLLOWS,
            write="false",
            insert=f"answered_by_id is not distinct from sec.uid() and {either(SENT_NOW, TO_DECIDE)}",
        ),
        protect("referrals_addition", read=FOLLOWS, write="false", insert=f"written_by_id = sec.uid() and {TO_DECIDE}"),
        protect(
            "referrals_intakedecision",
            read=FOLLOWS,
            write="false",
            insert=f"decided_by_id = sec.uid() and {TO_DECIDE} and (family_id is null or "
            "family_id = any (array(select sec.families_to_register())))",
        ),
        protect(
            "referrals_waitingmove", read=FOLLOWS, write="false", insert=f"moved_by_id = sec.uid() and {TO_DECIDE}"
        ),
        migrations.RunSQL(FROZEN, UNFROZEN),
        protect(
            "referrals_informationmeeting",
            read=families("view_family"),
            write=families("change_family"),
            delete="false",
        ),
        protect("referrals_meetingmember", read=families("view_family"), write=families("change_family")),
    ]
