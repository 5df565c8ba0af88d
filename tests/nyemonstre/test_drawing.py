"""A migration does the same with little drawn as with everything drawn, and code in it sees everything."""

import re

import pytest
from django.core.management import get_commands
from django.db import connection, models
from django.db.migrations import operations
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.state import ProjectState

from nyemonstre.postgres.drawing import drawing_little

# As far as here there is a bit of everything: keys, columns changed and dropped, indexes, constraints, code. The tables
# are few, for with each of them everything takes longer to draw.
SO_FAR = ("accounts", "0018_escalation")


def in_sql() -> list[str]:
    loader = MigrationLoader(None)
    plan = [(loader.graph.nodes[key], False) for key in loader.graph.forwards_plan(SO_FAR)]
    loader.connection = connection
    # A default that is the time of the migration itself is another one each time.
    return [re.sub(r"'[^']+'::timestamptz", "now", line) for line in loader.collect_sql(plan)]


@pytest.mark.django_db
def test_the_same_is_done():
    with drawing_little():
        ours = in_sql()
    assert len(ours) > 300
    assert ours == in_sql()


@pytest.fixture
def state():
    """A home, and a child that points to it; both drawn."""
    state = ProjectState()
    with drawing_little():
        for name, fields in (("home", {}), ("child", {"home": models.ForeignKey("somewhere.home", models.CASCADE)})):
            columns = [("id", models.AutoField(primary_key=True)), *fields.items()]
            operations.CreateModel(name, columns).state_forwards("somewhere", state)
            _ = state.apps
        yield state


def drawn(state):
    return {name: state.apps.get_model("somewhere", name) for name in ("home", "child")}


@pytest.mark.parametrize(
    ("operation", "again"),
    [
        (operations.AddField("home", "town", models.TextField(default="")), {"home"}),
        (operations.AddField("home", "other", models.ForeignKey("somewhere.child", models.CASCADE)), {"home"}),
        (operations.AddIndex("child", models.Index(fields=["home"], name="child_home")), {"child"}),
        (operations.AlterField("home", "id", models.BigAutoField(primary_key=True)), {"home", "child"}),
        (operations.RemoveField("child", "home"), {"home", "child"}),
    ],
    ids=lambda value: type(value).__name__ if not isinstance(value, set) else "",
)
def test_what_is_drawn_again(state, operation, again):
    before = drawn(state)
    operation.state_forwards("somewhere", state)
    after = drawn(state)
    assert {name for name in after if after[name] is not before[name]} == again


@pytest.mark.django_db
def test_code_in_a_migration_sees_every_change(state):
    seen = []

    def look(apps, _editor):
        home, child = apps.get_model("somewhere", "home"), apps.get_model("somewhere", "child")
        seen.append((child._meta.get_field("home").related_model is home, "town" in str(home._meta.get_fields())))

    operations.AddField("home", "town", models.TextField(default="")).state_forwards("somewhere", state)
    assert drawn(state)["child"]._meta.get_field("home").related_model is not drawn(state)["home"]
    with connection.schema_editor(collect_sql=True) as editor:
        operations.RunPython(look).database_forwards("somewhere", editor, state, state)
    assert seen == [(True, True)]


def test_the_command_is_ours():
    assert get_commands()["migrate"] == "nyemonstre.postgres"
