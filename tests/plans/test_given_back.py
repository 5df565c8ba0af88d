"""What the family gets back: plain words, the same pattern on screen and paper, and nobody else's own answers."""

import io
import re
from copy import copy, deepcopy
from datetime import timedelta

import pikepdf
import pytest
from bs4 import BeautifulSoup
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from pypdf import PdfReader

from assessments import actions as mapping
from assessments.enums import Kind
from assessments.models import Assessment
from assessments.pictures import pattern_context, points_of
from families.calendar import add_months
from families.models import Family, Member
from nyemonstre.access.wall import acting_as
from nyemonstre.audit.models import Event
from plans import actions
from plans.enums import PlanEvent
from tests.assessments.arrange import held, members
from tests.factories import Team, family_at

pytestmark = pytest.mark.django_db


def plain(text):
    return re.sub(r"\s+", " ", text)


@pytest.fixture(scope="module")
def walked(shared_rows):
    """A baseline a year ago, and a year later; own words then and now."""
    with shared_rows():
        return a_year()


@pytest.fixture
def world(db, walked, client):
    team, family, people = deepcopy(walked)
    client.force_login(team.coordinator)
    return team, family, people


def a_year():
    team = Team()
    by, on = team.coordinator, timezone.localdate() - timedelta(days=366)
    family = family_at("consent", team, on=on)
    people = members(family, by)
    actions.record_words(people["Mor"], text="Jeg tør ikke åpne posten", said_on=on, by=by)
    held(family, by, on=on, value=2)
    with acting_as(by):
        family = Family.objects.select_related("municipality").with_path().get(pk=family.pk)
    sitting = mapping.start(family, kind=Kind.YEARLY, by=by)
    answers = [("rm1", None, 4), ("rm2", None, 2), ("rm3_child", people["Jente"], 3), ("ladder", people["Jente"], 7)]
    mapping.answer_all(sitting, answers=[mapping.Given(*answer) for answer in answers], by=by)
    mapping.complete(sitting, rest_not_asked=True, by=by)
    actions.record_words(people["Mor"], text="Nå åpner jeg den selv", by=by)
    return team, family, people


def page(client, family, paper, who="", name="answers"):
    answer = client.get(reverse(f"plans:{name}", args=[family.pk, paper]), {"ved": who} if who else {})
    assert answer.status_code == 200
    return answer


def test_now_and_then_in_plain_words(client, world):
    _team, family, people = world
    now = plain(page(client, family, "naa", "alene").content.decode())
    assert "Ganske bra, 4 av 5" in now
    assert "Nå åpner jeg den selv" in now
    assert "Ved start" not in now
    changed = plain(page(client, family, "endret", "alene").content.decode())
    for part in ("Ved start: krevende, 2.", "Som ved start.", "Jeg tør ikke åpne posten", "Mor første gang"):
        assert part in changed, part
    together = plain(page(client, family, "endret").content.decode())
    for text in (changed, together):
        assert "Hvor på stigen" not in text  # what Jente answered herself
    assert "Jeg tør ikke åpne posten" not in together  # one home's words, and there are two
    hers = plain(page(client, family, "naa", f"member:{people['Jente'].pk}").content.decode())
    assert "Det Jente svarte selv" in hers
    assert "Hvor på stigen" in hers
    assert client.get(reverse("plans:answers", args=[family.pk, "tull"])).status_code == 404


def test_on_paper_with_the_same_stitches(client, world):
    team, family, people = world
    for who, told in (("", False), (f"member:{people['Jente'].pk}", True)):
        content = page(client, family, "endret", who, "answers_pdf").content
        text = plain(" ".join(one.extract_text() for one in PdfReader(io.BytesIO(content)).pages))
        for part in ("Dette har endret seg", "Ganske bra, 4 av 5", "Ved start: krevende, 2.", "5 bra og stabilt"):
            assert part in text, part
        assert ("Hvor på stigen" in text) is told
        assert ("«Nå åpner jeg den selv»" in text) is not told
    with pikepdf.open(io.BytesIO(content)) as pdf:
        assert pdf.Root.MarkInfo.Marked
    assert client.get(reverse("plans:answers_pdf", args=[family.pk, "naa"]), {"ved": "alene"}).status_code == 404
    with acting_as(team.auditor):
        assert Event.objects.filter(what=PlanEvent.ANSWERS_PRINTED, family_id=family.pk).count() == 2


def test_a_time_that_has_passed_without_answers_is_an_open_stitch(client, world, monkeypatch):
    """The six months of the world went by; from two years on nothing has been yet."""
    team, family, _people = world
    drawn = BeautifulSoup(page(client, family, "endret").content, "html.parser").select_one(".nm-knit")
    assert len(drawn.select('td:nth-of-type(2) [aria-label="ikke spurt."]')) == 7
    assert len(drawn.select(".nm-st--paper")) == 7 * 4
    numbers = client.get(reverse("assessments:pattern", args=[family.pk])).content.decode()
    assert numbers.count(">ikke spurt</td>") >= 14
    assert numbers.count("<small>har ikke vært ennå</small>") == 4
    with acting_as(team.coordinator):
        fresh = Family.objects.with_path().get(pk=family.pk)
        sittings = list(Assessment.objects.filter(family=fresh).kept())
        pattern = pattern_context(fresh, sittings)["pattern"]
        first = pattern.rows[0]["cells"]
        assert first[1] == {"value": 0, "asked": False}
        assert first[3:] == [None] * 4
        # What was asked at the start and never again stands nowhere yet: no «står på», and it is not counted.
        assert [row["sum"] for row in pattern.rows] == ["2 til 4", "står på 2", "", "", "", "", ""]
        assert pattern.sentence == "Av 2 linjer: 1 står høyere enn ved start, 1 står likt."
        later = timezone.localdate() + timedelta(days=3 * 366)
        monkeypatch.setattr(timezone, "localdate", lambda *_: later)
        assert [point.ahead for point in points_of(fresh, sittings)] == [False] * 5 + [True] * 2
        # While a family is paused, or after follow-up has ended, nothing passes it by.
        for name in ("paused_on", "closed_on"):
            still = copy(fresh)
            setattr(still, name, later - timedelta(days=3 * 366))
            assert [point.ahead for point in points_of(still, sittings)] == [False] * 3 + [True] * 4


def test_somebody_who_has_grown_up_is_told_so_once(client, world):
    team, family, people = world
    with acting_as(team.coordinator):
        born = add_months(timezone.localdate(), -18 * 12) - timedelta(days=9)
        Member.objects.filter(pk=people["Jente"].pk).update(birth_date=born)
    said = "Jente er voksen nå og spørres ikke lenger som barn."
    shown = BeautifulSoup(page(client, family, "endret", "alene").content, "html.parser")
    (card,) = [one for one in shown.select("section") if one.h2 and one.h2.text.strip() == "Jente"]
    assert said in card.text
    assert "Ikke spurt" not in card.text
    content = page(client, family, "endret", f"member:{people['Jente'].pk}", "answers_pdf").content
    assert plain(" ".join(one.extract_text() for one in PdfReader(io.BytesIO(content)).pages)).count(said) == 1


def test_the_pattern_takes_few_queries(world):
    team, family, _people = world
    with acting_as(team.coordinator):
        fresh = Family.objects.with_path().get(pk=family.pk)
        with CaptureQueriesContext(connection) as captured:
            pattern_context(fresh, list(Assessment.objects.filter(family=fresh).kept()))
    assert len(captured) <= 6
