"""The wall around drafts, found by their secret alone; attachments, for the intake team alone; and what is helped on."""

from django.db import migrations

from nyemonstre.access.wall import protect

FUNCTIONS = """
-- One draft, for whoever knows its secret; the secret itself is never stored.
create function sec.referral_draft(hash bytea) returns table (id uuid, sealed bytea, expires_at timestamptz)
language sql stable security definer set search_path = pg_catalog, public, pg_temp as $$
  select d.id, d.sealed, d.expires_at from referrals_referraldraft d
   where d.token_hash = hash and d.expires_at > clock_timestamp()
$$;

create function sec.keep_referral_draft(hash bytea, contents bytea, until timestamptz) returns void
language sql volatile security definer set search_path = pg_catalog, public, pg_temp as $$
  insert into referrals_referraldraft (id, token_hash, sealed, expires_at)
  values (gen_random_uuid(), hash, contents, until)
      on conflict (token_hash) do update set sealed = excluded.sealed, expires_at = excluded.expires_at
$$;

create function sec.drop_referral_draft(hash bytea) returns void
language sql volatile security definer set search_path = pg_catalog, public, pg_temp as $$
  delete from referrals_referraldraft where token_hash = hash
$$;

-- The municipality of a henvendelse, for whoever holds the secret of its receipt and its number.
create function sec.referral_town(key uuid, number text) returns uuid
language sql stable security definer set search_path = pg_catalog, public, pg_temp as $$
  select r.municipality_id from referrals_referral r where r.id = key and r.reference = number
$$;

-- Files are taken until the team has answered.
create function sec.referrals_unanswered() returns setof uuid
language sql stable security definer set search_path = pg_catalog, public, pg_temp as $$
  select r.id from referrals_referral r where r.state in ('received', 'in_intake', 'more_information')
$$;

-- And ten at most.
create function sec.takes_attachment(referral uuid) returns boolean
language sql stable security definer set search_path = pg_catalog, public, pg_temp as $$
  select referral = any (array(select sec.referrals_unanswered()))
     and (select count(*) < 10 from referrals_attachment a where a.referral_id = referral)
$$;
"""
REVERSE = """
drop function sec.takes_attachment(uuid);
drop function sec.referrals_unanswered();
drop function sec.referral_town(uuid, text);
drop function sec.drop_referral_draft(bytea);
drop function sec.keep_referral_draft(bytea, bytea, timestamptz);
drop function sec.referral_draft(bytea);
"""
# The family's own people read the henvendelse, and not what came with it.
TEAM = (
    "exists (select from referrals_referral r where r.id = referral_id"
    " and r.municipality_id = any (array(select sec.municipalities('view_referral'))))"
)
FOLLOWS = "exists (select from referrals_referral r where r.id = referral_id)"
FROZEN = """
revoke update, delete on referrals_attachment, referrals_forward from nm_web, nm_worker;
grant update (scan, scanned_at, scan_found) on referrals_attachment to nm_worker;
"""
UNFROZEN = "grant update, delete on referrals_attachment, referrals_forward to nm_web, nm_worker"


class Migration(migrations.Migration):
    dependencies = [("referrals", "0021_sending")]

    operations = [
        migrations.RunSQL(FUNCTIONS, REVERSE),
        protect("referrals_referraldraft", read="false", write="false"),
        protect(
            "referrals_attachment",
            read=TEAM,
            write="false",
            insert="scan = 'waiting' and referral_id = any (array(select sec.referrals_unanswered()))",
            delete="false",
        ),
        protect(
            "referrals_forward",
            read=FOLLOWS,
            write="false",
            insert=f"sent_by_id = sec.uid() and {FOLLOWS} and referral_id = any (array(select sec.referrals_to_decide()))",
            delete="false",
        ),
        migrations.RunSQL(FROZEN, UNFROZEN),
    ]
