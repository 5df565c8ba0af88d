"""FIT by a code: one person, one answer, one day, nothing of the family on the page; and what to talk about."""

from datetime import timedelta

import pytest
from bs4 import BeautifulSoup
from django.db import IntegrityError, connection, transaction
from django.urls import reverse
from django.utils import timezone

from assessments import actions
from assessments.actions.fit_by_code import CODE_LASTS
from assessments.codes import LENGTH, SIGNS, code_of, normalise
from assessments.enums import AssessmentEvent
from assessments.fit import FELL, STILL, what_to_talk_about
from assessments.fit_tasks import fit_talks
from assessments.models import FitAnswer, FitInvitation
from consent.actions import record_consent
from consent.enums import Answer, How, Purpose
from families.agenda import to_do
from families.assignments import end_assignment
from families.models import Assignment, Family
from families.stages import Step
from nyemonstre.access.wall import acting_as
from nyemonstre.accounts.actions import set_fit_limits
from nyemonstre.audit.models import Event

from .test_actions import refused

pytestmark = pytest.mark.django_db

OWN = """
id: mote
version: "1"
use: meeting
title: {nb: "Etter møtet"}
licence: "Egne spørsmål"
source: "Kommunen"
answered_by: {nb: "Hver person"}
note: {nb: "Ikke en diagnose."}
asked: {who: self, ages: [8]}
scales: {grad: {kind: degree, low: 1, high: 3, words: {1: {nb: "Nei"}, 2: {nb: "Litt"}, 3: {nb: "Ja"}}}}
questions:
  - {key: hort, scale: grad, text: {nb: "Ble du hørt?"}, label: {nb: "Hørt"}}
"""


def to(name, *args):
    return reverse(f"assessments:{name}", args=[getattr(arg, "pk", arg) for arg in args])


def text(response):
    return BeautifulSoup(response.content, "html.parser").get_text(" ", strip=True)


def invited(family, member, by, **more):
    row = actions.invite_fit(family, member=member, by=by, **more)
    return row, code_of(row.pk)


@pytest.fixture
def visitor(client):
    """A phone nobody is logged in on."""
    return client


# ── The code ──


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ("abcd-efgh-2345", "ABCD-EFGH-2345"), (" ABCD EFGH 2345 ", "ABCD-EFGH-2345"),
        ("abcdefgh2345", "ABCD-EFGH-2345"),
        ("ABCD-EFGH-234", ""), ("ABCD-EFGH-2345X", ""), ("ABCD-EFGH-234O", ""), ("", ""), ("ÆØÅÆ-ØÅÆØ-ÅÆØÅ", ""),
    ],
)  # fmt: skip
def test_a_code_as_people_type_it(typed, code):
    assert normalise(typed) == code


def test_a_code_is_long_enough_and_its_own(team, family, people):
    by = team.coordinator
    one, other = (invited(family, people[name], by)[1] for name in ("Mor", "Far"))
    assert one != other
    assert len(SIGNS) ** LENGTH > 2**59
    assert set(one) <= {*SIGNS, "-"}


def test_it_is_answered_once_without_an_account(visitor, team, family, people):
    by = team.coordinator
    actions.add_instrument(team.municipality, definition=OWN, file="m.yaml", rights="Egne", by=team.administrator)
    row, code = invited(family, people["Mor"], by, after="Ansvarsgruppe")
    entered = visitor.post(to("fit_enter"), {"code": code.lower().replace("-", " ")})
    page = visitor.get(entered.url)
    said = page.content.decode()
    assert "hjelpeapparatets totale innsats" in said
    assert "Ble du hørt?" in said
    for hidden in ("Mor", "Lyngmo", family.code, team.municipality.name, "Ansvarsgruppe"):
        assert hidden not in said
    assert page["Cache-Control"].find("no-store") >= 0
    assert visitor.post(entered.url, {"value": "", "comment": "Hei"}).status_code == 422
    assert visitor.post(entered.url, {"value": "11"}).status_code == 422
    sent = {"value": "7", "comment": "Fint ❤️", "own_0": "3"}
    assert visitor.post(entered.url, sent).status_code == 302
    assert "Takk" in text(visitor.get(entered.url))
    with acting_as(by):
        answer = FitAnswer.objects.get()
        assert (answer.pk, answer.value, answer.comment, answer.after) == (row.pk, 7, "Fint ❤️", "Ansvarsgruppe")
        assert answer.more == {"mote-1.hort": {"value": 3, "missing": ""}}
        assert FitInvitation.objects.get().used_at
        assert family.milestones.filter(step=Step.FEEDBACK).exclude(reached_on=None).exists()
        assert Event.objects.filter(
            what=AssessmentEvent.FIT_ANSWERED_BY_CODE, actor_id=None, family_id=family.pk
        ).exists()
    visitor.logout()  # another phone
    assert "Koden virker ikke" in text(visitor.get(entered.url))
    refused("code", actions.answer_by_code, code, value=3, by=None)
    visitor.force_login(by)
    listed = text(visitor.get(to("fit_list", family), {"hvem": people["Mor"].pk}))
    assert "Hørt : 3, Ja" in listed or "Hørt: 3, Ja" in listed


def gone(row, **facts):
    with acting_as(row.asked_by):
        FitInvitation.objects.filter(pk=row.pk).update(**facts)


def test_every_code_that_does_not_work_is_answered_alike(visitor, team, family, people):
    by, mor = team.coordinator, people["Mor"]
    ran_out, taken_back, replaced, withdrawn, unfollowed = [], [], [], [], []
    row, code = invited(family, mor, by)
    assert row.expires_at - row.asked_at == CODE_LASTS == timedelta(hours=24)
    gone(row, expires_at=timezone.now() - timedelta(seconds=1))
    ran_out.append(code)
    row, code = invited(family, mor, by)
    actions.take_back_fit(row, by=by)
    taken_back.append(code)
    row, code = invited(family, mor, by)
    invited(family, mor, by)
    replaced.append(code)
    row, code = invited(family, people["Far"], by)
    record_consent(
        people["Far"], purpose=Purpose.PARTICIPATION, answer=Answer.WITHDRAWN, how=How.PHONE, note="Ringte", by=by,
        given_by="Far Lyngmo",
    )  # fmt: skip
    withdrawn.append(code)
    _row, code = invited(family, people["Jente"], by)
    with acting_as(team.lead):
        followed = Assignment.objects.select_related("family__municipality").get(family=family, user=by)
    end_assignment(followed, reason="Sluttet", by=team.lead)
    unfollowed.append(code)
    pages = {
        text(visitor.get(to("fit_answer", code)))
        for code in (*ran_out, *taken_back, *replaced, *withdrawn, *unfollowed, "ABCD-EFGH-2345", "x", "..")
    }
    assert len(pages) == 1
    assert "Be koordinatoren om en ny" in pages.pop()
    for code in (*ran_out, *taken_back, *replaced, *withdrawn, *unfollowed):
        refused("code", actions.answer_by_code, code, value=3, by=None)
    with acting_as(team.coordinator):
        assert not FitAnswer.objects.exists()


def test_who_may_be_given_a_code(client, team, family, people):
    by = team.coordinator
    refused("too_young", actions.invite_fit, family, member=people["Gutt"], by=by)
    client.force_login(by)
    assert client.post(to("fit_invite", family, people["Gutt"])).url == to("fit_new", family)
    shown = client.post(to("fit_invite", family, people["Jente"]), follow=True)
    with acting_as(by):
        row = FitInvitation.objects.get()
    assert code_of(row.pk) in text(shown)
    assert "<svg" not in shown.content.decode().split('id="innhold"')[1].split("data:image/svg+xml;base64,")[0][-40:]
    assert "virker til" in text(client.get(to("fit_list", family)))
    assert client.post(to("fit_code_end", family, row)).status_code == 302
    assert "Koden gikk ut" in text(client.get(to("fit_code", family, row)))


def test_a_visitor_is_stopped_after_many_tries(visitor):
    answers = [visitor.get(to("fit_answer", "ABCD-EFGH-2345"), REMOTE_ADDR="192.0.2.77").status_code for _ in range(61)]
    assert (answers[0], answers[-1]) == (404, 429)


def test_the_database_keeps_what_was_asked(team, family, people):
    by = team.coordinator
    row, _code = invited(family, people["Mor"], by)
    with acting_as(by):
        for facts, constraint in [
            ({"member": people["Far"]}, "fit_invitation_is_kept"),
            ({"expires_at": timezone.now() + timedelta(days=9)}, "fit_invitation_is_kept"),
            ({"used_at": row.expires_at + timedelta(days=1)}, "fit_code_used_in_time"),
        ]:
            with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
                FitInvitation.objects.filter(pk=row.pk).update(**facts)
    with connection.cursor() as cursor:  # nobody acts: the code alone finds it, and nothing else does
        cursor.execute("select count(*) from assessments_fitinvitation")
        assert cursor.fetchone() == (0,)


def test_a_form_for_meetings_is_short_and_not_in_a_sitting(team, family, sitting):
    own = actions.add_instrument(team.municipality, definition=OWN, file="m.yaml", rights="Egne", by=team.administrator)
    assert own.after_meetings
    actions.abandon(sitting, reason="På nytt", by=team.coordinator)
    assert actions.start(family, kind="baseline", by=team.coordinator).packs == []
    long = OWN.replace(
        'kind: degree, low: 1, high: 3, words: {1: {nb: "Nei"}, 2: {nb: "Litt"}, 3: {nb: "Ja"}}', "kind: text"
    )
    assert long != OWN
    refused(
        "meeting_scale", actions.add_instrument, team.municipality, definition=long.replace('"1"', '"2"'),
        file="m.yaml", rights="Egne", by=team.administrator,
    )  # fmt: skip


# ── Over time ──


@pytest.mark.parametrize(
    ("values", "kind"),
    [
        ([], None), ([7], None), ([7, 5], FELL), ([7, 6], None), ([7, None, 4], FELL), ([7, 4, None], None),
        ([4, 4, 5, 4], STILL), ([4, 4, 5], None), ([9, 9, 8, 9], None), ([2, 4, 4, 5, 4], STILL), ([3, 4, 5, 5], None),
        ([4, None, 4, 5, 4], STILL),
    ],
)  # fmt: skip
def test_what_there_is_to_talk_about(values, kind):
    found = what_to_talk_about(values, fall=2, still=4)
    assert (found.kind if found else None) == kind
    assert what_to_talk_about(values, fall=0, still=0) is None


def test_it_becomes_a_task_until_the_next_answer(client, team, family, people):
    by, today = team.coordinator, timezone.localdate()
    for value in (7, 4):
        actions.record_fit(family, member=people["Mor"], value=value, by=by)
    with acting_as(by):
        mine = list(Family.objects.filter(pk=family.pk))
        (talk,) = fit_talks(by, mine, today)[family.pk]
        assert (talk.text, talk.when) == ("Snakk med Mor om hvordan hjelpen er", "FIT gikk fra 7 til 4")
        assert [entry.chip for entry in to_do(by) if entry.kind == "fit"] == ["FIT gikk fra 7 til 4"]
        assert fit_talks(by, mine, today + timedelta(days=31)) == {}
    client.force_login(by)
    assert "Snakk om det" in text(client.get(to("fit_list", family), {"hvem": people["Mor"].pk}))
    everybody = text(client.get(to("fit_list", family)))
    assert "2 svar" in everybody
    assert "gikk fra" not in everybody
    set_fit_limits(team.municipality, fall=4, still=0, by=team.administrator)
    with acting_as(by):
        assert fit_talks(by, mine, today) == {}
