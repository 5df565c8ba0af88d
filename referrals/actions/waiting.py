"""While a family waits: contact is noted, and the next one is offered a place that is held until they have answered."""

from datetime import date, timedelta

from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from families.places import Places, places
from nyemonstre.access.actions import action
from nyemonstre.access.check import check
from nyemonstre.access.roles import Permission
from nyemonstre.accounts.models import Municipality, User
from nyemonstre.audit.log import record
from nyemonstre.refusals import Refused
from nyemonstre.versioned import lock
from referrals.enums import ContactHow, OfferAnswer, ReferralEvent
from referrals.models import PlaceOffer, Referral, WaitingContact
from referrals.stages import ReferralState

P = Permission
# Days a family may get to answer in. A longer one keeps a place from somebody else.
MOST_DAYS = 42


def _waiting(referral: Referral, by: User) -> Referral:
    """The henvendelse, locked, after its list: the order of everybody who changes the list."""
    check(by, P.DECIDE_REFERRAL, referral)
    Municipality.objects.select_for_update(of=("self",)).get(pk=referral.municipality_id)
    current: Referral = lock(referral, None)
    if current.state != ReferralState.WAITING:
        raise Refused(_("Familien står ikke på ventelisten."), rule="not_waiting")
    return current


@action
def note_contact(referral: Referral, *, how: str, by: User, on: date | None = None, note: str = "") -> WaitingContact:
    """Somebody was in contact with a family that waits. Raises Refused for a day to come or before it waited."""
    current = _waiting(referral, by)
    on = on or timezone.localdate()
    if not current.waiting_since <= on <= timezone.localdate():
        raise Refused(
            _("Velg en dag fra %(day)s, da familien kom på listen, til i dag.")
            % {"day": current.waiting_since.strftime("%d.%m.%Y")},
            rule="not_then",
            field="on",
        )
    contact = WaitingContact(referral=current, on=on, how=ContactHow(how), note=note.strip(), written_by=by)
    contact.save(force_insert=True)
    record(ReferralEvent.WAITING_CONTACTED, by=by, target=contact, municipality=current.municipality)
    return contact


@action
def offer_place(referral: Referral, *, coordinator: User, answer_by: date, by: User) -> PlaceOffer:
    """Offer the next family a place, and hold it until the end of `answer_by`: today at the earliest, and 42 days.

    Raises Refused when others are before it on the list without an offer, when it has one, when the coordinator has no
    free place, and for another day.
    """
    current = _waiting(referral, by)
    if PlaceOffer.objects.filter(referral=current).holding().exists():
        raise Refused(_("Familien har alt et tilbud."), rule="has_offer")
    _close_passed(current)
    _check_next(current)
    today = timezone.localdate()
    if not today <= answer_by <= today + timedelta(days=MOST_DAYS):
        raise Refused(
            _("Velg en dag fra i dag til %(day)s.") % {"day": (today + timedelta(days=MOST_DAYS)).strftime("%d.%m.%Y")},
            rule="answer_by",
            field="answer_by",
        )
    # As when a place is given: two at once wait for each other at the coordinator.
    User.objects.select_for_update(of=("self",)).get(pk=coordinator.pk)
    row = next((row for row in places(current.municipality) if row.user.pk == coordinator.pk), None)
    if row is None or row.full:
        raise Refused(
            _("%(name)s har ingen ledig plass.") % {"name": coordinator.name}, rule="no_place", field="coordinator"
        )
    offer = PlaceOffer(referral=current, coordinator=coordinator, answer_by=answer_by, offered_by=by)
    offer.save(force_insert=True)
    facts = {"coordinator": str(coordinator.pk), "until": answer_by.isoformat()}
    record(ReferralEvent.PLACE_OFFERED, by=by, target=offer, municipality=current.municipality, facts=facts)
    return offer


def _close_passed(referral: Referral) -> None:
    """An offer whose day has passed, before the clock came to it."""
    for offer in PlaceOffer.objects.filter(referral=referral).open():
        _close(offer, OfferAnswer.EXPIRED, None, "")


def _check_next(referral: Referral) -> None:
    before = Referral.objects.waiting().filter(
        municipality=referral.municipality_id, waiting_position__lt=referral.waiting_position
    )
    # Those who have just said no, or did not answer, keep their place on the list and do not stop the others.
    lately = timezone.now() - timedelta(days=MOST_DAYS)
    had_theirs = Q(answer__in=(OfferAnswer.NO, OfferAnswer.EXPIRED), answered_at__gte=lately)
    offers = PlaceOffer.objects.filter(referral__municipality=referral.municipality_id)
    asked = [*offers.holding().values_list("referral_id", flat=True)]
    asked += offers.filter(had_theirs).values_list("referral_id", flat=True)
    first = before.exclude(pk__in=asked).first()
    if first:
        raise Refused(
            _("%(name)s er før på listen. Tilby plassen dit, eller flytt familien på listen og skriv hvorfor.")
            % {"name": first.family_name},
            rule="not_next",
        )


@action
def answer_offer(offer: PlaceOffer, *, answer: str, by: User, note: str = "") -> PlaceOffer:
    """The family's yes or no; or the team takes the offer back, which needs a reason.

    After a yes the place is held until the team has decided. Raises Refused when it is answered, or has run out.
    """
    current = _waiting(offer.referral, by)
    row = PlaceOffer.objects.select_for_update(of=("self",)).get(pk=offer.pk)
    if row.answer or row.answer_by < timezone.localdate():
        raise Refused(_("Tilbudet gjelder ikke lenger. Gi et nytt om plassen er ledig."), rule="offer_over")
    if answer not in (OfferAnswer.YES, OfferAnswer.NO, OfferAnswer.WITHDRAWN):
        raise Refused(_("Velg hva familien svarte."), rule="answer", field="answer")
    if answer == OfferAnswer.WITHDRAWN and not note.strip():
        raise Refused(_("Skriv hvorfor tilbudet tas tilbake."), rule="note", field="note")
    _close(row, answer, by, note)
    record(ReferralEvent.OFFER_ANSWERED, by=by, target=row, municipality=current.municipality, facts={"answer": answer})
    return row


@action
def expire_offer(offer: PlaceOffer, *, by: None) -> PlaceOffer:
    """The last day has passed without an answer: the place is free again. By the clock."""
    _close(offer, OfferAnswer.EXPIRED, by, "")
    record(ReferralEvent.OFFER_EXPIRED, by=by, target=offer, municipality=offer.referral.municipality)
    return offer


def close_open_offers(referral: Referral, by: User) -> None:
    """What was offered and not answered falls away when the team decides something else. Inside another action."""
    for offer in PlaceOffer.objects.filter(referral=referral).open():
        _close(offer, OfferAnswer.WITHDRAWN, by, "")


def _close(offer: PlaceOffer, answer: str, by: User | None, note: str) -> None:
    offer.answer, offer.answer_note = OfferAnswer(answer), note.strip()[:300]
    offer.answered_by, offer.answered_at = by, timezone.now()
    offer.save(update_fields=["answer", "answer_note", "answered_by", "answered_at"])


def places_for(referral: Referral) -> list[Places]:
    """The coordinators' places as this family meets them: one that is held for it is free to it."""
    held = PlaceOffer.objects.filter(referral=referral.pk).holding().values_list("coordinator_id", flat=True)
    mine = set(held) if referral.state == ReferralState.WAITING else set()
    return [
        Places(row.user, row.taken - 1, row.limit) if row.user.pk in mine else row
        for row in places(referral.municipality)
    ]
