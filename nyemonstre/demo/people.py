"""Who there is in the demo: municipalities, the people who work there, services, and the families to be walked.

Everything is invented. Addresses for mail end in .example, which can belong to nobody.
"""

from dataclasses import dataclass, field
from typing import Any

from consent.enums import Sector as ServiceSector
from nyemonstre.access.roles import Role
from nyemonstre.accounts.enums import Sector

S = ServiceSector


@dataclass(frozen=True)
class Place:
    """A municipality: `code` stands before the numbers of its families, `staff` is (role, name, sector)."""

    number: str
    name: str
    code: str
    language: str
    staff: tuple[tuple[str, str, str], ...]
    services: tuple[tuple[str, str], ...]
    domain: str


def _staff(coordinators: list[str], lead: str, intake: list[str], administrator: str, auditor: str, researcher: str):
    return (
        *((Role.COORDINATOR, name, "") for name in coordinators),
        (Role.LEAD, lead, ""),
        *((Role.INTAKE, name, sector) for name, sector in zip(intake, Sector.values, strict=True)),
        (Role.ADMINISTRATOR, administrator, ""),
        (Role.AUDITOR, auditor, ""),
        (Role.RESEARCHER, researcher, ""),
    )


KRISTIANSAND = Place(
    "4204", "Kristiansand", "KRS", "nb",
    _staff(
        ["Ingrid Solbakk", "Henrik Aasland", "Sunniva Reiersen"], "Turid Vestøl",
        ["Nora Sande", "Mona Fjellheim", "Farah Haddad"], "Bjørn Åge Møll", "Kjersti Vågane", "Eirik Storstein",
    ),
    (
        ("Øvre Bjørkåsen skole", S.SCHOOL), ("Tranevik ungdomsskole", S.SCHOOL),
        ("Kvitvoll videregående skole", S.SCHOOL),
        ("Rugdelia barnehage", S.KINDERGARTEN), ("Møllebekken helsestasjon", S.HEALTH_CENTRE),
        ("Legene på Nordtorvet", S.GP), ("Psykisk helse, demodistriktet", S.HEALTH),
        ("Barnevernstjenesten, demokontoret", S.CHILD_WELFARE), ("NAV, oppfølging", S.NAV),
        ("Bolig og eiendom", S.HOUSING), ("Gjeldsrådgiveren", S.ECONOMY), ("Elvestrand IL", S.LEISURE),
        ("Kulturskolen i Smia", S.LEISURE), ("Frivilligsentralen Åpent hus", S.VOLUNTARY),
        ("Lærebedriften Rør og Varme", S.WORK), ("Voksenopplæringen", S.OTHER),
    ),
    "kristiansand.example",
)  # fmt: skip

ARENDAL = Place(
    "4203", "Arendal", "ARE", "nb",
    _staff(
        ["Silje Haugaas", "Jonas Mykland"], "Anne-Lise Torvund", ["Tiril Nesheim", "Odd Arne Kvåle", "Milan Petrovic"],
        "Gro Sandnes Lie", "Pål Wergedal", "Hanne Ytterdal",
    ),
    (
        ("Granåsen skole", S.SCHOOL), ("Sjøbua ungdomsskole", S.SCHOOL), ("Steinknappen barnehage", S.KINDERGARTEN),
        ("Tyholm helsestasjon, demo", S.HEALTH_CENTRE), ("Havnelegene, demo", S.GP),
        ("Barnevernet, demokontoret", S.CHILD_WELFARE), ("NAV, oppfølging", S.NAV), ("Boligkontoret", S.HOUSING),
        ("Gjeldsrådgiveren", S.ECONOMY), ("Nidelv turn og idrett", S.LEISURE), ("Hjelpende hender", S.VOLUNTARY),
        ("Voksenopplæringen", S.OTHER),
    ),
    "arendal.example",
)  # fmt: skip

VALLE = Place(
    "4221", "Valle", "VAL", "nn",
    _staff(
        ["Gunnhild Rygnestad"], "Torleiv Homme", ["Signe Brokke", "Olav Rike", "Birgit Nomeland"], "Åsne Harstveit",
        "Knut Viki", "Ragnhild Straume",
    ),
    (
        ("Dalskulen", S.SCHOOL), ("Fjellrosa barnehage", S.KINDERGARTEN), ("Helsestasjonen i dalen", S.HEALTH_CENTRE),
        ("Legekontoret i dalen", S.GP), ("NAV, demokontoret", S.NAV), ("Dalens idrettslag", S.LEISURE),
        ("Sanitetslaget", S.VOLUNTARY),
    ),
    "valle.example",
)  # fmt: skip


# --- families -------------------------------------------------------------------------------------------------------

# First names by where a family has its roots, women and girls first, then men and boys; and the interpreter's language.
NAMES: dict[str, tuple[str, str, str]] = {
    "norsk": (
        "Ane Berit Camilla Elin Frida Guro Hege Ida Jorunn Kaja Lene Maren Nina Oda Pia Ragna Siri Tuva Vilde Ylva",
        "Anders Birk Christer Didrik Emil Fredrik Geir Iver Joar Leif Magnus Nils Ola Petter Roar Sander Trym Vegard",
        "",
    ),
    "arabisk": (
        "Amal Dina Farida Hanan Leah Maryam Noor Rania Salma Yasmin",
        "Adam Bilal Elias Hadi Jamal Karim Omar Rami Sami Yusuf",
        "arabisk",
    ),
    "tigrinja": (
        "Abeba Bisrat Feven Hiwet Liya Mihret Rahwa Saba Senait Winta",
        "Abel Biniam Dawit Filmon Henok Kidane Natnael Robel Samuel Yonas",
        "tigrinja",
    ),
    "polsk": (
        "Agata Beata Dorota Ewa Hanna Kasia Lena Magda Ola Zofia",
        "Adrian Bartek Filip Igor Jakub Kamil Marek Oskar Piotr Tomek",
        "polsk",
    ),
    "somali": (
        "Amina Ayaan Deqa Fadumo Hodan Ifrah Khadra Ladan Sahra Ubah",
        "Abdi Ayub Bashir Hamza Ismail Liban Mahad Sakariye Warsame Zakariya",
        "somali",
    ),
    "ukrainsk": (
        "Daryna Hanna Iryna Kateryna Lesia Maria Nadia Oksana Sofia Yulia",
        "Andrij Bohdan Danylo Ivan Maksym Mykola Oleh Petro Taras Yurij",
        "ukrainsk",
    ),
}

# A person is (relation, adult, age when the family is referred, (home, share) …).
HOME, HERS, HIS, OTHER = "Hjemme", "Hos mor", "Hos far", "Hos moren"
SHAPES: dict[str, tuple[tuple[Any, ...], ...]] = {
    "couple": (("mor", True, 34, (HOME, 100)), ("far", True, 37, (HOME, 100)), ("datter", False, 9, (HOME, 100)),
               ("sønn", False, 5, (HOME, 100))),
    "mother": (("mor", True, 31, (HOME, 100)), ("sønn", False, 8, (HOME, 100)), ("datter", False, 3, (HOME, 100))),
    "mother_teen": (("mor", True, 42, (HOME, 100)), ("sønn", False, 15, (HOME, 100)),
                    ("datter", False, 12, (HOME, 100))),
    "father": (("far", True, 39, (HOME, 100)), ("datter", False, 11, (HOME, 100)), ("sønn", False, 7, (HOME, 100))),
    "large": (("mor", True, 38, (HOME, 100)), ("far", True, 44, (HOME, 100)), ("sønn", False, 13, (HOME, 100)),
              ("datter", False, 10, (HOME, 100)), ("sønn", False, 6, (HOME, 100)), ("datter", False, 1, (HOME, 100))),
    "shared": (("mor", True, 36, (HERS, 100)), ("far", True, 40, (HIS, 100)),
               ("datter", False, 12, (HERS, 50), (HIS, 50)), ("sønn", False, 7, (HERS, 50), (HIS, 50))),
    "related": (("far", True, 41, (HOME, 100)), ("sønn", False, 10, (HOME, 100)),
                ("datter", False, 14, (HOME, 30), (OTHER, 70))),
    "baby": (("mor", True, 24, (HOME, 100)), ("far", True, 26, (HOME, 100)), ("datter", False, 2, (HOME, 100))),
    "grandmother": (("bestemor", True, 58, (HOME, 100)), ("barnebarn", False, 9, (HOME, 100))),
}  # fmt: skip


@dataclass(frozen=True)
class Plot:
    """One family: who they are, how many months ago they were referred, and what is special about them (`marks`)."""

    name: str
    roots: str
    shape: str
    months: float
    coordinator: int | None
    marks: frozenset[str] = field(default_factory=frozenset)

    def has(self, mark: str) -> bool:
        return mark in self.marks


def _plot(name: str, roots: str, shape: str, months: float, coordinator: int | None, *marks: str) -> Plot:
    return Plot(name, roots, shape, months, coordinator, frozenset(marks))


# Marks: what seed.py makes of each stands in walk.py. The order is the order in which the families came to the demo.
FAMILIES: dict[str, list[Plot]] = {
    "4204": [
        _plot("Nyhagen", "norsk", "mother", 58, 0, "goals_reached", "typing"),
        _plot("Tveitdal", "norsk", "shared", 34, 0, "expiring", "dropped"),
        _plot("Osmani", "arabisk", "large", 26, 0, "interpreter", "dropped", "draft"),
        _plot("Mebrahtu", "tigrinja", "couple", 12.9, 0, "interpreter", "open_sitting"),
        _plot("Solvik", "norsk", "mother_teen", 19, 0, "turns_18", "research_withdrawn"),
        _plot("Haddeland", "norsk", "father", 7.3, 0, "paused"),
        _plot("Skarpnes", "norsk", "related", 2.3, 0, "tablet"),
        _plot("Lyngmo", "norsk", "mother", 47, 0, "substitute", "expired", "dropped", "in_need"),
        _plot("Bakkestø", "norsk", "grandmother", 1.1, 0, "thinks"),
        _plot("Berge Kowalczyk", "polsk", "couple", 1.45, 0, "interpreter", "open_sitting"),
        _plot("Aamlid", "norsk", "mother", 0.8, 1, "no_show"),
        _plot("Warsame Lie", "somali", "large", 53, 1, "interpreter", "research_refused"),
        _plot("Tronstad", "norsk", "couple", 42, 1, "handed_over", "expiring"),
        _plot("Kovalenko", "ukrainsk", "mother_teen", 13.4, 1, "interpreter", "dropped", "turned_18"),
        _plot("Grødum", "norsk", "shared", 31, 1, "protected", "lead_named"),
        _plot("Hoven", "norsk", "father", 24.8, 1, "late"),
        _plot("Jerstad", "norsk", "mother", 6.9, 1, "draft"),
        _plot("Tesfay", "tigrinja", "mother", 2.6, 1, "interpreter"),
        _plot("Ueland Vestøl", "norsk", "related", 1.7, 1),
        _plot("Finsland", "norsk", "baby", 4.5, 2, "born"),
        _plot("Al-Najjar", "arabisk", "couple", 37, 2, "interpreter", "ended", "second"),
        _plot("Rypdal", "norsk", "mother_teen", 44, 2, "withdrew", "late"),
        _plot("Sæbø", "norsk", "couple", 9, 2, "research_refused", "shut_out"),
        _plot("Omland", "norsk", "father", 15.6, 2, "client_address", "dropped"),
        _plot("Nowak", "polsk", "large", 22, 2, "interpreter"),
        _plot("Eikeland Strand", "norsk", "shared", 56, 2, "goals_reached", "lead_reads"),
        _plot("Vehus", "norsk", "mother", 2.0, 2, "in_need", "asked"),
        _plot("Stallemo", "norsk", "couple", 62.5, 2, "closed", "goals_reached"),
        _plot("Fidjeland", "norsk", "mother", 0.55, 0, "over_ten"),
        _plot("Hamre", "norsk", "couple", 0.5, None),
    ],
    "4203": [
        _plot("Songe", "norsk", "mother", 48, 0, "goals_reached", "dropped", "typing"),
        _plot("Haile", "tigrinja", "large", 30, 0, "interpreter"),
        _plot("Froland", "norsk", "shared", 20, 0, "expired"),
        _plot("Myhre", "norsk", "father", 13, 0, "turns_16"),
        _plot("Bøylestad", "norsk", "couple", 8, 0, "draft"),
        _plot("Farah", "somali", "mother", 36, 0, "interpreter", "research_refused"),
        _plot("Tellefsen", "norsk", "mother_teen", 3.2, 0, "tablet"),
        _plot("Nidarvoll", "norsk", "couple", 1.2, 0),
        _plot("Ask", "norsk", "grandmother", 0.7, 0),
        _plot("Petrenko", "ukrainsk", "couple", 14.5, 1, "interpreter", "handed_over"),
        _plot("Tvedt", "norsk", "mother", 41, 1, "withdrew_all"),
        _plot("Lindal", "norsk", "related", 25, 1, "ended"),
        _plot("Rahimi", "arabisk", "couple", 10.5, 1, "interpreter", "dropped"),
        _plot("Frøyså", "norsk", "baby", 5.4, 1),
        _plot("Brekkestø", "norsk", "father", 2.8, 1, "late"),
        _plot("Zielinski", "polsk", "mother", 18, 1, "interpreter", "paused"),
        _plot("Aune", "norsk", "couple", 1.6, 1, "open_sitting"),
        _plot("Gjerstadlia", "norsk", "mother", 29, 1, "closed"),
    ],
    "4221": [
        _plot("Bjørgum", "norsk", "mother", 40, 0, "late"),
        _plot("Uppstad", "norsk", "couple", 16, 0, "dropped", "typing"),
        _plot("Melnyk", "ukrainsk", "mother_teen", 7.6, 0, "interpreter"),
        _plot("Haugetveit", "norsk", "father", 1.3, 0),
    ],
}
PLACES = [KRISTIANSAND, ARENDAL, VALLE]
