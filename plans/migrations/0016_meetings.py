"""Meetings, with who is asked, the agenda, the minutes and what was decided. Finished minutes are never changed."""

import uuid

import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models

from nyemonstre.access.history import keep_history
from nyemonstre.access.wall import families, protect, tie, tie_to_readable

READ, CHANGE = families("view_journal"), families("change_journal")
MEETING, MEMBER = "plans_meeting", "families_member"

# Who may get the minutes on paper can be marked anew, and a decision can become a measure; nothing else.
FINISHED = """
create function plans_minutes_are_finished() returns trigger language plpgsql as $$
declare finished boolean;
  kept constant text[] := array['version', 'seen_by', 'only_home_id', 'kept_for_id', 'kept_on', 'marked_at',
                                'marked_by_id', 'measure_id'];
begin
  if tg_table_name = 'plans_meeting' then
    finished := old.finished_at is not null;
  else
    select m.finished_at is not null into finished from plans_meeting m
     where m.id = case when tg_op = 'INSERT' then new.meeting_id else old.meeting_id end;
  end if;
  if finished and not (tg_op = 'UPDATE' and (sec.is_redacting() or to_jsonb(new) - kept = to_jsonb(old) - kept)) then
    raise exception 'minutes that are finished cannot be changed' using errcode = 'check_violation';
  end if;
  return case when tg_op = 'DELETE' then old else new end;
end $$;
create trigger finished before update or delete on plans_meeting
  for each row execute function plans_minutes_are_finished();
create trigger finished before insert or update or delete on plans_meetingguest
  for each row execute function plans_minutes_are_finished();
create trigger finished before insert or update or delete on plans_meetingitem
  for each row execute function plans_minutes_are_finished();
create trigger finished before insert or update or delete on plans_meetingdecision
  for each row execute function plans_minutes_are_finished();
"""
UNFINISHED = """
drop trigger finished on plans_meetingdecision;
drop trigger finished on plans_meetingitem;
drop trigger finished on plans_meetingguest;
drop trigger finished on plans_meeting;
drop function plans_minutes_are_finished();
"""

# The columns the auditor can take words out of (0012_redactions), and those of meetings among them.
PLAN_COLUMNS = """
create or replace function sec.plan_columns() returns table (tab text, col text, is_json boolean, most int)
language sql stable set search_path = pg_catalog, public, pg_temp as $$
  select t.relname::text, a.attname::text, a.atttypid = 'jsonb'::regtype,
         case when a.atttypmod > 4 then a.atttypmod - 4 else 1000000 end
    from pg_attribute a join pg_class t on t.oid = a.attrelid
   where t.relnamespace = 'public'::regnamespace and not a.attisdropped
     and t.relname || '.' || a.attname = any (array[
  'plans_ownwords.text', 'plans_ownwords.told_by', 'plans_goal.words', 'plans_goal.why', 'plans_goal.first_sign',
  'plans_goal.state_reason', 'plans_goalversion.words', 'plans_goalversion.why', 'plans_goalversion.first_sign',
  'plans_goalversion.reason', 'plans_measure.what', 'plans_measure.who', 'plans_measure.follow_up',
  'plans_planagreement.goals', 'plans_review.present', 'plans_review.ahead', 'plans_review.with_whom',
  'plans_review.note', 'plans_reviewgoal.old_words', 'plans_reviewgoal.new_words', 'plans_reviewgoal.helped',
  'plans_reviewgoal.hindered', 'plans_closing.present', 'plans_closing.said', 'plans_closing.continues',
  'plans_closing.goals', 'plans_otherplan.note', 'plans_journalentry.text'%MORE%])
$$;
"""
OF_MEETINGS = """,
  'plans_meeting.place', 'plans_meeting.others', 'plans_meetingitem.title', 'plans_meetingitem.text',
  'plans_meetingdecision.what', 'plans_meetingdecision.who', 'plans_meetingchange.reason',
  'plans_meetingchange.told_by', 'plans_minutesaddendum.text'"""
WITH, WITHOUT = PLAN_COLUMNS.replace("%MORE%", OF_MEETINGS), PLAN_COLUMNS.replace("%MORE%", "")


class Migration(migrations.Migration):
    dependencies = [
        ("history", "0002_triggers"),
        ("referrals", "0003_rows_of_one_family"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
        ("consent", "0011_pictures_of_signatures"),
        ("families", "0017_snooze"),
        ("plans", "0015_crisis_and_contacts"),
    ]

    operations = [
        migrations.CreateModel(
            name="Meeting",
            fields=[
                ("version", models.PositiveIntegerField(default=1, editable=False)),
                (
                    "seen_by",
                    models.CharField(
                        choices=[
                            ("usual", "Ikke spurt om"),
                            ("both", "Begge hjem"),
                            ("home", "Bare ett av hjemmene"),
                            ("kept", "Ikke foreldrene, den unge ber om det"),
                            ("nobody", "Ingen, etter koordinatorens vurdering"),
                        ],
                        default="usual",
                        max_length=8,
                        verbose_name="hvem kan få dette på papir",
                    ),
                ),
                ("kept_on", models.DateField(null=True, verbose_name="den unge ba om det")),
                ("marked_at", models.DateTimeField(null=True)),
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("care_team", "Ansvarsgruppemøte"),
                            ("cooperation", "Samarbeidsmøte"),
                            ("home_visit", "Hjemmebesøk"),
                            ("office_talk", "Kontorsamtale"),
                        ],
                        max_length=16,
                        verbose_name="hva slags",
                    ),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("planned", "Avtalt"),
                            ("held", "Holdt"),
                            ("missed", "Ble ikke noe av"),
                            ("cancelled", "Avlyst"),
                        ],
                        default="planned",
                        max_length=10,
                        verbose_name="tilstand",
                    ),
                ),
                ("starts_at", models.DateTimeField(verbose_name="fra")),
                ("ends_at", models.DateTimeField(verbose_name="til")),
                ("place", models.CharField(blank=True, max_length=160, verbose_name="sted")),
                ("others", models.CharField(blank=True, max_length=300, verbose_name="andre som var med")),
                ("booked_at", models.DateTimeField(default=django.utils.timezone.now)),
                (
                    "entry",
                    models.OneToOneField(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="meeting",
                        to="plans.journalentry",
                        verbose_name="journallinje",
                    ),
                ),
                ("finished_at", models.DateTimeField(null=True, verbose_name="referatet ferdig")),
                (
                    "booked_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "coordinator",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="koordinator som kommer",
                    ),
                ),
                (
                    "family",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="meetings", to="families.family"
                    ),
                ),
                (
                    "finished_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "home",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="families.household",
                        verbose_name="hjemme",
                    ),
                ),
                (
                    "instead_of",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="instead",
                        to="plans.meeting",
                        verbose_name="i stedet for",
                    ),
                ),
                (
                    "kept_for",
                    models.ForeignKey(
                        null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="families.member"
                    ),
                ),
                (
                    "marked_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "only_home",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="families.household",
                    ),
                ),
            ],
            options={
                "verbose_name": "møte",
                "verbose_name_plural": "møter",
                "ordering": ["-starts_at", "id"],
                "abstract": False,
                "indexes": [models.Index(fields=["family", "state", "starts_at"], name="meeting_family")],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("only_home__isnull", False), ("seen_by", "home")),
                            models.Q(models.Q(("seen_by", "home"), _negated=True), ("only_home", None)),
                            _connector="OR",
                        ),
                        name="meeting_only_home_is_named",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("kept_for__isnull", False), ("kept_on__isnull", False), ("seen_by", "kept")),
                            models.Q(
                                models.Q(("seen_by", "kept"), _negated=True), ("kept_for", None), ("kept_on", None)
                            ),
                            _connector="OR",
                        ),
                        name="meeting_kept_for_somebody_on_a_day",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("marked_at", None), ("marked_by", None), ("seen_by", "usual")),
                            models.Q(("marked_at__isnull", False), ("marked_by__isnull", False)),
                            _connector="OR",
                        ),
                        name="meeting_marked_by_somebody",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("ends_at__gt", models.F("starts_at"))), name="meeting_ends_after_it_begins"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("home", None), models.Q(("place", ""), _negated=True)),
                            models.Q(("home__isnull", False), ("place", "")),
                            _connector="OR",
                        ),
                        name="meeting_at_home_or_elsewhere",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("finished_at", None), ("finished_by", None)),
                            models.Q(("finished_at__isnull", False), ("finished_by__isnull", False), ("state", "held")),
                            _connector="OR",
                        ),
                        name="meeting_finished_by_somebody",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="MeetingChange",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                (
                    "kind",
                    models.CharField(
                        choices=[("moved", "Flyttet"), ("missed", "Ble ikke noe av"), ("cancelled", "Avlyst")],
                        max_length=10,
                        verbose_name="hva",
                    ),
                ),
                ("reason", models.CharField(blank=True, max_length=300, verbose_name="hvorfor")),
                ("told_by", models.CharField(blank=True, max_length=120, verbose_name="hvem ga beskjed")),
                ("starts_before", models.DateTimeField(verbose_name="tiden som gjaldt")),
                ("done_at", models.DateTimeField(default=django.utils.timezone.now)),
                (
                    "done_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "family",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="families.family"
                    ),
                ),
                (
                    "meeting",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="changes", to="plans.meeting"
                    ),
                ),
            ],
            options={
                "verbose_name": "endring av et avtalt møte",
                "verbose_name_plural": "endringer av avtalte møter",
                "ordering": ["-done_at", "id"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("kind", "missed"), models.Q(("reason", ""), _negated=True), _connector="OR"
                        ),
                        name="meeting_change_for_a_reason",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="MeetingGuest",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("came", models.BooleanField(null=True, verbose_name="var med")),
                (
                    "family",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="families.family"
                    ),
                ),
                (
                    "line",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="consent.agreementline",
                    ),
                ),
                (
                    "meeting",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="guests", to="plans.meeting"
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
                "verbose_name": "bedt til møtet",
                "ordering": ["id"],
                "constraints": [
                    models.UniqueConstraint(fields=("meeting", "member"), name="meeting_guest_member_once"),
                    models.UniqueConstraint(fields=("meeting", "line"), name="meeting_guest_line_once"),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("line", None), ("member__isnull", False)),
                            models.Q(("line__isnull", False), ("member", None)),
                            _connector="OR",
                        ),
                        name="meeting_guest_is_one",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="MeetingItem",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("number", models.PositiveSmallIntegerField(verbose_name="plass på sakslisten")),
                ("title", models.CharField(max_length=200, verbose_name="sak")),
                ("text", models.TextField(blank=True, max_length=5000, verbose_name="referat")),
                (
                    "topic",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("school", "skole og barnehage"),
                            ("health", "helse"),
                            ("housing", "bolig"),
                            ("economy", "økonomi"),
                            ("work", "arbeid og utdanning"),
                            ("leisure", "fritid og venner"),
                            ("care", "omsorg og familieliv"),
                            ("practical", "praktisk hjelp"),
                        ],
                        max_length=12,
                        verbose_name="tema",
                    ),
                ),
                (
                    "about",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="families.member",
                        verbose_name="hvem det gjelder",
                    ),
                ),
                (
                    "family",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="families.family"
                    ),
                ),
                (
                    "meeting",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="items", to="plans.meeting"
                    ),
                ),
            ],
            options={
                "verbose_name": "sak i et møte",
                "verbose_name_plural": "saker i et møte",
                "ordering": ["number", "id"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("title", ""), _negated=True), name="meeting_item_has_a_title"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="MeetingDecision",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("what", models.CharField(max_length=300, verbose_name="hva skal gjøres")),
                (
                    "done_by",
                    models.CharField(
                        choices=[
                            ("family", "Familien selv"),
                            ("member", "En i familien"),
                            ("service", "En tjeneste"),
                            ("volunteer", "En frivillig"),
                            ("coordinator", "Koordinatoren"),
                            ("nobody", "Ingen ennå"),
                        ],
                        max_length=12,
                        verbose_name="hvem gjør det",
                    ),
                ),
                ("who", models.CharField(blank=True, max_length=120, verbose_name="navn")),
                ("due_on", models.DateField(null=True, verbose_name="innen")),
                ("made_at", models.DateTimeField(default=django.utils.timezone.now)),
                (
                    "family",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="families.family"
                    ),
                ),
                (
                    "made_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "measure",
                    models.OneToOneField(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="decision",
                        to="plans.measure",
                        verbose_name="tiltak i planen",
                    ),
                ),
                (
                    "meeting",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="decisions", to="plans.meeting"
                    ),
                ),
                (
                    "member",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="families.member",
                        verbose_name="hvem i familien",
                    ),
                ),
                (
                    "service",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="consent.service",
                        verbose_name="tjeneste",
                    ),
                ),
                (
                    "item",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="decisions",
                        to="plans.meetingitem",
                        verbose_name="sak",
                    ),
                ),
            ],
            options={
                "verbose_name": "beslutning i et møte",
                "verbose_name_plural": "beslutninger i et møte",
                "ordering": ["made_at", "id"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("what", ""), _negated=True), name="meeting_decision_says_what"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("service", None), ("done_by__in", ["service", "volunteer"]), _connector="OR"
                        ),
                        name="meeting_decision_service_does_it",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="MinutesAddendum",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("text", models.TextField(max_length=2000, verbose_name="tillegg")),
                ("written_at", models.DateTimeField(default=django.utils.timezone.now)),
                (
                    "family",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="families.family"
                    ),
                ),
                (
                    "meeting",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="addenda", to="plans.meeting"
                    ),
                ),
                (
                    "written_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
            ],
            options={
                "verbose_name": "tillegg til et referat",
                "verbose_name_plural": "tillegg til referater",
                "ordering": ["written_at", "id"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("text", ""), _negated=True), name="minutes_addendum_has_text"
                    )
                ],
            },
        ),
        protect(MEETING, read=READ, write=CHANGE, delete="false"),
        tie(
            MEETING,
            home_id="families_household",
            only_home_id="families_household",
            kept_for_id=MEMBER,
            instead_of_id=MEETING,
            entry_id="plans_journalentry",
        ),
        protect("plans_meetingguest", read=READ, write=CHANGE),
        tie("plans_meetingguest", meeting_id=MEETING, member_id=MEMBER, line_id="consent_agreementline"),
        protect("plans_meetingitem", read=READ, write=CHANGE),
        tie("plans_meetingitem", meeting_id=MEETING, about_id=MEMBER),
        protect("plans_meetingdecision", read=READ, write=CHANGE),
        tie(
            "plans_meetingdecision",
            meeting_id=MEETING,
            item_id="plans_meetingitem",
            member_id=MEMBER,
            measure_id="plans_measure",
        ),
        tie_to_readable("plans_meetingdecision", service_id="consent_service"),
        protect("plans_meetingchange", read=READ, insert=CHANGE, write="false"),
        tie("plans_meetingchange", meeting_id=MEETING),
        protect("plans_minutesaddendum", read=READ, insert=CHANGE, write="false"),
        tie("plans_minutesaddendum", meeting_id=MEETING),
        *(
            keep_history(f"plans_meeting{table}", permission="view_journal")
            for table in ("", "guest", "item", "decision")
        ),
        migrations.RunSQL(FINISHED, UNFINISHED),
        migrations.RunSQL(WITH, WITHOUT),
    ]
