"""What is written, what is refused, and in which words. Contacts: Python and the wall say the same."""

from datetime import datetime, timedelta
from uuid import uuid4
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.core.exceptions import PermissionDenied
from django.utils import timezone

from consent import actions, rules
from consent.enums import Answer, ConsentEvent, How, LineState, Purpose
from consent.models import AgreementLine, Consent, Contact, CoveredMember, Service
from families import assignments
from families.actions import close
from families.models import Member, Milestone
from families.stages import Step
from nyemonstre.access.wall import acting_as
from nyemonstre.audit.models import Event
from nyemonstre.refusals import AlreadyDone, Refused, Stale
from tests.consent.arrange import SECRETS, days, members_of, say, visible_contacts
from tests.factories import Team, family_at


def refused(rule, action, *args, **facts):
    with pytest.raises(Refused) as caught:
        action(*args, **facts)
    assert caught.value.rule == rule
    assert str(caught.value).endswith(".")
    return caught.value


# --- consents ------------------------------------------------------------------------------------------------------


def test_the_first_yes_reaches_the_step(team):
    family = family_at(Step.INFORMATION, team)
    mor = members_of(family, team.coordinator)["Mor"]
    say(mor, team.coordinator, Answer.REFUSED)
    with acting_as(team.coordinator):
        assert not Milestone.objects.reached().filter(family=family, step=Step.CONSENT).exists()
    say(mor, team.coordinator, purpose=Purpose.RESEARCH)
    with acting_as(team.coordinator):
        assert not Milestone.objects.reached().filter(family=family, step=Step.CONSENT).exists()
    say(mor, team.coordinator)
    with acting_as(team.coordinator):
        assert Milestone.objects.reached().filter(family=family, step=Step.CONSENT).exists()


def test_nobody_says_yes_in_a_family_that_is_closed(family, people, team):
    close(family, reason="Flyttet", by=team.coordinator)
    refused("closed", say, people["Mor"], team.coordinator)


@pytest.mark.parametrize(
    ("rule", "facts"),
    [
        ("future", {"on": 1}),
        ("dates", {"on": 0, "valid_until": -1}),
        ("dates", {"on": -365 * 50}),
        ("given_by", {"given_by": "  "}),
        ("oral_note", {"how": How.ORAL, "note": " "}),
        ("oral_note", {"how": How.PHONE, "note": ""}),
        ("child_heard", {"who": "Jente", "child_heard": " "}),
    ],
)
def test_answers_that_are_refused(people, team, rule, facts):
    facts = {key: days(value) if isinstance(value, int) else value for key, value in facts.items()}
    member = people[facts.pop("who", "Mor")]
    refused(rule, say, member, team.coordinator, **facts)
    with acting_as(team.coordinator):
        assert Consent.objects.filter(member=member).count() == 1


def test_there_must_be_something_to_withdraw(people, team):
    refused("nothing_to_withdraw", say, people["Mor"], team.coordinator, Answer.WITHDRAWN, purpose=Purpose.RESEARCH)
    say(people["Mor"], team.coordinator, Answer.WITHDRAWN)
    refused("nothing_to_withdraw", say, people["Mor"], team.coordinator, Answer.WITHDRAWN)


def test_an_answer_that_is_no_yes_has_no_end(people, team):
    row = say(people["Mor"], team.coordinator, Answer.REFUSED, valid_until=days(10))
    assert row.valid_until is None


def test_a_child_below_7_and_one_who_says_no_need_no_view_written(people, team):
    jente = people["Jente"]
    say(jente, team.coordinator, Answer.REFUSED, child_heard="")
    jente.birth_date = days(-365 * 5)
    say(jente, team.coordinator, on=days(-1), child_heard="")


def test_several_answer_at_once_or_nobody_does(family, people, team):
    adults = [people["Mor"], people["Far"]]
    names = {member.pk: member.full_name for member in adults}
    facts = {"purpose": Purpose.RESEARCH, "answer": Answer.GIVEN, "how": How.SIGNED, "by": team.coordinator}
    rows = actions.record_consents(family, members=adults, given_by=names, key=uuid4(), **facts)
    assert [row.given_by for row in rows] == ["Mor Prøve", "Far Prøve"]
    with_child = [*adults, people["Jente"]]
    names[people["Jente"].pk] = "Mor Prøve"
    refusal = refused("child_heard", actions.record_consents, family, members=with_child, given_by=names, **facts)
    assert refusal.field == f"heard_{people['Jente'].pk}"
    with acting_as(team.coordinator):
        assert Consent.objects.filter(purpose=Purpose.RESEARCH).count() == 2
    refused("members", actions.record_consents, family, members=[], given_by={}, **facts)


def test_the_same_form_twice_is_one_answer(family, people, team):
    facts = {
        "members": [people["Mor"]], "given_by": {people["Mor"].pk: "Mor Prøve"}, "purpose": Purpose.RESEARCH,
        "answer": Answer.GIVEN, "how": How.SIGNED, "by": team.coordinator, "key": uuid4(),
    }  # fmt: skip
    actions.record_consents(family, **facts)
    with pytest.raises(AlreadyDone):
        actions.record_consents(family, **facts)


def test_members_of_another_family_are_refused(family, team):
    stranger = members_of(family_at(Step.CONSENT, team), team.coordinator)["Mor"]
    refused(
        "members", actions.record_consents, family, members=[stranger], given_by={stranger.pk: "x"},
        purpose=Purpose.RESEARCH, answer=Answer.GIVEN, how=How.SIGNED, by=team.coordinator,
    )  # fmt: skip


@pytest.mark.parametrize("role", ["lead", "intake", "second_coordinator", "administrator", "auditor", "researcher"])
def test_only_those_let_in_may_write(family, people, school, draft, team, role):
    line = draft()
    by = getattr(team, role)
    with pytest.raises(PermissionDenied):
        say(people["Mor"], by)
    with pytest.raises(PermissionDenied):
        draft(by=by)
    for act, facts in ((actions.sign_line, {"how": "signed", "signed_by": "x"}), (actions.end_line, {"reason": "x"})):
        with pytest.raises((PermissionDenied, AgreementLine.DoesNotExist)):
            act(line, by=by, **facts)


# --- leaving -------------------------------------------------------------------------------------------------------


def test_a_line_ends_when_nobody_it_covers_takes_part(people, live, team):
    only_mor, both, only_jente = live(who=("Mor",)), live(who=("Mor", "Far")), live(who=("Jente",))
    with acting_as(team.coordinator):
        assert rules.lines_ended_by_leaving(people["Mor"]) == [only_mor]
    say(people["Mor"], team.coordinator, Answer.WITHDRAWN)
    with acting_as(team.coordinator):
        states = {line.pk: line.state for line in AgreementLine.objects.all()}
    assert states == {only_mor.pk: LineState.ENDED, both.pk: LineState.SIGNED, only_jente.pk: LineState.SIGNED}
    python, wall = visible_contacts(team.coordinator)
    assert python == wall == {both.contact_id, only_jente.contact_id}
    say(people["Far"], team.coordinator, Answer.WITHDRAWN)
    with acting_as(team.coordinator):
        assert set(AgreementLine.objects.exclude(state=LineState.ENDED)) == {only_jente}


def test_when_the_last_one_leaves_every_line_ends(people, live, draft, team):
    lines = [live(who=("Jente",)), draft(who=("Gutt",))]
    for name in ("Mor", "Far", "Jente", "Gutt"):
        python, wall = visible_contacts(team.coordinator)
        assert python == wall
        say(people[name], team.coordinator, Answer.WITHDRAWN)
    with acting_as(team.coordinator):
        assert not AgreementLine.objects.exclude(state=LineState.ENDED).exists()
        assert Event.objects.filter(what=ConsentEvent.LINE_ENDED).count() == len(lines)
    assert visible_contacts(team.coordinator) == (set(), set())
    say(people["Mor"], team.coordinator)
    assert visible_contacts(team.coordinator) == (set(), set()), "coming back does not bring the old lines back"


def test_a_no_after_a_yes_is_leaving_too(people, live, team):
    live(who=("Mor",))
    say(people["Mor"], team.coordinator, Answer.REFUSED)
    assert visible_contacts(team.coordinator) == (set(), set())


def test_taking_back_research_ends_nothing(people, live, team):
    line = live(who=("Mor",))
    say(people["Mor"], team.coordinator, purpose=Purpose.RESEARCH)
    say(people["Mor"], team.coordinator, Answer.WITHDRAWN, purpose=Purpose.RESEARCH)
    assert visible_contacts(team.coordinator) == ({line.contact_id}, {line.contact_id})


def test_an_old_withdrawal_written_late_ends_nothing(people, live, team):
    line = live(who=("Mor",))
    say(people["Mor"], team.coordinator)  # said yes again today
    say(people["Mor"], team.coordinator, Answer.WITHDRAWN, on=days(-3))
    assert visible_contacts(team.coordinator)[0] == {line.contact_id}


# --- contacts: Python = the wall -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("from_", "to", "signed", "seen"),
    [
        (-10, None, True, True),
        (0, 0, True, True),
        (1, None, True, False),
        (-10, 0, True, True),
        (-10, None, False, True),  # the drafter's own
        (5, 10, False, True),
    ],
)
def test_the_wall_shows_what_python_shows(draft, live, team, from_, to, signed, seen):
    facts = {"valid_from": days(from_), "valid_to": None if to is None else days(to)}
    line = live(**facts) if signed else draft(**facts)
    python, wall = visible_contacts(team.coordinator)
    assert python == wall == ({line.contact_id} if seen else set())
    for somebody in (team.lead, team.intake, team.second_coordinator, Team().coordinator):
        assert visible_contacts(somebody) == (set(), set())


def test_a_line_that_ran_out_hides_its_contact(draft, team):
    """Signed a month ago, over since yesterday: the database asks its own clock, so the past is made with real days."""
    with time_machine.travel(datetime.now(ZoneInfo("Europe/Oslo")) - timedelta(days=30)):
        line = draft(valid_from=days(-1), valid_to=days(29))
        actions.sign_line(line, how="signed", signed_by="Mor", by=team.coordinator)
    assert visible_contacts(team.coordinator) == (set(), set())


def test_consent_that_ran_out_hides_contacts(people, live, team):
    live()
    for member in people.values():
        say(member, team.coordinator, on=days(-5), valid_until=days(-1))
    assert visible_contacts(team.coordinator) == (set(), set())


def test_a_draft_is_seen_by_the_one_who_drafted_it(draft, live, family, team):
    line = draft()
    assignments.assign_coordinator(
        family, coordinator=team.second_coordinator, kind="second", reason="To hjem", by=team.lead
    )
    assert visible_contacts(team.second_coordinator) == (set(), set())
    changed = actions.change_draft(
        line, service=line.service, members=_covered(line, team), topics=["school"], valid_from=days(0),
        contact={"name": "Ny"}, by=team.second_coordinator,
    )  # fmt: skip
    assert changed.contact_id != line.contact_id
    assert visible_contacts(team.second_coordinator) == ({changed.contact_id}, {changed.contact_id})
    assert visible_contacts(team.coordinator) == (set(), set())
    actions.sign_line(changed, how="signed", signed_by="Mor", by=team.second_coordinator)
    assert visible_contacts(team.coordinator) == ({changed.contact_id}, {changed.contact_id})


def _covered(line, team):
    with acting_as(team.coordinator):
        ids = CoveredMember.objects.filter(line=line).values("member_id")
        return list(Member.objects.filter(pk__in=ids).order_by("pk"))


# --- lines ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("rule", "facts"),
    [
        ("members", {"members": []}),
        ("members", {"members": "stranger"}),
        ("topics", {"topics": []}),
        ("dates", {"valid_to": -20}),
        ("other_municipality", {"service": "elsewhere"}),
        ("service_closed", {"service": "closed"}),
    ],
)
def test_drafts_that_do_not_hold_together(draft, team, rule, facts):
    if facts.get("members") == "stranger":
        facts["members"] = [members_of(family_at(Step.CONSENT, team), team.coordinator)["Mor"]]
    if facts.get("service") == "elsewhere":
        other = Team()
        facts["service"] = actions.add_service(other.municipality, name="NAV", sector="nav", by=other.lead)
    if facts.get("service") == "closed":
        row = actions.add_service(team.municipality, name="Nedlagt", sector="other", by=team.lead)
        facts["service"] = actions.change_service(row, name=row.name, sector="other", closed=True, by=team.lead)
    if "valid_to" in facts:
        facts["valid_to"] = days(facts["valid_to"])
    refused(rule, draft, **facts)
    with acting_as(team.coordinator):
        assert not AgreementLine.objects.exists()
        assert not Contact.objects.exists()


def test_no_agreement_without_participation(people, draft, team):
    line = draft()
    for member in people.values():
        say(member, team.coordinator, on=days(-1), valid_until=days(-1))
    refused("participation", draft)
    refused("participation", actions.sign_line, line, how="signed", signed_by="Mor", by=team.coordinator)


@pytest.mark.parametrize(
    ("rule", "facts"),
    [
        ("future", {"on": 1}),
        ("dates", {"valid_to": -1}),
        ("signed_by", {"signed_by": " "}),
        ("oral_note", {"how": How.ORAL}),
    ],
)
def test_signatures_that_are_refused(draft, team, rule, facts):
    line = draft(valid_to=days(facts.pop("valid_to"))) if "valid_to" in facts else draft()
    facts = {"how": How.SIGNED, "signed_by": "Mor", "by": team.coordinator, **facts}
    if "on" in facts:
        facts["on"] = days(facts["on"])
    refused(rule, actions.sign_line, line, **facts)


def test_signing_reaches_the_step_and_happens_once(draft, family, team):
    lines = [draft(), draft(who=("Gutt",))]
    facts = {"how": How.SIGNED, "signed_by": "Mor", "by": team.coordinator}
    actions.sign_lines(lines, **facts)
    with acting_as(team.coordinator):
        assert Milestone.objects.reached().filter(family=family, step=Step.COLLABORATION).exists()
    refused("not_draft", actions.sign_lines, lines, **facts)
    refused("lines", actions.sign_lines, [], **facts)
    refused("not_draft", actions.change_draft, lines[0], service=lines[0].service, members=[], topics=["school"],
            valid_from=days(0), by=team.coordinator)  # fmt: skip


def test_several_are_signed_or_none(draft, team):
    good, over = draft(), draft(valid_to=days(-1))
    refused("dates", actions.sign_lines, [good, over], how="signed", signed_by="Mor", by=team.coordinator)
    with acting_as(team.coordinator):
        assert AgreementLine.objects.drafts().count() == 2


def test_ending_needs_a_reason_and_happens_once(live, team):
    line = live()
    refused("reason", actions.end_line, line, reason=" ", by=team.coordinator)
    ended = actions.end_line(line, reason="Skolen er byttet", by=team.coordinator)
    assert ended.valid_to == days(-1)
    refused("ended", actions.end_line, line, reason="igjen", by=team.coordinator)
    assert visible_contacts(team.coordinator) == (set(), set())


def test_a_line_of_today_that_ends_today_is_hidden_at_once(live, family, school, team):
    actions.end_line(live(valid_from=days(0)), reason="feil", by=team.coordinator)
    with acting_as(team.coordinator):
        assert not rules.may_contact(family, school)


def test_a_draft_saved_by_somebody_else_meanwhile(draft, people, team):
    line = draft()
    facts = {"service": line.service, "members": [people["Mor"]], "topics": ["health"], "valid_from": days(0)}
    actions.change_draft(line, version=line.version, by=team.coordinator, **facts)
    with pytest.raises(Stale):
        actions.change_draft(line, version=line.version, by=team.coordinator, **facts)


def test_a_draft_keeps_drops_and_renames_its_contact(draft, people, team):
    line = draft()
    facts = {"service": line.service, "members": [people["Mor"]], "topics": ["health"], "valid_from": days(0)}
    same = actions.change_draft(line, contact={**SECRETS, "name": "Ny"}, by=team.coordinator, **facts)
    assert same.contact_id == line.contact_id
    with acting_as(team.coordinator):
        assert Contact.objects.get().name == "Ny"
    assert actions.change_draft(line, contact=None, by=team.coordinator, **facts).contact_id is None


def test_a_contact_changes_only_while_visible(live, team):
    line = live()
    with acting_as(team.coordinator):
        contact = Contact.objects.select_related("family__municipality").get()
    actions.change_contact(contact, name=" Nytt navn ", phone="1", version=contact.version, by=team.coordinator)
    with pytest.raises(Stale):
        actions.change_contact(contact, name="Annet", version=contact.version, by=team.coordinator)
    refused("name", actions.change_contact, contact, name=" ", by=team.coordinator)
    actions.end_line(line, reason="ferdig", by=team.coordinator)
    refused("hidden", actions.change_contact, contact, name="Annet", by=team.coordinator)


# --- services ------------------------------------------------------------------------------------------------------


def test_the_directory(team):
    facts = {"sector": "nav", "by": team.lead}
    service = actions.add_service(team.municipality, name=" NAV ", **facts)
    assert service.name == "NAV"
    refused("service_taken", actions.add_service, team.municipality, name="nav", **facts)
    refused("name", actions.add_service, team.municipality, name=" ", **facts)
    other = actions.add_service(team.municipality, name="Skole", **facts)
    refused("service_taken", actions.change_service, other, name="Nav", **facts)
    actions.change_service(other, name="Skole", closed=True, version=other.version, **facts)
    with pytest.raises(Stale):
        actions.change_service(other, name="Skole", version=other.version, **facts)
    with acting_as(team.lead):
        assert list(Service.objects.permitted(team.lead).active()) == [service]


@pytest.mark.parametrize("role", ["intake", "administrator", "auditor", "researcher"])
def test_who_keeps_the_directory(team, role):
    with pytest.raises(PermissionDenied):
        actions.add_service(team.municipality, name="NAV", sector="nav", by=getattr(team, role))
    with pytest.raises(PermissionDenied):
        actions.add_service(Team().municipality, name="NAV", sector="nav", by=team.lead)


def test_the_wall_around_the_directory(team, school):
    stranger = Team().lead
    with acting_as(stranger):
        assert not Service.objects.exists()
        assert Service.objects.filter(pk=school.pk).update(name="x") == 0
    with acting_as(team.intake):
        assert Service.objects.count() == 1
        assert Service.objects.filter(pk=school.pk).update(name="x") == 0
    with acting_as(team.lead):
        assert Service.objects.filter(pk=school.pk).update(phone="1") == 1


def test_events_hold_no_names(people, live, team):
    actions.end_line(live(), reason="Mor ba om det", by=team.coordinator)
    with acting_as(team.coordinator):
        rows = list(Event.objects.filter(what__in=ConsentEvent.values))
    assert rows
    for event in rows:
        assert not any(word in str(event.facts) for word in ("Mor", *SECRETS.values()))


def test_answers_are_recorded_with_the_moment(people, team):
    row = say(people["Mor"], team.coordinator, on=days(-3))
    assert row.answered_on == days(-3)
    assert abs(row.recorded_at - timezone.now()) < timedelta(minutes=1)
