"""The wall around texts, purposes and signatures, and the one question in SQL again: which yeses count.

A version of a text is never changed and never removed by anybody: somebody may have said yes to it.
"""

from django.db import migrations

from nyemonstre.access.history import keep_history
from nyemonstre.access.wall import either, families, municipalities, protect, tie, tie_to_readable

# ConsentQuerySet.live once more: a row that only says «spurt» or «gikk ut» neither counts nor stands in the way.
PARTICIPATING = """
create or replace function sec.participating(families uuid[]) returns setof uuid
language sql stable security definer set search_path = pg_catalog, public as $$
  select c.family_id from consent_consent c
   where c.family_id = any (families) and c.purpose = 'participation' and c.answer in ({yes})
     and c.answered_on <= sec.today() and (c.valid_until is null or c.valid_until >= sec.today())
     and not exists (
       select 1 from consent_consent later
        where later.member_id = c.member_id and later.purpose = c.purpose and later.answered_on <= sec.today()
          {silent}
          and (later.answered_on, later.recorded_at) > (c.answered_on, c.recorded_at))
$$;
"""
NOW = PARTICIPATING.format(yes="'given', 'renewed'", silent="and later.answer not in ('asked', 'expired')")
BEFORE = PARTICIPATING.format(yes="'given'", silent="")

HERE = "municipality_id = any (array(select m.municipality_id from sec.my_memberships() m{}))"
WRITERS = HERE.format(" where m.role in ('coordinator', 'lead')")
LEADS = municipalities("change_content")
READ, CHANGE = families("view_consent"), families("change_consent")

# What parents answered for a child before this rule ends by itself from now on, as consent/ages.py says.
ENDS = """
update consent_consent c
   set valid_until = least(c.valid_until, greatest(c.answered_on, (m.birth_date + interval '{age}')::date + {days}))
  from families_member m
 where m.id = c.member_id and m.role <> 'adult' and c.answer = 'given' and c.purpose = '{purpose}'
   and c.answered_on < (m.birth_date + interval '{age}')::date
"""


class Migration(migrations.Migration):
    dependencies = [
        ("consent", "0005_event_log"),
        ("history", "0003_log_of_family"),
        ("referrals", "0003_rows_of_one_family"),
    ]

    operations = [
        migrations.RunSQL(NOW, BEFORE),
        migrations.RunSQL(ENDS.format(age="18 years", days=60, purpose="participation"), migrations.RunSQL.noop),
        migrations.RunSQL(ENDS.format(age="16 years", days=-1, purpose="research"), migrations.RunSQL.noop),
        protect("consent_extrapurpose", read=HERE.format(""), write=LEADS, delete="false"),
        protect(
            "consent_consenttext",
            read=HERE.format(""),
            write="false",
            insert=either(WRITERS, LEADS),
            delete="false",
        ),
        tie_to_readable("consent_consenttext", extra_id="consent_extrapurpose"),
        tie_to_readable("consent_consent", extra_id="consent_extrapurpose", text_id="consent_consenttext"),
        protect("consent_signature", read=READ, write="false", insert=CHANGE, delete="false"),
        tie("consent_signature", consent_id="consent_consent"),
        keep_history("consent_signature", permission="view_consent", secret=["strokes"]),
        protect("consent_endingtold", read=READ, write="false", delete="false"),
        tie("consent_endingtold", consent_id="consent_consent"),
    ]
