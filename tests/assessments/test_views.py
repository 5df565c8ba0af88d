"""The pages: what they say, and what they answer to bad input."""

from datetime import timedelta
from uuid import uuid4

import pytest
from bs4 import BeautifulSoup
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from assessments import actions
from assessments.enums import Kind
from assessments.models import Assessment, FitAnswer, Response
from assessments.sheets import FAMILY
from bench.page import pattern_queries
from consent.actions import record_consent
from consent.enums import Answer, How, Purpose
from families.enums import FamilyState
from families.models import Family
from families.stages import Step
from nyemonstre.access.wall import acting_as
from tests.factories import family_at

from .arrange import fill, held, members


def to(name, *args):
    return reverse(f"assessments:{name}", args=[getattr(arg, "pk", arg) for arg in args])


def text(response):
    return BeautifulSoup(response.content, "html.parser").get_text(" ", strip=True)


@pytest.fixture
def web(client, team):
    client.force_login(team.coordinator)
    return client


def test_every_page_opens(web, family, sitting):
    """To whom it does not, and what a crafted address finds, is asked in tests/meta/test_urls.py."""
    for url in (
        to("family_tab", family), to("sitting_start", family), to("change", family), to("pattern", family),
        to("fit_list", family), to("fit_new", family), to("sitting_detail", family, sitting),
        to("sitting_member", family, sitting, FAMILY, "status"), to("sitting_complete", family, sitting),
    ):  # fmt: skip
        assert web.get(url).status_code == 200, url


@pytest.mark.parametrize("part", ["status", "life", "self", "coordinator", "nothing"])
def test_a_part_that_is_not_there(web, family, people, sitting, part):
    assert web.get(to("sitting_member", family, sitting, uuid4(), part)).status_code == 404
    assert web.get(to("sitting_member", family, sitting, "noen", part)).status_code == 404
    gutt = web.get(to("sitting_member", family, sitting, people["Gutt"].pk, part))
    assert gutt.status_code == (404 if part in ("self", "nothing") else 200)  # 7 years: nothing to answer himself


# --- beginning --------------------------------------------------------------------------------------------------


def begin(**changes):
    today = timezone.localdate().strftime("%d.%m.%Y")
    return {"key": str(uuid4()), "round": "baseline-1", "held_on": today, "language": "nb", "interpreter": ""} | changes


def test_begin_and_the_same_form_twice(web, team, family):
    data = begin(interpreter="arabisk")
    first = web.post(to("sitting_start", family), data)
    second = web.post(to("sitting_start", family), data)
    with acting_as(team.coordinator):
        sitting = Assessment.objects.get(family=family)
    assert first.url == second.url == to("sitting_detail", family, sitting)


@pytest.mark.parametrize(
    "changes",
    [
        {"round": "yearly-1"}, {"round": "yearly-x"}, {"round": ""}, {"held_on": ""}, {"held_on": "31.02.2026"},
        {"held_on": "01.01.2200"}, {"held_on": "i dag"}, {"language": "se"}, {"language": "de"},
        {"interpreter": "x" * 41}, {"interpreter": "a\0b"}, {"key": "1"}, {"key": ""},
    ],
)  # fmt: skip
def test_beginning_badly_keeps_what_was_typed(web, team, family, changes):
    response = web.post(to("sitting_start", family), begin(**{"interpreter": "somali"} | changes))
    assert response.status_code == 422
    if "interpreter" not in changes:
        assert "somali" in response.content.decode()
    with acting_as(team.coordinator):
        assert not Assessment.objects.exists()


def test_before_consent_the_page_says_so(web, team):
    family = family_at(Step.INFORMATION, team)
    assert "samtykke" in text(web.get(to("family_tab", family)))
    assert "Samtykket kommer først" in text(web.get(to("sitting_start", family)))
    assert web.post(to("sitting_start", family), begin()).status_code == 422


def test_an_early_year_warns_and_asks(web, team, family):
    held(family, team.coordinator)
    page = text(web.get(to("sitting_start", family)))
    assert "Vi gjør den nå, selv om vinduet ikke har åpnet" in page
    assert "mellom" in page
    refused = web.post(to("sitting_start", family), begin(round="yearly-1"))
    assert refused.status_code == 422
    assert "Vinduet åpner først" in text(refused)
    assert web.post(to("sitting_start", family), begin(round="yearly-1", early_ok="on")).status_code == 302


# --- answering --------------------------------------------------------------------------------------------------


def question(family, sitting, who, part):
    return to("sitting_member", family, sitting, who, part)


def test_one_question_at_a_time(web, team, family, people, sitting):
    url = question(family, sitting, people["Jente"].pk, "self")
    page = web.get(url)
    assert "Hvor på stigen er du nå?" in text(page)
    assert "Spørsmål 1 av 2" in text(page)
    answered = web.post(url, {"question": "ladder", "value": "6"})
    assert answered.url == f"{url}?nr=2"
    assert "Spørsmål 2 av 2" in text(web.get(answered.url))
    last = web.post(f"{url}?nr=2", {"question": "thriving_self", "value": "unwilling"})
    assert last.url == to("sitting_detail", family, sitting)
    with acting_as(team.coordinator):
        assert {(r.question, r.value, r.missing) for r in Response.objects.all()} == {
            ("ladder", 6, ""),
            ("thriving_self", None, "unwilling"),
        }
    assert "2 av 2" in text(web.get(last.url))
    assert 'value="6"' in str(BeautifulSoup(web.get(f"{url}?nr=1").content, "html.parser").find("input", checked=True))


@pytest.mark.parametrize("nr", ["0", "-1", "99", "x", "", "1e3", "٣", "9" * 500])
def test_a_number_that_is_not_a_question(web, family, sitting, nr):
    response = web.get(question(family, sitting, FAMILY, "status"), {"nr": nr})
    assert "Spørsmål 1 av 7" in text(response)


def test_nothing_chosen_saves_nothing_and_goes_on(web, team, family, sitting):
    url = question(family, sitting, FAMILY, "status")
    assert web.post(url, {"question": "rm1"}).url == f"{url}?nr=2"
    with acting_as(team.coordinator):
        assert not Response.objects.exists()


@pytest.mark.parametrize(
    ("who", "part", "data", "status"),
    [
        (FAMILY, "status", {"question": "rm1", "value": "6"}, 422),
        (FAMILY, "status", {"question": "rm1", "value": "3\0"}, 422),
        (FAMILY, "status", {"question": "ladder", "value": "3"}, 404),
        (FAMILY, "status", {"question": "", "value": "3"}, 404),
        (FAMILY, "status", {"value": "3"}, 404),
        ("Mor", "life", {"question": "rooms", "value": "500"}, 422),
        ("Mor", "life", {"question": "rooms", "value": "fire"}, 422),
        ("Mor", "life", {"question": "rooms", "value": "4", "missing": "unknown"}, 422),
        ("Mor", "life", {"question": "rooms", "missing": "lost"}, 422),
        ("Mor", "life", {"question": "income", "value": ["wages", "none"]}, 422),
        ("Mor", "life", {"question": "income", "value": ["gold"]}, 422),
        ("Mor", "life", {"question": "income", "value": ["wages", "aap"]}, 302),
        ("Mor", "life", {"question": "work", "value": "not_now"}, 302),
        ("Mor", "life", {"question": "work", "value": "not_asked"}, 302),
        ("Mor", "life", {"question": "rooms", "missing": "unwilling"}, 302),
    ],
)
def test_answers_good_and_bad(web, family, people, sitting, who, part, data, status):
    url = question(family, sitting, people[who].pk if who in people else who, part)
    response = web.post(url, data)
    assert response.status_code == status
    if status == 422:
        assert data["question"] in response.content.decode()


def test_changing_between_a_number_and_vet_ikke(web, team, family, people, sitting):
    """A radio button cannot be let go of: what is new is what counts."""
    url = question(family, sitting, people["Mor"].pk, "life")

    def saved():
        with acting_as(team.coordinator):
            row = Response.objects.get(question="rooms")
            return row.value, row.missing

    web.post(url, {"question": "rooms", "missing": "unknown"})
    web.post(url, {"question": "rooms", "value": "4", "missing": "unknown"})
    assert saved() == (4, "")
    web.post(url, {"question": "rooms", "value": "4", "missing": "unwilling"})
    assert saved() == (None, "unwilling")


def test_a_member_of_another_family_in_the_address(web, team, family, sitting):
    stranger = members(family_at(Step.CONSENT, team, name="Andre"), team.coordinator)["Mor"]
    url = question(family, sitting, stranger.pk, "self")
    assert web.get(url).status_code == 404
    assert web.post(url, {"question": "ladder", "value": "3"}).status_code == 404


def test_who_has_not_consented_is_named_and_not_asked(web, team, family, people, sitting):
    record_consent(
        people["Far"], purpose=Purpose.PARTICIPATION, answer=Answer.WITHDRAWN, how=How.SIGNED,
        given_by=people["Far"].full_name, by=team.coordinator,
    )  # fmt: skip
    assert "Ikke samtykket til å delta" in text(web.get(to("sitting_detail", family, sitting)))
    assert web.get(question(family, sitting, people["Far"].pk, "self")).status_code == 404


def test_a_completed_sitting_is_only_read(web, team, family, people):
    done = held(family, team.coordinator, value=2)
    url = question(family, done, FAMILY, "status")
    assert "2, krevende" in text(web.get(url))
    assert web.post(url, {"question": "rm1", "value": "5"}).status_code == 422
    assert web.get(to("sitting_complete", family, done)).url == to("sitting_detail", family, done)
    with acting_as(team.coordinator):
        assert Response.objects.get(question="rm1", assessment=done).value == 2


def test_a_reader_reads_and_does_not_answer(client, team, family, sitting):
    from families.assignments import grant_access

    grant_access(
        family, user=team.second_coordinator, reason="vikar", by=team.lead,
        expires_at=timezone.now() + timedelta(days=3),
    )  # fmt: skip
    client.force_login(team.second_coordinator)
    url = question(family, sitting, FAMILY, "status")
    assert "ikke svart ennå" in text(client.get(url))
    assert client.post(url, {"question": "rm1", "value": "5"}).status_code == 403
    assert client.get(to("sitting_start", family)).status_code == 404
    assert client.get(to("sitting_complete", family, sitting)).status_code == 404
    assert "Begynn" not in text(client.get(to("family_tab", family)))


# --- completing -------------------------------------------------------------------------------------------------


def test_what_is_lacking_is_listed_and_the_rest_can_be_not_asked(web, team, family, sitting):
    url = to("sitting_complete", family, sitting)
    page = text(web.get(url))
    assert "Hele familien: Familien ser" in page
    assert "Livsstigen" in page
    empty = web.post(url, {"rest_not_asked": "on"})
    assert empty.status_code == 422
    assert "Ingen har svart" in text(empty)
    actions.answer(sitting, question="rm1", value=3, by=team.coordinator)
    refused = web.post(url, {})
    assert refused.status_code == 422
    assert "har ikke svar" in text(refused)
    for then in ("findings", "sitting_detail"):  # sent twice, it says where it is
        assert web.post(url, {"rest_not_asked": "on"}).url == to(then, family, sitting)
    assert "fullført" in text(web.get(to("family_tab", family)))


def test_a_full_sitting_is_completed_with_one_button(web, team, family, sitting):
    fill(sitting, team.coordinator, 3)
    assert "Alle spørsmål har svar" in text(web.get(to("sitting_complete", family, sitting)))
    assert web.post(to("sitting_complete", family, sitting)).status_code == 302


def test_abandon_needs_a_reason(web, team, family, sitting):
    url = to("sitting_abandon", family, sitting)
    assert web.get(url).status_code == 405
    for reason in ("", "  ", "a\0", "x" * 301):
        web.post(url, {"reason": reason})
        with acting_as(team.coordinator):
            assert Assessment.objects.get(pk=sitting.pk).is_open
    assert web.post(url, {"reason": "Feil dag"}).url == to("family_tab", family)
    assert web.get(to("sitting_detail", family, sitting)).status_code == 404


# --- FIT --------------------------------------------------------------------------------------------------------


def fit(people, **changes):
    data = {"key": str(uuid4()), "asked_on": timezone.localdate().strftime("%d.%m.%Y"), "after": "ansvarsgruppe"}
    data |= {f"value_{people['Mor'].pk}": "7", f"comment_{people['Mor'].pk}": "Vi ble hørt ❤️ ŋ سلام"}
    return data | changes


def test_fit_for_those_who_were_there(web, team, family, people):
    page = text(web.get(to("fit_new", family)))
    assert "hjelpeapparatets totale innsats" in page
    assert "Gutt" not in page  # 7 years
    data = fit(people, **{f"value_{people['Jente'].pk}": "unwilling"})
    for _again in range(2):
        assert web.post(to("fit_new", family), data).url == to("fit_list", family)
    with acting_as(team.coordinator):
        assert FitAnswer.objects.count() == 2
    page = text(web.get(to("fit_list", family), {"hvem": people["Mor"].pk}))
    assert "Vi ble hørt ❤️ ŋ سلام" in page
    assert "Vi ble hørt" not in text(web.get(to("fit_list", family)))
    only = text(web.get(to("fit_list", family), {"hvem": people["Jente"].pk}))
    assert "Vil ikke svare" in only
    assert "Vi ble hørt" not in only


@pytest.mark.parametrize(
    "changes",
    [
        {"asked_on": ""}, {"asked_on": "32.01.2026"}, {"asked_on": "01.01.2199"}, {"after": "x" * 121},
        {"after": "a\0b"}, {"value": "11"}, {"value": "x"}, {"value": ""}, {"comment": "x" * 1001},
        {"key": "x"}, {"value": "", "comment": ""},
    ],
)  # fmt: skip
def test_fit_badly_keeps_what_was_typed_and_saves_nothing(web, team, family, people, changes):
    own = {f"{key}_{people['Mor'].pk}": changes[key] for key in ("value", "comment") if key in changes}
    data = fit(people, **{k: v for k, v in changes.items() if k not in ("value", "comment")} | own)
    response = web.post(to("fit_new", family), data)
    assert response.status_code == 422
    if "after" not in changes:
        assert "ansvarsgruppe" in response.content.decode()
    with acting_as(team.coordinator):
        assert not FitAnswer.objects.exists()


def test_fit_of_another_familys_member_is_not_even_a_field(web, team, family, people):
    stranger = members(family_at(Step.CONSENT, team, name="Andre"), team.coordinator)["Mor"]
    web.post(to("fit_new", family), fit(people, **{f"value_{stranger.pk}": "3"}))
    with acting_as(team.coordinator):
        assert set(FitAnswer.objects.values_list("member", flat=True)) == {people["Mor"].pk}


@pytest.mark.parametrize(
    "query", [{"page": "x"}, {"page": "-3"}, {"page": "99"}, {"hvem": "x"}, {"hvem": str(uuid4())}]
)
def test_fit_list_with_a_strange_address(web, family, query):
    assert web.get(to("fit_list", family), query).status_code == 200


# --- pictures ---------------------------------------------------------------------------------------------------


def test_the_pattern_of_the_family_and_of_a_child(web, team, family, people):
    assert "begynner med oppstartskartleggingen" in text(web.get(to("pattern", family)))
    held(family, team.coordinator, value=2)
    page = text(web.get(to("pattern", family)))
    assert page.count("Helse og livskvalitet") == 3  # the pattern, and both views in the table of numbers
    assert "Økonomi" in page
    child = web.get(to("pattern", family), {"hvem": people["Jente"].pk})
    assert "Økonomi" not in text(child)
    assert "ikke spurt" in text(child)
    assert b"<html" not in child.content
    for who in ("x", uuid4(), people["Mor"].pk):
        assert web.get(to("pattern", family), {"hvem": who}).status_code == 404


PATTERN = 6  # queries of the pattern besides those of any page; `make bench` counts them the same way


@pytest.mark.urls("bench.urls")
def test_the_pattern_keeps_its_budget_of_queries(team, family, people):
    held(family, team.coordinator)
    first = pattern_queries(team.coordinator, family.pk)
    with acting_as(team.coordinator):
        family = Family.objects.get(pk=family.pk)
    sitting = held(family, team.coordinator, kind=Kind.YEARLY, number=1, early_ok=True)
    with acting_as(team.coordinator):
        response = Response.objects.filter(assessment=sitting, question="rm1").get()
    for value in (1, 5):
        actions.correct(response, value=value, reason="Feil felt", by=team.coordinator)
    assert pattern_queries(team.coordinator, family.pk) == first <= PATTERN


def test_change_since_the_start(web, team):
    on = timezone.localdate() - timedelta(days=366)
    family = family_at(Step.CONSENT, team, on=on)
    assert "Ingen kartlegging er fullført ennå" in text(web.get(to("change", family)))
    held(family, team.coordinator, on=on, value=2)
    assert "ikke noe å sammenligne med" in text(web.get(to("change", family)))
    with acting_as(team.coordinator):
        family = Family.objects.get(pk=family.pk)
    held(family, team.coordinator, kind=Kind.YEARLY, value=4)
    page = text(web.get(to("change", family)))
    assert "2 høyere" in page
    assert "ikke spurt" in page
    assert f"{on:%d.%m.%Y}" in page
    assert "2 til 4" in text(web.get(to("family_tab", family)))
    assert "7 står høyere enn ved start" in text(web.get(to("pattern", family)))


def test_a_closed_family_is_read_and_nothing_can_be_begun(web, team, family):
    from families.actions import close

    held(family, team.coordinator)
    close(family, reason="flyttet", by=team.coordinator)
    with acting_as(team.coordinator):
        assert Family.objects.get(pk=family.pk).state == FamilyState.CLOSED
    page = text(web.get(to("family_tab", family)))
    assert "Nytt FIT-svar" not in page
    assert web.post(to("sitting_start", family), begin(round="yearly-1", early_ok="on")).status_code == 422


def count(web, url):
    with CaptureQueriesContext(
        connection,
    ) as captured:
        answer = web.get(url)
    assert answer.status_code == 200
    assert len(answer.content) < 60_000
    return len(captured)


def test_the_same_number_of_queries_however_much_there_is(web, team, family, people):
    urls = [to(name, family) for name in ("family_tab", "fit_list", "fit_new", "change", "pattern")]
    sitting = held(family, team.coordinator)
    actions.record_fit(family, member=people["Mor"], value=3, by=team.coordinator)
    urls += [to("sitting_detail", family, sitting)]
    few = [count(web, url) for url in urls]
    for number in (1, 2):
        with acting_as(team.coordinator):
            family = Family.objects.get(pk=family.pk)
        held(family, team.coordinator, kind=Kind.YEARLY, number=number, early_ok=True)
    for number in range(26):
        who = people["Mor" if number % 2 else "Far"]
        actions.record_fit(family, member=who, value=number % 10, by=team.coordinator)
    many = [count(web, url) for url in urls]
    # A second page of answers adds nothing; the sum of FIT answers is counted once.
    assert many == few
    assert max(many) < 40
