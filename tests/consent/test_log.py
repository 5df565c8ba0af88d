"""The log of each person and purpose: what counts and what follows; research apart from participation."""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
import time_machine

from consent import actions, rules
from consent.enums import SILENT, YES, Answer, How, Purpose
from consent.models import Consent, Signature
from consent.wording import ConsentText
from nyemonstre.access.wall import acting_as
from nyemonstre.refusals import Refused
from plans import actions as plans
from tests.consent.arrange import days, say
from tests.factories import family_at

OSLO = ZoneInfo("Europe/Oslo")
G, N, W, A, R = Answer.GIVEN, Answer.REFUSED, Answer.WITHDRAWN, Answer.ASKED, Answer.RENEWED


@pytest.mark.parametrize(
    ("history", "live"),
    [
        ([], False),
        ([(A, -9)], False),  # asked, not answered
        ([(G, -9)], True),
        ([(G, -9), (A, -2)], True),  # asking again takes nothing away
        ([(G, -9), (R, -2)], True),
        ([(G, -9), (N, -2)], False),  # a later no
        ([(G, -9), (W, -2)], False),
        ([(G, -9), (W, -5), (A, -2)], False),  # asked again after a withdrawal
        ([(G, -9), (W, -5), (G, -2)], True),
        ([(N, -9), (G, -2)], True),
    ],
)
def test_which_line_of_the_log_counts(people, team, history, live):
    for answer, day in history:
        say(people["Far"], team.coordinator, answer, purpose=Purpose.RESEARCH, on=days(day))
    with acting_as(team.coordinator):
        assert rules.may_research(people["Far"]) is live
        assert bool(rules.why_not_research(people["Far"])) is not live
        assert rules.may_map(people["Far"]), "research has no say in participation"


def test_only_a_yes_can_be_renewed_also_one_that_ran_out(people, team):
    mor = people["Mor"]
    with pytest.raises(Refused, match="fornye"):
        say(mor, team.coordinator, R, purpose=Purpose.RESEARCH)
    say(mor, team.coordinator, G, purpose=Purpose.RESEARCH, on=days(-9), valid_until=days(-2))
    with acting_as(team.coordinator):
        assert "gått ut" in rules.why_not_research(mor)
    say(mor, team.coordinator, R, purpose=Purpose.RESEARCH, valid_until=days(30))
    with acting_as(team.coordinator):
        assert rules.may_research(mor)


def test_a_child_that_says_no_to_research_is_not_overruled(people, team):
    jente, by = people["Jente"], team.coordinator
    row = say(jente, by, G, purpose=Purpose.RESEARCH, child_refused=True)
    assert (row.answer, row.given_by, row.child_refused, row.valid_until) == (N, jente.full_name, True, None)
    with acting_as(by):
        assert not rules.may_research(jente)
        assert rules.may_map(jente)
    for member, purpose in ((jente, Purpose.PARTICIPATION), (people["Mor"], Purpose.RESEARCH)):
        with pytest.raises(Refused, match="under 16"):
            say(member, by, G, purpose=purpose, child_refused=True)


def test_taking_back_research_ends_nothing_else(people, team, live):
    live(who=("Mor",))
    say(people["Mor"], team.coordinator, purpose=Purpose.RESEARCH)
    say(people["Mor"], team.coordinator, W, purpose=Purpose.RESEARCH)
    with acting_as(team.coordinator):
        assert not rules.may_research(people["Mor"])
        assert rules.participates(people["Mor"].family_id)
        assert rules.live_contacts(people["Mor"].family, team.coordinator).exists()


def test_one_who_leaves_stops_only_theirs_and_the_last_one_restricts_the_case(people, family, team, live, school):
    live(who=("Mor", "Jente"))
    by = team.coordinator
    goal = plans.add_goal(family, outcome="rm3", words="Lese sammen", whose=[people["Jente"]], by=by)
    say(people["Mor"], by, W)
    with acting_as(by):
        assert not rules.may_map(people["Mor"])
        assert rules.may_map(people["Jente"])
        assert rules.may_contact(family, school)
        assert rules.why_not_change(family) is None
    for name in ("Far", "Jente", "Gutt"):
        say(people[name], by, W)
    with acting_as(by):
        assert rules.has_left(family)
        assert not rules.may_contact(family, school)
    with pytest.raises(Refused, match="leses, men ikke endres"):
        plans.add_measure(goal, what="Leksehjelp", done_by="family", by=by)
    plans.write_entry(family, text="De vil ikke mer. Avslutter.", by=by)
    say(people["Far"], by, G)
    with acting_as(by):
        assert rules.why_not_change(family) is None, "a new yes opens the case again"


def test_a_family_that_never_said_yes_is_not_restricted(team):

    family = family_at("information", team)
    with acting_as(team.coordinator):
        assert not rules.has_left(family)


@pytest.mark.parametrize(("year", "month", "day"), [(2027, 3, 27), (2027, 3, 28), (2026, 10, 24), (2026, 10, 25)])
def test_a_yes_ends_at_midnight_in_oslo_also_when_the_clocks_change(year, month, day):
    """28 March 2027 has 23 hours, 25 October 2026 has 25: the last second of the last day still counts."""
    last = date(year, month, day)
    yes = Consent(answer=G, answered_on=last - timedelta(days=9), valid_until=last)
    midnight = datetime.combine(last + timedelta(days=1), datetime.min.time(), OSLO)
    for moment, live in ((midnight - timedelta(seconds=1), True), (midnight, False)):
        with time_machine.travel(moment.astimezone(ZoneInfo("UTC")), tick=False):
            assert rules.is_live(yes) is live


def test_what_parents_said_ends_when_the_young_person_comes_of_age(people, team):
    jente, by = people["Jente"], team.coordinator
    with acting_as(by):
        eighteen = jente.turns_18_on
    yes = say(jente, by, G, valid_until=days(365 * 20))
    research = say(jente, by, G, purpose=Purpose.RESEARCH)
    assert yes.valid_until == eighteen + timedelta(days=60)
    assert research.valid_until == eighteen.replace(year=eighteen.year - 2) - timedelta(days=1)
    assert say(people["Mor"], by, G).valid_until is None
    assert say(jente, by, N).valid_until is None


def test_the_words_are_kept_as_they_were_shown(people, team):
    mor, by = people["Mor"], team.coordinator
    shown = actions.Shown(language="en", read_aloud=True, interpreter="arabisk")
    first = say(mor, by, G, shown=shown)
    again = say(mor, by, R, shown=shown)
    with acting_as(by):
        assert first.text == again.text == ConsentText.objects.get(language="en", purpose="participation")
        assert first.text_sha256 == again.text_sha256 == first.text.sha256 != ""
        assert (first.read_aloud, first.interpreter, first.text.added_by) == (True, "arabisk", by)
        assert "five years" in first.text.body
        for change in ({"body": "Noe annet"}, {"version": "2"}):
            assert ConsentText.objects.filter(pk=first.text_id).update(**change) == 0, "the wall lets nobody rewrite"
    with acting_as(team.lead):
        assert ConsentText.objects.filter(pk=first.text_id).update(body="x") == 0


def test_a_yes_on_the_tablet_needs_a_signature_which_stays(people, team):
    mor, by = people["Mor"], team.coordinator
    with pytest.raises(Refused, match="skrive under"):
        say(mor, by, G, how=How.TABLET)
    row = say(mor, by, G, how=How.TABLET, signatures={"Mor Prøve": "M1 2L300 20", "Far Prøve": ""})
    with acting_as(by):
        kept = {one.name: one.strokes for one in row.signatures.order_by("name")}
        assert kept == {"Far Prøve": "", "Mor Prøve": "M1 2L300 20"}
        assert Signature.objects.filter(consent=row).update(strokes="") == 0


def test_every_answer_is_a_yes_a_no_or_silent():
    assert set(Answer) == {*YES, *SILENT, N, W}
    assert not set(YES) & set(SILENT)
