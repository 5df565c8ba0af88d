"""The kept figures in words: what a line is called, what a cell says, and what the population's own figure is."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from assessments.outcomes import Outcome
from nyemonstre.accounts.models import Municipality
from nyemonstre.content.models import Fact

from .figures import CHANGE, LINES, MEAN, SHARE, WHOLE, Line
from .services import NO_SERVICE

BENCHMARK = "befolkning-"


@dataclass(frozen=True)
class Told:
    """One line of the page: its cells by round, or the sentence of a change."""

    label: str
    cells: list[str]
    sentence: str = ""
    benchmark: str = ""
    benchmark_is_missing: str = ""  # the name under which it is to be entered


@dataclass(frozen=True)
class Goal:
    key: str
    title: str
    rows: list[Told]
    changes: list[Told]

    @property
    def caption(self) -> str:
        """What the table is called, apart from the card it stands in."""
        return _("%(goal)s, linje for linje") % {"goal": self.title}


def goals(content: dict[str, Any], municipality: Municipality, day: date) -> list[Goal]:
    """The resultatmål of the families, line by line."""
    found = []
    known = benchmarks(municipality, day)
    for outcome in Outcome:
        lines = [line for line in LINES if line.goal == outcome.value and line.key in content["lines"]]
        rows = [_row(line, content, known) for line in lines if line.kind != CHANGE]
        changes = [Told(_label(line), [], change(content["lines"][line.key])) for line in lines if line.kind == CHANGE]
        found.append(Goal(outcome.value, f"{outcome.value.upper()} {outcome.label}", rows, changes))
    return found


def whole(content: dict[str, Any]) -> list[Told]:
    """The project's own goals and effektmål: measured here, or a sentence of where they are."""
    told = []
    for key in WHOLE:
        label, elsewhere = _whole()[key]
        cell = content["whole"].get(key)
        told.append(Told(label, [in_words(cell, SHARE)] if cell else [], elsewhere))
    return told


def _row(line: Line, content: dict[str, Any], known: dict[str, Fact]) -> Told:
    fact = known.get(line.key)
    name = "" if line.question and line.key != "fravaersdager" else f"Befolkning {line.key.replace('-', ' ')}"
    cells = [in_words(cell, line.kind) for cell in content["lines"][line.key]]
    return Told(_label(line), cells, benchmark=_said(fact) if fact else "", benchmark_is_missing="" if fact else name)


def in_words(cell: dict[str, Any], kind: str) -> str:
    """«3,4 (n = 31, 6 mangler)», «25 % (n = 20)», «holdt tilbake», or a dash for nobody."""
    if cell["held"]:
        return _("holdt tilbake")
    if not cell["n"]:
        return "–"
    value = cell["value"].replace(".", ",") + (" %" if kind == SHARE else "")
    missing = _(", færre enn 5 mangler") if cell["missing"] is None else ""
    if cell["missing"]:
        missing = _(", %(count)d mangler") % {"count": cell["missing"]}
    return f"{value} (n\u00a0=\u00a0{cell['n']}{missing})"


def change(found: dict[str, Any]) -> str:
    """How many stand higher, the same and lower. Counts, and no reasons."""
    if found["n"] == 0:
        return _("Ingen er vurdert både ved start og senere.")
    if found["n"] is None:
        return _("Færre enn fem er vurdert både ved start og senere. Tallene er holdt tilbake.")
    words = {"higher": _("høyere"), "same": _("likt"), "lower": _("lavere")}
    parts = [f"{found[way]} {word}" for way, word in words.items() if found[way] is not None]
    held = [word for way, word in words.items() if found[way] is None]
    text = _("Av %(n)d vurdert både ved start og senere:") % {"n": found["n"]}
    if parts:
        text += " " + ", ".join(parts) + "."
    if held:
        text += " " + _("Holdt tilbake: %(which)s.") % {"which": ", ".join(held)}
    return text


def benchmarks(municipality: Municipality, day: date) -> dict[str, Fact]:
    """What somebody has entered about the population, by the key of the line. Nothing is guessed."""
    rows = Fact.objects.on(day).filter(municipality=municipality, key__startswith=BENCHMARK)
    return {fact.key.removeprefix(BENCHMARK): fact for fact in rows if fact.value is not None}


def _said(fact: Fact) -> str:
    number = str(fact.number).replace(".", ",")
    unit = " %" if fact.unit == "percent" else ""
    when = _("ikke kontrollert")
    if fact.checked_on:
        when = _("kontrollert %(day)s") % {"day": f"{fact.checked_on:%d.%m.%Y}"}
    return f"{number}{unit} ({fact.source}, {fact.valid_from.year}, {when})"


def _label(line: Line) -> str:
    hard = {
        "livsstige-lav": _("Voksne som står på 0–5 på livsstigen"),
        "fast-aktivitet": _("Barn med fast aktivitet hver uke"),
        "fravaersdager": _("Fraværsdager siste måned, gjennomsnitt"),
        "trangbodd": _("Voksne som bor trangt (SSBs registerdefinisjon)"),
        "flyttet": _("Barn som har flyttet siste 12 måneder"),
        "arbeid-eller-tiltak": _("Voksne i arbeid eller tiltak"),
        "uventet-regning": _("Voksne som klarer en uventet regning"),
    }
    if line.key in hard:
        return hard[line.key]
    who = line.key.split("-")[1]
    if line.kind == CHANGE:
        return {
            "familien": _("Slik familiene ser det"),
            "koordinatoren": _("Slik koordinatorene ser det"),
            "barn": _("For hvert barn"),
        }[who]
    return {
        "familien": _("Status 1–5, slik familiene ser det, gjennomsnitt"),
        "koordinatoren": _("Status 1–5, slik koordinatorene ser det, gjennomsnitt"),
        "barn": _("Status 1–5 for hvert barn, gjennomsnitt"),
    }[who]


def _whole() -> dict[str, tuple[str, str]]:
    register = _("Måles ikke her. Det krever tall fra registrene, i registerstudien.")
    return {
        "rm7": (_("RM7 Metoden i vanlig drift: årlige kartlegginger som ble holdt i vinduet sitt"), ""),
        "rm8": (_("RM8 Samarbeid mellom sektorer: familier med gyldig avtale med minst to slags tjenester"), ""),
        "rm9": (_("RM9 Sektorene kjenner hverandres tjenester"), _("Måles ikke her. Spør tjenestene.")),
        "e1": (_("Effektmål 1 Samordnede tjenester: familier med koordinator og minst én gyldig avtale"), ""),
        "e2": (_("Effektmål 2 Færre barn vokser opp med lav inntekt"), register),
        "e3": (_("Effektmål 3 Barna fullfører videregående og er i arbeid som voksne"), register),
    }


def round_name(number: int) -> str:
    return _("Start") if number == 0 else _("%(number)d år") % {"number": number}


@dataclass(frozen=True)
class Service:
    """What is said after meetings with one service: in words for the table, and as the one line of a chart."""

    name: str
    cells: list[str]
    series: list[dict[str, Any]]

    @property
    def known(self) -> bool:
        """Whether there is a quarter that may be shown."""
        return any(value is not None for one in self.series for value in one["values"])

    @property
    def label(self) -> str:
        return _("Svar 0 til 10 etter møter, %(name)s") % {"name": self.name}


def quarter_names(content: dict[str, Any]) -> list[str]:
    """«3. kv. 26», the oldest first."""
    parts = [key.split("-") for key in content["services"]]
    return [_("%(number)s. kv. %(year)s") % {"number": number, "year": year[2:]} for year, number in parts]


def services(content: dict[str, Any], names: Mapping[str, str]) -> list[Service]:
    """All answers first, then each service of `names` that somebody has met with, in the order of `names`; last the
    answers after other meetings.
    """
    every = list(content["services"].values())
    met = {key for quarter in every for key in quarter["services"]}
    nobody: dict[str, Any] = {"n": 0, "missing": 0, "value": "", "held": False}
    found = [_service(_("Alle svar"), [quarter["all"] for quarter in every])]
    for key, name in {**names, NO_SERVICE: _("Møter uten en bestemt tjeneste")}.items():
        if key in met:
            found.append(_service(name, [quarter["services"].get(key, nobody) for quarter in every]))
    return found


def _service(name: str, cells: list[dict[str, Any]]) -> Service:
    values = [float(cell["value"]) if cell["value"] else None for cell in cells]
    told = [_("for få til å vises") if cell["held"] else in_words(cell, MEAN) for cell in cells]
    return Service(name, told, [{"name": "", "values": values, "said": told, "kind": "fk"}])


def lines_for_file(content: dict[str, Any], names: Mapping[str, str]) -> Iterable[list[str]]:
    """Each cell as a line: goal, line, round or quarter, value, n, missing. `names` are those of the services."""
    for line in LINES:
        found = content["lines"].get(line.key)
        if found is None:
            continue
        if line.kind == CHANGE:
            for way in ("higher", "same", "lower"):
                shown = "" if found[way] is None else str(found[way])
                yield [line.goal, line.key, way, shown, _or_less(found["n"]), _or_less(found["missing"])]
            continue
        for number, cell in zip(content["rounds"], found, strict=True):
            yield [line.goal, line.key, str(number), cell["value"], _or_less(cell["n"]), _or_less(cell["missing"])]
    for key, cell in content["whole"].items():
        yield [key, key, "", cell["value"], _or_less(cell["n"]), _or_less(cell["missing"])]
    for quarter, found in content.get("services", {}).items():
        told = {"alle": found["all"], **{names.get(key, "uten"): cell for key, cell in found["services"].items()}}
        for name, cell in told.items():
            yield ["fit", name, quarter, cell["value"], _or_less(cell["n"]), _or_less(cell["missing"])]


def _or_less(n: int | None) -> str:
    return "<5" if n is None else str(n)
