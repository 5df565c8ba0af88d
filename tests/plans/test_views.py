"""The pages: in place and without script, and what people and others put into them."""

from uuid import uuid4

import pytest
from bs4 import BeautifulSoup
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from assessments.outcomes import Outcome
from consent import actions as consent_actions
from families import assignments
from nyemonstre.access.wall import acting_as
from nyemonstre.audit.models import Event
from plans import actions
from plans.actions import GoalReview
from plans.enums import Doer, JournalKind, Moment, Verdict
from plans.models import Goal, Measure, OwnWords, PlanAgreement
from tests.factories import Team

from .conftest import HTMX, SECRETS, count, key, members_of, url

today = timezone.localdate


def a_goal(people, **facts):
    return {"key": key(), "words": "Bo her lenge", "whose": [str(people["Mor"].pk)], "outcome": Outcome.RM4A, **facts}


def a_measure(**facts):
    return {"key": key(), "what": "Søke bostøtte", "done_by": Doer.COORDINATOR, "state": "planned", **facts}


# --- the pages open, with and without something on them


PAGES = ["family_tab", "own_words", "words_history", "to_do", "family_journal", "latest_journal"]
FORMS = ["own_words_new", "goal_new", "plan_agree", "journal_new", "journal_quick"]


@pytest.mark.parametrize("name", PAGES + FORMS)
def test_an_empty_plan_opens_everywhere(client, family, name):
    assert client.get(url(name, family)).status_code == 200
    assert client.get(url(name, family), **HTMX).status_code == 200


def test_a_form_sent_with_nothing_in_it_is_a_form_that_is_not_right(client, family, goal, measure):
    of = {"goal": [goal.pk], "measure": [measure.pk], "review": [1]}
    mine = {"goal_new": [], "measure_new": [goal.pk], "measure_from": []}
    forms = [*FORMS, "goal_edit", "goal_close", "goal_rate", "measure_edit", "measure_finish", "review", "closing"]
    for name in (*forms, *mine, "other_plan_new", "redaction_new"):
        answer = client.post(url(name, family, *mine.get(name, of.get(name.partition("_")[0], []))))
        assert answer.status_code == 422, name
        assert "rettes før vi kan lagre" in answer.content.decode(), name


def everything(family, people, goal, measure, school, line, by):
    actions.record_words(people["Mor"], text="At vi kan bo her lenge", by=by)
    actions.add_measure(goal, what="Leksehjelp", done_by=Doer.SERVICE, service=school, due_on=today(), by=by)
    actions.add_measure(goal, what="Øvelseskjøring", done_by=Doer.NOBODY, falls_between=True, by=by)
    actions.finish_measure(measure, by=by)
    actions.write_entry(
        family, text="Viste svømmemerket", kind=JournalKind.HOME_VISIT, members=[people["Gutt"]], service=school,
        minutes=60, support=["emotional"], moment=Moment.SMALL, by=by,
    )  # fmt: skip
    actions.agree_plan(family, present=["Mor", "Far"], by=by)
    review = actions.save_review(
        family, number=1, goals=[GoalReview(goal.pk, Verdict.CHANGE, "Ny", 4, 3, "a", "b")], by=by
    )
    actions.sign_review(review, by=by)
    closed = actions.add_goal(family, outcome=Outcome.RM2, words="Svømme", whose=[people["Gutt"]], by=by)
    actions.close_goal(closed, state="reached", reason="Svømmemerket", by=by)
    return closed


def test_a_full_plan_opens_everywhere(client, family, people, goal, measure, school, line, by):
    closed = everything(family, people, goal, measure, school, line, by)
    for name in PAGES + FORMS:
        answer = client.get(url(name, family))
        assert answer.status_code == 200, name
        # The contact of the line stands where one may be chosen, and on no page.
        if name in PAGES:
            assert not [secret for secret in SECRETS.values() if secret in answer.content.decode()], name
    for name, *args in (
        ("goal_detail", goal.pk), ("goal_edit", goal.pk), ("goal_close", goal.pk), ("goal_close", closed.pk),
        ("measure_new", goal.pk), ("measure_edit", measure.pk), ("measure_finish", measure.pk),
        ("review", 1), ("review", 2),
        ("agreement_detail", 1), ("goal_detail", closed.pk),
    ):  # fmt: skip
        assert client.get(url(name, family, *args)).status_code == 200, name
        assert client.get(url(name, family, *args), **HTMX).status_code == 200, name
    page = client.get(url("family_tab", family)).content.decode()
    for piece in (
        "«Ny»",
        "Øvre Bjørkåsen skole",
        "Faller mellom tjenestene",
        "1 ferdig tiltak",
        "Versjon 1",
        "Svømmemerket",
    ):
        assert piece in page
    assert client.get(url("family_tab", family) + f"?hvem={people['Mor'].pk}").status_code == 200
    assert client.get(url("family_tab", family) + "?hvem=tull").status_code == 200


def test_the_heaviest_page_is_light(client, family, people, by):
    for number in range(8):
        goal = actions.add_goal(family, outcome=Outcome.RM5, words=f"Mål {number}", whose=people.values(), by=by)
        for n in range(3):
            actions.add_measure(goal, what=f"Tiltak {n}", done_by=Doer.FAMILY, by=by)
    assert len(client.get(url("family_tab", family)).content) <= 60_000


# --- who may: others and other roles are asked at every address in tests/meta/test_urls.py


def test_a_new_coordinator_sees_it_and_the_old_one_no_more(client, team, family, goal):
    assignments.hand_over(family, to=team.second_coordinator, reason="Permisjon", by=team.lead)
    assert client.get(url("family_tab", family)).status_code == 404
    client.force_login(team.second_coordinator)
    assert "En jobb ryggen tåler" in client.get(url("family_tab", family)).content.decode()


def test_opening_the_plan_is_logged_once(client, family, by):
    client.get(url("family_tab", family))
    client.get(url("to_do", family))
    with acting_as(by):
        assert Event.objects.filter(what="viewed", family_id=family.pk).count() == 1


# --- writing, in place and without script


def test_a_goal_without_script(client, family, people, by):
    answer = client.post(url("goal_new", family), a_goal(people, words="نريد 🏡 ŋ"), follow=True)
    assert answer.redirect_chain
    assert "نريد 🏡 ŋ" in answer.content.decode()


def test_the_same_form_twice_makes_one_goal(client, family, people, by):
    data = a_goal(people)
    for _ in range(2):
        assert client.post(url("goal_new", family), data).status_code == 302
    assert count(Goal, by, family=family) == 1


def test_in_place_a_measure_comes_back_as_its_goal_and_the_side_column(client, family, goal, by):
    answer = client.post(url("measure_new", family, goal.pk), a_measure(due_on="31.12.2026"), **HTMX)
    page = answer.content.decode()
    assert answer.status_code == 200
    assert answer["HX-Retarget"] == f"#mal-{goal.pk}"
    assert page.count(f'id="mal-{goal.pk}"') == 1
    assert 'hx-swap-oob="true"' in page
    assert "Søke bostøtte" in page
    wrong = client.post(url("measure_new", family, goal.pk), a_measure(what=""), **HTMX)
    assert wrong.status_code == 422
    assert f'id="tiltak-{goal.pk}"' in wrong.content.decode()


def test_finishing_a_measure(client, family, goal, measure, by):
    """What was written while it went on is there to go on from, so that nobody writes over it unseen."""
    measure = actions.change_measure(measure, follow_up="Time bestilt", by=by)
    assert ">\nTime bestilt</textarea>" in client.get(url("measure_finish", family, measure.pk)).content.decode()
    assert '<span class="nm-optional">(når en tjeneste gjør det)</span>' in client.get(
        url("measure_edit", family, measure.pk)
    ).content.decode()  # fmt: skip
    data = {
        "version": measure.version,
        "state": "done",
        "finished_on": today().strftime("%d.%m.%Y"),
        "follow_up": "Bra",
    }
    assert "1 ferdig tiltak" in client.post(url("measure_finish", family, measure.pk), data, **HTMX).content.decode()


def test_closing_and_taking_up_a_goal_again(client, family, goal, by):
    data = {"version": 1, "state": "reached", "reason": "Fast jobb", "closed_on": today().strftime("%d.%m.%Y")}
    assert client.post(url("goal_close", family, goal.pk), data, **HTMX)["HX-Refresh"] == "true"
    assert client.post(url("goal_close", family, goal.pk), {"version": 2, "reason": "Sluttet"}).status_code == 302
    with acting_as(by):
        assert Goal.objects.get(pk=goal.pk).is_active


def test_own_words(client, family, people, by):
    data = {"key": key(), "member": str(people["Gutt"].pk), "text": "At Birk kan bli med", "said_on": "1.1.2026"}
    page = client.post(url("own_words_new", family), data, follow=True).content.decode()
    assert "At Birk kan bli med" in page
    assert client.post(url("own_words_new", family), data).status_code == 302
    assert count(OwnWords, by, family=family) == 1


def test_the_plan_is_agreed(client, family, people, goal, by):
    data = {
        "key": key(), "members": [str(people["Mor"].pk)], "others": "Tolk Tolkesen; Læreren", "language": "arabisk",
        "agreed_on": today().strftime("%d.%m.%Y"), "with_interpreter": "on",
    }  # fmt: skip
    asked = BeautifulSoup(client.get(url("plan_agree", family)).content, "html.parser")
    (people_asked,) = [one for one in asked.select("legend") if "Hvem i familien var med?" in one.text]
    assert "valgfritt" not in people_asked.text, "somebody was there: one of them, or one named in words"
    page = client.post(url("plan_agree", family), data, follow=True).content.decode()
    assert "Versjon 1" in page
    client.post(url("plan_agree", family), data)
    with acting_as(by):
        assert PlanAgreement.objects.get(family=family).present == ["Mor Prøve", "Tolk Tolkesen", "Læreren"]
    nobody = {**data, "key": key(), "members": [], "others": ""}
    refused_page = client.post(url("plan_agree", family), nobody)
    assert refused_page.status_code == 422
    assert "Kryss av for hvem som var med, eller skriv navnet." in refused_page.content.decode()
    assert client.post(url("plan_agree", family), {**nobody, "others": "Mormor"}).status_code == 302


# --- what does not belong


def test_a_service_without_a_live_line_is_refused_with_the_way_to_get_one(client, family, goal, club, school, line, by):
    page = client.get(url("measure_new", family, goal.pk)).content.decode()
    assert "Øvre Bjørkåsen skole" in page
    assert "Elvestrand IL" not in page
    answer = client.post(url("measure_new", family, goal.pk), a_measure(done_by=Doer.SERVICE, service=str(club.pk)))
    assert answer.status_code == 422
    assert "Lag en linje i samarbeidsavtalen" in answer.content.decode()
    assert f"{reverse('consent:line_new', args=[family.pk])}?tjeneste={club.pk}" in answer.content.decode()
    assert count(Measure, by, goal=goal) == 0


def test_the_service_of_another_municipality_is_no_choice(client, family, goal):
    other = Team()
    theirs = consent_actions.add_service(other.municipality, name="Annen skole", sector="school", by=other.coordinator)
    answer = client.post(url("measure_new", family, goal.pk), a_measure(done_by=Doer.SERVICE, service=str(theirs.pk)))
    assert answer.status_code == 422
    assert "Annen skole" not in answer.content.decode()


def test_there_is_no_field_that_moves_a_measure_and_a_crafted_one_is_not_read(
    client, family, other, goal, measure, by
):  # fmt: skip
    stays = {"version": 1, "what": "Flyttet", "done_by": Doer.FAMILY, "state": "planned", "goal": str(uuid4())}
    assert client.post(url("measure_edit", family, measure.pk), {**stays, "family": str(other.pk)}).status_code == 302
    with acting_as(by):
        kept = Measure.objects.get(pk=measure.pk)
    assert (kept.goal_id, kept.family_id, kept.what) == (goal.pk, family.pk, "Flyttet")


def test_the_people_of_another_family_are_no_choice(client, family, other, goal, by):
    theirs = str(members_of(other, by)["Mor"].pk)
    for name, args, data in (
        ("goal_new", (), {"key": key(), "words": "x", "outcome": "rm1", "whose": [theirs]}),
        ("goal_edit", (goal.pk,), {"version": 1, "words": "x", "outcome": "rm1", "whose": [theirs]}),
        ("own_words_new", (), {"key": key(), "member": theirs, "text": "x", "said_on": "1.1.2026"}),
        ("plan_agree", (), {"key": key(), "members": [theirs], "agreed_on": "1.1.2026"}),
        (
            "journal_new",
            (),
            {"key": key(), "members": [theirs], "kind": "note", "text": "x", "happened_on": "1.1.2026"},
        ),
    ):
        assert client.post(url(name, family, *args), data).status_code == 422, name


@pytest.mark.parametrize(
    ("field", "value", "said"),
    [
        ("words", "", "Fyll ut dette feltet"),
        ("words", "a\0b", "tegn som ikke kan lagres"),
        ("words", "x" * 20_000, "20000 tegn"),
        ("outcome", "rm9", "Velg ett av svarene"),
        ("whose", ["tull"], "gyldig"),
        ("key", "tull", ""),
    ],
)
def test_bad_input_comes_back_filled_in(client, family, people, by, field, value, said):
    data = a_goal(people, first_sign="Dette skal stå")
    data[field] = value
    answer = client.post(url("goal_new", family), data)
    page = answer.content.decode()
    assert answer.status_code == 422
    assert said in page
    assert "Dette skal stå" in page
    assert count(Goal, by, family=family) == 0


@pytest.mark.parametrize("due", ["31.2.2026", "1.1.3000", "i morgen", "1.1.26"])
def test_a_day_that_does_not_exist(client, family, goal, due):
    assert client.post(url("measure_new", family, goal.pk), a_measure(due_on=due)).status_code == 422


def test_what_people_write_is_never_markup(client, family, people, goal, by):
    actions.record_words(people["Mor"], text="<script>alert(1)</script>", by=by)
    actions.write_entry(family, text="<b>fet</b>", by=by)
    for name in ("family_tab", "own_words", "words_history", "latest_journal", "family_journal"):
        page = client.get(url(name, family)).content.decode()
        assert "<script>alert" not in page
        assert "<b>fet" not in page


# --- cost


def test_the_same_queries_however_many_rows(client, family, people, by):
    counts = {}
    for rows in (1, 2, 27):
        for number in range(rows):
            goal = actions.add_goal(family, outcome=Outcome.RM5, words=f"Mål {number}", whose=people.values(), by=by)
            actions.add_measure(goal, what="Noe", done_by=Doer.FAMILY, due_on=today(), by=by)
            actions.record_words(people["Mor"], text=f"Ord {number}", by=by)
            actions.write_entry(family, text=f"Linje {number}", members=people.values(), by=by)
        for name in PAGES:
            with CaptureQueriesContext(connection) as queries:
                assert client.get(url(name, family)).status_code == 200
            counts.setdefault(name, []).append(len(queries))
    assert {name: set(seen) for name, seen in counts.items()} == {name: {seen[0]} for name, seen in counts.items()}
    assert all(seen[0] <= 32 for seen in counts.values()), counts
