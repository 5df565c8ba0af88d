"""The wall around plan, reviews and journal. Every row's parents must be the same family's: a crafted id finds nothing.

What is history is only ever added: words, versions, agreed plans and journal lines cannot be changed by the web role,
and a review that is signed off cannot be changed by anybody.
"""

from django.db import migrations

from nyemonstre.access.wall import families, protect

READ, CHANGE = families("view_plan"), families("change_plan")
READ_JOURNAL, CHANGE_JOURNAL = families("view_journal"), families("change_journal")

SIGNED = """
create function plans_review_is_signed() returns trigger language plpgsql as $$
declare signed boolean;
begin
  if tg_table_name = 'plans_review' then
    signed := old.signed_off_at is not null;
  else
    select r.signed_off_at is not null into signed from plans_review r
     where r.id = case when tg_op = 'INSERT' then new.review_id else old.review_id end;
  end if;
  if signed then
    raise exception 'a review that is signed off cannot be changed' using errcode = 'check_violation';
  end if;
  return case when tg_op = 'DELETE' then old else new end;
end $$;
create trigger signed before update or delete on plans_review
  for each row execute function plans_review_is_signed();
create trigger signed before insert or update or delete on plans_reviewgoal
  for each row execute function plans_review_is_signed();
"""
UNSIGNED = """
drop trigger signed on plans_reviewgoal;
drop trigger signed on plans_review;
drop function plans_review_is_signed();
"""


def both(*conditions: str) -> str:
    return " and ".join(f"({condition})" for condition in conditions)


def of_same_family(table: str, parent: str, column: str) -> str:
    """The parent row belongs to the same family, and the actor may see it."""
    return f"exists (select from {parent} p where p.id = {table}.{column} and p.family_id = {table}.family_id)"


def child(table: str, **parents: str) -> str:
    return both(CHANGE, *(of_same_family(table, parent, column) for column, parent in parents.items()))


MEMBER = "families_member"


class Migration(migrations.Migration):
    dependencies = [("plans", "0001_initial"), ("families", "0002_wall"), ("consent", "0003_wall")]

    operations = [
        protect("plans_ownwords", read=READ, insert=child("plans_ownwords", member_id=MEMBER), write="false"),
        protect("plans_goal", read=READ, write=CHANGE, delete="false"),
        protect(
            "plans_goalmember",
            read=READ,
            insert=child("plans_goalmember", goal_id="plans_goal", member_id=MEMBER),
            write="false",
            delete=CHANGE,
        ),
        protect("plans_goalversion", read=READ, insert=child("plans_goalversion", goal_id="plans_goal"), write="false"),
        protect("plans_measure", read=READ, write=child("plans_measure", goal_id="plans_goal"), delete="false"),
        protect("plans_planagreement", read=READ, insert=CHANGE, write="false"),
        protect("plans_review", read=READ, write=CHANGE, delete="false"),
        protect(
            "plans_reviewgoal",
            read=READ,
            write=child("plans_reviewgoal", review_id="plans_review", goal_id="plans_goal"),
            delete="false",
        ),
        protect("plans_journalentry", read=READ_JOURNAL, insert=CHANGE_JOURNAL, write="false"),
        protect(
            "plans_journalmember",
            read=READ_JOURNAL,
            insert=both(
                CHANGE_JOURNAL,
                of_same_family("plans_journalmember", "plans_journalentry", "entry_id"),
                of_same_family("plans_journalmember", MEMBER, "member_id"),
            ),
            write="false",
        ),
        # Whoever may read the plan may print it, in their own name.
        protect("plans_plandocument", read=READ, write=both(READ, "made_by_id = sec.uid()"), delete="false"),
        migrations.RunSQL(SIGNED, UNSIGNED),
    ]  # fmt: skip
