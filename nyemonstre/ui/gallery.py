"""What hangs in the gallery: invented people and forms that show every state of every component."""

from datetime import date
from typing import Any

from django import forms
from django.core.paginator import Paginator
from django.forms import formset_factory

from nyemonstre.ui.forms import NMForm, NorwegianDateField, PlainTextField, RowsFormSet

STEPS = (
    "Henvendelse", "Inntaksteam", "Informasjonssamtale", "Samtykke", "Oppstartskartlegging",
    "Etablere samarbeid", "Familiens plan", "FIT", "6-månedersevaluering", "Årlig kartlegging",
)  # fmt: skip


def line(states: str) -> list[dict[str, str]]:
    """Ten steps from ten letters: d(one), n(ow), x (next), - (ahead), a(fter), p(ause)."""
    names = {"d": "done", "n": "now", "x": "next", "-": "ahead", "a": "after", "p": "pause"}
    return [{"state": names[letter], "label": label} for letter, label in zip(states, STEPS, strict=True)]


class ExampleForm(NMForm, forms.Form):
    """One field of every kind."""

    name = PlainTextField(label="Navn", max_length=60)
    born = NorwegianDateField(label="Fødselsdato", latest=date(2026, 12, 31))
    mail = forms.EmailField(label="E-post", required=False, help_text="Bare hvis familien vil ha beskjeder på e-post.")
    situation = PlainTextField(label="Hva er viktig nå?", long=True, required=False)
    home = forms.ChoiceField(label="Bosted", choices=[("", "Velg"), ("eier", "Eier"), ("leier", "Leier")])
    knows = forms.ChoiceField(
        label="Vet familien om henvendelsen?", choices=[("ja", "Ja"), ("nei", "Nei")], widget=forms.RadioSelect
    )
    services = forms.MultipleChoiceField(
        label="Hvem er i kontakt med familien?",
        choices=[("nav", "NAV"), ("skole", "Skole"), ("helse", "Helsestasjon")],
        widget=forms.CheckboxSelectMultiple,
        required=False,
        help_text="Kryss av for alle som passer.",
    )
    agrees = forms.BooleanField(label="Familien er enig i at vi tar kontakt")


class ChildForm(NMForm, forms.Form):
    """One row of the formset."""

    form_tag = False
    name = PlainTextField(label="Navn")
    born = NorwegianDateField(label="Fødselsdato", required=False)


class SittingForm(NMForm, forms.Form):
    """The answers of the kitchen table."""

    form_tag = False
    ladder = forms.ChoiceField(
        label="Hvor på stigen er du nå?",
        choices=[*((str(n), str(n)) for n in range(11)), ("unknown", "Vet ikke"), ("refused", "Vil ikke svare")],
        widget=forms.RadioSelect,
        required=False,
    )
    status = forms.ChoiceField(
        label="Hvordan er boligen?",
        choices=[
            ("1", "svært krevende"), ("2", "krevende"), ("3", "midt imellom"), ("4", "ganske bra"),
            ("5", "bra og stabilt"), ("not_assessed", "ikke vurdert"), ("refused", "vil ikke svare"),
        ],
        widget=forms.RadioSelect,
        required=False,
    )  # fmt: skip
    criterion = forms.ChoiceField(
        label="Lav inntekt i minst tre år",
        choices=[("yes", "Ja"), ("no", "Nei"), ("unknown", "Vet ikke")],
        widget=forms.RadioSelect,
        help_text="Under grensen i snitt. Se utregningen.",
    )


def pattern() -> dict[str, Any]:
    """Seven lines of the Lyngmo family."""
    times = [("Start", "mars 24"), ("6 md", "sep. 24"), ("1 år", "mars 25"), ("2 år", "mars 26")]
    ahead = [("3 år", "mars 27"), ("4 år", "mars 28"), ("5 år", "mars 29")]
    columns = [{"label": label, "text": text} for label, text in times]
    columns += [{"label": label, "text": text, "ahead": True} for label, text in ahead]
    lines = [
        ("Helse og livskvalitet", "indigo", (2, 2, 3, 3), [("Fastlege", "Torgeir"), ("Øvre Bjørkåsen skole", "Leah")]),
        ("Fritid og venner", "indigo", (1, 3, 4, 4), [("Elvestrand IL", "Leah")]),
        ("Skole", "indigo", (2, 2, 0, 3), [("Skolen", "Leah, Elias"), ("Lærebedriften", "Jonas"), ("PPT", "Elias")]),
        ("Boligen", "krapp", (2, 2, 2, 4), [("Bolig og eiendom", "alle")]),
        ("Stabilt rundt barna", "krapp", (3, 3, 4, 5), [("Familien selv", "")]),
        ("Arbeid og aktivitet", "mose", (1, 1, 1, 1), [("NAV", "Torgeir")]),
        ("Økonomi", "mose", (1, 2, 2, 3), [("Gjeldsrådgiver", "Amal")]),
    ]
    rows = []
    for label, yarn, values, who in lines:
        cells: list[dict[str, Any] | None] = [
            {"value": value, "text": f"Familien {text}", "url": "#"}
            for value, (_, text) in zip(values, times, strict=True)
        ]
        rows.append(
            {
                "label": label,
                "yarn": yarn,
                "cells": cells + [None] * len(ahead),
                "sum": f"{values[0]} til {values[-1]}" if values[0] != values[-1] else f"står på {values[0]}",
                "who": [{"name": name, "whom": whom} for name, whom in who],
            }
        )
    rows[2]["cells"][3] |= {"differs": True, "differs_text": "Ingrid satte 2"}
    rows[2]["dropped"] = "øvelseskjøring, Jonas"
    return {"rows": rows, "columns": columns}


SERVICES = [
    ("Øvre Bjørkåsen skole", "Fast voksen for Leah, lesehjelp for Elias", "Går ut 12. desember", "ends"),
    ("NAV, oppfølging", "Arbeidstrening for Torgeir", "Avtale til mars 2027", "live"),
    ("Gjeldsrådgiver", "Samler gjelden for Amal", "Avtale til mars 2027", "live"),
    ("Bolig og eiendom", "Leieavtale på fem år", "Avtale til mars 2027", "live"),
    ("Elvestrand IL", "Håndball og skyss hjem for Leah", "Frivillig, til juni 2027", "live"),
    ("Lærebedriften", "Oppfølging av Jonas", "Avtale til juli 2027", "live"),
    ("Fastlegen", "Ryggen til Torgeir", "Utkast, ikke signert", "draft"),
    ("Helsestasjonen", "Kontakten er skjult", "Avsluttet 1. juli", "ended"),
]


def context() -> dict[str, Any]:
    """Everything the gallery's template draws."""
    wrong = {"name": "", "born": "12/3-87", "mail": "ola", "situation": "أريد السلام 🙂", "home": "", "knows": ""}
    rows = formset_factory(ChildForm, formset=RowsFormSet, extra=2, max_num=6)
    dates = ["18.1.24", "30.1.24", "14.2.24", "21.2.24", "14.3.24", "9.4.24", "22.5.24", "18.11.", "14.9.", "1.3."]
    return {
        "lines": [line(s) for s in ("dddn------", "dddddddddx", "ddddddda--", "ddddddddpp", "----------")],
        "road_steps": [{**step, "text": text} for step, text in zip(line("dddddddddx"), dates, strict=True)],
        "road_years": [
            {
                "state": "done" if n < 6 else "next" if n == 6 else "ahead",
                "label": "Start" if n == 0 else f"{n / 2:g} år",
                "text": f"mars {2024 + n // 2}",
                "small": bool(n % 2),
                "spoken": "evaluering gjort" if n < 6 else "evaluering kommer",
            }
            for n in range(11)
        ],
        "pattern": pattern(),
        "services": [dict(zip(("name", "what", "note", "state"), service, strict=True)) for service in SERVICES],
        "dropped": [{"what": "øvelseskjøring for Jonas", "note": "Ingen har det nå"}],
        "empty_form": ExampleForm(),
        "wrong_form": ExampleForm(wrong, auto_id="feil_%s"),
        "formset": rows(prefix="barn"),
        "sitting": SittingForm(initial={"ladder": "6", "status": "4", "criterion": "yes"}, auto_id="s_%s"),
        "sitting_wrong": SittingForm({"ladder": "", "status": ""}, auto_id="tom_%s"),
        "filters": [
            ("", "Alle", 10),
            ("apent", "Vinduet er åpent", 4),
            ("utkast", "Utkast", 2),
            ("pause", "På pause", 1),
        ],
        "tabs": [
            {"url": "#a", "text": "Oversikt", "current": True},
            {"url": "#b", "text": "Samtykke og avtaler", "dot": "1 sak å se på"},
            {"url": "#c", "text": "Plan"},
        ],
        "page_obj": Paginator(range(200), 10).page(7),
        "facts": [("Arbeid", "Mor: norskkurs tre dager."), ("Skole", "Eldste har 18 dager fravær."), ("Helse", "")],
        "journal": [
            {
                "when": "18. nov.",
                "title": "Samarbeidsmøte med skolen",
                "meta": "Amal, Leah · 60 min",
                "text": "Leah får fast voksen.",
            },
            {
                "when": "14. nov.",
                "tag": "Lite øyeblikk",
                "color": "brand1",
                "icon": "Heart",
                "text": "Elias viste svømmemerket.",
            },
            {"when": "11. nov.", "title": "Egne ord", "words": "At Birk kan bli med meg hjem."},
        ],
        "series": [
            {"name": "Torgeir", "values": [2, 3, None, 4, 5]},
            {"name": "Ingrid", "values": [2, 2, 3, 4, 4]},
        ],
        "series_columns": ["nov. 25", "feb.", "mai", "aug.", "nå"],
        "names": ["Amal Lyngmo", "Ingrid Solbakk", "محمد علي", "Ŋil", "🙂"],
    }
