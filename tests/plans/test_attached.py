"""Documents beside a meeting, a goal and the plan: who puts them there, who sees them, and what stands for good."""

import pytest
from bs4 import BeautifulSoup
from django.core.exceptions import PermissionDenied
from django.db import DatabaseError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format

from assessments.outcomes import Outcome
from documents.actions import add_document, withdraw_document
from documents.enums import Kind
from documents.models import Document
from nyemonstre.access.wall import acting_as
from nyemonstre.audit.models import Event
from nyemonstre.refusals import AlreadyDone
from plans import actions
from plans.models import AttachedDocument
from tests.factories import a_file

from .conftest import count, members_of, refused, terms, url
from .test_meetings import written


def paper(family, by, title="Brev fra skolen", kind=Kind.LETTER):
    return add_document(family, file=a_file(), kind=kind, title=title, by=by)


def again(row, by):
    with acting_as(by):
        return type(row).objects.select_related("family__municipality").get(pk=row.pk)


def test_put_beside_each_place_and_taken_away_by_the_pages(client, family, held, goal, by):
    meeting_page, plan_page = url("meeting_detail", family, held.pk), url("plan_documents", family)
    assert "Last opp et dokument" in client.get(meeting_page).content.decode()  # nothing to choose from yet
    assert "Ingen dokumenter ligger ved." in client.get(plan_page).content.decode()
    assert plan_page in client.get(url("family_tab", family)).content.decode()
    letter, day = paper(family, by), date_format(timezone.localdate())
    form = client.get(meeting_page).content.decode()
    assert f"Brev fra skolen, {day}" in form
    put = url("meeting_attach", family, held.pk)
    for _a_double_click in range(2):
        assert client.post(put, {"document": str(letter.pk)}).status_code == 302
    for wrong in ("", "x", str(goal.pk)):
        assert client.post(put, {"document": wrong}).status_code == 422, wrong
    page = client.get(meeting_page).content.decode()
    assert reverse("documents:document_download", args=[family.pk, letter.pk]) in page
    assert f"Lagt ved av {by.name} {day}." in page
    assert put not in page  # nothing more to choose
    for place in ("", str(goal.pk)):
        assert client.post(url("plan_attach", family), {"document": str(letter.pk), "goal": place}).status_code == 302
    assert client.post(url("plan_attach", family), {"document": str(letter.pk), "goal": "x"}).status_code == 422
    page = client.get(plan_page).content.decode()
    assert page.count("Lagt ved av") == 2
    assert f"«{goal.words}»" in page
    assert "Brev fra skolen" in client.get(url("goal_detail", family, goal.pk)).content.decode()
    with acting_as(by):
        rows = list(AttachedDocument.objects.filter(family=family))
    assert len(rows) == 3
    for row in rows:
        kind = "meeting_detach" if row.meeting_id else "plan_detach"
        other = "plan_detach" if row.meeting_id else "meeting_detach"  # each by the permission of its own place
        assert client.post(url(other, family, row.pk)).status_code == 404
        assert client.post(url(kind, family, row.pk)).status_code == 302
        assert client.post(url(kind, family, row.pk)).status_code == 404
    assert count(AttachedDocument, by, family=family) == 0
    assert count(Document, by, family=family) == 1
    with acting_as(by):
        told = Event.objects.filter(family_id=family.pk, what__in=("document_attached", "document_detached"))
        assert sorted(told.values_list("what", "facts__to")) == sorted(
            (what, to) for what in ("document_attached", "document_detached") for to in ("meeting", "goal", "plan")
        )


def test_the_newest_can_be_chosen_and_the_rest_are_found(client, family, held, goal, by, monkeypatch):
    """And in the list of documents each says where it lies."""
    monkeypatch.setattr("plans.forms_attached.SHOWN", 2)
    old, *_rest = [paper(family, by, title) for title in ("Gammelt vedtak", "Brev", "Rapport")]
    choice, address = f'value="{old.pk}"', url("plan_documents", family)
    for page in (address, url("meeting_detail", family, held.pk)):
        shown = client.get(page).content.decode()
        assert choice not in shown, page
        assert "Du kan velge blant de 2 nyeste." in shown, page
        shown = client.get(page, {"q": " vedtaK\0"}).content.decode()
        assert choice in shown, page
        assert "nyeste" not in shown, page
        assert "Ingen dokumenter har «100%» i tittelen." in client.get(page, {"q": "100%"}).content.decode()
    answer = client.post(url("plan_attach", family), {"document": str(old.pk), "goal": "x"})
    assert answer.status_code == 422
    assert f"{choice} selected" in answer.content.decode()
    for place in ("", str(goal.pk)):
        assert client.post(url("plan_attach", family), {"document": str(old.pk), "goal": place}).status_code == 302
    client.post(url("meeting_attach", family, held.pk), {"document": str(old.pk)})
    row = BeautifulSoup(client.get(reverse("documents:family_documents", args=[family.pk])).content, "html.parser")
    links = {one["href"]: one.get_text() for one in row.find("b", string="Gammelt vedtak").parent.select("a")}
    assert links.pop(address) == "Familiens plan"
    assert links.pop(url("goal_detail", family, goal.pk)) == f"Målet «{goal.words}»"
    assert links.popitem()[0] == url("meeting_detail", family, held.pk)
    assert not links


def test_what_may_not_lie_there_is_refused(team, family, other, held, goal, people, by):
    letter, theirs = paper(family, by), paper(other, by)
    agreement, gone = paper(family, by, kind=Kind.AGREEMENT), paper(family, by)
    withdraw_document(gone, reason="Feil familie", by=by)
    for place in (held, goal, family):
        for document, rule in ((theirs, "no_such_document"), (agreement, "agreement"), (gone, "withdrawn")):
            with refused(rule):
                actions.attach_document(document, to=place, by=by)
        for outsider in (team.lead, team.second_coordinator, team.auditor):
            with pytest.raises(PermissionDenied):
                actions.attach_document(letter, to=place, by=outsider)
        row = actions.attach_document(letter, to=place, by=by)
        with pytest.raises(AlreadyDone) as done:
            actions.attach_document(letter, to=place, by=by)
        assert done.value.row == row
        with pytest.raises(PermissionDenied):
            actions.detach_document(row, by=team.lead)
    actions.detach_document(row, by=by)
    with refused("gone"):
        actions.detach_document(row, by=by)
    cancelled = actions.plan_meeting(family, terms=terms(by, people, 2), by=by)
    actions.cancel_meeting(cancelled, reason="Sykdom", by=by)
    with refused("not_planned"):
        actions.attach_document(letter, to=cancelled, by=by)
    actions.close_goal(again(goal, by), state="reached", reason="Fikk jobb", on=timezone.localdate(), by=by)
    with refused("not_active"):
        actions.attach_document(letter, to=goal, by=by)


def test_beside_finished_minutes_nothing_changes(client, family, held, by):
    letter, late = paper(family, by), paper(family, by, "Kom for sent")
    row = actions.attach_document(letter, to=held, by=by)
    actions.finish_minutes(written(held, by), by=by)
    with refused("finished"):
        actions.attach_document(late, to=held, by=by)
    with refused("finished"):
        actions.detach_document(row, by=by)
    answer = client.post(url("meeting_detach", family, row.pk), follow=True)
    assert "dokumentene ved det står som de er" in answer.content.decode()
    answer = client.post(url("meeting_attach", family, held.pk), {"document": str(late.pk)})
    assert answer.status_code == 422
    assert "dokumentene ved det står som de er" in answer.content.decode()
    page = client.get(url("meeting_detail", family, held.pk)).content.decode()
    assert "Brev fra skolen" in page
    assert "Kom for sent" not in page
    with acting_as(by):  # nor past the actions
        for change in (
            lambda: AttachedDocument.objects.filter(pk=row.pk).delete(),
            lambda: AttachedDocument(family=family, document=late, meeting=held, attached_by=by).save(),
        ):
            with pytest.raises(DatabaseError, match="finished cannot be changed"), transaction.atomic():
                change()
        assert AttachedDocument.objects.filter(pk=row.pk).update(document=late) == 0
    withdraw_document(again(letter, by), reason="Skulle ikke vært her", by=by)
    page = client.get(url("meeting_detail", family, held.pk)).content.decode()
    assert "Trukket tilbake" in page
    assert reverse("documents:document_download", args=[family.pk, letter.pk]) not in page


def test_the_database_holds_the_same(family, other, held, goal, by):
    letter, theirs, theirs_too = paper(family, by), paper(other, by), members_of(other, by).values()
    actions.attach_document(letter, to=family, by=by)
    with acting_as(by):
        stranger = actions.add_goal(other, outcome=Outcome.RM5, words="Et annet mål", whose=theirs_too, by=by)
        for facts, name in (
            ({"document": letter}, "attached_once"),
            ({"document": letter, "meeting": held, "goal": goal}, "attached_to_one"),
            ({"document": theirs}, "row-level security"),
            ({"document": letter, "goal": stranger}, "row-level security"),
        ):
            with pytest.raises(DatabaseError, match=name), transaction.atomic():
                AttachedDocument(family=family, attached_by=by, **facts).save()


def test_a_document_one_may_not_see_is_not_there(family, held, goal, by, team):
    """The pages it lies on are asked for by everybody in tests/meta/test_urls.py."""
    letter = paper(family, by, "Hemmelig brev")
    for place in (held, goal, family):
        actions.attach_document(letter, to=place, by=by)
    for person in (team.lead, team.second_coordinator, team.auditor):
        with acting_as(person):
            assert not AttachedDocument.objects.exists(), person
            assert not AttachedDocument.objects.permitted(person, "view_plan").exists(), person
    # The rule of documents decides, and not that of the plan alone.
    sql = str(AttachedDocument.objects.permitted(by, "view_plan").query)
    assert "documents_document" in sql


def test_pages_take_as_many_queries_however_many_documents(client, family, held, goal, by):
    pages = (
        url("meeting_detail", family, held.pk), url("plan_documents", family), url("goal_detail", family, goal.pk),
        url("family_tab", family),
    )  # fmt: skip
    counts: dict[str, list[int]] = {}
    for more in (1, 3):
        for number in range(more):
            letter = paper(family, by, f"Brev {more}.{number}")
            for place in (held, goal, family):
                actions.attach_document(letter, to=place, by=by)
        paper(family, by, "Kan velges")
        for page in pages:
            with CaptureQueriesContext(connection) as queries:
                assert client.get(page).status_code == 200
            counts.setdefault(page, []).append(len(queries))
    assert all(one == more for one, more in counts.values()), counts
