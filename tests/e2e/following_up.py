"""The coordinator's part of the path, by hand on the pages: from the informasjonssamtale to the yearly kartlegging."""

import re
from datetime import date
from io import BytesIO
from pathlib import Path

from django.utils import timezone
from django.utils.formats import date_format
from playwright.sync_api import expect
from pypdf import PdfReader

from .walking import Visitor

SCHOOL = "Øvre Bjørkåsen skole"
# First names, and how old they are this year. The first two are adults.
PEOPLE = {"Randi": 39, "Ola": 42, "Sander": 13, "Mina": 9}
TOLD = (
    "Hva tilbudet er", "At det er frivillig", "At oppfølgingen kan vare", "Hva som skrives ned",
    "At det er forskning", "Hvordan familien kan trekke seg",
)  # fmt: skip
STEPS = (
    "Henvendelse", "Inntaksteam", "Informasjonssamtale", "Samtykke", "Oppstartskartlegging", "Etablere samarbeid",
    "Familiens plan", "Feedback-informerte tjenester", "6-månedersevaluering", "Årlig kartlegging",
)  # fmt: skip


def follow_up(coordinator: Visitor, folder: Path, others: str = "") -> None:
    """The coordinator's eight steps, from the family's page."""
    meet(coordinator, others)
    consent(coordinator)
    map_the_family(coordinator)
    work_together(coordinator)
    plan(coordinator)
    print_the_plan(coordinator, folder / "plan.pdf")
    ask_after_the_meeting(coordinator)
    review(coordinator)
    map_again(coordinator)
    five_years(coordinator)
    ten_steps(coordinator)


def meet(coordinator: Visitor, others: str) -> None:
    """The informasjonssamtale: agreed on, held, answered with a yes."""
    coordinator.follow("Åpne Informasjonssamtale")
    coordinator.reads("Avtal informasjonssamtalen")
    coordinator.write("Dag", today())
    coordinator.write("Klokkeslett", "1030")
    coordinator.write("Sted", "Hjemme hos familien")
    coordinator.press("Lagre avtalen")
    coordinator.sees("kl. 10:30", others or "Randi")
    coordinator.follow("Før samtalen")
    for told in TOLD:
        coordinator.tick(told)
    coordinator.write("Hva spurte familien om?", "Hvem får vite hva?")
    coordinator.tick("Ja, familien vil være med")
    coordinator.press("Lagre samtalen")
    coordinator.sees("Ja, familien vil være med", "Hvem får vite hva?")


def consent(coordinator: Visitor) -> None:
    """Everybody takes part; the adults say yes to research, and then one of them no."""
    coordinator.tab("Kartlegging")
    coordinator.follow("Til samtykke")  # the lock: no kartlegging before it
    coordinator.follow("Før svar fra flere")
    for name in PEOPLE:
        coordinator.tick(name, coordinator.group("Hvem svarer?"))
    coordinator.tick("Deltakelse i Nye mønstre")
    coordinator.tick("Underskrevet på papir")
    coordinator.press("Lagre svaret")
    coordinator.sees("Hva sier Sander selv?")
    coordinator.write("Hva sier Sander selv?", "Greit, hvis jeg slipper å snakke så mye.")
    coordinator.write("Hva sier Mina selv?", "Jeg vil være med.")
    coordinator.press("Lagre svaret")
    coordinator.is_told("Svaret fra Ola, Randi, Sander, Mina er lagret.")
    for name, answer in (("Randi", "Ja"), ("Ola", "Nei")):
        coordinator.follow(f"Før svar : Forskning, {name}")
        coordinator.tick(answer, coordinator.group("Svaret"))
        coordinator.tick("Underskrevet på papir")
        coordinator.press("Lagre svaret")
        coordinator.is_told(f"Svaret fra {name} er lagret.")
    ola = coordinator.main.get_by_role("row", name=re.compile("^Ola"))
    expect(ola).to_contain_text("Sagt nei")


def map_the_family(coordinator: Visitor) -> None:
    """The oppstartskartlegging: some questions one by one, «vil ikke svare» among them, the rest not asked."""
    coordinator.tab("Kartlegging")
    coordinator.follow("Begynn")
    coordinator.press("Begynn kartleggingen")
    coordinator.reads("Oppstartskartlegging")
    answer(coordinator, "Sander", "6", "Vil ikke svare")
    answer(coordinator, "Randi", "4")
    coordinator.follow("Se hva som mangler")
    coordinator.press("Fullfør kartleggingen")
    expect(coordinator.main.locator("ds-error-summary")).to_be_visible()
    coordinator.tick("Det som ikke har svar, ble ikke spurt om")
    coordinator.press("Fullfør kartleggingen")
    coordinator.is_told("Oppstartskartlegging er fullført.")
    coordinator.tab("Kartlegging")
    coordinator.sees("Årlig kartlegging")


def answer(coordinator: Visitor, who: str, *answers: str) -> None:
    """The first part of one person, one question after the other, and back to the overview."""
    row = coordinator.main.get_by_role("row", name=re.compile(f"^{who}"))
    row.get_by_role("link", name=re.compile(rf"av \d+\s+{who}")).first.click()
    for number, given in enumerate(answers, 1):
        expect(coordinator.page.get_by_text(f"Spørsmål {number} av").first).to_be_visible()
        # Every question of the part stands on the page, and one of them is shown.
        shown = coordinator.main.locator("form.nm-ask:not([hidden])")
        coordinator.tick(given, shown)
        last = shown.get_by_role("button", name="Ferdig").is_visible()
        coordinator.press("Ferdig" if last else "Neste", shown)
    if not last:
        coordinator.follow("Til oversikten", coordinator.page.locator("body"))
    coordinator.reads("Om kartleggingen")


def work_together(coordinator: Visitor) -> None:
    """A service is new to the municipality; a line with it and its contact is drafted, and the family signs."""
    coordinator.tab("Samtykke og avtaler")
    coordinator.follow("Ny linje")
    coordinator.write("Kontaktens navn", "Solfrid Hemmelund")
    coordinator.press("Legg den til i kommunens liste")
    coordinator.write("Navn", SCHOOL)
    coordinator.choose("Slags tjeneste", "Skole")
    coordinator.press("Lagre tjenesten")
    coordinator.is_told(f"{SCHOOL} er lagt til.")
    # Back at the line, with what was typed and the new service chosen.
    expect(coordinator.field("Kontaktens navn")).to_have_value("Solfrid Hemmelund")
    expect(coordinator.field("Hvilken tjeneste?").locator("option:checked")).to_have_text(SCHOOL)
    coordinator.tick("Sander", coordinator.group("Hvem gjelder det?"))
    coordinator.tick("skole og barnehage")
    coordinator.write("Stilling", "kontaktlærer")
    coordinator.write("Telefon", "400 00 000")
    coordinator.press("Lagre utkastet")
    coordinator.is_told("Avtalen gjelder når familien har skrevet under.")
    coordinator.follow("Familien skriver under")
    coordinator.write("Hvem skrev under?", "Randi og Ola Gangstad")
    coordinator.press("Før underskriften")
    coordinator.is_told(f"Dere kan nå kontakte {SCHOOL}.")
    coordinator.sees("Solfrid Hemmelund")


def plan(coordinator: Visitor) -> None:
    """Own words, a goal, a measure the school does; then the family agrees."""
    coordinator.tab("Plan")
    coordinator.follow("Nye ord")
    coordinator.tick("Randi", coordinator.group("Hvem sier det?"))
    coordinator.write("Hva er viktig for deg nå?", "At Sander gleder seg til mandagen.")
    coordinator.press("Lagre ordene")
    coordinator.sees("At Sander gleder seg til mandagen.")
    coordinator.follow("Nytt mål")
    coordinator.write("Målet med egne ord", "Sander er på skolen hver dag")
    coordinator.tick("Sander", coordinator.group("Hvem er det for?"))
    coordinator.tick("Skole", coordinator.group("Hva handler det om?"))
    coordinator.press("Lagre målet")
    coordinator.sees("Sander er på skolen hver dag")
    coordinator.follow("Nytt tiltak")
    # The form takes the focus; Escape, or that it is saved, gives it back to the link it was opened by.
    link = coordinator.main.get_by_role("link", name="Nytt tiltak")
    expect(coordinator.main.get_by_role("heading", name="Nytt tiltak")).to_be_focused()
    coordinator.page.keyboard.press("Escape")
    expect(link).to_be_focused()
    coordinator.page.keyboard.press("Enter")
    coordinator.write("Hva skal gjøres?", "Rolig start i grupperommet")
    coordinator.tick("En tjeneste")
    option = coordinator.field("Hvilken tjeneste?").locator("option", has_text=SCHOOL).inner_text()
    assert "Kan kontaktes om skole og barnehage, gjelder Sander" in option
    coordinator.choose("Hvilken tjeneste?", option)
    coordinator.press("Lagre tiltaket")
    coordinator.sees("Rolig start i grupperommet")
    expect(link).to_be_focused()
    coordinator.follow("Bli enige om versjon 1")
    for name in ("Randi", "Sander"):
        coordinator.tick(name, coordinator.group("Hvem i familien var med?"))
    coordinator.press("Planen er avtalt")
    coordinator.is_told("Planen er avtalt: versjon 1.")


def print_the_plan(coordinator: Visitor, file: Path) -> None:
    """No worker runs here, so the page makes the file itself, and says so."""
    coordinator.press("Lag planen som PDF")
    coordinator.sees("Den ble laget med en gang")
    with coordinator.page.expect_download() as download:
        coordinator.main.get_by_role("link", name=re.compile("Last ned planen")).click()
    download.value.save_as(file)
    text = " ".join(page.extract_text() for page in PdfReader(BytesIO(file.read_bytes())).pages)
    words = " ".join(text.split())
    for sentence in (
        "At Sander gleder seg til mandagen.",
        "Sander er på skolen hver dag",
        "Rolig start i grupperommet",
    ):
        assert sentence in words


def ask_after_the_meeting(coordinator: Visitor) -> None:
    """FIT: a grade, a «vil ikke svare», and nobody else asked."""
    coordinator.tab("Kartlegging")
    coordinator.follow("Nytt FIT-svar")
    coordinator.tick("8", coordinator.group("Randi"))
    coordinator.tick("Vil ikke svare", coordinator.group("Sander"))
    coordinator.press("Lagre svarene")
    coordinator.is_told("Svarene er lagret.")


def review(coordinator: Visitor) -> None:
    """The first 6-month review, held before its window: saved, then signed off with new words for the goal."""
    coordinator.tab("Plan")
    coordinator.follow("6-månedersevaluering 1")
    for name in ("Randi", "Sander"):
        coordinator.tick(name, coordinator.group("Hvem i familien"))
    coordinator.choose("Hvor er dere nå, fra 0 til 10?", "4")
    coordinator.write("Hva hjalp?", "Å slippe å gå inn alene.")
    coordinator.tick("Endre")
    coordinator.press("Lagre og fortsett senere")
    coordinator.is_told("Planen er ikke endret før dere avslutter.")
    coordinator.press("Avslutt evalueringen")
    coordinator.sees("Skriv hvordan målet «Sander er på skolen hver dag» skal stå nå.")
    coordinator.write("Slik skal målet stå nå", "Sander er på skolen fire dager i uka")
    coordinator.press("Avslutt evalueringen")
    coordinator.is_told("Evalueringen er avsluttet")
    coordinator.sees("Sander er på skolen fire dager i uka")


def map_again(coordinator: Visitor) -> None:
    """The first yearly kartlegging, before its window, which has to be said; the change is shown in words."""
    coordinator.tab("Kartlegging")
    coordinator.follow("Begynn")
    coordinator.press("Begynn kartleggingen")
    expect(coordinator.main.locator("ds-error-summary")).to_be_visible()
    coordinator.tick("Vi gjør den nå, selv om vinduet ikke har åpnet")
    coordinator.press("Begynn kartleggingen")
    answer(coordinator, "Sander", "8")
    coordinator.follow("Se hva som mangler")
    coordinator.tick("Det som ikke har svar, ble ikke spurt om")
    coordinator.press("Fullfør kartleggingen")
    coordinator.is_told("er fullført.")
    coordinator.follow("Tilbake til kartleggingen")
    coordinator.follow("Endring siden start")
    coordinator.sees("Sander")


def five_years(coordinator: Visitor) -> None:
    """Five yearly dates, each the day of the baseline in another year (R-P3)."""
    coordinator.tab("Veien")
    coordinator.follow("Kalender for fem år")
    start = timezone.localdate()
    rows = coordinator.main.get_by_role("listitem").filter(has_text="Årlig kartlegging")
    expect(rows).to_have_count(5)
    for number in range(1, 6):
        day = same_day(start, number)
        year = coordinator.main.locator("section").filter(
            has=coordinator.page.get_by_role("heading", name=str(day.year), exact=True)
        )
        row = year.get_by_role("listitem").filter(has_text=f"Årlig kartlegging år {number}")
        expect(row).to_contain_text(f"dagen er {date_format(day, 'j. F')}")


def same_day(start: date, years: int) -> date:
    """The same day `years` later; 29 February becomes the 28th."""
    try:
        return start.replace(year=start.year + years)
    except ValueError:
        return start.replace(year=start.year + years, day=28)


def today() -> str:
    return timezone.localdate().strftime("%d.%m.%Y")


def ten_steps(coordinator: Visitor) -> None:
    """The step line says that everything is reached."""
    coordinator.tab("Oversikt")
    line = coordinator.main.locator(".nm-famhead").get_by_role("img")
    expect(line.locator("use[href='#s-done']")).to_have_count(10)
    coordinator.tab("Veien")
    for number, step in enumerate(STEPS, 1):
        item = coordinator.main.get_by_role("listitem").filter(
            has=coordinator.page.get_by_role("heading", name=f"{number} {step}")
        )
        expect(item.locator("[data-state=done]").first).to_be_visible()
