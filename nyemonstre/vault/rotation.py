"""Changing keys: every sealed value is sealed again with the current one, in small batches, while people work."""

import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from django.apps import apps
from django.conf import settings
from django.db import models, transaction
from django.db.models import Count, Q
from django.utils.module_loading import import_string

from nyemonstre.access.actions import action
from nyemonstre.access.wall import as_job
from nyemonstre.audit.log import record

from .enums import VaultEvent
from .fields import SealedField

# Seconds to let the other one finish, when all that is left is locked by somebody who saves just now.
PAUSE = 0.2


@dataclass(frozen=True)
class Place:
    """Somewhere sealed values lie. What lies in no SealedField has a Place of its own, named in settings.NM_SEALED."""

    name: str
    # The rows with a secret; `_seal` is the number of its key, `_index` that of the index key where there is one.
    rows: Callable[[], models.QuerySet]
    # What to write into one row so that it is sealed with the current keys: column → value. Raises vault.CannotOpen.
    again: Callable[[Any], dict[str, Any]]
    indexed: bool = False

    def outdated(self) -> models.QuerySet:
        """Rows whose value, or index, is not by the current key."""
        wrong = ~Q(_seal=settings.NM_VAULT_KEYS.current)
        if self.indexed:
            wrong |= ~Q(_index=settings.NM_INDEX_KEYS.current)
        return self.rows().filter(wrong)

    def keys_in_use(self) -> list[tuple[int, int | None, int]]:
        """(number of the key, number of the index key, rows): a key with no rows may be taken out of its ring."""
        names = ("_seal", "_index") if self.indexed else ("_seal",)
        rows = self.rows().order_by(*names).values_list(*names).annotate(count=Count("pk"))
        with transaction.atomic():
            return [(numbers[0], numbers[1] if self.indexed else None, count) for *numbers, count in rows]


def places() -> Iterator[Place]:
    """Every SealedField of every table, and what settings.NM_SEALED names."""
    for model in apps.get_models():
        yield from (_of_field(field) for field in model._meta.local_fields if isinstance(field, SealedField))
    yield from (import_string(path) for path in settings.NM_SEALED)


def first_byte(column: Any) -> models.Func:
    """The number of the key a sealed value of bytes begins with."""
    return models.Func(column, template="get_byte(%(expressions)s, 0)", output_field=models.IntegerField())


def rotate(*, size: int = 200, tell: Callable[[str, int], None] = lambda _place, _rows: None) -> Counter[str]:
    """Seal everything with the current keys; rows per place. Stopped half-way, it goes on where it was when run again.

    `tell` hears of each batch.
    Raises CannotOpen for a value whose key is no longer in the ring; what was done before it stays done.
    """
    done: Counter[str] = Counter()
    with as_job():
        for place in places():
            while True:
                while rows := rotate_batch(place, size=size, by=None):
                    done[place.name] += rows
                    tell(place.name, rows)
                with transaction.atomic():  # outside a transaction the wall shows no rows, and all would seem done
                    if not place.outdated().exists():
                        break
                time.sleep(PAUSE)
    return done


@action(quiet="a batch in which nothing was left to do leaves nothing; each other one leaves an event")
def rotate_batch(place: Place, *, size: int, by: None) -> int:
    """Seal up to `size` rows again and count them. Rows somebody is saving just now are left for the next batch.

    A row is locked while it is read and written, so a change made at the same time waits and is never overwritten.
    Its `version` stays as it is: nobody's open form is told of a change that is none.
    """
    rows = list(place.outdated().order_by("pk").select_for_update(skip_locked=True, of=("self",))[:size])
    for row in rows:
        type(row)._base_manager.filter(pk=row.pk).update(**place.again(row))
    if rows:
        facts = {"table": type(rows[0])._meta.db_table, "rows": len(rows), "key": settings.NM_VAULT_KEYS.current}
        record(VaultEvent.KEYS_ROTATED, by=by, facts=facts)
    return len(rows)


def _of_field(field: SealedField) -> Place:
    numbers = {"_seal": first_byte(field.attname)} | ({"_index": first_byte(field.index)} if field.index else {})

    def rows() -> models.QuerySet:
        return field.model._base_manager.exclude(**{field.attname: None}).annotate(**numbers)

    def again(row: Any) -> dict[str, Any]:
        field.put(row, field.read(row))
        return {name: getattr(row, name) for name in (field.attname, field.index) if name}

    return Place(f"{field.model._meta.db_table}.{field.column}", rows, again, indexed=bool(field.index))
