"""The same form sent twice (a double click, a reload) makes one row: the form carries the row's own key."""

from typing import Any
from uuid import UUID, uuid4

from django import forms
from django.db import connections, models
from django.utils.translation import gettext as _

from nyemonstre.refusals import AlreadyDone


class OnceForm(forms.Form):
    """Mix in to a form that makes something new; give `cleaned_data["key"]` to the action as the row's pk."""

    key = forms.UUIDField(widget=forms.HiddenInput, initial=uuid4)


def refuse_twice(rows: models.QuerySet, key: Any) -> None:
    """Raise AlreadyDone, with the row the first one made, when `key` is taken. None never is.

    A double click is two requests at once. The second waits here until the first is committed, and then sees its row;
    else both would look, find nothing, and the second end in a duplicate key. Call it inside the transaction that
    saves the row: an action.
    """
    if key is None:
        return
    with connections[rows.db].cursor() as cursor:
        cursor.execute("select pg_advisory_xact_lock(%s)", [_number(key)])
    if row := rows.filter(pk=key).first():
        raise AlreadyDone(_("Dette var alt lagret."), row=row)


def _number(key: UUID) -> int:
    """The key as PostgreSQL's locks take it, signed, 64 bits. Two keys with one number only wait for each other."""
    return int.from_bytes(key.bytes[:8], signed=True)
