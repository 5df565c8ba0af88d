"""Not for us: helped on to another service with the family's yes, and the letter that says so."""

from copy import deepcopy
from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, ProgrammingError, connection, transaction
from django.urls import reverse
from django.utils import timezone

from nyemonstre.access.wall import acting_as
from nyemonstre.audit.models import Event
from referrals import actions
from referrals.forward_letter import Onward, wording
from referrals.models import Forward, Referral
from tests.factories import Team
from tests.plans.test_pdf import text_of

from .making import decided, sent
from .test_decisions import rule_of

pytestmark = pytest.mark.django_db
TOLD = "Familien trenger hjelp til å søke bostøtte.\nDe vil ha tolk."


@pytest.fixture(scope="module")
def walked(shared_rows):
    with shared_rows():
        team = Team()
        return team, sent(team, "Rahimi")


@pytest.fixture
def team(db, walked):
    return deepcopy(walked[0])


@pytest.fixture
def referral(team, walked):
    with acting_as(team.intake), transaction.atomic():
        rows = Referral.objects.select_related("municipality").prefetch_related("people")
        return rows.get(pk=walked[1].pk)


def onward(**changes):
    facts = {
        "service": "NAV Midtre By", "sector": "nav", "told": TOLD, "yes_by": "Mor Rahimi", "language": "nb",
        "yes_on": timezone.localdate(), "yes_how": "phone", "to": ["Mor Rahimi"],
    }  # fmt: skip
    return Onward(**facts | changes)


@pytest.mark.parametrize(
    ("changes", "rule"),
    [
        ({"service": "  "}, "to_whom"),
        ({"told": ""}, "to_whom"),
        ({"yes_by": "Læreren"}, "no_yes"),
        ({"yes_by": "Jente Rahimi"}, "no_yes"),
        ({"to": []}, "to"),
        ({"to": ["Gutt Rahimi"]}, "to"),
        ({"yes_on": timezone.localdate() + timedelta(days=1)}, "yes_when"),
        ({"yes_on": timezone.localdate() - timedelta(days=4000)}, "yes_when"),
    ],
)
def test_what_is_refused(team, referral, changes, rule):
    assert rule_of(lambda: actions.forward(referral, onward=onward(**changes), by=team.intake)) == rule


def test_from_the_form_to_the_paper_and_the_log(client, team, referral):
    client.force_login(team.intake)
    page = reverse("referrals:forward_new", args=[referral.pk])
    case = reverse("referrals:referral_detail", args=[referral.pk])
    assert page in client.get(case).content.decode()
    text = client.post(page, {"service": "NAV"}).content.decode()
    assert 'value="NAV"' in text
    assert "Velg et svar" in text
    text = client.get(page).content.decode()
    key = text.split('name="key" value="')[1].split('"')[0]
    sent_form = vars(onward(language="nn")) | {"yes_on": f"{timezone.localdate():%d.%m.%Y}", "key": key}
    for _twice in range(2):
        assert client.post(page, sent_form).url == case
    text = client.get(case).content.decode()
    assert "Sendt videre til en annen tjeneste" in text
    assert "Ja fra Mor Rahimi" in text
    with acting_as(team.intake), transaction.atomic():
        (row,) = Forward.objects.filter(referral=referral)
        assert Event.objects.filter(what="referral_forwarded", target_id=str(row.pk)).count() in (0, 1)
    answer = client.get(reverse("referrals:forward_pdf", args=[referral.pk, row.pk]))
    assert answer["Content-Type"] == "application/pdf"
    assert "Rahimi" not in answer["Content-Disposition"]
    letter = text_of(answer.content)
    for words in ("NAV Midtre By", "bostøtte", "De vil ha tolk", "Mor Rahimi", team.intake.name, referral.reference):
        assert words in letter
    with acting_as(team.auditor), transaction.atomic():
        names = Event.objects.filter(what__startswith="referral_forward").values_list("what", flat=True)
        assert sorted(names) == ["referral_forward_letter", "referral_forwarded"]


def test_each_language_has_its_own_words_and_a_protected_family_no_place(team, referral):
    titles = {code: wording(referral, onward(language=code), signed="Mona").title for code in ("nb", "nn", "en")}
    assert len(set(titles.values())) == 3
    referral.protection = "strictly_confidential"
    words = str(wording(referral, onward(told=f"Bor i {referral.municipality.name}"), signed="Mona").as_values())
    assert referral.municipality.name not in words
    assert "Mona" not in words


def test_who_may_and_until_when(team, referral):
    for who in (team.coordinator, team.researcher, Team().intake):
        with pytest.raises(PermissionDenied):
            actions.forward(referral, onward=onward(), by=who)
    decided(sent(team, "Berg"), team, outcome="declined")
    with acting_as(team.intake), transaction.atomic():
        no = Referral.objects.select_related("municipality").prefetch_related("people").get(family_name="Berg")
    actions.forward(no, onward=onward(yes_by="Mor Berg", to=["Mor Berg"]), by=team.intake)
    decided(referral, team, coordinator=team.coordinator)
    assert rule_of(lambda: actions.forward(referral, onward=onward(), by=team.intake)) == "has_a_place"


def test_what_the_database_holds(team, referral):
    row = actions.forward(referral, onward=onward(), by=team.intake)
    facts = {f.attname: getattr(row, f.attname) for f in Forward._meta.fields if f.attname != "id"}
    for change, name in (
        ({"service": ""}, "forward_says_what_and_to_whom"),
        ({"yes_how": "x"}, "forward_yes_how"),
        ({"yes_on": timezone.localdate() + timedelta(days=3)}, "forward_after_the_yes"),
    ):
        with acting_as(team.intake), pytest.raises(IntegrityError, match=name), transaction.atomic():
            Forward(**facts | change).save(force_insert=True)
    with acting_as(team.intake), pytest.raises(ProgrammingError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("update referrals_forward set told = 'x'")
