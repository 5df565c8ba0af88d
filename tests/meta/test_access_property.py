"""After any history, everybody sees what a plain oracle says: in every table, by every queryset, on the list pages.

A state machine on real PostgreSQL, as the web role. Its rules (tests/meta/story) are the real actions, aimed at what is
there: what the oracle says somebody may do succeeds, and one rule tries what it says they may not. After every rule
each person is asked about every table. One history is written out below, so that every rule is tried; Hypothesis makes
up others, the same ones each time. A longer search: HISTORIES=50 .venv/bin/pytest tests/meta/test_access_property.py
"""

import os
import re
from collections.abc import Callable, Iterator
from inspect import getmembers
from typing import Any
from uuid import UUID

import pytest
import time_machine
from django.db import connection, transaction
from django.urls import reverse
from hypothesis import HealthCheck, Phase, settings
from hypothesis.stateful import RuleBasedStateMachine, invariant, run_state_machine_as_test

from consent.models import Contact
from families.models import Family, permissions_on
from nyemonstre.access.roles import Permission, Role
from nyemonstre.access.wall import acting_as
from nyemonstre.accounts.models import User
from tests.meta.matrix import browser, undone
from tests.meta.story import tables
from tests.meta.story.beginning import Beginning, fresh, start_of_transaction
from tests.meta.story.oracle import DAY
from tests.meta.story.people import People

pytestmark = pytest.mark.django_db

P = Permission
CHECKED = (P.LIST_FAMILY, P.VIEW_FAMILY, P.CHANGE_PLAN, P.GRANT_ACCESS)
# The pages that list, what opens them, and which ids must stand on them.
LISTS = {
    "families:family_list": (P.VIEW_FAMILY, lambda told, user: told.families_of(user, P.VIEW_FAMILY)),
    "families:team_list": (P.VIEW_DASHBOARD, lambda told, user: told.families_of(user, P.LIST_FAMILY)),
    "referrals:referral_list": (P.VIEW_REFERRAL, lambda told, user: told.referrals_of(user)),
}
AN_ID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")
# What querysets read besides the roles and the day.
READ_ABOVE = {
    "families_family", "families_familyusergrant", "families_familygroupgrant", "families_shutout", "consent_consent",
    "consent_agreementline",
}  # fmt: skip


class Story(People, RuleBasedStateMachine):
    def __init__(self) -> None:
        People.__init__(self)
        RuleBasedStateMachine.__init__(self)
        self.savepoint = transaction.atomic()
        self.savepoint.__enter__()
        start = self.beginning
        self.teams, self.people, self.in_group = start.teams, start.people, start.in_group
        self.families, self.roles = start.known(), start.roles()
        self.names = start.names
        # All histories begin alike, and what is right at the beginning is asked once.
        self.asked = dict(start.asked)

    def teardown(self) -> None:
        try:
            # Nothing more can be asked when PostgreSQL itself has refused.
            if not connection.needs_rollback:
                assert not tables.what_is_seen(), "rows are seen by nobody in particular"
                self.all_see_what_the_oracle_says(self.people)
        finally:
            transaction.set_rollback(True)
            self.savepoint.__exit__(None, None, None)

    @invariant()
    def everybody_sees_what_the_oracle_says(self) -> None:
        self.all_see_what_the_oracle_says(
            [user for user in self.people if not self.names[user.pk].startswith("administrator")]
        )

    def all_see_what_the_oracle_says(self, people: list[User]) -> None:
        there = tables.what_is_there()
        seen = {user.pk: self.seen_by(user) for user in people}
        for user in people:
            wrong = tables.difference(seen[user.pk], tables.what_should_be_seen(there, self, user), self.names)
            assert not wrong, f"{self.names[user.pk]} sees {wrong}"
        # Afterwards, because what a page refuses is logged at once, and for good.
        for user in people:
            # Of the same rows, roles and day a queryset makes the same again.
            rows = {row: n for row, n in seen[user.pk].items() if row.table in READ_ABOVE}
            roles = [(held.key, held.first, held.last) for held in self.live_roles(user)]
            if self.is_new((user.pk, "querysets"), (rows, roles, self.today)):
                self.querysets_agree(user)
            self.lists_agree(user)

    def is_new(self, what: Any, answer: Any) -> bool:
        """Not what it was when it was asked last."""
        before, self.asked[what] = self.asked.get(what), answer
        return before != answer

    def seen_by(self, user: User) -> Any:
        with acting_as(user):
            return tables.what_is_seen()

    def querysets_agree(self, stale: User) -> None:
        """Each by itself, past the wall: else a rule that is missing in one of the two would never show."""
        user = fresh(stale)
        if not user.is_active:  # `can` says no before it asks
            return
        with acting_as(user):
            mine = Contact.objects.permitted(user, P.VIEW_CONSENT).visible_to(user)
            assert tables.past_the_wall(mine) == self.contacts(user), f"contacts of {self.names[user.pk]}"
            for permission in CHECKED:
                found = tables.past_the_wall(Family.objects.permitted(user, permission))
                assert found == self.families_of(user, permission), f"{permission}, {self.names[user.pk]}"
            for family in Family.objects.order_by("pk"):
                known = next(known for known in self.families if known.family.pk == family.pk)
                drawn = permissions_on(family, user) & set(CHECKED)
                assert drawn == {permission for permission in CHECKED if self.may(user, permission, known)}

    def lists_agree(self, user: User) -> None:
        """Every list page whose right answer is another than when it was asked last."""
        mine = {known.family.pk for known in self.families} | set(self.beginning.waiting)
        for name, (permission, ids) in LISTS.items():
            status = 200 if self.uses(user, permission) else 403 if self.live_roles(user) else 302
            right = status, ids(self, user) if status == 200 else set()
            if self.is_new((user.pk, name), right):
                with undone():
                    answer = browser(fresh(user)).get(reverse(name))
                shown = {UUID(text) for text in AN_ID.findall(answer.content.decode())} & mine
                assert (answer.status_code, shown) == right, f"{name} of {self.names[user.pk]}"

    def referrals_of(self, user: User) -> set[UUID]:
        waiting = self.beginning.waiting.items()
        return {referral for referral, place in waiting if self.sees_referral(user, referral, place)}


@pytest.fixture(scope="module", autouse=True)
def _beginning(django_db_setup: Any, django_db_blocker: Any) -> Iterator[None]:
    """Made once. The clocks of PostgreSQL and of Python stand still together, so that an end can be met exactly."""
    with (
        django_db_blocker.unblock(),
        tables.owners_eyes(),
        undone(),
        time_machine.travel(start_of_transaction(), tick=False),
    ):
        Story.beginning = Beginning()
        story = Story()
        story.teardown()
        Story.beginning.asked = story.asked
        yield


def test_every_walled_table_is_asked():
    with connection.cursor() as cursor:
        cursor.execute(
            "select relname from pg_class where relrowsecurity and relnamespace = 'public'::regnamespace"
            " and not relispartition"
        )
        walled = {row[0] for row in cursor.fetchall()}
    assert walled == set(tables.TABLES) | set(tables.ELSEWHERE)
    empty = set(tables.TABLES) - {row.table for row in tables.what_is_there()}
    assert empty <= tables.EMPTY_AT_FIRST, "the beginning has no row there"


class Written:
    """A history told step by step: `tell.rule(…)` takes the first of what is possible that has all the words in it."""

    def __init__(self, story: Story) -> None:
        self.story, self.told = story, set()

    def __getattr__(self, name: str) -> Callable:
        def take(*words: Any) -> None:
            rule = getattr(self.story, name)
            rule(which=words) if name != "a_day_passes" else rule()
            self.told.add(name)
            self.story.everybody_sees_what_the_oracle_says()

        return take


@pytest.fixture
def tell():
    story = Story()
    yield Written(story)
    story.teardown()


def test_after_all_that_may_happen_everybody_sees_what_the_oracle_says(tell):
    """Every rule once, at the edges: an end met to the hour and to the day, and every way in shut by every way out."""
    whole, new, _other = tell.story.families
    here, there = tell.story.teams
    second, lead, another_lead = here.second_coordinator, here.lead, here.another_lead
    mother = new.members[1]

    # What ends tomorrow at this hour, and what begins then.
    tell.stands_in(whole, second, DAY)
    tell.follows_beside(new, second, DAY)
    tell.is_let_in(new, another_lead, lead, DAY)
    tell.a_group_is_let_in(whole, DAY)
    tell.opens_in_need(whole, lead)
    tell.says_yes(new, mother, None)
    tell.says_yes(new, mother, 1)
    tell.a_line_is_drafted(new, here.coordinator, frozenset(new.members), 0, 1)
    tell.a_line_is_signed(new)
    tell.a_line_is_drafted(new, here.coordinator, frozenset(new.members), 1, None)
    tell.a_line_is_drafted(whole, here.coordinator, 0, None)
    tell.a_line_is_signed(whole)
    tell.a_line_is_ended(whole, [*whole.lines][-1])
    tell.a_line_is_drafted(whole, here.coordinator, 1, None)
    tell.a_line_is_signed(whole)
    tell.has_their_last_day_today(there.coordinator)
    tell.a_day_passes()
    tell.a_line_is_signed(new)
    tell.a_day_passes()

    # Shut out is stronger than every way in.
    tell.says_yes(new, mother, None)
    tell.is_let_in(new, lead, another_lead, None)
    tell.opens_in_need(whole, lead)
    tell.is_shut_out(new, here.coordinator)
    tell.is_shut_out(new, another_lead)
    tell.says_oneself_that_one_has_a_conflict(whole, lead)
    tell.says_oneself_that_one_has_a_conflict(new, here.auditor)
    tell.somebody_tries_what_they_may_not(whole, lead)
    tell.somebody_tries_what_they_may_not(whole, second, P.GRANT_ACCESS)
    tell.is_not_shut_out_any_more(whole, here.auditor, lead.pk)
    tell.is_not_shut_out_any_more(new, here.coordinator.pk)
    tell.closes_what_was_opened_in_need(whole, lead)

    # Hidden: nobody by role, and a lead by name, but not one who was named before there was need.
    tell.a_lead_is_named_by_code(whole, here.auditor, lead)
    tell.is_protected(new, "strictly_confidential")
    tell.a_lead_is_named(new, lead)
    tell.is_handed_over(new, lead, second)
    tell.is_protected(whole, "confidential")
    tell.a_lead_is_named_by_code(whole, another_lead)
    tell.stops_following(whole, another_lead)
    tell.becomes_responsible(whole, another_lead, here.coordinator)
    tell.is_let_in_no_more(new, lead.pk)

    # People come and go, and the family takes it back.
    tell.takes_the_yes_back(whole, whole.members[0])
    tell.takes_the_yes_back(new, mother)
    tell.moves_to_the_other_municipality(here.coordinator, Role.LEAD, 1)
    tell.has_their_login_closed(second)
    tell.a_day_passes()
    tell.has_their_login_opened(second)
    rules = {name for name, member in getmembers(Story) if hasattr(member, "hypothesis_stateful_rule")}
    assert tell.told == rules, "a rule is missing here"


def test_after_any_history_everybody_sees_what_the_oracle_says():
    run_state_machine_as_test(
        Story,
        settings=settings(
            max_examples=int(os.environ.get("HISTORIES", "2")),
            stateful_step_count=10,
            deadline=None,
            derandomize=True,
            database=None,
            phases=[Phase.generate],
            suppress_health_check=list(HealthCheck),
        ),
    )
