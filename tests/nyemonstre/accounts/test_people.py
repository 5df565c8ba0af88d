"""The administrator's pages: people and roles of the own municipality, never another's, never a family."""

from datetime import timedelta

import pytest
from django.contrib.auth import authenticate
from django.core import mail
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from families.stages import Step
from nyemonstre.access.roles import Role
from nyemonstre.accounts import tasks
from nyemonstre.accounts.actions import add_colleague, end_role, give_role, set_active, set_intake_rules
from nyemonstre.accounts.models import Membership, User
from nyemonstre.refusals import Refused
from tests.factories import Team, a_user, family_at

pytestmark = pytest.mark.django_db
LIST, NEW = "/konto/brukere/", "/konto/brukere/ny/"


@pytest.fixture
def team():
    return Team()


@pytest.fixture(autouse=True)
def _mail_at_once(monkeypatch):
    """The worker's part is done here and now, by the same function."""
    monkeypatch.setattr(tasks.send_password_link, "delay", tasks.send_password_link)


@pytest.fixture
def admin(client, team):
    client.force_login(team.administrator)
    return client


def new(team, **changes):
    return {
        "name": "Ny Kollega", "email": "ny@example.test", "phone": "", "municipality": team.municipality.pk,
        "role": Role.COORDINATOR, "sector": "", "valid_from": "01.02.2026", "valid_to": "", **changes,
    }  # fmt: skip


def url(person, end=""):
    return f"{LIST}{person.pk}/{end}"


def test_the_list_holds_the_own_people_only(admin, team):
    other = Team()
    html = admin.get(LIST).content.decode()
    assert team.coordinator.email in html
    assert other.coordinator.email not in html


def test_another_municipalitys_people_are_not_found(admin):
    other = Team()
    role = other.coordinator.memberships.get()
    assert admin.get(url(other.coordinator)).status_code == 404
    for address in (url(other.lead, "stengt/"), url(other.lead, "lenke/"), f"/konto/roller/{role.pk}/avslutt/"):
        assert admin.post(address, {"active": "0"}).status_code == 404
    other.lead.refresh_from_db()
    assert other.lead.is_active


def test_a_role_in_another_municipality_cannot_be_given_by_a_crafted_id(admin, team):
    response = admin.post(url(team.lead), new(team, municipality=Team().municipality.pk, role=Role.AUDITOR))
    assert response.status_code == 422
    assert team.lead.memberships.count() == 1


def test_search_filter_and_sort_are_in_the_url(admin, team):
    def names(query):
        return [person.name for person in admin.get(LIST + query).context["page_obj"]]

    assert names(f"?q={team.lead.email.split('@')[0]}@") == [team.lead.name]
    assert names("?rolle=auditor") == [team.auditor.name]
    assert names("?rolle=stengt") == []
    assert sorted(names("?sort=-email")) == sorted(names(""))
    assert names("?sort=-email") == names("?sort=email")[::-1]
    assert "Ingen brukere passer" in admin.get(LIST + "?q=finnesikke").content.decode()
    for wrong in ("?q=%00", "?rolle=x", "?sort=-x", "?page=999", "?page=x"):
        assert admin.get(LIST + wrong).status_code == 200


def test_somebody_without_a_role_now_is_still_found(admin, team):
    Membership.objects.filter(user=team.lead).update(valid_to=timezone.localdate() - timedelta(days=1))
    html = admin.get(LIST + "?rolle=ingen").content.decode()
    assert team.lead.email in html
    assert team.coordinator.email not in html


def test_a_new_user_gets_a_role_and_a_link_and_can_log_in(admin, team, client, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        response = admin.post(NEW, new(team))
    person = User.objects.get(email="ny@example.test")
    assert response.url == url(person)
    assert person.memberships.get().role == Role.COORDINATOR
    (letter,) = mail.outbox
    assert "Ny Kollega" not in letter.body
    link = next(word for word in letter.body.split() if word.startswith("http"))
    path = "/" + link.split("/", 3)[3]
    other = client.__class__()
    other.post(path, {"new": "et nytt langt passord", "again": "et nytt langt passord"})
    assert authenticate(username=person.email, password="et nytt langt passord") == person


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"email": "ikke e-post"}, "navn@kommune.no"), ({"name": ""}, "Fyll ut"), ({"name": "a\0"}, "tegn som ikke"),
        ({"role": "konge"}, "Velg ett av svarene"), ({"role": Role.INTAKE}, "Velg sektor"),
        ({"sector": "nav"}, "bare for inntaksteamet"), ({"valid_to": "01.01.2026"}, "før startdatoen"),
        ({"valid_from": "i går"}, "Skriv datoen slik"), ({"valid_from": "01.01.9999"}, "mellom 1900 og 2100"),
    ],
)  # fmt: skip
def test_a_new_user_with_a_mistake_is_not_half_made(admin, team, changes, words):
    response = admin.post(NEW, new(team, **changes))
    assert response.status_code == 422
    assert words in response.content.decode()
    assert not User.objects.filter(email="ny@example.test").exists()


def test_the_same_new_user_twice_is_told(admin, team):
    admin.post(NEW, new(team))
    assert "finnes alt en bruker" in admin.post(NEW, new(team)).content.decode()
    assert User.objects.filter(email="ny@example.test").count() == 1


def test_roles_are_given_and_ended_at_once(admin, team):
    assert admin.post(url(team.lead), new(team, role=Role.COORDINATOR)).status_code == 302
    assert "har alt denne rollen" in admin.post(url(team.lead), new(team, role=Role.COORDINATOR)).content.decode()
    role = team.lead.memberships.get(role=Role.COORDINATOR)
    assert "Avslutt" in admin.get(url(team.lead)).content.decode()
    admin.post(f"/konto/roller/{role.pk}/avslutt/")
    assert not team.lead.memberships.live().filter(role=Role.COORDINATOR).exists()


def test_closing_somebody_ends_their_session_and_opening_lets_them_in(admin, team, client):
    other = client.__class__()
    other.force_login(team.lead)
    admin.post(url(team.lead, "stengt/"), {"active": "0"})
    assert other.get("/konto/profil/").status_code == 302
    assert "kan ikke logge inn" in admin.get(url(team.lead)).content.decode()
    admin.post(url(team.lead, "stengt/"), {"active": "1"})
    team.lead.refresh_from_db()
    assert team.lead.is_active


def test_nobody_closes_themselves(admin, team):
    admin.post(url(team.administrator, "stengt/"), {"active": "0"})
    assert "Du kan ikke stenge din egen bruker" in admin.get(LIST).content.decode()


def test_a_new_link_is_sent_on_request(admin, team, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        admin.post(url(team.lead, "lenke/"))
    assert [letter.to for letter in mail.outbox] == [[team.lead.email]]


def test_without_a_broker_the_link_is_mailed_all_the_same(team, monkeypatch, django_capture_on_commit_callbacks):
    def away(_user):
        raise tasks.OperationalError

    monkeypatch.setattr(tasks.send_password_link, "delay", away)
    with django_capture_on_commit_callbacks(execute=True):
        add_colleague(team.municipality, name="Ny", email="ny@example.test", role=Role.LEAD, by=team.administrator)
    assert len(mail.outbox) == 1


def test_no_page_of_the_administrator_shows_a_family(admin, team):
    family = family_at(Step.CONSENT, team, name="Kanarifugl")
    for address in (LIST, NEW, url(team.coordinator)):
        html = admin.get(address).content.decode()
        assert family.code not in html
        assert "Kanarifugl" not in html


def test_the_municipality_asks_for_no_more_sectors_than_there_are(admin, team):
    """With four of three, no henvendelse could ever be decided."""
    page = f"/konto/kommune/{team.municipality.pk}/"
    asked = {"intake_sectors_needed": "4", "intake_only_in_meetings": "on"}
    wrong = admin.post(page, asked)
    assert wrong.status_code == 422
    assert 'name="intake_only_in_meetings"' in wrong.content.decode()
    with pytest.raises(Refused):
        set_intake_rules(team.municipality, sectors_needed=4, only_in_meetings=True, by=team.administrator)
    assert admin.post(page, asked | {"intake_sectors_needed": "3"}).status_code == 302
    team.municipality.refresh_from_db()
    assert (team.municipality.intake_sectors_needed, team.municipality.intake_only_in_meetings) == (3, True)


def test_the_municipality_has_sectors_of_its_own(admin, team):
    page = f"/konto/kommune/{team.municipality.pk}/"
    town, asked = team.municipality, {"intake_sectors_needed": "4", "intake_own_sectors": "Skole\n\n Kulturskole "}
    for wrong in ("Skole\nskole", "nav", "Et navn som er altfor langt", "a\nb\nc\nd"):
        assert admin.post(page, asked | {"intake_own_sectors": wrong}).status_code == 422, wrong
    facts = {"intake_makes_vedtak": "on", "intake_appeal_weeks": "6"}
    assert admin.post(page, asked | facts).status_code == 302
    town.refresh_from_db()
    assert (town.intake_own_sectors, town.intake_sectors_needed) == (["Skole", "Kulturskole"], 4)
    assert (town.intake_makes_vedtak, town.intake_appeal_weeks) == (True, 6)
    assert "Kulturskole" in admin.get(page).content.decode()
    set_intake_rules(town, sectors_needed=2, only_in_meetings=False, by=team.administrator)
    assert town.intake_own_sectors == ["Skole", "Kulturskole"]


def test_actions_refuse_another_municipality(team):
    other = Team()
    with pytest.raises(Refused) as refused:
        set_active(other.lead, active=False, municipality=team.municipality, by=team.administrator)
    assert refused.value.rule == "other_municipality"
    with pytest.raises(Exception, match="gir ikke lov"):
        give_role(other.lead, municipality=other.municipality, role=Role.LEAD, by=team.administrator)
    with pytest.raises(Exception, match="gir ikke lov"):
        end_role(other.lead.memberships.get(), by=team.administrator)


def test_the_number_of_queries_does_not_follow_the_number_of_people(admin, team):
    counts = []
    for people in (1, 3, 15):
        for _person in range(people):
            a_user(Role.COORDINATOR, team.municipality)
        with CaptureQueriesContext(connection) as captured:
            admin.get(LIST)
        counts.append(len(captured))
    assert counts[0] == counts[1] == counts[2]
