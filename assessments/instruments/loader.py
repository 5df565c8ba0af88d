"""Makes an instrument of one question file. What is wrong in it is refused with file, line, place and reason."""

import json
import re
from dataclasses import replace
from decimal import Decimal
from fractions import Fraction
from functools import cache, lru_cache
from pathlib import Path
from typing import Any

from django.utils.translation import gettext as _
from jsonschema import Draft202012Validator
from jsonschema.exceptions import best_match

from assessments.outcomes import Outcome

from . import (
    ABOUT,
    ANSWERED_BY,
    BY_HAND,
    CHILD,
    MUNICIPALITY,
    SCALES,
    SHIPPED,
    SITTING,
    SUPPLY,
    USES,
    YOUTH,
    Checked,
    Figure,
    Instrument,
    InstrumentError,
    Option,
    Part,
    Question,
    Scale,
    Wording,
    Words,
)
from .reading import Place, read
from .scores import MEAN, METHODS, SUM, Band, Norm, Score, ScoredItem

KINDS = ("baseline", "yearly")
OLDEST = 130
LONGEST_KEY = 24  # of an instrument and of a question: together they are the key of an answer
KEY = re.compile(r"[a-z0-9]+(?:[-_][a-z0-9]+)*")
TOP = (
    "id", "version", "supply", "title", "licence", "attribution", "source", "answered_by", "asked", "note",
    "scales", "parts", "questions", "scores", "use", "checked",
)  # fmt: skip


def load(path: Path) -> Instrument:
    """The instrument in the file `path`, which is called as it says it is. Raises InstrumentError."""
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise InstrumentError(path.name, "top", str(error)) from error
    found = parse(text, path.name)
    if found.id != path.stem:
        facts = {"name": found.id, "file": path.stem}
        raise InstrumentError(path.name, "top", _("id og version gir «%(name)s», filen heter «%(file)s»") % facts)
    return found


def parse(text: str, file: str) -> Instrument:
    """The instrument in `text`, which came from a file called `file`. Raises InstrumentError."""
    top = read(file, text).mapping(*TOP)
    slug, version = _key(top.get("id")), _key(top.get("version"))
    supply = top.get("supply").text(*SUPPLY) if "supply" in top else SHIPPED
    title = top.get("title").words()
    rows = top.get("scales").mapping()
    scales = {key: _scale(_key(_named(rows, key)), rows.get(key), supply) for key in rows.value}
    parts = tuple(_part(row) for row in top.get("parts").items()) if "parts" in top else (Part(slug, title),)
    if "parts" in top:
        top.get("parts").once([part.key for part in parts])
    maker = _Questions(top, scales, parts, supply)
    questions = tuple(maker.question(row, n) for n, row in enumerate(top.get("questions").items(), 1))
    top.get("questions").once([question.key for question in questions])
    scores = tuple(_score(row, questions) for row in top.get("scores").items()) if "scores" in top else ()
    if scores:
        top.get("scores").once([score.key for score in scores])
    made = Instrument(
        id=f"{slug}-{version}",
        version=version,
        title=title,
        licence=top.get("licence").text(),
        source=top.get("source").text(),
        answered_by=top.get("answered_by").words(),
        note=top.get("note").words(),
        parts=parts,
        questions=questions,
        slug=slug,
        supply=supply,
        attribution=top.get("attribution").text() if "attribution" in top else "",
        scores=scores,
        use=top.get("use").text(*USES) if "use" in top else SITTING,
        checked=_checked(top.get("checked")) if "checked" in top else None,
    )
    _fits_schema(top)
    return made


def _checked(row: Place) -> Checked:
    row.mapping("day", "agrees", "unconfirmed")
    agrees = row.get("agrees").items() if "agrees" in row else []
    return Checked(
        row.get("day").day(),
        tuple((one.mapping("what", "source").get("what").words(), one.get("source").text()) for one in agrees),
        tuple(one.words() for one in row.get("unconfirmed").items()) if "unconfirmed" in row else (),
    )


SCHEMA = Path(__file__).with_name("schema.json")


@cache
def _validator() -> Draft202012Validator:
    return Draft202012Validator(json.loads(SCHEMA.read_text(encoding="utf-8")))


def _fits_schema(top: Place) -> None:
    """What a municipality is shown of the files holds for every file. Asked last: the checks above say it better."""
    error = best_match(_validator().iter_errors(_as_json(top.value)))
    if error is None:
        return
    place = "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in error.absolute_path).lstrip(".")
    facts = {"rule": "/".join(str(step) for step in error.absolute_schema_path)}
    raise Place(top.file, place or "top", None, top.lines).wrong(_("passer ikke med schema.json: %(rule)s") % facts)


def _as_json(value: Any) -> Any:
    """YAML has numbers for keys, where JSON has text."""
    if isinstance(value, dict):
        return {str(key): _as_json(one) for key, one in value.items()}
    return [_as_json(one) for one in value] if isinstance(value, list) else value


@lru_cache(maxsize=64)
def parse_once(text: str, file: str) -> Instrument:
    """The same, kept in memory: a municipality's own file never changes, and is read for each sitting."""
    return parse(text, file)


def _named(rows: Place, key: Any) -> Place:
    return Place(rows.file, rows.get(key).place, key, rows.lines)


def _key(row: Place) -> str:
    """A short name: small letters, digits, hyphens."""
    text = row.text()
    if not KEY.fullmatch(text) or len(text) > LONGEST_KEY:
        raise row.wrong(_("skal være små bokstaver a–z, tall og bindestrek, høyst %(n)s tegn") % {"n": LONGEST_KEY})
    return text


# --- scales -----------------------------------------------------------------------------------------------------


def _scale(key: str, row: Place, supply: str) -> Scale:
    kind = row.mapping("kind", "low", "high", "options", "words", "figures").get("kind").text(*SCALES)
    if kind in ("choice", "choices"):
        options = tuple(_option(option) for option in row.get("options").items())
        values = [option.value for option in options]
        if len(set(values)) != len(values):
            raise row.get("options").wrong(_("to svar har samme value"))
        return Scale(key, kind, options=options)
    if kind == "text":
        return Scale(key, kind)
    if kind == "result":
        figures = tuple(_figure(figure) for figure in row.get("figures").items())
        row.get("figures").once([figure.key for figure in figures])
        return Scale(key, kind, figures=figures)
    low, high = row.get("low").number(), row.get("high").number()
    if not 0 <= low < high:
        raise row.wrong(_("low skal være 0 eller mer, og mindre enn high"))
    words = row.get("words", {}).mapping()
    for value in words.value:
        if not isinstance(value, int) or not low <= value <= high:
            raise words.get(value).wrong(_("«%(value)s» er ikke på skalaen") % {"value": value})
    if kind in ("status", "degree") and supply != MUNICIPALITY and len(words.value) != high - low + 1:
        raise words.wrong(_("skalaen trenger ord for hvert tall"))
    return Scale(key, kind, low, high, words=tuple((value, words.get(value).words()) for value in words.value))


def _figure(row: Place) -> Figure:
    row.mapping("key", "label", "low", "high", "decimals")
    low, high = row.get("low").decimal(), row.get("high").decimal()
    decimals = row.get("decimals", 0).number()
    if low >= high or not 0 <= decimals <= 3:
        raise row.wrong(_("low skal være mindre enn high, og decimals fra 0 til 3"))
    return Figure(_key(row.get("key")), row.get("label").words(), low, high, decimals)


def _option(row: Place) -> Option:
    row.mapping("value", "nb", "nn", "en", "alone")
    texts = {key: row.value[key] for key in row.value if key not in ("value", "alone")}
    alone = row.value.get("alone", False)
    if not isinstance(alone, bool):
        raise row.get("alone").wrong(_("skal være true eller false"))
    return Option(row.get("value").text(), Place(row.file, row.place, texts, row.lines).words(), alone)


def _part(row: Place) -> Part:
    row.mapping("key", "title")
    return Part(_key(row.get("key")), row.get("title").words())


# --- questions --------------------------------------------------------------------------------------------------


class _Questions:
    """Makes the questions of one file. A pack says once who is asked and how old they are, under `asked`."""

    FIELDS = (
        "key", "part", "about", "answered_by", "scale", "text", "label", "help", "ages", "kinds", "goal", "child",
        "youth",
    )  # fmt: skip

    def __init__(self, top: Place, scales: dict[str, Scale], parts: tuple[Part, ...], supply: str) -> None:
        self.scales, self.parts, self.supply, self.title = scales, parts, supply, top.get("title").words()
        self.licensed = "attribution" in top
        asked = top.get("asked").mapping("who", "ages") if "asked" in top else None
        self.who = asked.get("who").text(*ANSWERED_BY) if asked else ""
        self.ages = _ages(asked.get("ages")) if asked else None

    def question(self, row: Place, number: int) -> Question:
        row.mapping(*self.FIELDS)
        about = row.get("about").text(*ABOUT) if "about" in row or not self.who else "member"
        kinds = tuple(kind.text(*KINDS) for kind in row.get("kinds", list(KINDS)).items())
        own = Words({language: f"{title} {number}" for language, title in self.title.items()})
        made = Question(
            key=_key(row.get("key")),
            part=row.get("part").text(*(p.key for p in self.parts)) if "part" in row or len(self.parts) > 1
            else self.parts[0].key,
            about=about,
            answered_by=row.get("answered_by").text(*ANSWERED_BY) if "answered_by" in row or not self.who else self.who,
            scale=self._scale_of(row),
            text=self._text(row),
            label=row.get("label").words() if "label" in row or not self.who else own,
            help=row.get("help").words() if "help" in row else None,
            ages=self._ages_of(row) if about == "member" else (0, OLDEST),
            kinds=kinds,
            goal=row.get("goal").text(*Outcome.values) if "goal" in row else "",
        )  # fmt: skip
        return replace(
            made, child=self._wording(row, "child", made, CHILD), youth=self._wording(row, "youth", made, YOUTH)
        )

    def _wording(self, row: Place, name: str, question: Question, ages: tuple[int, int]) -> Wording | None:
        """Words of our own for those who answer for themselves; somebody else's form is asked as it is."""
        if name not in row:
            return None
        place = row.get(name).mapping("text", "help")
        if self.supply != SHIPPED or self.licensed:
            raise place.wrong(_("skjemaer som er andres, stilles med sine egne ord til alle"))
        if question.answered_by != "self" or question.ages[0] > ages[1] or question.ages[1] < ages[0]:
            raise place.wrong(
                _("ingen på %(low)s–%(high)s år svarer selv på dette") % {"low": ages[0], "high": ages[1]}
            )
        return Wording(place.get("text").words(), place.get("help").words() if "help" in place else None)

    def _scale_of(self, row: Place) -> Scale:
        place = row.get("scale")
        scale = self.scales[place.text(*self.scales)]
        if (scale.kind == "result") != (self.supply == BY_HAND):
            raise place.wrong(_("bare det som føres for hånd, har skalaen result, og det har ingen annen"))
        if self.supply == MUNICIPALITY and scale.kind != "degree":
            raise place.wrong(_("når kommunen setter inn teksten, skal skalaen være degree"))
        return scale

    def _text(self, row: Place) -> Words:
        if self.supply != MUNICIPALITY:
            return row.get("text").words()
        if "text" in row:
            raise row.get("text").wrong(_("teksten settes inn av kommunen og skal ikke stå her"))
        return Words()

    def _ages_of(self, row: Place) -> tuple[int, int]:
        if "ages" in row or self.ages is None:
            return _ages(row.get("ages"))
        return self.ages


def _ages(place: Place) -> tuple[int, int]:
    ends = [age.number() for age in place.items()]
    if len(ends) == 1:
        ends.append(OLDEST)
    if len(ends) != 2 or not 0 <= ends[0] <= ends[1] <= OLDEST:
        raise place.wrong(_("skal være [fra] eller [fra, til], hele år mellom 0 og %(oldest)s") % {"oldest": OLDEST})
    return ends[0], ends[1]


# --- scores -----------------------------------------------------------------------------------------------------


def _score(row: Place, questions: tuple[Question, ...]) -> Score:
    row.mapping("key", "label", "of", "reversed", "method", "times", "may_miss", "norms", "notable")
    method = row.get("method", SUM).text(*METHODS)
    times, may_miss = row.get("times", 1).number(), row.get("may_miss", 0).number()
    items = _scored(row, questions)
    if not 1 <= times <= 100:
        raise row.get("times").wrong(_("skal være fra 1 til 100"))
    if may_miss and method != MEAN:
        raise row.get("may_miss").wrong(_("en sum av færre svar er en annen skala; bruk method: mean"))
    if not 0 <= may_miss < len(items):
        raise row.get("may_miss").wrong(_("skal være mindre enn antall spørsmål"))
    bare = Score(_key(row.get("key")), row.get("label").words(), items, method, times, may_miss)
    notable = row.get("notable").mapping("change", "source") if "notable" in row else None
    return Score(
        bare.key, bare.label, items, method, times, may_miss,
        norms=_norms(row.get("norms"), bare) if "norms" in row else (),
        notable=Fraction(notable.get("change").decimal()) if notable else None,
        notable_source=notable.get("source").text() if notable else "",
    )  # fmt: skip


def _scored(row: Place, questions: tuple[Question, ...]) -> tuple[ScoredItem, ...]:
    """The answers that count: whole questions with a number, or single figures of a result ("result.total")."""
    ends: dict[str, tuple[int | Decimal, int | Decimal]] = {
        q.key: (q.scale.low, q.scale.high) for q in questions if q.scale.is_number
    }
    ends |= {f"{q.key}.{f.key}": (f.low, f.high) for q in questions for f in q.scale.figures}
    keys = [item.text(*ends) for item in row.get("of").items()]
    row.get("of").once(keys)
    turned = [item.text(*keys) for item in row.get("reversed").items()] if "reversed" in row else []
    return tuple(ScoredItem(k, Fraction(ends[k][0]), Fraction(ends[k][1]), k in turned) for k in keys)


def _norms(rows: Place, score: Score) -> tuple[Norm, ...]:
    found: list[Norm] = []
    for row in rows.items():
        ages = _ages(row.mapping("ages", "source", "bands").get("ages"))
        if any(ages[0] <= other.ages[1] and other.ages[0] <= ages[1] for other in found):
            raise row.get("ages").wrong(_("alderen overlapper en annen norm for samme skår"))
        found.append(Norm(ages, row.get("source").text(), _bands(row.get("bands"), score)))
    return tuple(found)


def _bands(rows: Place, score: Score) -> tuple[Band, ...]:
    bands = [
        Band(
            Fraction(row.mapping("from", "label", "follow_up").get("from").decimal()),
            row.get("label").words(),
            row.value.get("follow_up", False) is True,
        )
        for row in rows.items()
    ]
    starts = [band.start for band in bands]
    if starts[0] != score.lowest or starts != sorted(set(starts)) or starts[-1] > score.highest:
        facts = {"low": float(score.lowest), "high": float(score.highest)}
        raise rows.wrong(_("skal begynne på %(low)g og stige, uten å gå over %(high)g") % facts)
    return tuple(bands)
