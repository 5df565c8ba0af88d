"""A family with a plan under way: everybody takes part, one live agreement, one goal with one measure."""

from collections.abc import Iterator
from contextlib import contextmanager
from copy import deepcopy
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from bs4 import BeautifulSoup
from django.db import transaction
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone

from assessments.outcomes import Outcome
from consent import actions as consent_actions
from consent.enums import How, Sector, Topic
from consent.models import AgreementLine, Service
from families.models import Family, Member
from families.stages import Step
from nyemonstre.access.wall import acting_as
from nyemonstre.refusals import Refused
from plans import actions
from plans.enums import Doer
from plans.models import Goal, Measure
from plans.printing import PAGE
from tests.factories import Team, family_at

# A contact no page or print may show when no live line covers it.
SECRETS = {"name": "Solfrid Hemmelund", "title": "kontaktlærer", "phone": "90909091", "email": "solfrid@skole.test"}


def a_team_and_its_family() -> tuple[Team, Family]:
    team = Team()
    return team, family_at(Step.BASELINE, team, on=timezone.localdate() - timedelta(days=200))


@pytest.fixture(scope="module")
def walked(shared_rows: Any) -> tuple[Team, Family]:
    """Walked once for the module. A module whose tests commit has a `walked` of its own for each test."""
    with shared_rows():
        return a_team_and_its_family()


@pytest.fixture
def team(db: None, walked: tuple[Team, Family]) -> Team:
    return deepcopy(walked[0])


@pytest.fixture
def family(team: Team, walked: tuple[Team, Family]) -> Family:
    return deepcopy(walked[1])


@pytest.fixture
def by(team: Team) -> Any:
    return team.coordinator


@contextmanager
def reading(user: Any) -> Iterator[None]:
    """As `user`, in a transaction of its own: tests with a worker have none around them, and without one is no row."""
    with acting_as(user), transaction.atomic():
        yield


def members_of(family: Family, user: Any) -> dict[str, Member]:
    """By first name: Mor, Far, Jente, Gutt."""
    with reading(user):
        rows = Member.objects.filter(family=family).select_related("family__municipality").order_by("pk")
        return {member.first_name: member for member in rows}


@pytest.fixture
def people(family: Family, by: Any) -> dict[str, Member]:
    return members_of(family, by)


@pytest.fixture
def school(team: Team) -> Service:
    return consent_actions.add_service(
        team.municipality, name="Øvre Bjørkåsen skole", sector=Sector.SCHOOL, by=team.coordinator
    )


@pytest.fixture
def club(team: Team) -> Service:
    """No agreement with this one."""
    return consent_actions.add_service(
        team.municipality, name="Elvestrand IL", sector=Sector.LEISURE, by=team.coordinator
    )


@pytest.fixture
def line(family: Family, by: Any, people: dict[str, Member], school: Service) -> AgreementLine:
    """A live line with the school, and its contact."""
    on = timezone.localdate() - timedelta(days=10)
    draft = consent_actions.draft_line(
        family, service=school, members=people.values(), topics=[Topic.SCHOOL], valid_from=on, contact=SECRETS, by=by
    )
    return consent_actions.sign_line(draft, how=How.SIGNED, signed_by="Mor Prøve", on=on, by=by)


@pytest.fixture
def goal(family: Family, by: Any, people: dict[str, Member]) -> Goal:
    return actions.add_goal(
        family, outcome=Outcome.RM5, words="En jobb ryggen tåler", first_sign="fire timer uten vondt",
        whose=[people["Far"]], by=by,
    )  # fmt: skip


@pytest.fixture
def measure(goal: Goal, by: Any) -> Measure:
    return actions.add_measure(goal, what="Snakke med fastlegen om ryggen", done_by=Doer.FAMILY, who="Far", by=by)


@pytest.fixture
def other(team: Team) -> Family:
    """Another family of the same coordinator, so that only the family in the address tells them apart."""
    return family_at(Step.BASELINE, team, name="Annen", on=timezone.localdate() - timedelta(days=200))


class refused:
    """`with refused("rule"):` the action says no by that rule, in a sentence."""

    def __init__(self, rule):
        self.rule = rule

    def __enter__(self):
        return self

    def __exit__(self, kind, error, trace):
        assert kind is not None, f"not refused; expected {self.rule}"
        assert issubclass(kind, Refused), error
        assert error.rule == self.rule
        self.sentence = str(error.sentence)
        assert self.sentence.endswith(".")
        return True


HTMX = {"HTTP_HX_REQUEST": "true"}


def url(name: str, family: Family, *args: Any) -> str:
    return reverse(f"plans:{name}", args=[family.pk, *args])


def key() -> str:
    return str(uuid4())


def undrawn(plan: dict[str, Any]) -> str:
    """The words of the plan's paper before it is drawn. That drawing keeps them, test_pdf.py asks of the file."""
    page = BeautifulSoup(render_to_string(PAGE, plan), "html.parser")
    return " ".join(page.get_text(" ").split())


def count(model: Any, by: Any, **facts: Any) -> int:
    with reading(by):
        return model.objects.filter(**facts).count()


@pytest.fixture
def client(client: Any, by: Any) -> Any:
    """Logged in as the family's coordinator."""
    client.force_login(by)
    return client


HOUR = timedelta(hours=1)


def days_from_now(days):
    return timezone.now() + timedelta(days=days)


def terms(by, people, days=0, **more):
    """Begun an hour ago, or so many days from then."""
    begins = days_from_now(days) - HOUR
    facts = {"kind": "cooperation", "starts_at": begins, "ends_at": begins + HOUR, "coordinator": by}
    facts |= {"members": [people["Mor"]], "agenda": ["Skoleveien", "Ferien"], "place": "Rådhuset"}
    return actions.Terms(**(facts | more))


@pytest.fixture
def held(family, people, by):
    """A meeting that has been, with two cases and nothing written yet."""
    return actions.plan_meeting(family, terms=terms(by, people), by=by)
