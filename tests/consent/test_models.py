"""What the database itself refuses, and what the wall does with rows the actions never wrote."""

import pytest
from django.db import IntegrityError, ProgrammingError, transaction

from consent.models import AgreementLine, Consent, Contact, CoveredMember, Service
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
