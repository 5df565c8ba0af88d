"""The same form sent twice (a double click, a reload) makes one row: the form carries the row's own key."""

from typing import Any
from uuid import uuid4

from django import forms
from django.db import models
from django.utils.translation import gettext as _

from nyemonstre.refusals import AlreadyDone


class OnceForm(forms.Form):
    """Mix in to a form that makes something new; give `cleaned_data["key"]` to the action as the row's pk."""

    key = forms.UUIDField(widget=forms.HiddenInput, initial=uuid4)


def refuse_twice(rows: models.QuerySet, key: Any) -> None:
    """Raise AlreadyDone, with the row the first one made, when `key` is taken. None never is."""
    if key is not None and (row := rows.filter(pk=key).first()):
        raise AlreadyDone(_("Dette var alt lagret."), row=row)
