"""The queue, the case, the decision, the waiting list, as the team uses them.

That others are told no, and another municipality finds nothing, is asked of every address in tests/meta/test_urls.py.
"""

from uuid import uuid4

import pytest
from bs4 import BeautifulSoup
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from families.models import Family
from nyemonstre.access.wall import acting_as
from referrals.enums import Criterion, Outcome
from referrals.models import IntakeDecision
from referrals.queue import next_case
from tests.factories import Team

from .making import decided, reread, sent

LIST, WAITING = reverse("referrals:referral_list"), reverse("referrals:waiting_list")


def url(name, referral):
    return reverse(f"referrals:{name}", args=[referral.pk])


def soup(response):
    return BeautifulSoup(response.content, "html.parser")


def errors(response):
    return " ".join(line.get_text(" ", strip=True) for line in soup(response).select(".ds-error-summary li"))


@pytest.fixture
def inside(client, team):
    client.force_login(team.intake)
    return client


def decision(referral, **changes):
    return {
        "version": referral.version, "outcome": "granted", "reason": "I målgruppen", "sectors": ["nav", "health"],
        "present": "Mona, Pål", "decided_on": timezone.localdate().strftime("%d.%m.%Y"), "unanimous": "on",
        "coordinator": "", **changes,
    }  # fmt: skip


class TestQueue:
    def test_shows_who_from_whom_and_how_long(self, inside, team):
        sent(team, "Rahimi")
        text = inside.get(LIST).content.decode()
        assert "Rahimi" in text
        assert "Øvre skole" in text
        assert "2 voksne og 2 barn" in text

    def test_empty_says_what_to_do(self, inside):
        assert reverse("referrals:referral_new") in inside.get(LIST).content.decode()
        assert "Ingen henvendelser passer" in inside.get(LIST, {"q": "finnes ikke"}).content.decode()

    @pytest.mark.django_db(transaction=True)
    def test_filters_searches_and_sorts(self, inside, team, monkeypatch):
        # On one day the order is that of the clock. Numbers are drawn by lot, and here the lot falls the other way.
        numbers = iter((30_000, 20_000, 10_000))
        monkeypatch.setattr("referrals.actions.sending.secrets.randbelow", lambda _limit: next(numbers))
        first, second, third = (sent(team, name) for name in ("Berg", "Aas", "Dal"))
        decided(second, team, Outcome.DECLINED)

        def names(**query):
            return [a.get_text(strip=True) for a in soup(inside.get(LIST, query)).select(".nm-fam__name")]

        assert names() == names(sort="-age")[::-1] == ["Berg", "Dal"]
        with acting_as(team.intake), transaction.atomic():
            assert next_case(team.intake, second) == first
        assert names(vis="declined") == ["Aas"]
        assert names(vis="all", sort="name") == ["Aas", "Berg", "Dal"]
        assert names(vis="all", sort="-name") == ["Dal", "Berg", "Aas"]
        assert names(vis="all", q="berg") == ["Berg"]
        assert names(vis="all", q=third.reference) == ["Dal"]
        assert names(vis="nonsense", sort="nonsense", page="x", q="\0") == ["Berg", "Dal"]

    def test_pages(self, inside, team, monkeypatch):
        monkeypatch.setattr("referrals.views.lists.PER_PAGE", 2)
        for name in "ABC":
            sent(team, name)
        assert len(soup(inside.get(LIST, {"page": 2})).select(".nm-fam__name")) == 1

    @pytest.mark.parametrize("page", [LIST, WAITING])
    def test_the_same_number_of_queries_for_1_3_and_30(self, inside, team, page):
        seen = []
        for more in (1, 2, 27):
            for number in range(more):
                referral = sent(team, f"F{number}")
                if page == WAITING:
                    decided(referral, team, Outcome.WAITING)
            inside.get(page)
            with CaptureQueriesContext(
                connection,
            ) as queries:
                inside.get(page)
            seen.append(len(queries))
        assert len(set(seen)) == 1, seen


class TestCase:
    def test_has_everything_on_one_page(self, inside, team):
        referral = sent(team, "Rahimi")
        text = inside.get(url("referral_detail", referral)).content.decode()
        for words in (
            "Vi trenger én å ringe til, ikke seks.",
            "Far har 40 % stilling.",
            "Under grensen",
            "Trenger tolk",
            "Lærer Lie",
            "Ikke bestemt",
            "Signer",
        ):
            assert words in text

    def test_reading_it_is_logged(self, inside, team):
        from nyemonstre.audit.models import Event

        referral = sent(team)
        inside.get(url("referral_detail", referral))
        with acting_as(team.auditor):
            assert Event.objects.filter(what="viewed", target_id=str(referral.pk), actor_id=team.intake.pk).exists()

    def test_the_lead_reads_and_decides_too(self, client, team):
        client.force_login(team.lead)
        assert client.get(url("referral_detail", sent(team))).status_code == 200

    def test_a_decided_case_is_read_only(self, inside, team):
        referral = sent(team)
        decided(referral, team, reason="Hele begrunnelsen")
        page = soup(inside.get(url("referral_detail", referral)))
        assert "Hele begrunnelsen" in page.get_text()
        assert not page.select("form[data-decide]")

    def test_queries_do_not_grow_with_the_queue(self, inside, team):
        referral = sent(team)
        seen = []
        for more in (1, 2, 4):
            for _number in range(more):
                sent(team)
            inside.get(url("referral_detail", referral))
            with CaptureQueriesContext(connection) as queries:
                inside.get(url("referral_detail", referral))
            seen.append(len(queries))
        assert len(set(seen)) == 1, seen
        assert seen[0] < 40

    def test_taken_up_assessed_and_added_to(self, inside, team):
        referral = sent(team)
        assert inside.post(url("referral_take_in", referral)).status_code == 302
        answers = {f"criterion_{c}": "yes" for c in Criterion} | {f"note_{c}": "" for c in Criterion}
        assert inside.post(url("referral_assess", referral), answers).status_code == 302
        assert inside.post(url("referral_add", referral), {"text": "Nytt", "came_from": "Mor"}).status_code == 302
        referral = reread(referral, team)
        with acting_as(team.intake):
            assert referral.state == "in_intake"
            assert {a.value for a in referral.criteria.values()} == {"yes"}
            assert referral.additions.get().text == "Nytt"
        inside.post(url("referral_take_in", referral))  # again: said, and nothing happens
        assert reread(referral, team).state == "in_intake"

    def test_every_button_brings_back_what_is_typed_elsewhere(self, inside, team):
        referral = sent(team)
        answers = {f"criterion_{c}": "no" for c in Criterion} | {f"note_{c}": "" for c in Criterion}
        typed = answers | {
            "version": referral.version, "outcome": "declined", "reason": "Halvskrevet", "present": "Meg",
            "sectors": "nav", "decided_on": "45.1.2026", "text": "Nytt fra mor", "came_from": "Mor",
        }  # fmt: skip
        for name in ("referral_take_in", "referral_assess", "referral_add"):
            page = BeautifulSoup(inside.post(url(name, referral), typed).content, "html.parser")
            values = {
                f["name"]: f.get("value", f.text).strip()
                for f in page.select("textarea[name], input[name]:not([type=radio])")
            }
            assert (values["reason"], values["decided_on"]) == ("Halvskrevet", "45.1.2026")
            assert page.select_one("[name=outcome]:checked")["value"] == "declined"
            assert [box["value"] for box in page.select("[name=sectors]:checked")] == ["nav"]
            assert page.select_one("[name=criterion_concern]:checked")["value"] == "no"
            assert values["text"] == ("" if name == "referral_add" else "Nytt fra mor")
            typed["version"] = values["version"]
            assert inside.get(url(name, referral)).url == url("referral_detail", referral)
        assert reread(referral, team).state == "in_intake"

    @pytest.mark.parametrize(
        ("name", "data", "sentence"),
        [
            ("referral_assess", {"criterion_concern": "maybe"}, "Velg"),
            ("referral_add", {"text": "", "came_from": ""}, "Fyll ut"),
            ("referral_add", {"text": "x\0", "came_from": "y"}, "tegn som ikke kan lagres"),
            ("referral_add", {"text": "x" * 3001, "came_from": "y"}, "Det er plass til 3000"),
        ],
    )
    def test_wrong_input_is_said(self, inside, team, name, data, sentence):
        response = inside.post(url(name, sent(team)), data)
        assert response.status_code == 422
        assert sentence in response.content.decode()


class TestDecision:
    def test_a_place_and_on_to_the_next(self, inside, team):
        referral, following = sent(team, "Rahimi"), sent(team, "Brekke")
        page = inside.get(url("referral_detail", referral)).content.decode()
        assert "Signer og gå til Brekke" in page
        response = inside.post(
            url("referral_decide", referral), decision(referral, coordinator=str(team.coordinator.pk))
        )
        assert response.url == url("referral_detail", following)
        with acting_as(team.coordinator):
            assert Family.objects.get().name == "Rahimi"

    @pytest.mark.parametrize(
        ("changes", "sentence"),
        [
            ({"outcome": ""}, "Velg et svar"),
            ({"outcome": "maybe"}, "Velg ett av svarene"),
            ({"sectors": ["nav"]}, "Minst to sektorer"),
            ({"sectors": []}, "Velg minst ett svar"),
            ({"sectors": ["nav", "police"]}, "Velg ett av svarene"),
            ({"reason": " "}, "Fyll ut"),
            ({"reason": "x" * 3001}, "Det er plass til 3000"),
            ({"present": ""}, "Fyll ut"),
            ({"decided_on": "01.01.2099"}, "Datoen kan ikke være etter"),
            ({"decided_on": "01.01.2001"}, "før henvendelsen kom"),
            ({"decided_on": "i går"}, "Skriv datoen slik"),
            ({"coordinator": "not-an-id"}, "Hos hvem?"),
            ({"coordinator": str(uuid4())}, "Velg"),
            ({"version": ""}, ""),
            ({"version": "1; drop table"}, ""),
        ],
    )
    def test_wrong_input_is_said_and_kept(self, inside, team, changes, sentence):
        referral = sent(team)
        response = inside.post(url("referral_decide", referral), decision(referral, **changes))
        assert response.status_code == 422
        assert sentence in errors(response)
        assert "I målgruppen" in response.content.decode() or "reason" in changes
        assert reread(referral, team).state == "received"

    def test_another_municipalitys_coordinator_is_no_choice(self, inside, team):
        referral = sent(team)
        stranger = Team().coordinator
        response = inside.post(url("referral_decide", referral), decision(referral, coordinator=str(stranger.pk)))
        assert response.status_code == 422

    def test_a_full_coordinator_is_shown_as_full(self, inside, client, team):
        team.municipality.places_per_coordinator = 1
        team.municipality.save()
        decided(sent(team), team, coordinator=team.coordinator)
        referral = sent(team, "Andre")
        box = soup(inside.get(url("referral_detail", referral))).select_one(f"[value='{team.coordinator.pk}']")
        assert box.has_attr("disabled")
        response = inside.post(
            url("referral_decide", referral), decision(referral, coordinator=str(team.coordinator.pk))
        )
        assert "1 av 1 plasser i bruk" in errors(response)
        client.force_login(team.lead)
        page = soup(client.get(url("referral_detail", referral)))
        assert not page.select_one(f"[value='{team.coordinator.pk}']").has_attr("disabled")
        assert page.select_one("[name=override_reason]")

    def test_the_same_decision_twice_makes_one_family(self, inside, team):
        referral = sent(team)
        data = decision(referral)
        assert inside.post(url("referral_decide", referral), data).status_code == 302
        assert inside.post(url("referral_decide", referral), data).status_code == 422
        with acting_as(team.lead):
            assert Family.objects.count() == 1
            assert IntakeDecision.objects.count() == 1

    def test_somebody_decided_while_i_wrote(self, inside, team):
        referral = sent(team)
        decided(referral, team, Outcome.WAITING)
        response = inside.post(url("referral_decide", referral), decision(referral, outcome="declined", reason="Mitt"))
        assert response.status_code == 422
        assert "nyere utgave" in errors(response)
        page = soup(response)
        assert page.select_one("[name=reason]").text.strip() == "Mitt"
        again = decision(referral, outcome="declined", version=page.select_one("[name=version]")["value"])
        assert inside.post(url("referral_decide", referral), again).status_code == 302
        assert reread(referral, team).state == "declined"

    def test_a_protected_family_disappears_and_the_page_goes_on(self, inside, team):
        referral = sent(team, protection="confidential")
        data = decision(referral, coordinator=str(team.coordinator.pk))
        response = inside.post(url("referral_decide", referral), data, follow=True)
        assert response.status_code == 200
        assert inside.get(url("referral_detail", referral)).status_code == 404

    def test_unknown_protection_is_asked_for(self, inside, team):
        referral = sent(team, protection="unknown")
        response = inside.post(url("referral_decide", referral), decision(referral, protection=""))
        assert "adressesperre" in errors(response)
        assert inside.post(url("referral_decide", referral), decision(referral, protection="none")).status_code == 302

    def test_get_goes_to_the_case(self, inside, team):
        referral = sent(team)
        assert inside.get(url("referral_decide", referral)).url == url("referral_detail", referral)


class TestWaitingList:
    @pytest.fixture
    def waiting(self, team):
        referrals = [sent(team, name) for name in ("Aas", "Berg")]
        for referral in referrals:
            decided(referral, team, Outcome.WAITING)
        return [reread(referral, team) for referral in referrals]

    def test_shows_the_order(self, inside, waiting):
        assert [a.get_text(strip=True) for a in soup(inside.get(WAITING)).select(".nm-fam__name")] == ["Aas", "Berg"]

    def test_empty(self, inside):
        assert "Ingen venter" in inside.get(WAITING).content.decode()

    def test_moved(self, inside, team, waiting):
        page = url("waiting_move", waiting[1])
        assert inside.get(page).status_code == 200
        data = {"version": waiting[1].version, "to": 1, "reason": "Mister boligen"}
        assert inside.post(page, data).status_code == 302
        assert reread(waiting[1], team).waiting_position == 1
        stale = inside.post(page, data | {"to": 2})
        assert "nyere utgave" in errors(stale)

    @pytest.mark.parametrize(
        ("changes", "sentence"),
        [
            ({"to": 7}, "fra 1 til 2"),
            ({"to": 0}, "større"),
            ({"to": "x"}, "Skriv et tall"),
            ({"reason": ""}, "Fyll ut"),
        ],
    )
    def test_wrong_input(self, inside, waiting, changes, sentence):
        data = {"version": waiting[1].version, "to": 1, "reason": "x", **changes}
        assert sentence in errors(inside.post(url("waiting_move", waiting[1]), data))

    def test_only_those_who_wait(self, inside, team):
        assert inside.get(url("waiting_move", sent(team))).status_code == 404

    def test_decided_from_there(self, inside, team, waiting):
        data = decision(waiting[0], coordinator=str(team.coordinator.pk))
        assert inside.post(url("referral_decide", waiting[0]), data).status_code == 302
        assert reread(waiting[1], team).waiting_position == 1
