"""What `make mutants` leans on: mistakes that still fit the code, each with a test that is there."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from django.db import connection

from nyemonstre.setup.mutants import ROOT, Mutant, Stale, definition, mutants

SEEDED = mutants()


def ask(query: str, values: list[str]) -> tuple:
    with connection.cursor() as cursor:
        cursor.execute(query, values)
        return cursor.fetchone()


@pytest.mark.django_db
def test_every_mistake_still_fits_the_code():
    for mutant in SEEDED:
        assert sum(map(bool, (mutant.function, mutant.sql, mutant.file))) == 1, mutant.name
        if not mutant.sql:
            text = definition(ask, mutant.function) if mutant.function else (ROOT / mutant.file).read_text()
            assert mutant.seeded_in(text) != text, mutant.name


def test_there_are_enough_of_them_and_each_names_its_tests():
    assert len({mutant.name for mutant in SEEDED}) == len(SEEDED) >= 40
    for mutant in SEEDED:
        assert mutant.tests, mutant.name
        assert all((ROOT / path).exists() for path in mutant.tests), mutant.name


def test_a_mistake_goes_where_it_is_told_to():
    facts = {"name": "a", "mistake": "b", "tests": ()}
    twice = "x <= now and y <= now"
    assert Mutant(**facts, old="<=", new="<").seeded_in(twice) == "x < now and y < now"
    assert Mutant(**facts, old="<=", new="<", nth=1).seeded_in(twice) == "x <= now and y < now"
    for stale in (Mutant(**facts, old="z", new=""), Mutant(**facts, old="<=", new="", nth=2)):
        with pytest.raises(Stale):
            stale.seeded_in(twice)
    with pytest.raises(Stale):  # in a file it must be clear which place is meant
        Mutant(**facts, file="f.py", old="<=", new="<").seeded_in(twice)


def test_a_name_that_nothing_has_is_told():
    command = [sys.executable, str(Path("nyemonstre/setup/mutants.py"))]
    given = os.environ | {"ONLY": "no-such-mistake"}
    done = subprocess.run(command, cwd=ROOT, env=given, capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert "no-such-mistake" in done.stdout
