"""The words of the families in Valle, in nynorsk. The same shapes as stories.py."""

from assessments.outcomes import Outcome as O
from consent.enums import Sector as S
from plans.enums import JournalKind as K

from .stories import ADM, EMO, PRA, Goal, Measure, Note

WORDS = {
    "adult": [
        "At ungane slepp å merke at det er trongt.",
        "Eg vil at me skal bu her i dalen, alle saman.",
        "Å sova om natta utan å rekna på rekningar.",
        "Ein å ringja til, som veit kven me er.",
    ],
    "teen": ["Å ta lappen. Utan bil kjem ein ingen stad her.", "Sumarjobb, og at nokon spør korleis det går."],
    "child": ["At nokon vil vera med meg heim.", "Å læra å symja.", "Å få vera med på skileiken."],
}
GOALS = [
    Goal(O.RM6, "adult", "Me veit kva me skuldar, og betaler det faste fyrst.", "Haugen med brev er borte.",
         "Me sparer litt kvar månad.", (
             Measure("Gå gjennom posten saman"), Measure("Møte om økonomien", "service", S.NAV),
             Measure("Søkja bustøtte før den 25.", "family")), "Eg vil sova om natta."),
    Goal(O.RM2, "child", "{child} er med på noko fast saman med andre.", "{child} får sitja på med ein frå laget.",
         "{child} vel sjølv kva det skal vera.", (
             Measure("Prøvetrening og nokon å gå saman med", "service", S.LEISURE),
             Measure("Skyss heim etter trening", "nobody", dropped=True))),
    Goal(O.RM3, "child", "{child} er på skulen kvar dag.", "To veker på rad.", "{child} les høgt i klassen.", (
        Measure("Fast samtale med kontaktlæraren", "service", S.SCHOOL),
        Measure("Leksehjelp på biblioteket", "volunteer", S.VOLUNTARY))),
    Goal(O.RM5, "adult", "Eg er i praksis tre dagar i veka.", "Fyrste veka utan fråvær.", "Eg har fast deltid.", (
        Measure("Finna praksisplass nær heimen", "service", S.NAV), Measure("Skriva CV saman"))),
    Goal(O.RM1, "adult", "Eg søv, og orkar ein tur kvar dag.", "Ei heil natt.", "Eg går turen saman med nokon.", (
        Measure("Time hjå legen, fylgje fyrste gongen", "service", S.GP),
        Measure("Tur med sanitetslaget på onsdagar", "volunteer", S.VOLUNTARY))),
]  # fmt: skip
NOTES = [
    Note(K.HOME_VISIT, "Gjekk gjennom posten saman. {adult} hadde sortert på førehand.", 80, (ADM,)),
    Note(K.PHONE, "{adult} ringde før møtet. Me øvde på kva som skal seiast fyrst.", 15, (EMO,)),
    Note(K.COOPERATION, "Møte om praksis. Tre dagar i veka frå neste måndag.", 60, (ADM,), S.NAV),
    Note(K.PRACTICAL_CHILD, "Var med {child} og kjøpte ski. Dei raude.", 60, (PRA,), about="child"),
    Note(K.NOTE, "{child} spurde sjølv om å få vera med på trening.", 5, (), "", "small", "child"),
    Note(K.CARE_TEAM, "Ansvarsgruppe på skulen. {child} opna møtet.", 70, (ADM,), S.SCHOOL, about="child"),
    Note(K.OFFICE_TALK, "{adult} fortalde om oppveksten sin for fyrste gong.", 60, (EMO,), "", "turning"),
    Note(K.HOME_VISIT, "Ingen heime. Melding på kvelden: ny tid på torsdag.", 20),
]  # fmt: skip
HELPED = ["At me var to i møta.", "At me tok éin ting om gongen.", "At det var same person heile vegen."]
HINDERED = ["Lang veg til alt.", "Ventetida på svar.", ""]
FIT_COMMENTS = ["", "", "Me slapp å fortelja alt på nytt."]
CHILD_SAYS = ["Tykkjer det er greitt.", "Vil gjerne, om det ikkje vert så mange møte.", "Seier ja."]
QUESTIONS = ["Kven les det som vert skrive? Kan me slutta når me vil?"]
OWN_VOICE = ["Me treng ein som kan sjå heile oss, og hjelpa oss å få oversyn."]
SITUATIONS = {
    "situation_work": ["Står utanfor arbeid etter sjukdom.", "Sesongarbeid, ustabil inntekt."],
    "situation_school": ["Noko fråvær om vinteren.", "Trivst, men strevar med lesing."],
    "situation_kindergarten": ["Går fire dagar.", ""],
    "situation_health": ["Lite søvn og vond rygg.", "Astma hjå det yngste barnet."],
    "situation_housing": ["Leiger eldre hus, kaldt om vinteren.", "Må kanskje flytta til sumaren."],
    "situation_economy": ["Sosialhjelp i periodar.", "Gjeld utan oversyn."],
}
GRANT_REASONS = ["Fyller kriteria. Familien ynskjer det sjølv."]
REFERRERS = [
    {"name": "Tone Bø", "role": "Helsesjukepleiar", "service": "Helsestasjonen i dalen", "sector": S.HEALTH_CENTRE},
    {"name": "Åsmund Li", "role": "Kontaktlærar", "service": "Dalskulen", "sector": S.SCHOOL},
]
