"""Lines about a crisis are for few: in the pages, the rows, who was there and the history.

Also who from the services was there, the reminder beside what is written, and older lines that load in their place.
"""

from datetime import timedelta

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction
from django.urls import reverse
from django.utils import timezone

from consent import actions as consent_actions
from consent.models import AgreementLine, Contact
from families import assignments, emergencies
from families.enums import AssignmentKind, Audience
from families.marks import Mark
from nyemonstre.access.roles import Permission, Role
from nyemonstre.access.wall import acting_as
from nyemonstre.audit.models import Event
from plans import actions
from plans.enums import JournalKind
from plans.models import JournalContact, JournalEntry, JournalMember
from tests.factories import a_user

from .conftest import HTMX, SECRETS, count, key, reading, refused, url

SAID = "Hun sa at hun ikke orker mer"


@pytest.fixture
def contact(family, line, by):
    with reading(by):
        return Contact.objects.select_related("family").get(family=family)


@pytest.fixture
def crisis(family, people, contact, by):
    return actions.write_entry(
        family, text=SAID, kind=JournalKind.CRISIS, members=[people["Mor"]], contacts=[contact], by=by
    )


def raw(user, entry):
    """What the database itself gives this person of the line, its people, its contacts and their history."""
    found = []
    with reading(user), connection.cursor() as cursor:
        for sql in (
            "select id from plans_journalentry where id = %s", "select id from plans_journalmember where entry_id = %s",
            "select id from plans_journalcontact where entry_id = %s",
            "select id from history_change where row_id = %s or after ->> 'entry_id' = %s::text",
        ):  # fmt: skip
            cursor.execute(sql, [entry.pk] * sql.count("%s"))
            found.append(len(cursor.fetchall()))
    return found


def let_in(family, team, role, permissions=None):
    user = a_user(role, team.municipality)
    more = {"permissions": permissions} if permissions else {}
    assignments.grant_access(family, user=user, reason="Veileder i saken", by=team.lead, **more)
    return user


def test_a_line_about_a_crisis_is_for_few(client, team, family, crisis, by):
    reader = let_in(family, team, Role.COORDINATOR)
    lead_let_in = let_in(family, team, Role.LEAD)
    assignments.assign_coordinator(
        family, coordinator=team.second_coordinator, kind=AssignmentKind.SUBSTITUTE, reason="Ferie", by=team.lead,
        valid_until=timezone.now() + timedelta(days=2),
    )  # fmt: skip
    for person, sees in ((by, True), (team.second_coordinator, True), (lead_let_in, True), (reader, False)):
        assert raw(person, crisis) == ([1, 1, 1, 3] if sees else [0, 0, 0, 0]), person
        with reading(person):
            rows = JournalEntry.objects.permitted(person, Permission.VIEW_JOURNAL).filter(family=family)
            assert rows.filter(pk=crisis.pk).exists() == sees
        client.force_login(person)
        page = client.get(url("family_journal", family)).content.decode()
        assert (SAID in page) == sees
        assert ("1 linje her er begrenset" in page) != sees
        for hidden in (url("family_journal", family) + "?q=orker", reverse("plans:journal_anywhere") + "?q=orker"):
            assert (SAID in client.get(hidden).content.decode()) == sees
        # Others look at the family's own page too.
        assert SAID not in client.get(url("latest_journal", family)).content.decode()
    # A lead alone reads no journal; in need, for a reason, and then that it was read stands in the log.
    assert raw(team.lead, crisis) == [0, 0, 0, 0]
    emergencies.break_glass(family.code, reason="Mor svarer ikke og skolen er bekymret", by=team.lead)
    assert raw(team.lead, crisis) == [1, 1, 1, 3]
    client.force_login(team.lead)
    assert SAID in client.get(url("family_journal", family)).content.decode()
    with acting_as(team.auditor):
        seen = Event.objects.filter(actor_id=team.lead.pk, family_id=family.pk, facts__restricted=1)
        assert seen.count() == 1
    # Whoever followed the family once, and is let in to read, reads what they wrote themselves and no more.
    new = a_user(Role.COORDINATOR, team.municipality)
    assignments.hand_over(family, to=new, reason="Bytter", by=team.lead)
    assert raw(by, crisis) == [0, 0, 0, 0]
    assignments.grant_access(family, user=by, reason="Overlapp", by=team.lead)
    later = actions.write_entry(family, text="Ny", kind=JournalKind.CRISIS, by=new)
    assert raw(by, crisis) == [1, 1, 1, 3]
    assert raw(by, later) == [0, 0, 0, 0]


def test_a_line_about_a_crisis_goes_on_no_paper(family, crisis, by):
    assert crisis.seen_by == Audience.NOBODY
    with refused("restricted"):
        actions.set_mark(crisis, mark=Mark(Audience.BOTH), by=by)
    with reading(by), pytest.raises(IntegrityError, match="journal_crisis_on_no_paper"), transaction.atomic():
        JournalEntry.objects.filter(pk=crisis.pk).update(seen_by=Audience.USUAL, marked_at=None, marked_by=None)


def test_who_from_the_services_was_there_shows_while_the_agreement_lets_it(client, family, people, line, contact, by):
    page = client.get(url("journal_new", family)).content.decode()
    assert f"{SECRETS['name']}, Øvre Bjørkåsen skole" in page
    assert page.index('name="text"') < page.index('name="kind"')
    for attribute in ('lang="nb"', 'autocapitalize="sentences"', 'rows="10"'):
        assert attribute in page
    data = {"key": key(), "kind": "cooperation", "text": "Møte", "happened_on": "2.3.2026"}
    sent = {**data, "contacts": [str(contact.pk)]}
    assert SECRETS["name"] in client.post(url("journal_new", family), sent, follow=True).content.decode()
    for crafted in (key(), "x"):
        answer = client.post(url("journal_new", family), {**data, "key": key(), "contacts": crafted})
        assert answer.status_code == 422
        assert "En av kontaktene kan ikke velges" in answer.content.decode()
    # The agreement ends while the form stands open.
    with reading(by):
        live = AgreementLine.objects.select_related("family").get(pk=line.pk)
    consent_actions.end_line(live, reason="Ikke nå", by=by)
    assert SECRETS["name"] not in client.get(url("family_journal", family)).content.decode()
    assert 'name="contacts"' not in client.get(url("journal_new", family)).content.decode()
    answer = client.post(url("journal_new", family), {**sent, "key": key()})
    assert answer.status_code == 422
    assert "En av kontaktene kan ikke velges" in answer.content.decode()
    with refused("no_live_line"):
        actions.write_entry(family, text="x", contacts=[contact], by=by)
    assert count(JournalContact, by, family=family) == 1
    with reading(by):
        entry = JournalEntry.objects.filter(family=family).get()
    with reading(by), pytest.raises(DatabaseError, match="row-level security"), transaction.atomic():
        JournalContact.objects.create(family=family, entry=entry, contact_id=contact.pk)


def test_nobody_is_written_into_a_line_they_may_not_read(team, family, people, crisis):
    reader = let_in(family, team, Role.LEAD, [Permission.LIST_FAMILY, Permission.VIEW_FAMILY])
    with reading(reader), pytest.raises(DatabaseError, match="row-level security"), transaction.atomic():
        JournalMember.objects.create(family=family, entry_id=crisis.pk, member=people["Far"])


def test_what_is_written_in_the_journal_is_looked_over(client, team, family):
    said = {"text": "Ringte Kari Utbygd, 400 50 600", "family": str(family.pk), "key": key()}
    for address in (url("look_over", family), reverse("plans:look_over_anywhere")):
        page = client.post(address, said).content.decode()
        assert "Kari Utbygd" in page
        assert "ser ut som et telefonnummer" in page
    for nobody in (key(), "", "x"):
        assert (
            "<li>" not in client.post(reverse("plans:look_over_anywhere"), said | {"family": nobody}).content.decode()
        )
    for name, args in (
        ("family_journal", []), ("journal_new", []), ("review", [1]), ("closing", []), ("journal_quick", []),
    ):  # fmt: skip
        assert url("look_over", family) in client.get(url(name, family, *args)).content.decode(), name
    assert reverse("plans:look_over_anywhere") in client.get(reverse("plans:journal_anywhere")).content.decode()


def test_older_lines_load_in_their_place(client, family, by):
    for number in range(31):
        actions.write_entry(family, text=f"Linje {number:02d}", by=by)
    with reading(by):
        last = JournalEntry.objects.filter(family=family).newest_first()[29]
    for address in (url("family_journal", family), reverse("plans:journal_anywhere")):
        page = client.get(address).content.decode()
        assert f'href="?etter={last.pk}"' in page
        assert "intersect once" in page
        part = client.get(f"{address}?etter={last.pk}&nr=1", **HTMX).content.decode()
        assert "<html" not in part
        assert "Linje 00" in part
        assert "data-first" in part
        assert "1 eldre linje står nå sist på siden. Det er ingen flere." in part
    first = client.get(f"{url('family_journal', family)}?nr=5").content.decode()
    assert "intersect once" not in first
