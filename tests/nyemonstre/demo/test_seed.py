"""The seed makes the same thing once, whoever asks how often, and under the same rules as everybody."""

import re
from collections import Counter
from datetime import datetime
from pathlib import Path
from random import Random

import pytest
from django.apps import apps
from django.core.management import call_command
from django.core.management.base import CommandError
from django.urls import resolve, reverse
from django.utils import timezone

from families.models import Family
from nyemonstre.access.roles import Role
from nyemonstre.access.wall import acting_as
from nyemonstre.accounts.models import Membership, User
from nyemonstre.demo import stories, stories_nn
from nyemonstre.demo.clock import Calendar, working_day
from nyemonstre.demo.logins import lines, people_by_municipality
from nyemonstre.demo.people import FAMILIES, PLACES, VALLE
from nyemonstre.demo.queue import CASES
from nyemonstre.demo.seed import PASSWORD, SAYS, seed
from nyemonstre.demo.walk import people_of
from tests.roles import as_worker

ROOT = Path(__file__).resolve().parents[3]
OURS = ["accounts", "families", "consent", "assessments", "plans", "referrals"]


def the_one(role):
    return Membership.objects.filter(municipality__number=VALLE.number, role=role).select_related("user")[0].user


def counts(by):
    """Rows that this person sees, by table."""
    with acting_as(by):
        models = [model for name in OURS for model in apps.get_app_config(name).get_models()]
        return {model._meta.label: model._default_manager.count() for model in models}


@pytest.fixture(scope="module")
def worker(django_db_setup, django_db_blocker):
    """The seed runs under the worker's role: only that one sees every family, and finds what an auditor is told."""
    with django_db_blocker.unblock(), as_worker():
        yield


@pytest.fixture(scope="module")
def valle(worker, shared_rows):
    """One family of Valle with three years behind it, and the queue."""
    with shared_rows():
        seed(VALLE, 2026, 0.25)
        return the_one(Role.COORDINATOR)


@pytest.mark.slow
@pytest.mark.django_db
def test_seeding_twice_changes_nothing(valle):
    intake = the_one(Role.INTAKE)
    before = counts(valle), counts(intake)
    seed(VALLE, 2026, 0.25)
    assert (counts(valle), counts(intake)) == before
    filled = before[0]
    for label in ("families.Milestone", "consent.AgreementLine", "assessments.Response", "plans.Goal",
                  "plans.Measure", "plans.JournalEntry", "plans.Review", "plans.OwnWords"):  # fmt: skip
        assert filled[label], label
    assert before[1]["referrals.Referral"] >= 2
    roles = {m.role for _place, memberships in people_by_municipality() for m in memberships}
    assert roles == set(Role.values)
    assert User.objects.get(pk=valle.pk).check_password(PASSWORD)
    assert valle.email in "\n".join(lines())


# The first pages of each role; the others are reached from them.
PAGES = {
    Role.COORDINATOR: ["families:family_list", "families:calendar", "families:to_do", "consent:service_list"],
    Role.LEAD: ["families:dashboard", "referrals:referral_list", "referrals:waiting_list"],
    Role.INTAKE: ["referrals:referral_list", "referrals:waiting_list"],
    Role.ADMINISTRATOR: ["accounts:user_list"],
    Role.AUDITOR: ["audit:event_list", "audit:alert_list"],
}


@pytest.mark.slow
@pytest.mark.django_db
def test_every_page_of_the_demo_has_something_on_it(valle, client):
    for role, names in PAGES.items():
        client.force_login(the_one(role))
        for name in names:
            html = client.get(reverse(name)).content.decode()
            assert "nm-empty" not in html, name
    client.force_login(valle)
    with acting_as(valle):
        family = Family.objects.visible_to(valle).get()
    # One address of each page; several of them are asked of the whole demo in tests/e2e/test_every_page.py.
    found = {"families:family_detail": reverse("families:family_detail", args=[family.pk])}
    waiting = list(found.values())
    while waiting:
        url = waiting.pop()
        response = client.get(url, follow=True)
        assert response.status_code == 200, url
        body = b"".join(response.streaming_content) if response.streaming else response.content
        if response["Content-Type"] == "application/pdf":
            assert body.startswith(b"%PDF-"), url
            continue
        links = re.findall(r'(?:href|hx-get)="(/[^"#?]*)"', body.decode())
        for link in dict.fromkeys(link for link in links if str(family.pk) in link):
            if (name := resolve(link).view_name) not in found:
                found[name] = link
                waiting.append(link)
    assert len(found) > 40, sorted(found)


@pytest.mark.django_db
def test_the_command_is_for_the_demo_only(settings):
    settings.DEMO = settings.DEBUG = False
    for words in (["seed"], ["logins"]):
        with pytest.raises(CommandError, match="NM_DEMO=1"):
            call_command("nyemonstre", *words)
    settings.DEMO = True
    for scale in ("0", "1.5", "-1"):
        with pytest.raises(CommandError, match="families-scale"):
            call_command("nyemonstre", "seed", f"--families-scale={scale}")


def test_the_plots_are_what_was_promised():
    plots = {place.name: FAMILIES[place.number] for place in PLACES}
    assert {name: len(rows) for name, rows in plots.items()} == {"Kristiansand": 30, "Arendal": 18, "Valle": 4}
    everybody = [plot for rows in plots.values() for plot in rows]
    names = [plot.name for plot in everybody] + [case.name for cases in CASES.values() for case in cases]
    assert [name for name, times in Counter(names).items() if times > 1] == []
    for mark in (
        "protected",
        "withdrew",
        "withdrew_all",
        "research_withdrawn",
        "research_refused",
        "expired",
        "expiring",
        "ended",
        "draft",
        "turns_18",
        "paused",
        "closed",
        "handed_over",
        "substitute",
        "over_ten",
        "born",
        "lead_named",
        "lead_reads",
    ):
        assert any(plot.has(mark) for plot in everybody), mark
    assert {plot.roots for plot in everybody} >= {"arabisk", "tigrinja", "polsk", "somali", "ukrainsk"}
    taken = Counter(plot.coordinator for plot in plots["Kristiansand"] if not plot.has("closed"))
    assert taken == {0: 11, 1: 9, 2: 8, None: 1}


def test_the_same_seed_tells_the_same_people():
    plot, day = FAMILIES["4204"][0], datetime(2026, 11, 20).date()
    first, second = (people_of(plot, Random("2026:x"), day, day) for _time in range(2))
    assert first == second
    assert people_of(plot, Random("2027:x"), day, day) != first


@pytest.mark.parametrize("words", [stories, stories_nn])
def test_every_text_can_be_filled_in(words):
    names = {"child": "A", "adult": "B"}
    for goal in words.GOALS:
        for text in (goal.words, goal.sign, goal.later, *(measure.what for measure in goal.measures)):
            assert "{" not in text.format(**names)
            assert len(text) < 300
    for note in words.NOTES:
        assert "{" not in note.text.format(**names)


def test_everything_that_is_said_has_words_in_both_kinds_of_norwegian():
    asked = set()
    for path in (ROOT / "nyemonstre" / "demo").glob("*.py"):
        asked |= set(re.findall(r"""\.say\("(\w+)"\)""", path.read_text()))
    asked |= {f"does_{sector}" for place in PLACES for _name, sector in place.services}
    assert SAYS["nb"].keys() == SAYS["nn"].keys() >= asked


def test_nothing_happens_on_a_weekend_or_after_now():
    now = timezone.now()
    calendar, done = Calendar(Random(1), now), []
    for days in range(-20, 20):
        calendar.on(now.date() + timezone.timedelta(days=days), lambda: done.append(timezone.localtime()))
    calendar.run()
    assert done == sorted(done)
    assert done[-1] < now
    assert all(when.weekday() < 5 for when in done)
    assert working_day(datetime(2026, 11, 21).date()) == datetime(2026, 11, 23).date()
