"""The plan for one person, for one service, and in large type: each holds what it may and nothing more."""

import io

import pytest
from django.utils import timezone
from pypdf import PdfReader

from assessments.outcomes import Outcome
from consent import actions as consent_actions
from consent.enums import Direction, How, Sector, Topic
from families.enums import Audience
from families.marks import Mark
from families.models import Family
from nyemonstre.access.wall import acting_as
from nyemonstre.pdf import render_pdf
from nyemonstre.refusals import Refused
from plans import actions
from plans.enums import Doer
from plans.papers import papers
from plans.printed import printed_plan
from plans.printing import PAGE

from .conftest import SECRETS, url

today = timezone.localdate


def text_for(family, key, by, large=False):
    with acting_as(by):
        plan = printed_plan(Family.objects.select_related("municipality").get(pk=family.pk), key)
        content = render_pdf(PAGE, {**plan, "large": large})
    return " ".join(" ".join(page.extract_text() for page in PdfReader(io.BytesIO(content)).pages).split()), content


@pytest.fixture
def nav(team, family, people, by):
    """A second live line, about the father only."""
    service = consent_actions.add_service(team.municipality, name="NAV Bjørkåsen", sector=Sector.NAV, by=by)
    draft = consent_actions.draft_line(
        family, service=service, members=[people["Far"]], topics=[Topic.WORK], valid_from=today(), by=by
    )
    consent_actions.sign_line(draft, how=How.SIGNED, signed_by="Far Prøve", on=today(), by=by)
    return draft


@pytest.fixture
def full(family, people, goal, measure, school, line, nav, by):
    actions.record_words(people["Mor"], text="Ro om kvelden", by=by)
    actions.record_words(people["Far"], text="Å komme i gang", by=by)
    actions.add_measure(goal, what="Finne praksisplass", done_by=Doer.SERVICE, service=nav.service, by=by)
    shared = actions.add_goal(
        family, outcome=Outcome.RM6, words="Vi eier ikke gjeld", whose=[people["Far"], people["Mor"]], by=by
    )
    actions.add_measure(shared, what="Råd om økonomi", done_by=Doer.SERVICE, service=nav.service, by=by)
    reading = actions.add_goal(family, outcome=Outcome.RM3, words="Lese sammen", whose=[people["Jente"]], by=by)
    actions.add_measure(reading, what="Leksehjelp", done_by=Doer.SERVICE, service=school, by=by)
    actions.add_measure(
        reading, what="Hemmelig samtale", done_by=Doer.SERVICE, service=school, mark=Mark(Audience.NOBODY), by=by
    )
    kept = actions.add_goal(
        family, outcome=Outcome.RM1, words="Sove", whose=[people["Jente"]], mark=Mark(Audience.NOBODY), by=by
    )
    actions.add_measure(kept, what="Helsesykepleier", done_by=Doer.SERVICE, service=school, by=by)
    return family


def test_one_persons_paper_holds_what_is_about_them(full, people, by):
    text, _content = text_for(full, f"about:{people['Far'].pk}", by)
    for piece in ("med det som gjelder Far", "Å komme i gang", "En jobb ryggen tåler", "Vi eier ikke gjeld", "NAV"):
        assert piece in text, piece
    for piece in ("Ro om kvelden", "Lese sammen", "Leksehjelp", "Sove", "Hemmelig"):
        assert piece not in text, piece


def test_a_service_gets_what_its_line_covers_and_nothing_else(full, nav, line, by):
    text, _content = text_for(full, f"service:{nav.pk}", by)
    for piece in ("dekker", "Avtalen gjelder Far.", "En jobb ryggen tåler", "Finne praksisplass", "Råd om økonomi"):
        assert piece in text, piece
    # The goal that is for the mother too is not told, and nobody else's things are.
    for piece in ("Vi eier ikke gjeld", "Mor", "Å komme", "fastlegen", "Lese", "Øvre", *SECRETS.values()):
        assert piece not in text, piece
    text, _content = text_for(full, f"service:{line.pk}", by)
    assert "Leksehjelp" in text
    for piece in ("Hemmelig samtale", "Helsesykepleier", "Sove", "NAV", "praksisplass"):
        assert piece not in text, piece


def test_no_paper_for_a_service_that_may_not_be_told(full, team, people, nav, by):
    club = consent_actions.add_service(team.municipality, name="Svømmeklubben", sector=Sector.LEISURE, by=by)
    asks = consent_actions.draft_line(
        full, service=club, members=[people["Gutt"]], topics=[Topic.LEISURE], valid_from=today(),
        direction=Direction.GET, by=by,
    )  # fmt: skip
    consent_actions.sign_line(asks, how=How.SIGNED, signed_by="Mor Prøve", on=today(), by=by)
    with acting_as(by):
        assert f"service:{asks.pk}" not in [reader.key for reader in papers(full)]
    document = actions.order_pdf(full, straight=True, reader=f"service:{nav.pk}", by=by)
    done = actions.finish_pdf(document.pk, content=b"%PDF", lines=[nav.pk], by=by)
    consent_actions.end_line(nav, reason="Familien vil ikke", by=by)
    for refused in (
        lambda: actions.take_out_pdf(done, by=by),
        lambda: actions.order_pdf(full, straight=True, reader=f"service:{nav.pk}", by=by),
        lambda: actions.order_pdf(full, straight=True, reader="about:tull", by=by),
    ):
        with pytest.raises(Refused):
            refused()


def test_large_type_is_larger_and_says_the_same(client, full, by):
    small, content = text_for(full, "", by)
    large, bigger = text_for(full, "", by, large=True)
    for piece in ("Ro om kvelden", "En jobb ryggen tåler", "Finne praksisplass", "Solfrid Hemmelund"):
        assert piece.replace(" ", "") in small.replace(" ", ""), piece
        assert piece.replace(" ", "") in large.replace(" ", ""), piece
    assert len(PdfReader(io.BytesIO(bigger)).pages) > len(PdfReader(io.BytesIO(content)).pages)
    page = client.get(url("family_tab", full)).content.decode()
    for piece in ("Stor skrift", "Bare det som gjelder Far", "NAV Bjørkåsen</option>"):
        assert piece in page, piece
