"""What is alike among henvendelser and families of one municipality, and the wall around the answers.

Likeness is that of pg_trgm, which counts groups of three letters word by word, so the order of names is free. It is a
trusted extension: the owner of the database may make it.
"""

from django.db import migrations

from nyemonstre.access.wall import either, families, protect

EXTENSION = "create extension if not exists pg_trgm with schema public;"

WORDS = r"""
-- Spellings that meet: Åse, Aase and Ase; Bjørk and Bjoerk; José and Jose. In small letters.
create function sec.folded(words text) returns text
language sql immutable parallel safe set search_path = pg_catalog, public, pg_temp as $$
  select replace(replace(replace(
    translate(regexp_replace(normalize(lower(words), NFKD), '[\u0300-\u036f]', '', 'g'), 'æøđłıß', 'aodlis'),
    'aa', 'a'), 'ae', 'a'), 'oe', 'o')
$$;

-- Two of day, month and year are the same, or day and month have changed places: a slip of the pen.
create function sec.near_days(a date, b date) returns boolean
language sql immutable parallel safe as $$
  select (extract(year from a) = extract(year from b))::int + (extract(month from a) = extract(month from b))::int
         + (extract(day from a) = extract(day from b))::int >= 2
      or (extract(year from a) = extract(year from b) and extract(month from a) = extract(day from b)
          and extract(day from a) = extract(month from b))
$$;

-- On one and the same day half a name is enough; on a day that is only near more of it must be alike.
create function sec.likeness_needed(a date, b date) returns real
language sql immutable parallel safe as $$ select (case when a = b then 0.5 else 0.75 end)::real $$;
"""
NO_WORDS = """
drop function sec.likeness_needed(date, date);
drop function sec.near_days(date, date);
drop function sec.folded(text);
"""

OF_REFERRALS = """
-- The families a henvendelse is about: the one it became, one it was joined to, one that became of what it was joined to.
create function sec.families_of_referrals() returns table (referral_id uuid, family_id uuid)
language sql stable as $$
  select d.referral_id, d.family_id from referrals_intakedecision d where d.family_id is not null
  union all
  select t.referral_id, t.family_id from referrals_samefamily t
   where t.answer = 'same' and t.taken_back_at is null and t.family_id is not null
  union all
  select t.referral_id, d.family_id from referrals_samefamily t join referrals_intakedecision d on d.referral_id = t.other_id
   where t.answer = 'same' and t.taken_back_at is null and d.family_id is not null
  union all
  select t.other_id, d.family_id from referrals_samefamily t join referrals_intakedecision d on d.referral_id = t.referral_id
   where t.answer = 'same' and t.taken_back_at is null and t.other_id is not null and d.family_id is not null
$$;
"""

ALIKE = """
-- People of other henvendelser who are like those of `wanted`. Asked with the eyes of whoever asks.
create function sec.alike_referrals(wanted uuid[])
  returns table (asked uuid, found uuid, mine text, theirs text, mine_born date, theirs_born date, likeness real)
language sql stable set search_path = pg_catalog, public, pg_temp as $$
  with mine as materialized (
    select p.referral_id, r.municipality_id, p.birth_date, p.first_name || ' ' || p.last_name as name,
           sec.folded(p.first_name || ' ' || p.last_name) as folded
      from referrals_referredperson p join referrals_referral r on r.id = p.referral_id where r.id = any (wanted)
  ), theirs as materialized (
    select p.referral_id, r.municipality_id, p.birth_date, p.first_name || ' ' || p.last_name as name,
           sec.folded(p.first_name || ' ' || p.last_name) as folded
      from referrals_referredperson p join referrals_referral r on r.id = p.referral_id
     where r.municipality_id in (select m.municipality_id from mine m)
  )
  select m.referral_id, t.referral_id, m.name, t.name, m.birth_date, t.birth_date, similarity(m.folded, t.folded)
    from mine m join theirs t on t.municipality_id = m.municipality_id and t.referral_id <> m.referral_id
                             and sec.near_days(m.birth_date, t.birth_date)
   where similarity(m.folded, t.folded) >= sec.likeness_needed(m.birth_date, t.birth_date)
$$;

-- Families the intake team may be told of: of its municipality, never one that is strictly protected, and never one
-- the actor is shut out of.
create function sec.families_told() returns setof uuid
language sql stable security definer set search_path = pg_catalog, public, pg_temp as $$
  select f.id from families_family f
   where f.municipality_id = any (array(select sec.municipalities('view_referral')))
     and f.protection not in ('confidential', 'strictly_confidential')
     and not (f.id = any (array(select sec.shut_out())))
$$;

-- Those of the same municipality as a henvendelse; nothing for whoever may not read it by their role.
create function sec.families_beside(wanted uuid) returns setof uuid
language sql stable security definer set search_path = pg_catalog, public, pg_temp as $$
  select f.id from families_family f join referrals_referral r on r.municipality_id = f.municipality_id
   where r.id = wanted and not (r.id = any (array(select sec.hidden_referrals())))
     and f.id = any (array(select sec.families_told()))
$$;

-- The same likeness to people of those families; and, where the henvendelse is about a family already, other families
-- with a number or an address of its own. Of a family only its name and code are told, and the one like person.
create function sec.alike_families(wanted uuid[])
  returns table (asked uuid, found uuid, code text, family_name text, closed boolean, kind text, mine text, theirs text,
                 mine_born date, theirs_born date, likeness real)
language sql stable security definer set search_path = pg_catalog, public, pg_temp as $$
  with beside as materialized (
    select a.id as asked, f.id, f.code, f.name, f.state = 'closed' as closed
      from unnest(wanted) a(id), sec.families_beside(a.id) b(id) join families_family f on f.id = b.id
  ), own as materialized (
    select b.asked, b.id from beside b
     where exists (select from sec.families_of_referrals() o where o.referral_id = b.asked and o.family_id = b.id)
  ), mine as materialized (
    select p.referral_id, p.birth_date, p.first_name || ' ' || p.last_name as name,
           sec.folded(p.first_name || ' ' || p.last_name) as folded
      from referrals_referredperson p where p.referral_id in (select b.asked from beside b)
  ), theirs as materialized (
    select m.family_id, m.birth_date, m.first_name || ' ' || m.last_name as name,
           sec.folded(m.first_name || ' ' || m.last_name) as folded
      from families_member m where m.family_id in (select b.id from beside b)
  )
  select b.asked, b.id, b.code, b.name, b.closed, 'person', m.name, t.name, m.birth_date, t.birth_date,
         similarity(m.folded, t.folded)
    from beside b join mine m on m.referral_id = b.asked
                  join theirs t on t.family_id = b.id and sec.near_days(m.birth_date, t.birth_date)
   where similarity(m.folded, t.folded) >= sec.likeness_needed(m.birth_date, t.birth_date)
  union all
  select b.asked, b.id, b.code, b.name, b.closed, 'number', p.first_name || ' ' || p.last_name, '', null, null, 1
    from own o join families_identitynumber mine on mine.family_id = o.id
               join families_member p on p.id = mine.member_id
               join families_identitynumber other on other.index = mine.index and other.family_id <> o.id
               join beside b on b.asked = o.asked and b.id = other.family_id
  union all
  select distinct b.asked, b.id, b.code, b.name, b.closed, 'address', '', '', null::date, null::date, 1::real
    from own o join families_household mine on mine.family_id = o.id and mine.address <> '' and mine.protection = 'none'
               join families_household other on sec.folded(other.address) = sec.folded(mine.address)
                    and other.postcode = mine.postcode and other.protection = 'none' and other.family_id <> o.id
               join beside b on b.asked = o.asked and b.id = other.family_id
  union all
  select b.asked, b.id, b.code, b.name, b.closed, 'answered', '', '', null, null, 1
    from beside b join referrals_samefamily s on s.referral_id = b.asked and s.family_id = b.id
   where s.taken_back_at is null
$$;
"""
NO_ALIKE = """
drop function sec.alike_families(uuid[]);
drop function sec.families_beside(uuid);
drop function sec.families_told();
drop function sec.alike_referrals(uuid[]);
"""

# What is joined to a family is as hidden as the family, and as open to those who follow it.
RULES = """
create or replace function sec.hidden_referrals() returns setof uuid
language sql stable security definer set search_path = pg_catalog, public, pg_temp as $$
  select d.referral_id from sec.families_of_referrals() d join families_family f on f.id = d.family_id
   where f.protection in ('confidential', 'strictly_confidential')
      or f.id = any (array(select sec.shut_out()))
$$;
create or replace function sec.referrals_of(wanted text) returns setof uuid
language sql stable security definer set search_path = pg_catalog, public, pg_temp as $$
  select d.referral_id from sec.families_of_referrals() d
   where d.family_id = any (array(select sec.families(wanted)))
$$;
"""
RULES_BEFORE = """
create or replace function sec.hidden_referrals() returns setof uuid
language sql stable security definer set search_path = pg_catalog, public, pg_temp as $$
  select d.referral_id from referrals_intakedecision d join families_family f on f.id = d.family_id
   where f.protection in ('confidential', 'strictly_confidential')
      or f.id = any (array(select sec.shut_out()))
$$;
create or replace function sec.referrals_of(wanted text) returns setof uuid
language sql stable security definer set search_path = pg_catalog, public, pg_temp as $$
  select d.referral_id from referrals_intakedecision d
   where d.family_id = any (array(select sec.families(wanted)))
$$;
"""

TABLE = "referrals_samefamily"
READ_REFERRAL = "exists (select from referrals_referral r where r.id = referral_id)"
READ_OTHER = "(other_id is null or exists (select from referrals_referral r where r.id = other_id))"
MAY_BE_TOLD = "family_id = any (array(select sec.families_told()))"
BESIDE = "(family_id is null or family_id = any (array(select sec.families_beside(referral_id))))"
TO_DECIDE = "referral_id = any (array(select sec.referrals_to_decide()))"
ONE_TOWN = (
    "(other_id is null or exists (select from referrals_referral a join referrals_referral b"
    " on b.municipality_id = a.municipality_id where a.id = referral_id and b.id = other_id))"
)
# Only taken back, once, by whoever does it.
STAYS = f"""
revoke update, delete on {TABLE} from nm_web, nm_worker;
grant update (taken_back_by_id, taken_back_at) on {TABLE} to nm_web, nm_worker;
create policy once on {TABLE} as restrictive for update to nm_web, nm_worker
  using (taken_back_at is null) with check (taken_back_by_id = sec.uid());
"""
UNDO = f"""
drop policy once on {TABLE};
grant update, delete on {TABLE} to nm_web, nm_worker;
"""


class Migration(migrations.Migration):
    dependencies = [("referrals", "0012_same_family")]

    operations = [
        migrations.RunSQL(EXTENSION, migrations.RunSQL.noop),
        migrations.RunSQL(WORDS, NO_WORDS),
        migrations.RunSQL(OF_REFERRALS, "drop function sec.families_of_referrals()"),
        migrations.RunSQL(RULES, RULES_BEFORE),
        migrations.RunSQL(ALIKE, NO_ALIKE),
        protect(
            TABLE,
            read=f"{READ_REFERRAL} and {READ_OTHER} and "
            f"{either('family_id is null', MAY_BE_TOLD, families('view_family'))}",
            write=f"{TO_DECIDE} and {READ_REFERRAL} and {READ_OTHER} and {either('family_id is null', MAY_BE_TOLD)}",
            insert=f"answered_by_id = sec.uid() and taken_back_at is null and {TO_DECIDE} and {READ_REFERRAL}"
            f" and {ONE_TOWN} and {BESIDE}",
            delete="false",
        ),
        migrations.RunSQL(STAYS, UNDO),
    ]
