"""A row rule, kept as the SQL Django makes of it.

A page asks `permitted` of many models, one inside the other, and building the question takes longer than the answer.
So its condition is compiled once for each model and permission, with marks where the person and the row stand; from
then on it is a piece of SQL with parameters. A moment in it is now, and a day is today.
"""

from collections.abc import Callable
from datetime import date, datetime
from functools import cache, wraps
from types import SimpleNamespace
from typing import Any
from uuid import UUID

from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import BooleanField, Expression, F
from django.utils import timezone

# Where the person stands among the parameters, and the row's table in the SQL.
USER, ROW = UUID(int=1), "nm_the_row"


def kept(rule: Callable) -> Callable:
    """Decorator for a `permitted(self, user, permission)` that filters by nothing but ids, the permission and the time.

    It must ask on the model's own columns and in subqueries: a join of its own could not be told from the caller's.
    """

    @wraps(rule)
    def permitted(self: Any, user: Any, permission: Any = None) -> Any:
        told = () if permission is None else (str(permission),)
        return self.filter(Holds(rule, type(self), self.model, told, user.pk))

    permitted.rule = rule  # type: ignore[attr-defined]
    return permitted


def holds(user: Any, permission: str, target: Any) -> bool | None:
    """Does the rule of `target`'s model let `user` do this to it? None where its rule is not kept."""
    model: Any = type(target)
    rows: Any = type(model._default_manager.all())
    rule = getattr(rows.permitted, "rule", None)
    if rule is None:
        return None
    condition = _condition(rule, rows, model, (str(permission),))
    if condition is None:
        return False
    sql, parameters = condition
    quote, meta = connection.ops.quote_name, model._meta
    key = f"{quote(ROW)}.{quote(meta.pk.column)}"
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT 1 FROM {quote(meta.db_table)} {quote(ROW)} WHERE {key} = %s AND {sql}",  # noqa: S608  Django's own
            [target.pk, *(_fact(parameter, user.pk) for parameter in parameters)],
        )
        return cursor.fetchone() is not None


class Holds(Expression):
    """The condition of one rule, for one person, on the row it is asked of."""

    conditional = True
    allowed_default = False

    def __init__(self, rule: Callable, rows: type, model: type, permission: tuple[str, ...], user: UUID | None) -> None:
        super().__init__(output_field=BooleanField())
        self.question = (rule, rows, model, permission)
        self.user = user
        self.row: Any = F("pk")

    @property
    def identity(self) -> tuple:
        return (type(self), *self.question, self.user, self.row)

    def get_source_expressions(self) -> list:
        return [self.row]

    def set_source_expressions(self, expressions: Any) -> None:
        (self.row,) = expressions

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, Any]:
        condition = _condition(*self.question)
        if condition is None:
            raise EmptyResultSet
        sql, parameters = condition
        name = f'"{ROW}"', compiler.quote_name_unless_alias(self.row.alias)
        return sql.replace(*name), [_fact(parameter, self.user) for parameter in parameters]


@cache
def _condition(rule: Callable, rows: type, model: Any, permission: tuple[str, ...]) -> tuple[str, list] | None:
    """The rule's WHERE and its parameters; None when nobody can ever have the permission."""
    query = rule(rows(model), SimpleNamespace(pk=USER), *permission).query
    base = query.get_initial_alias()
    joined = {table for table, uses in query.alias_refcount.items() if uses} - {base}
    assert not joined, f"{model.__name__}.permitted joins {joined}"
    where = query.where.relabeled_clone({base: ROW})
    try:
        sql, parameters = where.as_sql(query.get_compiler(connection=connection), connection)
    except EmptyResultSet:
        return None
    assert USER in parameters, f"{model.__name__}.permitted does not ask by ids"
    return f"({sql})", list(parameters)


def _fact(parameter: Any, user: UUID | None) -> Any:
    if isinstance(parameter, datetime):
        return timezone.now()
    if isinstance(parameter, date):
        return timezone.localdate()
    return user if parameter == USER else parameter
