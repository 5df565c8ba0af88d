"""Every address is on the short public list, or guarded; what the guards answer to strangers is asked, not assumed."""

from collections.abc import Iterator
from functools import cache
from uuid import uuid4

import pytest
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from families.stages import Step
from nyemonstre.access.roles import EVERYWHERE, GRANTED, Permission, Role
from nyemonstre.access.wall import acting_as
from tests.factories import Team, family_at
from tests.factories.everything import family_with_everything

# Open to everybody, and why. Anything else that needs no login fails the test below.
PUBLIC = {
    "health": "asked by the load balancer; says only whether the database answers",
    "accounts:login": "the way in",
    "accounts:logout": "the way out works with an ended session too",
    "accounts:password_forgot": "asks for a link by mail; the same answer to everybody",
    "accounts:second_step": "between the password and the second factor",
    "accounts:passkey": "the way in with a passkey",
    "accounts:work_account": "the way to the municipality's login provider",
    "accounts:work_account_done": "the way back from it, with a state of this browser",
    "accounts:invitation": "a link with a secret, sent by the administrator",
    "accounts:language_set": "visitors choose a language",
    "accounts:password_set": "a link with a secret, sent by the administrator",
    "referrals:referral_new": "services and families send a henvendelse without an account",
    "referrals:referral_receipt": "the receipt, by a signed secret; shows only its number",
    "ui:accessibility": "the law asks for it",
    "ui:privacy": "a family may read it before it says yes",
}


def patterns(resolver=None, prefix: str = "", namespace: str = "") -> Iterator[tuple[str, str, URLPattern]]:
    for row in (resolver or get_resolver()).url_patterns:
        if isinstance(row, URLResolver):
            inner = namespace + (f"{row.namespace}:" if row.namespace else "")
            yield from patterns(row, prefix + str(row.pattern), inner)
        else:
            yield f"{namespace}{row.name}", prefix + str(row.pattern), row


VIEWS = {name: row for name, _route, row in patterns()}
GUARDED = {name: row for name, row in VIEWS.items() if hasattr(row.callback, "requires")}
OF_A_FAMILY = sorted(name for name, row in GUARDED.items() if "family_id" in row.pattern.converters)


@cache
def others_with(permission: Permission) -> Role:
    """A role that can use the permission; its person in another municipality must still be told 404."""
    return next(role for role in Role if permission in EVERYWHERE[role] | GRANTED[role])


def stand_in(row: URLPattern, **known) -> dict:
    """Arguments for an address: what is known, and ids of nothing for the rest."""
    samples = {"UUIDConverter": uuid4, "IntConverter": lambda: 1, "SlugConverter": lambda: "baseline"}
    return {
        name: known.get(name) or samples.get(type(converter).__name__, lambda: "x")()
        for name, converter in row.pattern.converters.items()
    }


def other_ids(row: URLPattern) -> list[str]:
    """The arguments that name a row of the family, beside the family itself."""
    return [name for name in row.pattern.converters if name.endswith("_id") and name != "family_id"]


def both(client, address: str) -> dict[str, int]:
    """Status of GET and POST. 405 is dropped: the address does not take that verb from anybody."""
    answers = {"GET": client.get(address).status_code, "POST": client.post(address, {}).status_code}
    kept = {verb: status for verb, status in answers.items() if status != 405}
    assert kept, f"{address} takes neither GET nor POST"
    return kept


@pytest.fixture(scope="module")
def team(shared_rows):
    with shared_rows():
        return Team()


@pytest.fixture(scope="module")
def stranger(shared_rows):
    """The people of another municipality."""
    with shared_rows():
        return Team()


@pytest.fixture(scope="module")
def mine(shared_rows, team):
    with shared_rows():
        return family_at(Step.PLAN, team, name="Min")


@pytest.fixture(scope="module")
def theirs(shared_rows, team):
    """Another family that the same coordinator follows, with a row in every table."""
    with shared_rows():
        return family_with_everything(team, name="Din")


def test_names_are_unique():
    names = [name for name, _route, _row in patterns()]
    assert len(names) == len(set(names))
    assert not [name for name in names if name.endswith("None")]


def test_every_address_is_public_guarded_or_ones_own():
    open_to_all = {name for name, row in VIEWS.items() if getattr(row.callback, "login_required", True) is False}
    assert open_to_all == set(PUBLIC)
    loose = [
        name
        for name, row in VIEWS.items()
        if name not in PUBLIC and not hasattr(row.callback, "requires") and not hasattr(row.callback, "signed_in")
    ]
    assert not loose, f"neither @public, @signed_in nor @requires: {loose}"


@pytest.mark.django_db
@pytest.mark.parametrize("name", sorted(set(VIEWS) - set(PUBLIC)))
def test_a_visitor_is_sent_to_the_login(client, name):
    answer = client.get(reverse(name, kwargs=stand_in(VIEWS[name])))
    assert answer.status_code == 302
    assert answer.url.startswith(reverse("accounts:login"))


@pytest.mark.django_db
@pytest.mark.parametrize("name", sorted(GUARDED))
def test_a_role_without_the_permission_is_told_403(client, name, team):
    permission = GUARDED[name].callback.requires
    without = next(role for role in Role if permission not in EVERYWHERE[role] | GRANTED[role])
    client.force_login(getattr(team, str(without)))
    answers = both(client, reverse(name, kwargs=stand_in(GUARDED[name])))
    assert set(answers.values()) == {403}, answers


@pytest.mark.django_db
@pytest.mark.parametrize("name", OF_A_FAMILY)
def test_another_municipality_and_another_coordinator_are_told_404(client, name, team, stranger, mine):
    row = GUARDED[name]
    address = reverse(name, kwargs=stand_in(row, family_id=mine.pk))
    client.force_login(getattr(stranger, str(others_with(row.callback.requires))))
    assert set(both(client, address).values()) == {404}
    if row.callback.requires in GRANTED[Role.COORDINATOR]:
        client.force_login(team.second_coordinator)
        assert set(both(client, address).values()) == {404}


@pytest.mark.django_db
@pytest.mark.parametrize("name", [name for name in OF_A_FAMILY if other_ids(VIEWS[name])])
def test_another_familys_row_under_ones_own_family_is_404(client, name, team, mine, theirs):
    """The crafted address: my family's id, and the id of a row of a family that I also follow."""
    row = GUARDED[name]
    with acting_as(team.coordinator):
        foreign = rows_of(theirs, other_ids(row))
    client.force_login(team.coordinator if row.callback.requires in GRANTED[Role.COORDINATOR] else team.lead)
    address = reverse(name, kwargs=stand_in(row, family_id=mine.pk, **foreign))
    assert set(both(client, address).values()) == {404}


def rows_of(family, keys: list[str]) -> dict:
    """For each argument of an address, a row of this family."""
    found = {}
    for key in keys:
        find = ROWS.get(key)
        assert find, f"write in ROWS where {key} is found"
        row = find(family)
        assert row is not None, f"family_with_everything has no {key}: let tests/factories/everything.py make one"
        found[key] = row.pk
    return found


ROWS = {
    "member_id": lambda family: family.members.first(),
    "row_id": lambda family: family.members.first(),
    "file_id": lambda family: family.documents.first(),
    "home_id": lambda family: family.households.first(),
    "assignment_id": lambda family: family.assignments.first(),
    "user_id": lambda family: family.assignments.select_related("user").first().user,
    "shut_out_id": lambda family: family.shut_outs.first(),
    "consent_id": lambda family: family.consents.first(),
    "line_id": lambda family: family.agreement_lines.first(),
    "contact_id": lambda family: family.contacts.first(),
    "sitting_id": lambda family: family.assessments.first(),
    "goal_id": lambda family: family.goals.first(),
    "measure_id": lambda family: family.measures.first(),
    "entry_id": lambda family: family.journal.first(),
    "document_id": lambda family: family.plan_documents.first(),
    "review_id": lambda family: family.reviews.first(),
    "words_id": lambda family: family.own_words.first(),
    "meeting_id": lambda family: family.information_meetings.first(),
    "agreement_id": lambda family: family.plan_agreements.first(),
}
