"""The last wall: row-level security, so that a forgotten filter returns nothing.

Two halves. In Python, `acting_as` says who is asking; our database backend (nyemonstre/postgres) repeats it
to PostgreSQL at the start of each transaction. In SQL, `protect` writes the policies of one table in a migration.
No actor, or no transaction, means no rows.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import datetime
from typing import Any

from django.db import connection
from django.db.migrations.operations import RunSQL

_actor: ContextVar[str] = ContextVar("nm_actor", default="")
_job: ContextVar[bool] = ContextVar("nm_job", default=False)
_moment: ContextVar[str] = ContextVar("nm_moment", default="")


def current_actor() -> str:
    """The UUID of the user the database believes is asking, or an empty string."""
    return _actor.get()


def transaction_settings() -> dict[str, str]:
    """What the database backend sets, local to the transaction, each time one begins."""
    return {"app.user_id": _actor.get(), "app.job": "on" if _job.get() else "", "app.moment": _moment.get()}


@contextmanager
def acting_as(user: Any) -> Iterator[None]:
    """Everything inside is done in the name of `user` (a User, its id, or None for nobody)."""
    actor = str(getattr(user, "pk", user) or "")
    with _set(_actor, actor):
        yield


@contextmanager
def as_job() -> Iterator[None]:
    """The clock is acting: the worker's own database role may read across families. Nothing for the web role."""
    with _set(_job, True):
        yield


@contextmanager
def happening_at(moment: datetime) -> Iterator[None]:
    """Row history takes `moment` for the time of what is written. Only for made-up data, which plays on other days."""
    with _set(_moment, moment.isoformat()):
        yield


@contextmanager
def _set(variable: ContextVar, value: Any) -> Iterator[None]:
    before = variable.get()
    token = variable.set(value)
    if value != before:
        _tell_database()
    try:
        yield
    finally:
        variable.reset(token)
        if value != before:
            _tell_database()


def _tell_database() -> None:
    """Inside a running transaction its start has passed, so say it now. A rollback brings the earlier actor back."""
    if not connection.needs_rollback:
        connection.apply_actor()  # type: ignore[attr-defined]  # from nyemonstre.postgres


# --- policies ---------------------------------------------------------------------------------------------------


def families(permission: str, column: str = "family_id") -> str:
    """Rows of the families on which the actor has `permission`.

    The ARRAY form is evaluated once and becomes an index condition; `IN (SELECT …)` scans the whole table.
    """
    return f"{column} = any (array(select sec.families('{permission}')))"


def municipalities(permission: str, column: str = "municipality_id") -> str:
    """Rows of the municipalities in which one of the actor's roles has `permission`."""
    return f"{column} = any (array(select sec.municipalities('{permission}')))"


def registering(column: str = "family_id") -> str:
    """Families the actor may add rows to while registering them: until somebody follows them. For INSERT only."""
    return f"{column} = any (array(select sec.families_to_register()))"


def not_shut_out(column: str = "family_id") -> str:
    """No rows of a family the actor is shut out of, whatever else would open them."""
    return f"not ({column} = any (array(select sec.shut_out())))"


def either(*conditions: str) -> str:
    return "(" + " or ".join(f"({condition})" for condition in conditions) + ")"


def protect(table: str, *, read: str, write: str, insert: str = "", delete: str = "") -> RunSQL:
    """Put the wall around `table`: forced row security and one policy per verb.

    `write` guards UPDATE, and INSERT and DELETE unless they are given. The owner (migrations) sees all rows.
    The worker sees what the actor sees, or everything inside `as_job()`.
    """
    insert, delete = insert or write, delete or write
    sql = [
        f"alter table {table} enable row level security",
        f"alter table {table} force row level security",
        f"create policy owner on {table} to nm_owner using (true) with check (true)",
    ]
    for role, everything in (("nm_web", ""), ("nm_worker", "sec.is_job() or ")):
        changes = everything + write
        sql += [
            f"create policy {role}_read on {table} for select to {role} using ({everything}{read})",
            f"create policy {role}_insert on {table} for insert to {role} with check ({everything}{insert})",
            f"create policy {role}_update on {table} for update to {role} using ({changes}) with check ({changes})",
            f"create policy {role}_delete on {table} for delete to {role} using ({everything}{delete})",
        ]
    names = ["owner"] + [
        f"{r}_{verb}" for r in ("nm_web", "nm_worker") for verb in ("read", "insert", "update", "delete")
    ]
    undo = [f"drop policy if exists {name} on {table}" for name in names]
    undo += [f"alter table {table} no force row level security", f"alter table {table} disable row level security"]
    return RunSQL(";\n".join(sql), ";\n".join(undo))


def tie(table: str, *, name: str = "one_family", **parents: str) -> RunSQL:
    """Hold the other parents of a row to the row's own family: `tie("consent_consent", member_id="families_member")`.

    PostgreSQL checks a foreign key past the wall, so without this a crafted id would be accepted, and would tell by
    another error whether a foreign row exists. These policies restrict: they come on top of what `protect` allows.
    """
    conditions = [
        f"({column} is null or sec.is_of_family('{parent}', {column}, family_id))" for column, parent in parents.items()
    ]
    return restrict(table, " and ".join(conditions), name=name)


def tie_to_readable(table: str, **parents: str) -> RunSQL:
    """The same for parents outside the family (a service): rows which the actor may read."""
    conditions = [
        f"({column} is null or exists (select from {parent} p where p.id = {table}.{column}))"
        for column, parent in parents.items()
    ]
    return restrict(table, " and ".join(conditions), name="readable")


def restrict(table: str, condition: str, *, name: str) -> RunSQL:
    """What is added or changed holds `condition` too, whatever `protect` allows, and whoever writes."""
    web = "nm_web, nm_worker"
    return RunSQL(
        f"create policy {name}_insert on {table} as restrictive for insert to {web} with check ({condition});\n"
        f"create policy {name}_update on {table} as restrictive for update to {web} with check ({condition})",
        f"drop policy {name}_update on {table};\ndrop policy {name}_insert on {table}",
    )


_CLAUSES = {"read": ("using",), "insert": ("with check",), "update": ("using", "with check"), "delete": ("using",)}


def reword(table: str, verb: str, *, to: str, was: str) -> RunSQL:
    """Change one verb's policy (read, insert, update, delete) of a table that `protect` stands around already."""

    def sql(condition: str) -> str:
        lines = []
        for role, everything in (("nm_web", ""), ("nm_worker", "sec.is_job() or ")):
            clauses = " ".join(f"{clause} ({everything}{condition})" for clause in _CLAUSES[verb])
            lines.append(f"alter policy {role}_{verb} on {table} {clauses}")
        return ";\n".join(lines)

    return RunSQL(sql(to), sql(was))
