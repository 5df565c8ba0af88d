"""The intake meeting on its pages: planned, opened, decided case by case, signed, added to, printed."""

from datetime import timedelta
from uuid import uuid4

import pytest
from bs4 import BeautifulSoup
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from nyemonstre.access.wall import acting_as
from referrals import actions
from referrals.enums import Criterion
from referrals.models import IntakeMeeting
from tests.factories import Team

from .making import sent
from .test_intake_meeting import Room

pytestmark = pytest.mark.django_db
NEXT = (timezone.localdate() + timedelta(days=14)).strftime("%d.%m.%Y")


def url(name, room, case="", **facts):
    extra = {"item_id": room.item(case).pk} if case else {}
    return reverse(f"referrals:{name}", kwargs={"intake_meeting_id": room.meeting.pk, **extra, **facts})


def decision(room, case, **changes):
    item = room.item(case)
    return {
        "version": item.referral.version, "item_version": item.version, "outcome": "waiting",
        "reason": "Fyller kravene", "coordinator": "", "note": "Lang samtale", "unanimous": "on", "dissent": "",
        **changes,
    }  # fmt: skip


def there(room, *users):
    facts = {f"here_{user.pk}": "on" for user in users}
    return facts | {
        f"sector_{user.pk}": sector
        for user, sector in ((room.nav, "nav"), (room.health, "health"), (room.welfare, "child_welfare"))
    }


def test_a_whole_meeting(client):
    room = Room("Aas", "Berg", "Dal")
    client.force_login(room.health)
    assert url("intake_meeting", room) in client.get(reverse("referrals:intake_meeting_list")).content.decode()
    assert "Start møtet" in client.get(url("intake_meeting", room)).content.decode()
    assert "har ikke begynt" in client.get(url("intake_case", room, "Aas")).content.decode()
    assert client.post(url("intake_presence", room), {}).status_code == 422
    guest = {"guest_0": "Siv Gjest", "guest_sector_0": ""}
    answer = client.post(url("intake_presence", room), there(room, room.nav, room.health, room.welfare) | guest)
    assert answer.url == url("intake_case", room, "Aas")
    page = client.get(answer.url).content.decode()
    assert "Signer og gå til Berg" in page
    assert "Siv Gjest" in page

    refused = client.post(url("intake_case_decide", room, "Aas"), decision(room, "Aas", reason=""))
    assert refused.status_code == 422
    assert "Lang samtale" in refused.content.decode()
    answer = client.post(url("intake_case_decide", room, "Aas"), decision(room, "Aas"))
    assert answer.url == url("intake_case", room, "Berg")
    old = decision(room, "Berg", item_version=99)
    assert "nyere utgave" in client.post(url("intake_case_decide", room, "Berg"), old).content.decode()

    with acting_as(room.nav):
        presence = room.meeting.presences.get(user=room.health)
    out = {f"out_{presence.pk}": "on", f"why_{presence.pk}": "Nabo"}
    assert client.post(url("intake_case_recuse", room, "Berg"), out).status_code == 302
    answer = client.post(url("intake_case_decide", room, "Berg"), decision(room, "Berg"))
    assert "Du er ute av rommet" in answer.content.decode()
    note = {"note": "Mer i neste møte", "save_note": "1", "item_version": room.item("Berg").version}
    assert client.post(url("intake_case_decide", room, "Berg"), note).url == url("intake_case", room, "Berg")
    assert client.post(url("intake_agenda", room), {"do": f"up:{room.item('Dal').pk}"}).status_code == 302
    assert room.agenda() == ["Aas", "Dal", "Berg"]

    assert "2 saker er ikke avgjort" in client.get(url("intake_sign", room)).content.decode()
    sign = {"version": _version(room)}
    assert "Velg dagen for neste møte" in client.post(url("intake_sign", room), sign).content.decode()
    assert client.post(url("intake_sign", room), sign | {"next_on": NEXT}).url == url("intake_minutes", room)
    for name in ("intake_meeting", "intake_sign"):
        assert client.get(url(name, room)).url == url("intake_minutes", room)
    extra = {"item": room.item("Aas").pk, "text": "Mor heter Anne", "reason": "Feil navn"}
    assert client.post(url("intake_minutes", room), extra | {"reason": ""}).status_code == 422
    assert client.post(url("intake_minutes", room), extra).status_code == 302
    minutes = BeautifulSoup(client.get(url("intake_minutes", room)).content, "html.parser").get_text(" ", strip=True)
    for words in (
        "Fyller kravene",
        "Lang samtale",
        "var ute av rommet",
        "Nabo",
        "Mor heter Anne",
        "Flyttet til",
        "Siv",
    ):
        assert words in minutes
    paper = client.get(url("intake_minutes_pdf", room))
    assert paper["Content-Type"] == "application/pdf"
    assert paper.content.startswith(b"%PDF")


def _version(room):
    with acting_as(room.nav):
        return IntakeMeeting.objects.get(pk=room.meeting.pk).version


def test_planning_and_the_agenda(client):
    team = Team()
    sent(team, "Aas")
    client.force_login(team.intake)
    new = reverse("referrals:intake_meeting_new")
    assert "hentes fra køen" in client.get(new).content.decode()
    facts = {"key": str(uuid4()), "held_on": NEXT, "place": "Otra", "leader": str(team.intake.pk)}
    assert client.post(new, facts | {"leader": str(team.coordinator.pk)}).status_code == 422
    first = client.post(new, facts)
    assert client.post(new, facts).url == first.url  # sent twice
    assert "Aas" in client.get(first.url).content.decode()
    more = sent(team, "Berg")
    assert client.post(f"{first.url}saksliste/", {"do": "add", "referral": str(more.pk)}).status_code == 302
    assert client.post(f"{first.url}saksliste/", {"do": "add", "referral": str(uuid4())}).status_code == 404
    assert client.post(f"{first.url}saksliste/", {"do": "nonsense"}).status_code == 404
    client.force_login(team.lead)
    assert "Berg" in client.get(first.url).content.decode()


def test_a_case_is_found_in_its_own_meeting_alone(client):
    """What another municipality finds is asked at every address in tests/meta/test_urls.py."""
    room = Room("Aas")
    client.force_login(room.nav)
    other = url("intake_case", room, "Aas").replace(str(room.meeting.pk), str(uuid4()))
    assert client.get(other).status_code == 404


def test_queries_do_not_grow(client):
    room = Room("Aas", "Berg").opened()
    client.force_login(room.nav)
    pages = [url("intake_meeting", room), url("intake_case", room, "Aas"), url("intake_minutes", room)]
    pages.append(reverse("referrals:intake_meeting_list"))
    seen = []
    for number in range(2):
        counts = []
        for page in pages:
            client.get(page)
            with CaptureQueriesContext(connection) as queries:
                client.get(page)
            counts.append(len(queries))
        seen.append(counts)
        for name in ("Dal", "Eik", "Foss"):
            actions.put_on_agenda(room.meeting, referral=sent(room.team, f"{name} {number}"), by=room.nav)
        room.decide(f"Dal {number}")
        actions.plan_intake_meeting(room.team.municipality, held_on=timezone.localdate(), leader=room.nav, by=room.nav)
    assert seen[0] == seen[1]


def test_saying_who_is_out_leaves_the_typed_decision_alone(client):
    room = Room("Aas").opened()
    client.force_login(room.nav)

    def page(answer):
        assert answer.status_code == 200
        return BeautifulSoup(answer.content, "html.parser")

    def version(drawn):
        return int(drawn.select_one("#besl-versjon [name=item_version]")["value"])

    first = page(client.get(url("intake_case", room, "Aas")))
    button = first.select_one("#lagre-ute")
    drawn_again = [button["hx-target"], *button["hx-select-oob"].split(",")]
    assert all(len(first.select(part)) == 1 for part in drawn_again)
    typed = first.select_one("[name=reason]")
    assert not any(typed in part.descendants for name in drawn_again for part in first.select(name))
    with acting_as(room.nav):
        presence = room.meeting.presences.get(user=room.nav)
    out = {f"out_{presence.pk}": "on", f"why_{presence.pk}": "Nabo", "item_version": str(version(first)), "reason": ""}
    after = page(client.post(url("intake_case_recuse", room, "Aas"), out, headers={"HX-Request": "true"}))
    assert version(after) == version(first) + 1 == room.item("Aas").version
    assert "ført hvem som er ute" in after.select_one("#ute").get_text()
    assert "Du er ikke med på å bestemme" in after.select_one("#besl-ute").get_text()
    assert not after.select_one("#besl-ute").has_attr("hidden")
    # Somebody else has written in between: the decision was read in an old version, and still says so when signed.
    again = page(client.post(url("intake_case_recuse", room, "Aas"), out, headers={"HX-Request": "true"}))
    assert version(again) == version(first) < room.item("Aas").version


def test_without_script_every_button_brings_back_what_is_typed_elsewhere(client):
    room = Room("Aas").opened()
    client.force_login(room.nav)
    first = BeautifulSoup(client.get(url("intake_case", room, "Aas")).content, "html.parser")
    sent_with = {field["name"] for field in first.select("#beslutning [name], [form=beslutning][name]")}
    with acting_as(room.nav):
        welfare = room.meeting.presences.get(user=room.welfare)
    answers = {f"criterion_{c}": "unknown" for c in Criterion} | {f"note_{c}": "" for c in Criterion}
    out = {f"out_{welfare.pk}": "on", f"why_{welfare.pk}": "Søsken"}
    typed = decision(room, "Aas", outcome="declined", reason="Halvskrevet", dissent="Nav", unanimous="", note="N1")
    typed |= answers | {"criterion_concern": "yes", "note_concern": "To barn"} | out
    assert typed.keys() - {"unanimous"} <= sent_with

    def same(answer, *but):
        page = BeautifulSoup(answer.content, "html.parser")
        shown = {
            f["name"]: f.get("value", f.text).strip()
            for f in page.select("textarea[name], input[name]:not([type=radio])")
        }
        assert (shown["reason"], shown["dissent"], shown["note"]) == ("Halvskrevet", "Nav", "N1")
        assert (shown["note_concern"], shown[f"why_{welfare.pk}"]) == ("To barn", "Søsken")
        for name, value in (("outcome", "declined"), ("criterion_concern", "yes"), (f"out_{welfare.pk}", "")):
            chosen = page.select_one(f'[name="{name}"]:checked')
            assert chosen is not None, name
            assert chosen.get("value", "") == value, name
        assert not page.select_one("[name=unanimous]:checked")
        return page, {"item_version": shown["item_version"]}

    # Nothing is decided over what is typed and not saved.
    refused = client.post(url("intake_case_decide", room, "Aas"), typed)
    assert refused.status_code == 422
    assert "Lagre vurderingen først" in same(refused)[0].text
    page, version = same(client.post(url("intake_case_assess", room, "Aas"), typed))
    assert "Vurderingen er lagret" in page.text
    refused = client.post(url("intake_case_decide", room, "Aas"), typed | version)
    assert "hvem som er ute av rommet. Lagre" in same(refused)[0].text
    page, version = same(client.post(url("intake_case_recuse", room, "Aas"), typed | version))
    assert "ført hvem som er ute" in page.select_one("#ute").text
    page, version = same(client.post(url("intake_case_decide", room, "Aas"), typed | version | {"save_note": "1"}))
    assert "Notatet er lagret" in page.text
    wrong = client.post(url("intake_case_assess", room, "Aas"), typed | version | {"criterion_struggles": "maybe"})
    assert wrong.status_code == 422
    same(wrong)
    assert client.post(url("intake_case_decide", room, "Aas"), typed | version).status_code == 302
    with acting_as(room.nav):
        assert room.item("Aas").decision.reason == "Halvskrevet"
        assert room.item("Aas").criteria["concern"] == ["yes", "To barn"]
    for name in ("intake_case_assess", "intake_case_recuse"):
        assert client.get(url(name, room, "Aas")).url == url("intake_case", room, "Aas")
