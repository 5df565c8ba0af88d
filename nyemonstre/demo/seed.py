"""The demo data: three municipalities, their people, 52 families over five years, and a full intake queue.

Made by the actions themselves on days that have been, so that nothing stands in the demo that the rules forbid. What is
there already is left alone, family by family, so an interrupted run is finished by running it again.
"""

import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date, datetime, time, timedelta
from pathlib import Path
from random import Random
from types import ModuleType
from typing import Any

from django.contrib.auth.hashers import UNUSABLE_PASSWORD_PREFIX, make_password
from django.db import transaction
from django.test.utils import override_settings
from django.utils import timezone, translation

from assessments.actions import add_instrument, switch_on
from assessments.models import LocalInstrument
from consent.actions import add_service
from consent.jobs import note_expired, tell_of_endings
from consent.models import Service
from families.assignments import caseload_of, cover_leave
from families.days import working_day
from families.enums import FamilyState
from families.grants import ShutOut
from families.jobs import remind
from families.leaves import Leave
from families.models import Family
from nyemonstre.access.roles import Role
from nyemonstre.access.wall import acting_as, as_job
from nyemonstre.accounts.actions import (
    add_user,
    found_municipality,
    give_role,
    keep_identity_numbers,
    set_letter_rules,
    set_service_domains,
)
from nyemonstre.accounts.models import Membership, Municipality, User
from nyemonstre.celery import app as celery
from nyemonstre.content.actions import add_fact, add_starting_facts
from nyemonstre.content.models import LOW_INCOME, Fact
from plans.actions import add_template
from referrals.actions import NewReferral
from referrals.enums import Criterion, CriterionValue, ReferrerKind

from . import alerts, disclosures, meetings, queue, research, stories, stories_nn
from .clock import travelling_to
from .homes import own_numbers
from .identity import KEEPS
from .people import FAMILIES, Place, Plot
from .visits import a_tidy_desk
from .walk import Walk, protection_of

# Everybody in the demo has this password; the login page has a button for each, so nobody needs to type it.
PASSWORD = "mange-masker-i-ett-monster"  # noqa: S105
AFTER_MEETING = Path(__file__).with_name("after_meeting.yaml")
BEGAN = timedelta(days=7 * 365)

# Short things that are said in both kinds of Norwegian.
SAYS: dict[str, dict[str, Any]] = {
    "nb": {
        "one_parent": "Den andre forelderen har ikke foreldreansvar.",
        "contact": "kontaktperson", "fit_after": "Hjemmebesøk", "line_ended": "Familien trenger ikke tjenesten lenger.",
        "templates": (("goal", "rm3", "Lese sammen hver kveld", "En bok på nattbordet"),
                      ("goal", "rm5", "En jobb som varer", "Det første intervjuet"),
                      ("measure", "rm2", "Prøve en aktivitet i tre uker", ""),
                      ("measure", "rm6", "Gå gjennom budsjettet med NAV", "")),
        "too_much": "Snakket om naboen, Kari Utbygd, som er innlagt igjen.", "too_much_passage": "Kari Utbygd",
        "too_much_why": "Navnet og sykdommen til en som ikke er med i familien.",
        "ahead": "Få fast rytme på morgenene, og ett møte med skolen før ferien.",
        "pauses": "De vil bli ferdige med flyttingen først.",
        "soon": [("Ringe og høre hvordan det gikk", "coordinator"), ("Finne fram brevet fra skolen", "family"),
                 ("Sende søknaden om aktivitetskort", "coordinator"), ("Møte på biblioteket på torsdag", "family")],
        "kept": "Har snakket med helsesykepleieren om søvn. Vil ikke at de hjemme skal få vite det ennå.",
        "typing": "Ringte etter møtet på skolen. De var enige om å prøve",
        "crisis": "{adult} ringte sent og orket ikke mer. Vi snakket til det roet seg, og avtalte hvem som er der.",
        "does_school": "Følger opp skoledagen", "does_kindergarten": "Ser barnet hver dag",
        "does_health_centre": "Samtaler og helsekontroll", "does_gp": "Fastlege for hele familien",
        "does_health": "Samtaler annenhver uke", "does_child_welfare": "Råd og veiledning hjemme",
        "does_nav": "Oppfølging mot arbeid", "does_housing": "Søknad om bolig", "does_economy": "Plan for gjelden",
        "does_leisure": "Trening to ganger i uka", "does_voluntary": "Praktisk hjelp og noen å gå sammen med",
        "does_work": "Læreplass", "does_other": "Norskkurs på kveldstid",
        "waits": ["Ringte. De venter gjerne, og fikk vite omtrent når det kan bli plass.",
                  "Sendte brev om at de fortsatt står på listen."],
        "economy_granted": "Brevet kom i dag.",
        "told_to_whom": "Barnevernsvakta, vakthavende",
        "told_what": "At den yngste var alene hjemme en kveld og ringte meg.",
        "told_why": "Barnet er fem år, var redd og nådde ingen av de voksne.",
        "told_not_family": "Barnevernet ville snakke med familien først.",
        "told_family": "Vi ble enige om at jeg ringte, og mor var med da jeg gjorde det.",
        "told_released": "Familien vet det, og barnevernet er ferdig med saken.",
    },
    "nn": {
        "one_parent": "Den andre forelderen har ikkje foreldreansvar.",
        "contact": "kontaktperson", "fit_after": "Heimebesøk", "line_ended": "Familien treng ikkje tenesta lenger.",
        "templates": (("goal", "rm3", "Lesa saman kvar kveld", "Ei bok på nattbordet"),
                      ("measure", "rm2", "Prøva ein aktivitet i tre veker", "")),
        "too_much": "Snakka om naboen, Kari Utbygd, som er innlagd igjen.", "too_much_passage": "Kari Utbygd",
        "too_much_why": "Namnet og sjukdommen til ein som ikkje er med i familien.",
        "ahead": "Få fast rytme på morgonane, og eitt møte med skulen før ferien.",
        "pauses": "Dei vil verta ferdige med flyttinga fyrst.",
        "soon": [("Ringja og høyra korleis det gjekk", "coordinator"), ("Finna fram brevet frå skulen", "family")],
        "kept": "Har snakka med helsesjukepleiaren om søvn. Vil ikkje at dei heime skal få vita det enno.",
        "typing": "Ringde etter møtet på skulen. Dei var samde om å prøva",
        "crisis": "{adult} ringde seint og orka ikkje meir. Me snakka til det roa seg, og avtala kven som er der.",
        "does_school": "Fylgjer opp skuledagen", "does_kindergarten": "Ser barnet kvar dag",
        "does_health_centre": "Samtalar og helsekontroll", "does_gp": "Fastlege for heile familien",
        "does_health": "Samtalar", "does_child_welfare": "Råd og rettleiing heime", "does_nav": "Oppfylging mot arbeid",
        "does_housing": "Søknad om bustad", "does_economy": "Plan for gjelda", "does_leisure": "Trening kvar veke",
        "does_voluntary": "Praktisk hjelp og nokon å gå saman med", "does_work": "Læreplass", "does_other": "Norskkurs",
        "waits": ["Ringde. Dei ventar gjerne, og fekk vita om lag når det kan bli plass.",
                  "Sende brev om at dei framleis står på lista."],
        "economy_granted": "Brevet kom i dag.",
        "told_to_whom": "Barnevernsvakta", "told_what": "At den yngste var åleine heime ein kveld og ringde meg.",
        "told_why": "Barnet er fem år, var redd og nådde ingen av dei vaksne.",
        "told_not_family": "Barnevernet ville snakka med familien fyrst.",
        "told_family": "Me vart samde om at eg ringde, og mor var med då eg gjorde det.",
        "told_released": "Familien veit det, og barnevernet er ferdig med saka.",
    },
}  # fmt: skip


class Town:
    """A municipality of the demo with its people by role and its services by kind."""

    def __init__(self, place: Place, municipality: Municipality) -> None:
        self.place, self.municipality, self.domain = place, municipality, place.domain
        self.words: ModuleType = stories_nn if place.language == "nn" else stories
        self.people: dict[str, list[User]] = {}
        order = [name for _role, name, _sector in place.staff]
        memberships = Membership.objects.live().filter(municipality=municipality).select_related("user")
        for membership in sorted(memberships, key=lambda m: order.index(m.user.name)):
            self.people.setdefault(membership.role, []).append(membership.user)
            # Roles do not change in the demo: each person's are read once, as in a request.
            with acting_as(membership.user), transaction.atomic():
                _ = membership.user.live_memberships
        self.sectors = [sector for _role, _name, sector in place.staff if sector]
        names = [name for name, _sector in place.services]
        self.services: dict[str, list[Service]] = {}
        with acting_as(self.people[Role.COORDINATOR][0]):
            services = sorted(Service.objects.filter(municipality=municipality).order_by("pk"), key=_in(names))
        for service in services:
            self.services.setdefault(service.sector, []).append(service)

    @property
    def office(self) -> str:
        return "Familiens hus" if self.place.language == "nb" else "Familiehuset"

    def say(self, what: str) -> Any:
        return SAYS[self.place.language][what]

    @staticmethod
    def at(day: date, hour: int) -> datetime:
        return timezone.make_aware(datetime.combine(day, time(hour)))

    def referral(self, plot: Plot, rng: Random, **changes: Any) -> NewReferral:
        """The form for one family, filled in by somebody from a service."""
        who = rng.choice(self.words.REFERRERS)
        facts = {
            "family_name": plot.name,
            "referrer_kind": ReferrerKind.SERVICE,
            "referrer_name": who["name"],
            "referrer_role": who["role"],
            "referrer_service": who["service"],
            "referrer_sector": who["sector"],
            "referrer_email": f"{who['name'].split()[0].lower()}@{self.domain}".replace("å", "a"),
            "family_agrees": True,
            "own_words": rng.choice(self.words.OWN_VOICE),
            "protection": protection_of(plot),
            "situation": {name: rng.choice(texts) for name, texts in self.words.SITUATIONS.items()},
            "criteria": {c: (rng.choice([CriterionValue.YES] * 3 + [CriterionValue.UNKNOWN]), "") for c in Criterion},
        }
        return NewReferral(**{**facts, **changes})


def _in(names: list[str]) -> Callable[[Service], int]:
    return lambda service: names.index(service.name) if service.name in names else len(names)


@contextmanager
def _in_this_process() -> Iterator[None]:
    """No worker is asked: what a task does is done here, on the day it is asked for, and without a line each."""
    before, logger = celery.conf.task_always_eager, logging.getLogger("celery.app.trace")
    level = logger.level
    celery.conf.task_always_eager = True
    logger.setLevel(logging.WARNING)
    try:
        yield
    finally:
        celery.conf.task_always_eager = before
        logger.setLevel(level)


@contextmanager
def _nothing_is_sent() -> Iterator[None]:
    """Mails about things long past go nowhere."""
    with _in_this_process(), override_settings(EMAIL_BACKEND="django.core.mail.backends.dummy.EmailBackend"):
        yield


def seed(place: Place, number: int = 2026, scale: float = 1.0) -> str:
    """Make what is missing of one municipality. Returns a line about it.

    `number` decides every choice; `scale` keeps that share of the families, at least one.
    Raises CommandError without time-machine, and whatever an action refuses: then the demo was told wrong.
    """
    now = timezone.now()
    with _nothing_is_sent(), translation.override(place.language):
        town = _town(place, now)
        plots = _share(FAMILIES[place.number], scale)
        _instruments(town)
        for plot in plots:
            _family(plot, town, number, now)
        meetings.held(town, number, now)
        _rates(town, now)
        queue.fill(town, number, now, scale)
        meetings.prepare(town)
        _somebody_is_away(town, now)
        disclosures.told(town, now)
        alerts.unusual(town, now)
        own_numbers(town, now)
        a_tidy_desk(town)
        research.studied(town, now)
    return f"{place.name}: {len(plots)} familier"


def _instruments(town: Town) -> None:
    """Two forms besides the programme's own questions: one that is asked, and one whose result is entered by hand.
    And one of the municipality's own, asked after meetings.
    """
    administrator = town.people[Role.ADMINISTRATOR][0]
    with acting_as(administrator):
        if LocalInstrument.objects.in_use(town.municipality).exists():
            return
    for name, rights in (("swls-1", "Fri å bruke når opphavet nevnes"), ("ors-1", "Fylles ut på papir hos psykologen")):
        switch_on(town.municipality, name=name, rights=rights, by=administrator)
    add_instrument(
        town.municipality, definition=AFTER_MEETING.read_text(encoding="utf-8"), file=AFTER_MEETING.name,
        rights="Egne spørsmål", by=administrator,
    )  # fmt: skip


def _rates(town: Town, now: datetime) -> None:
    """What a municipality begins with, and limits nobody takes for real ones. The last year's is still missing."""
    lead = town.people[Role.LEAD][0]
    with acting_as(lead):
        if Fact.objects.filter(municipality=town.municipality).exists():
            return
    add_starting_facts(town.municipality, by=lead)
    for of, outcome, words, sign in town.say("templates"):
        add_template(
            town.municipality, facts={"of": of, "outcome": outcome, "words": words, "first_sign": sign}, by=lead
        )
    if town.place.number == KEEPS:
        administrator = town.people[Role.ADMINISTRATOR][0]
        set_letter_rules(town.municipality, makes_vedtak=True, appeal_weeks=3, by=administrator)
    for year in range(now.year - 6, now.year - 1):
        limit = {
            "kind": "threshold", "key": LOW_INCOME, "title": "Grense for lav inntekt (EU, 60 prosent)",
            "unit": "kr_year", "value": 240_000 + 10_000 * (year - now.year + 6), "source": "Oppdiktet for demoen",
            "valid_from": date(year, 1, 1), "valid_until": date(year, 12, 31),
        }  # fmt: skip
        add_fact(town.municipality, facts=limit, by=lead)


def _somebody_is_away(town: Town, now: datetime) -> None:
    """The last coordinator is on leave from today, where there is somebody to stand in; the others share."""
    *others, away = town.people[Role.COORDINATOR]
    lead, municipality = town.people[Role.LEAD][0], town.municipality
    with acting_as(lead):
        if not others or Leave.objects.filter(user=away).exists():
            return
        families = [f for f in caseload_of(away, municipality=municipality, by=lead) if f.state != FamilyState.CLOSED]
        out = set(ShutOut.objects.in_force().order_by().values_list("family_id", "user_id"))
    substitutes = {}
    for number, family in enumerate(families):
        able = [person for person in others if (family.pk, person.pk) not in out]
        substitutes[family.pk] = able[number % len(able)]
    if substitutes:
        last = town.at(now.date() + timedelta(days=12), 16)
        cover_leave(
            away,
            municipality=municipality,
            starts_at=now,
            ends_at=last,
            substitutes=substitutes,
            reason="Ferie",
            by=lead,
        )


def _share(plots: list[Plot], scale: float) -> list[Plot]:
    """Evenly over the list, so that a small demo has new and old families too."""
    wanted = max(1, round(len(plots) * scale))
    return [plots[i * len(plots) // wanted] for i in range(wanted)]


def _family(plot: Plot, town: Town, number: int, now: datetime) -> None:
    """The whole story of one family, or nothing of it."""
    with acting_as(town.people[Role.LEAD][0]), as_job():
        there = Family.objects.filter(municipality=town.municipality, name=plot.name).exists()
    if there:
        return
    rng = Random(f"{number}:{town.place.number}:{plot.name}")
    with transaction.atomic():
        try:
            Walk(plot, town, rng, now).run()
        except Exception as error:
            error.add_note(f"in the demo family {plot.name}, {town.place.name}")
            raise


def _town(place: Place, now: datetime) -> Town:
    """The municipality, its people and its services, as they have been for seven years."""
    with travelling_to(now - BEGAN), transaction.atomic():
        municipality, administrator = _founded(place)
        for role, name, sector in place.staff:
            email = _email(name, place)
            if not User.objects.filter(email=email).exists():
                user = add_user(municipality, email=email, name=name, by=administrator)
                give_role(user, municipality=municipality, role=role, sector=sector, by=administrator)
        # One hash for all of them: it is slow on purpose, and the password stands in the open.
        User.objects.filter(password__startswith=UNUSABLE_PASSWORD_PREFIX).update(password=make_password(PASSWORD))
        town = Town(place, municipality)
        for name, sector in place.services:
            if not any(service.name == name for service in town.services.get(sector, ())):
                add_service(municipality, name=name, sector=sector, by=town.people[Role.COORDINATOR][0])
    with travelling_to(now - BEGAN + timedelta(days=1)):
        return Town(place, municipality)


def _founded(place: Place) -> tuple[Municipality, User]:
    name = next(name for role, name, _sector in place.staff if role == Role.ADMINISTRATOR)
    email = _email(name, place)
    if not Municipality.objects.filter(number=place.number).exists():
        facts = {"number": place.number, "name": place.name, "code": place.code, "language": place.language}
        administrator = found_municipality(administrator=(email, name), by=None, **facts)
        if place.number == KEEPS:
            municipality = Municipality.objects.get(number=place.number)
            keep_identity_numbers(municipality, keep=True, by=administrator)
            set_service_domains(municipality, domains=[place.domain], by=administrator)
    return Municipality.objects.get(number=place.number), User.objects.get(email=email)


def _email(name: str, place: Place) -> str:
    plain = name.lower().replace("æ", "ae").replace("ø", "o").replace("å", "a")
    return f"{'.'.join(plain.replace('-', ' ').split())}@{place.domain}"


def send_reminders() -> None:
    """This morning's mails, so that the outbox shows what a coordinator gets; on a day off those of the day before."""
    now = timezone.now()
    morning = timezone.localtime(now).replace(hour=5, minute=30)
    with _in_this_process(), travelling_to(min(morning, now)):
        morning_of = working_day(timezone.localdate()).isoformat()
        remind(morning_of)
        note_expired()
        tell_of_endings(morning_of)
