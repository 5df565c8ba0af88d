"""What a browser kept while the line was cut: taken once, in order, and never over what somebody else has saved."""

import json
from uuid import uuid4

import pytest
from django.urls import reverse

from assessments import actions
from assessments.models import Response
from assessments.sheets import FAMILY
from nyemonstre.access.wall import acting_as

pytestmark = pytest.mark.django_db


@pytest.fixture
def line(client, team, family, sitting):
    """`line(answers)` sends them as the page does. Gives the status, and the results by state or the error."""
    client.force_login(team.coordinator)
    url = reverse("assessments:sitting_sync", args=[family.pk, sitting.pk])

    def send(*answers, status=200):
        body = json.dumps({"answers": answers})
        answer = client.post(url, body, content_type="application/json")
        assert answer.status_code == status, answer.content
        return answer.json().get("results", answer.json()) if status in (200, 409) else None

    send.url = url
    return send


def given(question="rm1", value="3", who=FAMILY, **more):
    return {"id": str(uuid4()), "who": who, "question": question, "value": value, "missing": ""} | more


def saved(team):
    with acting_as(team.coordinator):
        return {r.question: (r.missing or r.value, r.version) for r in Response.objects.all()}


def test_each_answer_is_taken_once_and_in_order(team, line):
    many = [given(value=str(1 + n % 5)) for n in range(200)]
    for one, before in zip(many[1:], many, strict=False):
        one["after"] = before["id"]
    for start in range(0, 200, 50):
        line(*many[start : start + 50])
        again = line(*many[start : start + 50])  # the answer to the first try never came back
        assert {result["state"] for result in again} == {"kept"}
    assert saved(team) == {"rm1": (5, 200)}
    with acting_as(team.coordinator):
        assert [str(one) for one in Response.objects.get().received] == [one["id"] for one in many]


def test_what_somebody_else_saved_is_shown_and_not_overwritten(team, sitting, line):
    first = line(given(value="2"))[0]
    assert (first["state"], first["version"]) == ("kept", 1)
    actions.answer(sitting, question="rm1", value=4, by=team.coordinator)  # from another browser
    mine, next_one = given(value="1", base=1), given("rm2", "5")
    results = line(mine, next_one)
    assert [result["state"] for result in results] == ["conflict"]  # the rest waits for somebody to choose
    assert results[0]["words"] == "4, ganske bra"
    assert results[0]["who"] == team.coordinator.name
    assert saved(team) == {"rm1": (4, 2)}
    same = line(given(value="4", base=1))[0]  # both say the same: nothing to choose
    assert same["state"] == "kept"
    chosen = mine | {"id": str(uuid4()), "base": same["version"]}
    assert [result["state"] for result in line(chosen, next_one)] == ["kept", "kept"]
    assert saved(team) == {"rm1": (1, 4), "rm2": (5, 1)}


def test_what_does_not_fit_is_refused_with_a_sentence_and_the_rest_is_taken(team, people, line):
    mor = str(people["Mor"].pk)
    results = line(
        given(value="9"), given("nothing"), given("ladder", "5", who=str(uuid4())), given("rooms", "4", who=mor),
        given("income", ["wages", "aap"], who=mor), given("rm2", None, missing="unwilling"), given("rm3", ""),
    )  # fmt: skip
    assert [result["state"] for result in results] == ["refused"] * 3 + ["kept"] * 3 + ["refused"]
    assert results[0]["sentence"].startswith("Tallet må være")
    assert line(given("rooms", "å" * 20_000, who=mor))[0]["sentence"]
    assert set(saved(team)) == {"rooms", "income", "rm2"}


@pytest.mark.parametrize(
    "wrong",
    [
        {"id": "x"}, {"who": "x"}, {"question": 3}, {"base": "1"}, {"missing": ["x"]}, {"value": {"a": 1}},
        {"value": ["x" * 10_001]}, {"after": "x"},
    ],
)  # fmt: skip
def test_what_no_page_of_ours_sends(line, wrong):
    line(given() | wrong, status=400)


def test_bodies_that_are_no_list_of_answers(client, line):
    for body in ("", "[]", "{}", '{"answers": 3}', '{"answers": [3]}', "\xff"):
        assert client.post(line.url, body, content_type="application/json").status_code == 400


def test_a_sitting_that_is_over_keeps_the_queue_where_it_is(team, family, sitting, line):
    line(given())
    actions.complete(sitting, rest_not_asked=True, by=team.coordinator)
    assert "fullført" in line(given(value="5"), status=409)["error"]
    assert saved(team)["rm1"] == (3, 1)


def test_on_the_members_own_screen_only_their_own_are_taken(client, team, family, people, sitting, line):
    jente, mor = str(people["Jente"].pk), str(people["Mor"].pk)
    client.post(reverse("assessments:sitting_hand_over", args=[family.pk, sitting.pk, jente]), {"code": "1234"})
    assert line(given("ladder", "6", who=jente))[0]["state"] == "kept"
    for other in (given("ladder", "6", who=mor), given(), given("school_absence", "1", who=jente)):
        line(other, status=404)
    assert set(saved(team)) == {"ladder"}
