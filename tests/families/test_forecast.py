"""Free places ahead: counted by coordinator and month, over the families one may know of, and nothing else told."""

from datetime import date, timedelta

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from families.actions_protection import change_protection
from families.calendar import add_months
from families.enums import Protection
from families.forecast import forecast
from families.models import Family
from nyemonstre.access.wall import acting_as
from tests.factories import Team, family_at

pytestmark = pytest.mark.django_db
TODAY = timezone.localdate()


def anchored(family, by, day):
    """A family whose five years end on `day`."""
    with acting_as(by), transaction.atomic():
        Family.objects.filter(pk=family.pk).update(baseline_on=add_months(day, -60))


def seen(team, who, today=TODAY):
    with acting_as(who), transaction.atomic():
        return forecast(team.municipality, today)


def test_month_by_month_for_those_who_may_know(client):
    team, other = Team(), Team()
    by = team.coordinator
    nothing = seen(team, team.intake)
    assert (nothing.over, nothing.months) == (0, [])
    this, later = TODAY.replace(day=1), add_months(TODAY.replace(day=1), 3)
    ends = {
        "forbi": TODAY - timedelta(days=1), "snart": add_months(later, 0), "samme": later + timedelta(days=9),
        "langt": add_months(this, 12), "skjult": later + timedelta(days=2),
    }  # fmt: skip
    families = {name: family_at("consent", team, name=name) for name in ends}
    for name, day in ends.items():
        anchored(families[name], by, day)
    anchored(family_at("consent", other), other.coordinator, later)
    before = seen(team, team.intake)
    change_protection(families["skjult"], protection=Protection.STRICTLY_CONFIDENTIAL, reason="Meldt", by=by)

    for who in (team.intake, team.lead):
        found = seen(team, who)
        assert found.over == 1
        assert [(month.first, month.ending) for month in found.months] == [(later, 2)]
        assert found.months[0].free == found.free + 3  # the one that is over, too
        assert found.free == before.free + 1, "as in every other number, the hidden family is not there"
    assert [month.ending for month in before.months] == [3]
    for stranger in (team.researcher, team.administrator, other.intake):
        assert seen(team, stranger).months == []

    client.force_login(team.lead)
    for page in ("families:dashboard", "referrals:waiting_list"):
        text = client.get(reverse(page)).content.decode()
        assert "har hatt sine fem år" in text
        assert "Ledige plasser framover" in text
        assert "skjult" not in text
    with acting_as(team.lead), transaction.atomic(), CaptureQueriesContext(connection) as queries:
        forecast(team.municipality, TODAY)
    assert len(queries) <= 6


def test_more_families_than_places_free_none_by_the_first_that_leaves():
    team = Team()
    with acting_as(team.lead), transaction.atomic():
        town = type(team.municipality).objects.get(pk=team.municipality.pk)
    town.places_per_coordinator = 1
    for _number in range(2):
        anchored(family_at("consent", team), team.coordinator, date(TODAY.year, TODAY.month, 28) + timedelta(days=60))
    with acting_as(team.lead), transaction.atomic():
        found = forecast(town, TODAY)
    with_families = 1  # of the two coordinators; the other has a place all the time
    assert found.free == 1
    assert found.months[-1].free == found.free + with_families
