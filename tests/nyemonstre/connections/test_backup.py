"""A backup holds every row, restores with its wall standing, and cannot be taken by anybody else."""

import os
import subprocess
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import psycopg
import pytest
from django.db import connection
from psycopg import sql

from nyemonstre.embedded import _postgres_bin

pytestmark = pytest.mark.django_db
RESTORED = f"restored_{os.getpid()}"


def connect(role: str, database: str = "") -> psycopg.Connection:
    settings = connection.settings_dict
    return psycopg.connect(
        host=settings["HOST"], port=settings["PORT"], dbname=database or settings["NAME"], autocommit=True,
        user=f"nm_{role}", password=os.environ[f"NM_DATABASE_PASSWORD_{role.upper()}"],
    )  # fmt: skip


def run(program: str, role: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    """One of PostgreSQL's own programs, as one of our roles."""
    settings = connection.settings_dict
    place = ["-h", settings["HOST"], "-p", settings["PORT"], "-U", f"nm_{role}"]
    secret = {"PGPASSWORD": os.environ[f"NM_DATABASE_PASSWORD_{role.upper()}"]}
    return subprocess.run(
        [str(_postgres_bin() / program), *place, *arguments],
        env=os.environ | secret, capture_output=True, text=True, check=False,
    )  # fmt: skip


@pytest.fixture
def empty() -> Iterator[str]:
    """A database made from template0 by the owner, as docs/operators.md says."""
    name = sql.Identifier(RESTORED)
    with connect("owner", "postgres") as owner:
        owner.execute(sql.SQL("create database {} template template0").format(name))
        yield RESTORED
        owner.execute(sql.SQL("drop database {}").format(name))


def everything(role: str, database: str = "") -> dict[str, Any]:
    """Rows per table, every policy, and what the web role may do to each table."""
    with connect(role, database) as there:
        tables = there.execute("select format('%I.%I', schemaname, tablename) from pg_tables"
                               " where schemaname in ('public', 'sec') order by 1").fetchall()  # fmt: skip
        policies = there.execute(
            # Without casts and parentheses, which PostgreSQL writes anew each time it reads a condition.
            "select tablename, policyname, permissive, roles::text, cmd,"
            " regexp_replace(concat(qual, ' / ', with_check), '[()]|::(text|character varying)(\\[\\])?', '', 'g')"
            " from pg_policies order by 1, 2"
        ).fetchall()
        rights = there.execute(
            "select table_name, column_name, grantee, privilege_type from information_schema.column_privileges"
            " where grantee in ('nm_web', 'nm_worker') and table_schema in ('public', 'sec') order by 1, 2, 3, 4"
        ).fetchall()
        walls = there.execute(
            "select relname, relrowsecurity, relforcerowsecurity from pg_class"
            " where relnamespace = 'public'::regnamespace and relkind in ('r', 'p') order by 1"
        ).fetchall()
        counts = {t: there.execute(f"select count(*) from {t}").fetchone() for (t,) in tables}
    return {"counts": counts, "policies": policies, "rights": rights, "walls": walls}


def test_a_backup_restores_with_every_row_and_the_wall(
    towns: list[SimpleNamespace], empty: str, tmp_path: Path
) -> None:
    dump = str(tmp_path / "nyemonstre.dump")
    done = run("pg_dump", "backup", "-d", connection.settings_dict["NAME"], "--format=custom", f"--file={dump}")
    assert done.returncode == 0, done.stderr
    options = ("--no-owner", "--no-comments", "--exit-on-error")
    done = run("pg_restore", "owner", "-d", empty, *options, dump)
    assert done.returncode == 0, done.stderr
    before, after = everything("owner"), everything("owner", empty)
    assert before["counts"]["public.families_family"] == (2,)
    for what in before:
        assert after[what] == before[what], what
    with connect("web", empty) as web:
        assert web.execute("select count(*) from families_family").fetchone() == (0,)
        with web.transaction():
            web.execute("select set_config('app.user_id', %s, true)", [str(towns[0].team.coordinator.pk)])
            assert web.execute("select code from families_family").fetchall() == [(towns[0].family.code,)]


@pytest.mark.parametrize("role", ["web", "worker"])
def test_nobody_elses_dump_passes_for_a_backup(towns: list[SimpleNamespace], role: str, tmp_path: Path) -> None:
    done = run("pg_dump", role, "-d", connection.settings_dict["NAME"], f"--file={tmp_path / 'x'}")
    assert done.returncode != 0
    assert "row-level security" in done.stderr or "permission denied" in done.stderr


def test_the_backup_role_only_reads(towns: list[SimpleNamespace]) -> None:
    with connect("backup") as backup:
        backup.execute("set default_transaction_read_only = off")  # a habit of the role, not what protects
        for statement in (
            "update families_family set name = ''",
            "delete from families_member",
            "create table x (y int)",
        ):
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                backup.execute(statement)
