"""Made-up papers, one of each kind the plan is printed as: what `make pdfcheck` and the tests look at."""

from datetime import date
from types import SimpleNamespace
from typing import Any

from plans.beside import NOTHING, beside

PLAN, RECORD, LETTER = "plans/pdf/plan.html", "plans/pdf/record.html", "plans/pdf/handover.html"
MINUTES = "plans/pdf/minutes.html"
DAY = date(2026, 11, 21)
CONTACT = {"name": "Solfrid Prøve", "title": "kontaktlærer", "phone": "400 00 000", "email": "solfrid@skole.example"}
SCHOOL = {
    "name": "Øvre skole", "what": "Følger opp skoledagen", "topics": "skole", "until": date(2027, 6, 1),
    "may": "Vi kan gi og få opplysninger om Gutt", "contact": CONTACT,
}  # fmt: skip
MEASURES = [
    {"what": "Leksehjelp hver tirsdag", "who": "Øvre skole", "state": "Pågår", "due_from": None, "due_on": DAY,
     "dropped": False},
    {"what": "Øvelseskjøring", "who": "Koordinatoren", "state": "Planlagt", "due_from": DAY, "due_on": date(2027, 1, 4),
     "dropped": True},
]  # fmt: skip
GOAL = {
    "words": "نريد أن نقرأ معا", "why": "Han spør om bøker", "first_sign": "En bok på nattbordet", "whose": "Gutt",
    "measures": MEASURES,
}  # fmt: skip
COORDINATOR = {"name": "Kari Prøve", "phone": "400 00 001", "email": "kari@kommune.example"}


def papers() -> dict[str, tuple[str, dict[str, Any]]]:
    """Template and values by the name of the file."""
    return {
        "familien": (PLAN, plan()),
        "familien-stor-skrift": (PLAN, plan(large=True)),
        "familien-arabisk": (PLAN, plan("ar")),
        "familien-polsk": (PLAN, plan("pl")),
        "familien-nynorsk": (PLAN, plan("nn")),
        "familien-engelsk": (PLAN, plan("en")),
        "en-person": (PLAN, plan(only=True, reader="Gutt")),
        "tjeneste": (PLAN, for_service()),
        "arkiv": (RECORD, record()),
        "referat": (MINUTES, minutes()),
        "referat-tjeneste": (MINUTES, minutes(line={"whose": "Gutt", "topics": "skole", "until": date(2027, 6, 1)})),
        "avslutning": (LETTER, {**for_service(), "ended_on": DAY}),
    }


def plan(code: str = "", **facts: Any) -> dict[str, Any]:
    """The family's own paper, with everything in it."""
    second = beside(code)
    agreement = SimpleNamespace(number=2, agreed_on=DAY, with_interpreter=True, language="arabisk")
    return {
        "name": "Prøve", "reader": "", "made_by": "Kari Prøve", "beside": second, "only": False, "line": None,
        "large": False, "municipality": "Prøvekommune", "today": DAY, "agreement": agreement, "present": "Mor, Far",
        "coordinator": COORDINATOR, "words": [{"name": "Mor", "text": "نريد أن نعيش هنا", "said_on": DAY}],
        "areas": [
            {"label": "Skole", "outcome": "rm3", "yarn": "indigo", "goals": [GOAL], "beside": second.words["rm3"]}
        ],
        "paused": [{"words": "Tur hver søndag", "reason": "Etter flyttingen"}],
        "changes": [{"words": "Lese sammen", "said": ["Nytt tiltak: «Leksehjelp», Øvre skole."]}],
        "others": [], "dropped": ["Øvelseskjøring"], "services": [SCHOOL], "review": "i mai 2027", "lines": [], **facts,
    }  # fmt: skip


def minutes(line: Any = None) -> dict[str, Any]:
    """Of one meeting, with a case in each way it can look."""
    decision = {"what": "Leksehjelp hver tirsdag", "who": "Øvre skole", "due_on": DAY}
    loose = {"what": "Snakkes igjen", "who": "Koordinatoren", "due_on": None}
    return {
        "name": "Prøve", "municipality": "Prøvekommune", "today": DAY, "kind": "Ansvarsgruppemøte", "day": DAY,
        "clock": "10:00–11:30", "place": "Rådhuset", "reader": "Øvre skole" if line else "", "present": "Mor, Kari",
        "cases": [
            {"title": "Skoleveien", "text": "نريد أن نقرأ معا\nAlle var enige.", "decisions": [decision]},
            {"title": "", "text": "", "decisions": [loose]},
        ],
        "addenda": [] if line else [{"text": "Det var mandag.", "on": DAY, "by": "Kari Prøve"}],
        "finished_by": "Kari Prøve", "finished_on": DAY, "coordinator": COORDINATOR, "line": line,
    }  # fmt: skip


def for_service() -> dict[str, Any]:
    """What one service gets."""
    goal = {**GOAL, "why": "", "first_sign": "", "measures": MEASURES[:1]}
    return plan() | {
        "reader": "Øvre skole", "beside": NOTHING, "line": {**SCHOOL, "whose": "Gutt"}, "agreement": None,
        "present": "",
        "words": [], "areas": [{"label": "Skole", "outcome": "rm3", "yarn": "indigo", "goals": [goal], "beside": ""}],
        "paused": [], "changes": [], "others": MEASURES[:1], "dropped": [], "services": [], "review": "",
    }  # fmt: skip


def record() -> dict[str, Any]:
    """The whole plan for the archive."""
    measure = {
        "what": "Leksehjelp", "who": "Øvre skole", "state": "Gjort", "due_on": DAY, "finished_on": DAY,
        "follow_up": "Gikk bra", "kind": "Helhetlig", "mark": "", "dropped": False,
    }  # fmt: skip
    version = {"number": 2, "on": DAY, "by": "Kari Prøve", "reason": "Han ville lese mer", "changed": ["Målet: «Lese»"]}
    goal = {
        "words": "Lese sammen", "why": "Han spør", "first_sign": "En bok", "label": "Skole", "state": "Nådd",
        "reason": "Hver kveld", "closed_on": DAY, "mark": "", "whose": "Gutt", "measures": [measure],
        "ratings": [{"on": DAY, "family": 7, "coordinator": 6}], "versions": [version],
    }  # fmt: skip
    said = {
        "words": "Lese sammen", "verdict": "Avslutte: nådd", "new_words": "", "rating": 7, "by_coordinator": 6,
        "helped": "Faste tider", "hindered": "Mye å gjøre",
    }  # fmt: skip
    return {
        "name": "Prøve", "code": "4203-12345", "municipality": "Prøvekommune", "today": DAY, "made_by": "Kari Prøve",
        "large": False, "goals": [goal], "lines": [],
        "words": [{"name": "Mor", "said_on": DAY, "text": "نريد أن نعيش هنا", "by": ""}],
        "agreements": [{"number": 1, "on": DAY, "present": "Mor", "language": "arabisk", "interpreter": True}],
        "reviews": [
            {"number": 1, "held_on": DAY, "present": "Mor", "ahead": "Lese", "note": "", "signed_by": "Kari Prøve",
             "goals": [said]}
        ],
    }  # fmt: skip
