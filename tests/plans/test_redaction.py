"""Words that should not stand there are gone everywhere, and a tombstone says who, when and why."""

import json

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction
from django.urls import reverse

from history.models import Change
from nyemonstre.access.wall import acting_as
from nyemonstre.accounts.actions import save_draft
from nyemonstre.accounts.models import Draft
from plans import actions
from plans.actions import GoalReview
from plans.enums import DocumentState, Doer, PlanEvent, RedactionState
from plans.models import Goal, GoalVersion, JournalEntry, Measure, PlanAgreement, PlanDocument, Redaction, ReviewGoal

from .conftest import key, refused, url
from .test_actions import events

WORDS = 'Kari "Kreft" Utbygd'


@pytest.fixture
def written(family, people, goal, by):
    """The words in every kind of place."""
    actions.change_goal(
        goal, outcome=goal.outcome, words=f"Hjelpe {WORDS}", whose=[people["Far"]], reason=f"{WORDS} er syk", by=by
    )
    actions.add_measure(goal, what=f"Ringe {WORDS} og {WORDS}", done_by=Doer.FAMILY, by=by)
    actions.agree_plan(family, present=["Mor"], by=by)
    said = GoalReview(goal=goal.pk, verdict="keep", helped=f"At {WORDS} kom")
    actions.sign_review(actions.save_review(family, number=1, goals=[said], by=by), by=by)
    actions.write_entry(family, text=f"Snakket om {WORDS}", members=[people["Far"]], by=by)
    save_draft(url("goal_new", family), data={"words": f"Om {WORDS}"}, by=by)
    document = actions.order_pdf(family, straight=True, by=by)
    actions.finish_pdf(document.pk, content=b"%PDF", lines=[], by=by)
    return family


def everything(family, by):
    """All that is kept of the plan, as text."""
    with acting_as(by):
        found = [
            json.dumps(list(model.objects.filter(family=family).values()), default=str, ensure_ascii=False)
            for model in (Goal, GoalVersion, Measure, PlanAgreement, ReviewGoal, JournalEntry)
        ]
        found.append(json.dumps(list(Change.objects.filter(family_id=family.pk).values("before", "after"))))
        found.append(json.dumps([draft.data for draft in Draft.objects.filter(user=by)]))
    return " ".join(found)


def asked(family, by, **facts):
    row = actions.ask_redaction(family, passage=WORDS, reason="Navn og sykdom hos en annen", by=by, **facts)
    with acting_as(by):
        return Redaction.objects.select_related("municipality").get(pk=row.pk)


def test_the_auditor_takes_words_away_everywhere_and_a_tombstone_stays(client, team, written, goal, by):
    assert "Kreft" in everything(written, by)
    with acting_as(by):
        before = Change.objects.filter(family_id=written.pk).count()
    row = asked(written, by)
    done = actions.redact(row, by=team.auditor)
    assert (done.state, done.passage, done.decided_by) == (RedactionState.DONE, "", team.auditor)
    assert done.places >= 8
    kept = everything(written, by)
    assert "Kreft" not in kept
    assert "Utbygd" not in kept
    assert "[fjernet]" in kept
    with acting_as(by):
        assert Goal.objects.get(pk=goal.pk).words == "Hjelpe [fjernet]"
        assert Measure.objects.get(family=written).what == "Ringe [fjernet] og [fjernet]"
        assert Change.objects.filter(family_id=written.pk).count() > before  # that it changed is in the history
        assert PlanDocument.objects.get(family=written).state == DocumentState.FAILED
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("select set_config('app.redacting', 'on', true)")  # worth nothing to the web role
            with pytest.raises(DatabaseError, match="signed off"), transaction.atomic():
                ReviewGoal.objects.filter(family=written).update(helped="x")
    assert {PlanEvent.REDACTION_ASKED, PlanEvent.REDACTED} <= set(events(written, by))
    page = client.get(url("redaction_new", written)).content.decode()
    for words in ("Fjernet", team.auditor.name, "Navn og sykdom hos en annen", by.name):
        assert words in page, words
    assert "Kreft" not in page


def test_only_the_auditor_of_the_municipality_decides_and_once(client, team, written, by):
    from tests.factories import Team

    row, stranger = asked(written, by), Team().auditor
    for person in (by, team.lead, stranger, team.coordinator):
        with pytest.raises(Exception), transaction.atomic():  # noqa: B017, PT011  each is stopped at its own door
            actions.redact(row, by=person)
        with acting_as(person), pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("select sec.redact_plan(%s)", [row.pk])
    with acting_as(stranger):
        assert not Redaction.objects.filter(pk=row.pk).exists()
    client.force_login(team.auditor)
    page = client.get(reverse("plans:redaction_list")).content.decode()
    assert "Navn og sykdom" in page
    assert "Kreft" not in page
    decide = reverse("plans:redaction_decide", args=[row.pk])
    assert "Kreft" in client.get(decide).content.decode()
    assert client.post(decide, {"decision": "declined", "answer": ""}).status_code == 422
    assert client.post(decide, {"decision": "declined", "answer": "Det er hennes egne ord"}).status_code == 302
    assert client.post(decide, {"decision": "done"}).status_code == 422
    assert "Kreft" in everything(written, by)
    assert "Kreft" not in client.get(decide).content.decode()
    client.force_login(by)
    assert "Det er hennes egne ord" in client.get(url("redaction_new", written)).content.decode()


def test_what_is_asked_for_must_stand_there(client, written, by):
    for passage, rule in (("abc", "too_short"), ("Dette står ikke noe sted", "nowhere")):
        with refused(rule):
            actions.ask_redaction(written, passage=passage, reason="x", by=by)
    with refused("reason"):
        actions.ask_redaction(written, passage=WORDS, reason=" ", by=by)
    form = {"key": key(), "passage": WORDS, "reason": "Navn"}
    for _twice in range(2):
        assert client.post(url("redaction_new", written), form).status_code == 302
    answer = client.post(url("redaction_new", written), {**form, "key": key(), "passage": "finnes ikke"})
    assert answer.status_code == 422
    with acting_as(by):
        row = Redaction.objects.get(family=written)
    for name, facts in (
        ("redaction_for_a_reason", {"reason": ""}),
        ("redaction_keeps_the_words_until_decided", {"passage": ""}),
    ):
        whole = {"family": written, "municipality_id": written.municipality_id, "passage": WORDS, "reason": "x"}
        wrong = Redaction(**{**whole, "asked_by": by, **facts})
        with acting_as(by), pytest.raises(IntegrityError, match=name), transaction.atomic():
            wrong.save(force_insert=True)
    assert row.state == RedactionState.ASKED
