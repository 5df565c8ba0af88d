"""When things go wrong: bad input, the same form twice, somebody else first, a login that ran out, servers away."""

import pytest
from django.test import Client
from django.urls import reverse

from tests.meta.matrix import undone

from .forms import FORMS, Text
from .world import World, complained_about, said, stands_in

pytestmark = [pytest.mark.slow, pytest.mark.django_db]


@pytest.fixture(scope="module")
def world(shared_rows):
    with shared_rows():
        return World()


# Each form's page is opened once and all is tried on it; dealt out, so that test processes can share them.
SHARES = 2


@pytest.mark.parametrize("share", range(SHARES))
def test_each_form_refuses_strangers_names_what_is_wrong_and_takes_what_is_right_once(world, subtests, share):
    for form in FORMS[share::SHARES]:
        with undone():
            try_all(world, form, subtests)


def try_all(world, form, subtests):
    with subtests.test(form=form.name):
        client = world.client(form)
        good = world.filled(form, client)
    before = world.done()
    if "family" in form.rows and form.who == "coordinator":
        with subtests.test(form=form.name, who="a stranger"):
            try_as_a_stranger(world, form, good)
            assert world.done() == before
    if form.rows[:1] == ("family",) and form.rows[1:2] not in ((), ("round",), ("step",)):
        with subtests.test(form=form.name, row="another family's"):
            try_with_another_familys_row(world, form, client, good)
            assert world.done() == before
    for bad in all_bad(form):
        with subtests.test(form=form.name, **{name: kind for name, (kind, _value) in bad.items()}):
            try_bad(
                world, form, client, good, {world.name(n): foreign(world, value) for n, (_kind, value) in bad.items()}
            )
            assert world.done() == before
    if form.name != "innlogging":
        with subtests.test(form=form.name, kind="good"):
            try_good(world, form, client, good, before)


def all_bad(form):
    """The form filled in wrong, each field in another way each time, until each has been wrong in all its ways."""
    ways = {name: list(field.bad().items()) for name, field in form.fields.items()}
    for nth in range(max(map(len, ways.values()))):
        yield {name: bad[nth] for name, bad in ways.items() if nth < len(bad)}


def foreign(world, value):
    return str(world.others[value.removeprefix("another:")]) if value.startswith("another:") else value


def try_bad(world, form, client, good, bad):
    """Each of the wrong fields must be named, and the others come back as they were typed."""
    answer = client.post(world.address(form), good | bad)
    assert answer.status_code == 422
    marked = complained_about(answer)
    assert not bad.keys() - marked
    kept = stands_in(answer)
    texts = {world.name(n) for n, field in form.fields.items() if isinstance(field, Text) and not field.secret}
    for name in texts - bad.keys():
        assert good[name] in kept[name], name
    for name, value in bad.items():
        if name in texts and "\0" not in value:
            assert value in kept[name], name


def try_good(world, form, client, good, before):
    """Letters of every script are taken; sent once more, it is not done once more."""
    answer = client.post(world.address(form), good)
    assert answer.status_code == (200 if form.stays else 302), said(answer)
    done = world.done()
    assert done > before
    if form.once:
        assert client.post(world.address(form), good).status_code in (302, 404, 422)
        assert world.done() == done


def try_with_another_familys_row(world, form, client, good):
    """The row is of a family that the same person follows, but not of the one in the address."""
    address = reverse(form.address, args=[world.rows["family"], world.others[form.rows[1]]])
    assert client.get(address).status_code == 404
    assert client.post(address, good).status_code == 404


def try_as_a_stranger(world, form, good):
    """Who does not follow the family finds none of its forms."""
    stranger = Client()
    stranger.force_login(world.team.second_coordinator)
    assert stranger.post(world.address(form), good).status_code == 404
    assert Client().post(world.address(form), good).url.startswith("/konto/logg-inn/")
