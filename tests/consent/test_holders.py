"""Who holds foreldreansvar, and who therefore signs for a child."""

from uuid import uuid4

import pytest
from django.db import IntegrityError, transaction

from consent import actions
from consent.holders import Holder, holders_in, needs_both, signers_for
from consent.models import Consent
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
