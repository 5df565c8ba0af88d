"""Bokmål stands in the code; nynorsk and English are there in full."""

import re
from functools import cache
from pathlib import Path

import pytest
from babel.messages.pofile import read_po

from nyemonstre.setup.messages import LANGUAGES, place, texts


@cache
def in_the_code() -> frozenset:
    """Every text of code and templates; reading them all takes a while."""
    return frozenset(message.id for message in texts() if message.id)


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_text_is_translated(language):
    with place(language).open("rb") as file:
        catalogue = read_po(file, locale=language)
    known = {message.id: message for message in catalogue if message.id}
    assert not in_the_code() - set(known), "run «make messages», and translate what it adds"
    empty = [text for text, message in known.items() if not message.string or not all(message.string)]
    assert not empty
    assert not [text for text, message in known.items() if message.fuzzy]


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_placeholder_is_lost(language):
    with place(language).open("rb") as file:
        catalogue = read_po(file, locale=language)
    assert not [(message.id, [str(error) for error in errors]) for message, errors in catalogue.check()]


def test_gettext_goes_by_a_name_that_is_looked_for():
    """Under any other name its sentences are in no catalogue, and stay bokmål for everybody."""
    root = Path(__file__).resolve().parents[2]
    rooms = ("nyemonstre", "families", "consent", "assessments", "documents", "plans", "referrals", "history")
    files = [path for room in rooms for path in (root / room).rglob("*.py")]
    assert not [str(path) for path in files if re.search(r"\bn?gettext(_lazy)? as (?!_$)", path.read_text(), re.M)]
