"""What the family gets back: plain words, the same pattern on screen and paper, and nobody else's own answers."""

import io
import re
from datetime import timedelta

import pikepdf
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from pypdf import PdfReader

from assessments import actions as mapping
from assessments.enums import Kind
from assessments.models import Assessment
from assessments.pictures import pattern_context
from families.models import Family
from nyemonstre.access.wall import acting_as
from nyemonstre.audit.models import Event
from plans import actions
from plans.enums import PlanEvent
from tests.assessments.arrange import held, members
from tests.factories import Team, family_at

pytestmark = pytest.mark.django_db


def plain(text):
    return re.sub(r"\s+", " ", text)


@pytest.fixture
def world(client):
    """A baseline a year ago, and a year later; own words then and now."""
    team = Team()
    by, on = team.coordinator, timezone.localdate() - timedelta(days=366)
    family = family_at("consent", team, on=on)
    people = members(family, by)
    actions.record_words(people["Mor"], text="Jeg tør ikke åpne posten", said_on=on, by=by)
    held(family, by, on=on, value=2)
    with acting_as(by):
        family = Family.objects.select_related("municipality").with_path().get(pk=family.pk)
    sitting = mapping.start(family, kind=Kind.YEARLY, by=by)
    for question, value in (("rm1", 4), ("rm2", 2)):
        mapping.answer(sitting, question=question, value=value, by=by)
    mapping.answer(sitting, question="rm3_child", member=people["Jente"], value=3, by=by)
    mapping.answer(sitting, question="ladder", member=people["Jente"], value=7, by=by)
    mapping.complete(sitting, rest_not_asked=True, by=by)
    actions.record_words(people["Mor"], text="Nå åpner jeg den selv", by=by)
    client.force_login(by)
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


def test_the_pattern_takes_few_queries(world):
    team, family, _people = world
    with acting_as(team.coordinator):
        fresh = Family.objects.with_path().get(pk=family.pk)
        with CaptureQueriesContext(connection) as captured:
            pattern_context(fresh, list(Assessment.objects.filter(family=fresh).kept()))
    assert len(captured) <= 6
