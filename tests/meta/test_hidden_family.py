"""A strictly protected family, crawled as everybody else: nowhere. And out of the case: nothing that tells where it is.

Each thing the family has carries a word of its own. CHANNELS is the literal table of who asks for what.
"""

import re
from datetime import timedelta
from types import SimpleNamespace

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from kombu.exceptions import OperationalError

from assessments.outcomes import Outcome
from consent import actions as consent_actions
from consent.models import Consent
from consent.printed import printed_consent
from families import assignments, people
from families.actions_identity import keep_number
from families.actions_protection import change_protection
from families.enums import Audience, Protection
from families.marks import Mark
from families.models import Family, Household, Member
from families.tasks import mail_news
from history.models import Change
from nyemonstre.access.roles import Role
from nyemonstre.access.wall import acting_as
from nyemonstre.accounts.actions import keep_identity_numbers
from nyemonstre.audit.models import Event
from plans import actions as plan_actions
from plans.enums import Doer
from plans.printed import printed_plan
from referrals import actions as referral_actions
from referrals.enums import Told
from tests.factories import Team, a_user, family_at
from tests.plans.test_pdf import text_of
from tests.referrals.making import decided, sent

pytestmark = pytest.mark.django_db

STRICT = Protection.STRICTLY_CONFIDENTIAL
NUMBER, NOBODYS = "12838712000", "30918412170"
# What tells where somebody is. A service stands by name in the municipality's own list of services, for all families.
PLACES = {
    "street": "KANARIVEIEN 7", "town": "KANARIBY", "meeting place": "KANARITORGET", "school": "KANARISKOLEN",
    "kindergarten": "KANARIBARNEHAGEN", "contact": "KANARIKONTAKT", "phone": "40012399",
}  # fmt: skip
SAID = {
    "name": "KANARIFUGL", "words": "KANARIORD", "goal": "KANARIMÅL", "measure": "KANARITILTAK",
    "journal": "KANARILINJE", "referrer": "KANARILÆRER", "number": NUMBER,
}  # fmt: skip
MARKING = ("Adressesperre", "fortrolig")
SERVICES = {PLACES["school"], PLACES["kindergarten"]}


def make(team, name="KANARIFUGL"):
    """Sent in, granted, met with and planned by the real actions, strictly protected from the first day."""
    by = team.coordinator
    referral = sent(team, name, protection=STRICT, referrer_name=SAID["referrer"])
    decided(referral, team, coordinator=by)
    with acting_as(by):
        family = Family.objects.select_related("municipality").get(name=name)
        members = list(Member.objects.filter(family=family).select_related("family__municipality").order_by("pk"))
        homes = list(Household.objects.filter(family=family).select_related("family").order_by("name"))
    for home in homes:
        people.change_home(home, address=PLACES["street"], town=PLACES["town"], by=by)
    keep_number(next(m for m in members if m.is_adult), number=NUMBER, date_confirmed=True, by=by)
    book = {"place": PLACES["meeting place"], "members": members, "by": by}
    meeting = referral_actions.book_meeting(family, starts_at=timezone.now(), **book)
    referral_actions.record_meeting(meeting, outcome="yes", told=Told.values, by=by)
    for member in members:
        consent_actions.record_consent(
            member, purpose="participation", answer="given", how="signed",
            given_by=", ".join(m.full_name for m in ([member] if member.is_adult else members) if m.is_adult),
            one_parent_reason="Bor alene med barna.",
            child_heard="" if member.is_adult else "Ja.", by=by,
        )  # fmt: skip
    for service, sector in ((PLACES["school"], "school"), (PLACES["kindergarten"], "kindergarten")):
        full = service + name.removeprefix(SAID["name"])  # no two services of a municipality have one name
        where = consent_actions.add_service(team.municipality, name=full, sector=sector, by=by)
        line = consent_actions.draft_line(
            family, service=where, members=members, topics=["school"], valid_from=timezone.localdate(),
            valid_to=timezone.localdate() + timedelta(days=7),
            contact={"name": PLACES["contact"], "phone": PLACES["phone"]}, by=by,
        )  # fmt: skip
        consent_actions.sign_line(line, how="signed", signed_by="Mor", by=by)
    plan_actions.record_words(members[0], text=f"{SAID['words']} i {PLACES['street']}", by=by)
    goal = plan_actions.add_goal(family, outcome=Outcome.RM3, words=SAID["goal"], whose=members[:1], by=by)
    plan_actions.add_measure(
        goal, what=f"{SAID['measure']} på {PLACES['school']}", done_by=Doer.COORDINATOR, due_on=timezone.localdate(),
        by=by,
    )  # fmt: skip
    plan_actions.write_entry(family, text=f"{SAID['journal']} på {PLACES['meeting place']}", members=members, by=by)
    return family


def meet_today(team):
    """Another hidden one, that somebody is to meet today."""
    by = team.coordinator
    family = family_at("intake", team, name="KANARIHEGRE", protection=STRICT)
    with acting_as(by):
        members = list(Member.objects.filter(family=family).select_related("family__municipality").order_by("pk"))
    place = PLACES["meeting place"]
    referral_actions.book_meeting(family, starts_at=timezone.now(), place=place, members=members, by=by)


def crawl(world, who, pages):
    client = Client()
    client.force_login(getattr(world.team, who))
    session = client.session
    session["nm_proved_at"] = int(timezone.now().timestamp())
    session.save()
    found = {}
    for page in pages:
        name, _sep, query = page.partition("?")
        kwargs = {key: value for key, value in world.rows.items() if f"<{key}>" in name}
        for key in kwargs:
            name = name.replace(f"<{key}>", "")
        answer = client.get(reverse(name.strip(), args=list(kwargs.values())) + (f"?{query}" if query else ""))
        assert answer.status_code == 200, (who, page, answer.status_code)
        found[page] = answer.content.decode()
    return found


# Who asks for which pages. «<family>» is another, open family; rows stand in the address in that order.
LISTS = {
    "lead": [
        "families:dashboard", "families:team_list", "families:team_list?vis=apent", "families:team_list?q=KANARI",
        "families:team_list?vis=avsluttet", "families:places_edit <coordinator>", "families:family_detail <family>",
        "families:assign <family>", "families:hand_over <family>", "referrals:referral_list?vis=all",
        "referrals:referral_list?q=KANARI&vis=all", "referrals:waiting_list", "referrals:waiting_count",
        "referrals:referral_detail <referral>",
    ],
    "intake": [
        "referrals:referral_list", "referrals:referral_list?vis=all", "referrals:referral_list?vis=granted",
        "referrals:referral_list?q=KANARI&vis=all", "referrals:waiting_list", "referrals:waiting_count",
        "referrals:referral_detail <referral>",
    ],
    "auditor": ["audit:event_list", "audit:event_export", "audit:alert_list"],
    "administrator": ["accounts:user_list"],
    "second_coordinator": [
        "families:family_list", "families:family_list?q=KANARI", "families:family_list?vis=avsluttet", "families:to_do",
        "families:calendar", "families:number_find", "families:places_hold", "consent:service_list",
    ],
    # Its own coordinator: what goes on a wall, in a calendar, or to the family on paper.
    "coordinator": [
        "families:family_list", "families:to_do", "families:calendar", "families:family_calendar <hidden>",
        "consent:agreement_print <hidden>", "history:family_insight <hidden>",
    ],
}  # fmt: skip


@pytest.fixture(scope="module")
def world(shared_rows):
    with shared_rows():
        team = Team()
        keep_identity_numbers(team.municipality, keep=True, by=team.administrator)
        open_family = family_at("consent", team, name="Lerke")
        waiting = decided(sent(team, "Venter"), team, "waiting").referral
        rows = {"family": open_family.pk, "coordinator": team.coordinator.pk, "referral": waiting.pk}
        world = SimpleNamespace(team=team, rows=rows, before={})
        for who in ("lead", "intake"):
            world.before[who] = crawl(world, who, LISTS[who])
        world.hidden = make(team)
        rows["hidden"] = world.hidden.pk
        meet_today(team)
        return world


def test_it_is_nowhere_for_those_without_a_grant(world):
    """Neither its name, what it said, where it is, that something is protected, nor (but in the log) its code."""
    for who in ("lead", "intake", "auditor", "administrator", "second_coordinator"):
        words = {*PLACES.values(), *SAID.values()} | (set() if who == "auditor" else {world.hidden.code})
        for page, text in crawl(world, who, LISTS[who]).items():
            known = SERVICES if page == "consent:service_list" else set()
            assert not [word for word in words - known if word in text], (who, page)
            if "referral" not in page:  # those who send in and decide are asked about it
                assert not [word for word in MARKING if word in text], (who, page)


def test_two_worlds_with_and_without_it_are_the_same_to_those_who_lead_and_allot(world):
    """Every number they see: places, queue, waiting list, histogram, free places; page by page, but for what is new."""
    for who, before in world.before.items():
        after = crawl(world, who, LISTS[who])
        for page, text in before.items():
            assert steady(after[page]) == steady(text), (who, page)


def steady(text):
    """The page without what differs each time it is asked for."""
    text = re.sub(r'name="csrfmiddlewaretoken" value="[^"]*"', "", text)
    text = re.sub(r'"X-CSRFToken": "[^"]*"|nonce="[^"]*"', "", text)
    text = re.sub(r"[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}", "", text)
    return re.sub(r"\d\d[:.]\d\d(?:[:.]\d\d)?|data-left=\"\d+\"", "", text)


def test_every_page_of_it_is_unknown_to_everybody_else(client, world):
    pages = [
        "families:family_detail", "families:family_members", "families:family_calendar", "families:family_steps",
        "families:family_protection", "families:assign", "families:hand_over", "consent:family_tab",
        "consent:agreement_print", "consent:agreement_pdf", "assessments:family_tab", "plans:family_tab",
        "plans:family_journal",
        "plans:plan_agree", "referrals:family_referral", "referrals:information_meeting", "history:change_list",
        "history:family_insight", "families:family_access", "documents:family_documents",
    ]  # fmt: skip
    for who in ("lead", "second_coordinator"):
        client.force_login(getattr(world.team, who))
        answers = {page: client.get(reverse(page, args=[world.hidden.pk])).status_code for page in pages}
        assert set(answers.values()) <= {403, 404}, (who, answers)
        open_to = {page for page in pages if client.get(reverse(page, args=[world.team.lead.pk])).status_code == 403}
        assert {page for page, status in answers.items() if status == 403} == open_to  # the role's no, as for nobody


def test_what_leaves_the_case_tells_of_no_place(world):
    """Lists and calendar of its own coordinator, the agreement and the log for the family, the plan for each home."""
    by = world.team.coordinator
    for page, text in crawl(world, "coordinator", LISTS["coordinator"]).items():
        assert not [word for word in PLACES.values() if word in text], page
        assert SAID["measure"] not in text, page
    with acting_as(by):
        family = Family.objects.select_related("municipality").with_path().with_coordinators().get(pk=world.hidden.pk)
        paper = str(printed_plan(family))
        answers = Consent.objects.select_related("member", "family__municipality", "text", "extra")
        answer = printed_consent(answers.filter(family=family).first())
    assert answer["name"]
    assert world.team.municipality.name not in str({key: value for key, value in answer.items() if key != "text"})
    assert SAID["goal"] in paper
    assert not [word for word in (*PLACES.values(), world.team.municipality.name) if word in paper]
    client = Client()
    client.force_login(by)
    pdf = client.get(reverse("history:family_insight_pdf", args=[world.hidden.pk]))
    assert not [
        w for w in (*PLACES.values(), *SAID.values(), world.hidden.code) if w in said_in(pdf) and w != "KANARIFUGL"
    ]


def said_in(pdf):
    return text_of(b"".join(pdf.streaming_content) if pdf.streaming else pdf.content)


def test_no_mail_names_anything(world, monkeypatch, mailoutbox, django_capture_on_commit_callbacks):
    def away(*args):
        raise OperationalError("no broker")  # then the mail goes straight, and can be read here

    monkeypatch.setattr(mail_news, "delay", away)
    with django_capture_on_commit_callbacks(execute=True):
        make(world.team, "KANARIUNGE")
    sent_now = [f"{m.subject} {m.body} {m.to} {getattr(m, 'alternatives', '')}" for m in mailoutbox]
    assert sent_now
    for text in sent_now:
        assert not re.search("KANARI|adressesperre|fortrolig", text, re.IGNORECASE), text


# ── The search with a number ──


def test_a_number_in_a_hidden_family_answers_as_one_in_no_family(world):
    client = Client()
    client.force_login(world.team.second_coordinator)
    url = reverse("families:number_find")
    answers = []
    for number in (NUMBER, NOBODYS):
        with CaptureQueriesContext(connection) as queries:
            answer = client.post(url, {"identity_number": number})
        answers.append((answer.status_code, steady(answer.content.decode()).replace(number, ""), len(queries)))
    assert answers[0] == answers[1]
    assert answers[0][0] == 200
    with acting_as(world.team.auditor):
        events = Event.objects.filter(what="number_searched", actor_id=world.team.second_coordinator.pk)
        assert [(event.family_id, event.facts) for event in events.order_by("at")] == [(None, {"found": 0})] * 2


# ── Row history ──


def test_history_shows_no_more_than_the_rows(world):
    """No change of it to those without a grant; and to one let in to read, none of the protection itself."""
    by, reader = world.team.coordinator, world.team.lead
    family = family_at("consent", world.team, name="Spurv")
    with acting_as(by):
        mother = Member.objects.select_related("family").get(family=family, first_name="Mor")
    assignments.grant_access(family, user=reader, reason="Vikar", by=a_user(Role.LEAD, world.team.municipality))
    words = plan_actions.record_words(mother, text="x", by=by)
    plan_actions.set_mark(words, mark=Mark(Audience.NOBODY), by=by)
    names_only = world.team.second_coordinator
    few = {"reason": "Vikar", "permissions": ["list_family", "view_family"], "by": reader}
    assignments.grant_access(family, user=names_only, **few)
    change_protection(family, protection=Protection.CONFIDENTIAL, reason="HEMMELIG GRUNN", of=mother, by=by)
    for who in ("lead", "intake", "auditor", "administrator", "researcher", "second_coordinator"):
        with acting_as(getattr(world.team, who)):
            assert not Change.objects.filter(family_id=world.hidden.pk).exists(), who
    for user, told in ((by, 1), (reader, 0), (world.team.intake, 0), (world.team.auditor, 0)):
        with acting_as(user), connection.cursor() as cursor:
            cursor.execute("select count(*) from families_protectionchange where family_id = %s", [family.pk])
            assert cursor.fetchone() == (told,)
    for user in (by, reader):
        with acting_as(user), connection.cursor() as cursor:
            cursor.execute("select coalesce(string_agg(c::text, ' '), '') from history_change c where family_id = %s",
                           [family.pk])  # fmt: skip
            kept = cursor.fetchone()[0]
        assert "families_member" in kept
        assert not re.search("protect|confidential|HEMMELIG", kept)
    client = Client()
    client.force_login(reader)
    text = client.get(reverse("history:change_list", args=[family.pk])).content.decode()
    assert "HEMMELIG GRUNN" not in text
    for user, there in ((by, True), (reader, True), (names_only, False)):  # a mark goes with the row it is on
        client.force_login(user)
        page = client.get(reverse("history:row_changes", args=[family.pk, words.pk]))
        assert page.status_code == (200 if there else 404)
        with acting_as(user):
            assert Change.objects.filter(row_id=words.pk, after__has_key="seen_by").exists() is there
