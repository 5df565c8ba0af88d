"""Every paper the plan is printed as: what is in it, in which languages, and what happens when it cannot be made."""

import io
import unicodedata
from functools import cache
from types import SimpleNamespace

import pikepdf
import pytest
from django.db import IntegrityError, transaction
from pypdf import PdfReader

from assessments.outcomes import Outcome
from families.actions_protection import change_protection
from families.enums import Audience, Protection
from families.marks import ALONE, Mark
from families.models import Family, Member
from nyemonstre.access.wall import acting_as
from nyemonstre.pdf import FontMissing, engine, render_pdf
from nyemonstre.setup.papers import papers as made_up
from plans import actions, printing
from plans.beside import HEADINGS, OURS, beside, choices, language_of, packs
from plans.enums import DocumentState, Doer, Problem
from plans.models import PlanDocument
from plans.papers import papers
from plans.printed import printed_plan
from plans.record import printed_record

from .conftest import key, undrawn, url
from .test_pdf import text_of

PAPERS = made_up()


@cache
def drawn(name):
    return render_pdf(*PAPERS[name])


@pytest.mark.parametrize("name", sorted(PAPERS))
def test_every_paper_is_a_whole_tagged_archive_file(name):
    content = drawn(name)
    with pikepdf.open(io.BytesIO(content)) as pdf:
        assert pdf.check_pdf_syntax() == []
        with pdf.open_metadata() as metadata:
            assert (metadata.pdfa_status, metadata["pdfuaid:part"]) == ("2A", "1")
            assert "Prøve" in metadata["dc:title"]
        assert pdf.Root.MarkInfo.Marked
        assert len(pdf.open_outline().root) > 0
        fonts = [o for o in pdf.objects if isinstance(o, pikepdf.Dictionary) and o.get("/Type") == "/FontDescriptor"]
        assert all("/FontFile2" in font or "/FontFile3" in font for font in fonts)
    text = text_of(content)
    assert "side 1 av" in text
    if name != "tjeneste" and name != "avslutning":
        assert "Kari Prøve" in text


def test_arabic_headings_stand_beside_the_norwegian_ones_from_right_to_left():
    content = drawn("familien-arabisk")
    page = PdfReader(io.BytesIO(content)).pages[0]
    # A PDF keeps shaped letters; NFKC gives the letters back.
    text = unicodedata.normalize("NFKC", " ".join(page.extract_text() for page in PdfReader(io.BytesIO(content)).pages))
    words = set(text.split())
    for heading in ("plan", "words", "services"):
        for word in packs()["ar"].words[heading].split():
            assert {word, word[::-1], word.rstrip("؟"), word.rstrip("؟")[::-1]} & words, (heading, word)
    assert "Familiens plan" in text
    found: list[tuple[float, str]] = []
    page.extract_text(visitor_text=lambda said, _cm, tm, _font, _size: found.append((tm[4], said)))
    arabic = [x for x, said in found if any("ARABIC" in unicodedata.name(letter, "") for letter in said)]
    norwegian = [x for x, said in found if "Familiens plan" in said]
    assert max(arabic) > 300 > max(norwegian), "the Arabic headings begin at the right edge"


def test_the_languages_are_whole_and_found_by_what_people_write(family, people, by):
    for code, name in choices():
        words = beside(code).words
        assert set(words) == set(HEADINGS), code
        assert all(words.values()) or code in OURS, code
        assert name
    nynorsk = beside("nn").words
    assert (nynorsk["who"], nynorsk["plan"]) == ("Kven", ""), "what is written the same is said once"
    assert beside("en").words["plan"] == "The family's plan"
    assert not any(beside("nb").words.values())
    assert beside("finnes ikke").words["plan"] == ""
    assert packs()["ar"].direction == "rtl"
    with acting_as(by):
        for written, code in (("Arabisk", "ar"), ("nynorsk", "nn"), ("POLSK", "pl"), ("tigrinja", "")):
            Member.objects.filter(family=family).update(needs_interpreter=True, language=written)
            assert language_of(family) == code


@pytest.fixture
def two_homes(family, people, goal, by):
    """A goal of each parent alone, and one they share with a measure each, in a family with two homes."""
    actions.add_goal(family, outcome=Outcome.RM6, words="Mors gjeld", whose=[people["Mor"]], by=by)
    shared = actions.add_goal(
        family, outcome=Outcome.RM3, words="Lese sammen", whose=[people["Gutt"]], mark=Mark(Audience.BOTH), by=by
    )
    for name in ("Mor", "Far"):
        actions.add_measure(shared, what=f"{name} leser", done_by=Doer.MEMBER, member=people[name], by=by)
    actions.add_goal(
        family, outcome=Outcome.RM1, words="Sove", whose=[people["Jente"]], mark=Mark(Audience.NOBODY), by=by
    )
    return family


def printed_for(family, reader, by):
    with acting_as(by):
        fresh = Family.objects.select_related("municipality").get(pk=family.pk)
        return undrawn(printed_plan(fresh, reader))


def test_a_parent_in_another_home_gets_nothing_of_the_other_home(two_homes, people, by):
    with acting_as(by):
        keys = {reader.name: reader.key for reader in papers(two_homes)}
    for reader, mine, theirs in (("Hos far", "Far leser", "Mor leser"), ("Hos mor", "Mor leser", "Far leser")):
        text = printed_for(two_homes, keys[reader], by)
        assert "Lese sammen" in text
        assert mine in text
        assert theirs not in text
        assert ("Mors gjeld" in text) == (reader == "Hos mor")
        assert ("En jobb ryggen tåler" in text) == (reader == "Hos far")
        assert "Sove" not in text
    text = printed_for(two_homes, f"about:{people['Far'].pk}", by)
    assert "En jobb ryggen tåler" in text
    assert "Mors gjeld" not in text


def test_a_strictly_protected_person_leaves_nothing_on_the_papers_of_others(two_homes, people, line, by):
    with acting_as(by):
        mother = Member.objects.select_related("family__municipality").get(pk=people["Mor"].pk)
    change_protection(two_homes, of=mother, protection=Protection.STRICTLY_CONFIDENTIAL, reason="Meldt av mor", by=by)
    with acting_as(by):
        keys = [reader.key for reader in papers(two_homes)]
    for reader in ("", next(k for k in keys if k.startswith("service:")), f"about:{people['Far'].pk}"):
        assert reader in keys
        text = printed_for(two_homes, reader, by)
        assert "Mors gjeld" not in text, reader
        assert "Mor leser" not in text, reader


def test_the_record_holds_everything_and_says_for_whom_it_is(two_homes, people, goal, measure, by):
    actions.change_goal(goal, outcome=goal.outcome, words="Halv jobb", whose=[people["Far"]], reason="Ryggen", by=by)
    actions.finish_measure(measure, follow_up="Timen er bestilt", by=by)
    actions.rate_goal(goal, rating=4, rating_by_coordinator=3, by=by)
    actions.agree_plan(two_homes, present=["Mor"], by=by)
    with acting_as(by):
        fresh = Family.objects.select_related("municipality").get(pk=two_homes.pk)
        values = printed_record(fresh)
    text = text_of(render_pdf(printing.RECORD_PAGE, values))
    for words in (
        "Gi den ikke til familien", "Sove", "Ikke på papir til noen", "Halv jobb", "Ryggen",
        "Før: «En jobb ryggen tåler»", "Timen er bestilt", "Familien: 4 av 10", "Versjon 1, avtalt", "Mors gjeld",
    ):  # fmt: skip
        assert words in text, words


def make(family, by, **facts):
    document = actions.order_pdf(family, straight=True, by=by, **facts)
    printing.make(document.pk, by=by, language="nb")
    with acting_as(by):
        return PlanDocument.objects.get(pk=document.pk)


def test_a_plan_that_changes_while_it_is_printed_is_printed_anew_or_says_so(client, family, goal, by, monkeypatch):
    def while_printing(times):
        left = [times]

        def render(template, values):
            if left[0]:
                left[0] -= 1
                actions.add_measure(goal, what=f"Nytt {left[0]}", done_by=Doer.FAMILY, by=by)
            return render_pdf(template, values)

        return render

    monkeypatch.setattr(printing, "render_pdf", while_printing(1))
    made = make(family, by)
    assert made.state == DocumentState.DONE
    assert "Nytt 0" in text_of(bytes(made.content))
    monkeypatch.setattr(printing, "render_pdf", while_printing(9))
    late = make(family, by)
    assert (late.problem, late.state) == (Problem.CHANGED, DocumentState.FAILED)
    assert "Planen ble endret mens filen ble laget." in client.get(url("family_tab", family)).content.decode()


def test_a_missing_font_is_told_and_nothing_is_printed_in_another(client, family, goal, by, monkeypatch, tmp_path):
    monkeypatch.setattr(engine, "settings", SimpleNamespace(NODE_MODULES=tmp_path))
    with pytest.raises(FontMissing):
        render_pdf(*PAPERS["familien"])
    assert make(family, by).problem == Problem.FONT
    assert "En skrift mangler på serveren" in client.get(url("family_tab", family)).content.decode()
    with acting_as(by), pytest.raises(IntegrityError, match="plan_document_problem_when_failed"), transaction.atomic():
        PlanDocument.objects.filter(family=family).update(problem=Problem.FONT, state=DocumentState.QUEUED)


def test_the_page_offers_the_languages_and_the_record(client, family, goal, people, by, monkeypatch):
    monkeypatch.setattr(printing, "worker_answers", lambda: False)
    with acting_as(by):
        Member.objects.filter(pk=people["Mor"].pk).update(needs_interpreter=True, language="arabisk")
    page = client.get(url("family_tab", family)).content.decode()
    assert '<option value="ar" selected>العربية</option>' in page
    assert "Hele planen, til arkivet" in page
    client.post(url("pdf_new", family), {"key": key(), "reader": "", "beside": "ar", "large": "on"})
    client.post(url("pdf_new", family), {"key": key(), "reader": ALONE, "beside": ""})
    with acting_as(by):
        record, plan = PlanDocument.objects.filter(family=family).order_by("-asked_at")
        assert (plan.beside, plan.large, record.reader) == ("ar", True, ALONE)
        assert "Hele planen til arkivet" in text_of(bytes(record.content))
