"""The letter about a decision: what it says when, what a protected family's never says, and who may have it."""

import io
from uuid import uuid4

import pikepdf
import pytest
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, ProgrammingError, connection, transaction
from django.test import Client
from django.urls import reverse
from pypdf import PdfReader

from families.actions_protection import change_protection
from families.enums import Protection
from nyemonstre.access.wall import acting_as
from nyemonstre.accounts.actions import set_letter_rules
from nyemonstre.audit.models import Event
from nyemonstre.content.actions import add_starting_facts
from nyemonstre.refusals import AlreadyDone, Refused
from referrals import actions, decision_letter
from referrals.decision_letter import Chosen
from referrals.enums import Outcome
from referrals.models import DecisionLetter
from tests.factories import Team

from .making import decided, letter_about, sent, whole

pytestmark = pytest.mark.django_db


def text_of(letter):
    words = letter.words
    return "\n".join([words["title"], *(p for part in words["parts"] for p in (part["heading"], *part["paragraphs"]))])


def rule(call, *args, **facts):
    with pytest.raises(Refused) as refused:
        call(*args, **facts)
    return refused.value.rule


SAYS = {
    Outcome.GRANTED: ("nb", "Dere har fått plass", "informasjonssamtale", "Begrunnelse"),
    Outcome.WAITING: ("nn", "venteliste", "I målgruppen"),
    Outcome.DECLINED: ("en", "not been given a place", "Ring NAV", "I målgruppen"),
    Outcome.MORE_INFORMATION: ("nb", "Vi trenger å vite mer", "Dette trenger vi å vite"),
}


def test_each_outcome_says_its_own(team):
    said = {}
    for outcome, (language, *pieces) in SAYS.items():
        decision = decided(sent(team, outcome), team, outcome)
        turn_to = "Ring NAV" if outcome == Outcome.DECLINED else ""
        letter = letter_about(decision, by=team.intake, language=language, own_words="Til dere\nalle", turn_to=turn_to)
        text = said[outcome] = text_of(letter)
        assert all(piece in text for piece in (*pieces, "Til dere", "I målgruppen")), text
        assert "enkeltvedtak" not in text
        assert (letter.made_by, letter.protected, letter.words["to"]) == (team.intake, False, [f"Mor {outcome}"])
    assert len({text.split("\n")[0] for text in said.values()}) == len(SAYS)


def test_an_enkeltvedtak_names_the_law_of_that_day_and_the_deadline(team):
    set_letter_rules(team.municipality, makes_vedtak=True, appeal_weeks=4, by=team.administrator)
    assert rule(set_letter_rules, team.municipality, makes_vedtak=True, appeal_weeks=2, by=team.administrator)
    decision = decided(sent(team), team, Outcome.WAITING)
    assert rule(letter_about, decision, by=team.intake) == "no_law"
    add_starting_facts(team.municipality, by=team.lead)
    with acting_as(team.intake):
        assert decision_letter.unchecked_laws(decision) == [
            "lov om sosiale tjenester i NAV § 17",
            "Forvaltningsloven § 29",
        ]
    inside = Client()
    inside.force_login(team.intake)
    page = inside.get(reverse("referrals:letter_new", args=[decision.referral_id, decision.pk])).content.decode()
    assert "Lovteksten er ikke kontrollert ennå" in page
    text = text_of(letter_about(decision, by=team.intake))
    assert "kontrollert" not in text, "told to whoever makes the letter, not to the family"
    for piece in ("enkeltvedtak etter lov om sosiale tjenester i NAV § 17", "er 4 uker fra", "Forvaltningsloven § 29"):
        assert piece in text
    asks = decided(sent(team, "Spør"), team, Outcome.MORE_INFORMATION)
    assert "enkeltvedtak" not in text_of(letter_about(asks, by=team.intake))
    with connection.cursor() as cursor, pytest.raises(IntegrityError, match="municipality_weeks_to_appeal"):
        cursor.execute("update accounts_municipality set intake_appeal_weeks = 2")


def test_what_is_refused(team):
    decision, key = decided(sent(team), team, Outcome.DECLINED), uuid4()
    assert rule(letter_about, decision, by=team.intake, turn_to=" ") == "turn_to"
    assert rule(letter_about, decision, by=team.intake, turn_to="NAV", to=[]) == "to"
    assert rule(letter_about, decision, by=team.intake, turn_to="NAV", to=["Jente Prøve"]) == "to"
    letter_about(decision, by=team.intake, turn_to="NAV", key=key)
    with pytest.raises(AlreadyDone):
        letter_about(decision, by=team.intake, turn_to="NAV", key=key)
    chosen = Chosen(language="nb", to=["Mor Prøve"], turn_to="NAV")
    with pytest.raises(PermissionDenied):
        actions.make_letter(whole(decision, team.intake), chosen=chosen, by=team.coordinator)


def test_it_begins_in_the_language_of_the_family(team):
    for spoken, expected in (("Engelsk", "en"), ("nynorsk", "nn"), ("arabisk", "nb")):
        referral = sent(team, spoken)
        with acting_as(team.intake), transaction.atomic():
            adults = decision_letter.adults_of(referral)
            for person in adults:
                person.language = spoken
            assert decision_letter.live_apart(adults)
            referral.people.all()  # what the prefetch would hold
            referral._prefetched_objects_cache = {"people": adults}
            assert decision_letter.first_language(referral) == expected
            assert decision_letter.unspoken(referral) == (["arabisk"] if spoken == "arabisk" else [])


def test_a_strictly_protected_family_is_told_nothing_of_where(team):
    referral = sent(team, "Skjult")
    facts = {"coordinator": team.coordinator, "protection": Protection.CONFIDENTIAL}
    decision = decided(referral, team, reason="Meldt av Øvre skole", **facts)
    with acting_as(team.intake), transaction.atomic():
        assert not decision_letter.IntakeDecision.objects.filter(pk=decision.pk).exists()
    town = team.municipality
    letter = letter_about(decision, by=team.coordinator, own_words=f"Vi ses i {town.name}")
    said = str(letter.words)
    assert letter.protected
    for word in (town.name, "Øvre skole", team.coordinator.name, team.intake.name):
        assert word not in said
    assert "[sted utelatt]" in said
    assert actions.take_out_letter(letter, by=team.coordinator)


def test_a_letter_from_before_the_protection_is_not_handed_out(team):
    decision = decided(sent(team), team, coordinator=team.coordinator)
    letter = letter_about(decision, by=team.intake)
    assert actions.take_out_letter(letter, by=team.coordinator)
    with acting_as(team.coordinator), transaction.atomic():
        family = whole(decision, team.coordinator).family
    change_protection(family, protection=Protection.STRICTLY_CONFIDENTIAL, reason="Meldt", by=team.coordinator)
    assert rule(actions.take_out_letter, letter, by=team.coordinator) == "protected_since"
    with pytest.raises(PermissionDenied):
        actions.take_out_letter(letter, by=team.intake)


def test_who_reads_a_letter_and_that_it_stays(team):
    letter = letter_about(decided(sent(team), team, Outcome.WAITING), by=team.intake)
    readers = {"intake": 1, "lead": 1, "coordinator": 0, "researcher": 0, "administrator": 0, "auditor": 0}
    outsider = Team().intake
    for person, count in [*((getattr(team, role), count) for role, count in readers.items()), (outsider, 0)]:
        with acting_as(person), transaction.atomic():
            assert DecisionLetter.objects.count() == count
            assert DecisionLetter.objects.permitted(person, "view_referral").count() == count
    with acting_as(outsider), pytest.raises(ProgrammingError), transaction.atomic():
        DecisionLetter(
            decision_id=letter.decision_id, language="nb", words={"a": 1}, protected=False, made_by=outsider
        ).save(force_insert=True)
    for change in ("update referrals_decisionletter set language = 'en'", "delete from referrals_decisionletter"):
        with acting_as(team.intake), pytest.raises(ProgrammingError), transaction.atomic():
            connection.cursor().execute(change)
    empty = DecisionLetter(
        decision_id=letter.decision_id, language="nb", words={}, protected=False, made_by=team.intake
    )
    with acting_as(team.intake), pytest.raises(IntegrityError, match="letter_has_words"), transaction.atomic():
        empty.save(force_insert=True)


def test_looked_at_made_and_taken_out(client, team):
    referral = sent(team)
    decision = decided(referral, team, Outcome.DECLINED)
    client.force_login(team.intake)
    case = reverse("referrals:referral_detail", args=[referral.pk])
    new = reverse("referrals:letter_new", args=[referral.pk, decision.pk])
    assert new in client.get(case).content.decode()
    page = client.get(new).content.decode()
    assert "Dere har ikke fått plass" in page
    assert "De voksne bor hver for seg" in page
    assert "trenger tolk (arabisk)" in page
    chosen = {"key": str(uuid4()), "language": "nb", "to": ["Mor Prøve"], "own_words": "Lykke til", "turn_to": "NAV"}
    assert client.post(new, chosen | {"turn_to": "", "make": "1"}).status_code == 422
    looked = client.post(new, chosen | {"look": "1"})
    assert looked.status_code == 200
    assert "Lykke til</p>" in looked.content.decode()
    assert DecisionLetter.objects.count() == 0
    assert client.post(new, chosen | {"make": "1"}).url == case
    assert client.post(new, chosen | {"make": "1"}).url == case  # sent twice
    with acting_as(team.intake), transaction.atomic():
        letter = DecisionLetter.objects.get()
    paper = reverse("referrals:letter_pdf", args=[referral.pk, letter.pk])
    assert paper in client.get(case).content.decode()
    answer = client.get(paper)
    text = " ".join(" ".join(page.extract_text() for page in PdfReader(io.BytesIO(answer.content)).pages).split())
    for words in ("Dere har ikke fått plass", "Lykke til", "I målgruppen", "Mor Prøve", team.municipality.name):
        assert words in text
    pdf = pikepdf.open(io.BytesIO(answer.content))
    with pdf.open_metadata() as metadata:
        assert (metadata.pdfa_status, metadata["pdfuaid:part"]) == ("2A", "1")
    assert str(pdf.Root.Lang) == "nb"
    events = Event.objects.filter(what__startswith="referral_letter").values_list("what", flat=True)
    with acting_as(team.auditor), transaction.atomic():
        assert sorted(events) == ["referral_letter_made", "referral_letter_taken_out"]
    client.force_login(Team().intake)
    assert {client.get(new).status_code, client.get(paper).status_code} == {404}


def test_the_coordinator_makes_it_on_the_familys_page(client, team):
    decision = decided(sent(team), team, coordinator=team.coordinator, protection=Protection.CONFIDENTIAL)
    client.force_login(team.coordinator)
    page = reverse("referrals:family_referral", args=[decision.family_id])
    new = reverse("referrals:family_letter_new", args=[decision.family_id, decision.pk])
    assert new in client.get(page).content.decode()
    assert "Dere har fått plass" in client.get(new).content.decode()
    chosen = {"key": str(uuid4()), "language": "nn", "to": ["Far Prøve"], "own_words": "", "make": "1"}
    assert client.post(new, chosen).url == page
    with acting_as(team.coordinator), transaction.atomic():
        letter = DecisionLetter.objects.get()
    paper = client.get(reverse("referrals:family_letter_pdf", args=[decision.family_id, letter.pk]))
    assert paper["Content-Type"] == "application/pdf"
