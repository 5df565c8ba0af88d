"""The plan on paper: what stands in it, what never does, and that it is a tagged archive file."""

import io
from datetime import timedelta

import pikepdf
import pytest
from django.utils import timezone
from pypdf import PdfReader

from assessments.outcomes import Outcome
from consent import actions as consent_actions
from families.enums import Protection
from families.models import Family, Household
from families.stages import Step
from nyemonstre.access.wall import acting_as
from nyemonstre.pdf import render_pdf
from plans import actions
from plans.enums import Doer
from plans.printed import printed_plan
from plans.printing import PAGE
from tests.factories import family_at

from .conftest import SECRETS, members_of

ADDRESS = "Hemmeligveien 7"


def printed(family, by):
    with acting_as(by):
        fresh = Family.objects.select_related("municipality").get(pk=family.pk)
        return printed_plan(fresh)


def text_of(content):
    return " ".join(" ".join(page.extract_text() for page in PdfReader(io.BytesIO(content)).pages).split())


@pytest.fixture
def full(family, people, goal, measure, school, line, by):
    """A plan with everything in it, in several scripts."""
    actions.record_words(people["Mor"], text="At vi kan bo her lenge. Og at jeg tør å åpne posten.", by=by)
    actions.record_words(people["Jente"], text="Håndball, ŋ og Čáhppes", by=by)
    actions.add_measure(goal, what="Leksehjelp", done_by=Doer.SERVICE, service=school, by=by)
    actions.add_measure(goal, what="Øvelseskjøring", done_by=Doer.COORDINATOR, falls_between=True, by=by)
    with acting_as(by):
        Household.objects.filter(family=family).update(address=ADDRESS)
    return family


def test_everything_agreed_on_can_be_read_in_the_text_layer(full, by, team):
    actions.agree_plan(full, present=["Mor", "Far"], language="arabisk", with_interpreter=True, by=by)
    text = text_of(render_pdf(PAGE, printed(full, by)))
    for piece in (
        "Familiens plan", "Familien Prøve", "Versjon 1", "Tolk var med: arabisk", "Hva er viktig for dere nå?",
        "«At vi kan bo her lenge. Og at jeg tør å åpne posten.»", "Håndball, ŋ og Čáhppes", "Arbeid og aktivitet",
        "«En jobb ryggen tåler»", "Et første tegn: fire timer uten vondt", "Snakke med fastlegen om ryggen",
        "Øvre Bjørkåsen skole", "Faller mellom tjenestene", "Øvelseskjøring", team.coordinator.name,
        *SECRETS.values(),
    ):  # fmt: skip
        assert piece in text, piece
    assert ADDRESS not in text


def test_a_contact_without_a_live_line_is_not_printed(full, line, by):
    consent_actions.end_line(line, reason="Familien vil ikke", by=by)
    plan = printed(full, by)
    text = text_of(render_pdf(PAGE, plan))
    assert plan["lines"] == []
    assert not [secret for secret in SECRETS.values() if secret in text]


def test_a_draft_contact_is_not_printed_even_for_the_one_who_wrote_it(family, people, school, by):
    consent_actions.draft_line(
        family, service=school, members=people.values(), topics=["school"], valid_from=timezone.localdate(),
        contact=SECRETS, by=by,
    )  # fmt: skip
    assert SECRETS["name"] not in text_of(render_pdf(PAGE, printed(family, by)))


def test_a_protected_family_does_not_carry_the_names_of_its_services(team, school):
    by = team.coordinator
    on = timezone.localdate() - timedelta(days=100)
    family = family_at(Step.BASELINE, team, on=on, protection=Protection.STRICTLY_CONFIDENTIAL)
    people = members_of(family, by)
    draft = consent_actions.draft_line(
        family, service=school, members=people.values(), topics=["school"], valid_from=on, contact=SECRETS, by=by
    )
    consent_actions.sign_line(draft, how="signed", signed_by="Mor", on=on, by=by)
    goal = actions.add_goal(family, outcome=Outcome.RM3, words="Lære å lese", whose=[people["Gutt"]], by=by)
    actions.add_measure(goal, what="Leksehjelp", done_by=Doer.SERVICE, service=school, by=by)
    text = text_of(render_pdf(PAGE, printed(family, by)))
    assert "Leksehjelp" in text
    assert "Skole" in text
    assert school.name not in text
    assert SECRETS["name"] not in text


def test_an_empty_plan_prints(family, by):
    text = text_of(render_pdf(PAGE, printed(family, by)))
    assert "Planen er ikke avtalt ennå" in text
    assert "Planen har ingen mål ennå" in text


@pytest.mark.parametrize("words", ["نريد أن نعيش هنا", "<img src=file:///etc/passwd><script>", "a" * 1000, "🏡 hjem"])
def test_what_people_write_is_text(family, people, by, words):
    actions.record_words(people["Mor"], text=words, by=by)
    text = text_of(render_pdf(PAGE, printed(family, by)))
    if words.startswith("<"):
        assert "<img src=file:///etc/passwd>" in text
    if words.startswith("a"):
        assert "a" * 20 in text


def test_arabic_keeps_its_letters(family, people, by):
    actions.record_words(people["Mor"], text="نريد أن نعيش هنا", by=by)
    text = text_of(render_pdf(PAGE, printed(family, by)))
    letters = set("نريد أن نعيش هنا".replace(" ", ""))
    assert letters <= set(text), letters - set(text)


def test_the_file_is_tagged_and_marked(full, by):
    pdf = pikepdf.open(io.BytesIO(render_pdf(PAGE, printed(full, by))))
    with pdf.open_metadata() as metadata:
        assert metadata.pdfa_status == "2A"
        assert metadata["pdfuaid:part"] == "1"
    assert pdf.Root.MarkInfo.Marked
    assert str(pdf.Root.Lang) == "nb"
    assert pdf.Root.ViewerPreferences.DisplayDocTitle
    headings = [o for o in pdf.objects if isinstance(o, pikepdf.Dictionary) and o.get("/S") == pikepdf.Name.TH]
    assert headings
    assert all(heading.A.Scope == pikepdf.Name.Column for heading in headings)
    fonts = [o for o in pdf.objects if isinstance(o, pikepdf.Dictionary) and o.get("/Type") == "/FontDescriptor"]
    assert fonts
    assert all("/FontFile2" in f or "/FontFile3" in f for f in fonts)
