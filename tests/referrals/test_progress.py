"""How far it has come: by the link and the number of the receipt, three words and nothing else."""

import pytest
from bs4 import BeautifulSoup
from django.core.cache import cache
from django.urls import reverse

from referrals import actions
from referrals.enums import Outcome
from referrals.progress import progress, secret_of

from .making import decided, reread, sent
from .test_views_sending import NEW, errors, filled, stored


@pytest.fixture(autouse=True)
def _fresh_cache():
    cache.clear()


def ask(client, address, number):
    return client.post(address, {"number": number})


def test_the_receipt_leads_to_it(client, team):
    receipt = client.post(NEW, filled(team), follow=True)
    (referral,) = stored(team)
    link = BeautifulSoup(receipt.content, "html.parser").select_one("a[href*='/status/']")["href"]
    assert referral.reference not in link
    assert str(referral.pk) not in link
    answer = ask(client, link, f" {referral.reference.lower()} ")
    text = answer.content.decode()
    assert (answer.status_code, "Mottatt" in text) == (200, True)
    for hidden in ("Rahimi", "Amal", "Leo", "Øvre skole", "40 %", team.municipality.name):
        assert hidden not in text


@pytest.mark.parametrize(
    ("outcome", "said"),
    [
        (None, "in_intake"), (Outcome.MORE_INFORMATION, "in_intake"), (Outcome.WAITING, "answered"),
        (Outcome.DECLINED, "answered"), (Outcome.GRANTED, "answered"),
    ],
)  # fmt: skip
def test_every_answer_is_told_alike(team, outcome, said):
    referral = sent(team)
    secret = secret_of(referral.pk)
    assert progress(secret, referral.reference) == "received"
    actions.take_in(referral, by=team.intake)
    if outcome:
        decided(reread(referral, team), team, outcome)
    assert progress(secret, referral.reference) == said


def test_a_strictly_protected_family_is_answered_like_any_other(team):
    referral = sent(team, protection="strictly_confidential")
    decided(referral, team, Outcome.GRANTED, coordinator=team.coordinator)
    assert progress(secret_of(referral.pk), referral.reference) == "answered"


def test_an_unknown_number_and_a_made_up_link_get_the_same_answer(client, team):
    referral, other = sent(team), sent(team)
    own = reverse("referrals:referral_progress", args=[secret_of(referral.pk)])
    made_up = reverse("referrals:referral_progress", args=["made-up"])
    pages = {
        (response.status_code, *errors(response))
        for response in (
            ask(client, own, "H-2026-00000"), ask(client, own, other.reference),
            ask(client, made_up, referral.reference),
        )
    }  # fmt: skip
    assert pages == {(422, "Vi finner ingen henvendelse med dette nummeret og denne lenken.")}
    assert client.get(made_up).status_code == client.get(own).status_code == 200


def test_nobody_guesses_for_long(client, team):
    address = reverse("referrals:referral_progress", args=["made-up"])
    answers = [ask(client, address, f"H-2026-{number}").status_code for number in range(10_000, 10_021)]
    assert answers == [422] * 20 + [429]
