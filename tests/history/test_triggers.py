"""What the database keeps of each write, whoever made it and however; and who may read it."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
from django.db import DatabaseError, connection, transaction
from django.utils import timezone

from consent import actions as consent_actions
from consent.models import AgreementLine, Contact
from families import actions, people
from families.models import Household, Member
from families.stages import Step
from history.models import Change
from nyemonstre.access.wall import acting_as, as_job, happening_at
from tests.factories import Team, family_at
from tests.factories.everything import family_with_everything

pytestmark = pytest.mark.django_db

COLUMNS = ", ".join(f.column for f in Change._meta.concrete_fields if not f.primary_key)


def changes(family, **lookup):
    return list(Change.objects.filter(family_id=family.pk, **lookup).newest_first())


def test_a_row_added_changed_and_removed_each_leave_what_was_there(team):
    family = family_at(Step.INTAKE, team)
    by = team.coordinator
    with acting_as(by):
        member = Member.objects.get(family=family, first_name="Gutt")
        added = changes(family, row_id=member.pk)[0]
        assert (added.verb, added.before, added.actor_id) == ("added", {}, team.intake.pk)
        assert added.after["first_name"] == "Gutt"
        assert not {"id", "family_id", "version", "language", "moved_out_on"} & set(added.after)
        actions.change_member(member, first_name="Guttorm", version=member.version, by=by)
        changed = changes(family, row_id=member.pk)[0]
        assert (changed.verb, changed.before, changed.after) == (
            "changed", {"first_name": "Gutt"}, {"first_name": "Guttorm"},
        )  # fmt: skip
        assert (changed.actor_id, changed.job, changed.municipality_id) == (by.pk, False, family.municipality_id)
        home = member.residences.get()
        home.delete()
        removed = changes(family, table_name="families_residence")[0]
        assert (removed.verb, removed.after, removed.before["share"]) == ("removed", {}, 100)


def test_saving_without_a_change_leaves_nothing_and_a_move_leaves_one(team):
    family, by = family_at(Step.INTAKE, team), team.coordinator
    with acting_as(by):
        girl = Member.objects.get(family=family, first_name="Jente")
        shares = {residence.household_id: residence.share for residence in girl.residences.all()}
        before = Change.objects.filter(family_id=family.pk).count()
        people.save_member(family, member=girl, facts={"first_name": "Jente"}, shares=shares, by=by)
        assert Change.objects.filter(family_id=family.pk).count() == before
        first, second = shares
        people.save_member(family, member=girl, facts={}, shares={first: 100, second: 0}, by=by)
        told = [(c.table_name, c.verb) for c in changes(family)[:2]]
        assert {("families_residence", "removed"), ("families_residence", "added")} >= set(told)
        assert ("families_residence", "removed") in told


def test_a_secret_column_is_named_and_its_value_never_copied(team):
    family, by = family_at(Step.INTAKE, team), team.coordinator
    with acting_as(by):
        home = Household.objects.filter(family=family).first()
        people.change_home(home, address="Hemmeligveien 7", town="Bortgjemt", version=home.version, by=by)
        people.change_home(home, address="Lønngata 2", by=by)
        last = changes(family, row_id=home.pk)[0]
        assert (last.before, last.after, last.secret) == ({}, {}, ["address"])
        with connection.cursor() as cursor:
            cursor.execute("select string_agg(c::text, ' ') from history_change c where family_id = %s", [family.pk])
            kept = cursor.fetchone()[0]
    assert not [secret for secret in ("Hemmeligveien", "Bortgjemt", "Lønngata") if secret in kept]


def test_raw_sql_many_rows_and_the_clock_leave_their_trace_too(team):
    family = family_at(Step.INTAKE, team)
    with acting_as(team.coordinator), connection.cursor() as cursor:
        cursor.execute("update families_member set language = 'polsk' where family_id = %s", [family.pk])
        assert len(changes(family, after={"language": "polsk"})) == 4
    moment = datetime(2024, 3, 1, 12, tzinfo=UTC)
    with acting_as(team.coordinator), happening_at(moment):
        Member.objects.filter(family=family, first_name="Mor").update(relation="mamma")
        told = changes(family)[-1]
        assert (told.at, told.after) == (moment, {"relation": "mamma"})
    with as_job(), acting_as(team.coordinator):
        Member.objects.filter(family=family, first_name="Far").update(relation="pappa")
        # The web role's flag is believed by nobody; what it wrote is told with it all the same.
        assert changes(family, after={"relation": "pappa"})[0].job


def test_history_cannot_be_written_changed_or_removed(team):
    family = family_at(Step.INTAKE, team)
    tries = [
        "update history_change set actor_id = null",
        "delete from history_change",
        "truncate history_change",
        f"insert into history_change ({COLUMNS}) select {COLUMNS} from history_change limit 1",
        "alter table history_change disable trigger append_only",
        "alter table families_member disable trigger keep_history_update",
    ]
    with acting_as(team.coordinator):
        count = len(changes(family))
        for sql in tries:
            with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
                cursor.execute(sql)
        assert len(changes(family)) == count > 10


def test_each_person_reads_the_changes_of_the_tables_they_may_read(team, family):
    mine, theirs = family, family_with_everything(Team())
    opened = {
        "coordinator": {"list_family", "view_family", "view_consent", "view_assessment", "view_plan", "view_journal"},
        "lead": {"list_family"},
    }
    for name, person in vars(team).items():
        if not hasattr(person, "memberships"):
            continue
        with acting_as(person), connection.cursor() as cursor:
            cursor.execute("select distinct family_id, permission from history_change")
            seen = cursor.fetchall()
        assert {family for family, _permission in seen} <= {mine.pk}
        assert {permission for _family, permission in seen} == opened.get(name, set()), name
    with connection.cursor() as cursor:
        cursor.execute("select count(*) from history_change where family_id = any (%s)", [[mine.pk, theirs.pk]])
        assert cursor.fetchone() == (0,)


def test_a_contacts_history_goes_out_of_sight_with_the_contact(team, family):
    by = team.coordinator
    with acting_as(by):
        contact = Contact.objects.get(family=family)
        assert changes(family, row_id=contact.pk)
        line = AgreementLine.objects.select_related("family__municipality").get(contact=contact)
    consent_actions.end_line(line, reason="Familien vil ikke", by=by)
    with acting_as(by):
        assert not changes(family, row_id=contact.pk)
        told = changes(family, row_id=line.pk)[0]
        assert (told.before["state"], told.after["state"]) == ("signed", "ended")


def test_a_restricted_line_of_the_journal_takes_its_history_along(team):
    """Whatever the live row's own wall asks for, its history asks for too."""
    family, by = family_with_everything(team), team.coordinator
    with connection.cursor() as cursor:
        cursor.execute(
            "select policyname from pg_policies where tablename = 'history_change' and permissive = 'RESTRICTIVE'"
        )
        follows = {name.removeprefix("nm_web_follows_") for (name,) in cursor.fetchall()}
    assert {"consent_contact", "plans_journalentry", "plans_journalmember"} <= follows
    with acting_as(by):
        assert changes(family, table_name="plans_journalentry")


def test_the_newest_comes_first_and_paging_misses_nothing(team):
    family, by = family_at(Step.INTAKE, team), team.coordinator
    with acting_as(by):
        for day in range(5):
            with happening_at(timezone.now() - timedelta(days=day)):
                Member.objects.filter(family=family, first_name="Mor").update(relation=f"mor {day}")
        rows = Change.objects.filter(family_id=family.pk).newest_first()
        found, last = [], None
        while page := list((rows.older_than(last) if last else rows)[:3]):
            found += page
            last = page[-1]
        assert found == list(rows)
        assert all((a.at, a.pk) > (b.at, b.pk) for a, b in pairwise(found))
