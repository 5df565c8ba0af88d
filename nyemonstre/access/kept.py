"""A row rule, kept as the SQL Django makes of it.

A page asks `permitted` of many models, one inside the other, and building the question takes longer than the answer.
So its condition is compiled once for each model and permission, with marks where the person and the row stand; from
then on it is a piece of SQL with parameters. A moment in it is now, and a day is today. A rule about a day (which
consent counts then) is kept in the same way, with a mark where the day stands.
"""

import re
from abc import abstractmethod
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

# Where the person and the day stand among the parameters, and the row's table in the SQL.
USER, DAY, ROW = UUID(int=1), date.min, "nm_the_row"
# What Django calls a table of a subquery.
INSIDE = re.compile(r"\b([T-Z]\d+)\b")


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


def kept_on_day(rule: Callable) -> Callable:
    """Decorator for a question `rule(self, on)` that filters by nothing but the day `on` (default today in Norway).

    It must ask on the model's own columns and in subqueries, as with `kept`.
    """

    @wraps(rule)
    def asked(self: Any, on: date | None = None) -> Any:
        return self.filter(OnDay(rule, type(self), self.model, on or timezone.localdate()))

    asked.rule = rule  # type: ignore[attr-defined]  # the tests ask the rule itself
    return asked


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


class Kept(Expression):
    """A condition kept as SQL, on the row it is asked of."""

    conditional = True
    allowed_default = False

    def __init__(self, *question: Any) -> None:
        super().__init__(output_field=BooleanField())
        self.question = question
        self.row: Any = F("pk")

    @property
    def identity(self) -> tuple:
        return (type(self), *self.question, self.row)

    def get_source_expressions(self) -> list:
        return [self.row]

    def set_source_expressions(self, expressions: Any) -> None:
        (self.row,) = expressions

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, Any]:
        condition = self.condition()
        if condition is None:
            raise EmptyResultSet
        sql, parameters = condition
        name = f'"{ROW}"', compiler.quote_name_unless_alias(self.row.alias)
        return sql.replace(*name), parameters

    @abstractmethod
    def condition(self) -> tuple[str, list] | None:
        """The SQL and its parameters; None when no row can answer to it."""


class Holds(Kept):
    """The condition of one rule, for one person."""

    def condition(self) -> tuple[str, list] | None:
        """With the person and the time filled in."""
        *question, user = self.question
        condition = _condition(*question)
        return condition and (condition[0], [_fact(parameter, user) for parameter in condition[1]])


class OnDay(Kept):
    """The condition of one rule about a day."""

    def condition(self) -> tuple[str, list] | None:
        """With the day filled in."""
        *question, day = self.question
        sql, parameters = _condition_on_day(*question)
        return sql, [day if parameter == DAY else parameter for parameter in parameters]


@cache
def _condition(rule: Callable, rows: type, model: Any, permission: tuple[str, ...]) -> tuple[str, list] | None:
    """The rule's WHERE and its parameters; None when nobody can ever have the permission."""
    try:
        sql, parameters = _compiled(rule(rows(model), SimpleNamespace(pk=USER), *permission), rule)
    except EmptyResultSet:
        return None
    assert USER in parameters, f"{model.__name__}.permitted does not ask by ids"
    return sql, parameters


@cache
def _condition_on_day(rule: Callable, rows: type, model: Any) -> tuple[str, list]:
    """The WHERE of a rule about a day, and its parameters."""
    sql, parameters = _compiled(rule(rows(model), DAY), rule)
    assert DAY in parameters, f"{model.__name__}.{rule.__name__} does not ask by the day"
    return sql, parameters


def _compiled(asked: Any, rule: Callable) -> tuple[str, list]:
    """What stands after WHERE, with marks in it. Raises EmptyResultSet when no row can answer to it.

    The tables of its subqueries get names of their own. Django's (U0, V0 …) may be those of the question it is put
    into, and the row would be taken for one inside.
    """
    query = asked.query
    base = query.get_initial_alias()
    joined = {table for table, uses in query.alias_refcount.items() if uses} - {base}
    assert not joined, f"{asked.model.__name__} joins {joined}"
    where = query.where.relabeled_clone({base: ROW})
    sql, parameters = where.as_sql(query.get_compiler(connection=connection), connection)
    # Inside a subquery the name is an alias from outside, and stands without quotes.
    sql = sql.replace(f'"{ROW}"', ROW).replace(ROW, f'"{ROW}"')
    sql = INSIDE.sub(rf"{asked.model._meta.db_table}_{rule.__name__}_\1", sql)
    return f"({sql})", list(parameters)


def _fact(parameter: Any, user: UUID | None) -> Any:
    if isinstance(parameter, datetime):
        return timezone.now()
    if isinstance(parameter, date):
        return timezone.localdate()
    return user if parameter == USER else parameter
