"""WHO MAY SIGN, as a table, asked of the action itself: whoever writes an answer down meets it, whatever the form."""

import pytest

from consent import actions
from consent.enums import Answer, How
from consent.models import Consent, Holder
from families.models import Member
from nyemonstre.access.wall import acting_as
from nyemonstre.refusals import Refused
from tests.consent.arrange import days, say

G, N, W, A, R = Answer.GIVEN, Answer.REFUSED, Answer.WITHDRAWN, Answer.ASKED, Answer.RENEWED
MOR, FAR, JENTE, GUTT, OLA, KARI = (f"{name} Prøve" for name in ("Mor", "Far", "Jente", "Gutt", "Ola", "Kari"))
BOTH, WHY = f"{MOR}, {FAR}", "Den andre er på reise"
P, F, TWO, ONE, AWAY, UNKNOWN = "participation", "research", (MOR, FAR), (MOR,), (MOR, OLA), ()

# Who it is about, the age, what about, the answer, who is noted as holder, who answers, the reason, what it fails on.
CASES = [
    # One who is entered as an adult answers alone, and in no other name.
    ("Mor", None, P, G, UNKNOWN, MOR, "", None),
    ("Mor", None, F, G, UNKNOWN, " mor   PRØVE ", "", None),  # the same name, written in a hurry
    ("Mor", None, P, G, UNKNOWN, FAR, WHY, "answers_alone"),
    ("Mor", None, P, N, UNKNOWN, FAR, "", "answers_alone"),
    ("Mor", None, P, W, UNKNOWN, FAR, "", "answers_alone"),
    ("Mor", None, P, R, UNKNOWN, BOTH, "", "answers_alone"),
    ("Mor", None, F, A, UNKNOWN, "tolken", "", None),  # to have been asked is no answer
    # A child: both of two, or one with a reason.
    ("Gutt", 7, P, G, TWO, BOTH, "", None),
    ("Gutt", 7, P, G, TWO, MOR, "", "one_parent"),
    ("Gutt", 7, P, G, TWO, f"{MOR}, {MOR}", "", "one_parent"),  # one name twice is one
    ("Gutt", 7, P, R, TWO, MOR, " ", "one_parent"),
    ("Gutt", 7, P, G, TWO, MOR, WHY, None),
    ("Gutt", 7, P, G, TWO, OLA, WHY, "not_a_holder"),
    ("Gutt", 7, P, G, TWO, f"{MOR}, {OLA}", WHY, "not_a_holder"),
    ("Gutt", 7, P, G, TWO, GUTT, WHY, "not_a_holder"),
    ("Gutt", 7, F, G, TWO, BOTH, "", None),
    # One alone about it, in the family or elsewhere.
    ("Gutt", 7, P, G, ONE, MOR, "", None),
    ("Gutt", 7, P, G, ONE, FAR, WHY, "not_a_holder"),
    ("Gutt", 7, P, G, AWAY, f"{MOR}, {OLA}", "", None),
    ("Gutt", 7, P, G, AWAY, OLA, WHY, None),
    ("Gutt", 7, P, G, AWAY, FAR, WHY, "not_a_holder"),
    # Nobody has asked who it is: the adults, or one from outside; never a child.
    ("Gutt", 7, P, G, UNKNOWN, BOTH, "", None),
    ("Gutt", 7, P, G, UNKNOWN, MOR, "", "one_parent"),
    ("Gutt", 7, P, G, UNKNOWN, f"{MOR}, {KARI}", "", None),
    ("Gutt", 7, P, G, UNKNOWN, GUTT, WHY, "not_a_holder"),
    ("Gutt", 7, P, G, UNKNOWN, f"{MOR}, {JENTE}", WHY, "not_a_holder"),
    # One is enough for a no, and for taking a yes back.
    ("Gutt", 7, P, N, TWO, FAR, "", None),
    ("Gutt", 7, P, W, TWO, FAR, "", None),
    ("Gutt", 7, P, N, TWO, OLA, "", "not_a_holder"),
    ("Gutt", 7, P, W, ONE, FAR, "", "not_a_holder"),
    # From 16 one answers alone about research, and from 18 about everything.
    ("Jente", 15, F, G, TWO, BOTH, "", None),
    ("Jente", 15, F, G, TWO, JENTE, WHY, "not_a_holder"),
    ("Jente", 16, F, G, TWO, JENTE, "", None),
    ("Jente", 16, F, G, TWO, BOTH, "", "answers_alone"),
    ("Jente", 16, F, N, TWO, MOR, "", "answers_alone"),
    ("Jente", 16, P, G, TWO, BOTH, "", None),
    ("Jente", 17, P, G, TWO, JENTE, WHY, "not_a_holder"),
    ("Jente", 18, P, G, TWO, JENTE, "", None),
    ("Jente", 18, P, G, TWO, BOTH, "", "answers_alone"),
]


@pytest.mark.parametrize(("who", "age", "purpose", "answer", "holders", "names", "reason", "fails"), CASES)
def test_who_may_answer(people, family, team, who, age, purpose, answer, holders, names, reason, fails):
    by, member = team.coordinator, people[who]
    if holders:
        # Straight to the row: one who has come of age has holders from before.
        rows = [{"person": people.get(name.split()[0]), "name": "" if name.split()[0] in people else name}
                for name in holders]  # fmt: skip
        with acting_as(by):
            Holder.objects.bulk_create(Holder(family=family, child=member, recorded_by=by, **row) for row in rows)
    if answer in (W, R):  # there must be a yes first
        _yes(member, purpose, by)
    if age is not None:
        today = days(0)
        born = today.replace(year=today.year - age, day=min(today.day, 28))
        with acting_as(by):
            Member.objects.filter(pk=member.pk).update(birth_date=born)
        member.birth_date = born
    facts = {"purpose": purpose, "given_by": names, "one_parent_reason": reason}
    with acting_as(by):
        before = Consent.objects.count()
    if fails is None:
        assert say(member, by, answer, **facts).given_by == names.strip()
        return
    with pytest.raises(Refused) as caught:
        say(member, by, answer, **facts)
    assert caught.value.rule == fails
    assert caught.value.field == ("one_parent_reason" if fails == "one_parent" else "given_by")
    assert str(caught.value).endswith(".")
    with acting_as(by):
        assert Consent.objects.count() == before


def _yes(member, purpose, by):
    if purpose != P:  # the family of the module takes part already
        say(member, by, purpose=purpose, on=days(-1))


def test_everybody_who_answers_on_the_tablet_signs_there(people, family, team):
    by, gutt = team.coordinator, people["Gutt"]
    actions.record_holders(gutt, people=[people["Mor"], people["Far"]], by=by)
    with pytest.raises(Refused, match="må skrive under: Far Prøve"):
        say(gutt, by, how=How.TABLET, signatures={MOR: "M1 2L30 40"})
    say(gutt, by, how=How.TABLET, signatures={MOR: "M1 2L30 40", FAR: ""})
