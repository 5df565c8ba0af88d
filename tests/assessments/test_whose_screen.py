"""An answer is its person's: on no other person's question, on no form, in no list of another, and on no paper."""

import re

import pytest
from django.urls import reverse

from assessments import actions
from assessments.enums import Kind
from assessments.sheets import FAMILY, sheet_of
from families.models import Family
from nyemonstre.access.wall import acting_as
from plans.printed import printed_plan
from tests.assessments.arrange import members
from tests.factories import Team, family_at

pytestmark = pytest.mark.django_db

TOLD = "FIT-ORDENE-TIL-JENTE"
SELF = "Livsstigen"  # what each from 8 years answers for themselves


@pytest.fixture
def world(client):
    team = Team()
    by = team.coordinator
    family = family_at("consent", team)
    people = members(family, by)
    sitting = actions.start(family, kind=Kind.BASELINE, by=by)
    with acting_as(by):
        items = sheet_of(sitting).items
    for item in items:
        if item.member == people["Jente"] and item.question.answered_by == "self":
            kind = item.question.scale.kind
            value = 2 if item.question.scale.is_number else item.question.scale.options[0].value
            actions.answer(
                sitting, question=item.question.key, member=item.member, value=[value] if kind == "choices" else value,
                by=by,
            )  # fmt: skip
    actions.record_fit(family, member=people["Jente"], value=1, comment=TOLD, by=by)
    client.force_login(by)
    return team, family, people, sitting


def test_nobody_elses_question_and_no_form_or_paper_tells_what_she_answered(client, world):
    team, family, people, sitting = world
    with acting_as(team.coordinator):
        asked = [(row.who, cell.part.key) for row in sheet_of(sitting).rows for cell in row.cells if cell.items]
    hers = str(people["Jente"].pk)
    assert {who for who, _part in asked} >= {FAMILY, hers, str(people["Mor"].pk)}
    for who, part in asked:
        page = reverse("assessments:sitting_member", args=[family.pk, sitting.pk, who, part])
        chosen = re.search(r"<input[^>]* checked", client.get(page + "?nr=1").content.decode())
        assert bool(chosen) is (who == hers and part == "self"), (who, part)
    others = [
        reverse("assessments:sitting_detail", args=[family.pk, sitting.pk]),
        reverse("assessments:sitting_complete", args=[family.pk, sitting.pk]),
        *(reverse(f"assessments:{name}", args=[family.pk]) for name in ("family_tab", "fit_new", "change", "pattern")),
        reverse("assessments:fit_list", args=[family.pk]) + f"?hvem={people['Mor'].pk}",
        reverse("plans:plan_agree", args=[family.pk]), reverse("consent:agreement_print", args=[family.pk]),
        reverse("history:family_insight", args=[family.pk]),
    ]  # fmt: skip
    for page in others:
        assert TOLD not in client.get(page).content.decode(), page
    with acting_as(team.coordinator):
        row = Family.objects.select_related("municipality").with_path().with_coordinators().get(pk=family.pk)
        assert TOLD not in str(printed_plan(row))
    assert TOLD in client.get(reverse("assessments:fit_list", args=[family.pk]) + f"?hvem={hers}").content.decode()


def test_what_one_answered_for_oneself_is_told_to_nobody_else(client, world):
    """Where the change since the baseline is looked at together; all of it is for the coordinator alone."""
    team, family, people, sitting = world
    actions.complete(sitting, rest_not_asked=True, by=team.coordinator)
    url = reverse("assessments:change", args=[family.pk])
    with acting_as(team.coordinator):
        homes = [f"?ved=home:{home.pk}" for home in family.households.order_by("name")]
    seen = {"": 0, "?ved=sammen": 0, **dict.fromkeys(homes, 0), f"?ved=member:{people['Jente'].pk}": 1, "?ved=alene": 3}
    for query, times in seen.items():
        assert client.get(url + query).content.decode().count(f">{SELF}") == times, query
    assert client.get(url + "?ved=tull").status_code == 404
