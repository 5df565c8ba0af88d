"""The economy checklist: what there is reason to ask about, how it stands, who may see and write, and what is to do."""

from datetime import date, timedelta
from decimal import Decimal
from uuid import uuid4

import pytest
from bs4 import BeautifulSoup
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from assessments import actions
from assessments.economy import Item, Situation, concerns, is_asked_of, shipped
from assessments.economy.checklist import checklist_of, kroner, sums
from assessments.economy.tasks import economy_tasks
from assessments.instruments import Words
from assessments.models import EconomyAnswer, LocalEconomyItem
from assessments.sheets import FAMILY
from consent.actions import record_consent
from consent.enums import Answer, How, Purpose
from consent.rules import members_with
from families.actions import close
from families.agenda import to_do
from families.models import Family
from nyemonstre.access.wall import acting_as
from nyemonstre.content.actions import add_starting_facts
from nyemonstre.content.models import Fact
from nyemonstre.refusals import AlreadyDone, Stale
from plans.actions import add_goal
from plans.models import Measure

from .test_actions import refused

pytestmark = pytest.mark.django_db

BY_KEY = {item.key: item for item in shipped()}


def to(name, *args):
    return reverse(f"assessments:{name}", args=[getattr(arg, "pk", arg) for arg in args])


def text(response):
    return BeautifulSoup(response.content, "html.parser").get_text(" ", strip=True)


def listed(family, by):
    with acting_as(by):
        family = Family.objects.select_related("municipality").get(pk=family.pk)
        return checklist_of(family, asked=members_with(family, Purpose.PARTICIPATION))


def note(family, item, status, by, version=0, **more):
    return actions.note_economy(family, item=item, status=status, version=version, by=by, **more)


# ── The list itself ──


def test_the_list_is_that_of_the_programme():
    """DOMAIN.md 1.7: the eight questions, and the incomes one by one."""
    assert [item.key for item in shipped() if item.income] == [
        "arbeidsinntekt", "dagpenger", "aap", "sykepenger", "uforetrygd", "lan-stipend", "sosialhjelp", "kvp",
        "introduksjonsstonad", "barnebidrag",
    ]  # fmt: skip
    assert [item.key for item in shipped() if not item.income] == [
        "bosituasjon", "bostotte", "startlan", "utvidet-barnetrygd", "overgangsstonad", "barnehage", "sfo",
        "kulturskole", "fritid",
    ]  # fmt: skip
    assert [key for key, _words in BY_KEY["bosituasjon"].choices] == ["rent", "own", "municipal"]
    assert all(set(item.title) == {"nb", "nn", "en"} for item in shipped())


@pytest.mark.parametrize(
    ("item", "situation", "answer"),
    [
        ("bostotte", Situation(2, ()), True),
        ("startlan", Situation(2, (4,)), True),
        ("startlan", Situation(2, (4,), "own"), False),
        ("startlan", Situation(2, (4,), "municipal"), True),
        ("utvidet-barnetrygd", Situation(1, (17,)), True),
        ("utvidet-barnetrygd", Situation(1, (18,)), False),
        ("utvidet-barnetrygd", Situation(2, (4,)), False),
        ("overgangsstonad", Situation(1, (12, 7)), True),
        ("overgangsstonad", Situation(1, (12, 8)), False),
    ],
)
def test_whom_a_thing_concerns(item, situation, answer):
    assert concerns(BY_KEY[item], situation) is answer


def test_of_whom_a_thing_is_asked():
    nursery = BY_KEY["barnehage"]
    assert [age for age in range(9) if is_asked_of(nursery, adult=False, age=age)] == [1, 2, 3, 4, 5]
    assert is_asked_of(BY_KEY["aap"], adult=True, age=44)
    assert not is_asked_of(BY_KEY["aap"], adult=False, age=15)


@pytest.mark.parametrize(
    ("value", "month", "today", "day"),
    [
        (25, None, date(2026, 11, 25), date(2026, 11, 25)),
        (25, None, date(2026, 11, 26), date(2026, 12, 25)),
        (31, None, date(2027, 2, 3), date(2027, 2, 28)),
        (1, 8, date(2026, 8, 1), date(2026, 8, 1)),
        (1, 8, date(2026, 8, 2), date(2027, 8, 1)),
        (29, 2, date(2026, 3, 1), date(2027, 2, 28)),
    ],
)
def test_the_next_deadline(value, month, today, day):
    assert Fact(value=Decimal(value), unit="day_month", month=month).next_day(today) == day
    assert Fact(value=Decimal(value), unit="percent").next_day(today) is None


def test_kroner_as_one_reads_them():
    assert kroner(Decimal(1234567)) == "1\u00a0234\u00a0567\u00a0kr"
    assert kroner(Decimal("99.5")) == "99,50\u00a0kr"


# ── One family ──


def test_what_is_noted_counts_and_what_stood_before_stays(team, family, people):
    by = team.coordinator
    add_starting_facts(team.municipality, by=team.lead)
    first = listed(family, by)
    assert "Krav på bostøtte?" in [line.name for line in first.owed]
    assert {line.name for line in first.lines if line.item.key == "sfo"} == {
        "Gratis eller redusert betaling i SFO, Gutt"
    }
    note(family, "bostotte", "to_investigate", by)
    note(family, "bostotte", "granted", by, version=1, amount=Decimal(2450), per="month", note="Brevet kom")
    note(family, "fritid", "granted", by, member=people["Gutt"], amount=Decimal(3000), per="once")
    note(family, "fritid", "granted", by, member=people["Jente"], amount=Decimal(500), per="once")
    note(family, "arbeidsinntekt", "granted", by, member=people["Mor"], amount=Decimal(14200), per="month")
    now = listed(family, by)
    assert sums(now.granted) == ["2\u00a0450\u00a0kr i måneden", "3\u00a0500\u00a0kr én gang"]
    assert sums(now.incomes) == ["14\u00a0200\u00a0kr i måneden"]
    assert "Krav på bostøtte?" not in [line.name for line in now.owed]
    note(family, "bosituasjon", "granted", by, choice="own")
    assert [line.item.key for line in listed(family, by).elsewhere] == [
        "startlan", "utvidet-barnetrygd", "overgangsstonad",
    ]  # fmt: skip
    with acting_as(by):
        rows = EconomyAnswer.objects.filter(family=family, item="bostotte").order_by("version")
        assert [(row.version, row.status) for row in rows] == [(1, "to_investigate"), (2, "granted")]


def test_what_is_refused(team, family, people):
    by, mor, gutt = team.coordinator, people["Mor"], people["Gutt"]
    tomorrow = timezone.localdate() + timedelta(days=1)
    for rule, item, status, more in [
        ("unknown_item", "lotto", "granted", {}),
        ("status", "bostotte", "kanskje", {}),
        ("about", "bostotte", "applied", {"member": mor}),
        ("about", "aap", "applied", {}),
        ("about", "aap", "applied", {"member": gutt}),
        ("future", "bostotte", "applied", {"on": tomorrow}),
        ("choice", "bosituasjon", "granted", {}),
        ("amount", "bostotte", "refused", {"amount": Decimal(1), "per": "month"}),
        ("negative", "bostotte", "granted", {"amount": Decimal(-1), "per": "month"}),
        ("per", "bostotte", "granted", {"amount": Decimal(1)}),
    ]:
        refused(rule, note, family, item, status, by, **more)
    record_consent(
        gutt, purpose=Purpose.PARTICIPATION, answer=Answer.WITHDRAWN, how=How.PHONE, given_by="Mor Lyngmo",
        note="Ringte", child_heard="Ja", by=by,
    )  # fmt: skip
    refused("consent", note, family, "sfo", "granted", by, member=gutt)
    close(family, reason="Ferdig", by=by)
    refused("closed", note, family, "bostotte", "granted", by)


def test_a_case_nobody_takes_part_in_is_read(client, team, family, people):
    by = team.coordinator
    note(family, "bostotte", "to_investigate", by)
    for person in people.values():
        record_consent(
            person, purpose=Purpose.PARTICIPATION, answer=Answer.WITHDRAWN, how=How.PHONE, by=by, note="Ringte",
            given_by=person.full_name if person.is_adult else "Mor Lyngmo, Far Lyngmo", child_heard="Ja",
        )  # fmt: skip
    refused("consent", note, family, "bostotte", "granted", by, version=1)
    client.force_login(by)
    page = client.get(to("economy", family))
    assert "saken kan leses, men ikke endres" in text(page)
    assert 'name="status"' not in page.content.decode()
    assert 'name="status"' not in client.get(to("economy_item", family, FAMILY, "bostotte")).content.decode()
    with acting_as(by):
        assert economy_tasks(by, [Family.objects.get(pk=family.pk)], timezone.localdate()) == {}


def test_two_editors_choose_and_the_same_form_twice_is_one(client, team, family):
    by = team.coordinator
    note(family, "bostotte", "to_investigate", by, note="Ringte")
    with pytest.raises(Stale):
        note(family, "bostotte", "refused", by)
    with pytest.raises(AlreadyDone):
        note(family, "bostotte", "to_investigate", by, note="Ringte")
    client.force_login(by)
    url, today = to("economy_item", family, FAMILY, "bostotte"), f"{timezone.localdate():%d.%m.%Y}"
    mine = {"version": "0", "status": "applied", "on": today, "note": "Sendte", "amount": "2 450,-", "per": "month"}
    met = client.post(url, mine)
    assert met.status_code == 422
    assert "Det som er lagret: Ringte" in text(met)
    chosen = {
        **mine, "version": "1", "differ": "status amount per note", "gjelder_status": "mitt", "gjelder_amount": "mitt",
        "gjelder_per": "mitt", "gjelder_note": "deres",
    }  # fmt: skip
    assert client.post(url, chosen).status_code == 302
    with acting_as(by):
        row = EconomyAnswer.objects.filter(family=family).latest()[0]
        assert (row.version, row.status, row.amount, row.note) == (2, "applied", 2450, "Ringte")


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"amount": "mange"}, "Skriv et tall"),
        ({"amount": "3200"}, "Velg om beløpet er i måneden"),
        ({"status": ""}, "Velg et svar."),
        ({"on": "31.02.2026"}, "Denne dagen finnes ikke"),
        ({"url": "javascript:alert(1)"}, "gyldig"),
        ({"note": "x" * 501}, "Det er plass til 500"),
    ],
)
def test_a_form_that_is_wrong_comes_back_filled_in(client, team, family, wrong, sentence):
    client.force_login(team.coordinator)
    sent = {"version": "0", "status": "granted", "on": f"{timezone.localdate():%d.%m.%Y}", "note": "Husk", **wrong}
    answer = client.post(to("economy_item", family, FAMILY, "bostotte"), sent)
    assert answer.status_code == 422
    assert sentence in text(answer)
    if "note" not in wrong:
        assert "Husk" in text(answer)


def test_the_page_its_short_clicks_and_the_way_to_the_plan(client, team, family, people):
    by = team.coordinator
    add_starting_facts(team.municipality, by=team.lead)
    client.force_login(by)
    page = text(client.get(to("economy", family)))
    assert "Ingenting er ført som innvilget ennå" in page
    url = to("economy_short", family, FAMILY, "bostotte")
    assert client.post(url, {"status": "granted"}).status_code == 302  # not by one click
    assert client.post(url, {"status": "to_investigate"}).url.endswith("#bostotte-familien")
    client.post(url, {"status": "not_relevant"})  # somebody was first
    card = text(client.get(to("economy_card", family)))
    assert "1 ting skal undersøkes." in card
    item = client.get(to("economy_item", family, FAMILY, "bostotte"))
    assert "Neste frist er" in text(item)
    assert "Ingen har kontrollert dette mot kilden ennå" in text(item)
    links = [a["href"] for a in BeautifulSoup(item.content, "html.parser").select(".nm-actions a")]
    measure, goal = (next(link for link in links if part in link) for part in ("/tiltak/ny/", "/mal/ny/"))
    assert 'value="rm6"' in client.get(goal).content.decode()
    assert "Krav på bostøtte" in text(client.get(goal))
    assert "Planen har ingen mål ennå" in text(client.get(measure))
    made = add_goal(family, outcome="rm6", words="Oversikt", whose=[people["Mor"]], by=by)
    form = BeautifulSoup(client.get(measure).content, "html.parser")
    assert form.select_one('[name="what"]')["value"] == "Finne ut av: Krav på bostøtte"
    sent = {
        "goal": str(made.pk), "what": "Søke", "done_by": "coordinator", "state": "planned", "key": str(uuid4()),
        "due_on": form.select_one('[name="due_on"]')["value"], "seen_by": "",
    }  # fmt: skip
    assert client.post(measure, sent).url.endswith(f"#mal-{made.pk}")
    with acting_as(by):
        assert Measure.objects.get(goal=made).due_on.day == 25
    assert client.get(to("economy_item", family, FAMILY, "aap")).status_code == 404
    assert client.get(to("economy_item", family, uuid4(), "aap")).status_code == 404


def test_the_list_asks_the_same_number_of_questions_however_long_it_is(client, team, family, people):
    by = team.coordinator
    add_starting_facts(team.municipality, by=team.lead)
    client.force_login(by)

    def queries():
        with CaptureQueriesContext(
            connection,
        ) as asked:
            assert client.get(to("economy", family)).status_code == 200
        return len(asked)

    before = queries()
    for item in ("bostotte", "bosituasjon"):
        note(family, item, "not_relevant", by)
    note(family, "fritid", "granted", by, member=people["Gutt"], amount=Decimal(1), per="once")
    assert queries() == before


def test_at_the_table_nobody_reads_of_anothers_income(client, team, family, people):
    by = team.coordinator
    note(family, "arbeidsinntekt", "granted", by, member=people["Far"], amount=Decimal(31200), per="month")
    client.force_login(by)
    with acting_as(by):
        mothers = family.households.get(name="Hos mor").pk
    alone, mother = (text(client.get(to("economy", family), {"ved": key})) for key in ("alene", f"home:{mothers}"))
    young = text(client.get(to("economy", family), {"ved": f"member:{people['Jente'].pk}"}))
    assert "31\u00a0200" in alone
    assert "31\u00a0200" not in mother
    assert "Arbeidsinntekt" in mother
    assert "Arbeidsinntekt" not in young


# ── To do ──


def test_it_becomes_tasks(team, family, people):
    by, today = team.coordinator, timezone.localdate()
    add_starting_facts(team.municipality, by=team.lead)
    note(family, "bostotte", "to_investigate", by)
    note(family, "startlan", "to_investigate", by)
    note(family, "sfo", "granted", by, member=people["Gutt"], on=today - timedelta(days=60))
    with acting_as(by):
        mine = [Family.objects.get(pk=family.pk)]
        found = economy_tasks(by, mine, today)[family.pk]
        assert [(task.text, task.deadline) for task in found] == [
            ("Krav på bostøtte?", True), ("Er startlån aktuelt?", False),
        ]  # fmt: skip
        entries = [entry for entry in to_do(by) if entry.kind == "economy"]
        assert {entry.text: entry.chip.split()[0] for entry in entries} == {
            "Krav på bostøtte?": "frist", "Er startlån aktuelt?": "undersøkes",
        }  # fmt: skip
        # Applied for anew each year: a task from a month before, until it is done.
        sfo = Fact.objects.get(key="sfo-frist")
        before = sfo.next_day(today) - timedelta(days=20)
        assert "Søk på nytt: Gratis eller redusert betaling i SFO, Gutt" in [
            task.text for task in economy_tasks(by, mine, before)[family.pk]
        ]
        assert len(economy_tasks(by, mine, before - timedelta(days=30))[family.pk]) == 2


# ── What a municipality asks about ──


def test_a_municipality_leaves_out_and_adds(client, team, family):
    by = team.coordinator
    note(family, "startlan", "refused", by)
    client.force_login(team.administrator)
    page = to("economy_items", team.municipality)
    assert "Krav på bostøtte?" in text(client.get(page))
    assert client.post(to("economy_item_use", team.municipality, "kulturskole"), {"bruk": "nei"}).status_code == 302
    client.post(to("economy_item_use", team.municipality, "startlan"), {"bruk": "nei"})
    assert client.post(to("economy_item_use", team.municipality, "lotto"), {"bruk": "nei"}).status_code == 404
    assert client.post(page, {"title": "", "about": "family", "key": str(uuid4())}).status_code == 422
    sent = {"title": "Gratis buss?", "about": "child", "help": "Ring AKT", "url": "", "key": str(uuid4())}
    assert client.post(page, sent).status_code == client.post(page, sent).status_code == 302
    keys = [line.item.key for line in listed(family, by).lines]
    assert "kulturskole" not in keys
    assert "startlan" in keys  # noted before, and stays to be read
    own = [line for line in listed(family, by).lines if line.item.group == "own"]
    assert {line.member.first_name for line in own} == {"Gutt", "Jente"}
    note(family, own[0].item.key, "granted", by, member=own[0].member)
    client.post(to("economy_item_use", team.municipality, own[0].item.key), {"bruk": "nei"})
    assert len([line for line in listed(family, by).lines if line.item.group == "own"]) == 1
    refused("unknown_item", note, family, own[0].item.key + "x", "granted", by)
    refused("unknown_item", note, family, "kulturskole", "granted", by)
    client.post(to("economy_item_use", team.municipality, "kulturskole"), {"bruk": "ja"})
    assert "kulturskole" in [line.item.key for line in listed(family, by).lines]


@pytest.mark.parametrize(
    ("wrong", "constraint"),
    [
        ({"amount": Decimal(1)}, "economy_amount_says_how_often"),
        ({"amount": Decimal(1), "per": "year", "status": "refused"}, "economy_amount_of_something"),
        ({"choice": "rent", "status": "applied"}, "economy_choice_is_an_answer"),
    ],
)
def test_the_database_knows_what_an_answer_is(team, family, wrong, constraint):
    row = {"item": "x", "status": "granted", "recorded_by": team.coordinator, "family": family, **wrong}
    with acting_as(team.coordinator), pytest.raises(IntegrityError, match=constraint), transaction.atomic():
        EconomyAnswer.objects.create(**row)


def test_a_version_and_a_thing_are_there_once_and_stay(team, family):
    by = team.coordinator
    note(family, "bostotte", "applied", by)
    with acting_as(by):
        with pytest.raises(IntegrityError, match="economy_version_once"), transaction.atomic():
            EconomyAnswer.objects.create(family=family, item="bostotte", status="refused", recorded_by=by)
        assert EconomyAnswer.objects.filter(family=family).update(note="x") == 0
        assert EconomyAnswer.objects.filter(family=family).delete()[0] == 0
    actions.use_economy_item(team.municipality, item="fritid", in_use=False, by=team.lead)
    with acting_as(team.lead), pytest.raises(IntegrityError, match="economy_item_once"), transaction.atomic():
        LocalEconomyItem.objects.create(municipality=team.municipality, key="fritid", changed_by=team.lead)


def test_an_item_of_ones_own_is_read_as_it_was_written():
    own = LocalEconomyItem(key="egen-1", title="Gratis buss?", about="child", help="Ring AKT")
    assert own.item == Item("egen-1", "own", "child", Words(nb="Gratis buss?"), help=Words(nb="Ring AKT"))
