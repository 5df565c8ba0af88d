"""Innsynslogg for the family: everything that concerns it, in words a tired parent can read, and nothing more."""

import io
from datetime import timedelta

import pikepdf
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone, translation
from pypdf import PdfReader

from families import actions
from families.enums import Protection
from families.models import Member
from families.stages import Step
from history.enums import HistoryEvent
from history.insight import LEFT_OUT, PLAINLY, Subject, insight
from nyemonstre.access.roles import Role
from nyemonstre.access.wall import acting_as
from nyemonstre.accounts.models import Membership
from nyemonstre.audit.log import record
from nyemonstre.audit.models import Event
from nyemonstre.audit.presenters import event_groups
from nyemonstre.refusals import Refused
from tests.factories import Team, a_user, family_at

pytestmark = pytest.mark.django_db


@pytest.fixture
def team():
    return Team()


def url(name, key, **query):
    return reverse(f"history:{name}", args=[key]) + (
        "?" + "&".join(f"{k}={v}" for k, v in query.items()) if query else ""
    )


def text_of(answer):
    return " ".join(answer.content.decode().split())


def text_in(content):
    return " ".join(" ".join(page.extract_text() for page in PdfReader(io.BytesIO(content)).pages).split())


def log_of(family, by):
    today = timezone.localdate()
    subject = Subject(family.pk, family.municipality, family.is_protected)
    with acting_as(by):
        return insight(subject, first=today, last=today)


def test_what_is_left_out_has_a_reason_and_is_an_event():
    known = {value for _app, events in event_groups() for value, _words in events}
    assert set(LEFT_OUT) <= known
    assert all(len(reason) > 20 for reason in LEFT_OUT.values())
    assert not set(LEFT_OUT) & set(PLAINLY)
    assert not [what for what in LEFT_OUT if what.startswith("glass_") or "refused" in what or what == "not_found"]
    assert {"refused", "not_found", "action_refused", "glass_broken"} <= set(PLAINLY)


def test_many_looks_of_one_person_on_one_day_are_one_line_and_every_act_is_told(client, team):
    family, by = family_at(Step.INTAKE, team), team.coordinator
    client.force_login(by)
    for name in (
        "families:family_detail",
        "families:family_members",
        "families:family_members",
        "plans:family_journal",
    ):
        client.get(reverse(name, args=[family.pk]))
    with acting_as(by):
        boy = Member.objects.select_related("family__municipality").get(family=family, first_name="Gutt")
    for name in ("Guttorm", "Gudbrand"):
        actions.change_member(boy, first_name=name, by=by)
    with acting_as(team.lead):
        record("refused", by=team.lead, target=family, facts={"permission": "view_plan"})
        record("pdf_made", by=team.lead, target=family)
    page = text_of(client.get(url("family_insight", family.pk)))
    assert "Så på oversikten med steg og datoer, hvem som er i familien og journalen (5 ganger)" in page
    assert "Endret et medlem (2 ganger)" in page
    assert "Prøvde å åpne noe, men fikk ikke lov" in page
    assert "Laget planen som PDF" not in page
    assert f"Familiekoordinator, {team.municipality.name}" in page
    assert f"Inntaksteam (NAV), {team.municipality.name}" in page
    assert "har 3 personer vært inne i saken" in page
    assert f"{team.auditor.name} ({team.auditor.email})" in page
    assert f"Spør koordinatoren deres, {by.name}" in page
    found = log_of(family, by)
    assert [visit.who for visit in found.days[0][1]].count(by.name) == 1
    assert "Leste innsynsloggen til familien" in [line for _d, vs in found.days for v in vs for line in v.did]


def test_the_role_is_the_one_of_the_day_and_tries_are_told_in_plain_words(client, team):
    family, by = family_at(Step.INTAKE, team), team.second_coordinator
    client.force_login(by)
    assert client.get(reverse("families:family_detail", args=[family.pk])).status_code == 404
    with pytest.raises(Refused):
        actions.pause(family, reason="", by=team.coordinator)
    # The same day the person gets another job; what they did is what they were when they did it.
    Membership.objects.filter(user=by).update(role=Role.LEAD)
    told = {visit.who: visit for _day, visits in log_of(family, team.coordinator).days for visit in visits}
    assert told[by.name].role == "Familiekoordinator"
    assert told[by.name].did == ["Prøvde å åpne saken uten å ha tilgang, og fikk ikke se noe"]
    assert told[team.coordinator.name].role == f"Familiekoordinator, {team.municipality.name}"
    assert "Prøvde å gjøre noe i saken, men en regel stoppet det" in told[team.coordinator.name].did


def test_it_is_the_familys_log_and_nobody_elses(team):
    """The pages of it are asked for by everybody in tests/meta/test_urls.py."""
    family, other = family_at(Step.INTAKE, team), Team()
    assert log_of(family, team.coordinator).days
    assert log_of(family, team.auditor).days
    for person in (
        team.lead,
        team.intake,
        team.second_coordinator,
        team.administrator,
        other.auditor,
        other.coordinator,
    ):
        assert not log_of(family, person).days


def test_the_auditor_makes_it_by_code_and_sees_nothing_of_the_family(client, team):
    family = family_at(Step.CONSENT, team, name="Hemmelig")
    client.force_login(team.auditor)
    found = text_of(client.get(reverse("audit:event_list"), {"familie": family.code}))
    assert url("insight_by_code", family.code) in found
    page = text_of(client.get(url("insight_by_code", family.code.lower())))
    assert "Førte samtykke" in page
    assert "Hemmelig" not in page
    paper = text_in(client.get(url("insight_by_code_pdf", family.code)).content)
    assert f"Familie {family.code}" in paper
    assert "Hemmelig" not in paper
    with acting_as(team.coordinator):
        told = Event.objects.filter(family_id=family.pk, actor_id=team.auditor.pk)
        assert {HistoryEvent.LOG_SHOWN, HistoryEvent.LOG_PRINTED} == set(told.values_list("what", flat=True))
    assert client.get(url("insight_by_code", "XXX-9999")).status_code == 404


def test_a_strictly_protected_family_gets_a_log_without_a_place(client, team):
    family = family_at(Step.INTAKE, team, protection=Protection.STRICTLY_CONFIDENTIAL)
    places = (team.municipality.name, family.code, team.auditor.email)
    client.force_login(team.coordinator)
    shown = text_of(client.get(url("family_insight", family.pk))).partition('class="nm-stack nm-insight"')[2]
    paper = [client.get(url("family_insight_pdf", family.pk)).content]
    client.force_login(team.auditor)
    paper.append(client.get(url("insight_by_code_pdf", family.code)).content)
    for text in (shown, *map(text_in, paper)):
        assert "Registrerte familien" in text
        assert team.auditor.name in text
        assert not [place for place in places if place in text]
    with pikepdf.open(io.BytesIO(paper[0])).open_metadata() as metadata:
        assert team.municipality.name not in str(metadata)


@pytest.mark.parametrize(
    ("language", "heading", "saw"),
    [("nb", "Hvem har sett på saken deres", "Så på"), ("nn", "Kven har sett på saka dykkar", "Såg på"),
     ("en", "Who has looked at your case", "Looked at")],
)  # fmt: skip
def test_the_file_is_an_archive_in_the_language_that_was_chosen(client, team, language, heading, saw):
    family = family_at(Step.INTAKE, team)
    client.force_login(team.coordinator)
    client.get(reverse("families:family_members", args=[family.pk]))
    page = text_of(client.get(url("family_insight", family.pk, sprak=language)))
    assert f'lang="{language}"' in page
    assert saw in page
    assert translation.get_language() == "nb"
    answer = client.get(url("family_insight_pdf", family.pk, sprak=language))
    assert answer["Cache-Control"] == "no-store"
    assert heading in text_in(answer.content)
    pdf = pikepdf.open(io.BytesIO(answer.content))
    with pdf.open_metadata() as metadata:
        assert (metadata.pdfa_status, metadata["pdfuaid:part"]) == ("2A", "1")
    assert str(pdf.Root.Lang) == language


def test_the_language_is_the_municipalitys_until_another_is_chosen(client, team):
    team.municipality.language = "nn"
    team.municipality.save()
    family = family_at(Step.INTAKE, team)
    client.force_login(team.coordinator)
    assert "Kort fortald" in text_of(client.get(url("family_insight", family.pk)))


def test_days_are_asked_for_one_year_at_most(client, team):
    family = family_at(Step.INTAKE, team)
    client.force_login(team.coordinator)
    yesterday = f"{timezone.localdate() - timedelta(1):%d.%m.%Y}"
    calm = text_of(client.get(url("family_insight", family.pk, fra="01.01.2024", til=yesterday[:6] + "2024")))
    assert "Ingen har vært inne i saken" in calm
    for query, sentence in (
        ({"fra": "01.01.2020", "til": "01.06.2024"}, "høyst ett år"),
        ({"fra": "02.01.2024", "til": "01.01.2024"}, "før «Fra»"),
        ({"fra": "tull"}, "dato"),
    ):
        answer = client.get(url("family_insight", family.pk, **query))
        assert answer.status_code == 422
        assert sentence in text_of(answer)
        assert client.get(url("family_insight_pdf", family.pk, **query)).status_code == 404


def test_thirty_people_cost_as_many_queries_as_one(client, team):
    family = family_at(Step.INTAKE, team)
    client.force_login(team.coordinator)
    counts = []
    for more in (0, 2, 27):
        for person in [a_user("lead", team.municipality) for _ in range(more)]:
            with acting_as(person):
                record("viewed", by=person, target=family, facts={"permission": "list_family"})
        with CaptureQueriesContext(connection) as queries:
            assert client.get(url("family_insight", family.pk)).status_code == 200
        counts.append(len(queries))
    assert len(set(counts)) == 1, counts
