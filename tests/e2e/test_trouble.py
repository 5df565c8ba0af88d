"""When things go wrong: bad input, the same form twice, somebody else first, a login that ran out, servers away."""

import pytest
from django.test import Client
from django.urls import reverse

from .forms import FORMS, KINDS, Text
from .world import World, complained_about, said, stands_in

pytestmark = [pytest.mark.slow, pytest.mark.django_db]


@pytest.fixture(scope="module")
def world(shared_rows):
    with shared_rows():
        return World()


def test_bad_input_is_said_at_the_field_and_nothing_typed_is_lost(world, subtests):
    for form in FORMS:
        with subtests.test(form=form.name):
            client = world.client(form)
            good = world.filled(form, client)
        for kind in KINDS:
            bad = {world.name(name): field.bad()[kind] for name, field in form.fields.items() if kind in field.bad()}
            if bad:
                with subtests.test(form=form.name, kind=kind):
                    try_bad(world, form, client, good, {n: foreign(world, value) for n, value in bad.items()})


def foreign(world, value):
    return str(world.others[value.removeprefix("another:")]) if value.startswith("another:") else value


def try_bad(world, form, client, good, bad):
    """All fields are bad in the same way at once; each must be named, and the others come back as they were typed."""
    before = world.done()
    answer = client.post(world.address(form), good | bad)
    assert answer.status_code == 422
    assert world.done() == before
    marked = complained_about(answer)
    assert not bad.keys() - marked
    kept = stands_in(answer)
    texts = {world.name(n) for n, field in form.fields.items() if isinstance(field, Text) and not field.secret}
    for name in texts - bad.keys():
        assert good[name] in kept[name], name
    for name, value in bad.items():
        if name in texts and "\0" not in value:
            assert value in kept[name], name


def test_each_form_takes_letters_of_every_script_and_counts_once(world, subtests):
    for form in FORMS:
        if form.name == "innlogging":
            continue
        with subtests.test(form=form.name):
            client = world.client(form)
            good, before = world.filled(form, client), world.done()
            answer = client.post(world.address(form), good)
            assert answer.status_code == (200 if form.stays else 302), said(answer)
            done = world.done()
            assert done > before
            if form.once:
                assert client.post(world.address(form), good).status_code in (302, 404, 422)
                assert world.done() == done


def test_another_familys_rows_are_not_found_under_ones_own(world, subtests):
    for form in FORMS:
        if form.rows[:1] != ("family",) or form.rows[1:2] in ((), ("round",), ("step",)):
            continue
        with subtests.test(form=form.name):
            client, row = world.client(form), form.rows[1]
            good, before = world.filled(form, client), world.done()
            address = reverse(form.address, args=[world.rows["family"], world.others[row]])
            assert client.get(address).status_code == 404
            assert client.post(address, good).status_code == 404
            assert world.done() == before


def test_who_does_not_follow_the_family_finds_none_of_its_forms(world, subtests):
    for form in FORMS:
        if "family" not in form.rows or form.who != "coordinator":
            continue
        with subtests.test(form=form.name):
            good, before = world.filled(form, world.client(form)), world.done()
            stranger = Client()
            stranger.force_login(world.team.second_coordinator)
            assert stranger.post(world.address(form), good).status_code == 404
            assert Client().post(world.address(form), good).url.startswith("/konto/logg-inn/")
            assert world.done() == before
