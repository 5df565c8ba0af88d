"""In Chromium: what comes into the family's page by itself, and a question before something is done.

That axe has nothing to say of any page, wide or narrow, is asked of them all in tests/e2e/test_every_page.py.
"""

from datetime import timedelta

import pytest
from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from families.stages import Step

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def team():
    """A coordinator with a new family, one three months old and a paused one; and a family nobody follows."""
    from families import actions
    from tests.factories import Team, family_at

    with transaction.atomic():
        team = Team()
        family_at(Step.INTAKE, team, name="Nyhagen")
        team.family = family_at(Step.BASELINE, team, name="Lyngmo", on=timezone.localdate() - timedelta(days=90))
        actions.pause(family_at(Step.PLAN, team, name="Haddeland"), reason="Ferie", by=team.coordinator)
        family_at(Step.INTAKE, team, name="Vik", followed=False)
    return team


@pytest.fixture
def visit(live_server, new_page, client):
    """`visit(user, width, address)`: the page as this person, when its fragments have come."""

    def open_page(user, width, address):
        client.force_login(user)
        page = new_page(width=width, has_touch=width < 500)
        page.context.add_cookies([{"name": "nm", "value": client.cookies["nm"].value, "url": live_server.url}])
        page.goto(live_server.url + address)
        page.wait_for_load_state("networkidle")
        return page

    return open_page


def of(family, *names):
    return [reverse(f"families:{name}", args=[family.pk]) for name in names]


def test_the_parts_other_rooms_draw_come_into_the_family_page(team, visit):
    page = visit(team.coordinator, 1280, of(team.family, "family_detail")[0])
    headings = page.locator("main h2").all_inner_texts()
    for words in ("Hva er viktig for oss nå", "Mønsteret", "Nettverket rundt familien", "Siste fra journalen"):
        assert headings.count(words) == 1, headings
    assert page.locator("[hx-trigger=load]").count() == 0  # each was replaced by what it asked for


@pytest.mark.parametrize("width", [390, 1280])
def test_the_current_tab_is_in_sight_on_a_phone_and_when_it_is_turned(team, visit, width):
    page = visit(team.coordinator, width, reverse("plans:family_tab", args=[team.family.pk]))
    for now in (390, 700, 390):
        page.set_viewport_size({"width": now, "height": 800})
        page.wait_for_function(
            """() => {
              const is = document.querySelector('.nm-tabs [aria-current]').getBoundingClientRect();
              return is.left >= 0 && is.right <= document.documentElement.clientWidth;
            }""",
            timeout=5000,
        )
        assert page.evaluate("scrollY") == 0


def test_a_pause_is_ended_through_a_question(team, visit):
    from families.models import Family
    from nyemonstre.access.wall import acting_as

    with acting_as(team.coordinator), transaction.atomic():
        family = Family.objects.get(name="Haddeland")
    page = visit(team.coordinator, 390, of(family, "family_steps")[0])
    page.get_by_role("button", name="Ta opp oppfølgingen").click()
    page.get_by_role("button", name="Ta opp igjen").click()
    page.get_by_text("Oppfølgingen er tatt opp igjen.").wait_for()
