"""A protected address: who may change it, whom it hides the family from, and that no number gives it away."""

import pytest
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, connection, transaction
from django.urls import reverse
from django.utils import timezone

from families import actions, assignments
from families.actions_places import hold_places, set_places
from families.actions_protection import change_protection
from families.enums import AssignmentKind, Protection
from families.history import ProtectionChange
from families.models import Family, Household, Member
from families.places import places_of
from families.stages import Step
from nyemonstre.access.roles import Role
from nyemonstre.access.wall import acting_as
from nyemonstre.accounts.models import Membership
from nyemonstre.audit.models import Event
from nyemonstre.refusals import Refused, Stale
from tests.factories import Team, a_user, family_at

pytestmark = pytest.mark.django_db

STRICT = Protection.STRICTLY_CONFIDENTIAL


@pytest.fixture(scope="module")
def walked(shared_rows):
    with shared_rows():
        team = Team()
        return team, family_at(Step.INTAKE, team, name="Kanarifugl")


def protect(family, level=STRICT, *, by, of=None, **facts):
    return change_protection(family, protection=level, reason="Meldt av politiet", of=of, by=by, **facts)


def one(model, by, **lookup):
    with acting_as(by):
        return model.objects.select_related("family").get(**lookup)


def known_to(family, user):
    with acting_as(user):
        return Family.objects.filter(pk=family.pk).exists()


@pytest.mark.parametrize("part", ["all", "member", "home"])
def test_the_strictest_part_decides_for_the_family_and_goes_back_with_it(team, family, part):
    by = team.coordinator
    of = {
        "all": lambda: None,
        "member": lambda: one(Member, by, family=family, first_name="Mor"),
        "home": lambda: one(Household, by, family=family, name="Hos mor"),
    }[part]()
    assert protect(family, by=by, of=of).protection == STRICT
    assert [known_to(family, user) for user in (by, team.lead, team.intake)] == [True, False, False]
    protect(family, Protection.CLIENT_ADDRESS, by=by, of=of)
    assert known_to(family, team.lead)
    with acting_as(by):
        assert [c.after for c in ProtectionChange.objects.filter(family=family).order_by("changed_at")] == [
            STRICT, Protection.CLIENT_ADDRESS,
        ]  # fmt: skip


def test_who_may_change_it(team, family):
    until = timezone.now() + timezone.timedelta(days=3)
    assignments.assign_coordinator(
        family,
        coordinator=team.second_coordinator,
        kind=AssignmentKind.SUBSTITUTE,
        valid_until=until,
        reason="Ferie",
        by=team.lead,
    )
    for user in (team.second_coordinator, team.lead, team.intake):
        with pytest.raises(PermissionDenied):
            protect(family, by=user)
    assignments.grant_access(family, user=team.lead, reason="Politiet ringte", permissions=["list_family",
        "view_family", "change_family"], by=a_user(Role.LEAD, team.municipality))  # fmt: skip
    assert protect(family, by=team.lead).is_protected


def test_what_is_refused(team, family):
    by, other = team.coordinator, family_at(Step.INTAKE, team)
    stranger = one(Member, by, family=other, first_name="Mor")
    cases = [
        ("reason", {"reason": " "}), ("no_change", {"protection": Protection.NONE}),
        ("protection", {"protection": "hemmelig"}), ("members", {"of": stranger}),
    ]  # fmt: skip
    for rule, facts in cases:
        with pytest.raises(Refused) as refused:
            change_protection(family, **{"protection": STRICT, "reason": "x", "by": by, **facts})
        assert refused.value.rule == rule
    with pytest.raises(Stale):
        protect(family, by=by, version=family.version + 7)


def test_the_log_and_the_mail_say_nothing_of_it(team, family, mailoutbox, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        protect(family, by=team.coordinator)
    assert mailoutbox == []
    with acting_as(team.auditor):
        event = Event.objects.filter(family_id=family.pk).order_by("-at")[0]
    assert (event.what, event.facts) == ("family_changed", {})


def test_the_database_holds_the_family_to_its_strictest_part(team, family):
    for model, facts in ((Member, {"first_name": "Mor"}), (Household, {"name": "Hos mor"})):
        refused = pytest.raises(IntegrityError, match="at least as protected")
        with acting_as(team.coordinator), refused, transaction.atomic(), connection.cursor() as cursor:
            model.objects.filter(family=family, **facts).update(protection=STRICT)
            cursor.execute("set constraints all immediate")


# ── No number gives it away ──


def seen(team, user):
    with acting_as(user):
        row = places_of(team.coordinator, team.municipality)
    return row.taken, row.limit


def test_no_place_is_taken_by_a_family_one_may_not_know_of(client, team, family):
    open_family = family_at(Step.INTAKE, team, name="Lerke")
    protect(family, by=team.coordinator, hold_place=True)
    for user in (team.lead, team.intake):
        assert seen(team, user) == (1, 9)
    client.force_login(team.lead)
    page = client.get(reverse("families:dashboard")).content.decode()
    assert "1 av 9" in page
    assert "Plassen er i bruk" not in page
    for text in (family.name, family.code, "Adressesperre"):
        assert text not in page
    listed = client.get(reverse("families:team_list") + "?q=Kanari").content.decode()
    assert family.code not in listed
    assert open_family.code in client.get(reverse("families:team_list")).content.decode()
    client.force_login(team.coordinator)
    assert "2 familier av 10" in client.get(reverse("families:family_list")).content.decode()


def test_a_coordinators_own_number_and_held_places():
    team = Team()
    for_them = {"coordinator": team.coordinator, "by": team.lead}
    set_places(team.municipality, places=7, reason="Halv stilling", **for_them)
    assert seen(team, team.intake) == (0, 7)
    hold_places(team.municipality, coordinator=team.coordinator, held=2, by=team.coordinator)
    assert seen(team, team.intake) == (0, 5)
    cases = [
        ("reason", lambda: set_places(team.municipality, places=8, reason="", **for_them)),
        ("places", lambda: set_places(team.municipality, places=0, reason="x", **for_them)),
        ("held", lambda: hold_places(team.municipality, held=8, **for_them)),
        ("no_coordinator", lambda: hold_places(team.municipality, coordinator=team.auditor, held=1, by=team.lead)),
    ]
    for rule, call in cases:
        with pytest.raises(Refused) as refused:
            call()
        assert refused.value.rule == rule
    for call in (
        lambda: set_places(team.municipality, coordinator=team.coordinator, places=3, reason="x", by=team.coordinator),
        lambda: hold_places(team.municipality, coordinator=team.coordinator, held=1, by=team.second_coordinator),
    ):
        with pytest.raises(PermissionDenied):
            call()
    refused = pytest.raises(IntegrityError, match="membership_places_for_a_reason")
    with refused, transaction.atomic():
        Membership.objects.filter(user=team.coordinator).update(places=3, places_reason="")


def test_codes_are_drawn_and_drawn_again(team, monkeypatch):
    drawn = iter([1, 1, 70_000])
    monkeypatch.setattr("families.actions.secrets.randbelow", lambda most: next(drawn))
    codes = [family_at(Step.INTAKE, team, protection=level).code for level in (STRICT, Protection.NONE)]
    assert codes == [f"{team.municipality.code}-10001", f"{team.municipality.code}-80000"]


# ── Pages ──


def test_the_page_warns_changes_and_tells_nobody_else(client, team, family):
    url = reverse("families:family_protection", args=[family.pk])
    client.force_login(team.lead)
    assert client.get(url).status_code == 404
    client.force_login(team.coordinator)
    page = client.get(url).content.decode()
    assert team.lead.name in page
    assert "forsvinner med en gang" in page
    data = {"of": "all", "protection": STRICT, "reason": "Meldt", "version": family.version, "hold_place": "on"}
    answer = client.post(url, data)
    assert answer.status_code == 422  # what happens has not been read
    assert client.post(url, data | {"understood": "on"}).status_code == 302
    page = client.get(url).content.decode()
    assert "Slik gjør du nå" in page
    assert "Meldt" in page
    client.force_login(team.lead)
    assert client.get(reverse("families:family_detail", args=[family.pk])).status_code == 404


def test_the_pages_of_places(client):
    team = Team()
    url = reverse("families:places_edit", args=[team.coordinator.pk])
    client.force_login(team.lead)
    assert client.get(url).status_code == 200
    assert client.post(url, {"places": "0", "reason": "x"}).status_code == 422
    assert client.post(url, {"places": "6", "reason": "Deltid"}).status_code == 302
    assert client.post(url, {"held": "1"}).status_code == 302
    assert seen(team, team.intake) == (0, 5)
    assert client.get(reverse("families:places_edit", args=[team.auditor.pk])).status_code == 404
    client.force_login(team.coordinator)
    assert client.get(url).status_code == 403
    assert client.post(reverse("families:places_hold"), {"held": "0"}).status_code == 302
    assert seen(team, team.intake) == (0, 6)


@pytest.mark.parametrize(
    ("leaves", "level"),
    [("closed", STRICT), ("closed", Protection.NONE), ("handed over", Protection.NONE), ("ended", Protection.NONE)],
)
def test_held_places_are_asked_about_when_any_family_leaves(client, team, family, leaves, level):
    """The same question whichever family left, so that it tells nothing of the one that did."""
    by, lead = team.coordinator, team.lead
    page = reverse("families:to_do")
    client.force_login(by)
    hold_places(team.municipality, coordinator=by, held=2, by=by)
    assert "holder av plasser" not in client.get(page).content.decode()
    if level == STRICT:
        protect(family, by=by)
    with acting_as(by):
        mine = family.assignments.select_related("family", "user").get()
    if leaves == "closed":
        actions.close(family, reason="Flyttet", by=by)
    elif leaves == "ended":
        assignments.end_assignment(mine, reason="Ferdig", by=lead)
    else:
        assignments.hand_over(family, to=team.second_coordinator, reason="Bytte", by=lead)
    text = client.get(page).content.decode()
    assert "Du holder av plasser. Se om tallet fortsatt stemmer" in text
    assert "2 holdes av" in text
    assert family.code not in text
    client.post(reverse("families:places_hold"), {"held": "1"})
    assert "holder av plasser" not in client.get(page).content.decode()
