"""The shape of every write: in somebody's name, all or nothing, and never without a trace in the log."""

from collections.abc import Callable
from functools import wraps
from inspect import Parameter, signature
from typing import Any

from django.db import transaction
from django.db.models import Model

from nyemonstre.audit.log import counting

from .denied import keep
from .wall import acting_as


def action(function: Callable | None = None, *, quiet: str = "", in_log: str = "") -> Callable:
    """Make `function` an action: keyword-only `by`, atomic, seen by the wall as `by`, with an Event or an error.

    `quiet` is the reason why an action leaves no Event (a draft saved while typing). An action that is refused or
    fails leaves its Event apart from the transaction it loses: with the action's name and the rule that stopped it, or
    with `in_log` alone, for an action whose name tells what the log must not (docs/adr/0010).
    Raises TypeError at import when the signature is wrong, RuntimeError when it left no Event.
    """
    if function is None:
        return lambda function: action(function, quiet=quiet, in_log=in_log)
    parameters = list(signature(function).parameters.values())
    if (
        any(p.kind not in (Parameter.KEYWORD_ONLY, Parameter.VAR_KEYWORD) for p in parameters[1:])
        or "by" not in signature(function).parameters
    ):
        raise TypeError(
            f"{function.__module__}.{function.__name__}: every argument after the first by keyword, and by="
        )

    @wraps(function)
    def run(*args: Any, by: Any, **kwargs: Any) -> Any:
        try:
            with acting_as(by), transaction.atomic(), counting() as events:
                result = function(*args, by=by, **kwargs)
                if not quiet and not events:
                    raise RuntimeError(f"{function.__name__} left no Event")
                return result
        except Exception as error:
            row = args[0] if args and isinstance(args[0], Model) else None
            name = in_log or f"{function.__module__}.{function.__name__}"
            keep(error, by=by, target=row, with_rule=not in_log, action=name)
            raise

    run.is_action = True  # type: ignore[attr-defined]
    run.quiet = quiet  # type: ignore[attr-defined]
    return run
