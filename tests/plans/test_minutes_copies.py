"""Finished minutes on paper and to services: what each reads, the minute in which it can be stopped, once each."""

import io
from datetime import timedelta
from uuid import uuid4

import pytest
from django.core import mail as outbox
from django.core.cache import cache
from django.db import DatabaseError, transaction
from django.urls import reverse
from django.utils import timezone
from pypdf import PdfReader

from consent import actions as consent_actions
from consent.models import AgreementLine
from families.enums import Audience
from nyemonstre.access.wall import acting_as
from nyemonstre.audit.models import Event
from plans import actions
from plans.enums import Doer
from plans.minutes import receivers
from plans.minutes_codes import code_of, secret_of
from plans.models import Meeting, MinutesCopy
from plans.tasks import mail_minutes

from .conftest import key, refused, terms, url
from .test_meetings import ended, read

MINUTE = timedelta(minutes=1, seconds=1)


def words(answer):
    text = "\n".join(page.extract_text() for page in PdfReader(io.BytesIO(answer.content)).pages)
    return " ".join(text.split())


@pytest.fixture
def finished(family, people, line, school, by):
    """Cases about the boy and school, his mother and health, all of them and school, and one for the family alone."""
    cases = ["Skoleveien", "Ryggen til mor", "Alle på skolen", "Bare oss"]
    meeting = actions.plan_meeting(
        family, terms=terms(by, people, members=list(people.values()), lines=[line], agenda=cases), by=by
    )
    with acting_as(by):
        items, guests = list(meeting.items.order_by("number")), list(meeting.guests.order_by("pk"))
        AgreementLine.members.through.objects.filter(line=line).exclude(member=people["Gutt"]).delete()
    about = [("school", people["Gutt"]), ("health", people["Mor"]), ("school", None), ("", None)]
    said = {
        item.pk: actions.Said(f"Sagt om {item.title}", topic, who)
        for item, (topic, who) in zip(items, about, strict=True)
    }
    decided = [
        actions.Decided("Møte i døra", Doer.SERVICE, service=school, item=items[0]),
        actions.Decided("Skolens egen oppgave", Doer.SERVICE, service=school, item=items[2]),
        actions.Decided("Far kjører", Doer.MEMBER, member=people["Far"], item=items[0]),
    ]
    meeting = actions.save_minutes(meeting, said=said, came=guests, others="Nabo Nabosen", decided=decided, by=by)
    return read(actions.finish_minutes(meeting, by=by), by)


def copy_of(by):
    with acting_as(by):
        return MinutesCopy.objects.select_related("family__municipality").order_by("sent_at").last()


def test_a_service_reads_only_what_its_line_covers(client, family, finished, line, by):
    for til, there, away in (
        ("", ("Sagt om Skoleveien", "Sagt om Ryggen", "Sagt om Bare oss", "Nabo Nabosen", "Far kjører"), ()),
        ("alene", ("Sagt om Ryggen", "Øvre Bjørkåsen skole"), ()),
        (
            f"service:{line.pk}",
            ("Sagt om Skoleveien", "Møte i døra", "Skolens egen oppgave", "Gutt"),
            ("Ryggen", "Alle på skolen", "Bare oss", "Nabosen", "Far kjører", "Mor"),
        ),
    ):
        answer = client.get(url("minutes_pdf", family, finished.pk), {"til": til})
        assert answer["Content-Type"] == "application/pdf"
        text = words(answer)
        for word in there:
            assert word in text, (til, word)
        for word in away:
            assert word not in text, (til, word)
    assert client.get(url("minutes_pdf", family, finished.pk), {"til": "home:tull"}).status_code == 404
    with acting_as(by):
        Meeting.objects.filter(pk=finished.pk).update(seen_by=Audience.NOBODY, marked_at=timezone.now(), marked_by=by)
        assert receivers(read(finished, by)) == []
    assert client.get(url("minutes_pdf", family, finished.pk), {"til": f"service:{line.pk}"}).status_code == 404


def test_sent_in_a_minute_once_to_each_and_stopped_until_then(client, family, finished, line, by, monkeypatch):
    send = url("minutes_send", family, finished.pk)
    assert client.post(send, {}).status_code == 422
    for _twice in range(2):
        assert client.post(send, {"lines": [str(line.pk)]}).status_code == 302
    copy = copy_of(by)
    with acting_as(by):
        assert MinutesCopy.objects.count() == 1
        assert mail_minutes.run(str(copy.pk)) is False  # its minute has not passed
        assert not MinutesCopy.objects.due(copy.closes_at).exists()  # nor is a link sent that works no more
    assert code_of(copy.pk) in client.get(url("meeting_detail", family, finished.pk)).content.decode()
    assert client.post(url("minutes_stop", family, copy.pk)).status_code == 302
    with refused("gone"):
        actions.stop_minutes(copy, by=by)
    client.post(send, {"lines": [str(line.pk)]})
    copy = copy_of(by)
    later = timezone.now() + MINUTE
    monkeypatch.setattr("django.utils.timezone.now", lambda: later)
    with acting_as(by):
        assert [mail_minutes.run(str(copy.pk)) for _delivered in range(2)] == [True, False]
    (message,) = outbox.outbox
    assert message.to == ["solfrid@skole.test"]
    assert secret_of(copy.pk) in message.body
    for word in ("Prøve", family.code, "Mor", "Gutt", "skole.test", "Skoleveien", code_of(copy.pk)):
        assert word not in message.subject + message.body.replace("Prøvekommune", ""), word
    with refused("gone"):
        actions.stop_minutes(copy, by=by)
    with acting_as(by), pytest.raises(DatabaseError, match="does not change"), transaction.atomic():
        MinutesCopy.objects.filter(pk=copy.pk).update(closes_at=later + timedelta(days=99))


def test_link_and_code_open_it_while_the_line_holds(client, team, family, finished, line, by, monkeypatch):
    cache.clear()
    client.post(url("minutes_send", family, finished.pk), {"lines": [str(line.pk)]})
    copy = copy_of(by)
    path = reverse("plans:minutes_open", args=[secret_of(copy.pk)])
    client.logout()
    assert client.post(path, {"code": code_of(copy.pk)}).status_code == 422  # not sent yet
    later = timezone.now() + MINUTE
    monkeypatch.setattr("django.utils.timezone.now", lambda: later)
    with acting_as(by):
        mail_minutes.run(str(copy.pk))
    page = client.get(path)
    assert (page.status_code, "no-store" in page["Cache-Control"]) == (200, True)
    assert family.name not in page.content.decode().replace("Prøvekommune", "")
    for code in ("", "1234 5678", code_of(copy.pk)[:-1], "åtte"):
        assert client.post(path, {"code": code}).status_code == 422
    assert "Referatet ble ikke åpnet" in client.post(path, {"code": "1234"}).content.decode()
    ready = client.post(path, {"code": code_of(copy.pk)}).content.decode()
    assert "Koden stemte." in ready
    assert "ikke åpnet" not in ready
    answer = client.post(path, {"code": code_of(copy.pk).replace(" ", ""), "hent": "1"})
    assert "Sagt om Skoleveien" in words(answer)
    assert "Ryggen" not in words(answer)
    assert (answer["X-Robots-Tag"], "no-store" in answer["Cache-Control"]) == ("noindex, nofollow", True)
    wrong = reverse("plans:minutes_open", args=["x" * 43])
    assert client.post(wrong, {"code": code_of(copy.pk)}).status_code == 422
    with acting_as(team.auditor):
        assert Event.objects.filter(what="minutes_opened").count() == 1
    two_weeks = later + timedelta(days=14)
    for moment, status in ((two_weeks - MINUTE, 200), (two_weeks + MINUTE, 422)):
        monkeypatch.setattr("django.utils.timezone.now", lambda moment=moment: moment)
        assert client.post(path, {"code": code_of(copy.pk)}).status_code == status
    monkeypatch.setattr("django.utils.timezone.now", lambda: later)
    ended(line, by)
    refusal = client.post(path, {"code": code_of(copy.pk)})
    assert refusal.status_code == 422
    assert "Referatet kan ikke åpnes." in refusal.content.decode()
    client.force_login(by)
    assert "Åpnet" in client.get(url("meeting_detail", family, finished.pk)).content.decode()


def test_nothing_is_sent_when_the_line_ends_within_the_minute(finished, line, by, monkeypatch):
    (copy,) = actions.send_minutes(finished, lines=[line], by=by)
    ended(line, by)
    later = timezone.now() + MINUTE
    monkeypatch.setattr("django.utils.timezone.now", lambda: later)
    with acting_as(by):
        assert mail_minutes.run(str(copy.pk)) is False
        assert MinutesCopy.objects.get().stopped_by is None
    assert not outbox.outbox
    with refused("no_live_line"):
        actions.send_minutes(finished, lines=[line], by=by)
    with refused("nobody"):
        actions.send_minutes(finished, lines=[], by=by)


def test_a_contact_without_an_address_gets_it_on_paper(client, family, finished, line, by):
    with acting_as(by):
        contact = AgreementLine.objects.select_related("contact__family").get(pk=line.pk).contact
    consent_actions.change_contact(contact, name="Solfrid", by=by)
    with refused("no_address"):
        actions.send_minutes(finished, lines=[line], by=by)
    page = client.get(url("meeting_detail", family, finished.pk)).content.decode()
    assert "uten e-postadresse" in page


def test_what_is_added_is_told_to_those_who_had_the_minutes(client, family, people, finished, line, by, monkeypatch):
    cache.clear()
    add = {"key": key(), "text": "Det er uke 29", "topic": "school", "about": str(people["Gutt"].pk)}
    client.post(url("minutes_add", family, finished.pk), {**add, "text": "Før noen fikk det"})
    (copy,) = actions.send_minutes(finished, lines=[line], by=by)
    later = [timezone.now()]
    monkeypatch.setattr("django.utils.timezone.now", lambda: later[0])

    def deliver():
        later[0] += MINUTE
        with acting_as(by):
            return [mail_minutes.run(str(pk)) for pk in MinutesCopy.objects.due().values_list("pk", flat=True)]

    deliver()
    assert client.post(url("minutes_add", family, finished.pk), {**add, "key": key()}).status_code == 302
    detail = url("meeting_detail", family, finished.pk)
    page = client.get(detail).content.decode()
    assert "Står i referatet Øvre Bjørkåsen skole ikke har åpnet ennå." in page
    path = reverse("plans:minutes_open", args=[secret_of(copy.pk)])
    read_now = words(client.post(path, {"code": code_of(copy.pk), "hent": "1"}))
    assert "Det er uke 29" in read_now
    for more, sent in (
        ({"topic": ""}, 0), ({"topic": "health"}, 0), ({"about": ""}, 0), ({"about": str(people["Mor"].pk)}, 0),
        ({"text": "Nytt om skolen"}, 1),
    ):  # fmt: skip
        client.post(url("minutes_add", family, finished.pk), {**add, "key": key(), **more})
        with acting_as(by):
            assert MinutesCopy.objects.exclude(addendum=None).count() == sent, more
    assert "Ingen tjeneste har fått beskjed om tillegget." in client.get(detail).content.decode()
    new = copy_of(by)
    assert client.post(url("minutes_stop", family, new.pk)).status_code == 302
    page = client.get(detail).content.decode()
    assert "Har fått referatet, men ikke tillegget:" in page
    send = url("addendum_send", family, new.addendum_id)
    later[0] += MINUTE
    assert "Tillegget går ut om ett minutt." in client.post(send, follow=True).content.decode()
    assert "mangler dette tillegget" in client.post(send, follow=True).content.decode()
    assert deliver() == [True]
    assert outbox.outbox[-1].subject == "Det er kommet et tillegg til et referat"
    new = copy_of(by)
    assert code_of(new.pk) != code_of(copy.pk)
    path = reverse("plans:minutes_open", args=[secret_of(new.pk)])
    read_now = words(client.post(path, {"code": code_of(new.pk), "hent": "1"}))
    assert "Nytt om skolen" in read_now
    assert "Sendt eller på vei til Øvre Bjørkåsen skole" in client.get(detail).content.decode()
    with refused("members"):
        actions.add_to_minutes(finished, text="x", about=another(people["Mor"]), by=by)
    ended(line, by)
    client.post(url("minutes_add", family, finished.pk), {**add, "key": key()})
    with acting_as(by):
        assert MinutesCopy.objects.exclude(addendum=None).count() == 2


def another(member):
    """As if they were of another family."""
    stranger = type(member)(first_name="Fremmed")
    stranger.family_id = uuid4()
    return stranger
