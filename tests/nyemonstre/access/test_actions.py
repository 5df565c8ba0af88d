"""The shape every write has."""

import pytest
from django.db import connection

from nyemonstre.access.actions import action
from nyemonstre.access.wall import current_actor
from nyemonstre.accounts.models import Draft
from nyemonstre.audit.log import record
from tests.factories import a_user

pytestmark = pytest.mark.django_db


def test_action_is_seen_by_the_wall_as_by():
    user = a_user()

    @action
    def look(*, by):
        record("viewed", by=by)
        with connection.cursor() as cursor:
            cursor.execute("select current_setting('app.user_id', true)")
            return current_actor(), cursor.fetchone()[0]

    assert look(by=user) == (str(user.pk), str(user.pk))
    assert current_actor() == ""


def test_action_without_an_event_is_an_error_and_writes_nothing(acting_as):
    user = a_user()

    @action
    def forgetful(*, by):
        Draft.objects.create(user=by, key="/x/")

    with pytest.raises(RuntimeError, match="forgetful left no Event"):
        forgetful(by=user)
    with acting_as(user):
        assert not Draft.objects.exists()


def test_quiet_action_needs_no_event(acting_as):
    user = a_user()

    @action(quiet="typing")
    def type_on(*, by):
        Draft.objects.create(user=by, key="/x/")

    type_on(by=user)
    with acting_as(user):
        assert Draft.objects.count() == 1


def test_an_event_of_a_nested_action_counts():
    user = a_user()

    @action
    def inner(*, by):
        record("viewed", by=by)

    @action
    def outer(*, by):
        inner(by=by)

    outer(by=user)


def test_positional_arguments_are_refused_at_import():
    with pytest.raises(TypeError, match="by keyword"):

        @action
        def loose(family, step, *, by):
            """Two positional arguments."""


def test_an_action_must_take_by():
    with pytest.raises(TypeError, match="by="):

        @action
        def anonymous(family, *, step):
            """Nobody's act."""
