"""On many rows the wall costs what a person's own families cost, not what the table holds."""

import json
from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any

import psycopg
import pytest
from django.db import connection, transaction

from nyemonstre.access.wall import acting_as, families
from tests.nyemonstre.connections.test_backup import connect

pytestmark = pytest.mark.django_db
FAMILIES, EACH = 1_500, 12


@pytest.fixture(scope="module")
def crowd(towns: list[SimpleNamespace]) -> None:
    """Thousands of rows of families in the second town, put there by the owner: enough that scanning them shows."""
    fill = """
        insert into families_family (id, municipality_id, code, name, protection, whole_protection, state,
                                     life_phase, registered_at,
                                     version, pause_reason, closed_reason)
        select gen_random_uuid(), %(town)s, 'X' || n, 'Mange', 'none', 'none', 'active', '', now(), 1, '', ''
          from generate_series(1, %(families)s) n;
        insert into families_milestone (id, family_id, step, number, undone_reason)
        select gen_random_uuid(), f.id, 'feedback', n, '' from families_family f, generate_series(1, %(each)s) n
         where f.name = 'Mange';
        analyze families_family; analyze families_milestone;
    """
    values = {"town": towns[1].team.municipality.pk, "families": FAMILIES, "each": EACH}
    with connect("owner") as owner, psycopg.ClientCursor(owner) as cursor:
        cursor.execute(fill, values)


def plan_of(statement: str) -> Iterator[dict[str, Any]]:
    """Every step PostgreSQL took, with the rows it read and threw away."""
    with connection.cursor() as cursor:
        cursor.execute(f"explain (analyze, format json) {statement}")
        (found,) = cursor.fetchone()
    waiting = [(json.loads(found) if isinstance(found, str) else found)[0]["Plan"]]
    while waiting:
        step = waiting.pop()
        waiting += step.get("Plans", [])
        yield step


def read(statement: str, table: str) -> int:
    """Rows of the table that were looked at."""
    steps = [step for step in plan_of(statement) if step.get("Relation Name") == table]
    assert steps
    return sum((step["Actual Rows"] + step.get("Rows Removed by Filter", 0)) * step["Actual Loops"] for step in steps)


def test_the_wall_reads_ones_own_rows_and_no_more(towns: list[SimpleNamespace], crowd: None) -> None:
    with acting_as(towns[0].team.coordinator), transaction.atomic():
        assert read("select * from families_milestone", "families_milestone") < 100
        assert read("select * from families_family", "families_family") < 10
        assert read("select * from families_milestone order by due_until limit 20", "families_milestone") < 100


def test_the_other_way_to_write_it_would_show(towns: list[SimpleNamespace], crowd: None) -> None:
    """`in (select …)` beside it: else the test above could be right for the wrong reason, with too few rows."""
    condition = families("list_family").replace("= any (array(", "in (").replace("))", ")")
    with connect("owner") as owner:
        owner.execute("alter policy nm_web_read on families_milestone using (" + condition + ")")
        try:
            with acting_as(towns[0].team.coordinator), transaction.atomic():
                assert read("select * from families_milestone", "families_milestone") > FAMILIES * EACH
        finally:
            owner.execute(f"alter policy nm_web_read on families_milestone using ({families('list_family')})")
