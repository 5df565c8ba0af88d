"""Low income and crowding on the henvendelse: who is counted, what is said when something is unknown, and who may."""

from datetime import date

import pytest
from bs4 import BeautifulSoup
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, ProgrammingError, transaction
from django.urls import reverse
from django.utils import timezone

from nyemonstre.access.wall import acting_as
from nyemonstre.content.actions import add_fact
from nyemonstre.refusals import Refused
from referrals import actions
from referrals.actions import NewPerson
from referrals.basis import calculations
from referrals.enums import PersonRole
from referrals.forms.calculation import last_years, wanted_year
from referrals.models import Calculation
from tests.factories import Team

from .making import decided, reread, sent
from .test_views_intake import errors

LAST = timezone.localdate().year - 1
YEARS = (LAST - 2, LAST - 1, LAST)


def limits(team, *years):
    for year in years:
        facts = {
            "kind": "threshold", "key": "lavinntekt-60", "title": "Grense", "value": 250_000, "unit": "kr_year",
            "source": "SSB tabell 1", "valid_from": date(year, 1, 1), "valid_until": date(year, 12, 31),
        }  # fmt: skip
        add_fact(team.municipality, facts=facts, by=team.lead)


def people_of(referral, team, *names):
    with acting_as(team.intake), transaction.atomic():
        return [p for p in referral.people.all() if not names or p.first_name in names]


def income(referral, team, *kroner, names=("Mor",)):
    people = people_of(referral, team, *names)
    return actions.calculate_low_income(
        referral, people=people, incomes=dict(zip(YEARS, kroner, strict=True)), by=team.intake
    )


def shown(referral, team):
    with acting_as(team.intake), transaction.atomic():
        return {row["kind"].value: dict(row["answers"]) | {"years": row["years"]} for row in calculations(referral)}


AVERAGE, EACH = "Snittet av tre år, slik SSB regner", "Hvert av de tre årene"


@pytest.mark.parametrize(
    ("kroner", "known", "average", "each"),
    [
        ((240_000, 240_000, 240_000), YEARS, "Ja", "Ja"),
        ((200_000, 260_000, 240_000), YEARS, "Ja", "Nei"),
        ((260_000, 260_000, 260_000), YEARS, "Nei", "Nei"),
        ((240_000, None, 240_000), YEARS, f"Inntekt mangler for {YEARS[1]}.", f"Inntekt mangler for {YEARS[1]}."),
        ((240_000, 240_000, 240_000), YEARS[:2], f"ikke ført grensen for {LAST}.", f"ikke ført grensen for {LAST}."),
        ((260_000, None, 240_000), YEARS, f"Inntekt mangler for {YEARS[1]}.", "Nei"),
    ],
)
def test_both_readings_side_by_side(team, kroner, known, average, each):
    limits(team, *known)
    referral = sent(team)
    income(referral, team, *kroner)
    answers = shown(referral, team)["low_income"]
    assert average in answers[AVERAGE]
    assert each in answers[EACH]
    for row in answers["years"]:
        assert bool(row["threshold"]) == bool(row["checked_on"]) == (row["year"] in known)


def test_a_child_counts_from_the_year_it_was_born(team):
    limits(team, *YEARS)
    persons = [
        NewPerson("Mor", "Prøve", date(1990, 1, 1), PersonRole.ADULT),
        NewPerson("Baby", "Prøve", date(LAST, 6, 1)),
    ]
    referral = sent(team, persons=persons)
    income(referral, team, 300_000, 300_000, 300_000, names=("Mor", "Baby"))
    years = shown(referral, team)["low_income"]["years"]
    assert [row["units"] for row in years] == ["1,0", "1,0", "1,3"]
    assert [row["low"] for row in years] == [False, False, True]


@pytest.mark.parametrize(
    ("rooms", "area", "register", "survey"),
    [(3, 90, "Trangbodd", "Ikke trangbodd"), (5, 90, "Ikke trangbodd", "Ikke trangbodd"), (3, None, "Trang", "Trang")],
)
def test_crowding_by_both_rules(team, rooms, area, register, survey):
    referral = sent(team)
    people = people_of(referral, team)
    assert len(people) == 4
    actions.calculate_crowding(referral, people=people, rooms=rooms, area=area, by=team.intake)
    answers = list(shown(referral, team)["crowding"].values())
    assert (answers[0].startswith(register), answers[1].startswith(survey)) == (True, True)


def test_what_is_refused(team):
    referral = sent(team)
    mother = people_of(referral, team, "Mor")
    nothing = dict.fromkeys(YEARS)
    some = {**nothing, LAST: 1}
    for rule, call, facts in (
        ("no_income", actions.calculate_low_income, {"people": mother, "incomes": nothing}),
        ("no_household", actions.calculate_low_income, {"people": [], "incomes": some}),
        ("no_household", actions.calculate_crowding, {"people": [], "rooms": 1, "area": None}),
        ("no_home", actions.calculate_crowding, {"people": mother, "rooms": None, "area": None}),
    ):
        with pytest.raises(Refused) as refused:
            call(referral, by=team.intake, **facts)
        assert refused.value.rule == rule
    for stranger in (team.coordinator, Team().intake):
        with pytest.raises(PermissionDenied):
            actions.calculate_crowding(referral, people=mother, rooms=1, area=None, by=stranger)
    decided(referral, team, "declined")
    with pytest.raises(Refused) as refused:
        actions.calculate_crowding(reread(referral, team), people=mother, rooms=1, area=None, by=team.intake)
    assert refused.value.rule == "decided"


def test_a_calculation_stays_as_it_was_made(team):
    referral, other = sent(team), Team()
    row = actions.calculate_crowding(referral, people=people_of(referral, team), rooms=2, area=None, by=team.intake)
    with acting_as(team.intake), pytest.raises(ProgrammingError), transaction.atomic():
        Calculation.objects.update(kind="low_income")
    with acting_as(other.intake), transaction.atomic():
        assert not Calculation.objects.exists()
    facts = {"referral": referral, "kind": "crowding", "made_by": team.intake}
    with acting_as(team.intake), pytest.raises(IntegrityError, match="has_facts"), transaction.atomic():
        Calculation(facts={}, **facts).save(force_insert=True)
    foreign = {**facts, "made_by": other.intake}
    with acting_as(other.intake), pytest.raises(ProgrammingError), transaction.atomic():
        Calculation(facts=row.facts, **foreign).save(force_insert=True)


def test_the_year_of_a_link_is_one_that_is_over():
    assert [wanted_year(text) for text in (str(LAST - 1), str(LAST + 1), "x", "", "²")] == [LAST - 1, *[LAST] * 4]
    assert last_years()[0] == LAST


def test_the_page_reckons_saves_and_shows_it_beside_the_criteria(client, team):
    limits(team, *YEARS[1:])
    referral = sent(team)
    client.force_login(team.intake)
    page = reverse("referrals:calculate", args=[referral.pk])
    form = BeautifulSoup(client.get(page).content, "html.parser")
    chosen = {box.find_parent().get_text(" ", strip=True): box["value"] for box in form.select("[name=income-people]")}
    checked = [box["value"] for box in form.select("[name=income-people][checked]")]
    assert (len(chosen), len(checked)) == (4, 3), "the boy lives mostly elsewhere"
    incomes = {f"income-year_{year}": "401 000 kr" for year in YEARS[1:]}
    bad = client.post(page, {"what": "low_income", "income-people": checked, f"income-year_{LAST}": "mye"})
    assert bad.status_code == 422
    assert "mye" in bad.content.decode()
    assert "minst ett år" in errors(client.post(page, {"what": "low_income", "income-people": checked}))
    assert "rom eller areal" in errors(client.post(page, {"what": "crowding", "home-people": checked}))
    client.post(page, {"what": "low_income", "last": LAST, "income-people": checked, **incomes})
    client.post(page, {"what": "crowding", "home-people": checked, "home-rooms": "2", "home-area": "61"})
    text = BeautifulSoup(client.get(reverse("referrals:referral_detail", args=[referral.pk])).content, "html.parser")
    said = text.select_one("[aria-labelledby=grunnlag]").get_text(" ", strip=True)
    for words in (
        f"Inntekt mangler for {YEARS[0]}.", f"ikke ført grensen for {YEARS[0]}.", "250\xa0000\xa0kr", "SSB tabell 1",
        f"sist kontrollert {timezone.localdate():%d.%m.%Y}", "Trangbodd", f"Regnet ut av {team.intake.name}",
    ):  # fmt: skip
        assert words in said, said
