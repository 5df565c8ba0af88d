"""The log cannot be changed unseen: not by the web role, not by the worker, not by the owner of the tables."""

import json
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from io import StringIO
from threading import Thread
from uuid import UUID, uuid4

import psycopg
import pytest
import time_machine
from django.core.files.storage import InMemoryStorage, storages
from django.core.management import CommandError, call_command
from django.db import connection, transaction
from django.db.migrations import RunSQL
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.state import ProjectState
from django.db.utils import DatabaseError
from django.utils import timezone

from nyemonstre.access.wall import acting_as, as_job
from nyemonstre.audit import actions, chains, jobs
from nyemonstre.audit.log import record
from nyemonstre.audit.models import Alert, Chain, Event, LogRetention
from nyemonstre.postgres.creation import IN_TESTS, as_owner
from tests import roles
from tests.factories import Team, a_municipality

pytestmark = pytest.mark.django_db(transaction=True)

# The functions as they are in production; a test database believes the tests' clock and lets itself be emptied.
REAL_TIME = """create or replace function sec.log_time(claimed timestamptz) returns timestamptz language sql volatile as
$$ select case when session_user in ('nm_web', 'nm_worker') then clock_timestamp() else claimed end $$"""
REAL_TRUNCATE = """create or replace function sec.no_truncate() returns trigger language plpgsql as
$$ begin raise exception 'the log is append-only'; end $$"""
OPEN = "alter table audit_event disable trigger user; alter table audit_chain disable trigger user;"
MEND = """
update audit_chain c set seq = 4, head = (select hash from audit_event e where e.chain_id = c.id and e.seq = 4)
 where id = %(chain)s"""
REWRITE = """
do $$ declare e audit_event; link bytea := '';
begin
  for e in select * from audit_event where chain_id = %(chain)s order by seq loop
    if e.seq = 3 then e.what := 'nothing'; end if;
    link := sec.event_hash(link, e);
    update audit_event set what = e.what, hash = link where id = e.id;
  end loop;
  update audit_chain set head = link where id = %(chain)s;
end $$"""


@contextmanager
def as_worker():
    """The worker while the clock's own job runs."""
    with roles.as_worker(), as_job():
        yield


@pytest.fixture(autouse=True)
def _empty():
    """Refusals of earlier tests were kept, as they should be, outside the transactions of those tests."""
    with as_owner(connection), connection.cursor() as cursor:
        cursor.execute("truncate audit_event, audit_chain")


@pytest.fixture
def store(monkeypatch):
    """A folder for the files of each night."""
    memory = InMemoryStorage()
    monkeypatch.setitem(storages._storages, "log_heads", memory)
    return memory


def five(team, at=None):
    """Five events of one person, and the chain they are in."""
    at = at or timezone.now()
    for n in range(5):
        with (
            time_machine.travel(at + timedelta(milliseconds=n), tick=False),
            acting_as(team.lead),
            transaction.atomic(),
        ):
            event = record("viewed", by=team.lead, facts={"n": n, "ø": 'fjord «"\\', "null": None})
    with acting_as(team.auditor), transaction.atomic():
        return Event.objects.get(pk=event.pk).chain_id


def tampered(*statements, chain):
    """What verify finds after the owner has run these, which are then taken back."""
    heads = chains.read_heads()
    with as_owner(connection), transaction.atomic():
        with connection.cursor() as cursor:
            for statement in statements:
                cursor.execute(statement.replace("%(chain)s", str(chain)))
        found = [(b.seq, b.what) for b in chains.verify(heads).breaks if b.chain == chain]
        transaction.set_rollback(True)
    return found


def fails(statement, words):
    with pytest.raises(DatabaseError, match=words), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)


def test_every_way_of_tampering_is_found_at_its_first_link(store):
    chain = five(Team(), datetime(2026, 3, 2, 12, tzinfo=UTC))
    with as_worker():
        assert chains.export_heads(timezone.localdate()) == ["2026-03-02.json"]
        assert chains.export_heads(timezone.localdate()) == []
        proof = chains.verify(chains.read_heads())
    assert (proof.events, proof.breaks) == (5, [])
    third, second, last = (f"where chain_id = %(chain)s and seq = {n}" for n in (3, 2, 5))
    for name in ("what", "target_id", "role", "reason"):
        found = tampered(OPEN, f"update audit_event set {name} = 'x' {third}", chain=chain)
        assert found == [(3, "raden er endret etter at den ble skrevet")], name
    for change in ("facts = '{}'", "actor_id = null", "at = at + interval '1 microsecond'", "address = '10.0.0.1'"):
        assert tampered(OPEN, f"update audit_event set {change} {second}", chain=chain)[0][0] == 2, change
    assert tampered(OPEN, f"delete from audit_event {second}", chain=chain) == [(2, "leddet er borte")]
    columns = ", ".join(field.column for field in Event._meta.fields[1:])
    twice = f"insert into audit_event (id, {columns}) select gen_random_uuid(), {columns} from audit_event {second}"
    assert tampered(OPEN, twice, chain=chain)[0][0] == 2
    shorter = f"delete from audit_event {last}"
    assert tampered(OPEN, shorter, chain=chain) == [(5, "kjeden slutter for tidlig; resten er borte")]
    # With the head mended too, and with the whole chain written anew, only the file tells.
    assert tampered(OPEN, shorter, MEND, chain=chain) == [(5, "kjeden er kortere enn i filen")]
    assert tampered(OPEN, REWRITE, chain=chain) == [(5, "kjeden er skrevet om: filen har et annet fingeravtrykk")]
    gone = ("delete from audit_event where chain_id = %(chain)s", "delete from audit_chain where id = %(chain)s")
    assert tampered(OPEN, *gone, chain=chain) == [(0, "hele kjeden er borte, men den står i filene")]


def test_the_command_names_what_broke_and_the_files_hold_each_other(store):
    chain = five(Team(), datetime(2026, 3, 2, 12, tzinfo=UTC))
    five(Team(), datetime(2026, 3, 3, 12, tzinfo=UTC))
    with as_worker():
        chains.export_heads(timezone.localdate())
    out, errors = StringIO(), StringIO()
    with as_owner(connection):
        call_command("verify_log", stdout=out, stderr=errors)
        assert "10 hendelser i 2 kjeder" in out.getvalue()
        assert "Alle kjedene er hele" in out.getvalue()
        with connection.cursor() as cursor:
            cursor.execute(OPEN)
            cursor.execute("update audit_event set what = 'x' where chain_id = %s and seq = 4", [chain])
        with pytest.raises(CommandError, match="1 kjeder holder ikke"):
            call_command("verify_log", stdout=out, stderr=errors)
        with connection.cursor() as cursor:
            cursor.execute(OPEN.replace("disable", "enable"))
    assert f"kjede {chain} (02.03.2026), ledd 4: raden er endret" in errors.getvalue()
    first = json.loads(store.open("2026-03-02.json").read())
    first["chains"][0]["seq"] = 4
    store.delete("2026-03-02.json")
    with store.open("2026-03-02.json", "w") as file:
        file.write(json.dumps(first))
    with as_owner(connection), pytest.raises(CommandError, match="endret, eller en fil mangler"):
        call_command("verify_log", stdout=out, stderr=errors)


def test_nobody_changes_an_event_or_a_chain_not_even_the_owner():
    chain = five(Team())
    tries = [
        "update audit_event set what = 'x'",
        "delete from audit_event",
        "truncate audit_event",
        "update audit_chain set head = ''",
        "update audit_chain set seq = seq + 2",
        "delete from audit_chain",
        "truncate audit_chain",
        "truncate log.event_default",
        "set local app.log_retention = 'on'; delete from audit_event",
    ]
    for role in (as_owner, lambda _connection: as_worker()):
        with role(connection):
            for statement in tries:
                fails(f"{REAL_TRUNCATE if role is as_owner else ''}; {statement}", "append-only|permission denied")
    for statement in ("insert into audit_event select * from audit_event", "select * from log.event_default"):
        with as_worker():
            fails(statement, "permission denied")
    with as_worker(), transaction.atomic():
        assert Event.objects.filter(chain_id=chain).count() == 5


def test_the_web_role_cannot_choose_time_or_person():
    team = Team()
    yesterday = timezone.now() - timedelta(days=1)
    with as_owner(connection), connection.cursor() as cursor:
        cursor.execute(REAL_TIME)
    try:
        with acting_as(team.lead), transaction.atomic():
            event = Event(what="viewed", actor_id=team.lead.pk, municipality_id=team.municipality.pk, at=yesterday)
            event.save()
        assert abs(event.at - timezone.now()) < timedelta(seconds=30)
        with acting_as(team.lead), pytest.raises(DatabaseError, match="another person's name"), transaction.atomic():
            Event(what="viewed", actor_id=team.coordinator.pk).save()
    finally:
        with as_owner(connection), connection.cursor() as cursor:
            cursor.execute(IN_TESTS)


def test_nobody_waits_for_another_and_the_chains_still_hold():
    town = a_municipality()

    def write(other, n):
        event = Event(what="viewed", municipality_id=town.pk, facts={"n": n})
        with other.cursor() as cursor:
            cursor.execute("set local lock_timeout = '500ms'")
            cursor.execute("select set_config('app.user_id', '', true)")
            cursor.execute("select sec.record_event(" + ", ".join(["%s"] * 11) + ", %s::inet, %s)", event.written())

    with connection.second() as first, connection.second() as second, first.transaction():
        write(first, 1)
        with second.transaction():  # the first is still at work
            write(second, 2)
        write(first, 3)

    def worker(start):
        with connection.second() as other:
            for n in range(start, start + 25):
                with other.transaction():
                    write(other, n)
        connection.close()

    threads = [Thread(target=worker, args=[100 * n]) for n in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with as_worker():
        proof = chains.verify()
        with transaction.atomic():
            count = Chain.objects.filter(municipality_id=town.pk).count()
    assert (proof.events, proof.breaks) == (103, [])
    assert 2 <= count <= 6, "as many chains as ever wrote at once"


def test_months_without_a_partition_are_kept_and_given_one():
    team = Team()
    chain = five(team, datetime(2031, 7, 31, 21, 59, 59, tzinfo=UTC))
    other = five(team, datetime(2031, 7, 31, 22, 0, 1, tzinfo=UTC))
    assert chain != other, "the day begins at midnight in Norway"
    with as_owner(connection), connection.cursor() as cursor:
        cursor.execute("select count(*) from log.event_default")
        assert cursor.fetchone()[0] == 10
    with as_worker():
        assert jobs.prepare_log() >= 2
        assert jobs.prepare_log() == 0
        assert chains.verify().breaks == []
    with as_owner(connection), connection.cursor() as cursor:
        cursor.execute("select (select count(*) from log.event_default), (select count(*) from log.event_2031_07)")
        assert cursor.fetchone() == (0, 5)
        cursor.execute("select has_table_privilege('nm_web', 'log.event_2031_07', 'select, insert, update, delete')")
        assert cursor.fetchone() == (False,)
        for name in ("event_2031_07", "event_2031_08"):
            cursor.execute(f"alter table audit_event detach partition log.{name}; drop table log.{name}")


def test_what_is_old_enough_is_deleted_and_leaves_a_stump(store):
    """Five years, unless the municipality has decided otherwise."""
    team, other = Team(), Team()
    old = timezone.now() - timedelta(days=5 * 366)
    chain, kept = five(team, old), five(team)
    longer = five(other, old)
    with as_worker():
        chains.export_heads(timezone.localdate())
        actions.keep_log(other.municipality, months=84, by=None)
        assert jobs.forget_log() == 5
        assert jobs.forget_log() == 0
        with transaction.atomic():
            assert not Event.objects.filter(chain_id=chain).exists()
            assert Event.objects.filter(chain_id__in=[kept, longer]).count() >= 10
            stump = Chain.objects.get(pk=chain)
            event = Event.objects.get(what="log_forgotten")
            assert LogRetention.objects.get(pk=other.municipality.pk).months == 84
        proof = chains.verify(chains.read_heads())
        assert (proof.breaks, proof.emptied) == ([], 1)
        with pytest.raises(DatabaseError, match="is kept for"), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("select * from sec.forget_log(%s, current_date - 30)", [team.municipality.pk])
    assert event.municipality_id == team.municipality.pk
    assert event.facts["head"] == bytes(stump.head).hex()
    assert (event.facts["events"], event.facts["chains"], stump.seq) == (5, 1, 5)
    with pytest.raises(CommandError, match="12 måneder"):
        call_command("keep_log", team.municipality.number, "3")


def migrations_of_the_log():
    """Those from the chains on, in order, each with the state of the log's own models before it.

    Run one by one: the executor would take back everything that came after them in other apps, and draw all models anew
    for each. What another app has said of the log's walls since comes last.
    """
    graph, state, steps = MigrationLoader(connection).graph, ProjectState(), []
    for key in graph.forwards_plan(graph.leaf_nodes("audit")[0]):
        if key[0] == "audit":
            steps.append((graph.nodes[key], state))
            state = graph.nodes[key].mutate_state(state)
    others = graph.nodes["families", "0007_access_wall"]
    walls = [step for step in others.operations if isinstance(step, RunSQL) and "audit_event" in step.sql]
    return steps[2:], walls, state


def walls_of_the_log():
    with connection.cursor() as cursor:
        cursor.execute("select * from pg_policies where tablename like 'audit_%' order by tablename, policyname")
        return cursor.fetchall()


def test_a_full_log_goes_back_and_forth_and_is_chained_in_order():
    team = Team()
    five(team, datetime(2026, 3, 2, 12, tzinfo=UTC))
    five(Team())
    with as_owner(connection):

        def rows():
            with connection.cursor() as cursor:
                cursor.execute("select id, at, what, actor_id, facts::text from audit_event order by id")
                return cursor.fetchall()

        before, walls = rows(), walls_of_the_log()
        steps, later, state = migrations_of_the_log()
        try:
            for migration, state_before in reversed(steps):
                with connection.schema_editor() as editor:
                    migration.unapply(state_before.clone(), editor)
            assert rows() == before
            assert walls_of_the_log() != walls
            with pytest.raises(DatabaseError, match="append-only"), connection.cursor() as cursor:
                cursor.execute("delete from audit_event")
        finally:
            for migration, state_before in steps:
                with connection.schema_editor() as editor:
                    migration.apply(state_before.clone(), editor)
            with connection.schema_editor() as editor:
                for step in later:
                    step.database_forwards("audit", editor, state, state)
            with connection.cursor() as cursor:
                cursor.execute(IN_TESTS)
        assert rows() == before
        assert walls_of_the_log() == walls
        proof = chains.verify()
        assert (proof.chains, proof.events, proof.breaks) == (2, 10, [])
        with connection.cursor() as cursor:
            cursor.execute(
                "select facts->>'n' from audit_event where municipality_id = %s order by seq", [team.municipality.pk]
            )
            assert [n for (n,) in cursor.fetchall()] == list("01234")
    with acting_as(team.lead), transaction.atomic():
        record("viewed", by=team.lead)


def an_alert(**changes):
    now = timezone.now()
    facts = {"municipality_id": UUID(int=7), "kind": "at_night", "key": "k", "events": [uuid4()]}
    return Alert(**{**facts, "first_at": now, "last_at": now, **changes})


def test_constraints():
    tries = {
        "alert_times_in_order": lambda: an_alert(last_at=datetime(2020, 1, 1, tzinfo=UTC)).save(),
        "alert_has_events": lambda: an_alert(events=[]).save(),
        "alert_signed_off_by_somebody_with_a_note": lambda: an_alert(note="Sett på").save(),
        "alert_once": lambda: [an_alert().save() for _ in range(2)],
        "retention_a_year_or_more": lambda: LogRetention(municipality_id=uuid4(), months=11).save(force_insert=True),
        "chain_seq_not_negative": lambda: Chain(municipality_id=UUID(int=7), day="2026-01-01", seq=-1, head=b"").save(),
    }
    with as_owner(connection):
        for constraint, attempt in tries.items():
            with pytest.raises(DatabaseError, match=constraint), transaction.atomic():
                attempt()


def test_the_second_connection_needs_no_pool():
    """The worker has none: a process that forks must not share one."""
    with as_worker():
        pooled = connection.settings_dict["OPTIONS"].pop("pool", None)
        try:
            with connection.second() as other:
                assert other.execute("select session_user").fetchone() == ("nm_worker",)
                assert isinstance(other, psycopg.Connection)
        finally:
            if pooled:
                connection.settings_dict["OPTIONS"]["pool"] = pooled
