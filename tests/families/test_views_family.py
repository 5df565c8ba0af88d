"""One family: who sees what of it, its people and homes, its steps, pause and close. And bad input."""

from datetime import date, timedelta
from uuid import uuid4

import pytest
from django.urls import reverse
from django.utils import timezone

from families import actions, assignments, people
from families.actions_protection import change_protection
from families.enums import ExitReason, FamilyState, Protection
from families.exits import Exit
from families.models import Family, Household, Member, Milestone
from families.stages import Step
from nyemonstre.access.roles import Role
from nyemonstre.access.wall import acting_as
from nyemonstre.audit.models import Event
from tests.factories import Team, a_user, family_at

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module")
def walked(shared_rows):
    with shared_rows():
        team = Team()
        return team, family_at(Step.INFORMATION, team, name="Lyngmo")


@pytest.fixture
def browser_of(client, team):
    client.force_login(team.coordinator)
    return client


def at(name, *args):
    return reverse(f"families:{name}", args=[getattr(arg, "pk", arg) for arg in args])


def rows(team, model, **lookup):
    with acting_as(team.coordinator):
        return list(model.objects.filter(**lookup).order_by("pk"))


PAGES = ["family_detail", "family_members", "family_steps", "family_calendar", "family_edit", "member_new", "home_new"]


@pytest.mark.parametrize("step", [Step.INTAKE, Step.YEARLY])
def test_every_page_draws_for_a_new_and_an_old_family(browser_of, team, step):
    family = family_at(step, team)
    for page in PAGES:
        assert browser_of.get(at(page, family)).status_code == 200, page


@pytest.mark.parametrize("change", [actions.pause, actions.close])
def test_every_page_draws_for_a_paused_and_a_closed_family(browser_of, team, family, change):
    change(family, reason="Familien ønsket det", by=team.coordinator)
    for page in PAGES[:4]:
        assert browser_of.get(at(page, family)).status_code == 200, page


def test_a_lead_without_a_grant_sees_name_steps_dates_and_coordinator(client, team, family):
    actions.undo(family, step=Step.INFORMATION, reason="Hemmelig grunn", by=team.coordinator)
    client.force_login(team.lead)
    seen = ""
    for page in ("family_detail", "family_steps", "family_calendar"):
        seen += client.get(at(page, family)).content.decode()
    for words in ("Lyngmo", family.code, team.coordinator.name, "Informasjonssamtale"):
        assert words in seen
    for secret in ("Mor Lyngmo", "Jente", "Tolk", "Hos mor", "Hemmelig grunn"):
        assert secret not in seen
    assert f"/plan/{family.pk}" not in seen  # no fragment of the content is asked for
    for page in ("family_members", "family_edit", "member_new"):
        assert client.get(at(page, family)).status_code == 404


def test_a_lead_who_is_let_in_reads_but_does_not_change(client, team, family):
    assignments.grant_access(family, user=team.lead, reason="Dekker i ferien", by=a_user(Role.LEAD, team.municipality))
    client.force_login(team.lead)
    page = client.get(at("family_members", family)).content.decode()
    assert "Mor Lyngmo" in page
    assert "Legg til et medlem" not in page
    assert client.get(at("family_edit", family)).status_code == 404
    assert "Dekker i ferien" in client.get(at("family_detail", family)).content.decode()


@pytest.mark.parametrize("protection", [Protection.CLIENT_ADDRESS, Protection.CONFIDENTIAL])
def test_an_address_under_protection_is_hidden_from_readers(client, team, family, protection):
    home = rows(team, Household, family=family)[0]
    people.change_home(home, address="Skjulgata 7", by=team.coordinator)
    assignments.grant_access(family, user=team.lead, reason="Dekker i ferien", by=a_user(Role.LEAD, team.municipality))
    change_protection(family, protection=protection, reason="Meldt", by=team.coordinator)
    client.force_login(team.lead)
    page = client.get(at("family_members", family)).content.decode()
    assert "Skjulgata" not in page
    assert "Adressen er skjult" in page
    client.force_login(team.coordinator)
    assert "Skjulgata 7" in client.get(at("family_members", family)).content.decode()


def test_a_strictly_protected_family_is_not_there_for_the_lead(client, team, family):
    change_protection(family, protection=Protection.STRICTLY_CONFIDENTIAL, reason="Meldt", by=team.coordinator)
    client.force_login(team.lead)
    assert client.get(at("family_detail", family)).status_code == 404
    assert family.code not in client.get(reverse("families:team_list")).content.decode()
    assert family.name not in client.get(reverse("families:dashboard")).content.decode()


def test_reading_is_logged_once(browser_of, team, family):
    browser_of.get(at("family_detail", family))
    with acting_as(team.auditor):
        assert Event.objects.filter(what="viewed", family_id=family.pk).count() == 1


# ── People and homes ──


def member_data(team, family, **facts) -> dict:
    home = rows(team, Household, family=family, name="Hos mor")[0]
    return {
        "key": str(uuid4()), "first_name": "Amina", "last_name": "Ŋuyen", "birth_date": "1.2.2015", "role": "child",
        "relation": "datter", "language": "", f"home_{home.pk}": "60", **facts,
    }  # fmt: skip


def test_a_new_member_with_a_share(browser_of, team, family):
    answer = browser_of.post(at("member_new", family), member_data(team, family, first_name="أمل 😀"))
    assert answer.status_code == 302
    member = next(m for m in rows(team, Member, family=family) if m.first_name == "أمل 😀")
    with acting_as(team.coordinator):
        assert [(r.household.name, r.share) for r in member.residences.select_related("household")] == [("Hos mor", 60)]


def test_the_same_form_twice_is_one_member(browser_of, team, family):
    data = member_data(team, family)
    assert [browser_of.post(at("member_new", family), data).status_code for _ in range(2)] == [302, 302]
    assert len([m for m in rows(team, Member, family=family) if m.first_name == "Amina"]) == 1


@pytest.mark.parametrize(
    ("facts", "words"),
    [
        ({"first_name": ""}, "fornavn"),
        ({"first_name": "x" * 81}, "81 tegn"),
        ({"first_name": "Ni\0na"}, "tegn som ikke kan lagres"),
        ({"birth_date": "31.2.2015"}, "Denne dagen finnes ikke"),
        ({"birth_date": "1.2.15"}, "fire sifre"),
        ({"birth_date": "1.2.2099"}, "ikke være etter"),
        ({"birth_date": "i går"}, "Skriv datoen slik"),
        ({"role": "katt"}, "Velg ett av svarene"),
        ({"needs_interpreter": "on"}, "hvilket språk"),
        ({"key": "tull"}, ""),
    ],
)
def test_what_cannot_be_a_member(browser_of, team, family, facts, words):
    before = len(rows(team, Member, family=family))
    answer = browser_of.post(at("member_new", family), member_data(team, family, **facts))
    assert answer.status_code == 422
    text = answer.content.decode()
    assert words in text.lower() if words == "fornavn" else words in text
    assert "Ŋuyen" in text  # nothing typed is lost
    assert len(rows(team, Member, family=family)) == before


@pytest.mark.parametrize(
    ("mother", "father", "words"),
    [
        ("60", "60", "mer enn 100 prosent"),
        ("101", "", "fra 0 til 100"),
        ("-1", "", "fra 0 til 100"),
        ("halvt", "", "fra 0 til 100"),
    ],
)
def test_shares_of_the_time(browser_of, team, family, mother, father, words):
    homes = {home.name: home.pk for home in rows(team, Household, family=family)}
    data = member_data(team, family) | {f"home_{homes['Hos mor']}": mother, f"home_{homes['Hos far']}": father}
    answer = browser_of.post(at("member_new", family), data)
    assert answer.status_code == 422
    assert words in answer.content.decode()


def test_another_familys_home_is_no_field(browser_of, team, family):
    other = family_at(Step.INTAKE, team, name="Annen")
    foreign = rows(team, Household, family=other)[0]
    browser_of.post(at("member_new", family), member_data(team, family) | {f"home_{foreign.pk}": "40"})
    with acting_as(team.coordinator):
        assert not foreign.residences.filter(family=family).exists()


def test_the_second_of_two_editors_is_told_and_loses_nothing(browser_of, team, family):
    member = rows(team, Member, family=family, first_name="Mor")[0]
    data = member_data(team, family, first_name="Mitt", version=member.version, birth_date="14.3.1988", role="adult")
    actions.change_member(member, first_name="Deres", by=team.coordinator)
    answer = browser_of.post(at("member_edit", family, member), data)
    assert answer.status_code == 422
    text = answer.content.decode()
    assert "Noen har lagret en nyere utgave" in text
    assert "Deres" in text
    assert 'value="Mitt"' in text
    data["version"] = member.version + 1  # what the page now carries
    assert browser_of.post(at("member_edit", family, member), data).status_code == 302
    assert rows(team, Member, pk=member.pk)[0].first_name == "Mitt"


def test_another_familys_member_and_home_are_not_found(browser_of, team, family):
    other = family_at(Step.INTAKE, team, name="Annen")
    member, home = rows(team, Member, family=other)[0], rows(team, Household, family=other)[0]
    for address in (at("member_edit", family, member), at("home_edit", family, home)):
        assert browser_of.get(address).status_code == 404
        assert browser_of.post(address, {}).status_code == 404


def test_homes(browser_of, team, family):
    data = {"key": str(uuid4()), "name": "Hos bestemor", "address": "Øvre gate 1", "postcode": "4610", "town": "Krs"}
    assert [browser_of.post(at("home_new", family), data).status_code for _ in range(2)] == [302, 302]
    home = rows(team, Household, family=family, name="Hos bestemor")[0]
    again = data | {"key": str(uuid4()), "name": "hos BESTEMOR"}
    answer = browser_of.post(at("home_new", family), again)
    assert answer.status_code == 422
    assert "alt et hjem som heter dette" in answer.content.decode()
    assert browser_of.post(at("home_new", family), again | {"name": "B", "postcode": "46"}).status_code == 422
    stale = data | {"name": "Mitt", "version": home.version}
    people.change_home(home, name="Deres", by=team.coordinator)
    answer = browser_of.post(at("home_edit", family, home), stale)
    assert answer.status_code == 422
    assert "Deres" in answer.content.decode()


def test_name_and_life_phase(browser_of, team, family):
    data = {"name": "Nytt navn", "life_phase": "Barn i barneskolen", "version": family.version}
    assert browser_of.post(at("family_edit", family), data).status_code == 302
    answer = browser_of.post(at("family_edit", family), data | {"name": "Gammel fane"})
    assert answer.status_code == 422
    assert "Nytt navn" in answer.content.decode()
    assert "Gammel fane" in answer.content.decode()


# ── Steps ──


def reached(team, family, step) -> list[Milestone]:
    with acting_as(team.coordinator):
        return list(Milestone.objects.reached().filter(family=family, step=step).order_by("number"))


def test_a_step_taken_by_hand(browser_of, team):
    family = family_at(Step.CONSENT, team, on=timezone.localdate() - timedelta(days=9))
    day = timezone.localdate() - timedelta(days=3)
    answer = browser_of.post(at("step_reach", family, Step.PLAN, 1), {"on": f"{day:%d.%m.%Y}"})
    assert answer.status_code == 302
    assert reached(team, family, Step.PLAN)[0].reached_on == day


@pytest.mark.parametrize(
    ("step", "on", "words"),
    [
        (Step.PLAN, "", "Skriv"),
        (Step.PLAN, "1.1.2099", "ikke være etter"),
        (Step.PLAN, "1.1.2001", "Datoen er før"),
        (Step.REVIEW, "", "Skriv"),
    ],
)
def test_days_that_do_not_fit(browser_of, team, step, on, words):
    family = family_at(Step.CONSENT, team)
    answer = browser_of.post(at("step_reach", family, step, 1), {"on": on})
    assert answer.status_code == 422
    assert not reached(team, family, step)


def test_a_step_too_early_is_refused_in_words(browser_of, team, family):
    today = f"{timezone.localdate():%d.%m.%Y}"
    answer = browser_of.post(at("step_reach", family, Step.PLAN, 1), {"on": today})
    assert answer.status_code == 422
    assert "kommer etter" in answer.content.decode()


@pytest.mark.parametrize("step", [Step.REFERRAL, Step.INTAKE, Step.CONSENT, Step.BASELINE, Step.YEARLY, "tull"])
def test_steps_with_rules_of_their_own_are_not_taken_by_hand(browser_of, family, step):
    today = f"{timezone.localdate():%d.%m.%Y}"
    assert browser_of.post(at("step_reach", family, step, 1), {"on": today}).status_code in (403, 404)


def test_a_round_that_does_not_exist(browser_of, team):
    family = family_at(Step.REVIEW, team, on=timezone.localdate() - timedelta(days=2))
    today = {"on": f"{timezone.localdate():%d.%m.%Y}"}
    assert browser_of.post(at("step_reach", family, Step.REVIEW, 11), today).status_code == 422
    assert browser_of.post(at("step_reach", family, Step.REVIEW, 99), today).status_code == 404


def test_undo_needs_a_reason_and_keeps_the_trace(browser_of, team, family):
    address = at("step_undo", family, Step.INFORMATION, 1)
    assert browser_of.post(address, {"reason": "   "}).status_code == 422
    assert browser_of.post(address, {"reason": "x" * 301}).status_code == 422
    assert browser_of.post(address, {"reason": "Feil familie"}).status_code == 302
    assert not reached(team, family, Step.INFORMATION)
    assert "Feil familie" in browser_of.get(at("family_steps", family)).content.decode()
    assert browser_of.post(address, {"reason": "En gang til"}).status_code == 422  # nothing left to undo


def test_undo_of_what_others_build_on_is_refused(browser_of, team):
    family = family_at(Step.CONSENT, team)
    answer = browser_of.post(at("step_undo", family, Step.INFORMATION, 1), {"reason": "Feil"})
    assert answer.status_code == 422
    assert "Angre «Samtykke» først" in answer.content.decode()


def test_a_lead_cannot_touch_the_steps(client, team, family):
    client.force_login(team.lead)
    for name in ("step_reach", "step_undo"):
        assert client.post(at(name, family, Step.INFORMATION, 1), {"reason": "x"}).status_code == 403


def test_pause_resume_and_close(browser_of, team, family):
    def state():
        return rows(team, Family, pk=family.pk)[0].state

    until = timezone.localdate() + timedelta(days=20)
    assert browser_of.post(at("family_pause", family), {"reason": ""}).status_code == 422
    assert browser_of.post(at("family_pause", family), {"reason": "Ferie", "until": "1.1.2001"}).status_code == 422
    assert browser_of.post(at("family_pause", family), {"reason": "Ferie", "until": "1.1.2090"}).status_code == 422
    assert (
        browser_of.post(at("family_pause", family), {"reason": "Ferie", "until": f"{until:%d.%m.%Y}"}).status_code
        == 302
    )
    assert state() == FamilyState.PAUSED
    assert browser_of.post(at("family_pause", family), {"reason": "Igjen"}).status_code == 422
    assert browser_of.get(at("family_resume", family)).status_code == 405
    for _ in range(2):  # the second time it says so, and changes nothing
        assert browser_of.post(at("family_resume", family)).status_code == 302
    assert state() == FamilyState.ACTIVE
    actions.close(family, reason="Flyttet", by=team.coordinator)
    assert state() == FamilyState.CLOSED
    assert "Flyttet" in browser_of.get(at("family_steps", family)).content.decode()


def test_the_lead_takes_up_again_what_was_closed_less_than_a_year_ago(browser_of, team, client):
    family = family_at(Step.PLAN, team)
    actions.close(family, reason="Flyttet", because=ExitReason.MOVED, by=team.coordinator)
    assert browser_of.get(at("family_reopen", family)).status_code == 403
    client.force_login(team.lead)
    assert "Ta opp oppfølgingen igjen" in client.get(at("family_steps", family)).content.decode()
    assert "Flyttet" not in client.get(at("family_steps", family)).content.decode()
    assert client.post(at("family_reopen", family), {"reason": ""}).status_code == 422
    assert client.post(at("family_reopen", family), {"reason": "Flyttet tilbake"}).status_code == 302
    assert client.post(at("family_reopen", family), {"reason": "Igjen"}).status_code == 422
    with acting_as(team.coordinator):
        row = Exit.objects.get(family=family)
        now = Family.objects.get(pk=family.pk)
    assert (row.because, row.reason, row.reopened_by) == (ExitReason.MOVED, "Flyttet", team.lead)
    assert (now.state, now.closed_on) == (FamilyState.ACTIVE, None)
    long_ago = timezone.localdate() - timedelta(days=400)
    actions.close(now, reason="Flyttet igjen", on=long_ago, by=team.coordinator)
    assert "mer enn ett år siden" in client.post(at("family_reopen", family), {"reason": "Nå"}).content.decode()


def test_the_five_years_in_the_calendar(browser_of, team):
    family = family_at(Step.BASELINE, team, on=date(2024, 2, 29))
    page = browser_of.get(at("family_calendar", family)).content.decode()
    assert "29. februar 2024" in page
    assert "28. februar 2029" in page
