"""What is said and done in the demo, in the words of invented families and coordinators. Data only, no code.

{child} and {adult} become first names. Bokmål first; Valle has its own words in nynorsk (stories_nn.py).
"""

from dataclasses import dataclass
from typing import Any

from assessments.outcomes import Outcome as O
from consent.enums import Sector as S
from plans.enums import JournalKind as K

# «Hva er viktig for dere nå?» by who says it.
WORDS: dict[str, list[str]] = {
    "adult": [
        "At vi kan bo her lenge. Og at jeg tør å åpne posten.",
        "En jobb ryggen tåler. Og krefter igjen til barna når dagen er slutt.",
        "Vi trenger én å ringe til, ikke seks.",
        "At barna slipper å merke at det er trangt.",
        "Jeg vil lære norsk nok til å snakke med læreren selv.",
        "Å sove om natta uten å regne på regninger.",
        "At noen ser hele oss, ikke bare det som ikke går.",
        "Jeg vil bli ferdig med fagbrevet. Jeg var så nær sist.",
        "At huset blir varmt. Ungene har ull på inne.",
        "Å kunne si ja når de spør om å bli med på noe.",
        "Vi vil ha ro. Vi har flyttet fire ganger på tre år.",
        "At jeg orker mer enn bare å komme gjennom dagen.",
    ],
    "teen": [
        "Fullføre fagbrevet. Og lappen, men den er dyr.",
        "At noen spør hvordan det går på skolen, ikke bare om jeg var der.",
        "Et eget rom. Eller i hvert fall en dør.",
        "Sommerjobb. Jeg vil tjene egne penger.",
        "Å slippe å oversette for mamma hos legen.",
        "Håndball. Laget er det beste med uka.",
    ],
    "child": [
        "At Birk kan bli med meg hjem.",
        "Håndball. Og at noen spør hvordan det går på skolen.",
        "At mamma ikke er så sliten.",
        "Å ha bursdag hjemme med klassen.",
        "Jeg vil lære å svømme.",
        "En sykkel som passer.",
        "At vi ikke flytter igjen.",
    ],
}


@dataclass(frozen=True)
class Measure:
    """`by` is a Doer; with `sector` it is the family's service of that kind, while it has a live agreement line."""

    what: str
    by: str = "coordinator"
    sector: str = ""
    dropped: bool = False
    who: str = ""


@dataclass(frozen=True)
class Goal:
    """`whose` is adult, child or all. `later` is how the goal stands after it has been talked over again."""

    outcome: str
    whose: str
    words: str
    sign: str
    later: str
    measures: tuple[Measure, ...]
    why: str = ""


GOALS = [
    Goal(O.RM6, "adult", "Jeg åpner posten hver mandag, og vet hva vi skylder.", "Bunken på kjøkkenbenken er borte.",
         "Jeg betaler det faste først, og har en plan for resten.", (
             Measure("Gå gjennom posten sammen og lage oversikt"),
             Measure("Avtale med kreditorene", "service", S.ECONOMY),
             Measure("Søke bostøtte før den 25.", "family")),
         "Det holder meg våken om natta."),
    Goal(O.RM4A, "all", "Et sted å bo der alle har en seng og ingen fryser.", "Vi er på visning.",
         "Leiligheten er på plass. Nå skal den bli et hjem.", (
             Measure("Søke kommunal bolig, med vedlegg om trangboddhet", "service", S.HOUSING),
             Measure("Søke startlån og få svar på hva vi kan kjøpe for"),
             Measure("Flyttehjelp og seng til {child}", "volunteer", S.VOLUNTARY))),
    Goal(O.RM2, "child", "{child} er med på noe fast sammen med andre.", "{child} blir hentet av noen fra laget.",
         "{child} velger selv hva det skal være, og går dit uten voksne.", (
             Measure("Prøvetrening, og noen å gå sammen med", "service", S.LEISURE),
             Measure("Utstyr: sko og drakt", "nobody", dropped=True),
             Measure("Søke aktivitetskort", "coordinator")),
         "Alle de andre i klassen er med på noe."),
    Goal(O.RM3, "child", "{child} er på skolen hver dag, også mandag.", "To mandager på rad.",
         "{child} gjør leksene på skolen og har fri hjemme.", (
             Measure("Fast møte med kontaktlærer hver sjette uke", "service", S.SCHOOL),
             Measure("Leksehjelp tirsdag og torsdag", "volunteer", S.VOLUNTARY),
             Measure("Finne ut hvem som kjører på mandager", "nobody", dropped=True))),
    Goal(O.RM5, "adult", "Jeg er i praksis tre dager i uka og klarer det.", "Første uke uten fravær.",
         "Jeg har fast deltid og får lønn den 12.", (
             Measure("Finne praksisplass med kort reisevei", "service", S.NAV),
             Measure("Skrive CV og øve på intervju", "coordinator"),
             Measure("Følge i barnehagen før kl. 7.30", "nobody", dropped=True)),
         "Barna skal se at jeg går på jobb."),
    Goal(O.RM1, "adult", "Jeg sover, og orker en tur hver dag.", "En hel natt.", "Jeg går turen sammen med noen.", (
        Measure("Time hos fastlegen, følge første gang", "service", S.GP),
        Measure("Gågruppe på onsdager", "volunteer", S.VOLUNTARY, who="Gågruppa"))),
    Goal(O.RM4B, "all", "Barna vet hvor de skal sove, en måned fram.", "Kalenderen henger på kjøleskapet.",
         "Barna bytter hjem på fast dag, og vi snakker pent ved døra.", (
             Measure("Lage kalender sammen, lik i begge hjem", "family"),
             Measure("Samtaler om samarbeid mellom foreldrene", "service", S.HEALTH_CENTRE))),
    Goal(O.RM1, "child", "{child} har én voksen utenfor familien å snakke med.", "{child} nevner navnet hjemme.",
         "{child} sier fra når det er for mye.", (
             Measure("Helsesykepleier på skolen, annenhver uke", "service", S.HEALTH_CENTRE),
             Measure("Koordinator møter {child} alene, på tur", "coordinator"))),
    Goal(O.RM6, "adult", "Vi kommer gjennom måneden uten å låne.", "Det er penger igjen den 10.",
         "Vi sparer litt til ferie.", (
             Measure("Søke redusert betaling i barnehage og SFO før 1. august"),
             Measure("Ferieopphold gjennom frivilligsentralen", "volunteer", S.VOLUNTARY),
             Measure("Gå gjennom faste trekk i nettbanken", "family"))),
    Goal(O.RM3, "child", "{child} får den hjelpen på skolen som er lovet.", "Planen er på ett ark, og alle har det.",
         "{child} leser høyt i klassen når {child} vil selv.", (
             Measure("Ansvarsgruppe med skole og PPT", "service", S.SCHOOL),
             Measure("Forklare brevene fra skolen", "coordinator"))),
    Goal(O.RM5, "adult", "Jeg tar norskprøven på B1.", "Jeg ringer legen selv.", "Jeg har begynt på fagopplæring.", (
        Measure("Kveldskurs to ganger i uka", "service", S.OTHER),
        Measure("Språkkafé på onsdager", "volunteer", S.VOLUNTARY),
        Measure("Barnepass på kurskveldene", "nobody", dropped=True))),
    Goal(O.RM2, "child", "{child} har hatt bursdag hjemme.", "Invitasjonene er delt ut.",
         "{child} har med seg venner hjem uten å spørre først.", (
             Measure("Finne lokale og hjelpe til på dagen", "volunteer", S.VOLUNTARY),
             Measure("Kake og lek, laget sammen", "family"))),
]  # fmt: skip


@dataclass(frozen=True)
class Note:
    """A line in the journal. `sector` names the service it was with, while the family has an agreement with it."""

    kind: str
    text: str
    minutes: int
    support: tuple[str, ...] = ()
    sector: str = ""
    moment: str = ""
    about: str = "adult"


ADM, PRA, EMO = "administrative", "practical", "emotional"
NOTES = [
    Note(K.HOME_VISIT, "Gikk gjennom posten sammen. Fire brev var inkasso på samme krav. {adult} ble lettet over at "
         "det var ett og ikke fire.", 90, (ADM, EMO)),
    Note(K.PHONE, "{adult} ringte før møtet med Nav. Vi øvde på hva som skal sies først.", 15, (EMO,)),
    Note(K.PRACTICAL_ADULT, "Var med i banken. BankID virker nå.", 60, (PRA,)),
    Note(K.COOPERATION, "Møte om praksisplass. Avtalt tre dager i uka fra neste mandag, og ny prat om fire uker.", 60,
         (ADM,), S.NAV),
    Note(K.CARE_TEAM, "Ansvarsgruppe på skolen. {child} viste fram en tegning først. Vi ble enige om hvem som ringer "
         "hjem, og når.", 75, (ADM,), S.SCHOOL, about="child"),
    Note(K.PRACTICAL_CHILD, "Handlet fotballsko sammen med {child}. Valgte de blå.", 45, (PRA,), about="child"),
    Note(K.NOTE, "{child} spurte selv om å få bli med på trening.", 5, (), "", "small", "child"),
    Note(K.OFFICE_TALK, "{adult} fortalte om barndommen sin for første gang. Vi lot planen ligge i dag.", 60, (EMO,),
         "", "turning"),
    Note(K.PHONE, "Boligkontoret ber om ny dokumentasjon. Sender den i dag.", 10, (ADM,), S.HOUSING),
    Note(K.HOME_VISIT, "Ingen åpnet. La lapp i postkassen. {adult} sendte melding på kvelden: dårlig dag, ny tid på "
         "torsdag.", 20),
    Note(K.PRACTICAL_ADULT, "Fulgte til fastlegen og ventet utenfor. Henvisning er sendt.", 80, (PRA, EMO), S.GP),
    Note(K.NOTE, "{adult} hadde åpnet posten selv denne uka.", 5, (), "", "small"),
    Note(K.FEEDBACK, "Spurte etter møtet hvordan hjelpen oppleves. {adult}: «Nå vet jeg hvem jeg skal spørre.»", 10),
    Note(K.COOPERATION, "Gjeldsrådgiveren har fått svar fra tre av fem. Én sletter rentene.", 45, (ADM,), S.ECONOMY),
    Note(K.PRACTICAL_CHILD, "Tur til vannet med {child}. Snakket om skolen på vei hjem, ikke før.", 100, (EMO,),
         about="child"),
    Note(K.PHONE, "Treneren sier {child} kommer hver gang, og henter ballene uten å bli bedt.", 10, (), S.LEISURE,
         "small", "child"),
    Note(K.HOME_VISIT, "Målte opp til køyeseng. Frivilligsentralen kan levere på lørdag.", 60, (PRA,), S.VOLUNTARY),
    Note(K.OFFICE_TALK, "Søkte redusert foreldrebetaling sammen. Fristen er 1. august, vi er tidlig ute.", 50, (ADM,)),
    Note(K.NOTE, "{adult} fikk fast stilling i dag. Ringte meg før noen andre.", 10, (), "", "turning"),
    Note(K.PRACTICAL_ADULT, "Kjørte til møtet. Snakket om sorg i bilen, om matlister på møtet.", 120, (PRA, EMO)),
    Note(K.CARE_TEAM, "Alle var der, også bestemor. Planen ble lest høyt. {adult} rettet to setninger.", 90, (ADM,),
         S.HEALTH_CENTRE),
    Note(K.PHONE, "Hørte hvordan første skoledag gikk. Bra, men sekken var tung.", 10, (EMO,), about="child"),
]  # fmt: skip

HELPED = [
    "At vi var to i møtene.", "At det var samme person hele veien.", "At vi tok én ting om gangen.",
    "Læreren som ringte hjem med noe fint.", "Planen på kjøleskapet.", "At noen kjørte oss første gang.",
]  # fmt: skip
HINDERED = [
    "Ventetiden på svar.", "Sykdom i januar.", "Bussen går ikke når kurset begynner.", "Brev vi ikke forsto.",
    "At saksbehandleren byttet to ganger.", "",
]  # fmt: skip
FIT_COMMENTS = ["", "", "", "Vi slapp å fortelle alt på nytt.", "Bra, men det tok tid.", "Skolen lyttet denne gangen.",
                "Jeg visste ikke hvem som var hvem."]  # fmt: skip
CHILD_SAYS = ["Synes det er greit.", "Vil gjerne, hvis det ikke blir mye møter.", "Lurer på om læreren får vite alt.",
              "Ja, hvis jeg slipper å være med på møtene.", "Sier ja, og vil vite hva som skrives."]  # fmt: skip
QUESTIONS = [
    "Får barnevernet vite det vi sier? Kan vi slutte når vi vil?",
    "Hvem leser det som skrives? Må barna være med på møter?",
    "Hva skjer hvis vi flytter? Kan vi si nei til forskningen?",
    "Om det koster noe, og om det går ut over sosialhjelpen.",
]

# The henvendelse: who sends it, and what stands in it.
REFERRERS: list[dict[str, Any]] = [
    {"name": "Kari Myr", "role": "Helsesykepleier", "service": "Møllebekken helsestasjon", "sector": S.HEALTH_CENTRE},
    {"name": "Jens Torp", "role": "Veileder", "service": "NAV, oppfølging", "sector": S.NAV},
    {"name": "Solveig Aas", "role": "Kontaktlærer", "service": "Øvre Bjørkåsen skole", "sector": S.SCHOOL},
    {"name": "Rune Hauge", "role": "Kontaktperson", "service": "Barnevernstjenesten, demokontoret",
     "sector": S.CHILD_WELFARE},
    {"name": "Berit Lia", "role": "Styrer", "service": "Rugdelia barnehage", "sector": S.KINDERGARTEN},
]  # fmt: skip
OWN_VOICE = [
    "Vi trenger hjelp til å få oversikt over økonomien, og et sted å bo som ikke er fuktig.",
    "Barna trenger noe å gå til etter skolen. Jeg trenger noen som kan forklare brevene.",
    "Vi har mange vi skal snakke med, og ingen vet hva de andre gjør.",
    "Jeg vil i jobb igjen, men får ikke kabalen til å gå opp med barna.",
]
SITUATIONS: dict[str, list[str]] = {
    "situation_work": ["Uten arbeid etter sykdom.", "Deltid på kveld, ustabile vakter.", "På introduksjonsprogram."],
    "situation_school": ["Mye fravær på mandager.", "Trives, men strever med lesing.", "Har byttet skole to ganger."],
    "situation_kindergarten": ["Går fire dager.", "Venter på plass.", ""],
    "situation_health": ["Ryggplager og lite søvn.", "Angst hos en av foreldrene.", "Astma hos det yngste barnet."],
    "situation_housing": ["Leier to rom til fem personer.", "Midlertidig bolig siden mai.", "Fukt på soverommet."],
    "situation_economy": ["Sosialhjelp i to år.", "Gjeld til inkasso, uten oversikt.", "Klarer husleien, ikke mer."],
}
GRANT_REASONS = [
    "Fyller kriteriene. Familien ønsker det selv, og ingen tjeneste har hele bildet i dag.",
    "Lav inntekt over tid, trang bolig og to barn som står utenfor fritidstilbud. Enstemmig.",
    "Mange tjenester inne, lite samordning. En fast koordinator kan gjøre en forskjell nå.",
]
