"""All the papers of a plan as one batch: sent to the worker one by one, or made in the request a few at a time.

How far it has come is in the rows, so a page that is loaded anew, or opened elsewhere, shows the same bar.
"""

import time
from dataclasses import dataclass
from functools import partial
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils import timezone, translation

from families.models import Family
from nyemonstre.accounts.models import User

from .actions import order_all_pdfs
from .enums import DocumentState, Problem
from .models import PlanBatch, PlanDocument
from .models.documents import PATIENCE
from .printing import make, send, worker_answers

# Seconds one request may take to make papers when no worker answers. At least one is made.
IN_REQUEST = 8.0


def print_all(family: Family, *, by: User, key: UUID | None = None, **wanted: Any) -> PlanBatch:
    """Order every paper. Raises AlreadyDone for the same form twice."""
    batch = order_all_pdfs(family, straight=not worker_answers(), key=key, by=by, **wanted)
    go_on(batch, by=by)
    return batch


def go_on(batch: PlanBatch, *, by: User) -> None:
    """Make those that wait: by the worker after commit, or some of them now. Asked for twice, each is made once."""
    language = translation.get_language() or "nb"
    rows = PlanDocument.objects.without_content().filter(batch=batch, state=DocumentState.QUEUED)
    waiting = list(rows.order_by("asked_at", "pk").values_list("pk", flat=True))
    if worker_answers():
        for document in waiting:
            transaction.on_commit(partial(send, document, by, language))
        return
    began = time.monotonic()
    for document in waiting:
        make(document, by=by, language=language)
        if time.monotonic() - began > IN_REQUEST:
            return


@dataclass(frozen=True)
class Progress:
    """How far a batch has come. `percent` is 0–100, over all its papers."""

    documents: list[PlanDocument]

    @classmethod
    def of(cls, batch: PlanBatch) -> "Progress":
        """One query, without the files."""
        rows = PlanDocument.objects.without_content().filter(batch=batch).order_by("asked_at", "pk")
        return cls(list(rows))

    @property
    def done(self) -> int:
        return sum(one.state == DocumentState.DONE for one in self.documents)

    @property
    def failed(self) -> int:
        return sum(one.state == DocumentState.FAILED and one.problem != Problem.STOPPED for one in self.documents)

    @property
    def under_way(self) -> bool:
        return any(one.under_way for one in self.documents)

    @property
    def waits(self) -> bool:
        """Whether some are not begun, so that there is something to stop."""
        return any(one.state == DocumentState.QUEUED for one in self.documents)

    @property
    def percent(self) -> int:
        shares = [one.progress if one.under_way else 100 for one in self.documents]
        return sum(shares) // len(shares) if shares else 100

    @property
    def stuck(self) -> bool:
        """Nothing has been finished for so long that waiting more makes no sense."""
        last = max([one.finished_at or one.asked_at for one in self.documents], default=timezone.now())
        straight = any(one.straight for one in self.documents)
        return self.under_way and (straight or timezone.now() - last > PATIENCE)
