"""Many families, fast: the ones the demo walked are copied row by row in SQL, so each is as rich as a real one.

A copy's ids are made from the original's and the copy's number, in every column that names a row of the same family.
Runs as the superuser of a database that is thrown away: the rules were proven when the originals were made.
"""

from collections.abc import Iterable
from typing import Any

import psycopg
from psycopg import sql

# Not copied: the log and the history of rows have no part in these pages, a printed plan is large, a referral is told
# once, and a code or a link is for one family.
LEFT_OUT = {
    "audit_event", "audit_alert", "history_change", "plans_plandocument", "referrals_intakedecision",
    "families_familygroupgrant", "assessments_fitinvitation", "plans_minutescopy",
}  # fmt: skip
FAMILY_TABLES = """
    select table_name from information_schema.columns join information_schema.tables using (table_schema, table_name)
     where table_schema = 'public' and column_name in ('family_id', 'content_object_id') and table_type = 'BASE TABLE'
     order by 1
"""
# Every uuid column that is a key, or points into a table of the family.
OWN_IDS = """
    select c.relname, a.attname
      from pg_attribute a join pg_class c on c.oid = a.attrelid
     where c.relname = any(%(tables)s) and c.relnamespace = 'public'::regnamespace and a.attnum > 0
       and (a.attname = 'id'
            or exists (select from pg_constraint f
                        where f.contype = 'f' and f.conrelid = c.oid and a.attnum = any(f.conkey)
                          and f.confrelid = any(%(tables)s::regclass[])))
"""
COLUMNS = """
    select table_name, column_name from information_schema.columns
     where table_schema = 'public' and table_name = any(%(tables)s) order by table_name, ordinal_position
"""
# Columns that name the coordinator who follows the family.
FOLLOWS = {("families_assignment", "user_id"), ("families_familyusergrant", "user_id")}


class Filler:
    """Copies the families of one coordinator, again and again, each time to a coordinator made for them."""

    def __init__(self, database: psycopg.Connection, municipality: str) -> None:
        self.database = database
        self.municipality = municipality
        database.execute("set session_replication_role = replica")
        tables = [name for (name,) in database.execute(FAMILY_TABLES) if name not in LEFT_OUT]
        self.tables = [*tables, "families_family"]
        own = database.execute(OWN_IDS, {"tables": self.tables}).fetchall()
        self.own = set(own) | {("families_familyusergrant", "content_object_id"), ("documents_document", "key")}
        self.columns: dict[str, list[str]] = {}
        for table, column in database.execute(COLUMNS, {"tables": self.tables}):
            self.columns.setdefault(table, []).append(column)
        self.copied = 0

    def count(self) -> int:
        """Families in all."""
        return self._one("select count(*) from families_family")

    def source(self, coordinator: str) -> None:
        """Remember whose families are copied: at most ten."""
        self.database.execute("drop table if exists pg_temp.source")
        self.database.execute(
            """create temp table source as
               select family_id, user_id from families_assignment
                where user_id = %s and kind = 'responsible' and valid_until is null order by family_id limit 10""",
            [coordinator],
        )
        self.per_copy = self._one("select count(*) from source")

    def grow(self, families: int, municipalities: Iterable[str]) -> None:
        """Copy until there are `families`; the copies are dealt out over the municipalities (ids)."""
        missing = families - self.count()
        copies = -(-missing // self.per_copy)
        if copies <= 0:
            return
        first, last = self.copied + 1, self.copied + copies
        self.copied = last
        self._coordinators(first, last, list(municipalities))
        for table in self.tables:
            self._copy(table)
        self.database.execute("analyze")

    def only(self, tables: Iterable[str]) -> None:
        """From now on copy rows of these tables alone."""
        self.tables = [name for name in self.tables if name in tables]

    def new_municipalities(self, number: int) -> list[str]:
        """Ids of `number` municipalities that did not exist, else like ours."""
        rows = self.database.execute(
            """insert into accounts_municipality
               select (jsonb_populate_record(m, jsonb_build_object(
                          'id', gen_random_uuid(), 'number', lpad(n::text, 4, '0'), 'name', 'Kommune ' || n,
                          'code', 'B' || lpad(n::text, 3, '0')))).*
                 from accounts_municipality m, generate_series(1, %s::int) n where m.id = %s returning id""",
            [number, self.municipality],
        )
        return [str(row[0]) for row in rows]

    def make_due(self) -> None:
        """Something to be told of for each coordinator: one window of one of their families is open today."""
        self.database.execute(
            """update families_milestone m
                  set due_from = current_date - 3, due_on = current_date + 10, due_until = current_date + 25
                 from (select distinct on (a.user_id) w.id
                         from families_assignment a
                         join families_family f on f.id = a.family_id and f.state = 'active'
                        join families_milestone w on w.family_id = f.id
                         and w.reached_on is null and w.undone_at is null
                        where a.valid_until is null
                        order by a.user_id, w.due_from, w.id) one
                where one.id = m.id"""
        )

    def gather(self) -> None:
        """Move everybody into the one municipality."""
        for table in ("families_family", "accounts_membership"):
            self.database.execute(
                sql.SQL("update {} set municipality_id = %s").format(sql.Identifier(table)), [self.municipality]
            )
        self.database.execute("vacuum analyze")

    def _coordinators(self, first: int, last: int, municipalities: list[str]) -> None:
        self.database.execute("create temp table if not exists copy (n int primary key, municipality uuid)")
        self.database.execute("truncate copy")
        self.database.execute(
            "insert into copy select n, (%s::uuid[])[1 + n %% %s::int] from generate_series(%s::int, %s::int) n",
            [municipalities, len(municipalities), first, last],
        )
        self._insert("accounts_user", "md5(t.id::text || n)::uuid", {"email": "n || t.email", "name": "t.name || n"})
        self._insert("accounts_membership", "gen_random_uuid()", {
            "user_id": "md5(t.user_id::text || n)::uuid", "municipality_id": "copy.municipality",
        })  # fmt: skip

    def _insert(self, table: str, key: str, changed: dict[str, str]) -> None:
        """The coordinator's own row in `table`, once per copy."""
        whose = "id" if table == "accounts_user" else "user_id"
        columns = [
            row[0]
            for row in self.database.execute(
                "select column_name from information_schema.columns where table_name = %s and table_schema = 'public'",
                [table],
            )
        ]
        values = [{"id": key, **changed}.get(column, f't."{column}"') for column in columns]
        names = ", ".join(f'"{column}"' for column in columns)
        self.database.execute(
            f"insert into {table} ({names}) select {', '.join(values)} from {table} t, copy "  # noqa: S608  our own names
            f"where t.{whose} = (select user_id from source limit 1)"
        )

    def _copy(self, table: str) -> None:
        names = ", ".join(f'"{column}"' for column in self.columns[table])
        values = ", ".join(self._value(table, column) for column in self.columns[table])
        family = {"families_family": "id", "families_familyusergrant": "content_object_id"}.get(table, "family_id")
        self.database.execute(
            f"insert into {table} ({names}) select {values} "  # noqa: S608  our own names
            f"from {table} t join source on source.family_id = t.{family} cross join copy"
        )

    def _value(self, table: str, column: str) -> str:
        if (table, column) in FOLLOWS:
            return "md5(source.user_id::text || n)::uuid"
        if (table, column) == ("families_family", "code"):
            return "'Q' || n || right(t.code, 5)"
        if (table, column) == ("families_family", "municipality_id"):
            return "copy.municipality"
        if (table, column) in self.own:
            return f'md5(t."{column}"::text || n)::uuid'
        return f't."{column}"'

    def _one(self, query: str, *arguments: Any) -> Any:
        row = self.database.execute(query, arguments).fetchone()
        assert row is not None
        return row[0]
