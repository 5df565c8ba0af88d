"""A case nobody takes part in any more: every action on its people, homes and papers is closed or open, as listed."""

from importlib import import_module
from inspect import getmembers, isfunction

import pytest
from django.urls import reverse

from consent.enums import Answer
from documents.actions import add_document, withdraw_document
from documents.enums import Kind
from families import actions, actions_identity, people
from families.actions_protection import change_protection
from families.models import Household, Member
from nyemonstre.access.wall import acting_as
from nyemonstre.accounts.actions import keep_identity_numbers
from nyemonstre.refusals import Refused
from tests.consent.arrange import days, members_of, say
from tests.factories import a_file, family_at

CHILD = actions.NewMember("Lille", "Prøve", days(-30))

# Each takes (family, Mor, her home, by).
CLOSED = {
    "families.actions.add_member": lambda f, m, h, by: actions.add_member(f, new=CHILD, by=by),
    "families.actions.change_member": lambda f, m, h, by: actions.change_member(m, first_name="Mo", by=by),
    "families.actions.change_family": lambda f, m, h, by: actions.change_family(f, name="Ny", by=by),
    "families.actions.pause": lambda f, m, h, by: actions.pause(f, reason="Flytter", by=by),
    "families.actions.resume": lambda f, m, h, by: actions.resume(f, by=by),
    "families.actions.reach_by_hand": lambda f, m, h, by: actions.reach_by_hand(
        f, step="information", number=1, on=days(0), by=by
    ),
    "families.actions.undo": lambda f, m, h, by: actions.undo(f, step="consent", reason="Feil", by=by),
    "families.people.add_home": lambda f, m, h, by: people.add_home(f, name="Hos mormor", by=by),
    "families.people.change_home": lambda f, m, h, by: people.change_home(h, name="Ny", by=by),
    "families.people.save_member": lambda f, m, h, by: people.save_member(f, facts={**vars(CHILD)}, by=by),
    "families.people.move_member": lambda f, m, h, by: people.move_member(m, shares={}, on=days(0), by=by),
    "families.actions_identity.keep_number": lambda f, m, h, by: actions_identity.keep_number(
        m, number="12838712000", date_confirmed=True, by=by
    ),
    "documents.actions.add_document": lambda f, m, h, by: add_document(
        f, file=a_file(), kind=Kind.LETTER, title="Brev", by=by
    ),
}
OPEN = {
    "families.actions_identity.leave_number_out": lambda f, m, h, by: actions_identity.leave_number_out(
        m, reason="Trengs ikke lenger", by=by
    ),
    "families.actions_protection.change_protection": lambda f, m, h, by: change_protection(
        f, protection="client_address", reason="Meldt av mor", of=m, by=by
    ),
    # On paper too one may come back, or say that one leaves; and what was added by mistake is hidden.
    "documents.actions.withdraw_document": lambda f, m, h, by: withdraw_document(
        add_document(f, file=a_file(), kind=Kind.CONSENT, title="Samtykke", by=by), reason="Feil ark", by=by
    ),
    "families.actions.close": lambda f, m, h, by: actions.close(f, reason="Familien trakk seg", by=by),
}
# What changes nothing by itself: reading, and the step that something else takes with it.
BESIDE = {
    "families.actions.register", "families.actions.reach", "families.actions.reopen",
    "families.actions_identity.show_number", "families.actions_identity.find_number", "documents.actions.open_document",
}  # fmt: skip
NOTHING_TO_DO = {"families.people.move_member", "families.actions.resume"}  # nobody is moved, there is no break


def leave(family, people, by):
    for member in people.values():
        say(member, by, Answer.WITHDRAWN)


@pytest.mark.parametrize("name", [*CLOSED, *OPEN])
def test_what_a_restricted_case_lets_be_done(family, people, team, name):
    by = team.coordinator
    keep_identity_numbers(team.municipality, keep=True, by=team.administrator)
    family.municipality.refresh_from_db()
    with acting_as(by):
        home = Household.objects.select_related("family__municipality").get(family=family, name="Hos mor")
    leave(family, people, by)
    if name in OPEN:
        OPEN[name](family, people["Mor"], home, by)
        return
    with pytest.raises(Refused, match=r"leses, men ikke endres.*nytt samtykke") as caught:
        CLOSED[name](family, people["Mor"], home, by)
    assert caught.value.rule == "restricted"
    say(people["Mor"], by)
    if name not in NOTHING_TO_DO:
        CLOSED[name](family, people["Mor"], home, by)


def test_every_action_of_these_rooms_is_in_the_table():
    rooms = {name.rpartition(".")[0] for name in CLOSED}
    rooms.add("families.actions_protection")
    found = {
        f"{room}.{name}"
        for room in rooms
        for name, function in getmembers(import_module(room), isfunction)
        if getattr(function, "is_action", False) and function.__module__ == room
    }
    assert found == {*CLOSED, *OPEN, *BESIDE}


def test_a_family_that_never_said_yes_can_be_written_down(team):
    family, by = family_at("information", team), team.coordinator
    mor = members_of(family, by)["Mor"]
    actions.change_member(mor, first_name="Mari", by=by)
    add_document(family, file=a_file(), kind=Kind.LETTER, title="Brev", by=by)


def _the_pages_say_why(client, family, mor):
    """The one sentence stands where the buttons were that would be refused; what is still open has its button."""
    shut = [
        reverse(f"families:{name}", args=[family.pk, *who])
        for name, who in (
            ("family_edit", []), ("member_new", []), ("home_new", []), ("member_edit", [mor.pk]),
            ("member_move", [mor.pk]),
        )
    ]  # fmt: skip
    people_page = client.get(reverse("families:family_members", args=[family.pk])).content.decode()
    papers = client.get(reverse("documents:family_documents", args=[family.pk])).content.decode()
    new_paper = reverse("documents:document_new", args=[family.pk])
    for page in (people_page, papers):
        assert page.count("leses, men ikke endres") == 1
        assert not [address for address in [*shut, new_paper] if f'href="{address}"' in page]
    assert f'href="{reverse("families:family_protection", args=[family.pk])}"' in people_page
    assert f'href="{new_paper}?slag=consent"' in papers
    assert "leses, men ikke endres" in client.get(new_paper, follow=True).content.decode()
    steps = client.get(reverse("families:family_steps", args=[family.pk])).content.decode()
    assert steps.count("leses, men ikke endres") == 1
    assert not [w for w in ("Sett på pause", "Før for hånd", ">Angre", "Gå dit det gjøres") if w in steps]
    assert reverse("plans:closing", args=[family.pk]) in steps
    for form in (
        reverse("families:family_pause", args=[family.pk]),
        reverse("families:step_undo", args=[family.pk, "consent", 1]),
        reverse("families:step_reach", args=[family.pk, "information", 1]),
    ):
        assert "leses, men ikke endres" in client.get(form, follow=True).content.decode()
    plan, journal, answers, fit = (
        client.get(reverse(name, args=[family.pk])).content.decode()
        for name in ("plans:family_tab", "plans:family_journal", "assessments:family_tab", "assessments:fit_list")
    )
    for page in (
        plan,
        journal,
        answers,
        fit,
        client.get(reverse("plans:review", args=[family.pk, 1])).content.decode(),
    ):
        assert page.count("leses, men ikke endres") == 1
    for name in ("own_words_new", "goal_new", "plan_agree"):
        shut_form = reverse(f"plans:{name}", args=[family.pk])
        assert f'href="{shut_form}"' not in plan
        assert client.get(shut_form, follow=True).content.decode().count("leses, men ikke endres") == 1
    assert reverse("assessments:fit_new", args=[family.pk]) not in answers + fit
    assert reverse("plans:journal_quick", args=[family.pk]) in journal, "why they left can still be written"
    form = client.get(f"{new_paper}?slag=consent").content.decode()
    number = client.get(reverse("families:number", args=[family.pk, mor.pk])).content.decode()
    assert (number.count("leses, men ikke endres"), 'name="identity_number"' in number) == (1, False)
    assert 'name="reason"' in number, "a number may be taken away"
    assert ('value="consent"' in form, 'value="letter"' in form) == (True, False)


def test_the_forms_say_so_before_anything_is_typed_and_when_it_is_sent(client, family, people, team):
    by, mor = team.coordinator, people["Mor"]
    pages = [
        reverse("families:family_edit", args=[family.pk]), reverse("families:member_new", args=[family.pk]),
        reverse("families:home_new", args=[family.pk]), reverse("families:member_edit", args=[family.pk, mor.pk]),
    ]  # fmt: skip
    leave(family, people, by)
    for page in pages:
        assert "leses, men ikke endres" in client.get(page, follow=True).content.decode()
    keep_identity_numbers(team.municipality, keep=True, by=team.administrator)
    _the_pages_say_why(client, family, mor)
    sent = client.post(pages[2], {"name": "Hos mormor", "key": "0198c0de-0000-7000-8000-000000000000"})
    assert sent.status_code == 422
    assert "leses, men ikke endres" in sent.content.decode()
    assert "Hos mormor" in sent.content.decode()
    with acting_as(by):
        assert Household.objects.filter(family=family).count() == 2
        assert Member.objects.filter(family=family).count() == 4
