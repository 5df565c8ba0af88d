"""Two people may edit the same row. The second save is told, and loses nothing."""

from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _

from .refusals import Stale

NEWER = _("Noen har lagret en nyere utgave mens du skrev. Det du skrev, står her. Se over, og lagre en gang til.")


class Versioned(models.Model):
    """A row that counts its saves. The form carries `version`; `lock` compares it."""

    version = models.PositiveIntegerField(default=1, editable=False)

    class Meta:
        abstract = True


def lock(row: Any, version: int | None) -> Any:
    """The row fresh from the database, locked until the transaction ends, its version counted up but not yet saved.

    Raises Stale, with the newer row, when `version` is not the one in the database. None skips the comparison.
    """
    current = type(row)._default_manager.select_for_update(of=("self",)).get(pk=row.pk)
    if version is not None and version != current.version:
        raise Stale(NEWER, current=current)
    current.version += 1
    return current
