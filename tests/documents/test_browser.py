"""In Chromium: a file is chosen, told about, sent and listed; numbers are masked; axe has nothing to say."""

import pytest
from django.db import transaction
from django.urls import reverse

from families.actions_identity import keep_number
from families.models import Member
from families.stages import Step
from nyemonstre.access.wall import acting_as
from nyemonstre.accounts.actions import keep_identity_numbers
from tests.factories import Team, family_at
from tests.nyemonstre.files.making import pdf

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def test_from_an_empty_list_to_a_document_and_from_a_mask_to_a_number(
    live_server, new_page, client, axe, axe_source, tmp_path
):
    large = tmp_path / "large.pdf"
    with large.open("wb") as out:
        out.truncate(21 * 1024 * 1024)
    team = Team()
    with transaction.atomic():
        family = family_at(Step.INTAKE, team, name="Lyngmo")
    keep_identity_numbers(team.municipality, keep=True, by=team.administrator)
    with acting_as(team.coordinator), transaction.atomic():
        member = Member.objects.filter(family=family).order_by("birth_date").first()
    keep_number(member, number="12838712000", date_confirmed=True, by=team.coordinator)
    client.force_login(team.coordinator)

    def come(**screen):
        page = new_page(**screen)
        page.context.add_init_script(axe_source)
        page.context.add_cookies([{"name": "nm", "value": client.cookies["nm"].value, "url": live_server.url}])
        return page

    def clean() -> None:
        # Colours are the same at every width.
        for width, same in ((1280, ("color-contrast",)), (390, ())):
            page.set_viewport_size({"width": width, "height": 900})
            assert axe(page, *same) == []
            assert page.evaluate("document.documentElement.scrollWidth") <= width

    page = come(width=390, has_touch=True, is_mobile=True)
    page.goto(live_server.url + reverse("documents:family_documents", args=[family.pk]))
    clean()
    page.get_by_role("link", name="Last opp et dokument").click()
    assert page.get_by_label("Eller ta bilde av arket").is_visible()
    desk = come()
    desk.goto(page.url)
    assert desk.get_by_label("Fil", exact=True).is_visible()
    assert not desk.get_by_label("Eller ta bilde av arket").is_visible()
    page.get_by_label("Fil", exact=True).set_input_files(large)
    page.get_by_text("for stor. Den kan være på høyst 20 MB").wait_for()
    page.get_by_label("Fil", exact=True).set_input_files({"name": "a.pdf", "mimeType": "x", "buffer": b"<html>"})
    page.get_by_label("Brev eller vedtak").check()
    page.get_by_label("Tittel").fill("Vedtak om plass")
    clean()
    page.get_by_role("button", name="Last opp").click()
    page.get_by_text("Filtypen tas ikke imot").first.wait_for()
    assert page.get_by_label("Tittel").input_value() == "Vedtak om plass"
    clean()
    page.get_by_label("Fil", exact=True).set_input_files({"name": "a.pdf", "mimeType": "x", "buffer": pdf()})
    page.get_by_role("button", name="Last opp").click()
    page.get_by_text("Dokumentet er lagret.").wait_for()
    assert page.url.endswith(reverse("documents:family_documents", args=[family.pk]))
    clean()
    with page.expect_download() as download:
        page.get_by_role("link", name="Last ned Vedtak om plass").click()
    assert download.value.suggested_filename == "a.pdf"

    page.goto(live_server.url + reverse("families:family_members", args=[family.pk]))
    clean()
    page.get_by_role("link", name=f"Vis eller endre for {member.full_name}").click()
    clean()
    assert "128387" not in page.content()
    page.get_by_role("button", name="Vis nummeret").click()
    page.get_by_text("Visningen er ført i innsynsloggen").wait_for()
    page.evaluate("getSelection().selectAllChildren(document.querySelector('.nm-number'))")
    assert page.evaluate("getSelection().toString()") == "12838712000", "what is copied is the number alone"
    assert "128387" not in page.url
    clean()
