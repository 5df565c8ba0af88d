"""Rates, links and law texts: one of a name at a time, checked by somebody, seen and changed where one works."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from nyemonstre.access.wall import acting_as
from nyemonstre.content.actions import add_fact, add_starting_facts, change_fact, confirm_fact
from nyemonstre.content.models import LOW_INCOME, Fact
from nyemonstre.refusals import Refused, Stale
from tests.factories import Team

pytestmark = pytest.mark.django_db


@pytest.fixture
def team():
    return Team()


def facts(**changes):
    return {
        "kind": "rate", "key": "sats", "title": "Sats", "value": Decimal("100.5"), "unit": "kr", "text": "", "url": "",
        "source": "SSB", "valid_from": date(2024, 1, 1), "valid_until": None, **changes,
    }  # fmt: skip


def posted(**changes):
    return {
        "kind": "rate", "title": "Sats for prøve", "value": "250000", "unit": "kr_year", "text": "", "url": "",
        "source": "SSB", "valid_from": "01.01.2024", "valid_until": "", "key": "6f1c3b0e-94f2-4f0e-a42d-5f1b7b3f0001",
        **changes,
    }  # fmt: skip


def test_a_newer_one_ends_the_older_the_day_before(team):
    old = add_fact(team.municipality, facts=facts(), by=team.lead)
    add_fact(team.municipality, facts=facts(valid_from=date(2025, 1, 1)), by=team.lead)
    with acting_as(team.coordinator):
        old.refresh_from_db()
        assert old.valid_until == date(2024, 12, 31)
        assert Fact.objects.on(date(2024, 12, 31)).get().valid_from == date(2024, 1, 1)
        assert Fact.objects.on(date(2025, 1, 1)).get().valid_from == date(2025, 1, 1)


def test_two_at_once_are_refused_in_words_and_by_the_database(team):
    with_end = facts(valid_until=date(2024, 12, 31))
    first = add_fact(team.municipality, facts=with_end, by=team.lead)
    with pytest.raises(Refused) as refusal:
        add_fact(team.municipality, facts=facts(valid_from=date(2023, 6, 1)), by=team.lead)
    assert refusal.value.rule == "same_time"
    # Back to back, and another municipality, are no clash.
    add_fact(team.municipality, facts=facts(valid_from=date(2025, 1, 1)), by=team.lead)
    other = Team()
    add_fact(other.municipality, facts=with_end, by=other.lead)
    with acting_as(team.lead), pytest.raises(IntegrityError, match="fact_one_at_a_time"), transaction.atomic():
        Fact.objects.create(municipality=team.municipality, **{**with_end, "valid_from": date(2024, 12, 31)})
    with pytest.raises(Refused) as refusal:
        change_fact(first, facts={"valid_until": date(2025, 1, 1)}, by=team.lead)
    assert refusal.value.rule == "same_time"


@pytest.mark.parametrize(
    ("wrong", "constraint"),
    [
        ({"valid_until": date(2023, 12, 31)}, "fact_dates_in_order|range lower bound"),
        ({"unit": ""}, "fact_number_has_a_unit"),
        ({"value": Decimal(-1)}, "fact_number_has_a_unit"),
        ({"source": ""}, "fact_has_a_source"),
    ],
)
def test_the_database_knows_what_a_fact_is(team, wrong, constraint):
    with acting_as(team.lead), pytest.raises(Exception, match=constraint), transaction.atomic():
        Fact.objects.create(municipality=team.municipality, **facts(**wrong))


def test_only_the_lead_writes_and_only_at_home(team):
    other = Team()
    for person in (team.coordinator, team.intake, team.administrator, team.auditor, team.researcher, other.lead):
        with pytest.raises(PermissionDenied):
            add_fact(team.municipality, facts=facts(), by=person)
    fact = add_fact(team.municipality, facts=facts(), by=team.lead)
    with acting_as(other.lead), connection.cursor() as cursor:
        cursor.execute("select count(*) from content_fact")
        assert cursor.fetchone() == (0,)
        cursor.execute("update content_fact set title = 'x'")
        assert cursor.rowcount == 0
    with pytest.raises(PermissionDenied):
        confirm_fact(fact, by=other.lead)


def test_a_stale_edit_is_told_and_a_check_counts(team):
    fact = add_fact(team.municipality, facts=facts(), by=team.lead)
    change_fact(fact, facts={"title": "Ny"}, version=1, by=team.lead)
    with pytest.raises(Stale):
        change_fact(fact, facts={"title": "Eldre"}, version=1, by=team.lead)
    with acting_as(team.lead):
        Fact.objects.update(checked_on=timezone.localdate() - timedelta(days=366))
        assert list(Fact.objects.due_for_check()) == [fact]
        assert Fact.objects.get().is_stale()
    confirm_fact(fact, by=team.lead)
    with acting_as(team.lead):
        assert not Fact.objects.due_for_check().exists()


def test_the_starting_facts_come_once_and_guess_nothing(team):
    added = add_starting_facts(team.municipality, by=team.lead)
    assert add_starting_facts(team.municipality, by=team.lead) == []
    assert len({fact.key for fact in added}) == len(added)
    other = Team()
    other.municipality.language = "nn"  # as the one that was fetched has it
    written = {fact.key: fact.text for fact in add_starting_facts(other.municipality, by=other.lead)}
    assert "nokon i familien ikkje har det bra" in written["avslag-andre-steder"], "families read this one"
    assert "noen i familien ikke har det bra" in {fact.key: fact.text for fact in added}["avslag-andre-steder"]
    assert {(fact.checked_on, fact.is_stale()) for fact in added if not fact.valid_until} == {(None, True)}, (
        "nobody has checked them yet, so none says when"
    )
    with acting_as(team.coordinator):
        known = Fact.objects.thresholds(team.municipality, range(2000, 2030))
    # The only limit whose source is known; 2016 and later are filled in by the municipality.
    assert known == {2015: 212_000}


def test_the_pages_from_empty_to_checked(client, team):
    client.force_login(team.lead)
    empty = client.get(reverse("content:fact_list")).content.decode()
    assert "Hent utvalget" in empty
    assert f"?aar={timezone.localdate().year - 1}" in empty
    assert client.post(reverse("content:fact_start"), follow=True).status_code == 200
    page = client.get(reverse("content:fact_list"), {"slag": "kontroll"}).content.decode()
    assert "Startlån" in page
    assert "Gjelder fortsatt" in page
    with acting_as(team.lead):
        fact = Fact.objects.get(key="startlan")
    client.post(reverse("content:fact_confirm", args=[fact.pk]))
    client.get(reverse("content:fact_list"))  # the message is read here
    assert "Startlån" not in client.get(reverse("content:fact_list"), {"slag": "kontroll"}).content.decode()
    assert "Startlån" in client.get(reverse("content:fact_list"), {"q": "startlån"}).content.decode()
    assert "Ingenting passer" in client.get(reverse("content:fact_list"), {"q": "finnes ikke"}).content.decode()


def test_the_form_makes_one_keeps_what_was_typed_and_shows_the_newer(client, team):
    client.force_login(team.lead)
    assert client.post(reverse("content:fact_new"), posted()).status_code == 302
    assert client.post(reverse("content:fact_new"), posted()).status_code == 302  # the same form again
    with acting_as(team.lead):
        fact = Fact.objects.get()
    assert (fact.key, fact.value) == ("sats-for-prove", 250_000)
    wrong = client.post(reverse("content:fact_new"), posted(value="mye", key="6f1c3b0e-94f2-4f0e-a42d-5f1b7b3f0002"))
    assert wrong.status_code == 422
    assert 'value="mye"' in wrong.content.decode()
    edit = reverse("content:fact_edit", args=[fact.pk])
    assert client.get(edit).status_code == 200
    assert client.post(edit, posted(title="Først", version="1")).status_code == 302
    late = client.post(edit, posted(title="Sist", version="1"))
    assert late.status_code == 422
    assert "Først" in late.content.decode()
    assert "Sist" in late.content.decode()
    assert client.post(edit, posted(title="Sist", version="2")).status_code == 302


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"kind": "threshold"}, "helt kalenderår"),
        ({"kind": "threshold", "valid_until": "31.12.2025"}, "helt kalenderår"),
        ({"kind": "threshold", "valid_until": "31.12.2024", "value": ""}, "Skriv grensen"),
        ({"kind": "link"}, "Skriv lenken"),
        ({"url": "javascript:alert(1)"}, "lenke"),
        ({"unit": ""}, "Velg hva tallet er"),
        ({"valid_until": "31.12.2023"}, "før den begynner"),
        ({"source": ""}, "Kilde"),
    ],
)
def test_a_wrong_fact_gets_a_sentence(client, team, changes, sentence):
    client.force_login(team.lead)
    answer = client.post(reverse("content:fact_new"), posted(**changes))
    assert answer.status_code == 422
    assert sentence.lower() in answer.content.decode().lower()
    with acting_as(team.lead):
        assert not Fact.objects.exists()


def test_a_year_of_the_limit_is_asked_for_and_saved(client, team):
    client.force_login(team.lead)
    assert "01.01.2023" in client.get(reverse("content:fact_new"), {"aar": "2023"}).content.decode()
    year = posted(kind="threshold", valid_from="01.01.2023", valid_until="31.12.2023", title="Grense")
    assert client.post(reverse("content:fact_new"), year).status_code == 302
    with acting_as(team.coordinator):
        assert Fact.objects.get().key == LOW_INCOME
        assert Fact.objects.thresholds(team.municipality, [2022, 2023]) == {2023: 250_000}


def test_the_list_asks_as_often_however_long_it_is(client, team):
    client.force_login(team.lead)
    asked, made = [], 0
    for rows in (1, 3, 30):
        while made < rows:
            add_fact(team.municipality, facts=facts(key=f"sats-{made}"), by=team.lead)
            made += 1
        client.get(reverse("content:fact_list"))
        with CaptureQueriesContext(connection) as queries:
            client.get(reverse("content:fact_list"))
        asked.append(len(queries))
    assert len(set(asked)) == 1, asked
