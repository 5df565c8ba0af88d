"""Three contacts with marked words in one family, and a search for them: on every address, and in every table.

One line is ended by the family, one covers only somebody who leaves, and one goes on: it shows where such words stand
as long as they may. Used by tests/meta/test_urls.py.
"""

from collections.abc import Collection, Iterator
from types import SimpleNamespace
from typing import Any

from django.db import connection

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
from tests.consent.arrange import days
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
# Rooms with nothing of any family in them.
ELSEWHERE = ("accounts:", "content:", "ui:", "health")


def found_in(text: str) -> set[str]:
    return {f"{key}:{name}" for key, words in STRINGS.items() for name, word in words.items() if word in text}


def arrange(world: World) -> SimpleNamespace:
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
    """Name and address of every page; and of the rows, papers and questions the contacts could be asked for by."""
    world = arranged.world
    for name, line in sorted(LINES.items()):
        if line[1] == "200" and line[0] != "public" and not name.startswith(ELSEWHERE):
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
    """The first role that may open the address; for agreements somebody else who follows the family, too."""
    role = next(role for role in Role if LINES[name][0] in USES[role])
    if role != Role.COORDINATOR:
        return [world.people[role]]
    two = name.startswith("consent:") and "family_id" in VIEWS[name].pattern.converters
    return [world.team.coordinator, world.team.second_coordinator] if two else [world.team.coordinator]


def scan(arranged: SimpleNamespace, only: Collection[str] | None = None) -> dict[str, set[str]]:
    """Address → the marked words in the answer, for any of its readers; what the address itself says left out."""
    seen: dict[str, set[str]] = {}
    clients: dict[Any, Any] = {}
    for name, address in addresses(arranged):
        if only is not None and address not in only:
            continue
        for user in readers(arranged.world, name) if LINES[name][0] != "self" else [arranged.world.team.coordinator]:
            client = clients.setdefault(user.pk, browser(user))
            if words := found_in(words_of(ask(client, "GET", address))):
                seen.setdefault(address, set()).update(words)
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
