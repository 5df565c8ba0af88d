"""Henvendelser that are no families: new ones, some on their way, a waiting list in its order, some answered no."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random
from typing import Any

from django.core.files.base import ContentFile
from django.db import transaction
from django.utils import timezone

from consent.enums import Sector as ServiceSector
from families.places import places
from nyemonstre.access.wall import acting_as, as_job
from referrals import actions
from referrals.enums import Criterion, CriterionValue, Outcome, PersonRole, ReferrerKind, YesHow
from referrals.forward_letter import Onward
from referrals.models import Referral, WaitingContact
from referrals.progress import secret_of

from . import letters
from .clock import moment, travelling_to, working_day
from .people import Plot
from .walk import people_of, say_it_is_ours


@dataclass(frozen=True)
class Case:
    """`days` ago it came; `becomes` is new, in_intake, an Outcome, or `answered` (asked for more, and got it)."""

    name: str
    roots: str
    shape: str
    days: int
    becomes: str
    reason: str = ""
    by_family: bool = False
    # What the service did with the link to confirm by: followed it, has not opened it, or wrote from another address.
    sender: str = "confirmed"


CASES: dict[str, list[Case]] = {
    "4204": [
        Case("Sandnes Kvam", "norsk", "mother", 96, Outcome.WAITING, "Fyller kriteriene, men ingen plass er ledig."),
        Case("Hagen Said", "somali", "large", 81, Outcome.WAITING, "Fyller kriteriene. Venter på tolk i somali."),
        Case("Lauvland", "norsk", "father", 60, Outcome.WAITING, "Fyller kriteriene, men ingen plass er ledig."),
        Case("Brekke", "norsk", "mother", 47, Outcome.WAITING, "Ventet barn i mai. Bør komme snart."),
        Case("Rosseland", "norsk", "couple", 75, Outcome.DECLINED, "Inntekten har vært lav i ett år. Henvist til NAV."),
        Case("Halvorsen Dal", "norsk", "related", 52, Outcome.DECLINED, "Barnet bor hos moren. Hun får en samtale."),
        Case("Abdi", "somali", "mother", 33, Outcome.MORE_INFORMATION, "Vi trenger å vite hvem barna bor hos."),
        Case("Tofte", "norsk", "mother_teen", 28, "answered", "Vi trenger å vite om oppholdet er avklart."),
        Case("Bondarenko", "ukrainsk", "couple", 16, "in_intake"),
        Case("Aasmundtveit", "norsk", "grandmother", 12, "in_intake"),
        Case("Nørve", "norsk", "mother", 6, "new", sender="private"),
        Case("Ferati", "arabisk", "large", 4, "new", sender="asked"),
        Case("Lid", "norsk", "couple", 1, "new", by_family=True),
    ],
    "4203": [
        Case("Vindholmen", "norsk", "mother", 70, Outcome.WAITING, "Fyller kriteriene, men ingen plass er ledig."),
        Case("Salah", "arabisk", "couple", 41, Outcome.WAITING, "Fyller kriteriene. Tolk i arabisk."),
        Case("Sørsdal", "norsk", "father", 38, Outcome.DECLINED, "Ønsket hjelp til én søknad, og fikk det."),
        Case("Bystrøm", "norsk", "mother", 20, Outcome.MORE_INFORMATION, "Vi mangler situasjonen på skolen."),
        Case("Kamińska", "polsk", "mother", 9, "in_intake"),
        Case("Løddesøl", "norsk", "couple", 3, "new", by_family=True),
    ],
    "4221": [
        Case("Løyland", "norsk", "mother", 30, Outcome.WAITING, "Fyller kriteria. Plass til hausten."),
        Case("Besteland", "norsk", "couple", 5, "new"),
    ],
}  # fmt: skip


def fill(town: Any, number: int, now: datetime, scale: float) -> None:
    """What is missing of the queue. A small demo has the last few cases only, one of each kind."""
    cases = CASES[town.place.number]
    if scale < 1:
        cases = list({case.becomes: case for case in cases}.values())
    team = town.people["intake"]
    with acting_as(team[0]), as_job():
        there = set(Referral.objects.filter(municipality=town.municipality).values_list("family_name", flat=True))
    new = [case for case in cases if case.name not in there]
    for case in new:
        with transaction.atomic():
            take_up(case, town, Random(f"{number}:{town.place.number}:{case.name}"), now)
    if any(case.name == "Brekke" for case in new):
        _move_up("Brekke", town, now)
    if any(case.name == "Nørve" for case in new):
        _send_again("Nørve", "Noerve", town, now)
    _keep_in_touch(town, now)


def take_up(case: Case, town: Any, rng: Random, now: datetime) -> None:
    """One henvendelse, and what became of it."""
    came = now.date() - timedelta(days=case.days)
    plot = Plot(case.name, case.roots, case.shape, 0, None)
    own = {
        "referrer_kind": ReferrerKind.FAMILY, "referrer_name": case.name, "referrer_role": "", "referrer_service": "",
        "referrer_sector": "", "referrer_email": "", "referrer_phone": "400 00 123",
    }  # fmt: skip
    private = {"referrer_email": "nabo@epost.example"} if case.sender == "private" else {}
    new = town.referral(plot, rng, **(own if case.by_family else private))
    with travelling_to(min(moment(working_day(came), rng), now)):
        sent = actions.submit(town.municipality, new=new, people=people_of(plot, rng, came, now.date()), by=None)
        if case.by_family:
            paper = ContentFile("Husleien øker fra nyttår. Utleier.\n".encode(), name="brev fra utleier.txt")
            actions.attach(secret_of(sent.pk), number=sent.reference, file=paper, by=None)
        elif case.sender == "confirmed":
            say_it_is_ours(sent)
    if case.becomes == "new":
        return
    by = rng.choice(town.people["intake"])
    with acting_as(by):
        referral = Referral.objects.select_related("municipality").get(pk=sent.pk)
    with travelling_to(min(moment(working_day(came + timedelta(days=3)), rng), now)):
        actions.take_in(referral, by=by)
        actions.assess(
            referral, answers={c: (rng.choice([CriterionValue.YES, CriterionValue.YES, CriterionValue.NO]), "")
                               for c in Criterion}, by=by,
        )  # fmt: skip
    if case.becomes == "in_intake":
        _reckon(case, referral, rng, now, by)
        return
    outcome = Outcome.MORE_INFORMATION if case.becomes == "answered" else case.becomes
    with travelling_to(min(moment(working_day(came + timedelta(days=9)), rng), now)):
        decision = actions.decide(
            referral, outcome=outcome, sectors=town.sectors[:2], reason=case.reason, by=by,
            present=", ".join(person.name for person in town.people["intake"][:2]),
            unanimous=outcome != Outcome.DECLINED,
        )  # fmt: skip
        if outcome in (Outcome.DECLINED, Outcome.WAITING):
            letters.write(decision, by)
        if outcome == Outcome.DECLINED:
            _help_on(referral, by)
    if case.becomes == "answered":
        with travelling_to(min(moment(working_day(came + timedelta(days=17)), rng), now)):
            actions.add_information(
                referral, text="Oppholdet er avklart. Vedtaket er fornyet i tre år.", came_from=new.referrer_name, by=by
            )


def _help_on(referral: Referral, by: Any) -> None:
    """With the no, the family is helped on to somebody who can help with what it needs now."""
    with acting_as(by):
        adult = next(person for person in referral.people.all() if person.role == PersonRole.ADULT)
    actions.forward(
        referral, by=by,
        onward=Onward(
            service=f"NAV {referral.municipality.name}", sector=ServiceSector.NAV, yes_by=adult.full_name,
            told="Familien vil ha hjelp til å få oversikt over regningene, i én samtale, og gjerne på kveldstid.",
            yes_on=timezone.localdate(), yes_how=YesHow.PHONE, language="nb", to=[adult.full_name],
        ),
    )  # fmt: skip


def _reckon(case: Case, referral: Referral, rng: Random, now: datetime, by: Any) -> None:
    """Income and home, before the meeting. The newest case asks for a year of which nobody has written the limit."""
    last = now.year - (1 if case.days < 14 else 2)
    with acting_as(by):
        people = list(referral.people.all())
    incomes: dict[int, int | None] = {
        year: rng.randrange(310_000, 420_000, 1_000) for year in range(last - 2, last + 1)
    }
    with travelling_to(min(moment(working_day(now.date() - timedelta(days=case.days - 4)), rng), now)):
        actions.calculate_low_income(referral, people=people, incomes=incomes, by=by)
        actions.calculate_crowding(referral, people=people, rooms=len(people) - 1, area=len(people) * 22, by=by)


def _keep_in_touch(town: Any, now: datetime) -> None:
    """Once: the first on the list was rung, and is offered a place when there is one; the next got a letter."""
    by = town.people["intake"][0]
    with acting_as(by):
        rows = Referral.objects.waiting().filter(municipality=town.municipality).select_related("municipality")
        waiting = list(rows.order_by("waiting_position")[:2])
        if WaitingContact.objects.filter(referral__municipality=town.municipality).exists():
            return
    for referral, how, days, said in zip(waiting, ("phone", "letter"), (6, 13), town.say("waits"), strict=False):
        since = now.date() - timedelta(days=days)
        with travelling_to(now - (now.date() - max(since, referral.waiting_since))):
            actions.note_contact(referral, how=how, note=said, by=by)
    with travelling_to(now - timedelta(days=2)):
        with acting_as(by):
            free = [row.user for row in places(town.municipality) if not row.full]
        if waiting and free:
            answer_by = now.date() + timedelta(days=12)
            actions.offer_place(waiting[0], coordinator=free[0], answer_by=answer_by, by=by)


def _send_again(name: str, spelled: str, town: Any, now: datetime) -> None:
    """The same family from another service, in another spelling: for the team to see, and to answer."""
    with acting_as(town.people["intake"][0]):
        first = Referral.objects.prefetch_related("people").get(municipality=town.municipality, family_name=name)
        people = [
            actions.NewPerson(p.first_name, p.last_name.replace(name, spelled), p.birth_date, p.role, p.relation)
            for p in first.people.all()
        ]
    rng = Random(f"{town.place.number}:{spelled}")
    new = town.referral(Plot(spelled, "norsk", "mother", 0, None), rng)
    with travelling_to(min(moment(working_day(now.date() - timedelta(days=2)), rng), now)):
        actions.submit(town.municipality, new=new, people=people, by=None)


def _move_up(name: str, town: Any, now: datetime) -> None:
    """One family on the waiting list comes before those who have waited longer, for a reason."""
    by = town.people["intake"][0]
    with acting_as(by):
        referral = Referral.objects.select_related("municipality").get(municipality=town.municipality, family_name=name)
    if referral.waiting_position and referral.waiting_position > 1:
        with travelling_to(now - timedelta(days=5)):
            actions.move_on_waiting_list(referral, to=1, reason="Barnet kommer i mai. Bør ha noen før det.", by=by)
