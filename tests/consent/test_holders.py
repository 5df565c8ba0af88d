"""Who holds foreldreansvar, and who therefore signs for a child."""

from datetime import date
from uuid import uuid4

import pytest
from django.db import IntegrityError, transaction

from consent import actions
from consent.forms import ConsentForm
from consent.holders import Holder, holders_in, needs_both, signers_for
from consent.models import Consent
from consent.tablet import TabletForm
from families.models import Member
from nyemonstre.access.wall import acting_as
from nyemonstre.refusals import Refused
from tests.consent.arrange import days, errors, text, url


@pytest.mark.parametrize(
    ("people_named", "elsewhere", "rule"),
    [
        ([], "", "number"),
        (["Mor", "Far"], "Ola", "number"),
        (["Jente"], "", "people"),
        (["Mor"], "", None),
        (["Mor", "Far"], "", None),
        (["Mor"], "Ola Nordmann", None),
        ([], "Ola Nordmann", None),
    ],
)
def test_one_or_two_hold_it_in_the_family_or_elsewhere(people, team, people_named, elsewhere, rule):
    chosen = [people[name] for name in people_named]
    facts = {"people": chosen, "elsewhere": elsewhere, "by": team.coordinator}
    if rule:
        with pytest.raises(Refused) as caught:
            actions.record_holders(people["Gutt"], **facts)
        assert caught.value.rule == rule
        return
    rows = actions.record_holders(people["Gutt"], **facts)
    assert {str(row) for row in rows} == {f"{name} Prøve" for name in people_named} | ({elsewhere} - {""})


def test_who_signs_follows_what_is_noted(people, family, team):
    gutt, jente, mor, far, by = (*(people[n] for n in ("Gutt", "Jente", "Mor", "Far")), team.coordinator)
    adults = [far, mor]
    actions.record_holders(gutt, people=[mor, far], by=by)
    actions.record_holders(gutt, people=[mor], by=by)  # the father holds it no more; his row stays
    with acting_as(by):
        known = holders_in(family)
        assert Holder.objects.filter(child=gutt).count() == 2
        assert signers_for(gutt, adults, known) == [mor]
        assert not needs_both(gutt, known)
        assert signers_for(jente, adults, known) == adults, "nobody has asked about the girl yet"
        assert needs_both(jente, known)
        assert Holder.objects.all()._raw_delete("default") == 0
    with pytest.raises(Refused, match="Bare barn"):
        actions.record_holders(mor, people=[far], by=by)


def test_a_single_holder_needs_no_reason(client, family, people, team):
    gutt, mor = people["Gutt"], people["Mor"]
    page = client.get(url("holders", family, gutt))
    assert "foreldreansvar" in text(page)
    assert "Én eller to" in errors(client.post(url("holders", family, gutt), {"elsewhere": ""}))
    assert client.post(url("holders", family, gutt), {"people": [str(mor.pk)]}).status_code == 302
    assert "Foreldreansvar: Mor" in text(client.get(url("family_tab", family)))
    data = {"key": str(uuid4()), "members": [str(gutt.pk)], "purpose": "research", "language": "nb",
            "answer": "given", "answered_on": days(0).strftime("%d.%m.%Y"), "how": "signed",
            "parents": [str(mor.pk)], f"heard_{gutt.pk}": "Ja"}  # fmt: skip
    assert client.post(url("consent_new", family), data).status_code == 302
    with acting_as(team.coordinator):
        row = Consent.objects.get(purpose="research", member=gutt)
    assert (row.given_by, row.one_parent_reason) == ("Mor Prøve", "")
    assert client.get(url("holders", family, mor)).status_code == 404
    pads = client.get(f"{url('tablet', family)}?hvem={gutt.pk}").content.decode()
    assert f"strokes_{mor.pk}" in pads
    assert f"strokes_{people['Far'].pk}" not in pads


REASON = "Den andre er bortreist"
# Who is noted as holder, who signs for the boy, the reason, and what the form then lacks.
WHO_SIGNS = [
    ((), ("Mor", "Far"), "", None),  # nobody has asked who it is: both adults, or one with a reason
    ((), ("Mor",), "", "one_parent_reason"),
    ((), ("Mor",), REASON, None),
    ((), (), REASON, "signature"),
    (("Mor",), ("Mor",), "", None),  # alone about it
    (("Mor",), ("Far",), REASON, "signature"),
    (("Mor", "Far"), ("Mor", "Far"), "", None),
    (("Mor", "Far"), ("Far",), "", "one_parent_reason"),
    (("Mor", "Far"), ("Far",), REASON, None),
    (("Mor", "Ola"), ("Mor",), "", "one_parent_reason"),  # who lives elsewhere counts as much
    (("Mor", "Ola"), ("Ola",), REASON, None),
    (("Mor", "Ola"), ("Far", "Ola"), REASON, None),  # the father who is no holder adds nothing
    (("Ola",), ("Ola",), "", None),
    (("Ola",), ("Mor", "Far"), REASON, "signature"),
]


@pytest.mark.parametrize(("noted", "signs", "reason", "lacks"), WHO_SIGNS)
@pytest.mark.parametrize("how", ["paper", "tablet"])
def test_who_must_sign_for_a_child(noted, signs, reason, lacks, how):
    born = {"Mor": 1985, "Far": 1984, "Gutt": days(0).year - 8}
    there = {
        name: Member(
            first_name=name, last_name="P", birth_date=date(year, 1, 1), role="adult" if year < 2000 else "child"
        )
        for name, year in born.items()
    }
    boy, adults = there["Gutt"], [there["Far"], there["Mor"]]
    ola = Holder(child=boy, name="Ola P")
    rows = [Holder(child=boy, person=there[name]) if name in there else ola for name in noted]
    known = {boy.pk: rows} if rows else {}
    people = {"Mor": there["Mor"], "Far": there["Far"], "Ola": ola}
    heard = {"key": str(uuid4()), "language": "nb", f"heard_{boy.pk}": "Ja", "one_parent_reason": reason}
    if how == "tablet":
        data = {**heard, "participation": "given", "research": "later"}
        data |= {f"name_{people[name].pk}": people[name].full_name for name in signs}
        form = TabletForm(data, asked=[boy], adults=adults, known=known)
    else:
        data = {**heard, "members": [str(boy.pk)], "purpose": "participation", "answer": "given", "how": "signed",
                "answered_on": f"{days(0):%d.%m.%Y}"}  # fmt: skip
        form = ConsentForm(data, asked=[boy], adults=adults, known=known)
        boxes = dict(form.fields["parents"].choices)  # who is no holder cannot be ticked at all
        data["parents"] = [key for name in signs if (key := str(people[name].pk)) in boxes]
    said = {"signature" if name == "parents" or name.startswith("name_") else name for name in form.errors}
    assert said == ({lacks} if lacks else set()), form.errors


def test_each_of_two_half_siblings_is_answered_for_by_their_own(client, family, people, team):
    """Jente has her two parents; the boy's father lives elsewhere and may sign on the tablet, for the boy alone."""
    jente, gutt, mor, far, by = (*(people[n] for n in ("Jente", "Gutt", "Mor", "Far")), team.coordinator)
    actions.record_holders(jente, people=[mor, far], by=by)
    ola = next(row for row in actions.record_holders(gutt, people=[mor], elsewhere="Ola Utbygd", by=by) if row.name)
    address = url("tablet", family)
    heard = {f"heard_{child.pk}": "Ja" for child in (jente, gutt)}
    data = {"key": str(uuid4()), "language": "nb", "participation": "later", "research": "given", **heard,
            f"strokes_{mor.pk}": "M1 2L30 40", f"name_{ola.pk}": "Ola Utbygd"}  # fmt: skip
    lacks = errors(client.post(address, data))
    assert "Far må skrive under" in lacks, "for himself"
    assert "hvorfor det holder at én" in lacks, "one of the girl's two"
    assert "Ola" not in lacks
    data |= {"one_parent_reason": "Far har skrevet på papir", f"name_{far.pk}": "Far Prøve"}
    assert client.post(address, data).status_code == 302
    paper = {"key": str(uuid4()), "members": [str(jente.pk), str(gutt.pk)], "purpose": "participation",
             "language": "nb", "answer": "renewed", "answered_on": days(0).strftime("%d.%m.%Y"), "how": "signed",
             "parents": [str(far.pk)], "one_parent_reason": "Mor er bortreist", **heard}  # fmt: skip
    assert "Velg hvem som svarer for Gutt" in errors(client.post(url("consent_new", family), paper))
    paper["parents"] += [str(ola.pk)]
    assert client.post(url("consent_new", family), paper).status_code == 302
    with acting_as(by):
        rows = Consent.objects.filter(member__in=[jente, gutt], answered_on=days(0))
        said = {(row.member_id, row.purpose): row.given_by for row in rows.order_by("recorded_at")}
    assert said == {
        (jente.pk, "research"): "Mor Prøve, Far Prøve", (gutt.pk, "research"): "Mor Prøve, Ola Utbygd",
        (jente.pk, "participation"): "Far Prøve", (gutt.pk, "participation"): "Ola Utbygd",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("constraint", "facts"),
    [
        ("holder_is_somebody", {}),
        ("holder_is_somebody", {"person": "Mor", "name": "Ola"}),
        ("holder_is_not_the_child", {"person": "Gutt"}),
        ("holder_of_a_child_once", {"person": "Far"}),
    ],
)
def test_holders_that_cannot_be(people, family, team, constraint, facts):
    actions.record_holders(people["Gutt"], people=[people["Far"]], by=team.coordinator)
    facts = {**facts, "person": people[facts["person"]] if "person" in facts else None}
    with acting_as(team.coordinator), pytest.raises(IntegrityError, match=constraint), transaction.atomic():
        Holder.objects.create(family=family, child=people["Gutt"], recorded_by=team.coordinator, **facts)
