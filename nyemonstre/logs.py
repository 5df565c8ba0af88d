"""What may stand in a log line."""

import logging
from typing import Any

from nyemonstre.audit.origin import current_origin


class WithoutRequest(logging.Filter):
    """Take off what Django hangs on a record (request, SQL parameters), and the question part of an address.

    Put on the number of the request the line belongs to.
    A form's contents, a search for a name and SQL parameters are personal data, and logs are read by others.
    """

    def filter(self, record: logging.LogRecord) -> bool:
        """Always lets the record through, thinner than it came."""
        for name in ("request", "params", "sql"):
            if hasattr(record, name):
                delattr(record, name)
        if isinstance(record.args, tuple):
            record.args = tuple(_path_only(value) for value in record.args)
        # The same number as in the log of events and in the answer's X-Request-ID.
        record.request_id = current_origin().request_id or "-"
        return True


def _path_only(value: object) -> object:
    if isinstance(value, str) and value.startswith("/") and "?" in value:
        return value.split("?", 1)[0]
    return value


class LineFormatter(logging.Formatter):
    """One line, and under it the traceback of an error without the row that PostgreSQL quotes in it.

    A broken constraint says "Failing row contains (…)", with everything somebody had typed. Which table and which
    constraint it was still stands there.
    """

    def formatException(self, ei: Any) -> str:
        """See logging.Formatter."""
        text, error = super().formatException(ei), ei[1]
        while error is not None:
            detail = getattr(getattr(error, "diag", None), "message_detail", None)
            if detail:
                text = text.replace(detail, "…")
            error = error.__cause__ or error.__context__
        return text
