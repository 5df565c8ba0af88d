"""The path walked end to end in Chromium, from the henvendelse to the yearly kartlegging, by the people who walk it.

Nothing is arranged but the people and their passwords; every row comes from somebody's hand on the page.
"""

import re
from datetime import date
from typing import Any

import pytest
from django.db import transaction
from django.utils import timezone
from playwright.sync_api import expect

from .following_up import PEOPLE, SCHOOL, follow_up
from .walking import Visitor

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.django_db(transaction=True)]

CRITERIA = (
    "Lav inntekt i minst tre år", "Strever med arbeid", "Bekymring for at barna", "Oppholdstillatelse",
    "Barna bor hjemme", "I kontakt med minst én tjeneste",
)  # fmt: skip


@pytest.fixture
def team(transactional_db):
    from tests.factories import Team, a_municipality

    a_municipality("Nabokommunen")  # so that the form asks which one
    return Team(a_municipality("Elvestrand"))


@pytest.fixture
def visitor(live_server, new_page):
    """`visitor(width, user)`: somebody at a screen of this width, logged in or not."""

    def come(width: int = 1280, user: Any = None) -> Visitor:
        someone = Visitor(new_page(width=width), live_server.url)
        return someone.sign_in(user) if user else someone

    return come


def years_ago(years: int) -> str:
    return f"14.3.{timezone.localdate().year - years}"


def test_one_family_walks_all_ten_steps(visitor, team, tmp_path):
    reference = refer(visitor())
    take_in(visitor(user=team.intake), team, reference)
    first = visitor(user=team.coordinator)
    first.follow("Gangstad")
    address = first.page.url
    hand_over(visitor(user=team.lead), team)
    assert first.open(address).status == 404
    coordinator = visitor(user=team.second_coordinator)
    coordinator.follow("Gangstad")
    follow_up(coordinator, tmp_path, others="Liv Hauge")
    what_the_auditor_sees(visitor(user=team.auditor), team)


def test_the_coordinator_walks_it_on_a_phone(visitor, team, tmp_path):
    arrive(team)
    coordinator = visitor(390, team.second_coordinator)
    coordinator.follow("Gangstad")
    follow_up(coordinator, tmp_path)


def arrive(team: Any) -> None:
    """The same family, with its place, as the henvendelse and the intake team left it."""
    from families import actions, assignments

    today = timezone.localdate()
    members = [
        actions.NewMember(
            name, "Gangstad", date(today.year - age, 3, 14), "adult" if age > 18 else "child", homes=(("Hjemme", 100),)
        )
        for name, age in PEOPLE.items()
    ]
    with transaction.atomic():
        family = actions.register(
            team.municipality, name="Gangstad", members=members, homes=[actions.NewHome("Hjemme")], protection="none",
            referred_on=today, allotted_on=today, by=team.intake,
        )  # fmt: skip
        assignments.assign_coordinator(family, coordinator=team.second_coordinator, by=team.intake)


def refer(teacher: Visitor) -> str:
    """A henvendelse, wrong at first; gives its number."""
    teacher.open("/henvendelser/ny/")
    teacher.choose("Kommunen familien bor i", "Elvestrand")
    teacher.tick("En tjeneste")
    teacher.write("Navnet ditt", "Liv Hauge")
    teacher.write("Tjenesten du kommer fra", SCHOOL)
    teacher.choose("Slags tjeneste", "Skole")
    teacher.write("Telefon", "38 00 00 00")
    teacher.write("Familiens navn", "Gangstad")
    teacher.write("Hva ønsker dere hjelp med?", "Én å ringe til, ikke seks. 🧶 ŋ")
    teacher.press("Legg til en person")
    expect(teacher.group("Person 3")).to_be_visible()
    teacher.press("Legg til en person")
    expect(teacher.group("Person 4")).to_be_visible()
    for number, (name, age) in enumerate(PEOPLE.items(), 1):
        row = teacher.group(f"Person {number}")
        teacher.choose("Voksen eller barn", "Voksen" if age > 18 else "Barn", row)
        teacher.write("Fornavn", name, row)
        teacher.write("Etternavn", "Gangstad", row)
        teacher.write("Fødselsdato", "31.02.2014" if name == "Sander" else years_ago(age), row)
    for criterion in CRITERIA:
        teacher.tick("Ja", teacher.group(criterion))
    teacher.write(
        "Skole", "Sander er borte to dager i uka.", teacher.main.locator("section", has_text="Situasjonen nå")
    )
    # Enter in a text field sends the form; it neither adds nor removes a person.
    teacher.field("Fornavn", teacher.group("Person 2")).press("Enter")
    summary = teacher.main.locator("ds-error-summary")
    expect(summary).to_be_focused()
    expect(summary).to_contain_text("Familien må vite om henvendelsen og være enig.")
    expect(summary).to_contain_text("Denne dagen finnes ikke.")
    expect(teacher.field("Navnet ditt")).to_have_value("Liv Hauge")
    expect(teacher.field("Hva ønsker dere hjelp med?")).to_have_value("Én å ringe til, ikke seks. 🧶 ŋ")
    for number, name in enumerate(PEOPLE, 1):
        expect(teacher.field("Fornavn", teacher.group(f"Person {number}"))).to_have_value(name)
    expect(teacher.field("Ja", teacher.group(CRITERIA[0]))).to_be_checked()
    teacher.write("Fødselsdato", years_ago(PEOPLE["Sander"]), teacher.group("Person 3"))
    teacher.tick("Familien vet om henvendelsen")
    teacher.tick("Nei", teacher.group("Har noen i familien adressesperre?"))
    teacher.press("Send henvendelsen")
    teacher.reads("Henvendelsen er sendt")
    number = re.search(r"H-\d{4}-\d{4}", teacher.main.inner_text())
    assert number
    return number[0]


def take_in(member: Visitor, team: Any, reference: str) -> None:
    """The intake team reads it, judges the target group, and gives a place with a coordinator."""
    member.menu("Henvendelser")
    member.sees(reference, SCHOOL)
    member.follow("Gangstad")
    member.sees("Én å ringe til, ikke seks. 🧶 ŋ", "Sander er borte to dager i uka.")
    member.press("Ta opp saken")
    member.is_told("Gangstad er tatt opp til behandling.")
    member.tick("Vet ikke", member.group("Oppholdstillatelse"))
    member.write("Merknad om: Oppholdstillatelse", "Spør NAV.")
    member.press("Lagre vurderingen")
    member.is_told("Vurderingen er lagret.")
    member.tick("Tildel plass")
    member.tick(team.coordinator.name, member.group("Hos hvem?"))
    member.write("Begrunnelse", "To barn, lav inntekt i sju år.")
    member.tick("BTI/helsestasjon")
    member.press("Signer")
    member.sees("To sektorer")  # one is not enough
    member.tick("NAV")
    member.write("Navn på dem", "Mona Fjell og Nora Vik")
    member.press("Signer")
    member.is_told(f"Gangstad har fått plass hos {team.coordinator.name}.")


def hand_over(lead: Visitor, team: Any) -> None:
    """The lead finds the family on the dashboard and gives it to the second coordinator."""
    lead.menu("Teamet")
    line = lead.main.get_by_role("row", name=re.compile(re.escape(team.coordinator.name)))
    expect(line).to_contain_text("1 av 10")
    lead.follow("Gangstad", line)
    lead.reads("Familien Gangstad")
    expect(lead.main).not_to_contain_text("Sander")
    lead.follow("Koordinator")
    lead.follow("Overfør til en ny koordinator")
    lead.tick(team.second_coordinator.name)
    lead.press("Overfør familien")
    expect(lead.main.locator("ds-error-summary")).to_contain_text("Fyll ut dette feltet.")
    lead.write("Hvorfor får familien ny koordinator?", "Kortere vei hjem til familien.")
    lead.press("Overfør familien")
    lead.is_told("Familien er overført. Begge får beskjed på e-post.")


def what_the_auditor_sees(auditor: Visitor, team: Any) -> None:
    """Who did what, without what was written."""
    auditor.menu("Innsynslogg")
    for person, what in (
        (team.intake, "Tildelte plass"), (team.lead, "Overførte familien til en ny koordinator"),
        (team.second_coordinator, "Førte et nei"), (team.second_coordinator, "Fullførte en kartlegging"),
        (team.second_coordinator, "Lastet ned planen som PDF"),
        (team.second_coordinator, "Avsluttet en 6-månedersevaluering"),
    ):  # fmt: skip
        auditor.choose("Person", person.name)
        auditor.choose("Hendelse", what)
        auditor.press("Vis")
        expect(auditor.main.get_by_role("row", name=re.compile(what)).first).to_contain_text(person.name)
    expect(auditor.main).not_to_contain_text("Sander")
