"""Services are told of a meeting by mail: what each is told, once each, never whom it is about, and who is rung."""

from datetime import timedelta

import pytest
from django.core import mail as outbox
from django.db import DatabaseError, IntegrityError, transaction
from django.utils import timezone
from icalendar import Calendar

from consent import actions as consent_actions
from consent.models import AgreementLine
from families.enums import Protection
from families.models import Family
from nyemonstre.access.wall import acting_as
from nyemonstre.audit.models import Event
from plans import actions
from plans.models import Meeting, MeetingNotice
from plans.notices import told
from plans.papers import live_lines
from plans.tasks import mail_notice

from .conftest import refused, terms, url
from .test_meetings import ended, form_for, read


@pytest.fixture
def clock(monkeypatch):
    """Moves on when it is told to."""
    now = timezone.now
    moved = [timedelta()]
    monkeypatch.setattr("django.utils.timezone.now", lambda: now() + moved[0])

    def later(**time):
        moved[0] += timedelta(**time)

    return later


def notices(by, **facts):
    with acting_as(by):
        return list(MeetingNotice.objects.filter(**facts).select_related("family__municipality").order_by("sent_at"))


def kinds(by):
    """What was said, and how far it came."""
    state = {(True, False): "sent", (False, True): "stopped", (False, False): "waits"}
    return [(one.kind, state[one.mailed_at is not None, one.stopped_at is not None]) for one in notices(by)]


def delivered(by, clock):
    """How many mails leave when a minute has passed, and the worker has its way twice."""
    clock(seconds=61)
    with acting_as(by):
        return sum(mail_notice.run(str(one.pk)) for one in notices(by, mailed_at=None) for _twice in range(2))


def planned(family, people, by, line, days=3, **more):
    return actions.plan_meeting(family, terms=terms(by, people, days, lines=[line], **more), by=by)


def test_each_is_told_each_thing_once_and_never_whom_it_is_about(family, people, line, by, clock, team):
    meeting = planned(family, people, by, line, place="Rådhuset")
    hours = meeting.clock
    assert kinds(by) == [("invited", "waits")]
    assert delivered(by, clock) == 1
    meeting = actions.change_meeting(meeting, terms=terms(by, people, 3, lines=[line], agenda=["Ny sak"],
        starts_at=meeting.starts_at, ends_at=meeting.ends_at), by=by)  # fmt: skip
    assert kinds(by) == [("invited", "sent")]  # neither time nor place is another
    for day in (4, 5):  # within the minute the last one counts
        meeting = actions.change_meeting(meeting, terms=terms(by, people, day, lines=[line]), reason="Syk", by=by)
    assert kinds(by)[1:] == [("moved", "stopped"), ("moved", "waits")]
    assert delivered(by, clock) == 1
    meeting = actions.change_meeting(meeting, terms=terms(by, people, 6), reason="Igjen", by=by)
    assert kinds(by)[3:] == [("unasked", "waits")]
    delivered(by, clock)
    meeting = actions.change_meeting(meeting, terms=terms(by, people, 6, lines=[line]), reason="Likevel", by=by)
    delivered(by, clock)
    actions.cancel_meeting(meeting, reason="Sykdom hos Gutt", by=by)
    assert kinds(by)[4:] == [("invited", "sent"), ("cancelled", "waits")]
    delivered(by, clock)
    assert [message.subject for message in outbox.outbox] == [
        "Du er bedt til et møte", "Et møte du er bedt til, er endret", "Du trenger ikke komme til et møte likevel",
        "Du er bedt til et møte", "Et møte du var bedt til, er avlyst",
    ]  # fmt: skip
    calendars = [Calendar.from_ical(message.attachments[0][1]) for message in outbox.outbox]
    events = [calendar.walk("VEVENT")[0] for calendar in calendars]
    assert len({str(event["UID"]) for event in events}) == 1
    assert [str(event["STATUS"]) for event in events] == [
        "CONFIRMED",
        "CONFIRMED",
        "CANCELLED",
        "CONFIRMED",
        "CANCELLED",
    ]
    assert [int(event["SEQUENCE"]) for event in events] == sorted(int(event["SEQUENCE"]) for event in events)
    first = outbox.outbox[0]
    for words in ("Samarbeidsmøte", hours, "Rådhuset", f"Ring {by.name}", "Prøvekommune"):
        assert words in first.body, words
    secret = ("Prøve", family.code, "Mor", "Gutt", "skole", "Skoleveien", "Sykdom", str(meeting.pk), str(family.pk))
    for message in outbox.outbox:
        assert message.to == ["solfrid@skole.test"]
        everything = f"{message.subject} {message.body} {message.attachments[0]}"
        for word in secret:
            assert word not in everything.replace("Prøvekommune", "").replace("solfrid@skole.test", ""), word
    with acting_as(team.auditor):
        assert Event.objects.filter(what="services_told").count() == 6
        assert Event.objects.filter(what="mail_sent", facts__mail__startswith="meeting_").count() == 5


@pytest.mark.parametrize(
    ("home", "place", "said"),
    [(True, "", ""), (False, "Rådhuset", "Rådhuset"), (False, "Hos Mor i Dalen", ""), (False, "Prøve-gården", "")],
)
def test_no_home_and_no_name_in_the_place(family, people, line, by, clock, home, place, said):
    with acting_as(by):
        house = family.households.first() if home else None
    planned(family, people, by, line, home=house, place=place)
    delivered(by, clock)
    (message,) = outbox.outbox
    assert ("Koordinatoren kan si deg hvor." in message.body) == (not said)
    assert said in message.body
    assert not place or said or place not in message.body


def test_stopped_within_its_minute_and_sent_only_when_asked_for_again(client, family, people, line, by, clock):
    meeting = planned(family, people, by, line)
    page = client.get(url("meeting_detail", family, meeting.pk)).content.decode()
    assert "Invitasjon: går ut kl." in page
    (notice,) = notices(by)
    stop, tell = url("notice_stop", family, notice.pk), url("meeting_tell", family, meeting.pk)
    assert "Beskjeden er stanset." in client.post(stop, follow=True).content.decode()
    with refused("gone"):
        actions.stop_notice(notice, by=by)
    meeting = actions.change_meeting(read(meeting, by), terms=terms(by, people, 3, lines=[line], agenda=["Ny"],
        starts_at=meeting.starts_at, ends_at=meeting.ends_at), by=by)  # fmt: skip
    assert kinds(by) == [("invited", "stopped")]
    page = client.get(url("meeting_detail", family, meeting.pk)).content.decode()
    assert "stanset, ikke sendt" in page
    assert tell in page
    assert "En tjeneste får e-post om ett minutt." in client.post(tell, follow=True).content.decode()
    assert "har fått det eller får det om litt" in client.post(tell, follow=True).content.decode()
    clock(seconds=61)
    page = client.get(url("meeting_detail", family, meeting.pk)).content.decode()
    assert "ikke sendt ennå" in page  # the worker is away
    send = url("notice_mail", family, notices(by)[-1].pk)
    for said in ("Beskjeden er sendt.", "Det var alt sendt"):
        assert said in client.post(send, follow=True).content.decode()
    page = client.get(url("meeting_detail", family, meeting.pk)).content.decode()
    assert "Invitasjon: sendt" in page
    assert tell not in page
    with acting_as(by):
        for facts in ({"kind": "moved"}, {"mailed_at": None}):
            with pytest.raises(DatabaseError, match="does not change"), transaction.atomic():
                MeetingNotice.objects.filter(mailed_at__isnull=False).update(**facts)


def test_nothing_leaves_without_a_live_line_an_address_and_a_meeting_to_come(family, people, line, by, clock):
    actions.plan_meeting(family, terms=terms(by, people, 0, lines=[line]), by=by)  # noted afterwards
    assert kinds(by) == []
    meeting = planned(family, people, by, line, 0, starts_at=timezone.now() + timedelta(seconds=30),
                      ends_at=timezone.now() + timedelta(hours=1))  # fmt: skip
    assert delivered(by, clock) == 0  # it has begun
    meeting = planned(family, people, by, line)
    ended(line, by)
    assert delivered(by, clock) == 0
    assert kinds(by) == [("invited", "stopped")] * 2
    assert not outbox.outbox
    with acting_as(by):
        (one,) = told(read(meeting, by), live_lines(family))
        assert "Bli enig med familien" in one.why_call
    actions.cancel_meeting(read(meeting, by), reason="Sykdom", by=by)
    assert len(notices(by)) == 2


def test_whom_to_ring_when_nothing_goes_by_mail(client, family, people, line, by, clock):
    with acting_as(by):
        contact = AgreementLine.objects.select_related("contact__family").get(pk=line.pk).contact
    consent_actions.change_contact(contact, name="Solfrid", phone="90909091", by=by)
    form = form_for(people, lines=[str(line.pk)])
    page = client.post(url("meeting_new", family), form, follow=True).content.decode()
    assert "Ring dem. Det står ingen e-postadresse i avtalen." in page
    assert "90909091" in page
    assert notices(by) == []
    consent_actions.change_contact(read_contact(contact, by), name="Solfrid", email="solfrid@skole.test", by=by)
    tell = url("meeting_tell", family, form["key"])
    assert "En tjeneste får e-post" in client.post(tell, follow=True).content.decode()
    with acting_as(by):
        Family.objects.filter(pk=family.pk).update(protection=Protection.STRICTLY_CONFIDENTIAL)
    assert delivered(by, clock) == 0  # protected in the meantime
    page = client.get(url("meeting_detail", family, form["key"])).content.decode()
    assert "Ring dem. Ingen e-post går ut når adressen er fortrolig." in page
    assert tell not in page


def read_contact(contact, by):
    with acting_as(by):
        return type(contact).objects.select_related("family").get(pk=contact.pk)


@pytest.mark.parametrize(
    ("facts", "name"),
    [
        ({"stopped_by": True}, "meeting_notice_stop"),
        ({"mailed_at": True, "stopped_at": True}, "meeting_notice_stopped_in_time"),
        ({"leaves_at": timezone.now() - timedelta(days=9)}, "meeting_notice_in_order"),
        ({}, "meeting_notice_waits_once"),
    ],
)
def test_the_database_holds_the_same(family, people, line, by, facts, name):
    meeting = planned(family, people, by, line)
    now = timezone.now()
    filled = {key: (by if key == "stopped_by" else now) if value is True else value for key, value in facts.items()}
    with acting_as(by), pytest.raises(IntegrityError, match=name), transaction.atomic():
        MeetingNotice(
            family=family, meeting=Meeting(pk=meeting.pk), line=line, kind="invited", starts_at=now, terms="x",
            sent_by=by, **({"leaves_at": now + timedelta(minutes=1)} | filled),
        ).save(force_insert=True)  # fmt: skip
