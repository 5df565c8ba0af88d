"""While a family waits: contact, a place offered and held, the answer, and the clock."""

from copy import deepcopy
from datetime import timedelta

import pytest
from django.db import IntegrityError, ProgrammingError, connection, transaction
from django.urls import reverse
from django.utils import timezone

from families.places import places_of
from nyemonstre.access.wall import acting_as
from nyemonstre.refusals import Refused
from referrals import actions
from referrals.models import PlaceOffer, Referral, WaitingContact
from tests.factories import Team

from .making import decided, reread, sent

pytestmark = pytest.mark.django_db


def rule(call, *args, **facts):
    with pytest.raises(Refused) as refused:
        call(*args, **facts)
    return refused.value.rule


def day(number):
    return timezone.localdate() + timedelta(days=number)


class Waiting:
    """Three families wait; the one coordinator who is asked about has one place, and it is free."""

    def __init__(self, team):
        self.team, self.by, self.town = team, team.intake, team.municipality
        self.town.places_per_coordinator = 1
        self.town.save(update_fields=["places_per_coordinator"])
        self.first, self.second, self.third = (self._waits(name) for name in ("Aas", "Berg", "Dal"))

    def _waits(self, name):
        referral = sent(self.team, name)
        decided(referral, self.team, "waiting")
        return self.fresh(referral)

    def fresh(self, referral):
        return reread(referral, self.team)

    def offer(self, referral, **facts):
        facts = {"coordinator": self.team.coordinator, "answer_by": day(14), "by": self.by, **facts}
        made = actions.offer_place(referral, **facts)
        return self.offer_of(made)

    def offer_of(self, offer):
        with acting_as(self.by), transaction.atomic():
            return PlaceOffer.objects.select_related("referral__municipality").get(pk=offer.pk)

    def free(self):
        with acting_as(self.by), transaction.atomic():
            return places_of(self.team.coordinator, self.town).free

    def passed(self, referral):
        """An offer that had its last day yesterday; the wall lets it be made, and nobody move its date."""
        with acting_as(self.by), transaction.atomic():
            offer = PlaceOffer(referral=referral, coordinator=self.team.coordinator, answer_by=day(-1))
            offer.offered_by = self.by
            offer.save(force_insert=True)
        return self.offer_of(offer)


@pytest.fixture(scope="module")
def made(shared_rows):
    with shared_rows():
        return Waiting(Team())


@pytest.fixture
def list_(db, made):
    return deepcopy(made)


def test_contact_is_noted_and_eight_quiet_weeks_are_marked(client, list_):
    with acting_as(list_.by), transaction.atomic():
        Referral.objects.update(waiting_since=day(-60))
    client.force_login(list_.by)
    page, case = reverse("referrals:waiting_list"), reverse("referrals:waiting_case", args=[list_.first.pk])
    assert client.get(page).content.decode().count("Ingen kontakt på 8 uker") == 3
    assert "Ingen kontakt på 8 uker" in client.get(case).content.decode()
    wrong = {"do": "contact", "how": "phone", "on": day(-61).strftime("%d.%m.%Y"), "note": "Venter fortsatt"}
    refused = client.post(case, wrong)
    assert refused.status_code == 422
    assert "Venter fortsatt" in refused.content.decode()
    assert client.post(case, wrong | {"on": day(-3).strftime("%d.%m.%Y")}).status_code == 302
    assert client.post(case, {"do": "nonsense"}).status_code == 404
    assert client.get(page).content.decode().count("Ingen kontakt på 8 uker") == 2
    for address in (case, reverse("referrals:referral_detail", args=[list_.first.pk])):
        assert "Venter fortsatt" in client.get(address).content.decode()
    contact = WaitingContact(referral=list_.first, how="pigeon", written_by=list_.by)
    with acting_as(list_.by), pytest.raises(IntegrityError, match="waiting_contact_how"), transaction.atomic():
        contact.save(force_insert=True)


def test_a_place_is_offered_to_the_next_and_held(list_):
    assert rule(list_.offer, list_.second) == "not_next"
    assert rule(list_.offer, list_.first, answer_by=day(43)) == "answer_by"
    assert rule(list_.offer, list_.first, answer_by=day(-1)) == "answer_by"
    offer = list_.offer(list_.first)
    assert list_.free() == 0
    assert rule(list_.offer, list_.fresh(list_.first)) == "has_offer"
    assert rule(list_.offer, list_.fresh(list_.second)) == "no_place"
    assert rule(decided, list_.fresh(list_.second), list_.team, coordinator=list_.team.coordinator) == "no_place"
    with acting_as(list_.by), transaction.atomic():
        mine = {row.user: row.free for row in actions.places_for(list_.fresh(list_.first))}
    assert mine[list_.team.coordinator] == 1
    assert rule(actions.answer_offer, offer, answer="expired", by=list_.by) == "answer"
    assert rule(actions.answer_offer, offer, answer="withdrawn", by=list_.by) == "note"
    # Yes: held until the team has decided, and then it is this family's.
    assert actions.answer_offer(offer, answer="yes", by=list_.by).answer == "yes"
    assert list_.free() == 0
    assert rule(actions.answer_offer, offer, answer="no", by=list_.by) == "offer_over"
    decided(list_.fresh(list_.first), list_.team, coordinator=list_.team.coordinator)
    assert list_.free() == 0
    assert [list_.fresh(r).waiting_position for r in (list_.second, list_.third)] == [1, 2]


@pytest.mark.parametrize("answer", ["no", "withdrawn", "decided"])
def test_without_a_yes_the_place_is_free_again(list_, answer):
    offer = list_.offer(list_.first)
    if answer == "decided":
        decided(list_.fresh(list_.first), list_.team, "declined")
    else:
        actions.answer_offer(offer, answer=answer, note="Flyttet", by=list_.by)
    assert list_.free() == 1
    after = list_.offer_of(offer)
    assert after.answer == ("withdrawn" if answer == "decided" else answer)
    assert after.answered_by == list_.by
    if answer == "no":
        assert list_.fresh(list_.first).waiting_position == 1  # keeps its number, and does not stop the next
        list_.offer(list_.fresh(list_.second))


def test_on_the_page(client, list_):
    client.force_login(list_.by)
    case = reverse("referrals:waiting_case", args=[list_.first.pk])
    offer = {"do": "offer", "coordinator": str(list_.team.coordinator.pk), "answer_by": day(7).strftime("%d.%m.%Y")}
    assert client.post(case, offer | {"answer_by": ""}).status_code == 422
    assert client.post(case, offer).status_code == 302
    assert "Lagre svaret" in client.get(case).content.decode()
    assert f"Tilbud til {day(7):%d.%m.%Y}" in client.get(reverse("referrals:waiting_list")).content.decode()
    assert client.post(case, {"do": "answer", "answer": "withdrawn"}).status_code == 422
    assert client.post(case, {"do": "answer", "answer": "yes"}).status_code == 302
    assert "Plassen holdes til inntaksteamet" in client.get(case).content.decode()
    assert "Ja takk" in client.get(reverse("referrals:referral_detail", args=[list_.first.pk])).content.decode()
    assert client.post(case, {"do": "answer", "answer": "no"}).status_code == 422
    decided(list_.fresh(list_.first), list_.team, "declined")
    assert client.get(case).status_code == 404


def test_others_see_nothing_and_nobody_changes_what_was_written(list_):
    list_.offer(list_.first)
    actions.note_contact(list_.first, how="phone", by=list_.by)
    roles = ("coordinator", "researcher", "administrator", "auditor")
    for person in [*(getattr(list_.team, role) for role in roles), Team().intake]:
        with acting_as(person), transaction.atomic():
            assert not WaitingContact.objects.exists()
            assert not PlaceOffer.objects.exists()
    for change in (
        "update referrals_waitingcontact set note = 'x'", "delete from referrals_waitingcontact",
        "update referrals_placeoffer set answer_by = answer_by + 1", "delete from referrals_placeoffer",
    ):  # fmt: skip
        with acting_as(list_.by), pytest.raises(ProgrammingError), transaction.atomic():
            connection.cursor().execute(change)
    again = PlaceOffer(referral=list_.first, coordinator=list_.team.coordinator, answer_by=day(1), offered_by=list_.by)
    with acting_as(list_.by), pytest.raises(IntegrityError, match="offer_one_open"), transaction.atomic():
        again.save(force_insert=True)
    with acting_as(list_.by), pytest.raises(IntegrityError, match="offer_answer_has_its_time"), transaction.atomic():
        PlaceOffer.objects.update(answer="yes")
