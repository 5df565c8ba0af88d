"""What the database itself refuses, and what the wall does with rows the actions never wrote."""

import pytest
from django.db import IntegrityError, ProgrammingError, transaction

from consent.models import AgreementLine, Consent, Contact, CoveredMember, Service, Signature
from consent.wording import ConsentText, ExtraPurpose
from nyemonstre.access.wall import acting_as
from tests.consent.arrange import days


@pytest.mark.parametrize(
    ("constraint", "facts"),
    [
        ("consent_dates_in_order", {"valid_until": -1}),
        ("consent_only_a_yes_has_an_end", {"answer": "refused", "valid_until": 1}),
        ("consent_only_a_yes_has_an_end", {"answer": "withdrawn", "valid_until": 1}),
        ("consent_given_by_somebody", {"given_by": ""}),
    ],
)
def test_consents_that_cannot_be(family, people, team, constraint, facts):
    facts = {key: days(value) if isinstance(value, int) else value for key, value in facts.items()}
    row = {
        "family": family, "member": people["Mor"], "purpose": "research", "answer": "given", "answered_on": days(0),
        "how": "signed", "given_by": "Mor", "recorded_by": team.coordinator, **facts,
    }  # fmt: skip
    with acting_as(team.coordinator), pytest.raises(IntegrityError, match=constraint), transaction.atomic():
        Consent.objects.create(**row)


@pytest.mark.parametrize(
    ("constraint", "facts"),
    [
        ("line_dates_in_order", {"valid_to": days(-20)}),
        ("line_signed_by_somebody", {"state": "signed"}),
        ("line_signed_by_somebody", {"state": "signed", "signed_on": days(0), "signed_how": "signed"}),
        ("line_signed_by_somebody", {"state": "draft", "signed_on": days(0)}),
        ("line_ended_for_a_reason", {"state": "ended"}),
        ("line_ended_for_a_reason", {"state": "ended", "ended_on": days(0)}),
        ("line_ended_for_a_reason", {"ended_reason": "ferdig"}),
        ("line_has_topics", {"topics": []}),
    ],
)
def test_lines_that_cannot_be(draft, team, constraint, facts):
    line = draft()
    with acting_as(team.coordinator), pytest.raises(IntegrityError, match=constraint), transaction.atomic():
        AgreementLine.objects.filter(pk=line.pk).update(**facts)


def test_a_person_is_covered_once_and_a_name_taken_once(family, draft, people, school, team):
    line = draft()
    with acting_as(team.coordinator), pytest.raises(IntegrityError, match="covered_once"), transaction.atomic():
        CoveredMember.objects.create(family=family, line=line, member=people["Jente"])
    with acting_as(team.lead), pytest.raises(IntegrityError, match="service_name_unique"), transaction.atomic():
        Service.objects.create(municipality=team.municipality, name=school.name.upper(), sector="school")


def test_the_wall_takes_no_rows_from_outsiders(family, people, live, school, team):
    line = live()
    for somebody in (team.second_coordinator, team.lead, team.intake):
        rows = [
            Consent(
                family=family, member=people["Mor"], purpose="research", answer="given", how="signed", given_by="x",
                recorded_by=somebody,
            ),
            Contact(family=family, service=school, name="x", created_by=somebody),
            AgreementLine(family=family, service=school, topics=["school"], valid_from=days(0), drafted_by=somebody),
            CoveredMember(family=family, line_id=line.pk, member=people["Mor"]),
        ]  # fmt: skip
        for row in rows:
            with acting_as(somebody), pytest.raises(ProgrammingError, match="row-level"), transaction.atomic():
                row.save(force_insert=True)
        with acting_as(somebody):
            assert AgreementLine.objects.update(what_they_do="x") == 0
            assert Contact.objects.update(name="x") == 0


def test_nothing_is_deleted_by_anybody(live, team):
    live()
    with acting_as(team.coordinator):
        for model in (Consent, Contact, AgreementLine, Service):
            assert model.objects.all()._raw_delete("default") == 0
            assert model.objects.exists()


@pytest.mark.parametrize(
    ("constraint", "facts"),
    [
        ("consent_extra_is_named", {"purpose": "extra"}),
        ("consent_expired_by_the_clock", {"answer": "expired"}),
        ("consent_expired_by_the_clock", {"how": "clock"}),
        ("consent_expired_by_the_clock", {"recorded_by": None}),
        ("consent_child_refused_is_a_no", {"child_refused": True}),
        ("consent_text_has_a_fingerprint", {"text_sha256": "x"}),
    ],
)
def test_log_lines_that_cannot_be(family, people, team, constraint, facts):
    row = {
        "family": family, "member": people["Mor"], "purpose": "research", "answer": "given", "how": "signed",
        "given_by": "Mor", "recorded_by": team.coordinator, **facts,
    }  # fmt: skip
    with acting_as(team.coordinator), pytest.raises(IntegrityError, match=constraint), transaction.atomic():
        Consent.objects.create(**row)


def test_texts_purposes_and_signatures_that_cannot_be(family, people, team):
    by, place = team.lead, team.municipality
    whole = {"municipality": place, "purpose": "research", "language": "nb", "version": "2", "heading": "x",
             "body": "y", "approved_by": "z", "added_by": by}  # fmt: skip
    with acting_as(by):
        ConsentText.objects.create(**whole)
        ExtraPurpose.objects.create(municipality=place, name="Bilder")
        for constraint, model, facts in (
            ("consent_text_version_unique", ConsentText, whole),
            ("consent_text_extra_is_named", ConsentText, {**whole, "purpose": "extra"}),
            ("consent_text_is_whole", ConsentText, {**whole, "version": "3", "approved_by": ""}),
            ("extra_purpose_name_unique", ExtraPurpose, {"municipality": place, "name": "BILDER"}),
            ("extra_purpose_has_a_name", ExtraPurpose, {"municipality": place, "name": ""}),
        ):
            with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
                model.objects.create(**facts)
    with acting_as(team.coordinator):
        consent = Consent.objects.filter(member=people["Mor"]).first()
        signed = {"family": family, "consent": consent, "name": "Mor", "strokes": "M1 2L3 4"}
        Signature.objects.create(**signed)
        for constraint, facts in (
            ("signature_once", {}),
            ("signature_has_a_name", {"name": ""}),
            ("signature_is_a_path", {"name": "Far", "strokes": "<script>"}),
        ):
            with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
                Signature.objects.create(**{**signed, **facts})
