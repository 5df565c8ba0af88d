"""Row history, by the database itself: who added, changed or removed which row, and what stood there before.

`keep_history` is called once per table, in a migration. The trigger it attaches writes to `history_change` (see
history/migrations/0001_initial.py and docs/adr/0012), so a write that goes round the actions leaves its trace too.
"""

from collections.abc import Iterable

from django.db.migrations.operations import RunSQL

_WATCH = """
create trigger keep_history_{verb} after {verb} on {table} referencing {rows}
  for each statement execute function sec.keep_history('{permission}', '{family}', '{secret}', '{elsewhere}')
"""
_ROWS = {
    "insert": "new table as new_rows",
    "update": "old table as old_rows new table as new_rows",
    "delete": "old table as old_rows",
}
# Restrictive: it narrows what the permission opens, and never widens it.
_FOLLOW = """
create policy {role}_follows_{table} on history_change as restrictive for select to {role} using (
  {everything}table_name <> '{table}' or exists (select from {table} live where live.id = row_id))
"""
_READERS = (("nm_web", ""), ("nm_worker", "sec.is_job() or "))


def keep_history(
    table: str,
    *,
    permission: str,
    family: str = "family_id",
    secret: Iterable[str] = (),
    elsewhere: Iterable[str] = (),
    follows: bool = False,
) -> RunSQL:
    """Keep the history of every row of `table`.

    `permission` is the one that opens the table itself; whoever lacks it on the family sees no change of it.
    `family` is the column with the family's id. `secret` columns are named when they change, and their values are
    never copied: identity numbers, addresses, file contents. Columns that have a history of their own `elsewhere` are
    not even named. `follows`: a change shows only while the row itself may
    be seen by the same person, for tables whose own wall asks for more than the permission. Not for tables whose rows
    are deleted, because then nobody would see that.
    """
    names = {"table": table, "permission": permission, "family": family, "secret": ",".join(secret)}
    names["elsewhere"] = ",".join(elsewhere)
    sql = [_WATCH.format(verb=verb, rows=rows, **names) for verb, rows in _ROWS.items()]
    undo = [f"drop trigger if exists keep_history_{verb} on {table}" for verb in _ROWS]
    if follows:
        sql += [_FOLLOW.format(table=table, role=role, everything=everything) for role, everything in _READERS]
        undo += [f"drop policy if exists {role}_follows_{table} on history_change" for role, _everything in _READERS]
    return RunSQL(";\n".join(sql), ";\n".join(undo))
