"""Every rule as a table of cases, days at the borders included."""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.db.models import Exists, OuterRef

from consent import actions, rules
from consent.enums import Answer, Direction, How, LineState, Purpose, Standing, Topic
from consent.models import AgreementLine, Consent, Service
from nyemonstre.access.wall import acting_as
from tests.consent.arrange import days, members_of, say
from tests.factories import Team, family_at

OSLO = ZoneInfo("Europe/Oslo")


@pytest.mark.parametrize(
    ("answer", "from_", "until", "live"),
    [
        (Answer.GIVEN, 0, None, True),  # today
        (Answer.GIVEN, 0, 0, True),  # the first day is the last
        (Answer.GIVEN, -10, 0, True),  # the last day is included
        (Answer.GIVEN, -10, -1, False),  # ran out yesterday
        (Answer.GIVEN, 1, None, False),  # begins tomorrow
        (Answer.REFUSED, -1, None, False),
        (Answer.WITHDRAWN, -1, None, False),
    ],
)
def test_is_live(answer, from_, until, live):
    consent = Consent(answer=answer, answered_on=days(from_), valid_until=None if until is None else days(until))
    assert rules.is_live(consent) is live
    assert rules.is_live(None) is False


def test_the_last_answer_counts_whatever_order_they_were_written_in(people, team):
    mor = people["Mor"]
    say(mor, team.coordinator, Answer.WITHDRAWN, on=days(-5))
    with acting_as(team.coordinator):
        assert not rules.may_map(mor)
    say(mor, team.coordinator, Answer.GIVEN, on=days(-8))  # written late: what was said before the withdrawal
    with acting_as(team.coordinator):
        assert not rules.may_map(mor)
    say(mor, team.coordinator, Answer.GIVEN, on=days(-5))  # the same day, written after
    with acting_as(team.coordinator):
        assert rules.may_map(mor)


def test_what_counts_on_a_day_is_the_same_wherever_it_is_asked(family, live, people, team):
    """The questions are kept as SQL. One inside another has tables of the same names; each must mean its own row."""
    live()
    say(people["Mor"], team.coordinator, Answer.WITHDRAWN)
    seen = set()
    with acting_as(team.coordinator):
        for model, name in ((Consent, "counting"), (Consent, "live"), (AgreementLine, "live")):
            rows = model.objects.filter(family=family)
            asked, rule = getattr(rows, name), getattr(type(rows), name).rule
            for on in (None, days(-3000), days(-1), days(0), days(1)):
                unkept = set(rule(rows, on or days(0)))
                assert set(asked(on)) == unkept
                for inside in (asked(on), asked(on).filter(pk__in=asked(on).values("pk"))):
                    assert set(rows.filter(Exists(inside.filter(pk=OuterRef("pk"))))) == unkept
                    assert set(rows.exclude(pk__in=rows.exclude(pk__in=inside))) == unkept
                seen.add((model, name, len(unkept)))
    assert len(seen) >= 6, "some rows of each, and none"


def test_two_answers_in_the_same_moment_have_an_order(people, team):
    with time_machine.travel(datetime.now(OSLO), tick=False):
        for answer in (Answer.WITHDRAWN, Answer.GIVEN, Answer.WITHDRAWN):
            say(people["Mor"], team.coordinator, answer)
        with acting_as(team.coordinator):
            assert not rules.may_map(people["Mor"])


@pytest.mark.parametrize(
    ("history", "on", "may"),
    [
        ([], 0, True),  # given 40 days ago, by everybody
        ([], -40, True),  # on the very day
        ([], -41, False),  # the day before
        ([(Answer.WITHDRAWN, -5, None)], 0, False),
        ([(Answer.WITHDRAWN, -5, None)], -10, False),  # not even for a day before: it was taken back since
        ([(Answer.REFUSED, -5, None)], 0, False),
        ([(Answer.GIVEN, -20, -10)], 0, False),  # ran out
        ([(Answer.GIVEN, -20, -10)], -15, True),  # written down late, about a day it covered
        ([(Answer.GIVEN, -20, 0)], 0, True),
        ([(Answer.WITHDRAWN, -5, None), (Answer.GIVEN, -2, None)], 0, True),  # came back
        ([(Answer.WITHDRAWN, -5, None), (Answer.GIVEN, -2, None)], -3, False),  # in between
    ],
)
def test_mapping_a_person(people, team, history, on, may):
    for answer, day, until in history:
        say(people["Mor"], team.coordinator, answer, on=days(day), valid_until=None if until is None else days(until))
    with acting_as(team.coordinator):
        assert rules.may_map(people["Mor"], days(on)) is may
        assert rules.why_not_map_family(people["Mor"].family_id, days(on)) is None or on == -41


def test_the_sentence_says_what_is_lacking(people, team):
    mor, far = people["Mor"], people["Far"]
    say(mor, team.coordinator, Answer.WITHDRAWN)
    say(far, team.coordinator, Answer.GIVEN, on=days(-10), valid_until=days(-1))
    with acting_as(team.coordinator):
        assert "trukket" in rules.why_not_map(mor)
        assert "gått ut" in rules.why_not_map(far)


def test_research_opens_nothing(team):
    family = family_at("information", team)
    people = members_of(family, team.coordinator)
    say(people["Mor"], team.coordinator, purpose=Purpose.RESEARCH)
    with acting_as(team.coordinator):
        assert "Før samtykket først" in rules.why_not_map(people["Mor"])
        assert rules.why_not_map_family(family)
    say(people["Mor"], team.coordinator)
    say(people["Mor"], team.coordinator, Answer.REFUSED, purpose=Purpose.RESEARCH)
    with acting_as(team.coordinator):
        assert rules.may_map(people["Mor"])
        assert rules.why_not_map_family(family) is None


@pytest.mark.parametrize(
    ("from_", "to", "may"),
    [
        (0, None, True),
        (0, 0, True),
        (-10, 0, True),  # the last day is included
        (1, None, False),  # tomorrow
        (-10, 1, True),
    ],
)
def test_contact_at_the_borders_of_a_line(family, live, team, school, from_, to, may):
    live(valid_from=days(from_), valid_to=None if to is None else days(to))
    with acting_as(team.coordinator):
        assert rules.may_contact(family, school) is may
        assert rules.contactable_services(family).filter(pk=school.pk).exists() is may
        assert rules.live_contacts(family, team.coordinator).exists() is may


def test_contact_the_day_after_the_last_day(family, live, team, school):
    live(valid_to=days(0))
    with time_machine.travel(datetime.now(OSLO) + timedelta(days=1)), acting_as(team.coordinator):
        assert "ingen gyldig avtale" in rules.why_not_contact(family, school)
    with acting_as(team.coordinator):
        assert rules.why_not_contact(family, school, days(1))
        assert rules.may_contact(family, school, days(0))


@pytest.mark.parametrize(("month", "offset"), [(1, 1), (7, 2)])
def test_the_day_turns_at_midnight_in_oslo(month, offset):
    """In winter at 23 UTC, in summer at 22 UTC."""
    line = AgreementLine(state=LineState.SIGNED, valid_from=date(2026, month, 15), valid_to=date(2026, month, 15))
    yes = Consent(answer=Answer.GIVEN, answered_on=date(2026, month, 15), valid_until=date(2026, month, 15))
    start = datetime(2026, month, 15, tzinfo=OSLO)
    assert start.utcoffset() == timedelta(hours=offset)
    second = timedelta(seconds=1)
    for moment, standing, live in (
        (start - second, Standing.AHEAD, False),
        (start, Standing.ENDS, True),
        (start + timedelta(days=1) - second, Standing.ENDS, True),
        (start + timedelta(days=1), Standing.RAN_OUT, False),
    ):
        with time_machine.travel(moment, tick=False):
            assert rules.standing(line, True) == standing
            assert rules.is_live(yes) is live


@pytest.mark.parametrize(("month", "on"), [(7, 15), (3, 29), (10, 25)])
def test_a_live_line_ends_at_midnight_in_oslo(team, month, on):
    """Also on the last day of winter time, which has 23 hours, and of summer time, which has 25."""
    day = datetime(2026, month, on, 12, tzinfo=OSLO)
    with time_machine.travel(day):
        family = family_at("consent", team)
        people = members_of(family, team.coordinator)
        school = actions.add_service(team.municipality, name="Skolen", sector="school", by=team.coordinator)
        line = actions.draft_line(
            family, service=school, members=[people["Mor"]], topics=["school"], valid_from=day.date(),
            valid_to=day.date(), by=team.coordinator,
        )  # fmt: skip
        actions.sign_line(line, how=How.SIGNED, signed_by="Mor", by=team.coordinator)
    midnight = datetime(2026, month, on + 1, tzinfo=OSLO)
    for moment, may in ((midnight - timedelta(seconds=2), True), (midnight, False)):
        with time_machine.travel(moment, tick=False), acting_as(team.coordinator):
            assert rules.may_contact(family, school) is may


@pytest.mark.parametrize(
    ("state", "from_", "to", "taking_part", "expected"),
    [
        (LineState.DRAFT, -10, None, True, Standing.DRAFT),
        (LineState.DRAFT, -10, -1, False, Standing.DRAFT),
        (LineState.SIGNED, 0, None, True, Standing.LIVE),
        (LineState.SIGNED, 0, 31, True, Standing.LIVE),
        (LineState.SIGNED, 0, 30, True, Standing.ENDS),
        (LineState.SIGNED, 0, 0, True, Standing.ENDS),
        (LineState.SIGNED, -10, -1, True, Standing.RAN_OUT),
        (LineState.SIGNED, -10, -1, False, Standing.RAN_OUT),
        (LineState.SIGNED, 1, None, True, Standing.AHEAD),
        (LineState.SIGNED, 0, None, False, Standing.RESTING),
        (LineState.ENDED, 0, None, True, Standing.ENDED),
    ],
)
def test_standing(state, from_, to, taking_part, expected):
    line = AgreementLine(state=state, valid_from=days(from_), valid_to=None if to is None else days(to))
    assert rules.standing(line, taking_part) == expected


@pytest.mark.parametrize("state", ["draft", "ended", "other_service", "other_family"])
def test_what_opens_no_contact(family, draft, live, team, school, state):
    other = actions.add_service(team.municipality, name="NAV", sector="nav", by=team.coordinator)
    asked_family, asked = family, school
    if state == "draft":
        draft()
    elif state == "ended":
        actions.end_line(live(), reason="ferdig", by=team.coordinator)
    elif state == "other_service":
        live(service=other)
    else:
        live()
        asked_family = family_at("consent", team)
    with acting_as(team.coordinator):
        assert rules.why_not_contact(asked_family, asked)
        assert not rules.contactable_services(asked_family).filter(pk=asked.pk).exists()


def test_nobody_taking_part_closes_every_line(family, live, people, team, school):
    live()
    for member in people.values():
        say(member, team.coordinator, on=days(-2), valid_until=days(0))
    with acting_as(team.coordinator):
        assert rules.may_contact(family, school)
    with time_machine.travel(datetime.now(OSLO) + timedelta(days=1)), acting_as(team.coordinator):
        assert "Ingen i familien" in rules.why_not_contact(family, school)
        assert not rules.contactable_services(family).exists()
        assert not rules.live_contacts(family, team.coordinator).exists()
        assert AgreementLine.objects.get().state == LineState.SIGNED, "it rests, and wakes with a new consent"
        for member in people.values():
            say(member, team.coordinator)
        assert rules.may_contact(family, school)


@pytest.mark.parametrize(
    ("direction", "who", "topic", "get", "may"),
    [
        (Direction.BOTH, "Jente", Topic.SCHOOL, False, True),
        (Direction.BOTH, "Jente", Topic.SCHOOL, True, True),
        (Direction.GIVE, "Jente", Topic.SCHOOL, False, True),
        (Direction.GIVE, "Jente", Topic.SCHOOL, True, False),
        (Direction.GET, "Jente", Topic.SCHOOL, True, True),
        (Direction.GET, "Jente", Topic.SCHOOL, False, False),
        (Direction.BOTH, "Jente", Topic.HEALTH, False, False),
        (Direction.BOTH, "Gutt", Topic.SCHOOL, False, False),
    ],
)
def test_sharing_needs_service_person_topic_and_direction(live, people, team, school, direction, who, topic, get, may):
    live(direction=direction)
    with acting_as(team.coordinator):
        assert rules.may_share(people[who], school, topic, get=get) is may


def test_two_lines_do_not_add_up(live, people, team, school):
    """School for one child and health for another is not health for the first."""
    live(who=("Jente",), topics=[Topic.SCHOOL])
    live(who=("Gutt",), topics=[Topic.HEALTH])
    with acting_as(team.coordinator):
        assert rules.may_share(people["Gutt"], school, Topic.HEALTH)
        assert not rules.may_share(people["Gutt"], school, Topic.SCHOOL)
        assert not rules.may_share(people["Jente"], school, Topic.HEALTH)


def test_nothing_is_shared_about_somebody_who_left(live, people, team, school):
    live(who=("Mor", "Jente"))
    say(people["Mor"], team.coordinator, Answer.WITHDRAWN)
    with acting_as(team.coordinator):
        assert "trukket" in rules.why_not_share(people["Mor"], school, Topic.SCHOOL)
        assert rules.may_share(people["Jente"], school, Topic.SCHOOL)


def test_pickers_show_own_families_only(family, live, team):
    live()
    other = Team()
    with acting_as(other.coordinator):
        assert not rules.live_contacts(family, other.coordinator).exists()
        assert not rules.contactable_services(family).exists()
        assert not Service.objects.exists()
