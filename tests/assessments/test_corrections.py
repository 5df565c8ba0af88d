"""After a sitting: corrected with a reason, and what was answered stands. During it: a part left out, with why."""

import re
from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone

from assessments import actions
from assessments.models import Correction, Response
from assessments.rounds import timing
from assessments.sheets import FAMILY, all_readings, sheet_of
from families.models import Family
from nyemonstre.access.wall import acting_as

from .arrange import held
from .test_actions import refused

pytestmark = pytest.mark.django_db


def text(response):
    return re.sub(r"\s+", " ", response.content.decode())


def test_a_correction_counts_and_the_answer_stands(client, team, family, people, sitting):
    by = team.coordinator
    first = actions.answer(sitting, question="rm1", value=2, by=by)
    refused("not_completed", actions.correct, first, value=3, reason="x", by=by)
    actions.complete(sitting, rest_not_asked=True, by=by)
    refused("reason", actions.correct, first, value=3, reason=" ", by=by)
    refused("answer_range", actions.correct, first, value=9, reason="x", by=by)
    refused("no_change", actions.correct, first, value=2, reason="x", by=by)
    actions.correct(first, value=3, reason="Hørte feil", by=by)
    actions.correct(first, missing="unknown", reason="Vet ikke likevel", by=by)
    refused("no_change", actions.correct, first, missing="unknown", reason="x", by=by)
    client.force_login(by)
    url = reverse("assessments:answer_correct", args=[family.pk, sitting.pk, FAMILY, "status", "rm1"])
    assert "Står nå: Vet ikke" in text(client.get(url))
    assert client.post(url, {"question": "rm1", "value": "4"}).status_code == 422
    part = reverse("assessments:sitting_member", args=[family.pk, sitting.pk, FAMILY, "status"])
    assert client.post(url, {"question": "rm1", "value": "4", "reason": "Så i notatet"}).url == part
    page = text(client.get(part))
    assert "4, ganske bra" in page
    assert "Så i notatet" in page
    assert "Først svart: 2, krevende" in page
    with acting_as(by):
        assert Response.objects.get(pk=first.pk).value == 2
        assert all_readings([sitting])[sitting.pk][None, "rm1"].value == 4
        with pytest.raises(IntegrityError, match="correction_has_a_reason"), transaction.atomic():
            Correction.objects.create(family=family, response=first, value=1, corrected_by=by)
        with pytest.raises(IntegrityError, match="correction_value_or_missing"), transaction.atomic():
            Correction.objects.create(family=family, response=first, reason="x", corrected_by=by)


def test_only_answers_of_completed_sittings_are_corrected(team, family, sitting):
    first = actions.answer(sitting, question="rm1", value=2, by=team.coordinator)
    with (
        acting_as(team.coordinator),
        pytest.raises(IntegrityError, match="correction_of_completed"),
        transaction.atomic(),
    ):
        Correction.objects.create(family=family, response=first, value=1, reason="x", corrected_by=team.coordinator)


def test_the_rest_of_a_part_is_left_out_with_why(client, team, family, people, sitting):
    client.force_login(team.coordinator)
    actions.answer(sitting, question="rm1", value=2, by=team.coordinator)
    for who, part, why in ((FAMILY, "status", "not_asked"), (people["Mor"].pk, "self", "unwilling")):
        url = reverse("assessments:sitting_skip", args=[family.pk, sitting.pk, who, part])
        client.post(url, {"missing": "gone"})
        assert client.post(url, {"missing": why}).status_code == 302
    with acting_as(team.coordinator):
        sheet = sheet_of(sitting)
    assert sheet.item(None, "rm1").reading.value == 2
    assert (sheet.cell(FAMILY, "status").state, sheet.cell(FAMILY, "status").why) == ("done", "")
    assert sheet.cell(str(people["Mor"].pk), "self").state == "skipped"
    assert "hoppet over: vil ikke svare" in text(
        client.get(reverse("assessments:sitting_detail", args=[family.pk, sitting.pk]))
    )
    again = {"who": FAMILY, "part": "status", "missing": "unknown", "by": team.coordinator}
    refused("nothing_waits", actions.skip, sitting, **again)
    actions.answer(sitting, question="ladder", member=people["Mor"], value=5, by=team.coordinator)  # after all
    actions.complete(sitting, rest_not_asked=True, by=team.coordinator)
    refused("completed", actions.skip, sitting, **again)


def test_early_in_time_and_late_are_told_from_the_anchor(team, family):
    done = held(family, team.coordinator)
    with acting_as(team.coordinator):
        milestones = Family.objects.with_path().get(pk=family.pk).live_milestones
    year = next(m for m in milestones if m.step == "yearly" and m.number == 1)
    done.kind, done.number = "yearly", 1
    words = []
    for day in (year.due_from - timedelta(days=1), year.due_on, year.due_until + timedelta(days=1)):
        done.held_on = day
        words.append(timing(done, milestones))
    assert [word.split(",")[0] for word in words] == ["før vinduet", "i vinduet", "etter vinduet"]
    done.number = 99
    assert timing(done, milestones) == ""
    assert timezone.localdate() < year.due_on
