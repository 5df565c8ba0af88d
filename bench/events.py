"""How many events a second the log takes: writers in one municipality, each event in a transaction of its own."""

import threading
import time
from typing import Any
from uuid import uuid4

import psycopg
from django.db import connection

from nyemonstre.accounts.models import User
from nyemonstre.audit.models import RECORD, Event


def events_per_second(user: User, *, writers: int = 8, seconds: float = 4) -> dict[str, Any]:
    """All of them write as `user`, on connections of the web role, as fast as they can."""
    params = connection.get_connection_params()
    counts: list[int] = [0] * writers
    stop = time.monotonic() + seconds

    def write(n: int) -> None:
        with psycopg.connect(**params) as other, other.cursor() as cursor:
            while time.monotonic() < stop:
                with other.transaction():
                    cursor.execute("select set_config('app.user_id', %s, true)", [str(user.pk)])
                    cursor.execute(RECORD, _event(user).written())
                counts[n] += 1

    threads = [threading.Thread(target=write, args=[n]) for n in range(writers)]
    began = time.monotonic()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    spent = time.monotonic() - began
    return {"writers": writers, "events_per_s": round(sum(counts) / spent)}


def _event(user: User) -> Event:
    return Event(
        what="viewed", actor_id=user.pk, municipality_id=user.home_municipality_id, target_type="families.family",
        target_id=str(uuid4()), facts={"permission": "view_family"}, role="coordinator", address="10.0.0.1",
        request_id=uuid4(),
    )  # fmt: skip
