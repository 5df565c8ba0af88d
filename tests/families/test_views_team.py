"""The team leader: dashboard, all families, choosing coordinators. Access moves in the same moment."""

from datetime import timedelta

import pytest
from bs4 import BeautifulSoup
from django.core import mail
from django.urls import reverse
from django.utils import timezone

from families import actions, assignments
from families.enums import AssignmentKind
from families.models import Assignment, Family
from families.stages import Step
from nyemonstre.access.roles import Role
from nyemonstre.access.wall import acting_as
from nyemonstre.accounts.models import Membership
from tests.factories import Team, a_municipality, a_user, family_at

pytestmark = pytest.mark.django_db
DASHBOARD, ALL = reverse("families:dashboard"), reverse("families:team_list")


@pytest.fixture(scope="module")
def walked(shared_rows):
    with shared_rows():
        team = Team(a_municipality(places_per_coordinator=2))
        return team, family_at(Step.INTAKE, team, name="Lyngmo")


@pytest.fixture
def lead(client, team):
    client.force_login(team.lead)
    return client


def at(name, *args):
    return reverse(f"families:{name}", args=[getattr(arg, "pk", arg) for arg in args])


def sees(user, family) -> bool:
    with acting_as(user):
        return Family.objects.filter(pk=family.pk).exists()


def live(team, family, kind=AssignmentKind.RESPONSIBLE):
    with acting_as(team.lead):
        return Assignment.objects.live().filter(family=family, kind=kind).select_related("user").first()


def day(number: int) -> str:
    return f"{timezone.localdate() + timedelta(days=number):%d.%m.%Y}"


def tiles(response) -> list[str]:
    return [b.text for b in BeautifulSoup(response.content, "html.parser").select(".nm-tiles b")]


def test_the_dashboard_counts(lead, team, family):
    family_at(Step.INTAKE, team, name="Passert", on=timezone.localdate() - timedelta(days=40))
    family_at(Step.INTAKE, team, name="Uten", followed=False)
    family_at(Step.INTAKE, Team(), name="Fremmed")
    response = lead.get(DASHBOARD)
    text = response.content.decode()
    assert tiles(response)[:3] == ["1", "0", "1"]
    assert "2 av 2" in text
    assert "Fremmed" not in text
    for words in ("Uten", "Lyngmo: vinduet er åpent", "Passert: forbi vinduet", team.second_coordinator.name):
        assert words in text


def test_the_dashboard_of_an_empty_team(client):
    municipality = a_municipality()
    client.force_login(a_user(Role.LEAD, municipality))
    text = client.get(DASHBOARD).content.decode()
    assert "ingen koordinatorer ennå" in text
    assert "Alle familiene har en koordinator" in text


def test_a_large_team_is_searched_and_paged_and_its_numbers_stay(lead, team, family, monkeypatch):
    from families.views import team as views

    assert 'type="search"' not in lead.get(DASHBOARD).content.decode()
    monkeypatch.setattr(views, "COORDINATORS_SHOWN", 3)
    for name in ("Ågot Dal", "Anne Dal", "Øystein Å. Moe", "Zara Moe"):
        a_user(Role.COORDINATOR, team.municipality, name=name)

    def shown(**query):
        soup = BeautifulSoup(lead.get(DASHBOARD, query).content, "html.parser")
        assert "Koordinatorer: 6. Familier: 1." in soup.select_one(".nm-lead").get_text()
        return [link.get_text() for link in soup.select(".nm-teamt tbody th a")]

    everybody = shown() + shown(page=2)
    assert everybody == [
        "Anne Dal",
        team.coordinator.name,
        team.second_coordinator.name,
        "Zara Moe",
        "Øystein Å. Moe",
        "Ågot Dal",
    ]
    assert shown(q="dal") == ["Anne Dal", "Ågot Dal"]
    assert shown(q="moe øyst") == ["Øystein Å. Moe"]
    assert shown(q="finnes ikke") == shown(q="\0ingen") == []
    assert shown(page="tull") == everybody[:3]
    assert shown(page=99) == everybody[3:]


def test_a_lead_of_two_municipalities_chooses(lead, team):
    other = Team()
    Membership.objects.create(user=team.lead, municipality=other.municipality, role=Role.LEAD)
    there = family_at(Step.INTAKE, other, name="Derborte")
    assert "Derborte" in lead.get(DASHBOARD, {"kommune": other.municipality.number}).content.decode()
    assert there.code in lead.get(ALL, {"kommune": other.municipality.number}).content.decode()


@pytest.mark.parametrize("address", [DASHBOARD, ALL])
@pytest.mark.parametrize("number", ["0000", "tull", "\0", "4204' or 1=1"])
def test_another_municipalitys_number_is_404(lead, address, number):
    assert lead.get(address, {"kommune": number}).status_code == 404
    assert lead.get(address, {"kommune": Team().municipality.number}).status_code == 404


def codes(response) -> set[str]:
    rows = BeautifulSoup(response.content, "html.parser").select("tbody tr")
    return {row.select_one("a").text for row in rows}


def test_all_families_filtered(lead, team, family):
    family_at(Step.INTAKE, team, name="Passert", on=timezone.localdate() - timedelta(days=40))
    family_at(Step.INTAKE, team, name="Uten", followed=False)
    closed = family_at(Step.INTAKE, Team(team.municipality), name="Slutt")
    with acting_as(team.lead):
        follower = closed.assignments.first().user_id
    from nyemonstre.accounts.models import User

    actions.close(closed, reason="Flyttet", by=User.objects.get(pk=follower))
    shows = {show: codes(lead.get(ALL, {"vis": show})) for show in ("", "apent", "forbi", "uten", "avsluttet", "pause")}
    assert shows == {
        "": {"Lyngmo", "Passert", "Uten"}, "apent": {"Lyngmo", "Uten"}, "forbi": {"Passert"}, "uten": {"Uten"},
        "avsluttet": {"Slutt"}, "pause": set(),
    }  # fmt: skip
    assert codes(lead.get(ALL, {"koordinator": team.coordinator.pk})) == {"Lyngmo", "Passert"}
    assert codes(lead.get(ALL, {"koordinator": "tull"})) == {"Lyngmo", "Passert", "Uten"}
    assert codes(lead.get(ALL, {"q": family.code})) == {"Lyngmo"}
    assert codes(lead.get(ALL, {"q": "\0"})) == {"Lyngmo", "Passert", "Uten"}


def test_names_of_members_are_not_searched_by_a_lead(lead, family):
    assert codes(lead.get(ALL, {"q": "Jente"})) == set()


# ── Who follows ──


def test_hand_over_moves_access_at_once(lead, team, family, django_capture_on_commit_callbacks):
    old, new = team.coordinator, team.second_coordinator
    assert (sees(old, family), sees(new, family)) == (True, False)
    data = {"coordinator": str(new.pk), "reason": "Ny stilling"}
    with django_capture_on_commit_callbacks() as callbacks:
        assert lead.post(at("hand_over", family), data).status_code == 302
    assert (sees(old, family), sees(new, family)) == (False, True)
    assert len(callbacks) == 2  # both are told
    assert live(team, family).user == new
    assert old.name in lead.get(at("assign", family)).content.decode()  # history is kept


def test_hand_over_needs_a_reason_and_another_person(lead, team, family):
    answer = lead.post(at("hand_over", family), {"coordinator": str(team.second_coordinator.pk), "reason": " "})
    assert answer.status_code == 422
    answer = lead.post(at("hand_over", family), {"coordinator": str(team.coordinator.pk), "reason": "Bytte"})
    assert answer.status_code == 422
    assert live(team, family).user == team.coordinator


def test_no_more_than_the_places_without_a_reason(lead, team, family):
    for _ in range(2):
        other = family_at(Step.INTAKE, team, followed=False)
        assignments.assign_coordinator(other, coordinator=team.second_coordinator, by=team.lead)
    data = {"coordinator": str(team.second_coordinator.pk), "reason": "Bytte"}
    answer = lead.post(at("hand_over", family), data)
    assert answer.status_code == 422
    assert "2 av 2 plasser i bruk" in answer.content.decode()
    assert live(team, family).user == team.coordinator
    answer = lead.post(at("hand_over", family), data | {"override_reason": "Kjenner familien fra før"})
    assert answer.status_code == 302
    assert live(team, family).override_reason == "Kjenner familien fra før"
    assert "over plassene" in lead.get(DASHBOARD).content.decode()


def test_assigning_a_family_nobody_follows(lead, team):
    family = family_at(Step.INTAKE, team, followed=False)
    data = {"coordinator": str(team.coordinator.pk), "kind": "responsible"}
    assert lead.post(at("assign", family), data).status_code == 302
    assert sees(team.coordinator, family)
    # the same form once more: somebody is responsible now, so that is no choice any longer
    assert lead.post(at("assign", family), data).status_code == 422


def test_a_substitute_has_an_end_and_loses_access_then(lead, team, family):
    data = {"coordinator": str(team.second_coordinator.pk), "kind": "substitute", "reason": "Ferie"}
    assert lead.post(at("assign", family), data).status_code == 422
    assert lead.post(at("assign", family), data | {"valid_until": day(-1)}).status_code == 422
    assert lead.post(at("assign", family), data | {"valid_until": day(5)}).status_code == 302
    substitute = live(team, family, AssignmentKind.SUBSTITUTE)
    # «til og med»: the whole last day counts
    assert substitute.last_day == timezone.localdate() + timedelta(days=5)
    assert timezone.localtime(substitute.valid_until).strftime("%d.%m.%Y %H:%M") == f"{day(6)} 00:00"
    assert sees(team.second_coordinator, family)
    assert "vikar" in lead.get(DASHBOARD).content.decode()


def test_a_second_coordinator_and_the_end_of_it(lead, team, family):
    data = {"coordinator": str(team.second_coordinator.pk), "kind": "second", "reason": " "}
    empty = lead.post(at("assign", family), data)
    assert empty.status_code == 422
    page = BeautifulSoup(empty.content, "html.parser")
    assert "Grunn" in page.select_one(".ds-error-summary").text
    assert {box["value"] for box in page.select("input[type=radio][checked]")} == {data["coordinator"], "second"}
    data["reason"] = "To hjem"
    assert lead.post(at("assign", family), data).status_code == 302
    second = live(team, family, AssignmentKind.SECOND)
    page = lead.get(at("assign", family)).content.decode()
    end = at("assignment_end", family, second)
    assert end in page
    assert 'name="reason"' in lead.get(end).content.decode()
    assert lead.post(end, {"reason": " "}).status_code == 422
    assert sees(team.second_coordinator, family)
    assert lead.post(end, {"reason": "Ett hjem nå"}).status_code == 302
    assert "alt avsluttet" in lead.post(end, {"reason": "En gang til"}).content.decode()  # and changes nothing
    with acting_as(team.lead):
        assert second.__class__.objects.get(pk=second.pk).ended_reason == "Ett hjem nå"
    assert not sees(team.second_coordinator, family)
    assert sees(team.coordinator, family)


@pytest.mark.parametrize("coordinator", ["", "tull", "another municipality", "no coordinator"])
def test_only_coordinators_of_the_municipality(lead, team, family, coordinator):
    someone = {"another municipality": Team().coordinator, "no coordinator": team.intake}.get(coordinator)
    who = str(someone.pk) if someone else coordinator
    answer = lead.post(at("assign", family), {"coordinator": who, "kind": "second", "reason": "To hjem"})
    assert answer.status_code == 422
    assert live(team, family, AssignmentKind.SECOND) is None


def test_another_familys_assignment_is_404(lead, team, family):
    other = family_at(Step.INTAKE, team, name="Annen")
    with acting_as(team.lead):
        assignment = other.assignments.first()
    assert lead.post(at("assignment_end", family, assignment)).status_code == 404
    assert sees(team.coordinator, other)


def test_a_coordinator_does_not_choose_coordinators(client, team, family):
    client.force_login(team.coordinator)
    for name in ("assign", "hand_over"):
        assert client.get(at(name, family)).status_code == 403
    assert client.get(DASHBOARD).status_code == 403


def test_mail_goes_after_the_commit_and_names_nobody(team, family, django_capture_on_commit_callbacks, monkeypatch):
    """The tasks run here as a worker would run them; that a real worker does is in test_jobs."""
    from families import tasks

    monkeypatch.setattr(tasks.mail_news, "delay", tasks.mail_news.run)
    with django_capture_on_commit_callbacks(execute=True):
        assignments.hand_over(family, to=team.second_coordinator, reason="Hemmelig", by=team.lead)
        assert mail.outbox == []
    assert {tuple(m.to) for m in mail.outbox} == {(team.coordinator.email,), (team.second_coordinator.email,)}
    for message in mail.outbox:
        for secret in ("Lyngmo", family.code, str(family.pk), "Hemmelig"):
            assert secret not in message.subject + message.body


def test_a_rolled_back_hand_over_tells_nobody(team, family, django_capture_on_commit_callbacks):
    from nyemonstre.refusals import Refused

    with django_capture_on_commit_callbacks() as callbacks, pytest.raises(Refused):
        assignments.hand_over(family, to=team.second_coordinator, reason="", by=team.lead)
    assert callbacks == []


def test_the_number_of_passed_families_is_the_length_of_its_list(client):
    """A family with one window open and another one passed is both; a paused one is neither."""
    team = Team()
    client.force_login(team.lead)
    ago = timezone.localdate() - timedelta(days=60)
    both = family_at(Step.INTAKE, team, name="Begge", on=ago)
    actions.reach(both, step=Step.INFORMATION, on=timezone.localdate() - timedelta(days=30), by=team.coordinator)
    actions.undo(both, step=Step.INFORMATION, reason="Feil dag", by=team.coordinator)
    paused = family_at(Step.INTAKE, team, name="Pause", on=ago)
    actions.pause(paused, reason="Ferie", by=team.coordinator)
    assert tiles(client.get(DASHBOARD))[2] == str(len(codes(client.get(ALL, {"vis": "forbi"})))) == "1"


def test_how_many_wait_for_a_place(lead, team, client):
    address = reverse("referrals:waiting_count")
    assert lead.get(address).content == b"0"
    assert lead.get(address, {"kommune": team.municipality.number}).content == b"0"
    assert lead.get(address, {"kommune": "\0"}).content == b"0"
    client.force_login(team.coordinator)
    assert client.get(address).status_code == 403
