"""What may stand in a log line.

Logs are read by others than the log of events is. A form's contents, a search for a name, SQL parameters, and what an
error says of the value it stumbled over ("Failing row contains …") are personal data; which error it was, and where in
our code, are not.
"""

import logging
import traceback
from types import TracebackType
from typing import Any

from nyemonstre.audit.origin import current_origin

# What celery tells of a task that failed: the error in words, and what it was called with.
OF_A_TASK = ("exc", "traceback", "args", "kwargs", "return_value")


class WithoutRequest(logging.Filter):
    """Take off what Django and celery hang on a record, and the question part of an address.

    Put on the number of the request the line belongs to.
    """

    def filter(self, record: logging.LogRecord) -> bool:
        """Always lets the record through, thinner than it came."""
        for name in ("request", "params", "sql"):
            if hasattr(record, name):
                delattr(record, name)
        if isinstance(record.args, dict):
            record.args = {key: "…" if key in OF_A_TASK else value for key, value in record.args.items()}
        elif isinstance(record.args, tuple):
            record.args = tuple(_path_only(value) for value in record.args)
        # The same number as in the log of events and in the answer's X-Request-ID.
        record.request_id = current_origin().request_id or "-"
        return True


class LineFormatter(logging.Formatter):
    """One line, and for an error its kind and the places in the code it came through; never what it says."""

    def formatException(self, ei: Any) -> str:
        """The errors, innermost cause first, as Python prints them but without their messages."""
        _kind, error, trace = ei
        return "".join(_told(error, trace)).rstrip("\n") if error else ""


def _told(error: BaseException, trace: TracebackType | None) -> list[str]:
    cause = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
    before = [*_told(cause, cause.__traceback__), "… and then:\n"] if cause else []
    return [*before, *traceback.format_tb(trace), f"{kind_of(error)}\n"]


def kind_of(error: BaseException) -> str:
    """The class of an error; for one of the database also its code and the rule that was broken."""
    diagnosis = getattr(error, "diag", None)
    facts = [getattr(diagnosis, name, None) for name in ("sqlstate", "table_name", "column_name", "constraint_name")]
    return " ".join([f"{type(error).__module__}.{type(error).__qualname__}", *(str(fact) for fact in facts if fact)])


def _path_only(value: object) -> object:
    if isinstance(value, str) and value.startswith("/") and "?" in value:
        return value.split("?", 1)[0]
    return value
