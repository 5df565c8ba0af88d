"""What may be the same family: what counts as alike, who is told of it, and the answers."""

from datetime import date

import pytest
from bs4 import BeautifulSoup
from django.db import IntegrityError, ProgrammingError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from families import conflicts, people
from families.actions import NewHome, NewMember, register
from families.actions_identity import keep_number
from families.actions_protection import change_protection
from families.assignments import assign_coordinator
from families.enums import Protection
from families.models import Family, Member
from nyemonstre.access.roles import Permission, Role
from nyemonstre.access.wall import acting_as
from nyemonstre.accounts.actions import keep_identity_numbers
from nyemonstre.postgres.creation import as_owner
from nyemonstre.refusals import Refused
from referrals import actions
from referrals.actions import NewPerson
from referrals.duplicates import alike
from referrals.enums import PersonRole
from referrals.models import Referral, SameFamily
from tests.factories import Team, a_user

from .making import decided, reread, sent

BORN = date(2015, 3, 12)
LIST = reverse("referrals:referral_list")


def one(first="Åse", last="Bjørkås", born=BORN):
    return [NewPerson(first, last, born, PersonRole.ADULT)]


def hits(referral, team, user=None):
    user = user or team.intake
    with acting_as(user), transaction.atomic():
        return alike(user, [referral])[referral.pk]


def family_of(team, first="Åse", last="Bjørkås", born=BORN, *, address="", followed=True):
    """A family that is followed without ever having been a henvendelse."""
    made = register(
        team.municipality, name=last, members=[NewMember(first, last, born, "adult", homes=(("Hjemme", 100),))],
        homes=[NewHome("Hjemme", address=address, postcode="4600" if address else "")], by=team.intake,
    )  # fmt: skip
    if followed:
        assign_coordinator(made, coordinator=team.coordinator, by=team.lead)
    return made


def rule(call, *args, **facts):
    with pytest.raises(Refused) as refused:
        call(*args, **facts)
    return refused.value.rule


@pytest.fixture
def pair(team):
    return sent(team, "Bjørkås", persons=one()), sent(team, "Bjoerkaas", persons=one("Aase", "Bjoerkaas"))


@pytest.mark.parametrize(
    ("first", "last", "born", "said"),
    [
        ("Åse", "Bjørkås", BORN, "samme navn og fødselsdato"),
        ("Aase", "Bjoerkaas", BORN, "lignende navn og samme"),
        ("Bjørkås", "Åse", BORN, "lignende navn og samme"),
        ("Åse Marie", "Bjørkås", BORN, "lignende navn og samme"),
        ("Åse", "Bjørkås", date(2015, 12, 3), "nesten samme fødselsdato"),
        ("Åse", "Bjørkås", date(2015, 3, 21), "nesten samme fødselsdato"),
        ("Ase", "Bjørkas", date(2014, 3, 12), "lignende navn og dato"),
        ("Åse Marie", "Bjørkås", date(2015, 3, 21), ""),  # half a name and half a date
        ("Åse", "Bjørkås", date(2014, 4, 13), ""),
        ("Ola", "Nordmann", BORN, ""),
        ("Gutt", "Bjørkås", BORN, ""),  # a twin
    ],
)
def test_what_is_alike(team, first, last, born, said):
    asked = sent(team, "En", persons=one())
    sent(team, "To", persons=one(first, last, born))
    found = hits(asked, team)
    assert len(found) == bool(said)
    assert all(said in reason for hit in found for reason in hit.reasons)
    family = family_of(team, first, last, born, followed=False)
    assert {hit.family.pk for hit in hits(asked, team) if hit.family} == ({family.pk} if said else set())


def test_a_family_that_came_by_a_henvendelse_is_told_of_once(team, pair):
    one_, two = pair
    family = decided(one_, team, coordinator=team.coordinator).family
    (hit,) = hits(two, team)
    assert (hit.referral, hit.family.pk, hit.family.closed) == (one_, family.pk, False)
    assert [h.referral for h in hits(reread(one_, team), team)] == [two], "not its own family"


def test_number_and_address_count_from_when_it_is_a_family(team):
    keep_identity_numbers(team.municipality, keep=True, by=team.administrator)
    asked = sent(team, "Ny", persons=one("Ny", "Nymann", date(1990, 1, 1)))
    mine = decided(asked, team, coordinator=team.coordinator).family
    theirs = family_of(team, "Helt", "Annerledes", date(1980, 5, 5), address="Storgåta 1")
    assert hits(reread(asked, team), team) == []
    with acting_as(team.coordinator), transaction.atomic():
        members = {f: Member.objects.select_related("family__municipality").get(family=f) for f in (mine, theirs)}
        home = mine.households.select_related("family__municipality").get()
    for member in members.values():
        keep_number(member, number="12838712000", date_confirmed=True, by=team.coordinator)
    people.change_home(home, address="STORGATA 1", postcode="4600", by=team.coordinator)
    (hit,) = hits(reread(asked, team), team)
    assert hit.family.pk == theirs.pk
    assert sorted(hit.reasons) == ["Et hjem har samme adresse.", "Ny Nymann har samme fødselsnummer der."]


class TestWhoIsTold:
    def test_never_across_municipalities(self, team):
        other = Team()
        asked = sent(team, "En", persons=one())
        sent(other, "To", persons=one())
        family_of(other)
        assert hits(asked, team) == []

    @pytest.mark.parametrize("level", [Protection.CONFIDENTIAL, Protection.STRICTLY_CONFIDENTIAL])
    @pytest.mark.parametrize("by_referral", [True, False])
    def test_never_of_a_strictly_protected_family(self, client, team, level, by_referral):
        asked, before = sent(team, "En", persons=one()), sent(team, "To", persons=one())
        family = decided(before, team, coordinator=team.coordinator).family if by_referral else family_of(team)
        found = hits(asked, team)
        assert any(hit.family and hit.family.pk == family.pk for hit in found)
        key = next(hit.key for hit in found if hit.family)
        actions.answer_same_family(asked, key=key, answer="same", by=team.intake)
        change_protection(family, protection=level, reason="Meldt", by=team.coordinator)
        for user in (team.intake, team.lead):
            with acting_as(user), transaction.atomic():
                assert not Referral.objects.filter(pk=asked.pk).exists(), "what is joined is hidden too"
                assert SameFamily.objects.count() == 0
                assert connection_rows("select found from sec.alike_families(%s)", [[asked.pk]]) == []
        third = sent(team, "Tre", persons=one())
        if not by_referral:
            assert [hit.referral.pk for hit in hits(third, team)] == [before.pk]
        else:
            assert hits(third, team) == []
        client.force_login(team.intake)
        page = client.get(reverse("referrals:referral_detail", args=[third.pk])).content.decode()
        assert family.code not in page
        with acting_as(team.coordinator), transaction.atomic():
            assert Referral.objects.permitted(team.coordinator, Permission.VIEW_REFERRAL).filter(pk=asked.pk).exists()

    def test_never_of_a_family_one_is_shut_out_of(self, team):
        neighbour = a_user(Role.INTAKE, team.municipality, sector="health")
        asked, family = sent(team, "En", persons=one()), family_of(team)
        conflicts.shut_out(family, user=neighbour, reason="Nabo", by=team.lead)
        assert hits(asked, team, neighbour) == []
        (hit,) = hits(asked, team)
        actions.answer_same_family(asked, key=hit.key, answer="different", by=team.intake)
        with acting_as(neighbour), transaction.atomic():
            assert SameFamily.objects.count() == 0

    @pytest.mark.django_db(transaction=True)
    def test_the_querysets_say_so_where_the_wall_does_not_help(self, team):
        neighbour = a_user(Role.INTAKE, team.municipality, sector="health")
        strict, told = sent(team, "En", persons=one()), sent(team, "To", persons=one("Ola", "Nordmann"))
        first, second = family_of(team), family_of(team, "Ola", "Nordmann")
        for asked, family in ((strict, first), (told, second)):
            actions.answer_same_family(asked, key=f"f-{family.pk}", answer="same", by=team.intake)
        change_protection(first, protection=Protection.CONFIDENTIAL, reason="Meldt", by=team.coordinator)
        conflicts.shut_out(second, user=neighbour, reason="Nabo", by=team.lead)
        with as_owner(connection):
            for user, seen in ((team.intake, {told.pk}), (neighbour, set()), (team.coordinator, {strict.pk, told.pk})):
                rows = Referral.objects.permitted(user, Permission.VIEW_REFERRAL)
                assert set(rows.values_list("pk", flat=True)) == seen
                answers = SameFamily.objects.permitted(user, Permission.VIEW_REFERRAL)
                assert set(answers.values_list("referral_id", flat=True)) == seen

    def test_a_crafted_answer_reaches_no_foreign_row(self, team):
        other = Team()
        asked, foreign = sent(team, "En", persons=one()), sent(other, "To", persons=one())
        theirs, hidden = family_of(other), family_of(team)
        change_protection(hidden, protection=Protection.CONFIDENTIAL, reason="Meldt", by=team.coordinator)
        low, high = sorted((asked.pk, foreign.pk))
        for facts in ({"family": theirs}, {"family": hidden}, {"referral_id": low, "other_id": high}):
            row = SameFamily(**{"referral_id": asked.pk, "answer": "same", "answered_by": team.intake, **facts})
            with acting_as(team.intake), pytest.raises(ProgrammingError), transaction.atomic():
                row.save(force_insert=True)
        for key in (f"f-{hidden.pk}", f"h-{foreign.pk}", "h-", ""):
            assert rule(actions.answer_same_family, asked, key=key, answer="same", by=team.intake) == "no_hit"


def connection_rows(sql, params):
    with connection.cursor() as cursor:
        cursor.execute(sql, params)
        return cursor.fetchall()


class TestAnswers:
    def test_hold_for_both_sides_and_are_taken_back(self, team, pair):
        asked, other = pair
        key, back = f"h-{other.pk}", f"h-{asked.pk}"
        for answer in ("different", "same"):
            row = actions.answer_same_family(asked, key=key, answer=answer, by=team.intake)
            for referral in pair:
                (hit,) = hits(referral, team)
                assert (hit.answer, hit.answer.answer, hit.answer.answered_by) == (row, answer, team.intake)
            assert rule(actions.answer_same_family, other, key=back, answer="same", by=team.intake) == "answered"
            actions.take_back_same_family(other, key=back, by=team.lead)
            assert [hit.answer for hit in hits(asked, team)] == [None]
            assert rule(actions.take_back_same_family, asked, key=key, by=team.lead) == "not_answered"
        with acting_as(team.lead), transaction.atomic():
            rows = list(SameFamily.objects.values_list("answer", "answered_by", "taken_back_by"))
        assert rows == [(a, team.intake.pk, team.lead.pk) for a in ("different", "same")]

    def test_what_is_joined_to_a_family_is_read_by_those_who_follow_it(self, client, team):
        asked, family = sent(team, "En", persons=one()), family_of(team)
        page = reverse("referrals:family_referral", args=[family.pk])
        client.force_login(team.coordinator)
        assert client.get(page).status_code == 404
        actions.answer_same_family(asked, key=f"f-{family.pk}", answer="same", by=team.intake)
        assert asked.reference in client.get(page).content.decode()
        second = sent(team, "To", persons=one())
        actions.answer_same_family(second, key=f"f-{family.pk}", answer="same", by=team.intake)
        assert second.reference in client.get(page).content.decode()
        actions.take_back_same_family(asked, key=f"f-{family.pk}", by=team.intake)
        assert asked.reference not in client.get(page).content.decode()

    def test_an_answer_is_only_taken_back(self, team, pair):
        actions.answer_same_family(pair[0], key=f"h-{pair[1].pk}", answer="different", by=team.intake)
        for change in ({"answer": "same"}, {"taken_back_by": team.lead, "taken_back_at": timezone.now()}):
            with acting_as(team.intake), pytest.raises(ProgrammingError), transaction.atomic():
                SameFamily.objects.update(**change)

    def test_constraints(self, team, pair):
        low, high = sorted(row.pk for row in pair)
        family = family_of(team, "Helt", "Annen")
        for name, facts in (
            ("same_family_as_one_other", [{}]),
            ("same_family_as_one_other", [{"other_id": high, "family": family}]),
            ("same_family_pair_in_order", [{"referral_id": high, "other_id": low}]),
            ("same_family_pair_answered_once", [{"other_id": high}] * 2),
            ("same_family_answered_once", [{"family": family}] * 2),
        ):
            base = {"referral_id": low, "answer": "same", "answered_by": team.intake}
            rows = [SameFamily(**(base | row)) for row in facts]
            with acting_as(team.intake), pytest.raises(IntegrityError, match=name), transaction.atomic():
                SameFamily.objects.bulk_create(rows)
        same = {"referral_id": low, "other_id": high, "answer": "same", "answered_by": team.intake}
        with acting_as(team.intake), transaction.atomic():
            SameFamily(**same).save(force_insert=True)
        half = pytest.raises(IntegrityError, match="same_family_taken_back_by_somebody")
        with acting_as(team.intake), half, transaction.atomic():
            SameFamily.objects.update(taken_back_by=team.intake)


class TestPages:
    def test_the_case_says_what_is_alike_and_takes_the_answer(self, client, team, pair):
        asked = pair[0]
        client.force_login(team.intake)
        page = reverse("referrals:referral_detail", args=[asked.pk])
        post = reverse("referrals:same_family", args=[asked.pk])
        assert "Kan være samme familie som en annen" in client.get(LIST).content.decode()
        buttons = BeautifulSoup(client.get(page).content, "html.parser").select("[name=answer]")
        assert {(b["form"], b["formaction"]) for b in buttons} == {("beslutning", f"{post}#samme")}
        assert client.get(post).url == page
        key = buttons[0]["value"].split()[1]
        for answer, said in (
            ("different", "ikke er samme familie"), ("different", "alt svart"), ("undo", "tatt tilbake"),
            ("same", "koblet sammen"), ("", "Velg om"),
        ):  # fmt: skip
            typed = {
                "reason": "Halvskrevet",
                "version": asked.version,
                "text": "Nytt fra mor",
                "criterion_concern": "no",
            }
            for sent_with in ({}, typed):
                answered = client.post(post, {**sent_with, "answer": f"{answer} {key}"}, follow=True)
                page_now = BeautifulSoup(answered.content, "html.parser")
                said_now = page_now.select_one("main").get_text()
                if not sent_with:
                    assert said in said_now
                    continue
                assert page_now.select_one("[name=reason]").text.strip() == "Halvskrevet"
                assert page_now.select_one("[name=text]").text.strip() == "Nytt fra mor"
                assert page_now.select_one("[name=criterion_concern]:checked")["value"] == "no"
        assert "Kan være samme familie som en annen" not in client.get(LIST).content.decode()
        assert f"{team.intake.name} svarte" in client.get(page).content.decode()

    def test_the_same_number_of_queries_for_1_3_and_6(self, client, team):
        client.force_login(team.intake)
        asked = sent(team, "Først", persons=one())
        page, seen = reverse("referrals:referral_detail", args=[asked.pk]), set()
        for more in (1, 2, 3):
            for number in range(more):
                sent(team, f"F{number}", persons=one())
                family_of(team, followed=False)
            for address in (page, LIST):
                client.get(address)
                with CaptureQueriesContext(connection) as queries:
                    client.get(address)
                seen.add((address, len(queries)))
        assert len(seen) == 2, seen
        assert Family.objects.count() == 0, "nobody is asking"
