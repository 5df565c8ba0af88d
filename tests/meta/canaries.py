"""Three contacts with marked words in one family, and a search for them: on every address, and in every table.

One line is ended by the family, one covers only somebody who leaves, and one goes on: it shows where such words stand
as long as they may. Used by tests/meta/test_urls.py.
"""

from collections.abc import Collection, Iterator
from contextlib import contextmanager
from types import SimpleNamespace
from typing import Any

import pytest
from celery import Task
from django.core import mail
from django.db import connection
from django.test import TestCase

from consent import actions
from consent.enums import How, Sector, Topic
from families import assignments
from families.enums import AssignmentKind
from families.models import Member
from nyemonstre.access.roles import Role
from nyemonstre.access.wall import acting_as
from plans import actions as plans
from plans.enums import Doer
from plans.models import Goal
from plans.papers import SERVICE, papers
from plans.printing import print_plan
from tests.consent.arrange import days, say
from tests.factories import a_file
from tests.meta.addresses import LINES
from tests.meta.matrix import VIEWS, World, ask, browser, words_of
from tests.meta.test_access_table import USES

# Whom the line of each contact covers.
COVERED = {"avsluttet": ("Jente",), "forlatt": ("Mor",), "gjelder": ("Far", "Gutt")}
CONTACT = ("name", "title", "phone", "email")
# In small letters, as tests/meta/matrix.words_of gives them back. `does` is said of the service, not of the contact.
STRINGS = {
    key: {
        "name": f"kanari-{key}-navn", "title": f"kanari-{key}-stilling", "phone": f"9880011{n}",
        "email": f"kanari-{key}@skolen.example", "does": f"kanari-{key}-leser",
    }
    for n, key in enumerate(COVERED)
}  # fmt: skip
# The line that goes on, and the pages that may show its contact while it does.
GOES_ON = "gjelder"
SHOWS = {
    "consent:contact_edit", "consent:family_tab", "consent:line_new", "consent:network",
    "consent:service_contact_check", "history:change_list", "history:row_changes", "plans:journal_new",
    "plans:meeting_new", "plans:review",
}  # fmt: skip
# Said on the phone, to have one's yes taken back.
CALLS = {"how": "phone", "note": "Ringte meg og sa det."}
# Rooms with nothing of any family in them.
ELSEWHERE = ("accounts:", "content:", "ui:", "health")


def found_in(text: str) -> set[str]:
    return {f"{key}:{name}" for key, words in STRINGS.items() for name, word in words.items() if word in text}


def wrong_in(text: str, name: str, verb: str) -> list[str]:
    """Words that may not stand in this answer of the address `name`: those of the one that goes on, on some pages."""
    may = {f"{GOES_ON}:{name}" for name in STRINGS[GOES_ON]} if verb == "POST" or name in SHOWS else set()
    return sorted(found_in(text) - may)


def arrange(world: World) -> SimpleNamespace:
    """All that may happen to the lines: they live and are printed, one is ended, and somebody takes their yes back."""
    by, address, sent = world.team.coordinator, world.address("consent:family_tab"), []
    with outbox(sent):
        arranged = live(world)
        arranged.shown = found_in(words_of(ask(browser(by), "GET", address)))
        # In capitals: it stays in the line's row, where in_tables would find it; no page shows it.
        reason = f"{STRINGS['avsluttet']['name'].upper()} har sluttet"
        actions.end_line(arranged.lines["avsluttet"], reason=reason, by=by)
        say(arranged.people["Mor"], by, "withdrawn", **CALLS)
    arranged.sent = sent
    return arranged


@contextmanager
def outbox(sent: list[str]) -> Iterator[None]:
    """Every task that is ordered and mail that is sent inside is written in `sent`, what waits for the commit too."""
    mails = len(mail.outbox)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Task, "apply_async", lambda task, *args, **how: sent.append(f"{task.name} {args} {how}"))
        with TestCase.captureOnCommitCallbacks(execute=True):
            yield
    sent += [str(message.message()) for message in mail.outbox[mails:]]


def live(world: World) -> SimpleNamespace:
    """Three live lines with a measure each, all on one signed sheet, and the plan printed with them in it."""
    family, by = world.mine, world.team.coordinator
    with acting_as(by):
        rows = Member.objects.filter(family=family).select_related("family__municipality")
        people = {row.first_name: row for row in rows.order_by("pk")}
        goal = Goal.objects.filter(family=family).first()
    lines = {}
    for key, who in COVERED.items():
        words = STRINGS[key]
        service = actions.add_service(family.municipality, name=f"Tjenesten {key}", sector=Sector.SCHOOL, by=by)
        line = actions.draft_line(
            family, service=service, members=[people[name] for name in who], topics=[Topic.SCHOOL],
            valid_from=days(0), contact={name: words[name] for name in CONTACT}, what_they_do=words["does"], by=by,
        )  # fmt: skip
        lines[key] = actions.sign_line(line, how=How.SIGNED, signed_by="Mor", by=by)
        plans.add_measure(goal, what="Leksehjelp", done_by=Doer.SERVICE, service=service, due_on=days(0), by=by)
    actions.attach_paper(family, lines=lines.values(), file=a_file(), by=by)
    assignments.assign_coordinator(
        family,
        coordinator=world.team.second_coordinator,
        kind=AssignmentKind.SECOND,
        reason="To hjem",
        by=world.team.lead,
    )
    with acting_as(by):
        keys = [reader.key for reader in papers(family) if reader.member == people["Jente"].pk][:1]
    # Everybody's plan, one person's, and the one for the service whose line is ended.
    keys = ["", *keys, f"{SERVICE}{lines['avsluttet'].pk}"]
    printed = [print_plan(family, by=by, straight=True, reader=key) for key in keys]
    return SimpleNamespace(world=world, people=people, lines=lines, printed=printed)


def addresses(arranged: SimpleNamespace) -> Iterator[tuple[str, str]]:
    """Name and address of what those who follow the family have and nobody else: the pages that are about no family,
    and its agreements; and of the rows, papers and questions the contacts could be asked for by. All other pages are
    drawn by tests/meta/test_urls.py anyway, and so is each page for the other roles.
    """
    world = arranged.world
    for name, (door, answer, _post) in sorted(LINES.items()):
        theirs = door == "self" or door in USES[Role.COORDINATOR]
        alone = name.startswith("consent:") or name in SHOWS or "family_id" not in VIEWS[name].pattern.converters
        if answer == "200" and theirs and alone and "pdf" not in name and not name.startswith(ELSEWHERE):
            yield name, world.address(name)
    for line in arranged.lines.values():
        rows = {**world.rows, "line_id": line.pk, "contact_id": line.contact_id}
        for name in ("contact_edit", "line_edit", "line_end", "paper"):
            yield f"consent:{name}", world.address(f"consent:{name}", rows)
        yield "consent:line_new", f"{world.address('consent:line_new')}?fra={line.pk}"
        question = f"ask=1&way=give&topic=school&service={line.service_id}&member={arranged.people['Far'].pk}"
        yield "consent:service_contact_check", f"{world.address('consent:service_contact_check')}?{question}"
        for row in (line.pk, line.contact_id):
            yield "history:row_changes", world.address("history:row_changes", {**world.rows, "row_id": row})
    for document in arranged.printed:
        yield "plans:pdf_download", world.address("plans:pdf_download", {**world.rows, "document_id": document.pk})
    plan = world.address("plans:family_tab")
    for line in arranged.lines.values():
        yield "plans:family_tab", f"{plan}?tjeneste={line.service_id}"
    yield "plans:family_tab", f"{plan}?hvem={arranged.people['Jente'].pk}"
    for name in ("agreement_print", "agreement_pdf"):
        yield f"consent:{name}", f"{world.address(f'consent:{name}')}?til=sammen&sprak=nn"
    for name in ("meeting_letter", "meeting_file"):
        yield f"referrals:{name}", f"{world.address(f'referrals:{name}')}?sprak=nn"
    for page in ("families:family_list", "families:to_do", "plans:family_journal"):
        yield page, f"{world.address(page)}?q=kanari"


def readers(world: World, name: str) -> list[Any]:
    """Who follows the family; for agreements somebody else who does, too. The file is the printed page again."""
    two = name.startswith("consent:") and "family_id" in VIEWS[name].pattern.converters and "pdf" not in name
    return [world.team.coordinator, world.team.second_coordinator] if two else [world.team.coordinator]


def scan(arranged: SimpleNamespace, only: Collection[Any] | None = None) -> dict[tuple[str, str], set[str]]:
    """Name and address → the marked words in the answer, for any of its readers."""
    seen: dict[tuple[str, str], set[str]] = {}
    clients: dict[Any, Any] = {}
    for name, address in addresses(arranged):
        if only is not None and (name, address) not in only:
            continue
        for user in readers(arranged.world, name):
            client = clients.setdefault(user.pk, browser(user))
            if words := found_in(words_of(ask(client, "GET", address))):
                seen.setdefault((name, address), set()).update(words)
    return seen


def in_tables(user: Any) -> set[str]:
    """The contacts' words in all that this person's connection may read: what no page can show by mistake."""
    found: set[str] = set()
    with acting_as(user), connection.cursor() as cursor:
        cursor.execute(
            "select c.oid::regclass::text from pg_class c join pg_namespace n on n.oid = c.relnamespace"
            " where c.relkind in ('r', 'p') and n.nspname = 'public' and has_table_privilege(c.oid, 'select')"
        )
        for (table,) in cursor.fetchall():
            cursor.execute(f"select coalesce(string_agg(t::text, ' '), '') from {table} t where t::text ~ 'kanari'")
            found |= {word for word in found_in(cursor.fetchone()[0]) if not word.endswith("does")}
    return found
