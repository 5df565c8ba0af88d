"""One address, opened as one person: its queries, and its time beside another's. The tests ask here too."""

import statistics
import time
from collections.abc import Callable
from typing import Any
from unittest.mock import patch  # only to count the log's rows, and to leave them out: the difference is the figure
from uuid import UUID

from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from nyemonstre.accounts.models import User
from nyemonstre.audit.models import Event

# Seconds for one number; those that are compared share theirs.
PATIENCE = 3
# Rounds that warm up and are not counted; always fewer of them than are.
WARM = 2


def costs(repeats: int, *whats: Callable[[], Any]) -> list[dict[str, float]]:
    """Milliseconds of each: the median of `repeats` rounds, after some that warm up; fewer when slow, but three.

    They take turns, so that what else the machine does meets them all alike.
    """
    rounds: list[list[tuple[float, float]]] = []
    limit = time.perf_counter() + PATIENCE * len(whats)
    warm = min(WARM, repeats - 1)
    for n in range(warm + repeats):
        if n >= warm + 3 and time.perf_counter() > limit:
            break
        rounds.append([_once(what) for what in whats])
    return [
        {
            "cpu_ms": round(statistics.median(one[n][0] for one in rounds[warm:]), 2),
            "wall_ms": round(statistics.median(one[n][1] for one in rounds[warm:]), 2),
        }
        for n in range(len(whats))
    ]


def _once(what: Callable[[], Any]) -> tuple[float, float]:
    began, spent = time.perf_counter(), time.process_time()
    what()
    return (time.process_time() - spent) * 1000, (time.perf_counter() - began) * 1000


class Page:
    """One address, as one person."""

    def __init__(self, user: User, path: str) -> None:
        self.path = path
        self.client = Client()
        self.client.force_login(user)

    def get(self, path: str = "") -> bytes:
        """The page. Raises AssertionError unless it is one."""
        answer = self.client.get(path or self.path)
        assert answer.status_code == 200, f"{path or self.path} answers {answer.status_code}"
        return answer.content

    def queries(self, path: str) -> int:
        """How many it takes. Counted at once: the next request empties the list."""
        with CaptureQueriesContext(connection) as captured:
            self.get(path)
            return len(captured)

    def own_queries(self) -> int:
        """How many it takes besides those of any page: whose session it is, and whose rows."""
        return self.queries(self.path) - self.queries("/bare/1000/")

    def without_log(self) -> None:
        """The page as if nothing were written in the log."""
        with patch.object(Event, "save"):
            self.get()

    def measure(self, repeats: int) -> dict[str, Any]:
        """The page, the bare view of equal bytes, and what it would cost if nothing were written in the log."""
        size = len(self.get())
        bare = f"/bare/{size}/"
        queries, bare_queries = self.queries(self.path), self.queries(bare)
        with patch.object(Event, "save", autospec=True, side_effect=Event.save) as saved:
            self.get()
        page, beside, silent = costs(repeats, self.get, lambda: self.get(bare), self.without_log)
        return {
            "html_bytes": size,
            "queries": queries,
            **page,
            "bare": {"queries": bare_queries, **beside},
            "times_bare_cpu": round(page["cpu_ms"] / beside["cpu_ms"], 1),
            "without_log": silent,
            "log_rows": saved.call_count,
            "log_share_of_wall": round(max(0.0, 1 - silent["wall_ms"] / page["wall_ms"]), 3),
        }


def pattern_queries(coordinator: User, family_id: UUID) -> int:
    """What the pattern of a family costs the database, in a process that has read its forms of questions before."""
    pattern = Page(coordinator, reverse("assessments:pattern", args=[family_id]))
    pattern.get()
    return pattern.own_queries()
