"""Meetings: who may be asked, what becomes of an appointment, minutes that stand, and decisions that reach the plan."""

from datetime import timedelta

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from consent import actions as consent_actions
from consent.models import AgreementLine
from families.agenda import to_do
from nyemonstre.access.wall import acting_as
from nyemonstre.appointments import planned
from nyemonstre.overview import planned_with
from plans import actions
from plans.asked import called
from plans.enums import Doer, JournalKind, MeetingState
from plans.models import JournalEntry, Measure, Meeting, MeetingDecision

from .conftest import count, days_from_now, key, members_of, refused, terms, url


def read(meeting, by):
    with acting_as(by):
        return Meeting.objects.select_related("family__municipality").with_company().get(pk=meeting.pk)


def called_in(meeting, by):
    with acting_as(by):
        return called(meeting)


def written(meeting, by, text="Vi var enige"):
    with acting_as(by):
        items, guests = list(meeting.items.order_by("number")), list(meeting.guests.order_by("pk"))
    said = {items[0].pk: actions.Said(text, "school")}
    return actions.save_minutes(meeting, said=said, came=guests, by=by)


def form_for(people, days=3, **more):
    day = timezone.localdate() + timedelta(days=days)
    form = {"key": key(), "kind": "care_team", "day": f"{day:%d.%m.%Y}", "at": "10.00", "until": "11:30"}
    form |= {"place": "Rådhuset", "members": [str(people["Mor"].pk)], "agenda": "- Skoleveien\n\nFerien"}
    return form | more


def ended(line, by):
    with acting_as(by):
        row = AgreementLine.objects.select_related("family").get(pk=line.pk)
    consent_actions.end_line(row, reason="Ferdig", by=by)


def waiting(by):
    with acting_as(by):
        return [entry.text for entry in to_do(by) if entry.kind == "meeting"]


# ── The appointment ──────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_meeting_is_agreed_moved_and_found_where_one_looks(client, family, people, line, by):
    page = client.get(url("meeting_new", family)).content.decode()
    assert "Solfrid Hemmelund. Kan kontaktes om skole" in page
    form = form_for(people, lines=[str(line.pk)])
    for _twice in range(2):
        answer = client.post(url("meeting_new", family), form)
        assert answer.status_code == 302
    meeting = read(Meeting(pk=form["key"]), by)
    with acting_as(by):
        assert [(item.number, item.title) for item in meeting.items.order_by("number")] == [
            (1, "Skoleveien"), (2, "Ferien"),
        ]  # fmt: skip
    detail = client.get(answer["Location"]).content.decode()
    for words in ("Ansvarsgruppemøte", "10:00–11:30", "Rådhuset", "Øvre Bjørkåsen skole, Solfrid Hemmelund", "Mor"):
        assert words in detail, words
    journal = client.get(url("family_journal", family)).content.decode()
    assert reverse("plans:meeting_detail", args=[family.pk, meeting.pk]) in journal
    assert "Ansvarsgruppemøte" in client.get(reverse("families:calendar"), {"vis": "moter"}).content.decode() or (
        meeting.starts_at.month != timezone.localdate().month
    )
    edit = url("meeting_edit", family, meeting.pk)
    moved = form_for(people, days=4, version="1", agenda="Ferien\nSkoleveien", lines=[str(line.pk)])
    answer = client.post(edit, moved)
    assert answer.status_code == 422
    assert "Skriv kort hvorfor tiden ikke gjelder lenger." in answer.content.decode()
    assert client.post(edit, {**moved, "reason": "Tolken er syk"}).status_code == 302
    answer = client.post(edit, {**moved, "reason": "Igjen", "place": "Et annet sted"})  # somebody was first
    assert answer.status_code == 422
    assert "Et annet sted" in answer.content.decode()
    assert "Tolken er syk" in client.get(url("meeting_detail", family, meeting.pk)).content.decode()


def test_what_is_wrong_in_the_form_is_said_and_nothing_is_lost(client, family, people, other, line, by):
    stranger = members_of(other, by)["Mor"]
    for change, words in (
        ({"day": "31.02.2026"}, "Denne dagen finnes ikke"), ({"at": "kvart over"}, "Skriv klokkeslettet slik"),
        ({"until": "09:00"}, "Møtet må slutte etter at det begynner."), ({"place": ""}, "Skriv stedet"),
        ({"members": [str(stranger.pk)]}, "Velg ett av svarene"), ({"members": []}, "Velg hvem det gjelder."),
        ({"agenda": "x" * 201}, "Sak 1 er for lang."),
        ({"agenda": "\n".join(map(str, range(31)))}, "Det er plass til 30 saker."), ({"kind": "fest"}, "Velg ett av"),
        ({"place": "x" * 161}, "Det er plass til 160."),
    ):  # fmt: skip
        answer = client.post(url("meeting_new", family), form_for(people, **change))
        assert answer.status_code == 422, change
        assert words in answer.content.decode(), change
        assert change.get("agenda", "Skoleveien") in answer.content.decode()  # nothing is lost


def test_a_service_is_asked_only_while_its_line_holds(client, family, people, line, school, by):
    with acting_as(by):
        AgreementLine.objects.filter(pk=line.pk).update(valid_to=timezone.localdate() + timedelta(days=5))
    form = form_for(people, lines=[str(line.pk)])
    late = client.post(url("meeting_new", family), form | {"day": f"{days_from_now(9):%d.%m.%Y}"})
    assert late.status_code == 422
    assert "før møtet. Velg en dag innen da" in late.content.decode()
    assert client.post(url("meeting_new", family), form).status_code == 302
    meeting = read(Meeting(pk=form["key"]), by)
    assert [one.why_not for one in called_in(meeting, by)] == ["", ""]
    with acting_as(by):
        assert [what for what, _day in planned_with(by, family, [school.pk])] == ["Ansvarsgruppemøte"]
    again = form_for(people, lines=[str(line.pk)], agenda="Det jeg skrev")
    ended(line, by)
    refusal = client.post(url("meeting_new", family), again)
    assert refusal.status_code == 422
    page = refusal.content.decode()
    assert page.count("er slutt, så de kan ikke kalles inn") == 2  # in the summary, and beside the field
    assert "Det jeg skrev" in page
    assert reverse("consent:line_new", args=[family.pk]) in page
    meeting = read(meeting, by)
    assert [(one.name, one.contact) for one in called_in(meeting, by) if one.why_not] == [(school.name, None)]
    detail = client.get(url("meeting_detail", family, meeting.pk)).content.decode()
    assert "avtalen er slutt – kalles ikke inn" in detail
    assert "Solfrid" not in detail
    assert any("kalles ikke inn" in text for text in waiting(by))
    changed = form_for(people, version=str(meeting.version), agenda="Ferien")
    assert client.post(url("meeting_edit", family, meeting.pk), changed).status_code == 302
    assert school.name in client.get(url("meeting_detail", family, meeting.pk)).content.decode()


def test_cancelled_for_a_reason_or_come_to_nothing_without_blame(client, family, people, by):
    coming = actions.plan_meeting(family, terms=terms(by, people, 2), by=by)
    with refused("not_yet"):
        actions.miss_meeting(coming, by=by)
    with refused("reason"):
        actions.cancel_meeting(coming, reason=" ", by=by)
    cancel = url("meeting_cancel", family, coming.pk)
    assert client.post(cancel, {"version": "1", "reason": ""}).status_code == 422
    assert client.post(cancel, {"version": "1", "reason": "Sykdom", "told_by": "Mor"}).status_code == 302
    with refused("not_planned"):
        actions.cancel_meeting(coming, reason="To ganger", by=by)
    gone = actions.plan_meeting(family, terms=terms(by, people, -1), by=by)
    missed = url("meeting_missed", family, gone.pk)
    assert "Ingen trenger å gi en grunn" in client.get(missed).content.decode()
    assert client.post(missed, {"version": "1"}).status_code == 302
    with acting_as(by):
        entry = JournalEntry.objects.get(family=family)
    assert (entry.kind, entry.seen_by) == (JournalKind.NOTE, "nobody")
    assert "ble ikke noe av" in entry.text
    assert "Se møtet" in client.get(url("family_journal", family)).content.decode()
    assert waiting(by) == ["Avtal ny tid for samarbeidsmøte"] * 2  # the cancelled one too
    again = f"{url('meeting_new', family)}?etter={gone.pk}"
    page = client.get(again).content.decode()
    assert "Skoleveien" in page
    assert str(gone.pk) in page
    assert client.post(again, form_for(people, instead_of=str(gone.pk))).status_code == 302
    assert "Ny tid er avtalt" in client.get(url("meeting_detail", family, gone.pk)).content.decode()
    with refused("not_missed"):
        actions.plan_meeting(family, terms=terms(by, people, 3), instead_of=read(held_of(family, by), by), by=by)
    assert client.get(url("meeting_list", family)).status_code == 200


def held_of(family, by):
    with acting_as(by):
        return Meeting.objects.filter(family=family, state=MeetingState.PLANNED).first()


def test_the_calendar_feed_says_the_kind_and_the_code_alone(family, people, by):
    with acting_as(by):
        home = family.households.first()
    meeting = actions.plan_meeting(family, terms=terms(by, people, 2, kind="home_visit", home=home, place=""), by=by)
    today = timezone.localdate()

    def told():
        with acting_as(by):
            events = planned(by, [family], today - timedelta(days=9), today + timedelta(days=9))
            return {event.uid: event for event in events}[f"{meeting.pk}@nyemonstre"]

    first = told()
    assert (first.summary, first.cancelled) == (f"NM: hjemmebesøk {family.code}", False)
    assert (first.starts, first.ends) == (meeting.starts_at, meeting.ends_at)
    actions.cancel_meeting(meeting, reason="Sykdom", by=by)
    assert (told().cancelled, told().turn) == (True, first.turn + 1)


# ── Minutes and decisions ────────────────────────────────────────────────────────────────────────────────────────────


def test_minutes_are_written_finished_and_stand(client, family, people, held, by):
    path = url("meeting_minutes", family, held.pk)
    page = client.get(path).content.decode()
    with acting_as(by):
        first, second = held.items.order_by("number")
        guest = held.guests.get()
    form = {"version": "1", "came": [str(guest.pk)], "others": "En venn", "more": "Sykkelen",
            f"text_{first.pk}": "Vi var enige", f"topic_{first.pk}": "school", f"about_{first.pk}": ""}  # fmt: skip
    assert all(f'name="text_{item.pk}"' in page for item in (first, second))
    answer = client.post(path, form)
    assert (answer.status_code, answer["Location"]) == (302, path)  # the new case has its own field
    assert "Sykkelen" in client.get(path).content.decode()
    stale = client.post(path, {**form, f"text_{first.pk}": "Noe annet", "more": ""})
    assert stale.status_code == 422
    assert "hva skal gjelde?" in stale.content.decode()
    assert "Noe annet" in stale.content.decode()
    long = client.post(path, {**form, "version": "2", f"text_{second.pk}": "x" * 20_000})
    assert "Teksten er på 20000 tegn. Det er plass til 5000." in long.content.decode()
    assert client.post(url("minutes_finish", family, held.pk), {"version": "1"}, follow=True).status_code == 200
    assert not read(held, by).is_finished  # somebody had written since
    assert client.post(url("minutes_finish", family, held.pk), {"version": "2"}).status_code == 302
    with acting_as(by):
        entry = JournalEntry.objects.get(family=family)
        assert entry.members.get() == people["Mor"]
    assert (entry.kind, entry.minutes) == ("cooperation", 60)
    assert entry.text.startswith("Saker: Skoleveien; Ferien; Sykkelen.")
    assert "Les referatet" in client.get(url("family_journal", family)).content.decode()
    with refused("finished"):
        written(held, by, "Likevel ikke")
    assert client.get(path).status_code == 302
    assert client.post(path, {**form, "version": "3"}).status_code == 422
    for model, facts in ((Meeting, {"others": "x"}), (type(first), {"text": "x"})):
        rows = model.objects.filter(**({"pk": held.pk} if model is Meeting else {"pk": first.pk}))
        with acting_as(by), pytest.raises(IntegrityError, match="finished"), transaction.atomic():
            rows.update(**facts)
    added = {"key": key(), "text": "Det var mandag"}
    for _twice in range(2):
        assert client.post(url("minutes_add", family, held.pk), added).status_code == 302
    assert client.get(url("meeting_detail", family, held.pk)).content.decode().count("Det var mandag") == 1


def test_nothing_is_finished_before_there_is_something_and_before_the_day(family, people, held, other, by):
    coming = actions.plan_meeting(family, terms=terms(by, people, 2), by=by)
    with refused("not_yet"):
        written(coming, by)
    with refused("empty_minutes"):
        actions.finish_minutes(held, by=by)
    with refused("not_finished"):
        actions.add_to_minutes(held, text="For tidlig", by=by)
    with acting_as(by):
        stranger = coming.items.first()
    with refused("other_item"):
        actions.save_minutes(held, said={stranger.pk: actions.Said("x")}, came=[], by=by)
    with acting_as(by):
        own = held.items.first()
    with refused("members"):
        actions.save_minutes(held, said={own.pk: actions.Said("x", "", members_of(other, by)["Mor"])}, came=[], by=by)


def row_of(number, **facts):
    """One new row of the form."""
    return {f"{part}_new{number}": str(value) for part, value in facts.items()}


def test_decisions_are_rows_of_the_minutes_and_become_measures(client, family, people, held, goal, line, school, by):
    path = url("meeting_minutes", family, held.pk)
    with acting_as(by):
        item = held.items.order_by("number").first()
    page = client.get(f"{path}?sak={item.pk}").content.decode()
    assert f'value="{item.pk}" selected' in page
    day = timezone.localdate() + timedelta(days=7)
    first = row_of(0, what="Leksehjelp", doer=school.pk, due=f"{day:%d.%m.%Y}", item=item.pk, goal=goal.pk)
    typed = {"version": "1", f"text_{item.pk}": "Vi var enige", **first}
    answer = client.post(path, {**typed, "beslutning-add": "En beslutning til"})
    page = answer.content.decode()
    assert (answer.status_code, count(MeetingDecision, by, family=family)) == (200, 0)
    assert "Leksehjelp" in page
    assert 'name="what_new1"' in page
    for wrong, words in (
        (row_of(1, what="", doer="coordinator"), "Beslutning 2: skriv hva."),
        (row_of(1, what="Ringe", doer=""), "Beslutning 2: velg hvem."),
        (row_of(1, what="Ringe", doer="tull"), "Velg ett av svarene i listen."),
        (row_of(1, what="Ringe", doer="coordinator", due="31.02.2027"), "Denne dagen finnes ikke"),
        (row_of(1, what="x" * 301, doer="coordinator"), "Det er plass til 300"),
    ):
        answer = client.post(path, {**typed, **wrong})
        assert answer.status_code == 422, words
        assert words in answer.content.decode()
        assert "Leksehjelp" in answer.content.decode()
    more = row_of(1, what="Spørre igjen", doer="volunteer", who="Nabo") | row_of(2, what="Kjøre", doer=people["Far"].pk)
    assert client.post(path, {**typed, **more}).status_code == 302
    with acting_as(by):
        measure = Measure.objects.get(goal=goal)
        decided = {one.what: one for one in MeetingDecision.objects.filter(family=family)}
    assert (measure.what, measure.service_id, measure.due_on) == ("Leksehjelp", school.pk, day)
    assert decided["Leksehjelp"].measure_id == measure.pk
    assert [(one.done_by, one.who, one.member_id) for one in (decided["Spørre igjen"], decided["Kjøre"])] == [
        (Doer.VOLUNTEER, "Nabo", None), (Doer.MEMBER, "", people["Far"].pk),
    ]  # fmt: skip
    page = client.get(path).content.decode()
    loose, drive = decided["Spørre igjen"].pk, decided["Kjøre"].pk
    assert f'name="what_{loose}"' in page
    assert "Spørre igjen" in page
    assert f"what_{decided['Leksehjelp'].pk}" not in page  # it is changed in the plan
    again = {"version": "2", f"text_{item.pk}": "Vi var enige", f"what_{loose}": "Spørre en gang til",
             f"doer_{loose}": "volunteer", f"who_{loose}": "Nabo", f"what_{drive}": ""}  # fmt: skip
    assert client.post(path, again).status_code == 302
    assert count(MeetingDecision, by, family=family) == 2
    with acting_as(by):
        assert MeetingDecision.objects.get(pk=loose).what == "Spørre en gang til"
    stale = client.post(path, {**again, f"what_{loose}": "Noe annet"})
    assert stale.status_code == 422
    assert "Hva er bestemt: hva skal gjelde?" in stale.content.decode()
    ended(line, by)
    dead = {"version": "3", f"text_{item.pk}": "", **row_of(0, what="En gang til", doer=school.pk)}
    refusal = client.post(path, dead)
    assert refusal.status_code == 422
    assert "Lag en avtale om samarbeid med Øvre Bjørkåsen skole" in refusal.content.decode()
    assert "En gang til" in refusal.content.decode()
    current = read(held, by)
    client.post(url("minutes_finish", family, held.pk), {"version": str(current.version)})
    assert client.post(url("decision_plan", family, loose), {"goal": str(goal.pk)}).status_code == 302
    page = client.get(url("meeting_detail", family, held.pk)).content.decode()
    assert page.count("Står i planen") == 2
    assert "2 beslutninger." in client.get(url("family_journal", family)).content.decode()


def test_two_who_decide_at_once_lose_nothing(client, family, people, held, by):
    path = url("meeting_minutes", family, held.pk)
    assert client.post(path, {"version": "1", **row_of(0, what="Den enes", doer="coordinator")}).status_code == 302
    answer = client.post(path, {"version": "1", **row_of(0, what="Den andres", doer="coordinator")})
    assert answer.status_code == 422
    page = answer.content.decode()
    assert "Den andres" in page
    assert "Den enes" in page  # and is not asked about
    assert "Hva er bestemt: hva skal gjelde?" not in page
    with acting_as(by):
        (one,) = MeetingDecision.objects.filter(family=family)
    both = {"version": "2", f"what_{one.pk}": "Den enes", f"doer_{one.pk}": "coordinator",
            **row_of(0, what="Den andres", doer="coordinator")}  # fmt: skip
    assert client.post(path, both).status_code == 302
    assert count(MeetingDecision, by, family=family) == 2


def test_what_may_not_be_decided(family, people, held, goal, other, by):
    def decide(what="Ringe", done_by=Doer.COORDINATOR, meeting=held, **facts):
        return actions.save_minutes(meeting, said={}, came=[], decided=[actions.Decided(what, done_by, **facts)], by=by)

    other_goal = actions.add_goal(other, outcome="rm3", words="x", whose=members_of(other, by).values(), by=by)
    another = actions.plan_meeting(family, terms=terms(by, people), by=by)
    with acting_as(by):
        foreign = another.items.first()
    for rule, facts in (
        ("other_goal", {"goal": other_goal}), ("other_item", {"item": foreign}),
        ("member_missing", {"done_by": Doer.MEMBER}), ("service_missing", {"done_by": Doer.SERVICE}),
        ("members", {"done_by": Doer.MEMBER, "member": members_of(other, by)["Mor"]}),
    ):  # fmt: skip
        with refused(rule):
            decide(**facts)
    decide(goal=goal)
    with acting_as(by):
        planned = MeetingDecision.objects.get(family=family)
    with refused("planned"):
        decide("", row=planned)
    with refused("other_decision"):
        decide(meeting=another, row=planned)
    with refused("too_many_decisions"):
        actions.save_minutes(held, said={}, came=[], decided=[actions.Decided("x", "coordinator")] * 41, by=by)
    finished = actions.finish_minutes(held, by=by)
    with refused("finished"):
        decide(meeting=finished)


# ── The whole of it ──────────────────────────────────────────────────────────────────────────────────────────────────


def test_pages_take_as_many_queries_however_many_meetings(client, family, people, line, by):
    counts: dict[str, list[int]] = {}
    for more in (1, 2):
        for number in range(more):
            actions.plan_meeting(family, terms=terms(by, people, 2 + number, lines=[line]), by=by)
            written(actions.plan_meeting(family, terms=terms(by, people, -1, lines=[line]), by=by), by)
        for page in (url("meeting_list", family), url("family_journal", family), reverse("families:to_do")):
            with CaptureQueriesContext(connection) as queries:
                assert client.get(page).status_code == 200
            counts.setdefault(page, []).append(len(queries))
    assert all(one == two for one, two in counts.values()), counts


@pytest.mark.parametrize(
    ("facts", "name"),
    [
        ({"ends_at": timezone.now() - timedelta(days=900)}, "meeting_ends_after_it_begins"),
        ({"place": ""}, "meeting_at_home_or_elsewhere"),
        ({"finished_at": timezone.now()}, "meeting_finished_by_somebody"),
    ],
)
def test_the_database_holds_the_same(held, by, facts, name):
    with acting_as(by), pytest.raises(DatabaseError, match=name), transaction.atomic():
        Meeting.objects.filter(pk=held.pk).update(**facts)
