"""A review says who was there by rows, and may change all of a goal; and all papers of a plan are ordered at once.

What was written about who was there stays where it is (`present`), and is shown after those who are picked.
"""

import uuid

import django.contrib.postgres.fields
import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models
from django.db.models import Q

from nyemonstre.access.history import keep_history
from nyemonstre.access.wall import families, protect, restrict, tie

READ, CHANGE = families("view_plan"), families("change_plan")
# Signed, and inside its dates: a contact of one's own draft shows to oneself, but was no partner of anybody yet.
LIVE = """contact_id is null or (contact_id = any (array(select sec.contacts())) and exists (
  select from consent_agreementline l where l.contact_id = plans_reviewpresence.contact_id and l.state = 'signed'
     and l.valid_from <= sec.today() and (l.valid_to is null or l.valid_to >= sec.today())))"""
WHOSE = """new_whose is null or new_whose <@ array(
  select m.id from families_member m where m.family_id = plans_reviewgoal.family_id)"""

# Every column of the plan and the journal that people write in, for the auditor's redaction.
BEFORE = """
  'plans_ownwords.text', 'plans_ownwords.told_by', 'plans_goal.words', 'plans_goal.why', 'plans_goal.first_sign',
  'plans_goal.state_reason', 'plans_goalversion.words', 'plans_goalversion.why', 'plans_goalversion.first_sign',
  'plans_goalversion.reason', 'plans_measure.what', 'plans_measure.who', 'plans_measure.follow_up',
  'plans_planagreement.goals', 'plans_review.present', 'plans_review.ahead', 'plans_review.with_whom',
  'plans_review.note', 'plans_reviewgoal.old_words', 'plans_reviewgoal.new_words', 'plans_reviewgoal.helped',
  'plans_reviewgoal.hindered', 'plans_closing.present', 'plans_closing.said', 'plans_closing.continues',
  'plans_closing.goals', 'plans_otherplan.note', 'plans_journalentry.text',
  'plans_meeting.place', 'plans_meeting.others', 'plans_meetingitem.title', 'plans_meetingitem.text',
  'plans_meetingdecision.what', 'plans_meetingdecision.who', 'plans_meetingchange.reason',
  'plans_meetingchange.told_by', 'plans_minutesaddendum.text'"""
NEW = f"{BEFORE}, 'plans_reviewgoal.new_why', 'plans_reviewgoal.new_first_sign'"
SIGNED = """
create trigger signed before insert or update or delete on plans_reviewpresence
  for each row execute function plans_review_is_signed()
"""


def columns(names: str) -> str:
    text = """
create or replace function sec.plan_columns() returns table (tab text, col text, is_json boolean, most int)
language sql stable set search_path = pg_catalog, public, pg_temp as $$
  select t.relname::text, a.attname::text, a.atttypid = 'jsonb'::regtype,
         case when a.atttypmod > 4 then a.atttypmod - 4 else 1000000 end
    from pg_attribute a join pg_class t on t.oid = a.attrelid
   where t.relnamespace = 'public'::regnamespace and not a.attisdropped
     and t.relname || '.' || a.attname = any (array[%NAMES%])
$$;
"""
    return text.replace("%NAMES%", names)


def to(model: str, **more: object) -> models.ForeignKey:
    more.setdefault("related_name", "+")
    return models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, to=model, **more)


def own_id() -> tuple[str, models.Field]:
    return "id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)


class Migration(migrations.Migration):
    dependencies = [
        ("plans", "0017_minutes_copies"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="ReviewPresence",
            fields=[
                own_id(),
                ("contact", to("consent.contact", null=True)),
                ("coordinator", to(settings.AUTH_USER_MODEL, null=True)),
                ("family", to("families.family")),
                ("member", to("families.member", null=True)),
                ("review", to("plans.review", related_name="presences")),
            ],
            options={
                "verbose_name": "deltaker i en evaluering",
                "verbose_name_plural": "deltakere i en evaluering",
                "indexes": [models.Index(fields=["family"], name="review_presence_family")],
                "constraints": [
                    models.UniqueConstraint(fields=("review", "member"), name="review_presence_member_once"),
                    models.UniqueConstraint(fields=("review", "contact"), name="review_presence_contact_once"),
                    models.UniqueConstraint(fields=("review", "coordinator"), name="review_presence_coordinator_once"),
                    models.CheckConstraint(
                        condition=Q(member__isnull=False, contact=None, coordinator=None)
                        | Q(member=None, contact__isnull=False, coordinator=None)
                        | Q(member=None, contact=None, coordinator__isnull=False),
                        name="review_presence_of_one",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="PlanBatch",
            fields=[
                own_id(),
                ("asked_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("stopped_at", models.DateTimeField(null=True)),
                ("family", to("families.family", related_name="plan_batches")),
                ("made_by", to(settings.AUTH_USER_MODEL)),
            ],
            options={
                "verbose_name": "alle papirene til planen",
                "verbose_name_plural": "alle papirene til planen",
                "ordering": ["-asked_at"],
                "indexes": [models.Index(fields=["family", "-asked_at"], name="plan_batch_family")],
            },
        ),
        migrations.AddField(
            model_name="plandocument",
            name="batch",
            field=to("plans.planbatch", null=True, related_name="documents"),
        ),
        migrations.AlterField(
            model_name="plandocument",
            name="problem",
            field=models.CharField(
                blank=True,
                choices=[
                    ("changed", "Planen ble endret mens filen ble laget. Lag den på nytt, så har den alt."),
                    (
                        "font",
                        "En skrift mangler på serveren, så filen ville sett feil ut. Si fra til dem som drifter løsningen.",
                    ),
                    ("stopped", "Stanset før den ble laget."),
                ],
                max_length=8,
                verbose_name="hvorfor den ikke ble laget",
            ),
        ),
        migrations.AddField(
            model_name="review",
            name="with_interpreter",
            field=models.BooleanField(default=False, verbose_name="tolk var med"),
        ),
        migrations.AddField(
            model_name="reviewgoal",
            name="new_why",
            field=models.CharField(max_length=300, null=True, verbose_name="hvorfor det er viktig"),
        ),
        migrations.AddField(
            model_name="reviewgoal",
            name="new_first_sign",
            field=models.CharField(max_length=300, null=True, verbose_name="et første tegn"),
        ),
        migrations.AddField(
            model_name="reviewgoal",
            name="new_whose",
            field=django.contrib.postgres.fields.ArrayField(
                base_field=models.UUIDField(), null=True, size=None, verbose_name="hvem det er for"
            ),
        ),
        migrations.AddConstraint(
            model_name="reviewgoal",
            constraint=models.CheckConstraint(
                condition=Q(verdict="change") | Q(new_why=None, new_first_sign=None, new_whose=None),
                name="review_new_facts_only_for_a_change",
            ),
        ),
        migrations.RunSQL(columns(NEW), columns(BEFORE)),
        protect("plans_reviewpresence", read=READ, write=CHANGE),
        tie(
            "plans_reviewpresence",
            review_id="plans_review",
            member_id="families_member",
            contact_id="consent_contact",
        ),
        restrict("plans_reviewpresence", LIVE, name="live_line"),
        migrations.RunSQL(SIGNED, "drop trigger signed on plans_reviewpresence"),
        keep_history("plans_reviewpresence", permission="view_plan"),
        restrict("plans_reviewgoal", WHOSE, name="whose"),
        # Whoever may read the plan may print it, in their own name.
        protect("plans_planbatch", read=READ, write=f"{READ} and made_by_id = sec.uid()", delete="false"),
        tie("plans_plandocument", batch_id="plans_planbatch"),
    ]
