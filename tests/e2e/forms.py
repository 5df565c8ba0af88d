"""Every form people type in, as a table: who opens it where, and what each field takes.

A field knows one good answer and its bad ones, by kind of trouble. What the page itself fills in (the hidden key, the
version, first values) is read from the page, as a browser would.
"""

from dataclasses import dataclass

from django.utils import timezone

# Letters of every script, a picture, and what would be markup if anybody forgot.
STRANGE = "Åse ŋ čž 🧶 مرحبا <b>&"


def today() -> str:
    return timezone.localdate().strftime("%d.%m.%Y")


@dataclass(frozen=True)
class Text:
    """A text of at most `limit` characters; `free` may stand empty. `good` where not every text will do.

    A `secret` is never given back.
    """

    limit: int
    free: bool = False
    good: str = STRANGE
    secret: bool = False

    def bad(self) -> dict[str, str]:
        found = {"too long": "x" * (self.limit + 1), "NUL": "a\0b"}
        return found if self.free else found | {"empty": ""}


@dataclass(frozen=True)
class Day:
    """A date; `good` is today where the table says nothing."""

    free: bool = False
    good: str = ""

    def bad(self) -> dict[str, str]:
        found = {"no such day": "31.02.2026", "year 9999": "01.01.9999", "wrong type": "i går", "NUL": "01.01.20\x0026"}
        return found if self.free else found | {"empty": ""}


@dataclass(frozen=True)
class Number:
    good: str
    free: bool = False

    def bad(self) -> dict[str, str]:
        return {"wrong type": "mange", "NUL": "1\0"}


@dataclass(frozen=True)
class Choice:
    """One of a few answers. `free` may be left out."""

    good: str
    free: bool = False

    def bad(self) -> dict[str, str]:
        found = {"wrong type": "finnes-ikke", "NUL": "a\0"}
        return found if self.free else found | {"empty": ""}


@dataclass(frozen=True)
class Row:
    """One of the family's own rows, by its name in the world. Another family's is no choice."""

    name: str
    free: bool = False
    good: str = ""

    def bad(self) -> dict[str, str]:
        found = {"wrong type": "finnes-ikke", "another family": f"another:{self.name}"}
        return found if self.free else found | {"empty": ""}


@dataclass(frozen=True)
class Box:
    """A box that must be ticked."""

    free: bool = False
    good: str = "on"

    def bad(self) -> dict[str, str]:
        return {} if self.free else {"empty": ""}


Field = Text | Day | Number | Choice | Row | Box


@dataclass(frozen=True)
class Form:
    """`who` is a role's name in the team, "" for anybody. `rows` are the arguments of the address, by name."""

    name: str
    who: str
    address: str
    rows: tuple[str, ...]
    fields: dict[str, Field]
    # The same POST twice does one thing. Where it is False, the second one saves the same again, and the log has both.
    once: bool = True
    query: str = ""
    # The page itself is the answer, because more is typed on it than this form saves.
    stays: bool = False

    def __str__(self) -> str:
        return self.name


FAMILY: tuple[str, ...] = ("family",)
GOAL: dict[str, Field] = {
    "words": Text(300), "whose": Row("member"), "outcome": Choice("rm3"), "why": Text(300, free=True),
    "first_sign": Text(300, free=True),
}  # fmt: skip
MEASURE: dict[str, Field] = {
    "what": Text(300), "done_by": Choice("service"), "service": Row("service", free=True), "who": Text(120, free=True),
    "kind": Choice("whole", free=True),
    "due_from": Day(free=True), "due_on": Day(free=True), "asked_on": Day(free=True),
    "answered_on": Day(free=True), "follow_up": Text(1000, free=True),
}  # fmt: skip
HOW: dict[str, Field] = {"how": Choice("signed"), "note": Text(500, free=True)}
CONTACT: dict[str, Field] = {
    "name": Text(120), "title": Text(80, free=True), "phone": Text(20, free=True, good="400 00 000"),
    "email": Text(254, free=True, good="solfrid@skole.example"),
}  # fmt: skip

FORMS: tuple[Form, ...] = (
    Form("henvendelse", "", "referrals:referral_new", (), {
        "municipality": Row("municipality"), "referrer_kind": Choice("service"), "referrer_name": Text(120),
        "referrer_service": Text(120, free=True), "referrer_sector": Choice("school", free=True),
            "referrer_role": Text(80, free=True),
        "referrer_phone": Text(20, free=True, good="38 00 00 00"), "family_agrees": Box(), "family_name": Text(120),
        "own_words": Text(3000, free=True), "protection": Choice("none"), "note_concern": Text(500, free=True),
        "criterion_concern": Choice("yes", free=True), "situation_work": Text(3000, free=True),
        "people-0-role": Choice("adult", free=True), "people-0-first_name": Text(80, free=True),
            "people-0-last_name": Text(80, free=True),
        "people-0-birth_date": Day(free=True, good="12.03.1987"), "people-0-relation": Text(40, free=True),
        "people-0-share": Number("100", free=True),
    }),
    Form("vurdering", "intake", "referrals:referral_assess", ("referral",), {
        "criterion_concern": Choice("no"), "note_concern": Text(500, free=True),
    }, once=False, stays=True),
    Form("tillegg", "intake", "referrals:referral_add", ("referral",), {"came_from": Text(160), "text": Text(3000)},
         once=False, stays=True),
    Form("beslutning", "intake", "referrals:referral_decide", ("referral",), {
        "outcome": Choice("granted"), "coordinator": Row("coordinator", free=True), "reason": Text(3000),
        "decided_on": Day(), "sectors": Choice("nav"), "present": Text(300),
    }),
    Form("samtale", "coordinator", "referrals:information_meeting", ("new_family",), {
        "day": Day(), "at": Number("10:30"), "place": Text(160), "members": Row("new_member"),
    }),
    Form("samtykke", "coordinator", "consent:consent_new", FAMILY, {
        "members": Row("member"), "purpose": Choice("research"), "answer": Choice("refused"), "answered_on": Day(),
        "valid_until": Day(free=True, good=" "), **HOW,
    }, query="?hvem=voksne"),
    Form("avtalelinje", "coordinator", "consent:line_new", FAMILY, {
        "service": Row("service"), "members": Row("member"), "topics": Choice("school"), "direction": Choice("both"),
        "valid_from": Day(), "valid_to": Day(free=True, good=" "), "what_they_do": Text(200, free=True),
        **{f"contact_{name}": Text(field.limit, free=True, good=field.good) for name, field in CONTACT.items()},
    }),
    Form("underskrift", "coordinator", "consent:lines_sign", FAMILY, {
        "lines": Row("draft"), "signed_by": Text(160), "signed_on": Day(), **HOW,
    }, query="?ved=alene"),
    Form("kontakt", "coordinator", "consent:contact_edit", ("family", "contact"), CONTACT, once=False),
    Form("avslutt avtale", "coordinator", "consent:line_end", ("family", "line"), {"reason": Text(300)}),
    Form("tjeneste", "coordinator", "consent:service_new", (), {
        "name": Text(120), "sector": Choice("school"), "phone": Text(20, free=True, good="38 00 00 00"),
        "website": Text(200, free=True, good="https://skole.example"),
    }),
    Form("kartlegging", "coordinator", "assessments:sitting_start", FAMILY, {
        "round": Choice("yearly-1"), "held_on": Day(), "language": Choice("nb"), "interpreter": Text(40, free=True),
        "early_ok": Box(free=True),
    }),
    Form("FIT", "coordinator", "assessments:fit_new", FAMILY, {
        "asked_on": Day(), "after": Text(120, free=True), "service": Row("service", free=True),
        "value_MEMBER": Choice("7"),
        "comment_MEMBER": Text(1000, free=True),
    }),
    Form("ord", "coordinator", "plans:own_words_new", FAMILY, {
        "member": Row("member"), "text": Text(1000), "said_on": Day(), "told_by": Text(160, free=True),
        "seen_by": Choice("both", free=True),
    }),
    Form("mål", "coordinator", "plans:goal_new", FAMILY, GOAL),
    Form("endre mål", "coordinator", "plans:goal_edit", ("family", "goal"), GOAL | {"reason": Text(500, free=True)},
         once=False),
    Form("tiltak", "coordinator", "plans:measure_new", ("family", "goal"), MEASURE),
    Form("endre tiltak", "coordinator", "plans:measure_edit", ("family", "measure"), MEASURE, once=False),
    Form("tiltak ferdig", "coordinator", "plans:measure_finish", ("family", "measure"), {
        "state": Choice("done"), "finished_on": Day(), "follow_up": Text(1000, free=True),
    }),
    Form("avtalt plan", "coordinator", "plans:plan_agree", FAMILY, {
        "members": Row("member", free=True), "others": Text(300, free=True), "agreed_on": Day(),
        "language": Text(40, free=True),
    }),
    Form("journal", "coordinator", "plans:journal_new", FAMILY, {
        "happened_on": Day(), "kind": Choice("phone"), "members": Row("member", free=True),
        "minutes": Number("20", free=True), "moment": Choice("small", free=True), "text": Text(10_000),
    }),
    Form("kort linje", "coordinator", "plans:journal_quick", FAMILY, {
        "kind": Choice("phone"), "text": Text(500), "seen_by": Choice("nobody", free=True),
    }),
    Form("evaluering", "coordinator", "plans:review", ("family", "round"), {
        "held_on": Day(), "present": Text(300, free=True), "note": Text(2000, free=True),
        "ahead": Text(2000, free=True), "with_whom": Text(300, free=True),
        "GOAL-rating": Choice("4", free=True), "GOAL-helped": Text(1000, free=True),
        "GOAL-hindered": Text(1000, free=True), "members": Row("member", free=True),
    }, once=False),
    Form("avslutt mål", "coordinator", "plans:goal_close", ("family", "goal"), {
        "state": Choice("reached"), "reason": Text(500), "closed_on": Day(),
    }),
    Form("familien", "coordinator", "families:family_edit", FAMILY, {
        "name": Text(120), "life_phase": Text(200, free=True),
    }, once=False),
    Form("nytt medlem", "coordinator", "families:member_new", FAMILY, {
        "first_name": Text(80), "last_name": Text(80), "birth_date": Day(good="12.03.1987"), "role": Choice("adult"),
        "relation": Text(40, free=True), "language": Text(40, free=True), "home_HOME": Number("50", free=True),
    }),
    Form("medlem", "coordinator", "families:member_edit", ("family", "member"), {
        "first_name": Text(80), "last_name": Text(80), "birth_date": Day(good="12.03.1987"), "role": Choice("adult"),
    }, once=False),
    Form("flytting", "coordinator", "families:member_move", ("family", "member"), {
        "home_LIVES": Number("50", free=True), "on": Day(),
    }, once=False),
    Form("adressesperre", "coordinator", "families:family_protection", FAMILY, {
        "of": Choice("all"), "protection": Choice("client_address"), "reason": Text(300), "understood": Box(),
    }, once=False),
    Form("hold av plasser", "coordinator", "families:places_hold", (), {"held": Number("1")}, once=False),
    Form("nytt hjem", "coordinator", "families:home_new", FAMILY, {
        "name": Text(80), "address": Text(200, free=True), "postcode": Text(4, free=True, good="4604"),
    }),
    Form("angre steg", "coordinator", "families:step_undo", ("family", "step", "round"), {"reason": Text(300)}),
    Form("før steg", "coordinator", "families:step_reach", ("family", "step", "round"), {"on": Day()}, once=False),
    Form("pause", "coordinator", "families:family_pause", FAMILY, {
        "reason": Text(300), "until": Day(free=True, good=" "),
    }),
    Form("møte", "coordinator", "plans:meeting_new", FAMILY, {
        "kind": Choice("care_team"), "day": Day(), "at": Number("10:30"), "until": Number("11:30"), "place": Text(160),
        "members": Row("member"), "agenda": Text(6000, free=True),
    }),
    Form("annen plan", "coordinator", "plans:other_plan_new", FAMILY, {
        "kind": Choice("relay"), "note": Text(300, free=True), "since": Day(free=True), "until": Day(free=True),
    }),
    Form("mal", "lead", "plans:template_new", (), {
        "of": Choice("goal"), "outcome": Choice("rm3"), "words": Text(300), "first_sign": Text(300, free=True),
    }),
    Form("avslutning", "coordinator", "plans:closing", FAMILY, {
        "because": Choice("moved"), "reason": Text(300), "on": Day(), "met_on": Day(free=True),
        "present": Text(300, free=True), "said": Text(2000, free=True), "continues": Text(1000, free=True),
    }),
    Form("overføring", "lead", "families:hand_over", FAMILY, {
        "coordinator": Row("coordinator2"), "reason": Text(300),
    }),
    Form("profil", "coordinator", "accounts:profile", (), {
        "name": Text(120), "phone": Text(20, free=True, good="400 00 000"), "language": Choice("nn", free=True),
    }, once=False),
    Form("passord", "coordinator", "accounts:password_change", (), {
        "old": Text(200, secret=True, good="prøve-passord-123"),
        "new": Text(200, secret=True, good="et helt nytt 🧶 passord"),
        "again": Text(200, secret=True, good="et helt nytt 🧶 passord"),
    }, once=False),
    Form("innlogging", "", "accounts:login", (), {
        "email": Text(254, good="ingen@example.test"), "password": Text(200, secret=True),
    }, once=False),
)  # fmt: skip
