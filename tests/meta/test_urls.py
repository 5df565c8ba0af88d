"""Every address × every role × every situation, GET and POST: one table of who comes in, and what the door says.

An address without a line in the table fails; so does an answer that changes rows by being read, carries a word of
another municipality's family, or takes a POST without its CSRF token.
"""

from collections.abc import Iterator
from itertools import groupby
from typing import Any, NamedTuple

import pytest
from django.db import connection
from django.http import HttpResponse
from django.middleware.csrf import CsrfViewMiddleware
from django.test import Client, RequestFactory
from django.urls import resolve, reverse

from nyemonstre.access.roles import ASSIGNED_GRANT, COORDINATOR_GRANT, Role
from nyemonstre.access.wall import acting_as
from nyemonstre.accounts.models import Membership, User
from plans.printing import print_plan
from tests.consent.arrange import say
from tests.meta import canaries
from tests.meta.addresses import LINES, PUBLIC
from tests.meta.matrix import (
    MARK,
    OWN,
    ROWS,
    VIEWS,
    World,
    Writes,
    ask,
    browser,
    knock,
    patterns,
    places_in,
    undone,
    words_of,
    wrong_headers,
)  # fmt: skip
from tests.meta.test_access_table import USES, cells

pytestmark = pytest.mark.django_db

# How somebody may stand to the family an address is about. The letters of tests/meta/test_access_table.py, and
# "foreign": let into one's own family, asking for the rows of another municipality's.
SITUATIONS = ("own", "granted", "expired", "elsewhere", "protected", "named", "shut_out", "foreign")

# Pages on which every person who sees the family may stand, with something inside that takes another permission: they
# are told so (403), as they know of the family already.
INSIDE = {"families:step_reach": "change_assessment", "families:step_undo": "change_assessment"}

MAY = cells()


@pytest.fixture(scope="module")
def world(django_db_setup: Any, django_db_blocker: Any) -> Iterator[World]:
    """Made once, in a transaction that is never committed; each test runs in a savepoint of it."""
    with django_db_blocker.unblock(), undone():
        world = World()
        world.arranged = canaries.arrange(world)
        connection.check_constraints()  # once, and not at the end of each test
        yield world


# ── The table is whole ────────────────────────────────────────────────────────────────────────────────────────────────


def door(name: str) -> str:
    """What the view itself says."""
    view = VIEWS[name].callback
    if getattr(view, "login_required", True) is False:
        return "public"
    return "self" if hasattr(view, "signed_in") else str(getattr(view, "requires", "no door"))


def test_names_are_unique():
    names = [name for name, _route, _row in patterns()]
    assert len(names) == len(set(names))
    assert not [name for name in names if name.endswith("None")]


def test_every_address_stands_behind_the_door_of_its_line():
    assert set(LINES) == set(VIEWS), f"no line: {set(VIEWS) - set(LINES)}, no address: {set(LINES) - set(VIEWS)}"
    assert {name: door(name) for name in VIEWS} == {name: line[0] for name, line in LINES.items()}
    assert {name for name, line in LINES.items() if line[0] == "public"} == set(PUBLIC)


# ── Who comes in ──────────────────────────────────────────────────────────────────────────────────────────────────────


def about(name: str) -> str:
    """What an address is about: a "family", another "row" of a municipality, or nothing in particular."""
    keys = set(VIEWS[name].pattern.converters)
    if "family_id" in keys:
        return "family"
    return (
        "row"
        if keys
        & {
            "referral_id",
            "intake_meeting_id",
            "service_id",
            "user_id",
            "membership_id",
            "fact_id",
            "purpose_id",
            "municipality_id",
            "code",
            "glass_id",
            "conflict_id",
            "leave_id",
            "project_id",
            "set_id",
            "opening_id",
            "release_id",
        }
        else ""
    )


def expected(role: Role, name: str, situation: str) -> list[str]:
    """The oracle: what GET and POST are answered.

    Whom the role never lets in is told so (403). Who may come in somewhere, but not to this row, is told that it does
    not exist (404).
    """
    permission, *answers = LINES[name]
    if permission in ("public", "self"):
        return answers
    if permission not in USES[role]:
        return ["403", "403"]
    if name == "families:places_hold" and role != Role.COORDINATOR:
        return ["404", "404"]  # only a coordinator has places
    if name == "families:family_protection" and role == Role.LEAD:
        answers = ["200", "200"]  # a lead may set it; a coordinator who is not the responsible one may only look
    if about(name) and situation == "foreign":
        return ["404", "404"]
    if about(name) == "family":
        if not MAY[role, permission, situation]:
            return ["404", "404"]
        if not MAY[role, INSIDE.get(name, permission), situation]:
            return ["403", "403"]
    return answers


def first_role(door: str) -> Role:
    return next((role for role in Role if door in USES[role]), Role.COORDINATOR)


def kept_out(name: str) -> Role | None:
    """One of the roles that the door of an address keeps out; another one for the next address."""
    roles = [role for role in Role if LINES[name][0] not in USES[role]]
    return roles[list(LINES).index(name) % len(roles)] if roles else None


def share(role: Role, name: str, situation: str) -> str:
    """How many of the addresses like this one are asked: "all", one of each "door", or none.

    What is about no family answers alike in every situation, and what is about nothing to the same people.
    """
    door, *answers = LINES[name]
    right = expected(role, name, situation)
    comes_in = right == answers
    if situation == "granted":
        asks = first_role(door) if comes_in or door in USES[role] else kept_out(name)
        return "all" if role == asks else "door"
    if door not in USES[role] or about(name) not in (("family", "row") if situation == "foreign" else ("family",)):
        return ""
    if right not in (answers, ["403", "403"], ["404", "404"]):
        return "all"  # an answer of its own
    # A lead sees the frame of a family in their municipality and nothing inside: there the permission of each page
    # shows, and not only that of its door.
    if not comes_in and (role == first_role(door) or (role == Role.LEAD and situation == "own")):
        return "all"
    return "door"


class Cell(NamedTuple):
    verb: str
    name: str
    code: str  # what is answered
    whole: bool  # by the whole site; a refusal is the same page for all, and after the first the view alone is asked


def asked_in(role: Role, situation: str) -> Iterator[Cell]:
    """The cells worth asking. Each address is drawn for the first role that may open it. It is refused to one role that
    its door keeps out; and to the first role in each situation where that one may not, and with foreign rows. Of each
    door every role and every situation is asked.
    """
    doors, refusals = set(), set()
    for at, verb in enumerate(("GET", "POST")):
        for name, (door, *answers) in sorted(LINES.items()):
            code, taken, much = expected(role, name, situation)[at], answers[at], share(role, name, situation)
            # Nobody stands behind a verb that is not taken; that it is not, one role is shown.
            if not much or (taken == "-" and (situation, much) != ("granted", "all")):
                continue
            # What a row is to somebody is the same to both verbs; that both ask for it, three situations show.
            if much == "all" and verb == "GET" != answers[1] != "-" and situation not in ("own", "granted", "foreign"):
                continue
            refused = code in ("403", "404") and code != taken
            if much == "door" and (verb, door, refused) in doors:
                continue
            doors.add((verb, door, refused))
            yield Cell(verb, name, code, whole=taken != "-" and (not refused or code not in refusals))
            refusals |= {code} if refused else set()


@pytest.mark.parametrize("situation", SITUATIONS)
@pytest.mark.parametrize("role", Role)
def test_every_address_answers_as_the_table_says(world, role, situation):
    rows = world.foreign if situation == "foreign" else world.rows
    wrong, read = [], set()
    with undone():
        client = browser(world.meet(role, situation))
        writes = Writes()
        for verb, cells in groupby(asked_in(role, situation), key=lambda cell: cell.verb):
            for cell in cells:
                code, text, faults = answer_to(cell, client, world.address(cell.name, rows))
                faults += faults_in(cell, code, text)
                wrong += [f"{verb} {cell.name}: {fault}" for fault in faults]
                read |= places_in(text, OWN)
                if verb == "GET" and cell.whole:
                    wrong += writes.by(cell.name)
            if verb == "GET":
                wrong += writes.by("what is refused")
    assert not wrong, "\n".join(wrong)
    if situation == "granted":
        assert readable(world, role) - read == set(), "not read, and so not looked for elsewhere"


def answer_to(cell: Cell, client: Client, address: str) -> tuple[str, str, list[str]]:
    """The code, the words, and what is wrong with the headers."""
    if not cell.whole:
        return *knock(client, cell.verb, address), []
    answer = ask(client, cell.verb, address)
    return str(answer.status_code), words_of(answer), wrong_headers(answer, no_store=cell.name not in PUBLIC)


def faults_in(cell: Cell, code: str, text: str) -> Iterator[str]:
    # A verb that is not taken may be refused before or after somebody looks at who asks.
    if code not in ({cell.code, "405"} if LINES[cell.name][1 + (cell.verb == "POST")] == "-" else {cell.code}):
        yield f"{code}, not {cell.code}"
    if MARK in text:
        yield f"shows {text[text.index(MARK) - 60 :][:120]}"
    for word in canaries.wrong_in(text, cell.name, cell.verb):
        yield f"shows a contact without a live line, {word}"


def test_a_visitor_is_sent_to_the_login(world):
    client = browser(None)
    for name in sorted(VIEWS):
        for verb in ("GET", "POST") if name not in PUBLIC else ("GET",):
            answer = ask(client, verb, world.address(name))
            assert not wrong_headers(answer, no_store=False), f"{verb} {name}"
            if name not in PUBLIC:
                assert (answer.status_code, answer.url.split("?")[0]) == (302, reverse("accounts:login")), name


def test_another_familys_row_under_ones_own_family_is_404(world):
    """The crafted address: my family's id, and the id of a row of a family that I also follow."""
    wrong = []
    with undone():
        for who in ("coordinator", "lead"):  # who thereby works in two municipalities
            user = getattr(world.team, who)
            Membership.objects.create(user=user, municipality=world.other.municipality, role=Role.COORDINATOR)
        world.let_in(world.team.lead)
        let_into_the_foreign_family(world, world.team.coordinator)
        let_into_the_foreign_family(world, world.team.lead)
        for name in sorted(name for name, row in VIEWS.items() if {*ROWS, "shut_out_id"} & set(row.pattern.converters)):
            if about(name) != "family":
                continue
            who = "coordinator" if LINES[name][0] in COORDINATOR_GRANT | ASSIGNED_GRANT else "lead"
            client = browser(User.objects.get(pk=getattr(world.team, who).pk))
            address = world.address(name, world.foreign | {"family_id": world.mine.pk})
            codes = {verb: knock(client, verb, address)[0] for verb in ("GET", "POST")}
            if set(codes.values()) - {"405"} != {"404"}:
                wrong.append(f"{name}: {codes}")
    assert not wrong, "\n".join(wrong)


def let_into_the_foreign_family(world: World, user: User) -> None:
    from families.assignments import grant_access

    grant_access(
        world.theirs, user=user, reason="Vikar i to kommuner", permissions=COORDINATOR_GRANT, by=world.other.lead
    )


def test_every_post_asks_for_its_token(world):
    """With everything else right: each role on the whole site, by the person who may, on the family they may."""
    for role in Role:
        asked = [name for name, (door, _get, post) in LINES.items() if post != "-" and first_role(door) == role]
        with undone():
            client = browser(world.meet(role, "granted"), enforce_csrf_checks=True)
            answer = ask(client, "POST", world.address(asked[0]))
            assert (answer.status_code, answer.templates[0].name) == (403, "csrf.html"), asked[0]
        assert not [name for name in asked if not needs_token(world.address(name))]


def needs_token(address: str) -> bool:
    """Whether the guard in front of the views stops a POST without one on its way to this view."""
    request, view = RequestFactory().post(address), resolve(address)
    answer = CsrfViewMiddleware(lambda request: HttpResponse()).process_view(request, view.func, view.args, view.kwargs)
    return answer is not None and answer.status_code == 403


# ── Marked words of a foreign family ──────────────────────────────────────────────────────────────────────────────────


# Where words are written that others read than those who follow the family.
READ_BY = {
    Role.INTAKE: {"egne-ord", "fra", "henvist", "kriterium", "situasjon", "tillegg", "venter"},
    Role.RESEARCHER: {"formål", "fritekst", "nøkkel", "prosjekt", "uttrekk"},
}
# What was told without consent is read by whoever follows the family, what a member said of a meeting where that member
# is asked for, and what an invitation is about is on no page before it is answered.
TOLD, ASKED_FOR, NOWHERE = {"meldt-fortalt", "meldt-hva", "meldt-hvorfor", "meldt-til"}, {"fit"}, {"møte"}


def readable(world: World, role: Role) -> set[str]:
    """The places of the family one is let into that stand on some page of the role. The foreign words stand in the same
    places: looking for them finds nothing because nobody sees them, and not because nobody looks there.
    """
    if role == Role.COORDINATOR:
        return world.planted[OWN].difference(TOLD, ASKED_FOR, NOWHERE, *READ_BY.values())
    return READ_BY.get(role, set())


def test_both_families_have_words_in_the_same_places(world):
    assert world.planted[MARK] == world.planted[OWN] > TOLD.union(ASKED_FOR, NOWHERE, *READ_BY.values())
    by = world.team.coordinator
    with acting_as(by):
        members = list(world.mine.members.values_list("pk", flat=True))
    client, page = browser(by), world.address("assessments:fit_list")
    asked = (ask(client, "GET", f"{page}?hvem={member}") for member in members)
    assert set().union(*(places_in(words_of(answer), OWN) for answer in asked)) >= ASKED_FOR


def test_what_was_told_without_consent_is_for_whoever_follows_the_family(world):
    """The one permission that nobody is granted."""
    client, read = browser(world.team.coordinator), set()
    for name in (name for name, (door, *_answers) in LINES.items() if door == "disclose"):
        for verb, code in zip(("GET", "POST"), LINES[name][1:], strict=True):
            if code != "-":
                cell = Cell(verb, name, code, whole=True)
                got, text, faults = answer_to(cell, client, world.address(name))
                assert not [*faults, *faults_in(cell, got, text)], name
                read |= places_in(text, OWN)
    assert read >= TOLD


# Questions a list can be asked, put so that the foreign family would be an answer. The word typed is half of the mark,
# for it stands on the page again; the foreign rows' own ids and codes are filled in.
SEARCHES = {
    "families:family_list": ("q=varx", "vis=avsluttet&q=varx"),
    "families:calendar": ("familie={code}",),
    "families:dashboard": ("kommune={number}", "som={coordinator}"),
    "families:team_list": ("koordinator={coordinator}", "kommune={number}"),
    "families:to_do": ("vis=pass",),
    "plans:family_journal": ("q=varx", "hvem={member_id}", "etter={entry_id}"),
    "plans:family_tab": ("hvem={member_id}", "tjeneste={service_id}&vis=venter"),
    "plans:own_words": ("hvem={member_id}",),
    "assessments:pattern": ("hvem={member_id}",),
    "assessments:fit_list": ("hvem={member_id}",),
    "consent:service_list": ("q=varx", "q=skolen"),
    "consent:line_new": ("fra={line_id}",),
    "consent:service_contact_check": ("ask=1&service={service_id}&members={member_id}",),
    "consent:network": ("ask=1&service={service_id}&members={member_id}",),
    "consent:consent_new": ("hvem={member_id}",),
    "referrals:referral_list": ("vis=all&q=varx", "q={reference}"),
    "referrals:waiting_count": ("kommune={number}",),
    "accounts:user_list": ("q=person",),
    "audit:event_list": ("familie={code}", "hvem={coordinator}"),
    "audit:event_export": ("familie={code}",),
}


@pytest.mark.parametrize("role", Role)
def test_no_search_finds_a_foreign_family(world, role):
    facts = world.foreign | {
        "code": world.theirs.code,
        "number": world.other.municipality.number,
        "coordinator": world.other.coordinator.pk,
        "reference": "H-",
    }
    with undone():
        client = browser(world.meet(role, "granted"))
        for name, questions in SEARCHES.items():
            if LINES[name][0] not in USES[role]:
                continue
            for question in questions:
                answer = ask(client, "GET", f"{world.address(name)}?{question.format(**facts)}")
                assert answer.status_code in (200, 404, 422), f"{name}?{question}"
                text = words_of(answer)
                assert MARK not in text, f"{name}?{question} shows {text[text.index(MARK) - 60 :][:120]}"
                if name == "referrals:waiting_count":
                    assert answer.content == b"0"


def test_a_printed_plan_has_no_foreign_word(world):
    with undone():
        document = print_plan(world.mine, by=world.team.coordinator, straight=True)
        client = browser(world.team.coordinator)
        printed = words_of(client.get(world.address("plans:pdf_download", world.rows | {"document_id": document.pk})))
        assert OWN in printed
        assert MARK not in printed


def test_nobody_acts_between_the_questions(world):
    """The world's own rows are under the wall all the while: asked by nobody, there are none."""
    with connection.cursor() as cursor:
        cursor.execute("select count(*) from families_family")
        assert cursor.fetchone() == (0,)


# ── What was taken back ───────────────────────────────────────────────────────────────────────────────────────────────


def test_a_contact_whose_line_was_taken_back_is_nowhere(world):
    """No fragment, search, export, history, table, mail or task; and no page: each answer above is asked for it too."""
    arranged, by = world.arranged, world.team.coordinator
    goes_on = canaries.found_in(str(canaries.STRINGS[canaries.GOES_ON]))
    assert arranged.shown == canaries.found_in(str(canaries.STRINGS)), "else nothing is proven"
    with undone(), canaries.outbox(arranged.sent):
        seen = canaries.scan(arranged)
        assert {name for name, _address in seen} == canaries.SHOWS
        assert set().union(*seen.values()) == goes_on
        read = {user: canaries.in_tables(user) for user in (by, world.team.second_coordinator, *world.people.values())}
        assert set().union(*read.values()) == goes_on - {f"{canaries.GOES_ON}:does"}
        for name in ("Far", "Jente", "Gutt"):
            say(arranged.people[name], by, "withdrawn", **canaries.CALLS)
        assert not canaries.scan(arranged, only=seen), "the last one has left, and the third line with them"
        assert not any(canaries.in_tables(user) for user in read if read[user])
    assert arranged.sent
    assert not canaries.found_in(str(arranged.sent).lower())
