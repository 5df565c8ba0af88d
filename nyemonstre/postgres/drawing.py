"""The models a migration works on are drawn again only where they changed (docs/adr/0034).

Django keeps a picture of all models as they stood after each operation. For a new column it draws the model again and,
two steps out, every model that is related to it: with tables that all lead to the family and to the user, some forty
of them for each of five hundred operations. That is nine tenths of what a migration from nothing costs.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.db.migrations.state import ProjectState

Key = tuple[str, str]


@contextmanager
def drawing_little() -> Iterator[None]:
    """Inside, a model that is new or has only got something more is drawn again alone. For migrations forwards.

    Others go on pointing to the model as it was, which is enough to make and change tables. What needs more gets it:
    code of a migration (RunPython) has the whole picture drawn anew before it runs, as `is_delayed` asks for; and so
    have a column that is changed or taken away and is, or may be, what another table points with or to.
    """
    django = ProjectState._find_reload_model
    ProjectState._find_reload_model = _changed  # type: ignore[method-assign]  # put back below
    try:
        yield
    finally:
        ProjectState._find_reload_model = django  # type: ignore[method-assign]  # as it was


def _changed(state: Any, app_label: str, model_name: str, delay: bool = False) -> set[Key]:
    """The models to be drawn again. `delay` is said by Django of what nobody else need know about."""
    state.is_delayed = True
    key = app_label, model_name
    if delay or _only_more(state, key):
        return {key}
    return set(state.models)


def _only_more(state: Any, key: Key) -> bool:
    try:
        before = state.apps.get_model(*key)._meta
    except LookupError:
        return True
    return {field.name for field in before.local_fields + before.local_many_to_many} < set(state.models[key].fields)
