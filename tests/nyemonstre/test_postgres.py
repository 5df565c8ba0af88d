"""Our database backend: the actor reaches the database, per transaction, and never outlives it."""

import contextlib
import threading
import uuid

import pytest
from django.db import DataError, ProgrammingError, connection, transaction
from django.test.utils import CaptureQueriesContext

from nyemonstre.access.wall import acting_as


def told() -> str:
    """Whom the database believes to act."""
    with connection.cursor() as cursor:
        cursor.execute("select coalesce(current_setting('app.user_id', true), '')")
        return str(cursor.fetchone()[0])


@pytest.mark.django_db(transaction=True)
class TestActor:
    def test_is_told_in_a_transaction_and_forgotten_after(self) -> None:
        user = str(uuid.uuid4())
        with acting_as(user):
            assert told() == ""
            with transaction.atomic():
                assert told() == user
            assert told() == ""

    def test_nobody_acts(self) -> None:
        with transaction.atomic():
            assert told() == ""

    def test_changes_inside_a_transaction_at_once_and_back(self) -> None:
        first, second = str(uuid.uuid4()), str(uuid.uuid4())
        with acting_as(first), transaction.atomic():
            with acting_as(second):
                assert told() == second
                with acting_as(None):
                    assert told() == ""
                assert told() == second
            assert told() == first

    def test_survives_a_savepoint_rolled_back(self) -> None:
        first, second = str(uuid.uuid4()), str(uuid.uuid4())
        with acting_as(first), transaction.atomic():
            with contextlib.suppress(ZeroDivisionError), acting_as(second), transaction.atomic():
                assert told() == second
                raise ZeroDivisionError
            assert told() == first

    def test_failed_statement_inside_a_savepoint(self) -> None:
        first, second = str(uuid.uuid4()), str(uuid.uuid4())
        with acting_as(first), transaction.atomic():
            with pytest.raises(DataError), transaction.atomic(), acting_as(second), connection.cursor() as cursor:
                cursor.execute("select 1/0")
            assert told() == first

    def test_costs_no_counted_query(self) -> None:
        with CaptureQueriesContext(connection) as without, transaction.atomic():
            told()
        with CaptureQueriesContext(connection) as with_actor, acting_as(uuid.uuid4()), transaction.atomic():
            told()
        assert len(with_actor) == len(without)

    def test_threads_do_not_mix(self) -> None:
        wrong: list[str] = []

        def work() -> None:
            try:
                for _ in range(20):
                    user = str(uuid.uuid4())
                    with acting_as(user), transaction.atomic():
                        if told() != user:
                            wrong.append(user)
            finally:
                connection.close()

        threads = [threading.Thread(target=work) for _ in range(5)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert not wrong

    def test_a_pooled_connection_carries_nothing_over(self) -> None:
        with acting_as(uuid.uuid4()), transaction.atomic():
            told()
        connection.close()
        with transaction.atomic():
            assert told() == ""


@pytest.mark.django_db
def test_tests_run_as_the_web_role() -> None:
    with connection.cursor() as cursor:
        cursor.execute("select current_user, rolsuper, rolbypassrls from pg_roles where rolname = current_user")
        assert cursor.fetchone() == ("nm_web", False, False)


@pytest.mark.django_db
def test_the_web_role_cannot_truncate() -> None:
    with (
        pytest.raises(ProgrammingError, match="permission denied"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute("truncate django_session")
