"""The wall around a sender's word: read with the henvendelse, begun when it is sent, confirmed by the secret alone."""

from django.db import migrations

from nyemonstre.access.wall import protect

FUNCTIONS = """
-- What whoever holds the secret may know: when it was confirmed, if it was. Nothing of the henvendelse.
create function sec.sender_check(hash bytea, at timestamptz) returns table (confirmed_at timestamptz)
language sql stable security definer set search_path = pg_catalog, public, pg_temp as $$
  select c.confirmed_at from referrals_sendercheck c where c.token_hash = hash and c.expires_at > at
$$;

-- Once: no row comes back for a secret that was used, ran out, or never was.
create function sec.confirm_sender(hash bytea, at timestamptz) returns table (id uuid, municipality_id uuid)
language sql volatile security definer set search_path = pg_catalog, public, pg_temp as $$
  update referrals_sendercheck c set confirmed_at = at from referrals_referral r
   where r.id = c.referral_id and c.token_hash = hash and c.confirmed_at is null and c.expires_at > at
  returning c.id, r.municipality_id
$$;
"""
REVERSE = """
drop function sec.confirm_sender(bytea, timestamptz);
drop function sec.sender_check(bytea, timestamptz);
"""
FROZEN = "revoke update, delete on referrals_sendercheck from nm_web, nm_worker"
UNFROZEN = "grant update, delete on referrals_sendercheck to nm_web, nm_worker"


class Migration(migrations.Migration):
    dependencies = [("referrals", "0023_sender")]

    operations = [
        migrations.RunSQL(FUNCTIONS, REVERSE),
        protect(
            "referrals_sendercheck",
            read="exists (select from referrals_referral r where r.id = referral_id)",
            write="false",
            insert="confirmed_at is null and referral_id = any (array(select sec.referrals_sent_now()))",
            delete="false",
        ),
        migrations.RunSQL(FROZEN, UNFROZEN),
    ]
