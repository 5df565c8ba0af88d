"""A protected address of one member or one home, earlier homes, and places that tell nobody how many are hidden."""

import uuid

import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models

from nyemonstre.access.wall import families, protect, tie

# The strictest level in a family decides who may know of it; and a child in two homes has all of its time in them.
# Both look at more than one row, so they are asked when the transaction ends.
TRUTHS = """
create function sec.strictness(level text) returns integer language sql immutable parallel safe as $$
  select array_position(array['none', 'client_address', 'confidential', 'strictly_confidential'], level)
$$;

create function sec.check_protection() returns trigger
language plpgsql security definer set search_path = pg_catalog, public, pg_temp as $$
declare checked uuid;
begin
  if tg_table_name = 'families_family' then checked := new.id; else checked := new.family_id; end if;
  if exists (
    select 1 from families_family f
     where f.id = checked and sec.strictness(f.protection) < greatest(
       sec.strictness(f.whole_protection),
       (select max(sec.strictness(m.protection)) from families_member m where m.family_id = f.id),
       (select max(sec.strictness(h.protection)) from families_household h where h.family_id = f.id)
     )
  ) then
    raise exception 'a family is at least as protected as each member and home'
      using errcode = 'check_violation', constraint = 'family_protection_is_the_strictest';
  end if;
  return null;
end $$;

create constraint trigger protection_is_the_strictest after insert or update of protection, whole_protection
  on families_family deferrable initially deferred for each row execute function sec.check_protection();
create constraint trigger protection_is_the_strictest after insert or update of protection
  on families_member deferrable initially deferred for each row
  when (new.protection <> 'none') execute function sec.check_protection();
create constraint trigger protection_is_the_strictest after insert or update of protection
  on families_household deferrable initially deferred for each row
  when (new.protection <> 'none') execute function sec.check_protection();

create function sec.check_shares() returns trigger
language plpgsql security definer set search_path = pg_catalog, public, pg_temp as $$
declare checked uuid;
begin
  if tg_op = 'DELETE' then checked := old.member_id; else checked := new.member_id; end if;
  if exists (
    select 1 from families_residence r join families_member m on m.id = r.member_id
     where r.member_id = checked and m.role <> 'adult'
     group by r.member_id having count(*) > 1 and sum(r.share) <> 100
  ) then
    raise exception 'a child in two homes has 100 percent of its time in them'
      using errcode = 'check_violation', constraint = 'residence_shares_are_all_of_the_time';
  end if;
  return null;
end $$;

create constraint trigger shares_are_all_of_the_time after insert or update or delete
  on families_residence deferrable initially deferred for each row execute function sec.check_shares();
"""

NO_TRUTHS = """
drop trigger shares_are_all_of_the_time on families_residence;
drop function sec.check_shares();
drop trigger protection_is_the_strictest on families_household;
drop trigger protection_is_the_strictest on families_member;
drop trigger protection_is_the_strictest on families_family;
drop function sec.check_protection();
drop function sec.strictness(text);
"""

# Numbers only, and only for those who allot or lead. Families one may not know of are not counted: a place taken by
# nobody one can see would say that there is a family to hide.
PLACES = """
create or replace function sec.places_taken(municipality uuid) returns table (user_id uuid, taken integer)
language sql stable security definer set search_path = pg_catalog, public, pg_temp as $$
  select a.user_id, count(*)::integer
    from families_assignment a join families_family f on f.id = a.family_id
   where f.municipality_id = municipality and f.state <> 'closed' and a.kind = 'responsible'
     and a.valid_from <= clock_timestamp() and (a.valid_until is null or a.valid_until > clock_timestamp())
     and (municipality = any (array(select sec.municipalities('decide_referral')))
          or municipality = any (array(select sec.municipalities('view_dashboard'))))
     {known}
   group by a.user_id
$$;
"""
KNOWN = """and (f.protection not in ('confidential', 'strictly_confidential')
          or f.id = any (array(select sec.families('list_family'))))"""

WHOLE = "update families_family set whole_protection = protection"


class Migration(migrations.Migration):
    dependencies = [
        ("families", "0004_permission_to_change_content"),
        ("referrals", "0003_rows_of_one_family"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name="family",
            name="protected_at",
            field=models.DateTimeField(editable=False, null=True),
        ),
        migrations.AddField(
            model_name="family",
            name="whole_protection",
            field=models.CharField(
                choices=[
                    ("none", "Ugradert"),
                    ("client_address", "Klientadresse"),
                    ("confidential", "Fortrolig"),
                    ("strictly_confidential", "Strengt fortrolig"),
                ],
                default="none",
                max_length=24,
                verbose_name="adressesperre",
            ),
        ),
        migrations.AddField(
            model_name="household",
            name="protection",
            field=models.CharField(
                choices=[
                    ("none", "Ugradert"),
                    ("client_address", "Klientadresse"),
                    ("confidential", "Fortrolig"),
                    ("strictly_confidential", "Strengt fortrolig"),
                ],
                default="none",
                max_length=24,
                verbose_name="adressesperre",
            ),
        ),
        migrations.AddField(
            model_name="member",
            name="protection",
            field=models.CharField(
                choices=[
                    ("none", "Ugradert"),
                    ("client_address", "Klientadresse"),
                    ("confidential", "Fortrolig"),
                    ("strictly_confidential", "Strengt fortrolig"),
                ],
                default="none",
                max_length=24,
                verbose_name="adressesperre",
            ),
        ),
        migrations.AddField(
            model_name="residence",
            name="since",
            field=models.DateField(blank=True, null=True, verbose_name="fra"),
        ),
        migrations.CreateModel(
            name="FormerResidence",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("share", models.PositiveSmallIntegerField(verbose_name="del av tiden, prosent")),
                ("since", models.DateField(null=True, verbose_name="fra")),
                ("until", models.DateField(verbose_name="til")),
                ("recorded_at", models.DateTimeField(default=django.utils.timezone.now)),
                (
                    "family",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="former_residences",
                        to="families.family",
                    ),
                ),
                (
                    "household",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="former_residences",
                        to="families.household",
                    ),
                ),
                (
                    "member",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="former_residences",
                        to="families.member",
                    ),
                ),
                (
                    "recorded_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
            ],
            options={
                "verbose_name": "tidligere bosted",
                "verbose_name_plural": "tidligere bosteder",
                "ordering": ["-until", "-share"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("since", None), ("until__gte", models.F("since")), _connector="OR"),
                        name="former_residence_dates_in_order",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("share__gte", 1), ("share__lte", 100)),
                        name="former_residence_share_percent",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="ProtectionChange",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                (
                    "before",
                    models.CharField(
                        choices=[
                            ("none", "Ugradert"),
                            ("client_address", "Klientadresse"),
                            ("confidential", "Fortrolig"),
                            ("strictly_confidential", "Strengt fortrolig"),
                        ],
                        default="none",
                        max_length=24,
                        verbose_name="adressesperre",
                    ),
                ),
                (
                    "after",
                    models.CharField(
                        choices=[
                            ("none", "Ugradert"),
                            ("client_address", "Klientadresse"),
                            ("confidential", "Fortrolig"),
                            ("strictly_confidential", "Strengt fortrolig"),
                        ],
                        default="none",
                        max_length=24,
                        verbose_name="adressesperre",
                    ),
                ),
                ("reason", models.CharField(max_length=300, verbose_name="grunn")),
                ("changed_at", models.DateTimeField(default=django.utils.timezone.now)),
                (
                    "changed_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "family",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="protection_changes",
                        to="families.family",
                    ),
                ),
                (
                    "household",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="families.household",
                    ),
                ),
                (
                    "member",
                    models.ForeignKey(
                        null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="families.member"
                    ),
                ),
            ],
            options={
                "verbose_name": "endret vern",
                "verbose_name_plural": "endringer av vern",
                "ordering": ["-changed_at"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("reason", ""), _negated=True), name="protection_change_has_reason"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("member", None), ("household", None), _connector="OR"),
                        name="protection_change_is_about_one_thing",
                    ),
                ],
            },
        ),
        migrations.RunSQL(WHOLE, migrations.RunSQL.noop),
        migrations.RunSQL("set constraints all immediate", migrations.RunSQL.noop),
        migrations.RunSQL(TRUTHS, NO_TRUTHS),
        migrations.RunSQL(PLACES.format(known=KNOWN), PLACES.format(known="")),
        protect("families_formerresidence", read=families("view_family"), write=families("change_family")),
        protect("families_protectionchange", read=families("change_family"), write=families("change_family")),
        tie("families_formerresidence", member_id="families_member", household_id="families_household"),
        tie("families_protectionchange", member_id="families_member", household_id="families_household"),
    ]
