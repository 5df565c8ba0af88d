"""Hvem kan se dette, og hvorfor: the page agrees with the row rule for everybody; and its buttons work."""

from datetime import datetime, timedelta

import pytest
from bs4 import BeautifulSoup
from django.contrib.auth.models import Group
from django.contrib.auth.models import Permission as DjangoPermission
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from families import assignments, conflicts, emergencies, seen
from families.actions_protection import change_protection
from families.enums import AssignmentKind, Protection
from families.grants import BreakGlass, FamilyGroupGrant, ShutOut
from families.leaves import Leave
from families.models import Assignment, Family
from families.stages import Step
from nyemonstre.access.roles import READER_GRANT, Permission, Role
from nyemonstre.access.wall import acting_as
from nyemonstre.accounts.models import Membership, User
from nyemonstre.audit.models import Event
from tests.factories import Team, a_user, family_at

pytestmark = pytest.mark.django_db
WHY = "Skolen ringte om et barn som var redd"


@pytest.fixture(scope="module")
def walked(shared_rows):
    with shared_rows():
        team = Team()
        return team, opened_every_way(team)


def opened_every_way(team):
    """Followed, read, helped, opened in need, let in by group, shut out: every way at once."""
    family = family_at(Step.CONSENT, team, name="Sett")
    later = timezone.now() + timedelta(days=3)
    reader, shut_out, in_group = (a_user(Role.COORDINATOR, team.municipality) for _n in range(3))
    assignments.grant_access(family, user=reader, reason="Møte", expires_at=later, by=team.lead)
    assignments.assign_coordinator(
        family,
        coordinator=team.second_coordinator,
        kind=AssignmentKind.SUBSTITUTE,
        valid_until=later,
        reason="Ferie",
        by=team.lead,
    )
    second_lead = a_user(Role.LEAD, team.municipality)
    emergencies.break_glass(family.code, reason=WHY, by=second_lead)
    conflicts.shut_out(family, user=shut_out, reason="Nabo", by=team.lead)
    group = Group.objects.create(name=f"Vakta {family.code}")
    in_group.groups.add(group)
    reading = DjangoPermission.objects.filter(codename__in=map(str, READER_GRANT), content_type__app_label="families")
    with acting_as(team.lead):
        FamilyGroupGrant.objects.bulk_create(
            FamilyGroupGrant(group=group, permission=row, content_object=family, granted_by=team.lead, reason="Vakt")
            for row in reading
        )
    return family


@pytest.mark.parametrize("protection", [Protection.NONE, Protection.CONFIDENTIAL])
def test_the_page_agrees_with_the_row_rule_for_everybody(protection, team, family, django_assert_max_num_queries):
    if protection != Protection.NONE:
        change_protection(family, protection=protection, reason="Meldt av politiet", by=team.coordinator)
    with acting_as(team.coordinator):
        family = Family.objects.select_related("municipality").get(pk=family.pk)
        with django_assert_max_num_queries(6):
            shown = {o.user.pk: o.permissions for o in seen.who_can_open(family)}
    for person in User.objects.order_by("pk"):
        with acting_as(person):
            allowed = {str(p) for p in Permission if Family.objects.permitted(person, p).filter(pk=family.pk).exists()}
        assert shown.get(person.pk, set()) == (allowed if "list_family" in allowed else set()), person.live_memberships


def test_a_group_let_in_to_the_frame_alone_reads_its_own_grant(team):
    family = family_at(Step.CONSENT, team, name="Ramme")
    person, other = (a_user(Role.COORDINATOR, team.municipality) for _n in range(2))
    group = Group.objects.create(name="Rammen")
    person.groups.add(group)
    frame = DjangoPermission.objects.get(codename=Permission.LIST_FAMILY, content_type__app_label="families")
    with acting_as(team.lead):
        FamilyGroupGrant(
            group=group, permission=frame, content_object=family, granted_by=team.lead, reason="Vakt"
        ).save()  # fmt: skip
    for who, may in ((person, True), (other, False)):
        with acting_as(who):
            assert Family.objects.visible_to(who).filter(pk=family.pk).exists() == may
            assert Family.objects.filter(pk=family.pk).exists() == may
            assert FamilyGroupGrant.objects.exists() == may
    conflicts.shut_out(family, user=person, reason="Nabo", by=team.lead)
    with acting_as(person):
        assert not FamilyGroupGrant.objects.exists()


def test_the_last_day_is_a_day_one_can_still_open_it():
    midnight = timezone.make_aware(datetime(2027, 1, 1))
    assert seen.Way("grant", "").last == ""
    assert seen.Way("grant", "", until=midnight).last == "31.12.2026"
    assert seen.Way("need", "", until=midnight + timedelta(hours=9, minutes=30)).last == "01.01.2027 09:30"


def test_every_viewer_gets_the_same_list(team, family):
    lists = []
    for person in (team.coordinator, team.second_coordinator, team.lead):
        with acting_as(person):
            found = Family.objects.select_related("municipality").get(pk=family.pk)
            lists.append([o.user.pk for o in seen.who_can_open(found)])
    assert lists[0] == lists[1] == lists[2]


def test_the_card_beside_the_family_names_the_same_people(client, team, family):
    """Who is in by an hour's need or a group is there; a coordinator who is shut out is not."""
    for viewer in (team.coordinator, team.lead):
        client.force_login(viewer)
        card = BeautifulSoup(client.get(reverse("families:family_detail", args=[family.pk])).content, "html.parser")
        named = card.find(["h2", "h3"], string="Hvem kan se dette").find_next("ul").select("b")
        with acting_as(viewer):
            found = Family.objects.select_related("municipality").get(pk=family.pk)
            people = [o.user for o in seen.who_can_open(found)]
        assert sorted(b.text for b in named) == sorted("Du" if p == viewer else p.name for p in people)
    conflicts.shut_out(family, user=team.coordinator, reason="Svoger", by=team.lead)
    card = (
        client.get(reverse("families:family_detail", args=[family.pk])).content.decode().split("Hvem kan se dette")[1]
    )
    assert team.coordinator.name not in card


def test_the_lists_of_needs_and_leaves_cost_the_same_at_1_3_and_30_rows(client):
    team = Team()
    family, now = family_at(Step.CONSENT, team), timezone.now()
    until, made, counts = now + timedelta(minutes=60), 0, []
    for total in (1, 3, 30):
        people = [a_user(Role.COORDINATOR, team.municipality) for _n in range(made, total)]
        with acting_as(team.lead):
            town = {"municipality": team.municipality}
            facts = {**town, "family": family, "reason": WHY}
            BreakGlass.objects.bulk_create(BreakGlass(user=team.lead, until=until, **facts) for _p in people)
            ShutOut.objects.bulk_create(ShutOut(user=p, declared_by=team.lead, **facts) for p in people)
            leaves = [
                Leave(user=p, starts_at=now, ends_at=until, reason="Ferie", made_by=team.lead, **town) for p in people
            ]
            Leave.objects.bulk_create(leaves)
            Assignment.objects.bulk_create(
                Assignment(
                    family=family, user=leave.user, kind=AssignmentKind.SUBSTITUTE, valid_from=now, valid_until=until,
                    reason="Ferie", assigned_by=team.lead, leave=leave,
                )
                for leave in leaves
            )  # fmt: skip
        made = total
        for page, who, rows in (("break_glass_list", team.auditor, "rows"), ("leave_list", team.lead, "leaves")):
            client.force_login(who)
            client.get(reverse(f"families:{page}"))
            with CaptureQueriesContext(connection) as queries:
                answer = client.get(reverse(f"families:{page}"))
            assert len(answer.context[rows]) == min(total, 25 if rows == "rows" else total)
            counts.append((page, len(queries)))
    assert counts[:2] == counts[2:4] == counts[4:]


def test_the_lead_gives_and_takes_back_on_the_page(client, team, family):
    other = a_user(Role.LEAD, team.municipality)
    client.force_login(team.lead)
    page = reverse("families:family_access", args=[family.pk])
    answer = client.post(
        reverse("families:grant_new", args=[family.pk]),
        {"user": other.pk, "level": "read", "expires_at": f"{timezone.localdate() + timedelta(days=9):%d.%m.%Y}",
         "reason": "Skal lede møtet"},
    )  # fmt: skip
    assert answer.url == page
    text = client.get(page).content.decode()
    for words in ("Skal lede møtet", "Nødåpning", "Vikar", "Nabo", WHY):
        assert words in text
    take_back = reverse("families:grant_revoke", args=[family.pk, other.pk])
    assert take_back in client.get(page).content.decode()
    assert "miste tilgangen?" in client.get(take_back).content.decode()
    assert client.post(take_back, {"reason": " "}).status_code == 422
    assert "Skal lede møtet" in client.get(page).content.decode()
    assert client.post(take_back, {"reason": "Møtet er over"}).url == page
    assert "Skal lede møtet" not in client.get(page).content.decode()
    with acting_as(team.auditor):
        assert Event.objects.get(what="access_revoked").reason == "Møtet er over"


def test_shut_out_and_lift_on_the_pages(client, team, family):
    client.force_login(team.lead)
    client.post(reverse("families:shut_out_new", args=[family.pk]), {"user": team.coordinator.pk, "reason": "Svoger"})
    assert "trenger ny koordinator" in client.get(reverse("families:family_detail", args=[family.pk])).content.decode()
    assert family.code in client.get(reverse("families:dashboard")).content.decode()
    with acting_as(team.lead):
        row = ShutOut.objects.in_force().get(user=team.coordinator)
    client.post(reverse("families:shut_out_lift", args=[family.pk, row.pk]), {"reason": "Feil person"})
    assert (
        "trenger ny koordinator" not in client.get(reverse("families:family_detail", args=[family.pk])).content.decode()
    )


def test_declaring_by_code_answers_the_same(client, team, family):
    client.force_login(team.second_coordinator)
    said = {
        client.post(reverse("families:conflict_declare"), {"code": code, "reason": "Nabo"}, follow=True)
        .content.decode()
        .count("Takk. Finnes det")
        for code in (family.code, "XXX-0001")
    }
    assert said == {1}


def test_in_need_from_the_form_to_the_auditors_desk(client, team):
    family = family_at(Step.CONSENT, team, name="Nød")
    client.force_login(team.lead)
    opened = client.post(reverse("families:break_glass"), {"code": family.code, "reason": WHY}, follow=True)
    assert "Du har åpnet denne familien i nød" in opened.content.decode()
    assert "data-until" in client.get(reverse("plans:family_journal", args=[family.pk])).content.decode()
    with acting_as(team.lead):
        row = BreakGlass.objects.get(family=family)
    client.post(reverse("families:break_glass_end", args=[row.pk]))
    assert client.get(reverse("plans:family_journal", args=[family.pk])).status_code == 404
    client.force_login(team.auditor)
    assert family.code in client.get(reverse("families:break_glass_list")).content.decode()
    review = reverse("families:break_glass_review", args=[row.pk])
    page = client.get(review).content.decode()
    assert WHY in page
    assert "se journalen" in page
    assert client.post(review, {"note": "Riktig å åpne."}).status_code == 302
    assert "Riktig å åpne." in client.get(review).content.decode()


def test_the_auditor_lifts_on_the_page(client, team, family):
    conflicts.declare_conflict(family.code, reason="Svoger", by=team.lead)
    client.force_login(team.auditor)
    with acting_as(team.auditor):
        row = ShutOut.objects.in_force().get(user=team.lead)
    assert client.get(reverse("families:conflict_lift", args=[row.pk])).status_code == 200
    client.post(reverse("families:conflict_lift", args=[row.pk]), {"reason": "Ikke i slekt"})
    with acting_as(team.auditor):
        assert not ShutOut.objects.in_force().filter(user=team.lead).exists()


def test_roles_in_words_with_names_for_those_who_answer_for_them(client, team):
    for person in (team.auditor, team.lead, team.administrator, team.coordinator, team.intake, team.researcher):
        client.force_login(person)
        text = client.get(reverse("families:roles")).content.decode()
        assert "Teamleder" in text
        named = person in (team.auditor, team.lead, team.administrator)
        assert (team.second_coordinator.name in text) == named


def test_the_administrator_puts_somebody_on_call(client, team):
    client.force_login(team.administrator)
    membership = Membership.objects.get(user=team.second_coordinator)
    client.post(reverse("families:on_call"), {"membership": membership.pk, "on": "1"})
    client.post(reverse("families:on_call"), {"municipality": team.municipality.pk, "on": "1"})
    assert User.objects.get(pk=team.second_coordinator.pk).may_use(Permission.BREAK_GLASS)
    other = Membership.objects.get(user=Team().coordinator)
    assert client.post(reverse("families:on_call"), {"membership": other.pk, "on": "1"}).status_code == 404


def test_a_leave_is_shown_before_it_happens_and_ended_in_one_click(client):
    team = Team()
    families = [family_at(Step.INTAKE, team, name=name) for name in ("Aa", "Bb")]
    client.force_login(team.lead)
    address = reverse("families:leave_new", args=[team.coordinator.pk])
    today = timezone.localdate()
    data = {
        "starts_on": f"{today:%d.%m.%Y}", "ends_on": f"{today + timedelta(days=9):%d.%m.%Y}", "reason": "Ferie",
        "everybody": str(team.second_coordinator.pk),
    }  # fmt: skip
    assert "Dette skjer" in client.post(address, data).content.decode()
    with acting_as(team.second_coordinator):
        assert not Family.objects.exists()
    assert client.post(address, data | {"sure": "1"}).url == reverse("families:leave_list")
    with acting_as(team.second_coordinator):
        assert Family.objects.count() == len(families)
    page = client.get(reverse("families:leave_list"))
    (leave,) = page.context["leaves"]
    client.post(reverse("families:leave_end", args=[leave.pk]))
    with acting_as(team.second_coordinator):
        assert not Family.objects.exists()


def test_a_role_says_since_when_and_until_when(team):
    family = family_at(Step.CONSENT, team)
    began, ends = timezone.localdate() - timedelta(days=40), timezone.localdate() + timedelta(days=9)
    Membership.objects.filter(user=team.lead).update(valid_from=began, valid_to=ends)
    with acting_as(team.lead):
        (way,) = next(opener for opener in seen.who_can_open(family) if opener.user == team.lead).ways
    assert (way.words, way.first, way.last) == ("Gjennom rollen teamleder", f"{began:%d.%m.%Y}", f"{ends:%d.%m.%Y}")


def test_nobody_lets_themselves_in(client, team):
    """A lead who must see a family opens it in need: for an hour, with a banner, and told to others."""
    family = family_at(Step.CONSENT, team)
    client.force_login(team.lead)
    address = reverse("families:grant_new", args=[family.pk])
    assert str(team.lead.pk) not in client.get(address).content.decode()
    tomorrow = timezone.localdate() + timedelta(days=1)
    facts = {"level": "read", "expires_at": f"{tomorrow:%d.%m.%Y}", "reason": "Møte"}
    assert client.post(address, {"user": str(team.lead.pk), **facts}).status_code == 422
    assert client.post(address, {"user": str(team.second_coordinator.pk), **facts}).status_code == 302
    with acting_as(team.lead):
        assert not team.lead.familyusergrant_set.exists()
