"""Two homes and young people: what one parent says, a young person keeps, or nobody may find, is on no paper."""

from uuid import uuid4

import pytest
from django.urls import reverse
from django.utils import timezone

from assessments.outcomes import Outcome
from consent import actions as consent_actions
from consent.models import AgreementLine
from families import actions as family_actions
from families.actions_protection import change_protection
from families.enums import Audience, Protection
from families.marks import Homes, Mark
from families.models import Family, Household, Member
from families.people import move_member
from nyemonstre.access.wall import acting_as
from nyemonstre.audit.models import Event
from nyemonstre.refusals import Refused
from plans import actions
from plans.enums import Doer
from plans.models import JournalEntry, OwnWords, PlanDocument
from plans.printed import printed_plan

from .conftest import SECRETS, undrawn
from .test_pdf import text_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def homes(family, by):
    with acting_as(by):
        return {home.name: home for home in Household.objects.filter(family=family).order_by("name")}


def fresh(family, by):
    with acting_as(by):
        return Family.objects.select_related("municipality").with_path().with_coordinators().get(pk=family.pk)


def plan_for(family, by, key=""):
    row = fresh(family, by)
    with acting_as(by):
        return printed_plan(row, key)


def said(plan):
    return {one["text"] for one in plan["words"]}


def goals(plan):
    return {goal["words"] for area in plan["areas"] for goal in area["goals"]}


def test_each_paper_holds_what_its_reader_may_get(family, people, homes, by):
    mother, father = homes["Hos mor"], homes["Hos far"]
    to_home = Mark(Audience.HOME, home=mother.pk)
    kept = Mark(Audience.KEPT, member=people["Jente"].pk)
    words = {
        "Mor": ("MOR-PRIVAT", to_home), "Far": ("FAR-FELLES", Mark(Audience.BOTH)), "Jente": ("JENTE-HOLDT", kept),
        "Gutt": ("GUTT-UMERKET", None),
    }  # fmt: skip
    for name, (text, mark) in words.items():
        actions.record_words(people[name], text=text, mark=mark, by=by)
    for text, whose, mark in (
        ("MÅL-FAR", ["Far"], None), ("MÅL-JENTE", ["Jente"], None), ("MÅL-INGEN", ["Mor"], Mark(Audience.NOBODY)),
    ):  # fmt: skip
        who = [people[name] for name in whose]
        actions.add_goal(family, outcome=Outcome.RM3, words=text, whose=who, mark=mark, by=by)
    papers = {
        "": ({"FAR-FELLES", "GUTT-UMERKET"}, {"MÅL-FAR", "MÅL-JENTE"}),
        f"home:{mother.pk}": ({"MOR-PRIVAT", "FAR-FELLES", "GUTT-UMERKET"}, {"MÅL-JENTE"}),
        f"home:{father.pk}": ({"FAR-FELLES"}, {"MÅL-FAR", "MÅL-JENTE"}),
        f"member:{people['Jente'].pk}": ({"FAR-FELLES", "JENTE-HOLDT"}, {"MÅL-JENTE"}),
    }
    for key, (texts, aims) in papers.items():
        plan = plan_for(family, by, key)
        assert (said(plan), goals(plan)) == (texts, aims), key
    with pytest.raises(LookupError):
        plan_for(family, by, f"home:{people['Mor'].pk}")


def test_a_measure_may_be_kept_back_inside_a_shared_goal(family, people, homes, goal, by):
    mark = Mark(Audience.HOME, home=homes["Hos far"].pk)
    actions.add_measure(goal, what="GJELD", done_by=Doer.COORDINATOR, falls_between=True, mark=mark, by=by)
    for key, there in (("", False), (f"home:{homes['Hos far'].pk}", True)):
        assert ("GJELD" in undrawn(plan_for(family, by, key))) is there


def test_when_one_hides_from_the_other_nothing_goes_to_everybody_unasked(client, family, people, homes, line, by):
    """The address, the school and its contact are on nobody's paper, and the other home's paper not even her words."""
    with acting_as(by):
        Household.objects.filter(pk=homes["Hos mor"].pk).update(address="Kanariveien 7", town="KANARIBY")
    actions.record_words(people["Mor"], text="Vi bor i kanariveien 7 ved Øvre Bjørkåsen skole", by=by)
    change_protection(fresh(family, by), protection=Protection.CONFIDENTIAL, reason="x", of=people["Mor"], by=by)
    with acting_as(by):
        readers = [reader.key for reader in Homes(fresh(family, by)).readers()]
    for key in readers:
        text = undrawn(plan_for(family, by, key))
        for canary in ("anariveien", "KANARIBY", "Bjørkåsen", *SECRETS.values()):
            assert canary not in text, (key, canary)
        assert ("Vi bor i" in text) is (key == f"home:{homes['Hos mor'].pk}")
    client.force_login(by)
    to = ["", "?til=sammen", *(f"?til=home:{home.pk}" for home in homes.values())]
    pages = [reverse("consent:agreement_print", args=[family.pk]) + key for key in to]
    pages += [reverse("plans:plan_agree", args=[family.pk]) + key.replace("til", "ved") for key in to]
    for page in pages:
        text = client.get(page).content.decode()
        for canary in ("anariveien", "KANARIBY", "Bjørkåsen", "Fortrolig", *SECRETS.values()):
            assert canary not in text, (page, canary)


def test_no_page_that_leaves_the_case_tells_where_a_protected_family_is(
    client, family, people, homes, line, by, school
):
    """Canaries in the address, the school, its contact and what happens today; lists, calendar and the agreement."""
    with acting_as(by):
        Household.objects.filter(family=family).update(address="KANARIVEIEN 7", town="KANARIBY")
    goal = actions.add_goal(family, outcome=Outcome.RM3, words="Lese", whose=[people["Gutt"]], by=by)
    actions.add_measure(
        goal, what="KANARIMØTE på biblioteket", done_by=Doer.COORDINATOR, due_on=timezone.localdate(), by=by
    )
    change_protection(fresh(family, by), protection=Protection.STRICTLY_CONFIDENTIAL, reason="x", by=by)
    client.force_login(by)
    pages = [
        reverse(name) for name in ("families:family_list", "families:calendar", "families:to_do")
    ] + [reverse("consent:agreement_print", args=[family.pk])]  # fmt: skip
    for page in pages:
        text = client.get(page).content.decode()
        assert family.name in text
        for canary in ("KANARI", school.name, *SECRETS.values()):
            assert canary not in text, (page, canary)


def test_the_printed_agreement_for_one_home(client, family, people, homes, school, line, by):
    """A line about the mother alone is not on the father's sheet; the school of both children is."""
    service = consent_actions.add_service(family.municipality, name="KRISESENTERET", sector="other", by=by)
    draft = consent_actions.draft_line(
        family, service=service, members=[people["Mor"]], topics=["health"], valid_from=timezone.localdate(), by=by
    )
    consent_actions.sign_line(draft, how="signed", signed_by="Mor", by=by)
    client.force_login(by)
    url = reverse("consent:agreement_print", args=[family.pk])
    for name, there in (("Hos mor", True), ("Hos far", False)):
        text = client.get(url, {"til": f"home:{homes[name].pk}"}).content.decode()
        assert ("KRISESENTERET" in text) is there
        assert school.name in text
    assert client.get(url, {"til": "home:tull"}).status_code == 404


@pytest.mark.parametrize(("name", "rule"), [("Mor", "adult"), ("Gutt", "too_young")])
def test_who_may_ask_to_keep_something(people, by, name, rule):
    with pytest.raises(Refused) as refused:
        actions.record_words(people["Jente"], text="x", mark=Mark(Audience.KEPT, member=people[name].pk), by=by)
    assert refused.value.rule == rule


def test_a_mark_says_who_asked_and_when_and_can_be_put_later(client, family, people, by):
    entry = actions.write_entry(family, text="Vil ikke at mor vet", members=[people["Jente"]], by=by)
    words = actions.record_words(people["Jente"], text="Sove hos Ida", by=by)
    client.force_login(by)
    for url, model, row in (
        (reverse("plans:journal_mark", args=[family.pk, entry.pk]), JournalEntry, entry),
        (reverse("plans:plan_mark", args=[family.pk, "ord", words.pk]), OwnWords, words),
    ):
        assert client.post(url, {"seen_by": "kept:" + str(people["Gutt"].pk)}).status_code == 422
        assert client.post(url, {"seen_by": "tull"}).status_code == 422
        assert client.post(url, {"seen_by": f"kept:{people['Jente'].pk}"}).status_code == 302
        with acting_as(by):
            row = model.objects.get(pk=row.pk)
        assert (row.kept_for_id, row.kept_on, row.marked_by_id) == (people["Jente"].pk, timezone.localdate(), by.pk)
    assert client.get(reverse("plans:plan_mark", args=[family.pk, "journal", entry.pk])).status_code == 404
    assert "ba " in client.get(reverse("plans:family_journal", args=[family.pk])).content.decode()


def test_a_young_person_and_a_parent_with_another_home_are_asked(client, family, people, by):
    client.force_login(by)
    url = reverse("plans:own_words_new", args=[family.pk])
    for name, answer in (("Jente", 422), ("Mor", 422), ("Gutt", 302)):
        data = {"member": str(people[name].pk), "text": "Ro", "said_on": "1.1.2026", "told_by": "",
                "key": "00000000-0000-4000-8000-" + f"{people[name].pk.int % 10**12:012d}"}  # fmt: skip
        assert client.post(url, data).status_code == answer, name


def test_a_file_made_before_a_mark_or_a_protection_is_not_given_out(family, people, homes, by):
    words = actions.record_words(people["Mor"], text="Sagt åpent", by=by)

    def made():
        document = actions.order_pdf(fresh(family, by), straight=True, reader=f"home:{homes['Hos mor'].pk}", by=by)
        actions.finish_pdf(document.pk, content=b"%PDF", lines=[], by=by)
        with acting_as(by):
            return PlanDocument.objects.select_related("family__municipality").get(pk=document.pk)

    document = made()
    assert document.reader_name == "Hos mor"
    actions.take_out_pdf(document, by=by)
    actions.set_mark(words, mark=Mark(Audience.NOBODY), by=by)
    second = made()
    for late, change in (
        (document, None),
        (second, lambda: change_protection(fresh(family, by), protection=Protection.CONFIDENTIAL, reason="x", by=by)),
    ):
        if change:
            change()
        with acting_as(by):
            late = PlanDocument.objects.select_related("family__municipality").get(pk=late.pk)
        with pytest.raises(Refused) as refused:
            actions.take_out_pdf(late, by=by)
        assert refused.value.rule == "marked_since"
    with pytest.raises(Refused):
        actions.order_pdf(fresh(family, by), straight=True, reader="home:tull", by=by)
    assert isinstance(people["Mor"], Member)


# ── At the table: a page that is looked at together ──


@pytest.fixture
def marked(family, people, homes, by):
    """A goal for each kind of reader, each with a word of its own."""
    marks = {
        "BARE-FAR": (["Far"], None), "BARE-MOR": (["Mor"], Mark(Audience.HOME, home=homes["Hos mor"].pk)),
        "BEGGES": (["Far"], Mark(Audience.BOTH)), "JENTAS": (["Jente"], None),
        "HOLDT": (["Jente"], Mark(Audience.KEPT, member=people["Jente"].pk)),
        "INGENS": (["Gutt"], Mark(Audience.NOBODY)),
    }  # fmt: skip
    for words, (whose, mark) in marks.items():
        who = [people[name] for name in whose]
        goal = actions.add_goal(family, outcome=Outcome.RM3, words=words, whose=who, mark=mark, by=by)
    actions.add_measure(goal, what="TILTAK-INGENS", done_by=Doer.COORDINATOR, by=by)
    actions.agree_plan(family, present=["Mor", "Far"], by=by)
    return set(marks) | {"TILTAK-INGENS"}


def test_at_the_table_stands_what_the_ones_present_may_see(client, family, people, homes, marked, by):
    """The first that opens, when nobody has said who is there, is never more than every home may see."""
    client.force_login(by)
    seen = {
        "": {"BEGGES", "JENTAS"},
        "?ved=sammen": {"BEGGES", "JENTAS"},
        f"?ved=home:{homes['Hos mor'].pk}": {"BARE-MOR", "BEGGES", "JENTAS"},
        f"?ved=home:{homes['Hos far'].pk}": {"BARE-FAR", "BEGGES", "JENTAS"},
        f"?ved=member:{people['Jente'].pk}": {"BEGGES", "JENTAS", "HOLDT"},
        "?ved=alene": marked,
    }
    detail = reverse("plans:agreement_detail", args=[family.pk, 1])
    for query, expected in seen.items():
        for page in (reverse("plans:plan_agree", args=[family.pk]), detail):
            text = client.get(page + query).content.decode()
            shown = expected if page == detail else expected - {"TILTAK-INGENS"}
            assert {word for word in marked if word in text} == shown, (page, query)
    assert client.get(detail + "?ved=home:tull").status_code == 404


def test_the_signs_in_the_header_are_for_the_coordinator_alone(client, family, homes, marked, line, by):
    change_protection(fresh(family, by), protection=Protection.CLIENT_ADDRESS, reason="x", by=by)
    client.force_login(by)
    for page in (reverse("plans:plan_agree", args=[family.pk]), reverse("plans:agreement_detail", args=[family.pk, 1])):
        for query, there in (("", False), ("?ved=alene", True)):
            assert ("Klientadresse" in client.get(page + query).content.decode()) is there


def test_each_home_signs_the_lines_about_itself(client, family, people, homes, by):
    for name, sector, who in (("KRISESENTERET", "other", "Mor"), ("MANNSGRUPPA", "leisure", "Far")):
        service = consent_actions.add_service(family.municipality, name=name, sector=sector, by=by)
        consent_actions.draft_line(
            family, service=service, members=[people[who]], topics=["health"], valid_from=timezone.localdate(), by=by
        )
    client.force_login(by)
    names = {"KRISESENTERET", "MANNSGRUPPA"}
    table = {
        "": set(), f"home:{homes['Hos mor'].pk}": {"KRISESENTERET"}, f"home:{homes['Hos far'].pk}": {"MANNSGRUPPA"},
    }  # fmt: skip
    for page, asks in (("lines_sign", "ved"), ("agreement_print", "til")):
        for key, there in table.items():
            query = {asks: key} if key else {}
            text = client.get(reverse(f"consent:{page}", args=[family.pk]), query).content.decode()
            assert {name for name in names if name in text} == there, (page, key)
    alone = client.get(reverse("consent:lines_sign", args=[family.pk]), {"ved": "alene"}).content.decode()
    assert all(name in alone for name in names)
    nobody = client.get(reverse("consent:lines_sign", args=[family.pk])).content.decode()
    assert "Ingen av utkastene gjelder alle som sitter her" in nobody
    assert 'name="signed_by"' not in nobody, "no form that cannot be sent"
    with acting_as(by):
        lines = list(AgreementLine.objects.filter(family=family).select_related("service", "family__municipality"))
    consent_actions.sign_lines(lines, how="signed", signed_by="Mor og Far", by=by)
    common = client.get(reverse("consent:agreement_print", args=[family.pk])).content.decode()
    assert "Ingen linjer gjelder alle på dette arket" in common
    assert "kan ikke kontakte noen" not in common, "each home has a line"
    for key, there in table.items():
        query = {"sprak": "nn", **({"til": key} if key else {})}
        paper = client.get(reverse("consent:agreement_pdf", args=[family.pk]), query)
        words = text_of(paper.content)
        assert "Samarbeidsavtale for familien" in words
        assert {name for name in names if name in words} == there, key
        assert family.name.lower() not in paper["Content-Disposition"].lower()
    with acting_as(by):
        assert Event.objects.filter(what="agreement_printed", family_id=family.pk).count() == len(table)


def test_the_common_paper_does_not_say_who_sat_down_when_one_hides(family, people, marked, by):
    assert "Mor" in plan_for(family, by)["present"]
    change_protection(fresh(family, by), protection=Protection.CONFIDENTIAL, reason="x", of=people["Mor"], by=by)
    assert plan_for(family, by)["present"] == ""


# ── The short line ──


def quick(client, family, **facts):
    data = {"kind": "phone", "text": "Mor ringte", "key": str(uuid4()), **facts}
    return client.post(reverse("plans:journal_quick", args=[family.pk]), data)


def test_a_short_line_goes_to_nobody_until_somebody_says_so(client, family, homes, by):
    client.force_login(by)
    page = client.get(reverse("plans:family_journal", args=[family.pk])).content.decode()
    assert "Ingen, til du sier noe annet" in page
    answers = {
        None: Audience.NOBODY, "": Audience.NOBODY, "both": Audience.BOTH, f"home:{homes['Hos far'].pk}": Audience.HOME
    }  # fmt: skip
    for answer, kept in answers.items():
        facts = {} if answer is None else {"seen_by": answer}
        assert quick(client, family, **facts).status_code == 302
        with acting_as(by):
            assert JournalEntry.objects.filter(family=family).newest_first()[0].seen_by == kept
    assert quick(client, family, seen_by="tull").status_code == 422


def test_a_family_in_one_home_without_young_people_is_not_asked(client, family, people, homes, by):
    today = timezone.localdate()
    move_member(people["Far"], shares={homes["Hos far"].pk: 0, homes["Hos mor"].pk: 100}, on=today, by=by)
    move_member(people["Jente"], shares={homes["Hos far"].pk: 0, homes["Hos mor"].pk: 100}, on=today, by=by)
    family_actions.change_member(people["Jente"], birth_date=today.replace(year=today.year - 9, day=1), by=by)
    client.force_login(by)
    assert 'name="seen_by"' not in client.get(reverse("plans:journal_quick", args=[family.pk])).content.decode()
    assert quick(client, family).status_code == 302
    with acting_as(by):
        assert JournalEntry.objects.get(family=family).seen_by == Audience.USUAL
    # The same family at the table: there is somebody to be alone for all the same.
    mark = Mark(Audience.NOBODY)
    actions.add_goal(family, outcome=Outcome.RM3, words="INGENS", whose=[people["Gutt"]], mark=mark, by=by)
    page = reverse("plans:plan_agree", args=[family.pk])
    for query, there in (("", False), ("?ved=alene", True)):
        text = client.get(page + query).content.decode()
        assert "Familien sammen" in text
        assert ("INGENS" in text) is there
        # Said so that nobody is told there is nothing, nor that something is kept from them.
        assert ("Ingen mål å vise for dem som ser på siden nå." in text) is not there
