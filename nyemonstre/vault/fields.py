"""A column that holds a secret, and the column it is found by."""

from typing import Any

from django.db import models

from . import blind_index, blind_indexes, decrypt, encrypt


class SealedField(models.BinaryField):
    """A secret. Loading a row does not open it; `read(row)` does, so that every opening is somebody's line of code.

    `index` names a BinaryField on the same row that `put` fills with the blind index. `within` names a column whose
    value is bound to the secret and to the index: the same text in two municipalities gives two unlike indexes, and a
    sealed value copied from one to the other does not open.
    """

    def __init__(self, *args: Any, index: str = "", within: str = "", **kwargs: Any) -> None:
        self.index, self.within = index, within
        super().__init__(*args, **kwargs)

    def deconstruct(self) -> Any:
        """Names of columns are part of the field, so that migrations keep them."""
        name, path, args, kwargs = super().deconstruct()
        return name, path, args, kwargs | {key: getattr(self, key) for key in ("index", "within") if getattr(self, key)}

    def where(self, row: Any) -> str:
        """What the secret is bound to: "table.column", with the value of `within` where there is one."""
        return self.bound_to(getattr(row, self.within) if self.within else "")

    def bound_to(self, value: Any) -> str:
        """`where` of a row whose `within` column holds `value`."""
        place = f"{self.model._meta.db_table}.{self.column}"
        return f"{place}:{value}" if self.within else place

    def put(self, row: Any, text: str) -> None:
        """Seal `text` into `row`, and its index; the row is not saved."""
        where = self.where(row)
        setattr(row, self.attname, encrypt(text, where=where))
        if self.index:
            setattr(row, self.index, blind_index(text, where=where))

    def read(self, row: Any) -> str:
        """The text of `row`. Raises vault.CannotOpen."""
        return decrypt(getattr(row, self.attname), where=self.where(row))

    def lookup(self, text: str, value: Any = "") -> list[bytes]:
        """What to compare the index column with (`__in`) to find `text` in rows whose `within` column is `value`."""
        return blind_indexes(text, where=self.bound_to(value))
