"""Changing keys: every sealed value is sealed again with the current one, in small batches, while people work."""

import time
from collections import Counter
from collections.abc import Callable, Iterator

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


def sealed_fields() -> Iterator[SealedField]:
    """Every SealedField of every table."""
    for model in apps.get_models():
        yield from (field for field in model._meta.local_fields if isinstance(field, SealedField))


def rotate(*, size: int = 200, tell: Callable[[str, int], None] = lambda _table, _rows: None) -> Counter[str]:
    """Seal everything with the current keys; rows per place. Stopped half-way, it goes on where it was when run again.

    `tell` hears of each batch. Secrets that lie in no SealedField are done by the functions that settings.NM_RESEAL
    names: each takes `size=`, seals that many again, and returns how many it did.
    Raises CannotOpen for a value whose key is no longer in the ring; what was done before it stays done.
    """
    done: Counter[str] = Counter()

    def run(place: str, batch: Callable[[], int]) -> None:
        while rows := batch():
            done[place] += rows
            tell(place, rows)

    with as_job():
        for field in sealed_fields():
            place = f"{field.model._meta.db_table}.{field.column}"
            while True:
                run(place, lambda field=field: rotate_batch(field, size=size, by=None))
                with transaction.atomic():  # outside a transaction the wall shows no rows, and all would seem done
                    if not outdated(field).exists():
                        break
                time.sleep(PAUSE)
        for path in settings.NM_RESEAL:
            run(path, lambda path=path: import_string(path)(size=size))
    return done


@action(quiet="a batch in which nothing was left to do leaves nothing; each other one leaves an event")
def rotate_batch(field: SealedField, *, size: int, by: None) -> int:
    """Seal up to `size` rows again and count them. Rows somebody is saving just now are left for the next batch.

    A row is locked while it is read and written, so a change made at the same time waits and is never overwritten.
    Its `version` stays as it is: nobody's open form is told of a change that is none.
    """
    rows = list(outdated(field).order_by("pk").select_for_update(skip_locked=True, of=("self",))[:size])
    for row in rows:
        field.put(row, field.read(row))
        columns = [field.attname, *([field.index] if field.index else [])]
        type(row)._base_manager.filter(pk=row.pk).update(**{name: getattr(row, name) for name in columns})
    if rows:
        facts = {"table": field.model._meta.db_table, "rows": len(rows), "key": settings.NM_VAULT_KEYS.current}
        record(VaultEvent.KEYS_ROTATED, by=by, facts=facts)
    return len(rows)


def outdated(field: SealedField) -> models.QuerySet:
    """Rows whose value, or index, is not by the current key."""
    wrong = ~Q(_seal=bytes([settings.NM_VAULT_KEYS.current]))
    if field.index:
        wrong |= ~Q(_index=bytes([settings.NM_INDEX_KEYS.current]))
    return _with_numbers(field).filter(wrong)


def keys_in_use(field: SealedField) -> list[tuple[int, int | None, int]]:
    """(number of the key, number of the index key, rows): a key with no rows may be taken out of its ring."""
    names = ("_seal", "_index") if field.index else ("_seal",)
    rows = _with_numbers(field).order_by(*names).values_list(*names).annotate(rows=Count("pk"))
    with transaction.atomic():
        return [(numbers[0][0], numbers[1][0] if field.index else None, count) for *numbers, count in rows]


def _with_numbers(field: SealedField) -> models.QuerySet:
    """Rows with a secret, and the numbers of the keys: the first byte of the value and of the index."""
    names = {"_seal": field.attname} | ({"_index": field.index} if field.index else {})
    first = {
        name: models.Func(
            column, function="substring", template="%(function)s(%(expressions)s from 1 for 1)",
            output_field=models.BinaryField(),
        )
        for name, column in names.items()
    }  # fmt: skip
    return field.model._base_manager.exclude(**{field.attname: None}).annotate(**first)
