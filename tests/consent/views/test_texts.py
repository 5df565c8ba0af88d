"""Versions of the text and the municipality's own purposes, as the lead keeps them; and an answer on paper."""

from io import BytesIO
from uuid import uuid4

import pikepdf
import pytest
from django.core.files.storage import storages
from django.db import IntegrityError, transaction
from django.urls import reverse

from consent import actions
from consent.drawn import lines_in, picture
from consent.enums import How, Purpose
from consent.models import Consent, Signature
from consent.texts import text_in_force
from consent.wording import ConsentText, ExtraPurpose
from nyemonstre.access.wall import acting_as
from nyemonstre.audit.models import Event
from nyemonstre.files import store
from tests.consent.arrange import days, errors, say, text, url

WORDS = {"language": "nb", "version": "2027-1", "heading": "Bilder", "body": "Ett punkt\n\nTo punkter",
         "approved_by": "Teamleder, møte 3. mai"}  # fmt: skip


def form(**facts):
    return {"key": str(uuid4()), **WORDS, "valid_from": days(0).strftime("%d.%m.%Y"), **facts}


def test_a_new_version_counts_from_its_day_and_leaves_what_was_signed(client, family, people, team):
    signed = say(people["Mor"], team.coordinator)
    client.force_login(team.lead)
    address = reverse("consent:text_new", args=[team.municipality.pk, "participation"])
    assert "fem år" in client.get(address).content.decode(), "it begins as a copy of what holds"
    later = {"valid_from": days(3).strftime("%d.%m.%Y"), "version": "2028-1", "heading": "Senere"}
    for facts in ({}, later):
        assert client.post(address, form(**facts)).status_code == 302
    assert "finnes alt" in errors(client.post(address, form()))
    assert "finnes alt" in errors(client.post(address, form(version="2026-1")))
    assert "kan ikke være før" in errors(client.post(address, form(version="9", valid_from="01.01.2020")))
    assert "Ett punkt" in text(client.get(reverse("consent:text_list")))
    with acting_as(team.coordinator):
        assert text_in_force(team.municipality, Purpose.PARTICIPATION, "nb").version == "2027-1"
        assert text_in_force(team.municipality, Purpose.PARTICIPATION, "nb", days(3)).version == "2028-1"
        assert text_in_force(team.municipality, Purpose.PARTICIPATION, "nn").version == "2026-1"
        assert say(people["Mor"], team.coordinator).text.lines == ["Ett punkt", "To punkter"]
        assert Consent.objects.get(pk=signed.pk).text_version == "2026-1"


def test_a_purpose_of_ones_own_is_asked_about_when_it_has_a_text_and_is_on(client, family, people, team):
    client.force_login(team.lead)
    new = reverse("consent:purpose_new", args=[team.municipality.pk])
    then = client.post(new, {"key": str(uuid4()), "name": "Bilder på nettsiden"})
    assert "finnes alt" in errors(client.post(new, {"key": str(uuid4()), "name": "BILDER på nettsiden"}))
    client.force_login(team.coordinator)
    assert "Bilder på nettsiden" not in text(client.get(url("consent_new", family)))
    client.force_login(team.lead)
    assert client.post(then.url, form()).status_code == 302
    with acting_as(team.lead):
        extra = ExtraPurpose.objects.get()
    client.force_login(team.coordinator)
    data = {"key": str(uuid4()), "members": [str(people["Mor"].pk)], "purpose": str(extra.pk), "language": "nb",
            "answer": "given", "answered_on": days(0).strftime("%d.%m.%Y"), "how": "signed"}  # fmt: skip
    assert client.post(url("consent_new", family), data).status_code == 302
    with acting_as(team.coordinator):
        row = Consent.objects.get(extra=extra)
    assert "Bilder på nettsiden" in text(client.get(url("family_tab", family)))
    page = text(client.get(url("consent_withdraw", family, row)))
    assert "ikke spurt om dette mer" in page
    said = {"note": "Ringte", "given_by": "Mor Prøve", "how": "phone", "answered_on": days(0).isoformat()}
    assert client.post(url("consent_withdraw", family, row), said).status_code == 302
    client.force_login(team.lead)
    client.post(reverse("consent:purpose_switch", args=[extra.pk]))
    client.force_login(team.coordinator)
    assert "Bilder på nettsiden" not in text(client.get(url("consent_new", family)))


@pytest.mark.parametrize("name", ["text_list", "purpose_new", "text_new", "purpose_switch"])
def test_only_the_lead_of_the_municipality_writes_texts(client, team, name):
    args = {"text_list": [], "purpose_new": [team.municipality.pk], "purpose_switch": [uuid4()],
            "text_new": [team.municipality.pk, "research"]}[name]  # fmt: skip
    address = reverse(f"consent:{name}", args=args)
    with acting_as(team.coordinator):
        before = ConsentText.objects.count()
        assert client.post(address).status_code in (403, 405)
        assert ConsentText.objects.count() == before


def test_a_signature_is_kept_as_a_picture_too(client, family, people, team):
    strokes = "M10 20L300 100L40 60M500 100"
    assert lines_in(strokes) == [[(10, 20), (300, 100), (40, 60)], [(500, 100)]]
    assert picture(strokes) == picture(strokes) != picture("M10 20L300 101")
    row = actions.record_consent(
        people["Mor"], purpose=Purpose.RESEARCH, answer="given", how=How.TABLET, given_by="Mor Prøve",
        signatures={"Mor Prøve": strokes, "Far Prøve": ""}, by=team.coordinator,
    )  # fmt: skip
    with acting_as(team.coordinator):
        drawn, typed = row.signatures.get(name="Mor Prøve"), row.signatures.get(name="Far Prøve")
        assert (typed.image_key, typed.image_sha256) == (None, "")
        with store.fetch(drawn.image_key, drawn.image_sha256) as file:
            assert file.read() == picture(strokes)
        assert Signature.objects.filter(pk=drawn.pk).update(image_sha256="x") == 0
        wrong = Signature(family=family, consent=row, name="x", image_key=uuid4(), image_sha256="x")
        with pytest.raises(IntegrityError, match="signature_picture_is_of_strokes"), transaction.atomic():
            wrong.save(force_insert=True)
    with acting_as(team.auditor):
        assert Event.objects.get(what="consent_given", facts__purpose="research").facts["signatures"] == [
            drawn.image_sha256
        ]
    storages["uploads"].delete(store._path(drawn.image_key))
    answer = client.get(url("consent_pdf", family, row))
    assert answer.status_code == 200, "a picture that is lost is drawn from the strokes"


def test_an_answer_on_paper_in_the_language_it_was_given_in(client, family, people, team):
    row = actions.record_consent(
        people["Mor"], purpose=Purpose.RESEARCH, answer="given", how=How.TABLET, given_by="Mor Prøve",
        note="ikke på papir", shown=actions.Shown(language="en", read_aloud=True, interpreter="arabisk"),
        signatures={"Mor Prøve": "M10 20L300 100L40 60", "Far Prøve": ""}, by=team.coordinator,
    )  # fmt: skip
    answer = client.get(url("consent_pdf", family, row))
    assert answer["Content-Type"] == "application/pdf"
    assert answer["Cache-Control"] == "no-store"
    with pikepdf.open(BytesIO(answer.content)) as pdf:
        assert str(pdf.Root.Lang).startswith("en")
        assert pdf.Root.MarkInfo.Marked
        assert "Consent" in str(pdf.docinfo.get("/Title", ""))
        pictures = [one for page in pdf.pages for one in page.get_images().values()]
        assert [(int(one.Width), int(one.Height)) for one in pictures] == [(600, 200)], "drawn, and the other typed"
    with acting_as(team.auditor):
        event = Event.objects.get(what="consent_printed")
    assert event.facts["sha256"] == row.text_sha256
