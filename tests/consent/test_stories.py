"""Five stories, each from beginning to end through the pages people use."""

from datetime import date, timedelta
from uuid import uuid4

import time_machine
from django.utils import timezone

from assessments.outcomes import Outcome
from consent import actions, rules
from consent.enums import Answer, How, Purpose
from consent.models import Consent
from families import assignments
from families.calendar import birthday
from families.models import Member
from nyemonstre.access.wall import acting_as
from plans import actions as plans
from plans.enums import Doer
from plans.models import JournalEntry, Measure
from tests.consent.arrange import days, errors, say, text, url
from tests.plans.conftest import url as plan_url


def test_the_school_line_is_taken_back_while_somebody_else_has_the_picker_open(
    client, family, people, team, live, school
):
    by, other = team.coordinator, team.second_coordinator
    assignments.assign_coordinator(family, coordinator=other, kind="second", reason="To hjem", by=team.lead)
    line = live()
    goal = plans.add_goal(family, outcome=Outcome.RM3, words="Lese sammen", whose=[people["Jente"]], by=by)
    plans.add_measure(goal, what="Leksehjelp", done_by=Doer.SERVICE, service=school, due_on=days(0), by=by)
    client.force_login(other)
    journal, measure = plan_url("journal_new", family), plan_url("measure_new", family, goal.pk)
    choice = str(school.pk)
    for page in (journal, measure):
        assert choice in client.get(page).content.decode(), "it can be chosen"
    assert "Leksehjelp" in text(client.get("/familier/"))
    client.force_login(by)
    before = text(client.get(url("line_end", family, line)))
    for sentence in ("Hva skal skje med «Leksehjelp», som er planlagt", "kommer i Å gjøre"):
        assert sentence in before
    client.force_login(other)
    actions.end_line(line, reason="Mor vil ikke at vi snakker med skolen", by=by)
    entry = {"key": str(uuid4()), "text": "Ringte skolen", "kind": "phone", "happened_on": days(0), "service": choice}
    wanted = {
        "key": str(uuid4()),
        "what": "Mer leksehjelp",
        "done_by": "service",
        "state": "planned",
        "service": school,
    }
    for page, data in ((journal, entry), (measure, wanted)):
        answer = client.post(page, data)
        assert answer.status_code == 422
        assert "Solfrid" not in answer.content.decode()
        assert choice not in client.get(page).content.decode()
    with acting_as(other):
        assert not JournalEntry.objects.filter(family=family).exists()
        assert Measure.objects.count() == 1
    assert "1 tiltak mangler avtale" in text(client.get("/familier/"))
    assert "Leksehjelp" not in text(client.get("/familier/")), "no appointment with somebody we may not meet"
    assert "Tiltak uten avtale: Leksehjelp" in text(client.get("/a-gjore/")), "a task for each"


def test_a_boy_turns_16_and_then_18(client, family, people, team):
    gutt, by = people["Gutt"], team.coordinator
    sixteen = days(40)
    born = date(sixteen.year - 16, sixteen.month, sixteen.day) if (sixteen.month, sixteen.day) != (2, 29) else None
    born = born or date(sixteen.year - 16, 2, 28)
    with acting_as(by):
        Member.objects.filter(pk=gutt.pk).update(birth_date=born)
        gutt = Member.objects.select_related("family__municipality").get(pk=gutt.pk)
    for purpose in (Purpose.PARTICIPATION, Purpose.RESEARCH):
        say(gutt, by, purpose=purpose, given_by="Mor Prøve, Far Prøve")
    assert "Gutt fyller 16" in text(client.get(url("family_tab", family)))
    assert "Gutt blir 16 år" in text(client.get("/a-gjore/"))
    eighteen = birthday(born, 18)
    with _on(birthday(born, 16)):
        client.force_login(by)
        with acting_as(by):
            assert "gått ut" in rules.why_not_research(gutt), "what the parents said about research has ended"
            assert rules.may_map(gutt), "and taking part is still theirs to answer"
        page = client.get(f"{url('tablet', family)}?hvem={gutt.pk}").content.decode()
        assert f"strokes_{gutt.pk}" in page
        assert f"strokes_{people['Mor'].pk}" in page
        data = {"key": str(uuid4()), "language": "nb", "participation": "later", "research": "given",
                f"heard_{gutt.pk}": "Det er greit for meg", f"strokes_{gutt.pk}": "M1 2L30 40"}  # fmt: skip
        assert client.post(f"{url('tablet', family)}?hvem={gutt.pk}", data).status_code == 302
        with acting_as(by):
            row = Consent.objects.filter(member=gutt, purpose=Purpose.RESEARCH).latest("recorded_at")
            assert (row.given_by, row.valid_until) == ("Gutt Prøve", eighteen - timedelta(days=1))
    with _on(eighteen - timedelta(days=1)), acting_as(by):
        assert rules.may_research(gutt), "his own answer at 16 holds"
    with _on(eighteen + timedelta(days=60)), acting_as(by):
        assert rules.may_map(gutt), "nobody takes help away on a birthday"
        assert "gått ut" in rules.why_not_research(gutt), "and is confirmed anew as an adult"
    with _on(eighteen + timedelta(days=61)):
        client.force_login(by)
        with acting_as(by):
            assert "gått ut" in rules.why_not_map(gutt)
        assert "trenger et eget samtykke som voksen" in text(client.get(url("family_tab", family)))
        say(gutt, by, given_by="Gutt Prøve", child_heard="")
        with acting_as(by):
            assert rules.may_map(gutt)
        assert "trenger et eget samtykke som voksen" not in text(client.get(url("family_tab", family)))


def _on(day: date):
    """Noon of that day in Norway."""
    noon = timezone.make_aware(timezone.datetime(day.year, day.month, day.day, 12))
    return time_machine.travel(noon, tick=False)


def test_two_parents_in_two_homes_answer_each_in_their_own_way(client, family, people, team):
    """The mother signs on paper; the father, who lives elsewhere, says it on the phone a week later."""
    jente, mor, far, by = (*(people[name] for name in ("Jente", "Mor", "Far")), team.coordinator)
    actions.record_holders(jente, people=[mor, far], by=by)
    address = url("consent_new", family)
    signed = {"key": str(uuid4()), "members": [str(jente.pk)], "purpose": "research", "language": "nb",
              "answer": "given", "answered_on": f"{days(-7):%d.%m.%Y}", "how": "signed", "parents": [str(mor.pk)],
              f"heard_{jente.pk}": "Helt greit"}  # fmt: skip
    assert "hvorfor det holder at én" in errors(client.post(address, signed)), "both hold foreldreansvar"
    signed["one_parent_reason"] = "Far får tenke seg om til neste uke"
    assert client.post(address, signed).status_code == 302
    phoned = signed | {"key": str(uuid4()), "answer": "renewed", "answered_on": f"{days(0):%d.%m.%Y}", "how": "phone",
                       "parents": [str(mor.pk), str(far.pk)], "one_parent_reason": ""}  # fmt: skip
    assert "merknad" in errors(client.post(address, phoned)), "who said what, and who heard it"
    phoned["note"] = "Far sa ja på telefon. Kari ved kontoret hørte på."
    assert client.post(address, phoned).status_code == 302
    with acting_as(by):
        rows = Consent.objects.filter(member=jente, purpose=Purpose.RESEARCH).order_by("recorded_at")
        said = [(row.answer, row.how, row.given_by, bool(row.one_parent_reason)) for row in rows]
        assert rules.may_research(jente)
        row = rows.last()
    assert said == [
        (Answer.GIVEN, How.SIGNED, "Mor Prøve", True), (Answer.RENEWED, How.PHONE, "Mor Prøve, Far Prøve", False),
    ]  # fmt: skip
    calls = {"note": "Far ringte og vil ikke mer", "given_by": "Far Prøve", "how": "phone", "answered_on": days(0)}
    page = text(client.get(url("consent_withdraw", family, row)))
    assert "Jente er fortsatt med i Nye mønstre" in page
    assert client.post(url("consent_withdraw", family, row), calls).status_code == 302
    with acting_as(by):
        assert not rules.may_research(jente), "one of the two is enough to take it back"
        assert rules.may_map(jente)
